"""The rater: one call in, a charge under every view out. Pure, and safe across threads and forks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Context, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from tariffs.rating import digits
from tariffs.rating import kernel as k
from tariffs.rating.call import Call, Charge, NotChargeable, Rated, Result, Suspended, yuan
from tariffs.rating.conditions import DIRECTIONS, NONE, USAGES
from tariffs.rating.diagnosis import diagnose
from tariffs.rating.outcome import STATUS, SUSPENSE
from tariffs.rating.packing import RatingTables, reprice
from tariffs.rating.tables import Compiled, compile_tables
from tariffs.rating.values import Assumed, Values
from tariffs.rating.views import View, make_views
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.places import RELATIONS

if TYPE_CHECKING:
    from tariffs.rating.explain import Explanation

EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks of the rulebook's zone
MICROSECOND = dt.timedelta(microseconds=1)
Pack = Callable[[Compiled], RatingTables]
EXACT = Context(prec=60, rounding=ROUND_CEILING)


def make_rater(
    book: Rulebook,
    scenarios: str | Sequence[str],
    *,
    assume: Mapping[str, str] | None = None,
    as_of: str | dt.date | Sequence[str | dt.date] = (),
    holders: Mapping[str, str] | None = None,
    both: bool = False,
    assumptions: bool = True,
    like: Rater | None = None,
) -> Rater:
    """A rater of some scenarios of a rulebook.

    `assume`: parameter values as text, before the rulebook's own assumptions (`assumptions=False` leaves those
    out). `as_of`: reference days or `SCENARIO:PHASE`; each makes a view of every scenario. `holders`: add-on →
    `all` or `none`, in place of what calls say; `both` makes a view for each where it is left open. `like`: a rater of
    the same rulebook, which makes this one sooner ready.
    Raises RulebookError for unknown names, missing parameters and rules that cannot be compiled.
    """
    names = [scenarios] if isinstance(scenarios, str) else list(scenarios)
    if not names:
        raise ValueError("name at least one scenario")
    references = [as_of] if isinstance(as_of, (str, dt.date)) else list(as_of)
    if not names:
        raise ValueError("name at least one scenario")
    if any(isinstance(value, float) for value in (assume or {}).values()):
        raise TypeError("an assumed value is text or a Decimal, never a float")
    values = Values.of(book, {name: str(value) for name, value in (assume or {}).items()}, assumptions=assumptions)
    views = make_views(book, names, values, as_of=references, holders=holders, both=both)
    if like is None:
        return Rater(compile_tables(book, views, values))
    rater = Rater(compile_tables(book, views, values, like.compiled))
    if rater.compiled.diagram is like.compiled.diagram:
        for pack, tables in like._packed.items():
            heap = tables.heap.copy()
            reprice(heap, rater.compiled.tariff_at, rater.compiled.pricing.items)
            rater._packed[pack] = RatingTables(heap, tables.segments)
    return rater


@dataclass(repr=False)
class Rater:
    """Prices calls under its views. Made by `Rulebook.rater`."""

    compiled: Compiled
    _codes: _Codes = field(init=False, repr=False)
    _labels: tuple[str, ...] = field(init=False, repr=False)
    _paid: list[tuple[tuple[str, ...], str]] = field(init=False, repr=False)
    _packed: dict[Pack, RatingTables] = field(default_factory=dict, init=False, repr=False)
    _count: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        self._codes = _Codes(self.compiled)
        self._labels = tuple(view.label for view in self.compiled.views)
        leaves = self.compiled.diagram.leaves
        self._paid = [(leaf.pay or (), self.rule_name(number)) for number, leaf in enumerate(leaves)]

    def __repr__(self) -> str:
        return f"<Rater of {self.compiled.book.rulebook_id}: {', '.join(self._labels)}>"

    def is_packed(self, pack: Pack) -> bool:
        """Whether `pack` has laid out the tables before."""
        return pack in self._packed

    def count(self, records: int) -> int:
        """How many records of batches have come so far, these included: from some number on, compiling pays."""
        self._count += records
        return self._count

    def expect(self, records: int) -> None:
        """So many records will come at least: where that is enough, compiling pays from the first batch on."""
        self._count = max(self._count, records)

    def packed(self, pack: Pack) -> RatingTables:
        """The tables as `pack` lays them out, made once."""
        if pack not in self._packed:
            self._packed[pack] = pack(self.compiled)
        return self._packed[pack]

    @property
    def views(self) -> tuple[View, ...]:
        return self.compiled.views

    @property
    def digest(self) -> str:
        """Pins rules, views and parameter values: equal digests rate alike."""
        return self.compiled.digest

    @property
    def assumptions(self) -> tuple[Assumed, ...]:
        """The parameter values that some result may rest on, given or assumed."""
        return self.compiled.assumed()

    @cached_property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.compiled.book.rulebook.timezone)

    def __call__(self, call: Call) -> Result:
        """Rates one call under every view. Bad data comes back as a value; misuse raises TypeError or ValueError."""
        codes = self._codes
        facts = codes.facts(call, self.timezone)
        if isinstance(facts, Suspended):
            return facts
        heap, segments = self.compiled.tables
        n = len(self._labels)
        keys = codes.blank_keys.copy()
        amounts, units, leaves, relations = [0] * n, [0] * n, [0] * n, [0] * n
        caller, called = call.caller.encode("utf-8", "replace"), call.called.encode("utf-8", "replace")
        status = k.rate(
            heap, segments, caller, span(call.caller, caller), called, span(call.called, called), facts, keys,
            amounts, units, leaves, relations,
        )  # fmt: skip
        if status == k.RATED:
            service, paid = codes.service(keys, facts), self._paid
            charges = {}
            for view, label in enumerate(self._labels):
                pay, rule = paid[leaves[view]]
                charges[label] = Charge(
                    yuan(amounts[view]), pay, rule, units[view], RELATIONS[relations[view]], service
                )
            return Rated(charges)
        if status > 0:
            return NotChargeable(STATUS[status])
        return Suspended(STATUS[status], diagnose(self.compiled, status, leaves[0], caller, called, facts))

    def area_number(self, code: str | None) -> int:
        """The kernel's number of an area code, with or without trunk prefix; NOT_GIVEN if there is none."""
        return self._codes.areas.get(code.lstrip("0"), digits.NOT_GIVEN) if code else digits.NOT_GIVEN

    def rule_name(self, leaf: int) -> str:
        """The rule that prices the calls of a leaf (several that agree: the last one written)."""
        item = self.compiled.diagram.leaves[leaf]
        return self.compiled.scenarios[item.scenario].rules[item.on_top[-1]].name if item.on_top else ""

    @cached_property
    def wording(self) -> Wording:
        """What results say of each leaf of the diagram."""
        tariffs: dict[str, int] = {}
        rules: dict[str, int] = {}
        tariff_of = [tariffs.setdefault("+".join(pay), len(tariffs)) for pay, _ in self._paid]
        rule_of = [rules.setdefault(rule, len(rules)) for _, rule in self._paid]
        return Wording(tuple(tariffs), tariff_of, tuple(rules), rule_of)

    def explain(self, call: Call, view: str | None = None) -> Explanation:
        """How a call gets its price under one view (default: the first): components, spans, rounding, sources."""
        from tariffs.rating.explain import explain

        return explain(self, call, view)

    def table(self, source: Any) -> Any:
        """Rates an Arrow table, or anything that exports an Arrow stream, in place: its columns and the results'."""
        from tariffs.rating.frames import rate_table

        return rate_table(self, source)

    def stream(self, source: Any) -> Any:
        """The same as a reader of Arrow record batches, rated one by one as they are asked for."""
        from tariffs.rating.frames import rate_stream

        return rate_stream(self, source)


class Wording(NamedTuple):
    """The tariffs (joined by `+`) and rules of all leaves, each once, and for every leaf which of them is its own."""

    tariffs: tuple[str, ...]
    tariff_of: list[int]
    rules: tuple[str, ...]
    rule_of: list[int]


def span(number: str, text: bytes) -> tuple[int, int, int, int]:
    """What the kernel measures of a number; one of nothing but digits needs no measuring."""
    length = len(text)
    if number.isdigit() and length == len(number) <= digits.LONGEST_NUMBER:
        return 0, length, length, 0
    return digits.measure_number(text, 0, length)


class _Codes:
    """Turns the names in a call into the kernel's numbers, and the kernel's numbers into names."""

    def __init__(self, compiled: Compiled) -> None:
        book, vocabulary = compiled.book, compiled.vocabulary
        self.vocabulary = vocabulary
        self.options = {name: 1 << i for i, name in enumerate(vocabulary.options)}
        self.operators = {NONE: 0} | {name: i for i, name in enumerate(vocabulary.values["operator"])}
        for name, item in book.operators.items():
            for alias in (*item.names, item.name.zh, item.name.en):
                self.operators.setdefault(alias, self.operators[name])
        self.groups = {name: i for i, name in enumerate(vocabulary.values["group"])}
        self.plans = {name: i for i, name in enumerate(vocabulary.values["plan"])}
        self.areas = {code: i for i, code in enumerate(compiled.automaton.area_codes)}
        self.usages = {name: i for i, name in enumerate(USAGES)}
        self.directions = {name: i for i, name in enumerate(DIRECTIONS)}
        self.places = _place_numbers(compiled)
        self._services: dict[tuple[int, int, int, int, int], str] = {}
        self.blank_keys = [0] * (k.K_OPTION + len(vocabulary.options))

    def facts(self, call: Call, timezone: ZoneInfo) -> list[int] | Suspended:
        """The facts of a call as the kernel takes them."""
        if not isinstance(call.start, dt.datetime):
            raise TypeError("the start of a call is a datetime")
        if call.start.tzinfo is None:
            raise ValueError("the start of a call needs a time zone")
        if not isinstance(call.caller, str) or not isinstance(call.called, str):
            raise TypeError("caller and called are texts")
        try:
            wall = call.start if call.start.tzinfo is timezone else call.start.astimezone(timezone)
        except OverflowError:
            return Suspended("impossible-time", SUSPENSE["impossible-time"].en)
        area = call.home_area
        return [  # in the order of the facts in `kernel`
            int(call.answered),
            self.usages.get(call.service, digits.NOT_KNOWN),
            self.directions.get(call.direction, digits.NOT_KNOWN),
            _named(self.operators, call.operator),
            _named(self.operators, call.called_operator),
            self.groups.get(call.group, digits.NOT_KNOWN) if call.group else 0,
            self.plans.get(call.plan, digits.NOT_KNOWN) if call.plan else 0,
            self.option_mask(call.options) if call.options else 0,
            _named(self.places, call.served_place),
            self.areas.get(area.lstrip("0"), digits.NOT_GIVEN) if area else digits.NOT_GIVEN,
            ((wall.toordinal() - k.EPOCH) * 86_400 + wall.hour * 3600 + wall.minute * 60 + wall.second) * 1_000_000
            + wall.microsecond,
            microseconds(call.seconds),
            microseconds(call.seizure),
            _quantity(call.quantity),
        ]

    @cached_property
    def named_columns(self) -> tuple[tuple[int, str, Mapping[str, int], int], ...]:
        """The facts that files hold as names: fact, column, numbers of the names, and what an absent one is."""
        areas = self.areas | {f"0{code}": number for code, number in self.areas.items()}
        return (
            (k.USAGE, "service", self.usages, 0),
            (k.DIRECTION, "direction", self.directions, 0),
            (k.OPERATOR, "operator", self.operators, digits.NOT_GIVEN),
            (k.CALLED_OPERATOR, "called_operator", self.operators, digits.NOT_GIVEN),
            (k.GROUP, "group", self.groups, 0),
            (k.PLAN, "plan", self.plans, 0),
            (k.SERVED_PLACE, "served_place", self.places, digits.NOT_GIVEN),
            (k.HOME_AREA, "home_area", areas, digits.NOT_GIVEN),
        )

    @cached_property
    def option_masks(self) -> Mapping[str, int]:
        """The mask of add-ons written as names joined by `;`, worked out when first met."""
        return _OptionMasks(self)

    def option_mask(self, names: frozenset[str] | set[str] | Sequence[str]) -> int:
        mask = 0
        for name in names:
            if name not in self.options:
                return digits.NOT_KNOWN
            mask |= self.options[name]
        return mask

    def service(self, keys: Sequence[int], facts: Sequence[int]) -> str:
        key = keys[k.LINE], keys[k.CALLED], facts[k.USAGE], facts[k.DIRECTION], keys[k.ACCESS]
        if key not in self._services:
            self._services[key] = self.service_name(*key)
        return self._services[key]

    def service_name(self, line: int, called: int, usage: int, direction: int, access: int) -> str:
        """What kind of call it is, for results: fixed-to-mobile, mobile-received, ip-17909, 400, message …"""
        lines = self.vocabulary.values["line"]
        if usage:
            return USAGES[usage]
        if direction:
            return f"{lines[line]}-received"
        if access:
            return f"{lines[line]}-ip-{self.vocabulary.values['access'][access]}"
        if called > k.MOBILE:
            return self.vocabulary.values["called"][called]
        return f"{lines[line]}-to-{self.vocabulary.values['called'][called]}"


class _OptionMasks(dict[str, int]):
    """Masks by text: `a;b` is the mask of both."""

    def __init__(self, codes: _Codes) -> None:
        self._codes = codes

    def get(self, text: str, default: int = digits.NOT_KNOWN) -> int:  # type: ignore[override]
        if text not in self:
            names = [part.strip() for part in text.split(";") if part.strip()]
            self[text] = self._codes.option_mask(names)
        return self[text]


def _place_numbers(compiled: Compiled) -> dict[str, int]:
    """Every way a record may name a place: its name, Chinese or English name, or area code with or without trunk."""
    book, index = compiled.book, compiled.geography.index
    numbers = dict(index)
    for name, place in book.places.items():
        numbers.setdefault(place.name.zh, index[name])
        numbers.setdefault(place.name.en, index[name])
        if place.name.zh.endswith(("市", "省", "区", "县")):
            numbers.setdefault(place.name.zh[:-1], index[name])
    for area in book.numbering.areas:
        for code in (area.code, book.numbering.trunk + area.code):
            numbers.setdefault(code, index[area.place])
    return numbers


def _named(numbers: Mapping[str, int], name: str | None) -> int:
    return numbers.get(name, digits.NOT_KNOWN) if name else digits.NOT_GIVEN


def _quantity(quantity: int | None) -> int:
    """Messages or bytes; MISSING for None; -1 for what is negative. Raises TypeError for what is no whole number."""
    if quantity is None:
        return k.MISSING
    if not isinstance(quantity, int):
        raise TypeError("a quantity is an int: whole messages or bytes")
    return max(min(quantity, 1 << 61), -1)


def microseconds(seconds: int | Decimal | None) -> int:
    """Seconds as microseconds, a finer fraction counting up; MISSING for None; -1 for what is negative.

    Raises TypeError for a float: durations are exact, whatever the decimal context of the caller.
    """
    if seconds is None:
        return k.MISSING
    if isinstance(seconds, int):
        return max(min(seconds, 1 << 40), -1) * 1_000_000
    if not isinstance(seconds, Decimal):
        raise TypeError("seconds are an int or a Decimal, never a float")
    if not seconds.is_finite():
        return -1
    within = max(min(seconds, Decimal(1 << 40)), Decimal(-1))
    return int(within.scaleb(6, EXACT).to_integral_value("ROUND_CEILING", EXACT))
