"""Check-in: a code is scanned or typed once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.workshops import rules, zones
from alliance.workshops.enums import SeatState
from alliance.workshops.models import Registration, Workshop


def by_code(workshop: Workshop, code: str) -> Registration:
    """The registration with a typed code, in any case. Raises InvalidData."""
    wanted = "".join(code.lower().split()).replace("-", "")
    if not wanted:
        raise InvalidData([Fault("code", "door-code-empty")])
    registration = workshop.registrations.filter(code=wanted).exclude(state=SeatState.ASKED).first()
    if registration is None:
        raise InvalidData([Fault("code", "door-code-unknown")])
    return registration


def check_in(registration: Registration, *, actor: audit.Actor, at: dt.datetime) -> Registration:
    """Check a participant in. Raises InvalidData if she has no place or her code was used before,
    NotAllowed."""
    if not rules.may_run(actor, registration.workshop):
        raise NotAllowed(
            _("Only the secretariat and the organiser’s editors can manage a workshop.")
        )
    with transaction.atomic():
        current = (
            Registration.objects.select_for_update(of=("self",))
            .select_related("workshop")
            .get(pk=registration.pk)
        )
        if current.checked_in_at is not None:
            then = zones.shown(current.checked_in_at, current.workshop.zone)
            params = {"name": current.name, "day": then.date(), "time": f"{then:%H:%M}"}
            raise InvalidData([Fault("code", "came-already", params)])
        if current.state != SeatState.IN:
            params = {"name": current.name, "state": str(current.get_state_display())}
            raise InvalidData([Fault("code", "no-place", params)])
        current.checked_in_at = at
        current.save(update_fields=["checked_in_at"])
        audit.record(
            "registration", current, "check in", actor=actor, at=at,
            workshop=current.workshop.public_id,
        )  # fmt: skip
    return current
