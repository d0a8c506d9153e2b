"""The page over HTTP: plain forms that work without a script, and a small script that redraws as values change.

The choice stands in the address, so that reloading keeps it. A number that is explained does not: it comes by POST.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from tariffs.cdr.failures import InputError
from tariffs.compare.answers import CannotAnswer
from tariffs.compare.report.document import Report
from tariffs.compare.report.docx import docx
from tariffs.compare.report.html import html
from tariffs.compare.report.naming import Naming
from tariffs.compare.report.sections import report
from tariffs.compare.report.xlsx import xlsx
from tariffs.compare.studio.desk import Answer, Choice, Desk
from tariffs.compare.studio.headline import Headline, headline
from tariffs.language import LANGUAGES, Words, words
from tariffs.rating.call import Call
from tariffs.rating.rater import Rater
from tariffs.rulebook.book import Rulebook
from tariffs.rulebook.problems import RulebookError

T = TypeVar("T")

_HERE: Final = Path(__file__).parent
_REPORT: Final = _HERE.parent / "report"
_VALUE: Final = "value."
"""What the names of parameters begin with in the address."""

CALL: Final = ("caller", "called", "start", "seconds")
"""The fields of a call that is to be explained."""

REPORTS: Final[dict[str, tuple[str, Callable[[Any], bytes]]]] = {
    "html": ("text/html; charset=utf-8", lambda made: html(made).encode("utf-8")),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
}

Explain = Callable[[Rater, Call, Words], list[str]]
"""Lines that say how a call gets its price under every view of a rater."""

Load = Callable[[str], Rulebook]
"""A rulebook from the text of a rule file of one's own. Raises RulebookError."""


@dataclass
class Studio:
    """The handlers. One question at a time: cells and what is remembered of them are shared."""

    desk: Desk
    explain: Explain
    load: Load
    language: str
    say: Callable[[Words, RulebookError], list[str]]

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.page),
                Route("/results", self.results),
                Route("/whole", self.whole),
                Route("/explain", self.explained, methods=["POST"]),
                Route("/rules.yaml", self.saved),
                Route("/report.{ending}", self.exported),
                Route("/studio.js", _file("text/javascript", _HERE / "studio.js")),
                Route("/studio.css", _file("text/css", _REPORT / "report.css", _HERE / "studio.css")),
            ]
        )

    # ---- what was asked

    def words(self, request: Request) -> Words:
        asked = request.query_params.get("lang", self.language)
        return words(asked if asked in LANGUAGES else "en")

    def choice(self, request: Request) -> Choice:
        """The choice in an address; without one, that of the start."""
        query = request.query_params
        start = self.desk.start()
        if "base" not in query:
            return start
        known = self.desk.book.scenarios
        scenarios = tuple(s for s in dict.fromkeys(query.getlist("scenario")) if all(p in known for p in s.split("+")))
        values = {
            name.removeprefix(_VALUE): text.strip()
            for name, text in query.items()
            if name.startswith(_VALUE) and text.strip() and text.strip() != self._own(name.removeprefix(_VALUE))
        }
        reference = query.get("day") or query.get("reference", "")
        return Choice(query["base"] if query["base"] in known else start.base, scenarios, reference, values)

    def _own(self, name: str) -> str | None:
        """The rulebook's own assumption, which a field shows without it having been changed."""
        found = self.desk.book.assumptions.get(name)
        return None if found is None else found.value

    # ---- handlers

    async def page(self, request: Request) -> Response:
        return await run_in_threadpool(self._page, request)

    async def results(self, request: Request) -> Response:
        return await run_in_threadpool(self._results, request)

    async def whole(self, request: Request) -> Response:
        return await run_in_threadpool(self._whole, request)

    async def explained(self, request: Request) -> Response:
        form = await request.form()
        given = {name: str(value).strip() for name, value in form.items()}
        return await run_in_threadpool(self._explained, request, given)

    def _results(self, request: Request) -> Response:
        """What is redrawn at once."""
        shown = self._shown(request)
        return _rendered("results.html.jinja", shown, 200 if shown["head"] is not None else 422)

    def _whole(self, request: Request) -> Response:
        """All tables and charts."""
        spoken = self.words(request)
        with self._lock:
            made, lacking = self._report(spoken, self.choice(request))
        values = {"report": made, "lacking": lacking, "_": spoken.gettext}
        return _rendered("whole.html.jinja", values, 200 if made is not None else 422)

    def _page(self, request: Request, given: Mapping[str, str] | None = None, lines: Sequence[str] = ()) -> Response:
        """The whole page, with a call that was explained or without."""
        choice, shown = self.choice(request), self._shown(request)
        wanted = "whole" in request.query_params
        with self._lock:
            made, lacking = self._report(shown["w"], choice) if wanted and shown["head"] is not None else (None, [])
            values: dict[str, Any] = shown | {
                "choice": choice, "naming": Naming(self.desk.book, shown["w"]), "book": self.desk.book,
                "fields": self.desk.fields(choice), "references": self._references(choice), "languages": LANGUAGES,
                "query": request.url.query, "address": partial(_address, request), "whole": wanted,
                "report": made, "lacking": lacking,
                "given": {name: (given or {}).get(name, "") for name in CALL}, "lines": lines,
            }  # fmt: skip
        return _rendered("page.html.jinja", values, 200 if shown["head"] is not None else 422)

    def _references(self, choice: Choice) -> tuple[str, ...]:
        try:
            return self.desk.references(choice.scenarios, choice.values)
        except RulebookError:
            return ("",)

    def _shown(self, request: Request) -> dict[str, Any]:
        """The headline of a choice, or the problems that stand in its place."""
        spoken = self.words(request)
        with self._lock:
            made, problems = self._made(spoken, self.choice(request), _headline)
        head, again = made or (None, "")
        return {"w": spoken, "_": spoken.gettext, "head": head, "problems": problems, "again": again}

    def _report(self, spoken: Words, choice: Choice) -> tuple[Report | None, list[str]]:
        """The report of a choice, or why there is none."""
        return self._made(spoken, choice, lambda answer, spoken: report(answer.comparison, spoken).numbered())

    def _made(self, spoken: Words, choice: Choice, make: Callable[[Answer, Words], T]) -> tuple[T | None, list[str]]:
        """What is made of the answer to a choice, whose measures are worked out on the way; or why there is nothing."""
        _ = spoken.gettext
        try:
            return make(self.desk.answer(choice), spoken), []
        except RulebookError as error:
            return None, self.say(spoken, error)
        except CannotAnswer as error:
            return None, [error.said(spoken)]
        except InputError as error:
            return None, str(error).splitlines()
        except ValueError:
            return None, [_("Choose at least one scenario other than the base.")]

    def _explained(self, request: Request, given: Mapping[str, str]) -> Response:
        spoken = self.words(request)
        _ = spoken.gettext
        lines: list[str]
        try:
            call = _call(given, self.desk)
            with self._lock:
                lines = self.explain(self.desk.rater(self.choice(request)), call, spoken)
        except RulebookError as error:
            lines = self.say(spoken, error)
        except (ValueError, InvalidOperation):
            lines = [_("Write two numbers, a start such as 2012-03-01 06:59:50, and the seconds.")]
        if "part" in request.query_params:
            return _rendered("lines.html.jinja", {"lines": lines})
        return self._page(request, given, lines)

    async def saved(self, request: Request) -> Response:
        return await run_in_threadpool(self._saved, request)

    def _saved(self, request: Request) -> Response:
        """The rule file of the changed values, when `check` has passed it."""
        spoken, choice = self.words(request), self.choice(request)
        text = self.desk.saved(choice)
        with self._lock:
            try:
                found = self.desk.findings(self.load(text), choice)
            except RulebookError as error:
                return PlainTextResponse("\n".join(self.say(spoken, error)), 422)
        if found:
            head = spoken.gettext("check does not pass these rules:")
            return PlainTextResponse("\n".join([head, *(f"{f.code}: {spoken.text(f.message)}" for f in found)]), 422)
        return Response(text, media_type="application/yaml", headers=_download("my-rules.yaml"))

    async def exported(self, request: Request) -> Response:
        return await run_in_threadpool(self._exported, request)

    def _exported(self, request: Request) -> Response:
        kind = REPORTS.get(request.path_params["ending"])
        if kind is None:
            return PlainTextResponse("", 404)
        with self._lock:
            made, problems = self._report(self.words(request), self.choice(request))
        if made is None:
            return PlainTextResponse("\n".join(problems), 422)
        media, write = kind
        name = f"report.{request.path_params['ending']}"
        return Response(write(made), media_type=media, headers=_download(name))


def _headline(answer: Answer, spoken: Words) -> tuple[Headline, str]:
    """What is shown at once, and why the calls were read again for it (empty: they were not)."""
    again = "" if answer.read_again is None else answer.read_again.said(spoken)
    return headline(answer.comparison, spoken), again


def _call(given: Mapping[str, str], desk: Desk) -> Call:
    """The call of the form. Raises ValueError or InvalidOperation."""
    from zoneinfo import ZoneInfo

    start = dt.datetime.fromisoformat(given.get("start", ""))
    zone = ZoneInfo(desk.book.rulebook.timezone)
    caller, called = given.get("caller", ""), given.get("called", "")
    if not caller or not called:
        raise ValueError("two numbers are needed")
    return Call(
        id="", caller=caller, called=called, seconds=Decimal(given.get("seconds", "")),
        start=start if start.tzinfo else start.replace(tzinfo=zone),
    )  # fmt: skip


def _download(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def _file(media: str, *paths: Path) -> Callable[[Request], Any]:
    data = b"".join(path.read_bytes() for path in paths)

    async def served(request: Request) -> Response:
        return Response(data, media_type=media)

    return served


def _address(request: Request, **changed: str) -> str:
    """The choice as it stands in the address, with something changed."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changed]
    return urlencode([*kept, *changed.items()])


def _rendered(name: str, values: Mapping[str, Any], status: int = 200) -> Response:
    return HTMLResponse(_template(name).render(**values), status)


@cache
def _template(name: str) -> jinja2.Template:
    folders = [_HERE, _REPORT]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.globals["heading"] = lambda label, item: label.format(number=item.number, title=item.title)
    return environment.get_template(name)
