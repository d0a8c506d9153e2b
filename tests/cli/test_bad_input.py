"""Bad input of every kind: one clear message, an exit code that says whose fault it is, never a traceback."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from click.testing import Result

from tariffs.cli.failures import without_numbers
from tests.cli.commands import SMALL, complaint, run

HEADER = "id,caller,called,start,duration\n"
GOOD = "a,02081234567,075781234567,2012-03-01T06:59:50+08:00,61\n"


def rate(*inputs: Path | str, output: Path, rules: str = SMALL, more: tuple[str, ...] = ()) -> Result:
    return run("rate", *map(str, inputs), "--rules", rules, "-o", str(output), *more)


def one_message(result: Result, code: int) -> str:
    """The message, which must be a single line."""
    said = complaint(result, code)
    lines = [line for line in said.splitlines() if line.strip()]
    assert 1 == len(lines), said
    return lines[0]


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("calls.parquet", b"id,caller\n1,2\n", "calls.parquet"),
        ("calls.parquet", b"", "calls.parquet"),
        ("calls.parquet", b"PAR1" + b"\0" * 60, "calls.parquet"),
        ("calls.csv", b"", "calls.csv"),
        ("calls.csv", b"PAR1" + b"\0" * 60, "calls.csv"),
        ("calls.csv", b"id,caller,called,start\n", "no column for"),
        ("calls.csv", b"id,caller,called,strat,duration\n", "did you mean 'strat'?"),
        ("calls.csv", b"\xff\xfe\x00\xd8" * 20, "calls.csv"),
        ("calls.csv.gz", b"id,caller\n", "calls.csv.gz"),
        ("calls.csv.gz", b"\x1f\x8b\x08\x00" + b"\0" * 20, "calls.csv.gz"),
        ("calls.csv.zst", b"\x28\xb5\x2f\xfd" + b"\0" * 20, "calls.csv.zst"),
        ("calls.jsonl", b"not json\n", "calls.jsonl"),
        ("calls.jsonl", b"[1, 2]\n", "calls.jsonl"),
    ],
    ids=[
        "text as Parquet", "nothing as Parquet", "a torso of Parquet", "nothing", "Parquet as CSV", "a column missing",
        "a column misspelt", "noise", "no gzip", "damaged gzip", "damaged zstd", "no JSON", "no objects",
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_broken_input(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    message = one_message(rate(tmp_path / name, output=tmp_path / "rated.csv"), 4)
    assert said in message
    assert not (tmp_path / "rated.csv").exists()


def test_a_file_that_does_not_exist_is_answered_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(HEADER + GOOD, encoding="utf-8")
    message = one_message(rate(tmp_path / "cals.csv", output=tmp_path / "rated.csv"), 4)
    assert f"did you mean {tmp_path / 'calls.csv'}?" in message


@pytest.mark.parametrize("inside", [[], ["notes.md"], [".hidden.csv"], ["notes.txt"]])
def test_a_folder_without_calls(tmp_path: Path, inside: list[str]) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    for name in inside:
        (folder / name).write_text("nothing", encoding="utf-8")
    assert "holds no file of calls" in one_message(rate(folder, output=tmp_path / "rated.csv"), 4)


def test_a_pattern_that_matches_nothing(tmp_path: Path) -> None:
    assert "no file matches" in one_message(rate(str(tmp_path / "*.csv"), output=tmp_path / "rated.csv"), 4)


def test_the_same_file_twice_would_count_its_calls_twice(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(HEADER + GOOD, encoding="utf-8")
    assert "twice" in one_message(rate(calls, calls, output=tmp_path / "rated.csv"), 4)


def test_an_input_is_never_overwritten(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(HEADER + GOOD, encoding="utf-8")
    assert "overwritten" in one_message(rate(calls, output=calls), 2)
    assert HEADER + GOOD == calls.read_text("utf-8")


@pytest.mark.parametrize("name", ["rated", "rated.docx", "rated.parquet.gz"])
def test_an_output_whose_name_does_not_say_its_format(tmp_path: Path, name: str) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(HEADER + GOOD, encoding="utf-8")
    assert name in one_message(rate(calls, output=tmp_path / name), 2)


def test_a_folder_that_is_not_there_cannot_be_written_into(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(HEADER + GOOD, encoding="utf-8")
    assert "there is no folder" in one_message(rate(calls, output=tmp_path / "none" / "rated.csv"), 4)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may do everything meets no forbidden folder")
def test_a_folder_that_must_not_be_written_into(tmp_path: Path) -> None:
    calls, locked = tmp_path / "calls.csv", tmp_path / "locked"
    calls.write_text(HEADER + GOOD, encoding="utf-8")
    locked.mkdir()
    locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert "ermission denied" in one_message(rate(calls, output=locked / "rated.csv"), 4)


@pytest.mark.parametrize(
    "more, code, said",
    [
        (("--scenario", "plann"), 2, "there is no scenario 'plann'"),
        (("--as-of", "plan:7"), 2, "scenario plan has no phase '7'"),
        (("--scenario", "agreement"), 2, "missing-parameter: level"),
        (("--scenario", "plan", "--no-assumptions"), 2, "missing-parameter: inter-zone-price"),
        (
            ("--assume", "price=1"),
            2,
            "There is no parameter 'price' in the rulebook. There are: inter-zone-price, level.",
        ),
        (("--assume", "inter-zon-price=1"), 2, "Did you mean inter-zone-price?"),
        (("--assume", "inter-zone-price=-1"), 2, "Error: --assume inter-zone-price: '-1' is not a price from 0 to"),
        (("--home-area", "0756"), 2, "There is no area code '0756' in the rulebook. Did you mean 075"),
        (
            ("--holders", "city-pack=maybe"),
            2,
            "'maybe' is neither all, none nor record, and there is no file of that name",
        ),
        (("--holders", "pack=all"), 2, "there is no add-on 'pack'"),
        (("--holders", "city-pack"), 2, "'city-pack' is not of the form OPTION=all|none|record|FILE"),
        (("--map", "astersk"), 2, "asterisk"),
        (("--timezone", "Asia/Guangzhou"), 2, "no time zone"),
        (("--encoding", "gkb"), 2, "no encoding"),
        (("--mask", "no-such-key"), 4, "no-such-key"),
        (("--retry",), 2, "--retry takes suspense files"),
    ],
)
def test_a_wrong_request_is_told_before_anything_is_written(
    tmp_path: Path, more: tuple[str, ...], code: int, said: str
) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(HEADER + GOOD, encoding="utf-8")
    assert said in complaint(rate(calls, output=tmp_path / "rated.csv", more=more), code)
    assert [calls] == list(tmp_path.iterdir())


def test_a_value_that_cannot_be_read_is_not_called_missing_as_well(tmp_path: Path) -> None:
    more = ("--scenario", "agreement", "--assume", "level=inzone")
    message = one_message(rate(tmp_path / "calls.csv", output=tmp_path / "rated.csv", more=more), 2)
    assert "Error: --assume level: 'inzone' is not one of in-zone, inter-zone" == message


NUMBER = "02081234567"


@pytest.mark.parametrize(
    "words, code",
    [
        ([NUMBER], 2),
        ([f"--{NUMBER}"], 2),
        (["show", NUMBER], 2),
        (["show", SMALL, "--rule", NUMBER], 2),
        (["sample", "--month", NUMBER, "--calls", "1", "--seed", "1", "-o", "calls.csv"], 2),
        (["rate", f"{NUMBER}.csv", "--rules", SMALL, "-o", "rated.csv"], 4),
        (["rate", "calls.csv", "--rules", NUMBER, "-o", "rated.csv"], 2),
        (["rate", "calls.csv", "--rules", SMALL, "-o", "rated.csv", "--as-of", NUMBER], 2),
        (["rate", "calls.csv", "--rules", SMALL, "-o", "rated.csv", "--holders", f"city-pack={NUMBER}"], 2),
        (["rate", "calls.csv", "--rules", SMALL, "-o", f"{NUMBER}/rated.csv"], 4),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else None,
)
def test_a_number_written_where_none_belongs_is_not_repeated(
    words: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calls.csv").write_text(HEADER + GOOD, encoding="utf-8")
    said = complaint(run(*words), code)
    assert "#######" in said
    assert "1234567" not in said


@pytest.mark.parametrize(
    "expected, text",
    [
        ("calls-20111001.csv", "calls-20111001.csv"),
        ("in/20111001103000.csv:7", "in/20111001103000.csv:7"),
        ("'#######' is no reference date", "'20111001' is no reference date"),
        ("calls-#######.csv", "calls-20111301.csv"),
        ("a-#######-20111001.csv", "a-13800138000-20111001.csv"),
        ("123456", "123456"),
    ],
)
def test_the_day_in_the_name_of_a_file_is_no_number(expected: str, text: str) -> None:
    assert expected == without_numbers(text)


def suspended(tmp_path: Path, rows: bytes) -> Result:
    """Rates a good call and these rows; the good one must be rated whatever they are."""
    calls = tmp_path / "calls.csv"
    calls.write_bytes((HEADER + GOOD).encode() + rows)
    result = rate(calls, output=tmp_path / "rated.csv")
    assert "record was suspended" in complaint(result, 3)
    rated = (tmp_path / "rated.csv").read_bytes().splitlines()
    assert 2 == len(rated)
    return result


@pytest.mark.parametrize(
    "row, code",
    [
        (b"b,02081234567,110,9999-12-31T23:59:59+08:00,5\n", "impossible-time"),
        (b"b,02081234567,110,0001-01-01T00:00:00+08:00,5\n", "impossible-time"),
        (b"b,02081234567,110,2012-02-30T00:00:00+08:00,5\n", "impossible-time"),
        (b"b,02081234567,110,2012-03-01T00:00:00+08:00,-5\n", "impossible-time"),
        (b"b,02081234567,110,2012-03-01T00:00:00+08:00,86401\n", "over-limit"),
        (b"b,02081234567,110,2012-03-01T00:00:00+08:00,99999999999999999999\n", "over-limit"),
        (b"b,02081234567,110,2012-03-01T00:00:00+08:00,1e3\n", "unreadable"),
        (b"b,02081234567,110,2012-03-01T00:00:00+08:00,\n", "missing-usage"),
        (b"b,02081234567,110,2012-03-01T00:00:00+08:00\n", "unreadable"),
        (b"b,0208\x001234567,110,2012-03-01T00:00:00+08:00,5\n", "unreadable"),
        (b"b,\xff\xfe,110,2012-03-01T00:00:00+08:00,5\n", "unreadable"),
        (b"b," + b"1" * 10_000_000 + b",110,2012-03-01T00:00:00+08:00,5\n", "unreadable"),
        (b"b,Anonymous,110,2012-03-01T00:00:00+08:00,5\n", "unreadable"),
    ],
    ids=[
        "year 9999", "year 1", "30 February", "negative duration", "over a day", "absurd duration",
        "scientific notation", "no duration", "a column short", "NUL byte", "not UTF-8", "a line of 10 MB", "no number",
    ],
)  # fmt: skip
def test_a_bad_record_is_suspended_and_the_others_are_rated(tmp_path: Path, row: bytes, code: str) -> None:
    assert f"[{code}]" in suspended(tmp_path, row).stdout


def test_no_message_holds_a_number(tmp_path: Path) -> None:
    result = suspended(tmp_path, b"b,02087654321,09991234567,2012-03-01T00:00:00+08:00,5\n")
    assert not any(number in result.output for number in ("87654321", "1234567"))


def test_two_hundred_mistakes_are_all_shown_with_their_lines(tmp_path: Path) -> None:
    text = Path(SMALL).read_text("utf-8")
    text = text.replace("tariffs:\n", "tariffs:\n" + "".join(f"  wrong-{i}: {{prize: 1}}\n" for i in range(200)), 1)
    (tmp_path / "wrong.yaml").write_text(text, encoding="utf-8")
    said = complaint(rate(tmp_path / "calls.csv", output=tmp_path / "r.csv", rules=str(tmp_path / "wrong.yaml")), 2)
    first = text.splitlines().index("  wrong-0: {prize: 1}") + 1
    assert all(f"wrong.yaml:{first + i}:" in said for i in range(200))


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)),
        "[" * 100_000,
        "{" * 100_000,
        "rulebook: {name: {zh: 名",
        "rulebook: !!python/object/apply:os.system [echo]\n",
        "\0",
        "",
        "- a list\n",
    ],
    ids=["aliases", "deep lists", "deep mappings", "cut off", "a tag", "NUL byte", "nothing", "a list"],
)
def test_a_rulebook_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(text, encoding="utf-8")
    assert "rules.yaml" in complaint(run("show", str(rules)), 2)
    assert "rules.yaml" in complaint(rate(tmp_path / "calls.csv", output=tmp_path / "r.csv", rules=str(rules)), 2)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x1f\x8b"], ids=["UTF-16", "gzip"])
def test_a_rulebook_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rules.yaml").write_bytes(content)
    assert "rules.yaml:1:1: unreadable-file" in complaint(run("show", str(tmp_path / "rules.yaml")), 2)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--month", "2011-13"], "'2011-13' is not a month"),
        (["--month", "October"], "'October' is not a month"),
        (["--calls", "0"], "0 calls: the number of calls is from 1"),
        (["--calls", "-5"], "-5 calls"),
        (["--calls", "many"], "'many' is not a valid integer"),
        (["--bad", "2"], "'2' is not a share"),
        (["--bad", "half"], "'half' is not a share"),
        (["-o", "calls.xlsx"], "'calls.xlsx' does not say what to write"),
        (["--rules", "prdd"], "there is no such file, folder or shipped rulebook"),
    ],
)
def test_a_sample_that_cannot_be_made(arguments: list[str], said: str) -> None:
    usual = ["--month", "2011-10", "--calls", "5", "--seed", "1", "-o", "calls.csv", *arguments]
    assert said in complaint(run("sample", *usual), 2)


def test_a_sample_cannot_be_written_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    target = str(tmp_path / "none" / "calls.csv")
    result = run("sample", "--month", "2011-10", "--calls", "5", "--seed", "1", "-o", target)
    assert "No such file or directory" in one_message(result, 4)
