"""Pages of cases: the case, its citations, its versions, and cases side by side."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.cases import citations, rules
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.access import get_case_for, merged_into
from alliance.cases.selectors.sources import get_copy
from alliance.cases.views import actor_of, missing_is_404
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.knowledge.forms.compare import SolutionsForm
from alliance.knowledge.selectors import cases as select
from alliance.knowledge.selectors import compare as comparing
from alliance.knowledge.selectors.basket import FEWEST, MOST, Basket, query, read_ids
from alliance.knowledge.selectors.compare_solutions import compare_solutions
from alliance.knowledge.views.copies import copy_page
from alliance.web.page_cache import cached, shows
from alliance.writing.selectors import versions
from alliance.writing.selectors.drafts import acts_on_case
from alliance.writing.selectors.drafts_names import DraftNames
from alliance.writing.selectors.files import removed_files
from alliance.writing.selectors.translations import translation_todos


@require_safe
def all_cases(request: HttpRequest) -> HttpResponse:
    """On to the finder, which lists all cases."""
    return redirect(f"/{request.LANGUAGE_CODE}/find?kind=case")


@shows(
    "case",
    "check",
    "draft",
    "solution",
    "measure",
    "unit",
    "city",
    "organisation",
    "post",
    "question",
    "research-question",
    "research answer",
    "researcher",
    "agreement",
    "need",
    "offer",
    "pilot",
    "peer review",
    "indicator",
    "thread link",
    "thread step",
)
@require_safe
@missing_is_404
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """One case: what was tried where, what came of it, and how well that is known."""
    actor = actor_of(request)
    case_study = get_case_for(actor, public_id, "read")
    language = request.LANGUAGE_CODE

    def page_with(hidden_copies: bool) -> select.CasePage:
        page = select.case_page(case_study, language)
        # What `prefetch` counted; the list of sources links it.
        for source in page.sources:
            if source.is_kept and (source.is_shown or hidden_copies):  # type: ignore[attr-defined]
                href = reverse("knowledge:kept-copy", args=[public_id, source.position])
                source.copy_href = href  # type: ignore[attr-defined]
        return page

    page = cached(None, ("case", case_study.pk, language), lambda: page_with(hidden_copies=False))
    # Who may read what is not shown to everybody is asked only where there is such a copy.
    hidden = any(source.is_kept and not source.is_shown for source in page.sources)  # type: ignore[attr-defined]
    reads_copies = hidden and actor.is_known and _reads_copies(actor, case_study)
    if reads_copies:
        page = page_with(hidden_copies=True)
    return render(
        request,
        "knowledge/case.html",
        {
            "page": page,
            "reads_copies": reads_copies,
            "today": clock.today(),
            "acts": acts_on_case(actor, case_study) if actor.is_known else None,
            "translating": translation_todos(actor, case_study, language),
            "json_ld": citations.json_for_script(citations.structured_data(page.cited)),
            "may_moderate": rules.is_moderator(actor),
        },
    )


def _reads_copies(actor: Actor, case: CaseStudy) -> bool:
    return rules.may_read_copies(actor, answers=rules.may_change_case(actor, case))


@require_safe
@missing_is_404
def stored_copy(request: HttpRequest, public_id: str, position: int) -> HttpResponse:
    """What a source of a case said when the worker read it, for those who may read that."""
    actor = actor_of(request)
    case_study = get_case_for(actor, public_id, "read")
    source, copy = get_copy(case_study, position, may_read_all=_reads_copies(actor, case_study))
    page = select.case_page(case_study, request.LANGUAGE_CODE)
    back = page.text.text.title, reverse("knowledge:case", args=[public_id])
    return copy_page(request, copy, title=source.title, back=back)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two to five cases side by side; with another number, what is wrong and a way on. Without a
    case: solutions side by side, and the form that chooses them."""
    actor, requested_ids, language = (
        actor_of(request),
        request.GET.getlist("case"),
        request.LANGUAGE_CODE,
    )
    if not read_ids(requested_ids):
        return _compare_solutions(request)
    result = cached(
        None,
        ("compare", *requested_ids, language),
        lambda: comparing.compare(actor, requested_ids, language),
    )
    if isinstance(result, Basket):
        ids = read_ids(request.GET.getlist("case"))
        if merged := merged_into(ids):
            chosen = dict.fromkeys(merged.get(case_id, case_id) for case_id in ids)
            return redirect(f"{request.path}?{query(chosen)}", permanent=True)
        return render(
            request,
            "knowledge/compare_choose.html",
            {"basket": result, "fewest": FEWEST, "most": MOST},
            status=result.status,
        )
    return render(request, "knowledge/compare.html", {"comparison": result, "most": MOST})


def _compare_solutions(request: HttpRequest) -> HttpResponse:
    form = SolutionsForm(request.GET, DraftNames(request.LANGUAGE_CODE).solution_groups)
    table, order = None, request.GET.get("sort", "")
    if form.is_valid() and form.chosen:
        table = compare_solutions(
            form.chosen, form.cleaned_data["outcome"], request.LANGUAGE_CODE, order
        )
    query = [*(("solution", one) for one in form.chosen), ("outcome", form["outcome"].value())]
    context = {
        "form": form,
        "table": table,
        "kept_query": urlencode([(name, value) for name, value in query if value]) + "&",
        "most": MOST,
    }
    status = 200 if form.is_valid() else 400
    return render(request, "knowledge/compare_solutions.html", context, status=status)


@require_safe
@missing_is_404
def case_versions(request: HttpRequest, public_id: str) -> HttpResponse:
    """The versions of a case."""
    case_study = get_case_for(actor_of(request), public_id, "read")
    context = {
        "case": case_study,
        "versions": versions.versions_of(case_study),
        "removed": removed_files(case_study),
        "may_open": rules.may_change_case(actor_of(request), case_study),
    }
    return render(request, "knowledge/versions.html", context)


@require_safe
@missing_is_404
def case_version(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One version of a case as it was kept."""
    case_study = get_case_for(actor_of(request), public_id, "read")
    context = versions.version_page(case_study, number, request.LANGUAGE_CODE)
    return render(request, "knowledge/version.html", context)


@require_safe
@missing_is_404
def case_version_diff(request: HttpRequest, public_id: str) -> HttpResponse:
    """What changed between two versions, given as `old` and `new`."""
    case_study = get_case_for(actor_of(request), public_id, "read")
    numbers = [request.GET.get(name, "") for name in ("old", "new")]
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
        raise Http404(_("To compare two versions, add their numbers, for example ?old=1&new=2."))
    context = versions.version_diff(
        case_study, int(numbers[0]), int(numbers[1]), request.LANGUAGE_CODE
    )
    return render(request, "knowledge/version_diff.html", context)
