"""What a run did: records by outcome, money by view, relation and service, recounted from what was written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np

from tariffs.cdr import adding
from tariffs.cdr import columns as arrow
from tariffs.cdr.failures import InternalError

MICRO: Final = 1_000_000


@dataclass
class Counts:
    """Records of one input (or of all). read = rated + not chargeable + suspended + duplicate + merged.

    `merged`: pieces of partial records that were added to another piece. The two counters say why, by code.
    """

    read: int = 0
    rated: int = 0
    duplicate: int = 0
    merged: int = 0
    not_chargeable: Counter[str] = field(default_factory=Counter)
    suspended: Counter[str] = field(default_factory=Counter)

    @property
    def found(self) -> int:
        """What is accounted for."""
        aside = self.duplicate + self.merged + self.not_chargeable.total() + self.suspended.total()
        return self.rated + aside

    def add(self, other: Counts) -> None:
        self.read += other.read
        self.rated += other.rated
        self.duplicate += other.duplicate
        self.merged += other.merged
        self.not_chargeable += other.not_chargeable
        self.suspended += other.suspended

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "rated": self.rated,
            "not_chargeable": self.not_chargeable.total(),
            "suspended": self.suspended.total(),
            "duplicate": self.duplicate,
            "merged": self.merged,
            "not_chargeable_by_reason": dict(sorted(self.not_chargeable.items())),
            "suspended_by_reason": dict(sorted(self.suspended.items())),
        }


@dataclass
class Sum:
    """Rated calls of one kind. `duration` in microseconds, `charge` in micro-yuan."""

    calls: int = 0
    duration: int = 0
    charge: int = 0

    def as_json(self) -> dict[str, Any]:
        """`minutes` are rounded, `seconds` exact: only the latter add up to the last digit."""
        seconds = f"{Decimal(self.duration).scaleb(-6).normalize():f}"
        return {"calls": self.calls, "minutes": minutes(self.duration), "seconds": seconds, "charge": yuan(self.charge)}


@dataclass(frozen=True, slots=True)
class Kinds:
    """By what the rows of a batch are summed: `keys` are numbers of pairs of these relations and services."""

    keys: Any
    relations: list[str]
    services: list[str]

    @classmethod
    def of(cls, relation: Any, service: Any) -> Kinds:
        (one, relations), (other, services) = _coded(relation), _coded(service)
        return cls(one * len(services) + other, relations, services)


@dataclass
class Tally:
    """Sums under one view by relation and service, taken from the batches that were written."""

    label: str
    sums: dict[tuple[str, str], Sum] = field(default_factory=dict)

    @property
    def total(self) -> Sum:
        every = self.sums.values()
        return Sum(sum(s.calls for s in every), sum(s.duration for s in every), sum(s.charge for s in every))

    def add(self, charge: Any, kinds: Kinds, duration: Any) -> None:
        """Adds the rows of a written batch that have a charge. `duration`: int64 microseconds of each row."""
        width, most = len(kinds.services), len(kinds.services) * len(kinds.relations)
        calls, amounts, lengths = adding.sums(charge, kinds.keys, duration, most)
        for key in np.flatnonzero(calls).tolist():
            name = (kinds.relations[key // width], kinds.services[key % width])
            self._add(name, Sum(int(calls[key]), int(lengths[key]), int(amounts[key])))

    def join(self, other: Tally) -> None:
        """Adds the sums of another tally of the same view."""
        for name, total in other.sums.items():
            self._add(name, total)

    def _add(self, name: tuple[str, str], more: Sum) -> None:
        total = self.sums.setdefault(name, Sum())
        total.calls += more.calls
        total.duration += more.duration
        total.charge += more.charge

    def as_json(self) -> dict[str, Any]:
        rows = [{"relation": r, "service": s, **total.as_json()} for (r, s), total in sorted(self.sums.items())]
        return {"view": self.label, **self.total.as_json(), "by_relation_and_service": rows}


def _coded(array: Any) -> tuple[Any, list[str]]:
    import pyarrow as pa

    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    codes = arrow.as_numpy(coded.indices.cast(pa.int32()))
    codes = np.where(arrow.valid_of(coded.indices), codes, 0) if coded.null_count else codes
    return codes, [text or "" for text in coded.dictionary.to_pylist()] or [""]


def yuan(micro: int) -> str:
    """Micro-yuan as decimal text with two decimals, or as many as it needs."""
    amount = Decimal(micro).scaleb(-6)
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # an amount is finite
    return f"{amount:.{max(2, -exponent)}f}"


def minutes(microseconds: int) -> str:
    """Minutes to the hundredth, rounded half up."""
    hundredths = (microseconds * 100 * 2 + 60 * MICRO) // (60 * MICRO * 2)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def check(files: dict[str, Counts], written: int, tallies: list[Tally], charged: list[int]) -> Counts:
    """The total of all files, when every count agrees with what was written; InternalError otherwise.

    `written`: rows that the finished file holds; `charged`: micro-yuan by view as rating returned them.
    """
    total = Counts()
    for name, counts in files.items():
        if counts.read != counts.found:
            raise InternalError(f"{name}: {counts.read:,} records were read, and {counts.found:,} accounted for")
        total.add(counts)
    if written != total.rated + total.not_chargeable.total():
        here = total.rated + total.not_chargeable.total()
        raise InternalError(f"the output holds {written:,} rows, and {here:,} were counted")
    for tally, amount in zip(tallies, charged, strict=True):
        if tally.total.charge != amount or tally.total.calls != total.rated:
            raise InternalError(
                f"{tally.label}: {yuan(amount)} yuan were charged, and {yuan(tally.total.charge)} written"
            )
    return total
