"""What `show` prints: a rulebook, a tariff, a rule, or a scenario as its difference from its base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tariffs.cli import plain_calls, plain_charges
from tariffs.cli.derived import DerivedRule
from tariffs.cli.plain import Plain, strings
from tariffs.rulebook.decisions import Option, Rule
from tariffs.rulebook.places import Circle, Unite
from tariffs.rulebook.scenarios import Change, Parameter, Scenario
from tariffs.rulebook.values import Provenance


def rulebook(plain: Plain) -> Iterator[str]:
    """The whole rulebook: what it covers, its tariffs, rules, add-ons, scenarios, parameters and sources."""
    _, book, header = plain.words.gettext, plain.book, plain.book.rulebook
    yield f"{book.rulebook_id} – {plain.words.text(header.name)}"
    yield from _indented(plain.provenance(header))
    yield "  " + _("longest call: {length}; time zone: {zone}").format(
        length=plain.quantity(header.longest_call), zone=header.timezone
    )
    yield "  " + _("digest: {digest}").format(digest=book.digest)
    yield from _section(_("Calls that it promises to price"), _covers(plain))
    yield from _section(_("Tariffs"), (line for name in book.tariffs for line in _tariff(plain, name)))
    yield from _section(_("Rules"), (line for name in book.rules for line in _rule(plain, name, book.rules[name])))
    yield from _section(_("Add-ons"), (line for name in book.options for line in _option(plain, name)))
    yield from _section(_("Scenarios"), (line for name in book.scenarios for line in _scenario_in_short(plain, name)))
    yield from _section(_("Parameters"), parameters(plain, book.parameters))
    yield from _section(_("Sources"), (plain.source_in_full(name) for name in book.sources))


def tariff(plain: Plain, name: str) -> Iterator[str]:
    """One tariff, who pays it, and the parameters and sources it needs."""
    _ = plain.words.gettext
    yield from _tariff(plain, name)
    rules = plain.book.rules | (plain.scenario.rules if plain.scenario else {})
    paying = [(rule_name, rule) for rule_name, rule in rules.items() if name in rule.pay]
    yield from _section(_("Paid by"), (line for rule_name, rule in paying for line in _rule(plain, rule_name, rule)))
    yield from _closing(plain, [plain.tariffs[name]])


def rule(plain: Plain, name: str, derived: Iterable[tuple[str, DerivedRule]] = ()) -> Iterator[str]:
    """One rule of the decision table, what a scenario derives from it, and the tariffs it names."""
    _ = plain.words.gettext
    found = (plain.book.rules | (plain.scenario.rules if plain.scenario else {}))[name]
    yield from _rule(plain, name, found)
    made = list(derived)
    lines = (line for derived_name, item in made for line in _derived(plain, derived_name, item))
    yield from _section(_("Rules that the scenario derives from it"), lines)
    paid = [*found.pay, *(tariff for _name, item in made for tariff in item.change.pay)]
    yield from _paid_and_closing(plain, paid, [found, *(piece for _name, item in made for piece in _behind(item))])


def derived_rule(plain: Plain, name: str, found: DerivedRule) -> Iterator[str]:
    """A rule that a change of a scenario makes, and the tariffs it puts in the place of others."""
    yield from _derived(plain, name, found)
    yield from _paid_and_closing(plain, found.change.pay, _behind(found))


def _behind(found: DerivedRule) -> list[Provenance]:
    """The change that makes a rule, and the phase that says when."""
    phase = found.scenario.phases.get(found.change.phase) if found.change.phase is not None else None
    return [found.change, *([phase] if phase is not None else [])]


def _paid_and_closing(plain: Plain, names: Iterable[str], items: list[Provenance]) -> Iterator[str]:
    """The tariffs of these names, or that a parameter of such a name chooses from; then what all of it rests on."""
    chosen = (
        name for n in names for name in (n, *(plain.parameters[n].choices.values() if n in plain.parameters else ()))
    )
    tariffs = [name for name in dict.fromkeys(chosen) if name in plain.tariffs]
    title = plain.words.gettext("Tariffs")
    yield from _section(title, (line for paid in tariffs for line in _tariff(plain, paid)))
    yield from _closing(plain, [*items, *(plain.tariffs[paid] for paid in tariffs)])


def _derived(plain: Plain, name: str, found: DerivedRule) -> Iterator[str]:
    _ = plain.words.gettext
    made = _("derived from {rule} ({at})") if found.parent is not None else _("rule {rule} ({at})")
    source = found.parent.name if found.parent is not None else name
    yield f"{name} – {made.format(rule=source, at=found.effective.at)}"
    yield "  " + _start(plain, found.scenario, found.change)
    yield from _indented(_change(plain, found.change))
    yield from _indented(plain.provenance(found.change))


def scenario(plain: Plain, name: str) -> Iterator[str]:
    """A scenario as its difference from its base, phase by phase."""
    _ = plain.words.gettext
    assert plain.scenario is not None  # the caller chose it
    found = plain.scenario
    yield _title(plain, name, found)
    base = plain.book.scenarios.get(found.base) if found.base else None
    if base is not None:
        yield "  " + _("as its difference from {base}").format(base=f"{found.base} – {plain.words.text(base.name)}")
    else:
        yield "  " + _("as its difference from the rulebook as it stands")
    yield from _indented(plain.provenance(found))
    yield from _section(_("Phases"), _phases(plain, found))
    yield from _section(_("Changes"), _changes(plain, found))
    if not found.changes and not found.rules:
        yield ""
        yield _("It changes nothing.")
    yield from _section(_("Rules of its own"), (line for r in found.rules for line in _rule(plain, r, found.rules[r])))
    yield from _section(_("Economic circles of this scenario"), _circles(plain, found.circles))
    yield from _section(_("Add-ons"), (line for option in found.options for line in _option(plain, option)))
    yield from _closing(plain, [found, *paid_tariffs(plain, found)])


def paid_tariffs(plain: Plain, scenario: Scenario) -> list[Provenance]:
    """The tariffs that a scenario takes away or puts in their place, through parameters that choose one too."""
    names = list(strings(scenario.changes)) + list(strings(scenario.rules))
    for name in list(names):
        if name in plain.parameters:
            names += plain.parameters[name].choices.values()
    return [plain.tariffs[name] for name in dict.fromkeys(names) if name in plain.tariffs]


def needed(plain: Plain, items: Iterable[object]) -> dict[str, Parameter]:
    """The parameters that these pieces of the rulebook name."""
    named = {text for item in items for text in strings(item)}
    return {name: parameter for name, parameter in plain.parameters.items() if name in named}


def parameters(plain: Plain, wanted: dict[str, Parameter]) -> Iterator[str]:
    """A line for each parameter: its value and where that comes from, or that it is missing and how to give it."""
    _ = plain.words.gettext
    for name, parameter in wanted.items():
        text, value = plain.words.text(parameter.name), plain.value(name)
        allowed = plain.words.aside("", plain.words.either(list(parameter.choices)))
        if value is None:
            yield _("{name} – {text}: not known; give --assume {name}=VALUE{allowed}").format(
                name=name, text=text, allowed=allowed
            )
        elif name in plain.assume:
            shown = plain.with_meaning(value, parameter)
            yield _("{name} – {text}: {value} (given)").format(name=name, text=text, value=shown)
        else:
            assumption = plain.book.assumptions[name]
            shown = plain.with_meaning(value, parameter)
            yield _("{name} – {text}: {value} (assumed value)").format(name=name, text=text, value=shown)
            yield "  " + _("reason: {reason}").format(reason=plain.words.text(assumption.reason))
            yield from _indented(plain.provenance(assumption))
        if parameter.note:
            yield "  " + _("note: {note}").format(note=parameter.note)


def _closing(plain: Plain, items: list[Provenance]) -> Iterator[str]:
    _ = plain.words.gettext
    wanted = needed(plain, items)
    yield from _section(_("Parameters"), parameters(plain, wanted))
    assumptions = [plain.book.assumptions[name] for name in wanted if name in plain.book.assumptions]
    cited = {text for item in [*items, *assumptions] for text in strings(item)}
    yield from _section(_("Sources"), (plain.source_in_full(name) for name in plain.book.sources if name in cited))


def _covers(plain: Plain) -> Iterator[str]:
    for cover in plain.book.covers:
        yield plain.words.aside(plain_calls.when(plain, cover.when), plain.interval(cover.from_, cover.until))


def _tariff(plain: Plain, name: str) -> Iterator[str]:
    yield f"{name} – {plain.tariff(name)}"
    yield from _indented(plain_charges.tariff(plain, plain.tariffs[name]))


def _rule(plain: Plain, name: str, rule: Rule) -> Iterator[str]:
    _ = plain.words.gettext
    title = f"{name} – {plain.words.text(rule.name)}" if rule.name else name
    dates = plain.interval(rule.from_, rule.until)
    yield plain.words.colon(title, dates)
    yield "  " + plain_calls.when(plain, rule.when)
    yield "  → " + _pays(plain, rule.pay)
    if rule.overrides:
        yield "  " + _("an exception to: {rules}").format(rules=plain.words.join(list(rule.overrides)))
    yield from _indented(plain.provenance(rule))


def _pays(plain: Plain, names: tuple[str, ...]) -> str:
    return plain.words.gettext(" plus ").join(plain.tariff(name) for name in names)


def _option(plain: Plain, name: str) -> Iterator[str]:
    _ = plain.words.gettext
    options: dict[str, Option] = plain.book.options | (plain.scenario.options if plain.scenario else {})
    option = options[name]
    yield f"{name} – {plain.words.text(option.name)}"
    fee = plain.price(option.fee) if option.fee is not None else _("not known")
    yield "  " + _("fee a month: {fee} (never part of a call's charge)").format(fee=fee)
    if option.eligible is not None:
        yield "  " + _("for: {whom}").format(whom=plain_calls.when(plain, option.eligible, silent_admits_all=True))
    yield from _indented(plain.provenance(option))


def _scenario_in_short(plain: Plain, name: str) -> Iterator[str]:
    found = plain.book.scenarios[name]
    seen = Plain(plain.book, plain.words, found, plain.assume)
    yield _title(plain, name, found)
    yield from _indented(_phases(seen, found))


def _title(plain: Plain, name: str, scenario: Scenario) -> str:
    label = plain.words.gettext("illustrative") if scenario.illustrative else ""
    return plain.words.aside(f"{name} – {plain.words.text(scenario.name)}", label)


def _phases(plain: Plain, scenario: Scenario) -> Iterator[str]:
    _ = plain.words.gettext
    for name, phase in scenario.phases.items():
        known = _("known since {day}").format(day=phase.known) if phase.known else ""
        start = plain.words.aside(plain.interval(phase.from_, None), known)
        yield plain.words.colon(f"{name} – {plain.words.text(phase.name)}", start)
        # That a day is assumed is said of the parameter that stands for it, if it has a value at all.
        said_there = phase.mark == "assumption" and isinstance(phase.from_, str)
        shown = phase.model_copy(update={"mark": "published"}) if said_there and not phase.source else phase
        yield from _indented(plain.provenance(shown))


def _changes(plain: Plain, scenario: Scenario) -> Iterator[str]:
    for number, change in enumerate(scenario.changes, 1):
        yield f"{number}. {_start(plain, scenario, change)}"
        yield from _indented(_change(plain, change))
        yield from _indented(plain.provenance(change))


def _start(plain: Plain, scenario: Scenario, change: Change) -> str:
    """When a change is in force."""
    if change.phase is None:
        return plain.interval(change.from_, change.until)
    phase = scenario.phases.get(change.phase)
    dates = plain.interval(phase.from_ if phase else None, change.until)
    return plain.words.gettext("phase {phase}, {dates}").format(phase=change.phase, dates=dates)


def _change(plain: Plain, change: Change) -> Iterator[str]:
    _ = plain.words.gettext
    if change.unite is not None:
        yield _unite(plain, change.unite)
        return
    if change.when is not None:
        yield _("which calls: {calls}").format(
            calls=plain_calls.when(plain, change.when, silent_admits_all=bool(change.instead_of))
        )
    for name in change.instead_of:
        yield _("instead of: {tariff}").format(tariff=_priced(plain, name))
    for name in change.pay:
        yield _("they pay: {tariff}").format(tariff=_priced(plain, name))
    if change.overrides:
        yield _("an exception to: {rules}").format(rules=plain.words.join(list(change.overrides)))


def _priced(plain: Plain, name: str) -> str:
    if name not in plain.tariffs:
        return plain.parameter(name)
    prices = plain_charges.charge(plain, plain.tariffs[name].charge)[0]
    return f"{plain.tariff(name)} – {prices}"


def _unite(plain: Plain, unite: Unite) -> str:
    _ = plain.words.gettext
    places = plain.words.join([plain.name(name) for name in unite.places])
    if unite.as_ == "zone":
        return _("{places} count as one local network and one business zone").format(places=places)
    return _("{places} count as one local network").format(places=places)


def _circles(plain: Plain, circles: dict[str, Circle]) -> Iterator[str]:
    for name, circle in circles.items():
        versions = [(circle.members, "")] if circle.members else [
            (version.members, plain.interval(version.from_, version.until)) for version in circle.versions
        ]  # fmt: skip
        for members, dates in versions:
            cities = plain.words.join([plain.name(member) for member in members])
            named = plain.words.colon(f"{name} – {plain.words.text(circle.name)}", cities)
            yield plain.words.aside(named, dates)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading and its lines; nothing at all where there are none."""
    started = False
    for line in lines:
        if not started:
            yield ""
            yield title
            started = True
        yield "  " + line


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return ("  " + line for line in lines)
