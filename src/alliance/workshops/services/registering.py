"""Registration, the waiting list, and cancellation; a lock ensures that places are given one at a
time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max, Q

from alliance.accounts.letters import write_letter
from alliance.accounts.models import User
from alliance.core import audit, throttle
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.core.ids import new_public_id
from alliance.network.addresses import page_address
from alliance.network.enums import Theme
from alliance.network.text_checks import assign_fields, choice_faults, text_faults
from alliance.workshops import rules, zones
from alliance.workshops.enums import Attendance, QuestionKind, SeatState, WorkshopState
from alliance.workshops.models import Meeting, Registration, Workshop
from alliance.workshops.tokens import CONFIRM_WITHIN, place_token

#: Participants are deleted this long after a workshop.
RETENTION = dt.timedelta(days=400)
MAIL_LIMIT = throttle.Limit("workshop-email", most=5, window=dt.timedelta(hours=1))
_note = audit.noting("registration", workshop="workshop.public_id")


#: The columns of a registration: `answers` by the id of a question, `learns` and `tells` as codes
#: of themes.
Words = Mapping[str, Any]


def locked(workshop: Workshop) -> Workshop:
    """The workshop, locked for update."""
    rows = Workshop.objects.select_for_update(of=("self",))
    return rows.select_related("organisation", "city").get(pk=workshop.pk)


def faults_of(workshop: Workshop, words: Words) -> list[Fault]:
    """The faults of a registration."""
    faults = assign_fields(Registration(), words)
    for name in ("learns", "tells"):
        for code in words.get(name, ()):
            faults += choice_faults(name, code, Theme.values)
    try:
        if words["email"].strip():
            validate_email(words["email"])
    except ValidationError as error:
        faults += [Fault("email", "said", {"text": " ".join(error.messages)})]
    if words["zone"] and not zones.is_zone(words["zone"]):
        faults.append(Fault("zone", "not-a-zone"))
    if words.get("attendance") == Attendance.REMOTE and not workshop.online_url:
        faults.append(Fault("attendance", "no-remote"))
    for question in workshop.questions.all():
        where, answer = f"answers.{question.public_id}", _answer(words, question.public_id)
        faults += text_faults(where, answer, required=question.is_needed, longest=1_000)
        if not answer:
            continue
        if question.kind == QuestionKind.CHOICE:
            n = len(next(iter(question.options.values())).splitlines())
            faults += choice_faults(where, answer, map(str, range(n)))
        elif question.kind == QuestionKind.YES_NO:
            faults += choice_faults(where, answer, ("yes", "no"))
    return faults


def _answer(words: Words, question: str) -> str:
    answer: str = words.get("answers", {}).get(question, "")
    return answer.strip()


def _must_be_open(workshop: Workshop, at: dt.datetime) -> None:
    if not rules.takes_registrations(workshop, at):
        raise InvalidData([Fault("name", "sign-up-closed")])


def _save(registration: Registration, words: Words) -> None:
    assign_fields(registration, {**words, "email": registration.email})
    asked = [question.public_id for question in registration.workshop.questions.all()]
    registration.answers = {name: answer for name in asked if (answer := _answer(words, name))}
    registration.full_clean(validate_constraints=False, exclude=["code"])
    registration.save()


def sign_up(
    workshop: Workshop, words: Words, *, user: User, actor: audit.Actor, at: dt.datetime
) -> Registration:
    """Give a person with an account a place, or one on the waiting list; change the registration if
    she has one.

    Raises InvalidData.
    """
    with transaction.atomic():
        current = locked(workshop)
        own = current.registrations.filter(user=user).first()
        if own is None:
            # As a guest with the same address, before she signed in.
            own = current.registrations.filter(email__iexact=user.email, user=None).first()
        if own is not None and own.state != SeatState.ASKED:
            own.workshop = current
            return _change(own, words, user=user, actor=actor, at=at)
        _must_be_open(current, at)
        refuse(faults_of(current, words))
        own = own or Registration(workshop=current, email=user.email, made_at=at)
        own.workshop, own.user = current, user
        return _take_place(own, words, actor=actor, at=at)


def ask(workshop: Workshop, words: Words, *, address: str, at: dt.datetime) -> None:
    """Send a guest the link that confirms her address; before that she has no place.

    A guest who already registered gets the link to her page, so the response does not reveal who
    has. Raises InvalidData, also after too many emails.
    """
    _must_be_open(workshop, at)
    refuse(faults_of(workshop, words))
    email = words["email"].strip()
    guests = throttle.Limit("workshop-guest", settings.GUESTS_PER_HOUR, MAIL_LIMIT.window)
    for limit, key in ((guests, address), (MAIL_LIMIT, f"{workshop.pk} {email.lower()}")):
        try:
            throttle.take(limit, key, at=at)
        except throttle.Throttled as error:
            raise InvalidData([Fault("email", "too-often", {"most": limit.most})]) from error
    with transaction.atomic():
        current = locked(workshop)
        own = current.registrations.filter(email__iexact=email).first()
        if own is None or own.state == SeatState.ASKED:
            own = own or Registration(workshop=current, email=email, made_at=at)
            own.workshop, own.state, own.made_at = current, SeatState.ASKED, at
            _save(own, words)
            write(own, "workshop_confirm")
        else:
            write(own, "workshop_in" if own.state == SeatState.IN else "workshop_waiting")


def confirm(registration: Registration, *, at: dt.datetime) -> Registration:
    """Confirm a guest's registration by her link: give her a place, or one on the waiting list.

    Raises InvalidData if registration has closed meanwhile.
    """
    with transaction.atomic():
        current = locked(registration.workshop)
        own = current.registrations.get(pk=registration.pk)
        own.workshop = current
        if own.state == SeatState.ASKED:
            _must_be_open(current, at)
            _give(own, actor=audit.VISITOR, at=at)
            own.save()
    return own


def _take_place(
    own: Registration, words: Words, *, actor: audit.Actor, at: dt.datetime
) -> Registration:
    own.attendance = words.get("attendance", own.attendance)
    _give(own, actor=actor, at=at)
    _save(own, words)
    return own


def _give(own: Registration, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Assign the next number, and a place if there is one; must be called with the workshop
    locked."""
    workshop = own.workshop
    last = workshop.registrations.aggregate(last=Max("number"))["last"] or 0
    own.number = last + 1
    is_in = own.attendance == Attendance.REMOTE or rules.n_in(workshop) < workshop.capacity
    own.state, own.in_at = (SeatState.IN, at) if is_in else (SeatState.WAITING, None)
    _note(own, "sign up", actor=actor, at=at, state=own.state)
    write(own, "workshop_in" if is_in else "workshop_waiting")


def change_own(
    registration: Registration, words: Words, *, actor: audit.Actor, at: dt.datetime
) -> Registration:
    """Change one's own registration. Raises InvalidData."""
    with transaction.atomic():
        current = locked(registration.workshop)
        own = current.registrations.get(pk=registration.pk)
        own.workshop = current
        return _change(own, words, user=own.user, actor=actor, at=at)


def _change(
    own: Registration,
    words: Words,
    *,
    user: User | None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Registration:
    workshop = own.workshop
    faults, attendance = faults_of(workshop, words), words.get("attendance", own.attendance)
    to_room = own.attendance == Attendance.REMOTE and attendance == Attendance.ON_SITE
    if to_room and rules.n_in(workshop) >= workshop.capacity:
        faults.append(Fault("attendance", "room-full"))
    refuse(faults)
    own.user = user
    if attendance == Attendance.REMOTE and own.state == SeatState.WAITING:
        own.state, own.in_at = SeatState.IN, at
        write(own, "workshop_in")
    _save(own, words)
    if not own.may_meet:
        _forget_meetings(own)
    _note(own, "update", actor=actor, at=at)
    fill_places(workshop, at=at)
    return own


def renew_addresses(registration: Registration, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Give the page, calendar and check-in code of a participant new addresses; the old ones stop
    working.

    They are only sent by email, so somebody who used a leaked address does not get them.
    """
    with transaction.atomic():
        own = locked(registration.workshop).registrations.get(pk=registration.pk)
        if own.state == SeatState.ASKED:
            return
        own.link_number += 1
        own.calendar_number += 1
        own.code = new_public_id()
        own.save(update_fields=["link_number", "calendar_number", "code"])
        _note(own, "new address", actor=actor, at=at)
        write(own, "workshop_in" if own.state == SeatState.IN else "workshop_waiting")


def meet_nobody(registration: Registration, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Withdraw the consent to meeting suggestions; existing ones are removed at once."""
    with transaction.atomic():
        own = locked(registration.workshop).registrations.get(pk=registration.pk)
        own.may_meet = False
        own.save(update_fields=["may_meet"])
        _note(own, "meet nobody", actor=actor, at=at)
        _forget_meetings(own)


def _forget_meetings(own: Registration) -> None:
    Meeting.objects.filter(Q(first=own) | Q(second=own), declined_at=None).delete()


def leave(registration: Registration, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Cancel a registration and delete its data; its place goes to the first on the waiting
    list."""
    with transaction.atomic():
        current = locked(registration.workshop)
        own = current.registrations.filter(pk=registration.pk).first()
        if own is not None:
            _note(own, "leave", actor=actor, at=at)
            own.delete()
            fill_places(current, at=at)


def fill_places(workshop: Workshop, *, at: dt.datetime) -> list[Registration]:
    """Give free places to the waiting list in order; must be called with the workshop locked."""
    if workshop.state != WorkshopState.ANNOUNCED or rules.is_over(workshop, at):
        return []
    free = workshop.capacity - rules.n_in(workshop)
    waiting = workshop.registrations.filter(state=SeatState.WAITING).order_by("number")
    admitted = list(waiting.select_related("user")[: max(free, 0)])
    for registration in admitted:
        registration.workshop, registration.state, registration.in_at = workshop, SeatState.IN, at
        registration.save(update_fields=["state", "in_at"])
        _note(registration, "let in", actor=audit.WORKER, at=at)
        write(registration, "workshop_in")
    return admitted


def forget_old(*, at: dt.datetime) -> int:
    """Delete guests who did not confirm, and participants of workshops that ended long ago."""
    asked = Registration.objects.filter(state=SeatState.ASKED, made_at__lt=at - CONFIRM_WITHIN)
    old = Registration.objects.filter(workshop__last_day__lt=(at - RETENTION).date())
    return asked.delete()[0] + old.delete()[0]


# -- emails ---------------------------------------------------------------------------------


def write(registration: Registration, name: str, **more: Any) -> None:
    """Write to a participant in her language."""
    workshop, language = registration.workshop, registration.language
    write_letter(
        name,
        registration.user or registration.email,
        language=language,
        workshop=workshop,
        registration=registration,
        title=workshop.titles.get(language) or workshop.title,
        url=page_address("workshops:place", language, place_token(registration)),
        **more,
    )


def notify_registered(workshop: Workshop, name: str, **more: Any) -> int:
    """Write to everybody with a place or on the waiting list; returns the number of emails."""
    rows = workshop.registrations.exclude(state=SeatState.ASKED).select_related("user")
    for row in rows:
        row.workshop = workshop
        write(row, name, **more)
    return len(rows)
