"""Who pays for a call, as the cells keep it: an account of a list, or the charged number, either under a pseudonym."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tariffs.cdr import columns as arrow
from tariffs.cdr.chunks import Calls
from tariffs.cdr.numbers import NumberReader
from tariffs.compare.compress import Uint64s
from tariffs.rating import kernel as k

_ACCOUNT, _NUMBER = b"tariffs-account", b"tariffs-charged"


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
class ChargedNumbers:
    """Each charged number is a payer. What is kept of it is a keyed hash of the one form of all its writings."""

    reader: NumberReader
    key: bytes

    def of(self, calls: Calls) -> Uint64s:
        served = Served.of(calls, self.reader)
        found = [0 if form is None else pseudonym(form, self.key, person=_NUMBER) for form in served.forms]
        hashes: Uint64s = np.array([*found, 0], np.uint64)
        return np.asarray(hashes[served.where])


@dataclass(frozen=True, eq=False)
class Served:
    """The served party of each record: `forms` of the distinct numbers, `where` each record has its own (the last
    place, one beyond the forms, where it has none)."""

    forms: Sequence[str | None]
    where: Any

    @classmethod
    def of(cls, calls: Calls, reader: NumberReader) -> Served:
        """Reads each distinct number once. Numbers mean what they mean on the day of the call."""
        columns = dict(zip(calls.batch.schema.names, calls.batch.columns, strict=True))
        served = arrow.as_text(columns["caller"])
        if "direction" in columns:
            received = pc.fill_null(pc.is_in(columns["direction"], value_set=arrow.texts(["received"])), False)
            served = pc.if_else(received, arrow.as_text(columns["called"]), served)
        start = columns["start"]
        days = np.where(arrow.valid_of(start), arrow.as_numpy(start), 0) // k.DAY
        eras = np.searchsorted(reader.eras, days + k.EPOCH, side="right")
        coded = pc.fill_null(served, "").dictionary_encode()
        homes = _homes(columns.get("home_area"), len(eras))
        texts, codes = coded.dictionary.to_pylist(), arrow.as_numpy(coded.indices).astype(np.int64)
        width = len(homes.names) * (len(reader.eras) + 1)
        keys = codes * width + homes.codes * (len(reader.eras) + 1) + eras
        _, first, where = np.unique(keys, return_index=True, return_inverse=True)
        forms: list[str | None] = []
        for row in first.tolist():
            area = reader.area(homes.names[int(homes.codes[row])])
            number = (
                reader.read(texts[int(codes[row])], area, int(days[row]) * k.DAY) if texts[int(codes[row])] else None
            )
            forms.append(number.form if number is not None and number.known else None)
        return cls(forms, where.reshape(-1))


@dataclass(frozen=True, eq=False)
class _Homes:
    names: list[str]
    codes: Any


def _homes(column: Any, length: int) -> _Homes:
    """The home areas of records as codes; an empty name where there is none."""
    if column is None or column.null_count == length:
        return _Homes([""], np.zeros(length, np.int64))
    coded = pc.fill_null(arrow.as_text(column), "").dictionary_encode()
    return _Homes(coded.dictionary.to_pylist(), arrow.as_numpy(coded.indices).astype(np.int64))


def replaced(calls: Calls, columns: dict[str, Any]) -> None:
    """Puts columns in place of those of the batch, or beside them."""
    held = dict(zip(calls.batch.schema.names, calls.batch.columns, strict=True)) | columns
    calls.batch = pa.RecordBatch.from_arrays(list(held.values()), names=list(held))
