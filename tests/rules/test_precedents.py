"""Harmonisations with published results: 长株潭 in two steps, 沈抚铁 in one."""

from __future__ import annotations

import pytest

import tariffs
from tests.rules.calls import charge, charges, pays, rater, suspended, yuan

# 长株潭: numbers before and after all got eight digits behind 0731 on 2009-06-28
CHANGSHA, ZHUZHOU, XIANGTAN = "07314123456", "07338123456", "07328123456"
CHANGSHA_NEW, ZHUZHOU_NEW, XIANGTAN_NEW = "073184123456", "073128123456", "073158123456"
IN_2008, FIRST = "2008-12-31 12:00:00", "2009-01-01 00:00:00"
LAST_DAY, SECOND = "2009-06-27 12:00:00", "2009-06-28 12:00:00"


def changzhutan(scenario: str = "two-phases") -> object:
    return rater(scenario, book="changzhutan")


def test_a_minute_from_changsha_to_zhuzhou_falls_from_070_to_030() -> None:
    assert yuan("0.70") == charge(changzhutan(), CHANGSHA, ZHUZHOU, IN_2008, 60)
    assert yuan("0.30") == charge(changzhutan(), CHANGSHA, ZHUZHOU, FIRST, 60)
    assert yuan("0.30") == charge(changzhutan(), XIANGTAN, ZHUZHOU, LAST_DAY, 60)


@pytest.mark.parametrize("called", [ZHUZHOU_NEW, XIANGTAN_NEW, CHANGSHA_NEW])
def test_ten_minutes_cost_less_than_one_yuan_from_the_day_of_the_common_code(called: str) -> None:
    cost = charge(changzhutan(), CHANGSHA_NEW, called, SECOND, 600)
    assert cost < yuan("1.00")
    assert yuan("0.99") == cost  # under the assumed 0.22 and 0.11
    assert ("local",) == pays(changzhutan(), CHANGSHA_NEW, called, SECOND)


def test_without_the_harmonisation_the_same_call_would_still_be_long_distance() -> None:
    assert yuan("7.00") == charge(changzhutan("baseline"), CHANGSHA_NEW, ZHUZHOU_NEW, SECOND, 600)


@pytest.mark.parametrize("at", [IN_2008, FIRST, LAST_DAY])
def test_ip_calls_do_not_change(at: str) -> None:
    costs = charges(rater("baseline", "two-phases", book="changzhutan"), CHANGSHA, "17909" + ZHUZHOU, at, 600)
    assert costs["baseline"] == costs["two-phases"]


def test_the_old_codes_end_and_the_new_numbers_begin_on_the_same_day() -> None:
    assert "unknown-number" == suspended(changzhutan(), CHANGSHA, ZHUZHOU_NEW, LAST_DAY)
    for old in (ZHUZHOU, XIANGTAN, CHANGSHA):
        assert "unknown-number" == suspended(changzhutan(), CHANGSHA_NEW, old, SECOND)


# 沈抚铁
SHENYANG, FUSHUN, TIELING = "02423456789", "02452345678", "02472345678"


def test_four_calls_of_ten_minutes_a_month_save_twenty_yuan() -> None:
    costs = charges(rater("baseline", "one-code", book="shenfu"), SHENYANG, FUSHUN, "2011-09-01 12:00:00", 600)
    assert yuan("20.00") == 4 * (costs["baseline"] - costs["one-code"])
    assert {"baseline": yuan("7.00"), "one-code": yuan("2.00")} == costs


def test_a_minute_from_shenyang_to_fushun_falls_from_070_to_020_on_28_august_2011() -> None:
    rate = rater("one-code", book="shenfu")
    assert yuan("0.70") == charge(rate, SHENYANG, "041352345678", "2011-08-27 23:59:59", 60)
    assert yuan("0.20") == charge(rate, SHENYANG, FUSHUN, "2011-08-28 00:00:00", 60)
    assert yuan("0.20") == charge(rate, TIELING, FUSHUN, "2011-08-28 00:00:00", 60)


def test_fushuns_code_0413_is_withdrawn() -> None:
    rate = rater("one-code", book="shenfu")
    assert "unknown-number" == suspended(rate, SHENYANG, "041352345678", "2011-08-28 00:00:00")


def test_both_harmonisations_were_known_before_they_applied() -> None:
    known = {
        "two-phases": tariffs.load("changzhutan").scenarios["two-phases"].phases["1"],
        "one-code": tariffs.load("shenfu").scenarios["one-code"].phases["1"],
    }
    for phase in known.values():
        assert phase.known is not None and str(phase.known) < str(phase.from_)
