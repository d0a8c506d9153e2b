"""docs/operating.md: its mappings read the files that they are said to be for, its labels are those of results, and
what it says is recognised or refused is.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import tariffs
from tariffs.cli.program import program
from tests.project.documents import ROOT, blocks

PAGE = ROOT / "docs" / "operating.md"
DETAIL_BILL, PIECES = (block.text for block in blocks(PAGE, "yaml"))
CALL = "caller,called,start,duration\n02081234567,075781234567,2011-10-10T10:00:00,61\n"
MASTER = (
    '"","02081234567","075781234567","default","","SIP/1","SIP/2","Dial","SIP/2","2011-10-10 10:00:00",'
    '"2011-10-10 10:00:05","2011-10-10 10:01:06",66,61,"ANSWERED","DOCUMENTATION","1330567200.1",""\n'
)


def rate(folder: Path, calls: str, *options: str) -> tuple[int, str, str]:
    """How rating a file of calls by the shipped rules ends, what it says, and the header of the rated file."""
    (folder / "calls.csv").write_text(calls, encoding="utf-8")
    words = ["rate", str(folder / "calls.csv"), "--rules", "prd", *options, "-o", str(folder / "rated.csv")]
    done = CliRunner().invoke(program, [*words, "--lang", "en"], prog_name="tariffs")
    made = folder / "rated.csv"
    return done.exit_code, done.output, made.read_text("utf-8").splitlines()[0] if made.exists() else ""


@pytest.mark.parametrize(
    "label, options",
    [
        ("plan-2010", ""),
        ("plan-2010@1", "--as-of plan-2010:1"),
        ("plan-2010@2016-01-01", "--as-of 2016-01-01"),
        ("baseline@plan-2010:1", "--as-of plan-2010:1"),
        ("delivery-2012[all]", ""),
        ("delivery-2012[none]", ""),
        ("delivery-2012[mobile-add-on all]", "--holders telecom-add-on={holders}"),
        ("delivery-2012[mobile-add-on none]", "--holders telecom-add-on={holders}"),
        ("delivery-2012+guangfo-same-city", "--holders telecom-add-on=all --holders mobile-add-on=all"),
    ],
)
def test_a_label_of_the_page_stands_in_the_result(tmp_path: Path, label: str, options: str) -> None:
    table = re.findall(r"^\| (`.+`) \| .+ \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert label in [name for cell in table for name in re.findall("`([^`]+)`", cell)]
    holders = tmp_path / "holders.csv"
    holders.write_text("number,option,from,until\n02081234567,telecom-add-on,2011-01-01,2013-01-01\n", "utf-8")
    words = [word.format(holders=holders) for word in options.split()]
    code, said, header = rate(tmp_path, CALL, "--scenario", re.split(r"[@[]", label)[0], *words)
    assert 0 == code, said
    assert f"{label}.charge" in header.split(",")


def test_a_stack_that_clashes_and_one_that_leaves_nothing_to_change_are_refused() -> None:
    book = tariffs.load("prd")
    for stack, code in (("plan-2010+delivery-2012", "clash"), ("guangfo-same-city+one-area", "no-effect")):
        with pytest.raises(tariffs.RulebookError) as caught:
            book.rater(stack)
        assert {code} == {problem.code for problem in caught.value.problems}


def test_a_file_of_a_known_system_is_recognised_by_its_content_alone(tmp_path: Path) -> None:
    code, said, header = rate(tmp_path, MASTER)
    assert (0, True) == (code, "calls.csv: read as asterisk-cdr-csv" in said), said
    assert "accountcode,src,dst" in header
    (tmp_path / "rated.csv").unlink()
    code, said, _ = rate(tmp_path, MASTER * 3 + MASTER.replace("ANSWERED", "MAYBE"))
    assert (4, True) == (code, "say --map asterisk-cdr-csv" in said), said


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
