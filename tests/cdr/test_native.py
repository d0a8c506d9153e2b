"""Compiled code for text does what Arrow and the definition of a record do, byte for byte."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import types

from tariffs.cdr import adding, csvblocks, csvtext, cutting, joining, native, textlines
from tariffs.cdr.csvtext import Layout
from tariffs.cdr.durations import read_duration
from tariffs.cdr.lines import Block
from tariffs.cdr.moments import Clock
from tariffs.cdr.sources import Source
from tests.engine import inferred

GREENWICH = ZoneInfo("UTC")
TEXTS = st.text(alphabet='ab0é广,"\n\r ', max_size=6)


def cells(data: bytes, *, ascii_only: bool) -> cutting.Cells | None:
    return cutting.cells(data, ord(","), ord('"'), 3, ascii_only=ascii_only)


def written(batch: Any) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "at_hand", lambda: True)
        return b"".join(map(bytes, textlines.csv_lines(batch)))


@st.composite
def batches(draw: st.DrawFn) -> Any:
    """A batch with a column of every kind that a rated file has, with nulls, perhaps a part of a longer one."""
    rows = draw(st.integers(1, 12))

    def column(values: st.SearchStrategy[Any], kind: Any) -> Any:
        return pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)

    money = st.integers(-(10**9), 10**9).map(lambda micro: Decimal(micro).scaleb(-6))
    words = draw(st.lists(st.none() | TEXTS, max_size=3))
    codes = st.integers(0, len(words) - 1) if words else st.nothing()
    coded = pa.DictionaryArray.from_arrays(column(codes, pa.int32()), pa.array(words, pa.string()))
    made = {
        "text": column(TEXTS, pa.string()),
        "coded": coded,
        "charge": column(money, pa.decimal128(18, 6)),
        "units": column(st.integers(-5, 10**12), pa.int64()),
        "answered": column(st.booleans(), pa.bool_()),
        "nothing": pa.nulls(rows, pa.string()),
    }
    batch = pa.RecordBatch.from_arrays(list(made.values()), names=list(made))
    return batch.slice(draw(st.integers(0, rows - 1)))


@given(batches())
@settings(deadline=None)
def test_lines_are_the_same_with_and_without_the_compiler(batch: Any) -> None:
    assert b"".join(textlines.joined_by_arrow(batch)) == written(batch)


def test_a_long_cell_among_many_empty_ones_takes_its_own_room_and_not_that_of_all() -> None:
    long, rows = "x" * 1_000_000, 1_000_000
    column = pa.DictionaryArray.from_arrays(pa.array([1, *[0] * (rows - 1)], pa.int32()), pa.array(["", long]))
    assert len(long) + rows == len(joining.joined([column], rows))


@given(batches())
@settings(deadline=None)
def test_amounts_are_written_alike_once_each_and_one_by_one(batch: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textlines, "_FEW", 0)
        assert b"".join(textlines.joined_by_arrow(batch)) == written(batch)


LINES = st.lists(st.lists(st.text(alphabet="ab0é ", max_size=4), min_size=1, max_size=4).map(",".join), max_size=30)


@given(LINES, st.sampled_from(["\n", "\r\n", '"\n', "\n\n"]))
@settings(deadline=None)
def test_a_block_is_cut_as_the_definition_says(lines: list[str], end: str) -> None:
    data = "".join(line + end for line in lines).encode()
    source, layout = Source("calls.csv", 0, None, "calls.csv"), Layout(("a", "b", "c"))
    expected, _ = csvtext.records_of(data, 5, layout, final=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "at_hand", lambda: True)
        patch.setattr(csvblocks, "WORTH_IT", 0)
        patch.setattr(csvblocks, "WORTH_COMPILED", 0)
        chunks, _ = csvblocks.taken(source, Block(data, 5, last=True), csvtext.Rest(), layout)
    found = [
        (int(line), chunk.raw(i), [str(column[i]) for column in chunk.columns.columns])
        for chunk in chunks
        for i, line in enumerate(chunk.lines)
    ]
    assert [(r.line, r.raw.decode(), r.fields or ["None"] * 3) for r in expected] == found


def test_regular_lines_are_cut_by_compiled_code_and_others_are_left() -> None:
    found = cells("020,é,\n,,x\n".encode(), ascii_only=False)
    assert found is not None
    assert [["020", ""], ["é", ""], ["", "x"]] == [column.to_pylist() for column in found.columns]
    assert ([7, 11], 7) == (found.ends.tolist(), found.longest)
    for odd in (b"a,b\n", b"a,b,c,d\n", b"a,b,c\n\na,b,c\n", b'a,"b",c\n', b"a,b,c\r\n", b"a,\0,c\n"):
        assert cells(odd, ascii_only=False) is None
        assert cells(b"x,y,z\n" * 20 + odd, ascii_only=False) is None
    assert cells("020,é,\n".encode(), ascii_only=True) is None
    assert cells(b"x,y,z\n" * 20 + "020,é,\n".encode() + b"x,y,z\n" * 20, ascii_only=True) is None


@given(
    st.lists(st.from_regex(r"[0-9]{0,14}(\.[0-9]{0,7})?", fullmatch=True) | st.sampled_from(["", " 1", "1.2.3", "-1"]))
)
@settings(deadline=None)
def test_durations_are_read_as_the_definition_says(texts: list[str]) -> None:
    read = read_duration("s")
    for text in texts:
        found = cutting.decimals_of(pa.array([text], pa.string()), 6)
        assert found is None or [read(text)] == found.tolist()
    plain = [text for text in texts if cutting.decimals_of(pa.array([text], pa.string()), 6) is not None]
    together = cutting.decimals_of(pa.array(plain, pa.string()), 6)
    assert together is not None
    assert [read(text) for text in plain] == together.tolist()


@pytest.mark.parametrize("text", ["61", "0.5", "7200.000000", "999999999999"])
def test_usual_durations_are_read_by_compiled_code(text: str) -> None:
    found = cutting.decimals_of(pa.array(["1", text], pa.string()), 6)
    assert found is not None
    assert [1_000_000, read_duration("s")(text)] == found.tolist()


@given(
    st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)),
    st.sampled_from(["", "Z", "+08:00", "-11:59", "+24:00"]),
)
@settings(deadline=None)
def test_times_are_read_as_the_definition_says(moment: dt.datetime, zone: str) -> None:
    text = moment.replace(microsecond=0).isoformat() + zone
    clock = Clock(GREENWICH, GREENWICH)
    found = cutting.times_of(pa.array([text]), len(text))
    assert (moment.year < 1600 or zone == "+24:00") == (found is None)
    assert found is None or [clock.read(text)] == found.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "2012-02-30T00:00:00", "2011-02-29 10:00:00", "2012-13-01T00:00:00", "2012-00-01T00:00:00",
        "2012-01-00T00:00:00", "2012-04-31T00:00:00", "2012-01-01T24:00:00", "2012-01-01T00:60:00",
        "2012-01-01T00:00:60", "2012/01/01T00:00:00", "2012-01-01t00:00:00", "2012-01-01T00.00:00",
        "2012-01-01T0a:00:00", "20a2-01-01T00:00:00", "2012-01-01T00:00:0-", "2012-01-01T00:00:00X",
        "2012-01-01T00:00:00*08:00", "2012-01-01T00:00:00+08.00", "2012-01-01T00:00:00+08:60", "1900-02-29T00:00:00",
    ],
)  # fmt: skip
def test_what_is_no_time_is_left_to_the_definition(text: str) -> None:
    usual = "2012-02-29 23:59:59" + text[19:].replace("X", "Z").replace("*", "+").replace(".", ":").replace("60", "00")
    assert cutting.times_of(pa.array([usual]), len(usual)) is not None
    assert cutting.times_of(pa.array([usual, text]), len(text)) is None


@given(st.lists(st.text(alphabet="ab", max_size=18), min_size=1, max_size=300), st.integers(0, 7))
@settings(deadline=None)
def test_columns_of_few_and_of_many_texts_are_cut_alike(texts: list[str], times: int) -> None:
    rows = [(text, str(i), texts[i // 2]) for i, text in enumerate(texts)] * 2**times
    data = "".join(f"{','.join(row)}\n" for row in rows).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "BEGINNING", 0)
        found = cells(data, ascii_only=True)
    assert found is not None
    assert [list(column) for column in zip(*rows, strict=True)] == [column.to_pylist() for column in found.columns]
    for column, values in zip(found.columns, zip(*rows, strict=True), strict=True):
        few = len(set(values)) <= cutting.MOST and max(map(len, values)) <= 16
        assert few == pa.types.is_dictionary(column.type)
        assert not few or list(dict.fromkeys(values)) == column.dictionary.to_pylist()


@given(st.integers(-(2**63) + 1, 2**63 - 1))
@settings(deadline=None)
def test_numbers_and_money_are_written_as_arrow_writes_them(number: int) -> None:
    micro = number % 10**18 * (1 if number > 0 else -1)
    charges = [Decimal(micro).scaleb(-6), Decimal("0.3"), None, Decimal(micro // 10**12)]
    batch = pa.RecordBatch.from_pydict({
        "units": pa.array([number, None, 0, micro // 10**9], pa.int64()),
        "charge": pa.array(charges, pa.decimal128(18, 6)),
    })  # fmt: skip
    assert b"".join(textlines.joined_by_arrow(batch)) == written(batch)


ENTRIES = {
    cutting: [cutting._MARK, cutting._REGULAR, cutting._CUT, cutting._TIMES, cutting._DECIMALS],
    joining: [joining._SPECIAL, joining._JOIN],
    adding: [adding._ADD],
}


@pytest.mark.parametrize("module", ENTRIES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_nothing_in_compiled_code_for_text_is_a_float(module: Any) -> None:
    made = vars(native._compilable(module))
    for entry in ENTRIES[module]:
        name, arguments = entry.args[-2:]
        made[name].compile(native.signature(arguments).args)
    kinds = {kind for function in made.values() for kind in inferred(function)}
    assert types.int64 in kinds
    assert [] == [kind for kind in kinds if isinstance(kind, types.Float)]
