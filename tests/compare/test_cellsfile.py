"""Files of cells: whole, verified, without numbers; and what may leave holds nothing that few share."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs.cdr.failures import InputError
from tariffs.compare import sums
from tariffs.compare.cells import HIDDEN, Cells
from tariffs.compare.cellsfile import check_rules, is_cells_file, paths_of, read_cells, write_cells
from tariffs.compare.gather import cells_of
from tariffs.compare.shareable import LEVELS, MINUTE, shareable
from tariffs.compare.slip import SHAREABLE
from tariffs.compare.suppress import shown, total_shown
from tariffs.compare.whatif import WhatIf
from tests.cli.commands import complaint, run
from tests.compare.desk import HEADER, accounts, gathered, prd, prd_rater, written
from tests.compare.test_whatif import prd_calls
from tests.engine import batch_of

GZ, GZ_TOO, FS, SZ, DG = "02081234567", "02087654321", "075781234567", "075587654321", "076981234567"
SCENARIOS = ["baseline", "plan-2010"]


def some(folder: Path, **options: Any) -> Cells:
    calls = [f"{GZ},{FS},2012-03-01T12:00:{n % 60:02},{n}" for n in range(1, 100)]
    calls += [f"{GZ_TOO},{GZ},2012-04-01T12:00:00,{n * 60}" for n in range(1, 20)]
    return gathered(folder, calls, **options).cells


# --- Internal files ---------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    held = accounts(tmp_path, f"a,{GZ},urban", f"b,{GZ_TOO},", header="account,number,kind")
    cells = some(tmp_path, accounts=held)
    write_cells(cells, tmp_path / "c.parquet")
    again, slip = read_cells(tmp_path / "c.parquet")
    one, two = (WhatIf(each, prd(), SCENARIOS).price() for each in (cells, again))
    np.testing.assert_array_equal(one.amounts, two.amounts)
    for name in ("calls", "weight", "microseconds", "minutes", "start", "duration"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert one.accounts is not None and two.accounts is not None
    assert sums.bills(one, one.accounts, 1).tolist() == sums.bills(two, two.accounts, 1).tolist()
    assert [one.accounts.name(n) for n in (0, 1)] == [two.accounts.name(n) for n in (0, 1)]
    assert ["urban", None] == [two.accounts.kind.name(code) for code in two.accounts.kind.codes.tolist()]
    assert one.hours is not None and two.hours is not None and one.hours.calls.tolist() == two.hours.calls.tolist()
    assert {n: d.names for n, d in one.dims.items()} == {n: d.names for n, d in two.dims.items()}
    assert (one.counts.as_json(), one.days, one.files) == (two.counts.as_json(), two.days, two.files)
    assert slip.basis == cells.basis


def test_no_file_of_cells_holds_a_number_or_the_name_of_an_account(tmp_path: Path) -> None:
    held = accounts(tmp_path, f"customer-one,{GZ}", f"customer-two,{GZ_TOO}")
    write_cells(some(tmp_path, accounts=held), tmp_path / "c.parquet")
    for path in (path for path in paths_of(tmp_path / "c.parquet").values() if path.exists()):
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data += repr(pq.read_table(path).to_pydict()).encode()
        assert not [text for text in (GZ, GZ[1:], GZ_TOO, FS, "customer") if text.encode() in data]


def changed_table(path: Path, column: str) -> None:
    table = pq.read_table(path)
    at = table.column_names.index(column)
    values = table.column(at).to_pylist()
    values[0] += 1
    pq.write_table(table.set_column(at, column, pa.array(values, table.column(at).type)), path)


@pytest.mark.parametrize("table, column", [("cells", "calls"), ("hours", "calls"), ("pairs", "calls")])
def test_a_table_that_was_changed_is_refused(tmp_path: Path, table: str, column: str) -> None:
    write_cells(some(tmp_path), tmp_path / "c.parquet")
    changed_table(paths_of(tmp_path / "c.parquet")[table], column)
    with pytest.raises(InputError, match="not what its slip says"):
        read_cells(tmp_path / "c.parquet")


def test_a_missing_table_and_a_foreign_slip_are_refused(tmp_path: Path) -> None:
    cells = some(tmp_path)
    write_cells(cells, tmp_path / "c.parquet")
    where = paths_of(tmp_path / "c.parquet")
    slip = json.loads(where["slip"].read_text("utf-8"))
    where["slip"].write_text(json.dumps({**slip, "synthetic": True}), "utf-8")
    with pytest.raises(InputError, match="belongs to another file"):
        read_cells(tmp_path / "c.parquet")
    where["slip"].unlink()
    read_cells(tmp_path / "c.parquet")
    where["pairs"].unlink()
    with pytest.raises(InputError, match="is missing"):
        read_cells(tmp_path / "c.parquet")


def test_other_parquet_is_no_file_of_cells(tmp_path: Path) -> None:
    pq.write_table(pa.table({"caller": [GZ]}), tmp_path / "calls.parquet")
    assert not is_cells_file(tmp_path / "calls.parquet")
    write_cells(some(tmp_path), tmp_path / "c.parquet")
    assert is_cells_file(tmp_path / "c.parquet")


def test_cells_of_other_rules_are_refused_with_both_rulebooks_named(tmp_path: Path) -> None:
    write_cells(some(tmp_path), tmp_path / "c.parquet")
    _, slip = read_cells(tmp_path / "c.parquet")
    check_rules(slip, prd_rater(), "c.parquet")
    other = prd().rater(["baseline"], assume={"business-zones": "illustrative"})
    with pytest.raises(InputError, match=r"c\.parquet: made by other rules \(prd .*zones"):
        check_rules(slip, other, "c.parquet")


# --- Shareable files --------------------------------------------------------------------------------------------------


@settings(max_examples=8)
@given(st.lists(prd_calls(), min_size=5, max_size=60), st.integers(3, 6), st.integers(1, 4))
def test_no_shareable_cell_is_small_and_no_total_gives_one_away(drawn: list[Any], k: int, times: int) -> None:
    cells = cells_of(prd_rater(), batch_of(prd_rater(), drawn * times))
    priced = WhatIf(cells, prd(), SCENARIOS).price()
    try:
        made = shareable(cells, prd(), SCENARIOS, ["plan-2010:1", "plan-2010:2"], k)
    except InputError:
        return
    assert (made.cells.calls >= k).all()
    suppressed = priced.counts.rated - int(made.cells.calls.sum())
    assert suppressed == 0 or suppressed >= k
    assert suppressed == made.lost["levels"]["suppressed"]["records"]
    assert made.cells.accounts is None and made.cells.hours is None


@settings(max_examples=8)
@given(st.lists(prd_calls(), min_size=20, max_size=60))
def test_shareable_cells_cost_what_their_calls_cost_up_to_the_lengths_that_are_told(drawn: list[Any]) -> None:
    cells = cells_of(prd_rater(), batch_of(prd_rater(), drawn * 2))
    try:
        made = shareable(cells, prd(), SCENARIOS, ["plan-2010:1", "plan-2010:2"], 3)
    except InputError:
        return
    priced = WhatIf(made.cells, prd(), SCENARIOS).price()
    assert len(priced) == len(made.cells)
    assert made.cells.detail is not None
    for number, name in LEVELS.items():
        mine = made.cells.detail == number
        said = made.lost["levels"][name]["yuan" if number < MINUTE else "yuan-as-priced"]
        for view, item in enumerate(priced.views):
            amount = int((priced.amounts[mine, view] * priced.calls[mine]).sum())
            assert Decimal(said[item.label]) == Decimal(amount) / 1_000_000


def test_hidden_places_are_not_told(tmp_path: Path) -> None:
    calls = [f"{a},{b},2012-03-01T12:00:00,60" for a, b in ((GZ, FS), (FS, GZ)) for _ in range(3)]
    calls += [f"{a},{b},2012-03-01T12:00:00,60" for a, b in ((SZ, DG), (DG, SZ)) for _ in range(2)]
    made = shareable(gathered(tmp_path, calls).cells, prd(), SCENARIOS, [], 3)
    priced = WhatIf(made.cells, prd(), SCENARIOS).price()
    said = [priced.dims["origin-city"].name(code) for code in priced.dims["origin-city"].codes.tolist()]
    assert made.cells.detail is not None
    assert ["guangzhou", "foshan", None] == said
    assert HIDDEN == made.cells.detail[-1]
    assert ["same-province"] == list(sums.by_name(priced.dims["relation"], priced.calls))


def test_dates_are_phases(tmp_path: Path) -> None:
    calls = [f"{GZ},{FS},2012-{month:02}-05T12:00:00,60" for month in (2, 3, 4)]
    calls += [f"{GZ},{FS},2011-{month:02}-05T12:00:00,60" for month in (10, 11, 12)]
    made = shareable(gathered(tmp_path, calls).cells, prd(), SCENARIOS, [], 3).cells
    assert [3, 3] == made.calls.tolist()
    assert ("2011-10-01", "2012-04-30") == tuple(str(day) for day in made.days or ())


def test_unlisted_few_are_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing that can be handed on"):
        shareable(gathered(tmp_path, [f"{GZ},{FS},2012-02-05T12:00:00,60"]).cells, prd(), SCENARIOS, [], 3)


@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=4), st.integers(3, 6))
def test_no_hidden_number_follows_from_the_totals_of_rows_and_columns(table: list[list[int]], k: int) -> None:
    seen = shown(table, k)
    lines = [[(table[r][c], seen[r][c]) for c in range(3)] for r in range(len(table))]
    lines += [[(table[r][c], seen[r][c]) for r in range(len(table))] for c in range(3)] if len(table) > 1 else []
    for line in lines:
        hidden = [number for number, show in line if not show]
        assert not any(show and 0 < number < k for number, show in line)
        if hidden and len(hidden) < len(line):
            assert sum(hidden) >= k and len(hidden) > 1


def test_of_one_row_a_small_number_hides_one_more_and_not_all() -> None:
    assert [[True, False, True, True, False, True]] == shown([[124, 7, 2_141, 0, 25, 0]], 10)


def test_totals_of_few_are_not_shown() -> None:
    assert [True, False, True] == [total_shown(counts, 3) for counts in ([0, 0], [1, 1], [3, 0])]


def test_winners_and_losers_are_computed_inside_and_small_classes_hidden(tmp_path: Path) -> None:
    calls = [f"0208123{n:04},{FS},2012-03-01T12:00:00,60" for n in range(20)]
    calls += [f"0208125{n:04},{FS},2012-03-01T12:00:00,120" for n in range(5)]
    calls += [f"0208124{n:04},{FS},2012-03-01T12:00:00,6" for n in range(2)]
    tables = shareable(gathered(tmp_path, calls).cells, prd(), SCENARIOS, [], 5).tables[0]
    assert "plan-2010" == tables["scenario"]
    assert ("charged number", "calls") == (tables["unit"], tables["charges"])
    assert (None, None) == (tables["classes"]["much-worse"], tables["classes"]["much-better"])
    assert tables["largest-losers"] is None


def test_what_the_largest_losers_share_is_told_as_a_pattern(tmp_path: Path) -> None:
    calls = [f"0208123{n:04},{FS},2012-03-01T12:00:00,6" for n in range(20)]
    found = shareable(gathered(tmp_path, calls).cells, prd(), SCENARIOS, [], 5).tables[0]["largest-losers"]
    assert {
        "accounts": 5,
        "yuan": "1.15",
        "mostly": [
            {"relation": "same-province", "service": "fixed-to-fixed", "period": "day", "accounts": 5,
             "percent-of-rise": 100}
        ],
    } == found  # fmt: skip


# --- The command ------------------------------------------------------------------------------------------------------


def calls_file(folder: Path) -> Path:
    lines = [f"{GZ},{FS},2012-03-01T12:00:{n % 60:02},{n}" for n in range(1, 100)]
    return written(folder, "calls.csv", [HEADER, *lines])


def test_cells_are_made_shown_and_made_shareable(tmp_path: Path) -> None:
    calls, cells, shared = calls_file(tmp_path), tmp_path / "c.parquet", tmp_path / "s.parquet"
    result = run("cells", str(calls), "--rules", "prd", "-o", str(cells))
    assert 0 == result.exit_code, result.output
    assert "17 of 99 calls, internal" in result.output and "still personal data" in result.output
    result = run("cells", str(cells), "--rules", "prd", "--shareable", "--at-least", "5", "-o", str(shared))
    assert 0 == result.exit_code, result.output
    result = run("cells", str(shared), "--rules", "prd", "--json")
    said = json.loads(result.output)
    assert (SHAREABLE, 5, None) == (said["kind"], said["lost"]["k"], said["accounts"])
    assert GZ not in result.output


@pytest.mark.parametrize(
    "message, arguments",
    [
        ("ends in .parquet", ["-o", "cells.csv"]),
        ("Name a file for the cells", []),
        ("write two days", ["-o", "c.parquet", "--movable", "2012-01-01"]),
        ("after the first", ["-o", "c.parquet", "--movable", "2012-01-02:2012-01-01"]),
        ("no scenario 'plan-2011'", ["-o", "c.parquet", "--shareable", "--scenario", "plan-2011"]),
    ],
)
def test_wrong_usage_is_a_sentence(tmp_path: Path, message: str, arguments: list[str]) -> None:
    given_ = [str(tmp_path / a) if a.endswith((".parquet", ".csv")) else a for a in arguments]
    assert message in complaint(run("cells", str(calls_file(tmp_path)), "--rules", "prd", *given_), 2)


@pytest.mark.parametrize(
    "message, output", [("there is no folder", "nowhere/c.parquet"), ("this is a folder", "folder.parquet")]
)
def test_where_nothing_can_be_written_is_told_before_anything_is_read(
    tmp_path: Path, message: str, output: str
) -> None:
    (tmp_path / "folder.parquet").mkdir()
    said = complaint(run("cells", "no-such-file.csv", "--rules", "prd", "-o", str(tmp_path / output)), 4)
    assert message in said


def test_a_file_of_cells_replaces_nothing_that_is_read(tmp_path: Path) -> None:
    calls = tmp_path / "c.parquet"
    pq.write_table(
        pa.table({"caller": [GZ], "called": [FS], "start": ["2012-03-01T12:00:00"], "duration": ["60"]}), calls
    )
    said = complaint(run("cells", str(calls), "--rules", "prd", "-o", str(calls)), 2)
    assert "would replace" in said


def test_compare_takes_cells_in_place_of_calls(tmp_path: Path) -> None:
    calls, cells = calls_file(tmp_path), tmp_path / "c.parquet"
    run("cells", str(calls), "--rules", "prd", "-o", str(cells))
    asked = ("--rules", "prd", "--scenario", "plan-2010")
    one, two = (run("compare", str(path), *asked) for path in (calls, cells))
    assert 0 == one.exit_code == two.exit_code, two.output
    assert one.output == two.output


def test_what_is_wrong_with_an_account_list_is_said_in_chinese_line_by_line(tmp_path: Path) -> None:
    lines = ["account,number,from,group,operator,kind,options", ",12,2012-02-30,vip,china-telekom,town,add-on"]
    listed = str(written(tmp_path, "accounts.csv", lines))
    made = ["-o", str(tmp_path / "c.parquet"), "--accounts", listed, "--lang", "zh"]
    said = complaint(run("cells", str(calls_file(tmp_path)), "--rules", "prd", *made), 4).splitlines()
    assert 7 == len(said)
    assert all(re.search(r"[\u4e00-\u9fff].*；|没有账户", line) for line in said), said


def test_a_report_on_shareable_cells_says_what_they_leave_out(tmp_path: Path) -> None:
    calls, shared = calls_file(tmp_path), tmp_path / "s.parquet"
    run("cells", str(calls), "--rules", "prd", "--shareable", "--at-least", "7", "-o", str(shared))
    result = run("compare", str(shared), "--rules", "prd", "--scenario", "plan-2010")
    assert 0 == result.exit_code, result.output
    assert "7 records: 0.0% of the records, with 0.0% of the charges under baseline, are suppressed" in result.output


def test_what_was_computed_inside_stands_in_the_receivers_report(tmp_path: Path) -> None:
    """As of a phase too: the calls' own days come before it, and alone would say that nothing changes."""
    folder, shared = tmp_path / "tables", tmp_path / "s.parquet"
    lines = [f"0208123{n:04},{FS},2011-03-01T12:00:00,{60 if n < 20 else 6}" for n in range(40)]
    calls = written(tmp_path, "calls.csv", [HEADER, *lines])
    wanted = ["--scenario", "baseline", "--scenario", "plan-2010", "--at-least", "5"]
    made = run("cells", str(calls), "--rules", "prd", "--shareable", *wanted, "-o", str(shared))
    assert 0 == made.exit_code, made.output
    found = run("compare", str(shared), "--rules", "prd", "--scenario", "plan-2010", "--tables", str(folder))
    assert 0 == found.exit_code, found.output
    with (folder / "handed-classes.csv").open(encoding="utf-8") as file:
        rows = {row["rules"]: row for row in csv.DictReader(file)}
    assert ["own", "2012-01-01, 2015-01-01"] == list(rows)
    assert "40" == rows["own"]["unchanged"]
    later = rows["2012-01-01, 2015-01-01"]
    assert ("20", "-8.00", "20", "4.60") == tuple(
        later[name] for name in ("much-better", "much-better.yuan", "much-worse", "much-worse.yuan")
    )  # 0.70 becomes 0.30 and 0.07 becomes 0.30, twenty times each
    with (folder / "handed-losers.csv").open(encoding="utf-8") as file:
        (losers,) = csv.DictReader(file)
    assert ("1", "5") == (losers["share"], losers["accounts"])  # of twenty that lose equally, as many as are told
