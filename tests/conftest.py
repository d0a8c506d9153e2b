"""Hypothesis profiles: `ci` draws the same few examples every time, `dev` new ones, `deep` many. Long files first.

`search` is `deep` without making what fails smaller, which takes minutes for a whole rulebook.

The environment variable HYPOTHESIS_PROFILE chooses one; `ci` is the default.
"""

from __future__ import annotations

import os
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

# Compiling the kernel makes a first example slow, and a time limit would make the tests depend on the machine.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

settings.register_profile("ci", _COMMON, max_examples=40, derandomize=True, database=None, print_blob=True)
settings.register_profile("dev", _COMMON, max_examples=100)
settings.register_profile("deep", _COMMON, max_examples=3000)
settings.register_profile("search", settings.get_profile("deep"), phases=set(Phase) - {Phase.shrink, Phase.explain})
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

if settings().derandomize:
    # Constants of whichever modules happen to be loaded are drawn too: the same test would draw something else in
    # another process, and an example may cost a second or ten minutes.
    providers._get_local_constants = Constants

LONG: Final = (
    "checks/test_brute_force.py",
    "compare/test_browser.py",
    "cluster/test_run.py",
    "rating/test_drawn_scenarios.py",
    "compare/test_cellsfile.py",
    "rating/test_batches.py",
    "checks/test_decisions.py",
    "compare/test_whatif.py",
    "compare/test_cells.py",
    "rating/test_against_the_oracle.py",
)
"""Files of tests that take longest, by processor time; two workers that begin with them end together."""


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # the order of the files is the one below, not by how many tests they have


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((n for n, name in enumerate(LONG) if item.path.as_posix().endswith(f"tests/{name}")), len(LONG))

    items.sort(key=place)
