"""From a point of the diagram to a real call, and what the engine makes of that call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tariffs.checks import wording
from tariffs.checks.domain import Days, Ends
from tariffs.checks.findings import Witness, text
from tariffs.checks.study import Reached, Study
from tariffs.checks.walking import ACCESS, USAGE, Point, by_dimension
from tariffs.rating import digits
from tariffs.rating import kernel as k
from tariffs.rating.call import Call, Suspended, yuan
from tariffs.rating.conditions import DIRECTIONS, USAGES
from tariffs.rating.diagram import FIRST_OPTION
from tariffs.rating.outcome import NOT_CHARGEABLE, STATUS, SUSPENSE
from tariffs.rating.rater import span
from tariffs.rulebook.values import Text

OPERATOR, CALLED_OPERATOR, GROUP, PLAN = range(ACCESS + 1, ACCESS + 5)
NOON = 12 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Located:
    """Where the kernel finds a call: its status and the classes it writes."""

    status: int
    facts: list[int]
    keys: list[int]


def call_of(
    study: Study, days: Days, point: Point, ends: Ends, *, at: int = NOON, amount: int = 60,
    exact: int | None = None, day: int | None = None,
) -> Call:  # fmt: skip
    """A call in this situation on the first of the days (or on `day`), starting `at` that microsecond of it.

    `amount`: seconds of a call, messages, or KB; `exact`: the same in microseconds, messages or bytes.
    """
    values = by_dimension(point)
    vocabulary = study.compiled.vocabulary
    usage = USAGES[values.get(USAGE, 0)]
    longest = study.book.rulebook.longest_call.amount
    seconds: int | Decimal = amount if usage == "voice" else 60
    quantity = amount if usage == "message" else amount * 1024
    if exact is not None:
        seconds, quantity = (_seconds(exact), quantity) if usage == "voice" else (60, exact)
    if seconds * 1_000_000 > longest:
        seconds = Decimal(longest).scaleb(-6)
    start = dt.datetime.combine(dt.date.fromordinal(day or days.first), dt.time(), study.rater.timezone)
    served = study.compiled.geography.names[ends.served] if ends.served >= 0 else None
    options = frozenset(name for i, name in enumerate(vocabulary.options) if values.get(FIRST_OPTION + i, 0) == 1)
    return Call(
        id="witness", caller=ends.caller, called=_called(study, days, ends, values.get(ACCESS, 0)),
        start=start + dt.timedelta(microseconds=at), seconds=seconds, service=usage,
        direction=DIRECTIONS[point.situation.direction], served_place=served,
        operator=_name(study, "operator", values, OPERATOR, none=True),
        called_operator=_name(study, "called_operator", values, CALLED_OPERATOR, none=True),
        group=_name(study, "group", values, GROUP), plan=_name(study, "plan", values, PLAN), options=options,
        quantity=None if usage == "voice" else quantity, seizure=seconds,
    )  # fmt: skip


def _seconds(microseconds: int) -> int | Decimal:
    whole, rest = divmod(microseconds, 1_000_000)
    return Decimal(microseconds).scaleb(-6) if rest else whole


def _name(study: Study, dimension: str, values: Mapping[int, int], number: int, *, none: bool = False) -> str | None:
    raw = values.get(number)
    if raw is None or (raw == 0 and not none):
        return None
    return study.compiled.vocabulary.values[dimension][raw]


def _called(study: Study, days: Days, ends: Ends, access: int) -> str:
    """The called number behind an access code: dialled in the first way that the plan reads as meant."""
    if access == 0:
        return ends.called
    code = study.endpoints(days).access[access]
    plan = study.book.numbering
    national = ends.called.removeprefix(plan.trunk)
    for number in (ends.called, plan.international + plan.country_code + national, plan.country_code + national):
        facts = [code + number, ends.called]
        read = [_read(study, text_, days.first) for text_ in facts]
        if read[0][1] == access and read[0][2] == read[1][2] and read[0][0] == read[1][0]:
            return code + number
    return code + ends.called


def _read(study: Study, number: str, day: int) -> tuple[int, int, int]:
    """(kind or status, access code, place) of a number."""
    t, segments = study.compiled.tables
    data = number.encode()
    entry, access, place, _ = digits.read_number(t, segments, data, span(number, data), digits.NOT_GIVEN, day)
    return (t[entry + digits.E_KIND] if entry > 0 else entry), access, place


def locate(study: Study, call: Call) -> Located:
    """Where the kernel finds the call."""
    codes = study.rater._codes
    facts = codes.facts(call, study.rater.timezone)
    assert not isinstance(facts, Suspended)  # a witness stands in time
    keys = codes.blank_keys.copy()
    t, segments = study.compiled.tables
    caller, called = call.caller.encode(), call.called.encode()
    status = k.locate(t, segments, caller, span(call.caller, caller), called, span(call.called, called), facts, keys)
    return Located(status, facts, keys)


def charge(study: Study, view: int, call: Call) -> tuple[int, int, int]:
    """What the engine makes of a call under one view alone: (status, micro-yuan, leaf)."""
    found = locate(study, call)
    if found.status != k.RATED:
        return found.status, 0, -1
    t = study.compiled.tables.heap
    place = k.decide(t, t[k.H_VIEW] + view * k.VIEW, found.facts, found.keys)
    status, amount, _, leaf = k.charge(t, place, found.facts)
    return status, amount, leaf


def outcome(study: Study, view: int, call: Call) -> Text:
    """What the engine makes of a call under one view, in words."""
    status, amount, leaf = charge(study, view, call)
    if status == k.RATED:
        paid = ", ".join(study.leaf(leaf).pay or ())
        return text(f"{yuan(amount)} 元（{paid}，规则 {study.rater.rule_name(leaf)}）",
                    f"{yuan(amount)} yuan ({paid}, rule {study.rater.rule_name(leaf)})")  # fmt: skip
    words = NOT_CHARGEABLE.get(STATUS[status]) or SUSPENSE[STATUS[status]]
    return text(f"{STATUS[status]}：{words.zh}", f"{STATUS[status]}: {words.en}")


def described(study: Study, ends: Ends, point: Point) -> Text:
    """A call in words without numbers: `fixed line, Guangzhou → fixed line, Foshan`."""
    names = [study.book.places[name].name for name in study.compiled.geography.names]
    values = by_dimension(point)
    vocabulary = study.compiled.vocabulary.values
    situation = point.situation
    line = wording.kind(vocabulary["line"][situation.line])
    called = wording.kind(vocabulary["called"][situation.called])
    origin, destination = names[ends.origin], names[ends.destination]
    usage = wording.USAGE[USAGES[values.get(USAGE, 0)]]
    zh = f"{usage.zh}：{origin.zh} → {destination.zh}{called.zh}"
    en = f"{usage.en}: {origin.en} → {called.en}, {destination.en}"
    if situation.direction:
        zh, en = f"{zh}，由{line.zh}接听", f"{en}, received on a {line.en}"
    else:
        zh, en = f"{zh}，由{line.zh}发起", f"{en}, from a {line.en}"
    if ends.served >= 0:
        zh, en = f"{zh}（位于{names[ends.served].zh}）", f"{en} at {names[ends.served].en}"
    extra = extras(study, point)
    return text(zh + extra.zh, en + extra.en)


def extras(study: Study, point: Point) -> Text:
    """What else a point says: access code, operators, group, plan, add-ons; each with a comma in front."""
    vocabulary = study.compiled.vocabulary
    zh, en = "", ""
    labels = {
        ACCESS: ("access", text("接入码", "access code")),
        OPERATOR: ("operator", text("运营商", "operator")),
        CALLED_OPERATOR: ("called_operator", text("被叫运营商", "called operator")),
        GROUP: ("group", text("客户群", "group")),
        PLAN: ("plan", text("套餐", "plan")),
    }
    for dimension, raw in point.values:
        if dimension in labels and not (dimension == ACCESS and raw == 0):
            name, label = labels[dimension]
            value = vocabulary.values[name][raw]
            zh, en = f"{zh}，{label.zh} {value}", f"{en}, {label.en} {value}"
        elif dimension >= FIRST_OPTION and raw == 1:
            option = vocabulary.options[dimension - FIRST_OPTION]
            zh, en = f"{zh}，叠加包 {option}", f"{en}, add-on {option}"
    return text(zh, en)


def witness(study: Study, view: int, reached: Reached, *, at: int = NOON, amount: int = 60) -> Witness:
    """The call of a point, and what the engine makes of it under a view."""
    call = call_of(study, reached.days, reached.point, reached.ends, at=at, amount=amount)
    place = described(study, reached.ends, reached.point)
    return Witness(call, study.views[view], place, outcome(study, view, call))
