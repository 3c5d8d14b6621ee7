"""What `script/test` runs where: no test falls between its parts."""

from __future__ import annotations

from fnmatch import filter as filter_names

from tests.conftest import INTEGRATION, MATRICES, SQL


def test_each_module_that_is_marked_by_its_name_is_there():
    names = [path.relative_to(INTEGRATION).as_posix() for path in INTEGRATION.rglob("test_*.py")]
    assert [one for one in (*MATRICES, *SQL) if not filter_names(names, one)] == []
