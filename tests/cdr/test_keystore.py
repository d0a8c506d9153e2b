"""Records that an earlier run has rated: the same again, and changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.request import Progress, RateRequest
from tariffs.cdr.run import run
from tests.cdr.desk import Rated, call, calls, put, rate, rater
from tests.cdr.test_matching import PIECES, partial, piece

MARCH, APRIL = "2012-03-01T06:59:50+08:00", "2012-04-20T06:59:50+08:00"


def delivered(folder: Path, name: str, *lines: str, **asked: Any) -> Rated:
    """Rates a delivery into an output of the same name, with the keys of all deliveries before."""
    path = put(folder, f"{name}.csv", calls(*lines))
    given: dict[str, Any] = {"duplicate_key": ("id",), "keys": str(folder / "keys.db")}
    return rate(folder, [path], output=f"rated-{name}.csv", **given | asked)


def test_a_file_delivered_twice_is_found(tmp_path: Path) -> None:
    delivered(tmp_path, "monday", call(1), call(2))
    again = delivered(tmp_path, "tuesday", call(1), call(2))
    assert (2, 0, 0, 0, 2, 0) == again.outcomes
    assert "looked for by id; 2 of them were rated by earlier runs" == again.summary.duplicates
    assert [f"{tmp_path}/tuesday.csv: an earlier run has read the same file"] == again.summary.notes


def test_a_record_that_came_back_changed_is_suspended_and_the_others_are_rated(tmp_path: Path) -> None:
    delivered(tmp_path, "monday", call(1), call(2))
    after = delivered(tmp_path, "tuesday", call(3), call(1, duration=62), call(2))
    assert ["3"] == after.column("id")
    assert [(3, "conflicting-duplicate")] == after.suspended
    assert (
        "an earlier run has rated a record of the same key that differs in what is rated" == after.suspense[0]["detail"]
    )
    assert 1 == after.summary.total.duplicate


def test_what_was_suspended_is_not_remembered_so_that_it_can_be_mended(tmp_path: Path) -> None:
    first = delivered(tmp_path, "monday", call(1), call(2, called="0999"))
    assert [(3, "unknown-number")] == first.suspended
    assert ["2"] == delivered(tmp_path, "tuesday", call(2)).column("id")


def test_of_conflicting_records_none_is_remembered(tmp_path: Path) -> None:
    delivered(tmp_path, "monday", call(1), call(1, duration=62))
    assert ["1"] == delivered(tmp_path, "tuesday", call(1)).column("id")


def test_the_same_run_again_gives_the_same_bytes_and_is_still_remembered(tmp_path: Path) -> None:
    delivered(tmp_path, "monday", call(1), call(2))
    before = (tmp_path / "rated-monday.csv").read_bytes()
    again = delivered(tmp_path, "monday", call(1), call(2))
    assert (2, 2, 0, 0, 0, 0) == again.outcomes
    assert before == (tmp_path / "rated-monday.csv").read_bytes()
    assert 2 == delivered(tmp_path, "tuesday", call(1), call(2)).summary.total.duplicate


def test_keys_of_another_source_are_not_compared(tmp_path: Path) -> None:
    delivered(tmp_path, "north", call(1), keys_source="north")
    assert ["1"] == delivered(tmp_path, "south", call(1), keys_source="south").column("id")
    assert [] == delivered(tmp_path, "again", call(1), keys_source="north").column("id")


@pytest.mark.parametrize(("days", "rated"), [(49, ["1"]), (50, [])])
def test_keys_are_forgotten_when_their_window_has_passed(tmp_path: Path, days: int, rated: list[str]) -> None:
    """50 days lie between the two; the first is gone when the window is shorter than that."""
    delivered(tmp_path, "march", call(1, start=MARCH))
    delivered(tmp_path, "april", call(2, start=APRIL), keys_days=days)
    assert rated == delivered(tmp_path, "late", call(1, start=MARCH)).column("id")


def test_a_piece_that_comes_again_is_found_and_another_piece_of_the_call_is_not(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"mapping": partial(tmp_path), "duplicate_key": ("reference",), "keys": str(tmp_path / "k")}
    one, two = piece(1, 0, 60, "x", 1), piece(2, 1, 60, "x", 2, "L")
    rate(tmp_path, calls(one, two, header=PIECES), name="a.csv", output="rated-a.csv", **asked)
    again = rate(tmp_path, calls(two, header=PIECES), name="b.csv", output="rated-b.csv", **asked)
    assert 1 == again.summary.total.duplicate


def test_a_run_that_fails_remembers_nothing(tmp_path: Path) -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    path, keys = put(tmp_path, "a.csv", calls(call(1))), str(tmp_path / "keys.db")
    request = RateRequest(inputs=(str(path),), output=str(tmp_path / "x.csv"), duplicate_key=("id",), keys=keys)
    with pytest.raises(KeyboardInterrupt):
        run(request, rater(), progress=interrupt)
    assert ["1"] == delivered(tmp_path, "b", call(1)).column("id")


def test_keys_without_a_declared_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="--duplicate-key"):
        delivered(tmp_path, "monday", call(1), duplicate_key=())


def test_a_file_that_is_no_key_store_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path, "keys.db", "something else, long enough to be looked at" * 400)
    with pytest.raises(InputError, match="the key store cannot be opened"):
        delivered(tmp_path, "monday", call(1))


def test_the_key_store_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="this is the key store of this run"):
        delivered(tmp_path, "monday", call(1), keys=str(tmp_path / "rated-monday.csv"))
