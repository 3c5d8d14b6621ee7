"""All that the page and the API say of a case or solution and a city. Never a lone score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from alliance.analysis.effect_spread import summarise
from alliance.core.audit import Actor
from alliance.knowledge.models import CaseStudy, Effect, Solution
from alliance.knowledge.selectors.localise import (
    country_name,
    local_name,
    local_symbol,
    pick,
)
from alliance.network.localise import Told
from alliance.network.models import City, Organisation
from alliance.testbeds.fit.conditions import Answer, Need, need_of
from alliance.testbeds.fit.likeness import MIN_PLACES, NEAREST, Expected, Likeness, expect, likeness
from alliance.testbeds.fit.lines import ConditionLine, city_conditions, level_conditions
from alliance.testbeds.fit.reading import Place, cases_of, facts_of, levels, places_of
from alliance.testbeds.fit.texts import ANSWERS, FACTS, NEEDS
from alliance.testbeds.fit.validation import Outcome, outcomes


@dataclass(frozen=True)
class Subject:
    """What is asked about; `case` is None for a solution as a whole."""

    public_id: str
    title: Told
    solution: Solution
    case: CaseStudy | None = None

    @property
    def kind(self) -> str:
        """The kind of the record: case or solution."""
        return "solution" if self.case is None else "case"


@dataclass(frozen=True)
class NeedLine:
    """What it needs of one kind, quoted. No record of a city says whether it has it."""

    code: str
    title: str | Promise
    quotes: tuple[Told, ...]
    ask: str | Promise

    @property
    def answer(self) -> str:
        """Always unknown."""
        return Answer.UNKNOWN.value

    @property
    def answer_word(self) -> str | Promise:
        """The same in words."""
        return ANSWERS[Answer.UNKNOWN]


@dataclass(frozen=True)
class NearLine:
    """One of the nearest places: why it is near, what came out, and the case to ask about."""

    city_id: str
    city: str
    country: str
    case_id: str
    title: Told
    outcome: str
    distance: float
    shared: tuple[str | Promise, ...]


@dataclass(frozen=True)
class ExpectedLine:
    """The best covered outcome: what the places say together, and the interval for a new one."""

    measure: str
    symbol: str
    unit: str
    is_change: bool
    k: int
    low: float | None
    high: float | None
    found: Expected


@dataclass(frozen=True)
class FitPage:
    """`near` are the nearest of `n_places` with evidence; words of facts are in running text."""

    subject: Subject
    city_id: str
    city: str
    is_own_place: bool
    conditions: tuple[ConditionLine, ...]
    needs: tuple[NeedLine, ...]
    near: tuple[NearLine, ...]
    n_places: int
    likeness: Likeness
    outside: tuple[str | Promise, ...]
    missing: tuple[str | Promise, ...]
    expected: ExpectedLine | None
    ask_case_id: str

    @property
    def too_few_alike(self) -> bool:
        """Whether the places are worth fewer than three that are just alike."""
        found = self.likeness.effective
        return found is None or found < MIN_PLACES - 1e-9


def case_subject(case: CaseStudy, language: str) -> Subject:
    """A case as what is asked about; one query."""
    text = pick(case.texts.all(), language, case.original_language)
    return Subject(case.public_id, Told(text.text.title, text.foreign), case.solution, case)


def solution_subject(solution: Solution, language: str) -> Subject:
    """A solution as what is asked about; one query."""
    text = pick(solution.texts.all(), language)
    return Subject(solution.public_id, Told(text.text.name, text.foreign), solution)


def own_city(actor: Actor) -> City | None:
    """The city of the reader's team; no query for who is in none."""
    if not actor.teams:
        return None
    rows = Organisation.objects.filter(public_id__in=list(actor.teams), city__isnull=False)
    team = rows.select_related("city").order_by("name", "id").first()
    return None if team is None else team.city


def fit_page(subject: Subject, city: City, language: str) -> FitPage:
    """The conditions of `subject` held against `city`; at most ten queries."""
    cases = cases_of(subject.solution)
    places = places_of(cases, but=city)
    compared = _compared(subject, places)
    about = [subject.case] if subject.case else cases
    measures = {
        effect.measure.slug
        for case in cases if case in about for effect in case.effects.all()
    }  # fmt: skip
    income, linked = levels(city, [place.city for place in compared], measures)
    conditions = (
        *city_conditions(city, compared, language),
        *level_conditions(income, linked, compared, language),
    )
    found = likeness(facts_of(city), [facts_of(place.city) for place in places])
    near = tuple(
        _near(places[one.index], one.distance, one.shared, language) for one in found.near[:NEAREST]
    )
    ask = subject.case.public_id if subject.case else (near[0].case_id if near else "")
    return FitPage(
        subject=subject,
        city_id=city.public_id,
        city=local_name(city, language),
        is_own_place=subject.case is not None and subject.case.city_id == city.pk,
        conditions=conditions,
        needs=_needs(subject.solution, language),
        near=near,
        n_places=len(places),
        likeness=found,
        outside=tuple(FACTS[name] for name in found.outside),
        missing=_missing(found, conditions),
        expected=_expected(cases, city, language),
        ask_case_id=ask,
    )


def _compared(subject: Subject, places: Sequence[Place]) -> tuple[Place, ...]:
    """The places that conditions are held against: that of the case, or all of the solution."""
    case = subject.case
    if case is None:
        return tuple(places)
    return tuple(Place(place.city, (case,)) for place in places if place.city.pk == case.city_id)


def _near(place: Place, distance: float, shared: Sequence[str], language: str) -> NearLine:
    text = pick(place.case.texts.all(), language, place.case.original_language)
    return NearLine(
        city_id=place.city.public_id,
        city=local_name(place.city, language),
        country=country_name(place.city.country, language),
        case_id=place.case.public_id,
        title=Told(text.text.title, text.foreign),
        outcome=place.case.outcome,
        distance=distance,
        shared=tuple(FACTS[name] for name in shared),
    )


def _needs(solution: Solution, language: str) -> tuple[NeedLine, ...]:
    """Prerequisites by what they are about, in the words of the page's language where known."""
    rows = {row.language: row for row in solution.texts.all()}
    text = pick(rows.values(), language)
    quoted = list(text.text.prerequisites)
    english = list(rows["en"].prerequisites) if "en" in rows else []
    # A translation keeps the order of the list; where it has another length it cannot be matched.
    if len(english) != len(quoted):
        english = quoted
    sorted_: dict[Need, list[Told]] = {need: [] for need in Need}
    for told, words in zip(quoted, english, strict=True):
        sorted_[need_of(words)].append(Told(told, text.foreign))
    return tuple(
        NeedLine(need.value, NEEDS[need][0], tuple(quotes), NEEDS[need][1])
        for need, quotes in sorted_.items()
        if quotes or need != Need.OTHER
    )


def _missing(found: Likeness, conditions: Sequence[ConditionLine]) -> tuple[str | Promise, ...]:
    """Facts of the city that are not on record and could change the answer."""
    lacking = {line.code for line in conditions if line.own is None}
    names = [*found.missing, *(code for code in ("income", "baseline") if code in lacking)]
    return tuple(FACTS[name] for name in dict.fromkeys(names))


def _expected(cases: Sequence[CaseStudy], city: City, language: str) -> ExpectedLine | None:
    """The best covered outcome, without what the city that asks found itself."""
    others = [case for case in cases if case.city_id != city.pk]
    outcome = next(iter(outcomes(others)), None)
    if outcome is None or len(outcome.values) < MIN_PLACES:
        return None
    effect = _example(others, outcome)
    together = summarise(list(outcome.effects))
    return ExpectedLine(
        measure=local_name(effect.measure, language),
        symbol=local_symbol(effect.unit, language),
        unit=local_name(effect.unit, language),
        is_change=effect.unit.is_change,
        k=len(outcome.values),
        low=together.pi_low,
        high=together.pi_high,
        found=expect(facts_of(city), outcome.facts, outcome.values),
    )


def _example(cases: Sequence[CaseStudy], outcome: Outcome) -> Effect:
    """One of the effects of an outcome, for the names of its measure and unit."""
    return next(
        effect
        for case in cases
        for effect in case.effects.all()
        if (effect.measure.slug, effect.unit.code, effect.direction)
        == (outcome.measure, outcome.unit, outcome.direction)
    )
