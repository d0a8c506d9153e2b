"""What pydantic found wrong, said in the words of the rule language, at the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from tariffs.rulebook.problems import CODES, Position, Problem
from tariffs.rulebook.values import Item
from tariffs.rulebook.wording import a, did_you_mean, kind_of, listed, quoted
from tariffs.rulebook.yamltext import Listing, Mapping, position

Location = tuple[int | str, ...]

A_NAME: Final = "a name is written in small letters, digits and hyphens: `inter-zone`"
_PATTERNS: Final = {
    r"^[a-z0-9][a-z0-9-]*$": A_NAME,
    r"^[0-9]+$": "only digits can stand here",
    r"^[0-9]*$": "only digits can stand here",
    r"^([01]\d|2[0-4]):[0-5]\d(:[0-5]\d)?$": "write a time of day as 07:00",
}
_TYPES: Final = {
    "string_type": ("must be one text", "write a single value"),
    "dict_type": ("must be a mapping", "write `name: …` lines below it"),
    "model_type": ("must be a mapping", "write `key: value` lines below it, or {key: value}"),
    "tuple_type": ("must be a list", "write [a, b], or lines that begin with `- `"),
    "int_parsing": ("is not a whole number", "write digits only"),
    "int_type": ("is not a whole number", "write digits only"),
    "decimal_parsing": ("is not a number", "write plain decimal text, for example 0.07"),
    "decimal_type": ("is not a number", "write plain decimal text, for example 0.07"),
    "bool_parsing": ("is neither true nor false", "write `true` or `false`"),
    "bool_type": ("is neither true nor false", "write `true` or `false`"),
    "date_type": ("is not a date", "write it as 2012-01-01"),
    "date_parsing": ("is not a date", "write it as 2012-01-01"),
    "date_from_datetime_parsing": ("is not a date", "write it as 2012-01-01"),
    "date_from_datetime_inexact": ("is not a date", "write it as 2012-01-01"),
}
_BOUNDS: Final = {
    "ge": "must be at least",
    "gt": "must be more than",
    "le": "must be at most",
    "lt": "must be less than",
}
_ORDER: Final = ("extra_forbidden", "missing", "value_error", "literal_error", "date_from_datetime_parsing")


@dataclass(slots=True)
class Spot:
    """A place in a rule file reached from an item: the value there, where it stands, and the model around it."""

    value: Any
    at: Position
    model: type[BaseModel]
    path: Location = ()
    key: str = ""


def model_in(annotation: Any) -> type[Item] | None:
    """The kind of item that a field holds, itself or as entries of a list or mapping."""
    if isinstance(annotation, type) and issubclass(annotation, Item):
        return annotation
    return next((m for arg in get_args(annotation) if (m := model_in(arg)) is not None), None)


def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """The keys that an item of this kind may have, as written, with the types of their values."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items() if name != "at"}


def find(raw: Mapping, model: type[BaseModel], location: Location) -> Spot:
    """Follows `location` into `raw` as far as it leads; parts that name an alternative of a union are passed over."""
    spot = Spot(raw, raw.at, model)
    inner: type[BaseModel] | None = model
    file = raw.at.file
    for part in location:
        value = spot.value
        if isinstance(value, Mapping) and isinstance(part, str) and part in value.marks:
            key_mark, mark = value.marks[part]
            if not value.named:
                file = value.at.file
                inner = model_in(keys_of(spot.model).get(part))
            value, spot.key = value[part], part
            mark = key_mark if isinstance(value, (Mapping, Listing)) else mark
        elif isinstance(value, Listing) and isinstance(part, int) and part < len(value):
            mark, value = value.marks[part], value[part]
        else:
            continue
        spot.value, spot.path = value, (*spot.path, part)
        spot.at = position(file, mark)
        if isinstance(value, Mapping) and not value.named and inner is not None:
            spot.model, spot.at = inner, value.at if isinstance(part, int) else spot.at
    return spot


def complain(raw: Mapping, model: type[BaseModel], errors: Sequence[ErrorDetails]) -> list[Problem]:
    """Problems for pydantic's errors about `raw`, one a place: the alternatives of a union are told as one."""
    problems: list[Problem] = []
    groups: dict[Location, list[ErrorDetails]] = {}
    for error in errors:
        loc = error["loc"]
        if error["type"] == "extra_forbidden":
            problems.append(_unknown_key(find(raw, model, loc[:-1]), str(loc[-1])))
        elif error["type"] == "missing":
            problems.append(_missing_key(find(raw, model, loc[:-1]), str(loc[-1])))
        elif loc[-1:] == ("[key]",):
            problems.append(_bad_name(find(raw, model, loc[:-2]), str(loc[-2])))
        else:
            groups.setdefault(find(raw, model, loc).path, []).append(error)
    deeper = {path[:n] for path in groups for n in range(len(path))}
    for path, found in groups.items():
        if path in deeper and all(error["type"].endswith("_type") for error in found):
            continue  # another alternative of the union fits better, and its complaint is told
        problems.append(_bad_value(find(raw, model, found[0]["loc"]), min(found, key=_rank)))
    return problems


def _rank(error: ErrorDetails) -> int:
    """Which of several complaints about one value says most."""
    if error["type"] in CODES:
        return -1
    return _ORDER.index(error["type"]) if error["type"] in _ORDER else len(_ORDER)


def _unknown_key(holder: Spot, key: str) -> Problem:
    known = list(keys_of(holder.model))
    noun = kind_of(holder.model)
    at = holder.value.key_at(key) if isinstance(holder.value, Mapping) else holder.at
    near = did_you_mean(key, known) or f"{a(noun)} may have {listed(sorted(known), 40)}"
    return Problem("unknown-key", at, f"{quoted(key)} is not a key of {a(noun)}", near)


def _missing_key(holder: Spot, key: str) -> Problem:
    noun = kind_of(holder.model)
    return Problem("missing-key", holder.at, f"this {noun} has no `{key}`", f"add `{key}: …`; {a(noun)} needs it")


def _bad_name(holder: Spot, key: str) -> Problem:
    at = holder.value.key_at(key) if isinstance(holder.value, Mapping) else holder.at
    return Problem("bad-value", at, f"{quoted(key)} cannot be a name", A_NAME)


def _bad_value(spot: Spot, error: ErrorDetails) -> Problem:
    kind = error["type"]
    if kind in CODES:
        context = error.get("ctx", {})
        at = spot.value.value_at(context["key"]) if isinstance(spot.value, Mapping) and "key" in context else spot.at
        return Problem(kind, at, error["msg"], context.get("hint", ""))
    message, hint = _words(spot, error)
    return Problem("bad-value", spot.at, message, hint)


def _words(spot: Spot, error: ErrorDetails) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    value = quoted(spot.value)
    whose = f"`{spot.key}`" if spot.key else f"this {kind_of(spot.model)}"
    if kind == "value_error":
        said = str(context.get("error", error["msg"]))
        if isinstance(spot.value, (Mapping, Listing)):
            return f"this {kind_of(spot.model)} is not complete or contradicts itself", said
        return f"{value} cannot stand for {whose}", said
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f"{value} is not a value of {whose}", did_you_mean(
            str(spot.value), allowed
        ) or f"one of {listed(allowed, 20)}"
    if kind == "string_pattern_mismatch":
        return f"{value} cannot stand for {whose}", _PATTERNS.get(str(context.get("pattern")), error["msg"])
    if kind in _TYPES:
        what, hint = _TYPES[kind]
        if kind in ("string_type", "dict_type", "model_type", "tuple_type"):
            return f"{whose} {what}, and this is {value if value.startswith('a ') else 'one text: ' + value}", hint
        return (f"{whose} cannot be {value}" if isinstance(spot.value, (Mapping, Listing)) else f"{value} {what}"), hint
    for bound, words in _BOUNDS.items():
        if bound in context:
            return f"{value}: {whose} {words} {context[bound]}", "change the value"
    if "max_length" in context:
        return f"{value} is longer than the {context['max_length']} that {whose} may have", "shorten it"
    return f"{value} cannot stand for {whose}: {error['msg']}", "see the schema of the rule language"
