"""What the answers to a survey say, over all of its versions: worked out by the worker, kept."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db.models import Count, Sum

from alliance.analysis.likeness import MOST, group_texts
from alliance.core.text import digest
from alliance.participation.enums import ProcessKind, ProcessState, Trait
from alliance.participation.models import Contribution, Process
from alliance.participation.services.weights import Weights, weights_of
from alliance.surveys.enums import WITH_SCALE, QuestionKind
from alliance.surveys.models import Findings, OpenAnswer, Response
from alliance.surveys.questions import Question, asked, is_empty

#: An analysis waits so many times as long as the last one took.
REST = 20
#: Groups of open answers that are named.
MOST_GROUPS = 12
_LONGEST_NAME = 160


def _state(process: Process) -> str:
    """Another text for other answers, questions, texts that are shown, or people who said who they
    are."""
    sent = Response.objects.filter(version__process=process, sent_at__isnull=False)
    texts = Contribution.objects.filter(process=process, open_answer__isnull=False).shown()
    who = process.participants.took_part().exclude(**dict.fromkeys(Trait.values, ""))
    traits = who.order_by(*Trait.values).values_list(*Trait.values)
    return digest(
        repr(
            (
                sorted(
                    sent.aggregate(n=Count("pk"), changes=Sum("changes"), total=Sum("pk")).items()
                ),
                list(process.survey_versions.values_list("number", "made_at")),
                sorted(texts.aggregate(n=Count("pk"), total=Sum("pk")).items()),
                list(traits.annotate(n=Count("pk"), total=Sum("pk"))),
                list(process.census.values_list("trait", "category", "people")),
            )
        )
    )


def work_out(process: Process, *, at: dt.datetime) -> Findings:
    """Count the answers that were sent, and keep what they say."""
    state, started = _state(process), time.perf_counter()
    result = count(process)
    kept, _ = Findings.objects.update_or_create(
        process=process,
        defaults={
            "at": at,
            "seconds": time.perf_counter() - started,
            "digest": state,
            "result": result,
        },
    )
    return kept


def work_out_changed(*, at: dt.datetime) -> int:
    """Count the surveys whose answers are others than last time; how many."""
    rows = Process.objects.filter(
        kind=ProcessKind.SURVEY,
        state__in=[ProcessState.OPEN, ProcessState.CLOSED, ProcessState.ANSWERED],
    )
    n = 0
    for process in rows.select_related("findings"):
        last = getattr(process, "findings", None)
        if last is not None:
            rest = dt.timedelta(seconds=REST * last.seconds)
            is_open = process.state == ProcessState.OPEN
            if (is_open and at < last.at + rest) or last.digest == _state(process):
                continue
        work_out(process, at=at)
        n += 1
    return n


def count(process: Process) -> dict[str, Any]:
    """The answers of a process as JSON can hold them.

    `n`: people who sent answers. `versions`: the number and day of each, with how many answered it.
    `questions`: those of the last version in their order, then those that only earlier ones had,
    each with `question`, `versions`, `n` and `counts` as `_counted` gives them.
    `weights`: by which traits answers were weighted, empty where they were not.
    """
    versions = list(process.survey_versions.order_by("number"))
    questions: dict[str, Question] = {}
    for version in reversed(versions):
        questions |= {one.key: one for one in version.asked if one.key not in questions}
    answers: dict[str, list[tuple[int, Any]]] = {key: [] for key in questions}
    n_of: Counter[int] = Counter()
    by_pk = {one.pk: one.asked for one in versions}
    rows = Response.objects.filter(version__process=process, sent_at__isnull=False)
    columns = ("participant_id", "version_id", "answers")
    for person, version, given in rows.order_by("pk").values_list(*columns).iterator(5_000):
        n_of[version] += 1
        for one in asked(by_pk[version], given):
            value = given.get(one.key)
            if not is_empty(value):
                answers[one.key].append((person, value))
            if one.is_on_map:
                for key, said_of in _of_places(value or []).items():
                    answers[key].append((person, said_of))
    weights = weights_of(process)
    said = _open_answers(process)
    return {
        "n": sum(n_of.values()),
        "versions": [
            {"number": one.number, "made_at": one.made_at.isoformat(), "n": n_of[one.pk]}
            for one in versions
        ],
        "questions": [
            {
                "question": one.as_data(),
                "versions": [
                    version.number
                    for version in versions
                    if any(key == other.key for other in version.asked)
                ],
                **(
                    _grouped(said.get(key, []))
                    if one.kind == QuestionKind.TEXT
                    else {"n": len(answers[key])} | _counted(one, answers[key], weights)
                ),
            }
            for key, one in questions.items()
        ],
        "weights": {
            "traits": list(weights.traits),
            "n": weights.n,
            "effective_n": weights.effective_n,
            "off": weights.off,
        }
        if weights
        else {},
    }


def _open_answers(process: Process) -> dict[str, list[str]]:
    """What everybody reads of the texts, by question."""
    shown = Contribution.objects.filter(process=process).shown()
    rows = OpenAnswer.objects.filter(contribution__in=shown).order_by("pk")
    found: dict[str, list[str]] = {}
    for key, text in rows.values_list("key", "contribution__post__text"):
        found.setdefault(key, []).append(text)
    return found


def _of_places(places: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What one person said of her places, by question: each answer once."""
    found: dict[str, dict[Any, None]] = {}
    for place in places:
        for key, value in place["answers"].items():
            for one in value if isinstance(value, list) else [value]:
                found.setdefault(key, {})[one] = None
    return {key: list(values) for key, values in found.items()}


def _grouped(texts: Sequence[str]) -> dict[str, Any]:
    """How many texts there are, and the largest groups of those that say alike, the oldest `MOST`
    of them read: each named by its first text."""
    groups: dict[int, list[str]] = {}
    read = list(texts[:MOST])
    for label, text in zip(group_texts(read).tolist(), read, strict=True):
        groups.setdefault(label, []).append(text)
    ranked = [groups[label] for label in sorted(groups) if len(groups[label]) > 1]
    named = [{"name": one[0][:_LONGEST_NAME], "n": len(one)} for one in ranked[:MOST_GROUPS]]
    return {"n": len(texts), "groups": named}


def _counted(
    question: Question, answers: Sequence[tuple[int, Any]], weights: Weights | None
) -> dict[str, Any]:
    """Answers to one question that is no text.

    `tables`: for each line of a matrix, else one: `counts` by answer, `weighted` shares or None,
    `n`, how many answered, and of numbers `mean`. A ranking counts who put each line first, and
    `means` are the mean ranks. Of a question on a map, `people` says how many marked something in
    each cell, `n_places` how many places there are, `n_named` how many of them in words alone. What
    was asked of each place counts the people who said it of any.
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
        given = [value if isinstance(value, list) else [value] for _person, value in answers]
        values = np.array([one for several in given for one in several], float)
        if not len(values):
            return {"tables": []}
        low, middle, high = (float(one) for one in np.quantile(values, [0.25, 0.5, 0.75]))
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
    found: dict[str, Any] = {"tables": [_table(places, one, weights, kind) for one in lines]}
    if kind == QuestionKind.RANKING and answers:
        ranks = np.array([np.argsort(value) + 1 for _person, value in answers], float)
        found["means"] = ranks.mean(axis=0).tolist()
    return found


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
            for one in chosen:
                sums[one] += weight
    table: dict[str, Any] = {
        "n": len(answers),
        "counts": [counts[one] for one in places],
        "n_weighted": n_weighted,
        "weighted": [sums[one] / total for one in places] if total else None,
    }
    if kind in WITH_SCALE and answers:
        given = [value if isinstance(value, list) else [value] for _person, value in answers]
        table["mean"] = sum(map(sum, given)) / sum(map(len, given))
    return table
