"""What a rulebook says, in words: names, amounts, dates, provenance. The base of everything that `show` prints."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from pydantic import BaseModel

from tariffs.language import Words
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.charges import Tariff
from tariffs.rulebook.scenarios import Assumption, Parameter, Scenario
from tariffs.rulebook.values import Provenance, Quantity, Text
from tariffs.terms import CROSSING, LINE, MARK, READ, RELATION

MINUTE = 60_000_000
HOUR = 60 * MINUTE
_ONE = re.compile(r"^1 ?(?![\d.])")


@dataclass(frozen=True)
class Plain:
    """A rulebook as one scenario (or none) sees it, and the language to say it in."""

    book: Rulebook
    words: Words
    scenario: Scenario | None = None
    assume: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def tariffs(self) -> dict[str, Tariff]:
        return {**self.book.tariffs, **(self.scenario.tariffs if self.scenario else {})}

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        return {**self.book.parameters, **(self.scenario.parameters if self.scenario else {})}

    @cached_property
    def _names(self) -> dict[str, Text]:
        """Every name that conditions may use, with its text; a nearer definition goes before a farther one."""
        book, found = self.book, dict[str, Text]()
        for section in (book.groups, book.operators, book.plans, book.options, book.places, book.regions, book.circles):
            found |= {name: item.name for name, item in section.items()}
        if self.scenario:
            for section in (self.scenario.options, self.scenario.regions, self.scenario.circles):
                found |= {name: item.name for name, item in section.items()}
        return found

    def name(self, name: str) -> str:
        """A name of the rulebook as people say it; the name itself where it has no text."""
        _ = self.words.gettext
        if name in self._names:
            return self.words.text(self._names[name])
        for terms in (LINE, RELATION):
            if name in terms:
                return _(terms[name])
        return name

    def tariff(self, name: str) -> str:
        """A tariff, or a choice among tariffs that a parameter stands for."""
        if name in self.tariffs:
            return self.words.text(self.tariffs[name].name)
        return self.parameter(name)

    def parameter(self, name: str) -> str:
        """A parameter by its text, with the value it has: assumed or given; `not known` without one."""
        _ = self.words.gettext
        parameter, value = self.parameters.get(name), self.value(name)
        if parameter is None:
            return name
        text = self.words.text(parameter.name)
        if value is None:
            return _("[not known: {name}]").format(name=text)
        shown = self.with_unit(value, parameter)
        if parameter.kind == "choice":
            shown = self.choice(value, parameter) or parameter.choices.get(value, value)
        return _("{name} [{mark}: {value}]").format(name=text, mark=self.mark(name), value=shown)

    def with_unit(self, value: str, parameter: Parameter) -> str:
        return f"{value} {self.words.gettext(parameter.unit)}" if parameter.unit else value

    def with_meaning(self, value: str, parameter: Parameter) -> str:
        """A value with its unit, or with what it chooses."""
        meant = self.choice(value, parameter)
        return self.words.gettext(", ").join([self.with_unit(value, parameter), *([meant] if meant else [])])

    def choice(self, value: str, parameter: Parameter) -> str:
        """What a choice stands for, in words: a tariff, a zoning, or what a call pays that crosses a boundary."""
        meant = parameter.choices.get(value, "")
        if meant in self.tariffs:
            return self.tariff(meant)
        if meant in self.book.zonings:
            return self.words.text(self.book.zonings[meant].name)
        return self.words.gettext(CROSSING[meant]) if meant in CROSSING else ""

    def value(self, parameter: str) -> str | None:
        """The value of a parameter: given, else assumed by the rulebook, else None."""
        if parameter in self.assume:
            return self.assume[parameter]
        assumption: Assumption | None = self.book.assumptions.get(parameter)
        return assumption.value if assumption else None

    def price(self, price: Decimal | str) -> str:
        """Yuan; of a parameter its value and that it is an assumption, or that nobody knows it."""
        _ = self.words.gettext
        if isinstance(price, Decimal):
            return _("{amount} yuan").format(amount=money(price))
        return self.valued(price)

    def valued(self, name: str) -> str:
        """The value of a price or date parameter, and what it is the value of."""
        _ = self.words.gettext
        parameter, value = self.parameters[name], self.value(name)
        text = self.words.text(parameter.name)
        if value is None:
            return _("[not known: {name}]").format(name=text)
        shown = _("{amount} yuan").format(amount=money(Decimal(value))) if parameter.kind == "price" else value
        return _("{value} [{mark}: {name}]").format(value=shown, mark=self.mark(name), name=text)

    def mark(self, parameter: str) -> str:
        """Whether a value was given or assumed."""
        _ = self.words.gettext
        return _("given") if parameter in self.assume else _("assumed value")

    def quantity(self, quantity: Quantity) -> str:
        ngettext = self.words.ngettext
        if quantity.measure == "message":
            return ngettext("{n} message", "{n} messages", quantity.amount).format(n=quantity.amount)
        if quantity.measure == "volume":
            for unit, size in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
                if quantity.amount % size == 0:
                    return f"{quantity.amount // size} {unit}"
            return ngettext("{n} byte", "{n} bytes", quantity.amount).format(n=quantity.amount)
        if quantity.amount % HOUR == 0:
            n = quantity.amount // HOUR
            return ngettext("{n} hour", "{n} hours", n).format(n=n)
        if quantity.amount % MINUTE == 0:
            n = quantity.amount // MINUTE
            return ngettext("{n} minute", "{n} minutes", n).format(n=n)
        seconds = (Decimal(quantity.amount) / 1_000_000).normalize()
        return ngettext("{n} second", "{n} seconds", 1 if seconds == 1 else 2).format(n=f"{seconds:f}")

    def unit(self, quantity: Quantity) -> str:
        """A quantity as what a price is for: `minute` rather than `1 minute`."""
        return _ONE.sub("", self.quantity(quantity))

    def date(self, date: dt.date | str) -> str:
        return date.isoformat() if isinstance(date, dt.date) else self.valued(date)

    def interval(self, start: dt.date | str | None, end: dt.date | str | None) -> str:
        """`[from, until)` in words; empty for always."""
        _ = self.words.gettext
        if start is not None and end is not None:
            return _("from {start} until before {end}").format(start=self.date(start), end=self.date(end))
        if start is not None:
            return _("from {start}").format(start=self.date(start))
        return _("until before {end}").format(end=self.date(end)) if end is not None else ""

    def provenance(self, item: Provenance) -> list[str]:
        """Mark, sources, note and day of the last check: a line each, as far as there is something to say."""
        _ = self.words.gettext
        lines = []
        if item.source or item.mark != "published":
            named = self.words.join([self.source(name) for name in item.source])
            mark = _(MARK[item.mark])
            lines.append(_("source: {sources} ({mark})").format(sources=named, mark=mark) if named else mark)
        if item.note:
            lines.append(_("note: {note}").format(note=item.note))
        if item.checked:
            lines.append(_("last checked: {day}").format(day=item.checked))
        return lines

    def source(self, name: str) -> str:
        source = self.book.sources.get(name)
        return f"{source.issuer} {source.date} [{name}]" if source else f"[{name}]"

    def source_in_full(self, name: str) -> str:
        _ = self.words.gettext
        source = self.book.sources[name]
        return _("[{name}] {issuer}, {date}: {title} ({read})").format(
            name=name, issuer=source.issuer, date=source.date, title=source.title, read=_(READ[source.read])
        )


def money(amount: Decimal) -> str:
    """Yuan as decimal text with at least two decimals and no idle zeros beyond them."""
    exponent = amount.normalize().as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:.{decimals}f}"


def thousands(amount: Decimal) -> str:
    """Yuan, or minutes, with separators."""
    return f"{Decimal(money(amount)):,}"


def signed(amount: Decimal) -> str:
    """A difference with its sign, which a zero does not have."""
    return f"{'+' if amount > 0 else '−' if amount < 0 else ''}{thousands(abs(amount))}"


def strings(item: object) -> Iterator[str]:
    """Every plain string inside a piece of a rulebook, texts for people left out: the names it may refer to."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, Text):
        return
    elif isinstance(item, BaseModel):
        for name in type(item).model_fields:
            if name not in ("at", "note"):
                yield from strings(getattr(item, name))
    elif isinstance(item, dict):
        for value in item.values():
            yield from strings(value)
    elif isinstance(item, (tuple, list)):
        for value in item:
            yield from strings(value)
