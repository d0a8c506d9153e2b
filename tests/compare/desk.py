"""A desk on which calls written as text become cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import tariffs
from tariffs.cdr.inputs import open_inputs
from tariffs.cdr.request import RateRequest
from tariffs.compare.accounts import AccountList, read_accounts
from tariffs.compare.gather import Gathered, gather
from tariffs.rating.rater import Rater

HEADER = "caller,called,start,duration"


@cache
def prd() -> tariffs.Rulebook:
    return tariffs.load("prd")


@cache
def prd_rater() -> Rater:
    return prd().rater(["baseline", "plan-2010"])


def written(folder: Path, name: str, lines: Sequence[str]) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def gathered(folder: Path, calls: Sequence[str], *, header: str = HEADER, **options: Any) -> Gathered:
    """The cells of calls, a line each."""
    path = written(folder, "calls.csv", [header, *calls])
    request = RateRequest(inputs=(str(path),), output="-")
    with open_inputs(request) as inputs:
        return gather(inputs, prd_rater(), request=request, **options)


def accounts(folder: Path, *lines: str, header: str = "account,number") -> AccountList:
    return read_accounts(str(written(folder, "accounts.csv", [header, *lines])), prd_rater())
