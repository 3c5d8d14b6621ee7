"""Answers to a survey: saved page by page, then submitted as a whole; and paper forms."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from alliance.core import audit, throttle
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.network.models import Post
from alliance.network.text_checks import text_faults
from alliance.participation import places, rules
from alliance.participation.enums import ContributionKind
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services import contributions as writing
from alliance.participation.services.contributions import LONGEST, LONGEST_PLACE, ContributionData
from alliance.surveys.enums import QuestionKind
from alliance.surveys.models import Ground, OpenAnswer, Response, Version
from alliance.surveys.questions import Question, asked, is_empty, of_each_place
from alliance.surveys.services.questions import latest_version

#: How many pages a participant may save.
SAVE_LIMIT = throttle.Limit("survey-page", most=300, window=dt.timedelta(hours=1))
_ANSWER = ContributionKind.ANSWER.value


def answer_faults(question: Question, value: Any, *, is_final: bool = True) -> list[Fault]:
    """The faults of an answer, at the field of its question. `is_final`: required questions must
    have an answer."""
    where = question.field
    if is_empty(value):
        needed = question.is_required and is_final
        return [Fault(where, "answer-needed")] if needed else []
    match question.kind:
        case QuestionKind.SINGLE:
            is_known = _is_place(value, question)
        case QuestionKind.SEVERAL:
            is_known = isinstance(value, list) and all(
                _is_place(index, question) for index in value
            )
        case QuestionKind.SCALE:
            is_known = _is_whole(value) and value in question.scale
        case QuestionKind.MATRIX:
            is_known = (
                isinstance(value, list)
                and len(value) == len(question.options)
                and all(
                    answer is None or (_is_whole(answer) and answer in question.scale)
                    for answer in value
                )
            )
        case QuestionKind.RANKING:
            places = list(range(len(question.options)))
            if not isinstance(value, list) or sorted(map(str, value)) != sorted(map(str, places)):
                return [Fault(where, "answer-ranking")]
            is_known = True
        case QuestionKind.POINT | QuestionKind.LINE | QuestionKind.AREA:
            # Each place was validated when it was added (`place_from`).
            if len(value) > question.most_places:
                return [Fault(where, "places-most", {"most": question.most_places})]
            is_known = all(isinstance(place, dict) and "cells" in place for place in value)
        case QuestionKind.TEXT:
            return text_faults(where, value, longest=LONGEST[_ANSWER])
        case _:
            return _number_faults(question, value)
    return [] if is_known else [Fault(where, "answer-none-of")]


def place_from(
    questions: Sequence[Question],
    on_map: Question,
    ground: Ground,
    *,
    drawn: str,
    words: str,
    cell: str,
    answers: Mapping[str, Any],
    prefix: str = "",
) -> dict[str, Any] | None:
    """A place for storage, None if it is empty. `drawn`: GeoJSON of the browser, `words`: an
    address, a name or degrees, `cell`: the code of a part of the city, `answers`: to the questions
    about each place.

    Raises InvalidData naming fields, those of further questions with `prefix`.
    """
    filled_answers = {key: value for key, value in answers.items() if not is_empty(value)}
    if not (drawn.strip() or words.strip() or cell or filled_answers):
        return None
    where = f"{prefix}{on_map.field}_words"
    faults = text_faults(where, words, longest=LONGEST_PLACE)
    shape, cells = None, []
    try:
        shape = places.geometry_of(drawn, on_map.kind)
        if shape is None and on_map.kind == QuestionKind.POINT:
            shape = places.point_in_words(words)
        if shape is not None:
            cells = places.cells_of(shape, ground.parts)
        elif cell:
            cells = [cell] if any(part.code == cell for part in ground.parts) else []
        if not cells and not words.strip():
            faults.append(Fault(where, "place-missing"))
    except places.NoPlace as error:
        faults.append(Fault(where, error.code))
    for question in of_each_place(questions, on_map):
        faults += [
            Fault(f"{prefix}{fault.where}", fault.code, fault.params)
            for fault in answer_faults(question, answers.get(question.key))
        ]
    refuse(faults)
    return {
        "geometry": None if shape is None else places.as_geojson(shape),
        "place": words.strip(),
        "cells": cells,
        "answers": filled_answers,
    }


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_place(value: Any, question: Question) -> bool:
    return _is_whole(value) and 0 <= value < len(question.options)


def _number_faults(question: Question, value: Any) -> list[Fault]:
    low, high = question.low, question.high
    is_number = isinstance(value, int | float) and math.isfinite(value)
    if is_number and (low is None or value >= low) and (high is None or value <= high):
        return []
    if low is not None and high is not None:
        return [Fault(question.field, "answer-number", {"low": low, "high": high})]
    if low is not None:
        return [Fault(question.field, "answer-least", {"low": low})]
    return [Fault(question.field, "answer-most", {"high": high if high is not None else 10**12})]


def response_of(participant: Participant | None) -> Response | None:
    """A participant's answers so far."""
    if participant is None:
        return None
    return Response.objects.filter(participant=participant).select_related("version").first()


def answers_of(response: Response | None) -> dict[str, Any]:
    """All answers of a participant, submitted or not, including the texts that became
    contributions."""
    if response is None:
        return {}
    rows = list(response.open_answers.select_related("contribution__post"))
    texts = {row.key: row.contribution.post.text for row in rows if not row.place}
    answers = texts | response.answers | response.draft
    for row in rows:
        on_map = next((key for key in _with_texts(response, row.key) if key in answers), None)
        if row.place and on_map and on_map not in response.draft:
            marked = [{**place, "answers": {**place["answers"]}} for place in answers[on_map]]
            marked[row.place - 1]["answers"][row.key] = row.contribution.post.text
            answers[on_map] = marked
    return answers


def _with_texts(response: Response, key: str) -> list[str]:
    """The question on a map to which a text belongs."""
    return [
        question.if_key
        for question in response.version.asked
        if question.key == key and question.if_key
    ]


def save_page(
    participant: Participant,
    questions: Sequence[Question],
    answers: Mapping[str, Any],
    *,
    at: dt.datetime,
) -> Response:
    """Save the answers of one page, by key; only those to `questions`.

    A new participant starts with the present version, whose questions these must be. Submitted
    answers count unchanged until they are submitted again. Raises InvalidData naming the fields.
    Call it outside of a transaction.
    """
    refuse(
        [
            fault
            for question in questions
            for fault in answer_faults(question, answers.get(question.key))
        ]
    )
    try:
        throttle.take(SAVE_LIMIT, participant.pk, at=at)
    except throttle.Throttled as error:
        raise InvalidData([Fault("answers", "too-often", {"most": SAVE_LIMIT.most})]) from error
    with transaction.atomic():
        process = writing.locked(participant.process)
        _must_be_open(process, at)
        response = response_of(participant)
        if response is None:
            version = latest_version(process)
            if version is None:
                raise InvalidData([Fault("answers", "survey-not-now")])
            response = Response(
                participant=participant, version=version, started_at=at, changed_at=at
            )
        # An empty answer removes a submitted one.
        response.draft = response.draft | {
            question.key: answers.get(question.key) for question in questions
        }
        response.changed_at = at
        response.changes += 1
        response.save()
    return response


def _must_be_open(process: Process, at: dt.datetime) -> None:
    if not rules.takes_text(process, at):
        raise InvalidData([Fault("answers", "survey-not-now")])


def send(response: Response, *, address: str = "", at: dt.datetime) -> Response:
    """Submit the answers: from now on they count, and their texts are contributions.

    Answers to questions that the person is not asked are left out. Call it outside of a
    transaction. Raises InvalidData naming the required questions without an answer.
    """
    participant, process = response.participant, response.participant.process
    answers = answers_of(response)
    questions = asked(response.version.asked, answers)
    refuse(
        [
            fault
            for question in questions
            for fault in answer_faults(question, answers.get(question.key))
        ]
    )
    _must_be_open(process, at)
    texts = {}
    stored_answers = {}
    for question in questions:
        value = answers.get(question.key)
        if is_empty(value):
            continue
        answer_texts, remaining_value = _texts_in(response.version.asked, question, value)
        for (key, number), words in answer_texts.items():
            made = replace(words, language=participant.language)
            texts[key, number] = writing.contribute(
                process, participant, made, address=address, at=at
            )
        if remaining_value is not None:
            stored_answers[question.key] = remaining_value
    with transaction.atomic():
        _must_be_open(writing.locked(process), at)
        _replace_texts(response, texts)
        response.answers = stored_answers
        response.draft, response.sent_at, response.changed_at = {}, at, at
        response.changes += 1
        response.save()
    return response


def _texts_in(
    questions: Sequence[Question], question: Question, value: Any
) -> tuple[dict[tuple[str, int], ContributionData], Any]:
    """The texts in an answer, by question and number of the place, and the rest of the answer."""
    if question.kind == QuestionKind.TEXT:
        return {
            (question.key, 0): ContributionData(value, "", kind=_ANSWER, title=question.text)
        }, None
    if not question.is_on_map:
        return {}, value
    texts: dict[tuple[str, int], ContributionData] = {}
    titles = {
        each.key: each.text
        for each in of_each_place(questions, question)
        if each.kind == QuestionKind.TEXT
    }
    left = []
    for number, place in enumerate(value, start=1):
        for key, text in place["answers"].items():
            if key in titles:
                where = place["place"] or ", ".join(place["cells"][:1])
                words = ContributionData(text, "", kind=_ANSWER, title=titles[key], place=where)
                texts[key, number] = words
        answers = {key: answer for key, answer in place["answers"].items() if key not in titles}
        left.append({**place, "answers": answers})
    return texts, left


def _replace_texts(response: Response, texts: Mapping[tuple[str, int], Contribution]) -> None:
    """Replace the texts of a response; earlier ones that differ are deleted."""
    old = response.open_answers.exclude(contribution__in=texts.values())
    Post.objects.filter(contribution__open_answer__in=old).delete()
    existing = set(response.open_answers.values_list("contribution_id", flat=True))
    OpenAnswer.objects.bulk_create(
        OpenAnswer(contribution=text, response=response, key=key, place=place)
        for (key, place), text in texts.items()
        if text.pk not in existing
    )


def enter_form(
    version: Version,
    answers: Mapping[str, Any],
    *,
    language: str,
    channel: str,
    traits: dict[str, str] | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Participant:
    """Enter a person's answers on paper, by phone or at a counter: in the same count, and marked.
    Answers to questions that she should have skipped are left out.

    Raises InvalidData naming questions, NotAllowed.
    """
    process = version.process
    questions = asked(version.asked, answers)
    faults = [
        fault
        for question in questions
        for fault in answer_faults(question, answers.get(question.key), is_final=False)
    ]
    answered = [question for question in questions if not is_empty(answers.get(question.key))]
    if not answered:
        faults.append(Fault("answers", "missing"))
    refuse(faults)
    texts: dict[tuple[str, int], ContributionData] = {}
    left = {}
    for question in answered:
        answer_texts, rest = _texts_in(version.asked, question, answers[question.key])
        texts |= answer_texts
        if rest is not None:
            left[question.key] = rest
    words = [replace(text, language=language) for text in texts.values()]
    with transaction.atomic():
        participant = writing.enter(
            process,
            words,
            channel=channel,
            traits=traits,
            needs_text=False,
            actor=actor,
            at=at,
        )
        response = Response.objects.create(
            participant=participant,
            version=version,
            answers=left,
            started_at=at,
            changed_at=at,
            sent_at=at,
        )
        made = participant.contributions.order_by("post_id")
        _replace_texts(response, dict(zip(texts, made, strict=True)))
        n = len(answered)
        audit.record("process", process, "enter", actor=actor, at=at, channel=channel, answers=n)
    return participant
