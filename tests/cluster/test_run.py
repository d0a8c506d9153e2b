"""What a cluster gives is what one machine gives: rows, suspended records, counts, sums, manifest; frames of a job.

All that needs a session stands in this one file, so that tests on several cores start Spark once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.known import load_mapping
from tariffs.cdr.request import RateRequest
from tariffs.cli.program import program
from tariffs.cluster import rate_dataframe, rate_files
from tariffs.rating.frames import rate_table
from tests.cluster.calls import GOOD, example, manifest, on_one_machine, put, rater, rows


@pytest.mark.parametrize(
    "asked",
    [{}, {"duplicate_key": ("id", "caller"), "mask": "key", "suspense": "aside.jsonl"}],
    ids=["plain", "masked, without duplicates"],
)
def test_rows_suspense_and_manifest_are_those_of_one_machine(
    session: Any, tmp_path: Path, asked: dict[str, Any]
) -> None:
    (tmp_path / "key").write_bytes(b"0123456789abcdef")
    inputs = put(tmp_path)
    asked = {name: str(tmp_path / value) if name in ("mask", "suspense") else value for name, value in asked.items()}
    local = on_one_machine(tmp_path, inputs, **asked)
    suspended = Path(local.suspense or "").read_bytes()
    there = rate_files(session, RateRequest(inputs=inputs, output=str(tmp_path / "there.parquet"), **asked), rater())
    assert rows(tmp_path / "local.parquet") == rows(tmp_path / "there.parquet", inputs)
    assert suspended == Path(there.suspense or "").read_bytes()
    assert manifest(local) == manifest(there)
    assert local.looked_for == there.looked_for and local.remarks == there.remarks
    assert min(there.total.rated, there.total.suspended.total(), there.total.not_chargeable.total()) > 0
    assert bool(asked) == (there.total.duplicate > 0) and bool(asked) == ("conflicting-duplicate" in suspended.decode())
    assert not [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_columns_keep_the_types_that_they_have_on_one_machine(session: Any, tmp_path: Path) -> None:
    pq.write_table(example(GOOD).slice(0, 50).rename_columns({"group": "row"}), tmp_path / "a.parquet")
    inputs = (str(tmp_path / "a.parquet"),)
    on_one_machine(tmp_path, inputs)
    rate_files(session, RateRequest(inputs=inputs, output=str(tmp_path / "there.parquet")), rater())
    there, local = (pq.read_table(tmp_path / f"{name}.parquet").schema for name in ("there", "local"))
    assert local.types == there.types[:-2]
    names = ["input.row" if name == "row" else name for name in local.names]
    assert [*names, "file", "row"] == there.names


def met_and_failed(folder: str) -> Callable[[Any, Any], Any]:
    """Rates only where two workers have met, and fails in the first attempt of the first task once rows are out."""

    def rate(rater: Any, batch: Any) -> Any:
        from pyspark import TaskContext

        from tariffs.rating.batch import rate_batch

        task = TaskContext.get()
        Path(folder, f"worker-{os.getpid()}").touch()
        for _ in range(1200):
            if len(list(Path(folder).glob("worker-*"))) > 1:
                break
            time.sleep(0.05)
        attempt = Path(folder, f"task-{task.partitionId()}-{task.attemptNumber()}")
        if attempt.exists() and task.partitionId() == 0 and task.attemptNumber() == 0:
            raise RuntimeError("this machine is lost")
        attempt.touch()
        return rate_batch(rater, batch)

    return rate


def test_two_workers_rate_and_a_task_that_fails_is_counted_once(session: Any, tmp_path: Path) -> None:
    inputs = put(tmp_path)
    (seen := tmp_path / "seen").mkdir()
    local = on_one_machine(tmp_path, inputs, duplicate_key=("id", "caller"))
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
    request = RateRequest(inputs=inputs, output=str(tmp_path / "there.parquet"), duplicate_key=("id", "caller"))
    there = rate_files(session, request, rater(), rate=met_and_failed(str(seen)))
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "65536")
    names = {path.name for path in seen.iterdir()}
    assert 2 <= sum(name.startswith("worker-") for name in names)
    assert {"task-0-0", "task-0-1"} <= names
    assert manifest(local) == manifest(there)
    assert rows(tmp_path / "local.parquet") == rows(tmp_path / "there.parquet", inputs)


def test_what_fails_every_time_is_one_sentence_and_leaves_nothing(session: Any, tmp_path: Path) -> None:
    pq.write_table(example(GOOD).slice(0, 5), tmp_path / "a.parquet")

    def rate(rater: Any, batch: Any) -> Any:
        raise RuntimeError("no rating of 02081234567")

    request = RateRequest(inputs=(str(tmp_path / "a.parquet"),), output=str(tmp_path / "there.parquet"))
    with pytest.raises(InputError) as raised:
        rate_files(session, request, rater(), rate=rate)
    assert "Spark: RuntimeError: no rating of (a number)" == str(raised.value)
    assert ["a.parquet"] == sorted(path.name for path in tmp_path.iterdir())


def test_files_that_only_the_cluster_sees_go_by_its_own_names(session: Any, tmp_path: Path) -> None:
    inputs = put(tmp_path)[:1]
    local = on_one_machine(tmp_path, inputs)
    uris = (f"file://{inputs[0]}",)
    output = f"file://{tmp_path}/there.parquet"
    there = rate_files(session, RateRequest(inputs=uris, output=output), rater())
    named = (there.facts["inputs"][0]["file"],)
    assert rows(tmp_path / "local.parquet") == rows(tmp_path / "there.parquet", named)
    assert local.total == there.total and local.views == there.views
    assert [Path(inputs[0]).stat().st_size] == [item["bytes"] for item in there.facts["inputs"]]
    assert (tmp_path / "there.manifest.json").exists()


def test_no_calls_are_an_empty_folder_that_can_be_read(session: Any, tmp_path: Path) -> None:
    pq.write_table(example(GOOD).slice(0, 0), tmp_path / "a.parquet")
    request = RateRequest(inputs=(str(tmp_path / "a.parquet"),), output=str(tmp_path / "there.parquet"))
    assert 0 == rate_files(session, request, rater()).total.read
    assert 0 == pq.read_table(tmp_path / "there.parquet").num_rows


REFUSED: dict[str, dict[str, Any]] = {
    "a cluster reads Parquet, and this is csv": {"inputs": (str(GOOD),)},
    "name one that ends in .parquet": {"output": "there.csv"},
    "a folder of Parquet: name one": {"output": "-"},
    "this exists already": {"output": "."},
    "(--retry) are rated on one machine": {"retry": True},
    "(--keys) are known on one machine": {"keys": "keys.duckdb"},
    "not both in one run": {"inputs": ("a.parquet", "hdfs://calls/b.parquet")},
    "no column for the key 'ticket'": {"duplicate_key": ("ticket",)},
    "`partial`, `second-leg`": {"mapping": "partial.yaml"},
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_a_cluster_does_not_do_is_refused_before_anything_runs(
    session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(example(GOOD).slice(0, 5), "a.parquet")
    Path("partial.yaml").write_text(
        "columns: {caller: caller, called: called, start: start, duration: duration}\n"
        "second-leg: {own: id, other: source}\n",
        "utf-8",
    )
    asked: dict[str, Any] = {"inputs": ("a.parquet",), "output": "there.parquet"} | REFUSED[said]
    if asked["output"] == ".":
        Path("there.parquet").mkdir()
        asked["output"] = "there.parquet"
    if "mapping" in asked:
        asked["mapping"] = load_mapping(asked["mapping"])
    with pytest.raises((RequestError, InputError)) as raised:
        rate_files(session, RateRequest(**asked), rater())
    assert said in str(raised.value)


def rate(*words: str) -> Any:
    return CliRunner().invoke(program, ["rate", *words, "--rules", "prd", "--lang", "en"], prog_name="tariffs")


def test_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (str(GOOD), "-o", str(tmp_path / "there.parquet"), "--engine", "spark")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.delenv("PYSPARK_GATEWAY_PORT", raising=False)
    done = rate(*words)
    assert (2, True) == (done.exit_code, "Spark needs Java 17 or newer, and there is none" in done.output)
    monkeypatch.setattr("tariffs.cli.extras.find_spec", lambda name: None if name == "pyspark" else name)
    done = rate(*words)
    assert (2, True) == (done.exit_code, "install '.[spark]'" in done.output)


def test_a_master_without_spark_is_wrong_usage(tmp_path: Path) -> None:
    done = rate(str(GOOD), "-o", str(tmp_path / "there.parquet"), "--master", "yarn")
    assert (2, True) == (done.exit_code, "--master belongs to --engine spark" in done.output)


def test_the_command_rates_on_the_cluster(session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr("tariffs.cluster.session.open_session", lambda master, **asked: nullcontext(session))
    inputs = put(tmp_path)
    words = (*inputs, "--engine", "spark", "--master", "local[2]")
    done = rate(*words, "-o", str(tmp_path / "there.parquet"))
    assert 3 == done.exit_code, done.output
    assert "rated file" in done.output and "were suspended" in done.output
    assert (tmp_path / "there.parquet" / "_SUCCESS").exists()
    done = rate(*words, "-o", str(tmp_path / "there.parquet"))
    assert (2, True) == (done.exit_code, "this exists already" in done.output)


def frame_of_calls(session: Any) -> Any:
    """A frame of the example, its duration in decimal seconds; a column has a dot in its name, one that of a result."""
    table = example(GOOD).select(["caller", "called", "start", "duration", "id"]).slice(0, 300)
    text = session.createDataFrame([tuple(row.values()) for row in table.to_pylist()], table.schema.names)
    return text.selectExpr(
        "caller", "called", "timestamp(start) as start", "cast(duration as decimal(12,3)) as duration", "id as `a.b`",
        "1 as status",
    ).repartition(2)  # fmt: skip


def test_a_frame_gets_the_columns_that_a_table_gets(session: Any) -> None:
    frame = frame_of_calls(session)
    there = rate_dataframe(frame, rater())
    local = rate_table(rater(), pa.table(frame.toArrow()))
    assert local.schema.names == there.columns
    assert "input.status" in there.columns
    by_id = [
        [dict(zip(local.schema.names, row.values(), strict=True)) for row in found.to_pylist()]
        for found in (local, there.toArrow())
    ]
    assert sorted(by_id[0], key=str) == sorted(by_id[1], key=str)
    assert 2 <= there.rdd.getNumPartitions()


def test_what_cannot_be_rated_stays_with_its_reason(session: Any) -> None:
    frame = session.createDataFrame([("02081234567", "0757", 61)], ["caller", "called", "duration"]).selectExpr(
        "*", "timestamp_ntz'2012-03-01 10:00:00' as start"
    )
    row = rate_dataframe(frame, rater()).collect()[0]
    assert ("unknown-number", None) == (row["status"], row[f"{rater().views[0].label}.charge"])


def test_a_frame_that_is_not_exact_is_refused_at_once(session: Any) -> None:
    frame = session.createDataFrame([("1", "2", 61.0)], ["caller", "called", "duration"])
    with pytest.raises(ValueError, match="no column start"):
        rate_dataframe(frame, rater())
    with pytest.raises(ValueError, match="seconds are exact"):
        rate_dataframe(frame.selectExpr("*", "timestamp'2012-03-01 10:00:00' as start"), rater())
