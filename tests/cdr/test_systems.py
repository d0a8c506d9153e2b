"""Call records as telephone systems write them: each shape with an answered, an unanswered and a not chargeable row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tariffs.cdr.failures import InputError
from tariffs.cdr.known import load_mapping
from tests.cdr.desk import FOSHAN, GUANGZHOU, calls, mapping_of, rate

CHANNEL = '"SIP/trunk-1","","Dial","SIP/out"'


def master(
    src: str, dst: str, answer: str, billsec: int, disposition: str, app: str = "Dial", uid: str = "1330556390.1"
) -> str:
    """A row of Asterisk's cdr_csv."""
    return (
        f'"","{src}","{dst}","from-internal","""Desk"" <{src}>","SIP/{src}-01","SIP/out-01","{app}","SIP/out/{dst},30",'
        f'"2012-03-01 06:59:40","{answer}","2012-03-01 07:00:51",71,{billsec},"{disposition}",'
        f'"DOCUMENTATION","{uid}",""'
    )


def custom(src: str, dst: str, answer: str, billsec: int, disposition: str, app: str = "Dial") -> str:
    """The same of cdr_custom."""
    return (
        f'"""Desk"" <{src}>","{src}","{dst}","from-internal","SIP/{src}-01","SIP/out-01","{app}","SIP/out/{dst},30",'
        f'"2012-03-01 06:59:40","{answer}","2012-03-01 07:00:51","71","{billsec}","{disposition}",'
        '"3","","1330556390.1","","9"'
    )


def asterisk(row: object) -> str:
    assert callable(row)
    answered = "2012-03-01 06:59:50"
    return "\n".join(
        [
            row(GUANGZHOU, FOSHAN, answered, 61, "ANSWERED"),
            row(GUANGZHOU, FOSHAN, "", 0, "NO ANSWER"),
            row(GUANGZHOU, "*97", answered, 61, "ANSWERED", "VoiceMailMain"),
            row(GUANGZHOU, FOSHAN, answered, 61, "ANSWERED", "VoiceMail"),
        ]
    )


FREEPBX = calls(
    f"2012-03-01 06:59:40,desk,{GUANGZHOU},{FOSHAN},from-internal,{CHANNEL},71,61,ANSWERED,3,,1.1,,,,",
    f"2012-03-01 06:59:40,desk,{GUANGZHOU},{FOSHAN},from-internal,{CHANNEL},20,0,NO ANSWER,3,,1.2,,,,",
    header="calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,"
    "accountcode,uniqueid,userfield,did,recordingfile,cnum",
)


def switch(uuid: int, other: int | None, answer: str, billsec: int) -> str:
    """A row of FreeSWITCH's mod_cdr_csv."""
    ids = ["" if n is None else f"5f0c1a2b-0000-4000-8000-{n:012d}" for n in (uuid, other)]
    return ",".join(
        f'"{field}"'
        for field in (
            "Desk",
            GUANGZHOU,
            FOSHAN,
            "default",
            "2012-03-01 06:59:40",
            answer,
            "2012-03-01 07:00:51",
            71,
            billsec,
            "NORMAL_CLEARING",
            *ids,
            "",
            "PCMA",
            "PCMA",
        )
    )


CISCO_NAMES = (
    "cdrRecordType,globalCallID_callId,dateTimeOrigination,origCause_value,callingPartyNumber,originalCalledPartyNumber,"
    "finalCalledPartyNumber,dateTimeConnect,dateTimeDisconnect,duration,pkid"
)
CISCO_TYPES = (
    "INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(50),VARCHAR(50),INTEGER,INTEGER,INTEGER,UNIQUEIDENTIFIER"
)


@pytest.mark.parametrize(("row", "name"), [(master, "asterisk-cdr-csv"), (custom, "asterisk-cdr-custom")])
def test_asterisk_is_recognised_by_its_columns_and_not_by_its_name(tmp_path: Path, row: object, name: str) -> None:
    done = rate(tmp_path, asterisk(row), name="Master.csv")
    assert ["0.71", "", "", ""] == done.column("baseline.charge")
    assert ["rated", "unanswered", "not-a-call", "not-a-call"] == done.column("status")
    assert any(name in note for note in done.summary.notes)


def test_asterisk_rows_of_sixteen_to_eighteen_columns(tmp_path: Path) -> None:
    row = master(GUANGZHOU, FOSHAN, "2012-03-01 06:59:50", 61, "ANSWERED")
    short, shorter = row.rsplit(",", 1)[0], row.rsplit(",", 2)[0]
    done = rate(
        tmp_path,
        "\n".join([row, short, shorter, shorter.rsplit(",", 1)[0]]) + "\n",
        mapping=load_mapping("asterisk-cdr-csv"),
    )
    assert ["0.71"] * 3 == done.column("baseline.charge")
    assert [(4, "unreadable")] == done.suspended


def test_the_two_layouts_in_one_file_are_never_mixed_up(tmp_path: Path) -> None:
    rows = [
        master(GUANGZHOU, FOSHAN, "2012-03-01 06:59:50", 61, "ANSWERED"),
        custom(GUANGZHOU, FOSHAN, "2012-03-01 06:59:50", 61, "ANSWERED"),
    ]
    with pytest.raises(InputError, match="no column for"):
        rate(tmp_path, "\n".join(rows) + "\n")


def test_freepbx_answers_when_ringing_ends(tmp_path: Path) -> None:
    done = rate(tmp_path, FREEPBX)
    assert ["0.71", ""] == done.column("baseline.charge")  # 06:59:40 + 71 s - 61 s = 06:59:50
    assert ["rated", "unanswered"] == done.column("status")


def test_freeswitch_counts_the_second_leg_of_a_call_as_a_duplicate(tmp_path: Path) -> None:
    lines = [
        switch(1, 2, "2012-03-01 06:59:50", 61),
        switch(2, None, "2012-03-01 06:59:50", 61),
        switch(3, None, "", 0),
    ]
    done = rate(tmp_path, "\n".join(lines) + "\n")
    assert ["0.71", ""] == done.column("baseline.charge")
    assert (3, 1, 1, 0, 1, 0) == done.outcomes


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_two_legs_that_name_each_other_the_first_is_kept(tmp_path: Path, order: tuple[int, int]) -> None:
    one, other = order
    lines = [switch(one, other, "2012-03-01 06:59:50", 61), switch(other, one, "2012-03-01 06:59:50", 60)]
    assert ["11"] == rate(tmp_path, "\n".join(lines) + "\n").column("baseline.units")


def test_cisco_has_a_line_of_types_and_seconds_in_utc(tmp_path: Path) -> None:
    rows = [
        f"1,7,1330556380,0,{GUANGZHOU},{FOSHAN},{FOSHAN},1330556390,1330556451,61,a-b",
        f"1,8,1330556380,0,{GUANGZHOU},{FOSHAN},,1330556390,1330556451,61,a-c",
        f"1,9,1330556380,0,{GUANGZHOU},{FOSHAN},{FOSHAN},0,1330556451,0,a-d",
    ]
    done = rate(tmp_path, calls(CISCO_TYPES, *rows, header=CISCO_NAMES))
    assert ["0.71", "0.71", ""] == done.column("baseline.charge")
    assert ["rated", "rated", "unanswered"] == done.column("status")


def test_a_file_that_two_mappings_fit_has_to_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tariffs.cdr.known._alike", lambda _mapping, _header, records: len(records))
    with pytest.raises(InputError, match=r"this could be .* or .*: say which with --map"):
        rate(tmp_path, FREEPBX)


def test_a_file_that_mostly_looks_like_a_known_system_is_not_guessed_at(tmp_path: Path) -> None:
    rows = [master(GUANGZHOU, FOSHAN, "2012-03-01 06:59:50", 61, "ANSWERED")] * 3
    with pytest.raises(InputError, match="3 of its first 4 records look like asterisk-cdr-csv") as caught:
        rate(tmp_path, "\n".join([*rows, "broken"]) + "\n")
    assert GUANGZHOU not in str(caught.value)
    named = rate(tmp_path, "\n".join([*rows, "broken"]) + "\n", mapping=load_mapping("asterisk-cdr-csv"))
    assert (4, 3, 0, 1, 0, 0) == named.outcomes


def test_a_file_of_no_known_system_is_refused_without_telling_its_numbers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column for") as caught:
        rate(tmp_path, f"{GUANGZHOU},020-8123-4567,x\n")
    assert not any(number in str(caught.value) for number in (GUANGZHOU, "8123-4567"))


def test_a_mapping_given_by_hand_goes_before_what_would_be_recognised(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        "columns: {caller: src, called: dst, start: calldate, duration: billsec}\ndates: ['%Y-%m-%d %H:%M:%S']\n",
    )
    done = rate(tmp_path, FREEPBX, mapping=mapping)
    assert ["0.65", ""] == done.column("baseline.charge")  # begins at 06:59:40: four units by night, seven by day
    assert ["rated", "zero-duration"] == done.column("status")
