"""What stands in the line of a solution, as the search index and the API give it.

Verdict and outcome, cost, time to a result, evidence, places; `selectors.verdict_line` has the
words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from statistics import median_low
from typing import Any

from alliance.analysis.prices import ConvertedCost, CostPerInhabitant, NotComparable
from alliance.cases.costs import comparable_cost, comparable_cost_per_inhabitant, target
from alliance.cases.models import CaseStudy, Effect, Solution
from alliance.evidence.headline import headline
from alliance.evidence.models import SolutionVerdict
from alliance.network.localise import by_language

#: The fields of a case that name groups of people.
SIDES = ("gained", "paid")
#: So many groups of those who gain, and of those who pay, stand in a line.
MOST_GROUPS = 2


def years_to_result(case: CaseStudy, effects: Iterable[Effect]) -> int | None:
    """Whole years from the start of a case to the first year that a result speaks of."""
    ends = [effect.period_end or effect.period_start for effect in effects]
    later = [end - case.start_year for end in ends if end and case.start_year]
    return min((years for years in later if years >= 0), default=None)


def _middle(values: Iterable[float | None]) -> float | None:
    """The lower of the middle values, None where there is none."""
    known = [value for value in values if value is not None]
    return median_low(known) if known else None


def _value(cost: ConvertedCost | CostPerInhabitant | NotComparable) -> float | None:
    return None if isinstance(cost, NotComparable) else cost.value


def affected_most(cases: Iterable[CaseStudy], side: str) -> dict[str, int]:
    """The groups that most cases name on a side, `gained` or `paid`, few of them, by code with the
    number of cases."""
    counts = Counter(code for case in cases for code in dict.fromkeys(getattr(case, side)))
    codes = sorted(counts, key=lambda code: (-counts[code], code))[:MOST_GROUPS]
    return {code: counts[code] for code in codes}


def middling(cases: Sequence[CaseStudy]) -> dict[str, Any]:
    """Cost and time of a middling case of those where they are known, and who gained and paid in
    how many of them; with effects.

    The cost, in all and per inhabitant, is in `currency` at the prices of `price_year`.
    """
    currency, year = target()
    return {
        "cost": _middle(map(_value, map(comparable_cost, cases))),
        "cost_per_inhabitant": _middle(map(_value, map(comparable_cost_per_inhabitant, cases))),
        "currency": currency,
        "price_year": year,
        "years_to_result": _middle(years_to_result(case, case.effects.all()) for case in cases),
        **{side: affected_most(cases, side) for side in SIDES},
        "n_cases": len(cases),
    }


def main_of(solution: Solution) -> SolutionVerdict | None:
    """The verdict for its main outcome; None without a case."""
    return next((verdict for verdict in solution.verdicts.all() if verdict.is_main), None)


def line_facts(solution: Solution, verdict: SolutionVerdict | None) -> dict[str, Any]:
    """What the line of a solution says, as JSON has it; needs measure and unit, its costs, national
    schemes and disputes.

    `verdict`: of one of its outcomes, None where no city tried it.
    `amount`: what a source gives by piece. None: not known.
    """
    details = {} if verdict is None else verdict.details
    amounts = (
        cost for cost in solution.costs.all()
        if cost.currency and (cost.low, cost.typical, cost.high) != (None, None, None)
    )  # fmt: skip
    first = next(amounts, None)
    return {
        "national_schemes": [
            {name: getattr(scheme, name) for name in ("country", "since", "until")}
            for scheme in solution.schemes
        ],
        "verdict": None if verdict is None else asdict(headline(verdict, solution)),
        **{
            name: details.get(name)
            for name in (
                "cost", "cost_per_inhabitant", "currency", "price_year", "years_to_result", *SIDES,
                "n_cases",
            )
        },
        "amount": first
        and {
            **{name: getattr(first, name) for name in ("low", "typical", "high", "currency")},
            "per": by_language(first, "per"),
        },
        "evidence": solution.evidence_points,
    }  # fmt: skip
