"""The version of rows and files changes with all that makes them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from alliance.search import services, version
from alliance.search.version import FILE_SOURCES, PACKAGE, ROW_SOURCES, sum_of

#: Modules that a source may use although they are none: their changes come with migrations, or
#: (closed lists of codes, the arrays, errors) are no part of a row.
NOT_IN_ROWS = ("models", "enums", "segments", "errors")


@pytest.mark.parametrize("name", [*ROW_SOURCES, *FILE_SOURCES])
def test_each_source_counts(name: str, tmp_path: Path) -> None:
    sources = [PACKAGE / one for one in (*ROW_SOURCES, *FILE_SOURCES)]
    changed = tmp_path / "changed"
    changed.write_bytes((PACKAGE / name).read_bytes() + b"\n# another line")
    others = [changed if one == PACKAGE / name else one for one in sources]
    assert sum_of(others) != sum_of(sources)


def test_files_change_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    now = version.file_version.__wrapped__()
    monkeypatch.setattr(version, "row_version", lambda: "another")
    assert version.file_version.__wrapped__() != now


def test_packages_that_make_stems_and_names_count(monkeypatch: pytest.MonkeyPatch) -> None:
    now = version.row_version.__wrapped__()
    assert now == version.row_version()
    monkeypatch.setattr(version.metadata, "version", lambda name: "0")
    assert version.row_version.__wrapped__() != now


def _used_by(name: str) -> set[str]:
    """Files of the package that a source imports from."""
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    modules = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("alliance.")
    }
    return {str(module).removeprefix("alliance.").replace(".", "/") for module in modules}


def test_no_source_of_a_row_is_forgotten() -> None:
    listed = {name.removesuffix(".py").removesuffix("/__init__") for name in ROW_SOURCES}
    rooms = {room.__name__.removeprefix("alliance.") for room in services._ROOMS.values()}
    assert {room.replace(".", "/") for room in rooms} <= listed
    for name in ROW_SOURCES:
        if name.endswith(".py"):
            for used in _used_by(name):
                assert used in listed or used.split("/")[1] in NOT_IN_ROWS, (
                    f"{name} uses {used}, which ROW_SOURCES lacks"
                )
