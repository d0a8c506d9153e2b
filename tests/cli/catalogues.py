"""Keeps the message catalogues in step with the code.

    python -m tests.cli.catalogues

takes every message of the code into tariffs/locale/zh/LC_MESSAGES/tariffs.po, drops those that are gone, and compiles
it. New messages arrive without translation: fill in their `msgstr`, then run it again.
"""

from __future__ import annotations

import datetime as dt
import inspect
import io
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tariffs.language import DOMAIN, LOCALE
from tariffs.rulebook.problems import CODES

PACKAGE = LOCALE.parent
CHINESE = LOCALE / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"

_FUNCTIONS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}

_CLICK = (
    "Commands", "Options", "Positional arguments", "Usage:", "Show this message and exit.",
    "Show the version and exit.",
    "Error: {message}", "Try '{command} {option}' for help.", "required", "default: {default}", "Missing parameter",
    "Missing argument", "Missing option", "Missing command.", "No such command {name!r}.", "No such option {name!r}.",
    "No such option: {name}", "Did you mean {possibility}?", "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}", "Got unexpected extra argument ({args})",
    "Got unexpected extra arguments ({args})", "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.", "Option {name!r} requires an argument.",
)  # fmt: skip
"""Words of click that a user of these commands meets: they are looked up in our catalogue too."""


def messages() -> Iterator[str | tuple[str, ...]]:
    """Every message that needs words in each language, in a stable order; a tuple is singular and plural."""
    found: dict[str | tuple[str, ...], None] = {}
    for _file, _line, message, _comments, _context in extract_from_dir(
        str(PACKAGE), [("**.py", "python"), ("**.jinja", "jinja2")], keywords=_FUNCTIONS
    ):
        found[message] = None
    return iter([*sorted(found, key=str), *_CLICK, *CODES.values()])


def said(message: Message) -> str:
    """What stands for a message in a catalogue: empty where nothing does. Chinese has one form for every number."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string or "",)
    return forms[0] if all(forms) else ""


def current() -> Catalog:
    """The Chinese catalogue as committed."""
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh_CN", domain=DOMAIN)


def updated() -> Catalog:
    """The Chinese catalogue with exactly the messages of the code; new ones empty."""
    fresh = Catalog(
        locale="zh_CN", domain=DOMAIN, project="Tariffs", copyright_holder="the Tariffs authors", fuzzy=False,
        header_comment="# Chinese words of Tariffs. New messages: python -m tests.cli.catalogues",
    )  # fmt: skip
    known = current() if CHINESE.exists() else Catalog(locale="zh_CN")
    for message in messages():
        old = known.get(message if isinstance(message, str) else message[0])
        fresh.add(message, old.string if old else None)
    return fresh


def text(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file, without dates and line numbers, which change when nothing does."""
    stream = io.BytesIO()
    write_po(stream, catalogue, omit_header=False, no_location=True, width=120)
    lines = stream.getvalue().decode("utf-8").splitlines(keepends=True)
    moving = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator", "Report-Msgid-Bugs-To")
    return "".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in moving))).encode("utf-8")


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as a .mo file, with a date that never moves."""
    stream = io.BytesIO()
    written = read_po(io.BytesIO(text(catalogue)), locale="zh_CN", domain=DOMAIN)
    written.creation_date = written.revision_date = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    write_mo(stream, written)
    return stream.getvalue()


def main() -> None:
    catalogue = updated()
    CHINESE.parent.mkdir(parents=True, exist_ok=True)
    CHINESE.write_bytes(text(catalogue))
    CHINESE.with_suffix(".mo").write_bytes(compiled(catalogue))
    missing = [message.id for message in catalogue if message.id and not said(message)]
    if missing:
        raise SystemExit(inspect.cleandoc(f"{len(missing)} messages have no Chinese words yet in {CHINESE.name}"))


if __name__ == "__main__":
    main()
