"""One Spark session for all tests of the cluster: two workers, and a task may fail twice before its run does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tariffs.cluster.session import missing, open_session


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    if missing():
        pytest.skip(f"Spark needs {missing()}, which is not installed here")
    with open_session("local[2,3]") as opened:
        opened.conf.set("spark.sql.shuffle.partitions", "2")
        yield opened
