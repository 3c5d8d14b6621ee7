"""API routes of the fit check: the same content as the page, and likewise without a score."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Schema

from alliance.core.audit import VISITOR
from alliance.knowledge.enums import Outcome, Prerequisite
from alliance.knowledge.forms.useful import MOST
from alliance.knowledge.selectors.access import get_case_for, get_solution_for
from alliance.network.api.common import LanguageCode, LanguageQuery, page_address
from alliance.testbeds.api.reading import router
from alliance.testbeds.fit.condition_lines import ConditionLine, Shown
from alliance.testbeds.fit.conditions import Answer
from alliance.testbeds.fit.expectation import Expectation
from alliance.testbeds.fit.page import (
    FitPage,
    NearLine,
    NeedLine,
    case_subject,
    fit_page,
    solution_subject,
)
from alliance.testbeds.fit.reading import get_city
from alliance.testbeds.fit.word import Named


class FitQuery(LanguageQuery):
    city: str = Field(max_length=80, description="Id of the city that asks.")
    useful: float | None = Field(
        None, gt=0, le=MOST, description="Smallest useful change, in the unit of `expected`."
    )


class FitValue(Schema):
    text: str = Field(description="With its unit and year, in the language asked for.")
    source: str | None
    url: str | None
    verified: bool = Field(description="False for an approximate figure or general knowledge.")


class FitPlaceValue(Schema):
    place: str
    value: FitValue | None = Field(description="Null where it is not known.")


class FitCondition(Schema):
    code: str = Field(description="climate, density, size, income or baseline.")
    indicator: str | None = Field(description="Name of the indicator, for income and baseline.")
    answer: Answer
    rule: str = Field(description="When it is met.")
    why: list[str] = Field(description="What keeps it unknown.")
    n_like: int = Field(description="So many of the places with a known value are like the city.")
    n_known: int
    own: FitValue | None
    places: list[FitPlaceValue] = Field(description="The first three of `n_places`.")
    n_places: int


class FitCityAnswer(Schema):
    text: str
    language: LanguageCode
    source: str
    on: dt.date


class FitNeed(Schema):
    code: Prerequisite = Field(description="What it is about; other where it was not sorted.")
    answer: Answer = Field(description="Always unknown: no record of a city says.")
    quotes: list[str] = Field(description="Prerequisites of the solution, as they are told.")
    language: LanguageCode = Field(description="Of the quotes.")
    ask: str
    own: FitCityAnswer | None = Field(description="What the team of the city says of it.")


class FitNear(Schema):
    city: str | None = Field(description="Id; null for a region or country.")
    place: str
    case: str
    title: str
    language: LanguageCode
    outcome: Outcome
    reasons: list[str] = Field(description="Why it did not work, or in part; in words.")
    limit: str = Field(description="What did not work, in the language of the title.")
    distance: float | None = Field(
        description="Gower's, 0 alike to 1 far; null where fewer than two facts are known of both."
    )
    compared: list[str] = Field(description="The facts that were known of both.")
    ask: str = Field(description="Page for a question to those who did it.")


class FitOwn(Schema):
    case: str
    outcome: Outcome


class FitWhyNot(Schema):
    code: Literal["no-standard-errors", "too-few-studies", "facts-unknown", "singular"]
    n: int | None
    of: int | None
    text: str


class FitExpected(Schema):
    measure: str
    unit: str
    k: int
    to_check_again: int = Field(
        description="How many of the `k` results are to be looked up again."
    )
    estimate: float
    low: float | None = Field(
        description="Of the 95 % interval: of this city for `regression`, else of any new place."
    )
    high: float | None
    by: Literal["plain-mean", "weighted-mean", "context", "regression"] = Field(
        description="context where likeness was shown to predict; regression by the city's facts."
    )
    facts_used: list[str] = Field(description="Facts that the regression takes into account.")
    leverage: float | None = Field(
        description="Of the city, over the greatest of the places; above 1 it is out of support."
    )
    no_regression: FitWhyNot | None = Field(description="Why there is none; null where one is.")
    plain_error: float | None = Field(description="Root mean square error, place left out.")
    context_error: float | None
    n_compared: int


class FitConditionName(Schema):
    code: str
    title: str
    about: str | None


class FitVerdict(Schema):
    """The verdict with the figures and reasons that must be read with it."""

    word: Literal["likely", "uncertain", "unlikely", "not-enough-evidence"]
    chance: str | None = Field(description="In words; of `useful` or, without, of any better.")
    smallest_useful: float | None
    held_by: str | None = Field(
        description="Rule that held the word down: low-certainty, very-low-certainty, "
        "too-few-places, no-prediction, beyond-possible, not-a-change."
    )
    held: str | None = Field(description="`held_by` in words; null where it is the certainty.")
    certainty: Literal["very-low", "low", "moderate", "high"] | None = Field(
        description="For this city."
    )
    indirectness: str | None = Field(
        description="supported, too-few-alike, out-of-support or unlike-and-out-of-support."
    )
    equivalence: Literal["too-little", "too-uncertain", "unknown", "some-effect"] | None = Field(
        description="too-little: shown not to do much. A wide interval around 0 is unknown."
    )
    met: list[FitConditionName]
    unmet: list[FitConditionName]
    unknown: list[FitConditionName]


class Fit(Schema):
    """Conditions compared with a city, the nearest places, and whether they support a
    prediction."""

    kind: str
    id: str
    city: str
    is_own_place: bool
    own: list[FitOwn] = Field(description="Cases of the city itself.")
    own_pilots: list[str] = Field(description="Its public pilots of the solution, the newest 3.")
    check_first: list[Prerequisite] = Field(description="Codes of `needs`, at most three.")
    verdict: FitVerdict | None = Field(description="Null for a case in its own city.")
    conditions: list[FitCondition]
    needs: list[FitNeed]
    nearest: list[FitNear] = Field(description="At most three.")
    n_places: int
    effective_places: float | None = Field(
        description="Kish's number of the places that measured `expected`, else of all."
    )
    supported: bool = Field(description="False: nothing is said of this city in particular.")
    outside: list[str] = Field(description="Facts of the city that no place covers.")
    missing: list[str] = Field(description="Facts not known of the city that could change this.")
    expected: FitExpected | None
    page: str


def _value(shown: Shown | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    return {
        "text": shown.text,
        "source": shown.source or None,
        "url": shown.url or None,
        "verified": not shown.unverified,
    }


def _condition(line: ConditionLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "indicator": line.about or None,
        "answer": line.answer,
        "rule": str(line.rule),
        "why": [str(text) for text in line.why],
        "n_like": line.judged.n_like,
        "n_known": line.judged.n_known,
        "own": _value(line.own),
        "places": [{"place": place.place, "value": _value(place.value)} for place in line.places],
        "n_places": line.n_places,
    }


def _need(line: NeedLine, language: str) -> dict[str, Any]:
    return {
        "code": line.code,
        "answer": line.answer,
        "quotes": [quote.value for quote in line.quotes],
        "language": line.quotes[0].lang_attr or language,
        "ask": str(line.ask),
        "own": line.own
        and {
            "text": line.own.text.value,
            "language": line.own.text.lang_attr or language,
            "source": line.own.source,
            "on": line.own.on,
        },
    }


def _near(line: NearLine, language: str) -> dict[str, Any]:
    return {
        "city": line.city_id or None,
        "place": line.city,
        "case": line.case_id,
        "title": line.title.value,
        "language": line.title.lang_attr or language,
        "outcome": line.outcome,
        "reasons": list(line.reasons),
        "limit": line.limit.value,
        "distance": line.distance,
        "compared": [str(text) for text in line.shared],
        "ask": page_address("knowledge:case-ask", language, line.case_id),
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _expected(line: Expectation | None) -> dict[str, Any] | None:
    if line is None:
        return None
    check, local = line.expected.check, line.local
    bounds: tuple[float | None, float | None] = line.interval or (None, None)
    why_not = None
    if local.why_not:
        why_not = {"code": local.why_not, "n": local.n, "of": local.of, "text": line.why_not_local}
    return {
        "measure": line.measure,
        "unit": line.unit,
        "k": line.k,
        "to_check_again": line.n_to_check,
        "estimate": line.value,
        "low": bounds[0],
        "high": bounds[1],
        "by": line.by,
        "facts_used": [str(text) for text in line.facts_used],
        "leverage": line.leverage,
        "no_regression": why_not,
        "plain_error": _known(check.plain_error),
        "context_error": _known(check.weighted_error),
        "n_compared": check.n_compared,
    }


def _names(named: Sequence[Named]) -> list[dict[str, Any]]:
    return [
        {"code": item.code, "title": str(item.title), "about": item.about or None} for item in named
    ]


def _verdict(page: FitPage) -> dict[str, Any] | None:
    word = page.word
    if word is None:
        return None
    return {
        "word": word.code,
        "chance": word.chance or None,
        "smallest_useful": page.expected.useful if page.expected else None,
        "held_by": word.held_by or None,
        "held": str(word.held) or None,
        "certainty": word.grade_code,
        "indirectness": word.unlike_code or None,
        "equivalence": word.equivalence,
        "met": _names(word.met),
        "unmet": _names(word.unmet),
        "unknown": _names(word.unknown),
    }


def _fit(page: FitPage, language: str) -> dict[str, Any]:
    subject = page.subject
    address = page_address(f"testbeds:{subject.kind}-fit", language, subject.public_id)
    return {
        "kind": subject.kind,
        "id": subject.public_id,
        "city": page.city_id,
        "is_own_place": page.is_own_place,
        "own": [{"case": line.case_id, "outcome": line.outcome} for line in page.own],
        "own_pilots": [pilot.public_id for pilot in page.pilots],
        "check_first": [line.code for line in page.first],
        "verdict": _verdict(page),
        "conditions": [_condition(line) for line in page.conditions],
        "needs": [_need(line, language) for line in page.needs],
        "nearest": [_near(line, language) for line in page.near],
        "n_places": page.n_places,
        "effective_places": page.support.effective,
        "supported": page.supported,
        "outside": [str(text) for text in page.outside],
        "missing": [str(text) for text in page.missing],
        "expected": _expected(page.expected),
        "page": f"{address}?city={page.city_id}",
    }


@router.get("/cases/{id}/fit", response=Fit, summary="Would it work here", tags=["cases"])
def get_case_fit(request: HttpRequest, id: str, query: Query[FitQuery]) -> dict[str, Any]:
    """The conditions of a case compared with a city: met, unmet or unknown, each with its
    source."""
    subject = case_subject(get_case_for(VISITOR, id), query.lang, with_places=True)
    return _fit(
        fit_page(subject, get_city(query.city), query.lang, useful=query.useful), query.lang
    )


@router.get(
    "/solutions/{id}/fit",
    response=Fit,
    summary="Would it work here, by all its places",
    tags=["solutions"],
)
def get_solution_fit(request: HttpRequest, id: str, query: Query[FitQuery]) -> dict[str, Any]:
    """The conditions of a solution compared with a city, over all places that tried it."""
    subject = solution_subject(get_solution_for(VISITOR, id), query.lang)
    return _fit(
        fit_page(subject, get_city(query.city), query.lang, useful=query.useful), query.lang
    )
