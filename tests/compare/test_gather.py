"""From a file of calls to cells: nothing is lost, weights are exact, and no number stays."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import pytest

from tariffs.cdr.failures import InputError
from tariffs.compare import sums
from tariffs.compare.priced import Accounts, Priced
from tariffs.compare.whatif import WhatIf
from tests.compare.desk import accounts, gathered, prd

GZ, GZ_TOO, FS = "02081234567", "02087654321", "075781234567"
MOBILE = "13800091234"


def priced(gathered_: object, *scenarios: str, **options: object) -> Priced:
    return WhatIf(gathered_.cells, prd(), list(scenarios or ("baseline", "plan-2010")), **options).price()  # type: ignore[attr-defined,arg-type]


def total(found: Priced, view: int) -> int:
    return sums.total(found.amounts[:, view], found.calls)


def test_a_call_costs_the_worked_figure_before_and_after(tmp_path: Path) -> None:
    found = priced(gathered(tmp_path, [f"{GZ},{FS},2012-03-01T12:00:00,61"]))
    assert [770_000, 600_000] == found.amounts[0].tolist()
    assert ["baseline", "plan-2010"] == [view.label for view in found.views]


def test_calls_that_no_rule_tells_apart_are_one_cell(tmp_path: Path) -> None:
    calls = [
        f"{GZ},{FS},2012-03-01T12:00:00,61",
        f"{GZ_TOO},{FS},2012-03-20T18:59:01,66",
        f"{GZ},{FS},2012-03-01T12:00:00,67",
        f"{GZ},{FS},2012-04-01T12:00:00,61",
        f"{GZ},{FS},2012-03-01T06:00:00,61",
    ]
    cells = gathered(tmp_path, calls).cells
    assert [2, 1, 1, 1] == cells.calls.tolist()


def test_a_call_that_crosses_into_the_day_keeps_where_it_starts(tmp_path: Path) -> None:
    calls = [f"{GZ},{FS},2012-03-01T06:59:{second:02},30" for second in (41, 45, 47, 50)]
    found = priced(gathered(tmp_path, calls))
    assert [(1, 230_000), (2, 260_000), (1, 290_000)] == list(
        zip(found.calls.tolist(), found.amounts[:, 0].tolist(), strict=True)
    )


def test_everything_read_is_accounted_for(tmp_path: Path) -> None:
    calls = [
        f"{GZ},{FS},2012-03-01T12:00:00,61,true",
        f"{GZ},{FS},2012-03-01T12:00:00,61,false",
        f"{GZ},{FS},2012-03-01T12:00:00,0,true",
        f"{GZ},99,2012-03-01T12:00:00,61,true",
        f"{GZ},{FS},yesterday,61,true",
    ]
    counts = priced(gathered(tmp_path, calls, header="caller,called,start,duration,answered")).counts
    assert (5, 1) == (counts.read, counts.rated)
    assert {"unanswered": 1, "zero-duration": 1} == dict(counts.not_chargeable)
    assert {"unknown-number": 1, "unreadable": 1} == dict(counts.suspended)


def test_no_calls_are_no_cells(tmp_path: Path) -> None:
    found = priced(
        gathered(tmp_path, [f"{GZ},{FS},2012-03-01T12:00:00,61,false"], header="caller,called,start,duration,answered")
    )
    assert (0, None, 0) == (len(found), found.days, total(found, 0))
    assert all(len(dimension.codes) == 0 for dimension in found.dims.values())


def test_weights_are_exact(tmp_path: Path) -> None:
    calls = [f"{GZ},{FS},2012-03-01T12:00:00,60,{weight}" for weight in ("0.1", "0.2", "12.75")]
    found = priced(gathered(tmp_path, calls, header="caller,called,start,duration,weight"))
    assert (100, [1305]) == (found.weight_scale, found.weight.tolist())
    assert found.weights
    assert found.accounts is not None and found.accounts.weight.sum() == 1305


@pytest.mark.parametrize("weight", ["", "-1", "1e7", "0.0000001", "heavy", "NaN"])
def test_a_weight_that_is_none_sets_the_record_aside(tmp_path: Path, weight: str) -> None:
    calls = [f"{GZ},{FS},2012-03-01T12:00:00,60,{weight}", f"{GZ},{FS},2012-03-01T12:00:00,60,1"]
    found = priced(gathered(tmp_path, calls, header="caller,called,start,duration,weight"))
    assert (1, {"unreadable": 1}) == (found.counts.rated, dict(found.counts.suspended))


def test_hours_hold_every_call_once(tmp_path: Path) -> None:
    calls = [f"{GZ},{FS},2012-03-01T{hour:02}:00:00,61" for hour in (8, 8, 9, 23)]
    found = priced(gathered(tmp_path, calls))
    assert found.hours is not None
    assert [(8, 2, 122_000_000), (9, 1, 61_000_000), (23, 1, 61_000_000)] == list(
        zip(found.hours.hour.tolist(), found.hours.calls.tolist(), found.hours.microseconds.tolist(), strict=True)
    )


def test_what_cells_are_is_said_in_names_of_the_rulebook(tmp_path: Path) -> None:
    calls = [f"{GZ},{FS},2012-03-01T06:00:00,61", f"{MOBILE},{GZ},2012-04-01T12:00:00,61"]
    found = priced(gathered(tmp_path, calls))
    said = {name: [dim.name(code) for code in dim.codes.tolist()] for name, dim in found.dims.items()}
    assert ["guangzhou", "guangzhou"] == said["origin-city"]
    assert ["foshan", "guangzhou"] == said["destination-city"]
    assert ["same-province", "same-zone"] == said["relation"]
    assert ["fixed-to-fixed", "mobile-to-fixed"] == said["service"]
    assert ["night", "none"] == said["period"]
    assert ["2012-03", "2012-04"] == said["month"]
    assert ["china-telecom", "china-mobile"] == said["operator"]
    assert ["guang-fo", "guang-fo"] == said["circle"]
    assert [None, None] == said["group"]


def test_the_start_that_stands_for_a_cell_costs_what_its_calls_cost(tmp_path: Path) -> None:
    found = priced(gathered(tmp_path, [f"{GZ},{FS},2012-03-20T{hour}:30:00,61" for hour in ("03", "13")]))
    epoch = dt.datetime(1970, 1, 1)
    starts = [epoch + dt.timedelta(microseconds=start) for start in found.start.tolist()]
    assert {dt.datetime(2012, 3, 1, 0), dt.datetime(2012, 3, 1, 7)} == set(starts)


# --- Who pays ---------------------------------------------------------------------------------------------------------


def of(found: Priced) -> Accounts:
    assert found.accounts is not None
    return found.accounts


def test_without_a_list_each_charged_number_is_an_account_however_it_is_written(tmp_path: Path) -> None:
    calls = [
        f"{GZ},{FS},2012-03-01T12:00:00,60,",
        f"+86 20 8123 4567,{FS},2012-03-01T12:00:00,120,",
        f"{GZ_TOO},{FS},2012-03-01T12:00:00,60,",
        f"{FS},{MOBILE},2012-03-01T12:00:00,60,received",
    ]
    found = priced(gathered(tmp_path, calls, header=f"{HEADER},direction"))
    assert not of(found).listed
    assert [2_100_000, 700_000, 0] == sums.bills(found, of(found), 0).tolist()


HEADER = "caller,called,start,duration"


def test_no_telephone_number_stays_in_cells(tmp_path: Path) -> None:
    cells = gathered(tmp_path, [f"{GZ},{FS},2012-03-01T12:00:00,60"]).cells
    kept = pickle.dumps(cells)
    for number in (GZ, FS, GZ[1:], GZ[3:], FS[4:]):
        assert number.encode() not in kept
        assert int(number).to_bytes(8, "little") not in kept


def test_pseudonyms_are_the_same_under_one_key_and_differ_under_others(tmp_path: Path) -> None:
    calls = [f"{GZ},{FS},2012-03-01T12:00:00,60", f"{GZ_TOO},{FS},2012-03-01T12:00:00,60"]
    names = [
        [of(priced(gathered(tmp_path, calls, key=key))).name(n) for n in (0, 1)]
        for key in (b"1" * 32, b"1" * 32, b"2" * 32, None)
    ]
    assert names[0] == names[1]
    assert len({*names[0], *names[2], *names[3]}) == 6


def test_an_account_has_the_calls_of_its_lines_on_the_days_it_had_them(tmp_path: Path) -> None:
    held = accounts(
        tmp_path,
        f"a,{GZ},2012-01-01,2012-03-15",
        f"b,{GZ},2012-03-15,",
        f"a,{GZ_TOO},,",
        header="account,number,from,until",
    )
    calls = [
        f"{GZ},{FS},2012-03-14T12:00:00,60",
        f"{GZ},{FS},2012-03-15T12:00:00,120",
        f"{GZ_TOO},{FS},2012-03-15T12:00:00,180",
        f"{FS},{GZ},2012-03-15T12:00:00,60",
    ]
    found = priced(gathered(tmp_path, calls, accounts=held))
    assert [2_800_000, 1_400_000] == sums.bills(found, of(found), 0).tolist()
    assert (1, True, [2, 1]) == (of(found).unlisted, of(found).listed, of(found).lines.tolist())


def test_an_account_without_calls_is_an_account(tmp_path: Path) -> None:
    held = accounts(tmp_path, f"a,{GZ_TOO}", f"b,{GZ}")
    found = priced(gathered(tmp_path, [f"{GZ},{FS},2012-03-01T12:00:00,60"], accounts=held))
    assert [0, 700_000] == sums.bills(found, of(found), 0).tolist()


def test_the_list_says_who_holds_an_add_on_and_since_when(tmp_path: Path) -> None:
    held = accounts(
        tmp_path,
        f"a,{GZ},,2012-10-01,",
        f"a,{GZ},2012-10-01,,telecom-add-on",
        header="account,number,from,until,options",
    )
    calls = [f"{GZ},{FS},2012-09-30T12:00:00,60", f"{GZ},{FS},2012-10-01T12:00:00,60"]
    found = priced(gathered(tmp_path, calls, accounts=held), "baseline", "delivery-2012")
    assert [[700_000, 700_000], [700_000, 200_000]] == found.amounts.tolist()
    assert ([2], [1]) == (of(found).months.tolist(), of(found).holds["telecom-add-on"].tolist())


def test_town_and_country_of_an_account_are_those_of_its_lines(tmp_path: Path) -> None:
    held = accounts(
        tmp_path,
        f"a,{GZ},urban",
        f"b,{GZ_TOO},rural",
        f"b,{FS},urban",
        "c,075787654321,",
        header="account,number,urban/rural",
    )
    found = of(priced(gathered(tmp_path, [f"{GZ},{FS},2012-03-01T12:00:00,60"], accounts=held)))
    assert ["urban", "mixed", None] == [found.kind.name(code) for code in found.kind.codes.tolist()]


def test_every_problem_of_a_list_is_told_with_its_line_and_without_numbers(tmp_path: Path) -> None:
    lines = [
        f"a,{GZ},,,,,,",
        f"b,{GZ},2012-01-01,,,,,",
        "c,12,,,,,,",
        f",{GZ_TOO},,,,,,",
        f"d,{FS},2012-02-30,2012-01-01,vip,china-telekom,town,add-on",
        "e",
    ]
    with pytest.raises(InputError) as error:
        accounts(tmp_path, *lines, header="account,number,from,until,group,operator,kind,options")
    said = str(error.value).replace(str(tmp_path), "").splitlines()
    places = [line.split(" ")[0] for line in said]
    assert ["/accounts.csv:3:", "/accounts.csv:4:", "/accounts.csv:5:"] == places[:3]
    assert ["/accounts.csv:6:"] * 5 == places[3:8]
    assert ["/accounts.csv:7:"] == places[8:]
    assert not any(number in str(error.value) for number in (GZ, GZ_TOO, FS))


def test_a_list_without_its_columns_says_which_are_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column account"):
        accounts(tmp_path, f"{GZ}", header="number")


def test_lists_may_be_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from tariffs.compare.accounts import read_accounts
    from tests.compare.desk import prd_rater

    path = tmp_path / "accounts.parquet"
    pq.write_table(pa.table({"account": ["a", "b"], "number": [GZ, GZ_TOO], "from": [None, dt.date(2012, 4, 1)]}), path)
    held = read_accounts(str(path), prd_rater())
    found = priced(gathered(tmp_path, [f"{GZ},{FS},2012-03-01T12:00:00,60"], accounts=held))
    assert [700_000, 0] == sums.bills(found, of(found), 0).tolist()
