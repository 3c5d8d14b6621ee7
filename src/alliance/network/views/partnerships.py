"""Pages of adoption agreements."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.models import Partnership
from alliance.network.partnership_forms import AgreeForm, EndForm, TermsForm
from alliance.network.selectors import partnerships as select
from alliance.network.services import partnerships as services
from alliance.network.views import done, for_people, form_page, missing_is_404, posted
from alliance.network.views.refusals import refusal_is_403
from alliance.web.paging import page_number


@require_safe
@missing_is_404
def agreements(request: HttpRequest) -> HttpResponse:
    """Agreements that both sides agreed to, and the reader's own that wait for a yes."""
    found = select.agreement_list(
        actor_of(request),
        city=request.GET.get("city", "")[:80],
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        today=clock.today(),
    )
    return render(request, "network/agreements.html", {"found": found, "today": clock.today()})


@require_safe
@missing_is_404
def agreement(request: HttpRequest, public_id: str) -> HttpResponse:
    """One agreement."""
    return _page(request, select.get_agreement_for(actor_of(request), public_id))


def _page(
    request: HttpRequest, found: Partnership, *, form: AgreeForm | None = None, status: int = 200
) -> HttpResponse:
    page = select.agreement_page(
        found, actor_of(request), language=request.LANGUAGE_CODE, today=clock.today()
    )
    context = {
        "page": page,
        "form": form or AgreeForm(initial={"revision": page.revision}),
        "today": clock.today(),
    }
    return render(request, "network/agreement.html", context, status=status)


@require_POST
@for_people
@refusal_is_403
def agree(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say yes for one's side."""
    actor = actor_of(request)
    found = select.get_own_agreement(actor, public_id)
    form = AgreeForm(request.POST)
    if form.is_valid():
        with form.showing_faults():
            services.agree(found, **form.cleaned_data, actor=actor, at=clock.now())
            return done(request, _("Your city has agreed."), "network:agreement", public_id)
    found = select.get_own_agreement(actor, public_id)
    return _page(request, found, form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change the aim and the steps."""
    actor = actor_of(request)
    found = select.get_own_agreement(actor, public_id)
    form = TermsForm(
        posted(request),
        steps=list(found.steps.all()),
        initial={"aim": found.aim, "language": found.language},
    )
    if form.is_valid():
        with form.showing_faults():
            services.change_terms(
                found,
                aim=form.cleaned_data["aim"],
                language=form.cleaned_data["language"],
                steps=form.steps(),
                actor=actor,
                at=clock.now(),
            )
            said = _("The terms are saved; the other city is asked to agree.")
            return done(request, said, "network:agreement", public_id)
    return form_page(request, "network/agreement_terms.html", form, agreement=found)


@require_POST
@for_people
@refusal_is_403
def step(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Mark a step as done, or with an empty `done` as not done."""
    actor = actor_of(request)
    found = select.get_own_agreement(actor, public_id)
    try:
        services.set_step_done(
            found, number, done=bool(request.POST.get("done")), actor=actor, at=clock.now()
        )
    except InvalidData as error:
        messages.error(request, " ".join(fault.rule for fault in error.faults))
        return redirect("network:agreement", public_id)
    return done(request, _("The step is saved."), "network:agreement", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End an agreement with what came of it."""
    actor = actor_of(request)
    found = select.get_own_agreement(actor, public_id)
    form = EndForm(posted(request))
    if form.is_valid():
        with form.showing_faults():
            services.end(found, **form.cleaned_data, actor=actor, at=clock.now())
            return done(request, _("The agreement has ended."), "network:agreement", public_id)
    return form_page(request, "network/agreement_end.html", form, agreement=found)
