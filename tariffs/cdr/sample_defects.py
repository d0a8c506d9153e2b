"""Ways in which generated records are spoilt. Each must end in suspense: none may be rated, and none lost.

A defect takes a clean record (an answered call of more than 0 seconds) as its column texts and changes them in
place. None stands for a field that is not there; a None in the last column cuts the record short in CSV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tariffs.cdr.sample_profile import Draw

Fields = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What some defects need to know: an area code that nobody has, and the id of the record before, if clean."""

    unassigned_area: str | None
    previous_id: str | None


def _text(fields: Fields, column: str) -> str:
    return fields[column] or ""


def _letter_in_caller(fields: Fields, _: Draw, __: Surroundings) -> None:
    """The letter O for the figure 0, as from a typed list."""
    number = _text(fields, "caller")
    fields["caller"] = number[:-3] + "O" + number[-2:]


def _called_is_a_word(fields: Fields, draw: Draw, _: Surroundings) -> None:
    """What exchanges write for withheld numbers, dialplan steps and feature codes."""
    fields["called"] = ("Anonymous", "unknown", "i", "s", "NULL")[draw.below(5)]


def _no_caller(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["caller"] = ""


def _no_called(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["called"] = ""


def _called_cut(fields: Fields, _: Draw, __: Surroundings) -> None:
    """A subscriber number of four digits."""
    fields["called"] = "02081"


def _caller_too_long(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["caller"] = _text(fields, "caller") + "000000000"


def _unknown_area(fields: Fields, draw: Draw, around: Surroundings) -> None:
    if around.unassigned_area is None:
        return _no_called(fields, draw, around)
    fields["called"] = "0" + around.unassigned_area + f"{2_000_000 + draw.below(6_000_000)}"
    return None


def _no_start(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["start"] = ""


def _start_is_no_date(fields: Fields, _: Draw, __: Surroundings) -> None:
    """A day that the month does not have."""
    start = _text(fields, "start")
    fields["start"] = start[:8] + "32" + start[10:]


def _start_in_9999(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["start"] = "9999" + _text(fields, "start")[4:]


def _start_in_1899(fields: Fields, _: Draw, __: Surroundings) -> None:
    """Day nought of a spreadsheet."""
    fields["start"] = "1899" + _text(fields, "start")[4:]


def _no_duration(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["duration"] = ""


def _negative_duration(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["duration"] = "-" + _text(fields, "duration")


def _endless_duration(fields: Fields, _: Draw, __: Surroundings) -> None:
    """Longer than thirty years: a counter that was never reset."""
    fields["duration"] = "999999999"


def _duration_in_words(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["duration"] = "1分30秒"


def _answered_maybe(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["answered"] = "maybe"


def _unknown_direction(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["direction"] = "sideways"


def _unknown_service(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["service"] = "telegram"


def _unknown_operator(fields: Fields, _: Draw, __: Surroundings) -> None:
    fields["operator"] = "atlantis-telecom"


def _unknown_place(fields: Fields, draw: Draw, around: Surroundings) -> None:
    """Only a mobile line is anywhere: the place of a fixed line comes from its number."""
    if not fields["served_place"]:
        return _no_duration(fields, draw, around)
    fields["served_place"] = "atlantis"
    return None


def _cut_short(fields: Fields, _: Draw, __: Surroundings) -> None:
    """A line that ends after the caller, as where a disk was full."""
    for column in list(fields)[2:]:
        fields[column] = None


def _one_field_more(fields: Fields, _: Draw, __: Surroundings) -> None:
    """A comma inside a number, not quoted: one field too many in CSV, and no number in any other format."""
    called = _text(fields, "called")
    fields["called"] = called[:3] + "," + called[3:]


def _id_again(fields: Fields, _: Draw, around: Surroundings) -> None:
    """The id of the record before with other content, of which the duration was lost."""
    fields["id"] = around.previous_id or fields["id"]
    fields["duration"] = ""


DEFECTS: Final[tuple[tuple[str, Callable[[Fields, Draw, Surroundings], None]], ...]] = (
    ("letter-in-caller", _letter_in_caller),
    ("called-is-a-word", _called_is_a_word),
    ("no-caller", _no_caller),
    ("no-called", _no_called),
    ("called-cut", _called_cut),
    ("caller-too-long", _caller_too_long),
    ("unknown-area", _unknown_area),
    ("no-start", _no_start),
    ("start-is-no-date", _start_is_no_date),
    ("start-in-9999", _start_in_9999),
    ("start-in-1899", _start_in_1899),
    ("no-duration", _no_duration),
    ("negative-duration", _negative_duration),
    ("endless-duration", _endless_duration),
    ("duration-in-words", _duration_in_words),
    ("answered-maybe", _answered_maybe),
    ("unknown-direction", _unknown_direction),
    ("unknown-service", _unknown_service),
    ("unknown-operator", _unknown_operator),
    ("unknown-place", _unknown_place),
    ("cut-short", _cut_short),
    ("one-field-more", _one_field_more),
    ("id-again", _id_again),
)
"""Every defect by its name, each as likely as another."""
