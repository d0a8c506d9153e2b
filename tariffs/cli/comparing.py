"""A run of `tariffs compare`: from the options to the cells, the comparison, and the files of its report."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import tariffs
from tariffs.cdr.failures import InputError
from tariffs.cdr.known import load_mapping
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.request import RateRequest
from tariffs.cdr.run import open_inputs
from tariffs.cli import names
from tariffs.cli.failures import Wrong
from tariffs.cli.phrases import said as said_of
from tariffs.cli.program import WORDS
from tariffs.compare.accounts import read_accounts
from tariffs.compare.answers import CannotAnswer
from tariffs.compare.cells import Cells
from tariffs.compare.cellsfile import check_rules, is_cells_file, read_cells
from tariffs.compare.comparison import Comparison, Question, compare
from tariffs.compare.explore import Explored, Goal, explore, parameters_of
from tariffs.compare.gather import gather
from tariffs.compare.measures import interval
from tariffs.compare.measures.demand import BANDS
from tariffs.compare.measures.revenue import read_rates
from tariffs.compare.measures.segments import read_segments
from tariffs.compare.report import files
from tariffs.compare.report.document import Report
from tariffs.compare.report.docx import docx
from tariffs.compare.report.html import html
from tariffs.compare.report.xlsx import xlsx
from tariffs.language import Words
from tariffs.library import Rulebook, load
from tariffs.rating.rater import Rater
from tariffs.rating.views import ALL, NONE, RECORD
from tariffs.rulebook.problems import RulebookError

Again = Sequence[tuple[str, str]]


def compared(given: Mapping[str, Any], words: Words) -> tuple[Comparison, Explored, Again]:
    """The comparison that the options ask for, what was asked beside, and what makes it again.

    Raises RulebookError, CdrError and Wrong.
    """
    _refuse_unwritable(given["outputs"])
    cells, book, question, _reread = gathered(given, words)
    try:
        comparison = compare(cells, book, question)
    except CannotAnswer as error:
        raise Wrong(words.colon(shown_name(given["calls"][0]), error.said(words))) from error
    return comparison, _explored(comparison, given, words), _again(comparison, words)


def _refuse_unwritable(outputs: Sequence[str]) -> None:
    """Before anything is read: raises InputError where a report could not be written."""
    for output in map(Path, outputs):
        shown = shown_name(str(output))
        if not output.parent.is_dir():
            raise InputError(f"{shown}: there is no folder {shown_name(str(output.parent))} to write into")
        if output.is_dir():
            raise InputError(f"{shown}: this is a folder; name a file to write to")


def gathered(given: Mapping[str, Any], words: Words) -> tuple[Cells, Rulebook, Question, Callable[[Rater], Cells]]:
    """The cells of the calls, the rules, the question, and how to read the calls again for other rules."""
    book = load(given["rules"])
    question = question_of(book, given, words)
    request = request_of(given)

    def read(rater: Rater) -> Cells:
        if len(given["calls"]) == 1 and is_cells_file(given["calls"][0]):
            return _of_file(rater, given, words)
        with open_inputs(request) as inputs:
            names.check_facts(rater, {"home_area": given["home_area"]}, words)
            accounts = read_accounts(given["accounts"], rater) if given["accounts"] else None
            return gather(inputs, rater, request=request, accounts=accounts).cells

    rater = book.rater([question.base, *question.scenarios], assume=question.assume,
                       assumptions=question.assumptions, both=True)  # fmt: skip
    return read(rater), book, question, read


def _of_file(rater: Rater, given: Mapping[str, Any], words: Words) -> Cells:
    """The cells of a file, which must be whole and made by these rules."""
    if given["accounts"]:
        raise Wrong(words.gettext("A file of cells has its accounts already: --accounts goes with calls."))
    cells, slip = read_cells(given["calls"][0])
    check_rules(slip, rater, given["calls"][0])
    return cells


def _explored(comparison: Comparison, given: Mapping[str, Any], words: Words) -> Explored:
    """Goals, rows of values, ranked assumptions and later phases. Raises Wrong for names that there are not, and for a
    price that moves nothing."""
    known = parameters_of(comparison.book)
    for name in (*(name for name, _share in given["goals"]), *given["sweeps"], *given["ranges"]):
        names.named(known, name, words.gettext("parameter"), words)
    for name, value in ((n, v) for kind in ("sweeps", "ranges") for n, found in given[kind].items() for v in found):
        try:
            known[name].read(value)
        except ValueError as error:
            raise Wrong(words.colon(name, said_of(words, str(error)))) from error
    for name, share in given["goals"]:
        if known[name].kind != "price":
            said = words.gettext("{name} is no price; try its values one by one with --sweep.")
            raise Wrong(said.format(name=name))
        if share is not None and comparison.cells.accounts is None:
            raise Wrong(words.gettext("Who is worse off needs accounts, and these cells hold none."))
    try:
        found = explore(
            comparison, goals=[Goal(name, share) for name, share in given["goals"]], sweeps=given["sweeps"],
            ranges=given["ranges"], slips=given["slips"],
        )  # fmt: skip
    except CannotAnswer as error:
        raise Wrong(error.said(words)) from error
    except KeyError as error:
        said = words.gettext("{name} is no phase whose first day is a parameter, so it cannot slip.")
        raise Wrong(said.format(name=error.args[0])) from error
    except ValueError as error:
        raise Wrong(said_of(words, str(error))) from error
    moving = {item.goal.parameter for reached in found.goals.values() for item in reached}
    said = words.gettext("No charge that a scenario changes depends on {name}: there is no price of it to seek.")
    for name, _share in given["goals"]:
        if name not in moving:
            raise Wrong(said.format(name=name))
    return found


def question_of(book: Rulebook, given: Mapping[str, Any], words: Words) -> Question:
    scenarios = tuple(dict.fromkeys(given["scenarios"])) or _first(book, given["base"])
    for name in (part for scenario in (given["base"], *scenarios) for part in scenario.split("+")):
        names.named(book.scenarios, name, words.gettext("scenario"), words)
    if given["base"] in scenarios:
        said = words.gettext("{name} is the base and a scenario: it would be compared with itself.")
        raise Wrong(said.format(name=given["base"]))
    cities = tuple(given["cities"])
    for city in cities:
        names.named(book.places, city, words.gettext("place"), words)
        if book.places[city].people is None:
            raise Wrong(words.gettext("How many people live in {city} is not in the rulebook.").format(city=city))
    return Question(
        base=given["base"],
        scenarios=scenarios,
        as_of=tuple(given["as_of"]),
        assume=names.values_given(book, given["assume"], words),
        assumptions=given["assumptions"],
        holders={option: held if held in (ALL, NONE) else RECORD for option, held in given["holders"].items()},
        cities=cities,
        tax=given["tax"],
        rates=read_rates(given["settlement"]) if given["settlement"] else None,
        realised=read_segments(given["realised"], ["factor"]) if given["realised"] else None,
        elasticities=read_segments(given["elasticities"], BANDS) if given["elasticities"] else None,
        take_ups=given["take_ups"],
        population=given["population"],
        seed=interval.SEED if given["seed"] is None else given["seed"],
    )


def _first(book: Rulebook, base: str) -> tuple[str, ...]:
    """The first scenario that is not the base, where none was named, and that needs nothing that nobody gave."""
    for name in book.scenarios:
        if name != base:
            try:
                book.rater(name)
            except RulebookError:
                continue
            return (name,)
    return ()


def request_of(given: Mapping[str, Any]) -> RateRequest:
    name = given["mapping"]
    return RateRequest(
        inputs=given["calls"],
        output="-",
        rules=given["rules"],
        mapping=load_mapping(name) if name else None,
        mapping_name=name or "",
        timezone=given["timezone"],
        encoding=given["encoding"],
        home_area=given["home_area"],
        holders={option: held for option, held in given["holders"].items() if held not in (ALL, NONE, RECORD)},
    )


def _again(comparison: Comparison, words: Words) -> Again:
    """Command, hashes and versions; names of files only, never a path or a number."""
    _ = words.gettext
    said = ["tariffs", *(shown_name(word) for word in click.get_current_context().meta.get(WORDS, ()))]
    rows = [(_("command"), " ".join(said)), (_("rules"), f"{comparison.book.rulebook_id} {comparison.book.digest}")]
    rows += [(_("input"), f"{shown_name(name)} sha256 {digest}") for name, digest in comparison.cells.files]
    rows.append((_("version"), f"tariffs {tariffs.__version__}, Python {platform.python_version()}"))
    return rows


def written(report: Report, outputs: Sequence[str], folder: str | None, words: Words) -> list[str]:
    """Writes the report in every form that was asked for; the names of what was written. Raises OSError."""
    done = []
    for name in outputs:
        ending = Path(name).suffix.casefold()
        data = (
            html(report).encode("utf-8") if ending == ".html" else docx(report) if ending == ".docx" else xlsx(report)
        )
        _write(Path(name), data)
        done.append(name)
    if folder:
        import io

        import pyarrow.parquet as pq

        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        facts = {"report": hashlib.sha256(repr(report.again).encode()).hexdigest()}
        for table in report.tables():
            stem = "".join(c if c.isalnum() or c in "-_." else "-" for c in table.key)
            _write(place / f"{stem}.csv", files.csv_text(table).encode("utf-8"))
            stream = io.BytesIO()
            pq.write_table(files.arrow(table, facts), stream)
            _write(place / f"{stem}.parquet", stream.getvalue())
        done.append(folder)
    return done


def _write(path: Path, data: bytes) -> None:
    """A file appears under its name when it is complete."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
