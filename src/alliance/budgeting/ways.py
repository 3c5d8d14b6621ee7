"""The same ballots by several ways of counting, also those of an earlier vote, from its file.

Knows no Django: files of strangers are read and counted in a child of `contained`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from alliance.analysis import budgeting as analysis
from alliance.analysis.budgeting import Election, Outcome
from alliance.core.files.rows import Limits


def outcome_of(
    election: Election,
    *,
    rule: str,
    utility: str,
    completion: str,
    unaffordable: str,
    min_votes: int,
) -> Outcome:
    """An election counted by a rule with what was declared for it."""
    if rule == "greedy":
        return analysis.greedy(election, unaffordable=unaffordable, min_votes=min_votes)
    return analysis.equal_shares(
        election, utility=utility, completion=completion, min_votes=min_votes
    )


def served(election: Election, winners: tuple[str, ...]) -> int:
    """How many voters named at least one project that was chosen."""
    chosen = [at for at, one in enumerate(election.projects) if one.id in winners]
    return int(np.unique(election.voter[np.isin(election.project, chosen)]).size)


def compared(
    election: Election, *, ways: Sequence[Sequence[str]], utility: str, min_votes: int = 0
) -> Iterator[tuple[tuple[str, ...], float, float]]:
    """For each way, as rule, completion and what is done with the too dear: the names of what is
    chosen, the share of the budget that it takes, and that of voters with a project, 0 to 1."""
    names = {one.id: one.name or one.id for one in election.projects}
    if election.vote_type == "approval" and utility == "points":
        utility = "cost"
    for rule, completion, unaffordable in ways:
        outcome = outcome_of(
            election,
            rule=rule,
            utility=utility,
            completion=completion,
            unaffordable=unaffordable,
            min_votes=min_votes,
        )
        yield (
            tuple(names[one] for one in outcome.winners),
            outcome.cost / election.budget,
            served(election, outcome.winners) / max(election.n_voters, 1),
        )


def read(content: bytes, *, limits: Limits, **counted: Any) -> Iterator[list[Any]]:
    """First what is wrong in a Pabulib file, as line, column, code and words; without a fault, what
    `compared` says of its election."""
    found = analysis.read(content)
    fatal = [one for one in found.faults if one.is_fatal][:10]
    yield [[one.line, one.column, one.code, one.message] for one in fatal]
    if found.election is not None:
        yield from map(list, compared(found.election, **counted))
