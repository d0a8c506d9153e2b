"""Nothing that looks like a telephone number goes into a message."""

from __future__ import annotations

import re
from typing import Final

_RUN: Final = re.compile(r"\+?\d(?:[ ().-]?\d){4,}")


def without_numbers(text: str) -> str:
    """The text without what has five or more digits, separated or not."""
    return _RUN.sub("(a number)", text)
