"""What the page of a review shows: the draft, its remarks, who reviews it, and how it went."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.fields.json import KeyTransform

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.analysis import evidence_grade
from alliance.analysis.effect_spread import PlaceEffect
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.case_document import EffectPart, check_shape
from alliance.knowledge.case_fields import OF_EFFECTS, OF_NULLS, columns_of_part
from alliance.knowledge.effects import UNDISCLOSED, null_effect, place_effect
from alliance.knowledge.enums import CaseStatus, DraftState, ReviewState
from alliance.knowledge.messages import grades
from alliance.knowledge.models import (
    Attachment,
    CaseStudy,
    CaseVersion,
    Draft,
    Effect,
    Measure,
    NullResult,
    Review,
    Submission,
    Unit,
)
from alliance.knowledge.selectors.case_list import Localised, title_of
from alliance.knowledge.selectors.drafts import document_of_draft
from alliance.knowledge.selectors.files import files_of_draft
from alliance.knowledge.selectors.grade import GradeView
from alliance.knowledge.selectors.reviews_draft import (
    Place,
    Remark,
    ShownGroup,
    draft_fields,
    only_changed,
    remark_of,
    shown_groups,
    vocabulary,
    without_place,
)
from alliance.knowledge.selectors.reviews_queue import HELD
from alliance.knowledge.selectors.versions import change_groups
from alliance.knowledge.snapshots import document_of_version
from alliance.network.access import in_force
from alliance.network.models import City, Membership

#: Compare with the published version that the draft started from.
PUBLISHED = "published"


@dataclass(frozen=True)
class ReviewLine:
    """A review of one submission. `shows`: whether the reader may see its scores and note.

    `knows_conflict`: whether the reader may know of a conflict of interest.
    """

    row: Review
    is_self: bool
    shows: bool
    knows_conflict: bool
    may_free: bool


@dataclass(frozen=True)
class ReviewPage:
    """A draft in review. `own`: the reader's own review that is open.

    `refusal` says why the reader cannot take the review: "own-team", "full", "conflict", "given"
    (the reader has judged it), "not-reviewer", "not-waiting"; empty where it can be taken or is
    the reader's to judge.
    """

    draft: Draft
    title: Localised
    is_masked: bool
    knows_place: bool
    groups: tuple[ShownGroup, ...]
    at_whole: Place
    elsewhere: tuple[tuple[str, tuple[Remark, ...]], ...]
    n_open: int
    files: QuerySet[Attachment]
    submissions: list[Submission]
    reviews: tuple[ReviewLine, ...]
    earlier: tuple[ReviewLine, ...]
    own: Review | None
    refusal: str
    is_team: bool
    may_remark: bool
    may_name: bool
    grade: GradeView

    @property
    def may_take(self) -> bool:
        """Whether the reader can take the review."""
        return not self.refusal and self.own is None

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place of the page where the reader can leave a remark."""
        places = [field.place for group in self.groups for field in group.fields]
        places += [group.whole for group in self.groups if group.whole is not None]
        return tuple(place for place in (*places, self.at_whole) if place.may_remark)


def submissions_of(draft: Draft) -> list[Submission]:
    """The handings in, oldest first, each with the state that was handed in. Raises NotFound."""
    submissions = list(draft.submissions.select_related("revision"))
    if not submissions:
        raise NotFound("review", draft.public_id)
    return submissions


def hides_city(draft: Draft, handed_in: Mapping[str, Any]) -> bool:
    """Whether the city is to be hidden, by what was handed in or by what the team writes since."""
    return bool(handed_in["is_masked"] or draft.content.get("is_masked"))


def _review_line(row: Review, draft: Draft, actor: Actor, *, sees_scores: bool) -> ReviewLine:
    is_self = actor.user is not None and row.reviewer_id == actor.user.pk
    is_decided = row.state in {ReviewState.APPROVED, ReviewState.CHANGES_ASKED}
    return ReviewLine(
        row,
        is_self=is_self,
        shows=is_decided and (sees_scores or is_self or row.submission != draft.submission),
        knows_conflict=is_self or rules.is_secretariat(actor),
        may_free=rules.is_secretariat(actor)
        and draft.state == DraftState.IN_REVIEW
        and row.submission == draft.submission
        and row.state in HELD,
    )


def _refusal(actor: Actor, draft: Draft, own: Review | None, held: int) -> str:
    if draft.state != DraftState.IN_REVIEW:
        return "not-waiting"
    if draft.organisation.public_id in actor.teams:
        return "own-team"
    if not rules.is_reviewer(actor):
        return "not-reviewer"
    if own is not None and own.has_conflict:
        return "conflict"
    if own is not None and own.state in HELD:
        return "" if own.state == ReviewState.TAKEN else "given"
    return "full" if held >= draft.n_reviewers else ""


def _base(draft: Draft) -> CaseVersion | None:
    """The published version that a draft changes."""
    return CaseVersion.objects.filter(case=draft.case_id, number=draft.base_version or 0).first()


def review_page(draft: Draft, actor: Actor, *, language: str) -> ReviewPage:
    """The draft as it was last handed in, to whoever may read it. Nine queries, by its content.

    Of a minor change only what differs from the published version is shown.

    Raises NotFound where it was never handed in.
    """
    submissions = submissions_of(draft)
    states = [document_of_draft(submission.revision) for submission in submissions[-2:]]
    base = _base(draft) if draft.is_minor else None
    if base is not None:
        states = [document_of_version(base), states[-1]]
    knows_place = not hides_city(draft, states[-1]) or writing_rules.may_know_place_of(actor, draft)
    if not knows_place:
        states = [without_place(state) for state in states]
    state = states[-1]
    words = vocabulary(states, language)
    fields = [list(draft_fields(state, language, words.names)) for state in states]
    before = {field.key: field.held for field in fields[0]}
    changed = {field.key for field in fields[-1] if field.held != before.get(field.key, "")}
    rows = list(draft.reviews.order_by("submission", "id"))
    remarks = _remarks(draft, actor, rows, names_hidden=not knows_place)
    n_open = sum(not remark.row.resolved_at for own in remarks.values() for remark in own)
    present = [row for row in rows if row.submission == draft.submission]
    own = next((r for r in present if actor.user and r.reviewer_id == actor.user.pk), None)
    is_team = draft.organisation.public_id in actor.teams
    # Two people judge for themselves: whoever may still judge sees no score of the other.
    sees_scores = (
        draft.state != DraftState.IN_REVIEW
        or is_team
        or (own is not None and own.given_at is not None)
        or (not rules.is_reviewer(actor) and rules.is_secretariat(actor))
    )
    lines = [_review_line(row, draft, actor, sees_scores=sees_scores) for row in rows]
    may_remark = actor.user is not None and draft.state != DraftState.PUBLISHED
    groups = shown_groups(
        fields[-1],
        changed=frozenset(changed),
        remarks=remarks,
        may_remark=may_remark,
    )
    if base is not None:
        groups = tuple(only_changed(groups))
    at_whole = Place("", "", tuple(remarks.pop("", ())), may_remark)
    is_open = own is not None and own.state == ReviewState.TAKEN
    return ReviewPage(
        draft=draft,
        title=title_of(state, language),
        is_masked=state["is_masked"],
        knows_place=knows_place,
        groups=groups,
        at_whole=at_whole,
        elsewhere=tuple((path, tuple(own)) for path, own in remarks.items()),
        n_open=n_open,
        files=files_of_draft(draft),
        submissions=submissions[::-1],
        reviews=tuple(
            line
            for line in lines
            if line.row.submission == draft.submission
            and (line.row.state in HELD or line.is_self or rules.is_secretariat(actor))
        ),
        earlier=tuple(
            line
            for line in lines
            if line.row.submission != draft.submission and line.row.state in HELD
        ),
        own=own if is_open else None,
        refusal=_refusal(actor, draft, own, sum(row.state in HELD for row in present)),
        is_team=is_team,
        may_remark=may_remark,
        may_name=rules.is_secretariat(actor)
        and draft.state == DraftState.IN_REVIEW
        and sum(row.state in HELD for row in present) < draft.n_reviewers,
        grade=grade_of_draft(
            draft,
            state,
            measures=words.measures,
            units=words.units,
            measure_names=words.names.measures,
        ),
    )


def _remarks(
    draft: Draft, actor: Actor, reviews: list[Review], *, names_hidden: bool
) -> dict[str, list[Remark]]:
    """The remarks by the path they stand at, open ones first."""
    reviewers = {row.reviewer_id for row in reviews if row.reviewer_id is not None}
    remarks: dict[str, list[Remark]] = defaultdict(list)
    rows = sorted(draft.comments.all(), key=lambda row: (row.resolved_at is not None, row.pk))
    for row in rows:
        remarks[row.field].append(
            remark_of(row, draft=draft, actor=actor, names_hidden=names_hidden, reviewers=reviewers)
        )
    return remarks


@dataclass(frozen=True)
class Proposed:
    """Somebody who may be asked to review a draft, with what speaks for it.

    `n_themes`: reviews that the person gave of drafts with one of its themes; `n_open`: those that
    the person has still to give.
    """

    user: User
    knows_draft: bool
    reads_language: bool
    n_themes: int
    n_open: int


def reviewers_to_name(draft: Draft, *, at: dt.datetime) -> list[Proposed]:
    """Who may be asked to review a draft, the best first. Two queries.

    First who judged an earlier submission, then by language, by reviews of its themes, and by how
    few reviews each has open. Left out: who is in its team, wrote on it, reviews it already or has
    declared a conflict.
    """
    reviews = Review.objects.filter(draft=draft, submission=draft.submission)
    held = reviews.filter(state__in=HELD) | reviews.filter(has_conflict=True)
    members = Membership.objects.filter(in_force(at), organisation=draft.organisation)
    grants = Grant.objects.filter(in_force(at), role=NetworkRole.REVIEWER)
    users = list(
        User.objects.filter(pk__in=grants.values("user"), is_active=True)
        .exclude(pk__in=members.values("user"))
        .exclude(pk__in=held.exclude(reviewer=None).values("reviewer"))
        .exclude(pk__in=draft.revisions.exclude(actor=None).values("actor"))
        .order_by("name", "pk")
    )
    by_reviewer: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    of_draft = KeyTransform("themes", "draft__content")
    for reviewer, *values in Review.objects.filter(reviewer__in=users, state__in=HELD).values_list(
        "reviewer", "draft", "state", "draft__state", "draft__language", of_draft
    ):
        by_reviewer[reviewer].append(tuple(values))
    wanted = set(draft.content.get("themes") or ())
    proposals = []
    for user in users:
        judged = [row for row in by_reviewer[user.pk] if row[1] != ReviewState.TAKEN]
        open_states = (ReviewState.TAKEN, DraftState.IN_REVIEW)
        proposals.append(
            Proposed(
                user,
                knows_draft=any(row[0] == draft.pk for row in judged),
                reads_language=draft.language in {user.language, *(row[3] for row in judged)},
                n_themes=sum(not wanted.isdisjoint(row[4] or ()) for row in judged),
                n_open=sum(row[1:3] == open_states for row in by_reviewer[user.pk]),
            )
        )
    return sorted(
        proposals,
        key=lambda proposal: (
            not proposal.knows_draft,
            not proposal.reads_language,
            proposal.n_open - proposal.n_themes,
        ),
    )


def _others(draft: Draft, solution: str, city: str) -> list[Effect]:
    """The effects of the other published cases of the solution.

    Each bears as `own_city` the key of the draft's own city, which saves a query of its own.
    """
    own_city = Subquery(City.objects.filter(public_id=city).values("pk")[:1])
    return list(
        Effect.objects.filter(case__solution__public_id=solution, case__status=CaseStatus.PUBLISHED)
        .exclude(case=draft.case_id)
        .select_related("case", "measure", "unit")
        .annotate(own_city=own_city)
        .order_by("case__public_id", "position")
    )


def _effect(part: EffectPart, measures: Mapping[str, Measure], units: Mapping[str, Unit]) -> Effect:
    words = {
        "measure": measures.get(part.measure) or Measure(name=part.measure),
        "unit": units.get(part.unit) or Unit(name=part.unit),
        "baseline_unit": None,
    }
    return Effect(**columns_of_part(part, OF_EFFECTS) | words)


def grade_of_draft(
    draft: Draft,
    document: Mapping[str, Any],
    *,
    measures: Mapping[str, Measure],
    units: Mapping[str, Unit],
    measure_names: Mapping[str, str],
) -> GradeView:
    """The grade by the published rule, with its lines in words. Two queries at most."""
    whole = check_shape(document)
    any_result = bool(whole.effects or whole.nulls)
    others = _others(draft, whole.solution, whole.place.city or "") if any_result else []
    # Not saved: it lends its place to the rules that speak of cases.
    case = CaseStudy(
        public_id=draft.public_id,
        country=UNDISCLOSED if whole.is_masked else whole.place.country,
        city_id=others[0].own_city if others else None,  # type: ignore[attr-defined]
        place_name=whole.place.name,
    )
    own: list[PlaceEffect] = [
        place_effect(case, _effect(effect, measures, units)) for effect in whole.effects
    ]
    own += [
        null_effect(
            NullResult(
                case=case,
                **columns_of_part(null, OF_NULLS) | {"measure": Measure(name=null.measure)},
            )
        )
        for null in whole.nulls
    ]
    nulls = NullResult.objects.filter(
        case__solution__public_id=whole.solution, case__status=CaseStatus.PUBLISHED
    ).exclude(case=draft.case_id)
    elsewhere = [place_effect(other.case, other) for other in others]
    if any_result:
        elsewhere += map(null_effect, nulls.select_related("case", "measure"))
    # The sources of a case that hides its city are not published, so that they count for nothing.
    sources = [
        evidence_grade.GradeSource(source.url, source.independent, draft.public_id)
        for source in (() if whole.is_masked else whole.sources)
    ]
    grade = evidence_grade.grade(
        own,
        solution_effects=[*own, *elsewhere],
        sources=sources,
    )
    lines = [
        {"code": line.code, "points": line.points, "met": line.met, "params": dict(line.params)}
        for line in grade.lines
    ]
    points = grade.points if grade.graded else None
    return GradeView(
        points=points,
        most=evidence_grade.MAX_POINTS,
        lines=grades.explain(lines, names=measure_names),
        bound="" if points is None else grades.bounds(lines, points),
        rule_version=grade.rule_version,
        any_effect=bool(own),
    )


def changes_page(
    draft: Draft, actor: Actor, *, since: str, number: int | None, language: str
) -> dict[str, Any]:
    """What changed to submission `number` (None: the last) since `since`, a number or "published".

    `version` is that of the case where it is compared with one, 0 else.

    Raises NotFound for a submission or version that there is not.
    """
    submissions = {submission.number: submission for submission in submissions_of(draft)}
    new = submissions.get(number or draft.submission)
    if new is None:
        raise NotFound("submission of a draft", str(number))
    after = document_of_draft(new.revision)
    version = 0
    if since == PUBLISHED:
        base = _base(draft)
        if base is None:
            raise NotFound("published version", draft.public_id)
        version, old_number, old_at = base.number, 0, base.at
        before = document_of_version(base)
        if after["is_masked"]:
            # Held against what readers see: of a case that hides its city no source is published.
            after = {**without_place(after), "sources": []}
    else:
        old = submissions.get(int(since)) if since.isdecimal() and len(since) < 7 else None
        if old is None:
            raise NotFound("submission of a draft", since)
        old_number, old_at = old.number, old.at
        before = document_of_draft(old.revision)
    if hides_city(draft, after) and not writing_rules.may_know_place_of(actor, draft):
        before, after = without_place(before), without_place(after)
    names = vocabulary([before, after], language).names
    groups = change_groups(
        list(draft_fields(before, language, names)), list(draft_fields(after, language, names))
    )
    return {
        "draft": draft,
        "title": title_of(after, language),
        "new": new,
        "old_at": old_at,
        "old_number": old_number,
        "version": version,
        "is_masked": after["is_masked"],
        "groups": groups,
        "n_changes": sum(len(group.changes) for group in groups),
    }
