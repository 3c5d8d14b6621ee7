"""The results of an issue of a survey: the answers over all of its versions, counted."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import QuerySet

from alliance.analysis.likeness import MOST, group_texts
from alliance.analysis.small_counts import tells_together
from alliance.core.text import digest
from alliance.participation.enums import Trait
from alliance.participation.models import Contribution, Issue, Participant, Process
from alliance.participation.panels import Issuing
from alliance.participation.services.census import CODES, category_of
from alliance.participation.services.weights import Weights, weights_of
from alliance.surveys import selectors
from alliance.surveys.enums import CROSSED, WITH_SCALE, QuestionKind
from alliance.surveys.models import Findings, OpenAnswer, Response, TeamFile, Version
from alliance.surveys.questions import Question, asked, is_empty
from alliance.surveys.services.files import packed, unpacked

#: The largest number of cross tables.
MOST_PAIRS = 100
#: How many groups of open answers are named.
MOST_GROUPS = 12


@dataclass(frozen=True)
class Material:
    """The answers of the people of an issue: `answers` as person, version, answers and traits, None
    if not stated, with parts of the city as in the census, empty for elsewhere; `texts`: by
    question the key and the text of each; `channels`: of each person; `left_out`: who is not in the
    team's file.
    """

    versions: Sequence[Version]
    answers: Sequence[tuple[int, int, Mapping[str, Any], Mapping[str, str | None]]]
    texts: Mapping[str, Sequence[tuple[int, str]]]
    areas: Sequence[str]
    weights: Weights | None
    channels: Mapping[int, str]
    left_out: Collection[int]


def read(process: Process, people: QuerySet[Participant]) -> Material:
    """The submitted answers of these people."""
    areas = dict(process.census.filter(trait=Trait.AREA).values_list("category", "people"))
    rows = Response.objects.filter(
        version__process=process, sent_at__isnull=False, participant__in=people
    )
    traits = [f"participant__{name}" for name in Trait.values]
    columns = ("participant_id", "version_id", "answers", "participant__channel", *traits)
    answers, channels = [], {}
    for person, version, person_answers, channel, *trait_values in (
        rows.order_by("pk").values_list(*columns).iterator(5_000)
    ):
        own = {name: value or None for name, value in zip(Trait.values, trait_values, strict=True)}
        if area := own[Trait.AREA]:
            own[Trait.AREA.value] = category_of(area, areas)
        answers.append((person, version, person_answers, own))
        channels[person] = channel
    file = TeamFile.objects.filter(process=process).defer("rows").first()
    return Material(
        versions=list(process.survey_versions.order_by("number")),
        answers=answers,
        texts=_open_answers(process, people),
        areas=list(areas),
        weights=weights_of(process, people),
        channels=channels,
        left_out=file.left_out_next() if file else set(),
    )


@dataclass(frozen=True)
class Made:
    """The results: the fields of `Findings` and of `TeamFile`."""

    findings: Mapping[str, Any]
    file: Mapping[str, Any]


def work_out(process: Process, material: Material, at: dt.datetime) -> Made:
    """Count the answers, and assign random ids."""
    started = time.perf_counter()
    result = count(material)
    result["crossed"]["shown"] = _shown(Findings(process=process, at=at, result=result))
    findings = {
        "at": at,
        "seconds": time.perf_counter() - started,
        "digest": digest(result),
        "result": result,
    }
    return Made(findings, _file(material))


def _file(material: Material) -> dict[str, Any]:
    """The fields of the team's file."""
    rows = [
        (secrets.token_hex(8), person, version, person_answers)
        for person, version, person_answers, _own in material.answers
        if person not in material.left_out
    ]
    return {
        "people": {str(person): name for name, person, *_ in rows},
        "left_out": sorted(material.left_out),
        "rows": packed(
            [
                (name, material.channels[person], *more)
                for name, person, *more in sorted(rows, key=itemgetter(0))
            ]
        ),
    }


def store_issue(issue: Issue, made: Made) -> None:
    """Replace the last issue by this one."""
    process = issue.process
    Findings.objects.update_or_create(process=process, defaults=dict(made.findings))
    since = {"issued_at": issue.issued_at, "is_reduced": False, "leaving": []}
    TeamFile.objects.update_or_create(process=process, defaults=dict(made.file) | since)


def withdraw(participant: Participant) -> None:
    """Remove a person from the team's file, so that nobody sees which of those who left it has
    deleted her data."""
    file = TeamFile.objects.filter(process=participant.process).first()
    if file is None:
        return
    if gone := file.let_go(participant):
        file.rows = packed([row for row in unpacked(file.rows) if row[0] not in gone])
    file.save()


ISSUING = Issuing(read=read, work_out=work_out, store=store_issue, withdraw=withdraw)


def count(material: Material) -> dict[str, Any]:
    """The results as JSON values.

    `n`: people who submitted answers. `versions`: the number and date of each, with the number of
    people who answered it. `questions`: those of the last version in their order, then those of
    earlier ones only, each with `question`, `versions`, `n` and the counts of `_counted`.
    `weights`: the traits by which answers were weighted, empty if they were not. `crossed`: see
    `_crossed`, with the tables that are `shown`.
    """
    versions, weights = material.versions, material.weights
    questions: dict[str, Question] = {}
    for version in reversed(versions):
        questions |= {
            question.key: question for question in version.asked if question.key not in questions
        }
    answers: dict[str, list[tuple[int, Any]]] = {key: [] for key in questions}
    n_of: Counter[int] = Counter()
    by_pk = {version.pk: version.asked for version in versions}
    for person, version_id, person_answers, _traits in material.answers:
        n_of[version_id] += 1
        for question in asked(by_pk[version_id], person_answers):
            value = person_answers.get(question.key)
            if not is_empty(value):
                answers[question.key].append((person, value))
            if question.is_on_map:
                for key, place_answers in _of_places(value or []).items():
                    answers[key].append((person, place_answers))
    return {
        "n": sum(n_of.values()),
        "versions": [
            {
                "number": version.number,
                "made_at": version.made_at.isoformat(),
                "n": n_of[version.pk],
            }
            for version in versions
        ],
        "questions": [
            {
                "question": question.as_data(),
                "versions": [
                    version.number
                    for version in versions
                    if any(key == other.key for other in version.asked)
                ],
                **(
                    _grouped(material.texts.get(key, []))
                    if question.kind == QuestionKind.TEXT
                    else {"n": len(answers[key])} | _counted(question, answers[key], weights)
                ),
            }
            for key, question in questions.items()
        ],
        "weights": weights.as_data(sum(n_of.values())) if weights else {},
        "crossed": _crossed(material, questions, answers),
    }


def _crossed(
    material: Material,
    questions: Mapping[str, Question],
    answers: Mapping[str, Sequence[tuple[int, Any]]],
) -> dict[str, Any]:
    """Cross tables. `categories`: the answers of each dimension; `tables`: of two of them, each
    with rows of counts, the last row and column for people without an answer. Small counts are
    suppressed on reading."""
    on_map = {key for key, question in questions.items() if question.is_on_map}
    place_of = {person: place for place, (person, *_) in enumerate(material.answers)}
    categories: dict[str, list[str]] = {}
    columns: dict[str, np.ndarray] = {}
    for key, question in questions.items():
        if question.kind in CROSSED and question.if_key not in on_map:
            values = (
                list(question.scale)
                if question.kind == QuestionKind.SCALE
                else range(len(question.options))
            )
            known = {value: place for place, value in enumerate(values)}
            categories[key] = [str(place) for place in known.values()]
            column = np.full(len(place_of), len(known))
            for person, value in answers[key]:
                column[place_of[person]] = known.get(value, len(known))
            columns[key] = column
    for trait in Trait.values:
        names = [*material.areas, ""] if trait == Trait.AREA else list(CODES[trait])
        if trait == Trait.AREA and not material.areas:
            continue
        places: dict[str | None, int] = {name: place for place, name in enumerate(names)}
        categories[trait] = names
        trait_values = [own[trait] for *_, own in material.answers]
        columns[trait] = np.array([places.get(value, len(names)) for value in trait_values])
    tables = {}
    for rows, others in combinations(categories, 2):
        height, width = len(categories[rows]) + 1, len(categories[others]) + 1
        both = columns[rows] * width + columns[others]
        counts = np.bincount(both.astype(np.int64), minlength=height * width)
        tables[f"{rows} {others}"] = counts.reshape(height, width).tolist()
    return {"categories": categories, "tables": tables}


def _shown(findings: Findings) -> list[str]:
    """The cross tables that can be published together: a table is left out if together with two
    others, all of the same people, it would reveal a suppressed count."""
    results = selectors.standing_of(findings)
    if results is None:
        return []
    tables: dict[tuple[str, str], selectors.Grouped] = {}
    for first, other in selectors.pairs(results)[:MOST_PAIRS]:
        table = selectors.grouped(results, first, other)
        if table is None:
            continue
        near = [
            {code for pair in tables if with_it in pair for code in pair}
            for with_it in (first, other)
        ]
        together = tables | {(first, other): table}
        thirds = (near[0] & near[1]) - {first, other}
        if not any(_discloses_hidden(together, (first, other, third)) for third in thirds):
            tables = together
    return [f"{first} {other}" for first, other in tables]


def _discloses_hidden(
    tables: Mapping[tuple[str, str], selectors.Grouped], codes: Sequence[str]
) -> bool:
    """Whether the three tables of three answers together reveal what one of them suppresses."""
    sizes = [0] * len(codes)
    pair_tables: dict[tuple[int, int], tuple[np.ndarray, frozenset[tuple[int, int]]]] = {}
    for first, second in combinations(range(len(codes)), 2):
        for rows, columns in ((first, second), (second, first)):
            table = tables.get((codes[rows], codes[columns]))
            if table is None:
                continue
            counts, hidden = table.counts, table.hidden
            if rows > columns:
                counts, hidden = counts.T, frozenset((b, a) for a, b in hidden)
            pair_tables[first, second] = counts, hidden
            sizes[first], sizes[second] = counts.shape
    return tells_together(sizes, pair_tables, floor=settings.PRIVACY_FLOOR)


def _open_answers(
    process: Process, people: QuerySet[Participant]
) -> dict[str, list[tuple[int, str]]]:
    """The public texts of these people, by question."""
    shown = Contribution.objects.filter(process=process, participant__in=people).shown()
    rows = OpenAnswer.objects.filter(contribution__in=shown).order_by("pk")
    texts: dict[str, list[tuple[int, str]]] = {}
    for key, text_id, text in rows.values_list("key", "pk", "contribution__post__text"):
        texts.setdefault(key, []).append((text_id, text))
    return texts


def _of_places(places: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """A person's answers about her places, by question: each answer once."""
    answers: dict[str, dict[Any, None]] = {}
    for place in places:
        for key, value in place["answers"].items():
            for answer in value if isinstance(value, list) else [value]:
                answers.setdefault(key, {})[answer] = None
    return {key: list(values) for key, values in answers.items()}


def _grouped(texts: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """The number of texts, and the largest groups of similar ones among the oldest `MOST`: the
    primary keys of each. The first visible text is the name."""
    groups: dict[int, list[int]] = {}
    read = list(texts[:MOST])
    labels = group_texts([text for _key, text in read]).tolist()
    for label, (key, _text) in zip(labels, read, strict=True):
        groups.setdefault(label, []).append(key)
    ranked = [groups[label] for label in sorted(groups) if len(groups[label]) > 1]
    return {"n": len(texts), "groups": ranked[:MOST_GROUPS]}


def _counted(
    question: Question, answers: Sequence[tuple[int, Any]], weights: Weights | None
) -> dict[str, Any]:
    """The counts of a question without free text.

    `tables`: for each row of a matrix, else one: `counts` by answer, `weighted` shares or None,
    `n`, the number of people who answered, and for numbers `mean`. A ranking counts who put each
    item first, and `means` are the mean ranks. For a question on a map, `people` is the number who
    marked something in each cell, `n_places` the number of places, `n_named` how many of them are
    only described in words. Questions about each place count the people who gave the answer for any
    place.
    """
    kind = question.kind
    if question.is_on_map:
        people = Counter(
            code
            for _person, marked in answers
            for code in {code for place in marked for code in place["cells"]}
        )
        marked = [place for _person, places in answers for place in places]
        n_named = sum(not place["cells"] for place in marked)
        return {"tables": [], "n_places": len(marked), "n_named": n_named, "people": dict(people)}
    if kind == QuestionKind.NUMBER:
        per_person = [value if isinstance(value, list) else [value] for _person, value in answers]
        values = np.array([number for several in per_person for number in several], float)
        if not len(values):
            return {"tables": []}
        low, middle, high = (float(quantile) for quantile in np.quantile(values, [0.25, 0.5, 0.75]))
        return {"tables": [], "median": middle, "quartiles": [low, high]}
    lines: Iterable[list[tuple[int, Any]]] = [list(answers)]
    if kind == QuestionKind.MATRIX:
        lines = [
            [(person, value[place]) for person, value in answers if value[place] is not None]
            for place in range(len(question.options))
        ]
    elif kind == QuestionKind.RANKING:
        lines = [[(person, value[0]) for person, value in answers]]
    places = list(question.scale) if kind in WITH_SCALE else list(range(len(question.options)))
    result: dict[str, Any] = {"tables": [_table(places, line, weights, kind) for line in lines]}
    if kind == QuestionKind.RANKING and answers:
        ranks = np.array([np.argsort(value) + 1 for _person, value in answers], float)
        result["means"] = ranks.mean(axis=0).tolist()
    return result


def _table(
    places: Sequence[int],
    answers: Sequence[tuple[int, Any]],
    weights: Weights | None,
    kind: str,
) -> dict[str, Any]:
    counts: Counter[int] = Counter()
    sums: dict[int, float] = dict.fromkeys(places, 0.0)
    total, n_weighted = 0.0, 0
    of: Mapping[int, float] = weights.of if weights else {}
    for person, value in answers:
        chosen = value if isinstance(value, list) else [value]
        counts.update(chosen)
        weight = of.get(person)
        if weight is not None:
            n_weighted += 1
            total += weight
            for answer in chosen:
                sums[answer] += weight
    table: dict[str, Any] = {
        "n": len(answers),
        "counts": [counts[place] for place in places],
        "n_weighted": n_weighted,
        "weighted": weights.shares([sums[place] for place in places], total) if weights else None,
    }
    if kind in WITH_SCALE and answers:
        per_person = [value if isinstance(value, list) else [value] for _person, value in answers]
        table["mean"] = sum(map(sum, per_person)) / sum(map(len, per_person))
    return table
