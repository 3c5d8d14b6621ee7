"""API routes of adoptions, and of the agreements between two cities."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.adoption.enums import DefaultStep, Stage
from alliance.adoption.models import Adoption
from alliance.adoption.selectors import adoptions as select
from alliance.adoption.services import adoptions as services
from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.network.api.authentication import PersonOnly, TeamOrPerson
from alliance.network.api.common import LanguageCode, LanguageQuery, Page, PageQuery, page_address
from alliance.network.api.common import page_of as page_of_rows
from alliance.network.api.writing import Body, actor_in, day_of
from alliance.network.enums import AgreementState, PartnershipSide, Scope, SubjectKind
from alliance.network.localise import own_words

router = Router(tags=["agreements"])
WRITES = TeamOrPerson(Scope.EXCHANGE)


class AgreementQuery(PageQuery):
    city: str = Field("", max_length=80, description="Only those of the city of this id.")
    state: AgreementState | None = Field(None, description="Only in this state.")


class SubjectNamed(Schema):
    kind: SubjectKind
    id: str
    title: str | None = Field(description="As it was when proposed; null where it is hidden now.")
    language: LanguageCode


class Step(Schema):
    number: int
    title: str
    side: PartnershipSide
    due_on: dt.date | None
    done_on: dt.date | None


class Side(Schema):
    city: str
    team: str
    agreed_at: dt.datetime | None = Field(description="To the present terms; null: not yet.")
    contact_role: str | None


class Agreement(Schema):
    """An agreement by which a city adopts a case or solution with the help of another."""

    id: str
    subject: SubjectNamed
    source: Side
    adopter: Side
    state: AgreementState
    aim: str
    language: LanguageCode = Field(description="Of aim, steps and outcome.")
    steps: list[Step]
    outcome: str | None
    proposed_at: dt.datetime
    changed_at: dt.datetime
    ended_at: dt.datetime | None
    revision: int
    page: str


class AgreementPage(Page[Agreement]):
    """Agreements that both sides accepted at least once, the latest change first."""


class AdoptionQuery(PageQuery):
    city: str = Field("", max_length=80, description="Only those of the city of this id.")
    stage: Stage | None = Field(None, description="Only at this stage.")


class AdoptionItem(Schema):
    """How a city gets from a need to a result. Null means unknown, or not yet."""

    id: str
    city: str
    partner: str | None = Field(description="The city that knows it; null without a partner.")
    need: str | None
    subject: SubjectNamed | None = Field(
        description="What is adopted; null until it is chosen, and where it is hidden."
    )
    stage: Stage
    aim: str
    language: LanguageCode = Field(description="Of the aim, the plan and the outcome.")
    owner: str | None = Field(description="The function or office that is responsible.")
    measure: str | None
    unit: str | None
    baseline: float | None = Field(description="In the adopting city, before it begins.")
    baseline_year: int | None
    conditions: str | None
    costs: str | None
    budget: float | None
    budget_currency: str | None
    risks: str | None
    justice: dict[str, str]
    starts_on: dt.date | None
    ends_on: dt.date | None
    pilot: str | None
    result: str | None = Field(description="The published case.")
    outcome: str | None
    started_at: dt.datetime
    changed_at: dt.datetime
    ended_at: dt.datetime | None
    page: str


class AdoptionPage(Page[AdoptionItem]):
    """Public adoptions, the latest change first."""


class AdoptionPlan(Body):
    owner: str = Field("", max_length=120, description="The function or office responsible.")
    measure: str = Field("", max_length=120)
    unit: str = Field("", max_length=80)
    baseline: float | None = Field(None, description="In the adopting city, before it begins.")
    baseline_year: int | None = None
    conditions: str = Field("", max_length=3_000)
    costs: str = Field("", max_length=3_000)
    budget: float | None = Field(None, description="In whole units of the currency.")
    budget_currency: str = Field("", max_length=3, description="ISO 4217, such as SEK.")
    risks: str = Field("", max_length=3_000)
    justice: dict[str, str] = Field(
        default_factory=dict,
        description="Answers to the four dimensions of justice: `justice-distribution`, "
        "`justice-recognition`, `justice-procedure`, `justice-capability`.",
    )
    starts_on: str | None = Field(None, description="A day such as 2027-05-31.")
    ends_on: str | None = None


class StepBody(Body):
    title: str = Field(max_length=200)
    side: str = Field("both", description="source, adopter or both")
    due_on: str | None = Field(None, description="A day such as 2027-05-31.")
    number: int | None = Field(None, description="That of the step it was; what was done stays.")


class TermsBody(Body):
    aim: str = Field(max_length=3_000)
    language: str = Field(description="en, fr or sv")
    steps: list[StepBody] = Field(max_length=20)


class AgreeBody(Body):
    revision: int = Field(description="Of the terms that were read.")
    contact_role: str = Field("", max_length=120)


class DoneBody(Body):
    done: bool


class EndBody(Body):
    state: str = Field(description="adopted, stopped or declined")
    outcome: str = Field(max_length=2_000)


def _side(row: Adoption, side: str) -> dict[str, Any]:
    city = row.source_city if side == "source" else row.adopting_city
    team = row.source if side == "source" else row.adopter
    assert city is not None
    assert team is not None
    return {
        "city": city.public_id,
        "team": team.public_id,
        "agreed_at": getattr(row, f"{side}_agreed_at"),
        "contact_role": getattr(row, f"{side}_contact_role") or None,
    }


def _subject(row: Adoption) -> dict[str, Any]:
    return {
        "kind": row.subject_kind,
        "id": row.subject_id,
        "title": None if row.is_hidden else row.subject_title,
        "language": row.subject_language,
    }


def adoption_of(row: Adoption, language: str) -> dict[str, Any]:
    """An adoption as the API returns it, without persons."""
    plain = (
        "stage", "aim", "language", "started_at", "changed_at", "ended_at", "owner",
        "baseline_year", "costs", "risks", "starts_on", "ends_on", "outcome",
    )  # fmt: skip
    pilot, result = row.pilot, row.shown_result
    return {name: getattr(row, name) or None for name in plain} | {
        "id": row.public_id,
        "measure": row.shown_measure or None,
        "unit": row.shown_unit or None,
        "conditions": row.shown_conditions or None,
        "city": row.adopting_city.public_id,
        "partner": row.source_city.public_id if row.source_city else None,
        "need": row.need.public_id if row.need else None,
        "subject": _subject(row) if row.subject_id and not row.is_hidden else None,
        "baseline": row.baseline,
        "justice": row.justice,
        "budget": None if row.budget is None else float(row.budget),
        "budget_currency": row.budget_currency or None,
        "pilot": pilot.public_id if pilot else None,
        "result": result.public_id if result else None,
        "page": page_address("adoption:adoption", language, row.public_id),
    }


def agreement_of(row: Adoption, language: str) -> dict[str, Any]:
    """An agreement as the API returns it, without persons."""
    plain = ("state", "aim", "language", "changed_at", "ended_at", "revision")
    return {name: getattr(row, name) for name in plain} | {
        "id": row.public_id,
        "subject": _subject(row),
        "proposed_at": row.started_at,
        "source": _side(row, "source"),
        "adopter": _side(row, "adopter"),
        "steps": [
            {
                "number": step.number,
                "title": own_words(DefaultStep, step.title, row.language, language).value,
                "side": step.side,
                "due_on": step.due_on,
                "done_on": step.done_at.date() if step.done_at else None,
            }
            for step in row.steps.all()
        ],
        "outcome": row.outcome or None,
        "page": page_address("adoption:adoption", language, row.public_id),
    }


@router.get("/adoptions", response=AdoptionPage, summary="Adoptions")
def list_adoptions(request: HttpRequest, query: Query[AdoptionQuery]) -> dict[str, Any]:
    """Public adoptions, each from a need to a published result, the latest change first."""
    rows = select.public_adoptions(query.city, query.stage.value if query.stage else "")
    return page_of_rows(
        request,
        query,
        select.with_parts(rows),
        lambda row: adoption_of(select.as_all_see(row), query.lang),
    )


@router.get("/adoptions/{id}", response=AdoptionItem, auth=WRITES, summary="One adoption")
def get_adoption(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """An adoption; while it is not public, only for the two teams and the secretariat."""
    return adoption_of(select.get_adoption_for(actor_in(request), id), query.lang)


@router.put(
    "/adoptions/{id}/plan",
    response=AdoptionItem,
    auth=WRITES,
    summary="Write the plan",
)
def write_plan(
    request: HttpRequest, id: str, body: AdoptionPlan, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Replace the plan of an adoption, which may be incomplete; for the adopting city."""
    actor = actor_in(request)
    adoption = select.get_adoption_to_plan(actor, id)
    days = {name: day_of(name, getattr(body, name)) for name in ("starts_on", "ends_on")}
    words = services.PlanData(**(body.model_dump() | days))
    services.write_plan(adoption, words, actor=actor, at=clock.now())
    return adoption_of(select.get_adoption_for(actor, id), query.lang)


@router.get("/agreements", response=AgreementPage, summary="Adoption agreements")
def list_agreements(request: HttpRequest, query: Query[AgreementQuery]) -> dict[str, Any]:
    """Agreements by which a city adopts a case or solution with another's help, once both
    accepted."""
    rows = select.agreements(query.city, query.state.value if query.state else "")
    rows = select.with_parts(rows)
    return page_of_rows(
        request,
        query,
        rows.prefetch_related("steps"),
        lambda row: agreement_of(row, query.lang),
    )


@router.get("/agreements/{id}", response=Agreement, auth=WRITES, summary="One agreement")
def get_agreement(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """An agreement; while it is only proposed, only for the two teams and the secretariat."""
    adoption = select.get_adoption_for(actor_in(request), id)
    if adoption.source is None or not adoption.subject_id:
        raise NotFound("agreement", id)
    return agreement_of(adoption, query.lang)


@router.put("/agreements/{id}/terms", response=Agreement, auth=WRITES, summary="Change the terms")
def change_agreement(
    request: HttpRequest, id: str, body: TermsBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Replace aim and steps. This accepts them for one side; the other side has to accept them
    again."""
    actor = actor_in(request)
    adoption = select.get_own_agreement(actor, id)
    steps = [
        services.StepData(
            **step.model_dump(exclude={"due_on"}),
            due_on=day_of(f"steps[{place}].due_on", step.due_on),
        )
        for place, step in enumerate(body.steps)
    ]
    services.change_terms(
        adoption, aim=body.aim, language=body.language, steps=steps, actor=actor, at=clock.now()
    )
    return agreement_of(select.get_adoption_for(actor, id), query.lang)


@router.post(
    "/agreements/{id}/agree", response=Agreement, auth=PersonOnly(), summary="Agree for one's city"
)
def agree(
    request: HttpRequest, id: str, body: AgreeBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Accept the terms of that revision for one side; for people, not for tokens."""
    actor = actor_in(request)
    adoption = select.get_own_agreement(actor, id)
    services.agree(adoption, **body.model_dump(), actor=actor, at=clock.now())
    return agreement_of(select.get_adoption_for(actor, id), query.lang)


@router.put(
    "/agreements/{id}/steps/{number}", response=Agreement, auth=WRITES, summary="Mark a step"
)
def mark_step(
    request: HttpRequest, id: str, number: int, body: DoneBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Mark a step as done or not done."""
    actor = actor_in(request)
    adoption = select.get_own_agreement(actor, id)
    services.set_step_done(adoption, number, done=body.done, actor=actor, at=clock.now())
    return agreement_of(select.get_adoption_for(actor, id), query.lang)


@router.post("/agreements/{id}/end", response=Agreement, auth=WRITES, summary="End an agreement")
def end_agreement(
    request: HttpRequest, id: str, body: EndBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """End an agreement as adopted, stopped or declined, with its outcome."""
    actor = actor_in(request)
    adoption = select.get_own_agreement(actor, id)
    services.end(adoption, **body.model_dump(), actor=actor, at=clock.now())
    return agreement_of(select.get_adoption_for(actor, id), query.lang)
