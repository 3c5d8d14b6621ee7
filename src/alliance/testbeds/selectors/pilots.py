"""The page of a pilot: protocol and versions, data, results by city, and the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from alliance.charts.forest import Forest, ForestRow, ForestSummary, draw
from alliance.core.audit import Actor
from alliance.knowledge.enums import DraftState
from alliance.knowledge.models import CaseStudy, Draft
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.localise import chosen_text, local_name
from alliance.network.api.common import page_address
from alliance.network.models import City
from alliance.testbeds import rules
from alliance.testbeds.data_checks import has_late_plan
from alliance.testbeds.enums import EvaluationLabel, EvaluationState, PilotState
from alliance.testbeds.messages import cautions, verdicts
from alliance.testbeds.models import (
    Booking,
    Challenge,
    Evaluation,
    Measurement,
    Pilot,
    PilotCity,
    PilotNote,
    Protocol,
)
from alliance.testbeds.protocol import Plan, check_shape
from alliance.testbeds.selectors.challenges import challenges_of
from alliance.testbeds.selectors.lists import days_late
from alliance.testbeds.selectors.plan_terms import label, terms, value_text
from alliance.testbeds.selectors.protocols import changes, primary_among
from alliance.testbeds.selectors.testbeds import bookings_of

#: With fewer cities, results are shown without their mean.
LEAST_POOLED = 3


@dataclass(frozen=True)
class FrozenVersion:
    """A frozen version, its changes, and whether its analysis is the one that counts."""

    protocol: Protocol
    changes: tuple[tuple[str, str, str], ...]
    is_primary: bool
    after_data: bool


@dataclass(frozen=True)
class PlaceLine:
    """A participating city: its newest data, its result, and the case about it."""

    city: City
    data: Measurement | None
    warnings: tuple[str, ...]
    result: Evaluation | None
    draft: Draft | None
    case: CaseStudy | None
    may_send: bool
    may_make_case: bool


@dataclass(frozen=True)
class PilotPage:
    """The context of the page of a pilot."""

    pilot: Pilot
    title: Localised
    question: Localised
    lang_attr: str
    days_late: int
    solution: Localised
    terms: tuple[tuple[str, str], ...]
    versions: tuple[FrozenVersion, ...]
    places: tuple[PlaceLine, ...]
    pooled: Evaluation | None
    pooled_words: tuple[str, ...]
    forest: Forest | None
    exploratory: tuple[Evaluation, ...]
    is_late_protocol: bool
    is_busy: bool
    bookings: list[Booking]
    challenges: list[Challenge]
    notes: list[PilotNote]
    may_plan: bool
    may_lead: bool
    may_analyse: bool

    @property
    def digest(self) -> str:
        """The SHA-256 of the version in force; empty before the plan is frozen."""
        return self.versions[-1].protocol.digest if self.versions else ""

    @property
    def version(self) -> int:
        return self.versions[-1].protocol.number if self.versions else 0


def names_of(pilot: Pilot, places: list[PilotCity], language: str) -> dict[str, str]:
    """Names of the cities and the solution by their ids."""
    names = {place.city.public_id: local_name(place.city, language) for place in places}
    if pilot.solution is not None:
        names[pilot.solution.public_id] = chosen_text(
            pilot.solution.texts.all(), language
        ).text.name
    return names


def pilot_page(pilot: Pilot, actor: Actor, language: str, today: dt.date) -> PilotPage:
    """The page of a pilot from `get_pilot_for`. At most fifteen queries."""
    lang_attr = "" if pilot.language == language else pilot.language
    plan = check_shape(pilot.plan)
    # Used repeatedly below and by the view, so fetched once.
    prefetch_related_objects([pilot], "solution__texts", "protocols", "notes")
    places = list(pilot.places.select_related("city", "draft__case"))
    protocols = list(pilot.protocols.all())
    data = list(pilot.measurements.select_related("city"))
    rows = list(
        pilot.evaluations.select_related("city", "measurement").order_by("-asked_at", "-pk")
    )
    primary = primary_among(protocols, data)
    newest = {measurement.city_id: measurement for measurement in data}
    frozen = [row for row in rows if row.label == EvaluationLabel.AS_FROZEN]
    pooled = _current_pooled(frozen, newest)
    names = names_of(pilot, places, language)
    solution = (
        chosen_text(pilot.solution.texts.all(), language) if pilot.solution is not None else None
    )
    lines = tuple(
        _place(place, pilot, actor, newest.get(place.city_id), frozen) for place in places
    )
    return PilotPage(
        pilot=pilot,
        title=Localised(pilot.title, lang_attr),
        question=Localised(plan.question, lang_attr),
        lang_attr=lang_attr,
        days_late=days_late(pilot, today),
        solution=Localised(solution.text.name, solution.lang_attr) if solution else Localised(""),
        terms=tuple(terms(plan, names=names, without={"title", "question", "solution"})),
        versions=tuple(_versions(protocols, data, primary, names)),
        places=lines,
        pooled=pooled,
        pooled_words=tuple(
            verdicts.pooled_sentences(pooled.result, plan.outcome_unit, plan.direction)
        )
        if pooled and pooled.state == EvaluationState.DONE
        else (),
        forest=_forest(pilot, plan, frozen, pooled, newest, language),
        exploratory=tuple(row for row in rows if row.label == EvaluationLabel.EXPLORATORY),
        is_late_protocol=any(
            has_late_plan(measurement.warnings) for measurement in newest.values()
        ),
        is_busy=any(
            row.state in {EvaluationState.WAITING, EvaluationState.RUNNING} for row in rows
        ),
        bookings=bookings_of(pilot),
        challenges=challenges_of(pilot),
        notes=list(pilot.notes.all()),
        may_plan=rules.may_plan(actor, pilot),
        may_lead=rules.may_lead_pilot(actor, pilot),
        may_analyse=rules.may_analyse(actor, pilot) and bool(data),
    )


def _versions(
    protocols: list[Protocol],
    data: list[Measurement],
    primary: Protocol | None,
    names: dict[str, str],
) -> list[FrozenVersion]:
    first = min((measurement.added_at for measurement in data), default=None)
    lines = []
    for place, protocol in enumerate(protocols):
        differs = changes(protocols[place - 1], protocol) if place else ()
        lines.append(
            FrozenVersion(
                protocol=protocol,
                changes=tuple(
                    (
                        label(change.path),
                        value_text(change.path, change.before, names=names),
                        value_text(change.path, change.after, names=names),
                    )
                    for change in differs
                ),
                is_primary=protocol == primary,
                after_data=first is not None and protocol.frozen_at >= first,
            )
        )
    return lines


def _place(
    place: PilotCity,
    pilot: Pilot,
    actor: Actor,
    data: Measurement | None,
    frozen: list[Evaluation],
) -> PlaceLine:
    result = next(
        (
            evaluation
            for evaluation in frozen
            if data is not None and evaluation.measurement_id == data.pk
        ),
        None,
    )
    draft = place.draft
    case = draft.case if draft is not None else None
    is_open = draft is not None and draft.state != DraftState.DROPPED
    done = result is not None and result.state == EvaluationState.DONE
    leads = rules.may_lead_pilot(actor, pilot)
    return PlaceLine(
        city=place.city,
        data=data,
        warnings=tuple(cautions.data_warning(warning) for warning in data.warnings) if data else (),
        result=result,
        draft=draft if is_open and leads else None,
        # A case that hides its city is not shown beside the name of the city.
        case=case
        if case is not None and case.status == "published" and not case.is_masked
        else None,
        may_send=actor.is_known and rules.may_send_data(actor, pilot, place.city),
        may_make_case=leads
        and pilot.state in rules.PUBLIC
        and not is_open
        and (done or pilot.state == PilotState.STOPPED),
    )


def _forest(
    pilot: Pilot,
    plan: Plan,
    frozen: list[Evaluation],
    pooled: Evaluation | None,
    newest: dict[int, Measurement],
    language: str,
) -> Forest | None:
    """The results of two or more cities on one axis, with their mean."""
    current = {measurement.pk for measurement in newest.values()}
    done = [evaluation for evaluation in frozen if evaluation.state == EvaluationState.DONE]
    is_rate = any(verdicts.is_rate(evaluation.result) for evaluation in done)

    def shown(value: float | None) -> float | None:
        # Counts are shown as a change of their rate, as in the text beside.
        if value is None:
            return None
        return verdicts.rounded(verdicts.percent_change(value) if is_rate else value)

    rows = [
        ForestRow(
            local_name(evaluation.city, language),
            str(evaluation.measurement.last_time[:4]) if evaluation.measurement else "",
            value,
            shown(evaluation.low),
            shown(evaluation.high),
            verdicts.design_name(plan.design),
            page_address("testbeds:result", language, pilot.public_id, evaluation.public_id),
        )
        for evaluation in done
        if evaluation.city is not None
        and (value := shown(evaluation.estimate)) is not None
        and evaluation.measurement_id in current
    ]
    if len(rows) < 2:
        return None
    return draw(
        rows,
        title=plan.outcome[:1].upper() + plan.outcome[1:],
        unit_symbol="%" if is_rate else plan.outcome_unit,
        unit_name=_("change in the rate (%)") if is_rate else plan.outcome_unit,
        favourable=plan.direction,
        summary=_summary(pooled, shown),
        level=1 - (plan.alpha or 0.05),
    )


def _current_pooled(frozen: list[Evaluation], newest: dict[int, Measurement]) -> Evaluation | None:
    """The result over all cities, if it is based on their current results."""
    current = {measurement.pk for measurement in newest.values()}
    results = sorted(
        evaluation.public_id for evaluation in frozen if evaluation.measurement_id in current
    )
    pooled = [evaluation for evaluation in frozen if evaluation.city_id is None]
    return next(
        (evaluation for evaluation in pooled if evaluation.request["results"] == results), None
    )


def _summary(
    pooled: Evaluation | None, shown: Callable[[float | None], float | None]
) -> ForestSummary | None:
    """The pooled effect, transformed by `shown` as those of its cities; None for two cities, which
    are not enough for a decision.
    """
    if pooled is None or pooled.state != EvaluationState.DONE or (pooled.n or 0) < LEAST_POOLED:
        return None
    details = pooled.result["details"]
    low, high = details.get("prediction_interval") or (None, None)
    return ForestSummary(
        mean=shown(pooled.estimate),
        ci_low=shown(pooled.low),
        ci_high=shown(pooled.high),
        pi_low=shown(low),
        pi_high=shown(high),
        weighted=details["weighting"] == "inverse-variance",
    )
