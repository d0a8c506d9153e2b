"""What cells are, in the words of the rulebook: each dimension worked out when some measure first asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from tariffs.compare.cells import FULL, HIDDEN, PAYS, Cells
from tariffs.compare.dates import month
from tariffs.compare.priced import NONE, NOT_KNOWN, Dimension, Int32s, Int64s
from tariffs.rating import rows
from tariffs.rating.kernel import EPOCH, FIRST_DAY
from tariffs.rating.rater import Rater
from tariffs.rulebook.places import RELATIONS

PLAIN = (
    "origin", "destination", "origin-city", "destination-city", "kind", "service", "operator", "called-operator",
    "group", "plan", "options", "month",
)  # fmt: skip
"""What does not depend on any view."""


_TOLD_UP_TO = {
    "origin": PAYS, "destination": PAYS, "origin-city": PAYS, "destination-city": PAYS, "kind": PAYS, "operator": PAYS,
    "called-operator": FULL, "group": FULL, "plan": FULL,
}  # fmt: skip
"""Up to which detail of a cell a dimension is known."""


class Dims(Mapping[str, Dimension]):
    """The dimensions of cells. `plain`: those already known that depend on no view; what is worked out is added.
    `by_view`: how to work out those that a view other than the base has of its own."""

    def __init__(
        self, cells: Cells, rater: Rater, view: int, leaves: Int64s, relations: Int64s, plain: dict[str, Dimension],
        by_view: Mapping[str, Callable[[], Dimension]],
    ) -> None:  # fmt: skip
        self._cells, self._rater, self._view = cells, rater, view
        self._leaves, self._relations, self._plain = leaves, relations, plain
        self._made: dict[str, Dimension] = {}
        self._by_view = by_view

    def __iter__(self) -> Iterator[str]:
        return iter((*PLAIN, "relation", "period", *self._by_view))

    def __len__(self) -> int:
        return len(PLAIN) + 2 + len(self._by_view)

    def __getitem__(self, name: str) -> Dimension:
        held = self._plain if name in PLAIN else self._made
        if name not in held:
            held[name] = self._make(name)
        return held[name]

    def _make(self, name: str) -> Dimension:
        if name == "period":
            return period(self._cells, self._rater, self._leaves[:, self._view])
        if name in self._by_view:
            return self._told(self._by_view[name](), PAYS)
        if name == "relation":
            of_kind = Dimension(self._relations[:, self._view].astype(np.int32), tuple(RELATIONS))
        elif name in PLAIN:
            of_kind = plain_of_kinds(self._cells, self._rater, name)
        else:
            raise KeyError(name)
        return self._told(Dimension(of_kind.codes[self._cells.kind], of_kind.names), _TOLD_UP_TO.get(name, HIDDEN))

    def _told(self, dimension: Dimension, most: int) -> Dimension:
        """The dimension, not known where cells tell less of their calls than that."""
        detail = self._cells.detail
        if detail is None or most == HIDDEN:
            return dimension
        return Dimension(np.where(detail <= most, dimension.codes, np.int32(NOT_KNOWN)), dimension.names)


def plain_of_kinds(cells: Cells, rater: Rater, name: str) -> Dimension:
    """A dimension that depends on no view, of kinds."""
    kinds, names = cells.kinds, cells.basis.of
    places = {"origin": rows.N_ORIGIN, "destination": rows.N_DESTINATION}
    if name in places:
        return _coded(kinds[:, places[name]], names("places"))
    if name in ("origin-city", "destination-city"):
        return _city(kinds[:, places[name.removesuffix("-city")]], rater)
    if name == "kind":
        return _town_or_country(kinds[:, rows.N_ORIGIN], rater)
    if name == "service":
        return _service(kinds, rater)
    if name == "options":
        return _options(kinds[:, rows.N_OPTIONS], names("options"))
    if name == "month":
        days, where = np.unique(kinds[:, rows.N_DAY], return_inverse=True)
        return _named(where, [month(day) for day in days.tolist()])
    column, what = {
        "operator": (rows.N_OPERATOR, "operator"), "called-operator": (rows.N_CALLED_OPERATOR, "operator"),
        "group": (rows.N_GROUP, "group"), "plan": (rows.N_PLAN, "plan"),
    }[name]  # fmt: skip
    values = kinds[:, column]
    return _coded(np.where(values == 0, NOT_KNOWN, values), names(what))  # 0: the records do not say


def _coded(values: Int64s, names: tuple[str, ...]) -> Dimension:
    """Codes among the names that occur."""
    seen = [value for value in np.unique(values).tolist() if value >= 0]
    table = np.full(len(names) + 1, NOT_KNOWN, np.int32)
    table[seen] = np.arange(len(seen))
    return Dimension(table[values], tuple(names[value] for value in seen))


def _named(where: Any, texts: list[str | None]) -> Dimension:
    """Texts that need not differ, as codes; None is NOT_KNOWN."""
    names = tuple(dict.fromkeys(text for text in texts if text is not None))
    codes = np.array([NOT_KNOWN if text is None else names.index(text) for text in texts], np.int32)
    return Dimension(codes[where.reshape(-1)], names)


def _city(places: Int64s, rater: Rater) -> Dimension:
    geography, book = rater.compiled.geography, rater.compiled.book
    distinct, where = np.unique(places, return_inverse=True)
    holders = [geography.holders(geography.names[place]) for place in distinct.tolist()]
    return _named(where, [next((h for h in held if book.places[h].level == "city"), None) for held in holders])


def _town_or_country(places: Int64s, rater: Rater) -> Dimension:
    geography, book = rater.compiled.geography, rater.compiled.book
    distinct, where = np.unique(places, return_inverse=True)
    held = [geography.holders(geography.names[place]) for place in distinct.tolist()]
    return _named(where, [next((k for h in chain if (k := book.places[h].kind)), None) for chain in held])


def _service(kinds: Int64s, rater: Rater) -> Dimension:
    columns = (rows.N_LINE, rows.N_CALLED, rows.N_USAGE, rows.N_DIRECTION, rows.N_ACCESS)
    distinct, where = np.unique(kinds[:, columns], axis=0, return_inverse=True)
    return _named(where, [rater._codes.service_name(*row) for row in distinct.tolist()])


def _options(masks: Int64s, options: tuple[str, ...]) -> Dimension:
    distinct, where = np.unique(masks, return_inverse=True)
    texts = [
        ";".join(option for bit, option in enumerate(options) if mask >> bit & 1) or NONE for mask in distinct.tolist()
    ]
    return _named(where, list(texts))


def period(cells: Cells, rater: Rater, leaves: Int64s) -> Dimension:
    """The rate period in which a call starts, by the first tariff it pays that has periods; NONE where none has."""
    compiled = rater.compiled
    numbers = {place: number for number, place in compiled.leaf_at.items()}
    distinct, where = np.unique(leaves, return_inverse=True)
    schemes = [_scheme(rater, numbers[place]) for place in distinct.tolist()]
    used = sorted({scheme for scheme in schemes if scheme})
    names = list(dict.fromkeys([NONE, *(name for scheme in used for name in compiled.pricing.periods.names[scheme])]))
    start = cells.shapes[:, rows.W_START]
    table = np.zeros((len(used) + 1, len(start)), np.int32)
    for at, scheme in enumerate(used):
        own = np.array([names.index(n) for n in compiled.pricing.periods.names[scheme]], np.int32)
        found = _period_numbers(rater, scheme, start)
        table[at + 1] = np.where(found < 0, NOT_KNOWN, own[found])
    scheme_of = np.array([used.index(scheme) + 1 if scheme else 0 for scheme in schemes], np.int64)[where.reshape(-1)]
    return Dimension(table[scheme_of[cells.kind], cells.shape], tuple(names))


def _scheme(rater: Rater, leaf: int) -> str:
    compiled = rater.compiled
    item = compiled.diagram.leaves[leaf]
    tariffs = compiled.scenarios[item.scenario].tariffs
    return next((tariffs[name].charge.periods or "" for name in item.pay or () if tariffs[name].charge.periods), "")


def _period_numbers(rater: Rater, scheme: str, start: Int64s) -> Int32s:
    """The number of the rate period of each moment (microseconds since 1970); -1 outside the calendar."""
    periods = rater.compiled.pricing.periods
    day, moment = np.divmod(start, 86_400_000_000)
    row_of = np.array(periods.day_rows[scheme], np.int64)[day + EPOCH - FIRST_DAY]
    found = np.full(len(start), -1, np.int32)
    for number in np.unique(row_of).tolist():
        if number >= 0:
            row = periods.rows[number]
            mine = row_of == number
            at = np.searchsorted(np.array([since for since, _ in row], np.int64), moment[mine], side="right") - 1
            found[mine] = np.array([name for _, name in row], np.int32)[at]
    return found


def circle(cells: Cells, rater: Rater, view: int) -> Dimension:
    """The circle of a view's scenario that holds both ends of a call on its day (or the reference day); else NONE."""
    compiled = rater.compiled
    item = compiled.views[view]
    scenario = next(rules for rules in compiled.scenarios if rules.name == item.scenario)
    names = (NONE, *scenario.circles)
    days = cells.kinds[:, rows.N_DAY] if item.as_of is None else np.full(len(cells.kinds), item.as_of, np.int64)
    of_kind = np.zeros(len(cells.kinds), np.int32)
    for day in np.unique(days).tolist():
        layout = compiled.geography.layout(scenario, day, compiled.values)
        mine = days == day
        for number, name in reversed(list(enumerate(layout.circle_names, 1))):
            inside = np.zeros(len(compiled.geography.names), np.bool_)
            inside[list(layout.circles[number - 1])] = True
            both = inside[cells.kinds[:, rows.N_ORIGIN]] & inside[cells.kinds[:, rows.N_DESTINATION]]
            of_kind[mine & both] = names.index(name)
    return Dimension(of_kind[cells.kind], names)


def pays(cells: Cells, rater: Rater, leaves: Int64s) -> Dimension:
    """The tariffs that a call pays, joined by `+`; NONE where it pays none. `leaves`: of each kind."""
    compiled = rater.compiled
    numbers = {place: number for number, place in compiled.leaf_at.items()}
    distinct, where = np.unique(leaves, return_inverse=True)
    paid = [compiled.diagram.leaves[numbers[place]].pay or () for place in distinct.tolist()]
    of_kind = _named(where, ["+".join(names) or NONE for names in paid])
    return Dimension(of_kind.codes[cells.kind], of_kind.names)
