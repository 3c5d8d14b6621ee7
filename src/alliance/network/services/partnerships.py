"""Adoption agreements of two cities: proposing, changing the terms, agreeing, steps, the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.accounts.models import User
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.network import needs_offers_rules
from alliance.network import partnership_rules as rules
from alliance.network.addressees import editors_or_secretariat
from alliance.network.addresses import page_address
from alliance.network.enums import AgreementState, Language, PartnershipSide, SubjectKind
from alliance.network.localise import local_name
from alliance.network.models import Organisation, Partnership, PartnershipStep
from alliance.network.text_checks import choice_faults, text_faults

KIND = "agreement"
MOST_STEPS = 20
LONGEST_AIM, LONGEST_STEP, LONGEST_ROLE, LONGEST_OUTCOME = 3_000, 200, 120, 2_000


@dataclass(frozen=True)
class Subject:
    """What is adopted, as the room that keeps it names it. `language` is that of the title."""

    kind: str
    public_id: str
    title: str
    language: str


@dataclass(frozen=True)
class StepWords:
    """A step as typed. `number` is that of the step it was, None for a new one."""

    title: str
    side: str
    due_on: dt.date | None = None
    number: int | None = None


def default_steps() -> tuple[StepWords, ...]:
    """The steps that an agreement begins with, in the language in use; the two change them."""
    both, source, adopter = PartnershipSide.BOTH, PartnershipSide.SOURCE, PartnershipSide.ADOPTER
    return (
        StepWords(_("Talk: what the record does not tell"), both.value),
        StepWords(_("Hand over documents, contracts and data"), source.value),
        StepWords(_("Check which conditions are met at home"), adopter.value),
        StepWords(_("Decide, with budget and who answers for it"), adopter.value),
        StepWords(_("Start, with a baseline measured before"), adopter.value),
        StepWords(_("Measure as the first city did"), adopter.value),
        StepWords(_("Publish what came of it, also if it failed"), adopter.value),
    )


def _terms_faults(aim: str, language: str, steps: Sequence[StepWords]) -> list[Fault]:
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


def propose(
    subject: Subject,
    *,
    source: Organisation,
    adopter: Organisation,
    aim: str,
    language: str,
    steps: Sequence[StepWords] | None = None,
    contact_role: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> Partnership:
    """Propose an agreement in the name of one of the two; that side has said yes by it.

    The other side's editors get a letter, the secretariat where it has none. A running agreement
    of the two about the same is the one that is there. Raises InvalidData, NotAllowed.
    """
    side = _proposing_side(actor, source, adopter)
    steps = default_steps() if steps is None else steps
    faults = _terms_faults(aim, language, steps) + _role_faults(contact_role)
    if subject.kind not in SubjectKind.values:
        faults.append(Fault("subject", "missing"))
    if source.city_id == adopter.city_id:
        faults.append(Fault("source", "from-itself"))
    if faults:
        raise InvalidData(faults)
    with transaction.atomic():
        for pk in sorted((source.pk, adopter.pk)):
            Organisation.objects.select_for_update(no_key=True).get(pk=pk)
        present = Partnership.objects.filter(
            source_city=source.city,
            adopting_city=adopter.city,
            subject_kind=subject.kind,
            subject_id=subject.public_id,
            ended_at=None,
        ).first()
        if present is not None:
            return present
        agreement = Partnership(
            subject_kind=subject.kind,
            subject_id=subject.public_id,
            subject_title=subject.title[:200],
            subject_language=subject.language,
            source=source,
            source_city=source.city,
            adopter=adopter,
            adopting_city=adopter.city,
            aim=aim.strip(),
            language=language,
            proposed_by=actor.user,
            proposed_at=at,
            changed_at=at,
        )
        _say_yes(agreement, side, actor, at)
        _set_contact(agreement, side, actor, contact_role)
        agreement.full_clean(validate_constraints=False)
        agreement.save()
        _write_steps(agreement, steps)
        _note(agreement, "propose", actor=actor, at=at, side=side.value)
        _tell(agreement, _other(side), "agreement_proposed", at=at)
    return agreement


def _proposing_side(
    actor: audit.Actor, source: Organisation, adopter: Organisation
) -> PartnershipSide:
    if not all(map(needs_offers_rules.speaks_for_city, (source, adopter))):
        raise NotAllowed(_("Agreements are made between municipalities of two cities."))
    if needs_offers_rules.may_speak_for(actor, adopter):
        return PartnershipSide.ADOPTER
    if needs_offers_rules.may_speak_for(actor, source):
        return PartnershipSide.SOURCE
    raise NotAllowed(_("Only editors of one of the two municipalities propose an agreement."))


def _other(side: PartnershipSide) -> PartnershipSide:
    is_source = side == PartnershipSide.SOURCE
    return PartnershipSide.ADOPTER if is_source else PartnershipSide.SOURCE


def _say_yes(
    agreement: Partnership, side: PartnershipSide, actor: audit.Actor, at: dt.datetime
) -> None:
    setattr(agreement, f"{side.value}_agreed_at", at)
    setattr(agreement, f"{side.value}_agreed_by", actor.user)


def _set_contact(
    agreement: Partnership, side: PartnershipSide, actor: audit.Actor, role: str
) -> None:
    setattr(agreement, f"{side.value}_contact", actor.user)
    setattr(agreement, f"{side.value}_contact_role", role.strip())


def _write_steps(agreement: Partnership, steps: Sequence[StepWords]) -> None:
    """Replace the steps; what was done of one that is kept stays done."""
    done = {
        step.number: (step.done_at, step.done_by_id)
        for step in agreement.steps.filter(done_at__isnull=False)
    }
    agreement.steps.all().delete()
    PartnershipStep.objects.bulk_create(
        PartnershipStep(
            partnership=agreement,
            number=number,
            title=step.title.strip(),
            side=step.side,
            due_on=step.due_on,
            done_at=done.get(step.number or 0, (None, None))[0],
            done_by_id=done.get(step.number or 0, (None, None))[1],
        )
        for number, step in enumerate(steps, start=1)
    )


def _locked(agreement: Partnership) -> Partnership:
    rows = Partnership.objects.select_for_update(of=("self",))
    return rows.select_related("source__city", "adopter__city", "source_city", "adopting_city").get(
        pk=agreement.pk
    )


def _side(actor: audit.Actor, agreement: Partnership) -> PartnershipSide:
    side = rules.side_of(actor, agreement)
    if side is None:
        raise NotAllowed(_("Only editors of the two municipalities do this."))
    return side


def _must_run(agreement: Partnership) -> None:
    if agreement.ended_at is not None:
        raise NotAllowed(_("The agreement has ended; propose a new one."))


def change_terms(
    agreement: Partnership,
    *,
    aim: str,
    language: str,
    steps: Sequence[StepWords],
    actor: audit.Actor,
    at: dt.datetime,
) -> Partnership:
    """Change aim or steps. Who changes says yes to it; the other side has to say so again.

    The same terms again change nothing. Raises InvalidData, NotAllowed.
    """
    faults = _terms_faults(aim, language, steps)
    with transaction.atomic():
        current = _locked(agreement)
        side = _side(actor, current)
        _must_run(current)
        if faults:
            raise InvalidData(faults)
        before = [(step.title, step.side, step.due_on) for step in current.steps.all()]
        after = [(step.title.strip(), step.side, step.due_on) for step in steps]
        if (current.aim, current.language, before) == (aim.strip(), language, after):
            return current
        current.aim, current.language, current.changed_at = aim.strip(), language, at
        current.state = AgreementState.PROPOSED
        _say_yes(current, side, actor, at)
        other = _other(side)
        setattr(current, f"{other.value}_agreed_at", None)
        setattr(current, f"{other.value}_agreed_by", None)
        current.revision += 1
        current.full_clean(validate_constraints=False)
        current.save()
        _write_steps(current, steps)
        _note(current, "change", actor=actor, at=at, side=side.value, revision=current.revision)
        _tell(current, other, "agreement_changed", at=at)
    return current


def agree(
    agreement: Partnership,
    *,
    revision: int,
    contact_role: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> Partnership:
    """Say yes for one's side to the terms of that revision; once both did, it holds.

    Only people do, and who does becomes the contact of that side. Raises InvalidData where the
    terms were changed meanwhile, NotAllowed.
    """
    faults = _role_faults(contact_role)
    with transaction.atomic():
        current = _locked(agreement)
        side = _side(actor, current)
        _must_run(current)
        if actor.user is None:
            raise NotAllowed(_("A person says yes to an agreement, not a program."))
        if revision != current.revision:
            faults.append(Fault("revision", "terms-changed"))
        if faults:
            raise InvalidData(faults)
        if getattr(current, f"{side.value}_agreed_at") is not None:
            return current
        _say_yes(current, side, actor, at)
        _set_contact(current, side, actor, contact_role)
        if current.source_agreed_at and current.adopter_agreed_at:
            current.state = AgreementState.AGREED
            current.first_agreed_at = current.first_agreed_at or at
        current.save()
        _note(current, "agree", actor=actor, at=at, side=side.value, revision=revision)
        _tell(current, _other(side), "agreement_agreed", at=at)
    return current


def set_step_done(
    agreement: Partnership, number: int, *, done: bool, actor: audit.Actor, at: dt.datetime
) -> None:
    """Mark a step as done or not. Either side may: the audit trail tells who did. Raises
    InvalidData naming `number`, NotAllowed."""
    with transaction.atomic():
        current = _locked(agreement)
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
    agreement: Partnership, *, state: str, outcome: str, actor: audit.Actor, at: dt.datetime
) -> Partnership:
    """End it as adopted, stopped or declined, with what came of it. Either side may.

    Only what both agreed to can be adopted. Raises InvalidData naming `state` or `outcome`,
    NotAllowed.
    """
    faults = text_faults("outcome", outcome, required=True, longest=LONGEST_OUTCOME)
    with transaction.atomic():
        current = _locked(agreement)
        side = _side(actor, current)
        _must_run(current)
        ends = set(AgreementState.values) - set(AgreementState.running())
        faults += choice_faults("state", state, sorted(ends))
        if state == AgreementState.ADOPTED and current.state != AgreementState.AGREED:
            faults.append(Fault("state", "not-agreed"))
        if faults:
            raise InvalidData(faults)
        current.state, current.outcome, current.ended_at = state, outcome.strip(), at
        current.save()
        _note(current, "end", actor=actor, at=at, side=side.value, state=state)
        _tell(current, _other(side), "agreement_ended", at=at)
    return current


def _note(
    agreement: Partnership, verb: str, *, actor: audit.Actor, at: dt.datetime, **more: object
) -> None:
    audit.record(
        actor=actor,
        at=at,
        verb=verb,
        kind=KIND,
        public_id=agreement.public_id,
        source=agreement.source_city.public_id,
        adopter=agreement.adopting_city.public_id,
        **more,
    )


def _tell(agreement: Partnership, side: PartnershipSide, letter: str, *, at: dt.datetime) -> None:
    """Write to those who speak for a side; to the secretariat where nobody does."""
    team = agreement.source if side == PartnershipSide.SOURCE else agreement.adopter
    people, has_editors = editors_or_secretariat(team, at=at)
    for person in people:
        _write(agreement, person, letter, team=team, has_editors=has_editors)


def _write(
    agreement: Partnership, person: User, letter: str, *, team: Organisation, has_editors: bool
) -> None:
    write_letter(
        letter,
        person,
        title=agreement.subject_title,
        source=local_name(agreement.source_city, person.language),
        adopter=local_name(agreement.adopting_city, person.language),
        team=local_name(team, person.language),
        has_editors=has_editors,
        url=page_address("network:agreement", person.language, agreement.public_id),
    )
