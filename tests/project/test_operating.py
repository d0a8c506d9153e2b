"""docs/operating.md: its mappings read the files that they are said to be for."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from click.testing import CliRunner

from tariffs.cli.program import program
from tests.project.documents import ROOT, blocks

DETAIL_BILL, PIECES = (block.text for block in blocks(ROOT / "docs" / "operating.md", "yaml"))


def rated(folder: Path, mapping: str, calls: str, encoding: str, *options: str) -> list[dict[str, str]]:
    """The rated rows of a file of calls that a mapping of the page reads."""
    (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    (folder / "calls.csv").write_text(calls, encoding=encoding)
    words = ["rate", str(folder / "calls.csv"), "--map", str(folder / "map.yaml"), "--rules", "prd", "--quiet"]
    done = CliRunner().invoke(program, [*words, *options, "-o", str(folder / "rated.csv")], prog_name="tariffs")
    assert 0 == done.exit_code, done.output
    with (folder / "rated.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_detail_bill_without_own_number_year_and_area_code_is_rated(tmp_path: Path) -> None:
    calls = (
        "起始时间,通信方式,对方号码,通信时长\n"
        "10-10 10:00:00,主叫,87654321,1分30秒\n"
        "10-10 11:00:00,主叫,075781234567,1分1秒\n"
        "10-10 12:00:00,被叫,075781234567,3分\n"
    )
    rows = rated(tmp_path, DETAIL_BILL, calls, "gbk")
    assert ["0.40", "0.77", "0.00"] == [row["baseline.charge"] for row in rows]
    assert ["mobile-to-fixed", "mobile-to-fixed", "mobile-received"] == [row["rated_service"] for row in rows]


def test_pieces_of_a_long_call_are_one_call_and_a_missing_piece_suspends_it(tmp_path: Path) -> None:
    calls = (
        "CALLING,CALLED,ANSWER,CONV,CALL_REF,SEQ,CAUSE_FOR_OUTPUT\n"
        "02081234567,02087654321,2011-10-10T10:00:00,18000,7,1,partial\n"
        "02081234567,02087654321,2011-10-10T10:03:00,100,7,2,final\n"
        "02081234567,02087654321,2011-10-10T11:00:00,100,8,0,final\n"
        "02081234567,02087654321,2011-10-10T12:00:00,18000,9,1,partial\n"
    )
    rows = rated(tmp_path, PIECES, calls, "utf-8", "--max-suspended", "1")
    assert ["0.33", "0.22"] == [row["baseline.charge"] for row in rows]
    suspended = (tmp_path / "rated.suspense.jsonl").read_text("utf-8").splitlines()
    assert ["partial-record"] == [code for line in suspended if (code := json.loads(line).get("code"))]
