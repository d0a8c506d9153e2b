"""`tariffs rate`: what it prints, where it writes, and how it ends. What is read and written is tested in tests/cdr."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from tariffs.cdr.totals import Sum, Tally
from tariffs.cli.charge_tables import ChargeTable, apportioned
from tariffs.cli.program import program
from tariffs.language import words
from tests.cli.commands import ROOT, SMALL, complaint, process, run

HEADER = "id,caller,called,start,duration,answered\n"
CALLS = HEADER + (
    "a,02081234567,075781234567,2012-03-01T06:59:50+08:00,61,true\n"
    "b,02081234567,02087654321,2012-03-01T10:00:00+08:00,181,true\n"
    "c,02081234567,02087654321,2012-03-01T10:00:00+08:00,0,false\n"
    "d,02081234567,110,2012-03-02T10:00:00+08:00,30,true\n"
)
BAD = "e,02081234567,09991234567,2012-03-02T10:00:00+08:00,30,true\n"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Four calls: one to another city over seven o'clock, one local, one unanswered, one emergency."""
    path = tmp_path / "calls.csv"
    path.write_text(CALLS, encoding="utf-8")
    return path


def rate(calls: Path, *arguments: str, rules: str = SMALL) -> Result:
    """Rates into `rated.csv` beside the calls unless the arguments say otherwise."""
    output = () if "-o" in arguments else ("-o", str(calls.with_name("rated.csv")))
    return run("rate", str(calls), "--rules", rules, *output, *arguments)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(calls: Path, *arguments: str, **more: Any) -> Any:
    result = rate(calls, "--json", *arguments, **more)
    assert (0, "") == (result.exit_code, result.stderr)
    return json.loads(result.stdout)


def cells(line: str) -> list[str]:
    """A line of a table."""
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def table(result: Result) -> list[list[str]]:
    return [cells(line) for line in result.stdout.splitlines()]


def test_the_closing_table_has_a_line_a_relation_and_service_and_adds_up(calls: Path) -> None:
    result = rate(calls, "--scenario", "baseline", "--scenario", "plan")
    assert (0, "") == (result.exit_code, result.stderr)
    found = table(result)
    assert [
        ["all calls", "calls", "minutes", "yuan", "difference"],
        ["baseline", "3", "4.53", "1.04"],
        ["plan", "3", "4.53", "0.93", "−0.11"],
        [],
    ] == [found[0], *found[2:5]]
    found = found[5:]
    assert ["yuan", "calls", "minutes", "baseline", "plan", "difference"] == found[0]
    assert [
        ["in-zone, emergency numbers", "1", "0.50", "0.00", "0.00", "0.00"],
        ["in-zone, fixed line to fixed line", "1", "3.02", "0.33", "0.33", "0.00"],
        ["same province, fixed line to fixed line", "1", "1.01", "0.71", "0.60", "−0.11"],
        ["total", "3", "4.53", "1.04", "0.93", "−0.11"],
    ] == found[2:6]


def test_the_totals_of_all_views_and_reference_dates_come_first(calls: Path) -> None:
    views = ("--scenario", "baseline", "--scenario", "plan", "--scenario", "pack")
    found = table(rate(calls, *views, "--as-of", "plan:1", "--as-of", "2011-06-01"))
    assert [
        ["as of plan:1 (2012-01-01)"],
        ["baseline", "3", "4.53", "1.04"],
        ["plan", "3", "4.53", "0.93", "−0.11"],
        ["pack[none]", "3", "4.53", "1.04", "0.00"],
        ["pack[all]", "3", "4.53", "0.73", "−0.31"],
        ["as of 2011-06-01"],
        ["baseline", "3", "4.53", "1.04"],
        ["plan", "3", "4.53", "1.04", "no phase in force"],
        ["pack[none]", "3", "4.53", "1.04", "no change in force"],
        ["pack[all]", "3", "4.53", "1.04", "no change in force"],
        [],
        ["as of plan:1 (2012-01-01)"],
    ] == found[2:14]


def test_a_single_view_has_its_total_below_its_only_table(calls: Path) -> None:
    assert ["yuan", "calls", "minutes", "baseline"] == table(rate(calls))[0]


@pytest.mark.parametrize(
    "twice", [("--scenario", "plan", "--scenario", "plan"), ("--scenario", "plan", *("--as-of", "plan:1") * 2)]
)
def test_what_is_asked_for_twice_is_priced_once(calls: Path, twice: tuple[str, ...]) -> None:
    (view,) = document(calls, *twice)["views"]
    assert "0.93" == view["charge"]


def test_what_became_of_every_record_is_counted(calls: Path) -> None:
    found = table(rate(calls))
    assert [["read", "4"], ["rated", "3"], ["not chargeable", "1"], ["not answered [unanswered]", "1"]] == [
        line for line in found if line and line[0] in ("read", "rated", "not chargeable", "not answered [unanswered]")
    ]
    assert ["suspended", "0"] in found
    assert ["duplicate", "0"] in found


def test_the_remarks_name_assumptions_files_and_that_no_duplicates_were_looked_for(calls: Path) -> None:
    shown = rate(calls, "--scenario", "plan").stdout
    assert "duplicates: none were looked for: no key was declared\n" in shown
    assert "assumed value: inter-zone-price = 0.30 yuan per minute, Inter-zone price (the price of two other" in shown
    assert f"rated file: {calls.with_name('rated.csv')}\n" in shown
    assert f"manifest: {calls.with_name('rated.manifest.json')}\n" in shown


def test_the_same_in_chinese(calls: Path) -> None:
    shown = rate(calls, "--scenario", "baseline", "--scenario", "plan", "--lang", "zh").stdout
    assert "区内、固定电话打固定电话" in shown
    assert "重单：未查重：没有声明键值" in shown
    assert "假设值：inter-zone-price = 0.30 元/分钟，区间通话费" in shown


def test_notes_duplicates_and_vintage_are_chinese_too(calls: Path) -> None:
    naive = CALLS.replace("+08:00", "").replace("id,", "charge,").replace("duration,answered", "duration,status")
    calls.write_text(naive, encoding="utf-8")
    shown = rate(calls, "--duplicate-key", "caller,start", "--lang", "zh", rules="prd").stdout
    assert "4 个时间未注明时区，按规则书的时区 Asia/Shanghai 读取\n" in shown
    assert "重单：按 caller + start 查重\n" in shown
    assert "移动号段表：phonenumbers 9.0.43，2026-11-22 读取；为号段今日的归属地，并非 2010 至 2017 年的\n" in shown


def test_the_mapping_of_a_system_is_told_in_chinese(tmp_path: Path) -> None:
    exported = str(ROOT / "examples" / "operator-export.csv")
    mapping = str(ROOT / "examples" / "operator-export.yaml")
    words = ("--map", mapping, "--rules", "prd", "-o", str(tmp_path / "rated.csv"), "--lang", "zh")
    assert f"{exported}：按 {mapping} 读取\n" in run("rate", exported, *words).stdout


def test_a_scenario_with_no_phase_in_force_shows_no_zero(calls: Path) -> None:
    calls.write_text(CALLS.replace("2012-03", "2011-10"), encoding="utf-8")
    result = rate(calls, "--scenario", "baseline", "--scenario", "plan")
    assert ["total", "3", "4.53", "1.04", "1.04", "no phase in force"] in table(result)
    assert (
        "plan: no phase in force from 2011-10-01 to 2011-10-02; priced as its base. "
        "Use --as-of plan:1 to see its changes.\n" in result.stdout
    )


def test_as_of_each_phase_there_is_a_table_headed_by_its_reference(calls: Path) -> None:
    shown = rate(calls, "--scenario", "baseline", "--scenario", "plan", "--as-of", "plan:1", "--as-of", "2011-06-01")
    assert "as of plan:1 (2012-01-01)" in shown.stdout
    assert "as of 2011-06-01 " in shown.stdout
    assert ["total", "3", "4.53", "1.04", "0.93", "−0.11"] in table(shown)
    assert ["total", "3", "4.53", "1.04", "1.04", "no phase in force"] in table(shown)


def test_an_illustrative_scenario_is_labelled_wherever_its_result_stands(calls: Path) -> None:
    shown = rate(calls, "--scenario", "baseline", "--scenario", "one-network")
    assert "one-network (illustrative)" in shown.stdout
    (_, view) = document(calls, "--scenario", "baseline", "--scenario", "one-network")["views"]
    assert view["illustrative"]


def test_without_a_word_on_add_ons_both_bounds_stand_side_by_side(calls: Path) -> None:
    views = document(calls, "--scenario", "pack")["views"]
    assert [("pack[none]", "1.04"), ("pack[all]", "0.73")] == [(view["view"], view["charge"]) for view in views]


@pytest.mark.parametrize("holders, charge", [("all", "0.73"), ("none", "1.04")])
def test_holders_settle_who_has_an_add_on(calls: Path, holders: str, charge: str) -> None:
    (view,) = document(calls, "--scenario", "pack", "--holders", f"city-pack={holders}")["views"]
    assert ("pack", charge) == (view["view"], view["charge"])


def test_holders_of_a_file_have_the_add_on_on_their_days(calls: Path, tmp_path: Path) -> None:
    held = tmp_path / "held.txt"
    held.write_text("number,option,from,until\n02081234567,city-pack,2012-03-01,2012-03-02\n", encoding="utf-8")
    (view,) = document(calls, "--scenario", "pack", "--holders", f"city-pack={held}")["views"]
    assert "0.73" == view["charge"]


def test_a_column_of_options_decides_where_the_calls_have_one(calls: Path) -> None:
    lines = CALLS.splitlines()
    options = ["options", "city-pack", "", "", ""]
    calls.write_text("\n".join(f"{a},{b}" for a, b in zip(lines, options, strict=True)), encoding="utf-8")
    (view,) = document(calls, "--scenario", "pack")["views"]
    assert ("pack", "0.73") == (view["view"], view["charge"])


def test_for_machines_differences_are_decimal_text_and_parts_add_up(calls: Path) -> None:
    found = document(calls, "--scenario", "baseline", "--scenario", "plan")
    assert {"read": 4, "rated": 3, "not_chargeable": 1, "suspended": 0}.items() <= found["counts"].items()
    baseline, plan = found["views"]
    assert (None, "baseline", "-0.11") == (baseline["base"], plan["base"], plan["difference"])
    for view in (baseline, plan):
        parts = view["by_relation_and_service"]
        assert Decimal(view["charge"]) == sum(Decimal(part["charge"]) for part in parts)
        assert Decimal(view["seconds"]) == sum(Decimal(part["seconds"]) for part in parts) == 272
    (assumed,) = found["assumptions"]
    assert ("inter-zone-price", "assumption", "0.30") == (assumed["name"], assumed["mark"], assumed["value"])


def test_a_scenario_with_no_phase_in_force_has_no_difference_for_machines(calls: Path) -> None:
    calls.write_text(CALLS.replace("2012-03", "2011-10"), encoding="utf-8")
    _, plan = document(calls, "--scenario", "baseline", "--scenario", "plan")["views"]
    assert (False, False, None) == (plan["phase_in_force"], plan["change_in_force"], plan["difference"])


def test_a_phase_that_changes_no_price_is_in_force_all_the_same(calls: Path) -> None:
    calls.write_text(CALLS.replace("2012-03", "2011-10"), encoding="utf-8")
    shown = rate(calls, "--scenario", "baseline", "--scenario", "plan-2010", rules="prd")
    assert "plan-2010: its phase 0, in force from 2011-10-01 to 2011-10-02, changes no price" in shown.stdout
    assert "phase 0: no price changed" in shown.stdout
    _, plan = document(calls, "--scenario", "baseline", "--scenario", "plan-2010", rules="prd")["views"]
    assert (True, False, None) == (plan["phase_in_force"], plan["change_in_force"], plan["difference"])


def test_calls_that_say_they_are_made_up_are_called_so(calls: Path) -> None:
    lines = [f"{line},{'source' if line.startswith('id') else 'synthetic'}" for line in CALLS.splitlines()]
    calls.write_text("\n".join(lines), encoding="utf-8")
    assert "Synthetic data: these calls were made up.\n" in rate(calls).stdout
    assert document(calls)["synthetic"]


def test_more_suspended_than_allowed_ends_with_3_and_everything_is_written(calls: Path) -> None:
    calls.write_text(CALLS + BAD, encoding="utf-8")
    result = rate(calls)
    assert "1 record was suspended, more than --max-suspended allows.\n" == complaint(result, 3)
    assert 4 == len(rows(calls.with_name("rated.csv")))
    suspended = calls.with_name("rated.suspense.jsonl")
    assert f"suspended records: {suspended}\n" in result.stdout
    assert ["a number that the numbering plan of the day does not hold [unknown-number]", "1"] in table(result)


@pytest.mark.parametrize("allowed, code", [("1", 0), ("0", 3), ("20%", 0), ("19.99%", 3), ("100%", 0)])
def test_a_number_or_a_share_of_suspended_records_can_be_allowed(calls: Path, allowed: str, code: int) -> None:
    calls.write_text(CALLS + BAD, encoding="utf-8")
    assert code == rate(calls, "--max-suspended", allowed).exit_code


@pytest.mark.parametrize("allowed", ["-1", "a few", "101%", "0.5", "1/0", "%"])
def test_an_allowance_that_is_none_is_wrong_usage(calls: Path, allowed: str) -> None:
    assert "write a number of records, or a percentage" in complaint(rate(calls, "--max-suspended", allowed), 2)


def test_suspended_records_are_rated_when_the_rows_are_mended(calls: Path) -> None:
    calls.write_text(CALLS + BAD, encoding="utf-8")
    rate(calls)
    suspense = calls.with_name("rated.suspense.jsonl")
    suspense.write_text(suspense.read_text("utf-8").replace("09991234567", "075781234567"), encoding="utf-8")
    result = rate(suspense, "--retry", "-o", str(calls.with_name("mended.csv")))
    assert 0 == result.exit_code, result.stderr
    (row,) = rows(calls.with_name("mended.csv"))
    assert ("e", "0.35") == (row["id"], row["baseline.charge"].rstrip("0"))


def test_quiet_prints_nothing_and_writes_the_same(calls: Path) -> None:
    rate(calls)
    loud = calls.with_name("rated.csv").read_bytes()
    result = rate(calls, "--quiet")
    assert ("", loud) == (result.output, calls.with_name("rated.csv").read_bytes())


def test_standard_input_to_standard_output_leaves_the_table_to_standard_error() -> None:
    done = process("rate", "-", "--rules", SMALL, "-o", "-", "--format", "csv", input=CALLS.encode())
    assert 0 == done.returncode
    found = list(csv.DictReader(done.stdout.decode("utf-8").splitlines()))
    assert ["a", "b", "c", "d"] == [row["id"] for row in found]
    assert b"total" in done.stderr


def test_standard_output_cannot_hold_both_calls_and_json(calls: Path) -> None:
    assert "Standard output takes calls or --json" in complaint(rate(calls, "--json", "-o", "-", "--format", "csv"), 2)


def test_the_manifest_holds_the_words_that_make_the_result_again(calls: Path) -> None:
    rate(calls, "--scenario", "plan", "--quiet")
    manifest = json.loads(calls.with_name("rated.manifest.json").read_text("utf-8"))
    rated = str(calls.with_name("rated.csv"))
    again = ["tariffs", "rate", str(calls), "--rules", SMALL, "-o", rated, "--scenario", "plan", "--quiet"]
    assert again == manifest["command"]
    first = calls.with_name("rated.csv").read_bytes()
    assert 0 == CliRunner().invoke(program, again[1:]).exit_code
    assert first == calls.with_name("rated.csv").read_bytes()


def test_masked_output_holds_no_number_and_rates_alike(calls: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("b6" * 32, encoding="utf-8")
    result = rate(calls, "--mask", str(key), "-o", str(tmp_path / "masked.csv"))
    assert 0 == result.exit_code, result.stderr
    masked = tmp_path / "masked.csv"
    assert "1234567" not in masked.read_text("utf-8")
    again = document(masked, "-o", str(tmp_path / "again.csv"))
    assert document(calls)["views"][0]["charge"] == again["views"][0]["charge"]


def test_duplicates_are_looked_for_by_the_declared_key(calls: Path) -> None:
    calls.write_text(CALLS + CALLS.splitlines()[1] + "\n", encoding="utf-8")
    assert 1 == document(calls, "--duplicate-key", "id")["counts"]["duplicate"]


def test_a_mapping_reads_columns_that_are_not_ours(tmp_path: Path) -> None:
    rated = tmp_path / "rated.csv"
    exported = str(ROOT / "examples" / "operator-export.csv")
    mapping = str(ROOT / "examples" / "operator-export.yaml")
    result = run("rate", exported, "--map", mapping, "--rules", "prd", "-o", str(rated))
    assert 0 == result.exit_code, result.stderr
    assert 60 == len(rows(rated))


def test_each_of_a_few_files_is_counted(calls: Path, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text(CALLS, encoding="utf-8")
    (tmp_path / "out").mkdir()
    result = run("rate", str(tmp_path / "*.csv"), "--rules", SMALL, "-o", str(tmp_path / "out" / "rated.csv"))
    assert 0 == result.exit_code, result.stderr
    assert [str(calls), "4", "3", "1", "0", "0"] in table(result)
    assert [str(tmp_path / "more.csv"), "4", "3", "1", "0", "0"] in table(result)


def test_a_narrow_screen_shows_below_one_another_what_differs_from_the_first_view() -> None:
    before = Tally("baseline", {("same-zone", "fixed-to-fixed"): Sum(1, 60_000_000, 220_000)})
    after = Tally("plan", {("same-zone", "fixed-to-fixed"): Sum(1, 60_000_000, 200_000)})
    screen = Console(width=76, file=io.StringIO(), legacy_windows=False)
    titles = ("baseline", "plan", "pack")
    screen.print(ChargeTable(words("en"), "", titles, ("", "", ""), (before, after, before)))
    assert isinstance(screen.file, io.StringIO)
    assert [
        ["in-zone, fixed line to fixed line", "1", "1.00", "0.22"],
        ["plan", "0.20", "−0.02"],
        [],
        ["total", "1", "1.00"],
        ["baseline", "0.22"],
        ["plan", "0.20", "−0.02"],
        ["pack", "0.22", "0.00"],
        ["Above the total, a view that is not listed costs the same as the first."],
    ] == [cells(line) for line in screen.file.getvalue().splitlines()[2:]]


@pytest.mark.parametrize(
    "expected, seconds",
    [([], []), ([100], [60]), ([34, 33, 33], [20, 20, 20]), ([1, 0], ["0.4", "0.2"]), ([0, 0, 1], [0, 0, "0.3"])],
)
def test_rounded_minutes_add_up_to_the_rounded_total(expected: list[int], seconds: list[int | str]) -> None:
    assert expected == apportioned([int(Decimal(s) * 1_000_000) for s in seconds])
