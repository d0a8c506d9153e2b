"""The report as a document for Word and WPS: sentences and tables that an office can go on working with."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any, Final
from xml.etree import ElementTree

from tariffs.compare.report.document import Chart, Report
from tariffs.compare.tables import Table

LATIN: Final = "Arial"
CHINESE: Final = "SimSun"
_WIDEST, _HIGHEST, _CM, _SCALE = 15.0, 20.0, 2.54 / 96, 2.0
"""Of a picture: width and height at most and size of a point of the drawing (centimetres), points of it to one."""
_WIDE: Final = 7
"""Columns from which on the letters of a table are small."""
_PAGE: Final = (21.0, 29.7, 1.8)
"""Centimetres: A4, and its margins."""

MADE: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed moment, so that equal reports are equal files


def docx(report: Report) -> bytes:
    """The document as bytes. Drawings are pictures here; what they show stands below each of them in words."""
    from docx import Document

    report = report.numbered()
    document = Document()
    _style(document, report)
    document.add_heading(report.title, 0)
    for banner in report.banners:
        document.add_paragraph().add_run(banner).bold = True
    for label, value in report.facts:
        _fact(document, label, value)
    for section in report.sections:
        document.add_heading(section.title, 1)
        for paragraph in section.text:
            document.add_paragraph(paragraph)
        for chart in section.charts:
            _chart(document, chart, report)
        for table in section.tables:
            _table(document, table, report)
        for paragraph in section.closing:
            document.add_paragraph(paragraph)
    document.add_heading(report.labels["again"], 1)
    for label, value in report.again:
        _fact(document, label, value)
    return _bytes(document)


def _style(document: Any, report: Report) -> None:
    """Fonts for both scripts, and what every page must say in its footer."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    page, (width, height, margin) = document.sections[0], map(Cm, _PAGE)
    page.page_width, page.page_height = width, height
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = margin
    for name in ("Normal", "Title", "Heading 1", "Table Grid"):
        style = document.styles[name]
        style.font.name = LATIN
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), CHINESE)
    document.styles["Normal"].font.size = Pt(10.5)
    document.sections[0].footer.paragraphs[0].text = " · ".join(report.banners)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = report.title, "", ""
    properties.created = properties.modified = MADE
    properties.language = "zh-CN" if report.language == "zh" else "en-GB"


def _fact(document: Any, label: str, value: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{label}  ").bold = True
    paragraph.add_run(value)


def _chart(document: Any, chart: Chart, report: Report) -> None:
    """The drawing as a picture of the width of the text, with its words for those who cannot see it."""
    import vl_convert
    from docx.shared import Cm, Pt

    caption = document.add_paragraph()
    caption.add_run(report.labels["figure"].format(number=chart.number, title=chart.title)).bold = True
    caption.paragraph_format.keep_with_next = True
    wide, high = _size(chart.svg)
    width = min(_WIDEST, wide * _CM, _HIGHEST * wide / high)
    picture = document.add_picture(io.BytesIO(vl_convert.svg_to_png(chart.svg, scale=_SCALE)), width=Cm(width))
    picture._inline.docPr.set("descr", f"{chart.title}. {chart.alt}")
    document.add_paragraph().add_run(chart.alt).font.size = Pt(8)


def _size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing."""
    root = ElementTree.fromstring(svg)
    return float(root.get("width", "1")), float(root.get("height", "1"))


def _table(document: Any, table: Table, report: Report) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    caption = document.add_paragraph()
    caption.add_run(report.labels["table"].format(number=table.number, title=table.title)).bold = True
    if table.period:
        caption.add_run(f"  {table.period}")
    caption.paragraph_format.keep_with_next = True
    grid = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    size = Pt(9 if len(table.columns) < _WIDE else 7)
    rows = [tuple(column.title for column in table.columns), *table.texts()]
    for number, row in enumerate(rows):
        cells = grid.rows[0].cells if number == 0 else grid.add_row().cells
        for cell, text, column in zip(cells, row, table.columns, strict=True):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.font.size = size
            run.bold = number == 0 or number - 1 in table.emphasis
            if column.kind not in ("text", "date"):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _repeat_first_row(grid)
    for note in (*((report.labels["synthetic"],) if table.synthetic else ()), *table.notes):
        document.add_paragraph().add_run(note).font.size = Pt(8)


def _repeat_first_row(grid: Any) -> None:
    """The column titles stand on every page that the table reaches."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(mark)


def _bytes(document: Any) -> bytes:
    """The file, with the same moment on all its parts."""
    made, told = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as package:
        for name in parts.namelist():
            package.writestr(zipfile.ZipInfo(name, MADE.timetuple()[:6]), parts.read(name), zipfile.ZIP_DEFLATED)
    return told.getvalue()
