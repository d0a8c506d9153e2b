"""One call at a time: this engine beside zen-engine on the same decision, `prd` under `plan-2010`.

Results are compared before anything is timed: a difference in a single fen ends the run.

What is timed, each over the same calls:

* fixed-line calls, everybody from the digits dialled and a time: the public API, to a `Charge` with a `Decimal`; the
  bare kernel in plain Python, to micro-yuan; zen, reading area codes with tables of its own;
* calls of all kinds: the bare kernel and zen both told what each party is and where, since no expert would have zen
  look a mobile number up in 22,000 rows; beside them the API and the kernel from digits.

zen is called in two ways: as its guide shows (`create_decision`, then `evaluate`), and with the decision registered in
the engine by a static loader, which compiles it once and is much the faster.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import tariffs
from benchmarks import zen_decision
from benchmarks.calls import Drawn, draw
from benchmarks.measure import Timing, table, timed, verdict
from benchmarks.zen_decision import Graph
from tariffs.rating import digits, kernel
from tariffs.rating.rater import Rater

CALLS = 500
SCENARIO = "plan-2010"
API_TARGET, KERNEL_TARGET = 20.0, 40.0

Run = Callable[[], object]
Amounts = Callable[[], list[Any]]


def report() -> str:
    """Checks that all agree, measures, and returns the table. Raises AssertionError on a difference."""
    calls = draw(CALLS)
    fixed = [drawn for drawn in calls if drawn.fixed_only]
    rate = tariffs.load("prd").rater([SCENARIO])
    known, quick = zen_sides(zen_decision.from_facts(), [zen_decision.facts(drawn) for drawn in calls])
    dialled, dialled_quick = zen_sides(zen_decision.from_digits(), [zen_decision.digits(drawn) for drawn in fixed])
    expected = [charged(rate, drawn) for drawn in calls]
    for name, amounts in (("create_decision", known()), ("static loader", quick())):
        agree(name, calls, expected, amounts)
    for name, amounts in (("create_decision, digits", dialled()), ("static loader, digits", dialled_quick())):
        agree(name, fixed, [charged(rate, drawn) for drawn in fixed], amounts)
    whole, decided = kernel_sides(rate, calls)
    taken = timed(
        {
            "api": lambda: [rate(drawn.call) for drawn in calls],
            "kernel": whole,
            "decided": decided,
            "guide": known,
            "loader": quick,
            "guide, fixed": dialled,
            "loader, fixed": dialled_quick,
            "api, fixed": lambda: [rate(drawn.call) for drawn in fixed],
            "kernel, fixed": kernel_sides(rate, fixed)[0],
        }
    )
    count = {name: len(fixed) if "fixed" in name else len(calls) for name in taken}
    return shown({name: timing.per(count[name]) for name, timing in taken.items()})


def charged(rate: Rater, drawn: Drawn) -> Decimal:
    """The charge by the public API. Raises AssertionError where the call is not rated."""
    result = rate(drawn.call)
    if not isinstance(result, tariffs.Rated):
        raise AssertionError(f"call {drawn.call.id} is {result}")
    return result.charges[SCENARIO].amount


def agree(name: str, calls: Sequence[Drawn], expected: Sequence[Decimal], amounts: Sequence[Any]) -> None:
    """Raises AssertionError unless zen's amounts, handed over as floats of exact decimals, are the expected ones."""
    for drawn, want, got in zip(calls, expected, amounts, strict=True):
        if want != Decimal(repr(got)):
            raise AssertionError(f"zen, {name}: call {drawn.call.id} costs {got}, not {want}")


def zen_sides(graph: Graph, contexts: Sequence[dict[str, object]]) -> tuple[Amounts, Amounts]:
    """zen over the same calls: by `create_decision`, and by a static loader."""
    import zen

    decision = zen.ZenEngine().create_decision(json.dumps(graph))
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"prd": graph}}})
    return (
        lambda: [decision.evaluate(context)["result"]["charge"] for context in contexts],
        lambda: [engine.evaluate("prd", context)["result"]["charge"] for context in contexts],
    )


def kernel_sides(rate: Rater, calls: Sequence[Drawn]) -> tuple[Run, Run]:
    """The kernel from digits to micro-yuan, and its decision and price alone."""
    tables, codes = rate.compiled.tables, rate._codes
    made: list[tuple[bytes, bytes, list[int]]] = []
    for drawn in calls:
        facts = codes.facts(drawn.call, rate.timezone)
        assert isinstance(facts, list)
        made.append((drawn.call.caller.encode(), drawn.call.called.encode(), facts))
    located = [(facts, codes.blank_keys.copy()) for _, _, facts in made]
    for (caller, called, facts), (_, keys) in zip(made, located, strict=True):
        kernel.locate(*tables, caller, span(caller), called, span(called), facts, keys)

    def whole() -> None:
        for caller, called, facts in made:
            keys, amounts, units, leaves, relations = codes.blank_keys.copy(), [0], [0], [0], [0]
            kernel.rate(
                *tables, caller, span(caller), called, span(called), facts, keys, amounts, units, leaves, relations
            )

    def decided() -> None:
        for facts, keys in located:
            kernel.charge(tables.heap, kernel.decide(tables.heap, tables.heap[kernel.H_VIEW], facts, keys), facts)

    return whole, decided


def span(number: bytes) -> tuple[int, int, int, int]:
    return digits.measure_number(number, 0, len(number))


def shown(taken: dict[str, Timing]) -> str:
    def ratio(slow: str, fast: str) -> float:
        return taken[slow].median / taken[fast].median

    def row(words: str, name: str, rivals: Sequence[tuple[str, float | None]]) -> tuple[object, ...]:
        cells = [verdict(ratio(r, name), t) if t else f"{ratio(r, name):.1f} ×" for r, t in rivals]
        return words, taken[name], *cells

    fixed: list[tuple[str, float | None]] = [("guide, fixed", None), ("loader, fixed", None)]
    every: list[tuple[str, float | None]] = [("guide", None), ("loader", None)]
    head = ("engine", "a call: median (least–most)", "zen as its guide shows", "zen, static loader")
    first = table(
        "One call, fixed lines: everyone gets digits and a time",
        head,
        [
            row("tariffs, public API", "api, fixed", [("guide, fixed", API_TARGET), fixed[1]]),
            row("tariffs, bare kernel in plain Python", "kernel, fixed", fixed),
            ("zen, `create_decision`", taken["guide, fixed"], "", ""),
            ("zen, static loader", taken["loader, fixed"], "", ""),
        ],
    )
    second = table(
        "One call, all kinds, zen told the parties: made and received, fixed and mobile, at home and roaming",
        head,
        [
            row("tariffs, bare kernel in plain Python, told too", "decided", [("guide", KERNEL_TARGET), every[1]]),
            row("tariffs, bare kernel, from digits", "kernel", every),
            row("tariffs, public API, from digits", "api", every),
            ("zen, `create_decision`", taken["guide"], "", ""),
            ("zen, static loader", taken["loader"], "", ""),
        ],
    )
    return first + "\n" + second
