"""What workers are told, and how often they unpack it; needs no Spark session."""

from __future__ import annotations

import pickle
from types import SimpleNamespace
from typing import Any

import pytest

from tariffs.cdr.failures import RequestError
from tariffs.cdr.remote import is_remote
from tariffs.cdr.sources import Source
from tariffs.cluster.account import Account
from tariffs.cluster.inputs import uri_of
from tariffs.cluster.plan import place_of, told
from tariffs.cluster.session import open_session


def broadcasting() -> tuple[Any, list[bytes]]:
    """Something like a session, and what it was given to broadcast."""
    sent: list[bytes] = []

    def broadcast(data: bytes) -> Any:
        sent.append(data)
        return SimpleNamespace(value=data)

    return SimpleNamespace(sparkContext=SimpleNamespace(broadcast=broadcast)), sent


def test_what_is_told_is_sent_once_and_unpacked_once_a_process() -> None:
    pytest.importorskip("pyspark")
    session, sent = broadcasting()
    known = told(session, {"rules": ["a"]})
    assert 1 == len(sent)
    assert {"rules": ["a"]} == known() and known() is known()
    assert known() is told(session, {"rules": ["a"]})()
    assert known() is not told(session, {"rules": ["b"]})()


def test_only_a_few_things_are_remembered() -> None:
    pytest.importorskip("pyspark")
    session, _ = broadcasting()
    first = told(session, "first")
    before = first()
    for number in range(10):
        told(session, f"thing {number}")()
    assert "first" == first() and before is not first()


def test_one_file_is_one_place_however_spark_writes_it() -> None:
    assert ("file", "", "/calls/a b%.parquet") == place_of("file:/calls/a%20b%25.parquet")
    assert place_of("file:///calls/%E4%B8%80.parquet") == place_of("file:/calls/一.parquet")
    assert place_of("hdfs://one/calls") != place_of("hdfs://two/calls")


def test_a_bare_name_is_a_file_of_this_machine_whatever_the_cluster_is_set_to() -> None:
    assert "file:///calls/a.parquet" == uri_of("/calls/a.parquet")
    assert uri_of("calls").startswith("file:///") and uri_of("calls").endswith("/calls")
    assert "s3a://calls/a" == uri_of("s3a://calls/a")
    assert [True, False, False] == [is_remote(name) for name in ("hdfs:///a", "a:b", "/a//b")]


def test_an_account_comes_back_as_it_was_written() -> None:
    account = Account.of(("a", "b"))
    account.blank, account.portion.naive, account.portion.leaves = 2, 3, {4, 1}
    account.portion.charged, account.portion.first, account.portion.last = [5, 6], 7, 8
    total = Account.of(("a", "b"))
    total.add(Account.read(account.text(), ("a", "b")))
    total.add(Account.read(account.text(), ("a", "b")))
    assert (4, 6, {1, 4}, [10, 12]) == (
        total.blank, total.portion.naive, total.portion.leaves, total.portion.charged
    )  # fmt: skip
    assert (7, 8) == (total.portion.first, total.portion.last)


@pytest.mark.parametrize("master", ["", "local[two]", "localhost", "sc://somewhere", "mesos://a:1", "hdfs:///calls"])
def test_what_is_no_master_is_refused_before_java_starts(master: str) -> None:
    with pytest.raises(RequestError, match="write local"), open_session(master):
        pytest.fail("there is a session")


def test_an_input_is_told_without_what_has_been_read_of_it() -> None:
    source = Source("a.parquet", 3, written="./a.parquet")
    source._hash.update(b"read")
    told_of = pickle.loads(pickle.dumps(source))
    assert ("a.parquet", 3, "./a.parquet") == (told_of.name, told_of.index, told_of.written)
