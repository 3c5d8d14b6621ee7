import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.opinion import (
    comments_from_csv,
    groups_from_csv,
    votes_from_csv,
)
from tests.unit.analysis.opinion.helpers import HEADER

GOOD = HEADER + "10,0,a,1\n20,1,a,0\n30,0,b,-1\n"


def read(text: str):
    return votes_from_csv(text.encode())


def same(text: str | bytes) -> bool:
    votes = votes_from_csv(text if isinstance(text, bytes) else text.encode())
    told = (votes.participants, votes.statements, votes.values.toarray().tolist())
    return told == (("a", "b"), ("0", "1"), [[1, 0], [-1, 0]]) and votes.values.nnz == 3


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace(",", ";"),
        GOOD.replace("\n", "\n\n"),
        GOOD.removesuffix("\n"),
        '"timestamp","comment-id","voter-id","vote"\n"10","0","a","1"\n20, 1 ,a,0\n30,0,b,-1',
        "vote,datetime,timestamp,voter-id,comment-id\n1,Mon,10,a,0\n0,Mon,20,a,1\n-1,Tue,30,b,0\n",
        GOOD + "25,0,b,1\n",
    ],
)
def test_the_same_votes_are_read_however_they_are_written(text: str | bytes):
    assert same(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no-data"),
        ("\ufeff\n\n", "no-data"),
        (HEADER, "no-data: there is no row below the header"),
        ("timestamp,comment-id,voter-id\n1,0,a\n", "missing-column: no column 'vote'"),
        (HEADER.replace("\n", ",vote\n") + "1,0,a,1,1\n", "duplicate-column"),
        (GOOD + "40,1,b,2\n", "bad-vote: '2' is none of 1, 0, -1 (votes, row 5, vote)"),
        (GOOD + "\n40,1,b,\n", "missing-value: the cell is empty (votes, row 6, vote)"),
        (GOOD + "40,,b,1\n", "missing-value: the cell is empty (votes, row 5, comment-id)"),
        (GOOD + "40,1, ,1\n", "missing-value: the cell is empty (votes, row 5, voter-id)"),
        (GOOD + "soon,1,b,1\n", "bad-timestamp: 'soon' is not a whole number (votes, row 5"),
        (GOOD + ",1,b,1\n", "missing-value: the cell is empty (votes, row 5, timestamp)"),
        (GOOD + "1e400,1,b,1\n", "bad-timestamp"),
        (GOOD + "99999999999999999999,1,b,1\n", "bad-timestamp"),
        (GOOD + "40,1,b\n", "ragged-row: 3 cells, not 4 (votes, row 5)"),
        (GOOD + "40,1,b,1,9\n", "ragged-row: 5 cells, not 4 (votes, row 5)"),
        (GOOD.encode() + b"40,1,\xff,1\n", "not-utf-8"),
    ],
)
def test_a_fault_names_row_and_column(text: str | bytes, told: str):
    with pytest.raises(MethodError) as fault:
        votes_from_csv(text if isinstance(text, bytes) else text.encode())
    assert str(fault.value).startswith(told)


def test_comments_tell_what_is_rejected_and_what_has_no_vote_yet():
    comments = comments_from_csv(
        'comment-id,moderated,comment-body\n1,-1,"two\nlines, and 😀"\n7,0,שלום\n'.encode()
    )
    votes = votes_from_csv(GOOD.encode(), comments=comments)

    assert comments[0].body == "two\nlines, and 😀"
    assert votes.statements == ("0", "1", "7")
    assert votes.rejected.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("comment-id,moderated\n1,2\n", "bad-moderated: '2' is none of 1, 0, -1 (comments, row 2"),
        ("comment-id\n1\n1\n", "duplicate-id: '1' stands there twice (comments, row 3"),
        ("comment-id\n1,2\n", "ragged-row: 2 cells, not 1 (comments, row 2)"),
        ("moderated\n1\n", "missing-column"),
        ("", "no-data"),
    ],
)
def test_a_fault_in_comments_names_the_row(text: str, told: str):
    with pytest.raises(MethodError) as fault:
        comments_from_csv(text.encode())
    assert str(fault.value).startswith(told)


def test_groups_may_leave_people_out_but_not_name_them_twice():
    assert groups_from_csv(b"voter-id,group\na,1\nb,\n") == {"a": "1"}
    with pytest.raises(MethodError, match="duplicate-id"):
        groups_from_csv(b"voter-id,group\na,1\na,1\n")
    with pytest.raises(MethodError, match="missing-column"):
        groups_from_csv(b"participant,group-id\na,1\n")
