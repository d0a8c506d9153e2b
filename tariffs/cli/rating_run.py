"""A run of `tariffs rate`: from the options to the inputs, the rater, the progress bar and the summary."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from tariffs.cdr.known import load_mapping
from tariffs.cdr.request import Progress, RateRequest, RunSummary
from tariffs.cdr.run import Inputs, open_inputs, run
from tariffs.cli import names
from tariffs.cli.plain import thousands
from tariffs.cli.program import WORDS
from tariffs.language import Words
from tariffs.library import load
from tariffs.rating.rater import Rater
from tariffs.rating.views import ALL, NONE, RECORD


def rated(given: Mapping[str, Any], words: Words, *, quiet: bool) -> tuple[RunSummary, Rater]:
    """Rates what the options of the command ask for. Raises RulebookError, CdrError and Wrong."""
    book = load(given["rules"])
    request = _request(given)
    pricing = {name: given[name] for name in ("as_of", "assumptions", "allow")}
    pricing["assume"] = names.values_given(book, given["assume"], words)
    # Files of holders become the records' own options.
    pricing["holders"] = {option: held if held in (ALL, NONE) else RECORD for option, held in given["holders"].items()}

    def rater_of(inputs: Inputs) -> Rater:
        # Where neither the calls nor the options say who holds an add-on, both bounds are shown.
        rater = book.rater(given["scenarios"], both=not inputs.give("options"), **pricing)
        names.check_facts(rater, {"home_area": given["home_area"]}, words)
        return rater

    if given["engine"] == "spark":
        return _on_cluster(request, given["master"], rater_of, progress=not quiet and sys.stderr.isatty())
    with open_inputs(request) as inputs:
        rater = rater_of(inputs)
        with _bar(words, quiet=quiet) as progress:
            summary = run(request, rater, inputs=inputs, progress=progress)
    return summary, rater


def _on_cluster(
    request: RateRequest, master: str | None, rater_of: Callable[[Inputs], Rater], *, progress: bool
) -> tuple[RunSummary, Rater]:
    """The same by Spark, which shows its own progress."""
    from tariffs.cluster.inputs import open_calls
    from tariffs.cluster.run import rate_files
    from tariffs.cluster.session import open_session

    with open_session(master, progress=progress) as session, open_calls(session, request) as calls:
        rater = rater_of(calls.inputs)
        return rate_files(session, request, rater, inputs=calls), rater


def _request(given: Mapping[str, Any]) -> RateRequest:
    name = given["mapping"]
    return RateRequest(
        inputs=given["calls"],
        output=given["output"],
        rules=given["rules"],
        output_format=given["output_format"],
        mapping=load_mapping(name) if name else None,
        mapping_name=name or "",
        timezone=given["timezone"],
        encoding=given["encoding"],
        home_area=given["home_area"],
        bom=given["csv_bom"],
        duplicate_key=given["duplicate_key"],
        retry=given["retry"],
        mask=given["mask"],
        suspense=given["suspense"],
        resume=given["resume"],
        keys=given["keys"],
        keys_source=given["keys_source"],
        keys_days=given["keys_days"],
        holders={option: held for option, held in given["holders"].items() if held not in (ALL, NONE, RECORD)},
        command=("tariffs", *(w for w in click.get_current_context().meta.get(WORDS, ()) if w != "--resume")),
    )


@contextmanager
def _bar(words: Words, *, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Records, records a second, yuan so far and time left, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.fields[file]}", markup=False), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.fields[done]}", markup=False), TimeRemainingColumn(),
    )  # fmt: skip
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None, file="", done="")

        def report(progress: Progress) -> None:
            from tariffs.cli.charge_tables import yuan

            elapsed = bars.tasks[0].elapsed or 0
            speed = f"{progress.rows / elapsed:,.0f}" if elapsed else "–"
            done = words.gettext("{rows} records, {speed} a second, {yuan} yuan").format(
                rows=f"{progress.rows:,}", speed=speed, yuan=thousands(yuan(progress.charges[0]))
            )
            bars.update(task, total=progress.bytes_total, completed=progress.bytes_read, file=progress.file, done=done)

        yield report
