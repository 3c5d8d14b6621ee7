"""Editing the questions of a survey: one version until it opens, then a new one for each change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation import rules
from alliance.participation.enums import ProcessKind, ProcessState
from alliance.participation.models import Process
from alliance.participation.services.processes import locked
from alliance.surveys.enums import DECIDING, OF_PLACES, WITH_OPTIONS, WITH_SCALE, QuestionKind
from alliance.surveys.models import Version
from alliance.surveys.questions import Question
from alliance.surveys.services.ground import need_ground

_note = audit.noting("process")
MOST_QUESTIONS, MOST_TEXTS = 40, 10
MOST_OPTIONS = 20
#: The maximum number of places that a question may allow.
MOST_PLACES = 10
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_HELP = 160, 120, 300
#: The maximum number of steps of a scale.
MOST_STEPS = 11


def latest_version(process: Process) -> Version | None:
    """The present version, None if there is none yet."""
    return process.survey_versions.order_by("-number").first()


def question_faults(questions: Sequence[Question]) -> list[Fault]:
    """The faults of questions, each at `questions[index].field`."""
    faults = [] if questions else [Fault("questions", "missing")]
    n_texts = sum(question.kind == QuestionKind.TEXT for question in questions)
    for n, most in ((len(questions), MOST_QUESTIONS), (n_texts, MOST_TEXTS)):
        if n > most:
            faults.append(Fault("questions", "too-many", {"most": most}))
    earlier: dict[str, Question] = {}
    for place, question in enumerate(questions):
        where = f"questions[{place}]"
        faults += choice_faults(f"{where}.kind", question.kind, QuestionKind.values)
        faults += text_faults(
            f"{where}.text", question.text, required=True, longest=LONGEST_QUESTION
        )
        faults += text_faults(f"{where}.help", question.help, longest=LONGEST_HELP)
        if question.kind in WITH_OPTIONS:
            options = [*dict.fromkeys(question.options)]
            if not 2 <= len(options) <= MOST_OPTIONS or len(options) < len(question.options):
                faults.append(Fault(f"{where}.options", "question-options", {"most": MOST_OPTIONS}))
            for text in options:
                faults += text_faults(f"{where}.options", text, longest=LONGEST_OPTION)
        if question.is_on_map and not (question.high is None or 1 <= question.high <= MOST_PLACES):
            faults.append(Fault(f"{where}.high", "not-between", {"low": 1, "high": MOST_PLACES}))
        has_ends = question.low is not None and question.high is not None
        if question.kind in WITH_SCALE:
            if not has_ends or not 2 <= len(question.scale) <= MOST_STEPS:
                faults.append(Fault(f"{where}.low", "question-scale"))
        elif has_ends and not question.scale:
            faults.append(Fault(f"{where}.low", "question-bounds"))
        for name in ("low_label", "high_label"):
            faults += text_faults(
                f"{where}.{name}", getattr(question, name), longest=LONGEST_OPTION
            )
        faults += _condition_faults(f"{where}.if_number", question, earlier)
        if question.key in earlier:
            faults.append(Fault(f"{where}.text", "question-twice"))
        earlier[question.key] = question
    return faults


def _condition_faults(where: str, question: Question, earlier: dict[str, Question]) -> list[Fault]:
    if not question.if_key:
        return []
    on_map = {key for key, other in earlier.items() if other.is_on_map}
    of_places = {key for key, other in earlier.items() if other.if_key in on_map}
    on = earlier.get(question.if_key)
    if on is not None and on.is_on_map:
        # It is asked for each place, so no further question can be on a map.
        is_wrong = question.kind not in OF_PLACES or question.if_values
        return [Fault(where, "question-condition")] if is_wrong else []
    if on is None or on.kind not in DECIDING or not question.if_values or on.key in of_places:
        return [Fault(where, "question-condition")]
    known = on.scale if on.kind == QuestionKind.SCALE else range(len(on.options))
    return [] if set(question.if_values) <= set(known) else [Fault(where, "question-condition")]


def set_questions(
    process: Process, questions: Sequence[Question], *, actor: audit.Actor, at: dt.datetime
) -> Version:
    """Set the questions of a survey. Once it is open, a change is a new version: a person who
    started with an earlier version continues with it, and answers to an unchanged question are
    counted together.

    Raises InvalidData naming rows and fields, NotAllowed.
    """
    if not rules.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    refuse(question_faults(questions))
    with transaction.atomic():
        current = locked(process)
        if current.kind != ProcessKind.SURVEY or current.state not in (
            ProcessState.DRAFT,
            ProcessState.OPEN,
        ):
            raise InvalidData([Fault("questions", "survey-closed")])
        if any(question.is_on_map for question in questions):
            need_ground(current)
        data = [question.as_data() for question in questions]
        last = latest_version(current)
        if last is not None and last.questions == data:
            return last
        if last is None or current.state == ProcessState.OPEN:
            number = last.number + 1 if last else 1
            last = Version.objects.create(
                process=current, number=number, questions=data, made_at=at
            )
        else:
            Version.objects.filter(pk=last.pk).update(questions=data, made_at=at)
            last.refresh_from_db()
        _note(current, "set-questions", actor=actor, at=at, version=last.number)
    return last
