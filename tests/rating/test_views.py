"""Views: labels, repeats, add-ons, the order of phases; and what is said of records that cannot be rated."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

import tariffs
from tariffs.rating.rater import Rater

NOON = dt.datetime(2012, 3, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
GUANGZHOU, FOSHAN = "02081234567", "075781234567"


def rater(*scenarios: str, **options: Any) -> Rater:
    return tariffs.load("prd").rater(list(scenarios), **options)


def labels(*scenarios: str, **options: Any) -> list[str]:
    return [view.label for view in rater(*scenarios, **options).views]


def call(**given: Any) -> tariffs.Call:
    usual: dict[str, Any] = {"id": "1", "caller": GUANGZHOU, "called": FOSHAN, "start": NOON, "seconds": 61}
    return tariffs.Call(**(usual | given))


def test_a_scenario_or_reference_named_twice_counts_once() -> None:
    assert ["baseline"] == labels("baseline", "baseline")
    assert ["plan-2010@1"] == labels("plan-2010", as_of=["plan-2010:1", "plan-2010:1"])


def test_a_rater_prices_some_scenario() -> None:
    with pytest.raises(ValueError, match="at least one scenario"):
        rater()


def test_an_assumed_value_is_never_a_float() -> None:
    with pytest.raises(TypeError, match="never a float"):
        rater("baseline", assume={"inter-zone-price": 0.3})


def test_where_one_add_on_is_settled_the_label_names_the_other() -> None:
    assert ["delivery-2012[none]", "delivery-2012[all]"] == labels("delivery-2012", both=True)
    assert ["delivery-2012[mobile-add-on none]", "delivery-2012[mobile-add-on all]"] == labels(
        "delivery-2012", both=True, holders={"telecom-add-on": "record"}
    )


def test_phases_begin_in_their_order() -> None:
    with pytest.raises(tariffs.RulebookError, match="phase 2 begins on 2011-01-01, before phase 1, on 2012-01-01"):
        rater("plan-2010", assume={"plan-phase-2": "2011-01-01"})


def test_without_assumptions_everything_missing_is_listed_once() -> None:
    with pytest.raises(tariffs.RulebookError) as caught:
        rater("plan-2010", assumptions=False, as_of="plan-2010:1")
    missing = [problem.message.split(" ")[0] for problem in caught.value.problems]
    assert sorted(set(missing)) == sorted(missing)
    assert {"business-zones", "plan-phase-1", "plan-phase-2", "inter-zone-price", "mobile-local-price"} < set(missing)


def test_a_call_to_a_400_number_in_hong_kong_is_no_clash_of_stacked_scenarios() -> None:
    assert ["delivery-2012+guangfo-same-city"] == labels("delivery-2012+guangfo-same-city")


def test_stacked_scenarios_that_price_the_same_calls_differently_clash() -> None:
    with pytest.raises(tariffs.RulebookError) as caught:
        rater("plan-2010+delivery-2012")
    assert {"clash"} == {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize(
    "expected, given",
    [
        ("caller: the record cannot be read", {"caller": "O2081234567"}),
        ("called: the record cannot be read", {"called": ""}),
        ("called: a number that", {"called": "07571234"}),
        ("say its home area", {"caller": "81234567"}),
        ("called: a mobile number whose segment", {"called": "17312345678"}),
        ("duration: less than nothing", {"seconds": -5}),
        ("operator: ", {"operator": "nobody"}),
        ("served_place: a place", {"caller": "13800200500", "served_place": "atlantis"}),
        ("promises prices from 2010-01-01 to before 2017-09-01", {"start": NOON.replace(year=2009)}),
        ("(86400 s)", {"seconds": 86_401}),
    ],
)
def test_a_suspended_record_says_which_field_is_to_blame(expected: str, given: dict[str, Any]) -> None:
    result = rater("baseline")(call(**given))
    assert isinstance(result, tariffs.Suspended), result
    assert expected in result.detail


def test_a_column_with_the_name_of_a_result_is_kept_under_another() -> None:
    columns = {"caller": [GUANGZHOU], "called": [FOSHAN], "start": [dt.datetime(2012, 3, 1, 12)], "duration": [61]}
    rated = rater("baseline").table(pa.table(columns | {"status": ["mine"]}))
    assert "mine" == rated["input.status"][0].as_py()
    assert "rated" == rated["status"][0].as_py()


def test_a_rater_and_a_rulebook_are_shown_in_a_line() -> None:
    assert "<Rater of prd: baseline>" == repr(rater("baseline"))
    assert repr(tariffs.load("prd")).startswith("<Rulebook prd, 6 scenarios")
