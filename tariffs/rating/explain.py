"""How a call gets its price: the spans that the kernel adds up, with the rules and sources behind them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tariffs.rating import kernel as k
from tariffs.rating.call import Call, NotChargeable, Rated, Suspended, yuan
from tariffs.rating.derivation import EffectiveRule
from tariffs.rating.pricing import MICRO, QUANTITY, Priced, unit_of
from tariffs.rating.rater import EPOCH, MICROSECOND, Rater, span
from tariffs.rating.values import Assumed
from tariffs.rating.views import View
from tariffs.rulebook.charges import Regime, Rounding, Tariff
from tariffs.rulebook.places import RELATIONS
from tariffs.rulebook.problems import Position
from tariffs.rulebook.values import Quantity, Source


@dataclass(frozen=True, slots=True)
class Span:
    """Units that share step, rate period and price.

    `first`, `last`: the part of the billed usage they cover, half-open, in microseconds, messages or bytes;
    `starts`: the clock at their start; `step` counts from 1; `price` and `amount` are exact yuan.
    """

    first: int
    last: int
    starts: dt.datetime
    units: int
    unit: Quantity | None
    price: Fraction
    amount: Fraction
    period: str | None
    step: int


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a charge: `sum` of connection and spans, `exact` (between the bounds), `amount` (rounded once)."""

    name: str
    tariff: Tariff
    regime: Regime | None
    billed: Quantity | None
    spans: tuple[Span, ...]
    connection: Fraction
    minimum: Fraction
    maximum: Fraction | None
    sum: Fraction
    exact: Fraction
    rounding: Rounding | None
    amount: Decimal
    units: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a call costs what it costs under one view. `rules`: the rule, then what it was derived from."""

    view: View
    result: Rated | NotChargeable | Suspended
    start: dt.datetime
    relation: str
    service: str
    places: tuple[str, str]
    home: str
    present: str
    rules: tuple[EffectiveRule, ...]
    components: tuple[Component, ...]
    total: Decimal | None
    assumptions: tuple[Assumed, ...]
    sources: tuple[tuple[str, Source], ...]
    illustrative: bool
    digest: str

    @property
    def position(self) -> Position | None:
        """Where the rule that decided stands."""
        return self.rules[0].at if self.rules else None


def explain(rater: Rater, call: Call, label: str | None = None) -> Explanation:
    """Explains a call under the view of that label (default: the first). Raises KeyError for an unknown label."""
    labels = [view.label for view in rater.views]
    if label is not None and label not in labels:
        raise KeyError(f"{label!r} is not one of {', '.join(labels)}")
    return _Explainer(rater, call, 0 if label is None else labels.index(label)).run()


class _Explainer:
    def __init__(self, rater: Rater, call: Call, view: int) -> None:
        self.rater, self.call, self.view = rater, call, view
        self.compiled = rater.compiled
        self.t, self.segments = rater.compiled.tables

    def run(self) -> Explanation:
        result = self.rater(self.call)
        codes = self.rater._codes
        facts = codes.facts(self.call, self.rater.timezone)
        if isinstance(facts, Suspended):
            return self._unplaced(result)
        keys = codes.blank_keys.copy()
        caller, called = (text.encode("utf-8", "replace") for text in (self.call.caller, self.call.called))
        status = k.locate(
            self.t,
            self.segments,
            caller,
            span(self.call.caller, caller),
            called,
            span(self.call.called, called),
            facts,
            keys,
        )
        if status != k.RATED:
            return self._unplaced(result)
        place = k.decide(self.t, self.t[k.H_VIEW] + self.view * k.VIEW, facts, keys)
        leaf = self.compiled.diagram.leaves[self.t[place + k.L_NUMBER]]
        components: tuple[Component, ...] = ()
        if isinstance(result, Rated):
            components = tuple(self._component(name, leaf.scenario, facts) for name in leaf.pay or ())
        scenario = self.compiled.scenarios[leaf.scenario]
        rules = self._lineage(leaf.scenario, leaf.on_top[-1]) if leaf.on_top else ()
        names = self.compiled.geography.names
        return Explanation(
            self.rater.views[self.view], result, EPOCH + facts[k.START] * MICROSECOND,
            RELATIONS[self.compiled.alphabet.call.relation[keys[k.K_CALL]]], codes.service(keys, facts),
            (names[keys[k.ORIGIN]], names[keys[k.DESTINATION]]), names[keys[k.HOME]], names[keys[k.PRESENT]],
            rules, components, total(components),
            self.compiled.assumed(leaf), self._sources(rules, components), scenario.illustrative, self.rater.digest,
        )  # fmt: skip

    def _unplaced(self, result: Rated | NotChargeable | Suspended) -> Explanation:
        try:
            start = self.call.start.astimezone(self.rater.timezone).replace(tzinfo=None)
        except OverflowError:
            start = self.call.start.replace(tzinfo=None)
        view = self.rater.views[self.view]
        return Explanation(
            view, result, start, "", "", ("", ""), "", "", (), (), None, (), (), False, self.rater.digest
        )

    def _lineage(self, scenario: int, rule: int) -> tuple[EffectiveRule, ...]:
        rules = self.compiled.scenarios[scenario].rules
        chain = []
        while rule >= 0:
            chain.append(rules[rule])
            rule = rules[rule].parent
        return tuple(chain)

    def _component(self, name: str, scenario: int, facts: list[int]) -> Component:
        t, pricing = self.t, self.compiled.pricing
        number = pricing.number(name, self.compiled.scenarios[scenario].tariffs[name])
        priced, at = pricing.items[number], self.compiled.tariff_at[number]
        total = k.billed(t, at, facts)
        chargeable = total > 0 or priced.charges_zero == 1
        spans = self._spans(priced, at, total, facts[k.START]) if chargeable else ()
        connection = Fraction(priced.connection, priced.denominator)
        whole = sum((span.amount for span in spans), connection) if chargeable else Fraction(0)
        least = Fraction(priced.minimum, priced.denominator)
        most = None if priced.maximum < 0 else Fraction(priced.maximum, priced.denominator)
        exact = whole if not chargeable else max(whole, least) if most is None else min(max(whole, least), most)
        amount, units = k.price(t, at, total, facts[k.START]) if chargeable else (0, 0)
        day = (EPOCH + facts[k.START] * MICROSECOND).date()
        return Component(
            name, priced.tariff, regime_on(priced.tariff, day), _quantity(priced, total), spans, connection,
            least, most, whole, exact,
            priced.tariff.charge.rounding, yuan(amount), units,
        )  # fmt: skip

    def _spans(self, priced: Priced, at: int, total: int, start: int) -> tuple[Span, ...]:
        names = self.compiled.pricing.periods.names[priced.scheme] if priced.scheme else ()
        spans: list[Span] = []
        step, offset = at + k.T_STEP if priced.whole == 0 else k.step_of(self.t, at, total), 0
        while offset < total and step < at + k.T_STEP + k.STEP * len(priced.steps):
            count, after, price, period, following = k.next_span(self.t, at, step, offset, total, start)
            number = (step - at - k.T_STEP) // k.STEP
            begins = EPOCH + (start + (offset if priced.measure != QUANTITY else 0)) * MICROSECOND
            unit, each = _quantity(priced, priced.steps[number][1]), Fraction(price, priced.denominator)
            name = names[period] if names else None
            spans.append(Span(offset, after, begins, count, unit, each, each * count, name, number + 1))
            offset, step = after, following
        return tuple(spans)

    def _sources(
        self, rules: tuple[EffectiveRule, ...], components: tuple[Component, ...]
    ) -> tuple[tuple[str, Source], ...]:
        names: dict[str, None] = {}
        for rule in rules:
            for item in (rule.change, rule.rule):
                names |= dict.fromkeys(item.source if item else ())
        for component in components:
            names |= dict.fromkeys(component.tariff.source)
        sources = self.compiled.book.sources
        return tuple((name, sources[name]) for name in names if name in sources)


def total(components: tuple[Component, ...]) -> Decimal | None:
    """The sum of the components; None where there are none. Exact whatever the decimal context of the caller."""
    return yuan(int(sum(Fraction(c.amount) for c in components) * MICRO)) if components else None


def _quantity(priced: Priced, amount: int) -> Quantity | None:
    """An amount of what the tariff bills; None for nothing."""
    measure = unit_of(priced.tariff.charge.all_steps[-1]).measure
    return Quantity(measure=measure, amount=amount) if amount > 0 else None


def regime_on(tariff: Tariff, day: dt.date) -> Regime | None:
    """The price regime of a tariff on a day: the latest that has begun."""
    begun = [r for r in tariff.regime if r.from_ is None or r.from_ <= day]
    return max(begun, key=lambda r: r.from_ or dt.date.min).is_ if begun else None
