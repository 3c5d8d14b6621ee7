"""Printouts of a city, and the button for other websites."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.network.access import actor_of
from alliance.network.views import for_people, missing_is_404
from alliance.participation.selectors.access import ENTER, get_process_for
from alliance.participation.services.papers import typeset, words_of


@require_safe
@for_people
def poster(request: HttpRequest, public_id: str) -> HttpResponse:
    """A poster with a QR code."""
    return _paper(request, public_id, is_form=False)


@require_safe
@for_people
def form(request: HttpRequest, public_id: str) -> HttpResponse:
    """The paper form."""
    return _paper(request, public_id, is_form=True)


def _paper(request: HttpRequest, public_id: str, *, is_form: bool) -> HttpResponse:
    process = get_process_for(actor_of(request), public_id, ENTER)
    name = f"{process.public_id}-{'form' if is_form else 'poster'}-{request.LANGUAGE_CODE}.pdf"
    return HttpResponse(
        typeset(words_of(process, is_form=is_form)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@require_safe
@missing_is_404
def button(request: HttpRequest, public_id: str) -> HttpResponse:
    """A picture that other websites show as a link: without scripts or tracking."""
    process = get_process_for(actor_of(request), public_id)
    return render(
        request,
        "participation/button.svg",
        {"process": process},
        content_type="image/svg+xml",
    )
