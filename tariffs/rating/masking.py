"""How much of a number the rulebook reads: what a masked number must still show to be rated the same."""

from __future__ import annotations

import datetime as dt

from tariffs.rating import digits
from tariffs.rating import kernel as k
from tariffs.rating.rater import Rater, span


def prefix_length(
    rater: Rater, number: str, start: dt.datetime, *, caller: str | None = None, home_area: str | None = None
) -> int | None:
    """How many leading digits of a number decide how it is rated; None for a service number, which is nobody's.

    `start`: wall clock in the rulebook's zone. `caller`: who dialled the number (None: it is the caller's own, and
    `home_area` is where it is at home if it is written without area code). Digits that the plan does not read, and
    those of text that is no number, count 0.
    """
    t, segments = rater.compiled.tables
    day = start.toordinal()
    area = rater.area_number(home_area)
    if caller is not None:
        entry, _, place, _ = _read(t, segments, caller, area, day)
        area = -1 if entry <= 0 else t[entry + digits.E_AREA]
        if entry > 0 and t[entry + digits.E_KIND] == k.MOBILE and place >= 0:
            area = t[t[k.H_AREA_OF_PLACE] + place]
    entry, _, _, used = _read(t, segments, number, area, day)
    if entry > 0 and t[entry + digits.E_KIND] > k.MOBILE:
        return None
    return used


def _read(t: list[int], segments: object, number: str, area: int, day: int) -> tuple[int, int, int, int]:
    text = number.encode("utf-8", "replace")
    return digits.read_number(t, segments, text, span(number, text), area, day)
