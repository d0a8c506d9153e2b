"""Prices of published shapes, by arithmetic done by hand: connection fees, 30/6, blocks, caps, free seconds."""

from __future__ import annotations

import datetime as dt
import decimal
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tariffs import Call, NotChargeable, Rated, Suspended
from tariffs.rating.batch import rate_batch
from tests.rating.review import CHINA, call, problems, rulebook
from tests.smallworld import LEAVE

NIGHT = (
    "{p: {periods: {n: {name: {zh: 夜, en: n}, clock: '00:00-07:00'}, d: {name: {zh: 日, en: d}, otherwise: true}}}}"
)


def charged(folder: Path, charge: str, a_call: Call, *, when: str = "{}", more: str = "") -> str:
    """What a call pays under a rulebook of one tariff."""
    text = f"tariffs: {{t: {{name: {{zh: t, en: t}}, charge: {charge}, source: gazette}}}}"
    book = rulebook(folder, f"{text}\nrules: {{r: {{when: {when}, pay: t}}}}\nperiods: {NIGHT}\n{more}")
    result = book.rater(allow=LEAVE)(a_call)
    match result:
        case Rated(charges=charges):
            return str(charges["baseline"].amount)
        case NotChargeable(reason=code) | Suspended(code=code):
            return code


@pytest.mark.parametrize(
    "expected, charge, seconds",
    [
        ("0.40", "{connection: 0.10, per: 60 s, price: 0.30}", 1),
        ("0.70", "{connection: 0.10, per: 60 s, price: 0.30}", 61),
        ("zero-duration", "{connection: 0.10, per: 60 s, price: 0.30}", 0),
        ("0.10", "{connection: 0.10, per: 60 s, price: 0.30, zero: charge}", 0),
        ("0.50", "{per: 60 s, price: 0.30, minimum: 0.50, maximum: 1.00}", 1),
        ("0.60", "{per: 60 s, price: 0.30, minimum: 0.50, maximum: 1.00}", 61),
        ("1.00", "{per: 60 s, price: 0.30, minimum: 0.50, maximum: 1.00}", 600),
        ("0.00", "{per: 60 s, price: 0.30, free: 30 s}", 30),
        ("0.30", "{per: 60 s, price: 0.30, free: 30 s}", 90),
        ("0.60", "{per: 60 s, price: 0.30, free: 30 s}", 91),
        ("6.00", "{per: 60 s, billed-by: 1 s, price: 0.10, rounding: {to: 0.01, mode: half-up}}", 3600),
        ("13.20", "{per: 60 s, billed-by: 1 s, price: 0.22, rounding: {to: 0.01, mode: half-up}}", 3600),
        ("0.60", "{per: 60 s, billed-by: 1 s, price: 0.01, rounding: {to: 0.01, mode: half-up}}", 3600),
        ("0.02", "{per: 1 s, price: 0.005, rounding: {to: 0.01, mode: half-even}}", 3),
        ("0.02", "{per: 1 s, price: 0.005, rounding: {to: 0.01, mode: half-even}}", 5),
    ],
)
def test_a_lone_charge(expected: str, charge: str, seconds: int, tmp_path: Path) -> None:
    assert expected == charged(tmp_path, charge, call(seconds))


@pytest.mark.parametrize(
    "expected, seconds",
    [("0.30", 1), ("0.30", 30), ("0.36", 31), ("0.36", 36), ("0.42", 37), ("0.60", 60), ("0.66", 61)],
)
def test_thirty_then_six_seconds(expected: str, seconds: int, tmp_path: Path) -> None:
    steps = "{for: 30 s, per: 60 s, billed-by: 30 s, price: 0.60}, {per: 60 s, billed-by: 6 s, price: 0.60}"
    assert expected == charged(tmp_path, f"{{steps: [{steps}]}}", call(seconds))


@pytest.mark.parametrize(
    "expected, start, seconds",
    [
        ("882.00", "2011-10-10 10:00:03", 86_400),  # the unit of 06:59:57 is the last night one: 4200 night, 10200 day
        ("0.71", "2011-10-10 06:59:50", 61),
    ],
)
def test_a_long_call_pays_each_unit_by_its_start(expected: str, start: str, seconds: int, tmp_path: Path) -> None:
    charge = "{per: 6 s, price: {d: 0.07, n: 0.04}, periods: p, crossing: each-unit}"
    assert expected == charged(tmp_path, charge, call(seconds, start))


def test_a_block_then_minutes_over_midnight(tmp_path: Path) -> None:
    """The block and two minutes (23:58:30, 23:59:30) by day, five by night: 0.30 + 0.22 + 0.25."""
    steps = "[{for: 180 s, price: {d: 0.30, n: 0.20}}, {per: 60 s, price: {d: 0.11, n: 0.05}}]"
    charge = f"{{steps: {steps}, periods: p, crossing: each-unit}}"
    assert "0.77" == charged(tmp_path, charge, call(600, "2011-10-10 23:55:30"))


def test_volume_has_no_moments_and_pays_the_price_of_its_start(tmp_path: Path) -> None:
    """20 000 KB at 0.01 from 06:59:50: the bytes must not run on as if they were microseconds."""
    charge = "{per: 1 KB, price: {d: 0.02, n: 0.01}, periods: p, crossing: each-unit}"
    a_call = call(None, "2011-10-10 06:59:50", service="data", quantity=20_000 * 1024)
    assert "200.00" == charged(tmp_path, charge, a_call, when="{usage: data}")


@pytest.mark.parametrize(
    "expected, charge",
    [
        ("overflow", "{per: 7 s, billed-by: 1 s, price: 0.123456789, maximum: 999999999, rounding: {to: 1, mode: up}}"),
        ("overflow", "{per: 60 s, billed-by: 0.000001 s, price: 0.000000001, rounding: {to: 900000, mode: up}}"),
        ("overflow", "{per: 1 s, price: 1, billed: {resolution: 999999999 h}}"),
        ("bad-value", "{per: 60 s, price: 0.30, minimum: 1.50, maximum: 1.00}"),
        ("bad-value", "{per: 60 s, price: 0.30, free: 1 message}"),
        ("bad-value", "{per: 60 s, price: 0.30, billed: {resolution: 1 KB}}"),
        ("bad-value", "{steps: [{for: 1 KB, price: 1}, {per: 60 s, price: 1}]}"),
    ],
)  # fmt: skip
def test_a_charge_that_cannot_be_computed_is_refused(expected: str, charge: str, tmp_path: Path) -> None:
    text = f"tariffs: {{t: {{name: {{zh: t, en: t}}, charge: {charge}, source: gazette}}}}"
    text += "\nrules: {r: {when: {}, pay: t}}"
    assert [expected] == problems(lambda: rulebook(tmp_path, text).rater(allow=LEAVE))


def test_a_step_of_ages_fits_the_compiled_kernel(tmp_path: Path) -> None:
    steps = "[{for: 999999999999 h, per: 60 s, price: 0.30}, {per: 999999999999 h, price: 0.10}]"
    text = f"tariffs: {{t: {{name: {{zh: t, en: t}}, charge: {{steps: {steps}}}, source: gazette}}}}"
    rater = rulebook(tmp_path, text + "\nrules: {r: {when: {}, pay: t}}").rater(allow=LEAVE)
    columns = {
        "caller": pa.array(["02081234567"]),
        "called": pa.array(["075781234567"]),
        "start": pa.array([dt.datetime(2011, 10, 10, 10)], pa.timestamp("us")),
        "duration": pa.array([61_000_000]),
    }
    outcome = rate_batch(rater, pa.RecordBatch.from_pydict(columns), compiled=True)
    assert [600_000] == outcome.charge(0).tolist()


def test_the_longest_call_ends_where_calendars_do(tmp_path: Path) -> None:
    assert ["bad-value"] == problems(lambda: rulebook(tmp_path, "rulebook: {longest-call: 9000 h}"))


def test_rules_until_the_end_of_time_need_no_table_of_days(tmp_path: Path) -> None:
    text = "tariffs: {t: {name: {zh: t, en: t}, charge: {per: 60 s, price: 0.30}, source: gazette}}\n"
    book = rulebook(tmp_path, text + "rules: {r: {when: {}, pay: t, from: 1000-01-01, until: 9999-12-31}}")
    rater = book.rater(allow=LEAVE)
    assert len(rater.compiled.tables.heap) < 100_000
    assert isinstance(rater(call(60)), Rated)


FLAT = """
tariffs: {t: {name: {zh: t, en: t}, charge: {per: 60 s, price: 0.31}, source: gazette}}
rules: {r: {when: {}, pay: t}}
"""


def test_the_decimal_context_of_the_caller_changes_nothing(tmp_path: Path) -> None:
    rater = rulebook(tmp_path, FLAT).rater(allow=LEAVE)
    with decimal.localcontext() as context:
        context.prec = 2
        result = rater(call(Decimal("23940.25")))
        assert isinstance(result, Rated)
        assert "124.00" == str(result.charges["baseline"].amount)
        assert "124.00" == str(rater.explain(call(Decimal("23940.25"))).total)


@pytest.mark.parametrize("seconds", [Decimal("1E-400"), Decimal("1E-999999999")])
def test_the_smallest_of_durations_is_a_unit(seconds: Decimal, tmp_path: Path) -> None:
    result = rulebook(tmp_path, FLAT).rater(allow=LEAVE)(call(seconds))
    assert isinstance(result, Rated)
    assert "0.31" == str(result.charges["baseline"].amount)


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 1.5},
        {"quantity": Decimal(3)},
        {"caller": None},
        {"called": b"110"},
        {"start": dt.date(2011, 10, 10)},
    ],
)
def test_values_of_a_wrong_type_are_misuse(wrong: dict[str, Any], tmp_path: Path) -> None:
    rater = rulebook(tmp_path, FLAT).rater(allow=LEAVE)
    with pytest.raises(TypeError):
        rater(call(60, **wrong))


def test_a_suspended_call_is_explained_by_the_clock_of_the_rulebook(tmp_path: Path) -> None:
    rater = rulebook(tmp_path, FLAT).rater(allow=LEAVE)
    start = dt.datetime(2011, 10, 10, 2, tzinfo=dt.UTC)
    assert dt.datetime(2011, 10, 10, 10) == rater.explain(call(60, start=start, called="x")).start
    assert dt.datetime(2011, 10, 10, 10) == rater.explain(call(60, start=start)).start
    assert CHINA == rater.timezone
