"""Chinese and English: which of the two to speak, and the words for it.

Messages are written in English in the code and looked up in `locale/LANGUAGE/LC_MESSAGES/tariffs.mo`.
Only the rim of the program reads the environment: the core is told the language.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal, Protocol

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
LOCALE: Final = Path(__file__).parent / "locale"
DOMAIN: Final = "tariffs"


def N_(message: str) -> str:  # noqa: N802  the name that gettext's tools know
    """Marks a message for the catalogue; it is looked up later, when the language is known."""
    return message


class Bilingual(Protocol):
    """A text that a rulebook gives in both languages (`tariffs.rulebook.values.Text`)."""

    def in_(self, language: Language) -> str: ...


class Words:
    """The messages of one language."""

    def __init__(self, language: Language) -> None:
        self.language: Final[Language] = language
        # The code is written in English; a Chinese message that is missing shows as English, and a test finds it.
        catalogue = gettext.translation(DOMAIN, LOCALE, [language], fallback=True)
        self.gettext = catalogue.gettext
        self.ngettext = catalogue.ngettext

    def text(self, text: Bilingual) -> str:
        return text.in_(self.language)

    def join(self, parts: list[str]) -> str:
        """A list inside a sentence."""
        return ("、" if self.language == "zh" else ", ").join(parts)

    def sentences(self, *parts: str) -> str:
        """Whole sentences after one another; empty ones are left out."""
        return ("" if self.language == "zh" else " ").join(part for part in parts if part)

    def aside(self, text: str, note: str) -> str:
        """A remark in brackets after a text; nothing is added for an empty remark."""
        if not note:
            return text
        return f"{text}（{note}）" if self.language == "zh" else f"{text} ({note})"

    def colon(self, title: str, text: str) -> str:
        """A title and what it introduces; the title alone where there is nothing."""
        if not text:
            return title
        return f"{title}：{text}" if self.language == "zh" else f"{title}: {text}"

    def either(self, parts: list[str]) -> str:
        """Alternatives inside a sentence."""
        if len(parts) < 2:
            return "".join(parts)
        return ("或" if self.language == "zh" else " or ").join([self.join(parts[:-1]), parts[-1]])


@cache
def words(language: Language) -> Words:
    return Words(language)


def chosen(option: str | None, environment: Mapping[str, str]) -> Language:
    """The language that was asked for: the option, else TARIFFS_LANG, else the locale; English otherwise."""
    asked = [option or "", environment.get("TARIFFS_LANG", "")]
    # POSIX order of precedence: the first of these that is set decides, even when we do not speak it.
    asked.append(next((v for k in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := environment.get(k))), ""))
    for text in asked:
        for language in LANGUAGES:
            if text.lower().startswith(language):
                return language
    return "en"
