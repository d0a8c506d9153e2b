"""What runs have written is neither rated as calls nor, where a run reads it, overwritten."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

import tariffs
from tariffs.cdr.failures import InputError, RequestError
from tests.cdr.desk import FOSHAN, GUANGZHOU, HEADER, call, calls, mapping_of, put, rate

RULES = Path(__file__).parent.parent / "cli" / "rules" / "small.yaml"


def overwriting(folder: Path, precious: Path, **asked: Any) -> RequestError:
    """The refusal to write suspended records over a file, which stays as it was."""
    before = precious.read_bytes()
    with pytest.raises(RequestError, match="would be overwritten") as caught:
        rate(folder, calls(call(1), call(2, start="soon")), suspense=str(precious), **asked)
    assert before == precious.read_bytes()
    assert not (folder / "rated.csv").exists()
    assert 2 == caught.value.exit_code
    return caught.value


def test_the_key_of_a_run_is_never_overwritten(tmp_path: Path) -> None:
    key = put(tmp_path, "key", b"k" * 32)
    assert "the key of this run" in str(overwriting(tmp_path, key, mask=str(key)))


def test_the_mapping_of_a_run_is_never_overwritten(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "timezone: Asia/Shanghai\n")
    path = tmp_path / "map.yaml"
    assert "the mapping of this run" in str(overwriting(tmp_path, path, mapping=mapping, mapping_name=str(path)))


def test_the_holders_of_a_run_are_never_overwritten(tmp_path: Path) -> None:
    path = put(tmp_path, "holders.csv", f"number,option\n{GUANGZHOU},local-pack\n")
    assert "a file of holders" in str(overwriting(tmp_path, path, holders={"local-pack": str(path)}))


@pytest.mark.parametrize("name", ["book.yaml", "notes.md", "deep/more.yaml"])
def test_no_file_of_the_rulebook_of_a_run_is_ever_overwritten(tmp_path: Path, name: str) -> None:
    put(tmp_path, "rules/book.yaml", RULES.read_bytes())
    path = put(
        tmp_path, f"rules/{name}", (tmp_path / "rules" / "book.yaml").read_bytes() if name == "book.yaml" else b""
    )
    by = tariffs.load(tmp_path / "rules" / "book.yaml").rater(["baseline"])
    said = overwriting(tmp_path, path, by=by, rules=str(tmp_path / "rules"))
    assert "a file of this run's rulebook" in str(said)


def test_a_link_to_an_input_is_that_input(tmp_path: Path) -> None:
    key = put(tmp_path, "key", b"k" * 32)
    (tmp_path / "other").hardlink_to(key)
    assert "would be overwritten" in str(overwriting(tmp_path, tmp_path / "other", mask=str(key)))


def test_a_result_beside_the_rules_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    book = put(tmp_path, "book.yaml", RULES.read_bytes())
    for _ in range(2):
        by = tariffs.load(book).rater(["baseline"])
        assert 2 == rate(tmp_path, calls(call(1), call(2)), by=by, rules=str(tmp_path)).summary.total.read


def test_a_file_that_is_no_suspense_file_is_not_removed_when_nothing_is_suspended(tmp_path: Path) -> None:
    notes = put(tmp_path, "notes.txt", "remember the milk")
    rate(tmp_path, calls(call(1)), suspense=str(notes))
    assert "remember the milk" == notes.read_text()


@pytest.mark.parametrize("name", ["rated.csv", "rated.csv.gz", "rated.jsonl", "rated.parquet", "rated.jsonl.zst"])
@pytest.mark.parametrize("where", ["in", "in/*"])
def test_a_result_among_the_calls_of_a_folder_is_left_out(tmp_path: Path, name: str, where: str) -> None:
    put(tmp_path, "in/calls.csv", calls(call(1), call(2)))
    rate(tmp_path, [tmp_path / "in"], output=f"in/{name}")
    done = rate(tmp_path, [tmp_path / where], output="again.csv")
    assert (2, 2, 0, 0, 0, 0) == done.outcomes
    assert ["left out: a result of an earlier run"] == [n.split(": ", 1)[1].split(",")[0] for n in done.summary.notes]


def test_the_run_of_a_folder_into_itself_can_be_run_again(tmp_path: Path) -> None:
    put(tmp_path, "in/calls.csv", calls(call(1), call(2)))
    for _ in range(2):
        assert 2 == len(rate(tmp_path, [tmp_path / "in"], output="in/rated.csv").rows)


def test_suspended_records_in_a_folder_are_left_out_whatever_their_name(tmp_path: Path) -> None:
    put(tmp_path, "in/calls.csv", calls(call(1), call(2, start="soon")))
    rate(tmp_path, [tmp_path / "in"], suspense=str(tmp_path / "in" / "bad.jsonl"))
    done = rate(tmp_path, [tmp_path / "in"], output="again.csv")
    assert (2, 1, 0, 1, 0, 0) == done.outcomes
    assert "--retry rates them again" in done.summary.notes[0]


def test_a_folder_of_results_only_is_no_folder_of_calls(tmp_path: Path) -> None:
    put(tmp_path, "calls.csv", calls(call(1)))
    (tmp_path / "out").mkdir()
    rate(tmp_path, [tmp_path / "calls.csv"], output="out/rated.csv")
    with pytest.raises(InputError, match="results of earlier runs only"):
        rate(tmp_path, [tmp_path / "out"])


def test_a_masked_result_that_is_named_is_rated_again_and_the_run_says_so(tmp_path: Path) -> None:
    key = put(tmp_path, "key", b"k" * 32)
    rate(tmp_path, calls(call(1)), output="masked.csv", mask=str(key))
    done = rate(tmp_path, [tmp_path / "masked.csv"])
    assert ["0.71"] == done.column("baseline.charge")
    assert "its calls were rated again" in done.summary.notes[0]


def test_an_empty_file_among_others_counts_as_no_records(tmp_path: Path) -> None:
    put(tmp_path, "in/a.csv", calls(call(1)))
    put(tmp_path, "in/b.csv", "\ufeff \n\n")
    put(tmp_path, "in/c.csv.gz", gzip.compress(b""))
    put(tmp_path, "in/d.parquet", b"")
    put(tmp_path, "in/notes.txt", "not calls")
    done = rate(tmp_path, [tmp_path / "in"])
    assert [1, 0, 0, 0] == [counts.read for counts in done.summary.files.values()]
    assert 3 == sum("is empty" in note for note in done.summary.notes)
    assert [64] * 4 == [len(entry["sha256"]) for entry in done.summary.as_json()["inputs"]]


def test_blanks_before_the_header_do_not_make_a_file_empty(tmp_path: Path) -> None:
    one = put(tmp_path, "a.csv", calls(call(1)))
    other = put(tmp_path, "b.csv", "\n" * 100 + calls(call(2)))
    with pytest.raises(InputError, match=r"b\.csv: the file is empty|begins with blank"):
        rate(tmp_path, [one, other])


def test_a_text_file_is_taken_when_it_is_named(tmp_path: Path) -> None:
    put(tmp_path, "calls.txt", calls(call(1)))
    assert 1 == rate(tmp_path, [tmp_path / "calls.txt"]).summary.total.read
    assert 1 == rate(tmp_path, [tmp_path / "*.txt"]).summary.total.read


def test_no_name_of_a_file_tells_a_number(tmp_path: Path) -> None:
    one, other = (put(tmp_path, f"{n}.csv", calls(call(1))) for n in (GUANGZHOU, FOSHAN[1:]))
    dated = put(tmp_path, "20120301235959-20120301.csv", calls(call(1, start="soon")))
    command = ("tariffs", "rate", str(one), str(other))
    done = rate(tmp_path, [one, other, dated], command=command, output=f"{FOSHAN}.rated.csv")
    assert ["###########.csv", "###########.csv (2)", dated.name] == [Path(n).name for n in done.summary.files]
    assert [1, 1, 1] == [counts.read for counts in done.summary.files.values()]
    manifest = str(done.summary.as_json()) + Path(str(done.summary.manifest)).read_text()
    assert not any(number in manifest for number in (GUANGZHOU, FOSHAN[1:]))


def test_a_message_about_a_file_does_not_tell_its_number(tmp_path: Path) -> None:
    for content in ("", "a,b\n1,2\n", HEADER):
        path = put(tmp_path, f"{GUANGZHOU}.csv", content)
        with pytest.raises((InputError, RequestError), match="#") as caught:
            rate(tmp_path, [path], output=f"{GUANGZHOU}.csv")
        assert GUANGZHOU not in str(caught.value)
    with pytest.raises(InputError, match=r"no such file or folder; did you mean .*#+\.csv") as caught:
        rate(tmp_path, [tmp_path / f"{GUANGZHOU}.cs"])
    assert GUANGZHOU not in str(caught.value)


def test_the_suspense_file_says_the_name_as_it_is_unless_numbers_are_masked(tmp_path: Path) -> None:
    path = put(tmp_path, f"{GUANGZHOU}.csv", calls(call(1, start="soon")))
    assert [str(path)] == [record["file"] for record in rate(tmp_path, [path]).suspense]
    rate(tmp_path, [path], mask=str(put(tmp_path, "key", b"k" * 32)))
    assert GUANGZHOU not in (tmp_path / "rated.suspense.jsonl").read_text("utf-8")


def test_remarks_are_said_in_both_languages() -> None:
    from tariffs.cdr.notes import _SAID, Note, sentence
    from tariffs.language import words

    values: dict[str, str | int] = {
        "file": "a.csv",
        "mapping": "m",
        "name": "a",
        "other": "b",
        "key": "id",
        "n": 1234,
        "zone": "UTC",
    }
    for code in [*_SAID, "no-zone", "no-key-in-record"]:
        english, chinese = (Note(code, values).said(words(language)) for language in ("en", "zh"))
        assert english != chinese
        assert not {"{", "}"} & set(english + chinese)
    assert "looked for by id; second legs" in sentence([Note("key", values), Note("second-legs")], words("en"))
    assert "；" in sentence([Note("key", values), Note("second-legs")], words("zh"))
