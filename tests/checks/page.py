"""Writes docs/checks.md: every code, what it means, a bad rulebook and the message about it.

    python -m tests.checks.page
"""

from __future__ import annotations

import os
from contextlib import chdir
from pathlib import Path

import tariffs
from tariffs.checks import Finding, check
from tariffs.checks.properties import MEANINGS
from tariffs.cli.checked import paragraph
from tariffs.language import words

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "checks.md"
FOLDER = Path("tests", "rulebooks", "checked")

_HEAD = """\
# What `tariffs check` looks for

Written by `python -m tests.checks.page` from the rulebooks in `tests/rulebooks/checked`; a test fails when it is out of
date. The rulebooks include `shared/world.yaml`: three cities of one province.

Finding nothing means: *no counter-example to these properties for this rulebook and its declared domain.* It never
means lawful or fair. The domain is every call that the numbering plan, the places and the other names of the rulebook
allow, on every day from 1990 to 2099, up to the longest call; what must have a price is what `covers` promises.

A finding is an *error* (calls cannot be rated), a *warning* (somebody should know) or a *note*. Errors and warnings
that nobody accepted end the command with exit code 3. A rule file accepts a finding under `accept`:

```yaml
accept:
  - {code: dearer, of: [domestic-long-distance, inter-zone], scenario: plan-2010, reason: a unit of a minute}
```

An accepted finding is still shown, with the reason; an acceptance that matches nothing is itself reported. `of` names
what the finding is about (rules, tariffs, relations …): all of them must be part of it.
"""


def bad_rulebook(code: str) -> Path:
    return FOLDER / f"{code}.yaml"


def findings_of(code: str) -> tuple[Finding, ...]:
    """What the bad rulebook of a code gives, looked at from the top of the project."""
    with chdir(ROOT):
        return check(tariffs.load(bad_rulebook(code)))


def page() -> str:
    """The whole page as it must stand in docs/."""
    return "\n".join([_HEAD, *(_section(code) for code in MEANINGS)])


def _section(code: str) -> str:
    meaning = MEANINGS[code]
    lines = [f"## {code}", "", meaning.en, "", meaning.zh, ""]
    text = (ROOT / bad_rulebook(code)).read_text(encoding="utf-8")
    lines += ["```yaml", *text.rstrip().splitlines(), "```", ""]
    found = next(finding for finding in findings_of(code) if finding.code == code)
    with chdir(ROOT):
        said = list(paragraph(found, words("en")))
    return "\n".join([*lines, "```text", *said, "```", ""])


if __name__ == "__main__":
    os.environ.setdefault("TARIFFS_LANG", "en")
    PAGE.write_text(page(), encoding="utf-8")
