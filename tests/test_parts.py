"""What `script/test` runs where: no test falls between its parts."""

from __future__ import annotations

from fnmatch import filter as filter_names

from tests.conftest import (
    INTEGRATION,
    MATRICES,
    ROOT,
    SAMPLED,
    SQL,
    is_for_postgresql,
    is_tried_in_its_room,
)


def test_each_module_that_is_marked_by_its_name_is_there():
    names = [path.relative_to(INTEGRATION).as_posix() for path in INTEGRATION.rglob("test_*.py")]
    assert [one for one in (*MATRICES, *SQL) if not filter_names(names, one)] == []


def test_each_of_which_some_are_tried_is_there():
    for one in SAMPLED:
        place, _, test = one.partition("::")
        assert f"def {test}" in (ROOT / "tests" / place).read_text(encoding="utf-8"), one


def test_within_nine_turns_each_test_of_a_room_meets_both_databases():
    for number in range(100):
        test, turns = f"tests/integration/room/test_file.py::test_{number}", range(7, 16)
        on_postgresql = {turn for turn in turns if is_for_postgresql(test, turn)}
        in_its_room = {turn for turn in turns if is_tried_in_its_room(test, turn)}
        assert on_postgresql and in_its_room - on_postgresql, test
