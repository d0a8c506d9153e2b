"""Pseudonyms in place of numbers: nothing of a number is left, and every charge stays what it was."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffs.cdr.failures import InputError
from tests.cdr.desk import FOSHAN, GUANGZHOU, HEADER, call, calls, mapping_of, put, rate
from tests.cdr.test_systems import asterisk, master

TOKEN = re.compile(r"~[0-9+]*~\d+~[0-9a-f]{32}")


def masked(folder: Path, content: Any, key: bytes = b"k" * 32, **asked: Any) -> Any:
    return rate(folder, content, mask=str(put(folder, "key", key)), **asked)


def pseudonym(token: str) -> str:
    assert TOKEN.fullmatch(token)
    return token.rsplit("~", 1)[1]


def test_a_number_becomes_the_prefix_that_is_read_its_length_and_a_pseudonym(tmp_path: Path) -> None:
    row = masked(tmp_path, calls(call(1, called="13000401234"))).rows[0]
    assert (GUANGZHOU, "13000401234") not in ((row["caller"], row["called"]),)
    assert ["~020~11~", "~1300040~11~"] == [row[name][:-32] for name in ("caller", "called")]
    assert pseudonym(row["caller"]) != pseudonym(row["called"])


def test_numbers_of_services_stay(tmp_path: Path) -> None:
    assert ["110", "4008001234"] == masked(tmp_path, calls(call(1, called="110"), call(2, called="4008001234"))).column(
        "called"
    )


@pytest.mark.parametrize(
    "written", ["0086 20 8123 4567", "+86-20-81234567", "8620 81234567", "020-8123-4567", "(020)81234567"]
)
def test_one_number_has_one_pseudonym_however_it_is_written(tmp_path: Path, written: str) -> None:
    plain, other = masked(tmp_path, calls(call(1), call(2, caller=written))).column("caller")
    assert pseudonym(plain) == pseudonym(other)


def test_a_local_number_has_the_pseudonym_of_the_whole_one(tmp_path: Path) -> None:
    done = masked(
        tmp_path,
        calls(call(1), call(2, caller="81234567", called="81234567"), call(3, called=GUANGZHOU)),
        home_area="020",
    )
    whole, local, _ = map(pseudonym, done.column("caller"))
    assert whole == local == pseudonym(done.column("called")[1]) == pseudonym(done.column("called")[2])


def test_an_access_code_does_not_change_the_pseudonym(tmp_path: Path) -> None:
    plain, coded = masked(tmp_path, calls(call(1), call(2, called="17909" + FOSHAN))).column("called")
    assert pseudonym(plain) == pseudonym(coded)
    assert coded.startswith("~179090757~17~")


def test_another_key_gives_other_pseudonyms(tmp_path: Path) -> None:
    one, other = (masked(tmp_path, calls(call(1)), key).column("caller")[0] for key in (b"a" * 16, b"b" * 16))
    assert pseudonym(one) != pseudonym(other)


def test_masked_calls_masked_again_stay_as_they_are(tmp_path: Path) -> None:
    masked(tmp_path, calls(call(1)), output="once.csv")
    twice = masked(tmp_path, [tmp_path / "once.csv"], b"another key of 32 bytes, or so..", output="twice.csv")
    assert rate(tmp_path, [tmp_path / "once.csv"]).column("caller") == twice.column("caller")


NUMBERS = st.sampled_from(
    [
        GUANGZHOU,
        FOSHAN,
        "81234567",
        "82345678",
        "13000401234",
        "013000401234",
        "+8613000401234",
        "0085223456789",
        "00442012345678",
        "17909" + FOSHAN,
        "1790981234567",
        "110",
        "4008001234",
        "076281234567",
        "0762812345",
        "01081234567",
        "075812345678",
        "12345",
        "*60",
    ]
)
CALLS = st.lists(st.tuples(NUMBERS, NUMBERS, st.sampled_from(["", "020", "757"])), min_size=1, max_size=8)


@settings(max_examples=30)
@given(CALLS)
def test_masked_calls_are_rated_to_the_same_charges(drawn: list[tuple[str, str, str]]) -> None:
    lines = [call(n, caller, called) + f",{home}" for n, (caller, called, home) in enumerate(drawn)]
    text = calls(*lines, header=HEADER + ",home_area")
    with TemporaryDirectory() as name:
        folder = Path(name)
        plain = rate(folder, text)
        masked(folder, text, output="masked.csv")
        again = rate(folder, [folder / "masked.csv"], output="again.csv")
    results = [column for column in plain.rows[0] if "." in column or column == "rated_service"] if plain.rows else []
    for column in ["id", *results]:
        assert plain.column(column) == again.column(column)


def test_nothing_that_a_run_leaves_holds_a_number(tmp_path: Path) -> None:
    text = calls(
        call(1) + f",seen {GUANGZHOU} and 1300040 1234",
        call(f"{FOSHAN}-2", called="0757") + ",",
        call(3, start="soon") + f',"{FOSHAN}"',
        call(4, caller="020-8123-4567", called="075 7812 345 67") + ",",
        f"5,{GUANGZHOU},8765-4321",
        call(6, called=f"SIP/{FOSHAN}") + ",",
        header=HEADER + ",note",
    )
    masked(tmp_path, text)
    for name in ("rated.csv", "rated.suspense.jsonl", "rated.manifest.json"):
        left = re.sub(r"[0-9a-f]{64}", "", TOKEN.sub("", (tmp_path / name).read_text("utf-8")))
        assert not re.search(r"\d{5,}", left), name
        for number in ("8123-4567", "7812 345", "8765-4321", "300040 1234"):
            assert number not in left, name


@pytest.mark.parametrize(
    ("start", "dates"),
    [
        ("02-29 10:20:00", "%m-%d %H:%M:%S"),
        ("30.02.2011 10:20:00", "%d.%m.%Y %H:%M:%S"),
        ("30.02.11 10:20", "%d.%m.%y %H:%M"),
        ("2011-02-30 10:20:00", "iso"),
    ],
)
def test_the_date_of_a_suspended_record_stays(tmp_path: Path, start: str, dates: str) -> None:
    text = f"timezone: Asia/Shanghai\ndates: '{dates}'\nyear: 2011\n"
    done = masked(tmp_path, calls(call(1, start=start)), mapping=mapping_of(tmp_path, text))
    assert [(2, "impossible-time")] == done.suspended
    assert f",{start}," in done.suspense[0]["raw"]
    assert GUANGZHOU not in done.suspense[0]["raw"]


def test_dates_in_a_record_that_has_no_columns_stay_and_numbers_go(tmp_path: Path) -> None:
    done = masked(tmp_path, calls(f"1,{GUANGZHOU},02-29 10:20:00", f"2,020 8123 4567,2012-02-29 10:20:00,{FOSHAN}"))
    one, other = (TOKEN.sub("~", record["raw"]) for record in done.suspense)
    assert ("1,~,02-29 10:20:00", "2,~,2012-02-29 10:20:00,~") == (one, other)


@pytest.mark.parametrize(
    "written",
    [
        "0208123456O", "020 - 8123 - 4567", "020–8123–4567", "(020) 8123 4567", "020/8123/4567",
        "０２０８１２３４５６７", "020 81-23 45-67", "81-23 45:67", "O2O-81234567", "020\u00a08123\u00a04567",
        "20120301",
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_read_is_masked_all_the_same(tmp_path: Path, written: str) -> None:
    done = masked(tmp_path, calls(call(1, caller=written, start="soon"), call(2, called=written, duration="x")))
    for record in done.suspense:
        left = TOKEN.sub("", record["raw"]).removesuffix(",2012-03-01T06:59:50+08:00,x")
        assert 5 > sum(map(str.isdigit, left))


def test_a_number_in_the_column_of_times_or_durations_is_masked(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "dates: epoch\n")
    text = calls(call(1, start="1330556390", duration=13000401234), call(2, start="13000401234000"), call(3, start="x"))
    done = masked(tmp_path, text, mapping=mapping)
    assert ["over-limit", "impossible-time", "unreadable"] == [record["code"] for record in done.suspense]
    assert "13000401234" not in (tmp_path / "rated.suspense.jsonl").read_text("utf-8")


def test_channels_and_names_of_asterisk_are_masked_too(tmp_path: Path) -> None:
    done = masked(tmp_path, asterisk(master))
    assert GUANGZHOU not in (tmp_path / "rated.csv").read_text()
    assert done.rows[0]["clid"].startswith('"Desk" <~020~11~')
    assert "2012-03-01 06:59:40" == done.rows[0]["start"]


def test_suspended_records_keep_start_and_duration_so_that_they_can_be_rated_again(tmp_path: Path) -> None:
    text = calls(call("x1", called="00861012345678901234", start="1330556390", duration="123456")).replace(
        "id,", "name,"
    )
    mapping = put(
        tmp_path,
        "map.yaml",
        "columns: {caller: caller, called: called, start: start, duration: {from: duration, unit: ms}}\ndates: epoch\n",
    )
    from tariffs.cdr.known import load_mapping

    done = masked(tmp_path, text, mapping=load_mapping(str(mapping)))
    assert [(2, "unknown-number")] == done.suspended
    assert done.suspense[0]["raw"].endswith(",1330556390,123456")


def test_parquet_of_typed_columns_is_masked(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "caller": [13000401234],
            "called": [FOSHAN],
            "start": pa.array([1330556390], pa.timestamp("s", "UTC")),
            "duration": [61],
            "weight": [1.5],
            "trunk": [1300040],
            "seen": pa.array([1330556390], pa.timestamp("s", "UTC")),
        }
    )
    path = tmp_path / "calls.parquet"
    pq.write_table(table, path)
    row = pq.read_table(tmp_path / masked(tmp_path, [path], output="rated.parquet").summary.output)
    assert row["caller"][0].as_py().startswith("~1300040~11~")
    assert (61, 1.5) == (row["duration"][0].as_py(), row["weight"][0].as_py())
    assert TOKEN.fullmatch(row["trunk"][0].as_py())


@pytest.mark.parametrize(
    ("key", "words"), [(None, "cannot be read"), (b"short", "at least 16 bytes"), (b" " * 40, "at least 16 bytes")]
)
def test_a_key_that_is_absent_or_too_short_is_refused(tmp_path: Path, key: bytes | None, words: str) -> None:
    path = tmp_path / "key"
    if key is not None:
        path.write_bytes(key)
    with pytest.raises(InputError, match=words):
        rate(tmp_path, calls(call(1)), mask=str(path))


def test_the_own_number_of_a_mapping_is_masked_in_the_suspense_file(tmp_path: Path) -> None:

    text = f"columns: {{other: b, start: t, duration: d}}\nconstants: {{own: '{GUANGZHOU}'}}\ntimezone: Asia/Shanghai\n"
    done = masked(tmp_path, calls(f"{FOSHAN},soon,61", header="b,t,d"), mapping=mapping_of(tmp_path, text))
    assert [(2, "unreadable")] == done.suspended
    assert GUANGZHOU not in (tmp_path / "rated.suspense.jsonl").read_text()
    section = json.loads((tmp_path / "rated.suspense.jsonl").read_text().splitlines()[1])
    assert section["mapping"]["constants"]["own"].startswith("~020~11~")
