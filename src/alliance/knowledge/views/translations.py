"""Pages on which a record is written in another language, and the list of what wants it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.errors import Conflict, InvalidData, NotAllowed, NotFound
from alliance.knowledge import writing_rules
from alliance.knowledge.enums import Language
from alliance.knowledge.forms.translations import TranslationForm
from alliance.knowledge.models.texts import LocalText
from alliance.knowledge.selectors.access import get_case_for, get_method_for, get_solution_for
from alliance.knowledge.selectors.case_list import localised
from alliance.knowledge.selectors.translation_work import STATES, TODO, worklist
from alliance.knowledge.selectors.translations import TranslationPage, translation_page
from alliance.knowledge.services.translations import (
    confirm_translation,
    review_translation,
    save_translation,
)
from alliance.knowledge.translation_fields import Translatable, kinds
from alliance.knowledge.views import actor_of
from alliance.network.rules import is_signed_in
from alliance.network.views import for_people, private
from alliance.network.views.refusals import refused
from alliance.web import formatting
from alliance.web.paging import number_in, page_number

_GETTERS: dict[str, Callable[..., Translatable]] = {
    "case": get_case_for,
    "solution": get_solution_for,
    "method": get_method_for,
}
SAVE, CONFIRM, REVIEW = "save", "confirm", "review"


def _for_people(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for signed-in people, kept in no cache; what was typed is given back if refused."""

    shown = for_people(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        kind = str(kwargs.get("kind", ""))
        try:
            if request.method != "POST":
                return shown(request, *args, **kwargs)
            if not is_signed_in(actor_of(request)):
                raise NotAllowed(_("You are no longer signed in."))
            return private(view(request, *args, **kwargs))
        except NotFound:
            why = _("This page no longer exists.")
            return _refused(request, why, kind=kind, status=404)
        except NotAllowed as error:
            return _refused(request, error.rule, kind=kind)

    return answer


def _refused(request: HttpRequest, rule: str, *, kind: str, status: int = 403) -> HttpResponse:
    """The rule that keeps the reader out, and what was typed, to be copied."""
    fields = kinds()[kind].fields if kind else ()
    typed = [
        (field.label, request.POST[field.name])
        for field in fields
        if request.POST.get(field.name, "").strip()
    ]
    return refused(request, rule, typed, status=status)


@require_safe
@_for_people
def translations(request: HttpRequest) -> HttpResponse:
    """What lacks the language of the page or is behind in it, and counts for all languages."""
    actor = actor_of(request)
    if not writing_rules.is_translator(actor):
        raise NotAllowed(_("Only team editors, reviewers and the secretariat can translate."))
    state = request.GET.get("state", TODO)
    if state not in STATES:
        raise Http404
    work = worklist(actor, request.LANGUAGE_CODE, state, page_number(request))
    addresses = {}
    for code in Language.values:
        with translation.override(code):
            addresses[code] = reverse("knowledge:translations")
    counts = [(count, addresses[count["language"]]) for count in work["counts"]]
    context = {"work": work, "counts": counts}
    return render(request, "knowledge/translate/work.html", context)


def _getter_for(kind: str) -> Callable[..., Translatable]:
    return kinds()[kind].getter or _GETTERS[kind]


@require_http_methods(["GET", "HEAD", "POST"])
@_for_people
def translate(request: HttpRequest, public_id: str, to: str, kind: str) -> HttpResponse:
    """A record beside its translation; a POST saves, confirms or reviews it."""
    actor = actor_of(request)
    record = _getter_for(kind)(actor, public_id)
    typing = request.typing  # type: ignore[attr-defined]
    # What was typed before and not saved is shown as if the page had been open all the time.
    sent = request.POST if request.method == "POST" else typing.back
    seen = number_in(sent.get("source", "")) if sent is not None else None
    page = translation_page(actor, record, to, seen=seen)
    if not (page.may_write or page.may_review):
        raise NotAllowed(page.refusal)
    if request.method != "POST":
        is_late = sent is not None and number_in(sent.get("revision", "")) != page.revision
        return _show(request, page, TranslationForm(sent, page=page), is_conflict=is_late)
    form = TranslationForm(request.POST, page=page)
    go = request.POST.get("go", SAVE)
    if not form.is_valid():
        return _show(request, page, form, status=422)
    if go != SAVE and page.may_write and form.is_changed():
        form.add_error(None, _("Save your changes to the text first."))
        return _show(request, page, form, status=422)
    try:
        row = _act(request, record, page, form, go)
    except InvalidData as error:
        form.take(error.faults)
        return _show(request, page, form, status=422)
    except Conflict:
        # Once more: what the other person saved may not have been there at first.
        page = translation_page(actor, _getter_for(kind)(actor, public_id), to, seen=seen)
        form = TranslationForm(request.POST, page=page)
        return _show(request, page, form, status=409, is_conflict=True)
    typing.is_saved = True
    _add_messages(request, page, row, go)
    with translation.override(to):
        return redirect(page.href)


def _act(
    request: HttpRequest,
    record: Translatable,
    page: TranslationPage,
    form: TranslationForm,
    go: str,
) -> LocalText:
    kwargs: dict[str, Any] = {
        "language": page.language,
        "expected_revision": number_in(request.POST.get("revision", "")),
        "actor": actor_of(request),
        "at": clock.now(),
    }
    if go == REVIEW:
        return review_translation(record, **kwargs)
    kwargs["source_revision"] = number_in(request.POST.get("source", ""))
    if go == CONFIRM:
        return confirm_translation(record, **kwargs)
    return save_translation(record, texts=form.texts(), **kwargs)


def _add_messages(request: HttpRequest, page: TranslationPage, row: LocalText, go: str) -> None:
    if go == REVIEW:
        messages.success(request, _("The translation is now marked as reviewed."))
        return
    if go == CONFIRM:
        messages.success(request, _("Confirmed: the translation still matches the original."))
    else:
        language = formatting.language_name(page.language)
        message = _("The text in %(language)s has been saved.") % {"language": language}
        messages.success(request, message)
    behind = page.original.revision - (row.source_revision or 0)
    if behind > 0:
        message = ngettext(
            "The original was edited while you were reading it: the translation is %(n)d "
            "edit behind.",
            "The original was edited while you were reading it: the translation is %(n)d "
            "edits behind.",
            behind,
        )
        messages.warning(request, message % {"n": behind})


def _show(
    request: HttpRequest,
    page: TranslationPage,
    form: TranslationForm,
    *,
    status: int = 200,
    is_conflict: bool = False,
) -> HttpResponse:
    context = {
        "page": page,
        "title": localised(
            getattr(page.original, page.kind.heading),
            page.original.language,
            request.LANGUAGE_CODE,
        ),
        "form": form,
        "rows": form.rows(is_conflict=is_conflict),
        "refused": form.faults_shown() if form.is_bound else [],
        "is_conflict": is_conflict,
    }
    return render(request, "knowledge/translate/translate.html", context, status=status)
