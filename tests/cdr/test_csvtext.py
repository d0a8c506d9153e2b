"""Delimited text: what a record is, whatever is broken around it."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tariffs.cdr import csvblocks, csvtext, lines
from tariffs.cdr.csvtext import Layout
from tariffs.cdr.lines import LONGEST_LINE, blocks
from tariffs.cdr.sources import Source

ABC = Layout(("a", "b", "c"))
Read = list[tuple[int, tuple[str | None, ...] | None, str | bytes]]


def read(data: bytes, layout: Layout = ABC, block: int = 1 << 22) -> Read:
    """Line, fields (None: unreadable) and raw text of each record."""
    found: Read = []
    rest = csvtext.Rest()
    for piece in blocks(io.BytesIO(data), block):
        chunks, rest = csvblocks.taken(Source("calls.csv"), piece, rest, layout)
        for chunk in chunks:
            rows = zip(*(column.to_pylist() for column in chunk.columns.columns), strict=True)
            for i, row in enumerate(rows):
                found.append((int(chunk.lines[i]), None if i in chunk.unreadable else row, chunk.raw(i)))
    return found


@pytest.fixture(autouse=True)
def however_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every block goes through the quick reader that can."""
    monkeypatch.setattr(csvblocks, "WORTH_IT", 0)
    monkeypatch.setattr(csvblocks, "WORTH_COMPILED", 0)


def fields(data: bytes, layout: Layout = ABC) -> list[tuple[str | None, ...] | None]:
    return [row for _, row, _ in read(data, layout)]


def slowly(data: bytes, layout: Layout = ABC) -> Read:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvblocks, "WORTH_IT", 1 << 60)
        patch.setattr(csvblocks, "WORTH_COMPILED", 1 << 60)
        return read(data, layout)


def test_a_record_is_a_line() -> None:
    assert [(1, ("1", "2", "3"), "1,2,3"), (2, ("4", "", "6"), "4,,6")] == read(b"1,2,3\n4,,6\n")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_kind_of_line_end_is_read_and_the_last_may_be_absent(end: bytes) -> None:
    assert [("1", "2", "3"), ("4", "5", "6")] == fields(b"1,2,3" + end + b"4,5,6")


def test_empty_lines_are_no_records_but_count_as_lines() -> None:
    assert [(1, ("1", "2", "3"), "1,2,3"), (4, ("4", "5", "6"), "4,5,6")] == read(b"1,2,3\n\n\r\n4,5,6\n\n")


def test_quoted_fields_hold_delimiters_doubled_quotes_and_line_ends() -> None:
    data = b'"1,1","say ""2""",3\n"four\nlines",5,6\n7,8,9\n'
    assert [("1,1", 'say "2"', "3"), ("four\nlines", "5", "6"), ("7", "8", "9")] == fields(data)
    assert [1, 2, 4] == [line for line, _, _ in read(data)]


def test_text_after_a_closing_quote_is_taken_literally() -> None:
    assert [('Name" <1115>"', "2", "3")] == fields(b'""Name" <1115>",2,3\n')


def test_a_quote_that_never_closes_costs_its_line_only() -> None:
    assert [None, ("4", "5", "6"), ("7", "8", "9")] == fields(b'"1,2,3\n4,5,6\n7,8,9\n')


def test_a_row_of_another_width_is_unreadable_in_its_place() -> None:
    assert [("1", "2", "3"), None, ("4", "5", "6"), None] == fields(b"1,2,3\n1,2\n4,5,6\n1,2,3,4\n")


def test_trailing_columns_may_be_absent_where_the_layout_allows() -> None:
    layout = Layout(("a", "b", "c"), least=2)
    assert [("1", "2", "3"), ("1", "2", None), None] == fields(b"1,2,3\n1,2\n1\n", layout)


def test_a_nul_byte_makes_its_line_unreadable() -> None:
    assert [("1", "2", "3"), None] == fields(b"1,2,3\n4,\0,6\n")


def test_a_line_of_ten_megabytes_is_unreadable_and_its_beginning_kept() -> None:
    found = read(b"1,2,3\n" + b"9" * 10_000_000 + b",2,3\n4,5,6\n")
    assert [("1", "2", "3"), None, ("4", "5", "6")] == [row for _, row, _ in found]
    assert [1, 2, 3] == [line for line, _, _ in found]
    assert b"9" * 4096 == found[1][2].encode() if isinstance(found[1][2], str) else found[1][2]


@pytest.mark.parametrize("block", [1000, LONGEST_LINE * 4])
def test_the_longest_line_does_not_depend_on_the_size_of_blocks(block: int) -> None:
    longest, longer = b"x" * (LONGEST_LINE - 4) + b",2,3", b"x" * (LONGEST_LINE - 3) + b",2,3"
    found = read(longest + b"\n" + longer + b"\n1,2,3\n", block=block)
    assert [True, False, True] == [row is not None for _, row, _ in found]


@given(
    lines_=st.lists(st.text(alphabet="ab,", max_size=80).map(str.encode), max_size=30),
    ended=st.booleans(),
    block=st.integers(1, 90),
)
@example(lines_=[b"a" * 60, *[b"ab,"] * 4, b"ab,ba"], ended=False, block=40)  # the last piece that is read ends no line
def test_no_line_around_one_that_is_too_long_is_lost(lines_: list[bytes], ended: bool, block: int) -> None:
    data = b"\n".join(lines_) + b"\n" * ended
    with pytest.MonkeyPatch.context() as patch:
        for module in (lines, csvtext, csvblocks):
            patch.setattr(module, "LONGEST_LINE", 12)
        for module in (lines, csvtext):
            patch.setattr(module, "KEPT_OF_LONG", 4)
        found = read(data, block=block)
        told = [(number, line[: 4 if len(line) > 12 else 12].decode()) for number, line in enumerate(lines_, 1) if line]
        assert told == [(number, raw) for number, _, raw in found]
        assert read(data, block=1 << 20) == found


def test_gbk_is_read_as_text_and_bytes_that_are_not_gbk_are_kept() -> None:
    layout = Layout(("a", "b", "c"), encoding="gbk")
    good, bad = "主叫,被叫,1分30秒".encode("gbk"), b"\xff\xff,2,3"
    assert [("主叫", "被叫", "1分30秒")] == fields(good + b"\n", layout)
    assert [(1, ("主叫", "被叫", "1分30秒"), "主叫,被叫,1分30秒"), (2, None, bad)] == read(
        good + b"\n" + bad + b"\n", layout
    )


PIECES = st.sampled_from(
    [
        "a",
        "1",
        ",",
        ",",
        '"',
        '"',
        '""',
        "\n",
        "\n",
        "\r\n",
        "a,b,c\n",
        '"a","b",c\n',
        '"a ""x""",b,c\n',
        "\0",
        "\r",
        "中",
    ]
)


@given(st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode()))
def test_the_quick_reader_reads_what_the_slow_one_defines(data: bytes) -> None:
    assert slowly(data) == read(data)


@given(st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).replace("\r", "").encode()), st.integers(1, 9))
def test_the_size_of_blocks_changes_nothing(data: bytes, block: int) -> None:
    assert read(data) == read(data, block=block)
