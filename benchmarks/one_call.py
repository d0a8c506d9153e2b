"""One call at a time: this engine beside zen-engine on the same decision, `prd` under `plan-2010`.

Results are compared before anything is timed: a difference in a single fen ends the run.

What is timed, each over the same calls:

* the public API: digits and a datetime in, a `Charge` with a `Decimal` out;
* the bare kernel in plain Python, from digits and integers to micro-yuan;
* the bare kernel for calls whose parties are known, which is what zen is given: decision and price;
* zen, told what each party is and where, in two ways: as its guide shows (`create_decision`), and with the decision
  registered in the engine (a static loader), which it compiles once;
* zen, given the digits of fixed-line calls (a part of the calls; this engine is timed on the same part).
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
from tariffs.rating import digits, kernel
from tariffs.rating.rater import Rater

CALLS = 500
SCENARIO = "plan-2010"
API_TARGET, KERNEL_TARGET = 20.0, 40.0

Run = Callable[[], object]


def report() -> str:
    """Checks that all agree, measures, and returns the table. Raises AssertionError on a difference."""
    calls = draw(CALLS)
    fixed = [drawn for drawn in calls if drawn.fixed_only]
    rate = tariffs.load("prd").rater([SCENARIO])
    known, quick = zen_sides(calls)
    dialled = zen_digits(fixed)
    expected = [charged(rate, drawn) for drawn in calls]
    for name, amounts in (("create_decision", known()), ("static loader", quick())):
        agree(name, calls, expected, amounts)
    agree("from digits", fixed, [charged(rate, drawn) for drawn in fixed], dialled())
    whole, decided = kernel_sides(rate, calls)
    taken = timed(
        {
            "api": lambda: [rate(drawn.call) for drawn in calls],
            "kernel": whole,
            "decided": decided,
            "guide": known,
            "loader": quick,
            "api, fixed": lambda: [rate(drawn.call) for drawn in fixed],
            "kernel, fixed": kernel_sides(rate, fixed)[0],
            "digits": dialled,
        }
    )
    count = {name: len(fixed) if "fixed" in name or name == "digits" else len(calls) for name in taken}
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


def zen_sides(calls: Sequence[Drawn]) -> tuple[Callable[[], list[Any]], Callable[[], list[Any]]]:
    """zen given facts: by `create_decision`, and by a static loader."""
    import zen

    graph = zen_decision.from_facts()
    contexts = [zen_decision.facts(drawn) for drawn in calls]
    decision = zen.ZenEngine().create_decision(json.dumps(graph))
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"prd": graph}}})
    return (
        lambda: [decision.evaluate(context)["result"]["charge"] for context in contexts],
        lambda: [engine.evaluate("prd", context)["result"]["charge"] for context in contexts],
    )


def zen_digits(calls: Sequence[Drawn]) -> Callable[[], list[Any]]:
    """zen given the digits of fixed-line calls, by a static loader."""
    import zen

    contexts = [zen_decision.digits(drawn) for drawn in calls]
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"prd": zen_decision.from_digits()}}})
    return lambda: [engine.evaluate("prd", context)["result"]["charge"] for context in contexts]


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
            kernel.charge(tables.heap, tables.heap[kernel.H_VIEW], facts, keys)

    return whole, decided


def span(number: bytes) -> tuple[int, int, int, int]:
    return digits.measure_number(number, 0, len(number))


def shown(taken: dict[str, Timing]) -> str:
    def ratio(slow: str, fast: str) -> float:
        return taken[slow].median / taken[fast].median

    def row(words: str, name: str, rivals: Sequence[tuple[str, float | None]]) -> tuple[object, ...]:
        cells = [verdict(ratio(r, name), t) if t else f"{ratio(r, name):.1f} ×" for r, t in rivals]
        return words, taken[name], *cells

    first = table(
        "One call, all kinds: made and received, fixed and mobile, at home and roaming",
        ("engine", "a call: median (least–most)", "zen as its guide shows", "zen, static loader"),
        [
            row("tariffs, public API, from digits", "api", [("guide", API_TARGET), ("loader", None)]),
            row("tariffs, bare kernel in plain Python, from digits", "kernel", [("guide", None), ("loader", None)]),
            row("tariffs, bare kernel, told the parties", "decided", [("guide", KERNEL_TARGET), ("loader", None)]),
            ("zen, `create_decision`, told the parties", taken["guide"], "", ""),
            ("zen, static loader, told the parties", taken["loader"], "", ""),
        ],
    )
    second = table(
        "One call, fixed lines only, everyone from digits",
        ("engine", "a call: median (least–most)", "zen, static loader"),
        [
            row("tariffs, public API", "api, fixed", [("digits", None)]),
            row("tariffs, bare kernel in plain Python", "kernel, fixed", [("digits", None)]),
            ("zen, static loader", taken["digits"], ""),
        ],
    )
    return first + "\n" + second
