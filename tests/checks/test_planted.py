"""One day or one second too many or too few, planted anywhere in rules that cut all calls into parts, is found."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from benchmarks import rate_periods
from benchmarks.partition import DAY, Part, changed, expected, kinds, load, parts, plant
from benchmarks.rate_periods import Stretch, section, stretches
from tariffs import Rulebook, RulebookError
from tariffs.checks import Finding, conflict, dead, gap
from tariffs.checks.checking import study_of
from tariffs.rulebook.charges import Period
from tariffs.rulebook.clock import Miscovered, miscovered
from tests.rulebook.drafts import load_text

RULES, SEED = 400, 7


@pytest.fixture(scope="module")
def pieces() -> list[Part]:
    return parts(RULES, SEED)


@pytest.fixture(scope="module")
def whole(pieces: list[Part], tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load(pieces, tmp_path_factory.mktemp("partition"))


def found_in(book: Rulebook) -> list[Finding]:
    study = study_of(book)
    return [*gap.examine(study), *conflict.examine(study)]


def test_rules_that_cut_all_calls_into_parts_leave_no_gap_and_do_not_overlap(whole: Rulebook) -> None:
    assert RULES == len(whole.rules)
    assert [] == found_in(whole)


def test_the_rules_of_calls_that_nobody_can_make_are_dead_and_no_others(whole: Rulebook, pieces: list[Part]) -> None:
    nobody = {f"rule-{number}" for number, part in enumerate(pieces) if not kinds(part.allowed)}
    told = {name for finding in dead.examine(study_of(whole)) for name in finding.subject}
    assert nobody
    assert nobody == told & set(whole.rules)


@pytest.mark.parametrize("seed", range(40))
def test_one_day_is_found_with_the_rules_and_the_calls_that_it_is_about(
    whole: Rulebook, pieces: list[Part], seed: int
) -> None:
    planted = plant(pieces, random.Random(seed))
    told = found_in(changed(whole, planted))
    day = [planted.day.isoformat(), (planted.day + DAY).isoformat()]
    assert all([day] == finding.data["dates"] for finding in told)
    if planted.days > 0:
        name = f"rule-{planted.number}"
        pairs = [({*finding.data["rules"]} - {name}, finding.severity) for finding in told]
        assert sorted(expected(pieces, planted).items()) == sorted((other, level) for (other,), level in pairs)
    else:
        calls = {(f.data["line"], f.witness.call.direction, f.data["called"]) for f in told if f.witness is not None}
        assert kinds(pieces[planted.number].allowed) == calls


def test_overlaps_and_gaps_both_are_planted_and_some_are_of_calls_that_nobody_can_make(pieces: list[Part]) -> None:
    planted = [plant(pieces, random.Random(seed)) for seed in range(40)]
    assert {1, -1} == {item.days for item in planted}
    assert {True, False} == {bool(expected(pieces, item)) for item in planted}
    assert {"gap"} < {name for item in planted for name in expected(pieces, item)}
    assert {"error", "note"} == {level for item in planted for level in expected(pieces, item).values()}


def test_the_files_of_a_partition_follow_from_its_seed(tmp_path: Path, whole: Rulebook) -> None:
    assert whole.digest == load(parts(RULES, SEED), tmp_path).digest
    assert whole.digest != load(parts(RULES, SEED + 1), tmp_path).digest


# --- Seconds ----------------------------------------------------------------------------------------------------------


def miscovered_of(scheme: Sequence[Stretch], folder: Path) -> list[Miscovered]:
    """What is wrong with rate periods as a rule file says them; asserts that loading refuses the file for it."""
    text = f"calendar: {{from: 2005-01-01, until: 2020-01-01}}\n{section(scheme)}"
    try:
        load_text(folder, text)
        refused = 0
    except RulebookError as error:
        refused = [problem.code for problem in error.problems].count("rate-period-gap")
    periods = yaml.safe_load(section(scheme))["periods"]["week"]["periods"]
    found = miscovered({name: Period.model_validate(period) for name, period in periods.items()})
    assert len(found) == refused
    return found


def test_rate_periods_that_cut_the_week_into_parts_leave_no_second_and_have_none_twice(tmp_path: Path) -> None:
    assert [] == miscovered_of(stretches(24, SEED), tmp_path)


@pytest.mark.parametrize("seed", range(40))
def test_one_second_is_found_with_the_kinds_of_day_that_have_it(tmp_path: Path, seed: int) -> None:
    scheme = stretches(24, seed)
    planted = rate_periods.plant(scheme, random.Random(seed))
    scheme_ = [planted.stretch if n == planted.number else one for n, one in enumerate(scheme)]
    told = miscovered_of(scheme_, tmp_path)
    assert all((planted.second, planted.second + 1) == (wrong.start, wrong.end) for wrong in told)
    assert rate_periods.expected(scheme, planted) == {(day, wrong.periods) for wrong in told for day in wrong.days}
