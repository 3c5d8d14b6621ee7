"""The Method of Equal Shares: each voter gets the same amount, and supporters share the costs.

Source: Peters, Pierczyński, Skowron, Proportional Participatory Budgeting with Additive Utilities
(NeurIPS 2021); plain Add1 as in the one city election that published its winners.

Each round chooses the project with the smallest rho: every supporter ``i`` pays ``min(money left,
rho * utility)``, and together they pay its cost. rho never decreases while money is spent, so that
an earlier value is a lower bound and most projects can be skipped in most rounds. The computation
uses floats; if two values are within a relative 1e-9, exact integers decide (`_Exact`).
"""

from __future__ import annotations

import heapq
from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance.analysis.budgeting.election import Election, Ints
from alliance.analysis.budgeting.greedy import fill, warnings_of
from alliance.analysis.budgeting.outcome import Outcome, Purse, Round, Tie, first_of
from alliance.analysis.errors import MethodError

UTILITIES = ("cost", "cardinality", "points")
COMPLETIONS = ("none", "add1", "add1u", "utilitarian")
#: Floats closer to each other than this are compared by exact integers.
NEAR = 1e-9
#: Length of a denominator in bits from which reducing the fraction is worthwhile.
LONG = 512
#: Maximum number of iterations for an upper bound of the payments in a group, in any order.
MOST_TRIES = 5


def equal_shares(
    election: Election,
    *,
    utility: str = "cost",
    completion: str = "none",
    min_votes: int = 0,
    excluded: Collection[str] = (),
) -> Outcome:
    """Chooses projects by equal shares. Ties in rho: more votes, then the cheaper, then the order.

    Args:
        utility: the value of a chosen project to its supporters: its ``cost``, 1
            (``cardinality``), or the ``points`` that they gave.
        completion: how remaining money is used: ``none``; ``add1``, everybody gets one currency
            unit more until the next outcome would exceed the budget; ``add1u``, the same and then
            the rest by score; ``utilitarian``, the rest by score at once.
        min_votes: projects named by fewer ballots are excluded.
        excluded: ids of excluded projects.

    Raises:
        MethodError: ``bad-option``, ``unknown-project``.
    """
    if utility not in UTILITIES:
        raise MethodError("bad-option", ", ".join(UTILITIES), "utility")
    if completion not in COMPLETIONS:
        raise MethodError("bad-option", ", ".join(COMPLETIONS), "completion")
    declared = Purse(election, min_votes, excluded)
    count = _Count(election, utility, declared)
    last = count.run(0)
    if completion in ("add1", "add1u"):
        last = _add1(count, last)
    purse, rounds = last.purse, last.rounds
    if completion in ("add1u", "utilitarian"):
        final_losers = {
            at: loser for at, loser in purse.losers.items() if loser.reason in _NOT_RETRIED
        }
        purse.losers = final_losers
        fill(purse, last.ties)
        rounds += [Round(at) for at in purse.chosen[len(rounds) :]]
    losers = tuple(purse.losers[at] for at in sorted(purse.losers))
    return Outcome(
        election, "equal-shares", tuple(rounds), losers, tuple(last.ties),
        warnings_of(election, purse),
    )  # fmt: skip


_NOT_RETRIED = {"excluded", "costs-more-than-all", "too-few-votes", "no-votes"}


@dataclass
class _Run:
    purse: Purse
    rounds: list[Round] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    #: More money for everybody would no longer change anything.
    is_settled: bool = True


def _add1(count: _Count, last: _Run) -> _Run:
    """The last outcome before one that exceeds the budget, with one unit more for everybody each
    time.

    Amounts for which no outcome can exceed the budget need no count (`_Count.is_within`); steps
    grow while that holds and shrink otherwise, and the check is done less often if it rarely
    succeeds. The search starts below the smallest amount that could exceed the budget at all.
    """
    units, step, held, enough = count.safe_units(), 1, 0, 2
    if units:
        last = count.run(units)
    counted = units
    while not last.is_settled:
        if step == 1:
            coming = count.run(units + 1)
            if coming.purse.spent > count.election.budget:
                return last if counted == units else count.run(units)
            last, counted = coming, units + 1
        elif count.is_within(units, units + step):
            enough = 2
        else:
            step, held = step // 2, 0
            enough *= 2 if step == 1 else 1
            continue
        units, held = units + step, held + 1
        if step > 1 or held >= enough:
            step *= 2
    return last


@dataclass(frozen=True)
class _Wish:
    """The supporters of a project; its value to each is ``factor * weight``, with None for weights
    of 1."""

    cost: int
    who: Ints
    weight: Ints | None
    factor: int
    total: int

    def asked(self, share: float) -> Any:
        """The amount that each supporter is asked to pay."""
        return share if self.weight is None else share * self.weight

    @cached_property
    def least(self) -> float:
        """The smallest possible rho, for which every supporter has enough money."""
        return self.cost / self.total / self.factor


class _Count:
    """Counts of the same election with different amounts for everybody."""

    def __init__(self, election: Election, utility: str, declared: Purse) -> None:
        self.election, self.declared = election, declared
        self.wishes = []
        for project, (who, points) in zip(election.projects, election.supporters, strict=True):
            weighs = utility == "points" and bool((points != 1).any())
            self.wishes.append(
                _Wish(
                    project.cost,
                    who,
                    points if weighs else None,
                    project.cost if utility == "cost" else election.scale,
                    int(points.sum()) if weighs else len(who),
                )
            )

    def safe_units(self) -> int:
        """Additional currency units for everybody up to which no outcome exceeds the budget,
        because all projects that could be paid, even with all the money of their supporters, fit
        into it; unpaid projects keep the count from being settled. 0 if caps may exclude
        projects."""
        election, paid = self.election, 0
        n = election.n_voters
        wishes = [self.wishes[at] for at in self.declared.open() if self.wishes[at].total]
        for wish in sorted(wishes, key=lambda wish: Fraction(wish.cost, len(wish.who))):
            paid += wish.cost
            if paid > election.budget and not election.caps:
                over = wish.cost * n - election.budget * len(wish.who)
                return max((over - 1) // (election.scale * n * len(wish.who)), 0)
        return 0

    def _start(self, extra: int) -> tuple[Fraction, Purse, list[tuple[float, int]]]:
        """Everybody's money, a purse, and the projects that may be bought, by their smallest
        rho."""
        election = self.election
        money = Fraction(election.budget, max(election.n_voters, 1)) + extra * election.scale
        purse = copy(self.declared)
        purse.chosen, purse.losers = [], dict(self.declared.losers)
        heap = []
        for at in purse.open():
            if self.wishes[at].total:
                heap.append((self.wishes[at].least, at))
            else:
                purse.lose(at, "no-votes")
        heapq.heapify(heap)
        return money, purse, heap

    def run(self, extra: int) -> _Run:
        """A count in which everybody has ``extra`` currency units more than her share of the
        budget; the outcome may exceed the budget."""
        election = self.election
        money, purse, heap = self._start(extra)
        run = _Run(purse)
        left = np.full(election.n_voters, float(money))
        exact = _Exact(election.n_voters, money, self.wishes)
        shares: dict[int, float] = {}
        money_of: dict[int, NDArray[Any]] = {}
        while heap:
            fresh: list[tuple[float, int]] = []
            best = inf
            while heap and heap[0][0] <= best * (1 + NEAR):
                at = heapq.heappop(heap)[1]
                if purse.is_capped(at):
                    purse.lose(at, "cap")
                    continue
                money_of[at] = own = left.take(self.wishes[at].who)
                if not self._is_affordable(at, own, exact, purse):
                    purse.lose(at, "supporters-short")
                    continue
                shares[at] = _share(self.wishes[at], own, shares.get(at, 0.0))
                rho = shares[at] / self.wishes[at].factor
                fresh.append((rho, at))
                best = min(best, rho)
            if not fresh:
                break
            near = [at for rho, at in fresh if rho <= best * (1 + NEAR)]
            if len(near) > 1:
                near = self._least(near, left, exact, purse)
            at = first_of(near, election, run.ties)
            for rho, other in fresh:
                if other != at:
                    heapq.heappush(heap, (rho, other))
            self._pay(at, shares[at], money_of[at], left, run, exact)
        for at, loser in list(purse.losers.items()):
            if loser.reason == "supporters-short":
                wish = self.wishes[at]
                purse.lose(at, loser.reason, max(wish.cost - float(left[wish.who].sum()), 0.0))
                run.is_settled = False
        return run

    def is_within(self, low: int, high: int) -> bool:
        """Whether every outcome with ``low`` to ``high`` additional units certainly fits into the
        budget and leaves some project without enough money.

        All amounts are followed at once, by bounds on the money that each voter can have left. The
        more money, the smaller rho: it is between the values for the bounds. Projects whose rho may
        be the smallest are bought together, since the bounds hold in each order. If one may be too
        expensive the check ends: then all that can be paid has to fit.
        """
        election = self.election
        money, purse, heap = self._start(low)
        least = np.full(election.n_voters, float(money))
        most = least + float((high - low) * election.scale)
        short: list[int] = []
        while fresh := self._look(heap, [], 0.0, most, purse, short):
            group, shares = [min(fresh)], None
            # With caps the order of purchases matters.
            while not (election.caps and len(group) > 1):
                shares = self._shares_at_most([at for _rho, at in group], least)
                if shares is None:
                    break
                reach = max(share / self.wishes[at].factor for at, share in shares.items())
                self._look(heap, fresh, reach, most, purse, short)
                wider = [pair for pair in fresh if pair[0] <= reach * (1 + NEAR)]
                if len(wider) == len(group):
                    break
                group, shares = wider, None
            if shares is None:
                heap += fresh
                break
            for rho, at in fresh:
                if at not in shares:
                    heapq.heappush(heap, (rho, at))
                    continue
                wish = self.wishes[at]
                for left, share in ((most, rho * wish.factor), (least, shares[at])):
                    left[wish.who] = np.maximum(left[wish.who] - wish.asked(share), 0.0)
                purse.choose(at)
        cost = purse.spent
        for _rho, at in heap:
            if self._can_pay(at, most):
                cost += self.wishes[at].cost
            else:
                short.append(at)
        capped = {name for cap in election.caps for name in cap.projects}
        return cost <= election.budget and any(
            election.projects[at].id not in capped for at in short
        )

    def _look(
        self,
        heap: list[tuple[float, int]],
        fresh: list[tuple[float, int]],
        reach: float,
        left: NDArray[Any],
        purse: Purse,
        short: list[int],
    ) -> list[tuple[float, int]]:
        """Moves projects that may have the smallest rho, or one up to ``reach``, to ``fresh``, and
        those that cannot be paid to ``short``."""
        while heap and heap[0][0] <= max(reach, min(fresh)[0] if fresh else inf) * (1 + NEAR):
            at = heapq.heappop(heap)[1]
            if purse.is_capped(at):
                continue
            if not self._can_pay(at, left):
                short.append(at)
                continue
            wish = self.wishes[at]
            fresh.append((_share(wish, left[wish.who]) / wish.factor, at))
        return fresh

    def _can_pay(self, at: int, left: NDArray[Any]) -> bool:
        wish = self.wishes[at]
        return float(left[wish.who].sum()) >= wish.cost * (1 - NEAR)

    def _shares_at_most(self, group: list[int], left: NDArray[Any]) -> dict[int, float] | None:
        """The most that each unit of weight pays for projects bought in any order, by index; None
        if one may become too expensive after the others."""
        shares = dict.fromkeys(group, 0.0)
        for _ in range(MOST_TRIES):
            taken = np.zeros(len(left))
            for at, share in shares.items():
                taken[self.wishes[at].who] += self.wishes[at].asked(share)
            before = shares
            shares = {}
            for at in group:
                wish = self.wishes[at]
                own = np.maximum(left[wish.who] - (taken[wish.who] - wish.asked(before[at])), 0.0)
                if float(own.sum()) < wish.cost * (1 + NEAR):
                    return None
                shares[at] = _share(wish, own)
            if len(group) == 1 or all(shares[at] <= before[at] * (1 + NEAR / 10) for at in group):
                return shares
        return None

    def _is_affordable(self, at: int, own: NDArray[Any], exact: _Exact, purse: Purse) -> bool:
        wish = self.wishes[at]
        total = float(own.sum())
        if abs(total - wish.cost) > NEAR * wish.cost:
            return total > wish.cost
        exact.follow(purse.chosen)
        return exact.money_of(wish) >= wish.cost

    def _least(self, near: list[int], left: NDArray[Any], exact: _Exact, purse: Purse) -> list[int]:
        """The projects in ``near`` with the smallest rho, by exact integers."""
        first = self.wishes[near[0]]
        if all(_are_alike(first, self.wishes[at]) for at in near[1:]):
            return near
        plain = {at: self._plain_rho(at, left, exact) for at in near}
        rho = {at: value for at, value in plain.items() if value is not None}
        if len(rho) < len(near):
            exact.follow(purse.chosen)
            rho = {at: exact.share(self.wishes[at])[0] / self.wishes[at].factor for at in near}
        least = min(rho.values())
        return [at for at in near if rho[at] == least]

    def _plain_rho(self, at: int, left: NDArray[Any], exact: _Exact) -> Fraction | None:
        """The rho of a project whose supporters certainly have either nothing or enough; else
        None."""
        wish = self.wishes[at]
        own = left[wish.who]
        has = own > 0
        weight = np.ones(len(own), np.int64) if wish.weight is None else wish.weight
        total = int(weight[has].sum())
        surely = weight * (wish.cost / total) + exact.doubt
        if exact.is_unsure[wish.who].any() or (has & (own < surely)).any():
            return None
        return Fraction(wish.cost, total * wish.factor)

    def _pay(
        self,
        at: int,
        share: float,
        own: NDArray[Any],
        left: NDArray[Any],
        run: _Run,
        exact: _Exact,
    ) -> None:
        wish = self.wishes[at]
        asked = wish.asked(share)
        rest = own - asked
        exact.is_unsure[wish.who[np.abs(rest) < exact.doubt]] = True
        # Remainders within rounding error are zero.
        rest[rest <= own * (NEAR * 1e-3)] = 0.0
        left[wish.who] = rest
        run.purse.choose(at)
        n, most = int(np.count_nonzero(own)), float(np.minimum(own, asked).max(initial=0))
        run.rounds.append(Round(at, share / wish.factor, n, most))


def _are_alike(wish: _Wish, other: _Wish) -> bool:
    """Whether two projects have the same cost, supporters and weights."""
    return (
        (wish.cost, wish.factor, wish.total) == (other.cost, other.factor, other.total)
        and np.array_equal(wish.who, other.who)
        and (wish.weight is other.weight or np.array_equal(wish.weight, other.weight))  # type: ignore[arg-type]
    )


def _share(wish: _Wish, own: NDArray[Any], least: float = 0.0) -> float:
    """The payment for each unit of weight; ``own``, the supporters' money, is enough for the cost.

    The fixed point is approached from below: supporters who cannot pay the share pay all they have,
    and the share of the others grows until nobody else falls short. It starts at ``least``, the
    share when supporters had at least as much money.
    """
    first = wish.cost / wish.total
    share, weight, n_all = max(first, least), wish.weight, len(own)
    missing, total = float(wish.cost), float(own.sum())
    while True:
        is_rich = own >= (share if weight is None else share * weight)
        n = int(np.count_nonzero(is_rich))
        if n == len(own):
            # If every supporter has enough, it is the first share.
            return first if n == n_all else share
        if not n:
            return float((own if weight is None else own / weight).max())
        own = own[is_rich]
        if weight is not None:
            weight = weight[is_rich]
        left = float(own.sum())
        missing, total = missing - (total - left), left
        share = max(share, missing / (n if weight is None else int(weight.sum())))


class _Exact:
    """Everybody's money as integers over a common denominator, updated on demand."""

    def __init__(self, n_voters: int, money: Fraction, wishes: list[_Wish]) -> None:
        self.n_voters, self.money, self.wishes = n_voters, money, wishes
        self.done = 0
        self.parts: NDArray[Any] | None = None
        self.denominator = money.denominator
        #: Voters who have either nothing or little left, which floats cannot distinguish.
        self.is_unsure = np.zeros(n_voters, bool)
        self.doubt = NEAR * float(money)

    def follow(self, chosen: list[int]) -> None:
        """Subtracts the payments for projects chosen since the last call."""
        if self.parts is None:
            self.parts = np.full(self.n_voters, self.money.numerator, object)
        for at in chosen[self.done :]:
            wish = self.wishes[at]
            share, poor = self.share(wish)
            paid = share * self.denominator
            top, bottom = paid.numerator, paid.denominator
            asked = top if wish.weight is None else top * wish.weight.astype(object)
            self.parts *= bottom
            self.denominator *= bottom
            rest = self.parts[wish.who] - asked
            rest[poor] = 0
            self.parts[wish.who] = rest
        self.done = len(chosen)
        if self.denominator.bit_length() > LONG:
            common = gcd(self.denominator, *self.parts.tolist())
            self.parts //= common
            self.denominator //= common

    def money_of(self, wish: _Wish) -> Fraction:
        """The money of all supporters together, in parts of the currency unit."""
        assert self.parts is not None
        return Fraction(int(self.parts[wish.who].sum()), self.denominator)

    def share(self, wish: _Wish) -> tuple[Fraction, NDArray[np.bool_]]:
        """The payment for each unit of weight, and which supporters pay all they have."""
        assert self.parts is not None
        own = self.parts[wish.who]
        weight = wish.weight.astype(object) if wish.weight is not None else None
        needed, rich = wish.cost * self.denominator, wish.total
        poor = np.zeros(len(own), bool)
        while True:
            asked = needed if weight is None else needed * weight
            now = np.asarray(own * rich < asked, bool)
            if now.sum() == poor.sum():
                return Fraction(needed, rich * self.denominator), poor
            poor = now
            if poor.all():
                # All supporters pay all they have: the share is that with the most money for its
                # weight.
                each = [
                    Fraction(int(a), int(b) * self.denominator)
                    for a, b in zip(
                        own, weight if weight is not None else [1] * len(own), strict=True
                    )
                ]
                return max(each), np.zeros(len(own), bool) | True
            needed = wish.cost * self.denominator - int(own[poor].sum())
            rich = int((~poor).sum()) if weight is None else int(wish.weight[~poor].sum())  # type: ignore[index]
