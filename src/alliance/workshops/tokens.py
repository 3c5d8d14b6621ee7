"""Addresses that are their own proof: signed, not kept, and of one use each."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from alliance.core.errors import NotFound
from alliance.workshops.models import Registration

_PLACE, _CALENDAR, _DOOR = (
    Signer(salt=f"alliance.workshops.{name}") for name in ("place", "calendar", "door")
)


def place_token(registration: Registration) -> str:
    """What the address of somebody's own page carries."""
    return _PLACE.sign(registration.public_id)


def calendar_token(registration: Registration) -> str:
    """What the address of a personal calendar carries, until a new one is asked for."""
    return _CALENDAR.sign(f"{registration.public_id}.{registration.calendar_number}")


def door_token(registration: Registration) -> str:
    """What the code carries that is scanned at the door."""
    return _DOOR.sign(registration.public_id)


def _of(signer: Signer, token: str) -> str:
    try:
        return signer.unsign(token)
    except BadSignature as error:
        # The token itself stays out of the message, which may be logged.
        raise NotFound("registration", "of this link") from error


def _registration(public_id: str) -> Registration:
    rows = Registration.objects.select_related(
        "workshop__city", "workshop__organisation", "user", "city"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("registration", "of this link")
    return found


def of_place(token: str) -> Registration:
    """Whose page it is. Raises NotFound."""
    return _registration(_of(_PLACE, token))


def of_calendar(token: str) -> Registration:
    """Whose calendar it is. Raises NotFound, also where she asked for a new address since."""
    public_id, _dot, number = _of(_CALENDAR, token).partition(".")
    found = _registration(public_id)
    if str(found.calendar_number) != number:
        raise NotFound("registration", "of this link")
    return found


def of_door(token: str) -> Registration:
    """Whose code was scanned. Raises NotFound for one that we did not make."""
    return _registration(_of(_DOOR, token))
