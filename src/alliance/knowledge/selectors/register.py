"""The failure register: how many trials worked, how many did not, and why not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from django.db.models import Count, QuerySet

from alliance.core.audit import Actor
from alliance.knowledge.enums import Outcome, Reason
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.access import visible_cases


class Trial(Protocol):
    """What is counted: anything with the outcome of a case and its reason codes."""

    @property
    def outcome(self) -> str: ...

    @property
    def reasons(self) -> Sequence[str]: ...


T = TypeVar("T")
TrialT = TypeVar("TrialT", bound=Trial)


# `values` is made anew each time that it is asked for.
_OUTCOMES = tuple(Outcome.values)


@dataclass(frozen=True)
class Tally:
    """Trials by outcome, with the reasons of those that did not work where they are counted too.

    `reasons` counts each code over the trials that did not work, most frequent first; one trial
    may have several, so the counts may add up to more than `did_not_work`.
    """

    worked: int = 0
    reported: int = 0
    mixed: int = 0
    did_not_work: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        return self.worked + self.reported + self.mixed + self.did_not_work

    @property
    def none_reported(self) -> bool:
        """No trial is recorded as not having worked, which does not mean that all worked."""
        return self.did_not_work == 0


@dataclass(frozen=True)
class Register(Tally, Generic[T]):
    """The counts, the trials that did not work and the mixed ones, both in the order given.

    Of a long register only the first of both may be kept; the counts are of all.
    """

    failures: tuple[T, ...] = ()
    partly: tuple[T, ...] = ()


def tally_of(outcomes: Iterable[str]) -> Tally:
    """Count outcomes, one a trial."""
    return tally_from(Counter(outcomes))


def tally_from(counts: Mapping[str, int], reasons: tuple[tuple[str, int], ...] = ()) -> Tally:
    """A tally from the number of trials by outcome; an outcome that is missing has none."""
    worked, reported, mixed, did_not_work = (counts.get(outcome, 0) for outcome in _OUTCOMES)
    return Tally(worked, reported, mixed, did_not_work, reasons)


def count_reasons(trials: Iterable[Trial]) -> tuple[tuple[str, int], ...]:
    """How many of the trials give each reason, most frequent first, ties in the published order."""
    return _in_order(Counter(reason for trial in trials for reason in dict.fromkeys(trial.reasons)))


def _in_order(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    order = list(Reason.values)
    return tuple(
        sorted(
            counts.items(),
            key=lambda item: (-item[1], order.index(item[0]) if item[0] in order else len(order)),
        )
    )


def count_cases(cases: QuerySet[CaseStudy]) -> Tally:
    """The counts of published `cases`, made by the database in one query."""
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    rows = cases.order_by().values_list("outcome", "reasons").annotate(Count("id"))
    for outcome, case_reasons, number in rows:
        outcomes[outcome] += number
        if outcome == Outcome.DID_NOT_WORK:
            for reason in dict.fromkeys(case_reasons):
                reasons[reason] += number
    return tally_from(outcomes, _in_order(reasons))


def failure_register(cases: Iterable[TrialT]) -> Register[TrialT]:
    """Count `cases` (rows, lines of a list, or anything with an outcome and reasons).

    The caller passes published cases only. No query is made beyond those of the iterable.
    """
    trials = tuple(cases)
    failures = tuple(trial for trial in trials if trial.outcome == Outcome.DID_NOT_WORK)
    partly = tuple(trial for trial in trials if trial.outcome == Outcome.MIXED)
    tally = tally_from(Counter(trial.outcome for trial in trials), count_reasons(failures))
    return Register(**vars(tally), failures=failures, partly=partly)


def tallies_by(cases: QuerySet[CaseStudy], field: str) -> dict[int, Tally]:
    """The cases by outcome, for each value of a foreign key, in one query."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = cases.order_by().values_list(field, "outcome").annotate(Count("id"))
    for key, outcome, number in rows:
        counts[key][outcome] = number
    return {key: tally_from(outcomes) for key, outcomes in counts.items()}


def tallies(actor: Actor | None, solutions: Collection[int] | None = None) -> dict[int, Tally]:
    """The published cases of each solution (by its key) by outcome, in one query."""
    cases = visible_cases(actor)
    if solutions is not None:
        cases = cases.filter(solution__in=solutions)
    return tallies_by(cases, "solution_id")
