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
from tariffs.language import LANGUAGES, words

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

```console
$ tariffs check prd --base baseline --scenario plan-2010
$ tariffs check my-rules/ --only gap,conflict --format sarif -o findings.sarif
$ tariffs check my-rules/ --today 2026-11-22 --stale 180 --map asterisk-cdr-csv --lang zh
$ tariffs check --explain redial
```

Each scenario is checked, and compared with the base where two are compared. Each finding shows the lines of the rules
that it is about and a call that is rated by the engine itself. `--today` asks how long ago sources were checked,
`--map` whether call records are as fine as what is billed; without them that is not looked at. JSON is a list of
findings: code, severity, message in both languages, positions, scenarios, subject, witness, accepted, and what findings
of that code have besides. SARIF is version 2.1.0; what is accepted is suppressed in it.

Ranges of durations are inclusive and count in the finest tick that is billed. Two limits are not hidden: where one
price counts from the seizure and another the conversation, calls are compared of which both last as long; and where
rounding and rate periods give more ways to hang up and call again than `redial` tries, a note says so, and the gain
that is told is a lower bound.

| exit code | meaning |
|---|---|
| 0 | nothing found, or nothing that nobody accepted, or notes only |
| 2 | wrong usage, or a rulebook that cannot be read or compiled |
| 3 | findings that nobody accepted |
| 4 | the output cannot be written |

`tariffs rate` and `book.rater` refuse rules with a `gap` or a `conflict` that nobody accepted, for the scenarios asked
for, unless `--allow gap` or `--allow conflict` says otherwise.

A finding is an *error* (calls cannot be rated), a *warning* (somebody should know) or a *note*. A rule file accepts a
finding under `accept`, with the reason:

```yaml
accept:
  - {code: dearer, of: [domestic-long-distance, inter-zone], scenario: plan-2010, reason: a unit of a minute}
```

An accepted finding is still shown, with the reason; an acceptance that matches nothing is itself reported. `of` names
what the finding is about (rules, tariffs, relations …): all of them must be part of it. `reason` may be given in both
languages, `{zh: …, en: …}`, and `source` as everywhere.
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
    for language in LANGUAGES[::-1]:
        with chdir(ROOT):
            lines += ["```text", *paragraph(found, words(language)), "```", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("TARIFFS_LANG", "en")
    PAGE.write_text(page(), encoding="utf-8")
