"""Rating columns: the loop of the kernel over the records of a batch, and what it remembers between them.

As `kernel`: plain functions that also run compiled. Records that no rule of any view tells apart come to the same
leaves, so the diagrams are walked for the first of them only: its leaves are kept in `memo` under one number, the
joint class, made of the record's classes in all views (`joint` lays out the tables of it).
"""

from __future__ import annotations

from typing import Any

from tariffs.rating.digits import LONGEST_NUMBER, measure_number, only_digits
from tariffs.rating.kernel import (
    ACCESS,
    BY,
    CALLED,
    DAY_OF_CALL,
    DESTINATION,
    DIRECTION,
    GROUP,
    H_ACCESS_CODES,
    H_JOINT,
    H_PLACES,
    H_RELATION,
    H_VIEW,
    H_VIEWS,
    HOME,
    K_CALL,
    L_COUNT,
    L_NUMBER,
    L_TARIFF,
    LINE,
    OPTIONS,
    ORIGIN,
    PLAN,
    PRESENT,
    RATED,
    TO,
    USAGE,
    VIEW,
    ZERO_DURATION,
    charge,
    classify,
    date_segment,
    decide,
    find,
)

# the joint record: in all views together, tables of the classes of pairs for each date segment; what a kind of call, a
# segment and the mask of add-ons count; tables by operators, group, plan. All are multiplied, ready to be added up
J_CALL, J_ROAM, J_KIND, J_SEGMENT, J_OPTIONS, J_BY, J_TO, J_GROUP, J_PLAN = range(9)
JOINT = 9

# what is remembered of a joint class: its number + 1 and which of those met it is, then for each view the place of its
# leaf and the first view whose leaf has the same tariffs
M_CLASS, M_MET, M_VIEWS = range(3)
M_LEAF, M_LIKE = range(2)
REMEMBERED = 2
SLOTS = 4096  # a power of two
SPREAD, LOW_BITS, SHIFT = 0x9E3779B1, 0xFFFFFFFF, 20  # of the lowest 32 bits of a product the twelve on top
# those met: how many, then of each its kind of call and for each view the number of the leaf and the relation
MET_KIND, MET_VIEWS = range(2)
MET_LEAF, MET_RELATION = range(2)
MET = 2

USAGES, DIRECTIONS, LINES = 3, 2, 2  # how many there are
BLOCK = 64  # records whose numbers are looked at together


def rate_grouped(
    longs: Any, whole: Any, octets: Any, indices: Any, values: Any, plain_values: Any, segments: Any, status: Any,
    rows: int, first: int, last: int,
) -> None:  # fmt: skip
    """`rate_rows` with arguments grouped by the type of what they hold, for those who must say it.

    `longs` (int64): t, given, the scratch, amounts, units, met. `whole` (int32): offsets of both numbers, classes.
    `octets` (uint8): callers, called. `indices` (int32), `values`, `plain_values` (int64): the columns.
    """
    rate_rows(
        longs[0], segments, (octets[0], octets[1]), (whole[0], whole[1]), longs[1], (indices, values, plain_values),
        (longs[2], longs[3], longs[4], longs[5], longs[6]), (rows, first, last),
        (status, whole[2], longs[7], longs[8], longs[9]),
    )  # fmt: skip


def rate_rows(
    t: Any, segments: Any, texts: Any, offsets: Any, given: Any, columns: Any, scratch: Any, rows: tuple[int, int, int],
    results: Any,
) -> None:  # fmt: skip
    """Rates some rows of a batch of columns.

    `texts`: bytes of callers and of called numbers; `offsets`: where each number begins, one more than rows. `columns`:
    (indices, values of each index; values as they are), each a column a fact; `given`: how many facts there are of the
    first kind, and which, then the same of the second. `scratch`: (facts, those not given filled in; keys; both
    once more; memo).
    `rows`: how many there are, the first to be rated and the one after the last. `results`: (status, classes, amounts,
    units, met); `classes` takes for each record which of those met its joint class is; amounts and units come one view
    after the other, and an amount has two words, the upper of which stays 0.
    """
    count, first, last = rows
    facts, keys, last_facts, last_keys, memo = scratch
    waiting = -1  # a record found is charged after the next is found: what it is has come from the memory by then
    for block in range(first, last, BLOCK):
        end = min(block + BLOCK, last)
        plain = (
            only_digits(texts[0], offsets[0][block], offsets[0][end]),
            only_digits(texts[1], offsets[1][block], offsets[1][end]),
        )
        for row in range(block, end):
            status = find_row(t, segments, texts, offsets, plain, given, columns, facts, keys, row)
            if waiting >= 0:
                results[0][waiting] = charge_row(t, last_facts, last_keys, memo, count, waiting, results)
            results[0][row] = status
            waiting = row if status == RATED else -1
            facts, last_facts = last_facts, facts
            keys, last_keys = last_keys, keys
    if waiting >= 0:
        results[0][waiting] = charge_row(t, last_facts, last_keys, memo, count, waiting, results)


def find_row(
    t: Any, segments: Any, texts: Any, offsets: Any, plain: tuple[bool, bool], given: Any, columns: Any, facts: Any,
    keys: Any, row: int,
) -> int:  # fmt: skip
    """Finds what a record is; returns its status. `plain`: whether its numbers are nothing but digits."""
    indices, values, plain_values = columns
    coded = given[0]
    for at in range(coded):
        facts[given[1 + at]] = values[at][indices[at][row]]
    for at in range(given[1 + coded]):
        facts[given[2 + coded + at]] = plain_values[at][row]
    caller = number_span(texts[0], offsets[0][row], offsets[0][row + 1], plain[0])
    called = number_span(texts[1], offsets[1][row], offsets[1][row + 1], plain[1])
    return find(t, segments, texts[0], caller, texts[1], called, facts, keys)


def number_span(text: Any, begin: int, end: int, plain: bool) -> tuple[int, int, int, int]:
    """What `measure_number` says, without looking where the number is known to be nothing but digits."""
    if plain and 0 < end - begin <= LONGEST_NUMBER:
        return begin, end, end - begin, 0
    return measure_number(text, begin, end)


def kind_of_call(t: Any, facts: Any, keys: Any) -> int:
    """The kind of a call as one number: line, usage, direction, access code and called line or service."""
    number = (keys[CALLED] * t[H_ACCESS_CODES] + keys[ACCESS]) * DIRECTIONS + facts[DIRECTION]
    kind: int = (number * USAGES + facts[USAGE]) * LINES + keys[LINE]
    return kind


def remembered(t: Any, facts: Any, keys: Any, memo: Any, met: Any) -> int:
    """The place in `memo` of what is known of a located record, found out now if need be."""
    joint = joint_class(t, facts, keys)
    slot: int = ((joint * SPREAD & LOW_BITS) >> SHIFT) * (M_VIEWS + REMEMBERED * t[H_VIEWS])
    if memo[slot + M_CLASS] != joint + 1 or joint < 0:
        memo[slot + M_CLASS] = joint + 1
        remember(t, facts, keys, memo, slot, met)
    return slot


def joint_class(t: Any, facts: Any, keys: Any) -> int:
    """The number of all records that are alike to every rule of every view; -1 where there would be too many."""
    joint = t[H_JOINT]
    if joint == 0:
        return -1
    segment, places = date_segment(t, keys[DAY_OF_CALL]), t[H_PLACES]
    number: int = t[t[t[joint + J_CALL] + segment] + keys[ORIGIN] * places + keys[DESTINATION]]
    number += t[t[t[joint + J_ROAM] + segment] + keys[HOME] * places + keys[PRESENT]]
    number += kind_of_call(t, facts, keys) * t[joint + J_KIND]
    number += segment * t[joint + J_SEGMENT] + facts[OPTIONS] * t[joint + J_OPTIONS]
    number += t[t[joint + J_BY] + keys[BY]] + t[t[joint + J_TO] + keys[TO]]
    number += t[t[joint + J_GROUP] + facts[GROUP]] + t[t[joint + J_PLAN] + facts[PLAN]]
    return number


def remember(t: Any, facts: Any, keys: Any, memo: Any, slot: int, met: Any) -> None:
    """Walks the diagram of every view."""
    record = 1 + met[0] * (MET_VIEWS + MET * t[H_VIEWS])
    memo[slot + M_MET] = met[0]
    met[0] += 1
    met[record + MET_KIND] = kind_of_call(t, facts, keys)
    classify(t, facts, keys)
    for view in range(t[H_VIEWS]):
        leaf = decide(t, t[H_VIEW] + view * VIEW, facts, keys)
        known, said = slot + M_VIEWS + REMEMBERED * view, record + MET_VIEWS + MET * view
        met[said + MET_LEAF], met[said + MET_RELATION] = t[leaf + L_NUMBER], t[t[H_RELATION] + keys[K_CALL]]
        like = 0
        while like < view and not pays_like(t, memo[slot + M_VIEWS + REMEMBERED * like + M_LEAF], leaf):
            like += 1
        memo[known + M_LEAF], memo[known + M_LIKE] = leaf, like


def pays_like(t: Any, one: int, other: int) -> bool:
    """Whether two leaves have the same tariffs."""
    count = t[one + L_COUNT]
    alike: bool = count == t[other + L_COUNT]
    for tariff in range(L_TARIFF, L_TARIFF + count):
        alike = alike and t[one + tariff] == t[other + tariff]
    return alike


def charge_row(t: Any, facts: Any, keys: Any, memo: Any, rows: int, row: int, results: Any) -> int:
    """Charges a record that has been found under every view; returns its status.

    A record is rated under all views or suspended; it is not chargeable only where no view charges it.
    """
    _, classes, amounts, units, met = results
    slot = remembered(t, facts, keys, memo, met)
    classes[row] = memo[slot + M_MET]
    outcome = ZERO_DURATION
    for view in range(t[H_VIEWS]):
        known = slot + M_VIEWS + REMEMBERED * view
        like, at = memo[known + M_LIKE], view * rows + row
        if like < view:
            amounts[2 * at], units[at] = amounts[2 * (like * rows + row)], units[like * rows + row]
            continue
        status, amount, count, _ = charge(t, memo[known + M_LEAF], facts)
        if status < 0:
            for before in range(view):
                amounts[2 * (before * rows + row)], units[before * rows + row] = 0, 0
            return status
        amounts[2 * at], units[at] = amount, count
        if status == RATED:
            outcome = RATED
    return outcome
