"""The greedy rule of cities: most votes first; an unaffordable project is skipped, or ends the
count."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby

from alliance.analysis.budgeting.election import Election
from alliance.analysis.budgeting.outcome import Outcome, Purse, Round, Tie, first_of
from alliance.analysis.errors import MethodError


def greedy(
    election: Election,
    *,
    unaffordable: str = "skip",
    min_votes: int = 0,
    excluded: Collection[str] = (),
) -> Outcome:
    """Chooses projects by votes, or by points if ballots have them, while there is money.

    Ties: the cheaper first, then the order of the ballot.

    Args:
        unaffordable: ``skip`` a project that exceeds the remaining money, or ``stop`` there.
        min_votes: projects named by fewer ballots are excluded.
        excluded: ids of excluded projects.

    Raises:
        MethodError: ``bad-option``, ``unknown-project``.
    """
    if unaffordable not in ("skip", "stop"):
        raise MethodError("bad-option", "skip or stop", "unaffordable")
    purse = Purse(election, min_votes, excluded)
    ties: list[Tie] = []
    fill(purse, ties, unaffordable=unaffordable)
    rounds = tuple(Round(at) for at in purse.chosen)
    losers = tuple(purse.losers[at] for at in sorted(purse.losers))
    return Outcome(election, "greedy", rounds, losers, tuple(ties), warnings_of(election, purse))


def fill(purse: Purse, ties: list[Tie], *, unaffordable: str = "skip") -> None:
    """Spends the remaining money of a purse in the order of the score."""
    election = purse.election
    has_stopped = False
    ranked = sorted(purse.open(), key=lambda at: -int(election.score[at]))
    for _, equal in groupby(ranked, key=lambda at: int(election.score[at])):
        left = list(equal)
        while left:
            room = election.budget - purse.spent
            for at in [at for at in left if purse.is_capped(at)]:
                purse.lose(at, "cap")
                left.remove(at)
            if not left:
                break
            fits = [at for at in left if election.projects[at].cost <= room]
            # A tie matters only if not all of them are affordable.
            matters = sum(election.projects[at].cost for at in left) > room
            at = first_of(left, election, ties if matters else [], by_votes=False)
            left.remove(at)
            if has_stopped:
                purse.lose(at, "after-stop")
            elif at in fits:
                purse.choose(at)
            else:
                purse.lose(at, "no-money-left", election.projects[at].cost - room)
                has_stopped = unaffordable == "stop"


def warnings_of(election: Election, purse: Purse) -> tuple[str, ...]:
    """Warnings for readers of a count: ``no-ballots``, ``chosen-without-votes``."""
    warnings = [] if election.n_voters else ["no-ballots"]
    if any(not election.votes[at] for at in purse.chosen):
        warnings.append("chosen-without-votes")
    return tuple(warnings)
