"""A second rating engine, slow and obvious, written from the specification of the rule language alone.

Everything is a loop and a Fraction: a call is walked unit by unit, a number is compared with every prefix, two places
with every region. Where the engine and this disagree, one of them misreads the specification.
"""

from tests.oracle.charges import Component, charge_component
from tests.oracle.decisions import Facts, matches, outcomes
from tests.oracle.numbers import Reading, Unknown, longest_known_prefix, read_number
from tests.oracle.periods import day_type, rate_period
from tests.oracle.rating import Priced, Refused, Uncharged, Verdict, rate
from tests.oracle.relations import inside, relation
from tests.oracle.world import World

__all__ = [
    "Component", "Facts", "Priced", "Reading", "Refused", "Uncharged", "Unknown", "Verdict", "World",
    "charge_component", "day_type", "inside", "longest_known_prefix", "matches", "outcomes", "rate", "rate_period",
    "read_number", "relation",
]  # fmt: skip
