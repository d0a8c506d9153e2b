"""What is done to bytes in one step of a processor, as plain functions; `native` compiles them to that step."""

from __future__ import annotations

from typing import Any

WIDE, STEP, WORD = 32, 16, 8
"""Bytes that `marks` looks at, `move` moves, and `word` takes."""
LINE_END, TURN, BEYOND_ASCII = 10, 13, 128


def marks(data: Any, at: int, sign: int) -> int:
    """A bit for each of WIDE bytes, set where it is a line end or this sign."""
    return sum(1 << place for place in range(WIDE) if data[at + place] in (sign, LINE_END))


def strange(data: Any, at: int, sign: int) -> int:
    """The same for bytes that are this sign, a carriage return or 0."""
    return sum(1 << place for place in range(WIDE) if data[at + place] in (sign, TURN, 0))


def beyond(data: Any, at: int) -> int:
    """The same for bytes that are not ASCII."""
    return sum(1 << place for place in range(WIDE) if data[at + place] >= BEYOND_ASCII)


def lowest(bits: int) -> int:
    """The place of the lowest bit that is set; there is one."""
    return (bits & -bits).bit_length() - 1


def move(source: Any, begin: int, target: Any, to: int) -> None:
    """Copies STEP bytes, which lie apart."""
    for place in range(STEP):
        target[to + place] = source[begin + place]


def word(data: Any, at: int) -> int:
    """WORD bytes as a number of 64 bits with a sign, the first byte counting least."""
    return int.from_bytes(bytes(data[at : at + WORD]), "little", signed=True)


def copied(source: Any, size: int, begin: int, length: int, target: Any, to: int) -> int:
    """Copies bytes, STEP of them at a time where the source has them; up to STEP more may be written behind them.

    Returns where they end.
    """
    if begin + length + STEP <= size:
        for at in range(0, length, STEP):
            move(source, begin + at, target, to + at)
    else:
        for at in range(length):
            target[to + at] = source[begin + at]
    return to + length
