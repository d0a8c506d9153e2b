"""Pieces of one long call (切割话单): put together when all are there, left for suspense when one is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tariffs.cdr.columns import Int64s
from tariffs.cdr.hashing import HASH
from tariffs.cdr.spill import Records

AMOUNTS: Final = ("start", "duration", "seizure", "quantity", "answered")
"""What pieces of one call need not have in common."""
PIECES: Final = np.dtype(
    [("key", HASH), ("content", HASH), ("ordinal", "i8"), ("piece", "i8"), ("last", "i1")]
    + [(name, "i8") for name in AMOUNTS]
    + [(f"has_{name}", "i1") for name in AMOUNTS]
)


@dataclass(frozen=True, slots=True)
class Merge:
    """A call put together of `pieces`. Microseconds; None where a piece does not say."""

    start: int
    duration: int | None
    seizure: int | None
    quantity: int | None
    answered: int | None
    pieces: int


@dataclass
class PieceGroups:
    """Decides group by group; pieces count from 1. `aside`: ordinals that are duplicates or conflicts already.

    `broken`: why a piece is suspended; `repeated`: pieces that stand twice; `absorbed`: pieces added to the first one;
    `merges`: the calls made, by the ordinal of their first piece.
    """

    aside: Sequence[Int64s]
    broken: dict[int, str] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    absorbed: list[int] = field(default_factory=list)
    merges: dict[int, Merge] = field(default_factory=dict)

    def take(self, records: Records) -> None:
        """Decides every group of a part; equal keys are all in it."""
        for ordinals in self.aside:
            records = records[~np.isin(records["ordinal"], ordinals)]
        if not len(records):
            return
        high, low = records["key"]["high"], records["key"]["low"]
        records = records[np.lexsort((records["ordinal"], records["piece"], low, high))]
        begins = np.flatnonzero(np.concatenate(([True], records["key"][1:] != records["key"][:-1])))
        for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(records)], strict=True):
            self._group(records[begin:end])

    def _group(self, group: Records) -> None:
        kept: list[Any] = []
        for piece in group:
            if kept and kept[-1]["piece"] == piece["piece"]:
                if not _equal(kept[-1], piece):
                    return self._break(group, "two pieces have the same number and differ")
                self.repeated.append(int(piece["ordinal"]))
            else:
                kept.append(piece)
        problem = self._problem(kept)
        if problem:
            self.repeated = [o for o in self.repeated if o not in set(group["ordinal"].tolist())]
            return self._break(group, problem)
        if len(kept) > 1:
            self.merges[int(kept[0]["ordinal"])] = Merge(
                start=min(int(piece["start"]) for piece in kept),
                duration=_sum(kept, "duration"),
                seizure=_sum(kept, "seizure"),
                quantity=_sum(kept, "quantity"),
                answered=int(any(p["answered"] or not p["has_answered"] for p in kept)),
                pieces=len(kept),
            )
            self.absorbed += [int(piece["ordinal"]) for piece in kept[1:]]
        return None

    def _problem(self, kept: list[Any]) -> str:
        numbers = [int(piece["piece"]) for piece in kept]
        expected = range(1, len(kept) + 1)
        missing = next((n for n, found in zip(expected, numbers, strict=True) if n != found), None)
        if missing is not None:
            return f"piece {missing} of the call is missing"
        if not kept[-1]["last"]:
            return "the last piece of the call is missing"
        if any(piece["last"] for piece in kept[:-1]):
            return "a piece follows the one that is marked as the last"
        if any(piece["content"] != kept[0]["content"] for piece in kept):
            return "the pieces of the call disagree about who calls whom, or how"
        return ""

    def _break(self, group: Records, reason: str) -> None:
        self.broken |= {int(ordinal): reason for ordinal in group["ordinal"]}


def _equal(one: Any, other: Any) -> bool:
    return all(one[name] == other[name] for name in one.dtype.names if name != "ordinal")


def _sum(pieces: list[Any], name: str) -> int | None:
    if not all(piece[f"has_{name}"] for piece in pieces):
        return None
    return sum(int(piece[name]) for piece in pieces)
