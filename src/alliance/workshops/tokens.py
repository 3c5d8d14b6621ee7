"""Signed addresses that are not stored, expire and can be revoked.

The address of a participant's page acts in her name; that of her calendar only shows the programme,
and does not lead to the page. All of them stop working when she requests new ones
(`services.registering.renew_addresses`), and some time after the workshop.
"""

from __future__ import annotations

import datetime as dt

from django.core.signing import BadSignature, Signer

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.workshops.enums import SeatState
from alliance.workshops.models import Registration

#: A guest who does not follow the link of the email within this time is deleted.
CONFIRM_WITHIN = dt.timedelta(days=3)
#: The addresses of places and calendars expire this long after the last day.
HOLD_AFTER = dt.timedelta(days=90)

_PLACE, _CALENDAR, _CHECK_IN = (
    Signer(salt=f"alliance.workshops.{name}") for name in ("place", "calendar", "door")
)


def place_token(registration: Registration) -> str:
    """The token in the address of a participant's page."""
    return _PLACE.sign(f"{registration.public_id}.{registration.link_number}")


def calendar_token(registration: Registration) -> str:
    """The token in the address of a personal calendar."""
    return _CALENDAR.sign(f"{registration.public_id}.{registration.calendar_number}")


def check_in_token(registration: Registration) -> str:
    """The token in the check-in code."""
    return _CHECK_IN.sign(f"{registration.public_id}.{registration.link_number}")


def holds_until(registration: Registration) -> dt.date:
    """The last day on which the addresses of a place are valid."""
    if registration.state == SeatState.ASKED:
        return (registration.made_at + CONFIRM_WITHIN).date()
    return registration.workshop.last_day + HOLD_AFTER


def _of(signer: Signer, token: str, number: str) -> Registration:
    """The registration with this token, whose number must match its column. Raises NotFound."""
    missing = NotFound("registration", "of this link")
    try:
        public_id, _dot, named = signer.unsign(token).partition(".")
    except BadSignature as error:
        # The token is not in the message, because messages may be logged.
        raise missing from error
    rows = Registration.objects.select_related(
        "workshop__city", "workshop__organisation", "user", "city"
    )
    registration = rows.filter(public_id=public_id).first()
    # The first addresses of a page had no number.
    if registration is None or str(getattr(registration, number)) != (named or "0"):
        raise missing
    if holds_until(registration) < clock.today():
        raise missing
    return registration


def of_place(token: str) -> Registration:
    """The registration of the page. Raises NotFound, also if its address expired or was
    replaced."""
    return _of(_PLACE, token, "link_number")


def of_calendar(token: str) -> Registration:
    """The registration of the calendar. Raises NotFound as `of_place` does."""
    return _of(_CALENDAR, token, "calendar_number")


def of_check_in(token: str) -> Registration:
    """The registration of a scanned code. Raises NotFound for an invalid code, and as
    `of_place`."""
    return _of(_CHECK_IN, token, "link_number")
