"""The same ballots counted in several ways, also those of an earlier vote, from its file.

Without Django: uploaded files are read and counted in a child of `contained`.
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
    """An election counted by a rule with its declared parameters."""
    if rule == "greedy":
        return analysis.greedy(election, unaffordable=unaffordable, min_votes=min_votes)
    return analysis.equal_shares(
        election, utility=utility, completion=completion, min_votes=min_votes
    )


def served(election: Election, winners: tuple[str, ...]) -> int:
    """The number of voters with at least one chosen project."""
    chosen = [at for at, project in enumerate(election.projects) if project.id in winners]
    return int(np.unique(election.voter[np.isin(election.project, chosen)]).size)


def compared(
    election: Election, *, ways: Sequence[Sequence[str]], utility: str, min_votes: int = 0
) -> Iterator[tuple[tuple[str, ...], float, float]]:
    """For each way (rule, completion and treatment of unaffordable projects): the names of the
    chosen projects, the share of the budget spent, and the share of voters with a project, 0 to 1.
    """
    names = {project.id: project.name or project.id for project in election.projects}
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
            tuple(names[winner] for winner in outcome.winners),
            outcome.cost / election.budget,
            served(election, outcome.winners) / max(election.n_voters, 1),
        )


def read(content: bytes, *, limits: Limits, **counted: Any) -> Iterator[list[Any]]:
    """First the faults of a Pabulib file, as line, column, code and message; if there are none, the
    results of `compared` for its election."""
    parsed = analysis.read(content)
    fatal = [fault for fault in parsed.faults if fault.is_fatal][:10]
    yield [[fault.line, fault.column, fault.code, fault.message] for fault in fatal]
    if parsed.election is not None:
        yield from map(list, compared(parsed.election, **counted))
