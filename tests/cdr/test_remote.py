"""Files on another machine: read and written through a server that speaks S3, a process on this machine.

The server has dependencies of its own, and so an environment of its own: `.ci/run` makes it. TARIFFS_S3_SERVER says
where its program is; without it these tests are left out. A `moto_server` that happens to be on the search path is not
taken: 5.2.1 cannot complete an upload in parts, which is how Arrow writes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import fs

from tariffs.cdr.failures import InputError, RequestError
from tariffs.cdr.remote import RemotePath, is_remote
from tariffs.cdr.request import Progress, RateRequest, RunSummary
from tariffs.cdr.run import run
from tests.cdr.desk import call, calls, put, rate, rater

SERVER = os.environ.get("TARIFFS_S3_SERVER")
WITHOUT = "no server of buckets: set TARIFFS_S3_SERVER to a moto_server (requirements-s3.lock, see CONTRIBUTING.md)"
PATIENCE = 60  # seconds until it listens


class Bucket:
    """A bucket of a server on this machine; the names that tariffs is given lead to it."""

    def __init__(self, address: str) -> None:
        self.query = f"?endpoint_override={address}&scheme=http&region=us-east-1"
        self.system: Any = fs.S3FileSystem(
            endpoint_override=address, scheme="http", region="us-east-1", allow_bucket_creation=True,
            allow_bucket_deletion=True,
        )  # fmt: skip

    def uri(self, key: str) -> str:
        return f"s3://calls/{key}{self.query}"

    def put(self, key: str, content: bytes | str) -> None:
        with self.system.open_output_stream(f"calls/{key}") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)

    def get(self, key: str) -> bytes:
        with self.system.open_input_stream(f"calls/{key}", compression=None) as stream:
            found: bytes = stream.read()
        return found

    @property
    def keys(self) -> list[str]:
        found = self.system.get_file_info(fs.FileSelector("calls", recursive=True))
        return sorted(one.path.removeprefix("calls/") for one in found if one.is_file)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if SERVER is None:
        pytest.skip(WITHOUT)
    said = tmp_path_factory.mktemp("server") / "log"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", "us-east-1")):
            patch.setenv(f"AWS_{name}", value)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        command = [SERVER, "--host", "127.0.0.1", "--port", "0"]
        with said.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
            try:
                yield listening(server, said)
            finally:
                server.terminate()


def listening(server: subprocess.Popen[bytes], said: Path) -> str:
    """The address at which the server has said that it runs."""
    for _ in range(PATIENCE * 10):
        if found := re.search(r"http://(127\.0\.0\.1:\d+)", said.read_text("utf-8")):
            return found[1]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the server of buckets does not run: {said.read_text('utf-8')}")


@pytest.fixture
def bucket(address: str) -> Iterator[Bucket]:
    made = Bucket(address)
    made.system.create_dir("calls")
    yield made
    made.system.delete_dir("calls")


def rated(inputs: list[str], output: str, **asked: Any) -> RunSummary:
    return run(RateRequest(inputs=tuple(inputs), output=output, **asked), rater())


@pytest.mark.parametrize("name", ["rated.csv", "rated.parquet", "rated.jsonl.gz"])
def test_what_is_read_from_and_written_to_a_bucket_is_what_a_disk_would_hold(
    tmp_path: Path, bucket: Bucket, name: str
) -> None:
    content = calls(call(1), call(2, called="0999"))
    rate(tmp_path, content, output="rated.parquet")
    here = put(tmp_path, "here.csv", content)
    run(RateRequest(inputs=(str(here),), output=str(tmp_path / name)), rater())
    bucket.put("in/calls.csv", content)
    summary = rated([bucket.uri("in/calls.csv")], bucket.uri(f"out/{name}"))
    assert (2, 1, 1) == (summary.total.read, summary.total.rated, summary.suspended)
    beside = ["out/rated.manifest.json", "out/rated.suspense.jsonl"]
    assert sorted(["in/calls.csv", f"out/{name}", *beside]) == bucket.keys
    assert (tmp_path / name).read_bytes() == bucket.get(f"out/{name}")
    suspended = json.loads(bucket.get("out/rated.suspense.jsonl").decode().split("\n")[2])
    assert ("s3://calls/in/calls.csv", 3) == (suspended["file"], suspended["line"])


def test_parquet_in_a_bucket_is_read_from_where_it_lies(tmp_path: Path, bucket: Bucket) -> None:
    rate(tmp_path, calls(call(1), call(2)), output="once.parquet")
    bucket.put("day.parquet", (tmp_path / "once.parquet").read_bytes())
    summary = rated([bucket.uri("day.parquet")], str(tmp_path / "again.csv"), duplicate_key=("id",))
    assert 2 == summary.total.rated


def test_folders_and_patterns_of_a_bucket(tmp_path: Path, bucket: Bucket) -> None:
    for key in ("m/day=1/a.csv", "m/day=2/b.csv", "m/notes.txt", "m/_left/c.csv"):
        bucket.put(key, calls(call(key)))
    everything = rated([bucket.uri("m")], str(tmp_path / "a.csv"))
    assert ["s3://calls/m/day=1/a.csv", "s3://calls/m/day=2/b.csv"] == list(everything.files)
    some = rated([bucket.uri("m/*/b.csv")], str(tmp_path / "b.csv"))
    assert ["s3://calls/m/day=2/b.csv"] == list(some.files)


def test_a_run_that_fails_leaves_nothing_in_the_bucket(bucket: Bucket) -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    bucket.put("calls.csv", calls(call(1)))
    with pytest.raises(KeyboardInterrupt):
        run(RateRequest(inputs=(bucket.uri("calls.csv"),), output=bucket.uri("x.csv")), rater(), progress=interrupt)
    assert ["calls.csv"] == bucket.keys


def test_a_file_that_is_not_there_and_an_output_that_is_an_input(tmp_path: Path, bucket: Bucket) -> None:
    with pytest.raises(InputError, match=r"none\.csv: there is no such file"):
        rated([bucket.uri("none.csv")], str(tmp_path / "x.csv"))
    bucket.put("calls.csv", calls(call(1)))
    with pytest.raises(RequestError, match="this is an input"):
        rated([bucket.uri("calls.csv")], bucket.uri("calls.csv"))


def test_suspended_records_of_an_earlier_run_go_when_nothing_is_suspended_any_more(bucket: Bucket) -> None:
    bucket.put("calls.csv", calls(call(1, called="0999")))
    rated([bucket.uri("calls.csv")], bucket.uri("x.csv"))
    assert "x.suspense.jsonl" in bucket.keys
    bucket.put("calls.csv", calls(call(1)))
    rated([bucket.uri("calls.csv")], bucket.uri("x.csv"))
    assert ["calls.csv", "x.csv", "x.manifest.json"] == bucket.keys


def test_no_message_shows_the_keys_of_a_uri() -> None:
    with pytest.raises(InputError) as caught:
        RemotePath("nosuch://USER:SECRET@bucket/calls.csv").stat()
    assert "SECRET" not in str(caught.value)
    assert "nosuch://bucket/calls.csv" in str(caught.value)


def test_a_path_is_no_uri() -> None:
    assert [True, False, False, False] == [is_remote(name) for name in ("s3://b/k", "C:/x.csv", "a/b.csv", "-")]
