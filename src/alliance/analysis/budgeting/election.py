"""An election of a participatory budget: projects with costs, ballots, and declared limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from alliance.analysis.errors import MethodError

Ints = NDArray[np.int64]
#: What a ballot has for a project: an approval, a rank, or points.
VOTE_TYPES = ("approval", "ordinal", "cumulative", "scoring")


@dataclass(frozen=True)
class Project:
    """A project on the ballot. `cost` is in the smallest parts of the currency unit, see
    `Election.scale`."""

    id: str
    cost: int
    name: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cap:
    """A limit on the number or the cost of the projects chosen from a set.

    Two incompatible projects have a limit of one. ``most_cost`` is in the smallest parts, like
    costs.
    """

    projects: frozenset[str]
    most_projects: int | None = None
    most_cost: int | None = None


@dataclass(frozen=True, eq=False)
class Election:
    """Ballots as a sparse table: entry ``e`` means that ``voter[e]`` named ``project[e]``.

    Attributes:
        budget: the money to spend, in the smallest parts.
        scale: parts of a currency unit; 100 for costs with two decimals.
        projects: in the order of the ballot, which is the last tie-breaker.
        n_voters: number of valid ballots, including empty ones.
        voter, project: indexes; entries are sorted by voter, with one entry for each project named.
        points: the points of each entry, above 0; 1 for approval, ``longest - place`` for ordinal.
    """

    budget: int
    projects: tuple[Project, ...]
    n_voters: int
    voter: Ints
    project: Ints
    points: Ints
    vote_type: str = "approval"
    scale: int = 1
    caps: tuple[Cap, ...] = ()
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def supporters(self) -> tuple[tuple[Ints, Ints], ...]:
        """The supporters of each project, and their points."""
        order = np.argsort(self.project, kind="stable")
        ends = np.searchsorted(self.project[order], np.arange(len(self.projects) + 1))
        return tuple((self.voter[order[a:b]], self.points[order[a:b]]) for a, b in pairwise(ends))

    @cached_property
    def votes(self) -> Ints:
        """The number of ballots that name each project."""
        return np.bincount(self.project, minlength=len(self.projects)).astype(np.int64)

    @cached_property
    def score(self) -> Ints:
        """The points of each project, or its votes in an approval election."""
        total = np.zeros(len(self.projects), np.int64)
        np.add.at(total, self.project, self.points)
        return total

    def amount(self, parts: int | Fraction) -> float | int:
        """An amount in currency units, as an integer if it is whole."""
        units = Fraction(parts) / self.scale
        return int(units) if units.denominator == 1 else float(units)


def election_of(
    budget: int,
    projects: Sequence[Project],
    ballots: Sequence[Mapping[str, int] | Sequence[str]],
    *,
    vote_type: str = "approval",
    longest: int | None = None,
    scale: int = 1,
    caps: Sequence[Cap] = (),
) -> Election:
    """An election from ballots: ids in the order of each ballot, or points by id.

    Args:
        longest: the most projects that an ordinal ballot may name; by default the longest ballot.

    Raises:
        MethodError: ``bad-budget``, ``no-projects``, ``duplicate-project``, ``no-cost``,
            ``unknown-project``, ``repeated-project``, ``bad-points``.
    """
    place = {candidate.id: at for at, candidate in enumerate(projects)}
    if budget < 0:
        raise MethodError("bad-budget", "a budget is at least 0", "budget")
    if not projects:
        raise MethodError("no-projects", "there is no project to choose from", "projects")
    if len(place) < len(projects):
        raise MethodError("duplicate-project", "two projects have the same id", "projects")
    for at, candidate in enumerate(projects):
        if candidate.cost <= 0:
            raise MethodError("no-cost", f"{candidate.id!r} costs nothing", f"projects[{at}].cost")
    longest = longest or max((len(ballot) for ballot in ballots), default=0)
    voter, project, points = [], [], []
    for at, ballot in enumerate(ballots):
        points_by_project = (
            dict(ballot)
            if isinstance(ballot, Mapping)
            else {id: longest - n if vote_type == "ordinal" else 1 for n, id in enumerate(ballot)}
        )
        if len(points_by_project) < len(ballot):
            raise MethodError("repeated-project", "a project is named twice", f"ballots[{at}]")
        for id, n_points in points_by_project.items():
            if id not in place:
                raise MethodError("unknown-project", f"no project {id!r}", f"ballots[{at}]")
            if n_points < 0:
                raise MethodError("bad-points", "points are at least 0", f"ballots[{at}].{id}")
            if n_points:
                voter.append(at)
                project.append(place[id])
                points.append(n_points)
    return Election(
        budget, tuple(projects), len(ballots), np.array(voter, np.int64),
        np.array(project, np.int64), np.array(points, np.int64), vote_type, scale, tuple(caps),
    )  # fmt: skip
