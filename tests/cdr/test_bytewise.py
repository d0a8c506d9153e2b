"""Compiled code for text does what Arrow and the definition of a record do, byte for byte."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs.cdr import bytewise, csvtext, textlines
from tariffs.cdr.csvtext import Layout
from tariffs.cdr.durations import read_duration
from tariffs.cdr.lines import Block
from tariffs.cdr.sources import Source

TEXTS = st.text(alphabet='ab0é广,"\n\r ', max_size=6)


def written(batch: Any) -> bytes:
    return bytes(bytewise.joined([textlines.coded_text(column) for column in batch.columns], len(batch)))


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
    assert len(long) + rows == len(bytewise.joined([column], rows))


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
    expected, _ = csvtext._slow(data, 5, layout, final=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bytewise, "at_hand", lambda: True)
        patch.setattr(csvtext, "WORTH_IT", 0)
        chunks, _ = csvtext.taken(source, Block(data, 5, last=True), csvtext.Rest(), layout)
    found = [
        (int(line), chunk.raw(i), [str(column[i]) for column in chunk.columns.columns])
        for chunk in chunks
        for i, line in enumerate(chunk.lines)
    ]
    assert [(r.line, r.raw.decode(), r.fields or ["None"] * 3) for r in expected] == found


def test_regular_lines_are_cut_by_compiled_code_and_others_are_left() -> None:
    found = bytewise.cells("020,é,\n,,x\n".encode(), ord(","), 3)
    assert found is not None
    assert [["020", ""], ["é", ""], ["", "x"]] == [column.to_pylist() for column in found[0]]
    assert [7, 11] == found[1].tolist()
    for odd in (b"a,b\n", b"a,b,c,d\n", b"a,b,c\n\na,b,c\n"):
        assert bytewise.cells(odd, ord(","), 3) is None


@given(
    st.lists(st.from_regex(r"[0-9]{0,14}(\.[0-9]{0,7})?", fullmatch=True) | st.sampled_from(["", " 1", "1.2.3", "-1"]))
)
@settings(deadline=None)
def test_durations_are_read_as_the_definition_says(texts: list[str]) -> None:
    read = read_duration("s")
    for text in texts:
        found = bytewise.decimals_of(pa.array([text], pa.string()), 6)
        assert found is None or [read(text)] == found.tolist()
    plain = [text for text in texts if bytewise.decimals_of(pa.array([text], pa.string()), 6) is not None]
    together = bytewise.decimals_of(pa.array(plain, pa.string()), 6)
    assert together is not None
    assert [read(text) for text in plain] == together.tolist()


@pytest.mark.parametrize("text", ["61", "0.5", "7200.000000", "999999999999"])
def test_usual_durations_are_read_by_compiled_code(text: str) -> None:
    found = bytewise.decimals_of(pa.array(["1", text], pa.string()), 6)
    assert found is not None
    assert [1_000_000, read_duration("s")(text)] == found.tolist()
