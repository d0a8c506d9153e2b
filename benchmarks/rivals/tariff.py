"""The tariff that every rival prices, in words, and its tables.

It is `prd` under `baseline` and `plan-2010` with the assumptions that the rulebook ships, for calls of fixed lines of
China Telecom and of mobile lines, both with their home in Guangdong. A rival reads the numbers as the file has them,
digits only: `+86`, `0086`, spaces and masked numbers, which the engine reads too, do not occur in it.

**Numbers.** A called number may begin with an IP access code (ACCESS), which is taken off and remembered. Behind `00`
it is abroad: `852` and `853` with 11 digits and `886` with 11 or 12 are Hong Kong, Macao and Taiwan. Eleven digits from
`13` to `19`, after a `0` or without, are a mobile line whose home the first seven tell. Behind one `0`, four digits
tell the area and how long the number must be (`heads`). Otherwise it is a special service: 110, 119, 120, 122 and
800 numbers, or 400 numbers; or it is a subscriber of the city from which the call comes, of seven or eight digits as
that city has them, not beginning with 0 or 1. What is none of these is suspended, and so is a place, a line or a day
that no rule covers. Rules hold from 2010-01-01 until 2017-09-01.

**Who pays.** The served line is the caller, or where `direction` is `received`, the called. A mobile line is where
`served_place` says, else at home. A call comes from where its caller is.

**Before.** A fixed line pays: nothing for a call received; to 400 and inside its city `fixed-local`, to a mobile there
`fixed-to-mobile`; to other cities of the mainland `domestic-long-distance`; to Hong Kong, Macao and Taiwan or abroad by
the tariffs of those names; through an IP code, in the mainland, `ip-long-distance` and `fixed-local`. A mobile line
at home: `mobile-received`; inside its city and to 400 `mobile-local`; elsewhere `mobile-long-distance`; through an IP
code `ip-long-distance` and `mobile-local`. Roaming in the mainland: `roaming-received`, `roaming-made`, with an IP
code `ip-long-distance` besides. Emergency and 800 numbers are free from everywhere.

**The plan.** From 2012-01-01, inside each circle (CIRCLES), long distance from fixed line to fixed line becomes
`inter-zone`. Between Guangzhou and Foshan, mobile long distance becomes local, and who roams there with a home there
pays as at home: `mobile-received`, `mobile-local`, or, to places beyond and without IP code, `mobile-long-distance`.
From 2015-01-01 all this holds between all nine cities.

**Prices.** Seconds are rounded up. `fixed-local`: 0.22 for the first 180 s, then 0.11 a started minute. A started
minute of `inter-zone` 0.30, `fixed-to-mobile` 0.20, `mobile-local` 0.20, `roaming-made` 0.60, `roaming-received` 0.40,
`ip-long-distance` 0.30. A started six seconds of `mobile-long-distance` 0.07, `hong-kong-macao-taiwan` 0.20,
`international` 0.80, `domestic-long-distance` 0.07 and, where the six seconds start from 00:00 until 07:00, 0.04.
`mobile-received` and `free-of-charge` cost nothing. A call not answered and one of 0 seconds are not charged.

**Written** are the columns read; for each scenario the charge as an exact decimal and the tariffs; and the status.
Rows may come in any order: DuckDB and Polars are faster so. The engine keeps their order, writes for each scenario
rule, units and relation besides, then service and digest of the rules, sets suspended calls aside in a file with their
reasons, and counts what it wrote.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

SEGMENTS: Final = Path(__file__).resolve().parents[2] / "rules" / "prd" / "mobile-segments.csv"

PLACES: Final = (
    "", "guangzhou", "foshan", "shenzhen", "dongguan", "huizhou", "zhuhai", "zhongshan", "jiangmen", "zhaoqing",
    "shaoguan", "meizhou", "shantou", "zhanjiang", "heyuan", "qingyuan", "yunfu", "chaozhou", "shanwei", "yangjiang",
    "jieyang", "maoming", "other-mainland", "hong-kong-macao-taiwan", "abroad",
)  # fmt: skip
"""A place is its number here, so that a region is a range: the nine cities, Guangdong, the mainland."""
GUANG_FO, NINE_CITIES, GUANGDONG, MAINLAND, NEAR_ABROAD, ABROAD = 2, 9, 21, 22, 23, 24
CIRCLES: Final = ((1, 2), (3, 5), (6, 8))
"""First and last city of each circle: Guangzhou–Foshan, Shenzhen–Dongguan–Huizhou, Zhuhai–Zhongshan–Jiangmen."""
SEVEN_DIGITS: Final = tuple(number for number in range(1, 22) if number not in (1, 2, 3, 4, 7))
"""Cities whose subscribers have seven digits; Shantou has eight as well, the others have eight."""
EIGHT_DIGITS: Final = (1, 2, 3, 4, 7, PLACES.index("shantou"))

AREAS: Final = {
    "20": 1, "757": 2, "755": 3, "769": 4, "752": 5, "756": 6, "760": 7, "750": 8, "758": 9, "751": 10, "753": 11,
    "754": 12, "759": 13, "762": 14, "763": 15, "766": 16, "768": 17, "660": 18, "662": 19, "663": 20, "668": 21,
    "10": 22, "21": 22, "22": 22, "23": 22, "24": 22, "25": 22, "27": 22, "28": 22, "29": 22,
}  # fmt: skip
RANGES: Final = (
    *("13", "150", "151", "152", "153", "155", "156", "157", "158", "159", "145", "147", "170", "173", "176", "177"),
    *("178", "18"),
)
ACCESS: Final = ("17900", "17901", "17908", "17909", "17910", "17911", "17931", "17951", "17969")
EMERGENCY: Final = (110, 119, 120, 122)
FREEPHONE, SERVICE_400 = 800, 400

TARIFFS: Final = (
    "", "fixed-local", "inter-zone", "fixed-to-mobile", "domestic-long-distance", "hong-kong-macao-taiwan",
    "international", "ip-long-distance+fixed-local", "mobile-local", "mobile-received", "mobile-long-distance",
    "roaming-made", "roaming-received", "free-of-charge", "ip-long-distance+mobile-local",
    "ip-long-distance+roaming-made",
)  # fmt: skip
"""A tariff, or two that are paid together, is its number here."""


def heads() -> pa.Table:
    """What the beginning of a number tells: `key`, `place`, and how long it is without a trunk 0, `least` to `most`.

    `key`: of mobile numbers the first seven digits less 1,000,000; of others the four digits behind the 0.
    """
    import numpy as np
    import pyarrow as pa

    found = np.zeros((1_000_000, 3), np.int8)
    with SEGMENTS.open(encoding="utf-8", newline="") as file:
        rows = sorted(((row["prefix"], row["place"]) for row in csv.DictReader(file)), key=lambda row: len(row[0]))
    for prefix, name in rows:  # of two prefixes the longer decides
        if prefix.startswith(RANGES):
            width = 10 ** (7 - len(prefix))
            first = int(prefix) * width - 1_000_000
            found[first : first + width] = (PLACES.index(name), 11, 11)
    for key in range(1000, 10000):
        found[key] = _area(str(key))
    keys = np.flatnonzero(found[:, 0])
    columns = [pa.array(found[keys, number]) for number in range(3)]
    return pa.table([pa.array(keys.astype(np.int32)), *columns], names=["key", "place", "least", "most"])


def _area(digits: str) -> tuple[int, int, int]:
    """Place and lengths of numbers that begin so; zeros where there are none."""
    code = next((digits[:n] for n in (3, 2) if digits[:n] in AREAS), "")
    if not code:
        return (MAINLAND, 10, 11) if digits[0] in "3456789" else (0, 0, 0)
    if digits[len(code)] < "2":
        return 0, 0, 0
    place, shorter = AREAS[code], len(code) + 7
    return place, shorter + (place not in SEVEN_DIGITS), shorter + (place in EIGHT_DIGITS or place == MAINLAND)
