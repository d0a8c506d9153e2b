"""Generated calls of a month: `tariffs sample`. Every record says that it is synthetic.

The same rulebook, month, number of calls, seed and share of bad records give the same calls under every version of
Python. Calls come in the order in which they start, in batches, so that a file may be larger than memory.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from tariffs.cdr.sample_defects import DEFECTS, Fields, Surroundings
from tariffs.cdr.sample_numbers import Numbers
from tariffs.cdr.sample_profile import Draw, Hour, hours
from tariffs.cdr.sample_traffic import SampleCall, Traffic
from tariffs.rulebook.book import Rulebook

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS: Final = (
    "id",
    "caller",
    "called",
    "start",
    "duration",
    "answered",
    "service",
    "direction",
    "served_place",
    "operator",
    "group",
    "source",
)
"""All text. `start`: ISO 8601 with offset; `duration`: seconds, two decimals; `source`: `synthetic` in every row."""

SOURCE: Final = "synthetic"
BATCH: Final = 16_384
MOST_CALLS: Final = 10**10

_SHARE = re.compile(r"^\s*(\d{1,3}(?:\.\d{1,9})?)\s*(%?)\s*$")


def read_month(text: str) -> dt.date:
    """The first day of `2011-10`. Raises ValueError with a remedy."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
    if not found or not 1990 <= int(found[1]) <= 2100 or not 1 <= int(found[2]) <= 12:
        raise ValueError(f"{text!r} is not a month from 1990 to 2100: write it as 2011-10")
    return dt.date(int(found[1]), int(found[2]), 1)


def read_share(text: str) -> Fraction:
    """A share from 0 to 1, written `0.05` or `5%`. Raises ValueError with a remedy."""
    found = _SHARE.match(text)
    share = Fraction(found[1]) / (100 if found[2] else 1) if found else None
    if share is None or share > 1:
        raise ValueError(f"{text!r} is not a share: write it as 0.05 or 5%")
    return share


@dataclass(frozen=True)
class Sample:
    """What to generate. `bad`: the share of records to spoil. Raises ValueError with a remedy on creation."""

    book: Rulebook = field(repr=False)
    month: str
    calls: int
    seed: int
    bad: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        read_month(self.month)
        if not 0 < self.calls <= MOST_CALLS:
            raise ValueError(f"{self.calls} calls: the number of calls is from 1 to {MOST_CALLS}")
        if not 0 <= self.bad <= 1:
            raise ValueError("the share of bad records is from 0 to 1")
        self.traffic  # noqa: B018 - a rulebook without people or numbers is told of now, not at the first call

    @cached_property
    def first_day(self) -> dt.date:
        return read_month(self.month)

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.book, self.first_day, self.first_day + relativedelta(months=1))

    @cached_property
    def traffic(self) -> Traffic:
        return Traffic(self.book, self.numbers)

    @cached_property
    def _key(self) -> bytes:
        return blake2b(f"{SOURCE} calls {self.month} {self.seed}".encode(), digest_size=32).digest()

    @cached_property
    def _bad_records(self) -> int:
        return round(self.calls * self.bad)

    def is_bad(self, index: int) -> bool:
        """Whether the call of this number is spoilt: exactly one, anywhere, in each of equal stretches of the file."""
        if not self._bad_records:
            return False
        stretch = ((index + 1) * self._bad_records - 1) // self.calls
        first = stretch * self.calls // self._bad_records
        last = (stretch + 1) * self.calls // self._bad_records
        return index == first + Draw(b"bad" + self._key, stretch).below(last - first)

    def call_id(self, index: int) -> str:
        """Unique among the samples of different months and seeds; never five digits in a row, as a number has."""
        return f"SYN-{self.month}-{self.seed}-{index // 10_000:04d}-{index % 10_000:04d}"

    def records(self) -> Iterator[tuple[Fields, str | None]]:
        """Every record as column texts, and the name of its defect, None for a clean one."""
        zone = ZoneInfo(self.book.rulebook.timezone)
        unassigned = self.numbers.unassigned_area()
        previous: str | None = None
        for hour in hours(self.first_day, self.calls, self.book.calendar):
            clock = dt.datetime.combine(hour.day, dt.time(hour.hour), zone).isoformat()
            for index in range(hour.first, hour.last):
                draw = Draw(self._key, index)
                bad = self.is_bad(index)
                call = self.traffic.draw(draw, answered=bad)
                minute, second = divmod(_second(draw, hour, index, call), 60)
                fields = self._fields(index, call, f"{clock[:14]}{minute:02d}:{second:02d}{clock[19:]}")
                defect = None
                if bad:
                    defect, spoil = DEFECTS[draw.below(len(DEFECTS))]
                    spoil(fields, draw, Surroundings(unassigned, previous))
                previous = None if bad else fields["id"]
                yield fields, defect

    def _fields(self, index: int, call: SampleCall, start: str) -> Fields:
        return {
            "id": self.call_id(index),
            "caller": call.caller,
            "called": call.called,
            "start": start,
            "duration": f"{call.duration // 100}.{call.duration % 100:02d}",
            "answered": "true" if call.answered else "false",
            "service": "voice",
            "direction": call.direction,
            "served_place": call.served_place,
            "operator": call.operator,
            "group": call.group,
            "source": SOURCE,
        }


def _second(draw: Draw, hour: Hour, index: int, call: SampleCall) -> int:
    """The second of the hour in which the call starts: anywhere in its own stretch, so that calls follow in time.

    The last call before 00:00 or 07:00 is moved, every other day, to start so late that it runs over that hour:
    few calls do by themselves, and a tariff with a night price is worth testing there.
    """
    share = hour.last - hour.first
    first, last = (3600 * (index + extra - hour.first) // share for extra in (0, 1))
    second = first + draw.below(max(last - first, 1))
    if index == hour.last - 1 and hour.hour in (6, 23) and hour.day.day % 2 and call.duration > 200:
        second = max(first, 3600 - 1 - draw.below(call.duration // 100 - 1))
    return second


def sample_calls(
    book: Rulebook, month: str, calls: int, seed: int, bad: Fraction = Fraction(0)
) -> Iterator[pa.RecordBatch]:
    """The calls of `month` (`2011-10`) as batches of the text columns COLUMNS.

    Raises ValueError with a remedy for a month, number or share that cannot be, and for a rulebook without people
    or numbers.
    """
    return sample_batches(Sample(book, month, calls, seed, bad))


def sample_batches(sample: Sample, progress: Callable[[int], None] | None = None) -> Iterator[pa.RecordBatch]:
    """The records of `sample` in batches; `progress` is told after each batch how many records it held."""
    import pyarrow as pa

    schema = pa.schema([(column, pa.string()) for column in COLUMNS])
    records = sample.records()
    while rows := [fields for fields, _ in islice(records, BATCH)]:
        columns = [pa.array([row[column] for row in rows], pa.string()) for column in COLUMNS]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
        if progress is not None:
            progress(len(rows))
