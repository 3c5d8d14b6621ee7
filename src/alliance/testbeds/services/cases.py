"""From the result of a pilot to a draft of a case: one act, for null results as for all others.

The draft then goes the way of every case, through its reviewers. What the protocol and the numbers
say is filled in; what they do not say is left open.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.knowledge.enums import (
    Affected,
    CaseStatus,
    DraftState,
    EffectDirection,
    Language,
    Outcome,
    Reason,
)
from alliance.knowledge.models import Draft
from alliance.knowledge.rules import may_write_for
from alliance.knowledge.services.drafts import start_draft
from alliance.network.api.common import page_address
from alliance.network.models import City
from alliance.testbeds import rules
from alliance.testbeds.data_checks import has_failed_check, has_late_plan
from alliance.testbeds.enums import PilotNoteKind, PilotState, case_design
from alliance.testbeds.messages import cautions, verdicts
from alliance.testbeds.models import Evaluation, Pilot, PilotCity
from alliance.testbeds.protocol import Plan, check_shape
from alliance.testbeds.services.evaluations import frozen_results
from alliance.web.formatting import day

_PERCENT = "percent change"
_LONGEST_COVERS = 300


def make_case(place: PilotCity, *, actor: audit.Actor, at: dt.datetime) -> Draft:
    """The draft of the case that came of a pilot in one city; the one that is there, once made.

    A pilot that was stopped becomes a case without a result, too. Raises NotAllowed, InvalidData.
    """
    with transaction.atomic():
        pilot = (
            Pilot.objects.select_for_update(of=("self",))
            .select_related("organisation", "solution", "adapted_from")
            .get(pk=place.pilot_id)
        )
        allowed = rules.may_lead_pilot(actor, pilot) and may_write_for(actor, pilot.organisation)
        if pilot.state not in rules.PUBLIC or not allowed:
            raise NotAllowed(
                _("Only the team behind a registered pilot can create a case from it.")
            )
        current = PilotCity.objects.select_for_update(of=("self",)).get(pk=place.pk)
        if current.draft is not None and current.draft.state != DraftState.DROPPED:
            return current.draft
        result = frozen_results(pilot).get(place.city_id)
        if result is None and pilot.state != PilotState.STOPPED:
            raise InvalidData([Fault("result", "no-result-of-city")])
        with translation.override(pilot.language):
            content = case_content(pilot, place.city, result)
        draft = start_draft(
            pilot.organisation, language=pilot.language, content=content, actor=actor, at=at
        )
        current.draft = draft
        current.save(update_fields=["draft"])
        audit.record(
            "pilot",
            pilot,
            "make case",
            actor=actor,
            at=at,
            draft=draft.public_id,
            city=place.city.public_id,
        )
    return draft


def case_content(pilot: Pilot, city: City, result: Evaluation | None) -> dict[str, Any]:
    """The case document, in the language that is active, as far as the pilot can tell it."""
    plan = check_shape(pilot.plan)
    outcome, reasons = _outcome(pilot, plan, result)
    sentences = (
        verdicts.sentences(result.result, plan.outcome_unit, plan.direction) if result else []
    )
    first = [pilot.stopped_because] if pilot.state == PilotState.STOPPED else []
    limits = _limits(pilot, result, sentences)
    groups = result.result.get("groups", ()) if result else ()
    address = page_address("testbeds:pilot", pilot.language, pilot.public_id)
    protocol = result.protocol if result else pilot.protocols.order_by("number").first()
    assert protocol is not None
    content: dict[str, Any] = {
        "outcome": outcome,
        "reasons": reasons,
        "actors": [pilot.organisation.kind],
        "place": {
            "city": city.public_id,
            "name": city.name,
            "name_fr": city.name_fr,
            "name_sv": city.name_sv,
            "country": city.country,
            "latitude": city.latitude,
            "longitude": city.longitude,
        },
        "start_year": plan.starts_on.year if plan.starts_on else None,
        "end_year": _end_year(pilot, result),
        "texts": {
            pilot.language: {
                "title": f"{plan.title}, {city.name}"[:200],
                "summary": " ".join([plan.question, *first, *sentences, *limits]),
                "problem": plan.question,
                "what_worked": " ".join(sentences) if outcome == Outcome.WORKED else "",
                "what_did_not": " ".join([*first, *sentences]) if outcome != Outcome.WORKED else "",
                "equity_notes": " ".join(group_lines(groups, plan.direction, plan.outcome_unit)),
            }
        },
        "effects": [_effect(pilot, plan, result)] if result and result.estimate is not None else [],
        "sources": [
            {
                "title": _("Pilot “%(title)s”: registered plan, data and results")
                % {"title": plan.title},
                "url": address,
                "seen": _("Plan version %(version)s, registered on %(day)s, SHA-256 %(digest)s.")
                % {
                    "version": protocol.number,
                    "day": day(protocol.frozen_at),
                    "digest": protocol.digest,
                },
                "kind": "city",
                # Who evaluated is asked of the team; until it answers, that is not known.
                "independent": None,
            }
        ],
    }
    source = pilot.adapted_from
    if source is not None and source.status == CaseStatus.PUBLISHED and source.city != city:
        content["adapted_from"] = source.public_id
    content |= _costs(pilot) | who_gained(groups, plan.direction)
    if pilot.solution is not None:
        content["solution"] = pilot.solution.public_id
        content["kind"] = pilot.solution.kind
    return content


def _costs(pilot: Pilot) -> dict[str, Any]:
    """What was noted as costs: their sum, where they are in one currency."""
    notes = list(pilot.notes.filter(kind=PilotNoteKind.COST).order_by("noted_at", "pk"))
    currencies = {note.currency for note in notes}
    if len(currencies) != 1:
        return {}
    total = sum((note.amount for note in notes if note.amount is not None), Decimal())
    cost = {
        "amount": float(total),
        "currency": currencies.pop(),
        "price_year": notes[-1].noted_at.year,
        "covers": "; ".join(note.text for note in notes)[:_LONGEST_COVERS],
    }
    return {"cost": cost}


def _limits(pilot: Pilot, result: Evaluation | None, sentences: list[str]) -> list[str]:
    """What weakens a result: a late plan, checks that failed, and deviations with their reasons."""
    if result is None:
        return []
    data = result.measurement.warnings if result.measurement else []
    deviations = pilot.protocols.filter(number__gt=1)
    return [
        *(cautions.data_warning(warning) for warning in data),
        *cautions.warning_texts(result.result["warnings"], sentences),
        *(
            _("Deviation from the plan (version %(version)s): %(reason)s")
            % {"version": deviation.number, "reason": deviation.reason}
            for deviation in deviations.order_by("number")
        ),
    ]


def _outcome(pilot: Pilot, plan: Plan, result: Evaluation | None) -> tuple[str, list[str]]:
    """What the rule makes of the numbers; the team and its reviewers may see it otherwise."""
    reasons = [Reason.STOPPED.value] if pilot.state == PilotState.STOPPED else []
    if result is None or result.estimate is None:
        # One that was stopped did not work; of one that ran on nobody knows.
        return (Outcome.DID_NOT_WORK.value if reasons else ""), reasons
    codes = {sentence["code"] for sentence in result.result["sentences"]}
    if {"poor-fit", "no-test"} & codes:
        # Nothing can be read off: the team and its reviewers say what it was.
        return "", reasons
    too_wide = "cannot-reach" in codes or result.result.get("useful") == "open"
    if not result.result["shows_effect"] and too_wide:
        # What would be worth while may be there, unseen: a wide null is unknown, not a failure.
        return "", reasons
    if not result.result["shows_effect"]:
        return Outcome.DID_NOT_WORK.value, [Reason.NO_EFFECT.value, *reasons]
    good = (result.estimate < 0) == (plan.direction == EffectDirection.LOWER)
    if not good:
        return Outcome.DID_NOT_WORK.value, [Reason.HARM.value, *reasons]
    if result.result.get("useful") == "useful" and not reasons:
        return Outcome.WORKED.value, []
    return Outcome.MIXED.value, reasons


def _end_year(pilot: Pilot, result: Evaluation | None) -> int | None:
    if result is not None and result.measurement is not None:
        return int(result.measurement.last_time[:4])
    return pilot.stopped_at.year if pilot.stopped_at else None


def _effect(pilot: Pilot, plan: Plan, result: Evaluation) -> dict[str, Any]:
    estimate, error = result.estimate, result.standard_error
    assert estimate is not None
    low, high, unit, note = result.low, result.high, plan.case_unit, ""
    if verdicts.is_rate(result.result):
        # Told as a change of the rate; its standard error is on the scale of logarithms.
        estimate = 100 * math.expm1(estimate)
        low, high = (None if end is None else 100 * math.expm1(end) for end in (low, high))
        error, unit = None, _PERCENT
    elif not unit:
        note = _("In %(unit)s.") % {"unit": plan.outcome_unit}
    if unit == _PERCENT and low is not None and low < -100:
        # It reaches what cannot happen: the standard error alone says how sure the value is.
        low = high = None
    first = plan.starts_on.year if plan.starts_on else None
    last = int(result.measurement.last_time[:4]) if result.measurement else None
    warnings = result.measurement.warnings if result.measurement else ()
    return {
        "measure": plan.measure,
        "unit": unit,
        "value": estimate,
        "low": low,
        "high": high,
        "se": error if error and error > 0 else None,
        "n": result.n,
        "period_start": first,
        "period_end": last if first is None or last is None or last >= first else None,
        "design": case_design(plan.design, controlled=bool(plan.control_series)).value,
        "direction": plan.direction,
        "has_late_plan": has_late_plan(warnings),
        "has_failed_check": has_failed_check(warnings, result.result["warnings"]),
        "has_deviation": pilot.protocols.filter(number__gt=1).exists(),
        "pilot": pilot.public_id,
        "note": note,
    }


def who_gained(groups: Iterable[Mapping[str, Any]], direction: str) -> dict[str, list[str]]:
    """Who gained and who paid, of the groups of a result: a proposal for the author. A group in
    which no effect is shown is on neither side."""
    sides: dict[str, list[str]] = {"gained": [], "paid": []}
    for group in groups:
        if group.get("shows_effect") and (code := _affected(group["column"], group["group"])):
            good = (group["estimate"] < 0) == (direction == EffectDirection.LOWER)
            sides["gained" if good else "paid"].append(code)
    return {side: list(dict.fromkeys(codes)) for side, codes in sides.items()}


def _affected(column: str, group: str) -> str:
    """The group of the vocabulary that a group of the data is by its name, empty for none: `older`,
    or `low` of `income`."""
    spellings = {
        " ".join(spelling.casefold().replace("_", " ").replace("-", " ").split())
        for spelling in (group, f"{group} {column}", f"{column} {group}")
    }
    for affected in Affected:
        names = {affected.value.replace("-", " ")}
        for language in Language.values:
            with translation.override(language):
                names.add(str(affected.label).casefold())
        if spellings & names:
            return affected.value
    return ""


def group_lines(groups: Iterable[Mapping[str, Any]], direction: str, unit: str) -> list[str]:
    """Each group of a result in a sentence, in the language that is active."""
    lines = []
    for group in groups:
        if group.get("estimate") is None:
            continue
        if not group.get("shows_effect"):
            text = _("%(group)s: %(value)s %(unit)s, no effect shown.")
        elif (group["estimate"] < 0) == (direction == EffectDirection.LOWER):
            text = _("%(group)s gained: %(value)s %(unit)s.")
        else:
            text = _("%(group)s paid: %(value)s %(unit)s.")
        params = {
            "group": group["group"],
            "value": verdicts.effect(group["estimate"], signed=True),
            "unit": unit,
        }
        lines.append(text % params)
    return lines
