"""How a call gets its price: the spans that the kernel adds up, with the rules and sources behind them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tariffs.rating import kernel as k
from tariffs.rating.call import Call, NotChargeable, Rated, Suspended, yuan
from tariffs.rating.derivation import EffectiveRule
from tariffs.rating.rater import EPOCH, MICROSECOND, Rater, _bytes
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
    unit: Quantity
    price: Fraction
    amount: Fraction
    period: str | None
    step: int


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a charge: `exact` is the sum before the one rounding, `amount` after it."""

    name: str
    tariff: Tariff
    regime: Regime | None
    billed: Quantity | None
    spans: tuple[Span, ...]
    connection: Fraction
    minimum: Fraction
    maximum: Fraction | None
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
        self.t = rater.compiled.tables

    def run(self) -> Explanation:
        result = self.rater(self.call)
        codes = self.rater._codes
        facts = codes.facts(self.call, self.rater.timezone)
        if isinstance(facts, Suspended):
            return self._unplaced(result)
        keys = codes.blank_keys.copy()
        caller, called = _bytes(self.call.caller), _bytes(self.call.called)
        status = k.locate(self.t, caller, 0, len(caller), called, 0, len(called), facts, keys)
        if status != k.RATED:
            return self._unplaced(result)
        number = k.decide(self.t, self.view, facts, keys)
        leaf = self.compiled.diagram.leaves[number]
        components: tuple[Component, ...] = ()
        if isinstance(result, Rated):
            bundle = self.compiled.bundles[self.t.leaf_bundle[number]]
            components = tuple(self._component(tariff, facts) for tariff in bundle)
        scenario = self.compiled.scenarios[leaf.scenario]
        rules = self._lineage(leaf.scenario, leaf.on_top[-1]) if leaf.on_top else ()
        names = self.compiled.geography.names
        return Explanation(
            self.rater.views[self.view], result, EPOCH + facts[k.START] * MICROSECOND,
            RELATIONS[self.t.relation[keys[k.K_CALL]]], codes.service(keys, facts),
            (names[keys[k.ORIGIN]], names[keys[k.DESTINATION]]), names[keys[k.HOME]], names[keys[k.PRESENT]],
            rules, components, sum((c.amount for c in components), Decimal(0)) if components else None,
            self.compiled.assumed(leaf), self._sources(rules, components), scenario.illustrative, self.rater.digest,
        )  # fmt: skip

    def _unplaced(self, result: Rated | NotChargeable | Suspended) -> Explanation:
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

    def _component(self, number: int, facts: list[int]) -> Component:
        t, pricing = self.t, self.compiled.pricing
        tariff = pricing.items[number]
        denominator = pricing.tables.denominator[number]
        total = k.billed(t, number, facts)
        chargeable = total > 0 or t.charges_zero[number] == 1
        spans = self._spans(number, total, facts[k.START], denominator) if chargeable else ()
        exact = sum((span.amount for span in spans), Fraction(t.connection[number], denominator)) if chargeable else Fraction(0)
        amount, units = k.price(t, number, total, facts[k.START]) if chargeable else (0, 0)
        day = (EPOCH + facts[k.START] * MICROSECOND).date()
        maximum = t.maximum[number]
        return Component(
            pricing.names[number], tariff, regime_on(tariff, day), self._quantity(number, total), spans,
            Fraction(t.connection[number], denominator), Fraction(t.minimum[number], denominator),
            None if maximum < 0 else Fraction(maximum, denominator), exact, tariff.charge.rounding, yuan(amount), units,
        )  # fmt: skip

    def _spans(self, number: int, total: int, start: int, denominator: int) -> tuple[Span, ...]:
        t, pricing = self.t, self.compiled.pricing
        scheme = pricing.items[number].charge.periods
        names = pricing.periods.names[scheme] if scheme else ()
        spans: list[Span] = []
        step, offset, first_step = t.step_begin[number], 0, t.step_begin[number]
        while offset < total and step < t.step_begin[number + 1]:
            count, after, price, period, following = k.next_span(t, number, step, offset, total, start)
            span = Span(
                offset, after, EPOCH + (start + (offset if t.measure[number] < 2 else 0)) * MICROSECOND, count,
                self._unit(number, t.unit[step]), Fraction(price, denominator), Fraction(price * count, denominator),
                names[period] if names else None, step - first_step + 1,
            )  # fmt: skip
            spans.append(span)
            offset, step = after, following
        return tuple(spans)

    def _unit(self, number: int, amount: int) -> Quantity:
        return Quantity(measure=self._measure(number), amount=amount)

    def _quantity(self, number: int, amount: int) -> Quantity | None:
        return Quantity(measure=self._measure(number), amount=amount) if amount > 0 else None

    def _measure(self, number: int) -> str:
        charge = self.compiled.pricing.items[number].charge
        step = charge.all_steps[-1]
        return (step.billed_by or step.per or step.for_).measure  # type: ignore[union-attr]

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


def regime_on(tariff: Tariff, day: dt.date) -> Regime | None:
    """The price regime of a tariff on a day: the latest that has begun."""
    begun = [r for r in tariff.regime if r.from_ is None or r.from_ <= day]
    return max(begun, key=lambda r: r.from_ or dt.date.min).is_ if begun else None
