"""docs/rated-schema.md says what the code writes."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tariffs.cdr.rated import AT_END, MERGED_COLUMNS, PER_VIEW, SCHEMA
from tariffs.rating.outcome import NOT_CHARGEABLE
from tests.cdr.desk import call, calls, rate
from tests.project.documents import ROOT

PAGE = (ROOT / "docs" / "rated-schema.md").read_text("utf-8")
TABLE = dict(re.findall(r"^\| `([A-Za-z_.]+)` \| (string|int64|decimal128[^|]*) \|", PAGE, re.MULTILINE))


def test_the_page_is_about_this_version() -> None:
    assert f"Version {SCHEMA} of the rated file" in PAGE


def test_every_column_and_its_type_stand_on_the_page() -> None:
    expected = {f"LABEL.{name}": str(kind) for name, kind in PER_VIEW.items()}
    expected |= {name: str(kind) for name, kind in {**MERGED_COLUMNS, **AT_END}.items()}
    assert expected == TABLE


@pytest.mark.parametrize("reason", NOT_CHARGEABLE)
def test_every_reason_why_a_record_is_not_chargeable_stands_on_the_page(reason: str) -> None:
    assert f"`{reason}`" in PAGE


def test_the_metadata_of_parquet_stands_on_the_page(tmp_path: Path) -> None:
    rate(tmp_path, calls(call(1)), output="rated.parquet")
    metadata = pq.read_schema(tmp_path / "rated.parquet").metadata
    assert set(re.findall(r"`(tariffs\.[a-z-]+)`", PAGE)) == {key.decode() for key in metadata}
