"""Rates calls under tariffs before and after harmonisation.

    book = tariffs.load("prd")
    rate = book.rater(["baseline", "plan-2010"], assume={"inter-zone-price": "0.30"})
    rate(tariffs.Call(...))     # Rated, NotChargeable or Suspended: bad data is a value, only misuse raises

Names are resolved on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tariffs.library import Rulebook, load
    from tariffs.rating.call import Call, Charge, NotChargeable, Rated, Suspended
    from tariffs.rulebook.problems import Problem, RulebookError

__version__: Final = "0.1.0"

__all__ = [
    "Call", "Charge", "NotChargeable", "Problem", "Rated", "Rulebook", "RulebookError", "Suspended", "__version__",
    "load",
]  # fmt: skip

_HOME: Final = {
    "Call": "tariffs.rating.call",
    "Charge": "tariffs.rating.call",
    "NotChargeable": "tariffs.rating.call",
    "Problem": "tariffs.rulebook.problems",
    "Rated": "tariffs.rating.call",
    "Rulebook": "tariffs.library",
    "RulebookError": "tariffs.rulebook.problems",
    "Suspended": "tariffs.rating.call",
    "load": "tariffs.library",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
