"""Times as records write them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.cdr.columns import texts
from tariffs.cdr.moments import Clock, check_format

SHANGHAI, UTC, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")


def wall(text: str, *formats: str, zone: ZoneInfo = SHANGHAI, year: int | None = None) -> str | None:
    """The wall clock in Shanghai of a time as written."""
    read = Clock(SHANGHAI, zone, formats or ("iso",), year).read(text)
    return None if read is None else f"{dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=read)}"


@pytest.mark.parametrize(
    "text",
    [
        "2012-03-01T06:59:50+08:00",
        "2012-03-01 06:59:50+0800",
        "2012-02-29T22:59:50Z",
        "2012-02-29T23:59:50+01",
        "2012-03-01 06:59:50",
    ],
)
def test_iso_times_with_and_without_offset(text: str) -> None:
    assert "2012-03-01 06:59:50" == wall(text)


def test_a_time_without_zone_is_read_in_the_zone_that_was_named() -> None:
    assert "2012-03-01 06:59:50" == wall("2012-02-29 22:59:50", zone=UTC)
    assert "2012-07-01 18:00:00" == wall("2012-07-01 12:00:00", zone=BERLIN)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("1/3/2012 6:59:50", "%d/%m/%Y %H:%M:%S"),
        ("01/03/12 06:59:50", "%d/%m/%y %H:%M:%S"),
        ("20120301065950", "%Y%m%d%H%M%S"),
        ("2012年3月1日 06时59分50秒", "%Y年%m月%d日 %H时%M分%S秒"),
        ("Mar 1 2012 06:59:50 AM", "%b %d %Y %I:%M:%S %p"),
        ("1330556390", "epoch"),
        ("1330556390.0", "epoch"),
        ("1330556390000", "epoch-ms"),
        ("2012-03-01 06:59:50.000", "%Y-%m-%d %H:%M:%S.%f"),
    ],
)
def test_formats_that_a_mapping_names(text: str, pattern: str) -> None:
    assert "2012-03-01 06:59:50" == wall(text, pattern)


def test_twelve_at_night_and_at_noon() -> None:
    assert "2012-03-01 00:10:00" == wall("2012-03-01 12:10 AM", "%Y-%m-%d %I:%M %p")
    assert "2012-03-01 12:10:00" == wall("2012-03-01 12:10 PM", "%Y-%m-%d %I:%M %p")


def test_a_year_may_come_from_the_mapping() -> None:
    assert "2011-06-15 07:00:00" == wall("06-15 07:00", "%m-%d %H:%M", year=2011)


@pytest.mark.parametrize(
    "text",
    ["2012-03-01", "yesterday", "", "12:00", "2012-03-01 06:59:50 CST", "2012-3-1 06:59:50", "٢٠١٢-03-01 06:59:50"],
)
def test_a_text_of_no_known_form_is_no_time(text: str) -> None:
    assert wall(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2012-02-30 00:00:00",
        "2012-13-01 00:00:00",
        "2012-03-01 24:00:00",
        "0000-00-00 00:00:00",
        "2012-03-01T00:00:00+25:00",
    ],
)
def test_a_time_that_no_calendar_has_is_impossible(text: str) -> None:
    with pytest.raises(ValueError):
        wall(text)


@pytest.mark.parametrize("pattern", ["%Q", "%d/%m/%Y", "%H:%M", "%Y-%m-%d %H:%M %H", "%"])
def test_a_format_that_cannot_say_a_time_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        check_format(pattern)


TWO = st.integers(0, 61).map("{:02d}".format)
OFFSETS = st.sampled_from(["", "Z", "+08:00", "-0530", "+14", "+23:59", "+24:00", "-0860"])
TIMES = st.builds(
    "{}-{}-{}{}{}:{}{}{}".format,
    st.sampled_from(["2012", "1991", "1985", "9999", "0001", "0000", "2100"]),
    TWO,
    TWO,
    st.sampled_from(" T"),
    TWO,
    TWO,
    st.sampled_from(["", ":00", ":59.5", ":60", ":00.123456", ":00.1234567"]),
    OFFSETS,
)
ZONES = st.sampled_from([SHANGHAI, UTC, BERLIN, ZoneInfo("America/New_York")])


@given(st.lists(st.none() | TIMES, min_size=1, max_size=5), ZONES, ZONES)
def test_a_column_is_read_as_its_values_are(column: list[str | None], home: ZoneInfo, zone: ZoneInfo) -> None:
    clock = Clock(home, zone)
    quick = clock.column(texts(column))
    for position, text in enumerate(column):
        try:
            expected = clock.read(text) if text is not None else None
            impossible = False
        except (ValueError, OverflowError):
            expected, impossible = None, True
        assert (expected is not None) == bool(quick.valid[position])
        if expected is not None:
            assert expected == quick.wall[position]
        assert quick.wrong.get(position) == (None if text is None or expected is not None else impossible)


@given(st.datetimes(dt.datetime(1992, 1, 1), dt.datetime(2037, 12, 31)), ZONES)
def test_an_instant_is_the_same_through_every_zone(moment: dt.datetime, zone: ZoneInfo) -> None:
    aware = moment.replace(tzinfo=dt.UTC)
    said = aware.astimezone(zone).isoformat()
    assert wall(aware.isoformat()) == wall(said)
