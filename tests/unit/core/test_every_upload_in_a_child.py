"""Whatever people upload is read in a child, and comes to the same as where it is read at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from alliance.budgeting.services.counting import compare_file
from alliance.core.errors import InvalidData
from alliance.core.files import contained, tables
from alliance.core.files.rows import Limits
from alliance.dialogues.services.files import _read
from alliance.indicators.importing.reading import read_file

ELECTION = (
    b"META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost\nA;50\nB;80\n"
    b"VOTES\nvoter_id;vote\n1;A\n2;A,B\n3;B\n"
)
CUBE = json.dumps(
    {
        "class": "dataset",
        "id": ["geo", "time"],
        "size": [2, 1],
        "role": {"geo": ["geo"], "time": ["time"]},
        "dimension": {
            "geo": {"category": {"index": ["SE001", "FR002"]}},
            "time": {"category": {"index": ["2024"]}},
        },
        "value": [1.5, None],
    }
).encode()
STATEMENTS = b"comment-id,comment-body,moderated\n0,Slow down.,1\n1,Sell it.,-1\n"
VOTES = b"timestamp,comment-id,voter-id,vote\n1,0,a,1\n2,1,a,1\n3,0,b,-1\n"


def figures(content: bytes) -> Any:
    table = read_file(content)
    return table.names, [[one[row] for row in range(len(table))] for one in table.columns]


@pytest.mark.parametrize(
    ("read", "reader"),
    [
        (lambda: figures(b"city;period;value\nSE001;2024;1,5\n\nFR002;2024;"), "csv_columns"),
        (lambda: figures(b"city;period\nSE001;2024;9\nFR002"), "csv_columns"),
        (lambda: figures(CUBE), "json_texts"),
        (lambda: tables.json_data(b'{"a": [1, 2.5, "x"], "b": {"c": null}}'), "json_texts"),
        (lambda: tables.json_data(b'{"a": 1, "a": 2}'), "json_texts"),
        (lambda: tables.json_data(b"{"), "json_texts"),
        (lambda: list(tables.table_rows(b"a;b\n1;2", limits=Limits(rows=9))), "texts"),
        (lambda: compare_file(ELECTION, utility="cost"), "budgeting.ways"),
        (lambda: _read(VOTES, STATEMENTS), "dialogues.open_files"),
    ],
    ids=[
        "figures", "other cells", "JSON-stat", "JSON", "a key twice", "no JSON", "CSV",
        "an earlier vote", "a dialogue held elsewhere",
    ],
)  # fmt: skip
def test_an_upload_is_read_in_a_child(
    settings, monkeypatch, read: Callable[[], Any], reader: str
) -> None:
    def outcome() -> Any:
        try:
            return read()
        except InvalidData as error:
            return [str(one) for one in error.faults]

    started: list[str] = []
    start = contained.subprocess.Popen

    def noted(command: list[str], **options: Any) -> Any:
        started.append(json.loads(command[-1])["reader"])
        return start(command, **options)

    monkeypatch.setattr(contained.subprocess, "Popen", noted)
    settings.FILE_AT_ONCE = 1_000_000
    here = outcome()
    started.clear()
    settings.FILE_AT_ONCE = 0
    assert outcome() == here
    assert [name.split(":")[0].endswith(reader) for name in started] == [True]
