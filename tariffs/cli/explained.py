"""The explanation of one call under one view, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tariffs import terms
from tariffs.cli.phrases import said
from tariffs.cli.plain import Plain, money
from tariffs.language import Words
from tariffs.rating import outcome
from tariffs.rating.call import NotChargeable, Rated, Suspended
from tariffs.rating.explain import Component, Explanation, Span
from tariffs.rating.outcome import NOT_CHARGEABLE, SUSPENSE
from tariffs.rating.values import Assumed
from tariffs.rulebook.values import Provenance
from tariffs.terms import MARK, REGIME, RELATION, ROUNDING


def text(plain: Plain, found: Explanation) -> Iterator[str]:
    """The charge first, then why: the call, the rule, each component with its spans, assumptions, sources."""
    _, words = plain.words.gettext, plain.words
    scenario = plain.scenario
    title = f"{found.view.label} – {words.text(scenario.name)}" if scenario else found.view.label
    title = words.aside(title, _("illustrative") if found.illustrative else "")
    yield words.colon(title, _outcome(plain, found))
    if isinstance(found.result, Suspended) and found.result.detail != SUSPENSE[found.result.code].en:
        yield "  " + _detail(words, found.result)
    if found.relation:
        yield "  " + _place(plain, found)
    for number, rule in enumerate(found.rules):
        label = _("derived from {rule} ({at})") if number else _("rule {rule} ({at})")
        yield "  " + plain.words.aside(label.format(rule=rule.name, at=rule.at), _mark(plain, rule.change or rule.rule))
    for component in found.components:
        yield from (f"  {line}" for line in _component(plain, component))
    for assumed in found.assumptions:
        yield "  " + assumption(plain, assumed)
    for name, _source in found.sources:
        yield "  " + words.colon(_("source"), plain.source_in_full(name))


def _detail(words: Words, suspended: Suspended) -> str:
    """What is said of a suspended call beyond its reason, in the language of the run."""
    if words.language == "en":
        return suspended.detail
    meant, parts = SUSPENSE[suspended.code], []
    for part in suspended.detail.split("; "):
        before, reason, after = part.partition(meant.en)
        if not reason:
            parts.append(said(words, part))
            continue
        remark = after.removeprefix(" (").removesuffix(")") if after.startswith(" (") else ""
        spoken = words.aside(meant.zh, said(words, remark)) if remark else meant.zh + after
        parts.append(words.colon(before.removesuffix(": "), spoken) if before else spoken)
    return words.gettext("; ").join(parts)


def _outcome(plain: Plain, found: Explanation) -> str:
    _ = plain.words.gettext
    match found.result:
        case Rated(charges=charges):
            return _("{amount} yuan").format(amount=money(charges[found.view.label].amount))
        case NotChargeable(reason=reason):
            return plain.words.colon(_("not chargeable"), meaning(plain.words, NOT_CHARGEABLE[reason]))
        case Suspended(code=code):
            return plain.words.colon(_("suspended"), f"{meaning(plain.words, SUSPENSE[code])} [{code}]")


def _mark(plain: Plain, item: Provenance | None) -> str:
    """How far something can be trusted, where it was not simply read in a source."""
    return "" if item is None or item.mark == "published" else plain.words.gettext(MARK[item.mark])


def meaning(words: Words, reason: outcome.Words) -> str:
    return reason.zh if words.language == "zh" else reason.en


def _place(plain: Plain, found: Explanation) -> str:
    _ = plain.words.gettext
    origin, destination = (plain.name(place) for place in found.places)
    return _("{start}, {service}: {origin} → {destination}, relation of the two ends: {relation}").format(
        start=found.start, service=terms.service(plain.words, found.service), origin=origin, destination=destination,
        relation=_(RELATION[found.relation]),
    )  # fmt: skip


def _component(plain: Plain, component: Component) -> Iterator[str]:
    _ = plain.words.gettext
    tariff = component.tariff
    name = plain.words.text(tariff.component or tariff.name)
    regime = _(REGIME[component.regime]) if component.regime else ""
    name = plain.words.aside(name, plain.words.join([t for t in (regime, _mark(plain, tariff)) if t]))
    quantity = component.billed
    billed = plain.quantity(quantity) if quantity is not None else _("no billed usage")
    yield _("{component}: {amount} yuan for {billed}").format(
        component=name, amount=money(component.amount), billed=billed
    )
    for span in component.spans:
        yield "  " + _span(plain, component, span)
    if component.connection:
        yield "  " + _("for the connection: {price}").format(price=_yuan(plain, component.connection))
    if component.minimum:
        yield "  " + _("at least {price}").format(price=_yuan(plain, component.minimum))
    if component.maximum is not None:
        yield "  " + _("at most {price}").format(price=_yuan(plain, component.maximum))
    if component.rounding is not None:
        rule = _(ROUNDING[component.rounding.mode]).format(to=component.rounding.to)
        yield "  " + f"{exact(component.exact)} → {money(component.amount)}  {rule}"


def _span(plain: Plain, component: Component, span: Span) -> str:
    _ = plain.words.gettext
    unit = plain.quantity(span.unit) if span.unit is not None else ""
    text = _("from {clock}: {n} × {unit} at {price} = {amount} yuan").format(
        clock=span.starts.strftime("%H:%M:%S"), n=span.units, unit=unit,
        price=exact(span.price), amount=exact(span.amount),
    )  # fmt: skip
    remarks = []
    scheme = component.tariff.charge.periods
    if span.period is not None and scheme is not None:
        remarks.append(plain.words.text(plain.book.periods[scheme].periods[span.period].name))
    if len(component.tariff.charge.all_steps) > 1:
        remarks.append(_("step {n}").format(n=span.step))
    return plain.words.aside(text, plain.words.join(remarks))


def _yuan(plain: Plain, amount: Fraction) -> str:
    return plain.words.gettext("{amount} yuan").format(amount=exact(amount))


def assumption(plain: Plain, assumed: Assumed) -> str:
    """A value that the result rests on: whose it is, why, and where it comes from."""
    _ = plain.words.gettext
    value = plain.with_unit(assumed.value, assumed.parameter)
    label = _("given") if assumed.origin == "given" else _("assumed value")
    name = plain.words.colon(plain.words.text(assumed.parameter.name), plain.choice(assumed.value, assumed.parameter))
    what = plain.words.colon(label, _(", ").join([f"{assumed.name} = {value}", name]))
    if assumed.assumption is None:
        return what
    sources = plain.words.join([plain.source(name) for name in assumed.assumption.source])
    reasons = [text for text in (plain.words.text(assumed.assumption.reason), sources) if text]
    return plain.words.aside(what, plain.words.gettext("; ").join(reasons))


def exact(amount: Fraction) -> str:
    """Yuan as decimal text with at least two decimals, or as a fraction where decimals would not end."""
    rest = amount.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(amount)
    return money(Decimal(amount.numerator) / Decimal(amount.denominator))


def document(found: Explanation) -> dict[str, Any]:
    """The same for machines. `charge` is decimal text, or null where there is no charge; then `reason` says why."""
    return {
        "charge": None if found.total is None else money(found.total),
        **_status(found),
        "view": found.view.label,
        "scenario": found.view.scenario,
        "as_of": found.view.reference or None,
        "illustrative": found.illustrative,
        "start": found.start.isoformat(),
        "service": found.service,
        "relation": found.relation,
        "origin": found.places[0],
        "destination": found.places[1],
        "home": found.home,
        "present": found.present,
        "rules": [{"name": rule.name, "at": str(rule.at), "scenario": rule.scenario} for rule in found.rules],
        "components": [_component_document(component) for component in found.components],
        "assumptions": [assumption_document(assumed) for assumed in found.assumptions],
        "sources": {
            name: source.model_dump(mode="json", by_alias=True, exclude_defaults=True) for name, source in found.sources
        },
        "digest": found.digest,
    }


def _status(found: Explanation) -> dict[str, Any]:
    match found.result:
        case Rated():
            return {"status": "rated"}
        case NotChargeable(reason=reason):
            return {"status": "not-chargeable", "reason": reason}
        case Suspended(code=code, detail=detail):
            return {"status": "suspended", "reason": code, "detail": detail}


def _component_document(component: Component) -> dict[str, Any]:
    rounding = component.rounding
    return {
        "tariff": component.name,
        "name": {"zh": component.tariff.name.zh, "en": component.tariff.name.en},
        "regime": component.regime,
        "billed": str(component.billed) if component.billed else None,
        "spans": [_span_document(span) for span in component.spans],
        "connection": exact(component.connection),
        "minimum": exact(component.minimum),
        "maximum": exact(component.maximum) if component.maximum is not None else None,
        "exact": exact(component.exact),
        "rounding": {"to": str(rounding.to), "mode": rounding.mode} if rounding else None,
        "amount": money(component.amount),
        "units": component.units,
    }


def _span_document(span: Span) -> dict[str, Any]:
    """`first`, `last`: the billed usage covered, half-open, in microseconds, messages or bytes."""
    return {
        "first": span.first,
        "last": span.last,
        "starts": span.starts.isoformat(),
        "step": span.step,
        "period": span.period,
        "units": span.units,
        "unit": str(span.unit) if span.unit is not None else None,
        "price": exact(span.price),
        "amount": exact(span.amount),
    }


def assumption_document(assumed: Assumed) -> dict[str, Any]:
    found: dict[str, Any] = {"name": assumed.name, "value": assumed.value, "origin": assumed.origin}
    if assumed.assumption is not None:
        found |= assumed.assumption.model_dump(mode="json", by_alias=True, include={"mark", "reason", "source"})
    return found
