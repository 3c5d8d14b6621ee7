"""A child reads strangers' files: what it takes is limited, and what it knows."""

from __future__ import annotations

import resource
from typing import Any

import pytest

from alliance.core.files import contained
from alliance.core.files.contained import LimitReached, Unreadable, read_contained
from alliance.core.files.rows import Limits

LIMITS = Limits(rows=10)


def read(reader: str, content: bytes = b"", limits: Limits = LIMITS, **options: Any) -> list[Any]:
    return list(
        read_contained(f"tests.unit.core.readers:{reader}", content, limits=limits, **options)
    )


def test_the_child_gets_the_file_no_secret_and_no_framework(monkeypatch):
    monkeypatch.setenv("ALLIANCE_SECRET_KEY", "x" * 60)
    assert read("length", b"x" * 1_000_000, times=3) == [3_000_000]
    names, framework = read("environment")
    assert framework == []
    assert not [name for name in names if "ALLIANCE" in name or "DJANGO" in name]


def _processor_time() -> float:
    """Of the children that have ended, in seconds: how busy the machine is does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize(
    ("reader", "limits", "limit", "words"),
    [
        ("hoard", Limits(rows=1, memory=50_000_000), "memory", "more than 50 MB of memory"),
        ("spin", Limits(rows=1, seconds=1), "seconds", "more than 1 seconds to read"),
        ("flood", Limits(rows=1, memory=50_000_000), "memory", "more than 50 MB of memory"),
        ("be_killed", LIMITS, "memory", "Save it as CSV"),
    ],
)
def test_a_child_that_takes_too_much_ends_and_says_which_limit(reader, limits, limit, words):
    before = _processor_time()
    with pytest.raises(LimitReached, match=words) as caught:
        read(reader, limits=limits)
    assert caught.value.limit == limit and caught.value.most == getattr(limits, limit)
    assert _processor_time() - before < limits.seconds + 7


def test_no_reader_takes_more_than_the_settings_allow(settings):
    settings.FILE_SECONDS = 1
    with pytest.raises(LimitReached, match="more than 1 seconds to read"):
        read("spin", limits=Limits(rows=1, seconds=60))


def test_what_a_reader_cannot_read_and_what_is_our_own_fault_are_two_things():
    with pytest.raises(Unreadable, match="KeyError"):
        read("fail")
    with pytest.raises(RuntimeError, match="ended with code 1"):
        read("no_such_reader")


def test_ctrl_c_of_the_server_does_not_break_a_reading_off():
    assert read("be_interrupted") == ["still here"]


def test_whoever_keeps_half_read_files_takes_nobodys_turn():
    hoard, little = "tests.unit.core.readers:hoard", Limits(rows=1, memory=20_000_000)
    kept = [read_contained(hoard, b"", limits=little) for _ in range(2)]
    assert [next(rows) for rows in kept] == ["begun", "begun"]
    assert read("length", b"xyz", times=1) == [3]
    assert contained._TURNS._value == 2


def test_a_child_that_waits_and_uses_no_time_of_the_processor_ends_too(monkeypatch):
    monkeypatch.setattr(contained, "_GRACE", 1.0 - 4 * LIMITS.seconds)
    with pytest.raises(LimitReached, match="more than 60 seconds to read"):
        read("wait")
    assert contained._TURNS._value == 2
