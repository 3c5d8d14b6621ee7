"""Autosave: unsaved input of forms is stored, and restored later.

A form that includes `web/forms/typing.html` contains a signed token with its owner and its address.
A script sends the content of the form every few seconds with that token, which alone authorises the
request, so that the end of a session loses nothing; it gives access to nothing but this one draft.
A draft is no record: nobody else sees it, there is no audit entry, nothing is validated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property

from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    UnreadablePostError,
)

from alliance.accounts.models import TypedText, User
from alliance.core import clock
from alliance.web import languages

#: Tokens of pages that were left open for longer have expired.
MARK_HOLDS = dt.timedelta(days=14)
#: The maximum of characters in a form; and of forms of one person, of which the oldest is dropped.
MOST_CHARACTERS = 500_000
MOST_FORMS = 50
LONGEST_ADDRESS = 500
#: Hidden fields of autosave itself.
_OWN = ("typing", "typing_page", "typing_turn", "typing_only", "typing_drop")
_NOT_TYPED = {"csrfmiddlewaretoken", "go", *_OWN}

_signer = TimestampSigner(salt="alliance.accounts.typing")


def mark_of(owner: User, address: str) -> str:
    """The token of the form at `address` (without its language) for its owner."""
    return _signer.sign_object([owner.pk, address])


class Autosave:
    """`request.typing`: the reader's earlier input at this address, and the token for its form."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        _, address = languages.split(request.get_full_path())
        #: The address of the form. A view whose query is not part of it sets it.
        self.address = address
        #: Set by a view that saved the input: only then the draft is deleted.
        self.is_saved = False
        #: Set by a view that saved all but some fields: the draft stays, with these changes.
        self.stays: dict[str, str] | None = None
        #: Whether the submitted form has the reader's token.
        self.is_marked = False

    @property
    def mark(self) -> str:
        """The token of the form; empty for visitors and for addresses that are too long."""
        user = self._request.user
        if not isinstance(user, User) or len(self.address) > LONGEST_ADDRESS:
            return ""
        return mark_of(user, self.address)

    @cached_property
    def typed_text(self) -> TypedText | None:
        """The reader's unsaved input at this address."""
        user = self._request.user
        if self._request.method == "POST" or not isinstance(user, User):
            return None
        return TypedText.objects.filter(user=user, address=self.address).exclude(fields={}).first()

    @property
    def back(self) -> QueryDict | None:
        """The fields as they were sent; None if there is no draft."""
        if self.typed_text is None:
            return None
        fields = QueryDict(mutable=True)
        for name, values in self.typed_text.fields.items():
            fields.setlist(name, values)
        return fields

    def drop(self, path: str) -> None:
        """Delete the reader's draft at another address, which was saved here."""
        user = self._request.user
        if isinstance(user, User):
            address = languages.split(path)[1]
            TypedText.objects.filter(user=user, address=address).delete()


class AutosaveMiddleware:
    """Middleware: stores what forms with a token send, until their view has saved it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        typing = request.typing = Autosave(request)  # type: ignore[attr-defined]
        if request.method != "POST" or languages.split(request.path_info)[0] is None:
            return self.get_response(request)
        try:
            mark = request.POST.get("typing", "")
        except UnreadablePostError:
            # The connection was lost; whoever reads next reports what to do.
            mark = ""
        if not mark:
            return self.get_response(request)
        try:
            owner, typing.address = _signer.unsign_object(mark, max_age=MARK_HOLDS)
        except BadSignature:
            if "typing_only" in request.POST:
                return HttpResponse(status=403)
            return self.get_response(request)
        if "typing_only" in request.POST:
            return HttpResponse(
                status=204 if autosave(owner, typing.address, request.POST) else 413
            )
        is_owner = typing.is_marked = request.user.pk == owner
        if "typing_drop" in request.POST and is_owner:
            forget(owner, typing.address, request.POST)
            # The page of the form, which may be submitted to another address.
            language = languages.split(request.path_info)[0]
            return HttpResponseRedirect(f"/{language}{typing.address}")
        response = self.get_response(request)
        if is_owner and typing.is_saved:
            forget(owner, typing.address, request.POST)
        elif is_owner or not request.user.is_authenticated:
            autosave(owner, typing.address, request.POST, typing.stays)
        return response


def autosave(
    owner: int, address: str, sent: QueryDict, changes: dict[str, str] | None = None
) -> bool:
    """Store the input, unless the same page has sent something later; False if it is too long.

    If the person has left in the meantime, nothing is stored.
    """
    fields = {
        _held(name): [_held(value) for value in values]
        for name, values in sent.lists()
        if name not in _NOT_TYPED and "password" not in name
    }
    fields |= {name: [value] for name, value in (changes or {}).items()}
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > MOST_CHARACTERS:
        return False
    _save_fields(owner, address, fields, *_turn(sent))
    return True


def forget(owner: int, address: str, sent: QueryDict) -> None:
    """Delete the draft. Late requests of the same page do not restore it."""
    page, turn = _turn(sent)
    if page:
        _save_fields(owner, address, {}, page, turn)
    else:
        TypedText.objects.filter(user_id=owner, address=address).delete()


def _turn(sent: QueryDict) -> tuple[str, int]:
    """The opened page that sent it, and how often it had sent before; empty without the script."""
    turn = sent.get("typing_turn", "")
    return _held(sent.get("typing_page", ""))[:40], int(turn) if turn.isdecimal() and len(
        turn
    ) < 9 else 0


def _held(text: str) -> str:
    """The text as PostgreSQL can store it: without NUL."""
    return text.replace("\x00", "")


def _save_fields(
    owner: int, address: str, fields: dict[str, list[str]], page: str, turn: int
) -> None:
    # One transaction: each waits for the disk, while somebody types.
    with transaction.atomic():
        if not User.objects.select_for_update().filter(pk=owner).exists():
            return
        row = TypedText.objects.filter(user_id=owner, address=address).first()
        if row is not None and page and row.page == page and row.turn > turn:
            return
        is_new = row is None
        row = row or TypedText(user_id=owner, address=address)
        row.fields, row.page, row.turn, row.at = fields, page, turn, clock.now()
        row.save()
        if is_new:
            others = TypedText.objects.filter(user_id=owner).order_by("-at", "-pk")
            newest = list(others.values_list("pk", flat=True)[:MOST_FORMS])
            TypedText.objects.filter(user_id=owner).exclude(pk__in=newest).delete()
