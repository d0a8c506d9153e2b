"""A report as a page, a document, a workbook and tables: the same figures in each, and nothing from a network."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from tariffs.compare.report import charts, files
from tariffs.compare.report.document import Report, Section
from tariffs.compare.report.docx import docx
from tariffs.compare.report.html import html
from tariffs.compare.report.xlsx import xlsx
from tariffs.compare.tables import Column, Table

TABLE = Table(
    key="totals",
    title="测算总额 <all>",
    columns=(
        Column("relation", "关系"),
        Column("calls", "次数", "count"),
        Column("change", "变化（元）", "yuan-change"),
        Column("relative", "变化率", "percent-change"),
    ),
    rows=(("同圈", 1234, Decimal("-0.74"), Fraction(-74, 334)), ("合计", 1234, Decimal("-0.74"), None)),
    period="2011-10",
    notes=("=1+1 假设值",),
    synthetic=True,
    emphasis=frozenset({1}),
)
LABELS = {"contents": "目录", "again": "重做", "table": "表{number}：{title}", "figure": "图{number}：{title}",
          "synthetic": "合成数据"}  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Report:
    curve = charts.curves(
        "curve",
        "通话费",
        "每秒的费用",
        [1, 6, 7],
        {"之前": [0.07, 0.07, 0.14], "之后": [0.3, 0.3, 0.3]},
        ("秒", "元"),
        [(7, 0.3)],
    )
    wins = charts.bars("wins", "得失", "得失", [("plan", "better", 3), ("plan", "worse", 1)], "户", stacked=True)
    lines = charts.timeline("phases", "阶段", "阶段", [("plan", "1", "2012-01-01", "2015-01-01")], "日期")
    section = Section("totals", "总额", ("一句话。",), (curve, wins, lines), (TABLE,))
    return Report(
        "测算报告", "zh", (("通话", "2011-10"),), ("合成数据",), (section,), (("命令", "tariffs compare"),), LABELS
    )


def test_the_page_stands_alone(report: Report) -> None:
    page = html(report)
    assert "表1：测算总额 &lt;all&gt;" in page
    assert "−0.74" in page and "−22.2%" in page and '<td class="n">–</td>' in page
    assert 3 == page.count("<svg ")
    # namespaces are names; nothing else points to anywhere
    assert set() == {url for url in re.findall(r"https?://[^\"' )<]+", page) if "www.w3.org" not in url}
    assert "<script" not in page and "@import" not in page


def test_charts_keep_their_text(report: Report) -> None:
    svg = report.sections[0].charts[0].svg
    assert "秒" in "".join(ElementTree.fromstring(svg).itertext())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("2010年一体化规划", ["2010年一体化规划"]),
        ("示例：珠三角一个本地网、一个营业区", ["示例：珠三角一个本地网、一个", "营业区"]),
        ("The add-ons of 2012 for Guangzhou", ["The add-ons of 2012 for", "Guangzhou"]),
    ],
)
def test_long_labels_are_folded(text: str, lines: list[str]) -> None:
    assert lines == charts.folded(text).split("\n")


def test_the_document_says_what_the_page_says(report: Report) -> None:
    from docx import Document

    document = Document(io.BytesIO(docx(report)))
    (grid,) = document.tables
    assert [
        ["关系", "次数", "变化（元）", "变化率"],
        ["同圈", "1,234", "−0.74", "−22.2%"],
        ["合计", "1,234", "−0.74", "–"],
    ] == [[cell.text for cell in row.cells] for row in grid.rows]
    assert ["通话费. 每秒的费用", "得失. 得失", "阶段. 阶段"] == [
        shape._inline.docPr.get("descr") for shape in document.inline_shapes
    ]
    assert all(shape.width <= document.sections[0].page_width for shape in document.inline_shapes)
    assert "合成数据" == document.sections[0].footer.paragraphs[0].text


def test_the_workbook_holds_numbers_and_no_formulas(report: Report) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(xlsx(report)))
    assert ["目录", "1 totals"] == book.sheetnames
    sheet = book["1 totals"]
    assert ["同圈", 1234, -0.74, -74 / 334] == [cell.value for cell in sheet[5]]
    assert "–" == sheet["D6"].value
    assert "=1+1 假设值" in [cell.value for cell in sheet["A"]]
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)


def test_equal_reports_are_equal_files(report: Report) -> None:
    assert docx(report) == docx(report)
    assert xlsx(report) == xlsx(report)
    assert html(report) == html(report)


def test_data_files_are_exact_and_in_english(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(files.csv_text(TABLE))))
    assert {"relation": "同圈", "calls": "1234", "change": "-0.74", "relative": "-0.22155688622754491",
            "synthetic": "true"} == rows[0]  # fmt: skip
    assert "" == rows[1]["relative"]
    table = files.arrow(TABLE, {"digest": "abc"})
    assert Decimal("-0.74") == table.column("change")[0].as_py()
    assert table.column("relative")[1].as_py() is None
    assert b"abc" == table.schema.metadata[b"tariffs.digest"]
    assert b"true" == table.schema.metadata[b"tariffs.synthetic"]
