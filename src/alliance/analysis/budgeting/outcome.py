"""The outcome of a count: the winners by round, and why the others were not chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from alliance.analysis.budgeting.election import Election
from alliance.analysis.errors import MethodError

#: Why a project was not chosen.
REASONS = (
    "excluded",            # declared before the vote
    "costs-more-than-all", # alone more than the budget
    "too-few-votes",       # below the declared minimum
    "cap",                 # an incompatible project or the quota of its category came first
    "no-votes",
    "supporters-short",    # equal shares: its supporters had less left than it costs
    "no-money-left",       # the budget had less left than it costs
    "after-stop",          # the count had stopped at a project that was too dear
)  # fmt: skip


@dataclass(frozen=True)
class Round:
    """A chosen project. For equal shares with ``rho``, the number of payers, and the largest
    payment in the smallest parts; None for greedy and completion."""

    project: int
    rho: float | None = None
    n_paying: int | None = None
    most_paid: float | None = None


@dataclass(frozen=True)
class Loser:
    """A project that was not chosen, and the missing money in the smallest parts."""

    project: int
    reason: str
    missing: float | None = None


@dataclass(frozen=True)
class Tie:
    """Tied projects, and the tie-breaker: ``votes``, ``cost`` (the cheaper) or ``order`` (of the
    ballot)."""

    between: tuple[int, ...]
    by: str


@dataclass
class Purse:
    """The state of a count: chosen projects, and those that may still be chosen given money,
    minimum and caps."""

    election: Election
    min_votes: int = 0
    excluded: Collection[str] = ()
    chosen: list[int] = field(default_factory=list)
    spent: int = 0
    losers: dict[int, Loser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {project.id for project in self.election.projects}
        for name in self.excluded:
            if name not in known:
                raise MethodError("unknown-project", f"no project {name!r}", "excluded")
        for at, project in enumerate(self.election.projects):
            if project.id in self.excluded:
                self.lose(at, "excluded")
            elif project.cost > self.election.budget:
                self.lose(at, "costs-more-than-all", project.cost - self.election.budget)
            elif self.election.votes[at] < self.min_votes:
                self.lose(at, "too-few-votes")

    def lose(self, project: int, reason: str, missing: float | None = None) -> None:
        self.losers[project] = Loser(project, reason, missing)

    def choose(self, project: int) -> None:
        self.chosen.append(project)
        self.spent += self.election.projects[project].cost
        self.losers.pop(project, None)

    def open(self) -> list[int]:
        """Undecided projects, in the order of the ballot."""
        gone = {*self.chosen, *self.losers}
        return [at for at in range(len(self.election.projects)) if at not in gone]

    def is_capped(self, project: int) -> bool:
        """Whether the chosen projects leave no place for it because of a cap."""
        projects = self.election.projects
        candidate = projects[project]
        for cap in self.election.caps:
            if candidate.id in cap.projects:
                held = [projects[at] for at in self.chosen if projects[at].id in cap.projects]
                if cap.most_projects is not None and len(held) >= cap.most_projects:
                    return True
                cost = sum(other.cost for other in held) + candidate.cost
                if cap.most_cost is not None and cost > cap.most_cost:
                    return True
        return False


def first_of(
    near: Iterable[int], election: Election, ties: list[Tie], *, by_votes: bool = True
) -> int:
    """The first of tied projects: more votes, then the cheaper, then the order of the ballot.

    The tie-breakers are added to ``ties`` if there were several.
    """
    left = tuple(sorted(near))
    if len(left) > 1:
        keys = {at: (-int(election.votes[at]), election.projects[at].cost, at) for at in left}
        for place, name in enumerate(("votes", "cost", "order")):
            if place == 0 and not by_votes:
                continue
            least = min(keys[at][place] for at in left)
            best = tuple(at for at in left if keys[at][place] == least)
            if len(best) == 1:
                ties.append(Tie(left, name))
                return best[0]
            if place < 2 and len(best) < len(left):
                # The next key only breaks the tie between the remaining ones.
                ties.append(Tie(left, name))
            left = best
    return left[0]


@dataclass(frozen=True)
class Outcome:
    """A count. Projects are indexes in ``election.projects``."""

    election: Election
    rule: str
    rounds: tuple[Round, ...]
    losers: tuple[Loser, ...]
    ties: tuple[Tie, ...]
    warnings: tuple[str, ...] = ()

    @property
    def winners(self) -> tuple[str, ...]:
        """Ids in the order in which they were chosen."""
        return tuple(self.election.projects[winner.project].id for winner in self.rounds)

    @property
    def cost(self) -> int:
        """The total cost of the winners, in the smallest parts."""
        return sum(self.election.projects[winner.project].cost for winner in self.rounds)

    def as_data(self) -> dict[str, Any]:
        """The outcome as JSON data, with money in currency units."""
        names = [project.id for project in self.election.projects]
        money = self.election.amount
        return {
            "rule": self.rule,
            "winners": list(self.winners),
            "cost": money(self.cost),
            "budget": money(self.election.budget),
            "rounds": [
                {
                    "project": names[winner.project],
                    "rho": winner.rho,
                    "cost": money(self.election.projects[winner.project].cost),
                }
                for winner in self.rounds
            ],
            "losers": [
                {"id": names[loser.project], "reason": loser.reason}
                | (
                    {}
                    if loser.missing is None
                    else {"missing": _units(loser.missing, self.election)}
                )
                for loser in self.losers
            ],
            "ties": [
                {"between": [names[at] for at in tie.between], "by": tie.by} for tie in self.ties
            ],
            "warnings": list(self.warnings),
        }


def _units(parts: float, election: Election) -> float | int:
    units = parts / election.scale
    return round(units) if float(units).is_integer() else round(units, 2)
