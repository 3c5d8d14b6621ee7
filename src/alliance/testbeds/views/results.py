"""Results of a pilot: running analyses, a result with its charts, and the case about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core.forms import PlacedForm
from alliance.knowledge.selectors.localise import local_name
from alliance.network.access import actor_of
from alliance.network.views import missing_is_404, private
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.testbeds.enums import EvaluationState
from alliance.testbeds.forms.pilots import ExploreForm
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import request_of
from alliance.testbeds.selectors.access import (
    ANALYSE,
    LEAD,
    get_evaluation,
    get_pilot_for,
    get_place_of,
)
from alliance.testbeds.selectors.protocols import plan_of, primary_of
from alliance.testbeds.selectors.results import result_page
from alliance.testbeds.services import cases, evaluations
from alliance.testbeds.tasks import enqueue_waiting
from alliance.testbeds.views.pilots import LOOK_AGAIN
from alliance.testbeds.views.planning import PilotActionView
from alliance.web.actions import ActionForm


class AnalysePostView(PeoplePostView):
    """Base of the POST-only actions on the page of a pilot; errors name their field."""

    form_class = PlacedForm
    object_page = ("", "testbeds:pilot")

    def get_object(self, *args: Any, **ids: Any) -> Pilot:
        return get_pilot_for(self.actor, ids["public_id"], ANALYSE)


class Analyse(AnalysePostView):
    """Runs the frozen analysis of the newest data of each city."""

    def execute(self, form: ActionForm) -> Any:
        asked = evaluations.ask_for_frozen(self.object, **self.by)
        enqueue_waiting(self.object)
        return sum(evaluation.state != EvaluationState.DONE for evaluation in asked)

    def get_success_response(self, made: int) -> HttpResponse:
        """Reports how many analyses are running."""
        if made:
            text = ngettext("%(n)s analysis is running.", "%(n)s analyses are running.", made)
            messages.success(self.request, text % {"n": made})
        else:
            text = gettext("The registered analysis of these data already exists.")
            messages.info(self.request, text)
        return redirect(self.get_success_url())


class Explore(PeopleActionView):
    """Runs another analysis than the frozen one, always labelled exploratory."""

    form_class = ExploreForm
    list_page = PilotActionView.list_page
    object_page = PilotActionView.object_page
    created_page = ("testbeds:result", True)
    heading = _("Explore")
    lead = _(
        "Analyses that differ from the registered plan are labelled exploratory. They "
        "stay public and prove nothing on their own."
    )
    template_name = "testbeds/pilot_explore.html"

    def get_object(self, public_id: str) -> Pilot:
        pilot = get_pilot_for(self.actor, public_id, ANALYSE)
        protocol = primary_of(pilot)
        self.frozen = request_of(plan_of(protocol)) if protocol else {}
        self.newest = evaluations.newest_measurements(pilot)
        return pilot

    def get_initial(self) -> dict[str, Any]:
        return {key: self.frozen.get(key) for key in ("design", "start", "level")}

    def get_form_kwargs(self) -> dict[str, Any]:
        cities = [measurement.city for measurement in self.newest.values()]
        named = [(city.public_id, local_name(city, self.language)) for city in cities]
        return {"choices": {"city": named}}

    def execute(self, form: ExploreForm) -> Any:
        cleaned_data = form.cleaned_data
        changes = {
            "design": cleaned_data["design"],
            "start": cleaned_data["start"].strip() or None,
            "level": cleaned_data["level"] or self.frozen.get("level"),
        }
        city = get_place_of(self.object, cleaned_data["city"]).city
        made = evaluations.explore(self.object, city, changes=changes, **self.by)
        enqueue_waiting(self.object)
        return made

    def get_context_data(self) -> dict[str, Any]:
        return {
            "named": self.object.title,
            "submit": gettext("Run the analysis") if self.newest else "",
        }


@require_safe
@missing_is_404
def result(request: HttpRequest, public_id: str, result_id: str) -> HttpResponse:
    """A result in words, figures and charts, or its progress while it is computed."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id)
    evaluation = get_evaluation(pilot, result_id)
    page = result_page(pilot, evaluation, request.LANGUAGE_CODE)
    response = render(request, "testbeds/result.html", {"page": page, "look_again": LOOK_AGAIN})
    busy = evaluation.state in {EvaluationState.WAITING, EvaluationState.RUNNING}
    return private(response) if actor.is_known or busy else response


class MakeCase(AnalysePostView):
    """Make a draft of a case of what came out in one city; null results too."""

    success_message = _("Draft created. Complete it, then submit it.")

    def get_object(self, *args: Any, **ids: Any) -> Pilot:
        return get_pilot_for(self.actor, ids["public_id"], LEAD)

    def execute(self, form: ActionForm) -> Any:
        return cases.make_case(get_place_of(self.object, self.kwargs["city_id"]), **self.by)

    def get_success_url(self, made: Any = None) -> str:
        """The last step of the draft, which says what is open and submits it."""
        if made is None:
            return super().get_success_url()
        return reverse("knowledge:draft-step", args=[made.public_id, "check"])
