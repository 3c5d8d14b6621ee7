"""Who takes part: the same person is the same participant, as a guest or with an account.

A guest is known by the cookie of a browser, somebody who has signed in by the account alone: what a
guest wrote is not attached to an account unless she asks for it (`add_to_account`). A view that may
make somebody a participant stands in `views.for_residents`, which sets the cookie.
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
#: Cookies with what was chosen on a ballot and not given yet, with the id of the process.
BALLOT_COOKIE = "ballot_"
_SALT = "alliance.participation"
#: A process and its answer take no longer; then the browser forgets.
COOKIE_AGE = dt.timedelta(days=400)
#: Participants that a browser opens by their receipt codes; the oldest goes first.
MOST_OPENED = 20


def new_participants() -> throttle.Limit:
    """How many people one network address may bring into a process."""
    return throttle.Limit(
        "new-participant", most=settings.GUESTS_PER_HOUR, window=dt.timedelta(hours=1)
    )


@dataclass(frozen=True)
class Guest:
    """What the cookie of a browser holds: its secret, and the public ids of the participants that
    were opened on it by their receipt codes, the newest first."""

    secret: str = ""
    opened: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        """The cookie, before it is signed."""
        return ".".join((self.secret, *self.opened))


def _guest(request: HttpRequest) -> Guest:
    """The guest of the browser; without secret where it has no cookie, or one that we did not sign.

    A form sent without the cookie gets a secret that follows from the token of the form. So a first
    vote that is sent again, because its answer was lost with the cookie, is of the same person.
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
    """Let the answer set the cookie, or with None leave it as it is."""
    request.take_part_guest = guest  # type: ignore[attr-defined]


def _digest(secret: str, process: str) -> str:
    key = f"{settings.SECRET_KEY}:{process}".encode()
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def digest_of_form(request: HttpRequest, process: Process) -> str | None:
    """What tells a form that was sent from every other: each page has a mark against forgery of its
    own. None where it has none."""
    sent = sorted(pair for pair in request.POST.lists() if not pair[0].startswith("typing"))
    mark = request.POST.get("csrfmiddlewaretoken", "")
    return _digest(f"form:{sent}", process.public_id) if mark else None


def known_participant(request: HttpRequest, process: Process) -> Participant | None:
    """Who acts in this request, where she has taken part in the process before. Writes nothing."""
    if request.user.is_authenticated:
        return Participant.objects.filter(process=process, user=request.user).first()
    return guest_in(request, process)


def guest_in(request: HttpRequest, process: Process) -> Participant | None:
    """Who took part in a process on this browser without an account, whoever has signed in."""
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
    """Send the cookie again to a guest who was known without it."""
    if participant is not None and COOKIE not in request.COOKIES:
        _set_guest(request, guest)
    return participant


#: Who has taken part in a process, with it. Each vote asks this; making it from models would take
#: ten times as long as the answer.
_GUEST = """
    SELECT process.id, process.public_id, process.kind, process.state, participant.id
    FROM participation_process process
    JOIN participation_participant participant ON participant.process_id = process.id
    WHERE process.public_id = %s AND participant.token_digest = %s
        AND participant.user_id IS NULL AND process.state <> 'draft'
"""


def known_guest(request: HttpRequest, public_id: str) -> tuple[Process, Participant] | None:
    """The process and who acts in this request, where she has no account and has taken part in it
    before; other fields of both are read when they are asked for. None for all others, and for
    browsers on which a receipt code was entered: ask `known_participant`."""
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
    """Who acts in this request; whoever did not take part before, does from now on.

    Call it outside of a transaction, in a view that stands in `for_residents`. Raises Throttled
    where too many have come from the same network address.
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
    """Whether somebody became a participant in this request."""
    return getattr(request, "take_part_new", None) is not None


def take_back(request: HttpRequest) -> None:
    """Who became a participant in this request did not, for what she sent was refused.

    Unless something of hers came in meanwhile, from another window.
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
    """Set the cookie of somebody who became a participant in this request, or was opened by a
    receipt code; delete it where the guest has ended."""
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


# -- a device that people share ----------------------------------------------------------------


def _begun_here(guest: Guest) -> Q:
    """That a participant began on the browser of this guest."""
    processes = Process.objects.exclude(state=ProcessState.DRAFT).order_by()
    ids = processes.values_list("public_id", flat=True) if guest.secret else ()
    return Q(user=None, token_digest__in=[_digest(guest.secret, public_id) for public_id in ids])


def guests_here(request: HttpRequest) -> list[Participant]:
    """All who took part on this browser without an account, each in one process."""
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
    """Let nobody act on this browser for those who took part on it without an account.

    They come back by their receipt codes. The cookie opens nothing any more, neither here nor where
    it was copied to; forms that stand open are refused, and what waited to be said is not.
    """
    Participant.objects.filter(_begun_here(_guest(request))).update(token_digest=None)
    _set_guest(request, Guest())
    rotate_token(request)
    list(messages.get_messages(request))


def add_to_account(request: HttpRequest, participant: Participant) -> Participant:
    """Attach what a guest did to the account that has signed in; the cookie opens it no more.

    Raises InvalidData where the account takes part in the process already.
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
