"""Who may do what with drafts, reviews, files, questions and translations."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from typing import Any

from alliance.core.audit import Actor
from alliance.knowledge.enums import CaseStatus, DraftState
from alliance.knowledge.models import Attachment, CaseStudy, Draft, Method, Question, Solution
from alliance.knowledge.rules import (
    may_change_case,
    may_know_masked_city,
    may_write_for,
    responsible_team,
    within,
)
from alliance.network.enums import Scope, TeamRole
from alliance.network.rules import is_moderator, is_reviewer, is_secretariat

#: States in which a team may change its draft.
OPEN_TO_WRITERS = frozenset({DraftState.WRITING, DraftState.CHANGES_ASKED})
#: Reviewers who must approve a submission before it is published, and a minor change of a case.
REVIEWERS, REVIEWERS_OF_MINOR = 2, 1
#: Reviews that take longer are late.
REVIEW_WITHIN = dt.timedelta(days=14)
#: A minor change leaves so much of the words of each text as they were.
SAME_WORDS = 0.8
_NUMBER = re.compile(r"\d+(?:[.,\s]\d+)*")
#: States in which reviewers see a draft.
SEEN_BY_REVIEWERS = frozenset(
    {DraftState.IN_REVIEW, DraftState.CHANGES_ASKED, DraftState.PUBLISHED}
)


def may_read_draft(actor: Actor, draft: Draft) -> bool:
    """The team that writes it, reviewers once it is handed in, and the secretariat."""
    if draft.organisation.public_id in actor.teams and within(actor, Scope.READ_DRAFTS):
        return True
    if is_secretariat(actor):
        return True
    return is_reviewer(actor) and draft.state in SEEN_BY_REVIEWERS


def may_edit_draft(actor: Actor, draft: Draft) -> bool:
    """Editors of the team, while it is theirs to change."""
    return draft.state in OPEN_TO_WRITERS and may_write_for(actor, draft.organisation)


def may_review(actor: Actor, draft: Draft) -> bool:
    """A reviewer, of a draft that was handed in by a team that is not the reviewer's own."""
    return (
        is_reviewer(actor)
        and draft.state == DraftState.IN_REVIEW
        and draft.organisation.public_id not in actor.teams
    )


def is_minor_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether two documents of a case differ in the wording of its texts alone.

    The same texts are filled, each says the same numbers, and most of its words stay.
    """
    differ = {key for key in {*before, *after} - {"texts"} if before.get(key) != after.get(key)}
    was, now = before["texts"], after["texts"]
    if differ or was == now or was.keys() != now.keys():
        return False
    return all(
        _is_reworded(was[language].get(name, ""), new)
        for language, text in now.items()
        for name, new in text.items()
    )


def _is_reworded(old: str, new: str) -> bool:
    alike = SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio()
    return alike >= SAME_WORDS and _NUMBER.findall(old) == _NUMBER.findall(new)


def may_know_place_of(actor: Actor, draft: Draft) -> bool:
    """Whose city a draft hides from readers: its reviewers see neither its place nor its team."""
    return is_secretariat(actor) or draft.organisation.public_id in actor.teams


def may_read_writing(actor: Actor, draft: Draft) -> bool:
    """The pages a team writes on, which name its city and its people: not reviewers of a hidden
    one, who read what was handed in on the page of the review."""
    case = draft.case
    hides = draft.content.get("is_masked") or (case is not None and case.is_masked)
    return may_read_draft(actor, draft) and (not hides or may_know_place_of(actor, draft))


def may_see_queue(actor: Actor) -> bool:
    """Who sees what waits for review: reviewers, and the secretariat that finds them."""
    return is_reviewer(actor) or is_secretariat(actor)


def may_answer(actor: Actor, question: Question) -> bool:
    """Editors of the team that answers for the case, and its tokens made for it; the secretariat,
    so that none is left over."""
    team = responsible_team(question.case)
    is_editor = team is not None and actor.teams.get(team.public_id) == TeamRole.EDITOR
    is_theirs = is_editor and within(actor, Scope.ANSWER)
    return question.case.status == CaseStatus.PUBLISHED and (is_theirs or is_secretariat(actor))


def may_read_question(actor: Actor, question: Question) -> bool:
    """Before it is answered: who may answer or hide it, and who asked."""
    is_own = actor.user is not None and question.author_id == actor.user.pk
    return is_own or is_moderator(actor) or may_answer(actor, question)


def may_read_attachment(actor: Actor, attachment: Attachment) -> bool:
    """A published file is everybody's; one of a draft is theirs who may read the draft."""
    if attachment.removed_at is not None:
        if attachment.published_at is None or attachment.case is None:
            return False
        return may_change_case(actor, attachment.case)
    if attachment.published_at is not None and attachment.case is not None:
        return attachment.case.status == CaseStatus.PUBLISHED
    return attachment.draft is not None and may_read_draft(actor, attachment.draft)


def is_translator(actor: Actor) -> bool:
    """Editors of any team, reviewers and the secretariat: people, for no program translates."""
    writes = is_reviewer(actor) or is_secretariat(actor) or TeamRole.EDITOR in actor.teams.values()
    return actor.user is not None and actor.scopes is None and writes


def may_translate(actor: Actor, record: CaseStudy | Solution | Method) -> bool:
    """Translators, of what is published. Of a case whose city is hidden only who knows the city.

    A translation that names the city is refused, so that others could find it out by trying.
    """
    if getattr(record, "from_address", ""):
        return False
    if not isinstance(record, CaseStudy):
        return is_translator(actor)
    is_open = not record.is_masked or may_know_masked_city(actor, record)
    return is_translator(actor) and record.status == CaseStatus.PUBLISHED and is_open


def may_review_translation(
    actor: Actor,
    record: CaseStudy | Solution | Method,
    writers: Collection[int] = (),
) -> bool:
    """Reviewers, the secretariat, and editors of the team that answers for the case.

    `writers`: primary keys of the people who wrote what is to be reviewed; they are none of those.
    """
    if not is_translator(actor) or actor.user is None or actor.user.pk in writers:
        return False
    if getattr(record, "from_address", ""):
        return False
    if not isinstance(record, CaseStudy):
        return is_reviewer(actor) or is_secretariat(actor)
    if record.status != CaseStatus.PUBLISHED:
        return False
    if is_reviewer(actor) or is_secretariat(actor):
        return True
    team = responsible_team(record)
    return team is not None and actor.teams.get(team.public_id) == TeamRole.EDITOR
