"""The bad rulebooks of tests/rulebooks/checked, as they are and with other words in them."""

from __future__ import annotations

from pathlib import Path

from tests.checks.page import ROOT, bad_rulebook


def rulebook(code: str) -> str:
    """The path of the bad rulebook of a code."""
    return str(ROOT / bad_rulebook(code))


def changed(folder: Path, code: str, *pairs: tuple[str, str]) -> str:
    """The bad rulebook of a code with other words in it, written into a folder."""
    text = (ROOT / bad_rulebook(code)).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (folder / "shared").mkdir(exist_ok=True)
    shared = (ROOT / bad_rulebook("shared/world")).read_text(encoding="utf-8")
    (folder / "shared" / "world.yaml").write_text(shared, encoding="utf-8")
    file = folder / f"{code}.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def accepting(folder: Path, entry: str, code: str = "redial") -> str:
    """The bad rulebook of a code, which accepts something."""
    return changed(folder, code, ("\nrules:", f"\naccept:\n  - {entry}\n\nrules:"))
