"""When two people wrote one draft: show both versions, and save what was chosen."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alliance.core import clock
from alliance.core.errors import Conflict, InvalidData, NotAllowed, NotFound
from alliance.knowledge.forms.conflict import (
    Merging,
    after_rebase,
    merge_drafts,
    read_conflict,
)
from alliance.knowledge.forms.steps import FORMS
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors.drafts import (
    document_of_draft,
    published_document,
)
from alliance.knowledge.selectors.drafts_fields import conflict_page
from alliance.knowledge.selectors.writing_access import EDIT, get_draft_for
from alliance.knowledge.services.drafts import rebase_draft, save_draft
from alliance.knowledge.views import actor_of
from alliance.knowledge.views.writing import draft_to_edit, for_writers, not_saved
from alliance.web.paging import number_in


def show_conflict(
    request: HttpRequest,
    public_id: str,
    *,
    revision: int,
    mine: dict[str, Any],
    step: str = "",
) -> HttpResponse:
    """What the writer meant to save beside what stands now. Nothing was saved.

    `revision`: the state that the writer began with. Where it is not kept any more nobody knows who
    changed what, and the writer chooses wherever both have something.
    """
    draft = get_draft_for(actor_of(request), public_id, EDIT)
    theirs = document_of_draft(draft)
    began = draft.revisions.filter(number=revision).first()
    base = document_of_draft(began) if began is not None else {}
    merging = merge_drafts(base, mine, theirs)
    return _page(request, draft, merging, mine=mine, theirs=theirs, step=step, status=409)


def _page(
    request: HttpRequest,
    draft: Draft,
    merging: Merging,
    *,
    mine: dict[str, Any],
    theirs: dict[str, Any],
    step: str = "",
    status: int = 200,
) -> HttpResponse:
    page_context = conflict_page(
        draft, merging, mine=mine, theirs=theirs, language=request.LANGUAGE_CODE
    )
    context = page_context | {
        "draft_id": draft.public_id,
        "step": step,
        "saved": draft.revisions.defer("content").order_by("number").last()
        if status == 409
        else None,
        "revision": draft.revision,
        "document": json.dumps(merging.document, ensure_ascii=False),
        "theirs": json.dumps(merging.theirs, ensure_ascii=False),
    }
    return render(request, "knowledge/write/conflict.html", context, status=status)


@require_POST
@for_writers
def merge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save what was chosen on the page of a conflict."""
    step = request.POST.get("step", "")
    try:
        draft = draft_to_edit(request, public_id)
    except NotFound:
        return not_saved(request, step, status=404)
    if draft is None:
        return not_saved(request, step, status=403, why="closed")
    revision = number_in(request.POST.get("revision", ""))
    try:
        document = read_conflict(request.POST)
        save_draft(
            draft,
            content=document,
            expected_revision=revision,
            actor=actor_of(request),
            at=clock.now(),
        )
    except Conflict:
        return show_conflict(request, public_id, revision=revision, mine=document, step=step)
    except NotAllowed:
        return not_saved(request, step, status=403, why="closed")
    except InvalidData as error:
        return HttpResponseBadRequest(str(error), content_type="text/plain; charset=utf-8")
    messages.success(request, _("Saved. The draft now combines both versions as you chose."))
    if step in FORMS:
        page = reverse("knowledge:draft-step", args=[public_id, step])
        request.typing.drop(page)  # type: ignore[attr-defined]
        return redirect(page)
    return redirect("knowledge:draft", public_id)


@require_POST
@for_writers
def rebase(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take over what was published since the draft began; ask where both changed a field."""
    draft = get_draft_for(actor_of(request), public_id, EDIT)
    try:
        saved, clashes = rebase_draft(
            draft,
            expected_revision=number_in(request.POST.get("revision", "")),
            actor=actor_of(request),
            at=clock.now(),
        )
    except Conflict:
        messages.warning(request, _("Someone else has just saved the draft. Try again."))
        return redirect("knowledge:draft", public_id)
    except NotAllowed:
        return not_saved(request, "", status=403, why="closed")
    if not clashes:
        messages.success(
            request, _("The draft now includes the changes published since you started it.")
        )
        return redirect("knowledge:draft", public_id)
    mine, published = document_of_draft(saved), published_document(saved)
    merging = after_rebase(mine, published, [clash.where for clash in clashes])
    return _page(request, saved, merging, mine=mine, theirs=published)
