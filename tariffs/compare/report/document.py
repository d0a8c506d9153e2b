"""What a report is made of, whatever it is written as: sections of sentences, numbered tables and charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tariffs.compare.tables import Table
from tariffs.language import Language


@dataclass(frozen=True)
class Chart:
    """A drawing. `svg`: stands alone, its text is text; `alt`: what it shows, for those who cannot see it."""

    key: str
    title: str
    alt: str
    svg: str
    number: int = 0


@dataclass(frozen=True)
class Section:
    """`key`: its anchor; `text`: paragraphs; then charts, then tables; `closing`: paragraphs behind them."""

    key: str
    title: str
    text: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    closing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """`facts`: label and value of what is compared, with which calls and rules; `banners`: what every page must say
    (made-up calls, an estimate); `again`: the command, hashes and versions that make it again."""

    title: str
    language: Language
    facts: tuple[tuple[str, str], ...]
    banners: tuple[str, ...]
    sections: tuple[Section, ...]
    again: tuple[tuple[str, str], ...] = ()
    labels: dict[str, str] = field(default_factory=dict)

    def numbered(self) -> Report:
        """The same with tables and charts numbered through."""
        table, chart = iter(range(1, 1000)), iter(range(1, 1000))
        sections = tuple(
            replace(
                section,
                tables=tuple(replace(item, number=next(table)) for item in section.tables),
                charts=tuple(replace(item, number=next(chart)) for item in section.charts),
            )
            for section in self.sections
        )
        return replace(self, sections=sections)

    def tables(self) -> Iterator[Table]:
        """All tables in order."""
        for section in self.sections:
            yield from section.tables
