"""The answer above the hits: made by rule from stored verdicts and cases, no model, no network.

`question` reads what is asked and of which solution; here it is looked up, or nothing is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from alliance.cases.effects import UNDISCLOSED, counted_by_sample, place_key, sample_key, speaking
from alliance.cases.enums import CaseStatus, Outcome
from alliance.cases.models import CaseStudy, Effect, Measure, NullResult, SolutionText, Unit
from alliance.cases.selectors.localise import chosen_text, local_name, local_place, local_symbol
from alliance.evidence.messages.spread import to_check_again
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.selectors.decisions import BEST_FIRST
from alliance.evidence.selectors.verdict_line import in_words
from alliance.evidence.selectors.verdicts import view_of
from alliance.search.facet_columns import Rows
from alliance.search.index import Index
from alliance.search.intent import Intent
from alliance.search.labels import UNKNOWN, code_label
from alliance.search.matching import Match, ParsedText
from alliance.search.measures import has_word_of, tokens_of, words_met
from alliance.search.problems import PROBLEMS
from alliance.search.query import FinderQuery
from alliance.search.question import Question, question_of
from alliance.search.results import Answer, Count, Figure, Figures, Hit, VerdictAnswer
from alliance.search.selectors.hits import hits_of, record_url
from alliance.search.selectors.problems import best_of
from alliance.search.tokens import LANGUAGES
from alliance.web import formatting
from alliance.web.page_cache import cached

#: Places that the answer names, solutions that it compares, failures and groups of people.
MOST_PLACES = 8
MOST_LINES = 3
MOST_FAILURES = 3
MOST_GROUPS = 4
#: What several solutions can be asked about together: their lines say how well they work, what they
#: cost, and who pays.
_OF_SEVERAL = {
    None, Intent.WORKS, Intent.METHOD, Intent.COST, Intent.PAYERS, Intent.CHOICE,
}  # fmt: skip
_NAMES = ("name", "name_fr", "name_sv")
_PLACE = ("place_name", "place_name_fr", "place_name_sv")
#: What of a result is read, of its case and of its city: rows, because models take three times the
#: time.
_READ = (
    *("value", "low", "high", "standard_error", "n", "qualifier", "period_start", "period_end"),
    *("design", "direction", "pool_exclusion", "study", "sample", "check_again"),
    *("has_late_plan", "has_failed_check", "has_deviation", "case_id"),
)
#: Acts after which these may be other ones.
_SHOWN = frozenset({"solution", "case", "measure", "unit", "city"})
_READ_OF_CASE = ("public_id", "country", "has_nulls", "city_id", *_PLACE)


def answer(
    index: Index, query: FinderQuery, parsed: ParsedText, match: Match, today: dt.date
) -> Answer | None:
    """The answer to a query, None where it asks for nothing that can be answered.

    At most six queries to the database, and two where people or sites are counted by several
    results.
    """
    question = question_of(index, parsed, match, query.language)
    if question is None:
        return None
    language = question.language
    frame = Answer(
        language=language,
        lang_attr="" if language == query.language else language,
        intent=question.intent or Intent.WORKS,
        is_nearest=not question.named,
    )
    rows = question.named or question.near
    # "How do we …" asks which solutions there are, unless it names one.
    is_of_one = question.intent != Intent.CHOICE and (
        question.named or question.intent not in (None, Intent.METHOD)
    )
    with translation.override(language):
        if len(rows) != 1 or not is_of_one:
            return _choice(index, question, today, frame)
        hit = next(iter(hits_of(index, np.array(rows), language, today)), None)
        if hit is None:
            return None
        frame = replace(frame, solution=Figure(index.title(rows[0], language), hit.url))
        if frame.intent == Intent.COST:
            return _cost(hit, frame)
        if frame.intent == Intent.PAYERS:
            return _payers(index, hit, frame)
        if frame.intent == Intent.FAILURE:
            return _failures(index, hit, match, today, frame)
        if frame.intent == Intent.METHOD and not question.rest:
            return _method(hit, frame)
        by_verdict, names_outcome = _verdict(hit, question, parsed, frame)
        # "How does it change …" asks for an outcome, not for how it is done.
        is_how = frame.intent == Intent.METHOD and not names_outcome
        return _method(hit, frame) if is_how else by_verdict


def _choice(index: Index, question: Question, today: dt.date, frame: Answer) -> Answer | None:
    """Several solutions, or the best ones for a problem; the strongest verdicts first."""
    if question.intent not in _OF_SEVERAL:
        return None
    problem = PROBLEMS.get(question.problem)
    rows = question.named or question.near
    lines: Sequence[Hit] = ()
    if rows:
        lines = sorted(hits_of(index, np.array(rows), frame.language, today), key=_place_of_verdict)
    elif problem is not None:
        lines = best_of(index, problem, frame.language, today, MOST_LINES)
    if not lines:
        return None
    return replace(
        frame,
        intent=Intent.CHOICE,
        is_nearest=len(lines) == 1 and problem is None,
        lines=tuple(lines[:MOST_LINES]),
        problem=None
        if problem is None
        else Figure(str(problem.label), reverse("search:problem", args=[problem.code])),
    )


def _place_of_verdict(hit: Hit) -> int:
    """From what works to what nobody knows."""
    code = (hit.extra.get("verdict") or {}).get("code")
    return BEST_FIRST.index(code) if code in BEST_FIRST else len(BEST_FIRST)


def _cost(hit: Hit, frame: Answer) -> Answer:
    line = in_words(hit.extra)
    find = FinderQuery(filters={"solution": (hit.public_id,), "kind": ("case",)}, sort="cost")
    return replace(frame, cost=line.cost, time=line.time, cases_href=find.querystring)


def _cases_of(index: Index, solution: Hit) -> Rows:
    is_case = index.facet("kind").having(["case"])
    is_of_it = index.facet("solution").having([solution.public_id])
    return np.flatnonzero(is_case & is_of_it & index.alive)


def _count(index: Index, cases: Rows, solution: Hit, key: str, most: int) -> tuple[Count, ...]:
    """How many cases have each code of a filter, most first, with the search that lists them."""
    column = index.facet(key)
    counts = dict(zip(column.vocabulary, column.count(cases).tolist(), strict=True))
    codes = [code for code, n in counts.items() if n and code != UNKNOWN]
    filters = {"solution": (solution.public_id,), "kind": ("case",)}
    return tuple(
        Count(
            code,
            str(code_label(key, code, translation.get_language())),
            counts[code],
            FinderQuery(filters={**filters, key: (code,)}).querystring,
        )
        for code in sorted(codes, key=lambda code: (-counts[code], code))[:most]
    )


def _payers(index: Index, solution: Hit, frame: Answer) -> Answer:
    cases = _cases_of(index, solution)
    return replace(
        frame,
        gained=_count(index, cases, solution, "gained", MOST_GROUPS),
        paid=_count(index, cases, solution, "paid", MOST_GROUPS),
        n_cases=cases.size,
    )


def _failures(index: Index, solution: Hit, match: Match, today: dt.date, frame: Answer) -> Answer:
    """The cases that did not work, else those with mixed results; those in the place that is asked
    about come first."""
    cases = _cases_of(index, solution)
    counts = {
        count.code: count for count in _count(index, cases, solution, "outcome", len(Outcome))
    }
    failed, mixed = counts.get(Outcome.DID_NOT_WORK), counts.get(Outcome.MIXED)
    most_telling = failed or mixed
    code = most_telling.code if most_telling else ""
    shown = cases[index.facet("outcome").having([code])[cases]]
    shown = shown[np.lexsort((index.rank[shown], -match.score[shown]))][:MOST_FAILURES]
    return replace(
        frame,
        failed=failed,
        mixed=mixed,
        lines=hits_of(index, shown, frame.language, today),
        n_cases=cases.size,
    )


def _method(solution: Hit, frame: Answer) -> Answer | None:
    """How it works and what it needs, in the words of its page."""
    texts = list(SolutionText.objects.filter(solution__public_id=solution.public_id))
    if not texts:
        return None
    text = chosen_text(texts, frame.language)
    how = text.text.how_it_works or text.text.summary
    prerequisites = tuple(text.text.prerequisites)
    return replace(frame, how=how, how_lang=text.lang_attr, prerequisites=prerequisites)


def _verdict(
    hit: Hit, question: Question, parsed: ParsedText, frame: Answer
) -> tuple[Answer | None, bool]:
    """The verdict for the outcome asked for, else for the main one, and what was measured; and
    whether the question names an outcome. None where it asks for something that the solution says
    nothing of."""
    solution = hit.public_id
    verdicts = list(
        SolutionVerdict.objects.filter(solution__public_id=solution)
        .select_related("measure", "unit", "solution")
        .prefetch_related("solution__disputes")
        .defer("cases")
        .order_by("-is_main", "id")
    )
    asked = _Asked(question, parsed)
    verdict, other, nowhere, is_named = _outcome(solution, verdicts, asked)
    view = None if verdict is None else view_of(verdict, frame.language)
    outcome = other or verdict
    find = FinderQuery(filters={"solution": (solution,), "kind": ("case",)})
    is_of_it = is_named or (verdict is not None and asked.has_word_of(verdict.measure))
    if not is_of_it and (question.has_unfound or (question.n_absent and question.intent)):
        return None, False
    by_verdict = replace(
        frame,
        intent=Intent.AMOUNT if frame.intent == Intent.AMOUNT else Intent.WORKS,
        verdict=VerdictAnswer(
            headline=view.headline if view else "",
            is_silent=view is not None and (view.is_silent or other is not None),
            result=view.result if view and not (other or nowhere) else "",
            disputes=view.disputes if view and not other else (),
            sentences=view.sentences if view is not None and view.needs_words else (),
            asked=local_name(other.measure, frame.language) if other else "",
            unmeasured=local_name(nowhere, frame.language) if nowhere else "",
            is_closest=bool(question.rest) and not is_of_it,
            evidence=hit.evidence,
        ),
        figures=figures_of(solution, outcome, frame.language) if outcome else None,
        cases_href=find.querystring,
    )
    return by_verdict, is_named


class _Asked:
    """The words of a question that may name an outcome, as tokens of each language."""

    def __init__(self, question: Question, parsed: ParsedText):
        tokens = {language: tokens_of(parsed.words, language) for language in LANGUAGES}

        def of_words(places: Iterable[int]) -> dict[str, frozenset[str]]:
            return {
                language: frozenset().union(*(by_word[place] for place in places))
                for language, by_word in tokens.items()
            }

        self._rest, self._name = of_words(question.rest), of_words(question.name)

    def __bool__(self) -> bool:
        return any(self._rest.values())

    def words_of(self, measure: Any) -> float:
        """How many words of the name of a measure there are, where there are all of them."""
        return words_met(_by_language(measure), self._rest, self._name)

    def has_word_of(self, measure: Any) -> bool:
        return measure is not None and has_word_of(_by_language(measure), self._rest)


def _by_language(measure: Any) -> dict[str, str]:
    return {"en": measure.name, "fr": measure.name_fr, "sv": measure.name_sv}


def _outcome(
    solution: str, verdicts: Sequence[SolutionVerdict], asked: _Asked
) -> tuple[SolutionVerdict | None, Effect | None, Any, bool]:
    """What a question about a solution asks of it: the verdict for the outcome that it names, else
    the main one; the first result for an outcome that too few places measured for a verdict; an
    outcome, by its names, that no result speaks of; and whether it names any."""
    main = next(iter(verdicts), None)
    if main is None or not asked:
        return main, None, None, False
    by_verdict = [(asked.words_of(row.measure), row) for row in verdicts if row.measure]
    n, verdict = max(by_verdict, key=itemgetter(0), default=(0, None))
    measures = _solution_measures(solution)
    by_measure = [(asked.words_of(row), row) for row in measures]
    n_other, measure = max(by_measure, key=itemgetter(0), default=(0, None))
    if measure and n_other > n and not _is_part_of_name(measure, main.measure):
        effects = _counted_effects(solution).filter(measure=measure)
        return main, effects.select_related("measure", "unit").first(), None, True
    if n or any(asked.has_word_of(row) for row in measures):
        return verdict if n else main, None, None, n > 0
    names = cached(
        frozenset({"measure"}),
        "names of measures",
        lambda: list(Measure.objects.order_by("slug").values_list(*_NAMES, named=True)),
    )
    nowhere = max(names, key=asked.words_of, default=None)
    if nowhere is None or not asked.words_of(nowhere):
        return main, None, None, False
    return main, None, nowhere, True


def _is_part_of_name(measure: Measure, main: Measure | None) -> bool:
    """Whether the main outcome names the other one more closely, as "household electricity use"
    does for "electricity use"."""
    return main is not None and set(measure.name.split()) <= set(main.name.split())


def _solution_measures(solution: str) -> list[Measure]:
    """The measures that results for the solution speak of."""
    measures = _counted_effects(solution).order_by().values("measure")
    return cached(
        _SHOWN,
        ("measures", solution),
        lambda: list(Measure.objects.filter(pk__in=measures).order_by("slug")),
    )


def figures_of(solution: str, outcome: Effect | SolutionVerdict, language: str) -> Figures | None:
    """The ends of what was measured for an outcome, with their cases, and the places; None where
    nothing was. All figures of an answer come from here."""
    chosen = _chosen(solution, outcome)
    if not chosen:
        return None
    # Resolving an address costs more than all else here: once is enough.
    address = record_url("case", "0").removesuffix("0/")
    addresses = {effect.case_id: f"{address}{effect.case.public_id}/" for effect in chosen}
    by_value = sorted(chosen, key=lambda effect: effect.value)
    # A range that cannot happen is not shown.
    possible = not (by_value[0].unit.symbol == "%" and by_value[0].value < -100)
    low, high = (
        Figure(_value(effect), addresses[effect.case_id]) if possible else None
        for effect in (by_value[0], by_value[-1])
    )
    places = {
        place_key(effect.case): Figure(_place(effect.case, language), addresses[effect.case_id])
        for effect in chosen
        if effect.case.country != UNDISCLOSED
    }
    return Figures(
        low=low,
        high=high,
        n_places=len(chosen),
        places=tuple(list(places.values())[:MOST_PLACES]),
        to_check_again=to_check_again(
            sum(bool(effect.check_again) for effect in chosen), len(chosen)
        ),
    )


def _counted_effects(solution: str) -> QuerySet[Effect]:
    """The results that count, in the order that all pages read them."""
    return Effect.objects.filter(
        case__solution__public_id=solution, case__status=CaseStatus.PUBLISHED, pool_exclusion=""
    ).order_by("case__public_id", "position")


def _place(case: CaseStudy, language: str) -> str:
    return local_name(case.city, language) if case.city else local_place(case, language)


def _value(effect: Effect) -> str:
    symbol = local_symbol(effect.unit, translation.get_language())
    return formatting.effect(effect.value, symbol, is_change=effect.unit.is_change)


def _chosen(solution: str, outcome: Effect | SolutionVerdict) -> list[Effect]:
    """The results for a measure in a unit that speak, one for each place, as the page of the
    solution has them; one query, two more where people or sites are counted by several."""
    measure, unit, direction = outcome.measure, outcome.unit, outcome.direction
    if measure is None or unit is None:
        return []
    return cached(
        _SHOWN,
        ("speaking", solution, measure.pk, unit.pk, direction),
        lambda: _speaking(_counted_effects(solution), measure, unit, direction),
    )


def _speaking(
    effects: QuerySet[Effect], measure: Measure, unit: Unit, direction: str
) -> list[Effect]:
    of_case, of_city = len(_READ), len(_READ) + len(_READ_OF_CASE)
    rows: list[Any] = []
    for values in effects.filter(measure=measure, unit=unit, direction=direction).values_list(
        *_READ,
        *(f"case__{name}" for name in _READ_OF_CASE),
        *(f"case__city__{name}" for name in _NAMES),
    ):
        effect = SimpleNamespace(**dict(zip(_READ, values[:of_case], strict=True)))
        effect.measure, effect.unit = measure, unit
        case = dict(zip(_READ_OF_CASE, values[of_case:of_city], strict=True))
        city = SimpleNamespace(**dict(zip(_NAMES, values[of_city:], strict=True)))
        effect.case = SimpleNamespace(
            **case, pk=effect.case_id, city=city if case["city_id"] else None
        )
        rows.append(effect)
    cases = {row.case_id: row.case for row in rows}
    places = {pk: place_key(case) for pk, case in cases.items()}
    if any(row.sample for row in rows):
        counted = Effect.objects.order_by().filter(case__in=cases, pool_exclusion="")
        samples = [
            (pk, sample_key(study or cases[pk].public_id, sample))
            for pk, study, sample in counted.values_list("case_id", "study", "sample")
        ]
        if with_nulls := [pk for pk, case in cases.items() if case.has_nulls]:
            nulls = NullResult.objects.order_by().filter(case__in=with_nulls)
            samples += ((pk, "") for pk in nulls.values_list("case_id", flat=True))
        places = counted_by_sample(places, samples)
    return [effect for _key, _case, effect in speaking([(row.case, row) for row in rows], places)]
