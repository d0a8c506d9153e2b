"""The program as a whole: it starts at once, lists what it has, and every failure ends in one message and a code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

import tariffs
from tariffs.cli import failures
from tariffs.cli.program import COMMANDS, Entry
from tariffs.language import words
from tariffs.rulebook.problems import Position, Problem, RulebookError
from tests.cli.commands import ROOT, SMALL, complaint, process, run


def test_the_public_names_are_these_and_each_leads_somewhere() -> None:
    expected = {
        "Call", "Charge", "NotChargeable", "Problem", "Rated", "Rulebook", "RulebookError", "Suspended", "__version__",
        "load",
    }  # fmt: skip
    assert expected == set(tariffs.__all__) == set(dir(tariffs))
    assert all(getattr(tariffs, name) is not None for name in expected)


def test_a_name_that_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="rate_everything"):
        _ = tariffs.rate_everything


def loaded_after(code: str) -> set[str]:
    """Names of the modules that are loaded once `code` has run in a fresh interpreter."""
    shown = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", shown], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_else_of_it() -> None:
    assert {"tariffs"} == {name for name in loaded_after("import tariffs") if name.startswith("tariffs")}


def test_help_loads_click_and_nothing_heavier() -> None:
    code = "import contextlib, io\nfrom tariffs.cli import main\nsys.argv = ['tariffs', '--help']\n"
    code += "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main()"
    heavy = {"pydantic", "yaml", "dateutil", "rich", "pyarrow", "numpy", "numba", "duckdb", "tariffs.rulebook"}
    assert "click" in (found := loaded_after(code))
    assert set() == heavy & found


def test_help_lists_every_command_with_its_line() -> None:
    shown = " ".join(run("--help").stdout.split())
    for name, entry in COMMANDS.items():
        assert f"{name} {entry.short_help}" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = run(name, "--help")
    assert 0 == result.exit_code
    assert f"Usage: tariffs {name} [OPTIONS]" in result.stdout


def test_the_version_is_the_one_of_the_package() -> None:
    assert f"tariffs, version {tariffs.__version__}\n" == run("--version").stdout


def test_no_words_at_all_give_the_help() -> None:
    done = process()
    said = (done.stdout + done.stderr).decode("utf-8")
    assert "Usage: tariffs [OPTIONS] COMMAND [ARGS]..." in said
    assert "Traceback" not in said
    assert 2 == done.returncode


def test_a_problem_of_the_command_stands_in_no_file() -> None:
    with pytest.raises(RulebookError) as raised:
        tariffs.load(SMALL).rater("nix")
    assert str(raised.value).startswith("no-such-scenario: there is no scenario 'nix'\n")


@pytest.mark.parametrize(
    "expected, assume",
    [
        ("bad-value: the value of level cannot be used: 'inzone' is not one of in-zone, inter-zone",
         {"level": "inzone"}),
        ("unknown-name: there is no parameter 'levl'\n    did you mean level? known: inter-zone-price, level",
         {"level": "in-zone", "levl": "in-zone"}),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_problem_and_of_no_file(expected: str, assume: dict[str, str]) -> None:
    with pytest.raises(RulebookError) as raised:
        tariffs.load(SMALL).rater("agreement", assume=assume)
    assert expected == str(raised.value)


def test_an_unknown_command_is_wrong_usage() -> None:
    assert "No such command 'rat'" in complaint(run("rat"), 2)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A command `fail` that raises what the list holds."""
    raised: list[BaseException] = []

    @click.command("fail")
    def fail() -> None:
        raise raised[0]

    monkeypatch.setitem(sys.modules, "failing", SimpleNamespace(command=fail))
    monkeypatch.setitem(COMMANDS, "fail", Entry("failing", "Fails."))
    return raised


@pytest.mark.parametrize(
    "raised, code, said",
    [
        (PermissionError(13, "Permission denied", "out.csv"), 4, "Error: out.csv: Permission denied\n"),
        (OSError(28, "No space left on device"), 4, "Error: No space left on device\n"),
        (KeyboardInterrupt(), 130, "\nInterrupted: nothing was left under the final name.\n"),
        (BrokenPipeError(32, "Broken pipe"), 141, ""),
        (RulebookError([Problem("no-effect", Position("a.yaml", 3, 5), "changes nothing")]), 2,
         "a.yaml:3:5: no-effect: changes nothing\n"),
    ],
)  # fmt: skip
def test_what_a_command_may_meet_becomes_one_message_and_a_code(
    failing: list[BaseException], raised: BaseException, code: int, said: str
) -> None:
    failing.append(raised)
    result = run("fail")
    assert (code, said) == (result.exit_code, result.stderr)


def test_a_defect_of_the_program_is_not_dressed_up_as_a_failure_of_the_user(failing: list[BaseException]) -> None:
    failing.append(ZeroDivisionError("a defect"))
    assert isinstance(run("fail").exception, ZeroDivisionError)


def test_all_problems_of_a_rulebook_are_shown_and_counted() -> None:
    found = [Problem("bad-value", Position("a.yaml", line, 1), "wrong") for line in range(1, 201)]
    said = failures.of_rulebook(RulebookError(found), words("en")).message.splitlines()
    assert "a.yaml:200:1: bad-value: wrong" == said[199]
    assert "200 problems in 1 file" == said[200]


def test_nobody_reading_on_is_no_reason_to_complain() -> None:
    command = f"{sys.executable} -m tariffs show {SMALL} | head -1"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TARIFFS_LANG": "en"}
    done = subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, text=True, check=False)
    assert ("small – Tariffs of two cities\n", "") == (done.stdout, done.stderr)


@pytest.mark.skipif(not hasattr(signal, "SIGINT") or os.name == "nt", reason="needs POSIX signals")
def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path: Path) -> None:
    target = tmp_path / "calls.csv"
    command = [sys.executable, "-m", "tariffs", "sample", "--month", "2011-10", "--calls", "100000000", "--seed", "1"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TARIFFS_LANG": "en"}
    with subprocess.Popen([*command, "-o", str(target)], env=env, stderr=subprocess.PIPE, text=True) as running:
        while not list(tmp_path.iterdir()) and running.poll() is None:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        said = running.communicate()[1]
    assert (130, "Interrupted: nothing was left under the final name.") == (running.returncode, said.strip())
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "expected, encoding", [("latin-1", "latin-1"), ("gbk", "gbk"), ("utf-8", "utf-8"), ("utf-8", "ascii")]
)
def test_a_stream_that_cannot_say_chinese_is_no_reason_to_crash(expected: str, encoding: str) -> None:
    done = process("show", SMALL, "--lang", "zh", LC_ALL="C", PYTHONIOENCODING=encoding)
    assert (0, b"") == (done.returncode, done.stderr)
    title = "small – 两市资费".encode(expected, "backslashreplace")
    assert title == done.stdout.splitlines()[0]
