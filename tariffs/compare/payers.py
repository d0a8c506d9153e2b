"""Whose calls they are, as the cells keep it: an account of a list, or the charged number, either under a pseudonym."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import Calls
from tariffs.cdr.numbers import NumberReader
from tariffs.compare.compress import Uint64s
from tariffs.rating import kernel as k
from tariffs.rating.located import Locator

_ACCOUNT, _NUMBER = b"tariffs-account", b"tariffs-charged"
_HASHED = 1 << 63


class Payers(Protocol):
    """Finds who pays for each call; may fill in what the list knows of the payer."""

    def of(self, calls: Calls) -> Uint64s:
        """Who pays for each record: any number that is the same for the same payer, 0 where nobody is known."""


def pseudonym(name: str, key: bytes, *, person: bytes = _ACCOUNT) -> int:
    """64 bits that tell names apart and do not tell the name to anyone without the key; never 0."""
    found = int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8, key=key, person=person).digest())
    return found or 1


def new_key() -> bytes:
    """A key for one run: nobody can make the same pseudonyms again."""
    return secrets.token_bytes(32)


@dataclass
class Owners:
    """One integer for each number in all its writings; a masked one, which shows only a part of itself, by its hash.

    The integers are telephone numbers to whoever knows how they are made: they leave memory as pseudonyms only.
    """

    locator: Locator
    reader: NumberReader
    _salt: bytes = field(default_factory=new_key, repr=False)

    def of(self, batch: pa.RecordBatch) -> Uint64s:
        """The number of the served party of each record; 0 where the plan knows none."""
        found = self.locator.owners(batch)
        hidden = np.flatnonzero(found < 0)
        owners: Uint64s = np.maximum(found, 0).astype(np.uint64)
        if len(hidden):
            owners[hidden] = self._hashed(batch.take(arrow.integers(hidden)))
        return owners

    def _hashed(self, batch: pa.RecordBatch) -> Uint64s:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        served = arrow.as_text(columns["caller"]).to_pylist()
        if "direction" in columns:
            said = arrow.as_text(columns["direction"]).to_pylist()
            called = arrow.as_text(columns["called"]).to_pylist()
            served = [c if d == "received" else s for s, c, d in zip(served, called, said, strict=True)]
        starts = arrow.as_numpy(columns["start"]).tolist()
        made = []
        for text, start in zip(served, starts, strict=True):
            number = self.reader.read(text, -1, start // k.DAY * k.DAY)
            form = number.form if number is not None else text
            made.append(pseudonym(form, self._salt, person=_NUMBER) | _HASHED)
        return np.array(made, np.uint64)


@dataclass
class ChargedNumbers:
    """Each charged number is a payer."""

    owners: Owners

    def of(self, calls: Calls) -> Uint64s:
        return self.owners.of(calls.batch)


def number_keys(owners: Uint64s, key: bytes | None) -> Uint64s:
    """A pseudonym for each of these numbers: by a key the same in every run, else drawn by lot."""
    if key is None:
        drawn = np.unique(np.frombuffer(secrets.token_bytes(8 * len(owners) + 64), np.uint64))
        assert len(drawn) >= len(owners)  # two of so few 64-bit draws are equal once in an age
        order = np.random.default_rng(secrets.randbits(128)).permutation(len(drawn))
        return np.asarray(drawn[order[: len(owners)]])
    return np.array([pseudonym(str(owner), key, person=_NUMBER) for owner in owners.tolist()], np.uint64)


def replaced(calls: Calls, columns: dict[str, Any]) -> None:
    """Puts columns in place of those of the batch, or beside them."""
    held = dict(zip(calls.batch.schema.names, calls.batch.columns, strict=True)) | columns
    calls.batch = pa.RecordBatch.from_arrays(list(held.values()), names=list(held))
