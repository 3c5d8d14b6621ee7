"""Data of the fit check of a case or solution in a city, for the page and the API; no lone
score."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.functional import Promise

from alliance.analysis.evidence.verdict import NOT_ENOUGH
from alliance.core.audit import Actor
from alliance.knowledge.effects import UNDISCLOSED
from alliance.knowledge.enums import Prerequisite, Reason
from alliance.knowledge.models import CaseStudy, Solution, SolutionText
from alliance.knowledge.selectors.case_list import strongest_first
from alliance.knowledge.selectors.localise import (
    chosen_text,
    country_name,
    local_name,
    local_place,
)
from alliance.knowledge.selectors.solutions import needs_by_kind
from alliance.network.bands import size_and_climate
from alliance.network.enums import OrganisationKind
from alliance.network.localise import Localised, localised
from alliance.network.models import City, Organisation
from alliance.testbeds.fit.condition_lines import ConditionLine, city_conditions, level_conditions
from alliance.testbeds.fit.conditions import Answer
from alliance.testbeds.fit.expectation import Expectation, expectation
from alliance.testbeds.fit.likeness import NEAREST, Likeness, likeness
from alliance.testbeds.fit.reading import (
    Place,
    cases_of,
    facts_of,
    kilometres,
    levels,
    pilots_of,
    places_of,
    tried_by,
)
from alliance.testbeds.fit.word import InAWord, Named, in_a_word
from alliance.testbeds.messages.fit import ANSWERS, ASK, ASK_OTHERS, FACTS
from alliance.testbeds.models import Pilot
from alliance.testbeds.rules import answering_teams

#: How many prerequisites to check first, and their topics, by how often each stops a city.
FIRST_CHECKED = 3
CHECKED_FIRST = (
    Prerequisite.LAW,
    Prerequisite.BUDGET,
    Prerequisite.CAPACITY,
    Prerequisite.OWNERSHIP,
    Prerequisite.SUPPORT,
    Prerequisite.DATA,
    Prerequisite.SKILLS,
    Prerequisite.TECHNIQUE,
    Prerequisite.OTHER,
)


@dataclass(frozen=True)
class Subject:
    """The case or solution that the fit check is about; `case` is None for a whole solution.

    `texts` and `cases` are those of the solution if they were already fetched.
    """

    public_id: str
    title: Localised
    solution: Solution
    case: CaseStudy | None = None
    texts: tuple[SolutionText, ...] | None = None
    cases: tuple[CaseStudy, ...] | None = None

    @property
    def kind(self) -> str:
        return "solution" if self.case is None else "case"


@dataclass(frozen=True)
class CityAnswer:
    """The answer of a city's team to a question about itself, with its source."""

    text: Localised
    source: str
    on: dt.date


@dataclass(frozen=True)
class NeedLine:
    """The prerequisites of one kind, quoted, with what the city says about itself; they are not
    judged."""

    code: str
    title: str | Promise
    quotes: tuple[Localised, ...]
    ask: str | Promise
    own: CityAnswer | None = None

    @property
    def answer(self) -> str:
        """The code of the answer, which is always unknown."""
        return Answer.UNKNOWN.value

    @property
    def answer_word(self) -> str | Promise:
        """The label of the answer."""
        return ANSWERS[Answer.UNKNOWN]


@dataclass(frozen=True)
class CaseLine:
    """A case of a place: its outcome, its problems and its years."""

    case_id: str
    title: Localised
    outcome: str
    start_year: int | None
    end_year: int | None
    limit: Localised
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class NearLine(CaseLine):
    """One of the nearest places: why it is near, its outcome, and the case to ask about.

    `city_id` is empty for a place that is not a city. `distance` is None if fewer than two facts
    are known of both: such places come last, by their distance in kilometres.
    """

    city_id: str
    city: str
    country: str
    distance: float | None
    shared: tuple[str | Promise, ...]


@dataclass(frozen=True)
class FitPage:
    """`own` are the cases of the city itself, `pilots` its registered pilots of the solution.

    `near` are the nearest of `n_places` with evidence. `alike` are places of its size and climate
    that tried it, the nearest first; None if that is unknown because the size or climate of some
    places is missing, or because no city tried it.

    `support` compares the city with the `n_support` places that the figures come from: those that
    measured `expected`, or all places if nothing is expected in figures. `word` is None for a case
    in its own city, which need not ask.
    """

    subject: Subject
    city_id: str
    city: str
    is_own_place: bool
    own: tuple[CaseLine, ...]
    pilots: tuple[Pilot, ...]
    conditions: tuple[ConditionLine, ...]
    needs: tuple[NeedLine, ...]
    near: tuple[NearLine, ...]
    alike: tuple[str, ...] | None
    n_places: int
    support: Likeness
    n_support: int
    outside: tuple[str | Promise, ...]
    missing: tuple[str | Promise, ...]
    expected: Expectation | None
    word: InAWord | None
    ask_case_id: str

    @property
    def first(self) -> tuple[NeedLine, ...]:
        """The prerequisites to check first: the kinds that most often stop a city."""
        ranked = sorted(self.needs, key=lambda line: CHECKED_FIRST.index(Prerequisite(line.code)))
        return tuple(ranked[:FIRST_CHECKED])

    @property
    def nobody_alike(self) -> bool:
        """Whether it is certain that no city of the same size and climate tried it."""
        return self.alike == ()

    @property
    def went_wrong(self) -> NearLine | None:
        """The nearest place with a known reason for failing, in whole or in part."""
        return next((line for line in self.near if line.reasons), None)

    @property
    def has_range(self) -> bool:
        """Whether a range may be shown for this city: it is supported and has a verdict."""
        line = self.expected
        return (
            self.supported
            and line is not None
            and line.interval is not None
            and self.word is not None
            and self.word.code != NOT_ENOUGH
        )

    @property
    def supported(self) -> bool:
        """Whether the places support a prediction for this city in particular."""
        return self.support.supported and not (self.expected and self.expected.new_combination)


def case_subject(case: CaseStudy, language: str, *, with_places: bool) -> Subject:
    """The subject of a fit check of a case, with the cases of its solution if places are needed."""
    cases = tuple(cases_of(case.solution)) if with_places else ()
    text = chosen_text(case.texts.all(), language, case.original_language)
    title = Localised(text.text.title, text.lang_attr)
    return Subject(case.public_id, title, case.solution, case, cases=cases if cases else None)


def solution_subject(solution: Solution, language: str) -> Subject:
    """The subject of a fit check of a solution; one query."""
    texts = tuple(solution.texts.all())
    text = chosen_text(texts, language)
    return Subject(
        solution.public_id, Localised(text.text.name, text.lang_attr), solution, texts=texts
    )


def own_city(actor: Actor, solution: Solution) -> City | None:
    """The city of the reader's team, annotated as by `get_city`; no query for readers without a
    team."""
    if not actor.teams:
        return None
    rows = Organisation.objects.filter(public_id__in=list(actor.teams), city__isnull=False)
    rows = rows.annotate(is_tried=tried_by(solution, "city"))
    team = rows.select_related("city").order_by("name", "id").first()
    if team is None or team.city is None:
        return None
    team.city.is_tried = team.is_tried  # type: ignore[attr-defined]
    team.city.is_ours = (  # type: ignore[attr-defined]
        team.kind == OrganisationKind.MUNICIPALITY and team.public_id in answering_teams(actor)
    )
    return team.city


def fit_page(
    subject: Subject, city: City, language: str, *, useful: float | None = None
) -> FitPage:
    """Compares the conditions of `subject` with `city`; at most fifteen queries.

    `useful`: the smallest useful change, above 0, in the unit of what is expected.
    """
    cases = cases_of(subject.solution) if subject.cases is None else list(subject.cases)
    places = places_of(cases, but=city)
    compared = _compared(subject, places)
    about = {subject.case.pk} if subject.case else {case.pk for case in cases}
    measures = {
        effect.measure.slug
        for case in cases if case.pk in about for effect in case.effects.all()
    }  # fmt: skip
    income, linked = levels(city, [place.city for place in compared], measures)
    conditions = (
        *city_conditions(city, compared, language),
        *level_conditions(income, linked, compared, language),
    )
    similarity = likeness(facts_of(city), [facts_of(place.city) for place in places])
    own = strongest_first(case for case in cases if case.city_id == city.pk)
    nearest = _nearest(cases, city, places, similarity)
    prefetch_related_objects([*own, *(near[0] for near in nearest)], "texts")
    near = tuple(_near(*nearby, language) for nearby in nearest)
    ask = subject.case.public_id if subject.case else (near[0].case_id if near else "")
    expected = expectation(cases, city, measures, language, useful=useful)
    support = similarity if expected is None else expected.support
    is_own_place = subject.case is not None and subject.case.city_id == city.pk
    needs = need_lines(subject.solution, city, language, subject.texts)
    return FitPage(
        subject=subject,
        city_id=city.public_id,
        city=local_name(city, language),
        is_own_place=is_own_place,
        own=tuple(CaseLine(**_as_dict(case, language)) for case in own),
        pilots=pilots_of(subject.solution, city),
        conditions=conditions,
        needs=needs,
        near=near,
        alike=_alike(city, places, similarity, language),
        n_places=len(places),
        support=support,
        n_support=len(places) if expected is None else expected.k,
        outside=tuple(FACTS[name] for name in support.outside),
        missing=_missing(similarity, conditions),
        expected=expected,
        word=None if is_own_place else in_a_word(expected, _named(conditions, needs)),
        ask_case_id=ask,
    )


def _named(
    conditions: Sequence[ConditionLine], needs: Sequence[NeedLine]
) -> list[tuple[Answer, Named]]:
    own = [
        (condition.judged.answer, Named(condition.code, condition.title, condition.about))
        for condition in conditions
    ]
    return own + [(Answer.UNKNOWN, Named(need.code, need.title)) for need in needs]


def _compared(subject: Subject, places: Sequence[Place]) -> tuple[Place, ...]:
    """The places that conditions are compared with: that of the case, or all of the solution."""
    case = subject.case
    if case is None:
        return tuple(places)
    return tuple(Place(place.city, (case,)) for place in places if place.city.pk == case.city_id)


def _as_dict(case: CaseStudy, language: str) -> dict[str, Any]:
    text = chosen_text(case.texts.all(), language, case.original_language)
    return {
        "case_id": case.public_id,
        "title": Localised(text.text.title, text.lang_attr),
        "outcome": case.outcome,
        "start_year": case.start_year,
        "end_year": case.end_year,
        "limit": Localised(text.text.what_did_not, text.lang_attr),
        "reasons": tuple(str(Reason(code).label) for code in case.reasons),
    }


#: A case of a nearby place, its distance, and the compared facts.
_Nearby = tuple[CaseStudy, float | None, Sequence[str]]


def _near(
    case: CaseStudy, distance: float | None, shared: Sequence[str], language: str
) -> NearLine:
    city = case.city
    return NearLine(
        **_as_dict(case, language),
        city_id=city.public_id if city else "",
        city=local_name(city, language) if city else local_place(case, language),
        country=country_name(case.country, language),
        distance=distance,
        shared=tuple(FACTS[name] for name in shared),
    )


def _nearest(
    cases: Sequence[CaseStudy], city: City, places: Sequence[Place], similarity: Likeness
) -> list[_Nearby]:
    """The nearest places; if too few can be compared, also others by distance in kilometres."""
    near: list[_Nearby] = [
        (places[neighbour.index].case, neighbour.distance, neighbour.shared)
        for neighbour in similarity.near[:NEAREST]
    ]
    if len(near) < NEAREST:
        compared = {neighbour.index for neighbour in similarity.near}
        rest = [place.case for at, place in enumerate(places) if at not in compared]
        # Regions and countries have no facts to compare; they fill in where cities are missing.
        rest = rest or ([] if near else _without_city(cases))
        rest.sort(key=lambda case: (case.country != city.country, kilometres(city, case)))
        near += [(case, None, ()) for case in rest[: NEAREST - len(near)]]
    return near


def _alike(
    city: City, places: Sequence[Place], similarity: Likeness, language: str
) -> tuple[str, ...] | None:
    own = size_and_climate(city)
    kinds = [size_and_climate(place.city) for place in places]
    alike = [
        places[neighbour.index].city
        for neighbour in similarity.near
        if kinds[neighbour.index] == own
    ]
    if own is None or (not alike and (not kinds or None in kinds)):
        return None
    return tuple(local_name(other, language) for other in alike[:NEAREST])


def _without_city(cases: Sequence[CaseStudy]) -> list[CaseStudy]:
    """Cases in regions, countries and groups of cities, without hidden places."""
    return [
        case for case in strongest_first(cases)
        if case.city_id is None and not case.is_masked and case.country != UNDISCLOSED
    ]  # fmt: skip


def need_lines(
    solution: Solution,
    city: City,
    language: str,
    texts: tuple[SolutionText, ...] | None = None,
) -> tuple[NeedLine, ...]:
    """Prerequisites by kind, in the language of the page if known, with the city's own answers.

    `texts` are those of the solution if they were already fetched.
    """
    text = chosen_text(solution.texts.all() if texts is None else texts, language)
    own = {
        condition["kind"]: CityAnswer(
            localised(condition["text"], condition["language"], language),
            condition["source"],
            dt.date.fromisoformat(condition["on"]),
        )
        for condition in city.conditions
    }
    return tuple(
        NeedLine(kind.value, kind.label, quotes, ASK.get(kind, ASK_OTHERS), own.get(kind.value))
        for kind, quotes in needs_by_kind(solution, text)
    )


def _missing(
    similarity: Likeness, conditions: Sequence[ConditionLine]
) -> tuple[str | Promise, ...]:
    """Facts that are not recorded for the city and could change the answer."""
    lacking = {line.code for line in conditions if line.own is None}
    names = [*similarity.missing, *(code for code in ("income", "baseline") if code in lacking)]
    return tuple(FACTS[name] for name in dict.fromkeys(names))
