"""Opinion groups in votes on statements: where people agree and where they differ.

People vote 1 (agree), -1 (disagree) or 0 (pass) on statements; most have seen only a few.
Complexity is proportional to the number of votes. The usual method depends on history (clusters of
the last run, a number of groups that is kept for some runs); this one does not: the same votes give
exactly the same result, in any order.
"""

from alliance.analysis.opinion.analysis import Analysis, Group, analyse, stability
from alliance.analysis.opinion.files import (
    VOTE_COLUMNS,
    comments_from_csv,
    groups_from_csv,
    votes_from_csv,
)
from alliance.analysis.opinion.report import report
from alliance.analysis.opinion.statements import Representative, next_statement
from alliance.analysis.opinion.votes import Votes, votes_from

__all__ = [
    "VOTE_COLUMNS",
    "Analysis",
    "Group",
    "Representative",
    "Votes",
    "analyse",
    "comments_from_csv",
    "groups_from_csv",
    "next_statement",
    "report",
    "stability",
    "votes_from",
    "votes_from_csv",
]
