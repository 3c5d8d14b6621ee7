"""The pages of a campaign: three screens, the page of the team, pledges, open data."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.campaigns import forms, selectors, services
from alliance.campaigns.messages import SCREENS
from alliance.campaigns.models import Campaign, Outcome, Pledge, UnitList
from alliance.cases.enums import EffectDirection, Topic
from alliance.cases.selectors.localise import local_text
from alliance.core import clock
from alliance.core.downloads import csv_download
from alliance.core.errors import NotFound
from alliance.knowledge.selectors.methods import method_lines
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.selectors.access import get_city_team
from alliance.network.views import for_people, missing_is_404, private
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.participation.enums import ProcessKind, ProcessState
from alliance.participation.models import Participant, Process
from alliance.participation.selectors.access import ENTER, RUN, get_process_for
from alliance.participation.views.residents import LIST, ResidentActionView
from alliance.participation.views.running import EnterPaper
from alliance.web.actions import ActionForm
from alliance.writing.models import Draft


def _methods(request: HttpRequest) -> list[tuple[str, str]]:
    """The choice of methods for engaging citizens."""
    language = request.LANGUAGE_CODE
    lines = method_lines(actor_of(request), language, Topic.ENGAGING_CITIZENS)
    return [(line.public_id, local_text(line, "name", language).value) for line in lines]


class Start(PeopleActionView):
    """Start a campaign in the name of the city of `team`."""

    form_class = forms.DescribeForm
    list_page = LIST
    created_page = ("campaigns:measure", False)
    heading = _("Start a campaign")
    submit_label = _("Save and continue")
    service = services.start

    def get_object(self, *args: Any, **ids: Any) -> Organisation:
        return get_city_team(self.actor, self.request.GET.get("team", ""))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"choices": {"methods": _methods(self.request)}}

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext("Step 1 of 3, for %(city)s. Only your team sees it until you open it.")
        return {"lead": lead % {"city": local_name(self.object.city, self.language)}}


class CampaignActionView(PeopleActionView):
    """Base of the actions of those who run a campaign."""

    list_page = LIST
    object_page = ("", "campaigns:manage")
    campaign: Campaign

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = get_process_for(self.actor, ids["public_id"], RUN)
        self.campaign = selectors.campaign_of(process)
        return process


class Screen(CampaignActionView):
    """One of the three screens; while the campaign is a draft, each leads to the next."""

    screen: ClassVar[str] = ""
    next_screen: ClassVar[str] = "manage"
    success_message = _("Saved.")

    def get_success_url(self, made: Any = None) -> str:
        is_draft = self.object.state == ProcessState.DRAFT
        name = self.next_screen if made is not None and is_draft else "manage"
        return reverse(f"campaigns:{name}", args=[self.object.public_id])

    def get_context_data(self) -> dict[str, Any]:
        return {"heading": SCREENS[self.screen]}


class Describe(Screen):
    """What people should do."""

    screen, next_screen = "describe", "measure"
    form_class = forms.DescribeForm
    service = services.describe
    lead = _("Step 1 of 3. Choose one easy action, with a place and a time.")
    get_form_kwargs = Start.get_form_kwargs

    def get_initial(self) -> dict[str, Any]:
        process, campaign = self.object, self.campaign
        initial = {name: getattr(process, name) for name in ("title", "language", "summary")}
        initial |= {name: getattr(campaign, name) for name in ("step", "step_place", "step_when")}
        return initial | {"methods": [method.public_id for method in campaign.methods.all()]}


class Settled(Screen):
    """A screen that cannot be changed once the campaign has opened, and says so."""

    def render_form(self, form: ActionForm) -> HttpResponse:
        if self.object.state == ProcessState.DRAFT or self.request.method == "POST":
            return super().render_form(form)
        messages.info(
            self.request,
            gettext(
                "You cannot change the measurement or who gets the campaign after it has opened."
            ),
        )
        return redirect(self.get_success_url())


class Measure(Settled):
    """The outcome measure and the dates."""

    screen, next_screen = "measure", "units"
    form_class = forms.MeasureForm
    service = services.measure
    lead = _("Step 2 of 3. Decide this before you measure anything. You cannot change it later.")

    def get_initial(self) -> dict[str, Any]:
        process, campaign = self.object, self.campaign
        names = ("outcome", "unit", "before", "starts_on", "ends_on")
        return {
            **{name: getattr(campaign, name) for name in names},
            "direction": campaign.direction or EffectDirection.LOWER,
            "result_by": process.answers_by,
            "decides_what": process.decides_what
            or gettext("For example, whether the campaign continues, and where."),
            "decides_who": process.decides_who,
        }


class Units(Settled):
    """The units of the campaign."""

    screen = "units"
    form_class = forms.UnitsForm
    service = services.set_units
    submit_label = _("Check and confirm the table")
    lead = _(
        "Step 3 of 3. A random draw gives the most reliable result. Only your team sees "
        "the names. The public page shows only numbers."
    )

    def get_initial(self) -> dict[str, Any]:
        units = selectors.units_of(self.campaign)
        return {
            "kind": units.kind if units else "area",
            "chosen": units.chosen if units else "lots",
            "n": units.n_in if units else None,
        }

    def get_success_message(self, made: UnitList) -> str:
        """The size of the intervention group."""
        message = gettext("%(n)s of %(all)s get the campaign. List saved.")
        return message % {"n": made.n_in, "all": made.n}


@require_safe
@for_people
def manage(request: HttpRequest, public_id: str) -> HttpResponse:
    """A campaign for its team: what is missing, who gets it, outcome data."""
    actor = actor_of(request)
    process = get_process_for(actor, public_id, ENTER)
    context = selectors.manage_page(process, actor, at=clock.now())
    return render(request, "campaigns/manage.html", context)


class Begin(PeoplePostView, CampaignActionView):
    success_message = _("The campaign is open. Its page is now public.")

    def execute(self, form: ActionForm) -> Process:
        return services.begin(self.object, **self.by)


class MakeCase(PeoplePostView, CampaignActionView):
    """Create a draft of a case about the result, also without an effect."""

    success_message = _("Draft created. Complete it, then submit it.")

    def execute(self, form: ActionForm) -> Draft:
        return services.make_case(self.object, **self.by)

    def get_success_url(self, made: Any = None) -> str:
        if made is None:
            return super().get_success_url()
        return reverse("knowledge:draft-step", args=[made.public_id, "check"])


class Outcomes(CampaignActionView):
    """Import outcome data."""

    form_class = forms.OutcomeForm
    service = services.add_outcome
    heading = _("Measured values")
    lead = _(
        "If the table has an error, none of it is saved. When it is saved, the "
        "campaign page shows the result."
    )
    submit_label = _("Check and calculate")

    def get_success_message(self, made: Outcome) -> str:
        """The number of rows."""
        n = len(made.columns["unit"])
        return ngettext("%(n)s row saved.", "%(n)s rows saved.", n) % {"n": n}

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)


@require_safe
@for_people
def allocation_csv(request: HttpRequest, public_id: str) -> HttpResponse:
    """Each unit with its area and group, for the team: names may be of people."""
    process = get_process_for(actor_of(request), public_id, ENTER)
    units = selectors.units_of(selectors.campaign_of(process), whole=True)
    if units is None:
        raise NotFound("list", public_id)
    head, rows = ("unit", "area", "campaign"), selectors.allocation_rows(units)
    return private(csv_download(f"campaign-{public_id}-lots.csv", head, rows, marked=True))


@require_safe
@missing_is_404
def figures(request: HttpRequest, public_id: str) -> HttpResponse:
    """The values behind the result without names, as open data."""
    process = get_process_for(actor_of(request), public_id)
    campaign = selectors.campaign_of(process)
    outcome = campaign.outcomes.order_by("-number").first()
    if outcome is None or outcome.result.get("fault"):
        raise NotFound("figures", public_id)
    head, rows = ("number", "campaign", "before", "after"), selectors.open_rows(campaign, outcome)
    return csv_download(f"campaign-{public_id}.csv", head, rows, marked=True)


class Paper(EnterPaper):
    """Enter a person's pledge on paper, by phone or at a counter."""

    object_page = ("", "campaigns:manage")
    heading = _("Add a pledge made on paper or by phone")
    lead = _(
        "Use one page per person. These pledges count in the same way as those made "
        "online, and are marked as added by your team."
    )
    form_class = forms.PaperForm

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        selectors.campaign_of(process)
        return process

    def get_form(self) -> ActionForm:
        return PeopleActionView.get_form(self)

    def execute(self, form: Any) -> Participant:
        cleaned_data = form.cleaned_data
        return services.enter_pledge(
            self.object,
            channel=cleaned_data["channel"],
            did=cleaned_data["did"],
            traits=form.traits,
            **self.by,
        )

    def get_success_url(self, made: Any = None) -> str:
        name = "paper" if made is not None else "manage"
        return reverse(f"campaigns:{name}", args=[self.object.public_id])


class OnCampaign(ResidentActionView):
    """Base of the actions of residents in a campaign; the page shows why one is refused."""

    http_method_names = ["post"]
    campaign: Campaign

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process: Process = super().get_object(**ids)
        if process.kind != ProcessKind.CAMPAIGN:
            raise NotFound("campaign", process.public_id)
        self.campaign = selectors.campaign_of(process)
        return process

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:take-part", args=[self.object.public_id]) + "#act"

    def render_form(self, form: ActionForm) -> HttpResponse:
        """Back to the page, which shows the errors."""
        for faults in form.errors.values():
            messages.error(self.request, " ".join(map(str, faults)))
        return redirect(self.get_success_url())


class MakePledge(OnCampaign):
    """Pledge to take the step."""

    form_class = forms.ServiceForm

    def execute(self, form: ActionForm) -> Pledge:
        at = clock.now()
        if self.participant is None:
            # A person does not become a participant while nothing is accepted.
            services.must_take_pledges(self.campaign, at)
        return services.pledge(self.campaign, self.taking_part(), at=at)

    def get_success_message(self, made: Pledge) -> str:
        """The step again, and the receipt code."""
        message = gettext(
            "Thank you. Your receipt code: %(code)s. Keep it in case you want "
            "to change your pledge."
        )
        return message % {"code": made.participant.receipt}


class ReportPledge(OnCampaign):
    """Report whether one did it."""

    form_class = forms.DidForm
    success_message = _("Thank you. Your answer is saved.")

    def execute(self, form: ActionForm) -> Pledge:
        did = form.cleaned_data["did"]
        return services.report_pledge(self.own_participant(), did, at=clock.now())
