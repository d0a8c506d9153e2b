"""Generated calls: the same for the same seed, shaped like real traffic, and rated to the last one."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tariffs
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import run
from tariffs.cdr.sample import BATCH, COLUMNS, Sample, read_month, read_share, sample_calls
from tariffs.cdr.sample_defects import DEFECTS, Fields
from tariffs.cdr.sample_files import write_sample
from tariffs.cdr.sample_profile import QUANTILES, Draw, Durations, hours
from tariffs.cdr.sample_traffic import NEARNESS, SHARES
from tariffs.rulebook.book import Rulebook
from tests.project.documents import ROOT

OCTOBER = dt.date(2011, 10, 1)


@pytest.fixture(scope="module")
def prd() -> tariffs.Rulebook:
    return tariffs.load("prd")


@pytest.fixture(scope="module")
def clean(prd: tariffs.Rulebook) -> list[Fields]:
    return [fields for fields, _ in Sample(prd, "2011-10", 4000, 1).records()]


def call(fields: Fields) -> tariffs.Call:
    text = {column: value or "" for column, value in fields.items()}
    return tariffs.Call(
        id=text["id"],
        caller=text["caller"],
        called=text["called"],
        start=dt.datetime.fromisoformat(text["start"]),
        seconds=Decimal(text["duration"]),
        answered=text["answered"] == "true",
        service=text["service"],
        direction=text["direction"],
        served_place=text["served_place"] or None,
        operator=text["operator"] or None,
        group=text["group"] or None,
    )


def start(fields: Fields) -> dt.datetime:
    return dt.datetime.fromisoformat(fields["start"] or "")


# ---- every clean call is rated ----


@pytest.mark.parametrize("zones", ["one-per-city", "illustrative"])
@pytest.mark.parametrize("month", ["2010-01", "2011-10", "2017-08"])
def test_prd_rates_every_clean_call_of_its_first_and_last_month(prd: tariffs.Rulebook, month: str, zones: str) -> None:
    rate = prd.rater(["baseline", "plan-2010"], assume={"business-zones": zones})
    outcomes = [rate(call(fields)) for fields, _ in Sample(prd, month, 3000, 5).records()]
    assert [] == [o for o in outcomes if isinstance(o, tariffs.Suspended)]
    assert {"unanswered", "zero-duration"} == {o.reason for o in outcomes if isinstance(o, tariffs.NotChargeable)}


def test_every_kind_of_call_occurs(prd: tariffs.Rulebook, clean: list[Fields]) -> None:
    rate = prd.rater(["baseline"])
    charges = [o.charges["baseline"] for o in map(rate, map(call, clean)) if isinstance(o, tariffs.Rated)]
    relations = {"same-zone", "same-province", "mainland", "hong-kong-macao-taiwan", "international"}
    assert relations == {charge.relation for charge in charges}
    paid = {tariff for charge in charges for tariff in charge.tariffs}
    assert (
        set()
        == {
            "fixed-local",
            "fixed-to-mobile",
            "domestic-long-distance",
            "ip-long-distance",
            "free-of-charge",
            "mobile-local",
            "mobile-received",
            "mobile-long-distance",
            "roaming-made",
            "roaming-received",
        }
        - paid
    )


def test_calls_run_over_midnight_and_over_seven(clean: list[Fields]) -> None:
    spans = [(start(c), start(c) + dt.timedelta(seconds=float(c["duration"] or 0))) for c in clean]
    over_midnight = [1 for begun, ended in spans if begun.date() != ended.date()]
    over_seven = [1 for begun, ended in spans if begun.hour == 6 and ended.hour == 7]
    assert len(over_midnight) >= 5
    assert len(over_seven) >= 5


# ---- the shape of the traffic ----


def test_durations_have_the_measured_quantiles() -> None:
    durations = Durations()
    drawn = sorted(durations.draw(Draw(b"quantiles", index)) for index in range(40_000))
    for percent, seconds in QUANTILES[1:-1]:
        below = bisect_right(drawn, Decimal(seconds) * 100)
        assert below / len(drawn) == pytest.approx(percent / 100, abs=0.004)
    assert drawn[-1] <= 297_100
    assert drawn[0] >= 30


def test_durations_of_answered_calls_in_a_sample_have_the_measured_median(clean: list[Fields]) -> None:
    spent = sorted(Decimal(c["duration"] or 0) for c in clean if Decimal(c["duration"] or 0))
    assert float(spent[len(spent) // 2]) == pytest.approx(64.0, rel=0.1)


def test_every_call_belongs_to_exactly_one_hour_of_the_month() -> None:
    shared = list(hours(OCTOBER, 12_345, None))
    assert 31 * 24 == len(shared)
    assert 0 == shared[0].first
    assert 12_345 == shared[-1].last
    assert [hour.last for hour in shared[:-1]] == [hour.first for hour in shared[1:]]


def test_nights_and_sundays_are_quieter() -> None:
    calls = Counter[tuple[bool, int]]()
    for hour in hours(OCTOBER, 1_000_000, None):
        calls[hour.day.weekday() == 6, hour.hour] += hour.last - hour.first
    assert calls[False, 3] * 10 < calls[False, 10]
    sundays, others = 5, 26
    per_sunday = sum(n for (sunday, _), n in calls.items() if sunday) / sundays
    per_other_day = sum(n for (sunday, _), n in calls.items() if not sunday) / others
    assert per_sunday < per_other_day


def test_calls_follow_one_another_in_the_month(clean: list[Fields]) -> None:
    starts = [start(c) for c in clean]
    assert starts == sorted(starts)
    assert {(2011, 10)} == {(at.year, at.month) for at in starts}
    assert {"+08:00"} == {(c["start"] or "")[-6:] for c in clean}


def test_big_cities_call_most(clean: list[Fields]) -> None:
    areas = Counter(c["caller"][:4] for c in clean if c["caller"] and c["caller"].startswith("07"))
    assert areas["0755"] > areas["0756"]
    assert sum(1 for c in clean if (c["caller"] or "").startswith("020")) > areas["0756"] * 3


def test_nobody_but_a_mobile_line_says_where_it_is(clean: list[Fields]) -> None:
    for c in clean:
        paying = c["called"] if c["direction"] == "received" else c["caller"]
        assert bool(c["served_place"]) == (paying or "").startswith("1")


# ---- synthetic, and the same for the same seed ----


def test_every_record_says_that_it_is_synthetic(clean: list[Fields]) -> None:
    assert {"synthetic"} == {c["source"] for c in clean}
    assert all((c["id"] or "").startswith("SYN-") for c in clean)


def test_ids_are_unique_and_look_like_no_number(clean: list[Fields]) -> None:
    ids = {c["id"] or "" for c in clean}
    assert len(clean) == len(ids)
    assert not any(re.search(r"\d{5}", identity) for identity in ids)


def test_the_seed_decides(prd: tariffs.Rulebook) -> None:
    first, again, other = (list(sample_calls(prd, "2011-10", 500, seed)) for seed in (3, 3, 4))
    assert first == again
    assert first[0].column("caller") != other[0].column("caller")


def test_a_draw_is_the_same_under_every_python() -> None:
    draw = Draw(b"key", 7)
    assert [603, 3, 4, 0, 24215] == [draw.below(n) for n in (1000, 60, 10, 2, 100_000)]


def test_batches_are_text_and_of_bounded_size(prd: tariffs.Rulebook) -> None:
    batches = list(sample_calls(prd, "2011-10", BATCH + 1, 3))
    assert [BATCH, 1] == [batch.num_rows for batch in batches]
    assert pa.schema([(column, pa.string()) for column in COLUMNS]) == batches[0].schema


# ---- bad records ----


@pytest.mark.parametrize("calls, share, expected", [(1000, "0", 0), (1000, "1/20", 50), (7, "1/2", 4), (5, "1", 5)])
def test_exactly_the_share_asked_for_is_bad(prd: tariffs.Rulebook, calls: int, share: str, expected: int) -> None:
    records = list(Sample(prd, "2011-10", calls, 2, Fraction(share)).records())
    assert expected == sum(defect is not None for _, defect in records)


def test_good_records_are_the_same_with_and_without_bad_ones(prd: tariffs.Rulebook) -> None:
    without = [fields for fields, _ in Sample(prd, "2011-10", 400, 2).records()]
    mixed = list(Sample(prd, "2011-10", 400, 2, Fraction(1, 10)).records())
    assert 360 == sum(fields == good for (fields, _), good in zip(mixed, without, strict=True))


def test_every_defect_occurs(prd: tariffs.Rulebook) -> None:
    found = {defect for _, defect in Sample(prd, "2011-10", 800, 2, Fraction(1, 2)).records()}
    assert {None, *(name for name, _ in DEFECTS)} == found


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_exactly_the_bad_records_are_suspended_in_every_format(
    prd: tariffs.Rulebook, tmp_path: Path, ending: str
) -> None:
    sample = Sample(prd, "2011-10", 1000, 6, Fraction(1, 2))
    write_sample(sample, tmp_path / f"calls.{ending}")
    request = RateRequest(inputs=(str(tmp_path / f"calls.{ending}"),), output=str(tmp_path / "rated.parquet"))
    summary = run(request, prd.rater(["baseline"]))
    rated = pq.read_table(tmp_path / "rated.parquet", columns=["caller", "start"]).to_pylist()
    good = [fields for fields, defect in sample.records() if defect is None]
    assert [(c["caller"], c["start"]) for c in good] == [(row["caller"], row["start"]) for row in rated]
    assert (1000, 500) == (summary.total.read, summary.suspended)


# ---- files ----


def test_a_csv_file_holds_every_record(prd: tariffs.Rulebook, tmp_path: Path, clean: list[Fields]) -> None:
    path = tmp_path / "calls.csv"
    write_sample(Sample(prd, "2011-10", 4000, 1), path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert ",".join(COLUMNS) == lines[0]
    assert [list(fields.values()) for fields in clean] == [line.split(",") for line in lines[1:]]


def test_jsonl_parquet_and_packed_files_hold_the_same(prd: tariffs.Rulebook, tmp_path: Path) -> None:
    sample = Sample(prd, "2011-10", 200, 1, Fraction(1, 10))
    expected = [{c: v for c, v in fields.items() if v is not None} for fields, _ in sample.records()]
    for name in ("a.csv", "a.csv.gz", "a.jsonl", "a.ndjson.zst", "a.parquet"):
        write_sample(sample, tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == gzip.decompress((tmp_path / "a.csv.gz").read_bytes())
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert expected == [json.loads(line) for line in lines]
    with pa.CompressedInputStream(str(tmp_path / "a.ndjson.zst"), "zstd") as packed:
        assert (tmp_path / "a.jsonl").read_bytes() == packed.read()
    table = pq.read_table(tmp_path / "a.parquet")
    assert b"synthetic" == table.schema.metadata[b"source"]
    assert expected == [{c: v for c, v in row.items() if v is not None} for row in table.to_pylist()]


def test_a_cut_record_is_a_short_line_and_one_field_more_a_long_one(prd: tariffs.Rulebook, tmp_path: Path) -> None:
    sample = Sample(prd, "2011-10", 400, 2, Fraction(1, 2))
    write_sample(sample, tmp_path / "bad.csv")
    lines = (tmp_path / "bad.csv").read_text(encoding="utf-8").splitlines()[1:]
    fields_of: dict[str | None, set[int]] = {}
    for line, (_, defect) in zip(lines, sample.records(), strict=True):
        fields_of.setdefault(defect, set()).add(len(line.split(",")))
    assert {2} == fields_of.pop("cut-short")
    assert {len(COLUMNS) + 1} == fields_of.pop("one-field-more")
    assert {frozenset({len(COLUMNS)})} == {frozenset(counts) for counts in fields_of.values()}


def test_a_run_that_is_killed_leaves_nothing(prd: tariffs.Rulebook, tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(Sample(prd, "2011-10", 100, 1), tmp_path / "calls.csv", interrupt)
    assert [] == list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_named(prd: tariffs.Rulebook, tmp_path: Path) -> None:
    sample = Sample(prd, "2011-10", 10, 1)
    (tmp_path / "folder.csv").mkdir()
    for path in (tmp_path / "nowhere" / "calls.csv", tmp_path / "folder.csv"):
        with pytest.raises(OSError) as raised:
            write_sample(sample, path)
        assert str(path) == raised.value.filename


@pytest.mark.parametrize("name", ["calls", "calls.xlsx", "calls.parquet.gz", "calls.gz"])
def test_an_ending_that_says_nothing_is_refused(prd: tariffs.Rulebook, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"let it end in \.csv, \.jsonl"):
        write_sample(Sample(prd, "2011-10", 10, 1), tmp_path / name)
    assert [] == list(tmp_path.iterdir())


# ---- what cannot be asked for ----


@pytest.mark.parametrize("text", ["2011", "2011-13", "2011-1", "1889-10", "next", "2011-10-01"])
def test_a_month_is_written_2011_10(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2011-10"):
        read_month(text)


@pytest.mark.parametrize("text, expected", [("0", "0"), ("0.05", "1/20"), ("5%", "1/20"), ("100 %", "1"), ("1", "1")])
def test_a_share_is_a_decimal_or_a_percentage(text: str, expected: str) -> None:
    assert Fraction(expected) == read_share(text)


@pytest.mark.parametrize("text", ["", "5", "101%", "-1%", "nan", "1e-3", "half"])
def test_anything_else_is_no_share(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it as 0\.05 or 5%"):
        read_share(text)


@pytest.mark.parametrize("calls", [0, -1, 10**11])
def test_the_number_of_calls_has_bounds(prd: tariffs.Rulebook, calls: int) -> None:
    with pytest.raises(ValueError, match="the number of calls is from 1 to 10000000000"):
        Sample(prd, "2011-10", calls, 1)


def test_a_rulebook_without_people_cannot_be_sampled(prd: tariffs.Rulebook) -> None:
    deserted = {name: place.model_copy(update={"people": None}) for name, place in prd.places.items()}
    book: Rulebook = prd.model_copy(update={"places": deserted})
    with pytest.raises(ValueError, match="no city with both `people` and an area code"):
        Sample(book, "2011-10", 10, 1)


# ---- the page about it ----


def test_the_page_states_every_share() -> None:
    page = (ROOT / "docs" / "sample.md").read_text(encoding="utf-8")
    for name, value in [*asdict(SHARES).items(), *NEARNESS.items()]:
        assert f"| `{name}` | {value} |" in page
    assert ", ".join(seconds for _, seconds in QUANTILES[1:]) + " s" in page
    for name in (*COLUMNS, *(name for name, _ in DEFECTS)):
        assert f"`{name}`" in page
