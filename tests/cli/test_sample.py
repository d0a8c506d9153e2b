"""`tariffs sample`: the file that the options ask for. What the calls look like is tested in tests/cdr."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.commands import SMALL, run

SAMPLE = ("sample", "--month", "2011-10", "--calls", "20", "--seed", "1")


def make(target: Path, *more: str) -> Result:
    result = run(*SAMPLE, "-o", str(target), *more)
    assert 0 == result.exit_code, result.stderr
    return result


def test_the_same_options_make_the_same_file_and_another_seed_another(tmp_path: Path) -> None:
    make(tmp_path / "a.csv")
    make(tmp_path / "b.csv")
    make(tmp_path / "c.csv", "--seed", "2")
    a, b, c = ((tmp_path / f"{name}.csv").read_bytes() for name in "abc")
    assert a == b
    assert a != c
    assert 21 == len(a.splitlines())


def test_it_says_on_standard_error_what_it_wrote_and_that_it_is_synthetic(tmp_path: Path) -> None:
    result = make(tmp_path / "calls.csv")
    assert ("", f"20 synthetic calls written to {tmp_path / 'calls.csv'}\n") == (result.stdout, result.stderr)
    assert "" == make(tmp_path / "calls.csv", "--quiet").output


@pytest.mark.parametrize("name", ["calls.csv.gz", "calls.jsonl", "calls.jsonl.zst", "calls.parquet"])
def test_every_format_holds_calls_that_the_same_rules_rate(tmp_path: Path, name: str) -> None:
    make(tmp_path / name)
    result = run("rate", str(tmp_path / name), "--rules", "prd", "-o", str(tmp_path / "rated.csv"))
    assert 0 == result.exit_code, result.stderr
    assert "Synthetic data: these calls were made up.\n" in result.stdout


def test_bad_records_are_suspended_exactly(tmp_path: Path) -> None:
    make(tmp_path / "calls.csv", "--bad", "25%")
    result = run("rate", str(tmp_path / "calls.csv"), "--rules", "prd", "-o", str(tmp_path / "rated.csv"))
    assert (3, "5 records were suspended, more than --max-suspended allows.\n") == (result.exit_code, result.stderr)


def test_a_rulebook_of_ones_own_gives_the_places_and_numbers(tmp_path: Path) -> None:
    make(tmp_path / "calls.csv", "--rules", SMALL)
    assert "synthetic" in (tmp_path / "calls.csv").read_text("utf-8")
