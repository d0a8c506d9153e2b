"""Under the profile of CI a test draws the same in every process, whatever modules are loaded."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.project.documents import ROOT

DRAW = """
import sys
import tests.conftest
from hypothesis import given, settings, strategies as st
drawn = []
if "more" in sys.argv:
    import tariffs, tests.strategies
@settings(max_examples=300)
@given(st.integers(), st.text())
def draw(number: int, text: str) -> None:
    drawn.append((number, text))
draw()
print(ascii(drawn))
"""


def drawn(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", DRAW, *words], cwd=ROOT, env={**os.environ, "HYPOTHESIS_PROFILE": "ci"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_what_is_drawn_is_the_same_whatever_modules_are_loaded() -> None:
    assert len(drawn()) > 1000
    assert drawn() == drawn("more")
