"""JSON is read without losing or bending anything."""

from __future__ import annotations

import tracemalloc

import pytest

from alliance.core.errors import Fault
from alliance.core.strict_json import (
    MOST_DIGITS,
    MOST_PARTS,
    NotJson,
    path_text,
    read,
    storage_faults,
    walk,
)
from alliance.core.text import markup_fault


def test_sound_json_is_read_as_it_is() -> None:
    assert read(b'{"a": [1, -2.5, null, true, "\xc3\xa5"]}') == {"a": [1, -2.5, None, True, "å"]}
    assert read("9" * MOST_DIGITS) == int("9" * MOST_DIGITS)
    assert storage_faults(read('{"a": "\\u00e5 \\ud83d\\ude00", "b": {"a": 1}}')) == []


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "NaN", "[Infinity]", "-Infinity", "1e999", "-1e400", "9" * (MOST_DIGITS + 1),
        "9" * 5000, "{'a': 1}", "[1,]", b"\xff", b"\xff\xfe[\x00]\x00", "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(NotJson):
        read(text)


@pytest.mark.parametrize("part", ["[]", "{}"])
def test_more_parts_than_any_file_needs_are_refused_before_they_are_made(part: str) -> None:
    with pytest.raises(NotJson, match="more than 500000 objects and lists"):
        read("[" + f"{part}," * MOST_PARTS + "1]", most_parts=MOST_PARTS)


def test_walking_takes_the_memory_of_the_depth_and_not_of_the_length() -> None:
    data = [0] * 200_000
    tracemalloc.start()
    assert sum(1 for _ in walk(data)) == 200_001
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000


def test_values_are_walked_in_reading_order() -> None:
    data = {"a": [1, {"b": []}], "c": 2}
    assert [path_text(path) for path, _value in walk(data)] == [
        "", "a", "a[0]", "a[1]", "a[1].b", "c",
    ]  # fmt: skip


def test_the_byte_that_is_not_utf_8_is_named() -> None:
    with pytest.raises(NotJson, match="byte 4"):
        read('["Umeå"]'.encode("latin-1")[:3] + b"m\xe5")


@pytest.mark.parametrize(
    ("text", "where", "code"),
    [
        ('{"a": 1, "a": 1}', "a", "key-repeated"),
        ('[{}, {"b": {"c": 1, "d": 2, "c": 3}}]', "[1].b.c", "key-repeated"),
        ('{"a": "\\u0000"}', "a", "nul"),
        ('{"a": [1, "x\\ud800y"]}', "a[1]", "half-letter"),
        ('{"x\\udc00": 1}', "x?", "half-letter"),
        ('"\\u0000"', "", "nul"),
    ],
)
def test_what_cannot_be_kept_is_named_by_its_path(text: str, where: str, code: str) -> None:
    assert [(fault.where, fault.code) for fault in storage_faults(read(text))] == [(where, code)]


def test_half_of_a_letter_is_no_plain_text() -> None:
    assert markup_fault("title", "a\ud800b") == Fault("title", "control-characters")
    assert markup_fault("title", "a😀b") is None


def test_a_text_that_nobody_can_see_is_none() -> None:
    assert markup_fault("title", "\u200b \ufeff") == Fault("title", "control-characters")
    assert markup_fault("title", " ") is None and markup_fault("title", "a\u200db") is None
