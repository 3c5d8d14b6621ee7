"""The letters of a review and of a withdrawal. Call them in the transaction of the act itself.

No letter tells a city that is hidden: of such a draft neither the team is named nor what its
reviewers wrote.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from alliance.accounts.letters import write_letter
from alliance.accounts.models import LetterOff, User, WaitingLetter
from alliance.core import audit
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.models import CaseStudy, Draft, ReviewComment
from alliance.knowledge.selectors.case_list import title_of
from alliance.knowledge.selectors.localise import chosen_text, local_name
from alliance.knowledge.selectors.reviews import reviewers_to_name
from alliance.network.addressees import editors_of
from alliance.network.api.common import page_address
from alliance.web import formatting


def _case_title(case: CaseStudy, language: str) -> str:
    return chosen_text(case.texts.all(), language, case.original_language).text.title


def named(draft: Draft, reviewer: User, *, at: dt.datetime) -> None:
    """To a reviewer whom the secretariat asked, with the day it is due."""
    is_masked = bool(draft.content.get("is_masked"))
    write_letter(
        "review_named",
        reviewer,
        title=title_of(draft.content, reviewer.language).value,
        team="" if is_masked else local_name(draft.organisation, reviewer.language),
        by=formatting.day((at + writing_rules.REVIEW_WITHIN).date(), language=reviewer.language),
        url=page_address("knowledge:review", reviewer.language, draft.public_id),
    )


def proposed(draft: Draft, *, at: dt.datetime) -> None:
    """To the reviewers who suit a draft best that was just submitted, one for each it needs."""
    is_masked = bool(draft.content.get("is_masked"))
    of_draft = WaitingLetter.objects.filter(record_id=draft.public_id)
    of_draft.filter(kind__in=("review", "reviewer"), is_reminder=True).delete()
    silent = set(LetterOff.objects.filter(kind="reviewer").values_list("user", flat=True))
    asked = [
        reviewer for reviewer in reviewers_to_name(draft, at=at) if reviewer.user.pk not in silent
    ]
    for reviewer in asked[: draft.n_reviewers]:
        language = reviewer.user.language
        # Who was asked is reminded when the day is near, unless others took it.
        WaitingLetter.objects.update_or_create(
            user=reviewer.user,
            kind="reviewer",
            record_id=draft.public_id,
            is_reminder=False,
            defaults={"at": at},
        )
        write_letter(
            "review_proposed",
            reviewer.user,
            title=title_of(draft.content, language).value,
            team="" if is_masked else local_name(draft.organisation, language),
            is_minor=draft.is_minor,
            knows_draft=reviewer.knows_draft,
            by=formatting.day((at + writing_rules.REVIEW_WITHIN).date(), language=language),
            url=page_address("knowledge:review", language, draft.public_id),
        )


def changes_asked(draft: Draft, *, by: audit.Actor, at: dt.datetime) -> None:
    """To the editors of the team whose draft goes back to them."""
    remarks = ReviewComment.objects.filter(
        draft=draft, submission=draft.submission, resolved_at=None
    ).count()
    for editor in editors_of(draft.organisation, at=at):
        write_letter(
            "review_changes_asked",
            editor,
            title=title_of(draft.content, editor.language).value,
            reviewer=by.label,
            remarks=remarks,
            url=page_address("knowledge:review", editor.language, draft.public_id),
        )


def published(case: CaseStudy, draft: Draft, *, reviewers: Sequence[str], at: dt.datetime) -> None:
    """To the editors of the team whose case is published."""
    for editor in editors_of(draft.organisation, at=at):
        write_letter(
            "case_published",
            editor,
            title=_case_title(case, editor.language),
            reviewers=reviewers,
            version=case.revision,
            url=page_address("knowledge:case", editor.language, case.public_id),
        )


def withdrawn(case: CaseStudy, *, by: audit.Actor, at: dt.datetime) -> None:
    """To the editors of the team that answers for a case, but whoever withdrew it."""
    team = rules.responsible_team(case)
    for editor in editors_of(team, at=at) if team is not None else ():
        if editor != by.user:
            write_letter(
                "case_withdrawn",
                editor,
                title=_case_title(case, editor.language),
                by=by.label,
                reason=case.withdrawn_because,
                url=page_address("knowledge:case", editor.language, case.public_id),
            )
