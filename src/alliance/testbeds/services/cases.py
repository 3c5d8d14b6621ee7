"""From the result of a pilot to a draft of a case: one act, for null results as for all others.

The draft then goes the way of every case, through its reviewers. What the protocol and the numbers
say is filled in; what they do not say is left open.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeGuard, cast

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.cases.case_document import LONGEST_LEAD
from alliance.cases.case_fields import JUSTICE
from alliance.cases.enums import (
    Affected,
    CaseStatus,
    DraftState,
    EffectDirection,
    Language,
    Outcome,
    Reason,
    Scheme,
)
from alliance.cases.rules import may_write_for
from alliance.cases.validation import NO_START
from alliance.core import audit, rooms
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.equity.enums import Side
from alliance.equity.models import DistributionCheck
from alliance.network.api.common import page_address
from alliance.network.models import City
from alliance.testbeds import rules
from alliance.testbeds.data_checks import has_failed_check, has_late_plan
from alliance.testbeds.enums import GOOD, Bearing, PilotNoteKind, PilotState, case_design
from alliance.testbeds.messages import verdicts
from alliance.testbeds.models import Evaluation, Pilot, PilotCity
from alliance.testbeds.protocol import Plan, check_shape
from alliance.testbeds.services.case_texts import (
    account_of,
    bearing_of,
    deviations,
    fairness_lines,
    group_lines,
    lead_of,
    sides_of,
)
from alliance.testbeds.services.evaluations import frozen_results
from alliance.web.formatting import day
from alliance.writing.forms.place import place_in
from alliance.writing.models import Draft
from alliance.writing.services.drafts import start_draft

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
    bearing = bearing_of(plan, result)
    outcome, reasons = _outcome(pilot, bearing, result)
    worked, not_worked = sides_of(pilot, plan, result, bearing)
    known = background_of(pilot, city)
    effect = _effect(pilot, plan, result, known) if has_effect(result) else None
    for other, evaluation in _elsewhere(pilot, city):
        other_bearing = bearing_of(plan, evaluation)
        figures = _effect(pilot, plan, evaluation, None) if has_effect(evaluation) else None
        line = lead_of(pilot, plan, other, other_bearing, figures)
        (worked if other_bearing in GOOD else not_worked).append(line)
    groups = result.result.get("groups", ()) if result else ()
    address = page_address("testbeds:pilot", pilot.language, pilot.public_id)
    protocol = result.protocol if result else pilot.protocols.order_by("number").first()
    assert protocol is not None
    check = pilot.fairness or known.fairness
    content: dict[str, Any] = {
        "outcome": outcome,
        "reasons": reasons,
        "actors": [pilot.organisation.kind],
        "place": place_in(city),
        "start_year": plan.starts_on.year if plan.starts_on else None,
        "end_year": _end_year(pilot, result),
        "texts": {
            pilot.language: {
                "title": f"{plan.title}, {city.name}"[:200],
                "lead": lead_of(pilot, plan, city, bearing, effect)[:LONGEST_LEAD],
                "summary": account_of(pilot, plan, result),
                "problem": " ".join(filter(None, (plan.question, plan.known))),
                "what_worked": " ".join(worked),
                "what_did_not": " ".join(not_worked),
                "equity_notes": " ".join(
                    [
                        *group_lines(groups, plan.direction, plan.outcome_unit),
                        *fairness_lines(check, pilot.language),
                    ]
                ),
                **_justice(check, known, pilot.language),
            }
        },
        "effects": [effect] if effect else [],
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
        "topics": known.topics,
        "themes": known.themes or _themes(pilot),
        "sdg_targets": known.sdg_targets,
    }
    source = pilot.adapted_from
    if source is not None and source.status == CaseStatus.PUBLISHED and source.city != city:
        content["adapted_from"] = source.public_id
        content["adaptation_changes"] = " ".join(reason for _number, reason in deviations(pilot))
    content |= _costs(pilot) | _affected_groups(groups, plan, check)
    if known.budget is not None:
        content["amounts"] = [
            known.budget | {"kind": "not-checked", "covers": _("Budget of the plan")}
        ]
    if pilot.solution is not None:
        content["solution"] = pilot.solution.public_id
        content["kind"] = pilot.solution.kind
    return content


@dataclass(frozen=True, kw_only=True)
class Background:
    """What a higher room knows of a pilot in a city: the need that it answers and the plan that it
    is part of. `budget`: amount and currency; `justice`: answers by code, in `language`."""

    language: str = ""
    topics: list[str] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    sdg_targets: list[str] = field(default_factory=list)
    justice: Mapping[str, str] = field(default_factory=dict)
    baseline: float | None = None
    baseline_year: int | None = None
    measure: str = ""
    unit: str = ""
    budget: dict[str, Any] | None = None
    fairness: DistributionCheck | None = None


def background_of(pilot: Pilot, city: City) -> Background:
    """What rooms with a module `pilot_background` know of a pilot; the first that knows any."""
    for room in rooms.modules("pilot_background"):
        known = room.background(pilot, city)
        if known is not None:
            return cast(Background, known)
    return Background()


def has_effect(result: Evaluation | None) -> TypeGuard[Evaluation]:
    """Whether an evaluation estimated anything."""
    return result is not None and result.estimate is not None


def _elsewhere(pilot: Pilot, city: City) -> list[tuple[City, Evaluation]]:
    """The other cities of a pilot that have a result."""
    results = frozen_results(pilot)
    places = pilot.places.exclude(city=city).select_related("city")
    return [(place.city, results[place.city_id]) for place in places if place.city_id in results]


def _themes(pilot: Pilot) -> list[str]:
    """The themes of the solution, where no need says what the pilot is about."""
    if pilot.solution is None:
        return []
    rows = pilot.solution.classifications.filter(scheme=Scheme.THEME)
    return list(rows.values_list("code", flat=True))


def _justice(check: DistributionCheck | None, known: Background, language: str) -> dict[str, str]:
    """The answers to the four dimensions of justice: those of the plan, else of the check."""
    answers: dict[str, str] = {}
    if check is not None and check.opened_at is not None and check.language == language:
        answers |= check.answers
    if known.language == language:
        answers |= known.justice
    names = {row.name: row.name.replace("_", "-") for row in JUSTICE}
    return {name: answers[code] for name, code in names.items() if answers.get(code)}


def _affected_groups(
    groups: Iterable[Mapping[str, Any]], plan: Plan, check: DistributionCheck | None
) -> dict[str, list[str]]:
    """Who gained and who paid: as the groups of the result show, else as the check expected."""
    sides = who_gained(groups, plan.direction)
    if any(sides.values()) or check is None or check.opened_at is None:
        return sides
    named = {Side.GAIN: "gained", Side.COST: "paid"}
    for line in check.lines.all():
        code = _affected("", line.who)
        side = sides[named[Side(line.side)]]
        if code and code not in side:
            side.append(code)
    return sides


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


def _outcome(pilot: Pilot, bearing: Bearing, result: Evaluation | None) -> tuple[str, list[str]]:
    """What the rule makes of the numbers; the team and its reviewers may see it otherwise."""
    reasons = [Reason.STOPPED.value] if pilot.state == PilotState.STOPPED else []
    if result is None or bearing == Bearing.UNKNOWN:
        # One that was stopped did not work; of one that ran on nobody knows.
        is_failed = reasons and not has_effect(result)
        return (Outcome.DID_NOT_WORK.value if is_failed else ""), reasons
    if bearing == Bearing.NOT_SHOWN:
        codes = {sentence["code"] for sentence in result.result["sentences"]}
        if "cannot-reach" in codes or result.result.get("useful") == "open":
            # What would be worth while may be there, unseen: a wide null is unknown, no failure.
            return "", reasons
        return Outcome.DID_NOT_WORK.value, [Reason.NO_EFFECT.value, *reasons]
    if bearing == Bearing.HARMFUL:
        return Outcome.DID_NOT_WORK.value, [Reason.HARM.value, *reasons]
    if result.result.get("useful") == "useful" and not reasons:
        return Outcome.WORKED.value, []
    return Outcome.MIXED.value, reasons


def _end_year(pilot: Pilot, result: Evaluation | None) -> int | None:
    if result is not None and result.measurement is not None:
        return int(result.measurement.last_time[:4])
    return pilot.stopped_at.year if pilot.stopped_at else None


def _effect(
    pilot: Pilot, plan: Plan, result: Evaluation, known: Background | None
) -> dict[str, Any]:
    """The result of a city as an effect of its case, with what is known of the time before."""
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
        "pool_exclusion": None,
        "note": note,
        **_baseline(plan, result, unit, known),
    }


def _baseline(
    plan: Plan, result: Evaluation, unit: str, known: Background | None
) -> dict[str, Any]:
    """The value before: as the plan of the city has it, else the mean of the data before the start,
    where that is in a unit of the list."""
    if (
        known is not None
        and known.baseline is not None
        and known.measure == plan.measure
        and known.unit == unit
        and unit not in NO_START
    ):
        return {"baseline": known.baseline, "baseline_year": known.baseline_year}
    paths = result.result.get("charts", {}).get("paths")
    if not paths or not unit or unit in NO_START or verdicts.is_rate(result.result):
        return {}
    before = [
        (time, value)
        for series in paths["series"]
        if series["name"] in ("treated", "actual")
        for time, value in zip(paths["times"], series["values"], strict=True)
        if value is not None and paths.get("start") and time < paths["start"]
    ]
    if not before:
        return {}
    return {
        "baseline": sum(value for _time, value in before) / len(before),
        "baseline_year": int(before[-1][0][:4]),
        "is_baseline_computed": True,
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
