"""The kernel in two steps over rows: find what each call is, once; then price what is alike, as often as prices change.

The first step reads numbers and needs the calls. The second needs only what the first has found: a *kind* (who, where,
how, on which days) and a *shape* (when in the day, how long). Plain functions like those of the kernel, and compiled
like them.
"""

from __future__ import annotations

from typing import Any

from tariffs.rating.digits import measure_number
from tariffs.rating.kernel import (
    ACCESS,
    CALLED,
    DAY_OF_CALL,
    DESTINATION,
    DIRECTION,
    DURATION,
    FACTS,
    GROUP,
    H_RELATION,
    H_VIEW,
    H_VIEWS,
    HOME,
    K_ACCESS,
    K_CALL,
    K_CALLED,
    K_CALLED_OPERATOR,
    K_DIRECTION,
    K_GROUP,
    K_LINE,
    K_OPERATOR,
    K_PLAN,
    K_USAGE,
    LINE,
    OPTIONS,
    ORIGIN,
    PLAN,
    PRESENT,
    QUANTITY,
    RATED,
    SEIZURE,
    START,
    USAGE,
    VIEW,
    charge,
    classify,
    decide,
    locate,
)

# a kind: the places of the call and of the served party, what it is, and its day (an ordinal)
(
    N_ORIGIN, N_DESTINATION, N_HOME, N_PRESENT, N_LINE, N_CALLED, N_ACCESS, N_USAGE, N_DIRECTION, N_OPERATOR,
    N_CALLED_OPERATOR, N_GROUP, N_PLAN, N_OPTIONS, N_DAY,
) = range(15)  # fmt: skip
KIND = 15
# a shape: microseconds since 1970 by the clock, microseconds of conversation and of seizure, messages or bytes
W_START, W_DURATION, W_SEIZURE, W_QUANTITY = range(4)
SHAPE = 4


def locate_rows(
    t: Any, segments: Any, numbers: Any, offsets: Any, facts: Any, scratch: Any, first: int, last: int,
    status: Any, kinds: Any,
) -> None:  # fmt: skip
    """Finds the kind of each record from `first` to `last` of a batch of columns (as `kernel.rate_rows` takes them).

    `t` must classify nothing: each raw value is its own class, so that the classes are the raw values.
    """
    caller, called = numbers
    caller_at, called_at = offsets
    fact, keys = scratch
    for row in range(first, last):
        for at in range(FACTS):
            fact[at] = facts[row, at]
        status[row] = locate(
            t, segments, caller, measure_number(caller, caller_at[row], caller_at[row + 1]),
            called, measure_number(called, called_at[row], called_at[row + 1]), fact, keys,
        )  # fmt: skip
        if status[row] == RATED:
            kinds[row, N_ORIGIN], kinds[row, N_DESTINATION] = keys[ORIGIN], keys[DESTINATION]
            kinds[row, N_HOME], kinds[row, N_PRESENT] = keys[HOME], keys[PRESENT]
            kinds[row, N_LINE], kinds[row, N_CALLED] = keys[K_LINE], keys[K_CALLED]
            kinds[row, N_ACCESS], kinds[row, N_USAGE] = keys[K_ACCESS], keys[K_USAGE]
            kinds[row, N_DIRECTION] = keys[K_DIRECTION]
            kinds[row, N_OPERATOR], kinds[row, N_CALLED_OPERATOR] = keys[K_OPERATOR], keys[K_CALLED_OPERATOR]
            kinds[row, N_GROUP], kinds[row, N_PLAN] = keys[K_GROUP], keys[K_PLAN]
            kinds[row, N_OPTIONS], kinds[row, N_DAY] = fact[OPTIONS], keys[DAY_OF_CALL]


def decide_rows(t: Any, kinds: Any, scratch: Any, first: int, last: int, leaves: Any, relations: Any) -> None:
    """The leaf (its place in `t`) and the relation of each kind under every view: a row a kind and a column a view."""
    fact, keys = scratch
    for row in range(first, last):
        keys[ORIGIN], keys[DESTINATION] = kinds[row, N_ORIGIN], kinds[row, N_DESTINATION]
        keys[HOME], keys[PRESENT] = kinds[row, N_HOME], kinds[row, N_PRESENT]
        keys[LINE], keys[CALLED] = kinds[row, N_LINE], kinds[row, N_CALLED]
        keys[ACCESS], keys[DAY_OF_CALL] = kinds[row, N_ACCESS], kinds[row, N_DAY]
        fact[USAGE], fact[DIRECTION] = kinds[row, N_USAGE], kinds[row, N_DIRECTION]
        fact[GROUP], fact[PLAN], fact[OPTIONS] = kinds[row, N_GROUP], kinds[row, N_PLAN], kinds[row, N_OPTIONS]
        classify(t, fact, keys, kinds[row, N_OPERATOR], kinds[row, N_CALLED_OPERATOR])
        for view in range(t[H_VIEWS]):
            leaves[row, view] = decide(t, t[H_VIEW] + view * VIEW, fact, keys)
            relations[row, view] = t[t[H_RELATION] + keys[K_CALL]]


def charge_rows(
    t: Any, leaves: Any, kind: Any, shape: Any, shapes: Any, fact: Any, first: int, last: int, rows: Any,
    status: Any, amounts: Any,
) -> None:  # fmt: skip
    """What one call of a cell costs under one view, for the cells `rows[first:last]`.

    `leaves`: of each kind; `kind`, `shape`: of each cell; `shapes`: SHAPE numbers each.
    """
    for at in range(first, last):
        row = rows[at]
        form = shape[row]
        fact[START], fact[DURATION] = shapes[form, W_START], shapes[form, W_DURATION]
        fact[SEIZURE], fact[QUANTITY] = shapes[form, W_SEIZURE], shapes[form, W_QUANTITY]
        status[row], amounts[row], _, _ = charge(t, leaves[kind[row]], fact)
