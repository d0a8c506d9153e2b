"""Times as records write them: as microseconds of the wall clock of the rulebook's time zone, exactly.

Text becomes a number value by value (`Clock.read`); columns in the usual forms go through Arrow, with the same result.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from tariffs.cdr import cutting, native
from tariffs.cdr.columns import Bools, Int64s, as_numpy, offsets, valid_of

DAY: Final = 86_400_000_000
SECOND: Final = 1_000_000
_DAYS_AT_ONCE: Final = 400
"""Between the first and the last time of a column: the offsets of so many days are asked for, to add one of all."""
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST: Final = -62_000_000_000 * SECOND
"""An instant of the year 5: the calendar of Python begins shortly before."""
_PARTS: Final = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d{2})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})", "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<I>\d{1,2})", "M": r"(?P<M>\d{1,2})", "S": r"(?P<S>\d{1,2})", "f": r"(?P<f>\d{1,6})",
    "p": r"(?P<p>[AaPp][Mm]|上午|下午)", "b": r"(?P<b>[A-Za-z]{3})", "z": r"(?P<z>Z|[+-]\d{2}:?\d{2})", "%": "%",
}  # fmt: skip
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO: Final = re.compile(
    r"(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})[T ](?P<H>\d{2}):(?P<M>\d{2})"
    r"(?::(?P<S>\d{2})(?:\.(?P<f>\d{1,6}))?)?(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"(\d{1,15})(?:\.(\d{1,9}))?", re.ASCII)
_EPOCHS: Final = {"epoch": 6, "epoch-ms": 3}
NAIVE_SHAPE: Final = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?$"
_WIDTHS: Final = {19: False, 20: True, 25: True}
"""Characters of texts that Arrow reads only if they have one of the shapes: whether they say a zone."""
ZONED_SHAPE: Final = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$"


def check_format(text: str) -> str:
    """A date format as given. Raises ValueError for one that this module cannot read."""
    if text not in ("iso", *_EPOCHS):
        _pattern(text)
    return text


def _pattern(text: str) -> re.Pattern[str]:
    """The regular expression of a format such as `%d/%m/%Y %H:%M:%S`."""
    parts, at, used = [], 0, set()
    while at < len(text):
        if text[at] != "%":
            parts.append(re.escape(text[at]))
            at += 1
            continue
        letter = text[at + 1 : at + 2]
        if letter not in _PARTS or letter in used:
            raise ValueError(
                f"{text!r}: a date is `iso`, `epoch`, `epoch-ms`, or a pattern of %Y %y %m %b %d %H %I %p %M %S %f %z"
            )
        used.add(letter) if letter != "%" else None
        parts.append(_PARTS[letter])
        at += 2
    if not (used >= {"d", "M"} and used & {"m", "b"} and used & {"H", "I"}):
        raise ValueError(f"{text!r}: a date format needs at least month, day, hour and minute")
    return re.compile("".join(parts), re.ASCII)


def looks_like_a_time(text: str, formats: Sequence[str]) -> bool:
    """Whether a text has one of these forms, on a calendar or not. Digits without signs between them never do."""
    if re.search(r"\d{5}", text):
        return False
    patterns = (_ISO if f == "iso" else _pattern(f) for f in formats if f not in _EPOCHS)
    return any(pattern.fullmatch(text.strip()) for pattern in patterns)


class Moment(NamedTuple):
    """Microseconds since 1970 of a wall clock, and that clock's offset in seconds; None where the text says none."""

    wall: int
    offset: int | None


class Column(NamedTuple):
    """Times of a column. `wall`: microseconds of the rulebook's clock; `wrong`: positions of texts that are no time
    (False) or an impossible one (True); `naive`: how many said no zone."""

    wall: Int64s
    valid: Bools
    wrong: dict[int, bool]
    naive: int


@dataclass(frozen=True)
class Clock:
    """Reads times. `zone`: of times that say none; `home`: the rulebook's."""

    home: ZoneInfo
    zone: ZoneInfo
    formats: tuple[str, ...] = ("iso",)
    year: int | None = None
    _offsets: dict[tuple[str, int], int | None] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], int]]:
        """Each format as an expression, with the decimal places of an epoch's unit (or -1)."""
        return [
            (_ISO, -1) if f == "iso" else (_NUMBER, _EPOCHS[f]) if f in _EPOCHS else (_pattern(f), -1)
            for f in self.formats
        ]

    def moment(self, text: str) -> Moment | None:
        """The time that a text says; None where it has no known form. Raises ValueError for an impossible one."""
        for pattern, places in self._patterns:
            found = pattern.fullmatch(text)
            if found is None:
                continue
            if places >= 0:
                fraction = (found[2] or "")[:places].ljust(places, "0")
                return Moment(int(found[1] + fraction), 0)
            return _moment(found.groupdict(), self.year)
        return None

    def read(self, text: str) -> int | None:
        """The wall clock of the rulebook's zone; None for no known form. Raises ValueError for an impossible time."""
        moment = self.moment(text)
        return None if moment is None else self._at_home(moment)

    def _at_home(self, moment: Moment) -> int:
        wall, offset = moment
        if offset is None:
            if self.zone.key == self.home.key:
                return wall
            offset = _offset(_datetime(wall).replace(tzinfo=self.zone))
        instant = wall - offset * SECOND
        return instant + _offset(_datetime(instant).astimezone(self.home)) * SECOND

    def column(self, array: Any) -> Column:
        """A column of texts or Arrow timestamps. Blank texts must be null already."""
        import pyarrow as pa

        if pa.types.is_timestamp(array.type):
            return self._timestamps(array)
        quick = self._quick(array)
        return quick if quick is not None else self._slow(array)

    def _slow(self, array: Any) -> Column:
        length = len(array)
        wall, valid = np.zeros(length, np.int64), np.zeros(length, np.bool_)
        wrong: dict[int, bool] = {}
        naive = 0
        for position, text in enumerate(array.to_pylist()):
            if text is None:
                continue
            try:
                moment = self.moment(text.strip())
                if moment is None:
                    wrong[position] = False
                    continue
                wall[position], valid[position] = self._at_home(moment), True
            except (ValueError, OverflowError):
                wrong[position] = True
                continue
            naive += moment.offset is None
        return Column(wall, valid, wrong, naive)

    def _quick(self, array: Any) -> Column | None:
        """A column of ISO texts that all say an offset or all say none; None where it is not so simple."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.formats[0] != "iso":
            return None
        width = _width(array)
        for shape, zoned in ((NAIVE_SHAPE, False), (ZONED_SHAPE, True)):
            if width in _WIDTHS:
                if _WIDTHS[width] != zoned:
                    continue
            elif pc.all(pc.match_substring_regex(array, shape)).as_py() is False:
                continue
            plain = cutting.times_of(array, width) if width in _WIDTHS and native.at_hand() else None
            if plain is not None:
                return self._walls(plain, np.ones(len(plain), np.bool_), zoned=zoned)
            try:
                read = pc.cast(array, pa.timestamp("us", "UTC") if zoned else pa.timestamp("us"))
            except pa.ArrowInvalid:  # a day or an hour that does not exist
                return None
            times, valid = as_numpy(read), valid_of(read)
            return self._walls(times, valid, zoned=zoned) if times[valid].min(initial=0) > _FIRST else None
        return None

    def _timestamps(self, array: Any) -> Column:
        import pyarrow as pa
        import pyarrow.compute as pc

        zoned = array.type.tz is not None
        read = pc.cast(array, pa.timestamp("us", "UTC" if zoned else None), safe=False)
        return self._walls(as_numpy(read), valid_of(read), zoned=zoned)

    def _walls(self, times: Int64s, valid: Bools, *, zoned: bool) -> Column:
        """Instants, or walls of `zone`, as walls of `home`: a day at a time, where the offset is constant."""
        wrong: dict[int, bool] = {}
        if not zoned:
            if self.zone.key == self.home.key:
                return Column(times, valid, wrong, int(valid.sum()))
            times = self._shifted(times, valid, wrong, self.zone, from_wall=True)
        valid = _without(valid, wrong)
        times = self._shifted(times, valid, wrong, self.home, from_wall=False)
        valid = _without(valid, wrong)
        return Column(times, valid, wrong, 0 if zoned else int(valid.sum()))

    def _shifted(
        self, times: Int64s, valid: Bools, wrong: dict[int, bool], zone: ZoneInfo, *, from_wall: bool
    ) -> Int64s:
        """Walls of a zone as instants (`from_wall`), or instants as its walls."""
        there = times if valid.all() else times[valid]
        if not len(there):
            return times.copy()
        first, last = int(there.min()) // DAY, int(there.max()) // DAY
        if last - first < _DAYS_AT_ONCE:
            shifts = {self._offset_of_day(zone, day, from_wall=from_wall) for day in range(first, last + 1)}
            if len(shifts) == 1 and (shift := shifts.pop()) is not None:
                return times + shift
        days = np.floor_divide(times, DAY)
        shifted = times.copy()
        for day in _distinct(days[valid]):
            of_day = self._offset_of_day(zone, day, from_wall=from_wall)
            if of_day is not None:
                np.add(shifted, of_day, out=shifted, where=(days == day) & valid)
                continue
            for position in np.flatnonzero((days == day) & valid).tolist():
                try:
                    shifted[position] += _shift(int(times[position]), zone, from_wall=from_wall)
                except (ValueError, OverflowError):
                    wrong[position] = True
        return shifted

    def _offset_of_day(self, zone: ZoneInfo, day: int, *, from_wall: bool) -> int | None:
        """The shift of every time of a day, in microseconds; None where the day has two, or is beyond the calendar."""
        key = (f"{zone.key}{from_wall}", day)
        if key not in self._offsets:
            try:
                shifts = {_shift((day + i) * DAY, zone, from_wall=from_wall) for i in (0, 1)}
            except (ValueError, OverflowError):
                shifts = set()
            self._offsets[key] = shifts.pop() if len(shifts) == 1 else None
        return self._offsets[key]


def _width(array: Any) -> int:
    """How long each text is; 0 where they differ, or some are null."""
    if array.null_count or not len(array):
        return 0
    lengths = np.diff(offsets(array))
    return int(lengths[0]) if (lengths == lengths[0]).all() else 0


def _distinct(days: Int64s) -> list[int]:
    """Each day once. Those of real records lie close together, and are counted faster than sorted."""
    if not len(days):
        return []
    first, last = int(days.min()), int(days.max())
    if last - first > len(days) + 1000:
        return [int(day) for day in np.unique(days)]
    return [int(day) + first for day in np.flatnonzero(np.bincount(days - first))]


def _shift(time: int, zone: ZoneInfo, *, from_wall: bool) -> int:
    if from_wall:
        return -_offset(_datetime(time).replace(tzinfo=zone)) * SECOND
    return _offset(_datetime(time).astimezone(zone)) * SECOND


def _without(valid: Bools, wrong: dict[int, bool]) -> Bools:
    if wrong:
        valid = valid.copy()
        valid[list(wrong)] = False
    return valid


def _datetime(time: int) -> dt.datetime:
    """An instant as Greenwich tells it; a wall clock, once its zone has been put in place."""
    return _EPOCH + dt.timedelta(microseconds=time)


def _offset(moment: dt.datetime) -> int:
    offset = moment.utcoffset()
    assert offset is not None  # every caller sets a zone
    return int(offset.total_seconds())


def _moment(parts: dict[str, str | None], year: int | None) -> Moment:
    """A time from its parts as text. Raises ValueError where no calendar has it."""
    hour = int(parts.get("H") or 0)
    if parts.get("I"):
        hour = _twelve(int(parts["I"] or 0), parts.get("p") or "")
    short = parts.get("y")
    full = parts.get("Y")
    which = int(full) if full else 2000 + int(short) if short else year
    if which is None:
        raise ValueError("a date without a year")
    name = parts.get("b")
    month = _MONTHS.index(name.lower()) + 1 if name else int(parts.get("m") or 0)
    micro = int((parts.get("f") or "").ljust(6, "0"))
    day, minute, second = int(parts["d"] or 0), int(parts["M"] or 0), int(parts.get("S") or 0)
    wall = dt.datetime(which, month, day, hour, minute, second, micro, tzinfo=dt.UTC)
    return Moment((wall - _EPOCH) // dt.timedelta(microseconds=1), _zone_offset(parts.get("z")))


def _twelve(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise ValueError("an hour of a twelve-hour clock lies between 1 and 12")
    return hour % 12 + (12 if half.lower() in ("pm", "下午") else 0)


def _zone_offset(text: str | None) -> int | None:
    """Seconds east of Greenwich. Raises ValueError for more than a day, or more than 59 minutes."""
    if text is None:
        return None
    if text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("an impossible offset")
    return (hours * 3600 + minutes * 60) * (-1 if text[0] == "-" else 1)
