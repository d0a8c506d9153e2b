"""Which language a run speaks, and streams that can say it."""

from __future__ import annotations

import gettext
import io
import os
import sys
from collections.abc import Sequence

from tariffs.language import DOMAIN, LOCALE, chosen


def speak() -> None:
    """Makes click's own words, and every help text, come from our catalogue in the language that was asked for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show Chinese gets escapes, not a crash.
            stream.reconfigure(errors="backslashreplace")
    os.environ["LANGUAGE"] = chosen(_asked(sys.argv[1:]), os.environ)
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)


def _asked(arguments: Sequence[str]) -> str | None:
    """`--lang`, read ahead of click."""
    for argument, following in zip(arguments, [*arguments, ""][1:], strict=True):
        if argument == "--lang":
            return following
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return None
