"""A rulebook is a file, a folder or a shipped name; whatever is wrong with it is told at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tariffs import library
from tariffs.rulebook.load import load_rulebook
from tariffs.rulebook.problems import Position, RulebookError
from tests.rulebook.drafts import HEADER, WORLD, load_text, problems, told, write

GOOD = Path(__file__).parent.parent / "rulebooks" / "good"

BY_MINUTE = """
tariffs:
  by-minute:
    name: {zh: 按分钟, en: By the minute}
    charge: {per: 60 s, price: 0.30}
    source: price-list
"""


@pytest.mark.parametrize("path", sorted(GOOD.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_good_rulebook_loads(path: Path) -> None:
    book = load_rulebook(path)
    assert path.stem == book.rulebook_id
    assert book.rules and book.tariffs and book.covers
    assert 64 == len(book.digest)


@pytest.mark.parametrize("name", ["prd", "changzhutan", "shenfu", "unicom"])
def test_a_shipped_rulebook_loads_by_its_name(name: str) -> None:
    book = load_rulebook(name)
    assert name == book.rulebook_id
    assert book.rules[next(iter(book.rules))].at.file.startswith(f"{name}/")


def test_a_shipped_name_means_the_shipped_rulebook_wherever_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prd").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_rulebook("prd").rules
    with pytest.raises(RulebookError, match="the folder holds no rule file"):
        load_rulebook("./prd")


def test_the_kind_of_rulebook_is_the_callers() -> None:
    assert library.Rulebook is type(load_rulebook(GOOD / "flat.yaml", library.Rulebook))


def test_rules_and_tariffs_stand_where_their_names_stand() -> None:
    book = load_rulebook(GOOD / "flat.yaml")
    lines = (GOOD / "flat.yaml").read_text("utf-8").splitlines()
    for name, at in [("flat", book.tariffs["flat"].at), ("every-call", book.rules["every-call"].at)]:
        assert str(GOOD / "flat.yaml") == at.file
        assert f"{name}:" == lines[at.line - 1][at.column - 1 :]


# --- What a rulebook consists of ---


def test_the_sections_of_all_files_of_a_folder_are_joined(tmp_path: Path) -> None:
    write(tmp_path, BY_MINUTE)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "plan.yml").write_text("scenarios: {plan: {name: {zh: 方案, en: The plan}}}", "utf-8")
    (tmp_path / ".hidden.yaml").write_text("[", "utf-8")
    (tmp_path / "notes.txt").write_text("[", "utf-8")
    book = load_rulebook(tmp_path)
    assert {"local", "long-distance", "by-minute"} == set(book.tariffs)
    assert ["plan"] == list(book.scenarios)
    assert tmp_path.name == book.rulebook_id


def test_the_lists_of_a_numbering_plan_may_be_spread_over_files(tmp_path: Path) -> None:
    book = load_text(
        tmp_path, "numbering:\n  areas: []\n  special:\n    - {service: emergency, prefix: 110, digits: [3]}\n"
    )
    assert ["20", "757", "751"] == [area.code for area in book.numbering.areas]
    assert ["emergency"] == [special.service for special in book.numbering.special]


def test_what_is_single_in_a_numbering_plan_stands_in_one_file(tmp_path: Path) -> None:
    write(tmp_path, "numbering: {areas: [], trunk: 0}")
    (tmp_path / "more.yaml").write_text("numbering: {areas: [], trunk: 1}", "utf-8")
    (problem,) = problems(tmp_path)
    assert ("duplicate-name", "`trunk` is given in a second file") == (problem.code, problem.message)
    assert [Position(str(tmp_path / "more.yaml"), 1, 24)] == list(problem.also)


def test_a_mistake_in_the_second_file_of_a_section_is_told_there(tmp_path: Path) -> None:
    assert ["1:33 bad-value: `north` cannot stand for `trunk`"] == told(
        tmp_path, "numbering: {areas: [], trunk:   north}"
    )
    areas = "numbering:\n  areas:\n    - {code: 668, place: northton, digits: [seven]}\n"
    assert ["3:45 bad-value: `seven` is not a whole number"] == told(tmp_path, areas)


def test_two_headers_are_one_too_many(tmp_path: Path) -> None:
    write(tmp_path, HEADER.format(zoning="one-zone-a-city", include=""))
    (problem,) = problems(tmp_path)
    assert "`rulebook` stands in a second file" == problem.message


def test_a_file_included_twice_or_by_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    shutil.copy(WORLD, tmp_path / "world.yaml")
    write(tmp_path / "book", "", world=Path("../world.yaml, ../book/rulebook.yaml, ../world.yaml"))
    (tmp_path / "book" / "text.yaml").unlink()
    assert {"local", "long-distance"} == set(load_rulebook(tmp_path / "book").tariffs)


def test_one_file_to_include_needs_no_list(tmp_path: Path) -> None:
    write(tmp_path, "covers: []")
    header = (tmp_path / "rulebook.yaml").read_text("utf-8")
    (tmp_path / "rulebook.yaml").write_text(header.replace(f"[{WORLD}]", str(WORLD)), "utf-8")
    assert {"local", "long-distance"} == set(load_rulebook(tmp_path).tariffs)


# --- A shipped rulebook, included by its name ---


MINE = """
  mine:
    name: {zh: 我的方案, en: Mine}
    base: plan-2010
    changes:
      - {from: 2012-01-01, when: {between: [guangzhou, zhaoqing]}, instead-of: domestic-long-distance, pay: inter-zone}
"""


def own(path: Path, header: str, text: str = f"scenarios:{MINE}") -> Path:
    """A file of one's own with that header (what stands after `rulebook: `)."""
    path.write_text(f"rulebook: {header}\n{text}", encoding="utf-8")
    return path


@pytest.mark.parametrize("include", ["prd", "[prd]", "[prd, prd]"])
def test_a_file_of_ones_own_adds_a_scenario_to_a_shipped_rulebook(tmp_path: Path, include: str) -> None:
    book, shipped = load_rulebook(own(tmp_path / "my-scenario.yaml", f"{{include: {include}}}")), load_rulebook("prd")
    assert {*shipped.scenarios, "mine"} == set(book.scenarios)
    assert (shipped.rules, shipped.tariffs, shipped.tables) == (book.rules, book.tariffs, book.tables)
    assert (shipped.rulebook, "my-scenario") == (book.rulebook, book.rulebook_id)
    assert book.digest != shipped.digest


def test_what_adds_nothing_to_a_shipped_rulebook_has_its_digest(tmp_path: Path) -> None:
    assert load_rulebook("prd").digest == load_rulebook(own(tmp_path / "same.yaml", "{include: prd}", "")).digest


def test_a_folder_of_ones_own_may_have_the_name_of_the_rulebook_that_it_includes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prd").mkdir()
    own(tmp_path / "prd" / "rulebook.yaml", "{include: prd}")
    book = load_rulebook("prd/")
    assert "mine" in book.scenarios
    assert load_rulebook("prd").tables == book.tables


def test_a_header_of_ones_own_goes_before_that_of_the_included_rulebook(tmp_path: Path) -> None:
    header = "{name: {zh: 我的, en: Mine}, minor-unit: 0.001, timezone: Asia/Shanghai, longest-call: 5 h, %s}"
    path = own(tmp_path / "mine.yaml", header % "zoning: business-zones, include: [prd, more.yaml]")
    own(tmp_path / "more.yaml", "{include: prd}", "")
    book = load_rulebook(path)
    assert ("Mine", "0.001") == (book.rulebook.name.en, str(book.rulebook.minor_unit))
    assert "mine" in book.scenarios


def test_the_header_may_stand_in_a_file_that_another_includes(tmp_path: Path) -> None:
    write(tmp_path, "covers: []")
    path = own(tmp_path / "mine.yaml", "{include: rulebook.yaml}", "")
    assert {"local", "long-distance"} == set(load_rulebook(path).tariffs)


def test_a_name_that_the_shipped_rulebook_has_is_told_with_both_places(tmp_path: Path) -> None:
    own(tmp_path / "mine.yaml", "{include: prd}", f"scenarios:{MINE.replace('mine:', 'baseline:')}")
    (problem,) = problems(tmp_path)
    assert ("duplicate-name", f"{tmp_path}/mine.yaml:3:3") == (problem.code, str(problem.at))
    assert ["prd/scenarios/baseline.yaml"] == [at.file for at in problem.also]


def test_a_misspelt_name_to_include_is_the_one_problem(tmp_path: Path) -> None:
    own(tmp_path / "mine.yaml", "{include: [prdd]}")
    (problem,) = problems(tmp_path)
    assert (1, 22) == (problem.at.line, problem.at.column)
    assert problem.hint.startswith("did you mean `prd`? rule files end in .yaml or .yml; rulebooks by name:")


def test_a_header_that_includes_and_nothing_else_is_not_enough_without_another(tmp_path: Path) -> None:
    own(tmp_path / "mine.yaml", "{include: more.yaml}", "")
    (tmp_path / "more.yaml").write_text(BY_MINUTE, "utf-8")
    assert "this `rulebook` section has no `zoning`" in {p.message for p in problems(tmp_path / "mine.yaml")}


# --- The digest ---


def test_the_digest_depends_on_what_the_rules_say_and_not_on_how_files_are_cut(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = load_text(tmp_path / "one", BY_MINUTE)
    write(tmp_path / "two", "# nothing changes\n\n" + WORLD.read_text("utf-8"), world=Path("more.yml"))
    (tmp_path / "more.yml").write_text(BY_MINUTE, "utf-8")
    (tmp_path / "two" / "more.yml").write_text(BY_MINUTE, "utf-8")
    assert one.digest == load_rulebook(tmp_path / "two").digest


@pytest.mark.parametrize("old, new", [("0.30", "0.31"), ("60 s", "61 s"), ("by-minute", "by-the-minute")])
def test_another_rule_gives_another_digest(tmp_path: Path, old: str, new: str) -> None:
    assert load_text(tmp_path, BY_MINUTE).digest != load_text(tmp_path, BY_MINUTE.replace(old, new)).digest


def test_another_row_of_a_table_gives_another_digest(tmp_path: Path) -> None:
    text = "numbering: {areas: [], mobile: [{prefix: 138}], segments: {file: segments.csv, vintage: now}}"
    digests = {
        load_text(tmp_path, text, tables={"segments.csv": f"prefix,place\n138000{i},easton\n"}).digest for i in "123"
    }
    assert 3 == len(digests)


# --- Problems ---


def test_a_name_near_a_shipped_one_is_suggested() -> None:
    with pytest.raises(RulebookError, match=r"did you mean `prd`\?.*`changzhutan`, `prd`, `shenfu` and `unicom`"):
        load_rulebook("prx")


@pytest.mark.parametrize("path", ["", " ", "no/such/folder", "nothing.yaml", "a\0b", "x" * 5000])
def test_a_path_that_leads_nowhere_is_told(path: str) -> None:
    with pytest.raises(RulebookError, match="there is no such file, folder or shipped rulebook"):
        load_rulebook(path)


def test_a_folder_or_file_of_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="the folder holds no rule file"):
        load_rulebook(tmp_path)
    (tmp_path / "calls.csv").write_text("caller,called\n02081234567,075781234567\n")
    with pytest.raises(RulebookError, match="this is no rule file") as caught:
        load_rulebook(tmp_path / "calls.csv")
    assert "8123" not in str(caught.value)


def test_a_file_that_is_not_yaml_hides_nothing_of_the_others(tmp_path: Path) -> None:
    write(tmp_path, BY_MINUTE.replace("0.30", "free"))
    (tmp_path / "broken.yaml").write_text("tariffs:\n  flat: {name: {zh: 一, en: A}\n", "utf-8")
    (tmp_path / "rules.yaml").write_text(
        "rules:\n  one: {when: {line: fixed}, pay: flat}\n  two: {when: {line: fixed}, pay: flatt}\n", "utf-8"
    )
    said = {(Path(p.at.file).name, p.code, p.message) for p in problems(tmp_path)}
    assert {
        ("broken.yaml", "yaml-syntax", "a bracket is not closed, or a comma is missing"),
        (
            "rules.yaml",
            "unknown-name",
            "`flatt` is not one of the tariffs",
        ),  # `flat` may be what the broken file defines
        ("text.yaml", "unknown-name", "`free` is no price and no parameter"),
    } == said


def test_a_broken_tariff_is_one_problem_and_its_name_is_known(tmp_path: Path) -> None:
    rules = "rules: {mine: {when: {line: fixed}, pay: by-minute, overrides: [near, far]}}"
    assert ["5:19 bad-value: `a minute` cannot stand for `per`"] == told(
        tmp_path, BY_MINUTE.replace("60 s", "a minute") + rules
    )


def test_what_is_right_in_a_broken_entry_is_checked_all_the_same(tmp_path: Path) -> None:
    text = """
rules:
  mine:
    when: {line: fixt, to: westen, called: {a: b}}
    from: yesterday
    pay: by-minute
    colour: red
scenarios:
  plan:
    phases: {1: {name: {zh: 一, en: One}, from: 2012-01-01}}
    changes:
      - {phase: 2, when: {within: nowhere}, pay: local, unite: {places: [nobody]}}
      - {phase: 1, instead-of: locl, pay: local}
"""
    assert {
        "4:18 unknown-name: `fixt` is not one of the lines",
        "4:28 unknown-name: `westen` is not one of the places, circles and regions",
        "4:36 bad-value: `called` must be a list, and this is a mapping",
        "5:11 unknown-name: `yesterday` is no date and no parameter",
        "6:10 unknown-name: `by-minute` is not one of the tariffs",
        "7:5 unknown-key: `colour` is not a key of a rule",
        "9:3 missing-key: this scenario has no `name`",
        "12:9 bad-value: this change is not complete or contradicts itself",
        "12:17 unknown-name: `2` is not one of the phases of this scenario",
        "12:35 unknown-name: `nowhere` is not one of the places, circles and regions",
        "12:74 unknown-name: `nobody` is not one of the places, circles and regions",
        "13:32 unknown-name: `locl` is not one of the tariffs",
    } == set(told(tmp_path, text))


def test_two_hundred_mistakes_are_two_hundred_problems(tmp_path: Path) -> None:
    mistakes = [
        "  rule-{i}a:\n    when: {{line: fixed}}\n    pay: lokal\n",
        "  rule-{i}b:\n    when: {{line: fixed, relation: next-door}}\n    pay: local\n",
        "  rule-{i}c:\n    when: {{line: fixed}}\n    pay: local\n    price: 0.30\n",
        "  rule-{i}d:\n    when: {{line: fixed}}\n",
    ]
    text = "rules:\n" + "".join(mistake.format(i=i) for i in range(50) for mistake in mistakes)
    found = problems(write(tmp_path, text))
    assert 200 == len(found)
    assert 200 == len({problem.at for problem in found})
    assert ["unknown-name", "bad-value", "unknown-key", "missing-key"] * 50 == [problem.code for problem in found]


def test_a_very_long_line_is_not_shown_whole(tmp_path: Path) -> None:
    (problem,) = problems(write(tmp_path, f"sources: {{a: {{title: x, issuer: y, date: z, read: {'q' * 1_000_000}}}}}"))
    assert 1000 > len(str(problem))


def test_the_mark_under_a_line_stands_under_the_mistake(tmp_path: Path) -> None:
    text = "sources: {a: {title: 珠三角 plan, issuer: y, date: z, read: aloud}}"
    line, mark = str(problems(write(tmp_path, text))[0]).splitlines()[1:3]
    assert line.index("aloud") == mark.index("^")
    assert 3 == mark.count("\u3000")  # as wide as the three Chinese characters before it


def test_an_assumption_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "rulebook: {include: prd}\nassumptions:\n  inter-zone-price: {value: 0.25, reason: chosen}\n", encoding="utf-8"
    )
    book = load_rulebook(own)
    assert "0.25" == book.assumptions["inter-zone-price"].value
    assert "0.20" == book.assumptions["mobile-local-price"].value
    own.write_text(
        own.read_text("utf-8") + "parameters:\n  ip-price: {name: {zh: 价, en: Price}, kind: price}\n", "utf-8"
    )
    with pytest.raises(RulebookError, match="defined a second time"):
        load_rulebook(own)
