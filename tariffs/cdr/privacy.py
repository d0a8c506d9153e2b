"""Nothing that looks like a telephone number goes into a message."""

from __future__ import annotations

import re
from typing import Final

_RUN: Final = re.compile(r"\d{5,}")


def without_numbers(text: str) -> str:
    """The text with every run of five or more digits replaced by its length."""
    return _RUN.sub(lambda run: f"({len(run[0])} digits)", text)
