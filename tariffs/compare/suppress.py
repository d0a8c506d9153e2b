"""Small counts in published tables: what is suppressed, and what besides it, so that no total gives it away."""

from __future__ import annotations

from collections.abc import Sequence

Counts = Sequence[Sequence[int]]
Shown = list[list[bool]]


def shown(counts: Counts, k: int) -> Shown:
    """Which numbers of a table may be published beside the totals of all its rows and columns (of one row: beside its
    total alone).

    A number from 1 to `k - 1` is not. Nor are as many others as it takes that what is hidden in any row or column adds
    up to `k` at least, and that no hidden number follows from the totals.
    """
    table = [[not 0 < number < k for number in row] for row in counts]
    while (line := _weak(counts, table, k)) is not None:
        left = [(counts[r][c] == 0, counts[r][c], r, c) for r, c in line if table[r][c]]
        if not left:  # the whole line is hidden and small: its total is none of the published ones
            break
        _, _, r, c = min(left)
        table[r][c] = False
    return table


def total_shown(counts: Sequence[int], k: int) -> bool:
    """Whether the total of some numbers may be published."""
    total = sum(counts)
    return total == 0 or total >= k


def _weak(counts: Counts, table: Shown, k: int) -> list[tuple[int, int]] | None:
    """A row or column (as places) that still gives something away and of which something is still shown."""
    places = [(r, c) for r, row in enumerate(table) for c in range(len(row))]
    lines = [[p for p in places if p[0] == r] for r in range(len(table))]
    if len(table) > 1:
        lines += [[p for p in places if p[1] == c] for c in range(len(table[0]))]
    for line in lines:
        hidden = [(r, c) for r, c in line if not table[r][c]]
        small = sum(counts[r][c] for r, c in hidden) < k
        if hidden and len(hidden) < len(line) and (small or len(hidden) == 1):
            return line
    for r, c in places if len(table) > 1 else ():
        if not table[r][c] and _follows(table, r, c):
            for line in ([p for p in places if p[0] == r], [p for p in places if p[1] == c]):
                if any(table[a][b] for a, b in line):
                    return line
    return None


def _follows(table: Shown, row: int, column: int) -> bool:
    """Whether a hidden number follows from the totals: it is on no ring of hidden ones."""
    rows, columns, waiting = {row}, set[int](), [(True, row)]
    while waiting:
        is_row, at = waiting.pop()
        if is_row:
            for c, visible in enumerate(table[at]):
                if not visible and c not in columns and (at, c) != (row, column):
                    columns.add(c)
                    waiting.append((False, c))
        else:
            for r, line in enumerate(table):
                if not line[at] and r not in rows and (r, at) != (row, column):
                    rows.add(r)
                    waiting.append((True, r))
    return column not in columns
