"""Briefs as PDF: the cached file, or a page that waits for the worker."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from alliance.core import clock
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.reports import jobs
from alliance.reports.selectors.editions import CASE, SOLUTION, Edition, edition_of, record_for
from alliance.reports.services import briefs


@require_safe
@missing_is_404
def case_brief(request: HttpRequest, public_id: str) -> HttpResponse:
    """The brief of a case."""
    return _brief(request, CASE, public_id)


@require_safe
@missing_is_404
def solution_brief(request: HttpRequest, public_id: str) -> HttpResponse:
    """The brief of a solution."""
    return _brief(request, SOLUTION, public_id)


def _brief(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    actor = actor_of(request)
    record = record_for(actor, kind, public_id)
    edition = edition_of(actor, kind, record, request.LANGUAGE_CODE)
    content = briefs.read(edition)
    if content is None:
        progress = jobs.ask_for(edition, again="again" in request.GET)
        content = jobs.wait_for(edition, progress, at=clock.now())
        if content is None:
            return _not_yet(request, edition, progress)
    # The waiting page polls whether it can redirect to the file.
    if _asks_in_part(request):
        return HttpResponseClientRedirect(request.path)
    return _file(request, edition, content)


def _asks_in_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _file(request: HttpRequest, edition: Edition, content: bytes) -> HttpResponse:
    etag = f'"{edition.digest}"'
    response = HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{edition.file_name}"',
            "Content-Language": edition.language,
            "Cache-Control": "no-cache",
            "ETag": etag,
        },
    )
    return get_conditional_response(request, etag=etag, response=response) or response


def _not_yet(request: HttpRequest, edition: Edition, progress: jobs.Progress) -> HttpResponse:
    waited = progress.waited(clock.now())
    context = {
        "kind": edition.kind,
        "public_id": edition.public_id,
        "failed": progress.failed,
        "long": waited > jobs.LONG_WAIT,
        "minutes": int(waited.total_seconds() // 60),
        # Seconds until the next poll, longer after a long wait.
        "look_again": 20 if waited > jobs.LONG_WAIT else 3,
    }
    if _asks_in_part(request):
        # Status 286 stops the polling.
        page, status = "reports/brief_state.html", 286 if progress.failed else 202
    else:
        page, status = "reports/brief_waiting.html", 503 if progress.failed else 202
    response = render(request, page, context, status=status)
    response["Cache-Control"] = "no-store"
    return response
