"""Hypothesis profiles: `ci` draws the same few examples every time, `dev` new ones, `deep` many.

`search` is `deep` without making what fails smaller, which takes minutes for a whole rulebook.

The environment variable HYPOTHESIS_PROFILE chooses one; `ci` is the default.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

# Compiling the kernel makes a first example slow, and a time limit would make the tests depend on the machine.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

settings.register_profile("ci", _COMMON, max_examples=40, derandomize=True, database=None, print_blob=True)
settings.register_profile("dev", _COMMON, max_examples=100)
settings.register_profile("deep", _COMMON, max_examples=3000)
settings.register_profile("search", settings.get_profile("deep"), phases=set(Phase) - {Phase.shrink, Phase.explain})
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
