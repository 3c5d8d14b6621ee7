"""Participatory budgets: winners from ballots, with a reason for each winner and loser."""

from alliance.analysis.budgeting.election import Cap, Election, Project, election_of
from alliance.analysis.budgeting.equal_shares import equal_shares
from alliance.analysis.budgeting.greedy import greedy
from alliance.analysis.budgeting.outcome import REASONS, Loser, Outcome, Round, Tie
from alliance.analysis.budgeting.pabulib import FileFault, Read, read, write

__all__ = [
    "REASONS",
    "Cap",
    "Election",
    "FileFault",
    "Loser",
    "Outcome",
    "Project",
    "Read",
    "Round",
    "Tie",
    "election_of",
    "equal_shares",
    "greedy",
    "read",
    "write",
]
