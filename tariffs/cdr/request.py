"""What a run is asked to do, and what it says it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from tariffs.cdr.mapping import Mapping as ColumnMapping
from tariffs.cdr.notes import Note, sentence
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.totals import Counts, Tally
from tariffs.language import words


@dataclass(frozen=True, kw_only=True)
class RateRequest:
    """Calls in, a rated file out.

    `inputs`: files, folders, patterns, or `-`. `output`: a file whose ending says the format, or `-`; a folder, which
    ends in a slash, for one file for each input. `resume`: goes on with such a run. `mapping`: see
    `known.load_mapping`; without it columns are canonical, or of a system that is recognised. `duplicate_key`: columns
    (canonical or of the file) that tell records apart, in place of the mapping's. `retry`: the inputs are suspense
    files. `holders`: add-on → file of its holders. `mask`: file of a key. `rules`: where the rulebook was loaded from,
    so that no file of it is overwritten. `command`: the words that make this run again, for the manifest.
    `keys`: file of a key store (`keystore.KeyStore`), `keys_source`: whose records these are, `keys_days`: its window.
    """

    inputs: tuple[str, ...]
    output: str
    mapping: ColumnMapping | None = None
    mapping_name: str = ""
    timezone: str | None = None
    encoding: str | None = None
    home_area: str | None = None
    output_format: str | None = None
    bom: bool = False
    duplicate_key: tuple[str, ...] = ()
    retry: bool = False
    mask: str | None = None
    holders: Mapping[str, str] = field(default_factory=dict)
    suspense: str | None = None
    rules: str | None = None
    resume: bool = False
    keys: str | None = None
    keys_source: str = ""
    keys_days: int | None = None
    manifest: bool = True
    command: tuple[str, ...] = ()


class Progress(NamedTuple):
    """How far a run is: records, bytes of the inputs, the input being read, micro-yuan so far under each view."""

    rows: int
    bytes_read: int
    bytes_total: int | None
    file: str
    charges: tuple[int, ...]


Report = Callable[[Progress], None]


class Outcome(Protocol):
    """What `rating.batch.rate_batch` returns."""

    status: Any

    @property
    def service(self) -> Any: ...
    def charge(self, view: int) -> Any: ...
    def columns(self, view: int) -> dict[str, Any]: ...
    def details(self) -> dict[int, str]: ...
    def paid_leaves(self) -> set[int]: ...


@dataclass
class RunSummary:
    """What a run did. `as_json` is the same for machines, and the core of the manifest.

    `views`: sums by the relation that a call has under the first view, so that the same calls stand side by side.
    `looked_for`: what duplicates were looked for by; `remarks`: what else is to be said.
    `days`: the first and the last on which a rated call started; `synthetic`: an input says that its calls are made up;
    `assumed`: the parameter values that its results rest on.
    """

    files: dict[str, Counts]
    total: Counts
    views: list[Tally]
    output: str
    suspense: str | None
    manifest: str | None
    looked_for: tuple[Note, ...]
    facts: dict[str, Any]
    remarks: tuple[Note, ...] = ()
    days: tuple[dt.date, dt.date] | None = None
    synthetic: bool = False
    assumed: tuple[Any, ...] = ()

    @property
    def suspended(self) -> int:
        return self.total.suspended.total()

    @property
    def duplicates(self) -> str:
        return sentence(self.looked_for, words("en"))

    @property
    def notes(self) -> list[str]:
        """The remarks in English."""
        return [str(note) for note in self.remarks]

    def as_json(self) -> dict[str, Any]:
        return {
            **self.facts,
            "output": shown_name(self.output),
            "suspense": shown_name(self.suspense) if self.suspense else None,
            "manifest": shown_name(self.manifest) if self.manifest else None,
            "counts": self.total.as_json(),
            "files": [{"file": name, **counts.as_json()} for name, counts in self.files.items()],
            "duplicates": self.duplicates,
            "days": [day.isoformat() for day in self.days] if self.days else None,
            "synthetic": self.synthetic,
            "views": [tally.as_json() for tally in self.views],
            "notes": self.notes,
        }
