"""Nothing that looks like a telephone number goes into a message."""

from __future__ import annotations

import re
from typing import Final

_LONG: Final = re.compile(r"\d{7,}")
_DAY: Final = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_MOMENT: Final = re.compile(rf"{_DAY}(?:[01]\d|2[0-3])?(?:[0-5]\d){{0,2}}", re.ASCII)
SECRET: Final = re.compile(r"(?<=://)[^/@\s]*@")
"""Keys that a URI may hold before its host."""
_RUN: Final = re.compile(r"\+?\d(?:[ ().-]?\d){4,}")


def without_numbers(text: str) -> str:
    """The text without what has five or more digits, separated or not."""
    return _RUN.sub("(a number)", text)


def shown_name(name: str) -> str:
    """The name of a file without what may be a telephone number (seven or more digits that are no day or time), and
    without the keys that a URI may hold."""
    name = SECRET.sub("", name)
    return _LONG.sub(lambda run: run[0] if _MOMENT.fullmatch(run[0]) else "#" * len(run[0]), name)
