"""The library as its user meets it: load a rulebook, make a rater, rate calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from tariffs.rulebook import book

if TYPE_CHECKING:
    from tariffs.rating.rater import Rater


class Rulebook(book.Rulebook):
    """A checked, frozen rulebook. `digest` pins it: equal digests rate alike."""

    def __repr__(self) -> str:
        return f"<Rulebook {self.rulebook_id}, {len(self.scenarios)} scenarios, {self.digest[:12]}>"

    def rater(
        self,
        scenarios: str | Sequence[str] = ("baseline",),
        *,
        assume: Mapping[str, str] | None = None,
        as_of: str | dt.date | Sequence[str | dt.date] = (),
        holders: Mapping[str, str] | None = None,
        both: bool = False,
        assumptions: bool = True,
        allow: Collection[str] = (),
    ) -> Rater:
        """A pure function from a `Call` to its outcome under every scenario in one go.

        `scenarios`: names, stacked with `+` (`delivery-2012+guangfo-same-city`). `assume`: values of parameters, which
        go before the rulebook's own assumptions; `assumptions=False` switches those off. `as_of`: reference days
        (`2012-06-01`) or phases (`plan-2010:1`), each of which prices every call under the rules in force then.
        `holders`: `{"add-on": "all" | "none"}` in place of what calls say they hold; `both` shows the two side by
        side for the add-ons that it leaves open. `allow`: `gap` and `conflict`; a rulebook that leaves a promised call
        of these scenarios without a price, or gives a call two, is refused unless it accepts that or it is allowed
        here. Such calls are then suspended.
        Raises RulebookError with every problem that stands in the way.
        """
        from tariffs.checks.admission import ALLOWED, admit
        from tariffs.rating.rater import make_rater
        from tariffs.rulebook.collector import uninterrupted

        allowed = {allow} if isinstance(allow, str) else set(allow)
        if unknown := sorted(allowed.difference(ALLOWED)):
            raise ValueError(f"{', '.join(unknown)}: only {' and '.join(ALLOWED)} can be allowed")
        with uninterrupted():
            rater = make_rater(
                self, scenarios, assume=assume, as_of=as_of, holders=holders, both=both, assumptions=assumptions
            )
            admit(rater, allowed, assume=assume, assumptions=assumptions)
        return rater


def load(path_or_name: str | PathLike[str]) -> Rulebook:
    """The rulebook of a file, a folder, or the bare name of a shipped one (`prd`).

    Raises RulebookError with every problem of every file.
    """
    from tariffs.rulebook.load import load_rulebook

    return load_rulebook(fspath(path_or_name), Rulebook)
