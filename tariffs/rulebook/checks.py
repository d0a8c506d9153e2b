"""The checks that a rulebook must pass to be loaded, in one tuple. Each looks at whole and broken rulebooks alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tariffs.rulebook.book import Sections
from tariffs.rulebook.clock import check_calendar, check_periods
from tariffs.rulebook.consistency import (
    check_assumptions,
    check_conditions,
    check_dates,
    check_header,
    check_names,
    check_scenarios,
)
from tariffs.rulebook.nesting import check_circles, check_places, check_zones
from tariffs.rulebook.notes import Notes
from tariffs.rulebook.numbering import check_numbering
from tariffs.rulebook.references import check_references

CHECKS: Final[tuple[Callable[[Sections, Notes], None], ...]] = (
    check_references,
    check_names,
    check_header,
    check_places,
    check_circles,
    check_zones,
    check_periods,
    check_calendar,
    check_numbering,
    check_dates,
    check_conditions,
    check_assumptions,
    check_scenarios,
)
