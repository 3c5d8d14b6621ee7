"""Counts of participatory budgets a second time: plain loops over fractions, no shortcuts."""

from __future__ import annotations

from fractions import Fraction

from alliance.analysis.budgeting import Election


def utilities(election: Election, utility: str) -> list[dict[int, Fraction]]:
    """What each project is worth to each voter who named it."""
    found: list[dict[int, Fraction]] = [{} for _ in election.projects]
    for voter, project, points in zip(
        election.voter, election.project, election.points, strict=True
    ):
        cost = election.projects[project].cost
        worth = {"cost": cost, "cardinality": 1, "points": int(points)}[utility]
        found[project][int(voter)] = Fraction(worth)
    return found


def smallest_rho(cost: int, worth: dict[int, Fraction], left: list[Fraction]) -> Fraction | None:
    """Supporters in the order in which they run dry; the first rho at which the rest can pay."""
    if not worth or sum(left[voter] for voter in worth) < cost:
        return None
    order = sorted(worth, key=lambda voter: left[voter] / worth[voter])
    paid, rest = Fraction(0), sum(worth.values())
    for voter in order:
        rho = (cost - paid) / rest
        if rho * worth[voter] <= left[voter]:
            return rho
        paid, rest = paid + left[voter], rest - worth[voter]
    raise AssertionError


def shares(election: Election, utility: str, money: Fraction) -> list[int]:
    """Places of the winners of one count in the order in which they are chosen."""
    worth = utilities(election, utility)
    left = [money] * election.n_voters
    open_ = [at for at, one in enumerate(election.projects) if one.cost <= election.budget]
    chosen: list[int] = []
    while True:
        rho = {
            at: found
            for at in open_
            if (found := smallest_rho(election.projects[at].cost, worth[at], left)) is not None
        }
        if not rho:
            return chosen
        at = min(rho, key=lambda at: (rho[at], -len(worth[at]), election.projects[at].cost, at))
        for voter, value in worth[at].items():
            left[voter] -= min(left[voter], rho[at] * value)
        open_.remove(at)
        chosen.append(at)


def by_score(election: Election, chosen: list[int], *, stop: bool = False) -> list[int]:
    """What the rest of the budget buys in the order of the score."""
    chosen = list(chosen)
    spent = sum(election.projects[at].cost for at in chosen)
    order = sorted(
        set(range(len(election.projects))) - set(chosen),
        key=lambda at: (-int(election.score[at]), election.projects[at].cost, at),
    )
    for at in order:
        if election.projects[at].cost > election.budget:
            continue
        if spent + election.projects[at].cost <= election.budget:
            chosen.append(at)
            spent += election.projects[at].cost
        elif stop:
            break
    return chosen


def counted(election: Election, utility: str, completion: str) -> list[int]:
    """Winners by equal shares with a completion."""
    money = Fraction(election.budget, max(election.n_voters, 1))
    chosen = shares(election, utility, money)
    votes = [set() for _ in election.projects]
    for voter, project in zip(election.voter, election.project, strict=True):
        votes[project].add(int(voter))
    wanted = [
        at for at, one in enumerate(election.projects) if votes[at] and one.cost <= election.budget
    ]
    if completion in ("add1", "add1u"):
        while len(chosen) < len(wanted):
            money += election.scale
            coming = shares(election, utility, money)
            if sum(election.projects[at].cost for at in coming) > election.budget:
                break
            chosen = coming
    if completion in ("add1u", "utilitarian"):
        chosen = [at for at in by_score(election, chosen) if at in chosen or votes[at]]
    return chosen
