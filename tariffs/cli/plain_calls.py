"""Conditions in words: which calls a rule or a change is about."""

from __future__ import annotations

from collections.abc import Callable

from tariffs.cli.plain import Plain
from tariffs.language import N_
from tariffs.rulebook.decisions import When
from tariffs.terms import RELATION, USAGE

_PHRASES: tuple[tuple[str, str], ...] = (
    ("line", N_("on a {names}")),
    ("called", N_("called: {names}")),
    ("operator", N_("operator: {names}")),
    ("called_operator", N_("operator of the called line: {names}")),
    ("group", N_("customer group: {names}")),
    ("plan", N_("plan: {names}")),
    ("option", N_("holding the add-on {names}")),
    ("without_option", N_("without the add-on {names}")),
    ("from_", N_("from {names}")),
    ("to", N_("to {names}")),
    ("home", N_("home area: {names}")),
)


def when(plain: Plain, when: When, *, silent_admits_all: bool = False) -> str:
    """The condition as one sentence without a full stop.

    `silent_admits_all`: as in the changes of a scenario, usage, direction and access code count only where written.
    """
    spoken: Callable[[str], bool] = lambda name: not silent_admits_all or name in when.model_fields_set  # noqa: E731
    parts = [part for part in (_kind(plain, when, spoken), _access(plain, when, spoken)) if part]
    for field, phrase in _PHRASES:
        if names := getattr(when, field):
            parts.append(_named(plain, phrase, names))
    parts += _where(plain, when)
    return plain.words.gettext(", ").join(parts)


def _named(plain: Plain, phrase: str, names: tuple[str, ...]) -> str:
    return plain.words.gettext(phrase).format(names=plain.words.either([plain.name(name) for name in names]))


def _kind(plain: Plain, when: When, spoken: Callable[[str], bool]) -> str:
    _ = plain.words.gettext
    usages = when.usage if spoken("usage") else ("voice",)
    usage = plain.words.either([_(USAGE[usage]) for usage in usages])
    if not spoken("direction") or len(when.direction) != 1:
        return usage
    received = when.direction == ("received",)
    return _("{usage} received").format(usage=usage) if received else _("{usage} made").format(usage=usage)


def _access(plain: Plain, when: When, spoken: Callable[[str], bool]) -> str:
    _ = plain.words.gettext
    if not spoken("access") or when.access == ("any",):
        return ""
    if when.access == ("none",):
        return _("without an access code")
    codes = plain.words.either([_("no access code") if code == "none" else code for code in when.access])
    return _("dialled with {codes}").format(codes=codes)


def _where(plain: Plain, when: When) -> list[str]:
    _ = plain.words.gettext
    parts = []
    if when.relation:
        parts.append(_relations(plain, N_("relation of the two ends: {names}"), when.relation))
    if when.between:
        one, other = (plain.name(name) for name in when.between)
        parts.append(_("between {one} and {other}, either way").format(one=one, other=other))
    parts += _within(plain, when.within, N_("both ends inside one economic circle"), N_("both ends inside {names}"))
    if when.roaming:
        parts.append(_relations(plain, N_("relation of home and present place: {names}"), when.roaming))
    parts += _within(
        plain,
        when.roaming_within,
        N_("home and present place inside one economic circle"),
        N_("home and present place inside {names}"),
    )
    return parts


def _relations(plain: Plain, phrase: str, relations: tuple[str, ...]) -> str:
    _ = plain.words.gettext
    return _(phrase).format(names=plain.words.either([_(RELATION[relation]) for relation in relations]))


def _within(plain: Plain, names: tuple[str, ...], in_a_circle: str, in_named: str) -> list[str]:
    _ = plain.words.gettext
    parts = [_(in_a_circle)] if "each-circle" in names else []
    if named := tuple(name for name in names if name != "each-circle"):
        parts.append(_named(plain, in_named, named))
    return parts
