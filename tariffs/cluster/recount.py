"""Counts and sums of a run, from the rows that were written: a task that was done twice has written once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


def recount(session: Any, rows: Any, labels: Sequence[str], read: Mapping[str, int]) -> Recount:
    """`rows`: all rows that were written, with their part; `read`: records of each input."""
    files = {name: Counts(read=number) for name, number in read.items()}
    written = 0
    with failures_named():
        for part, file, code, number in rows.groupBy(PART, "file", CODE).count().collect():
            if part == ACCOUNT:
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
        account = Account.of(labels)
        for row in rows.where(rows[PART] == ACCOUNT).select(TEXT).toLocalIterator():
            account.add(Account.read(row[0], labels))
        tallies = list(_tallies(rows, labels, account))
    return Recount(files, tallies, written, account)


def _tallies(rows: Any, labels: Sequence[str], account: Account) -> Iterator[Tally]:
    """Sums by relation under the first view and service. Spark adds decimals exactly."""
    from pyspark.sql import functions as f

    charges = [_column(rows, f"{label}.charge") for label in labels]
    priced = rows.where((rows[PART] == RATED_PART) & charges[0].isNotNull())
    relation = _column(rows, f"{labels[0]}.relation").alias("relation")
    sums = [f.sum(charge).alias(f"sum{view}") for view, charge in enumerate(charges)]
    found = priced.groupBy(relation, rows[TEXT].alias("service")).agg(f.count(charges[0]), *sums).collect()
    lengths = account.lengths
    for view, label in enumerate(labels):
        tally = Tally(label)
        for relation_, service, calls, *charged in found:
            kind = (relation_, service)
            tally.sums[kind] = Sum(calls, lengths.get(kind, 0), int(charged[view] * MICRO))
        yield tally


def _column(rows: Any, name: str) -> Any:
    """A column whose name holds dots or brackets."""
    return rows["`" + name.replace("`", "``") + "`"]
