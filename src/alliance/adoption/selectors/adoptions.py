"""The list of public adoptions, and the page of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from alliance.adoption import rules
from alliance.adoption.enums import DefaultStep, Ending, Kind, Relation, Stage
from alliance.adoption.models import Adoption, AdoptionStep, Tie
from alliance.adoption.services.adoptions import KIND
from alliance.adoption.services.following import with_solution
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.core.models import AuditEvent
from alliance.equity.models import DistributionCheck
from alliance.equity.rules import may_read_check
from alliance.knowledge.enums import DraftState
from alliance.knowledge.models import CaseStudy, CaseText, Measure, SolutionText, Unit
from alliance.network import rules as network_rules
from alliance.network.enums import AgreementState, PartnershipSide, SubjectKind
from alliance.network.localise import Localised, local_name, own_words
from alliance.network.models import City

PAGE_SIZE = 25
HISTORY_SHOWN = 50
ADOPTER, SOURCE = PartnershipSide.ADOPTER.value, PartnershipSide.SOURCE.value


@dataclass(frozen=True)
class StepLine:
    """A task. `due_on` is None without a deadline."""

    number: int
    title: Localised
    side: str
    side_label: str
    due_on: dt.date | None
    done_on: dt.date | None
    is_overdue: bool


@dataclass(frozen=True)
class HistoryLine:
    """An action with its actor from the audit trail; `who` is only for the two teams."""

    on: dt.date
    verb: str
    side: str
    step: int | None
    who: str


def get_adoption_for(actor: Actor, public_id: str) -> Adoption:
    """An adoption that the actor may read. Raises NotFound."""
    rows = Adoption.objects.select_related(
        "source__city",
        "adopter__city",
        "source_city",
        "adopting_city",
        "need",
        "pilot",
        "planned_pilot",
        "result",
        "fairness__organisation__city",
    )
    may = partial(rules.may_read, actor)
    adoption = get_by_public_id(in_words(rows), "adoption", public_id, may)
    return adoption if rules.is_party(actor, adoption) else as_all_see(adoption)


def get_public_adoption(public_id: str) -> Adoption:
    """A public adoption. Raises NotFound."""
    rows = Adoption.objects.filter(public_at__isnull=False)
    return get_by_public_id(rows.select_related("source", "adopter"), "adoption", public_id)


def visible_adoptions(actor: Actor) -> QuerySet[Adoption]:
    """The adoptions that `actor` may read: `rules.may_read` as a query condition."""
    if network_rules.is_secretariat(actor):
        return Adoption.objects.all()
    seen = Q(public_at__isnull=False)
    if actor.teams:
        teams = list(actor.teams)
        seen |= Q(source__public_id__in=teams) | Q(adopter__public_id__in=teams)
    return Adoption.objects.filter(seen)


def get_own_adoption(actor: Actor, public_id: str) -> Adoption:
    """An adoption that the actor edits a side of. Raises NotFound."""
    adoption = get_adoption_for(actor, public_id)
    if rules.side_of(actor, adoption) is None:
        raise NotFound("adoption", public_id)
    return adoption


def get_own_agreement(actor: Actor, public_id: str) -> Adoption:
    """An adoption with a partner and a subject that the actor edits a side of. Raises NotFound."""
    adoption = get_own_adoption(actor, public_id)
    if adoption.source is None or not adoption.subject_id:
        raise NotFound("agreement", public_id)
    return adoption


def get_adoption_to_plan(actor: Actor, public_id: str) -> Adoption:
    """An adoption that the actor edits the adopting city of. Raises NotFound."""
    adoption = get_adoption_for(actor, public_id)
    if rules.side_of(actor, adoption) != PartnershipSide.ADOPTER:
        raise NotFound("adoption", public_id)
    return adoption


def _counted(rows: QuerySet[Adoption], today: dt.date) -> QuerySet[Adoption]:
    """Adoptions with the counts and cities that a list shows."""

    def number(**of: Any) -> Coalesce:
        steps = AdoptionStep.objects.filter(adoption=OuterRef("pk"), **of).order_by()
        return Coalesce(Subquery(steps.values("adoption").annotate(n=Count("pk")).values("n")), 0)

    late = number(done_at=None, due_on__lt=today)
    return (
        named(rows)
        .select_related("source", "adopter", "source_city", "adopting_city", "need")
        .annotate(
            n_steps=number(),
            n_done=number(done_at__isnull=False),
            n_overdue=Case(When(ended_at=None, then=late), default=0),
        )
    )


def public_adoptions(city: str = "", stage: str = "") -> QuerySet[Adoption]:
    """Public adoptions, running before ended ones, then by last change."""
    rows = Adoption.objects.filter(public_at__isnull=False)
    if city:
        # A filter by city must not reveal a hidden partner.
        marked: Any = named(rows)
        telling = marked.filter(source_city__public_id=city, hides_now=False).values("pk")
        rows = rows.filter(Q(pk__in=telling) | Q(adopting_city__public_id=city))
    if stage:
        rows = rows.filter(stage=stage)
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-changed_at", "-id")


def agreements(city: str, state: str) -> QuerySet[Adoption]:
    """Adoptions with a partner and a subject, by the state of the agreement."""
    marked: Any = named(public_adoptions(city))
    rows = marked.filter(source__isnull=False, hides_now=False).exclude(subject_id="")
    if state in Ending.values:
        return rows.filter(ending=state)
    agreed = Q(source_agreed_at__isnull=False, adopter_agreed_at__isnull=False)
    running = rows.filter(ending="")
    match state:
        case AgreementState.AGREED:
            return running.filter(agreed)
        case AgreementState.PROPOSED:
            return running.exclude(agreed)
    return rows


def with_parts(rows: QuerySet[Adoption]) -> QuerySet[Adoption]:
    """Adoptions with all relations that the API returns."""
    parts = ("source", "adopter", "source_city", "adopting_city", "need", "pilot", "result")
    return in_words(rows).select_related(*parts).prefetch_related("steps")


def adoption_list(actor: Actor, *, city: str, number: int, today: dt.date) -> dict[str, Any]:
    """A page of the public adoptions, the latest change first, and the reader's own that are not
    public. At most seven queries.

    Raises NotFound for a missing page or city.
    """
    place = get_by_public_id(City.objects.all(), "city", city) if city else None
    pages: Paginator[Any] = Paginator(_counted(public_adoptions(city), today), PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    own: Any = ()
    if actor.teams or network_rules.is_secretariat(actor):
        rows = visible_adoptions(actor).filter(public_at=None)
        own = _counted(rows, today)[:PAGE_SIZE]
    page = pages.page(number)
    page.object_list = [
        row if rules.is_party(actor, row) else as_all_see(row) for row in page.object_list
    ]
    return {"page": page, "own": own, "city": place}


def named(rows: QuerySet[Adoption]) -> QuerySet[Adoption]:
    """Marks adoptions whose case now hides its city, which the partner would reveal.

    `title_now` is the title of what is adopted in the active language; None without a translation.
    """
    masked = CaseStudy.objects.filter(public_id=OuterRef("subject_id"), is_masked=True)
    case_with_partner = Q(subject_kind=SubjectKind.CASE, source__isnull=False)
    of_case = CaseText.objects.filter(case__public_id=OuterRef("subject_id"))
    of_solution = SolutionText.objects.filter(solution__public_id=OuterRef("subject_id"))
    language = get_language()
    title = Case(
        When(
            subject_kind=SubjectKind.CASE,
            then=Subquery(of_case.filter(language=language).values("title")[:1]),
        ),
        default=Subquery(of_solution.filter(language=language).values("name")[:1]),
        output_field=CharField(),
    )
    return rows.annotate(
        hides_now=Case(When(case_with_partner, then=Exists(masked)), default=Value(False)),
        title_now=title,
    )


def in_words(rows: QuerySet[Adoption]) -> QuerySet[Adoption]:
    """Adoptions from `named`, with measure, unit and conditions in the active language."""
    language = get_language() or "en"

    def name_of(model: type[Measure] | type[Unit], column: str) -> Subquery:
        own = model.objects.filter(name=OuterRef(column))
        return Subquery(own.values("name" if language == "en" else f"name_{language}")[:1])

    texts = SolutionText.objects.filter(solution__public_id=OuterRef("solution_id"))
    first = Case(When(language=language, then=Value(0)), default=Value(1))
    return with_solution(named(rows)).annotate(
        measure_now=name_of(Measure, "measure"),
        unit_now=name_of(Unit, "unit"),
        conditions_now=Subquery(texts.order_by(first, "language").values("prerequisites")[:1]),
    )


def as_all_see(row: Adoption) -> Adoption:
    """The adoption as others than its teams see it: without the partner if its case now hides its
    city.

    `row` comes from `named`, and must not be saved.
    """
    if row.is_hidden:
        row.source = row.source_city = None
    return row


def step_line(step: AdoptionStep, adoption: Adoption, language: str, today: dt.date) -> StepLine:
    """The line of a task; overdue if the adoption is running and its deadline has passed."""
    open_ = step.done_at is None and adoption.ended_at is None
    return StepLine(
        number=step.number,
        title=own_words(DefaultStep, step.title, adoption.language, language),
        side=step.side,
        side_label=side_name(adoption, step.side, language),
        due_on=step.due_on,
        done_on=step.done_at.date() if step.done_at else None,
        is_overdue=open_ and step.due_on is not None and step.due_on < today,
    )


def side_name(adoption: Adoption, side: str, language: str) -> str:
    """The city of a side, or both."""
    if side == SOURCE:
        return local_name(adoption.source_city, language) if adoption.source_city else ""
    if side == ADOPTER:
        return local_name(adoption.adopting_city, language)
    return str(PartnershipSide.BOTH.label) if side else ""


def _side(adoption: Adoption, side: str, is_party: bool) -> dict[str, Any]:
    """A side of the agreement. Its contact is a person, only shown to the two teams."""
    is_source = side == SOURCE
    return {
        "side": side,
        "city": adoption.source_city if is_source else adoption.adopting_city,
        "team": adoption.source if is_source else adoption.adopter,
        "agreed_at": getattr(adoption, f"{side}_agreed_at"),
        "contact": getattr(adoption, f"{side}_contact") if is_party else None,
        "contact_role": getattr(adoption, f"{side}_contact_role"),
    }


def _history(adoption: Adoption, language: str, is_party: bool) -> tuple[HistoryLine, ...]:
    events = AuditEvent.objects.filter(kind=KIND, public_id=adoption.public_id).order_by("-id")
    return tuple(
        HistoryLine(
            on=event.at.date(),
            verb=event.verb,
            side=side_name(adoption, event.details.get("side", ""), language),
            step=event.details.get("step"),
            who=event.actor_label if is_party else "",
        )
        for event in events[:HISTORY_SHOWN]
        # Actions of a hidden partner.
        if adoption.source_id or event.details.get("side") != SOURCE
    )


#: The stages on the page; the last but one is rolled out or stopped.
LINE = (
    Stage.NEED, Stage.CHOSEN, Stage.AGREED, Stage.PLANNED, Stage.PILOTED, Stage.ROLLED_OUT,
    Stage.REPORTED,
)  # fmt: skip
_TURN_AT = {
    rules.CHOOSE: Stage.CHOSEN,
    rules.AGREE: Stage.AGREED,
    rules.PLAN: Stage.PLANNED,
    rules.CHECK: Stage.PILOTED,
    rules.PILOT: Stage.PILOTED,
    rules.DECIDE: Stage.ROLLED_OUT,
    rules.PUBLISH: Stage.REPORTED,
}


def line_of(adoption: Adoption) -> list[tuple[Stage, str, dt.date | None]]:
    """The stages of an adoption, each with `done`, `now`, `todo` or `left-out`, and its date."""

    def day(at: dt.datetime | None) -> dt.date | None:
        return at.date() if at else None

    turns = rules.turns_of(adoption)
    now = _TURN_AT[turns[0][1]] if turns else None
    if now == Stage.PILOTED and adoption.pilot:
        now = Stage.ROLLED_OUT
    if now is None and adoption.pilot and not adoption.ending and adoption.result is None:
        now = Stage.PILOTED
    done: dict[Stage, dt.date | None] = {}
    if adoption.need:
        done[Stage.NEED] = day(adoption.need.stated_at)
    if adoption.subject_id:
        done[Stage.CHOSEN] = day(adoption.started_at)
    if adoption.source_id and adoption.is_agreed:
        done[Stage.AGREED] = day(adoption.first_agreed_at)
    if adoption.planned_at:
        done[Stage.PLANNED] = day(adoption.planned_at)
    if adoption.pilot and now != Stage.PILOTED:
        done[Stage.PILOTED] = day(adoption.pilot.frozen_at)
    if adoption.ending:
        done[Stage.ROLLED_OUT] = day(adoption.ended_at)
    if adoption.result:
        done[Stage.REPORTED] = day(adoption.result.published_at)
    reached = max((LINE.index(stage) for stage in done), default=0)

    def mark(stage: Stage) -> str:
        if stage in done:
            return "done"
        if stage == now:
            return "now"
        over = LINE.index(stage) < reached or (not turns and bool(adoption.ending))
        return "left-out" if over or (stage == Stage.AGREED and not adoption.source_id) else "todo"

    return [(stage, mark(stage), done.get(stage)) for stage in LINE]


def adoption_page(
    adoption: Adoption, actor: Actor, *, language: str, today: dt.date
) -> dict[str, Any]:
    """The context of the page of an adoption, in at most nine queries. `own_side` is the
    reader's."""
    is_party = rules.is_party(actor, adoption)
    own = rules.side_of(actor, adoption)
    is_running = adoption.ended_at is None
    shown = [ADOPTER, *([SOURCE] if adoption.source else [])]
    turns = rules.turns_of(adoption)
    return {
        "adoption": adoption,
        "line_of_steps": line_of(adoption),
        "turns": [(act, side_name(adoption, side.value, language)) for side, act in turns],
        "own_turn": next((act for side, act in turns if side == own), ""),
        "missing": rules.missing_in_plan(adoption),
        "sides": [_side(adoption, side, is_party) for side in shown],
        "partner": side_name(adoption, SOURCE, language),
        "steps": [step_line(step, adoption, language, today) for step in adoption.steps.all()],
        "history": _history(adoption, language, is_party),
        "own_side": own.value if own else "",
        "result": adoption.shown_result,
        "reviews": adoption.reviews.all(),
        "may_write": own is not None and is_running,
        "may_plan": own == PartnershipSide.ADOPTER and is_running,
        "may_agree": own is not None
        and is_running
        and actor.user is not None
        and adoption.source_id is not None
        and getattr(adoption, f"{own.value}_agreed_at") is None,
        "is_stopped": bool(adoption.ending) and adoption.ending != Ending.ADOPTED,
        "is_party": is_party,
        # A check that is not published yet is only for its team.
        "fairness_shown": adoption.fairness is not None
        and may_read_check(actor, adoption.fairness),
    }


def under_way(kind: str, public_id: str) -> QuerySet[Adoption]:
    """The public adoptions of a record without a result that were not stopped, newest first; none
    of a case that hides its city. One query.
    """
    rows = public_adoptions().filter(subject_kind=kind, subject_id=public_id, result=None)
    rows = rows.exclude(ending__in=(Ending.STOPPED, Ending.DECLINED))
    marked: Any = named(rows)
    return marked.filter(hides_now=False).select_related("source_city", "adopting_city")


def answers_of(need: str) -> QuerySet[Adoption]:
    """The public adoptions that answered a need, from the derived relations; none of a case that
    hides its city. One query.
    """
    answer_ids = Tie.objects.filter(
        relation=Relation.ANSWERED_BY, first_kind=Kind.NEED, first_id=need
    ).values("second_id")
    marked: Any = named(public_adoptions().filter(public_id__in=answer_ids))
    return marked.filter(hides_now=False).select_related("source_city", "adopting_city")


def checks_of_result(case: CaseStudy | OuterRef) -> QuerySet[DistributionCheck]:
    """The published fairness checks of the adoption or pilot whose result is a case."""
    draft = "pilots__places__draft"
    return DistributionCheck.objects.filter(
        Q(
            adoptions__result=case,
            adoptions__result__is_masked=False,
            adoptions__public_at__isnull=False,
        )
        | Q(
            **{
                f"{draft}__state": DraftState.PUBLISHED,
                f"{draft}__case": case,
                f"{draft}__case__is_masked": False,
            }
        ),
        opened_at__isnull=False,
    )


def running_of(kind: str, public_id: str) -> QuerySet[Adoption]:
    """The running adoptions of a record, or of a need."""
    about = {"need__public_id": public_id}
    if kind in SubjectKind.values:
        about = {"subject_kind": kind, "subject_id": public_id}
    return Adoption.objects.filter(ended_at=None, **about)
