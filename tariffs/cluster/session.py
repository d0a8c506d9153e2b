"""A Spark session for one run, and what can be wrong with it as one sentence."""

from __future__ import annotations

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tariffs.cdr.failures import CdrError, InputError, RequestError
from tariffs.cdr.privacy import without_numbers

JAVA: Final = 17
"""The oldest Java that Spark 4 runs on."""
SETTINGS: Final = {
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.maxConcurrentOutputFileWriters": "8",
}
"""What a run needs so that names, times and the order of rows within a part stay as they are in the files."""
_MASTER: Final = re.compile(r"local(-cluster)?(\[[0-9*, ]+\])?|yarn|(k8s|spark)://.+")
_REMEDY: Final = "write local[2], yarn, k8s://HOST:PORT or spark://HOST:PORT"
_OURS: Final = re.compile(r"tariffs\.cdr\.failures\.(InputError|RequestError|InternalError): (.+)")


def missing() -> str:
    """What is not installed of what Spark needs: `pyspark`, `java`, or nothing."""
    if find_spec("pyspark") is None:
        return "pyspark"
    inside = "PYSPARK_GATEWAY_PORT" in os.environ  # started by spark-submit, whose Java runs already
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java").exists() if home else shutil.which("java") is not None
    return "" if inside or java else "java"


@contextmanager
def open_session(master: str | None, *, progress: bool = False) -> Iterator[Any]:
    """A session on a cluster (`local[2]`, `yarn`, `k8s://…`, `spark://…`; None: as Spark's own settings say).

    Raises RequestError where there is none to be had.
    """
    if master is not None and not _MASTER.fullmatch(master):
        raise RequestError(f"{master!r} is no master of Spark: {_REMEDY}")
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    local = (master or "").startswith("local")
    if local:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of PySpark, about a pandas that is not used here
        builder = SparkSession.builder.appName("tariffs rate")
        for name, value in (SETTINGS | _settings(master, local=local, progress=progress)).items():
            builder = builder.config(name, value)
        try:
            with failures_named():
                session = builder.getOrCreate()
        except (CdrError, PySparkException, OSError, ValueError) as error:
            asked = master or "the configured master"
            raise RequestError(
                f"no Spark session on {asked}: {_first_line(error)}; Spark needs Java {JAVA} or newer, and a master "
                f"that answers: {_REMEDY}"
            ) from error
    try:
        yield session
    finally:
        session.stop()


def _settings(master: str | None, *, local: bool, progress: bool) -> dict[str, str]:
    settings = {"spark.ui.showConsoleProgress": str(progress).lower(), "spark.log.level": "FATAL"}
    if master is not None:
        settings["spark.master"] = master
    if local:  # nobody else is to reach it, and a machine without a network has no other name
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        settings["spark.ui.enabled"] = "false"
    return settings


@contextmanager
def failures_named() -> Iterator[None]:
    """Failures of Spark as one sentence: ours as they were raised on a worker, its own by their first line."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        found = _OURS.search(str(error))
        if found is not None:
            raise InputError(found[2]) from error
        raise InputError(f"Spark: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    """What an error says first (of Python on a worker: last), without what may be a number."""
    java = getattr(error, "java_exception", None)
    said = str(java.toString()) if java is not None else str(error)
    lines = [line.strip() for line in said.split("\n") if line.strip()] or [type(error).__name__]
    return without_numbers(lines[-1 if "Traceback" in said else 0][:300]).rstrip(".")
