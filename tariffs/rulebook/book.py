"""The Rulebook: everything the rule files of one folder say, checked and frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Field

from tariffs.rulebook.acceptances import Acceptance
from tariffs.rulebook.charges import Calendar, PeriodScheme, Tariff
from tariffs.rulebook.decisions import Cover, Defaults, Option, Plan, Rule
from tariffs.rulebook.numbers import Numbering
from tariffs.rulebook.places import Circle, Place, Region, Zoning
from tariffs.rulebook.problems import NOWHERE, Position
from tariffs.rulebook.scenarios import Assumption, Parameter, Scenario
from tariffs.rulebook.values import Item, Money, Name, Provenance, Quantity, Source, Text, one_or_many


class Header(Provenance):
    """What the rulebook is. `longest-call`: a longer one is suspended as over the limit.

    `include`: further YAML files, as paths from this file, or the names of shipped rulebooks (`prd`). A header with
    nothing but `include` stands for the header of what it includes.
    """

    name: Text
    language: Literal["1"] = "1"
    currency: Literal["CNY"] = "CNY"
    minor_unit: Money
    timezone: str
    longest_call: Quantity
    zoning: Name = Field(description="the zoning in use: its name, or a parameter of kind `choice`")
    defaults: Defaults = Defaults()
    include: Annotated[tuple[str, ...], BeforeValidator(one_or_many, json_schema_input_type=str | list[str])] = ()


class Operator(Item):
    """An operator of lines. `names`: how call records may write it."""

    name: Text
    names: tuple[str, ...] = ()


class Group(Item):
    """A customer group."""

    name: Text


class Sections(Item):
    """What any rule file may contain; the sections of all files of a folder are joined."""

    rulebook: Header | None = None
    sources: dict[Name, Source] = Field(default_factory=dict)
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    assumptions: dict[Name, Assumption] = Field(default_factory=dict)
    places: dict[Name, Place] = Field(default_factory=dict)
    circles: dict[Name, Circle] = Field(default_factory=dict)
    regions: dict[Name, Region] = Field(default_factory=dict)
    zonings: dict[Name, Zoning] = Field(default_factory=dict)
    operators: dict[Name, Operator] = Field(default_factory=dict)
    groups: dict[Name, Group] = Field(default_factory=dict)
    plans: dict[Name, Plan] = Field(default_factory=dict)
    options: dict[Name, Option] = Field(default_factory=dict)
    numbering: Numbering | None = None
    calendar: Calendar | None = None
    periods: dict[Name, PeriodScheme] = Field(default_factory=dict)
    tariffs: dict[Name, Tariff] = Field(default_factory=dict)
    rules: dict[Name, Rule] = Field(default_factory=dict)
    covers: tuple[Cover, ...] = ()
    accept: tuple[Acceptance, ...] = ()
    scenarios: dict[Name, Scenario] = Field(default_factory=dict)


class TableFile(NamedTuple):
    """The file of a table, and the line of each of its rows."""

    shown: str
    lines: Sequence[int]


class Rulebook(Sections):
    """A checked rulebook. `digest` pins every rule and table: equal digests rate alike.

    `tables`: the rows of each table file (`prefix,place`), without its header, by the path written in the rules.
    """

    rulebook: Header
    numbering: Numbering
    rulebook_id: str = ""
    digest: str = ""
    tables: dict[str, tuple[tuple[str, ...], ...]] = Field(default_factory=dict)
    table_files: dict[str, TableFile] = Field(default_factory=dict, exclude=True, repr=False)

    def row_at(self, path: str, row: int) -> Position:
        """Where a row of a table stands, by its number from 0; nowhere, where the table was read from no file."""
        file = self.table_files.get(path)
        return NOWHERE if file is None else Position(file.shown, file.lines[row], 1)
