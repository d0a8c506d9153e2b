"""Makes rules/prd/mobile-segments.csv again from the public number table of the `phonenumbers` package (Apache-2.0).

    python seeds/make_tables.py            writes the table
    python seeds/make_tables.py --check    says whether the committed table is what the installed package gives

The package tells the city of a mobile number by its leading digits, the longest entry deciding. The table keeps
only what rating needs: the city inside Guangdong, `other-mainland` for everywhere else. Ten neighbours become one
shorter prefix only when all ten are known and agree, so no segment that the source does not know gets a home.
Entries of three digits or fewer are dropped: a whole range in one city is a stopgap of the source, not a fact.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
from phonenumbers.geodata import GEOCODE_DATA

TABLE = Path(__file__).resolve().parent.parent / "rules" / "prd" / "mobile-segments.csv"
SEGMENT_DIGITS = 7
SHORTEST_ENTRY = 4
ELSEWHERE = "other-mainland"


def source_entries() -> dict[str, str]:
    """Leading digits of mobile numbers (no country code) and the place of our rule files."""
    entries: dict[str, str] = {}
    for digits, names in GEOCODE_DATA.items():
        prefix = digits.removeprefix("86")
        if not digits.startswith("861") or prefix.startswith("10") or len(prefix) < SHORTEST_ENTRY:
            continue  # another country, the area code of Beijing (10), or a stopgap
        city, _, province = names["en"].partition(", ")
        entries[prefix] = city.lower() if province == "Guangdong" else ELSEWHERE
    return entries


def segments(entries: dict[str, str]) -> dict[str, str]:
    """Every known seven-digit segment with its place."""
    known: dict[str, str] = {}
    for prefix in sorted(entries, key=len):  # longer entries come later and win
        rest = SEGMENT_DIGITS - len(prefix)
        for number in range(10**rest):
            known[prefix + str(number).zfill(rest) if rest else prefix] = entries[prefix]
    return known


def shortest_prefixes(known: dict[str, str]) -> dict[str, str]:
    """The same table with ten known neighbours of one place written as one shorter prefix."""
    level = dict(known)
    for length in range(SEGMENT_DIGITS - 1, 2, -1):
        parents = {prefix[:length] for prefix in level if len(prefix) == length + 1}
        for parent in parents:
            children = [parent + digit for digit in "0123456789"]
            places = {level.get(child) for child in children}
            if len(places) == 1 and None not in places:
                level[parent] = level[children[0]]
                for child in children:
                    del level[child]
    return level


def lines() -> Iterator[str]:
    yield "prefix,place"
    table = shortest_prefixes(segments(source_entries()))
    for prefix in sorted(table):
        yield f"{prefix},{table[prefix]}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the table of mobile segments again.")
    parser.add_argument("--check", action="store_true", help="compare with the committed table, write nothing")
    made = "\n".join(lines()) + "\n"
    if parser.parse_args().check:
        same = TABLE.read_text(encoding="ascii") == made
        print(f"{TABLE.name}: {'as made' if same else 'differs from what'} by phonenumbers {phonenumbers.__version__}")
        return 0 if same else 1
    TABLE.write_text(made, encoding="ascii", newline="\n")
    print(f"{TABLE.name}: {made.count(chr(10)) - 1} prefixes from phonenumbers {phonenumbers.__version__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
