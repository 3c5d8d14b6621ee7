"""What is read once stays so only where somebody asked for it."""

from __future__ import annotations

from alliance.core.read_once import memoise, read_once, reading_once


def test_a_reader_gives_again_what_it_gave_only_inside():
    asked = []

    @read_once
    def read(name: str) -> int:
        asked.append(name)
        return len(asked)

    assert [read("a"), read("a")] == [1, 2]
    with reading_once():
        assert [read("a"), read("b"), read("a")] == [3, 4, 3]
        memoise(read, 9, "c")
        assert read("c") == 9
    with reading_once():
        assert read("a") == 5
    assert read("a") == 6
