"""Every example of docs/writing-rules.md loads, every charge in its tables is the one computed, and every mistake
that it shows gives the very message that it shows.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import tariffs
from tariffs.rulebook.decisions import When
from tariffs.rulebook.yamltext import AT
from tests.project.documents import ROOT, Block, blocks
from tests.smallworld import LEAVE

PAGE = ROOT / "docs" / "writing-rules.md"
BLOCKS = blocks(PAGE)
EXAMPLES = {block.words[0]: block for block in BLOCKS if block.language == "yaml"}
BROKEN = [(block, BLOCKS[i + 1]) for i, block in enumerate(BLOCKS) if "broken" in block.words]
ROWS = [(name, row) for name, block in EXAMPLES.items() for row in block.rows]


def parts(block: Block) -> list[Block]:
    """The blocks that an example consists of: the frame, those it stands on (`with a b`), and itself; one on
    `shipped` rules stands alone."""
    name, *words = block.words
    if "shipped" in words:
        return [block]
    below = words[words.index("with") + 1 :] if "with" in words else []
    return [EXAMPLES[n] for n in dict.fromkeys(["frame", *below, name])]


def write(block: Block, folder: Path) -> Path:
    """The example as a rulebook: a folder with one file a block."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in parts(block):
        (folder / f"{part.words[0]}.yaml").write_text(part.text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Loads an example by its name, once."""
    home = tmp_path_factory.mktemp("writing-rules")
    return cache(lambda name: tariffs.load(write(EXAMPLES[name], home / name)))


def priced(book: tariffs.Rulebook, row: dict[str, str]) -> str:
    """What the engine says of one row of a table: the charge as text, or why there is none."""
    assume = dict(pair.split("=") for pair in row.get("assume", "").split())
    as_of = [row["as of"]] if row.get("as of") else []
    rate = book.rater([row["scenario"]], assume=assume, as_of=as_of, allow=() if book.covers else LEAVE)
    call = tariffs.Call(
        id="1",
        caller=row["caller"],
        called=row["called"],
        start=datetime.fromisoformat(row["at"]).replace(tzinfo=ZoneInfo("Asia/Shanghai")),
        seconds=int(row["seconds"]),
        options=frozenset(row.get("holds", "").split()),
    )
    match rate(call):
        case tariffs.Rated(charges=charges):
            (charge,) = charges.values()
            return str(charge.amount)
        case tariffs.NotChargeable(reason=reason):
            return reason
        case tariffs.Suspended(code=code):
            return code


@pytest.mark.parametrize("name, row", ROWS, ids=[f"{name}: {' '.join(row.values())}" for name, row in ROWS])
def test_the_page_states_the_charge_of_each_call(books: object, name: str, row: dict[str, str]) -> None:
    assert row["charge"] == priced(books(name), row)  # type: ignore[operator]


@pytest.mark.parametrize("name", [name for name, block in EXAMPLES.items() if name != "frame"])
def test_each_example_states_a_charge_or_is_shown_to_be_wrong(name: str) -> None:
    assert EXAMPLES[name].rows or "broken" in EXAMPLES[name].words


def test_every_condition_is_told_with_what_its_absence_means() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| .+ \| (any|`[a-z]+`) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    fields = {field.alias or name: field.default for name, field in When.model_fields.items()}
    del fields[AT]
    assert {name: "".join(absent) or "any" for name, absent in fields.items()} == {
        name: absent.strip("`") for name, absent in rows
    }


@pytest.mark.parametrize("wrong, shown", BROKEN, ids=[block.words[0] for block, _ in BROKEN])
def test_a_mistake_gives_the_message_that_the_page_shows(
    wrong: Block, shown: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write(wrong, Path("rules"))
    with pytest.raises(tariffs.RulebookError) as caught:
        tariffs.load(folder).rater(["baseline"])
    assert shown.text.rstrip() == str(caught.value)
