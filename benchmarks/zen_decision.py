"""The tariff `prd` under the scenario `plan-2010`, written for zen-engine as somebody who knows it would.

Facts that several rows need are worked out once in an expression node. One table, first hit, most specific rows
first, finds the charge: its output cells are expressions, of which only that of the row hit is evaluated. There is no
function node, which would run JavaScript. Amounts are decimals inside zen.

`from_digits` puts number reading in front, for fixed lines: tables of area codes. Mobile numbers would need the
22,000 segments as rows of a table that is searched from the top, which nobody would do.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from benchmarks.calls import CITIES, Drawn

Graph = dict[str, Any]

CIRCLES = (
    ("guangzhou", "foshan"),
    ("shenzhen", "dongguan", "huizhou"),
    ("zhuhai", "zhongshan", "jiangmen"),
)
REGION = tuple(city for city in CITIES if city not in ("shaoguan", "other-mainland"))

LOCAL = "seconds <= 180 ? 0.22 : 0.22 + 0.11 * ceil((seconds - 180) / 60)"
MINUTES = "ceil(seconds / 60)"
UNITS = "ceil(seconds / 6)"
NIGHT_UNITS = (
    f"clock < 25200 ? min([{UNITS}, ceil((25200 - clock) / 6)]) : max([0, {UNITS} - ceil((86400 - clock) / 6)])"
)
LONG_DISTANCE = f"0.07 * {UNITS} - 0.03 * ({NIGHT_UNITS})"



def _both(*places: str) -> str:
    """Both ends of the call among these places."""
    return f"(origin in {list(places)} and destination in {list(places)})"


NEAR = (
    ("origin == destination", "city"),
    ("destination == 'hong-kong'", "hkmt"),
    ("destination == 'abroad'", "abroad"),
    (_both(*CIRCLES[0]), "guang-fo"),
    (" or ".join(_both(*circle) for circle in CIRCLES[1:]), "circle"),
    (_both(*REGION), "region"),
)
"""How near: in one city, one circle (Guangzhou–Foshan by its name), the nine cities, or else the mainland."""

FACTS = {
    "near": "".join(f"{condition} ? '{name}' : " for condition, name in NEAR) + "'mainland'",
    # a mobile that pays as at home: it is, or the plan says so
    "at_home": "home == present"
    f" or (date >= 20120101 and home in {list(CIRCLES[0])} and present in {list(CIRCLES[0])})"
    f" or (date >= 20150101 and home in {list(REGION)} and present in {list(REGION)})",
}

INPUTS = ("direction", "line", "called", "access", "near", "at_home", "date")

ROWS = (
    # direction, line, called, access, near, at_home, date, charge
    ("'received'", "'fixed'", "", "", "", "", "", "0"),
    ("'received'", "'mobile'", "", "", "", "true", "", "0"),
    ("'received'", "'mobile'", "", "", "", "", "", f"0.40 * {MINUTES}"),
    ("", "", "'emergency'", "''", "", "", "", "0"),
    ("", "", "", "''", "'hkmt'", "", "", f"0.20 * {UNITS}"),
    ("", "", "", "''", "'abroad'", "", "", f"0.80 * {UNITS}"),
    ("", "'fixed'", "'fixed'", "''", "'city'", "", "", LOCAL),
    ("", "'fixed'", "'fixed'", "''", "'guang-fo', 'circle'", "", ">= 20120101", f"0.30 * {MINUTES}"),
    ("", "'fixed'", "'fixed'", "''", "'region'", "", ">= 20150101", f"0.30 * {MINUTES}"),
    ("", "'fixed'", "'mobile'", "''", "'city'", "", "", f"0.20 * {MINUTES}"),
    ("", "'fixed'", "'400'", "''", "", "", "", LOCAL),
    ("", "'fixed'", "'fixed', 'mobile'", "''", "", "", "", LONG_DISTANCE),
    ("", "'fixed'", "", "'17909'", "", "", "", f"0.30 * {MINUTES} + ({LOCAL})"),
    ("", "'mobile'", "'400'", "''", "", "true", "", f"0.20 * {MINUTES}"),
    ("", "'mobile'", "", "''", "'city'", "true", "", f"0.20 * {MINUTES}"),
    ("", "'mobile'", "", "''", "'guang-fo'", "true", ">= 20120101", f"0.20 * {MINUTES}"),
    ("", "'mobile'", "", "''", "'guang-fo', 'circle', 'region'", "true", ">= 20150101", f"0.20 * {MINUTES}"),
    ("", "'mobile'", "", "''", "", "true", "", f"0.07 * {UNITS}"),
    ("", "'mobile'", "", "'17909'", "", "true", "", f"0.50 * {MINUTES}"),
    ("", "'mobile'", "", "''", "", "", "", f"0.60 * {MINUTES}"),
    ("", "'mobile'", "", "'17909'", "", "", "", f"0.90 * {MINUTES}"),
)


def _node(name: str, kind: str, content: object = None) -> Graph:
    node = {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}}
    return node if content is None else node | {"content": content}


def _expressions(values: dict[str, str]) -> Graph:
    lines = [{"id": key, "key": key, "value": value} for key, value in values.items()]
    return {"expressions": lines, "passThrough": True, "executionMode": "single"}


def _table(inputs: tuple[str, ...], output: str, rows: tuple[tuple[str, ...], ...], keep: bool) -> Graph:
    return {
        "hitPolicy": "first",
        "inputs": [{"id": f"i{n}", "name": field, "field": field} for n, field in enumerate(inputs)],
        "outputs": [{"id": "o", "name": output, "field": output}],
        "rules": [
            {"_id": f"r{n}", "o": row[-1]} | {f"i{m}": cell for m, cell in enumerate(row[:-1])}
            for n, row in enumerate(rows)
        ],
        "passThrough": keep,
        "executionMode": "single",
    }


def _chain(*nodes: Graph) -> Graph:
    nodes = (_node("input", "inputNode"), *nodes, _node("output", "outputNode"))
    edges = [
        {"id": f"e{n}", "type": "edge", "sourceId": a["id"], "targetId": b["id"]}
        for n, (a, b) in enumerate(pairwise(nodes))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": list(nodes), "edges": edges}


def from_facts() -> Graph:
    """The decision, given what each party is and where."""
    return _chain(
        _node("facts", "expressionNode", _expressions(FACTS)),
        _node("charge", "decisionTableNode", _table(INPUTS, "charge", ROWS, keep=False)),
    )


def from_digits() -> Graph:
    """The decision for fixed lines, given the numbers as dialled."""
    codes = tuple((f"startsWith($, '{code}')", f"'{city}'") for city, (code, _) in CITIES.items())
    abroad = (("startsWith($, '00852')", "'hong-kong'"), ("startsWith($, '00')", "'abroad'"))
    kinds = (("startsWith($, '400')", "'400'"), ("'110'", "'emergency'"), ("", "'fixed'"))
    split = {
        "access": "startsWith(dialled, '17909') ? '17909' : ''",
        "number": "startsWith(dialled, '17909') ? dialled[5:] : dialled",
        "line": "'fixed'",
        "direction": "'originated'",
    }
    return _chain(
        _node("split", "expressionNode", _expressions(split)),
        _node("origin", "decisionTableNode", _table(("caller",), "origin", codes, keep=True)),
        _node("called", "decisionTableNode", _table(("number",), "called", kinds, keep=True)),
        _node(
            "destination",
            "decisionTableNode",
            _table(("number",), "destination", (*abroad, *codes, ("", "origin")), keep=True),
        ),
        _node("facts", "expressionNode", _expressions({"home": "origin", "present": "origin"} | FACTS)),
        _node("charge", "decisionTableNode", _table(INPUTS, "charge", ROWS, keep=False)),
    )


def facts(drawn: Drawn) -> dict[str, object]:
    """A call as `from_facts` takes it."""
    return {
        "line": drawn.line,
        "home": drawn.home,
        "present": drawn.present,
        "origin": drawn.origin,
        "destination": drawn.destination,
        "called": drawn.called,
        "access": drawn.access,
        "direction": drawn.call.direction,
    } | _when(drawn)


def digits(drawn: Drawn) -> dict[str, object]:
    """A call as `from_digits` takes it."""
    return {"caller": drawn.call.caller, "dialled": drawn.call.called} | _when(drawn)


def _when(drawn: Drawn) -> dict[str, object]:
    start = drawn.call.start
    return {
        "date": start.year * 10_000 + start.month * 100 + start.day,
        "clock": start.hour * 3600 + start.minute * 60 + start.second,
        "seconds": drawn.call.seconds,
    }
