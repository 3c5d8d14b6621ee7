"""Pages of adoption agreements."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.network.access import actor_of
from alliance.network.models import Partnership
from alliance.network.partnership_forms import AgreeForm, EndForm, TermsForm
from alliance.network.selectors import partnerships as select
from alliance.network.services import partnerships as services
from alliance.network.views import missing_is_404
from alliance.network.views.acting import PeopleAct, PeopleButton
from alliance.web.acting import ActForm
from alliance.web.paging import page_number


@require_safe
@missing_is_404
def agreements(request: HttpRequest) -> HttpResponse:
    """Agreements that both sides agreed to, and the reader's own that wait for a yes."""
    found = select.agreement_list(
        actor_of(request),
        city=request.GET.get("city", "")[:80],
        number=page_number(request),
        today=clock.today(),
    )
    return render(request, "network/agreements.html", {"found": found, "today": clock.today()})


@require_safe
@missing_is_404
def agreement(request: HttpRequest, public_id: str) -> HttpResponse:
    """One agreement."""
    return _page(request, select.get_agreement_for(actor_of(request), public_id))


def _page(
    request: HttpRequest, found: Partnership, *, form: ActForm | None = None, status: int = 200
) -> HttpResponse:
    today = clock.today()
    page = select.agreement_page(
        found, actor_of(request), language=request.LANGUAGE_CODE, today=today
    )
    form = form or AgreeForm(initial={"revision": found.revision})
    context = {**page, "form": form, "today": today}
    return render(request, "network/agreement.html", context, status=status)


class AgreementAct(PeopleAct):
    """What is done with an agreement of one's own city."""

    door = select.get_own_agreement
    list_page = (_("Adoption agreements"), "network:agreements")
    own_page = (_("The agreement"), "network:agreement")


class Agree(AgreementAct):
    """Say yes for one's side."""

    http_method_names = ["post"]
    form_class = AgreeForm
    service = services.agree
    said = _("Your city has agreed.")

    def show(self, form: ActForm) -> HttpResponse:
        """The page of the agreement as it stands now, with what is at fault."""
        return _page(self.request, self.find(**self.kwargs), form=form, status=self.status)


class Terms(AgreementAct):
    """Change the aim and the steps."""

    form_class = TermsForm
    service = services.change_terms
    heading = _("Change the terms")
    lead = _("Your city agrees by saving. The other city is told, and has to agree again.")
    submit = _("Save and agree")
    said = _("The terms are saved; the other city is asked to agree.")

    def initial(self) -> dict[str, Any]:
        return {"aim": self.found.aim, "language": self.found.language}

    def form_options(self) -> dict[str, Any]:
        return {
            "rows": {"steps": list(self.found.steps.values("title", "side", "due_on", "number"))}
        }


class Step(PeopleButton, AgreementAct):
    """Mark a step as done, or with an empty `done` as not done."""

    said = _("The step is saved.")

    def find(self, public_id: str, number: int) -> Partnership:
        return select.get_own_agreement(self.actor, public_id)

    def act(self, form: ActForm) -> None:
        is_done = bool(self.request.POST.get("done"))
        services.set_step_done(self.found, self.kwargs["number"], done=is_done, **self.by)


class End(AgreementAct):
    """End an agreement with what came of it."""

    form_class = EndForm
    service = services.end
    heading = _("End the agreement")
    lead = _(
        "It stays as it is, with what came of it. It cannot be taken up again; propose a new one "
        "instead."
    )
    submit = _("End the agreement")
    said = _("The agreement has ended.")
