"""What the pages of writing show: the drafts of a person's teams, and one draft with its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from alliance.core.audit import Actor
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.case_document import check_shape, plain
from alliance.knowledge.completeness import ITEMS, Completeness, completeness
from alliance.knowledge.draft_checks import faults_of_draft, is_outdated
from alliance.knowledge.enums import DraftState
from alliance.knowledge.forms.steps import CHECK, STEPS, FieldAt, field_at
from alliance.knowledge.line_facts import SIDES
from alliance.knowledge.models import CaseStudy, Draft, DraftRevision, ReviewComment, SourceCheck
from alliance.knowledge.selectors.case_list import Localised, title_of
from alliance.knowledge.selectors.completeness import Meter, meter, meter_of
from alliance.knowledge.selectors.drafts_faults import DraftFault, fault_texts
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.snapshots import document_of
from alliance.network.enums import TeamRole
from alliance.network.models import Organisation
from alliance.web import formatting

#: Closed drafts shown in the list; the newest.
MOST_CLOSED = 20
_OPEN = (DraftState.CHANGES_ASKED, DraftState.WRITING, DraftState.IN_REVIEW)
_CLOSED = (DraftState.PUBLISHED, DraftState.DROPPED)


@dataclass(frozen=True)
class DraftStep:
    """One step in the list of progress; `n` is 0 for the last, which asks for nothing."""

    code: str
    label: str
    n_done: int
    n: int
    n_faults: int
    n_remarks: int


@dataclass(frozen=True)
class DraftRemark:
    """A reviewer's remark, with where it belongs."""

    row: ReviewComment
    at: FieldAt


@dataclass(frozen=True)
class DraftPage:
    """A draft with everything that its pages say around its fields."""

    draft: Draft
    title: Localised
    is_outdated: bool
    document: Mapping[str, Any]
    meter: Meter
    steps: tuple[DraftStep, ...]
    faults: tuple[DraftFault, ...]
    remarks: tuple[DraftRemark, ...]
    can_edit: bool
    can_take_back: bool
    can_reopen: bool

    @property
    def open_remarks(self) -> tuple[DraftRemark, ...]:
        """Remarks that nobody has dealt with."""
        return tuple(remark for remark in self.remarks if not remark.row.resolved_at)

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


def teams_to_write_for(actor: Actor, language: str) -> list[Organisation]:
    """The teams that the actor writes for, with their cities, by name."""
    rows = Organisation.objects.filter(public_id__in=actor.teams).select_related("city")
    own = [row for row in rows if rules.may_write_for(actor, row)]
    return sorted(own, key=lambda organisation: local_name(organisation, language))


def _line(draft: Draft, language: str) -> dict[str, Any]:
    document = document_of_draft(draft)
    return {
        "draft": draft,
        "title": title_of(document, language),
        "outcome": document["outcome"],
        "meter": meter(document, draft.language),
    }


def drafts_of(actor: Actor, language: str) -> dict[str, Any]:
    """The drafts of the actor's teams by state, those that wait for the team first; four queries.

    `can_start`: whether the actor is an editor of one of the teams.
    """
    rows = (
        Draft.objects.filter(organisation__public_id__in=actor.teams)
        .select_related("organisation", "case")
        .annotate(n_remarks=Count("comments", filter=Q(comments__resolved_at=None)))
    )
    drafts = [*rows.filter(state__in=_OPEN), *rows.filter(state__in=_CLOSED)[:MOST_CLOSED]]
    sections: dict[DraftState, list[dict[str, Any]]] = {state: [] for state in (*_OPEN, *_CLOSED)}
    for draft in drafts:
        sections[DraftState(draft.state)].append(_line(draft, language))
    return {
        "sections": [(state, lines) for state, lines in sections.items() if lines],
        "can_start": bool(teams_to_write_for(actor, language)),
    }


def _steps(
    progress: Completeness, faults: Sequence[DraftFault], remarks: Sequence[DraftRemark]
) -> tuple[DraftStep, ...]:
    of_step = {item.code: item.step for item in ITEMS}
    done = Counter(of_step[code] for code in progress.done)
    missing = Counter(of_step[code] for code in progress.missing)
    wrong = Counter(fault.at.step for fault in faults if not fault.is_missing)
    remarked = Counter(remark.at.step for remark in remarks if not remark.row.resolved_at)
    return tuple(
        DraftStep(
            code=code,
            label=str(label),
            n_done=done[code],
            n=done[code] + missing[code],
            n_faults=len(faults) if code == CHECK else wrong[code],
            n_remarks=remarked[code],
        )
        for code, label in STEPS.items()
    )


def draft_page(draft: Draft, actor: Actor, language: str) -> DraftPage:
    """A draft with its progress, faults and remarks. At most six queries."""
    document = document_of_draft(draft)
    progress = completeness(document, draft.language)
    faults = fault_texts(faults_of_draft(draft), text_language=draft.language)
    remarks = tuple(
        DraftRemark(row, field_at(row.field, text_language=draft.language))
        for row in draft.comments.all()
    )
    may_write = rules.may_write_for(actor, draft.organisation)
    return DraftPage(
        draft=draft,
        title=title_of(document, language),
        is_outdated=is_outdated(draft) and draft.state in _OPEN,
        document=document,
        meter=meter_of(progress),
        steps=_steps(progress, faults, remarks),
        faults=faults,
        remarks=remarks,
        can_edit=writing_rules.may_edit_draft(actor, draft),
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


def acts_on_case(actor: Actor, case: CaseStudy) -> dict[str, bool]:
    """Whether the actor may change a published case, say that it still holds or withdraw it, or
    record an adaptation. No query for a case of `get_case_for`.

    The secretariat confirms a case, and leaves its words to the team that answers for it.
    """
    is_editor = TeamRole.EDITOR in actor.teams.values()
    team = case.owner.public_id if case.owner else case.town_hall  # type: ignore[attr-defined]
    # What comes from another network is corrected there.
    is_ours = not case.from_network
    can_change = is_ours and team is not None and rules.may_write_as(actor, team)
    return {
        "can_change": can_change,
        "can_confirm": is_ours and (can_change or rules.is_secretariat(actor)),
        "can_adapt": is_editor,
    }


def equity_advice(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """That who gained and who paid was proposed from a pilot or a campaign, beside each field that
    says so."""
    own = f"{settings.BASE_URL}/"
    of_campaign = any(
        source["url"].startswith(own) and "/take-part/" in source["url"]
        for source in document["sources"]
    )
    if not of_campaign and not any(effect.get("pilot") for effect in document["effects"]):
        return []
    text = document["texts"].get(document["original_language"]) or {}
    filled = {"equity_notes": text.get("equity_notes")}
    filled |= {side: document[side] for side in SIDES}
    sentence = _("Suggested from the results by group. Check it: saving confirms it.")
    return [(name, sentence) for name, value in filled.items() if value]


def source_advice(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Advice by the name of the field it stands beside. It keeps no case from being handed in."""
    urls = [source["url"].strip() for source in document["sources"]]
    times = Counter(url for url in urls if url)
    checks = {
        check.url: check for check in SourceCheck.objects.filter(url__in=times, is_alive=False)
    }
    advice: dict[str, list[str]] = {}
    for number, url in enumerate(urls):
        sentences = []
        if times[url] > 1:
            sentences.append(_("This web address appears more than once."))
        check = checks.get(url)
        if check is not None and check.last_alive_at is not None:
            sentences.append(
                _("This web address could not be reached recently. It last worked on %(day)s.")
                % {"day": formatting.day(check.last_alive_at.date())}
            )
        elif check is not None:
            sentences.append(_("This web address could not be reached at the last check."))
        if sentences:
            advice[f"sources-{number}-url"] = sentences
    return advice
