"""Participants: the same person is the same participant, as a guest or with an account.

A guest is identified by the cookie of a browser, a signed-in person by the account alone: what a
guest wrote is not linked to an account unless she asks for it (`add_to_account`). A view that may
create a participant is wrapped in `views.for_residents`, which sets the cookie.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token

from alliance.core import throttle
from alliance.core.errors import Fault, InvalidData
from alliance.core.ids import PUBLIC_ID, new_secret
from alliance.participation.enums import ProcessState
from alliance.participation.models import Participant, Process

COOKIE = "take_part"
#: Cookies with the unsubmitted choices on a ballot, named by the id of the process.
BALLOT_COOKIE = "ballot_"
_SALT = "alliance.participation"
#: A process and its answer take no longer; then the browser drops the cookie.
COOKIE_AGE = dt.timedelta(days=400)
#: How many participants a browser can open by receipt codes; the oldest is dropped first.
MOST_OPENED = 20


def new_participants() -> throttle.Limit:
    """How many people one network address may bring into a process."""
    return throttle.Limit(
        "new-participant", most=settings.GUESTS_PER_HOUR, window=dt.timedelta(hours=1)
    )


@dataclass(frozen=True)
class Guest:
    """The content of a browser's cookie: its secret, and the public ids of the participants that
    were opened on it by receipt codes, newest first."""

    secret: str = ""
    opened: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        """The value of the cookie, before signing."""
        return ".".join((self.secret, *self.opened))


def _guest(request: HttpRequest) -> Guest:
    """The guest of the browser; without secret if it has no cookie, or a forged one.

    A form sent without the cookie gets a secret derived from the form's token. So a first vote that
    is sent again, because its response was lost with the cookie, belongs to the same person.
    """
    present: Guest | None = getattr(request, "take_part_guest", None)
    if present is not None:
        return present
    value = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=COOKIE_AGE)
    secret, *opened = str(value).split(".")
    token = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    if not secret and request.method == "POST" and token:
        key = f"{settings.SECRET_KEY}:first".encode()
        secret = hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
    return Guest(secret, tuple(opened))


def _set_guest(request: HttpRequest, guest: Guest | None) -> None:
    """Let the response set the cookie, or with None leave it as it is."""
    request.take_part_guest = guest  # type: ignore[attr-defined]


def _digest(secret: str, process: str) -> str:
    key = f"{settings.SECRET_KEY}:{process}".encode()
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def digest_of_form(request: HttpRequest, process: Process) -> str | None:
    """A digest that distinguishes a submitted form from every other, since each page has its own
    CSRF token. None without a token."""
    sent = sorted(pair for pair in request.POST.lists() if not pair[0].startswith("typing"))
    mark = request.POST.get("csrfmiddlewaretoken", "")
    return _digest(f"form:{sent}", process.public_id) if mark else None


def known_participant(request: HttpRequest, process: Process) -> Participant | None:
    """The participant of this request, if she has participated before. Writes nothing."""
    if request.user.is_authenticated:
        return Participant.objects.filter(process=process, user=request.user).first()
    return guest_in(request, process)


def guest_in(request: HttpRequest, process: Process) -> Participant | None:
    """The participant without an account on this browser, whoever has signed in."""
    guest = _guest(request)
    rows = Participant.objects.filter(process=process, user=None).order_by()
    opened = next(iter(rows.filter(public_id__in=guest.opened)[:1]), None) if guest.opened else None
    if opened is not None or not guest.secret:
        return opened
    own = rows.filter(token_digest=_digest(guest.secret, process.public_id))
    return _remembered(request, guest, next(iter(own[:1]), None))


def _remembered(
    request: HttpRequest, guest: Guest, participant: Participant | None
) -> Participant | None:
    """Set the cookie again for a guest who was recognised without it."""
    if participant is not None and COOKIE not in request.COOKIES:
        _set_guest(request, guest)
    return participant


#: A participant together with the process, in SQL: each vote runs this query, and building it from
#: models would take ten times as long as running it.
_GUEST = """
    SELECT process.id, process.public_id, process.kind, process.state, participant.id
    FROM participation_process process
    JOIN participation_participant participant ON participant.process_id = process.id
    WHERE process.public_id = %s AND participant.token_digest = %s
        AND participant.user_id IS NULL AND process.state <> 'draft'
"""


def known_guest(request: HttpRequest, public_id: str) -> tuple[Process, Participant] | None:
    """The process and its participant in this request, if she has no account and has participated
    before; further fields are loaded lazily. None for all others, and for browsers on which a
    receipt code was entered: use `known_participant`."""
    guest = Guest() if request.user.is_authenticated else _guest(request)
    if not guest.secret or guest.opened or not PUBLIC_ID.match(public_id):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_GUEST, [public_id, _digest(guest.secret, public_id)])
        row = cursor.fetchone()
    if row is None:
        return None
    process = Process.from_db(None, ["id", "public_id", "kind", "state"], row[:4])
    participant = Participant.from_db(None, ["id", "process_id"], [row[4], process.pk])
    participant.process = process
    _remembered(request, guest, participant)
    return process, participant


def participant_of(request: HttpRequest, process: Process, *, at: dt.datetime) -> Participant:
    """The participant of this request, created if there is none.

    Call it outside of a transaction, in a view wrapped in `for_residents`. Raises Throttled if too
    many have come from the same network address.
    """
    present = known_participant(request, process)
    if present is not None:
        return present
    throttle.take(
        new_participants(), f"{process.public_id} {throttle.client_address(request)}", at=at
    )
    who: dict[str, Any]
    guest = _guest(request)
    if request.user.is_authenticated:
        who = {"user": request.user}
    else:
        guest = replace(guest, secret=guest.secret or new_secret())
        who = {"user": None, "token_digest": _digest(guest.secret, process.public_id)}
        _set_guest(request, guest)
    try:
        with transaction.atomic():
            participant = Participant.objects.create(
                process=process, language=request.LANGUAGE_CODE, made_at=at, **who
            )
    except IntegrityError:
        # The same browser in two windows at once.
        return Participant.objects.get(process=process, **who)
    request.take_part_new = participant  # type: ignore[attr-defined]
    return participant


def is_new(request: HttpRequest) -> bool:
    """Whether a participant was created in this request."""
    return getattr(request, "take_part_new", None) is not None


def discard_new_participant(request: HttpRequest) -> None:
    """Delete the participant created in this request, because the input was refused.

    Unless something of hers was submitted meanwhile, from another window.
    """
    new = getattr(request, "take_part_new", None)
    if new is None:
        return
    with transaction.atomic():
        rows = Participant.objects.select_for_update(of=("self",)).filter(pk=new.pk)
        if list(rows) and not any(
            related_object.related_model._base_manager.filter(
                **{related_object.field.name: new}
            ).exists()
            for related_object in Participant._meta.related_objects
        ):
            new.delete()
            request.take_part_new = None  # type: ignore[attr-defined]
            _set_guest(request, None)


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Set the cookie of a participant who was created in this request, or opened by a receipt code;
    delete it if the guest has ended."""
    guest: Guest | None = getattr(request, "take_part_guest", None)
    if guest is None:
        return response
    if not guest.value:
        response.delete_cookie(COOKIE, samesite="Lax")
        return response
    response.set_signed_cookie(
        COOKIE,
        guest.value,
        salt=_SALT,
        max_age=COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


# -- shared devices --------------------------------------------------------------------------


def _begun_here(guest: Guest) -> Q:
    """The condition that a participant was created on the browser of this guest."""
    processes = Process.objects.exclude(state=ProcessState.DRAFT).order_by()
    ids = processes.values_list("public_id", flat=True) if guest.secret else ()
    return Q(user=None, token_digest__in=[_digest(guest.secret, public_id) for public_id in ids])


def guests_here(request: HttpRequest) -> list[Participant]:
    """All participants without an account on this browser, one for each process."""
    guest = _guest(request)
    here = _begun_here(guest) | Q(user=None, public_id__in=guest.opened)
    rows = Participant.objects.filter(here) if guest.secret else Participant.objects.none()
    return list(rows.select_related("process").order_by("pk"))


def open_by_receipt(request: HttpRequest, participant: Participant) -> None:
    """Let this browser act for a participant whose receipt code was entered on it."""
    guest = _guest(request)
    others = [public_id for public_id in guest.opened if public_id != participant.public_id]
    opened = (participant.public_id, *others)[:MOST_OPENED]
    _set_guest(request, Guest(guest.secret or new_secret(), opened))


def end_guest(request: HttpRequest) -> None:
    """End all participants without an account on this browser.

    They can return by their receipt codes. The cookie is invalid from now on, here and wherever it
    was copied to; open forms are refused, and unsubmitted input is discarded.
    """
    Participant.objects.filter(_begun_here(_guest(request))).update(token_digest=None)
    _set_guest(request, Guest())
    rotate_token(request)
    list(messages.get_messages(request))


def add_to_account(request: HttpRequest, participant: Participant) -> Participant:
    """Link a guest's participation to the signed-in account; the cookie no longer opens it.

    Raises InvalidData if the account already participates in the process.
    """
    apart = InvalidData([Fault("participant", "takes-part-already")])
    guest = _guest(request)
    try:
        with transaction.atomic():
            rows = Participant.objects.filter(pk=participant.pk, user=None)
            if not rows.update(user=request.user, token_digest=None):
                raise apart
    except IntegrityError as error:
        raise apart from error
    if participant.public_id in guest.opened:
        opened = tuple(
            public_id for public_id in guest.opened if public_id != participant.public_id
        )
        _set_guest(request, replace(guest, opened=opened))
    participant.refresh_from_db()
    return participant
