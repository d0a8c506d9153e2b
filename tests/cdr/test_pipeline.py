"""Several threads, one order."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from tariffs.cdr import csvblocks, lines, stream
from tariffs.cdr.pipeline import InOrder
from tests.cdr.desk import call, calls, rate


def numbers(count: int, asked: list[int] | None = None) -> Generator[int, None, None]:
    for number in range(count):
        if asked is not None:
            asked.append(number)
        yield number


def test_results_come_in_the_order_of_the_things_though_the_first_takes_longest() -> None:
    def work(number: int) -> int:
        time.sleep(0.02 if number == 0 else 0)
        return number * number

    assert [(n, n * n) for n in range(20)] == list(InOrder(numbers(20), work, 3, 6))


def test_no_more_things_are_read_than_memory_has_room_for() -> None:
    asked: list[int] = []
    results = iter(InOrder(numbers(1000, asked), abs, 2, 5))
    assert (0, 0) == next(results)
    time.sleep(0.05)
    assert len(asked) <= 6
    assert 999 == len(list(results))


def test_a_failure_of_the_work_comes_where_its_result_would_have_come() -> None:
    results = iter(InOrder(numbers(9), lambda number: 1 // (number - 3), 2, 4))
    assert [0, 1, 2] == [next(results)[0] for _ in range(3)]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_a_failure_of_reading_comes_after_all_that_was_read() -> None:
    def broken() -> Generator[int, None, None]:
        yield from numbers(3)
        raise EOFError

    results = iter(InOrder(broken(), abs, 2, 4))
    assert [0, 1, 2] == [next(results)[0] for _ in range(3)]
    with pytest.raises(EOFError):
        next(results)


def test_whoever_leaves_early_leaves_no_thread_behind_and_closes_what_is_read() -> None:
    closed = []

    def reading() -> Generator[int, None, None]:
        try:
            yield from numbers(1000)
        finally:
            closed.append(True)

    before = threading.active_count()
    for _ in InOrder(reading(), abs, 2, 4):
        break
    assert before == threading.active_count()
    assert [True] == closed


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_same_bytes_whatever_the_number_of_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """A quoted field runs over the ends of blocks, and a part that was read too early is read again."""
    monkeypatch.setattr(lines.blocks, "__defaults__", (90,))
    monkeypatch.setattr(csvblocks, "WORTH_IT", 0)
    monkeypatch.setattr(csvblocks, "WORTH_COMPILED", 0)
    monkeypatch.setattr(stream, "threads", lambda: workers)
    over_lines = '"10\n\n10",' + call()[2:]
    content = calls(*(call(n) for n in range(9)), over_lines, *(call(n) for n in range(11, 30)), "a,b")
    done = rate(tmp_path, content)
    assert [*map(str, range(9)), "10\n\n10", *map(str, range(11, 30))] == done.column("id")
    assert [(33, "unreadable")] == done.suspended
    rate(tmp_path, content, output="again.csv")
    monkeypatch.setattr(stream, "threads", lambda: 3)
    rate(tmp_path, content, output="three.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "three.csv").read_bytes()
