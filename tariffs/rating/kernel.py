"""The one kernel: what a call costs, in integers.

Plain functions over flat tables (`tables.RatingTables`). They run as they stand for one call, and compiled by
Numba, unchanged, over columns (`compiled.py`). No floats, no objects, no loop over charging units.

To find where a call gets its price, read `charge` from the top: `decide` walks the decision diagram to the
tariffs, `price` adds up the spans that `next_span` finds, `rounded` rounds once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tariffs.rating.tables import RatingTables

DAY = 86_400_000_000  # microseconds
EPOCH = 719_163  # 1970-01-01 as a proleptic ordinal
FIRST_DAY = 726_468  # 1990-01-01: periods.FIRST_DAY
DAYS = 40_542  # to 2101-01-01
MISSING = -(1 << 62)

# facts[...] of a call
ANSWERED, USAGE, DIRECTION, OPERATOR, CALLED_OPERATOR, GROUP, PLAN, OPTIONS = range(8)
SERVED_PLACE, HOME_AREA, START, DURATION, SEIZURE, QUANTITY = range(8, 14)
FACTS = 14
NOT_GIVEN, NOT_KNOWN = -1, -2

# keys[...] of a call: classes by dimension, then where it is and what it is
K_DATE, K_CALL, K_ROAM, K_LINE, K_CALLED, K_USAGE, K_DIRECTION, K_ACCESS, K_OPERATOR = range(9)
K_CALLED_OPERATOR, K_GROUP, K_PLAN, K_OPTION = range(9, 13)
SPOTS = 8
ORIGIN, DESTINATION, HOME, PRESENT, LINE, CALLED, ACCESS, DAY_OF_CALL = range(-SPOTS, 0)

# limits[...]
ROOT, ABROAD, PLACES, SEGMENTS, FIRST_SEGMENT_DAY, OPTION_COUNT, FIXED_OPERATOR, HOME_DEFAULT, LONGEST = range(9)
LARGEST_QUANTITY = 1 << 40

# statuses (outcome.py)
RATED, UNANSWERED, ZERO_DURATION = 0, 1, 2
UNREADABLE, UNKNOWN_NUMBER, UNKNOWN_HOME, UNKNOWN_PLACE, UNKNOWN_NAME = -1, -2, -3, -4, -5
NO_RULE, TWO_RULES, IMPOSSIBLE_TIME, OVER_LIMIT, MISSING_USAGE, CALENDAR_ENDED = -6, -7, -8, -9, -10, -11

MOBILE = 1
TILDE = 126
LONGEST_NUMBER = 32


def measure_number(t: RatingTables, text: Any, begin: int, end: int) -> tuple[int, int, int, int]:
    """Digits of a number as written: `(first byte, end of its digits, how many digits the whole has, international)`.

    A masked number `~PREFIX~LENGTH~PSEUDONYM` shows only its prefix and has LENGTH digits. The count is
    UNREADABLE where the text is no number.
    """
    count, abroad, shown = 0, 0, end
    if begin < end and text[begin] == TILDE:
        begin += 1
        shown = begin
        while shown < end and text[shown] != TILDE:
            shown += 1
        at = shown + 1
        while at < end and text[at] != TILDE:
            digit = t.characters[text[at]]
            if digit > 9 or count > LONGEST_NUMBER:
                return begin, shown, UNREADABLE, 0
            count = count * 10 + digit
            at += 1
        if at >= end:
            return begin, shown, UNREADABLE, 0
    digits = 0
    for at in range(begin, shown):
        kind = t.characters[text[at]]
        if kind <= 9:
            digits += 1
        elif kind == 10 and digits == 0 and abroad == 0:
            abroad = 1
        elif kind != 11:
            return begin, shown, UNREADABLE, 0
    if shown == end:
        count = digits
    if count == 0 or count > LONGEST_NUMBER or digits > count:
        return begin, shown, UNREADABLE, 0
    return begin, shown, count, abroad


def walk(t: RatingTables, text: Any, begin: int, end: int, node: int, count: int, day: int) -> tuple[int, int, int, int]:
    """The deepest entry on the way of the digits, if it holds on the day and for the length.

    Returns `(entry or -1, byte after it, digits up to it, digits read at all)`.
    """
    base, used, at = 0, 0, begin
    best, best_base, best_at, best_used = -1, 0, begin, 0
    if t.chain[node] >= 0:
        best = node
    while at < end:
        digit = t.characters[text[at]]
        at += 1
        if digit > 9:
            continue
        following = t.next[node * 10 + digit]
        if following < 0:
            break
        node = following
        used += 1
        if t.reset[node] == 1:
            base = used
        if t.chain[node] >= 0:
            best, best_base, best_at, best_used = node, base, at, used
    if best < 0:
        return -1, begin, 0, used
    entry = t.chain[best]
    while entry >= 0:
        if (t.lengths[entry] >> (count - best_base)) & 1 and t.since[entry] <= day < t.until[entry]:
            if t.segmented[entry] == 1:
                used = max(used, best_base + 7)
            return entry, best_at, best_base if t.strip[entry] == 0 else best_used, used
        entry = t.following[entry]
    return -1, begin, 0, used


def read_number(
    t: RatingTables, text: Any, begin: int, end: int, area: int, day: int
) -> tuple[int, int, int, int]:
    """What a number as dialled is: `(entry, access code, place, digits read)`; a negative entry is a status.

    An access code is stripped first. What the plan does not know from its start is a subscriber number of `area`
    (-1: no area is known). The place is NOT_GIVEN where it is the caller's, and NOT_KNOWN for a mobile segment
    that the table does not hold.
    """
    begin, shown, count, abroad = measure_number(t, text, begin, end)
    if count < 0:
        return UNREADABLE, 0, NOT_GIVEN, 0
    access, stripped = 0, 0
    start = t.limits[ABROAD] if abroad == 1 else t.limits[ROOT]
    entry, after, base, used = walk(t, text, begin, shown, start, count, day)
    if entry >= 0 and t.strip[entry] > 0:
        access, stripped, count, begin = t.strip[entry], base, count - base, after
        entry, after, base, used = walk(t, text, begin, shown, t.limits[ROOT], count, day)
        if entry >= 0 and t.strip[entry] > 0:
            return UNKNOWN_NUMBER, access, NOT_GIVEN, stripped + used
    if entry < 0 and abroad == 0 and area >= 0:
        entry, after, base, local = walk(t, text, begin, shown, t.area_roots[area], count, day)
        used = max(used, local)
    used += stripped
    if entry < 0:
        return UNKNOWN_NUMBER, access, NOT_GIVEN, used
    if t.segmented[entry] == 0:
        return entry, access, t.place[entry], used
    return entry, access, segment_home(t, text, begin, shown, base), used


def segment_home(t: RatingTables, text: Any, begin: int, end: int, skip: int) -> int:
    """The home of a mobile number: seven digits, behind the first `skip` ones, looked up in the table of segments."""
    value, taken, at = 0, -skip, begin
    while at < end and taken < 7:
        digit = t.characters[text[at]]
        at += 1
        if digit > 9:
            continue
        taken += 1
        if taken > 0:
            value = value * 10 + digit
    if taken < 7 or value < 1_000_000 or value - 1_000_000 >= len(t.segments):
        return NOT_KNOWN
    home = t.segments[value - 1_000_000]
    return home if home >= 0 else NOT_KNOWN


def locate(
    t: RatingTables, caller: Any, caller_begin: int, caller_end: int, called: Any, called_begin: int, called_end: int,
    facts: Any, keys: Any,
) -> int:  # fmt: skip
    """Finds who calls whom from where, and writes the classes that all views share into `keys`. Returns a status."""
    if facts[ANSWERED] == 0:
        return UNANSWERED
    status = checked(t, facts)
    if status != RATED:
        return status
    day = facts[START] // DAY + EPOCH
    entry, _, home, _ = read_number(t, caller, caller_begin, caller_end, facts[HOME_AREA], day)
    if entry < 0:
        return entry
    line = t.kind[entry]
    if home < 0 or line > MOBILE:
        return UNKNOWN_HOME if home == NOT_KNOWN else UNKNOWN_NUMBER
    origin = home
    if line == MOBILE and facts[DIRECTION] == 0:
        origin = present_place(t, facts, home)
        if origin < 0:
            return UNKNOWN_PLACE
    area = t.area[entry] if line != MOBILE else t.area_of_place[origin]
    other, access, destination, _ = read_number(t, called, called_begin, called_end, area, day)
    if other < 0:
        return other
    if destination == NOT_KNOWN:
        return UNKNOWN_HOME
    if destination == NOT_GIVEN:
        destination = origin
    keys[LINE], keys[CALLED], keys[ACCESS], keys[DAY_OF_CALL] = line, t.kind[other], access, day
    keys[ORIGIN], keys[DESTINATION], keys[HOME], keys[PRESENT] = origin, destination, home, origin
    served = entry
    if facts[DIRECTION] == 1:
        served = other
        if t.kind[other] > MOBILE:
            return NO_RULE
        keys[LINE], keys[HOME], keys[PRESENT] = t.kind[other], destination, destination
        if t.kind[other] == MOBILE:
            keys[PRESENT] = present_place(t, facts, destination)
            if keys[PRESENT] < 0:
                return UNKNOWN_PLACE
    operator = facts[OPERATOR]
    if operator == NOT_GIVEN:
        operator = t.operator[served]
        if operator == 0 and keys[LINE] != MOBILE:
            operator = t.limits[FIXED_OPERATOR]
    called_operator = facts[CALLED_OPERATOR]
    if called_operator == NOT_GIVEN:
        called_operator = t.operator[other]
    classify(t, facts, keys, operator, called_operator)
    return RATED


def checked(t: RatingTables, facts: Any) -> int:
    """Whether the record can be rated at all: names known, times possible, not over the limit."""
    for fact in (USAGE, DIRECTION, OPERATOR, CALLED_OPERATOR, GROUP, PLAN, OPTIONS):
        if facts[fact] == NOT_KNOWN:
            return UNKNOWN_NAME
    if facts[SERVED_PLACE] == NOT_KNOWN:
        return UNKNOWN_PLACE
    day = facts[START] // DAY + EPOCH
    if day < FIRST_DAY or day >= FIRST_DAY + DAYS - 366:
        return IMPOSSIBLE_TIME
    for fact in (DURATION, SEIZURE, QUANTITY):
        if facts[fact] < 0 and facts[fact] != MISSING:
            return IMPOSSIBLE_TIME
    if facts[DURATION] > t.limits[LONGEST] or facts[SEIZURE] > t.limits[LONGEST] or facts[QUANTITY] > LARGEST_QUANTITY:
        return OVER_LIMIT
    return RATED


def present_place(t: RatingTables, facts: Any, home: int) -> int:
    """Where a mobile line is: as the record says, else at home if the rulebook assumes so, else NOT_GIVEN."""
    if facts[SERVED_PLACE] >= 0:
        return facts[SERVED_PLACE]  # type: ignore[no-any-return]
    return home if t.limits[HOME_DEFAULT] == 1 else NOT_GIVEN


def classify(t: RatingTables, facts: Any, keys: Any, operator: int, called_operator: int) -> None:
    """Turns the raw values of a call into classes of the decision diagram."""
    keys[K_LINE] = t.class_of[t.class_base[0] + keys[LINE]]
    keys[K_CALLED] = t.class_of[t.class_base[1] + keys[CALLED]]
    keys[K_USAGE] = t.class_of[t.class_base[2] + facts[USAGE]]
    keys[K_DIRECTION] = t.class_of[t.class_base[3] + facts[DIRECTION]]
    keys[K_ACCESS] = t.class_of[t.class_base[4] + keys[ACCESS]]
    keys[K_OPERATOR] = t.class_of[t.class_base[5] + operator]
    keys[K_CALLED_OPERATOR] = t.class_of[t.class_base[6] + called_operator]
    keys[K_GROUP] = t.class_of[t.class_base[7] + facts[GROUP]]
    keys[K_PLAN] = t.class_of[t.class_base[8] + facts[PLAN]]


def decide(t: RatingTables, view: int, facts: Any, keys: Any) -> int:
    """Walks the decision diagram of a view to its leaf, one look-up a dimension."""
    segment = t.as_of[view]
    if segment < 0:
        at = min(max(keys[DAY_OF_CALL] - t.limits[FIRST_SEGMENT_DAY], 0), len(t.segment_of_day) - 1)
        segment = t.segment_of_day[at]
    pick, places = view * t.limits[SEGMENTS] + segment, t.limits[PLACES]
    keys[K_DATE] = segment
    keys[K_CALL] = t.call_pairs[(t.call_pick[pick] * places + keys[ORIGIN]) * places + keys[DESTINATION]]
    keys[K_ROAM] = t.roam_pairs[(t.roam_pick[pick] * places + keys[HOME]) * places + keys[PRESENT]]
    held = (facts[OPTIONS] & t.options_and[view]) | t.options_or[view]
    for option in range(t.limits[OPTION_COUNT]):
        keys[K_OPTION + option] = (held >> option) & 1
    node = t.root[view]
    while node >= 0:
        node = t.child[t.base[node] + keys[t.dimension[node]]]
    return ~node


def billed(t: RatingTables, tariff: int, facts: Any) -> int:
    """The amount of usage that a tariff bills, rounded to its resolution; MISSING where the record lacks it."""
    measure = t.measure[tariff]
    raw = facts[DURATION] if measure == 0 else facts[SEIZURE] if measure == 1 else facts[QUANTITY]
    if raw < 0:
        return MISSING
    resolution, mode = t.resolution[tariff], t.fraction[tariff]
    return rounded(raw, resolution, mode) * resolution


def rounded(amount: int, quantum: int, mode: int) -> int:
    """How many quanta an amount is, rounded: 0 up, 1 down, 2 half up, 3 half even. The only rounding there is."""
    whole = amount // quantum
    rest = amount - whole * quantum
    if mode == 0:
        return whole + (1 if rest > 0 else 0)
    if mode == 1:
        return whole
    if 2 * rest > quantum or (2 * rest == quantum and (mode == 2 or whole % 2 == 1)):
        return whole + 1
    return whole


def period_at(t: RatingTables, scheme: int, moment: int) -> tuple[int, int]:
    """The rate period of a moment (microseconds since 1970) and the moment it ends; -1 outside the calendar."""
    day = moment // DAY
    row = t.day_row[scheme * DAYS + day + EPOCH - FIRST_DAY]
    if row < 0:
        return -1, moment
    since = moment - day * DAY
    at, last = t.row_begin[row], t.row_begin[row + 1] - 1
    while at < last and t.row_start[at + 1] <= since:
        at += 1
    return t.row_period[at], day * DAY + (t.row_start[at + 1] if at < last else DAY)


def next_span(
    t: RatingTables, tariff: int, step: int, offset: int, total: int, start: int
) -> tuple[int, int, int, int, int]:
    """The units that start at `offset` of a call and share step, rate period and price.

    Returns `(units, offset after them, price of a unit, period, step after them)`; the period is -1 outside the
    calendar. A unit counts as soon as it has started; one cut short by the end of its step or call counts whole.
    """
    unit = t.unit[step]
    end = min(t.step_until[step], total)
    scheme = t.scheme[tariff]
    period, stop = 0, end
    if scheme >= 0:
        if t.crossing[tariff] == 0:
            period, _ = period_at(t, scheme, start)
        else:
            period, until = period_at(t, scheme, start + offset)
            stop = min(end, until - start)
        if period < 0:
            return 0, offset, 0, -1, step
    units = (stop - offset + unit - 1) // unit
    after = offset + units * unit
    following = step
    if after >= end:
        after = end
        following = step + 1
    return units, after, t.prices[t.step_price[step] + period], period, following


def price(t: RatingTables, tariff: int, total: int, start: int) -> tuple[int, int]:
    """The amount of one component in micro-yuan and its units; the amount is -1 outside the calendar."""
    money, units = t.connection[tariff], 0
    step, offset, last = t.step_begin[tariff], 0, t.step_begin[tariff + 1]
    while offset < total and step < last:
        count, offset, unit_price, period, step = next_span(t, tariff, step, offset, total, start)
        if period < 0:
            return -1, 0
        units += count
        money += count * unit_price
    return settled(t, tariff, money), units


def settled(t: RatingTables, tariff: int, money: int) -> int:
    """A component's sum between its minimum and maximum, rounded once, in micro-yuan."""
    money = max(money, t.minimum[tariff])
    if t.maximum[tariff] >= 0:
        money = min(money, t.maximum[tariff])
    return rounded(money, t.quantum[tariff], t.rounding[tariff]) * t.rounded_to[tariff]


def charge(t: RatingTables, view: int, facts: Any, keys: Any) -> tuple[int, int, int, int]:
    """What a located call costs under a view: `(status, micro-yuan, units, leaf)`."""
    leaf = decide(t, view, facts, keys)
    bundle = t.leaf_bundle[leaf]
    if bundle < 0:
        return (NO_RULE if bundle == -1 else TWO_RULES), 0, 0, leaf
    amount, units, charged = 0, 0, 0
    for at in range(t.bundle_begin[bundle], t.bundle_begin[bundle + 1]):
        tariff = t.bundle_tariff[at]
        total = billed(t, tariff, facts)
        if total < 0:
            return MISSING_USAGE, 0, 0, leaf
        if total > 0 or t.charges_zero[tariff] == 1:
            charged = 1
            part, count = price(t, tariff, total, facts[START])
            if part < 0:
                return CALENDAR_ENDED, 0, 0, leaf
            amount += part
            units += count
    return (RATED if charged == 1 else ZERO_DURATION), amount, units, leaf


def rate(
    t: RatingTables, caller: Any, caller_begin: int, caller_end: int, called: Any, called_begin: int, called_end: int,
    facts: Any, keys: Any, amounts: Any, units: Any, leaves: Any, relations: Any,
) -> int:  # fmt: skip
    """Rates one record under every view; returns its status.

    A record is rated under all views or suspended; it is not chargeable only where no view charges it.
    """
    status = locate(t, caller, caller_begin, caller_end, called, called_begin, called_end, facts, keys)
    if status != RATED:
        return status
    outcome = ZERO_DURATION
    for view in range(len(t.root)):
        status, amounts[view], units[view], leaves[view] = charge(t, view, facts, keys)
        if status < 0:
            leaves[0] = leaves[view]
            return status
        relations[view] = t.relation[keys[K_CALL]]
        if status == RATED:
            outcome = RATED
    return outcome
