"""Every table of the report in one workbook, a sheet each, with a first sheet of what they are.

A spreadsheet holds binary numbers of 53 bits: it shows every value as the tables do, but the exact ones are in the CSV
and Parquet files.
"""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from tariffs.compare.report.document import Report
from tariffs.compare.tables import NOT_KNOWN, PLACES, Column, Table, Value

MADE: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed moment, so that equal reports are equal files

_A4, _FOOTER = 9, 200
"""What a sheet calls the paper; letters of a footer."""


def xlsx(report: Report) -> bytes:
    """The workbook as bytes."""
    import xlsxwriter

    report = report.numbered()
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": report.title, "author": "", "created": MADE})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    tables = list(report.tables())
    _contents(book.add_worksheet(report.labels["contents"][:31]), report, tables, bold)
    for table in tables:
        _sheet(book, table, report, bold)
    book.close()
    return stream.getvalue()


def _contents(sheet: Any, report: Report, tables: list[Table], bold: Any) -> None:
    _printed(sheet, report)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    row = 0
    sheet.write_string(row, 0, report.title, bold)
    for banner in report.banners:
        row += 1
        sheet.write_string(row, 0, banner, bold)
    for label, value in (*report.facts, *report.again):
        row += 1
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, value)
    for table in tables:
        row += 1
        sheet.write_url(row, 0, f"internal:'{_name(table)}'!A1", string=_name(table))
        sheet.write_string(row, 1, table.title)


def _name(table: Table) -> str:
    """A sheet's name: at most 31 characters, none of those that Excel refuses."""
    return f"{table.number} {table.key}"[:31]


def _printed(sheet: Any, report: Report) -> None:
    """On paper: as wide as a page, and at the foot of each what every page must say."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C" + " · ".join(report.banners).replace("&", "&&")[:_FOOTER])


def _sheet(book: Any, table: Table, report: Report, bold: Any) -> None:
    sheet = book.add_worksheet(_name(table))
    _printed(sheet, report)
    sheet.repeat_rows(3)
    sheet.write_string(0, 0, report.labels["table"].format(number=table.number, title=table.title), bold)
    sheet.write_string(1, 0, table.period)
    formats = [book.add_format(_format(column)) for column in table.columns]
    for place, column in enumerate(table.columns):
        sheet.write_string(3, place, column.title, bold)
        sheet.set_column(place, place, 28 if column.kind == "text" and place == 0 else 18)
    for number, row in enumerate(table.rows, start=4):
        for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            _write(sheet, number, place, value, column, formats[place])
    below = (*report.banners, *((report.labels["synthetic"],) if table.synthetic else ()), *table.notes)
    for number, note in enumerate(below, start=len(table.rows) + 5):
        sheet.write_string(number, 0, note)
    sheet.freeze_panes(4, 1)


def _format(column: Column) -> dict[str, Any]:
    places = PLACES.get(column.kind, 2) if column.places is None else column.places
    digits = "#,##0" + ("." + "0" * places if places else "")
    if column.kind in ("percent", "percent-change"):
        digits = "0" + ("." + "0" * places if places else "") + "%"
    if column.kind.endswith("-change"):
        digits = f"+{digits};-{digits};{digits}"
    if column.kind in ("text", "date"):
        return {"text_wrap": True, "valign": "top"}
    return {"num_format": digits, "valign": "top"}


def _write(sheet: Any, row: int, place: int, value: Value, column: Column, style: Any) -> None:
    if value is None:
        sheet.write_string(row, place, NOT_KNOWN)
    elif isinstance(value, (int, Decimal, Fraction)):
        sheet.write_number(row, place, float(Fraction(value) / column.scale), style)
    else:
        sheet.write_string(row, place, value if isinstance(value, str) else value.isoformat(), style)
