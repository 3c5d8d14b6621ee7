"""What this app adds to the pages of a process that is a survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core import clock
from alliance.participation import rules
from alliance.participation.enums import ProcessKind
from alliance.participation.models import Participant, Process
from alliance.participation.panels import Panel
from alliance.participation.places import Cell
from alliance.surveys import selectors
from alliance.surveys.forms import paper_question
from alliance.surveys.questions import asked, is_empty
from alliance.surveys.services.answering import answers_of, response_of
from alliance.surveys.services.counting import ISSUING
from alliance.surveys.services.files import in_words
from alliance.surveys.services.ground import ground_of
from alliance.surveys.services.questions import latest_version


def _act(
    request: HttpRequest, process: Process, participant: Participant | None
) -> Mapping[str, Any]:
    takes = rules.takes_text(process, clock.now())
    version = latest_version(process)
    return {
        "version": version,
        "n_questions": len(version.asked) if version else 0,
        "response": response_of(participant),
        # Texts are submitted with the other answers, not by the form of this page.
        "takes_text": False,
        "takes_votes": takes,
    }


def _results(process: Process) -> Mapping[str, Any]:
    results = selectors.standing(process)
    return {
        "standing": results,
        "sentences": list(selectors.sentence_lines(results)) if results else [],
    }


def _own(participant: Participant) -> Mapping[str, Any]:
    response = response_of(participant)
    if response is None:
        return {}
    answers = answers_of(response)
    return {
        "survey": {
            "version": response.version.number,
            "sent_at": response.sent_at.isoformat() if response.sent_at else None,
            "answers": [
                {"question": question.text, "answer": in_words(question, answers[question.key])}
                for question in asked(response.version.asked, answers)
                if not is_empty(answers.get(question.key))
            ],
        }
    }


def _shown_own(participant: Participant) -> Mapping[str, Any]:
    response = response_of(participant)
    own = _own(participant).get("survey", {})
    takes = rules.takes_text(participant.process, clock.now())
    return {"response": response, "survey_answers": own.get("answers", []), "takes_votes": takes}


def _missing(process: Process) -> str:
    return "" if latest_version(process) else _("at least one question")


def _on_paper(process: Process) -> Sequence[Mapping[str, Any]]:
    version = latest_version(process)
    return [
        line for question in (version.asked if version else ()) for line in paper_question(question)
    ]


def _cells(process: Process) -> Sequence[Cell]:
    ground = ground_of(process)
    return ground.parts if ground else ()


PANELS = {
    ProcessKind.SURVEY.value: Panel(
        act="surveys/act.html",
        read=_act,
        results="surveys/results.html",
        read_results=_results,
        read_own=_own,
        own="surveys/parts/own.html",
        show_own=_shown_own,
        enter="surveys:paper",
        manage=("surveys:questions", gettext_lazy("Survey questions")),
        missing=_missing,
        on_paper=_on_paper,
        cells=_cells,
        issuing=ISSUING,
    )
}
