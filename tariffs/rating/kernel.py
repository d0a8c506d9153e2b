"""The one kernel: what a call costs, in integers.

Plain functions over one flat table `t` of integers (laid out below, filled by `tables.py`) and the table of mobile
segments. They run as they stand for one call, and compiled by Numba, unchanged, over columns (`compiled.py`).
No floats, no objects, no loop over charging units.

To find where a call gets its price, read `rate`: `decide` walks the decision diagram to the tariffs, `charge` takes
what each of them costs, `price` adds up the spans that `next_span` finds, `rounded` rounds once.

Records in `t` refer to one another by their places in it; 0 is nowhere.
"""

from __future__ import annotations

from typing import Any

from tariffs.rating.digits import (
    E_AREA,
    E_KIND,
    E_OPERATOR,
    NOT_GIVEN,
    NOT_KNOWN,
    UNKNOWN_NUMBER,
    read_number,
)

SECOND, DAY = 1_000_000, 86_400_000_000  # microseconds
EPOCH = 719_163  # 1970-01-01 as a proleptic ordinal
FIRST_DAY = 726_468  # 1990-01-01
DAYS = 40_542  # to 2101-01-01
MISSING = -(1 << 62)
MOST_MESSAGES, MOST_BYTES = 1 << 20, 1 << 40  # of one record

# the head of t: places of tables, and single numbers
H_AREA_OF_PLACE, H_PLACES, H_RELATION = range(5, 8)  # the first five: `digits`
H_FIRST_SEGMENT_DAY, H_SEGMENT_DAYS, H_SEGMENT_OF_DAY, H_VIEWS, H_VIEW, H_OPTIONS = range(8, 14)
H_FIXED_OPERATOR, H_HOME_DEFAULT, H_LONGEST = range(14, 17)
H_CLASSES, CATEGORIES = 17, 9  # tables: the class of each raw value of each category
H_SEGMENTS, H_ACCESS_CODES, H_JOINT = range(26, 29)  # how many; how many; the place of a record: `rated_rows`
HEAD = 29

# a view; V_CALL and V_ROAM: a pair table for each date segment
V_AS_OF, V_ROOT, V_AND, V_OR, V_CALL, V_ROAM = range(6)
VIEW = 6
# a node of the decision diagram: the key it looks at, then a child for each class (below 0: the complement of a leaf)
# a leaf: its number, how many tariffs (or NO_MATCH, CONFLICT), their places
L_NUMBER, L_COUNT, L_TARIFF = range(3)
NO_MATCH, CONFLICT = -1, -2
# a tariff (money in its own unit, `quantum` of which make `rounded_to` micro-yuan), then its steps
T_QUANTUM, T_ROUNDED_TO, T_ROUNDING, T_CONNECTION, T_MINIMUM, T_MAXIMUM, T_SCHEME, T_CROSSING = range(8)
T_MEASURE, T_RESOLUTION, T_FRACTION, T_ZERO, T_WHOLE, T_STEPS, T_STEP = range(8, 15)
S_UNTIL, S_UNIT, S_PRICE = range(3)
STEP = 3
# a rate-period scheme: for each day since FIRST_DAY a row (or nowhere); a row: how many, then (from, period) each

# facts[...] of a call
ANSWERED, USAGE, DIRECTION, OPERATOR, CALLED_OPERATOR, GROUP, PLAN, OPTIONS = range(8)
SERVED_PLACE, HOME_AREA, START, DURATION, SEIZURE, QUANTITY = range(8, 14)
FACTS = 14

# keys[...] of a call: where it is and what it is, then its class in each dimension of the diagram
ORIGIN, DESTINATION, HOME, PRESENT, LINE, CALLED, ACCESS, DAY_OF_CALL, BY, TO = range(10)  # the last two: operators
K_DATE, K_CALL, K_ROAM, K_LINE, K_CALLED, K_USAGE, K_DIRECTION, K_ACCESS, K_OPERATOR = range(10, 19)
K_CALLED_OPERATOR, K_GROUP, K_PLAN, K_OPTION = range(19, 23)

# what comes of a call, as in `outcome`
RATED, UNANSWERED, ZERO_DURATION = 0, 1, 2
UNKNOWN_HOME, UNKNOWN_PLACE, UNKNOWN_NAME = -3, -4, -5
NO_RULE, TWO_RULES, IMPOSSIBLE_TIME, OVER_LIMIT, MISSING_USAGE, CALENDAR_ENDED = -6, -7, -8, -9, -10, -11

MOBILE, MESSAGE = 1, 1


def locate(
    t: Any, segments: Any, caller: Any, caller_span: tuple[int, int, int, int], called: Any,
    called_span: tuple[int, int, int, int], facts: Any, keys: Any,
) -> int:  # fmt: skip
    """Finds who calls whom from where, and writes it with its classes into `keys`. Returns a status."""
    status = find(t, segments, caller, caller_span, called, called_span, facts, keys)
    if status == RATED:
        classify(t, facts, keys)
    return status


def find(
    t: Any, segments: Any, caller: Any, caller_span: tuple[int, int, int, int], called: Any,
    called_span: tuple[int, int, int, int], facts: Any, keys: Any,
) -> int:  # fmt: skip
    """Finds who calls whom from where. Returns a status."""
    if facts[ANSWERED] == 0:
        return UNANSWERED
    status = checked(t, facts)
    if status != RATED:
        return status
    day = facts[START] // DAY + EPOCH
    entry, _, home, _ = read_number(t, segments, caller, caller_span, facts[HOME_AREA], day)
    if entry < 0:
        return entry
    line = t[entry + E_KIND]
    if home < 0 or line > MOBILE:
        return UNKNOWN_HOME if home == NOT_KNOWN else UNKNOWN_NUMBER
    origin = home
    if line == MOBILE and facts[DIRECTION] == 0:
        origin = present_place(t, facts, home)
        if origin < 0:
            return UNKNOWN_PLACE
    area = t[entry + E_AREA] if line != MOBILE else t[t[H_AREA_OF_PLACE] + origin]
    other, access, destination, _ = read_number(t, segments, called, called_span, area, day)
    if other < 0:
        return other
    if destination == NOT_KNOWN:
        return UNKNOWN_HOME
    if destination == NOT_GIVEN:
        destination = origin
    keys[LINE], keys[CALLED] = line, t[other + E_KIND]
    keys[ACCESS], keys[DAY_OF_CALL] = access, day
    keys[ORIGIN], keys[DESTINATION] = origin, destination
    keys[HOME], keys[PRESENT] = home, origin
    served = entry
    if facts[DIRECTION] == 1:
        served = other
        if t[other + E_KIND] > MOBILE:
            return NO_RULE
        keys[LINE], keys[HOME], keys[PRESENT] = t[other + E_KIND], destination, destination
        if t[other + E_KIND] == MOBILE:
            keys[PRESENT] = present_place(t, facts, destination)
            if keys[PRESENT] < 0:
                return UNKNOWN_PLACE
    operator = facts[OPERATOR]
    if operator == NOT_GIVEN:
        operator = t[served + E_OPERATOR]
        if operator == 0 and keys[LINE] != MOBILE:
            operator = t[H_FIXED_OPERATOR]
    called_operator = facts[CALLED_OPERATOR]
    if called_operator == NOT_GIVEN:
        called_operator = t[other + E_OPERATOR]
    keys[BY], keys[TO] = operator, called_operator
    return RATED


def checked(t: Any, facts: Any) -> int:
    """Whether the record can be rated at all: names known, times possible, not over the limit."""
    named = min(facts[USAGE], facts[DIRECTION], facts[OPERATOR], facts[CALLED_OPERATOR], facts[GROUP], facts[PLAN])
    if named == NOT_KNOWN or facts[OPTIONS] == NOT_KNOWN:
        return UNKNOWN_NAME
    if facts[SERVED_PLACE] == NOT_KNOWN:
        return UNKNOWN_PLACE
    day = facts[START] // DAY + EPOCH
    if day < FIRST_DAY or day >= FIRST_DAY + DAYS - 366:
        return IMPOSSIBLE_TIME
    duration, seizure, quantity, longest = facts[DURATION], facts[SEIZURE], facts[QUANTITY], t[H_LONGEST]
    if MISSING < duration < 0 or MISSING < seizure < 0 or MISSING < quantity < 0:
        return IMPOSSIBLE_TIME
    if duration > longest or seizure > longest or quantity > (MOST_MESSAGES if facts[USAGE] == MESSAGE else MOST_BYTES):
        return OVER_LIMIT
    return RATED


def present_place(t: Any, facts: Any, home: int) -> int:
    """Where a mobile line is: as the record says, else at home if the rulebook assumes so, else NOT_GIVEN."""
    if facts[SERVED_PLACE] >= 0:
        place: int = facts[SERVED_PLACE]
        return place
    return home if t[H_HOME_DEFAULT] == 1 else NOT_GIVEN


def classify(t: Any, facts: Any, keys: Any) -> None:
    """Turns the raw values of a call into classes of the decision diagram."""
    keys[K_LINE] = t[t[H_CLASSES + 0] + keys[LINE]]
    keys[K_CALLED] = t[t[H_CLASSES + 1] + keys[CALLED]]
    keys[K_USAGE] = t[t[H_CLASSES + 2] + facts[USAGE]]
    keys[K_DIRECTION] = t[t[H_CLASSES + 3] + facts[DIRECTION]]
    keys[K_ACCESS] = t[t[H_CLASSES + 4] + keys[ACCESS]]
    keys[K_OPERATOR] = t[t[H_CLASSES + 5] + keys[BY]]
    keys[K_CALLED_OPERATOR] = t[t[H_CLASSES + 6] + keys[TO]]
    keys[K_GROUP] = t[t[H_CLASSES + 7] + facts[GROUP]]
    keys[K_PLAN] = t[t[H_CLASSES + 8] + facts[PLAN]]


def decide(t: Any, view: int, facts: Any, keys: Any) -> int:
    """Walks the decision diagram of a view (by its place in `t`) to its leaf, one look-up a dimension."""
    segment = t[view + V_AS_OF]
    if segment < 0:
        segment = date_segment(t, keys[DAY_OF_CALL])
    places = t[H_PLACES]
    keys[K_DATE] = segment
    keys[K_CALL] = t[t[t[view + V_CALL] + segment] + keys[ORIGIN] * places + keys[DESTINATION]]
    keys[K_ROAM] = t[t[t[view + V_ROAM] + segment] + keys[HOME] * places + keys[PRESENT]]
    if t[H_OPTIONS] > 0:
        held = (facts[OPTIONS] & t[view + V_AND]) | t[view + V_OR]
        for option in range(t[H_OPTIONS]):
            keys[K_OPTION + option] = (held >> option) & 1
    node = t[view + V_ROOT]
    while node > 0:
        node = t[node + 1 + keys[t[node]]]
    leaf: int = ~node
    return leaf


def date_segment(t: Any, day: int) -> int:
    """The segment of days, between which nothing in the rules changes, that a day is in."""
    at = day - t[H_FIRST_SEGMENT_DAY]
    if at < 0:
        at = 0
    elif at >= t[H_SEGMENT_DAYS]:
        at = t[H_SEGMENT_DAYS] - 1
    segment: int = t[t[H_SEGMENT_OF_DAY] + at]
    return segment


def billed(t: Any, tariff: int, facts: Any) -> int:
    """The amount of usage that a tariff bills, rounded to its resolution; MISSING where the record lacks it."""
    measure = t[tariff + T_MEASURE]
    raw = facts[DURATION + measure]
    if raw < 0:
        return MISSING
    resolution: int = t[tariff + T_RESOLUTION]
    return rounded(raw, resolution, t[tariff + T_FRACTION]) * resolution


def rounded(amount: int, quantum: int, mode: int) -> int:
    """How many quanta an amount is, rounded: 0 up, 1 down, 2 half up, 3 half even. The only rounding there is."""
    if quantum == 1:
        return amount
    whole = amount // SECOND if quantum == SECOND else amount // quantum  # most often; constants are divided by quickly
    rest = amount - whole * quantum
    if mode == 0:
        return whole + (1 if rest > 0 else 0)
    if mode == 1:
        return whole
    if 2 * rest > quantum or (2 * rest == quantum and (mode == 2 or whole % 2 == 1)):
        return whole + 1
    return whole


def period_at(t: Any, scheme: int, moment: int) -> tuple[int, int]:
    """The rate period of a moment (microseconds since 1970) and the moment it ends; -1 outside the calendar."""
    day = moment // DAY
    row = t[scheme + day + EPOCH - FIRST_DAY]
    if row == 0:
        return -1, moment
    since = moment - day * DAY
    at, last = row + 1, row + 2 * t[row] - 1
    while at < last and t[at + 2] <= since:
        at += 2
    return t[at + 1], day * DAY + (t[at + 2] if at < last else DAY)


def next_span(t: Any, tariff: int, step: int, offset: int, total: int, start: int) -> tuple[int, int, int, int, int]:
    """The units that start at `offset` of a call and share step, rate period and price.

    Returns `(units, offset after them, price of a unit, period, step after them)`; the period is -1 outside the
    calendar. A unit counts as soon as it has started; one cut short by the end of its step or call counts whole.
    """
    unit = t[step + S_UNIT]
    end = t[step + S_UNTIL]
    if end > total:
        end = total
    scheme = t[tariff + T_SCHEME]
    period, stop = 0, end
    if scheme > 0:
        if t[tariff + T_CROSSING] == 0:
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
        following = step + STEP
    return units, after, t[t[step + S_PRICE] + period], period, following


def step_of(t: Any, tariff: int, total: int) -> int:
    """The step that the length of a call falls in; where it prices the whole call, its units start with the call."""
    step = tariff + T_STEP
    last = step + STEP * (t[tariff + T_STEPS] - 1)
    while step < last and t[step + S_UNTIL] < total:
        step += STEP
    return step


def price(t: Any, tariff: int, total: int, start: int) -> tuple[int, int]:
    """The amount of one component in micro-yuan and its units; the amount is -1 outside the calendar."""
    money, units, offset = t[tariff + T_CONNECTION], 0, 0
    step = tariff + T_STEP
    last = step + STEP * t[tariff + T_STEPS]
    if t[tariff + T_WHOLE] == 1:
        step = step_of(t, tariff, total)
    while offset < total and step < last:
        count, offset, unit_price, period, step = next_span(t, tariff, step, offset, total, start)
        if period < 0:
            return -1, 0
        units += count
        money += count * unit_price
    return settled(t, tariff, money), units


def settled(t: Any, tariff: int, money: int) -> int:
    """A component's sum between its minimum and maximum, rounded once, in micro-yuan."""
    if money < t[tariff + T_MINIMUM]:
        money = t[tariff + T_MINIMUM]
    if 0 <= t[tariff + T_MAXIMUM] < money:
        money = t[tariff + T_MAXIMUM]
    to: int = t[tariff + T_ROUNDED_TO]
    return rounded(money, t[tariff + T_QUANTUM], t[tariff + T_ROUNDING]) * to


def charge(t: Any, leaf: int, facts: Any) -> tuple[int, int, int, int]:
    """What a call costs that has come to a leaf: `(status, micro-yuan, units, number of the leaf)`."""
    number, count = t[leaf + L_NUMBER], t[leaf + L_COUNT]
    if count < 0:
        return (NO_RULE if count == NO_MATCH else TWO_RULES), 0, 0, number
    amount, units, charged = 0, 0, 0
    for at in range(leaf + L_TARIFF, leaf + L_TARIFF + count):
        tariff = t[at]
        total = billed(t, tariff, facts)
        if total < 0:
            return MISSING_USAGE, 0, 0, number
        if total > 0 or t[tariff + T_ZERO] == 1:
            charged = 1
            part, parts = price(t, tariff, total, facts[START])
            if part < 0:
                return CALENDAR_ENDED, 0, 0, number
            amount += part
            units += parts
    return (RATED if charged == 1 else ZERO_DURATION), amount, units, number


def rate(
    t: Any, segments: Any, caller: Any, caller_span: tuple[int, int, int, int], called: Any,
    called_span: tuple[int, int, int, int], facts: Any, keys: Any, amounts: Any, units: Any, leaves: Any,
    relations: Any,
) -> int:  # fmt: skip
    """Rates one record under every view; returns its status.

    A record is rated under all views or suspended; it is not chargeable only where no view charges it.
    """
    status = locate(t, segments, caller, caller_span, called, called_span, facts, keys)
    if status != RATED:
        return status
    outcome = ZERO_DURATION
    for view in range(t[H_VIEWS]):
        leaf = decide(t, t[H_VIEW] + view * VIEW, facts, keys)
        status, amounts[view], units[view], leaves[view] = charge(t, leaf, facts)
        if status < 0:
            leaves[0] = leaves[view]
            return status
        relations[view] = t[t[H_RELATION] + keys[K_CALL]]
        if status == RATED:
            outcome = RATED
    return outcome
