"""Campaigns: planned on three screens, randomised, evaluated afterwards; pledges of residents."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.analysis import campaigns as analysis
from alliance.analysis.errors import MethodError
from alliance.analysis.pilots import plain
from alliance.analysis.small_counts import TOTAL, Cell, hidden_cells, is_small
from alliance.campaigns import rules
from alliance.campaigns.enums import Chosen, Did, UnitKind
from alliance.campaigns.models import Campaign, Outcome, Pledge, UnitList
from alliance.campaigns.selectors import counts, sentence
from alliance.campaigns.tables import Units, read_outcomes, read_units
from alliance.cases.case_document import LONGEST_LEAD
from alliance.cases.enums import DraftState, EffectDirection
from alliance.cases.enums import Outcome as CaseOutcome
from alliance.cases.models import Method
from alliance.cases.rules import may_write_for
from alliance.core import audit
from alliance.core.clock import CITY_TIME
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.text import digest
from alliance.network.addresses import page_address
from alliance.network.models import Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation import rules as participation
from alliance.participation.enums import (
    PhaseKind,
    ProcessKind,
    ProcessState,
    PromiseText,
)
from alliance.participation.models import Issue, Participant, Process
from alliance.participation.panels import Issuing
from alliance.participation.services import answering, contributions, processes
from alliance.testbeds.enums import case_design
from alliance.testbeds.services.case_texts import group_lines
from alliance.testbeds.services.cases import who_gained
from alliance.writing.models import Draft
from alliance.writing.services.drafts import start_draft

_note = audit.noting("process")


@dataclass(frozen=True)
class Doing:
    """The first screen: what people should do, and the one next step."""

    title: str
    language: str
    summary: str = ""
    step: str = ""
    step_place: str = ""
    step_when: str = ""


@dataclass(frozen=True)
class Measuring:
    """The second screen: the outcome measure, the dates, and who decides afterwards."""

    outcome: str = ""
    unit: str = ""
    direction: str = EffectDirection.LOWER.value
    before: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    result_by: dt.date | None = None
    decides_what: str = ""
    decides_who: str = ""


def start(
    team: Organisation,
    words: Doing,
    methods: Sequence[Method] = (),
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Process:
    """Start a draft of a campaign of a city; only the city sees it before it opens.

    Raises InvalidData naming the faulty fields, NotAllowed.
    """
    with transaction.atomic():
        refuse(_step_faults(words))
        process = processes.start(team, _question(words), actor=actor, at=at)
        if Campaign.objects.filter(process=process).exists():
            # The form was sent twice.
            return process
        campaign = Campaign(process=process, **_step(words))
        campaign.full_clean(validate_constraints=False)
        campaign.save()
        campaign.methods.set(methods)
    return process


def describe(
    process: Process,
    words: Doing,
    methods: Sequence[Method] = (),
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Process:
    """Change what people should do. Raises InvalidData, NotAllowed."""
    with transaction.atomic():
        refuse(_step_faults(words))
        changed = processes.ask(process, _question(words), actor=actor, at=at)
        campaign = Campaign.objects.get(process=process)
        for name, value in _step(words).items():
            setattr(campaign, name, value)
        campaign.full_clean(validate_constraints=False)
        campaign.save()
        campaign.methods.set(methods)
    return changed


def _question(words: Doing) -> processes.Question:
    return processes.Question(
        ProcessKind.CAMPAIGN.value, words.title, words.language, words.summary
    )


def _step(words: Doing) -> dict[str, str]:
    return {name: getattr(words, name).strip() for name in ("step", "step_place", "step_when")}


def _step_faults(words: Doing) -> list[Fault]:
    faults = text_faults("summary", words.summary, required=True, longest=600)
    for name, longest in (("step", 200), ("step_place", 160), ("step_when", 160)):
        faults += text_faults(name, getattr(words, name), required=True, longest=longest)
    return faults


def measure(process: Process, words: Measuring, *, actor: audit.Actor, at: dt.datetime) -> Process:
    """Change the measurement, before the campaign opens. Raises InvalidData, NotAllowed."""
    faults = text_faults("outcome", words.outcome, required=True, longest=120)
    faults += text_faults("unit", words.unit, required=True, longest=80)
    faults += choice_faults("direction", words.direction, EffectDirection.values)
    faults += text_faults("before", words.before, longest=160)
    for name in ("decides_what", "decides_who"):
        faults += text_faults(name, getattr(words, name), required=True, longest=160)
    for name in ("starts_on", "ends_on", "result_by"):
        if getattr(words, name) is None:
            faults.append(Fault(name, "missing"))
    if words.starts_on and words.ends_on and words.ends_on < words.starts_on:
        faults.append(Fault("ends_on", "last-before-first"))
    if words.ends_on and words.result_by and words.result_by <= words.ends_on:
        faults.append(Fault("result_by", "due-before-end"))
    refuse(faults)
    # A process needs this text to open; this is the one of a campaign.
    not_open = PromiseText.CAMPAIGN.value
    pledge = processes.Pledge(
        words.decides_what, words.decides_who, words.result_by, words.result_by, not_open
    )
    with transaction.atomic():
        changed = processes.promise(process, pledge, actor=actor, at=at)
        campaign = Campaign.objects.get(process=process)
        for name in ("outcome", "unit", "direction", "before", "starts_on", "ends_on"):
            value = getattr(words, name)
            setattr(campaign, name, value.strip() if isinstance(value, str) else value)
        campaign.full_clean(validate_constraints=False)
        campaign.save()
        if UnitList.objects.filter(campaign=campaign).exists():
            _set_phase(changed, campaign, actor=actor, at=at)
    return changed


def _set_phase(
    process: Process, campaign: Campaign, *, actor: audit.Actor, at: dt.datetime
) -> None:
    """The phase of the campaign, in which residents pledge."""
    if campaign.starts_on is None or campaign.ends_on is None:
        return
    days = (campaign.starts_on, campaign.ends_on + dt.timedelta(days=1))
    opens, closes = (dt.datetime.combine(day, dt.time(), tzinfo=CITY_TIME) for day in days)
    ground = processes.Preparation(
        phases=[processes.PhaseData(PhaseKind.VOTE.value, opens, closes)]
    )
    processes.prepare(process, ground, actor=actor, at=at)


def set_units(
    process: Process,
    *,
    kind: str,
    chosen: str,
    content: bytes,
    name: str,
    n: int | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> UnitList:
    """Import the list of households or areas, and randomise them or use a given allocation, before
    the campaign opens.

    `n`: the size of the intervention group, half by default. The same list gives the same
    allocation: by the hash of a salt that was set before there was a list. Raises InvalidData
    naming every cell, NotAllowed.
    """
    refuse(choice_faults("kind", kind, UnitKind.values))
    refuse(choice_faults("chosen", chosen, Chosen.values))
    campaign = Campaign.objects.get(process=process)
    if campaign.starts_on is None:
        raise InvalidData([Fault("table", "measure-first")])
    units = read_units(content, name, kind=kind, chosen=chosen)
    names = sorted(set(units.drawn))
    if chosen == Chosen.RANDOM:
        many = len(names) // 2 if n is None else n
        if len(names) < 4 or not 2 <= many <= len(names) - 2:
            raise InvalidData([Fault("n" if n else "table", "two-a-side", {"n": len(names)})])
        drawn = analysis.draw(names, salt=campaign.salt, n=many)
        inside = {unit for unit, on in zip(names, drawn.tolist(), strict=True) if on}
    else:
        pairs = zip(units.drawn, units.treated, strict=True)
        inside = {unit for unit, on in pairs if on}
        if not 0 < len(inside) < len(names):
            code = "none-with-pilot" if not inside else "none-without-pilot"
            raise InvalidData([Fault("table", code)])
    units.treated = [int(unit in inside) for unit in units.drawn]
    with transaction.atomic():
        current = processes.locked(process)
        if not participation.may_run(actor, current):
            raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
        if current.state != ProcessState.DRAFT:
            raise NotAllowed(_("You cannot change who gets the campaign after it has opened."))
        earlier = UnitList.objects.filter(campaign=campaign).first()
        made, _is_new = UnitList.objects.update_or_create(
            campaign=campaign,
            defaults={
                "kind": kind,
                "chosen": chosen,
                "columns": {
                    "unit": units.unit,
                    "area": units.area,
                    "before": units.before,
                    "treated": units.treated,
                    "groups": units.groups,
                },
                "n": len(names),
                "n_in": len(inside),
                "number": (earlier.number if earlier else 0) + 1,
                "units_sha256": digest(names),
                "in_sha256": digest(sorted(inside)),
                "balance": _balance(units),
                "at": at,
                "made_by": actor.user,
            },
        )
        _note(
            current,
            "draw" if chosen == Chosen.RANDOM else "settle",
            actor=actor,
            at=at,
            units=made.n,
            drawn=made.n_in,
            salt=campaign.salt,
            units_sha256=made.units_sha256,
            drawn_sha256=made.in_sha256,
        )
        _set_phase(current, campaign, actor=actor, at=at)
    return made


def _floats(values: Sequence[float | None]) -> np.ndarray:
    return np.array([math.nan if value is None else value for value in values], float)


def _balance(units: Units) -> dict[str, Any]:
    """The baseline balance of the groups, empty if not known."""
    if not units.before:
        return {}
    clusters = np.array(units.area) if units.area else None
    try:
        balance = analysis.balance(
            _floats(units.before), np.array(units.treated, bool), clusters=clusters
        )
    except MethodError:
        return {}
    payload: dict[str, Any] = plain(
        {
            "mean_in": balance.mean_treated,
            "mean_out": balance.mean_control,
            "smd": balance.smd,
            "n_missing": balance.n_missing,
        }
    )
    return payload | {"differs": balance.differs}


def begin(process: Process, *, actor: audit.Actor, at: dt.datetime) -> Process:
    """Open a campaign: from now on it is public, and the allocation is fixed.

    Raises InvalidData naming what is missing, NotAllowed.
    """
    campaign = Campaign.objects.select_related("process").get(process=process)
    units = UnitList.objects.filter(campaign=campaign).defer("columns").first()
    if units is None:
        raise InvalidData([Fault("list", "no-list")])
    return processes.open_process(campaign.process, actor=actor, at=at)


def add_outcome(
    process: Process,
    *,
    content: bytes,
    name: str,
    is_sure: bool = False,
    actor: audit.Actor,
    at: dt.datetime,
) -> Outcome:
    """Import outcome data, all or nothing, and compute the result.

    The result includes an interval that is valid at every look, so that it can be checked often.
    Once the campaign is over, this fulfils the promise of a result. A table with fewer values than
    the previous one replaces it if `is_sure`. Raises InvalidData naming every cell, NotAllowed.
    """
    if not participation.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    campaign = Campaign.objects.select_related("process").get(process=process)
    if not rules.takes_outcomes(campaign, at):
        raise NotAllowed(_("You can send measured values once the campaign has started."))
    units = UnitList.objects.get(campaign=campaign)
    sides = dict(zip(units.columns["unit"], units.columns["treated"], strict=True))
    columns = read_outcomes(content, name, sides)
    result = compute_result(units, columns)
    with transaction.atomic():
        current = processes.locked(process)
        last = campaign.outcomes.order_by("-number").first()
        if last is not None and last.columns == columns:
            return last
        fewer = _n_known(last.columns) - _n_known(columns) if last is not None else 0
        if fewer > 0 and not is_sure:
            raise InvalidData([Fault("is_sure", "fewer-figures", {"n": fewer})])
        made = Outcome.objects.create(
            campaign=campaign,
            number=(last.number if last else 0) + 1,
            columns=columns,
            result=result,
            at=at,
            added_by=actor.user,
        )
        _note(
            current,
            "measure",
            actor=actor,
            at=at,
            rows=len(columns["unit"]),
            sha256=digest(columns),
        )
        if current.state != ProcessState.OPEN:
            _fulfil_promise(current, campaign, result, actor=actor, at=at)
    return made


def _n_known(columns: dict[str, Any]) -> int:
    return sum(value is not None for value in columns["value"])


def fulfil_result_promise(process: Process, at: dt.datetime) -> None:
    """Fulfil the promise of a result as a campaign closes, if measured until the last day."""
    campaign = Campaign.objects.get(process=process)
    last = campaign.outcomes.order_by("-number").first()
    if last is not None and campaign.ends_on is not None and campaign.ends_on < last.at.date():
        _fulfil_promise(process, campaign, last.result, actor=audit.WORKER, at=at)


def make_case(process: Process, *, actor: audit.Actor, at: dt.datetime) -> Draft:
    """A draft of a case about the result of a campaign; the existing one, if there is one.

    Who gained and who paid is proposed from the groups of its result. Raises NotAllowed,
    InvalidData.
    """
    with transaction.atomic():
        current = processes.locked(process)
        may = participation.may_run(actor, current) and may_write_for(actor, current.organisation)
        if not may:
            raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
        campaign = Campaign.objects.select_related("draft").get(process=process)
        if campaign.draft is not None and campaign.draft.state != DraftState.DROPPED:
            return campaign.draft
        last = campaign.outcomes.defer("columns").order_by("-number").first()
        if last is None:
            raise InvalidData([Fault("result", "no-outcome")])
        with translation.override(current.language):
            content = _case_content(current, campaign, last.result)
        campaign.draft = start_draft(
            current.organisation, language=current.language, content=content, actor=actor, at=at
        )
        campaign.save(update_fields=["draft"])
        _note(current, "make case", actor=actor, at=at, draft=campaign.draft.public_id)
    return campaign.draft


def _case_content(process: Process, campaign: Campaign, result: dict[str, Any]) -> dict[str, Any]:
    """The content of a case as far as the campaign has it, in the active language."""

    city, conclusion = process.city, sentence(campaign, result)
    assert campaign.starts_on is not None and campaign.ends_on is not None
    groups = result["groups"]
    is_better = (result.get("estimate") or 0.0) * (
        -1 if campaign.direction == EffectDirection.LOWER else 1
    ) > 0
    outcome = ""
    if result.get("shows_effect"):
        outcome = (CaseOutcome.WORKED if is_better else CaseOutcome.DID_NOT_WORK).value
    effects = []
    if result.get("percent") is not None and result.get("now"):
        value, low, high = (
            100 * amount / result["without"] for amount in (result["estimate"], *result["now"])
        )
        effects = [
            {
                "measure": "",
                "unit": "percent change",
                "value": value,
                "low": low if low >= -100 else None,
                "high": high if low >= -100 else None,
                "n": result["n"],
                "period_start": campaign.starts_on.year,
                "period_end": campaign.ends_on.year,
                "design": case_design(result["design"], controlled=False).value,
                "direction": campaign.direction,
            }
        ]
    return {
        "outcome": outcome,
        "actors": [process.organisation.kind],
        "place": {
            name: getattr(city, name)
            for name in ("name", "name_fr", "name_sv", "country", "latitude", "longitude")
        }
        | {"city": city.public_id},
        "start_year": campaign.starts_on.year,
        "end_year": campaign.ends_on.year,
        "texts": {
            process.language: {
                "title": f"{process.title}, {city.name}"[:200],
                "lead": conclusion[:LONGEST_LEAD],
                "summary": process.summary,
                "what_worked": conclusion if outcome == CaseOutcome.WORKED else "",
                "what_did_not": "" if outcome == CaseOutcome.WORKED else conclusion,
                "equity_notes": " ".join(group_lines(groups, campaign.direction, campaign.unit)),
            }
        },
        "effects": effects,
        "sources": [
            {
                "title": _("Campaign “%(title)s”: data and result") % {"title": process.title},
                "url": page_address("participation:take-part", process.language, process.public_id),
                "kind": "city",
                "independent": None,
            }
        ],
        **who_gained(groups, campaign.direction),
    }


def _fulfil_promise(
    process: Process,
    campaign: Campaign,
    result: dict[str, Any],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:

    promise = process.promises.filter(kind="answer", kept_at=None).first()
    if promise is not None:
        with translation.override(process.language):
            conclusion = sentence(campaign, result)
        answering.fulfil_promise(promise, outcome=conclusion, actor=actor, at=at)


def compute_result(units: UnitList, columns: dict[str, Any]) -> dict[str, Any]:
    """The result, as JSON: `estimate`, `now` (the interval valid at every look) and `ci`, means and
    sizes of the groups, `percent`, warnings, and the same for subgroups; `fault` if the method
    gives no answer.

    For households, subgroups smaller than the privacy floor are suppressed.
    """
    value_of = dict(zip(columns["unit"], columns["value"], strict=True))
    listed = units.columns
    after = _floats([value_of.get(unit) for unit in listed["unit"]])
    before = _floats(listed["before"]) if listed["before"] else None
    treated = np.array(listed["treated"], bool)
    areas = np.array(listed["area"]) if listed["area"] else None

    def effect(chosen: np.ndarray) -> dict[str, Any]:
        return _effect(
            units,
            after[chosen],
            None if before is None else before[chosen],
            treated[chosen],
            None if areas is None else areas[chosen],
        )

    every = np.ones(len(after), bool)
    result = effect(every)
    lines = []
    for column, labels in listed["groups"].items():
        names = np.array(labels)
        effects = [(label, effect(names == label)) for label in sorted(set(labels))]
        hidden = _hidden(effects) if units.kind == UnitKind.HOUSEHOLD else set()
        lines += [
            {"column": column, "group": label} | ({"hidden": True} if label in hidden else line)
            for label, line in effects
        ]
    known = [line for line in lines if line.get("p") is not None]
    for line, p in zip(known, analysis.holm([line["p"] for line in known]), strict=True):
        line["p_holm"] = p
    is_few = units.kind == UnitKind.HOUSEHOLD and any(
        is_small(result.get(side) or 0, settings.PRIVACY_FLOOR) for side in ("n_in", "n_out")
    )
    return (
        {"fault": "few-people", "groups": [], "warnings": []}
        if is_few
        else result | {"groups": lines}
    )


def _hidden(effects: Sequence[tuple[str, dict[str, Any]]]) -> set[str]:
    """The subgroups with too few people on a side, with complementary suppression."""
    hidden: set[str] = set()
    for side in ("n_in", "n_out"):
        cells: dict[Cell, float | None] = {(label,): line.get(side) or 0 for label, line in effects}
        cells[(TOTAL,)] = sum(line.get(side) or 0 for _by_area, line in effects)
        few = hidden_cells(cells, floor=settings.PRIVACY_FLOOR)
        hidden |= {label for label, _line in effects if (label,) in few}
    return hidden


def _effect(
    units: UnitList,
    after: np.ndarray,
    before: np.ndarray | None,
    treated: np.ndarray,
    areas: np.ndarray | None,
) -> dict[str, Any]:
    """The effect in a subset of units."""
    planned = units.n
    try:
        if units.chosen == Chosen.RANDOM:
            effect = analysis.campaign_effect(
                after,
                treated,
                share=units.n_in / units.n,
                before=before,
                clusters=areas,
                planned=planned,
            )
        else:
            assert before is not None  # a given allocation cannot be evaluated without it
            effect = analysis.compared_effect(
                before, after, treated, clusters=areas, planned=planned
            )
    except MethodError as error:
        known = ~np.isnan(after)
        sides = {"n_in": int((treated & known).sum()), "n_out": int((~treated & known).sum())}
        return {"fault": error.code, "warnings": [], **sides}
    evaluation = effect.evaluation
    means = evaluation.details.get("means")
    mean_in = means["treated_after"] if means else evaluation.details["mean_treated"]
    # The mean of the intervention group without the campaign.
    without = mean_in - evaluation.estimate
    # Nothing falls by more than 100 %: an outcome that can be negative is only reported in its
    # unit.
    is_share = without > 0 and not any(
        end < -without for end in (evaluation.estimate, effect.now[0])
    )
    payload: dict[str, Any] = plain(
        {
            "design": evaluation.design,
            "estimate": evaluation.estimate,
            "se": evaluation.se,
            "now": None if math.isnan(effect.now[0]) else effect.now,
            "ci": None if math.isnan(evaluation.ci[0]) else evaluation.ci,
            "p": evaluation.p,
            "n": evaluation.n,
            "n_in": evaluation.details["n_treated"],
            "n_out": evaluation.details["n_control"],
            "n_drawn": evaluation.details.get("n_clusters"),
            "mean_in": mean_in,
            "without": without,
            "percent": 100 * evaluation.estimate / without if is_share else None,
            "split_p": effect.split_p,
            "warnings": effect.warnings,
            "level": evaluation.level,
        }
    )
    return payload | {"shows_effect": effect.shows_effect}


def must_take_pledges(campaign: Campaign, at: dt.datetime) -> None:
    """Raise InvalidData if no pledge is accepted at `at`."""
    if not rules.takes_pledges(campaign, at):
        raise InvalidData([Fault("pledge", "takes-nothing-now")])


def pledge(campaign: Campaign, participant: Participant, *, at: dt.datetime) -> Pledge:
    """Pledge to take the step. Raises InvalidData if no pledge is accepted now."""
    must_take_pledges(campaign, at)
    return Pledge.objects.get_or_create(participant=participant, defaults={"at": at})[0]


def enter_pledge(
    process: Process,
    *,
    channel: str,
    did: str = "",
    traits: dict[str, str] | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Participant:
    """Enter a person's pledge on paper, by phone or at a counter; `did`: what she reports about it
    already. It counts like one made online, and is marked.

    Raises InvalidData naming the fields, NotAllowed.
    """
    refuse(choice_faults("did", did, ("", *Did.values)))
    with transaction.atomic():
        participant = contributions.enter(
            process, (), channel=channel, traits=traits, needs_text=False, actor=actor, at=at
        )
        did_at = at if did else None
        Pledge.objects.create(participant=participant, at=at, did=did, did_at=did_at)
    return participant


def _answer_count(counted: dict[str, int]) -> int:
    return counted.get("yes", 0) + counted.get("no", 0)


def _work_out(process: Process, counted: dict[str, int], at: dt.datetime) -> dict[str, int]:
    """The published counts: reports of what people did follow once ten more have reported, since
    new people in an issue have mostly not reported yet."""
    before = Campaign.objects.get(process=process).issued
    if _answer_count(counted) - _answer_count(before) < settings.PRIVACY_FLOOR:
        return counted | {name: before.get(name, 0) for name in ("yes", "no")}
    return counted


def _store_issue(made: Issue, counted: dict[str, int]) -> None:
    Campaign.objects.filter(process=made.process).update(issued=counted)


def _has_more(process: Process) -> bool:
    """Whether ten more people in the last issue have reported whether they did it."""
    before = Campaign.objects.get(process=process).issued
    counted = counts(process, process.participants.filter(is_issued=True))
    return not before or _answer_count(counted) - _answer_count(before) >= settings.PRIVACY_FLOOR


ISSUING = Issuing(
    read=counts,
    work_out=_work_out,
    store=_store_issue,
    counted=lambda people: people.filter(pledge__isnull=False),
    has_more=_has_more,
)


def report_pledge(participant: Participant, did: str, *, at: dt.datetime) -> Pledge:
    """Report whether a pledge was fulfilled; the last report counts. Raises InvalidData."""
    refuse(choice_faults("did", did, Did.values))
    pledge = Pledge.objects.filter(participant=participant).first()
    if pledge is None:
        raise InvalidData([Fault("did", "no-pledge")])
    pledge.did, pledge.did_at = did, at
    pledge.save(update_fields=["did", "did_at"])
    return pledge
