"""The kernel in two steps over rows: find what each call is, once; then price what is alike, as often as prices change.

The first step reads numbers and needs the calls. The second needs only what the first has found: a *kind* (who, where,
how, on which days) and a *shape* (when in the day, how long). Plain functions like those of the kernel, and compiled
like them.
"""

from __future__ import annotations

from typing import Any

from tariffs.rating.digits import (
    E_AREA,
    E_KIND,
    E_SEGMENTED,
    E_STRIP,
    H_ABROAD,
    H_AREA_ROOTS,
    H_ROOT,
    NOT_GIVEN,
    measure_number,
    read_number,
    walk,
)
from tariffs.rating.kernel import (
    ACCESS,
    BY,
    CALLED,
    DAY,
    DAY_OF_CALL,
    DAYS,
    DESTINATION,
    DIRECTION,
    DURATION,
    EPOCH,
    FACTS,
    FIRST_DAY,
    GROUP,
    H_AREA_OF_PLACE,
    H_RELATION,
    H_VIEW,
    H_VIEWS,
    HOME,
    HOME_AREA,
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
    MOBILE,
    OPTIONS,
    ORIGIN,
    PLAN,
    PRESENT,
    QUANTITY,
    RATED,
    SEIZURE,
    START,
    TO,
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
# a number as one integer: where it belongs (0 mobile, 1 abroad, area + 2), then a 1 and at most so many digits
OWN_DIGITS, OWN_BITS = 15, 51


def locate_rows(
    t: Any, segments: Any, numbers: Any, offsets: Any, facts: Any, scratch: Any, first: int, last: int,
    status: Any, kinds: Any,
) -> None:  # fmt: skip
    """Finds the kind of each record from `first` to `last` of a batch of columns (as `_Rows` of a matrix of facts).

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


def owner_rows(
    t: Any, segments: Any, numbers: Any, offsets: Any, facts: Any, first: int, last: int, owners: Any
) -> None:
    """The number of the served party of each record, whatever way it is written, as one integer.

    0: no number that the plan of the day holds; -1: one that shows too little of itself (a masked one) or is too long.
    """
    caller, called = numbers
    caller_at, called_at = offsets
    for row in range(first, last):
        day = facts[row, START] // DAY + EPOCH
        if day < FIRST_DAY or day >= FIRST_DAY + DAYS:
            owners[row] = 0
            continue
        area = facts[row, HOME_AREA]
        span = measure_number(caller, caller_at[row], caller_at[row + 1])
        if facts[row, DIRECTION] != 1:
            owners[row] = own_number(t, caller, span, caller_at[row + 1], area, day)
            continue
        entry, _, place, _ = read_number(t, segments, caller, span, area, day)
        area = NOT_GIVEN
        if entry > 0:
            area = t[entry + E_AREA]
            if t[entry + E_KIND] == MOBILE and place >= 0:
                area = t[t[H_AREA_OF_PLACE] + place]
        span = measure_number(called, called_at[row], called_at[row + 1])
        owners[row] = own_number(t, called, span, called_at[row + 1], area, day)


def own_number(t: Any, text: Any, span: tuple[int, int, int, int], end: int, area: int, day: int) -> int:
    """One integer for a subscriber's number in all its writings: where it belongs, how long it is, its own digits."""
    begin, shown, count, abroad = span
    if count < 0:
        return 0
    entry, after, base, _ = walk(t, text, begin, shown, t[H_ABROAD] if abroad == 1 else t[H_ROOT], count, day)
    if entry > 0 and t[entry + E_STRIP] > 0:
        count, begin = count - base, after
        entry, after, base, _ = walk(t, text, begin, shown, t[H_ROOT], count, day)
    if entry == 0 and abroad == 0 and area >= 0:
        entry, after, base, _ = walk(t, text, begin, shown, t[t[H_AREA_ROOTS] + area], count, day)
    if entry <= 0 or t[entry + E_KIND] > MOBILE or t[entry + E_STRIP] > 0:
        return 0
    if shown < end or count - base > OWN_DIGITS:
        return -1
    value, taken = 1, -base
    for at in range(begin, shown):
        digit = text[at] - 48
        if 0 <= digit <= 9:
            taken += 1
            if taken > 0:
                value = value * 10 + digit
    where = t[entry + E_AREA] + 2
    if where == 1 and t[entry + E_SEGMENTED] == 1:
        where = 0
    number: int = (where << OWN_BITS) + value
    return number


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
        keys[BY], keys[TO] = kinds[row, N_OPERATOR], kinds[row, N_CALLED_OPERATOR]
        classify(t, fact, keys)
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
