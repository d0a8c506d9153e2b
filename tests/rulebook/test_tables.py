"""Table files: digits to places, checked by columns, whether they have five rows or half a million."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.rulebook.drafts import load_text, problems, told, write

SEGMENTS = "numbering: {areas: [], mobile: [{prefix: 138}], segments: {file: long.csv, vintage: now}}\n"
EXCHANGES = """
zonings:
  by-hand:
    name: {zh: 划分, en: By hand}
    zones: {one: {name: {zh: 一, en: One}, members: [easton]}}
    exchanges: exchanges.csv
"""


def test_rows_are_kept_as_they_are_written(tmp_path: Path) -> None:
    tables = {
        "long.csv": "prefix,place\n1380001,easton\n\n1380002,weston",
        "exchanges.csv": "area,prefix,place\r\n20,8,easton\r\n",
    }
    book = load_text(tmp_path, SEGMENTS + EXCHANGES, tables=tables)
    assert (("1380001", "easton"), ("1380002", "weston")) == book.tables["long.csv"]
    assert (("20", "8", "easton"),) == book.tables["exchanges.csv"]


def test_every_row_knows_its_line(tmp_path: Path) -> None:
    tables = {
        "long.csv": "prefix,place\n1380001,easton\n\n1380002,weston",
        "exchanges.csv": "area,prefix,place\r\n20,8,easton\r\n20,7,easton\r\n",
    }
    book = load_text(tmp_path, SEGMENTS + EXCHANGES, tables=tables)
    assert [2, 4] == [book.row_at("long.csv", row).line for row in range(2)]
    assert [2, 3] == [book.row_at("exchanges.csv", row).line for row in range(2)]
    assert "exchanges.csv" == Path(book.row_at("exchanges.csv", 0).file).name


def test_a_row_of_an_area_that_the_plan_does_not_have_is_told(tmp_path: Path) -> None:
    (said,) = told(tmp_path, EXCHANGES, tables={"exchanges.csv": "area,prefix,place\n20,8,easton\n99,8,easton\n"})
    assert "exchanges.csv:3:1 unknown-name: `99` is not one of the area codes in `numbering`" == said


def test_a_table_may_be_empty_or_packed(tmp_path: Path) -> None:
    assert () == load_text(tmp_path, SEGMENTS, tables={"long.csv": "prefix,place"}).tables["long.csv"]
    (tmp_path / "long.csv.gz").write_bytes(gzip.compress("\ufeffprefix,place\n1380001,easton\n".encode()))
    book = load_text(tmp_path, SEGMENTS.replace("long.csv", "long.csv.gz"))
    assert (("1380001", "easton"),) == book.tables["long.csv.gz"]


def test_a_path_leads_from_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "long.csv").write_text("prefix,place\n1380001,easton\n", "utf-8")
    book = load_text(tmp_path / "book", SEGMENTS.replace("long", "../long"))
    assert (("1380001", "easton"),) == book.tables["../long.csv"]


def test_one_path_cannot_mean_two_tables(tmp_path: Path) -> None:
    segments = SEGMENTS.replace("long", "exchanges")
    (said,) = told(tmp_path, segments + EXCHANGES, tables={"exchanges.csv": "prefix,place\n1380001,easton\n"})
    assert "7:16 missing-table: `exchanges.csv` means another table than where it is named first" == said


def test_a_row_may_be_repeated_but_not_contradicted(tmp_path: Path) -> None:
    rows = "prefix,place\n1380001,easton\n1380001,easton\n1380001,weston\n"
    (said,) = told(tmp_path, SEGMENTS, tables={"long.csv": rows})
    assert "long.csv:4:1 duplicate-name: these digits lead to `weston` here and to `easton` elsewhere" == said


@pytest.mark.parametrize(
    "row", ["easton", "138,easton,weston", "13x,easton", ",easton", "１３８,easton", "1" * 21 + ",easton"]
)
def test_a_malformed_row_is_told_with_its_line(tmp_path: Path, row: str) -> None:
    (said,) = told(tmp_path, SEGMENTS, tables={"long.csv": f"prefix,place\n1380001,easton\n{row}\n"})
    assert "long.csv:3:1 missing-table: this row is malformed" == said


def test_many_wrong_rows_are_counted_and_not_listed(tmp_path: Path) -> None:
    rows = "prefix,place\n" + "".join(f"{n},nowhere\n" for n in range(1000, 2000))
    said = told(tmp_path, SEGMENTS, tables={"long.csv": rows})
    assert 21 == len(said)
    assert "long.csv:0:0 missing-table: 980 more rows of this table are wrong" == said[0]
    assert "long.csv:2:1 unknown-name: `nowhere` is not one of the places" == said[1]


@pytest.mark.parametrize(
    "content, expected",
    [
        (b"", "long.csv:1:1 missing-table: the first line of this table must be `prefix,place`"),
        (b"1380001,easton\n", "long.csv:1:1 missing-table: the first line of this table must be `prefix,place`"),
        (b"\xb9\xe3\xd6\xdd", "1:66 missing-table: the table `long.csv` cannot be read: it is not UTF-8 text"),
        (b"\x1f\x8b\x08\x00nonsense", "1:66 missing-table: the table `long.csv` cannot be read: it is not whole"),
        (b'prefix,place\n"' + b"1" * 200_000, "long.csv:0:0 missing-table: this is no CSV file"),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path: Path, content: bytes, expected: str) -> None:
    write(tmp_path, SEGMENTS)
    (tmp_path / "long.csv").write_bytes(content)
    (problem,) = problems(tmp_path)
    where = f"{Path(problem.at.file).name}:".replace("text.yaml:", "") + f"{problem.at.line}:{problem.at.column}"
    assert f"{where} {problem.code}: {problem.message}".startswith(expected)


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "long.csv").mkdir()
    (said,) = told(tmp_path, SEGMENTS)
    assert said.endswith("the table `long.csv` cannot be read: it is no file")


def test_a_table_beyond_the_limit_is_not_unpacked(tmp_path: Path) -> None:
    write(tmp_path, SEGMENTS)
    (tmp_path / "long.csv").write_bytes(gzip.compress(b"0" * 200_000_001, 1))
    (problem,) = problems(tmp_path)
    assert "the table `long.csv` cannot be read: it has more than 200,000,000 bytes" == problem.message


def test_no_problem_shows_the_digits_of_a_row(tmp_path: Path) -> None:
    rows = "prefix,place\n02081234567,nowhere\n02081234567x,easton\n138,02081234567\n"
    write(tmp_path, SEGMENTS, tables={"long.csv": rows})
    assert all("8123" not in str(problem) for problem in problems(tmp_path))
