"""The decision table: which tariffs a call pays. Order of rows means nothing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tariffs.rulebook.charges import Subscription
from tariffs.rulebook.places import Relation
from tariffs.rulebook.values import Dated, Item, Name, Names, Provenance, Text, one_or_many

Usage = Literal["voice", "message", "data"]
Direction = Literal["originated", "received"]
Relations = Annotated[
    tuple[Relation, ...], BeforeValidator(one_or_many, json_schema_input_type=Relation | list[Relation])
]
Usages = Annotated[tuple[Usage, ...], BeforeValidator(one_or_many, json_schema_input_type=Usage | list[Usage])]
Directions = Annotated[
    tuple[Direction, ...], BeforeValidator(one_or_many, json_schema_input_type=Direction | list[Direction])
]


class When(Item):
    """Which calls. Keys are joined by *and*, the values of one key by *or*; an absent key admits everything, except
    `usage` (voice), `direction` (originated) and `access` (none), where `any` must be said.

    The *served party* pays: the caller of an originated call, the called party of a received one.
    """

    line: Names = Field(default=(), description="line of the served party: fixed, mobile")
    called: Names = Field(
        default=(), description="what is called: fixed, mobile, or a special service (400, emergency)"
    )
    usage: Usages = ("voice",)
    direction: Directions = ("originated",)
    access: Names = Field(default=("none",), description="access codes, `none`, or `any`")
    operator: Names = Field(default=(), description="operator of the served party")
    called_operator: Names = ()
    group: Names = Field(default=(), description="customer groups")
    plan: Names = Field(default=(), description="plans held, or `none`")
    option: Names = Field(default=(), description="an add-on held by the served party (any of those listed)")
    without_option: Names = Field(default=(), description="add-ons that the served party does not hold")
    relation: Relations = Field(default=(), description="of the call: where the originator is, to the called party")
    from_: Names = Field(default=(), description="places, regions or circles where the originator is")
    to: Names = Field(default=(), description="places, regions or circles of the called party")
    between: Names = Field(
        default=(), description="one end in the first, the other in the second (two names)", max_length=2
    )
    within: Names = Field(default=(), description="both ends in the same one of these; `each-circle`: in one circle")
    home: Names = Field(default=(), description="home of the served party")
    roaming: Relations = Field(default=(), description="of the served party's home to where it is")
    roaming_within: Names = Field(
        default=(), description="home and present place in the same one; `each-circle`: in one circle"
    )


class Rule(Dated, Provenance):
    """Calls that match `when` pay the tariffs of `pay`, one component each, in this order.

    `overrides` names the rules that this one is an exception to.
    """

    when: When
    pay: Names
    overrides: Names = ()
    name: Text | None = None


class Cover(Dated, Provenance):
    """A promise: every call that matches `when` on these dates has a price."""

    when: When


class Option(Subscription):
    """An add-on (叠加包). A rule that asks for it applies only to lines that are also `eligible`."""

    eligible: When | None = None


class Plan(Subscription):
    """A plan (套餐)."""

    eligible: When | None = None


class Defaults(Item):
    """What to take where a record is silent; each one used is counted and shown with the results."""

    fixed_operator: Name | None = Field(
        default=None, description="operator of a fixed line that the record does not name"
    )
    served_place: Literal["home"] | None = Field(
        default=None, description="`home`: a mobile line is at home where the record does not say where it is"
    )
