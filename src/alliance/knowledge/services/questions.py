"""Questions of readers to those who answer for a case, and their answers on the record."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit, throttle
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.knowledge import masking, rules, writing_rules
from alliance.knowledge.enums import SECRETARIAT, TEAM_OF_CASE, CaseStatus, Language
from alliance.knowledge.models import CaseStudy, Question
from alliance.knowledge.selectors.localise import chosen_text, local_name
from alliance.network.addressees import editors_of, secretariat
from alliance.network.api.common import page_address
from alliance.network.enums import DiscussedKind
from alliance.network.models import Post
from alliance.network.services.discussion import save_post
from alliance.network.text_checks import choice_faults, text_faults

#: Questions that one person may ask.
QUESTION_LIMIT = throttle.Limit("ask-question", most=5, window=dt.timedelta(days=1))
LONGEST_QUESTION = 2_000
LONGEST_ANSWER = 5_000


def ask(
    case: CaseStudy,
    *,
    text: str,
    language: str,
    show_name: bool,
    actor: audit.Actor,
    at: dt.datetime,
) -> Question:
    """Ask the team that answers for a case; its editors get a letter, else the secretariat.

    The name of who asks is kept beside the question only with `show_name`. The same question again
    is the one that is there. Raises InvalidData, NotAllowed, Throttled.
    """
    faults = text_faults("text", text, required=True, longest=LONGEST_QUESTION)
    faults += choice_faults("language", language, Language.values)
    refuse(faults)
    if actor.user is None or case.status != CaseStatus.PUBLISHED:
        raise NotAllowed(_("Sign in to ask about a published case."))
    fields = {"record_id": case.public_id, "text": text.strip(), "author": actor.user}
    present = Question.objects.filter(**fields, hidden_at=None).first()
    if present is not None:
        return present
    throttle.take(QUESTION_LIMIT, actor.user.pk, at=at)
    with transaction.atomic():
        name = actor.user.name if show_name else ""
        question = Question(
            **fields, kind=DiscussedKind.CASE, language=language, author_name=name, at=at
        )
        save_post(question, "ask", actor=actor)
        _notify_responders(question, at=at)
    return question


def _notify_responders(question: Question, *, at: dt.datetime) -> None:
    case = question.case
    team = rules.responsible_team(case)
    editors = editors_of(team, at=at) if team is not None else []
    for person in editors or secretariat(at=at):
        write_letter(
            "question_asked",
            person,
            title=chosen_text(case.texts.all(), person.language, case.original_language).text.title,
            # A reader may have guessed the city of a case that hides it.
            text="" if case.is_masked else question.text,
            has_editors=bool(editors),
            url=page_address("knowledge:question", person.language, question.public_id),
        )


def answer(
    question: Question, *, text: str, language: str, actor: audit.Actor, at: dt.datetime
) -> Question:
    """Answer a question, once: both stand beside the case from then on. Who asked gets a letter.

    The answer bears the name of the team, or says that the secretariat gave it, never a person's.
    Raises InvalidData, NotAllowed.
    """
    faults = text_faults("text", text, required=True, longest=LONGEST_ANSWER)
    faults += choice_faults("language", language, Language.values)
    with transaction.atomic():
        current = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        if not writing_rules.may_answer(actor, current):
            raise NotAllowed(
                _("Only editors of the team responsible for the case and the secretariat "
                    "can answer.")
            )  # fmt: skip
        if current.reply is not None:
            raise NotAllowed(_("This question has been answered. Answers cannot be changed."))
        if current.hidden_at is not None:
            raise NotAllowed(_("This question has been hidden by a moderator."))
        hidden = masking.hidden_by_case(current.case)
        faults += masking.hidden_city_faults("text", text, hidden)
        if masking.named_in(current.text, hidden):
            faults.append(Fault("question", "question-names-city"))
        refuse(faults)
        reply = Post(
            answers=current,
            kind=current.kind,
            record_id=current.record_id,
            text=text.strip(),
            language=language,
            author=actor.user,
            author_name=_answering(current.case, actor, language),
            at=at,
        )
        save_post(reply, "answer", actor=actor)
        _notify_author(current)
    return current


def _answering(case: CaseStudy, actor: audit.Actor, language: str) -> str:
    """In whose name the answer stands: a team's in the language of the answer, or one of
    `UNNAMED`, which pages tell in their own language."""
    team = rules.responsible_team(case)
    if team is None or team.public_id not in actor.teams:
        return SECRETARIAT
    return TEAM_OF_CASE if case.is_masked else local_name(team, language)


def _notify_author(question: Question) -> None:
    person, case = question.author, question.case
    if person is None:
        return
    write_letter(
        "question_answered",
        person,
        title=chosen_text(case.texts.all(), person.language, case.original_language).text.title,
        url=page_address("knowledge:case", person.language, case.public_id) + "#questions",
    )
