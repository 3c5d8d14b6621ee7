"""The steps of writing: show the form of one, and save what was typed into it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.core import clock
from alliance.core.errors import Conflict, InvalidData, NotAllowed, NotFound
from alliance.knowledge.forms.base import StepForm
from alliance.knowledge.forms.rows import RowsForm
from alliance.knowledge.forms.steps import CHECK, FORMS, STEPS
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors.drafts import (
    DraftPage,
    document_at,
    document_of_draft,
    draft_page,
    equity_advice,
    faults_of_step,
    source_advice,
)
from alliance.knowledge.selectors.drafts_faults import fault_texts
from alliance.knowledge.selectors.drafts_names import DraftNames
from alliance.knowledge.selectors.masked import traces_of
from alliance.knowledge.selectors.writing_access import READ_WRITING, get_draft_for
from alliance.knowledge.services.drafts import save_draft
from alliance.knowledge.views import actor_of
from alliance.knowledge.views.writing import draft_to_edit, for_writers, not_saved
from alliance.knowledge.views.writing.conflict import show_conflict
from alliance.knowledge.views.writing.overview import mark_as_dealt_with
from alliance.web import languages
from alliance.web.paging import number_in


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def step(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    """One step of a draft; a POST saves it, half-written as it may be."""
    if step not in STEPS:
        raise Http404(_("This step does not exist."))
    if request.method == "POST" and step in FORMS:
        return _save(request, public_id, step)
    draft = get_draft_for(actor_of(request), public_id, READ_WRITING)
    page = draft_page(draft, actor_of(request), request.LANGUAGE_CODE)
    if not page.can_edit:
        return render(request, "knowledge/write/closed.html", {"page": page}, status=403)
    if step == CHECK:
        shown = {"page": page, "step": CHECK, "traces": traces_of(page.draft)}
        return render(request, "knowledge/write/check.html", shown)
    names = DraftNames(request.LANGUAGE_CODE)
    options: dict[str, Any] = {"text_language": draft.language, "names": names}
    typing = request.typing  # type: ignore[attr-defined]
    typing.address = languages.split(request.path)[1]
    if typed_before := typing.back:
        # Whoever saved since is met when this is saved, as if the page had been open all the time.
        base = document_at(draft, number_in(typed_before.get("revision", "")))
        form = FORMS[step](typed_before, document=base, **options)
        return _show(request, page, step, form)
    if issubclass(FORMS[step], RowsForm):
        options["more"] = int("rows" in request.GET)
    form = FORMS[step](document=document_of_draft(draft), **options)
    return _show(request, page, step, form, all_faults=CHECK in request.GET)


def _show(
    request: HttpRequest, page: DraftPage, step: str, form: StepForm, *, all_faults: bool = False
) -> HttpResponse:
    """The page of a step, with what is said about its fields beside them."""
    if not form.is_bound:
        # What stands in a form that was refused may be about other rows than the saved ones.
        faults = faults_of_step(page, step, all_faults=all_faults)
        form.add_notes("faults", [(fault.at.field, fault) for fault in faults])
        if step == "cost":
            form.add_notes("advice", equity_advice(page.document))
        if step == "sources":
            advice = source_advice(page.document)
            form.add_notes(
                "advice", [(name, text) for name, texts in advice.items() for text in texts]
            )
    else:
        faults = ()
    remarks = [open_remark for open_remark in page.open_remarks if open_remark.at.step == step]
    form.add_notes("remarks", [(remark.at.field, remark) for remark in remarks])
    context = {
        "page": page,
        # A refused form still changes what it was made from.
        "revision": number_in(form.data.get("revision", ""))
        if form.is_bound
        else page.draft.revision,
        "step": step,
        "label": STEPS[step],
        "form": form,
        "names": form.names,
        "faults": faults,
        "refused": form.faults_shown() if form.is_bound else [],
        "remarks": remarks,
        "before": page.before(step),
        "after": page.after(step),
        "held": "held" in request.GET,
    }
    return render(request, f"knowledge/write/step_{step}.html", context)


def _save(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    actor = actor_of(request)
    try:
        draft = draft_to_edit(request, public_id)
    except NotFound:
        return not_saved(request, step, status=404)
    if draft is None:
        return not_saved(request, step, status=403, why="closed")
    revision = number_in(request.POST.get("revision", ""))
    base = document_at(draft, revision)
    form = FORMS[step](
        request.POST,
        document=base,
        text_language=draft.language,
        names=DraftNames(request.LANGUAGE_CODE),
    )
    go = request.POST.get("go", "")
    if isinstance(form, RowsForm) and go.startswith("remove-"):
        form.take_away(go.removeprefix("remove-"))
    saved, written = None, form
    # The second time without what the service finds at fault.
    for _attempt in range(2):
        if not form.is_valid():
            if go == "add" or go.startswith("remove-"):
                break
            rest = form.without_faults()
            if rest is None or not rest.is_valid():
                break
            written = rest
        document = written.changed_document()
        try:
            saved = save_draft(
                draft, content=document, expected_revision=revision, actor=actor, at=clock.now()
            )
            break
        except Conflict:
            return show_conflict(request, public_id, revision=revision, mine=document, step=step)
        except NotAllowed:
            return not_saved(request, step, status=403, why="closed")
        except InvalidData as error:
            for fault in fault_texts(error.faults, text_language=draft.language):
                place = form.part_of(fault.at.field)
                part, name = place if place else (form, "")
                part.take(name, fault.sentence)
    if saved is None:
        return _refused(request, draft, step, form, go)
    if written is not form:
        return _saved_in_part(request, saved, step, form, go)
    return _go_on(request, saved, step, form, go)


def _saved_in_part(
    request: HttpRequest, draft: Draft, step: str, form: StepForm, go: str
) -> HttpResponse:
    """All but the faulty fields is saved; the form stays as it was sent, and is changed further."""
    typing = request.typing  # type: ignore[attr-defined]
    typing.stays = {"revision": str(draft.revision)}
    if typing.is_marked and (target := _other_step(go)):
        message = _(
            "Saved, except for some fields in “%(page)s”. Go back to that page to correct them."
        )
        messages.warning(request, message % {"page": STEPS[step]})
        return redirect("knowledge:draft-step", draft.public_id, target)
    cast(Any, form).data = cast(Any, form.data).copy()
    cast(Any, form.data)["revision"] = str(draft.revision)
    return _refused(request, draft, step, form, go)


def _other_step(go: str) -> str:
    """The step that a writer goes to by its name in the list of steps; empty for any other way."""
    step = go.removeprefix("to-")
    return step if go.startswith("to-") and step in STEPS else ""


def _refused(
    request: HttpRequest, draft: Draft, step: str, form: StepForm, go: str
) -> HttpResponse:
    """The form as it was sent, with what keeps it from being saved."""
    if isinstance(form, RowsForm) and go == "add":
        form.add_row()
    page = draft_page(draft, actor_of(request), request.LANGUAGE_CODE)
    return _show(request, page, step, form)


def _go_on(request: HttpRequest, draft: Draft, step: str, form: StepForm, go: str) -> HttpResponse:
    """Where a saved step leads: on, or back to itself."""
    request.typing.is_saved = True  # type: ignore[attr-defined]
    here = reverse("knowledge:draft-step", args=[draft.public_id, step])
    if go == "add" and isinstance(form, RowsForm):
        number = len(draft.content[form.part])
        first = next(iter(form.row_form.base_fields))
        return redirect(f"{here}?rows=1#id_{form.part}-{number}-{first}")
    if go == "next":
        page = draft_page(draft, actor_of(request), request.LANGUAGE_CODE)
        if faults_of_step(page, step):
            messages.warning(
                request, _("Saved, but some entries on this page need correcting. See below.")
            )
            return redirect(f"{here}?held=1")
        messages.success(request, _("Saved."))
        return redirect("knowledge:draft-step", draft.public_id, page.after(step))
    if go.startswith("resolve-"):
        mark_as_dealt_with(request, draft, number_in(go.removeprefix("resolve-")))
        return redirect(here)
    messages.success(request, _("Saved."))
    if target := _other_step(go):
        return redirect("knowledge:draft-step", draft.public_id, target)
    return redirect(here)
