"""What a run has to remark, as data: a code and its values, worded in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tariffs.language import N_, Words, words

_SAID: Final = {
    "read-as": N_("{file}: read as {mapping}"),
    "renamed": N_("the input's column {name!r} is {other!r} in the output: a result has its name"),
    "empty": N_("{file}: the file is empty; it counts as no records"),
    "result-left-out": N_("{file}: left out: a result of an earlier run, whose calls would count twice"),
    "suspense-left-out": N_("{file}: left out: suspended records of an earlier run; --retry rates them again"),
    "result-again": N_(
        "{file}: this is a result of an earlier run, and its calls were rated again; name it only without the files "
        "it was made from"
    ),
    "no-key": N_("none were looked for: no key was declared"),
    "key": N_("looked for by {key}"),
    "delivered-before": N_("{file}: an earlier run has read the same file"),
    "second-legs": N_("second legs of calls were looked for"),
}
"""Messages by the code of the note; those that count are in `Note.said`."""


@dataclass(frozen=True)
class Note:
    """A remark: its code, and what its message needs. Numbers are shown with thousands."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def said(self, words: Words) -> str:
        """The remark in a language."""
        shown = {key: f"{value:,}" if isinstance(value, int) else value for key, value in self.values.items()}
        return self._message(words).format(**shown)

    def _message(self, words: Words) -> str:
        if self.code == "no-zone":
            return words.ngettext(
                "{n} time says no zone; it was read in the rulebook's, {zone}",
                "{n} times say no zone; they were read in the rulebook's, {zone}",
                int(self.values["n"]),
            )
        if self.code == "no-key-in-record":
            return words.ngettext(
                "{n} record without a key was compared with none",
                "{n} records without a key were compared with none",
                int(self.values["n"]),
            )
        if self.code == "of-earlier-runs":
            return words.ngettext(
                "{n} of them was rated by an earlier run",
                "{n} of them were rated by earlier runs",
                int(self.values["n"]),
            )
        return words.gettext(_SAID[self.code])

    def __str__(self) -> str:
        return self.said(words("en"))


def sentence(notes: Iterable[Note], words: Words) -> str:
    """Several remarks as one."""
    return ("；" if words.language == "zh" else "; ").join(note.said(words) for note in notes)
