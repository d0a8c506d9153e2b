"""The slip of a cells file: what it holds, by which rules it was made, what it lost, and hashes that prove it whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import tariffs
from tariffs.cdr.totals import Counts
from tariffs.compare.cells import Basis
from tariffs.compare.shapes import Mode

VERSION: Final = 2
INTERNAL, SHAREABLE = "internal", "shareable"


@dataclass(frozen=True)
class Slip:
    """What a cells file says of itself. `counts`: of all records read (of a shareable file, of those in it); `lost`:
    what was coarsened or suppressed, and how much of the calls and of the revenue; `tables`: what was computed inside;
    `content`: rows and a hash of each table; `command`: the words that make it again."""

    kind: str
    basis: Basis
    counts: Counts
    days: tuple[dt.date, dt.date] | None
    scale: int
    weights: bool
    synthetic: bool
    listed: bool | None
    unlisted: int
    options: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    content: Mapping[str, Mapping[str, Any]]
    lost: Mapping[str, Any] = field(default_factory=dict)
    tables: Sequence[Mapping[str, Any]] = ()
    command: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        counts = self.counts
        return {
            "cells": VERSION, "kind": self.kind, "made-by": f"tariffs {tariffs.__version__}",
            "rulebook": self.basis.rulebook, "rules": self.basis.digest, "located": self.basis.located,
            "clock": self.basis.clock, "zone": self.basis.zone,
            "bounds": [dt.date.fromordinal(day).isoformat() for day in self.basis.bounds],
            "modes": [asdict(mode) for mode in self.basis.modes], "names": [list(names) for names in self.basis.names],
            "counts": {
                "read": counts.read, "duplicate": counts.duplicate, "merged": counts.merged,
                "not-chargeable": dict(sorted(counts.not_chargeable.items())),
                "suspended": dict(sorted(counts.suspended.items())),
            },
            "days": [day.isoformat() for day in self.days] if self.days else None,
            "weights": self.weights, "weight-scale": self.scale, "synthetic": self.synthetic,
            "accounts": None if self.listed is None else {"listed": self.listed, "unlisted": self.unlisted,
                                                          "options": list(self.options)},
            "inputs": [{"file": name, "sha256": digest} for name, digest in self.files],
            "content": {name: dict(said) for name, said in self.content.items()},
            "lost": dict(self.lost), "tables": [dict(said) for said in self.tables], "command": list(self.command),
        }  # fmt: skip

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Slip:
        """Raises KeyError, TypeError and ValueError where this is no slip."""
        basis = Basis(
            said["rulebook"], said["rules"], said["located"], said["clock"],
            tuple(Mode(**mode) for mode in said["modes"]),
            tuple(dt.date.fromisoformat(day).toordinal() for day in said["bounds"]),
            tuple(tuple(names) for names in said["names"]), said["zone"],
        )  # fmt: skip
        counts = said["counts"]
        held = said["accounts"] or {}
        return cls(
            said["kind"], basis,
            Counts(read=counts["read"], duplicate=counts["duplicate"], merged=counts["merged"],
                   not_chargeable=Counter(counts["not-chargeable"]), suspended=Counter(counts["suspended"])),
            _interval(said["days"]),
            said["weight-scale"], said["weights"], said["synthetic"], held.get("listed"), held.get("unlisted", 0),
            tuple(held.get("options", ())), tuple((each["file"], each["sha256"]) for each in said["inputs"]),
            said["content"], said["lost"], tuple(said["tables"]), said["command"],
        )  # fmt: skip


def _interval(days: Sequence[str] | None) -> tuple[dt.date, dt.date] | None:
    if days is None:
        return None
    first, last = map(dt.date.fromisoformat, days)
    return first, last
