"""What `script/test` runs where: no test falls between its parts."""

from __future__ import annotations

from fnmatch import filter as filter_names

from tests.conftest import INTEGRATION, MATRICES, ROOT, SAMPLED, SQL


def test_each_module_that_is_marked_by_its_name_is_there():
    names = [path.relative_to(INTEGRATION).as_posix() for path in INTEGRATION.rglob("test_*.py")]
    assert [one for one in (*MATRICES, *SQL) if not filter_names(names, one)] == []


def test_each_of_which_some_are_tried_is_there():
    for one in SAMPLED:
        place, _, test = one.partition("::")
        assert f"def {test}" in (ROOT / "tests" / place).read_text(encoding="utf-8"), one
