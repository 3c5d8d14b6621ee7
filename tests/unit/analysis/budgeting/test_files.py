"""Files of elections: read, every fault with its line, written and counted again."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance.analysis.budgeting import (
    Cap,
    Project,
    election_of,
    equal_shares,
    greedy,
    read,
    write,
)
from alliance.budgeting.messages import IN_FILE

GOOD = """META
key;value
description;A street
country;Sweden
unit;Lund
instance;2026
num_projects;3
num_votes;3
budget;100
vote_type;approval
rule;greedy
date_begin;1.9.2026
date_end;20.9.2026
min_length;1
max_length;2
PROJECTS
project_id;cost;votes;name;selected
A;60;2;"Trees; and shade";1
B;50;1;Lamps;0
C;40;2;Benches;1
VOTES
voter_id;vote;age
1;A,C;33
2;A;
3;B,C;61
"""


def changed(*changes: tuple[str, str]) -> bytes:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def test_a_good_file_is_read_and_has_no_fault() -> None:
    # A byte order mark and blanks around ids change nothing.
    for content in (GOOD.encode(), b"\xef\xbb\xbf" + GOOD.encode(), changed(("A,C;", "A, C;"))):
        found = read(content)
        assert found.faults == () and found.election is not None
        assert found.election.projects[0].name == "Trees; and shade"
        assert found.election.votes.tolist() == [2, 1, 2]
        assert found.selected == {"A", "C"} and found.voters == ("1", "2", "3")
        assert greedy(found.election).winners == ("C", "A")


FATAL = [
    ("no-data", 0, b"  \n"),
    ("not-utf-8", 3, GOOD.encode().replace(b"A street", b"G\xe5ta")),
    ("bad-csv", 18, changed(('"Trees; and shade"', '"Trees" and'))),
    ("missing-section", 0, changed(("VOTES\n", ""), ("voter_id;vote;age\n", ""),
                                   ("1;A,C;33\n2;A;\n3;B,C;61\n", ""))),
    ("missing-section", 1, b"voter_id;vote\n1;A\n"),
    ("duplicate-section", 16, changed(("PROJECTS", "META"))),
    ("missing-column", 16, changed(("project_id;cost;", "project_id;price;"))),
    ("duplicate-column", 17, changed(("votes;name", "votes;votes"))),
    ("ragged-row", 24, changed(("2;A;", "2;A"))),
    ("duplicate-key", 11, changed(("rule;greedy", "budget;7"))),
    ("missing-key", 1, changed(("vote_type;approval\n", ""))),
    ("bad-vote-type", 10, changed(("approval", "applause"))),
    ("bad-number", 9, changed(("budget;100", "budget;much"))),
    ("bad-number", 18, changed(("A;60", "A;-60"))),
    ("no-cost", 19, changed(("B;50", "B;0"))),
    ("bad-cap", 11, changed(("rule;greedy", "cap_1;projects 1: A,D"))),
    ("bad-cap", 11, changed(("rule;greedy", "cap_1;one of A,B"))),
    ("duplicate-project", 20, changed(("C;40", "B;40"))),
    ("missing-value", 18, changed(("A;60", ";60"))),
    ("missing-value", 24, changed(("2;A;", ";A;"))),
    ("duplicate-voter", 24, changed(("2;A;", "1;A;"))),
    ("unknown-project", 23, changed(("1;A,C", "1;A,D"))),
    ("repeated-project", 25, changed(("3;B,C", "3;B,B"))),
    ("missing-points", 21, changed(("approval", "cumulative"))),
    ("points-differ", 23, changed(("approval", "cumulative"), ("vote;age", "vote;points"))),
    ("bad-points", 23, changed(("approval", "scoring"), ("vote;age", "vote;points"),
                               ("1;A,C;33", "1;A,C;3,x"), ("2;A;", "2;A;1"),
                               ("3;B,C;61", "3;B,C;6,1"))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "content"), FATAL, ids=[one[0] for one in FATAL])
def test_what_cannot_be_counted_is_named_with_its_line(code, line, content) -> None:
    found = read(content)
    assert found.election is None
    assert (code, line) in [(one.code, one.line) for one in found.faults if one.is_fatal]
    assert code in IN_FILE


NOTED = [
    ("blank-around", 19, changed(("B;50", "B; 50"))),
    ("unknown-field", 11, changed(("rule;greedy", "ruler;greedy"))),
    ("unknown-field", 22, changed(("vote;age", "vote;shoes"))),
    ("wrong-order-of-sections", 21, b"\n".join(GOOD.encode().split(b"\n")[:15]
                                              + GOOD.encode().split(b"\n")[20:25]
                                              + GOOD.encode().split(b"\n")[15:20])),
    ("project-without-votes", 19, changed(("B;50;1", "B;50;0"), ("3;B,C", "3;C"))),
    ("all-projects-fit", 9, changed(("budget;100", "budget;151"))),
    ("end-before-begin", 13, changed(("20.9.2026", "31.8.2026"))),
    ("bad-value", 14, changed(("min_length;1", "currency;kronor"))),
    ("bad-value", 14, changed(("min_length;1", "language;Swedish"))),
    ("bad-value", 14, changed(("min_length;1", "comment;free"))),
    ("bad-value", 23, changed(("1;A,C;33", "1;A,C;old"))),
    ("vote-too-long", 23, changed(("max_length;2", "max_length_district;1"))),
    ("empty-line", 16, changed(("max_length;2\n", "max_length;2\n\n"))),
    ("comma-in-number", 20, changed(("C;40;", "C;40,0;"))),
    ("missing-key", 1, changed(("unit;Lund\n", ""))),
    ("bad-number", 7, changed(("num_projects;3", "num_projects;three"))),
    ("bad-date", 12, changed(("1.9.2026", "soon"))),
    ("different-number-of-projects", 16, changed(("num_projects;3", "num_projects;4"))),
    ("different-number-of-votes", 21, changed(("num_votes;3", "num_votes;4"))),
    ("vote-too-long", 23, changed(("max_length;2", "max_length;1"))),
    ("vote-too-short", 24, changed(("min_length;1", "min_length;2"))),
    ("cost-outside", 23, changed(("max_length;2", "max_sum_cost;95"))),
    ("different-votes", 19, changed(("B;50;1", "B;50;2"))),
    ("no-votes-or-scores", 16, changed(("cost;votes", "cost;district"))),
    ("costs-more-than-all", 19, changed(("B;50", "B;500"))),
    ("budget-exceeded", 20, changed(("C;40;", "C;41;"))),
    ("unused-budget", 20, changed(("C;40;2;Benches;1", "C;40;2;Benches;0"))),
    ("fully-funded-wrong", 14, changed(("min_length;1", "fully_funded;1"))),
    ("fully-funded-wrong", 14, changed(("min_length;1", "fully_funded;2"))),
    ("rule-not-followed", 19, changed(("Lamps;0", "Lamps;1"), ("shade\";1", "shade\";0"))),
    ("wrong-order-of-columns", 17, changed(("project_id;cost", "cost;project_id"),
                                           ("A;60", "60;A"), ("B;50", "50;B"), ("C;40", "40;C"))),
    ("bad-value", 19, changed(("Lamps;0", "Lamps;9"))),
    ("bad-value", 23, changed(("vote;age", "vote;sex"))),
    ("points-outside", 23, changed(("approval", "cumulative"), ("vote;age", "vote;points"),
                                   ("1;A,C;33", "1;A,C;3,3"), ("2;A;", "2;A;1"),
                                   ("3;B,C;61", "3;B,C;1,1"), ("min_length;1", "max_points;2"))),
    ("sum-outside", 23, changed(("approval", "cumulative"), ("vote;age", "vote;points"),
                                ("1;A,C;33", "1;A,C;3,3"), ("2;A;", "2;A;1"),
                                ("3;B,C;61", "3;B,C;1,1"), ("min_length;1", "max_sum_points;5"))),
    ("different-score", 18, changed(("approval", "ordinal"), ("cost;votes", "cost;score"))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "content"), NOTED, ids=[one[0] for one in NOTED])
def test_what_does_not_fit_is_noted_and_counted(code, line, content) -> None:
    found = read(content)
    assert found.election is not None
    assert (code, line) in [(one.code, one.line) for one in found.faults]


def test_votes_in_quotes_are_read_as_those_without() -> None:
    content = changed(("2;A;", "2;A,Z,Z,A;x"), ("3;B,C;61", "3;B,C,A;61"))
    quoted = content.replace(b"1;A,C;33", b'1;"A,C";33')
    assert quoted != content
    plain, by_csv = read(content), read(quoted)
    assert [one.line for one in plain.faults if one.code == "unknown-project"] == [24, 24]
    assert plain.faults == by_csv.faults


def test_a_ballot_of_one_project_is_an_approval() -> None:
    content = changed(("vote_type;approval", "vote_type;choose-1"), ("max_length;2\n", ""))
    found = read(content)
    assert found.election is not None and found.election.vote_type == "approval"
    too_long = [one.line for one in found.faults if one.code == "vote-too-long"]
    assert too_long == [22, 24]


def test_places_in_an_order_are_points_from_the_longest_ballot() -> None:
    found = read(changed(("approval", "ordinal")))
    assert found.election is not None
    assert found.election.score.tolist() == [4, 2, 2]


@pytest.mark.parametrize("kind", ["approval", "cumulative", "ordinal"])
def test_a_recount_from_the_written_file_is_the_same(kind: str) -> None:
    projects = [
        Project("A", 6_055, 'Trees; "old"\nand new', ("green", "water")),
        Project("B", 5_000),
        Project("C", 4_000),
    ]
    named = [{"A": 3, "C": 1}, {"A": 2}, {}, {"B": 1, "C": 2}, {"C": 4}]
    ballots = named if kind == "cumulative" else [list(one) for one in named]
    election = election_of(10_000, projects, ballots, vote_type=kind, longest=3, scale=100)
    outcome = equal_shares(election, utility="points", completion="add1u")
    meta = {"description": "d", "country": "Sweden", "unit": "Lund", "instance": "1",
            "rule": "equal-shares", "date_begin": "1.9.2026", "date_end": "9.9.2026",
            "max_length": "3"}  # fmt: skip
    text = "".join(write(election, meta, selected=frozenset(outcome.winners)))
    again = read(text.encode())
    assert [one.code for one in again.faults if one.code != "unused-budget"] == []
    assert again.election is not None and again.election.projects[0] == projects[0]
    # The file of one with whole amounts alone has no parts; money is the same.
    recount = equal_shares(again.election, utility="points", completion="add1u")
    assert recount.as_data() == outcome.as_data() and again.selected == set(outcome.winners)


@pytest.mark.reference
def test_the_reference_files_have_no_fault_but_days_and_orders(reference: Path) -> None:
    for kind in ("approval", "cumulative"):
        found = read((reference / f"budgeting/demo_{kind}.pb").read_bytes())
        codes = {one.code for one in found.faults}
        assert codes <= {"missing-key", "wrong-order-of-columns"}


def test_caps_are_written_and_count_again_alike() -> None:
    projects = [Project("A", 5050), Project("B", 4000), Project("C", 1000)]
    caps = (Cap(frozenset("AB"), 1), Cap(frozenset("BC"), 2, 4050))
    made = election_of(9000, projects, [["A", "B"], ["B", "C"], ["B"]], scale=100, caps=caps)
    lines = list(write(made, {"cap_7": "an older one"}))
    assert "cap_1;projects 1: A,B\n" in lines and "cap_2;projects 2 cost 40.5: B,C\n" in lines
    found = read("".join(lines).encode()).election
    assert found is not None and [one.projects for one in found.caps] == [
        one.projects for one in caps
    ]
    assert greedy(found).winners == greedy(made).winners == ("B",)
    assert [one.reason for one in greedy(found).losers] == ["cap", "cap"]
