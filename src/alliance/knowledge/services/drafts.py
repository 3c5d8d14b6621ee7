"""Writing drafts: starting, saving, handing in, and turning them into cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Conflict, Fault, InvalidData, NotAllowed, refuse
from alliance.core.ids import slug
from alliance.core.text import canonical_json, markup_fault
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.case_document import (
    CaseDocument,
    check_shape,
    plain,
    with_pilot_marks,
    with_true_statuses,
)
from alliance.knowledge.draft_checks import faults_of_draft
from alliance.knowledge.enums import DraftState, TextStatus
from alliance.knowledge.merging import Clash, merge
from alliance.knowledge.models import (
    Attachment,
    CaseStudy,
    CaseVersion,
    Draft,
    DraftRevision,
    Solution,
    Submission,
)
from alliance.knowledge.records import SolutionRecord, SolutionTextRecord
from alliance.knowledge.services import review_letters
from alliance.knowledge.services.cases import save_case
from alliance.knowledge.services.solutions import save_solution
from alliance.knowledge.services.vocabulary import take_up
from alliance.knowledge.snapshots import DOCUMENT_ONLY, document_of, document_of_version
from alliance.network.models import Organisation

#: A whole document with everything a case may hold; beyond it is no case but a book.
MOST_BYTES = 1_000_000
#: The newest saved states of a draft are all kept, as many as hold about so many bytes together.
RECENT_BYTES = 4_000_000


def _save_revision(draft: Draft, *, actor: audit.Actor, at: dt.datetime) -> None:
    DraftRevision.objects.create(
        draft=draft,
        number=draft.revision,
        at=at,
        actor=actor.user,
        actor_label=actor.label[:200],
        content=draft.content,
    )


def _thin(draft: Draft) -> None:
    """Keep of older saved states the first, what was submitted, and each person's last of an hour.

    So a program that saves in a loop fills no disk, and who wrote on the draft stays known.
    """
    recent = RECENT_BYTES // len(canonical_json(draft.content)) + 1
    if draft.revision <= recent + 1:
        return
    old = (
        draft.revisions.filter(number__gt=1, number__lte=draft.revision - recent)
        .exclude(pk__in=Submission.objects.filter(draft=draft).values("revision"))
        .order_by("-number")
        .values_list("pk", "actor_id", "actor_label", "at")
    )
    hours, spare = set(), []
    for key, *writer, at in old:
        hour = (*writer, at.replace(minute=0, second=0, microsecond=0))
        if hour in hours:
            spare.append(key)
        hours.add(hour)
    draft.revisions.filter(pk__in=spare).delete()


def _checked(content: Any) -> dict[str, Any]:
    """The document in its plain form. Raises InvalidData for a wrong shape, markup, or size."""
    if len(canonical_json(content)) > MOST_BYTES:
        raise InvalidData([Fault("case", "large-case", {"most": MOST_BYTES})])
    document = plain(check_shape(content))
    faults = list(_markup(document, "case"))
    refuse(faults)
    return document


def _markup(value: Any, where: str) -> list[Fault]:
    """Markup and control characters are refused from the first save on, wherever they stand."""
    if isinstance(value, str):
        fault = markup_fault(where, value)
        return [fault] if fault else []
    if isinstance(value, dict):
        return [f for key, item in value.items() for f in _markup(item, f"{where}.{key}")]
    if isinstance(value, list):
        return [f for i, item in enumerate(value) for f in _markup(item, f"{where}[{i}]")]
    return []


def start_draft(
    organisation: Organisation,
    *,
    language: str,
    actor: audit.Actor,
    at: dt.datetime,
    content: dict[str, Any] | None = None,
    case: CaseStudy | None = None,
) -> Draft:
    """A new draft of a team, or a change to `case`. An open change of the same case is given back.

    Raises NotAllowed, InvalidData.
    """
    if not rules.may_write_for(actor, organisation):
        raise NotAllowed(_("Only the team’s editors can write for it."))
    if case is not None and not rules.may_change_case(actor, case):
        raise NotAllowed(_("Only the team responsible for a case can change it."))
    if case is not None:
        present = Draft.objects.filter(
            case=case,
            state__in=[DraftState.WRITING, DraftState.IN_REVIEW, DraftState.CHANGES_ASKED],
        ).first()
        if present is not None:
            return present
        content = content or _document_to_change(case)
    document = _checked({"original_language": language, **(content or {})})
    try:
        with transaction.atomic():
            draft = Draft(
                organisation=organisation,
                case=case,
                base_version=case.revision if case else None,
                language=language,
                content=document,
                revision=1,
                started_by=actor.user,
                started_at=at,
                saved_at=at,
            )
            draft.full_clean(validate_constraints=False)
            draft.save()
            _save_revision(draft, actor=actor, at=at)
            audit.record(
                "draft",
                draft,
                "start",
                actor=actor,
                at=at,
                team=organisation.public_id,
                case=case.public_id if case else None,
            )
    except IntegrityError:
        # Somebody else began a change of the same case in this moment.
        return Draft.objects.get(
            case=case,
            state__in=[DraftState.WRITING, DraftState.IN_REVIEW, DraftState.CHANGES_ASKED],
        )
    return draft


def _document_to_change(case: CaseStudy) -> dict[str, Any]:
    """The published state of a case; of a masked one what its last draft holds, sources and all."""
    if case.is_masked:
        last = (
            Draft.objects.filter(case=case, state=DraftState.PUBLISHED)
            .order_by("-closed_at")
            .first()
        )
        if last is not None:
            return dict(last.content)
    return document_of(case)


def _locked(draft: Draft, expected_revision: int | None) -> Draft:
    """The draft as it stands, locked until the transaction ends. Raises Conflict."""
    current = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("organisation", "case")
        .get(pk=draft.pk)
    )
    if expected_revision is not None and current.revision != expected_revision:
        raise Conflict("draft", current.public_id, current.revision)
    return current


def save_draft(
    draft: Draft,
    *,
    content: dict[str, Any],
    expected_revision: int,
    actor: audit.Actor,
    at: dt.datetime,
) -> Draft:
    """Save a draft, half-written as it may be; the same content again changes nothing.

    Raises InvalidData for wrong types or markup, Conflict where somebody saved since
    `expected_revision`, NotAllowed where it is not the actor's to change now.
    """
    document = _checked(content)
    with transaction.atomic():
        current = _locked(draft, None)
        if not writing_rules.may_edit_draft(actor, current):
            raise NotAllowed(_("You cannot change this draft at the moment."))
        document = with_pilot_marks(document, current.content)
        if current.content == document:
            return current
        if current.revision != expected_revision:
            raise Conflict("draft", current.public_id, current.revision)
        current.content = document
        current.revision += 1
        current.saved_at = at
        current.save(update_fields=["content", "revision", "saved_at"])
        _save_revision(current, actor=actor, at=at)
        _thin(current)
        audit.record("draft", current, "save", actor=actor, at=at, revision=current.revision)
    return current


def rebase_draft(
    draft: Draft, *, expected_revision: int, actor: audit.Actor, at: dt.datetime
) -> tuple[Draft, tuple[Clash, ...]]:
    """Take over what was published since the draft began, keeping its own changes.

    Where both changed a field the draft's value stays; these clashes are returned to be shown.
    """
    case = draft.case
    if case is None:
        raise NotAllowed(_("This draft does not change a published case."))
    base = CaseVersion.objects.filter(case=case, number=draft.base_version or 0).first()
    theirs = document_of(case)
    started = draft.revisions.order_by("number").first()
    was = started.content if started is not None else draft.content
    if base is not None:
        was = document_of_version(base) | {key: was[key] for key in DOCUMENT_ONLY}
    merged = merge(was, draft.content, theirs)
    with transaction.atomic():
        saved = save_draft(
            draft,
            content=merged.document,
            expected_revision=expected_revision,
            actor=actor,
            at=at,
        )
        saved.base_version = case.revision
        saved.save(update_fields=["base_version"])
    return saved, merged.clashes


def _is_minor(draft: Draft) -> bool:
    """Whether a draft changes but the wording of a case that is the team's own."""
    case = draft.case
    if case is None or case.owner_id != draft.organisation_id or draft.content.get("is_masked"):
        return False
    base = CaseVersion.objects.filter(case=case, number=draft.base_version or 0).first()
    if base is None:
        return False
    document_fields = {key: draft.content[key] for key in DOCUMENT_ONLY}
    return writing_rules.is_minor_change(document_of_version(base) | document_fields, draft.content)


def submit_draft(
    draft: Draft, *, expected_revision: int, actor: audit.Actor, at: dt.datetime
) -> Draft:
    """Submit a whole draft for review; the reviewers who suit it best get an email.

    Raises InvalidData with everything that is missing.
    """
    with transaction.atomic():
        current = _locked(draft, None)
        if not writing_rules.may_edit_draft(actor, current):
            raise NotAllowed(_("You cannot change this draft at the moment."))
        if current.revision != expected_revision:
            raise Conflict("draft", current.public_id, current.revision)
        faults = faults_of_draft(current)
        refuse(faults)
        current.state = DraftState.IN_REVIEW
        current.submission += 1
        current.submitted_at = at
        current.n_reviewers = (
            writing_rules.REVIEWERS_OF_MINOR if _is_minor(current) else writing_rules.REVIEWERS
        )
        current.save(update_fields=["state", "submission", "submitted_at", "n_reviewers"])
        Submission.objects.create(
            draft=current,
            number=current.submission,
            revision=current.revisions.get(number=current.revision),
            at=at,
        )
        audit.record(
            "draft",
            current,
            "submit",
            actor=actor,
            at=at,
            submission=current.submission,
            team=current.organisation.public_id,
        )
        review_letters.proposed(current, at=at)
    return current


def take_back_draft(draft: Draft, *, actor: audit.Actor, at: dt.datetime) -> Draft:
    """Take a draft out of review to write on. Its reviews stay with the submission they judged."""
    with transaction.atomic():
        current = _locked(draft, None)
        if current.state != DraftState.IN_REVIEW or not rules.may_write_for(
            actor, current.organisation
        ):
            raise NotAllowed(_("Only the team can withdraw its draft while it is in review."))
        current.state = DraftState.WRITING
        current.save(update_fields=["state"])
        audit.record("draft", current, "take back", actor=actor, at=at)
    return current


def drop_draft(draft: Draft, *, actor: audit.Actor, at: dt.datetime) -> Draft:
    """Give a draft up. It is kept, closed, so that nothing is lost by a wrong click."""
    with transaction.atomic():
        current = _locked(draft, None)
        if not writing_rules.may_edit_draft(actor, current):
            raise NotAllowed(_("You cannot change this draft at the moment."))
        current.state = DraftState.DROPPED
        current.closed_at = at
        current.save(update_fields=["state", "closed_at"])
        audit.record("draft", current, "drop", actor=actor, at=at)
    return current


def reopen_draft(draft: Draft, *, actor: audit.Actor, at: dt.datetime) -> Draft:
    """Take up a draft that was given up."""
    try:
        with transaction.atomic():
            current = _locked(draft, None)
            if current.state != DraftState.DROPPED or not rules.may_write_for(
                actor, current.organisation
            ):
                raise NotAllowed(_("Only the team can reopen a draft that it dropped."))
            current.state = DraftState.WRITING
            current.closed_at = None
            current.save(update_fields=["state", "closed_at"])
            audit.record("draft", current, "reopen", actor=actor, at=at)
    except IntegrityError as error:
        raise NotAllowed(_("Another change to this case is already in progress.")) from error
    return current


def _new_solution(draft: Draft, document: CaseDocument, *, at: dt.datetime) -> Solution:
    """Make the solution that a draft brings with it, under the name it gives."""
    new = document.new_solution
    if new is None:
        raise ValueError("the draft brings no solution")
    base = slug(new.name)[:70] or "solution"
    public_id, number = base, 1
    while Solution.everything.filter(public_id=public_id).exists():
        number += 1
        public_id = f"{base}-{number}"
    text = SolutionTextRecord(
        language=document.original_language,
        name=new.name.strip(),
        summary=new.summary.strip(),
        status=TextStatus.ORIGINAL,
    )
    return save_solution(
        SolutionRecord(
            public_id,
            new.kind,
            (text,),
            topics=tuple(document.topics),
            themes=tuple(document.themes),
            sdg_targets=tuple(document.sdg_targets),
        ),
        actor=audit.WORKER,
        at=at,
    )


def publish_draft(draft: Draft, *, actor: audit.Actor, at: dt.datetime) -> CaseStudy:
    """Make or change the case of a draft that its reviewers approved. Called by `reviews`.

    The whole draft is checked again: lists may have changed since it was handed in.
    """
    with transaction.atomic():
        current = _locked(draft, None)
        faults = faults_of_draft(current)
        refuse(faults)
        document = with_true_statuses(check_shape(current.content), current.case)
        if document.new_solution is not None:
            solution = _new_solution(current, document, at=at)
            document = document.model_copy(
                update={"solution": solution.public_id, "new_solution": None}
            )
            current.content = plain(document)
        document = document.model_copy(update={"checked_on": document.checked_on or at.date()})
        take_up(document, actor=actor, at=at)
        case = save_case(
            document,
            public_id=current.case.public_id if current.case else "",
            actor=actor,
            at=at,
            owner=current.organisation,
        )
        current.case = case
        current.state = DraftState.PUBLISHED
        current.closed_at = at
        current.save(update_fields=["case", "state", "closed_at", "content"])
        if not case.is_masked:
            # A file of a masked case might name its city.
            Attachment.objects.filter(draft=current, removed_at=None, published_at=None).update(
                case=case, published_at=at
            )
        audit.record(
            "draft",
            current,
            "publish",
            actor=actor,
            at=at,
            case=case.public_id,
            version=case.revision,
            team=current.organisation.public_id,
        )
    return case


def start_once(
    organisation: Organisation,
    *,
    language: str,
    content: dict[str, Any],
    actor: audit.Actor,
    at: dt.datetime,
) -> Draft:
    """A new draft, or the same person's untouched one that says the same.

    So a form that is sent twice starts one draft. Raises NotAllowed, InvalidData.
    """
    wanted = plain(check_shape({"original_language": language, **content}))
    with transaction.atomic():
        # Whoever starts a draft for this team at the same moment waits here.
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        untouched = Draft.objects.filter(
            organisation=organisation,
            started_by=actor.user,
            state=DraftState.WRITING,
            revision=1,
            language=language,
            case=None,
        )
        for draft in untouched:
            if draft.content == wanted:
                return draft
        return start_draft(organisation, language=language, content=content, actor=actor, at=at)
