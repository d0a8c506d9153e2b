"""Counts and sums of a run, from the rows that were written: a task that was done twice has written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tariffs.cdr.totals import MICRO, Counts, Sum, Tally
from tariffs.cluster.account import Account
from tariffs.cluster.plan import ACCOUNT, PART, RATED_PART, REPEATED
from tariffs.cluster.session import failures_named
from tariffs.cluster.worker import CODE, TEXT
from tariffs.rating.outcome import RATED, STATUS


@dataclass(frozen=True)
class Recount:
    """`files`: counts of each input, `read` being its own word; `written`: rows of the rated parts; `account`: of all
    tasks."""

    files: dict[str, Counts]
    tallies: list[Tally]
    written: int
    account: Account


def recount(rows: Any, labels: Sequence[str], read: Mapping[str, int]) -> Recount:
    """`rows`: all rows that were written, with their part, which are read once; `read`: records of each input."""
    files = {name: Counts(read=number) for name, number in read.items()}
    account, tallies, written = Account.of(labels), [Tally(label) for label in labels], 0
    for part, file, code, relation, text, number, calls, *charged in _groups(rows, labels):
        if part == ACCOUNT:
            for _ in range(number):  # tasks that have found the same
                account.add(Account.read(text, labels))
            continue
        counts = files[file]
        if part == REPEATED:
            counts.duplicate += number
        elif part != RATED_PART:
            counts.suspended[code] += number
        elif code == STATUS[RATED]:
            counts.rated += number
        else:
            counts.not_chargeable[code] += number
        written += number if part == RATED_PART else 0
        if calls:
            for tally, charge in zip(tallies, charged, strict=True):
                tally.join(Tally(tally.label, {(relation, text): Sum(calls, charge=int(charge * MICRO))}))
    lengths = account.lengths
    for tally in tallies:
        for kind, total in tally.sums.items():
            total.duration = lengths.get(kind, 0)
    return Recount(files, tallies, written, account)


def _groups(rows: Any, labels: Sequence[str]) -> list[Any]:
    """Part, file, code, relation under the first view and service (of accounts: their text), then how many rows, how
    many charges, and their sum under each view. Spark adds decimals exactly."""
    from pyspark.sql import functions as f

    charges = [_column(rows, f"{label}.charge") for label in labels]
    keys = [rows[PART], rows["file"], rows[CODE], _column(rows, f"{labels[0]}.relation").alias("relation")]
    keys.append(f.when(rows[PART].isin(RATED_PART, ACCOUNT), rows[TEXT]).alias("text"))
    sums = [f.sum(charge).alias(f"sum{view}") for view, charge in enumerate(charges)]
    with failures_named():
        found: list[Any] = rows.groupBy(*keys).agg(f.count("*"), f.count(charges[0]), *sums).collect()
    return found


def _column(rows: Any, name: str) -> Any:
    """A column whose name holds dots or brackets."""
    return rows["`" + name.replace("`", "``") + "`"]
