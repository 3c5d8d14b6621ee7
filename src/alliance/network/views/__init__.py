"""The pages of teams; each view parses, calls a getter and one service or selector, and renders."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.files.uploads import UploadedFile, UploadState
from alliance.network.access import actor_of
from alliance.network.rules import is_signed_in

LOOK_AGAIN_SECONDS = 2
View = Callable[..., HttpResponse]


def for_people(view: View) -> View:
    """Decorate a page for signed-in people: others go to sign in and come back. NotFound is a 404.

    Visitors are sent to sign in whether or not the record exists. No cache may store the page.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not is_signed_in(actor_of(request)):
            return redirect_to_login(request.get_full_path())
        return private(missing_is_404(view)(request, *args, **kwargs))

    return answer


def missing_is_404(view: View) -> View:
    """Decorate a view so that NotFound is a 404, in the same words for hidden and missing."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as closed:
            raise Http404(str(closed)) from closed

    return answer


def private(response: HttpResponse) -> HttpResponse:
    """Keep a page out of every cache, including the browser's back-forward cache."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def from_letter(view: View) -> View:
    """The page of a link in an email: a button, because mail programs open links by themselves.

    The POST of a mail program's own button (RFC 8058) is authenticated by the address alone; the
    button of the page has CSRF protection like all forms.
    """
    guarded = csrf_protect(view)

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        sent = request.POST.get("List-Unsubscribe") if request.method == "POST" else ""
        return private((view if sent == "One-Click" else guarded)(request, *args, **kwargs))

    return answer


def posted(request: HttpRequest) -> QueryDict | None:
    """The data for a form: POST data, even if empty; None if it is not a POST."""
    return request.POST if request.method == "POST" else None


def done(request: HttpRequest, message: str, to: str, *args: object) -> HttpResponse:
    """Redirect to the page `to` with a success message."""
    messages.success(request, message)
    return redirect(to, *args)


def page_of_file(
    request: HttpRequest,
    file: UploadedFile,
    *,
    page: str,
    state: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """The template `page` of an uploaded file. While a worker processes the file, the page polls
    the fragment `state` every few seconds."""
    asks = "HX-Request" in request.headers
    context = {**context, "file": file, "state": state, "look_again": LOOK_AGAIN_SECONDS}
    template = state if asks and file.is_waiting else page
    response = render(request, template, context, status=status)
    if asks and not file.is_waiting:
        # The page has another shape now than the requested fragment.
        response.headers["HX-Refresh"] = "true"
    return response


def dropping(find: Callable[[Actor, str], UploadedFile], *, page: str, to: str) -> View:
    """A view that deletes an unwanted uploaded file, and redirects to `to`.

    `find`: its getter; `page`: where to go while the content is being recorded.
    """

    @require_POST
    @for_people
    def drop(request: HttpRequest, public_id: str) -> HttpResponse:
        row = find(actor_of(request), public_id)
        if row.state == UploadState.RECORDING:
            # Somebody confirmed it in the meantime.
            return redirect(page, public_id)
        row.drop()
        return done(request, _("The file was discarded. Nothing was imported."), to)

    return drop
