"""Work on many things at the same time, its results in their order, never more than a few of them in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Semaphore
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST_THREADS: Final = 16


def threads() -> int:
    """How many threads rate: one for each core that this process may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(count, MOST_THREADS))


@dataclass(frozen=True, slots=True)
class InOrder(Generic[T, R]):
    """Does `work` for each thing in `workers` threads; iterating gives thing and result in the order of the things.

    `things` is read in a thread of its own, at most `ahead` things further than the last one that was asked for: this
    bounds the memory. A failure of either is raised where its thing would have come. Leaving the iteration early ends
    all threads, once they have done what they are at.
    """

    things: Generator[T, Any, Any]
    work: Callable[[T], R]
    workers: int
    ahead: int

    def __iter__(self) -> Iterator[tuple[T, R]]:
        queue: SimpleQueue[tuple[T, Future[R]] | None] = SimpleQueue()
        room, stopped = Semaphore(self.ahead), Event()
        with (
            ThreadPoolExecutor(self.workers, thread_name_prefix="rating") as pool,
            ThreadPoolExecutor(1, thread_name_prefix="reading") as reader,
        ):

            def read() -> None:
                try:
                    with closing(self.things):
                        for thing in self.things:
                            room.acquire()
                            if stopped.is_set():
                                return
                            queue.put((thing, pool.submit(self.work, thing)))
                finally:
                    queue.put(None)

            reading = reader.submit(read)
            try:
                while (found := queue.get()) is not None:
                    yield found[0], found[1].result()
                    del found  # it may be large, and the next one is waited for
                    room.release()
                reading.result()
            finally:
                stopped.set()
                room.release()
                pool.shutdown(wait=False, cancel_futures=True)
