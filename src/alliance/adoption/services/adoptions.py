"""Adoptions: the start, the agreement of two cities and its tasks, the plan, the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.accounts.models import User
from alliance.adoption import rules
from alliance.adoption.enums import DefaultStep, Ending
from alliance.adoption.models import OF_SOLUTION, Adoption, AdoptionStep
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.money import MoneyError, to_minor
from alliance.equity.models import DistributionCheck
from alliance.equity.questions import JUSTICE
from alliance.equity.services import gate
from alliance.equity.services.checks import LONGEST_ANSWER
from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import CaseStudy, Measure, SolutionText, Unit
from alliance.network import needs_offers_rules
from alliance.network.addressees import editors_or_secretariat
from alliance.network.addresses import page_address
from alliance.network.enums import Language, PartnershipSide, SubjectKind
from alliance.network.localise import code_of, local_name
from alliance.network.models import Need, Organisation, PeerReview, Post
from alliance.network.services.discussion import write_post
from alliance.network.services.helping import take_up_help
from alliance.network.services.needs_offers import mark_answered
from alliance.network.services.peer_reviews import request_review
from alliance.network.text_checks import choice_faults, text_faults
from alliance.testbeds.models import Pilot

#: The code of its actions in the audit trail, unchanged since these were agreements.
KIND = "agreement"
MOST_STEPS = 20
LONGEST_AIM, LONGEST_STEP, LONGEST_ROLE, LONGEST_OUTCOME = 3_000, 200, 120, 2_000
LONGEST_PLAN, LONGEST_NAME, LONGEST_UNIT = 3_000, 120, 80
FIRST_YEAR = 1900


@dataclass(frozen=True)
class Subject:
    """What is adopted. `language` is that of the title, `city_id` the key of the city of a case."""

    kind: str
    public_id: str
    title: str
    language: str
    city_id: int | None = None


@dataclass(frozen=True)
class StepData:
    """A task as entered. `number` is that of the existing task, None for a new one."""

    title: str
    side: str
    due_on: dt.date | None = None
    number: int | None = None


@dataclass(frozen=True)
class PlanData:
    """A plan as entered; empty fields are unknown. `budget` is in whole units of the currency."""

    owner: str = ""
    measure: str = ""
    unit: str = ""
    baseline: float | None = None
    baseline_year: int | None = None
    conditions: str = ""
    costs: str = ""
    budget: Decimal | float | None = None
    budget_currency: str = ""
    risks: str = ""
    justice: Mapping[str, str] = field(default_factory=dict)
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


def default_steps() -> tuple[StepData, ...]:
    """The initial tasks of an agreement, which the two cities can change."""
    sides = {DefaultStep.TALK: PartnershipSide.BOTH, DefaultStep.SHARE: PartnershipSide.SOURCE}
    return tuple(
        StepData(default_step.value, sides.get(default_step, PartnershipSide.ADOPTER).value)
        for default_step in DefaultStep
    )


def _terms_faults(aim: str, language: str, steps: Sequence[StepData]) -> list[Fault]:
    faults = text_faults("aim", aim, required=True, longest=LONGEST_AIM)
    faults += choice_faults("language", language, Language.values)
    if len(steps) > MOST_STEPS:
        faults.append(Fault("steps", "too-many", {"most": MOST_STEPS}))
    for place, step in enumerate(steps):
        where = f"steps[{place}]"
        faults += text_faults(f"{where}.title", step.title, required=True, longest=LONGEST_STEP)
        faults += choice_faults(f"{where}.side", step.side, PartnershipSide.values)
    return faults


def _role_faults(role: str) -> list[Fault]:
    return text_faults("contact_role", role, longest=LONGEST_ROLE)


def start(
    subject: Subject | None,
    *,
    adopter: Organisation,
    source: Organisation | None = None,
    need: Need | None = None,
    aim: str,
    language: str,
    steps: Sequence[StepData] | None = None,
    contact_role: str = "",
    known: Mapping[str, Any] | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Adoption:
    """Starts an adoption for one of the two sides, which thereby accepts it.

    `subject` may be chosen later if there is a `need`; `source`, the partner, is optional. `known`
    are columns of the plan to copy, such as the measure of a case. The other side's editors get an
    email, or the secretariat if it has none. A running adoption is returned; one that was started
    from a need without a subject gets this subject. Raises InvalidData, NotAllowed.
    """
    side = _starting_side(actor, source, adopter)
    if steps is None:
        steps = default_steps() if source else ()
    faults = _terms_faults(aim, language, steps) + _role_faults(contact_role)
    if (subject.kind not in SubjectKind.values) if subject else need is None:
        faults.append(Fault("subject", "missing"))
    if source is not None and source.city_id == adopter.city_id:
        faults.append(Fault("source", "from-itself"))
    if subject is not None and subject.city_id == adopter.city_id:
        faults.append(Fault("adopter", "from-itself"))
    if need is not None and need.city_id != adopter.city_id:
        faults.append(Fault("need", "not-your-need"))
    refuse(faults)
    with transaction.atomic():
        for pk in sorted({adopter.pk} | ({source.pk} if source else set())):
            Organisation.objects.select_for_update(no_key=True).get(pk=pk)
        present = _running(subject, adopter=adopter, source=source, need=need)
        if present is not None:
            return _join(present, subject, need, known or {}, actor=actor, at=at)
        adoption = Adoption(
            **_named(subject),
            **(known or {}),
            need=need,
            source=source,
            source_city=source.city if source else None,
            adopter=adopter,
            adopting_city=needs_offers_rules.city_of(adopter),
            aim=aim.strip(),
            language=language,
            started_by=actor.user,
            started_at=at,
            changed_at=at,
        )
        _set_agreed(adoption, side, actor, at)
        _set_contact(adoption, side, actor, contact_role)
        _settle(adoption, at)
        adoption.full_clean(validate_constraints=False)
        adoption.save()
        _write_steps(adoption, steps)
        _note(adoption, "propose", actor=actor, at=at, side=side.value)
        if need is not None and adoption.source_city is not None:
            take_up_help(need, adoption.source_city.public_id, actor=actor, at=at)
        _notify_side(adoption, _other(side), "agreement_proposed", at=at)
    return adoption


def _named(subject: Subject | None) -> dict[str, str]:
    if subject is None:
        return {}
    return {
        "subject_kind": subject.kind,
        "subject_id": subject.public_id,
        "subject_title": subject.title[:200],
        "subject_language": subject.language,
    }


def _running(
    subject: Subject | None,
    *,
    adopter: Organisation,
    source: Organisation | None,
    need: Need | None,
) -> Adoption | None:
    """The running adoption of the same subject and partner; else one of the need that has no
    subject yet and no other partner.
    """
    running = Adoption.objects.filter(adopter=adopter, ended_at=None)
    rows = running.filter(source=source)
    if subject is None:
        return rows.filter(need=need).first()
    same = rows.filter(subject_kind=subject.kind, subject_id=subject.public_id).first()
    if same is None and need is not None:
        open_ = running.filter(need=need, subject_id="")
        same = (open_.filter(source=source) if source else open_).first()
    return same


def _join(
    present: Adoption,
    subject: Subject | None,
    need: Need | None,
    known: Mapping[str, Any],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> Adoption:
    """Adds the missing subject or need to an adoption."""
    changed = []
    if subject is not None and not present.subject_id:
        new = {name: value for name, value in known.items() if not getattr(present, name)}
        for name, value in (_named(subject) | new).items():
            setattr(present, name, value)
        changed.append("choose")
    if need is not None and present.need_id is None:
        present.need = need
        changed.append("need")
    if changed:
        present.changed_at = at
        _settle(present, at)
        present.save()
    if need is not None and present.source_city is not None:
        take_up_help(need, present.source_city.public_id, actor=actor, at=at)
    if "choose" in changed:
        _note(present, "choose", actor=actor, at=at, side=PartnershipSide.ADOPTER.value)
        _notify_side(present, PartnershipSide.SOURCE, "adoption_moved", at=at)
    return present


def _settle(adoption: Adoption, at: dt.datetime) -> None:
    """Updates the derived columns: the stage, and the time since which it is public."""
    adoption.stage = rules.stage_of(adoption)
    shown = adoption.first_agreed_at or adoption.pilot_id or adoption.result_id
    if shown or (adoption.source_id is None and adoption.planned_at):
        adoption.public_at = adoption.public_at or at


def _starting_side(
    actor: audit.Actor, source: Organisation | None, adopter: Organisation
) -> PartnershipSide:
    if not needs_offers_rules.speaks_for_city(adopter):
        raise NotAllowed(_("You need to be an editor of the municipality to act for the city."))
    if source is not None and not needs_offers_rules.speaks_for_city(source):
        raise NotAllowed(_("An agreement must be between the municipalities of two cities."))
    if needs_offers_rules.may_speak_for(actor, adopter):
        return PartnershipSide.ADOPTER
    if source is not None and needs_offers_rules.may_speak_for(actor, source):
        return PartnershipSide.SOURCE
    raise NotAllowed(
        _("You need to be an editor of one of the two municipalities to propose an agreement.")
    )


def _other(side: PartnershipSide) -> PartnershipSide:
    is_source = side == PartnershipSide.SOURCE
    return PartnershipSide.ADOPTER if is_source else PartnershipSide.SOURCE


def _set_agreed(
    adoption: Adoption, side: PartnershipSide, actor: audit.Actor, at: dt.datetime
) -> None:
    setattr(adoption, f"{side.value}_agreed_at", at)
    setattr(adoption, f"{side.value}_agreed_by", actor.user)


def _set_contact(adoption: Adoption, side: PartnershipSide, actor: audit.Actor, role: str) -> None:
    setattr(adoption, f"{side.value}_contact", actor.user)
    setattr(adoption, f"{side.value}_contact_role", role.strip())


def _write_steps(adoption: Adoption, steps: Sequence[StepData]) -> None:
    """Replaces the steps; existing steps stay done."""
    done = {
        step.number: (step.done_at, step.done_by_id)
        for step in adoption.steps.filter(done_at__isnull=False)
    }
    adoption.steps.all().delete()
    AdoptionStep.objects.bulk_create(
        AdoptionStep(
            adoption=adoption,
            number=number,
            title=code_of(DefaultStep, step.title.strip()),
            side=step.side,
            due_on=step.due_on,
            done_at=done.get(step.number or 0, (None, None))[0],
            done_by_id=done.get(step.number or 0, (None, None))[1],
        )
        for number, step in enumerate(steps, start=1)
    )


def _locked(adoption: Adoption) -> Adoption:
    rows = Adoption.objects.select_for_update(of=("self",))
    parts = ("source__city", "adopter__city", "source_city", "adopting_city", "need", "fairness")
    return rows.select_related(*parts).get(pk=adoption.pk)


def _side(actor: audit.Actor, adoption: Adoption) -> PartnershipSide:
    side = rules.side_of(actor, adoption)
    if side is None:
        raise NotAllowed(_("You need to be an editor of one of the two municipalities to do this."))
    return side


def _must_run(adoption: Adoption) -> None:
    if adoption.ended_at is not None:
        raise NotAllowed(_("This adoption has ended. Start a new one."))


def change_terms(
    adoption: Adoption,
    *,
    aim: str,
    language: str,
    steps: Sequence[StepData],
    actor: audit.Actor,
    at: dt.datetime,
) -> Adoption:
    """Changes aim or steps. This accepts them for one side; the other side has to accept them
    again.

    Unchanged terms change nothing. Raises InvalidData, NotAllowed.
    """
    faults = _terms_faults(aim, language, steps)
    with transaction.atomic():
        current = _locked(adoption)
        side = _side(actor, current)
        _must_run(current)
        refuse(faults)
        before = [(step.title, step.side, step.due_on) for step in current.steps.all()]
        after = [
            (code_of(DefaultStep, step.title.strip()), step.side, step.due_on) for step in steps
        ]
        if (current.aim, current.language, before) == (aim.strip(), language, after):
            return current
        current.aim, current.language, current.changed_at = aim.strip(), language, at
        _set_agreed(current, side, actor, at)
        other = _other(side)
        setattr(current, f"{other.value}_agreed_at", None)
        setattr(current, f"{other.value}_agreed_by", None)
        current.revision += 1
        _settle(current, at)
        current.full_clean(validate_constraints=False)
        current.save()
        _write_steps(current, steps)
        _note(current, "change", actor=actor, at=at, side=side.value, revision=current.revision)
        _notify_side(current, other, "agreement_changed", at=at)
    return current


def agree(
    adoption: Adoption,
    *,
    revision: int,
    contact_role: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> Adoption:
    """Accepts the terms of that revision for one side; they apply once both sides have.

    Only for people, who become the contact of their side. Raises InvalidData if the terms were
    changed in the meantime, NotAllowed.
    """
    faults = _role_faults(contact_role)
    with transaction.atomic():
        current = _locked(adoption)
        side = _side(actor, current)
        _must_run(current)
        if actor.user is None:
            raise NotAllowed(_("A person must agree to an adoption. A program cannot."))
        if revision != current.revision:
            faults.append(Fault("revision", "terms-changed"))
        refuse(faults)
        if getattr(current, f"{side.value}_agreed_at") is not None:
            return current
        _set_agreed(current, side, actor, at)
        _set_contact(current, side, actor, contact_role)
        if current.source_id is not None and current.is_agreed:
            current.first_agreed_at = current.first_agreed_at or at
        _settle(current, at)
        current.save()
        _note(current, "agree", actor=actor, at=at, side=side.value, revision=revision)
        _notify_side(current, _other(side), "agreement_agreed", at=at)
    return current


def set_step_done(
    adoption: Adoption, number: int, *, done: bool, actor: audit.Actor, at: dt.datetime
) -> None:
    """Marks a step as done or not, for either side; the audit trail records who did. Raises
    InvalidData naming `number`, NotAllowed.
    """
    with transaction.atomic():
        current = _locked(adoption)
        side = _side(actor, current)
        _must_run(current)
        step = current.steps.filter(number=number).first()
        if step is None:
            raise InvalidData([Fault("number", "no-step")])
        if (step.done_at is not None) == done:
            return
        step.done_at = at if done else None
        step.done_by_id = actor.user.pk if done and actor.user else None
        step.save(update_fields=["done_at", "done_by"])
        _note(
            current,
            "do step" if done else "undo step",
            actor=actor,
            at=at,
            side=side.value,
            step=number,
        )


def end(
    adoption: Adoption, *, state: str, outcome: str, actor: audit.Actor, at: dt.datetime
) -> Adoption:
    """Ends it as adopted, stopped or declined, with its outcome, for either side.

    To be adopted it needs the acceptance of both sides and a complete fairness check; this answers
    its need. Raises InvalidData naming `state` or `outcome`, NotAllowed.
    """
    faults = text_faults("outcome", outcome, required=True, longest=LONGEST_OUTCOME)
    with transaction.atomic():
        current = _locked(adoption)
        side = _side(actor, current)
        _must_run(current)
        faults += choice_faults("state", state, Ending.values)
        if state == Ending.ADOPTED and not (current.is_agreed and current.subject_id):
            faults.append(Fault("state", "not-agreed"))
        refuse(faults)
        if state == Ending.ADOPTED:
            refuse(_at_gate(current, "state"))
        current.ending, current.outcome, current.ended_at = state, outcome.strip(), at
        _settle(current, at)
        current.save()
        _note(current, "end", actor=actor, at=at, side=side.value, state=state)
        if state == Ending.ADOPTED and current.need is not None:
            mark_answered(current.need, current.outcome, actor=actor, at=at)
        _notify_side(current, _other(side), "agreement_ended", at=at)
    return current


def _note(
    adoption: Adoption, verb: str, *, actor: audit.Actor, at: dt.datetime, **more: object
) -> None:
    audit.record(
        KIND,
        adoption,
        verb,
        actor=actor,
        at=at,
        source=adoption.source_city.public_id if adoption.source_city else "",
        adopter=adoption.adopting_city.public_id,
        **more,
    )


def write_plan(
    adoption: Adoption, words: PlanData, *, actor: audit.Actor, at: dt.datetime
) -> Adoption:
    """Saves the plan, which may be incomplete. Once it is complete the partner gets an email.

    Raises InvalidData naming the field; NotAllowed unless the actor edits the adopting city.
    """
    with transaction.atomic():
        current = _locked(adoption)
        if _side(actor, current) != PartnershipSide.ADOPTER:
            raise NotAllowed(
                _("You need to be an editor of the adopting city’s municipality to write the plan.")
            )
        _must_run(current)
        values = _plan_columns(words, at)
        values["measure"] = _key_of(Measure, values["measure"])
        values["unit"] = _key_of(Unit, values["unit"])
        if _is_of_solution(current, values["conditions"]):
            values["conditions"] = OF_SOLUTION
        changed = sorted(name for name, value in values.items() if getattr(current, name) != value)
        if not changed:
            return current
        for name in changed:
            setattr(current, name, values[name])
        complete = not rules.missing_in_plan(current)
        is_new = complete and current.planned_at is None
        current.planned_at = (current.planned_at or at) if complete else None
        current.changed_at = at
        _settle(current, at)
        current.full_clean(validate_constraints=False)
        current.save()
        _note(current, "plan", actor=actor, at=at, side="adopter", changed=changed)
        if is_new:
            _notify_side(current, PartnershipSide.SOURCE, "adoption_moved", at=at)
    return current


def _key_of(model: type[Measure] | type[Unit], text: str) -> str:
    """The English name of the record that `text` names in any language; else the text itself."""
    named = Q(name=text) | Q(name_fr=text) | Q(name_sv=text)
    names = list(model.objects.filter(named).values_list("name", flat=True)[:2]) if text else []
    return names[0] if len(names) == 1 else text


def _is_of_solution(adoption: Adoption, text: str) -> bool:
    """Whether the text equals the conditions of the solution in any language."""
    of = Q(solution__public_id=adoption.subject_id)
    if adoption.subject_kind == SubjectKind.CASE:
        of = Q(solution__cases__public_id=adoption.subject_id)
    rows = SolutionText.objects.filter(of) if text and adoption.subject_id else ()
    return any(text.splitlines() == row.prerequisites for row in rows)


def _plan_columns(words: PlanData, at: dt.datetime) -> dict[str, Any]:
    """The columns of an entered plan. Raises InvalidData."""
    longest = {"owner": LONGEST_NAME, "measure": LONGEST_NAME, "unit": LONGEST_UNIT}
    texts = ("owner", "measure", "unit", "conditions", "costs", "risks")
    faults = [
        fault
        for name in texts
        for fault in text_faults(
            name, getattr(words, name), longest=longest.get(name, LONGEST_PLAN)
        )
    ]
    for code, text in words.justice.items():
        faults += choice_faults("justice", code, {dimension.code for dimension in JUSTICE})
        faults += text_faults(code, text, longest=LONGEST_ANSWER)
    year, last = words.baseline_year, at.year + 1
    if year is not None and not FIRST_YEAR <= year <= last:
        faults.append(Fault("baseline_year", "not-between", {"low": FIRST_YEAR, "high": last}))
    if words.starts_on and words.ends_on and words.ends_on < words.starts_on:
        faults.append(Fault("ends_on", "due-before-start"))
    budget = None
    if words.budget is not None:
        try:
            budget = to_minor(words.budget, words.budget_currency)
        except MoneyError:
            faults.append(Fault("budget", "not-money"))
    if budget is not None and budget < 0:
        faults.append(Fault("budget", "not-money"))
    refuse(faults)
    return {
        **{name: getattr(words, name).strip() for name in texts},
        "justice": {code: text.strip() for code, text in words.justice.items() if text.strip()},
        "baseline": words.baseline,
        "baseline_year": year,
        "budget_minor": budget,
        "budget_currency": "" if budget is None else words.budget_currency,
        "starts_on": words.starts_on,
        "ends_on": words.ends_on,
    }


def name_check(
    adoption: Adoption, check: DistributionCheck, *, actor: audit.Actor, at: dt.datetime
) -> Adoption:
    """Sets the fairness check, which must be the adopting city's own and about what is adopted.

    Raises InvalidData naming `check`, NotAllowed.
    """
    with transaction.atomic():
        current = _locked(adoption)
        if _side(actor, current) != PartnershipSide.ADOPTER:
            raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
        _must_run(current)
        if current.fairness_id != check.pk:
            others = check.adoptions.exclude(pk=current.pk).exists() or check.pilots.exists()
            subject = (current.subject_kind, current.subject_id)
            gate.take(check, subject, team=current.adopter, is_free=not others)
            current.fairness, current.changed_at = check, at
            current.save(update_fields=["fairness", "changed_at"])
            _note(current, "check", actor=actor, at=at, side="adopter", linked=check.public_id)
    return current


def may_try(adoption: Adoption) -> None:
    """Raises InvalidData if the fairness check of an adoption is incomplete, or about something
    else, so that no pilot may start.
    """
    refuse(_at_gate(adoption, ""))


def _at_gate(adoption: Adoption, where: str) -> list[Fault]:
    subject = (adoption.subject_kind, adoption.subject_id)
    return gate.faults_at(adoption.fairness, subject, team=adoption.adopter, where=where)


def begin_pilot(adoption: Adoption, pilot: Pilot) -> None:
    """Records the pilot whose plan was started from it, the latest of several, for automatic
    linking."""
    Adoption.objects.filter(pk=adoption.pk, pilot=None).update(planned_pilot=pilot)
    Pilot.objects.filter(pk=pilot.pk, fairness=None).update(fairness=adoption.fairness)


def link_pilot(adoption: Adoption, pilot: Pilot, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Records the pilot of an adoption, once; both cities get an email."""
    _link(adoption, "pilot", pilot, actor=actor, at=at)


def link_result(
    adoption: Adoption, case: CaseStudy, *, actor: audit.Actor, at: dt.datetime
) -> None:
    """Records the published case of its result, once; both cities get an email. A successful result
    answers the need.
    """
    _link(adoption, "result", case, actor=actor, at=at)


def _link(
    adoption: Adoption, name: str, there: Pilot | CaseStudy, *, actor: audit.Actor, at: dt.datetime
) -> None:
    with transaction.atomic():
        current = _locked(adoption)
        if getattr(current, f"{name}_id") is not None:
            return
        setattr(current, name, there)
        current.changed_at = at
        _settle(current, at)
        current.save()
        _note(current, name, actor=actor, at=at, linked=there.public_id)
        if isinstance(there, CaseStudy) and there.outcome == Outcome.WORKED and current.need:
            title = there.texts.get(language=there.original_language).title
            mark_answered(current.need, title, actor=actor, at=at)
        for side in (PartnershipSide.ADOPTER, PartnershipSide.SOURCE):
            _notify_side(current, side, "adoption_moved", at=at)


def ask_for_review(
    adoption: Adoption,
    *,
    title: str,
    question: str,
    language: str,
    topic: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> PeerReview:
    """Asks other cities for a peer review of a running adoption, for one side of it.

    Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current = _locked(adoption)
        side = _side(actor, current)
        _must_run(current)
        team = current.source if side == PartnershipSide.SOURCE else current.adopter
        assert team is not None, "nobody speaks for a side that is not there"
        fields = {"title": title, "question": question, "language": language, "topic": topic}
        review = request_review(team, **fields, actor=actor, at=at)
        if not current.reviews.filter(pk=review.pk).exists():
            current.reviews.add(review)
            linked = review.public_id
            _note(current, "review", actor=actor, at=at, side=side.value, linked=linked)
    return review


def discuss(
    adoption: Adoption, *, text: str, language: str, actor: audit.Actor, at: dt.datetime
) -> Post:
    """Adds a post to a public adoption; the editors of both cities get an email.

    Raises InvalidData naming `text` or `language`, NotAllowed.
    """
    teams = [team for team in (adoption.adopter, adoption.source) if team is not None]
    return write_post(adoption, text=text, language=language, teams=teams, actor=actor, at=at)


def _notify_side(
    adoption: Adoption, side: PartnershipSide, letter: str, *, at: dt.datetime
) -> None:
    """Emails the editors of a side, if there is one, or the secretariat if it has no editors."""
    team = adoption.source if side == PartnershipSide.SOURCE else adoption.adopter
    if team is None:
        return
    people, has_editors = editors_or_secretariat(team, at=at)
    for person in people:
        _write(adoption, person, letter, side=side, team=team, has_editors=has_editors)


def _write(
    adoption: Adoption,
    person: User,
    letter: str,
    *,
    side: PartnershipSide,
    team: Organisation,
    has_editors: bool,
) -> None:
    language = person.language
    source = local_name(adoption.source_city, language) if adoption.source_city else ""
    adopter = local_name(adoption.adopting_city, language)
    is_offer = side == PartnershipSide.ADOPTER
    write_letter(
        letter,
        person,
        title=adoption.subject_title or (adoption.need.title if adoption.need else ""),
        source=source,
        adopter=adopter,
        other=source if is_offer else adopter,
        is_offer=is_offer,
        team=local_name(team, language),
        has_editors=has_editors,
        stage=adoption.stage,
        url=page_address("adoption:adoption", language, adoption.public_id),
    )
