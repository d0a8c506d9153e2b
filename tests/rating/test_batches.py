"""Batches through the compiled kernel: what it remembers, the columns it takes, threads, and where its code is kept."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import tariffs
from tariffs.rating import compiled, joint, rated_rows
from tariffs.rating.batch import Outcome, rate_batch
from tariffs.rating.outcome import IMPOSSIBLE_TIME, OVER_LIMIT
from tariffs.rating.rater import Rater
from tests.engine import as_batch, inferred, one_by_one
from tests.strategies import SHANGHAI, fixed_call

START = dt.datetime(2012, 3, 1, 6, 58)
CALLERS = ("02083123456", "+86 20 8312-3456", "075783123456", "0758 2345678", "13800138000", "~020~11~a")
CALLED = ("075783123456", "1790907552345678", "4008123456", "13800138000", "+85223456789", "110", "(0755) 2345678")


@pytest.fixture(scope="module")
def rater() -> Rater:
    return tariffs.load("prd").rater(["baseline", "plan-2010"])


def mixed(count: int) -> pa.RecordBatch:
    """Calls of every sort, most numbers digits alone and some written with separators."""
    return pa.RecordBatch.from_pydict(
        {
            "caller": pa.array([CALLERS[n % 7 % len(CALLERS)] for n in range(count)]),
            "called": pa.array([CALLED[n // 3 % len(CALLED)] for n in range(count)]),
            "start": pa.array([START + dt.timedelta(minutes=7 * n) for n in range(count)], pa.timestamp("us")),
            "duration": pa.array([n % 400 * 1_000_000 if n % 11 else None for n in range(count)], pa.int64()),
            "answered": pa.array([bool(n % 13) if n % 17 else None for n in range(count)]),
            "served_place": pa.array([None if n % 5 else "foshan" for n in range(count)], pa.string()),
        }
    )


def found(outcome: Outcome) -> list[Any]:
    """All that an outcome says."""
    views = [{name: column.to_pylist() for name, column in outcome.columns(v).items()} for v in range(2)]
    return [outcome.codes().to_pylist(), outcome.service.to_pylist(), outcome.details(), outcome.paid_leaves(), views]


def test_both_kernels_say_the_same_of_every_record(rater: Rater) -> None:
    outcome = rate_batch(rater, mixed(1500), compiled=True)
    assert found(rate_batch(rater, mixed(1500), compiled=False)) == found(outcome)
    assert 500 < np.count_nonzero(outcome.rated) < 1500


def test_columns_as_dictionaries_and_parts_of_a_batch_are_read_alike(rater: Rater) -> None:
    whole = mixed(300)
    place = whole.schema.get_field_index("served_place")
    coded = whole.set_column(place, "served_place", whole.column(place).dictionary_encode())
    part = rate_batch(rater, whole.slice(70, 150), compiled=True)
    assert found(part) == found(rate_batch(rater, coded.slice(70, 150), compiled=True))
    assert rate_batch(rater, whole, compiled=True).codes().to_pylist()[70:220] == part.codes().to_pylist()


def test_a_memo_too_small_for_the_classes_changes_nothing(rater: Rater, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = found(rate_batch(rater, mixed(500), compiled=False))
    monkeypatch.setattr(rated_rows, "SHIFT", 31)  # two places for all classes
    assert expected == found(rate_batch(rater, mixed(500), compiled=False))


def test_rulebooks_with_too_many_classes_are_rated_without_them(rater: Rater, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = found(rate_batch(rater, mixed(500), compiled=False))
    monkeypatch.setattr(joint, "MOST", 1)
    other = tariffs.load("prd").rater(["baseline", "plan-2010"])
    for by in (False, True):
        assert expected == found(rate_batch(other, mixed(500), compiled=by))


def test_views_that_pay_alike_and_differently_stand_side_by_side() -> None:
    both = tariffs.load("prd").rater(["baseline", "plan-2010"], as_of=["2011-06-01", "2012-06-01", "2015-06-01"])
    calls = [fixed_call(dt.datetime(2012, 6, 1, hour, 59, 30, tzinfo=SHANGHAI), 61) for hour in (6, 12)]
    assert one_by_one(both, calls) == as_batch(both, calls, compiled=True)


@pytest.mark.parametrize("number", [-(1 << 63), -(1 << 62) + 1, -1, (1 << 63) - 1])
def test_no_number_however_large_overflows(rater: Rater, number: int) -> None:
    usual = mixed(64)
    for name, expected in (("duration", {IMPOSSIBLE_TIME, OVER_LIMIT}), ("start", {IMPOSSIBLE_TIME})):
        kind = usual.schema.field(name).type
        column = pa.array([number] * 64, pa.int64()).cast(kind)
        batch = usual.set_column(usual.schema.get_field_index(name), name, column)
        batch = batch.set_column(batch.schema.get_field_index("answered"), "answered", pa.array([True] * 64))
        outcome = rate_batch(rater, batch, compiled=True)
        assert found(outcome) == found(rate_batch(rater, batch, compiled=False))
        if name == "start" or number > -(1 << 62):
            assert set(outcome.status.tolist()) <= expected


def test_threads_rate_by_one_rater(rater: Rater) -> None:
    batches = [mixed(2000).slice(first, 500) for first in range(0, 2000, 250)]
    alone = [found(rate_batch(rater, batch, compiled=True)) for batch in batches]
    with ThreadPoolExecutor(4) as threads:
        together = threads.map(lambda batch: found(rate_batch(rater, batch, compiled=True)), batches)
        assert alone == list(together)


def test_threads_that_start_at_once_compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def compile_(keep: bool) -> object:
        time.sleep(0.05)
        made.append(keep)
        return made

    monkeypatch.setattr(compiled, "_entry", compile_)
    with ThreadPoolExecutor(4) as threads:
        found: list[object] = list(threads.map(lambda _: compiled.entry(), range(4)))
    assert [made] * 4 == found
    assert [True] == made


def test_nothing_in_the_compiled_kernel_is_a_float() -> None:
    from numba import types

    compiled._once.cache_clear()  # code from the disk does not tell its types
    compiled._entry(keep=False)
    kinds = [kind for function in vars(compiled.compiled_kernel()).values() for kind in inferred(function)]
    assert len(kinds) > 1000
    assert [] == [kind for kind in kinds if isinstance(kind, (types.Float, types.Complex))]
    assert types.uint64 not in kinds  # with which any sum would be a float


def test_the_compiled_kernel_is_many_times_quicker(rater: Rater) -> None:
    """Not how fast, but that compiling is not undone: some fifty times quicker is usual, and ten the least."""
    batch = mixed(20_000)
    rate_batch(rater, batch, compiled=True)
    assert least(lambda: rate_batch(rater, batch, compiled=False)) > 10 * least(
        lambda: rate_batch(rater, batch, compiled=True)
    )


def least(run: Any) -> float:
    """Processor seconds of the quickest of three runs."""
    taken = []
    for _ in range(3):
        start = time.thread_time()
        run()
        taken.append(time.thread_time() - start)
    return min(taken)


def test_arrays_of_another_type_are_refused() -> None:
    row = np.zeros(1, np.int64)
    arrays = compiled.Arrays([row], [row], [row], [], [], [], row, row)
    with pytest.raises(TypeError, match="takes flat arrays of int32, not int64"):
        compiled.rate_grouped(arrays, (1, 0, 1))


RATE_ONE = """
import sys, tariffs
from tariffs.rating import compiled
rater = tariffs.load("prd").rater("baseline")
import pyarrow as pa, datetime as dt
start = pa.array([dt.datetime(2012, 3, 1, 12)], pa.timestamp("us"))
columns = {"caller": ["02083123456"], "called": ["02083123457"], "start": start, "duration": [61_000_000]}
from tariffs.rating.batch import rate_batch
print(rate_batch(rater, pa.RecordBatch.from_pydict(columns), compiled=True).charge(0)[0])
if "nowhere" in sys.argv:
    from numba.core.caching import NullCache
    assert isinstance(compiled.entry().code._cache, NullCache)
"""


def rate_one(folder: Path, environment: dict[str, str], *, source: str = RATE_ONE, words: tuple[str, ...] = ()) -> str:
    """What another process says that rates a call by the compiled kernel."""
    done = subprocess.run(
        [sys.executable, "-c", source, *words], cwd=folder, env={**os.environ, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_code_is_kept_where_numba_is_told(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert "220000" == rate_one(tmp_path, {"NUMBA_CACHE_DIR": str(kept)})
    assert [] != list(kept.rglob("rated_rows.rate_grouped_*.nbc"))


def test_where_no_file_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    """As in a container whose file system is read-only: every place that Numba would take refuses."""
    refusing = "from numba.core import caching\ncaching._CacheLocator.ensure_cache_path = refuse\n"
    refuse = "def refuse(self):\n    raise OSError(30, 'Read-only file system')\n"
    assert "220000" == rate_one(tmp_path, {}, source=refuse + refusing + RATE_ONE, words=("nowhere",))


def test_a_disk_that_fills_up_stops_no_rating() -> None:
    tried = []

    def compile_(keep: bool) -> str:
        tried.append(keep)
        if keep:
            raise OSError(28, "No space left on device")
        return "compiled"

    assert "compiled" == compiled._once(compile_)
    assert [True, False] == tried
