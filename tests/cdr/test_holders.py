"""Who holds an add-on, by a file of numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tariffs
from tariffs.cdr.failures import InputError
from tests.cdr.desk import FOSHAN, GUANGZHOU, HEADER, call, calls, put, rate

OPTION = "telecom-add-on"
LATE = "2013-03-01T10:00:00+08:00"


def delivered(folder: Path, text: str, holders: str) -> Any:
    by = tariffs.load("prd").rater(["delivery-2012"], holders={OPTION: "record"})
    return rate(folder, text, by=by, holders={OPTION: str(put(folder, "holders.csv", holders))})


def charges(folder: Path, text: str, holders: str) -> list[str]:
    found: list[str] = delivered(folder, text, holders).column("delivery-2012.charge")
    return found


def test_only_lines_in_the_file_hold_it(tmp_path: Path) -> None:
    text = calls(call(1, start=LATE), call(2, start=LATE, caller="02087654321"))
    assert ["0.40", "0.77"] == charges(tmp_path, text, f"number,option,from,until\n{GUANGZHOU},{OPTION},,\n")


def test_it_is_held_from_its_first_day_until_before_the_last(tmp_path: Path) -> None:
    text = calls(*(call(day, start=f"2013-03-{day:02d}T10:00:00+08:00") for day in (1, 2, 3, 4)))
    holders = f"number,option,from,until\n{GUANGZHOU},{OPTION},2013-03-02,2013-03-04\n"
    assert ["0.77", "0.40", "0.40", "0.77"] == charges(tmp_path, text, holders)


def test_numbers_may_be_written_in_any_way(tmp_path: Path) -> None:
    text = calls(call(1, start=LATE), call(2, start=LATE, caller="81234567") + "", header=HEADER)
    assert ["0.40"] == charges(tmp_path, text, f"number,option\n+86 20 8123 4567,{OPTION}\n")


def test_lines_about_other_add_ons_are_passed_over_and_an_empty_one_means_this(tmp_path: Path) -> None:
    text = calls(call(1, start=LATE), call(2, start=LATE, caller=FOSHAN, called=GUANGZHOU))
    assert ["0.77", "0.40"] == charges(tmp_path, text, f"number,option\n{GUANGZHOU},mobile-add-on\n{FOSHAN},\n")


def test_the_file_decides_for_its_add_on_and_leaves_others_to_the_record(tmp_path: Path) -> None:
    text = calls(call(1, start=LATE) + f",{OPTION};mobile-add-on", header=HEADER + ",options")
    assert ["0.77"] == charges(tmp_path, text, f"number,option\n{FOSHAN},\n")


@pytest.mark.parametrize(
    ("holders", "words"),
    [
        ("", "empty|header"),
        ("phone,option\n1,2\n", r":1: there is no column `number`"),
        ("number,option\n12,\n", r":2: not a number"),
        (f"number,option,from\n{GUANGZHOU},,1 March\n", r":2: not a day"),
        (f"number,option\n{GUANGZHOU}\n", r":2: 1 columns instead of 2"),
        (f"number,option\n{GUANGZHOU},other\n", "no line of the file is about"),
    ],
)
def test_a_file_of_holders_that_cannot_be_used_is_told_by_line(tmp_path: Path, holders: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        charges(tmp_path, calls(call(1)), holders)
    assert GUANGZHOU not in str(caught.value)
