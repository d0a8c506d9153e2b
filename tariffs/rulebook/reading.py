"""From mappings as written to checked items, one entry at a time: what is wrong in one hides nothing of the others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from tariffs.rulebook.book import Sections
from tariffs.rulebook.complaints import complain, keys_of, model_in
from tariffs.rulebook.problems import NOWHERE, Position, Problem
from tariffs.rulebook.values import Item
from tariffs.rulebook.wording import a, kind_of, quoted
from tariffs.rulebook.yamltext import Listing, Mapping

ItemT = TypeVar("ItemT", bound=Item)


@cache
def named_keys(model: type[Sections]) -> frozenset[str]:
    """The keys, anywhere in a rule file, whose mappings hold things by name."""
    return frozenset(_named_keys(model, set()))


def _named_keys(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    if model in seen:
        return
    seen.add(model)
    for key, annotation in keys_of(model).items():
        if holds_dict(annotation):
            yield key
        inner = model_in(annotation)
        if inner is not None:
            yield from _named_keys(inner, seen)


def holds_dict(annotation: Any) -> bool:
    return get_origin(annotation) is dict or any(holds_dict(arg) for arg in get_args(annotation))


def read_item(model: type[ItemT], raw: Any, at: Position, problems: list[Problem]) -> ItemT:
    """`raw` as an item of this kind. What is wrong is noted and the rest kept, so that its names are checked too."""
    if not isinstance(raw, Mapping):
        noun = kind_of(model)
        message = f"{a(noun)} is a mapping, and this is {quoted(raw)}"
        problems.append(Problem("bad-value", at, message, "write `key: value` lines below it, or {key: value}"))
        return cast(ItemT, _salvage(model, None, at))
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        problems.extend(complain(raw, model, error.errors(include_url=False, include_input=False)))
        return cast(ItemT, _salvage(model, raw))


def _salvage(model: type[Item], raw: Mapping | None, at: Position = NOWHERE) -> Item:
    """What can be read of a broken item; what cannot is empty. Only for looking up names, never for rating.

    `model_fields_set` holds the fields that are as written.
    """
    values: dict[str, Any] = {"at": at}
    whole: set[str] = set()
    for name, field in model.model_fields.items():
        key = field.alias or name
        if raw is None or key not in raw:
            if field.is_required():
                values[name] = _nothing(field.annotation)
            continue
        try:
            values[name] = raw[key] if name == "at" else _adapter(model, name).validate_python(raw[key])
            whole.add(name)
        except ValidationError:
            values[name] = _salvaged(field, raw[key])
    return model.model_construct(_fields_set=whole, **values)


def _salvaged(field: FieldInfo, value: Any) -> Any:
    """What can be read of a field that is not as it must be."""
    inner = model_in(field.annotation)
    shape = get_origin(field.annotation)
    if inner is not None and shape is dict and isinstance(value, Mapping):
        return {key: _salvage(inner, entry) for key, entry in value.items() if isinstance(entry, Mapping)}
    if inner is not None and shape is tuple and isinstance(value, Listing):
        return tuple(_salvage(inner, entry) for entry in value if isinstance(entry, Mapping))
    if inner is not None and shape not in (dict, tuple) and isinstance(value, Mapping):
        return _salvage(inner, value)
    return _nothing(field.annotation) if field.is_required() else field.get_default(call_default_factory=True)


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    kind: Any = field.annotation
    for constraint in field.metadata:
        kind = Annotated[kind, constraint]
    return TypeAdapter(kind)


def _nothing(annotation: Any) -> Any:
    """An empty value of this type."""
    origin = get_origin(annotation)
    if origin in (tuple, dict):
        return origin()
    inner = model_in(annotation)
    if inner is not None:
        return _salvage(inner, None)
    return () if any(get_origin(arg) is tuple for arg in get_args(annotation)) else None
