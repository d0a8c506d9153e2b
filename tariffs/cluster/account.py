"""What a task finds out of an input besides its rows, written with them: a task that is done twice counts once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tariffs.cdr.rating import Portion
from tariffs.cdr.totals import Sum


@dataclass
class Account:
    """Of the rows of one input that one task has rated, or of all that were added up. `blank`: records without a key.

    Of the sums of its portion only durations go through `text` and `read`: calls and charges are counted again.
    """

    portion: Portion
    blank: int = 0

    @classmethod
    def of(cls, labels: Sequence[str]) -> Account:
        """An empty one of these views."""
        return cls(Portion.empty(labels))

    def add(self, other: Account) -> None:
        self.portion.add(other.portion)
        self.blank += other.blank

    @property
    def lengths(self) -> dict[tuple[str, str], int]:
        """Microseconds by relation under the first view and service."""
        return {kind: found.duration for kind, found in self.portion.tallies[0].sums.items()}

    def text(self) -> str:
        """As JSON, which `read` takes back."""
        found = self.portion
        said = {
            "charged": found.charged,
            "lengths": [[*kind, length] for kind, length in self.lengths.items()],
            "leaves": sorted(found.leaves),
            "first": found.first,
            "last": found.last,
            "naive": found.naive,
            "synthetic": found.synthetic,
        }
        return json.dumps({"blank": self.blank, "portion": said})

    @classmethod
    def read(cls, text: str, labels: Sequence[str]) -> Account:
        said = json.loads(text)
        found, portion = said["portion"], Portion.empty(labels)
        for relation, service, length in found.pop("lengths"):
            portion.tallies[0].sums[relation, service] = Sum(duration=length)
        portion.leaves = set(found.pop("leaves"))
        for name, value in found.items():
            setattr(portion, name, value)
        return cls(portion, said["blank"])
