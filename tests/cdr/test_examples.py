"""The files of examples/: made again byte for byte, and rated as their README says."""

from __future__ import annotations

from pathlib import Path

import pytest

import tariffs
from examples.make import main
from tariffs.cdr.known import load_mapping
from tariffs.cdr.request import RateRequest, RunSummary
from tariffs.cdr.run import run
from tests.project.documents import ROOT

EXAMPLES = ROOT / "examples"
MADE = ("guangdong-2011-10.csv", "guangdong-2011-10-bad.csv", "operator-export.csv")


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    main(folder)
    return folder


def rated(name: str, tmp_path: Path, mapping: str | None = None) -> RunSummary:
    rater = tariffs.load("prd").rater(["baseline", "plan-2010"])
    found = load_mapping(str(EXAMPLES / mapping)) if mapping else None
    return run(RateRequest(inputs=(str(EXAMPLES / name),), output=str(tmp_path / "rated.csv"), mapping=found), rater)


@pytest.mark.parametrize("name", MADE)
def test_making_an_example_again_gives_the_same_bytes(again: Path, name: str) -> None:
    message = f"examples/{name} is not what `python examples/make.py` makes now: run it, and look at the difference"
    assert (again / name).read_bytes() == (EXAMPLES / name).read_bytes(), message


def test_the_clean_month_is_rated_to_the_last_call(tmp_path: Path) -> None:
    summary = rated("guangdong-2011-10.csv", tmp_path)
    assert (3000, 0) == (summary.total.read, summary.suspended)
    assert summary.suspense is None


def test_exactly_the_malformed_calls_are_suspended(tmp_path: Path) -> None:
    summary = rated("guangdong-2011-10-bad.csv", tmp_path)
    assert (300, 60) == (summary.total.read, summary.suspended)


def test_the_operators_export_is_read_through_its_mapping(tmp_path: Path) -> None:
    summary = rated("operator-export.csv", tmp_path, "operator-export.yaml")
    assert (60, 0) == (summary.total.read, summary.suspended)
    assert 60 == summary.total.rated + summary.total.not_chargeable.total()


def test_the_readme_of_the_examples_names_every_file() -> None:
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    ours = {path.name for path in EXAMPLES.iterdir() if path.is_file()} - {"README.md", ".gitattributes"}
    assert set() == {name for name in ours if f"`{name}`" not in page and f"examples/{name}`" not in page}
