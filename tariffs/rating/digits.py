"""Reading numbers: the part of the kernel that walks the digit automaton of the numbering plan.

As `kernel`, which uses it: plain functions over one flat table `t` of integers, that also run compiled.
"""

from __future__ import annotations

from typing import Any

# the head of t: the node where dialling starts, the one behind the international prefix, the nodes of area codes, and
# for every text of OPENING digits the place of what is known behind it; how many segments of mobile numbers there are
H_ROOT, H_ABROAD, H_AREA_ROOTS, H_OPENINGS, H_MOBILE = range(5)
OPENING = 4
# what is known behind an opening: the node or nowhere, then what `walk` keeps by these names
O_NODE, O_USED, O_BASE, O_BEST, O_BEST_BASE, O_BEST_USED = range(6)
# a node of the digit automaton: ten following nodes, its first entry, and whether it has one or counting starts anew
N_ENTRY, N_MARK, NODE = 10, 11, 12
ENTERS, RESETS = 1, 2
# an entry of the numbering plan
E_KIND, E_PLACE, E_OPERATOR, E_AREA, E_LENGTHS, E_SINCE, E_UNTIL, E_FOLLOWING, E_STRIP, E_SEGMENTED = range(10)
ENTRY = 10

NOT_GIVEN, NOT_KNOWN = -1, -2
UNREADABLE, UNKNOWN_NUMBER = -1, -2  # what comes of a number, as in `outcome`

PLUS, TILDE = 43, 126  # characters in numbers as written
SEPARATORS = (32, 40, 41, 45, 46)
LONGEST_NUMBER = 32
SEGMENT_DIGITS, FIRST_SEGMENT = 7, 1_000_000


def measure_number(text: Any, begin: int, end: int) -> tuple[int, int, int, int]:
    """Digits of a number as written: `(first byte, end of its digits, how many digits the whole has, international)`.

    A masked number `~PREFIX~LENGTH~PSEUDONYM` shows only its prefix and has LENGTH digits. The count is
    UNREADABLE where the text is no number.
    """
    at = begin
    while at < end and 48 <= text[at] <= 57:
        at += 1
    if at == end and 0 < end - begin <= LONGEST_NUMBER:
        return begin, end, end - begin, 0
    abroad, shown, count = 0, end, 0
    if begin < end and text[begin] == TILDE:
        begin += 1
        shown, count = masked_length(text, begin, end)
        if count < 0:
            return begin, shown, UNREADABLE, 0
    digits = shown - begin
    for at in range(begin, shown):
        character = text[at]
        if character < 48 or character > 57:
            digits -= 1
            if character == PLUS and digits == shown - at - 1 and abroad == 0:
                abroad = 1
            elif character not in SEPARATORS:
                return begin, shown, UNREADABLE, 0
    if shown == end:
        count = digits
    if count == 0 or count > LONGEST_NUMBER or digits > count:
        return begin, shown, UNREADABLE, 0
    return begin, shown, count, abroad


def only_digits(text: Any, begin: int, end: int) -> bool:
    """Whether a stretch of text, of one number or of many, holds nothing but digits."""
    other = False
    for at in range(begin, end):
        other |= text[at] < 48 or text[at] > 57
    return not other


def masked_length(text: Any, begin: int, end: int) -> tuple[int, int]:
    """Of a masked number: the end of its prefix, and how many digits the whole had (UNREADABLE: it is none)."""
    shown, count = begin, 0
    while shown < end and text[shown] != TILDE:
        shown += 1
    at = shown + 1
    while at < end and text[at] != TILDE:
        digit = text[at] - 48
        if digit < 0 or digit > 9 or count > LONGEST_NUMBER:
            return shown, UNREADABLE
        count = count * 10 + digit
        at += 1
    return shown, count if at < end else UNREADABLE


def walk(t: Any, text: Any, begin: int, end: int, node: int, count: int, day: int) -> tuple[int, int, int, int]:
    """The deepest entry on the way of the digits, if it holds on the day and for the length.

    Returns `(entry, byte after it, digits up to it, digits read at all)`; of an entry that is no access code the
    digits are those before the number that its length counts. The entry is 0 where none has this length, -1 where one
    has, on other days. Where counting starts anew, what was read before does not count any more: behind the trunk
    prefix or the country's own code only what the plan has there will do.
    """
    opening = opening_of(text, begin, end) if node == t[H_ROOT] else -1
    if opening >= 0:
        known = t[t[H_OPENINGS] + opening]
        node, used, base = t[known + O_NODE], t[known + O_USED], t[known + O_BASE]
        best, best_base, best_used = t[known + O_BEST], t[known + O_BEST_BASE], t[known + O_BEST_USED]
        best_at, onward = begin + best_used, begin + OPENING if node > 0 else end
    else:
        base, used = 0, 0
        best, best_base, best_used = node if t[node + N_ENTRY] > 0 else 0, 0, 0
        best_at, onward = begin, begin
    for at in range(onward, end):
        digit = text[at] - 48
        if digit < 0 or digit > 9:
            continue
        node = t[node + digit]
        if node == 0:
            break
        used += 1
        if t[node + N_MARK] != 0:
            if t[node + N_MARK] & RESETS:
                base, best = used, 0
            if t[node + N_ENTRY] > 0:
                best, best_base, best_at, best_used = node, base, at + 1, used
    nothing = 0
    entry = t[best + N_ENTRY] if best > 0 else 0
    while entry > 0:
        if (t[entry + E_LENGTHS] >> (count - best_base)) & 1:
            if t[entry + E_SINCE] <= day < t[entry + E_UNTIL]:
                if t[entry + E_SEGMENTED] == 1:
                    used = max(used, best_base + SEGMENT_DIGITS)
                return entry, best_at, best_base if t[entry + E_STRIP] == 0 else best_used, used
            nothing = -1
        entry = t[entry + E_FOLLOWING]
    return nothing, begin, 0, used


def opening_of(text: Any, begin: int, end: int) -> int:
    """The first digits of a number as a whole number; -1 where there are not so many, or something is between them."""
    if end - begin < OPENING:
        return -1
    a, b, c, d = text[begin] - 48, text[begin + 1] - 48, text[begin + 2] - 48, text[begin + 3] - 48
    if (a | b | c | d) < 0:  # all that stands in a number besides digits comes before them in ASCII
        return -1
    opening: int = ((a * 10 + b) * 10 + c) * 10 + d
    return opening


def read_number(
    t: Any, segments: Any, text: Any, span: tuple[int, int, int, int], area: int, day: int
) -> tuple[int, int, int, int]:
    """What a number as dialled is: `(entry, access code, place, digits read)`; a negative entry is a status.

    `span`: what `measure_number` found (of a text of nothing but n digits: `(0, n, n, 0)`).
    An access code is stripped first. What the plan does not know from its start, or not with so many digits, may be a
    subscriber number of `area` (-1: no area is known). The place is NOT_GIVEN where it is the caller's, and NOT_KNOWN
    for a mobile segment that the table does not hold.
    """
    begin, shown, count, abroad = span
    if count < 0:
        return UNREADABLE, 0, NOT_GIVEN, 0
    access, stripped = 0, 0
    start = t[H_ABROAD] if abroad == 1 else t[H_ROOT]
    entry, after, base, used = walk(t, text, begin, shown, start, count, day)
    if entry > 0 and t[entry + E_STRIP] > 0:
        access, stripped, count, begin = t[entry + E_STRIP], base, count - base, after
        entry, after, base, used = walk(t, text, begin, shown, t[H_ROOT], count, day)
        if entry > 0 and t[entry + E_STRIP] > 0:
            return UNKNOWN_NUMBER, access, NOT_GIVEN, stripped + used
    if entry == 0 and abroad == 0 and area >= 0:
        entry, after, base, local = walk(t, text, begin, shown, t[t[H_AREA_ROOTS] + area], count, day)
        used = max(used, local)
    used += stripped
    if entry <= 0:
        return UNKNOWN_NUMBER, access, NOT_GIVEN, used
    if t[entry + E_SEGMENTED] == 0:
        return entry, access, t[entry + E_PLACE], used
    if shown - begin == count >= base + SEGMENT_DIGITS:  # nothing but digits
        return entry, access, segment_at(t, segments, seven_digits(text, begin + base)), used
    return entry, access, segment_home(t, segments, text, begin, shown, base), used


def segment_home(t: Any, segments: Any, text: Any, begin: int, end: int, skip: int) -> int:
    """The home of a mobile number: seven digits, behind the first `skip` ones, looked up in the table of segments."""
    value, taken = 0, -skip
    for at in range(begin, end):
        digit = text[at] - 48
        if digit < 0 or digit > 9:
            continue
        taken += 1
        if taken > 0:
            value = value * 10 + digit
        if taken == SEGMENT_DIGITS:
            break
    return segment_at(t, segments, value) if taken == SEGMENT_DIGITS else NOT_KNOWN


def seven_digits(text: Any, at: int) -> int:
    """The value of SEGMENT_DIGITS digits that stand together."""
    high = text[at] * 1_000_000 + text[at + 1] * 100_000 + text[at + 2] * 10_000 + text[at + 3] * 1_000
    value: int = high + text[at + 4] * 100 + text[at + 5] * 10 + text[at + 6] - 48 * 1_111_111
    return value


def segment_at(t: Any, segments: Any, number: int) -> int:
    """The home of the mobile segment of this number; NOT_KNOWN where the table has none."""
    if number < FIRST_SEGMENT or number - FIRST_SEGMENT >= t[H_MOBILE]:
        return NOT_KNOWN
    home: int = segments[number - FIRST_SEGMENT]
    return home if home >= 0 else NOT_KNOWN
