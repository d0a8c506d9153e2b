"""One rated file for each input, and runs that are stopped and go on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tariffs.cdr import stream
from tariffs.cdr.failures import Paused, RequestError
from tariffs.cdr.journal import NAME
from tariffs.cdr.request import Progress, RateRequest, RunSummary
from tariffs.cdr.run import run
from tests.cdr.desk import call, calls, put, rate, rater, rows_of

FILES = {
    "a.csv": calls(call(1), call(2, called="0999")),
    "day=2/b.csv": calls(call(3), call(1)),
    "day=2/c.csv": calls(call(4), call(5, duration=0)),
    "empty.csv": calls(),
}


def deliver(folder: Path, files: dict[str, str] = FILES) -> Path:
    for name, content in files.items():
        put(folder / "calls", name, content)
    return folder / "calls"


def into_folder(folder: Path, stop_at: str = "", **asked: Any) -> RunSummary:
    """Rates `calls` into `rated/`; stops, as by Ctrl-C, when a file of this name is being read."""

    def progress(now: Progress) -> None:
        if stop_at and now.file.endswith(stop_at):
            raise KeyboardInterrupt

    given: dict[str, Any] = {"output_format": "csv"}
    request = RateRequest(inputs=(str(folder / "calls"),), output=f"{folder / 'rated'}/", **given | asked)
    return run(request, rater(), progress=progress)


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted((folder / "rated").rglob("*"))
        if p.is_file() and p.name != NAME
    }  # fmt: skip


def test_each_input_becomes_a_file_of_its_own_as_if_it_were_rated_alone(tmp_path: Path) -> None:
    deliver(tmp_path)
    summary = into_folder(tmp_path)
    assert (6, 4, 1, 1) == (
        summary.total.read, summary.total.rated, summary.total.not_chargeable.total(), summary.suspended,
    )  # fmt: skip
    made = everything(tmp_path)
    assert [
        "rated/a.csv", "rated/a.suspense.jsonl", "rated/day=2/b.csv", "rated/day=2/c.csv", "rated/empty.csv",
        "rated/rated.manifest.json",
    ] == list(made)  # fmt: skip
    rate(tmp_path, [tmp_path / "calls" / "day=2" / "b.csv"], output="alone.csv")
    assert (tmp_path / "alone.csv").read_bytes() == made["rated/day=2/b.csv"]
    assert [] == rows_of(tmp_path / "rated" / "empty.csv")


@pytest.mark.parametrize("asked", [{}, {"duplicate_key": ("id",)}, {"output_format": "parquet"}])
@pytest.mark.parametrize("kept", [0, 200_000])
@pytest.mark.parametrize("stop_at", ["a.csv", "b.csv", "c.csv"])
def test_a_run_that_was_stopped_goes_on_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: str, kept: int, asked: dict[str, Any]
) -> None:
    monkeypatch.setattr(stream, "KEPT", kept)
    deliver(tmp_path)
    into_folder(tmp_path, **asked)
    whole = everything(tmp_path)
    (tmp_path / "rated").rename(tmp_path / "before")
    with pytest.raises(Paused):
        into_folder(tmp_path, stop_at, **asked)
    finished = everything(tmp_path)
    assert finished.items() <= whole.items()
    times = {name: (tmp_path / name).stat().st_mtime_ns for name in finished}
    into_folder(tmp_path, resume=True, **asked)
    assert whole == everything(tmp_path)
    assert times == {name: (tmp_path / name).stat().st_mtime_ns for name in finished}


def test_a_killed_run_goes_on_and_clears_what_it_left(tmp_path: Path) -> None:
    deliver(tmp_path)
    into_folder(tmp_path)
    whole = everything(tmp_path)
    (tmp_path / "rated").rename(tmp_path / "before")
    script = (
        "import os, sys, tariffs\nfrom tariffs.cdr.request import RateRequest\nfrom tariffs.cdr.run import run\n"
        "kill = lambda now: os.kill(os.getpid(), 9) if now.file.endswith('b.csv') else None\n"
        "run(RateRequest(inputs=(sys.argv[1],), output=sys.argv[2], output_format='csv'),"
        " tariffs.load('prd').rater(['baseline', 'plan-2010']), progress=kill)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "calls"), f"{tmp_path / 'rated'}/"]
    assert -9 == subprocess.run(command, check=False).returncode
    assert {"rated/a.csv", "rated/a.suspense.jsonl"} < set(everything(tmp_path))
    into_folder(tmp_path, resume=True)
    assert whole == everything(tmp_path)


def test_an_unfinished_run_is_not_overwritten_without_a_word(tmp_path: Path) -> None:
    deliver(tmp_path)
    with pytest.raises(Paused):
        into_folder(tmp_path, "b.csv")
    with pytest.raises(RequestError, match="was not finished; --resume goes on"):
        into_folder(tmp_path)


def test_only_the_same_run_can_be_resumed(tmp_path: Path) -> None:
    deliver(tmp_path)
    with pytest.raises(Paused):
        into_folder(tmp_path, "b.csv")
    with pytest.raises(RequestError, match=r"not the same: .*duplicate key, format"):
        into_folder(tmp_path, resume=True, duplicate_key=("id",), output_format="jsonl")


def test_an_input_that_changed_in_between_is_rated_again(tmp_path: Path) -> None:
    deliver(tmp_path)
    with pytest.raises(Paused):
        into_folder(tmp_path, "b.csv")
    put(tmp_path / "calls", "a.csv", calls(call(7)))
    into_folder(tmp_path, resume=True)
    assert ["7"] == [row["id"] for row in rows_of(tmp_path / "rated" / "a.csv")]
    assert not (tmp_path / "rated" / "a.suspense.jsonl").exists()


def test_keys_of_a_resumed_run_leave_out_what_was_suspended(tmp_path: Path) -> None:
    deliver(tmp_path)
    asked: dict[str, Any] = {"duplicate_key": ("id",), "keys": str(tmp_path / "keys.db")}
    with pytest.raises(Paused):
        into_folder(tmp_path, "b.csv", **asked)
    into_folder(tmp_path, resume=True, **asked)
    later = calls(*(call(n) for n in (2, 3, 4)))
    done = rate(tmp_path, later, name="later.csv", output="later-rated.csv", **asked)
    assert ["2"] == done.column("id")


def test_inputs_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    paths = [put(tmp_path, f"{name}/x.csv", calls(call(name))) for name in ("p", "q")]
    run(RateRequest(inputs=tuple(map(str, paths)), output=f"{tmp_path}/rated/", output_format="csv"), rater())
    assert ["p", "q"] == [rows_of(tmp_path / "rated" / name)[0]["id"] for name in ("x.csv", "x-2.csv")]


def test_resuming_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="end the output in a slash"):
        rate(tmp_path, calls(call(1)), resume=True)
