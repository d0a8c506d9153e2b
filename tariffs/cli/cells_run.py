"""A run of `tariffs cells`: from the options to the cells, the file and what is said of it."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from tariffs.cdr.failures import InputError
from tariffs.cdr.privacy import shown_name
from tariffs.cdr.run import open_inputs
from tariffs.cli import names
from tariffs.cli.comparing import request_of
from tariffs.cli.failures import Wrong
from tariffs.cli.program import WORDS
from tariffs.compare.accounts import read_accounts
from tariffs.compare.cells import Cells
from tariffs.compare.cellsfile import check_rules, is_cells_file, paths_of, read_cells, write_cells
from tariffs.compare.gather import gather
from tariffs.compare.shareable import shareable
from tariffs.compare.slip import INTERNAL, SHAREABLE, Slip
from tariffs.language import Words
from tariffs.library import Rulebook, load
from tariffs.rating.rater import Rater, make_rater
from tariffs.rating.values import Values
from tariffs.rulebook.problems import RulebookError

_SHORTEST_KEY = 16


def inspected(given: Mapping[str, Any], words: Words) -> Slip:
    """The slip of a file of cells, once it has proved to be whole and of these rules."""
    if len(given["calls"]) != 1 or not is_cells_file(given["calls"][0]):
        raise Wrong(words.gettext("Name a file for the cells with -o, or one file of cells to look at."))
    name = given["calls"][0]
    _, slip = read_cells(name)
    book = load(given["rules"])
    check_rules(slip, _rater(book, given, words), name)
    return slip


def made(given: Mapping[str, Any], words: Words) -> Slip:
    """Makes the file. Raises RulebookError, CdrError and Wrong."""
    book = load(given["rules"])
    output = Path(given["output"])
    if not output.parent.is_dir():
        shown = shown_name(str(output))
        raise InputError(f"{shown}: there is no folder {shown_name(str(output.parent))} to write into")
    if output.is_dir():
        raise InputError(f"{shown_name(str(output))}: this is a folder; name a file to write to")
    command = ["tariffs", *(shown_name(word) for word in click.get_current_context().meta.get(WORDS, ()))]
    cells = _cells(book, given, words)
    if not given["shareable"]:
        return write_cells(cells, output, kind=INTERNAL, command=command)
    scenarios = _scenarios(book, given, words)
    values = Values.of(book, _values(book, given, words), assumptions=given["assumptions"])
    handover = shareable(
        cells, book, scenarios, _phases(book, scenarios, values), given["k"],
        assume=_values(book, given, words), assumptions=given["assumptions"], allow=given["allow"],
    )  # fmt: skip
    return write_cells(
        handover.cells, output, kind=SHAREABLE, lost=handover.lost, tables=handover.tables, command=command
    )


def _cells(book: Rulebook, given: Mapping[str, Any], words: Words) -> Cells:
    """The cells of the calls; or those of an internal file, to be made shareable."""
    rater = _rater(book, given, words)
    if len(given["calls"]) == 1 and is_cells_file(given["calls"][0]):
        if given["accounts"]:
            raise Wrong(words.gettext("A file of cells has its accounts already: --accounts goes with calls."))
        cells, slip = read_cells(given["calls"][0])
        check_rules(slip, rater, given["calls"][0])
        if slip.kind == SHAREABLE:
            raise Wrong(words.gettext("These cells are shareable already."))
        return cells
    request = request_of(given)
    with open_inputs(request) as inputs:
        _refuse(given, [source.path for source in inputs.sources if isinstance(source.path, Path)], words)
        names.check_facts(rater, {"home_area": given["home_area"]}, words)
        accounts = read_accounts(given["accounts"], rater) if given["accounts"] else None
        key = _key(given["key"], words)
        return gather(inputs, rater, request=request, accounts=accounts, movable=given["movable"], key=key).cells


def _rater(book: Rulebook, given: Mapping[str, Any], words: Words) -> Rater:
    """A rater of some scenario: cells are the same whichever it is. Raises RulebookError where none can price."""
    assume, tried = _values(book, given, words), list[RulebookError]()
    for name in sorted(given["scenarios"] or book.scenarios, key=lambda name: name != "baseline"):
        try:
            return make_rater(book, [name], assume=assume, assumptions=given["assumptions"])
        except RulebookError as error:
            tried.append(error)
    raise tried[0]


def _values(book: Rulebook, given: Mapping[str, Any], words: Words) -> dict[str, str]:
    return names.values_given(book, given["assume"], words)


def _refuse(given: Mapping[str, Any], read: list[Path | None], words: Words) -> None:
    """No output replaces what is read."""
    also = [Path(name) for name in (given["accounts"], given["key"]) if name]
    ours = {path.resolve() for path in paths_of(Path(given["output"])).values()}
    if any(path is not None and path.resolve() in ours for path in [*read, *also]):
        raise Wrong(words.gettext("The file of cells would replace what it is made from; choose another name."))


def _key(path: str | None, words: Words) -> bytes | None:
    if path is None:
        return None
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise InputError(f"{shown_name(path)}: the key must be a plain file")
        key = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{shown_name(path)}: the key cannot be read: {error.strerror}") from error
    if len(key.strip()) < _SHORTEST_KEY:
        said = words.gettext("{file}: a key has at least {n} bytes; make one with: head -c 32 /dev/urandom > KEYFILE")
        raise Wrong(said.format(file=shown_name(path), n=_SHORTEST_KEY))
    return key[:64]


def _scenarios(book: Rulebook, given: Mapping[str, Any], words: Words) -> list[str]:
    """Those asked for, else all whose parameters have values; the baseline is always among them."""
    for name in (part for scenario in given["scenarios"] for part in scenario.split("+")):
        names.named(book.scenarios, name, words.gettext("scenario"), words)
    asked = list(dict.fromkeys([*(("baseline",) if "baseline" in book.scenarios else ()), *given["scenarios"]]))
    if given["scenarios"]:
        return asked
    assume = _values(book, given, words)
    return [name for name in book.scenarios if _can_price(book, name, assume, assumptions=given["assumptions"])]


def _can_price(book: Rulebook, scenario: str, assume: Mapping[str, str], *, assumptions: bool) -> bool:
    try:
        make_rater(book, [scenario], assume=assume, assumptions=assumptions)
    except RulebookError:
        return False
    return True


def _phases(book: Rulebook, scenarios: list[str], values: Values) -> list[str]:
    """Every phase of the scenarios that has a day."""
    parts = dict.fromkeys(part for scenario in scenarios for part in scenario.split("+"))
    return [
        f"{name}:{phase}"
        for name in parts
        for phase, item in book.scenarios[name].phases.items()
        if values.date(item.from_, item.at) is not None
    ]


def told(slip: Slip, output: str | None, words: Words) -> Iterator[str]:
    """What is said of a file of cells."""
    _ = words.gettext
    cells = slip.content["cells"]["rows"]
    calls = slip.counts.read - slip.counts.found
    kind = _("internal") if slip.kind == INTERNAL else _("shareable")
    yield words.colon(_("Cells"), _("{cells} of {calls} calls, {kind}").format(
        cells=f"{cells:,}", calls=f"{calls:,}", kind=kind))  # fmt: skip
    if calls:
        yield words.colon(_("Cells a call"), f"{cells / calls:.4f}")
    if slip.days is not None:
        yield words.colon(_("Days"), f"{slip.days[0]} – {slip.days[1]}")
    yield words.colon(_("Rules"), f"{slip.basis.rulebook} {slip.basis.digest}")
    aside = slip.counts.found
    if aside:
        yield words.colon(_("Records that are in no cell"), f"{aside:,}")
    if slip.listed is not None:
        count = slip.content["accounts"]["rows"]
        name = _("Accounts") if slip.listed else _("Charged numbers")
        yield words.colon(name, _("{n} under pseudonyms: still personal data").format(n=f"{count:,}"))
        if slip.unlisted:
            yield words.colon(_("Calls of no account of the list"), f"{slip.unlisted:,}")
    if slip.lost:
        yield from _lost(slip, words)
    if slip.synthetic:
        yield _("The calls are synthetic.")
    if output is not None:
        yield words.colon(_("written"), output)


def _lost(slip: Slip, words: Words) -> Iterator[str]:
    _ = words.gettext
    whole = slip.lost["records"]
    yield words.colon(_("Least records of a cell"), str(slip.lost["k"]))
    labels = {
        "all": _("in full"), "without what no rule reads": _("without what no rule reads"),
        "places hidden": _("with hidden places"), "lengths to the minute": _("with lengths to the minute"),
        "lengths to ten minutes": _("with lengths to ten minutes"), "suppressed": _("suppressed"),
    }  # fmt: skip
    for name, said in slip.lost["levels"].items():
        share = f"{said['records'] * 100 / whole:.2f} %" if whole else "–"
        yield words.colon(_("Records {how}").format(how=labels[name]), f"{said['records']:,} ({share})")
    base = next(iter(slip.lost["levels"]["suppressed"]["yuan"].items()), None)
    if base is not None:
        yield words.colon(_("Revenue suppressed, {view}").format(view=base[0]), f"{base[1]} {_('yuan')}")
