"""What every section of a report needs: the comparison, the names, and how tables say of what they speak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tariffs.compare.comparison import Comparison, Part
from tariffs.compare.report.naming import Naming
from tariffs.compare.tables import Column, Table, Value
from tariffs.language import Words


@dataclass(frozen=True)
class Draft:
    """A comparison that is being written down in one language."""

    comparison: Comparison
    words: Words

    @cached_property
    def naming(self) -> Naming:
        return Naming(self.comparison.book, self.words)

    @staticmethod
    def moving(part: Part) -> tuple[int, ...]:
        """The views under which some call or bill is not what it is under the base; all of them where there is none."""
        moved = tuple(view for view in part.others if moves(part, view))
        return moved or part.others

    def calls_of(self, part: Part) -> str:
        """Which calls: their first and last day."""
        _ = self.words.gettext
        if part.priced.days is None:
            return _("no rated call")
        first, last = part.priced.days
        return _("calls of {first} to {last}").format(first=first.isoformat(), last=last.isoformat())

    def reference(self, part: Part) -> str:
        """By which rules."""
        return self.naming.reference(part.reference, part.day)

    def table(
        self, part: Part, key: str, title: str, columns: Sequence[Column], rows: Sequence[tuple[Value, ...]],
        *, notes: Sequence[str] = (), emphasis: Sequence[int] = (), rests_on: bool = True,
    ) -> Table:  # fmt: skip
        """A table of one part; its key tells the parts apart. `rests_on`: its charges rest on assumptions."""
        place = self.comparison.parts.index(part)
        return Table(
            key=key if len(self.comparison.parts) == 1 else f"{key}-{place + 1}",
            title=title,
            columns=tuple(columns),
            rows=tuple(rows),
            period=self.words.join([self.calls_of(part), self.reference(part)]),
            notes=(*notes, *((self.assumed(part),) if rests_on and self.assumptions(part) else ())),
            assumptions=self.assumptions(part),
            synthetic=part.priced.synthetic,
            emphasis=frozenset(emphasis),
        )

    def assumptions(self, part: Part) -> tuple[str, ...]:
        """Names of the parameters whose assumed values a part rests on."""
        return tuple(dict.fromkeys(i.name for view in part.priced.assumed for i in view if i.origin == "assumed"))

    def assumed(self, part: Part) -> str:
        """Those assumptions with their values, in one sentence."""
        values = {i.name: i.value for view in part.priced.assumed for i in view if i.origin == "assumed"}
        said = [self.naming.assumed(name, value) for name, value in values.items()]
        return self.words.colon(self.words.gettext("assumed values"), self.words.join(said))

    @staticmethod
    def slug(part: Part, view: int) -> str:
        """A view in the name of a file or sheet."""
        item = part.priced.views[view]
        held = item.label[item.label.find("[") + 1 : -1] if item.label.endswith("]") else ""
        return "-".join(name for name in (*item.scenario.split("+"), *held.split()) if name)

    def views(self, part: Part) -> list[str]:
        """The heads of the columns of views."""
        return [self.naming.short(view) for view in part.priced.views]

    @staticmethod
    def keys(part: Part) -> list[str]:
        """The names of those columns in files."""
        return [view.label for view in part.priced.views]


def moves(part: Part, view: int) -> bool:
    """Whether some call, or some bill with its fees, is not what it is under the base."""
    found = part.winners.get(view)
    bills = found is not None and any(share.accounts for share in found.classes if share.name != "unchanged")
    return bills or bool(part.total.dearer[view] or part.total.cheaper[view])
