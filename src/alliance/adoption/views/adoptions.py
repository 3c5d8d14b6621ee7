"""Pages of adoptions."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.adoption.enums import DefaultStep
from alliance.adoption.forms import AgreeForm, EndForm, PlanForm, TermsForm
from alliance.adoption.models import Adoption
from alliance.adoption.selectors import adoptions as select
from alliance.adoption.selectors.chain import chain_page
from alliance.adoption.selectors.plan import began_at, handed_down
from alliance.adoption.services import adoptions as services
from alliance.cases.selectors.access import get_case_for
from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_of
from alliance.network.localise import local_name, own_words
from alliance.network.peer_review_forms import RequestForm
from alliance.network.selectors.discussion import discussion_of
from alliance.network.services.peer_reviews import LONGEST_TITLE
from alliance.network.views import missing_is_404
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.network.views.discussion import WritePost
from alliance.web.actions import ActionForm
from alliance.web.formatting import number
from alliance.web.paging import page_number


@require_safe
@missing_is_404
def adoptions(request: HttpRequest) -> HttpResponse:
    """Public adoptions, and the reader's own that are not public yet."""
    listing = select.adoption_list(
        actor_of(request),
        city=request.GET.get("city", "")[:80],
        number=page_number(request),
        today=clock.today(),
    )
    if not (listing["page"].paginator.count or listing["own"]):
        return redirect("thread:together")
    return render(request, "adoption/adoptions.html", {"listing": listing, "today": clock.today()})


@require_safe
@missing_is_404
def adoption(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of an adoption: its stage, what is missing, and the next action."""
    return _page(request, select.get_adoption_for(actor_of(request), public_id))


def _page(
    request: HttpRequest, record: Adoption, *, form: ActionForm | None = None, status: int = 200
) -> HttpResponse:
    today = clock.today()
    page = select.adoption_page(
        record, actor_of(request), language=request.LANGUAGE_CODE, today=today
    )
    form = form or AgreeForm(initial={"revision": record.revision})
    discussion = discussion_of(
        "adoption", record.public_id, actor_of(request), request.LANGUAGE_CODE
    )
    context = {**page, "discussion": discussion, "form": form, "today": today}
    return render(request, "adoption/adoption.html", context, status=status)


@require_safe
@missing_is_404
def chain(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who adapted a case, what was changed, and with what outcome, at any depth."""
    case = get_case_for(actor_of(request), public_id)
    context = chain_page(case, request.LANGUAGE_CODE) | {"today": clock.today()}
    return render(request, "adoption/chain.html", context)


@require_safe
@missing_is_404
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """The starting point of the plan: the facts of the adopted case."""
    actor, today, language = actor_of(request), clock.today(), request.LANGUAGE_CODE
    record = select.get_adoption_for(actor, public_id)
    page = select.adoption_page(record, actor, language=language, today=today)
    more = {"city": local_name(record.adopting_city, language), "today": today}
    context = {**page, **handed_down(record, language=language), **more}
    return render(request, "adoption/plan.html", context)


class AdoptionActionView(PeopleActionView):
    """Base of the actions on an adoption of the actor's own city."""

    getter = select.get_own_adoption
    list_page = (_("Adoptions"), "adoption:adoptions")
    object_page = (_("The adoption"), "adoption:adoption")


class Agree(AdoptionActionView):
    """Accepts the terms for one side."""

    http_method_names = ["post"]
    form_class = AgreeForm
    service = services.agree
    success_message = _("Your city has agreed.")

    def render_form(self, form: ActionForm) -> HttpResponse:
        """Shows the current page of the adoption with the errors."""
        return _page(self.request, self.get_object(**self.kwargs), form=form, status=self.status)


class Terms(AdoptionActionView):
    """Changes the aim and the tasks."""

    form_class = TermsForm
    service = services.change_terms
    heading = _("Edit goal and tasks")
    lead = _(
        "Saving means that your city agrees. Any partner gets an email and has to agree again."
    )
    submit_label = _("Save")
    success_message = _("Goal and tasks saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"aim": self.object.aim, "language": self.object.language}

    def get_form_kwargs(self) -> dict[str, Any]:
        steps = [
            {
                "title": own_words(DefaultStep, step.title, "", self.language).value,
                "side": step.side,
                "due_on": step.due_on,
                "number": step.number,
            }
            for step in self.object.steps.all()
        ]
        return {"rows": {"steps": steps}}


class Plan(AdoptionActionView):
    """Saves the plan, which may be incomplete."""

    getter = select.get_adoption_to_plan
    form_class = PlanForm
    service = services.write_plan
    heading = _("Write the plan")
    lead = _(
        "Fill in what you know and add the rest later. The adoption page lists anything missing."
    )
    success_message = _("Plan saved.")

    def get_initial(self) -> dict[str, Any]:
        return PlanForm.initial_of(self.object)

    def get_form(self) -> ActionForm:
        """The form, with the partner city's baseline in the help text of the own baseline."""
        form = super().get_form()
        if there := began_at(self.object, self.language):
            text = _("The value in your city before you start. %(place)s started at %(value)s.")
            value = f"{number(there['baseline'])} {there['baseline_unit']}"
            if there["baseline_year"]:
                value += f" ({there['baseline_year']})"
            form.fields["baseline"].help_text = text % {"place": there["place"], "value": value}
        return form

    def render_form(self, form: ActionForm) -> HttpResponse:
        """Shows the form with errors; valid fields are saved."""
        if self.request.method == "POST" and form.errors and not form.non_field_errors():
            # What else is at fault is known once the service has read what the form takes.
            with form.showing_errors():
                services.write_plan(self.object, self._rest(form), **self.by)
            with suppress(InvalidData):
                saved = services.write_plan(self.object, self._rest(form), **self.by)
                self.request.typing.stays = {"revision": str(saved.revision)}  # type: ignore[attr-defined]
        return super().render_form(form)

    def _rest(self, form: ActionForm) -> services.PlanData:
        """The cleaned data, with the former values of invalid fields."""
        known = self.get_initial()
        money = ("budget", "budget_currency") if "budget" in form.errors else ()
        return PlanForm.words_of(known | form.cleaned_data | {name: known[name] for name in money})


class Review(AdoptionActionView):
    """Asks other cities for a peer review."""

    form_class = RequestForm
    service = services.ask_for_review
    heading = _("Ask for a peer review")
    lead = _("The request is public. Editors of other cities can join.")
    submit_label = _("Publish request")
    success_message = _("The request has been published. Other cities can join.")
    created_page = ("network:peer-review", False)

    def get_initial(self) -> dict[str, Any]:
        record = self.object
        title = "" if record.is_hidden else record.subject_title[:LONGEST_TITLE]
        return {"title": title, "question": record.aim, "language": record.language}


class Step(PeoplePostView, AdoptionActionView):
    """Marks a task as done, or with an empty `done` as not done."""

    success_message = _("Task saved.")

    def get_object(self, public_id: str, number: int) -> Adoption:
        return select.get_own_adoption(self.actor, public_id)

    def execute(self, form: ActionForm) -> None:
        is_done = bool(self.request.POST.get("done"))
        services.set_step_done(self.object, self.kwargs["number"], done=is_done, **self.by)


class Post(WritePost):
    """Adds a post to a public adoption."""

    service = services.discuss  # type: ignore[assignment]

    def get_object(self, public_id: str) -> Adoption:
        return select.get_public_adoption(public_id)


class End(AdoptionActionView):
    """Ends an adoption, with its outcome."""

    form_class = EndForm
    service = services.end
    heading = _("Record how it ended")
    breadcrumb = _("Decide")
    lead = _(
        "Describe how it ended and why. An ended adoption cannot be reopened: you "
        "would have to start a new one."
    )
    submit_label = _("Save decision")
    success_message = _("Decision saved.")
