"""Circles nest or keep apart on every date and in every scenario; places lie inside wider places."""

from __future__ import annotations

from pathlib import Path

from tests.rulebook.drafts import load_text, told

PLACES = """
places:
  old-town: {name: {zh: 老城, en: Old town}, level: district, in: easton}
  new-town: {name: {zh: 新城, en: New town}, level: district, in: easton}
"""


def circles(*lines: str) -> str:
    body = [f"  circle-{n}: {{name: {{zh: 圈, en: Circle}}, {line}}}" for n, line in enumerate(lines, 1)]
    return PLACES + "circles:\n" + "\n".join(body) + "\n"


def test_circles_apart_and_circles_that_nest_are_fine(tmp_path: Path) -> None:
    text = circles("members: [easton, weston]", "members: [easton, weston, northton]", "members: [old-town, new-town]")
    assert 3 == len(load_text(tmp_path, text).circles)


def test_a_district_of_a_city_is_inside_the_circle_of_the_city(tmp_path: Path) -> None:
    (said,) = told(tmp_path, circles("members: [easton, weston]", "members: [old-town, northton]"))
    message = "the circles `circle-1` and `circle-2` share `old-town`, and neither holds the other"
    assert f"7:3 region-does-not-nest: {message}" == said


def test_circles_of_different_times_do_not_meet(tmp_path: Path) -> None:
    early = "versions: [{members: [easton, weston], until: 2012-01-01}]"
    late = "versions: [{members: [easton, northton], from: 2012-01-01}]"
    assert 2 == len(load_text(tmp_path, circles(early, late)).circles)
    (said,) = told(tmp_path, circles(early, late.replace("2012", "2011")))
    assert "region-does-not-nest" in said


def test_one_circle_has_one_version_at_a_time(tmp_path: Path) -> None:
    versions = "versions: [{members: [easton, weston], until: 2012-01-02}, {members: easton, from: 2012-01-01}]"
    (said,) = told(tmp_path, circles(versions))
    assert "6:100 bad-interval: two versions of this circle are in force at once" == said


def test_circles_belong_to_their_scenarios(tmp_path: Path) -> None:
    scenario = """
  {name}:
    name: {{zh: 圈, en: Scenario}}
    circles: {{c-{name}: {{name: {{zh: 圈, en: Circle}}, members: [easton, {other}]}}}}
    {base}
"""
    apart = "scenarios:\n" + scenario.format(name="one", base="", other="weston")
    assert load_text(tmp_path, apart + scenario.format(name="two", base="", other="northton")).scenarios
    (said,) = told(tmp_path, apart + scenario.format(name="two", base="base: one", other="northton"))
    assert "the circles `c-one` and `c-two` share `easton`, and neither holds the other" in said


def test_a_clash_of_the_rulebooks_own_circles_is_told_once(tmp_path: Path) -> None:
    scenarios = "scenarios:\n  one: {name: {zh: 甲, en: One}}\n  two: {name: {zh: 乙, en: Two}}\n"
    assert 1 == len(told(tmp_path, circles("members: [easton, weston]", "members: [easton, northton]") + scenarios))


def test_a_zone_that_holds_a_city_holds_its_districts(tmp_path: Path) -> None:
    zones = """
zonings:
  by-hand:
    name: {zh: 划分, en: By hand}
    zones:
      whole: {name: {zh: 全市, en: The whole city}, members: [easton]}
      part: {name: {zh: 老城, en: The old town}, members: [old-town]}
"""
    (said,) = told(tmp_path, PLACES + zones)
    assert "11:58 region-does-not-nest: `old-town` is in the zones `whole` and `part`" == said
