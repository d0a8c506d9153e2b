"""Rating on a Spark cluster: files by `rate_files`, a frame of an existing job by `rate_dataframe`.

    from tariffs.cluster import rate_dataframe
    rated = rate_dataframe(calls, tariffs.load("prd").rater(["baseline", "plan-2010"]))

Names are resolved on first use: importing this loads no Spark.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tariffs.cluster.frames import rate_dataframe
    from tariffs.cluster.run import rate_files

__all__ = ["rate_dataframe", "rate_files"]

_HOME: Final = {"rate_dataframe": "tariffs.cluster.frames", "rate_files": "tariffs.cluster.run"}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
