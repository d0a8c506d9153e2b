"""The progress bar: on a terminal only, and only on standard error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import ROOT

if sys.platform == "win32":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)


def on_a_terminal(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, and what a terminal on standard error is shown."""
    ours, theirs = os.openpty()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TARIFFS_LANG": "en", "TERM": "xterm", "COLUMNS": "160"}
    command = [sys.executable, "-m", "tariffs", *arguments]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=theirs, text=True) as running:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
        printed = running.stdout.read() if running.stdout else ""
    os.close(ours)
    return running.returncode, printed, shown.decode("utf-8")


def _read(terminal: int) -> bytes:
    """The next piece; nothing once the other end is closed."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_a_sample_counts_its_calls(tmp_path: Path) -> None:
    target = str(tmp_path / "calls.csv")
    code, printed, shown = on_a_terminal(
        "sample", "--month", "2011-10", "--calls", "50", "--seed", "1", "-o", target
    )  # fmt: skip
    assert (0, "") == (code, printed)
    assert "50/50" in shown


def test_a_run_shows_records_speed_and_money(tmp_path: Path) -> None:
    calls, rated = str(ROOT / "examples" / "guangdong-2011-10.csv"), str(tmp_path / "rated.csv")
    code, printed, shown = on_a_terminal("rate", calls, "--rules", "prd", "-o", rated)
    assert 0 == code
    assert "total" in printed
    assert "3,000 records, " in shown
    assert " a second, " in shown


def test_quiet_shows_nothing(tmp_path: Path) -> None:
    calls, rated = str(ROOT / "examples" / "guangdong-2011-10.csv"), str(tmp_path / "rated.csv")
    assert (0, "", "") == on_a_terminal("rate", calls, "--rules", "prd", "-o", rated, "--quiet")
