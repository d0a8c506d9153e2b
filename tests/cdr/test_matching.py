"""Duplicates and pieces of long calls, against plain definitions written out."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs.cdr import matching, stream
from tariffs.cdr.failures import InputError
from tariffs.cdr.mapping import Mapping
from tests.cdr.desk import FOSHAN, HEADER, SHENZHEN, call, calls, mapping_of, put, rate

BY_ID: dict[str, Any] = {"duplicate_key": ("id",)}


def test_without_a_key_nothing_is_looked_for_and_the_result_says_so(tmp_path: Path) -> None:
    done = rate(tmp_path, calls(call(1), call(1)))
    assert (2, 2, 0, 0, 0, 0) == done.outcomes
    assert "none were looked for: no key was declared" == done.summary.duplicates


def test_of_equal_records_the_first_is_kept(tmp_path: Path) -> None:
    done = rate(
        tmp_path, calls(call(1) + ",first", call(2) + ",", call(1) + ",second", header=HEADER + ",note"), **BY_ID
    )
    assert (3, 2, 0, 0, 1, 0) == done.outcomes
    assert ["first", ""] == done.column("note")
    assert "looked for by id" == done.summary.duplicates


def test_records_of_one_key_that_are_rated_differently_are_all_suspended(tmp_path: Path) -> None:
    done = rate(tmp_path, calls(call(1), call(2), call(1, duration=62), call(1)), **BY_ID)
    assert ["2"] == done.column("id")
    assert [(2, "conflicting-duplicate"), (4, "conflicting-duplicate"), (5, "conflicting-duplicate")] == done.suspended


def test_the_same_time_written_in_another_way_is_the_same(tmp_path: Path) -> None:
    done = rate(tmp_path, calls(call(1), call(1, start="2012-02-29T22:59:50Z", duration="61.0")), **BY_ID)
    assert (2, 1, 0, 0, 1, 0) == done.outcomes


def test_duplicates_are_found_across_files(tmp_path: Path) -> None:
    paths = [put(tmp_path, f"{name}.csv", calls(call(1), call(name))) for name in ("a", "b")]
    done = rate(tmp_path, paths, **BY_ID)
    assert [0, 1] == [counts.duplicate for counts in done.summary.files.values()]


def test_a_key_may_have_several_columns_and_be_canonical(tmp_path: Path) -> None:
    done = rate(
        tmp_path, calls(call(1), call(2), call(3, called=SHENZHEN)), duplicate_key=("caller", "called", "start")
    )
    assert ["1", "3"] == done.column("id")


def test_records_without_a_key_are_compared_with_none(tmp_path: Path) -> None:
    done = rate(tmp_path, calls(call(""), call("")), **BY_ID)
    assert (2, 2, 0, 0, 0, 0) == done.outcomes
    assert "2 records without a key were compared with none" in done.summary.duplicates


def test_a_record_that_cannot_be_read_is_no_duplicate(tmp_path: Path) -> None:
    done = rate(tmp_path, calls(call(1, start="soon"), call(1), call(1)), **BY_ID)
    assert (3, 1, 0, 1, 1, 0) == done.outcomes


def test_a_key_that_no_column_has_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no column for the key 'idd'; did you mean 'id'\?"):
        rate(tmp_path, calls(call(1)), duplicate_key=("idd",))


RECORDS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=14)


@settings(max_examples=30)
@given(RECORDS, st.booleans(), st.integers(1, 5))
def test_duplicates_are_what_their_definition_says(records: list[tuple[int, int]], reread: bool, held: int) -> None:
    by_key: dict[int, set[int]] = defaultdict(set)
    for key, duration in records:
        by_key[key].add(duration)
    clear = [key for key, durations in by_key.items() if len(durations) == 1]
    conflicting = sum(key not in clear for key, _ in records)
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "HELD", held)
        if reread:
            patch.setattr(stream, "KEPT", 0)
        done = rate(Path(name), calls(*(call(key, duration=duration) for key, duration in records)), **BY_ID)
    assert (len(records), len(clear), 0, conflicting, len(records) - len(clear) - conflicting, 0) == done.outcomes
    assert [str(key) for key in dict.fromkeys(key for key, _ in records) if key in clear] == done.column("id")


# --- Pieces of long calls -------------------------------------------------------------------------------------------

PIECES = HEADER + ",reference,piece,end"


def partial(folder: Path) -> Mapping:
    return mapping_of(
        folder,
        "columns: {id: id, caller: caller, called: called, start: start, duration: duration}\n"
        "partial: {key: reference, piece: piece, last: {column: end, is: [last, L]}, whole: '0'}\n",
    )


def piece(
    number: object, minute: int, seconds: object, reference: object, place: object, end: str = "", called: str = FOSHAN
) -> str:
    return (
        call(number, start=f"2012-03-01T10:{minute:02d}:00+08:00", duration=seconds, called=called)
        + f",{reference},{place},{end}"
    )


def merged(folder: Path, *lines: str, **asked: Any) -> Any:
    return rate(folder, calls(*lines, header=PIECES), mapping=partial(folder), **asked)


def test_pieces_are_added_up_before_rating(tmp_path: Path) -> None:
    done = merged(tmp_path, piece(1, 0, 60, "r", 1), piece(2, 1, 60, "r", 2), piece(3, 2, "0.5", "r", 3, "last"))
    assert (3, 1, 0, 0, 0, 2) == done.outcomes
    assert [("1", "3", "120.50", "1.47")] == [
        (row["id"], row["pieces"], row["rated_seconds"], row["baseline.charge"]) for row in done.rows
    ]  # 21 units of 0.07, where three calls would have paid 10 + 10 + 1 units: the same by chance of the unit


def test_pieces_may_come_in_any_order_and_from_several_files(tmp_path: Path) -> None:
    paths = [
        put(tmp_path, "b.csv", calls(piece(3, 2, 30, "r", 3, "L"), piece(1, 0, 50, "r", 1), header=PIECES)),
        put(tmp_path, "a.csv", calls(piece(2, 1, 50, "r", 2), header=PIECES)),
    ]
    done = rate(tmp_path, paths, mapping=partial(tmp_path))
    assert [("1", "22")] == [(row["id"], row["baseline.units"]) for row in done.rows]


def test_whole_calls_stay_whole(tmp_path: Path) -> None:
    done = merged(tmp_path, piece(1, 0, 60, "", ""), piece(2, 0, 60, "r", 0), piece(3, 0, 60, "s", 1, "last"))
    assert (3, 3, 0, 0, 0, 0) == done.outcomes
    assert ["1", "1", "1"] == done.column("pieces")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([piece(1, 0, 60, "r", 1), piece(3, 2, 60, "r", 3, "last")], "piece 2 of the call is missing"),
        ([piece(2, 1, 60, "r", 2, "last")], "piece 1 of the call is missing"),
        ([piece(1, 0, 60, "r", 1), piece(2, 1, 60, "r", 2)], "the last piece of the call is missing"),
        (
            [piece(1, 0, 60, "r", 1, "last"), piece(2, 1, 60, "r", 2, "last")],
            "a piece follows the one that is marked as the last",
        ),
        (
            [piece(1, 0, 60, "r", 1), piece(2, 1, 60, "r", 2, "last", SHENZHEN)],
            "the pieces of the call disagree about who calls whom, or how",
        ),
        (
            [piece(1, 0, 60, "r", 1), piece(1, 0, 61, "r", 1), piece(2, 1, 60, "r", 2, "last")],
            "two pieces have the same number and differ",
        ),
    ],
)
def test_all_pieces_are_suspended_when_they_do_not_make_a_call(tmp_path: Path, lines: list[str], reason: str) -> None:
    done = merged(tmp_path, *lines)
    assert (len(lines), 0, 0, len(lines), 0, 0) == done.outcomes
    assert {("partial-record", reason)} == {(record["code"], record["detail"]) for record in done.suspense}


def test_a_piece_that_stands_twice_is_a_duplicate_whether_or_not_a_key_is_declared(tmp_path: Path) -> None:
    lines = [piece(1, 0, 60, "r", 1), piece(1, 0, 60, "r", 1), piece(2, 1, 60, "r", 2, "last")]
    assert (3, 1, 0, 0, 1, 1) == merged(tmp_path, *lines).outcomes
    assert (3, 1, 0, 0, 1, 1) == merged(tmp_path, *lines, **BY_ID).outcomes


def test_pieces_that_share_the_duplicate_key_are_not_duplicates_of_one_another(tmp_path: Path) -> None:
    done = merged(tmp_path, piece(1, 0, 60, "r", 1), piece(1, 1, 60, "r", 2, "last"), **BY_ID)
    assert (2, 1, 0, 0, 0, 1) == done.outcomes


def test_a_piece_without_a_number_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [piece(1, 0, 60, "r", "one"), piece(2, 0, 60, "", "")]
    assert [(2, "unreadable")] == merged(tmp_path, *lines).suspended
    monkeypatch.setattr(stream, "KEPT", 0)
    assert [(2, "unreadable")] == merged(tmp_path, *lines).suspended


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.booleans()), max_size=9), st.booleans())
def test_calls_are_put_together_as_their_definition_says(pieces: list[tuple[int, int, bool]], reread: bool) -> None:
    pieces = list(dict.fromkeys(pieces))
    groups: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for reference, number, last in pieces:
        groups[reference].append((number, last))
    complete = [
        found for found in groups.values() if sorted(found) == [(n + 1, n + 1 == len(found)) for n in range(len(found))]
    ]
    used = sum(map(len, complete))
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        if reread:
            patch.setattr(stream, "KEPT", 0)
        lines = [piece(n, place, 60, ref, place, "last" if last else "") for n, (ref, place, last) in enumerate(pieces)]
        done = merged(Path(name), *lines)
    assert (len(pieces), len(complete), 0, len(pieces) - used, 0, used - len(complete)) == done.outcomes
    assert sorted(60 * len(found) for found in complete) == sorted(int(float(s)) for s in done.column("rated_seconds"))


def test_a_file_that_changes_between_the_two_passes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "calls.csv", calls(call(1), call(2)))
    monkeypatch.setattr(stream, "KEPT", 0)
    again = stream.CallStream._again

    def tampered(self: stream.CallStream, work: Any) -> Any:
        path.write_text(calls(call(1), call(3)))
        return again(self, work)

    monkeypatch.setattr(stream.CallStream, "_again", tampered)
    with pytest.raises(InputError, match="changed while it was read"):
        rate(tmp_path, [path], **BY_ID)
