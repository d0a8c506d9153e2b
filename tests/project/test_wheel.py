"""What is installed: the wheel holds the rules, and rates with nothing of the source tree in reach."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.project.documents import ROOT

EXAMPLE = ROOT / "examples" / "guangdong-2011-10.csv"


def run(words: list[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of the wheel, in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder / "built")]
    built = run(build, ROOT)
    assert 0 == built.returncode, built.stderr
    (wheel,) = (folder / "built").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_every_rule_file_and_every_source_they_include_is_in_the_wheel(installed: Path) -> None:
    rules = {str(p.relative_to(ROOT)) for p in (ROOT / "rules").rglob("*") if p.is_file()}
    seeds = {str(p.relative_to(ROOT)) for p in (ROOT / "seeds").glob("*.yaml")}
    shipped = installed / "tariffs" / "shipped"
    assert sorted(rules | seeds) == sorted(str(p.relative_to(shipped)) for p in shipped.rglob("*") if p.is_file())


def test_all_files_of_the_package_are_in_the_wheel(installed: Path) -> None:
    kept = {".py", ".typed", ".json", ".yaml", ".mo"}
    of_tree = {str(p.relative_to(ROOT)) for p in (ROOT / "tariffs").rglob("*") if p.suffix in kept}
    in_wheel = {str(p.relative_to(installed)) for p in (installed / "tariffs").rglob("*") if p.is_file()}
    assert set() == of_tree - in_wheel


def test_the_wheel_alone_loads_a_rulebook_by_name(installed: Path, tmp_path: Path) -> None:
    code = "import tariffs; print(tariffs.__file__); print(tariffs.load('prd').rulebook_id)"
    done = run([sys.executable, "-c", code], tmp_path, PYTHONPATH=str(installed))
    assert ("", [str(installed / "tariffs" / "__init__.py"), "prd"]) == (done.stderr, done.stdout.splitlines())


def test_the_wheel_alone_rates_the_example(installed: Path, tmp_path: Path) -> None:
    words = ["rate", str(EXAMPLE), "--rules", "prd", "--scenario", "baseline", "-o", "rated.csv"]
    done = run([sys.executable, "-m", "tariffs", *words], tmp_path, PYTHONPATH=str(installed))
    assert 0 == done.returncode, done.stderr
    assert len(EXAMPLE.read_text("utf-8").splitlines()) == len((tmp_path / "rated.csv").read_text("utf-8").splitlines())
