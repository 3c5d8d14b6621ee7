"""Who takes part: the same person is the same participant, with a cookie or an account.

A view that may make somebody a participant stands in `views.for_residents`, which sets the cookie.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse

from alliance.core import throttle
from alliance.core.ids import PUBLIC_ID, new_secret
from alliance.participation.models import Participant, Process

COOKIE = "take_part"
_SALT = "alliance.participation"
#: A process and its answer take no longer; then the browser forgets.
COOKIE_AGE = dt.timedelta(days=400)


def new_participants() -> throttle.Limit:
    """How many people one network address may bring into a process."""
    return throttle.Limit(
        "new-participant", most=settings.GUESTS_PER_HOUR, window=dt.timedelta(hours=1)
    )


def _secret(request: HttpRequest) -> str:
    """The secret of the browser; empty where it has none, or one that we did not sign."""
    fresh: str = getattr(request, "take_part_secret", "")
    return fresh or request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=COOKIE_AGE)  # type: ignore[return-value]


def _free_secret(request: HttpRequest, process: Process) -> str:
    """The secret of the browser; a new one where it stands for somebody who has signed out."""
    secret = _secret(request)
    taken = Participant.objects.filter(
        process=process, token_digest=_digest(secret, process.public_id)
    )
    return new_secret() if not secret or taken.exists() else secret


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
    user: Any = request.user
    if not isinstance(user, AnonymousUser):
        own = Participant.objects.filter(process=process, user=user).first()
        if own is not None:
            return own
    secret = _secret(request)
    if not secret:
        return None
    rows = Participant.objects.filter(
        process=process, token_digest=_digest(secret, process.public_id)
    )
    found = next(iter(rows.order_by()[:1]), None)
    # On a shared computer another account's participant is not this one's.
    return None if found and found.user_id and found.user_id != user.pk else found


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
    before; other fields of both are read when they are asked for. None for all others."""
    secret = "" if request.user.is_authenticated else _secret(request)
    if not secret or not PUBLIC_ID.match(public_id):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_GUEST, [public_id, _digest(secret, public_id)])
        found = cursor.fetchone()
    if found is None:
        return None
    process = Process.from_db(None, ["id", "public_id", "kind", "state"], found[:4])
    participant = Participant.from_db(None, ["id", "process_id"], [found[4], process.pk])
    participant.process = process
    return process, participant


def participant_of(request: HttpRequest, process: Process, *, at: dt.datetime) -> Participant:
    """Who acts in this request; whoever did not take part before, does from now on.

    Call it outside of a transaction, in a view that stands in `for_residents`. Raises Throttled
    where too many have come from the same network address.
    """
    user = None if isinstance(request.user, AnonymousUser) else request.user
    found = known_participant(request, process)
    if found is not None:
        if user is not None and found.user_id is None:
            found.user = user
            found.save(update_fields=["user"])
        return found
    throttle.take(
        new_participants(), f"{process.public_id} {throttle.client_address(request)}", at=at
    )
    secret = "" if user is not None else _free_secret(request, process)
    made: dict[str, Any] = {
        "user": user,
        "token_digest": _digest(secret, process.public_id) if secret else None,
    }
    try:
        with transaction.atomic():
            participant = Participant.objects.create(
                process=process, language=request.LANGUAGE_CODE, made_at=at, **made
            )
    except IntegrityError:
        # The same browser in two windows at once.
        return Participant.objects.get(process=process, **made)
    request.take_part_new = participant  # type: ignore[attr-defined]
    if secret:
        request.take_part_secret = secret  # type: ignore[attr-defined]
    return participant


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
            one.related_model._base_manager.filter(**{one.field.name: new}).exists()
            for one in Participant._meta.related_objects
        ):
            new.delete()
            request.take_part_new = request.take_part_secret = None  # type: ignore[attr-defined]


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Set the cookie of somebody who became a participant in this request."""
    secret = getattr(request, "take_part_secret", "")
    if secret:
        response.set_signed_cookie(
            COOKIE,
            secret,
            salt=_SALT,
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
