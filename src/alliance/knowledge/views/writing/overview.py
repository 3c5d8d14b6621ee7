"""One draft: where it stands, its history and preview, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.core import clock
from alliance.core.errors import Conflict, InvalidData, NotAllowed
from alliance.knowledge.enums import DraftState, ReviewState
from alliance.knowledge.forms.steps import CHECK
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors import drafts as select
from alliance.knowledge.selectors import drafts_fields
from alliance.knowledge.selectors.case_list import title_of
from alliance.knowledge.selectors.writing_access import READ_WRITING, get_draft_for
from alliance.knowledge.services import drafts as services
from alliance.knowledge.services.reviews import resolve_remark
from alliance.knowledge.views import actor_of
from alliance.knowledge.views.writing import for_writers
from alliance.web.paging import number_in

ActionView = Callable[..., Draft]


@require_safe
@for_writers
def overview(request: HttpRequest, public_id: str) -> HttpResponse:
    """A draft: state, completeness, what to do next, remarks of its reviewers."""
    draft = get_draft_for(actor_of(request), public_id, READ_WRITING)
    page = select.draft_page(draft, actor_of(request), request.LANGUAGE_CODE)
    reviews = draft.reviews.filter(submission=draft.submission)
    context = {"page": page, "reviews": reviews.exclude(state=ReviewState.WITHDRAWN)}
    return render(request, "knowledge/write/overview.html", context)


@require_safe
@for_writers
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """A draft as readers will see it."""
    draft = get_draft_for(actor_of(request), public_id, READ_WRITING)
    context = drafts_fields.preview_of(draft, request.LANGUAGE_CODE) | {"draft_id": public_id}
    return render(request, "knowledge/write/preview.html", context)


@require_safe
@for_writers
def history(request: HttpRequest, public_id: str) -> HttpResponse:
    """The saved states of a draft, and what changed from `old` to `new`."""
    draft = get_draft_for(actor_of(request), public_id, READ_WRITING)
    draft_history = drafts_fields.history_of(
        draft,
        request.LANGUAGE_CODE,
        old=number_in(request.GET.get("old", "")),
        new=number_in(request.GET.get("new", "")),
    )
    context = {
        "draft_id": public_id,
        "title": title_of(draft.content, request.LANGUAGE_CODE),
        "history": draft_history,
    }
    return render(request, "knowledge/write/history.html", context)


@require_POST
@for_writers
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand a draft in for review; what is missing is told on the page of the last step."""
    draft = get_draft_for(actor_of(request), public_id, READ_WRITING)
    try:
        submitted = services.submit_draft(
            draft,
            expected_revision=number_in(request.POST.get("revision", "")),
            actor=actor_of(request),
            at=clock.now(),
        )
    except InvalidData:
        messages.error(request, _("Not submitted. See what is missing."))
        return redirect("knowledge:draft-step", public_id, CHECK)
    except Conflict:
        messages.warning(request, _("Someone else has just saved the draft. Check it again."))
        return redirect("knowledge:draft-step", public_id, CHECK)
    except NotAllowed:
        return _no_longer(request, draft, DraftState.IN_REVIEW)
    messages.success(
        request,
        _("Submitted. The change is minor, so one reviewer will read it.")
        if submitted.is_minor
        else _("Submitted. Two reviewers will read it."),
    )
    return redirect("knowledge:draft", public_id)


def _no_longer(request: HttpRequest, draft: Draft, wanted: str) -> HttpResponse:
    """An act that is not open now; where the draft is as wanted already, nothing need be said."""
    if draft.state != wanted:
        messages.error(request, _("You cannot do this with the draft now. Nothing was changed."))
    return redirect("knowledge:draft", draft.public_id)


def _act(
    service: ActionView, wanted: str, get_message: Callable[[], str]
) -> Callable[..., HttpResponse]:
    """A page that does one thing with a draft, after which it is in the state `wanted`."""

    @require_POST
    @for_writers
    def act(request: HttpRequest, public_id: str) -> HttpResponse:
        draft = get_draft_for(actor_of(request), public_id, READ_WRITING)
        try:
            service(draft, actor=actor_of(request), at=clock.now())
        except NotAllowed:
            return _no_longer(request, draft, wanted)
        messages.success(request, get_message())
        return redirect("knowledge:draft", public_id)

    return act


take_back = _act(
    services.take_back_draft,
    DraftState.WRITING,
    lambda: _(
        "Withdrawn from review. You can continue editing and submit it again when it is ready."
    ),
)
drop = _act(
    services.drop_draft,
    DraftState.DROPPED,
    lambda: _("Abandoned. The draft is kept and you can reopen it."),
)
reopen = _act(services.reopen_draft, DraftState.WRITING, lambda: _("The draft has been reopened."))


def mark_as_dealt_with(request: HttpRequest, draft: Draft, remark: int) -> None:
    """Mark a reviewer's remark as dealt with, and say so on the next page."""
    comment: Any = draft.comments.filter(pk=remark).first()
    if comment is None:
        raise Http404(_("This comment does not exist."))
    try:
        resolve_remark(comment, actor=actor_of(request), at=clock.now())
    except NotAllowed:
        messages.error(request, _("You cannot do this with the draft now. Nothing was changed."))
    else:
        messages.success(request, _("The comment is marked as dealt with."))


@require_POST
@for_writers
def resolve(request: HttpRequest, public_id: str, remark: int) -> HttpResponse:
    """Mark a reviewer's remark as dealt with."""
    draft = get_draft_for(actor_of(request), public_id, READ_WRITING)
    mark_as_dealt_with(request, draft, remark)
    return redirect("knowledge:draft", public_id)
