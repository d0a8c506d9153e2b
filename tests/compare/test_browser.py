"""The page and the report in a real browser: change a price, see what the command line says, save, reload, export.

Needs Chromium, as `.ci/run` installs it; without one these tests are skipped, unless CI is set.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
CALLS = ROOT / "examples" / "guangdong-2011-10.csv"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on this machine")


NAMELESS = """
[...document.querySelectorAll('input:not([type=hidden]),select,button')]
  .filter(e => !(e.labels && e.labels.length) && !e.textContent.trim() && !e.ariaLabel).length
"""
"""How many controls have no name that could be read out."""


DOUBLE = """
[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, at, all) => all.indexOf(id) !== at)
"""
LANDMARKS = [
    ("complementary", "What is compared"), ("navigation", "Language"), ("region", "Results"),
    ("region", "All tables and charts"), ("region", "One call explained"), ("region", "Take away"),
    ("group", "Scenarios"), ("group", "compared with the base"), ("group", "Prices and dates that nobody knows"),
    ("spinbutton", "Inter-zone price yuan per started minute"), ("checkbox", "The plan of 2010"),
]  # fmt: skip


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "tariffs", *words]


def compared(*more: str) -> str:
    """What `tariffs compare` prints on one line of the summary: the change of charges."""
    words = (
        "compare",
        str(CALLS),
        "--rules",
        "prd",
        "--scenario",
        "plan-2010",
        "--as-of",
        "plan-2010:2",
        "--lang",
        "en",
    )
    done = subprocess.run(command(*words, *more), cwd=ROOT, capture_output=True, text=True, check=True)
    found = re.search(r"charges change by (\S+) yuan", done.stdout)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page, running."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = (
        "studio",
        str(CALLS),
        "--rules",
        "prd",
        "--scenario",
        "plan-2010",
        "--as-of",
        "plan-2010:2",
        "--lang",
        "en",
    )
    server = subprocess.Popen(command(*words, "--port", str(port)), cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(url + "/studio.js", timeout=1).close()
                break
            except OSError:
                time.sleep(0.5)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "CI needs Chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that notes to whom it speaks."""
    context = browser.new_context(accept_downloads=True)
    opened = context.new_page()
    opened.asked = []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.set_default_timeout(60_000)
    yield opened
    context.close()


def settled(page: Any) -> None:
    from playwright.sync_api import expect

    expect(page.locator("#status")).to_have_text("The results are up to date.", timeout=60_000)


def test_a_changed_price_is_shown_saved_reloaded_and_exported(page: Any, address: str, tmp_path: Path) -> None:
    expected = compared("--assume", "inter-zone-price=0.25")
    page.goto(address)
    assert expected not in page.inner_text("#results")
    page.get_by_label("Inter-zone price").fill("0.25")
    page.keyboard.press("Tab")
    settled(page)
    assert expected in page.inner_text("#results")

    page.reload()
    assert "0.25" == page.get_by_label("Inter-zone price").input_value()
    assert expected in page.inner_text("#results")

    with page.expect_download() as rules:
        page.get_by_text("the changed values as a rule file").click()
    saved = tmp_path / "my-rules.yaml"
    rules.value.save_as(saved)
    again = subprocess.run(
        command("compare", str(CALLS), "--rules", str(saved), "--scenario", "plan-2010", "--as-of", "plan-2010:2",
                "--lang", "en"),
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"charges change by {expected} yuan" in again.stdout

    with page.expect_download() as report:
        page.get_by_text("the report as html").click()
    exported = tmp_path / "report.html"
    report.value.save_as(exported)
    assert expected in exported.read_text("utf-8")
    assert [] == [url for url in page.asked if not url.startswith((address, "blob:" + address, "data:"))]


def test_by_keyboard_alone(page: Any, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert "To the results" == page.evaluate("document.activeElement.textContent")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "value.inter-zone-price":
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("0.20")
    page.keyboard.press("Enter")
    settled(page)
    assert compared("--assume", "inter-zone-price=0.20") in page.inner_text("#results")


def test_what_a_screen_reader_is_told(page: Any, address: str) -> None:
    page.goto(address + "/?whole=1&lang=en")
    nameless = page.evaluate(NAMELESS)
    assert 0 == nameless
    assert [] == page.evaluate(DOUBLE)
    for role, name in LANDMARKS:
        assert 1 == page.get_by_role(role, name=name, exact=True).count(), (role, name)
    assert 1 == page.locator("h1").count()
    assert page.get_by_role("status").count() == 1
    assert page.get_by_role("region", name="Results").count() == 1
    pictures = page.locator("[role=img]")
    assert pictures.count() > 0
    assert all(pictures.nth(i).get_attribute("aria-label") for i in range(pictures.count()))


def test_a_call_is_explained_and_its_numbers_stay_out_of_the_address(page: Any, address: str) -> None:
    page.goto(address)
    for name, value in (("caller", "02081234567"), ("called", "075781234567"), ("seconds", "61")):
        page.locator(f"#explain [name={name}]").fill(value)
    page.locator("#explain [name=start]").fill("2012-03-01 06:59:50")
    page.locator("#explain button").click()
    page.locator("#explained", has_text="0.71").wait_for()
    assert "81234567" not in page.url
    assert [] == [url for url in page.asked if "81234567" in url]


def test_a_scenario_is_chosen_by_keyboard_and_the_focus_stays(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("#s-one-area").focus()
    with page.expect_navigation():
        page.keyboard.press("Space")
    assert "s-one-area" == page.evaluate("document.activeElement.id")
    assert page.locator(".card h3").count() > 1
    assert page.get_by_text("Some scenario is an illustration that no source proposes.").count() == 1


def test_a_date_is_changed_and_a_phase_that_comes_later_changes_nothing_yet(page: Any, address: str) -> None:
    page.goto(address + "/?base=baseline&scenario=plan-2010&reference=&day=2012-06-01&lang=en")
    assert "−" in page.locator(".value").first.inner_text()
    page.get_by_label("First day of the plan's phase 1").fill("2012-07-01")
    page.keyboard.press("Tab")
    settled(page)
    assert "no call costs anything else than before" in page.inner_text("#results")
    assert "0.00" == page.locator(".value").first.inner_text()


def test_all_tables_are_asked_for_and_stay_when_a_price_changes(page: Any, address: str) -> None:
    page.goto(address)
    assert 0 == page.locator("#whole table").count()
    page.get_by_text("Show all tables and charts").click()
    page.locator("#whole figure svg").first.wait_for()
    tables = page.locator("#whole table").count()
    page.get_by_label("Inter-zone price").fill("0.25")
    page.keyboard.press("Enter")
    settled(page)
    page.locator("#whole:not([aria-busy]) table").first.wait_for()
    expected = page.locator(".value").first.inner_text()
    page.locator("#whole", has_text=expected).wait_for()
    assert tables >= 10 and page.locator("#whole table").count() >= 10
    page.reload()
    assert expected in page.inner_text("#whole")


def test_without_a_script_buttons_and_links_do_the_same(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.locator("[name='value.inter-zone-price']").fill("0.20")
    page.get_by_role("button", name="Compare").click()
    assert compared("--assume", "inter-zone-price=0.20") in page.inner_text("#results")
    for name, value in (("caller", "02081234567"), ("called", "075781234567"), ("seconds", "61")):
        page.locator(f"#explain [name={name}]").fill(value)
    page.locator("#explain [name=start]").fill("2012-03-01 06:59:50")
    page.get_by_role("button", name="Explain").click()
    assert "0.71" in page.inner_text("#explained")
    assert "02081234567" == page.locator("#caller").input_value()
    context.close()


def test_a_value_that_is_none_is_refused_beside_its_field(page: Any, address: str) -> None:
    page.goto(address + "/?base=baseline&scenario=plan-2010&reference=plan-2010:2&value.plan-phase-2=soon&lang=en")
    assert 1 == page.get_by_role("alert").filter(has_text="There is no result").count()
    assert ["v-plan-phase-2"] == page.locator("[aria-invalid]").evaluate_all("all => all.map(e => e.id)")


def test_a_program_that_has_gone_is_told(page: Any, address: str) -> None:
    from playwright.sync_api import expect

    page.goto(address)
    page.context.set_offline(True)
    page.get_by_label("Inter-zone price").fill("0.26")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("does not answer")


def test_in_chinese_on_a_narrow_screen_nothing_sticks_out(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(address + "/?lang=zh")
    assert "资费试算" == page.inner_text("h1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_opens_without_a_network_and_prints(language: str, page: Any, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    compared("-o", str(target)) if language == "en" else subprocess.run(
        command("compare", str(CALLS), "--rules", "prd", "--scenario", "plan-2010", "--as-of", "plan-2010:2",
                "--lang", language, "-o", str(target), "--quiet"),
        cwd=ROOT, check=True,
    )  # fmt: skip
    page.context.set_offline(True)
    page.goto(target.as_uri())
    assert [target.as_uri()] == [url for url in page.asked if not url.startswith("data:")]
    charts = page.locator("figure svg")
    assert charts.count() >= 3
    assert all(charts.nth(i).bounding_box()["height"] > 40 for i in range(charts.count()))
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page[^s]", pdf))
    assert 2 <= pages <= 60
