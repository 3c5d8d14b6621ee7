"""The answer above the hits: one sentence made by rule from the stored verdict of a solution.

It is given to a query that names a solution, or a solution and an outcome; no model, no network.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.utils import translation

from alliance.knowledge.effects import (
    UNDISCLOSED,
    counted_by_sample,
    place_key,
    sample_key,
    speaking,
)
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.messages.spread import to_check_again
from alliance.knowledge.models import (
    CaseStudy,
    Effect,
    Measure,
    NullResult,
    Solution,
    SolutionVerdict,
    Unit,
)
from alliance.knowledge.selectors.localise import local_name, local_place, local_symbol
from alliance.knowledge.selectors.verdicts import view_of
from alliance.search.analysis import exact_tokens_in, name_tokens
from alliance.search.compounds import split_by_glossary
from alliance.search.expansion import language_of
from alliance.search.glossary import glossary
from alliance.search.index import Index
from alliance.search.matching import Match, ParsedText
from alliance.search.query import FinderQuery
from alliance.search.results import Answer, Figure
from alliance.search.selectors.hits import record_url
from alliance.search.tokens import (
    LANGUAGES,
    bare,
    is_filler,
    is_stop_word,
    names_no_subject,
    stem_token,
    words,
)
from alliance.web import formatting
from alliance.web.page_cache import cached

#: Telling words of a query that may be the name of a solution.
LONGEST_NAME = 8
#: Share of the name of an outcome that is asking for it, where it is not the one of the verdict;
#: and of the best score that a solution must have to be what is asked about.
HALF = 0.5
#: Places that the answer names.
MOST_PLACES = 8
#: Things that a query asks for from which on the nearest solution stands above its hits: one thing
#: alone, such as "heat", is looked around in.
LEAST_OF_A_QUESTION = 2
#: The nearest solution is one of so many first hits, or it is not near.
FIRST_HITS = 3
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


@lru_cache(maxsize=1)
def _solutions_by_concept(index: Index) -> dict[str, int]:
    """The rows of solutions by the concept that more than half of the words of their name stand
    for; a concept of several solutions names none."""
    rows_by_concept: dict[str, set[int]] = {}
    for row in np.flatnonzero(index.facet("kind").having(["solution"]) & index.alive).tolist():
        for language in LANGUAGES:
            name = [bare(word, language) for word in words(index.title(row, language)) if word]
            small = [is_stop_word(word, language) for word in name]
            tokens = [stem_token(word, language) for word in name]
            for span in glossary().spans(tokens, small, language):
                telling = len(small[span.start : span.end]) - sum(small[span.start : span.end])
                if 2 * telling > len(small) - sum(small):
                    for concept in span.concepts:
                        rows_by_concept.setdefault(concept, set()).add(row)
    return {concept: min(rows) for concept, rows in rows_by_concept.items() if len(rows) == 1}


def _named(index: Index, parsed: ParsedText, match: Match) -> int | None:
    """The row of the solution that the query names, the nearest where it names several."""
    by_concept = _solutions_by_concept(index)
    rows = {by_concept[concept] for concept in match.expansion.concepts if concept in by_concept}
    for language in LANGUAGES:
        for token in exact_tokens_in(parsed.words, language, LONGEST_NAME):
            rows.update(index.postings(token)[0].tolist())
    named = [row for row in rows if index.identity(row)[0] == "solution"]
    row = max(named, key=lambda row: (match.score[row], -row), default=None)
    # What most of the question is not about is no answer to it.
    return row if row is not None and match.score[row] >= HALF * match.score.max() else None


def _nearest(index: Index, match: Match) -> int | None:
    """The row of the solution that comes nearest to a question of several things, none of which
    names one: tried and graded, it has all words of the question or shares a concept with it, is
    found by much of it, and is among the first hits."""
    if sum(not _says_nothing(term.word) for term in match.expansion.needed) < LEAST_OF_A_QUESTION:
        return None
    near = match.full.copy()
    for concept in match.expansion.concepts:
        near[index.postings(f"c:{concept}")[0]] = True
    near &= index.facet("kind").having(["solution"]) & (index.columns["evidence"] >= 0)
    rows = np.flatnonzero(near & index.alive).tolist()
    row = max(rows, key=lambda row: (match.score[row], -row), default=None)
    if row is None or match.score[row] < HALF * match.score.max():
        return None
    hits = index.facet("kind").having(["solution", "case"]) & index.alive
    before = np.count_nonzero(hits & (match.score > match.score[row]))
    return row if before < FIRST_HITS else None


def _asked_of(match: Match, names: Iterable[str]) -> frozenset[str]:
    """Tokens of the query that do not belong to the name of the solution."""
    own = {token for name in names for tongue in LANGUAGES for token in name_tokens(name, tongue)}
    asked = {
        token
        for term in match.expansion.terms
        if not term.is_light and not own & set(term.alternatives) and not _says_nothing(term.word)
        for token in (*term.alternatives, *term.kin)
        if not token.startswith(("n:", "w:"))
    }
    # What no record speaks of may be the name of an outcome all the same.
    for word in (word for word in match.expansion.unmatched if not _says_nothing(word)):
        asked |= {token for tongue in LANGUAGES for token in name_tokens(word, tongue)}
    return frozenset(asked)


def _says_nothing(word: str) -> bool:
    """Whether it is a filler of any language, or names what is looked for without saying of what:
    who mixes them asks for no outcome by "staden", and for no solution by "projets"."""
    plain = [(bare(word, tongue), tongue) for tongue in LANGUAGES]
    return any(is_filler(*pair) or names_no_subject(*pair) for pair in plain)


@lru_cache(maxsize=1_000)
def _name(name: str, language: str) -> tuple[frozenset[str], int]:
    """The tokens of the name of an outcome, and how many words of it tell something.

    The first part of a compound is none of them: "trafikolyckor" are no traffic.
    """
    telling = [word for word in words(name) if word and not is_stop_word(word, language)]
    parts = (split_by_glossary(bare(word, language)) for word in telling if language == "sv")
    first = {part.partition(":")[2] for compound in parts for part in compound[:-1]}
    apart = {token for part in first for token in name_tokens(part, language)}
    return name_tokens(name, language) - apart, len(telling)


def _asked_for(measure: Any, asked: frozenset[str]) -> float:
    """The share of the words of the name of a measure that the query has, 0 to 1, in the language
    in which it has most."""
    names = {"en": measure.name, "fr": measure.name_fr, "sv": measure.name_sv}
    shares = (
        len(asked & tokens) / n
        for tokens, n in (_name(name, tongue) for tongue, name in names.items() if name)
        if n
    )
    return min(1.0, max(shares, default=0.0))


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


def answer(index: Index, query: FinderQuery, parsed: ParsedText, match: Match) -> Answer | None:
    """The answer to a query, None where it names no solution and none comes near it.

    Three queries to the database, two more where another outcome may be asked for, and two where no
    result speaks of it.
    """
    named = _named(index, parsed, match) if parsed.words else None
    row = _nearest(index, match) if named is None and parsed.words else named
    if row is None:
        return None
    kind, public_id = index.identity(row)
    verdicts = list(
        SolutionVerdict.objects.filter(solution__public_id=public_id)
        .select_related("measure", "unit", "solution")
        .prefetch_related("solution__disputes")
        .defer("cases")
        .order_by("-is_main", "id")
    )
    if not verdicts and not Solution.objects.filter(public_id=public_id).exists():
        return None
    href = record_url(kind, public_id)
    find = FinderQuery(filters={"solution": (public_id,), "kind": ("case",)})
    # Resolving an address costs more than all else here: once is enough.
    address = record_url("case", "0").removesuffix("0/")
    language = language_of(parsed.words, query.language)
    evidence = int(index.columns["evidence"][row])
    with translation.override(language):
        titles = {index.title(row, tongue) for tongue in LANGUAGES}
        asked = _asked_of(match, titles)
        share = {
            verdict: _asked_for(verdict.measure, asked) for verdict in verdicts if verdict.measure
        }
        verdict = max(share, key=share.__getitem__, default=None)
        verdict_share = 0.0 if verdict is None else share[verdict]
        measures = _solution_measures(public_id) if asked and verdict_share < 1 else []
        other = (
            _other_outcome(public_id, measures, asked, verdict_share) if verdict_share < 1 else None
        )
        verdict = verdict if verdict_share and not other else next(iter(verdicts), None)
        nowhere = _unmeasured(measures, asked) if verdict and not (verdict_share or other) else None
        view = None if verdict is None else view_of(verdict, language)
        outcome = other or verdict
        chosen = _chosen(public_id, outcome) if outcome else []
        addresses = {effect.case_id: f"{address}{effect.case.public_id}/" for effect in chosen}
        by_value = sorted(chosen, key=lambda effect: effect.value)
        possible = bool(by_value) and not (
            by_value[0].unit.symbol == "%" and by_value[0].value < -100
        )
        low, high = (
            (
                Figure(_value(effect), addresses[effect.case_id])
                for effect in (by_value[0], by_value[-1])
            )
            if possible
            else (None, None)
        )
        places = {
            place_key(effect.case): Figure(_place(effect.case, language), addresses[effect.case_id])
            for effect in chosen
            if effect.case.country != UNDISCLOSED
        }
        return Answer(
            language=language,
            lang_attr="" if language == query.language else language,
            solution=Figure(index.title(row, language), href),
            is_nearest=named is None,
            headline=view.headline if view else "",
            is_silent=view is not None and (view.is_silent or other is not None),
            sentences=view.sentences if view is not None and view.needs_words else (),
            asked=local_name(other.measure, language) if other else "",
            unmeasured=local_name(nowhere, language) if nowhere else "",
            low=low,
            high=high,
            n_places=len(chosen),
            to_check_again=to_check_again(
                sum(bool(effect.check_again) for effect in chosen), len(chosen)
            ),
            cases_href=find.querystring,
            places=tuple(list(places.values())[:MOST_PLACES]),
            evidence=None if evidence < 0 else evidence,
        )


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


def _solution_measures(solution: str) -> list[Measure]:
    """The measures that results for the solution speak of."""
    measures = _counted_effects(solution).order_by().values("measure")
    return cached(
        _SHOWN,
        ("measures", solution),
        lambda: list(Measure.objects.filter(pk__in=measures).order_by("slug")),
    )


def _unmeasured(measures: Iterable[Measure], asked: frozenset[str]) -> Any:
    """The outcome asked for, by its names, that no result for the solution speaks of, not even in
    part; None where a result does, or where the words name none."""
    if not asked:
        return None
    if any(_asked_for(measure, asked) for measure in measures):
        return None
    names = cached(
        frozenset({"measure"}),
        "names of measures",
        lambda: list(Measure.objects.order_by("slug").values_list(*_NAMES, named=True)),
    )
    share = {name: _asked_for(name, asked) for name in names}
    meant = max(share, key=share.__getitem__, default=None)
    return meant if meant is not None and share[meant] >= HALF else None


def _other_outcome(
    solution: str, measures: Iterable[Measure], asked: frozenset[str], verdict_share: float
) -> Effect | None:
    """The first result for the outcome asked for, one of `results`, where cases measured it too
    seldom for a verdict; `share` is the share of its words that the one with a verdict has."""
    if not asked:
        return None
    share = {measure: _asked_for(measure, asked) for measure in measures}
    meant = max(share, key=share.__getitem__, default=None)
    if meant is None or share[meant] < HALF or share[meant] <= verdict_share:
        return None
    effects = _counted_effects(solution).filter(measure=meant)
    return effects.select_related("measure", "unit").first()
