"""Files are told by their content, and read into columns with the numbers of their rows."""

from __future__ import annotations

import pytest

from alliance.core.errors import InvalidData
from alliance.indicators.importing import reading
from alliance.indicators.importing.reading import check_size, read_file


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        (b"city,value\nlund,1\n", "utf-8", "comma"),
        (b"\xef\xbb\xbfcity;value\r\nlund;1\r\n", "utf-8 (BOM)", "semicolon"),
        ("city\tvalue\nlund\t1\n".encode("utf-16"), "utf-16 (BOM)", "tab"),
        ("city;value;\nÅre;1;\n".encode("latin-1"), "Windows-1252 (Latin-1)", "semicolon"),
    ],
)
def test_csv_of_every_program(content, encoding, delimiter):
    table = read_file(content)
    assert table.names == ("city", "value")
    assert dict(table.notes) == {"encoding": encoding, "delimiter": delimiter}
    assert table.column("value").values() == ["1"]
    assert table.column("city").values()[0] in {"lund", "Åre"}


def test_rows_keep_their_numbers_across_empty_ones_and_line_ends_in_cells():
    table = read_file(b'a,b\n1,"x\ny"\n\n,\n3,z\n')
    assert table.rows.tolist() == [2, 5]
    assert table.column("b").values() == ["x\ny", "z"]


def test_every_row_of_another_length_is_named():
    with pytest.raises(InvalidData) as caught:
        read_file(b"a,b\n1,2\n1,2,3\n1,2\n4\n")
    assert [(one.where, one.rule[:19]) for one in caught.value.faults] == [
        ("row 3", "The row has 3 cells"),
        ("row 5", "The row has 1 cells"),
    ]


def test_after_fifty_rows_of_another_length_no_more_are_read():
    with pytest.raises(InvalidData) as caught:
        read_file(b"a,b\n" + b"1\n" * 400_000)
    assert len(caught.value.faults) == 50
    assert caught.value.faults[-1].where == "row 51"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"),
        (b"a," * 2_000 + b"b\n" + b"," * 2_000 + b"\n", "more than 2000 columns"),
        (b"a,b\n", "no rows"),
        (b"a\n1\n", "one column"),
        (b'a,b\n"1,2\n', "quotation mark"),
        (b"a,b\n1,\x00\n", "characters that are not text"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "old Excel"),
        (b"\x1f\x8b\x08" + b"\0" * 100, "compressed"),
        (b"a,b\n\x81\x8d,1\n", "UTF-8"),
    ],
)
def test_what_is_no_table_is_refused(content, rule):
    with pytest.raises(InvalidData, match=rule):
        read_file(content)


def test_a_file_of_2_gb_is_refused_before_it_is_opened():
    with pytest.raises(InvalidData, match=r"500 MB. Split it by year or indicator."):
        check_size(2_000_000_000)


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    with pytest.raises(InvalidData, match="more than 2 rows"):
        read_file(b"a,b\n1,1\n1,2\n1,3\n")
