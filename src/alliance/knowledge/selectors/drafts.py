"""What the pages of writing show: the drafts of a person's teams, and one draft with its steps."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from alliance.core.audit import Actor
from alliance.knowledge import rules
from alliance.knowledge.case_document import check_shape, plain
from alliance.knowledge.completeness import ITEMS, Completeness, completeness
from alliance.knowledge.draft_checks import faults_of_draft, is_outdated
from alliance.knowledge.enums import DraftState, ReviewState
from alliance.knowledge.forms.steps import CHECK, STEPS, FieldAt, field_at
from alliance.knowledge.models import CaseStudy, Draft, DraftRevision, Review, ReviewComment
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.completeness import Meter, meter, meter_of
from alliance.knowledge.selectors.drafts_faults import DraftFault, fault_texts
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.snapshots import document_of
from alliance.network.enums import TeamRole
from alliance.network.models import Membership, Organisation
from alliance.web import formatting

#: Closed drafts shown in the list; the newest.
MOST_CLOSED = 20
_OPEN = (DraftState.CHANGES_ASKED, DraftState.WRITING, DraftState.IN_REVIEW)
_CLOSED = (DraftState.PUBLISHED, DraftState.DROPPED)


@dataclass(frozen=True)
class DraftLine:
    """A draft in the list. `title` is empty where none is written yet."""

    public_id: str
    title: Localised
    outcome: str
    team: str
    state: str
    saved_at: dt.datetime
    meter: Meter
    n_remarks: int
    case_id: str


@dataclass(frozen=True)
class DraftSection:
    """The drafts of one state."""

    state: str
    label: str
    drafts: tuple[DraftLine, ...]


@dataclass(frozen=True)
class Team:
    """An organisation that the reader belongs to."""

    public_id: str
    name: str
    can_write: bool
    editors: tuple[str, ...]


@dataclass(frozen=True)
class DraftList:
    """The drafts of a person's teams, those that wait for the team first."""

    sections: tuple[DraftSection, ...]
    teams: tuple[Team, ...]

    @property
    def can_start(self) -> bool:
        """Whether the person is an editor of one of the teams."""
        return any(team.can_write for team in self.teams)


@dataclass(frozen=True)
class StepLine:
    """One step in the list of progress; `n` is 0 for the last, which asks for nothing."""

    code: str
    label: str
    n_done: int
    n: int
    n_faults: int
    n_remarks: int


@dataclass(frozen=True)
class Remark:
    """A reviewer's remark, with where it belongs."""

    pk: int
    at: FieldAt
    text: str
    author: str
    when: dt.datetime
    resolved_by: str


@dataclass(frozen=True)
class ReviewLine:
    """What one reviewer said of the last submission."""

    name: str
    state: str
    label: str
    note: str


@dataclass(frozen=True)
class Revision:
    """A saved state of a draft: its number, when, and by whom."""

    number: int
    at: dt.datetime
    actor: str


@dataclass(frozen=True)
class DraftPage:
    """A draft with everything that its pages say around its fields."""

    public_id: str
    title: Localised
    language: str
    team: str
    state: str
    state_label: str
    revision: int
    saved_at: dt.datetime
    case_id: str
    is_outdated: bool
    document: Mapping[str, Any]
    meter: Meter
    steps: tuple[StepLine, ...]
    faults: tuple[DraftFault, ...]
    remarks: tuple[Remark, ...]
    reviews: tuple[ReviewLine, ...]
    can_edit: bool
    can_take_back: bool
    can_reopen: bool

    @property
    def language_name(self) -> str:
        """The language that the case is written in, in the language of the page."""
        return formatting.language_name(self.language)

    @property
    def open_remarks(self) -> tuple[Remark, ...]:
        """Remarks that nobody has dealt with."""
        return tuple(one for one in self.remarks if not one.resolved_by)

    def after(self, step: str) -> str:
        """The step after `step`, empty after the last."""
        codes = list(STEPS)
        return "" if step == codes[-1] else codes[codes.index(step) + 1]

    def before(self, step: str) -> str:
        """The step before `step`, empty before the first."""
        codes = list(STEPS)
        return "" if step == codes[0] else codes[codes.index(step) - 1]


def document_of_draft(draft: Draft | DraftRevision) -> dict[str, Any]:
    """The document of a draft or of a saved state, every key present."""
    return plain(check_shape(draft.content))


def document_at(draft: Draft, revision: int) -> dict[str, Any]:
    """The document as it was saved under that number; the present one where there is no such."""
    if revision != draft.revision:
        row = DraftRevision.objects.filter(draft=draft, number=revision).first()
        if row is not None:
            return document_of_draft(row)
    return document_of_draft(draft)


def published_document(draft: Draft) -> dict[str, Any]:
    """The published state of the case that a draft changes."""
    if draft.case is None:
        raise ValueError(f"draft {draft.public_id} changes no case")
    return document_of(draft.case)


def last_revision(draft: Draft) -> Revision | None:
    """Who saved the draft last, and when."""
    row = draft.revisions.defer("content").order_by("-number").first()
    return revision_of(row) if row else None


def revision_of(row: DraftRevision) -> Revision:
    """A saved state without its content."""
    return Revision(row.number, row.at, row.actor_label)


def draft_title(document: Mapping[str, Any], text_language: str, language: str) -> Localised:
    """The title of a draft, empty where none is written."""
    title = (document["texts"].get(text_language) or {}).get("title", "")
    return Localised(title, text_language if title and text_language != language else "")


def draft_title_of(draft: Draft, language: str) -> Localised:
    """The title of a draft for a page in `language`."""
    return draft_title(document_of_draft(draft), draft.language, language)


def _teams(actor: Actor, language: str) -> tuple[Team, ...]:
    organisations = Organisation.objects.filter(public_id__in=actor.teams)
    editors: dict[int, list[str]] = {}
    rows = Membership.objects.filter(
        organisation__in=organisations, role=TeamRole.EDITOR, ended_at=None
    ).select_related("user")
    for row in rows:
        editors.setdefault(row.organisation_id, []).append(row.user.name)
    return tuple(
        Team(
            one.public_id,
            local_name(one, language),
            rules.may_write_for(actor, one),
            tuple(editors.get(one.pk, ())),
        )
        for one in organisations
    )


@dataclass(frozen=True)
class TeamToWriteFor:
    """A team that the reader is an editor of, with its name in the language of the page."""

    organisation: Organisation
    name: str


def teams_to_write_for(actor: Actor, language: str) -> tuple[TeamToWriteFor, ...]:
    """The teams that the actor writes for, with their cities, by name."""
    rows = Organisation.objects.filter(public_id__in=actor.teams).select_related("city")
    return tuple(
        sorted(
            (
                TeamToWriteFor(one, local_name(one, language))
                for one in rows
                if rules.may_write_for(actor, one)
            ),
            key=lambda team: team.name,
        )
    )


def _line(draft: Draft, language: str) -> DraftLine:
    document = document_of_draft(draft)
    return DraftLine(
        public_id=draft.public_id,
        title=draft_title(document, draft.language, language),
        outcome=document["outcome"],
        team=local_name(draft.organisation, language),
        state=draft.state,
        saved_at=draft.saved_at,
        meter=meter(document, draft.language),
        n_remarks=draft.n_remarks,  # type: ignore[attr-defined]
        case_id=draft.case.public_id if draft.case else "",
    )


def drafts_of(actor: Actor, language: str) -> DraftList:
    """The drafts of the actor's teams by state, in four queries."""
    rows = (
        Draft.objects.filter(organisation__public_id__in=actor.teams)
        .select_related("organisation", "case")
        .annotate(n_remarks=Count("comments", filter=Q(comments__resolved_at=None)))
    )
    found = [*rows.filter(state__in=_OPEN), *rows.filter(state__in=_CLOSED)[:MOST_CLOSED]]
    lines = [_line(draft, language) for draft in found]
    sections = (
        DraftSection(state, str(state.label), tuple(one for one in lines if one.state == state))
        for state in (*_OPEN, *_CLOSED)
    )
    return DraftList(tuple(one for one in sections if one.drafts), _teams(actor, language))


def _steps(
    found: Completeness, faults: Sequence[DraftFault], remarks: Sequence[Remark]
) -> tuple[StepLine, ...]:
    of_step = {item.code: item.step for item in ITEMS}
    done = Counter(of_step[code] for code in found.done)
    missing = Counter(of_step[code] for code in found.missing)
    wrong = Counter(fault.at.step for fault in faults if not fault.is_missing)
    said = Counter(remark.at.step for remark in remarks if not remark.resolved_by)
    return tuple(
        StepLine(
            code=code,
            label=str(label),
            n_done=done[code],
            n=done[code] + missing[code],
            n_faults=len(faults) if code == CHECK else wrong[code],
            n_remarks=said[code],
        )
        for code, label in STEPS.items()
    )


def _remark(row: ReviewComment, text_language: str) -> Remark:
    return Remark(
        pk=row.pk,
        at=field_at(row.field, text_language=text_language),
        text=row.text,
        author=row.author_name,
        when=row.at,
        resolved_by=row.resolved_by_name if row.resolved_at else "",
    )


def _reviews(draft: Draft) -> tuple[ReviewLine, ...]:
    rows = Review.objects.filter(draft=draft, submission=draft.submission).exclude(
        state=ReviewState.GIVEN_BACK
    )
    return tuple(
        ReviewLine(row.reviewer_name, row.state, str(row.get_state_display()), row.note)
        for row in rows
    )


def draft_page(
    draft: Draft, actor: Actor, language: str, *, with_reviews: bool = False
) -> DraftPage:
    """A draft with its progress, faults and remarks. At most seven queries."""
    document = document_of_draft(draft)
    found = completeness(document, draft.language)
    faults = fault_texts(faults_of_draft(draft), text_language=draft.language)
    remarks = tuple(_remark(row, draft.language) for row in draft.comments.all())
    may_write = rules.may_write_for(actor, draft.organisation)
    return DraftPage(
        public_id=draft.public_id,
        title=draft_title(document, draft.language, language),
        language=draft.language,
        team=local_name(draft.organisation, language),
        state=draft.state,
        state_label=str(DraftState(draft.state).label),
        revision=draft.revision,
        saved_at=draft.saved_at,
        case_id=draft.case.public_id if draft.case else "",
        is_outdated=is_outdated(draft) and draft.state in _OPEN,
        document=document,
        meter=meter_of(found),
        steps=_steps(found, faults, remarks),
        faults=faults,
        remarks=remarks,
        reviews=_reviews(draft) if with_reviews else (),
        can_edit=rules.may_edit_draft(actor, draft),
        can_take_back=may_write and draft.state == DraftState.IN_REVIEW,
        can_reopen=may_write and draft.state == DraftState.DROPPED,
    )


def faults_of_step(
    page: DraftPage, step: str, *, all_faults: bool = False
) -> tuple[DraftFault, ...]:
    """The faults that one step mends: what breaks a rule, and with `all_faults` what is missing."""
    return tuple(
        fault
        for fault in page.faults
        if fault.at.step == step and (all_faults or not fault.is_missing)
    )


@dataclass(frozen=True)
class ActsOnCase:
    """What a signed-in reader may do with a published case beyond reading it."""

    can_change: bool
    can_confirm: bool
    can_adapt: bool


def acts_on_case(actor: Actor, case: CaseStudy) -> ActsOnCase:
    """Whether the actor may change the case, say that it still holds, or record an adaptation.

    The secretariat confirms a case, and leaves its words to the team that answers for it.
    """
    team = rules.responsible_team(case)
    return ActsOnCase(
        can_change=team is not None and rules.may_write_for(actor, team),
        can_confirm=actor.is_known and rules.may_change_case(actor, case),
        can_adapt=TeamRole.EDITOR in actor.teams.values(),
    )
