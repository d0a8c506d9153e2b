"""Area codes that are withdrawn or merged: whose numbers change, and which tariffs follow."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import tariffs
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import open_inputs
from tariffs.compare.comparison import Comparison, Question, compare
from tariffs.compare.gather import gather
from tariffs.compare.measures.numbering import Renumbered
from tariffs.compare.report.draft import Draft
from tariffs.compare.report.recoding import recoding
from tariffs.language import words
from tests.compare.desk import written

DAY = "2012-03-01T12:00:00+08:00"
GZ, FS, FS_TOO, SZ = "02081234567", "075781234567", "075787654321", "075581234567"


def compared(folder: Path, rulebook: str, scenario: str, as_of: str, calls: list[str]) -> Comparison:
    path = written(folder, "calls.csv", ["caller,called,start,duration,operator", *calls])
    book = tariffs.load(rulebook)
    request = RateRequest(inputs=(str(path),), output="-")
    with open_inputs(request) as inputs:
        cells = gather(inputs, book.rater(["baseline", scenario]), request=request).cells
    return compare(cells, book, Question(base="baseline", scenarios=(scenario,), as_of=(as_of,)))


def found(comparison: Comparison) -> dict[str, Renumbered]:
    return {item.code.before: item for item in comparison.parts[0].renumbered}


def guangfo(folder: Path) -> Comparison:
    """Of seven calls six have an end in Foshan, and four of its lines called."""
    calls = [f"{FS},{GZ},{DAY},60,china-telecom", f"{FS},{GZ},{DAY},60,china-telecom",
             f"{FS_TOO},{SZ},{DAY},60,china-telecom", f"{FS_TOO},{FS},{DAY},60,china-telecom",
             f"{GZ},{FS},{DAY},61,china-telecom", f"{SZ},{FS},{DAY},60,china-telecom",
             f"{GZ},{SZ},{DAY},60,china-telecom"]  # fmt: skip
    return compared(folder, "prd", "guangfo-same-city", "guangfo-same-city:1", calls)


def test_foshan_is_withdrawn_into_guangzhou(tmp_path: Path) -> None:
    (item,) = found(guangfo(tmp_path)).values()
    code = item.code
    assert ("foshan", "757", "20", dt.date(2012, 1, 1)) == (code.place, code.before, code.after, code.day)
    assert ((8,), (8,), 0, None) == (code.digits, code.digits_after, code.added, code.prefix)
    assert (2, 4, 3) == (item.payers, item.calls_from, item.calls_to)


def test_long_distance_gives_way_to_the_local_tariff(tmp_path: Path) -> None:
    (item,) = found(guangfo(tmp_path)).values()
    paid = {(f.before, f.after): (f.calls, f.base, f.charge) for f in item.tariffs}
    far, near = ("domestic-long-distance",), ("fixed-local",)
    assert {
        (far, near): (3, Decimal("2.17"), Decimal("0.66")),  # twice 0.70, and 0.77 of 61 seconds
        (far, far): (2, Decimal("1.40"), Decimal("1.40")),  # Shenzhen stays far
        (near, near): (1, Decimal("0.22"), Decimal("0.22")),
    } == paid


def test_digits_are_added_where_the_other_code_has_longer_numbers(tmp_path: Path) -> None:
    codes = found(compared(tmp_path, "prd", "one-area", "one-area:1", [f"{GZ},07588123456,{DAY},60,china-telecom"]))
    assert {"757", "758", "755", "769", "752", "756", "760", "750"} == set(codes)
    assert (1, 0) == (codes["758"].code.added, codes["755"].code.added)
    assert (0, 1) == (codes["758"].calls_from, codes["758"].calls_to)


def test_what_the_plan_itself_merges_is_told_with_its_leading_digit(tmp_path: Path) -> None:
    calls = [
        "07314123456,07328123456,2009-01-05T12:00:00+08:00,600,",
        "07328123456,07314123456,2009-01-05T12:00:00+08:00,60,",
    ]
    codes = found(compared(tmp_path, "changzhutan", "two-phases", "two-phases:2", calls))
    assert {("xiangtan", "732", "731", "5"), ("zhuzhou", "733", "731", "2"), ("changsha", "731", "731", None)} == {
        (item.code.place, item.code.before, item.code.after, item.code.prefix) for item in codes.values()
    }
    assert {1} == {item.code.added for item in codes.values()}
    xiangtan = codes["732"]
    assert (1, 1) == (xiangtan.calls_from, xiangtan.calls_to)
    (paid,) = xiangtan.tariffs
    assert ((("domestic-long-distance",), ("local",)), Decimal("7.70"), Decimal("1.21")) == (
        (paid.before, paid.after), paid.base, paid.charge
    )  # fmt: skip


def test_before_its_day_no_code_is_withdrawn(tmp_path: Path) -> None:
    calls = [f"{GZ},{FS},{DAY},60,china-telecom"]
    assert {} == found(compared(tmp_path, "prd", "guangfo-same-city", "2011-12-31", calls))
    assert {} == found(compared(tmp_path, "prd", "plan-2010", "plan-2010:1", calls))


def test_the_report_names_the_code_with_its_zero_and_hides_few_lines(tmp_path: Path) -> None:
    section = recoding(Draft(guangfo(tmp_path), words("zh")))
    assert section is not None
    codes, paid = section.tables
    assert (("0757",), ("020",), (None,), (4,)) == tuple(
        codes.column(k) for k in ("code", "becomes", "payers", "calls_from")
    )
    assert "照旧" == paid.column("after")[-1]
    assert Decimal("-1.51") == paid.column("change")[0]


def test_an_unknown_code_is_told_with_its_line(tmp_path: Path) -> None:
    change = "{from: 2012-01-01, unite: {places: [guangzhou, foshan], as: zone, code: 21757}}"
    book = written(tmp_path, "my.yaml", [
        "rulebook: {include: prd}", "scenarios:", "  mine:", "    name: {zh: 示例, en: Mine}", "    illustrative: true",
        "    mark: illustrative", "    changes:", f"      - {change}",
    ])  # fmt: skip
    with pytest.raises(tariffs.RulebookError) as caught:
        tariffs.load(book)
    assert [("unknown-name", 8)] == [(problem.code, problem.at.line) for problem in caught.value.problems]
