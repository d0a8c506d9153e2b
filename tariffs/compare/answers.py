"""Whether cells can answer a question: they can, where every rule that it brings tells apart no more than they do."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tariffs.compare.cells import Basis, Cells, clock_digest, located_digest
from tariffs.compare.shapes import modes_of
from tariffs.language import N_, Words, words
from tariffs.rating.rater import Rater
from tariffs.rulebook.values import Quantity

_SAID: Final = {
    "located": N_(
        "the numbers, places, zones or names of the rules are not those that the cells were made with; the calls must "
        "be read again"
    ),
    "clock": N_(
        "the rate periods or the calendar are not those that the cells were made with; the calls must be read again"
    ),
    "units": N_("a tariff has a unit or step of which the cells hold no trace ({unit}); the calls must be read again"),
    "date": N_(
        "something changes on {day}, and the cells do not tell the days before and after it apart; the calls must be "
        "read again (declare the days movable, and the next change needs no reading)"
    ),
}


class CannotAnswer(Exception):
    """The cells hold too little to answer; reading the calls again answers. `code`: why; `values`: for the words."""

    def __init__(self, code: str, **values: str) -> None:
        self.code, self.values = code, values
        super().__init__(self.said(words("en")))

    def said(self, words: Words) -> str:
        """Why, in a language."""
        return words.gettext(_SAID[self.code]).format(**self.values)


def check_basis(basis: Basis, rater: Rater) -> None:
    """Raises CannotAnswer where a rater's rules see calls in another way than those with which cells were made."""
    compiled = rater.compiled
    if located_digest(compiled) != basis.located:
        raise CannotAnswer("located")
    if compiled.book.digest == basis.digest:
        return
    if clock_digest(compiled.book) != basis.clock:
        raise CannotAnswer("clock")
    known = {(mode.measure, mode.resolution, mode.fraction): mode for mode in basis.modes}
    for mode in modes_of(compiled.book):
        held = known.get((mode.measure, mode.resolution, mode.fraction))
        if held is None or mode.grain % held.grain or (mode.timed and not held.timed):
            raise CannotAnswer("units", unit=_length(mode.grain if mode.measure < 2 else 0))


def check_dates(cells: Cells, rater: Rater) -> None:
    """Raises CannotAnswer where rules change on a day inside a segment of days in which calls lie."""
    if cells.days is None or all(view.as_of is not None for view in rater.views):
        return
    first, last = (day.toordinal() for day in cells.days)
    known = set(cells.basis.bounds)
    for day in rater.compiled.alphabet.segments:
        if first < day <= last and day not in known:
            raise CannotAnswer("date", day=dt.date.fromordinal(day).isoformat())


def _length(microseconds: int) -> str:
    """A length of time as a person writes it."""
    return str(Quantity(measure="time", amount=microseconds)) if microseconds else "messages or volume"
