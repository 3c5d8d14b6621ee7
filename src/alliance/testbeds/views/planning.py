"""The pages on which a team plans a pilot, freezes the plan, deviates from it or stops it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import NotAllowed, NotFound
from alliance.core.files.uploads import content_of
from alliance.core.forms import ServiceForm
from alliance.knowledge.enums import OutcomeTheme
from alliance.knowledge.selectors.drafts import teams_to_write_for
from alliance.knowledge.selectors.drafts_names import DraftNames
from alliance.knowledge.selectors.localise import local_name
from alliance.network.views.acting import PeopleAct, PeopleButton
from alliance.testbeds.data_files import MOST_BYTES
from alliance.testbeds.enums import PilotState
from alliance.testbeds.forms.pilots import PlacedForm, ReasonForm, StartForm
from alliance.testbeds.forms.plan import CHECK, FORMS, STEPS, DeviationForm, step_of
from alliance.testbeds.messages.cautions import fault_text
from alliance.testbeds.messages.designs import DESIGN_TEXTS, first_plan
from alliance.testbeds.models import Pilot
from alliance.testbeds.plan_checks import faults_of_plan, starts_before_freeze
from alliance.testbeds.protocol import check_shape, columns_of
from alliance.testbeds.selectors.access import LEAD, get_pilot_for
from alliance.testbeds.selectors.pilots import pilot_page
from alliance.testbeds.selectors.plan_terms import label
from alliance.testbeds.selectors.planning import (
    SIMULATED,
    power_of,
    simulated_notes,
    simulated_rows,
)
from alliance.testbeds.services import pilots, simulation
from alliance.testbeds.tasks import enqueue_simulation
from alliance.testbeds.views.pilots import LOOK_AGAIN
from alliance.web.acting import ActForm
from alliance.web.formatting import colon
from alliance.web.paging import number_in


class PilotAct(PeopleAct):
    """What the team that leads a pilot does with it."""

    list_page = (_("Pilots"), "testbeds:pilots")
    own_page = ("", "testbeds:pilot")

    def find(self, *args: Any, **ids: Any) -> Pilot:
        return get_pilot_for(self.actor, ids["public_id"], LEAD)

    def context(self) -> dict[str, Any]:
        return {"here": self.heading, "named": self.found.title}

    @property
    def revision(self) -> int:
        """What the page that was sent was made of; a refused form goes on being made of that."""
        return number_in(self.sent.get("revision", "") if self.sent else "")


class PilotButton(PeopleButton, PilotAct):
    """A button of the team that leads a pilot."""


class New(PeopleAct):
    """Start a pilot: for which team, by which design."""

    form_class = StartForm
    template_name = "testbeds/pilot_new.html"
    list_page = PilotAct.list_page
    own_page = ("", "testbeds:pilot-step")
    heading = _("Register a pilot")
    lead = _(
        "Say first what you ask and how you will know. Freeze the plan before you have data: later "
        "changes of it are shown, and the result is published whatever it is."
    )
    submit = _("Start planning")

    def find(self) -> list[Any]:
        teams = teams_to_write_for(self.actor, self.language)
        if not teams:
            raise NotFound("page", "pilots/new")
        return teams

    def initial(self) -> dict[str, Any]:
        given = self.request.GET
        solution, outcome = given.get("solution", "")[:80], given.get("outcome", "")
        title = ""
        if outcome not in OutcomeTheme.values:
            outcome = ""
        elif known := DraftNames(self.language).solutions.get(solution):
            # A gap of the evidence map brings both: what is to be tried, and what it may change.
            title = f"{known.name}{colon()} {OutcomeTheme(outcome).label}"
        return {
            "language": self.language,
            "solution": solution,
            "outcome": outcome,
            "title": title[:200],
            "team": given.get("team") or self.found[0].public_id,
        }

    def form_options(self) -> dict[str, Any]:
        teams = [(one.public_id, local_name(one, self.language)) for one in self.found]
        return {"choices": {"team": teams}}

    def act(self, form: StartForm) -> Pilot:
        given = form.cleaned_data
        team = next(one for one in self.found if one.public_id == given["team"])
        with translation.override(given["language"]):
            content = first_plan(given["design"], given["title"].strip())
            if given["outcome"]:
                content["outcome"] = str(OutcomeTheme(given["outcome"]).label)
        content["solution"] = given["solution"]
        content["cities"] = [team.city.public_id] if team.city else []
        return pilots.start_pilot(team, language=given["language"], content=content, **self.by)

    def own_ids(self, made: Any = None) -> list[str]:
        """The first step of the plan."""
        return [made.public_id, next(iter(FORMS))] if made is not None else []

    def context(self) -> dict[str, Any]:
        return {"designs": DESIGN_TEXTS, "several": len(self.found) > 1}


def _beside(step: str, by: int) -> str:
    """The step so many before or after one; empty where there is none."""
    return dict(enumerate(STEPS)).get([*STEPS].index(step) + by, "")


def _plan_page(pilot: Pilot, language: str, today: dt.date) -> dict[str, Any]:
    """What every page of planning shows around its step.

    `faults` are (step, what it is about, rule); `steps` are (code, label, number of faults).
    """
    plan = check_shape(pilot.plan)
    faults = [
        (step_of(fault.where), label(fault.where.removeprefix("plan.")), fault.rule)
        for fault in faults_of_plan(plan, today=today)
    ]
    return {
        "pilot": pilot,
        "team": local_name(pilot.organisation, language),
        "steps": [
            (code, name, sum(step == code for step, *_rest in faults) if code != CHECK else 0)
            for code, name in STEPS.items()
        ],
        "faults": faults,
        "columns": columns_of(plan),
        "is_late": starts_before_freeze(plan, today),
    }


class PlanStep(PilotAct):
    """One step of a plan; a POST saves it, half-written as it may be."""

    template_name = "testbeds/pilot_step.html"
    said = _("Saved.")

    def find(self, *args: Any, **ids: Any) -> Pilot:
        self.step = ids.get("step", CHECK)
        if self.step not in STEPS:
            raise Http404
        return super().find(**ids)

    def form(self) -> ActForm:
        """The form of the step; in the last one nothing is filled in."""
        if self.step == CHECK:
            return ActForm()
        return FORMS[self.step](
            self.sent,
            plan=self.found.plan,
            names=DraftNames(self.language),
            language=self.found.language,
        )

    def act(self, form: Any) -> Pilot:
        content, expected = form.changed(), self.revision
        return pilots.save_plan(self.found, content=content, expected_revision=expected, **self.by)

    def address(self, made: Any = None) -> str:
        """The step, or the next one where that was asked for."""
        go = self.request.POST.get("go", "") if made is not None else ""
        step = _beside(self.step, 1) if go == "next" else go.removeprefix("to-")
        step = step if step in STEPS else self.step
        return reverse("testbeds:pilot-step", args=[self.found.public_id, step])

    def context(self) -> dict[str, Any]:
        pilot, step = self.found, self.step
        if pilot.state != PilotState.PLANNING:
            raise NotAllowed(
                gettext(
                    "The protocol is frozen and cannot be edited. Freeze a deviation, with a "
                    "reason."
                )
                if pilot.frozen_at
                else gettext("This plan was given up.")
            )
        plan = check_shape(pilot.plan)
        context = _plan_page(pilot, self.language, clock.today()) | {
            "revision": self.revision or pilot.revision,
            "step": step,
            "label": STEPS[step],
            "before": _beside(step, -1),
            "design_text": DESIGN_TEXTS.get(pilot.design),
            "look_again": LOOK_AGAIN,
        }
        if step == "sample":
            simulated = pilot.simulation if pilot.design in SIMULATED else {}
            context |= {
                "power": power_of(plan),
                "is_simulated": pilot.design in SIMULATED,
                "simulation": simulated,
                "is_busy": simulated.get("state") in {"waiting", "running"},
                "simulated": simulated_rows(simulated, plan) if "sizes" in simulated else (),
                "simulation_notes": simulated_notes(simulated),
                "simulation_fault": fault_text(simulated["fault"]) if "fault" in simulated else "",
            }
        if step == CHECK:
            page = pilot_page(pilot, self.actor, self.language, clock.today())
            context["summary"] = page.terms
        return context


class Simulate(PilotButton):
    """Have the power of a plan simulated from the outcome of the time before."""

    form_class = PlacedForm
    own_page = ("", "testbeds:pilot-step")

    def act(self, form: ActForm) -> Pilot:
        upload = self.request.FILES.get("file")
        asked = simulation.ask_for_simulation(
            self.found,
            content=content_of(upload, MOST_BYTES),
            name=(upload.name if upload is not None else "") or "data.csv",
            **self.by,
        )
        enqueue_simulation(asked)
        return asked

    def own_ids(self, made: Any = None) -> list[str]:
        """The step that shows the power."""
        return [self.kwargs["public_id"], "sample"]


class Freeze(PlanStep):
    """Freeze the plan: from then on it is public and cannot be edited."""

    http_method_names = ["post"]
    said = _("The protocol is frozen and public from now on.")

    def form(self) -> ActForm:
        """A yes to what the last step shows."""
        return ServiceForm(self.request.POST)

    def act(self, form: Any) -> Any:
        return pilots.freeze(self.found, expected_revision=self.revision, **self.by)

    def address(self, made: Any = None) -> str:
        """The page of the pilot; what another person saved is looked at first."""
        return super().address() if made is None else PilotAct.address(self, made)

    def show(self, form: ActForm) -> HttpResponse:
        """What keeps it from being frozen, or that another person saved."""
        if form.has_error(NON_FIELD_ERRORS, "conflict"):
            messages.error(self.request, str(form.non_field_errors()[0]))
            return redirect(self.address())
        return super().show(form)


class Drop(PilotButton):
    """Give a plan up before it is registered."""

    service = pilots.drop
    said = _("The plan is given up.")

    def own_ids(self, made: Any = None) -> list[str]:
        """The list of pilots."""
        return []


class Deviate(PilotAct):
    """Freeze a new version of the protocol with the reason for the deviation."""

    form_class = DeviationForm
    template_name = "testbeds/pilot_deviate.html"
    heading = _("Freeze a deviation")
    lead = _(
        "The versions before stay as they are. A version that is frozen with data at hand does not "
        "change which analysis counts."
    )
    submit = _("Freeze this version")

    def find(self, *args: Any, **ids: Any) -> Pilot:
        pilot = super().find(**ids)
        last = pilot.protocols.order_by("-number").first()
        if last is None:
            raise NotAllowed(gettext("Only the team of a registered pilot freezes a deviation."))
        self.version = self.revision or last.number
        return pilot

    def form_options(self) -> dict[str, Any]:
        names = DraftNames(self.language)
        return {"plan": self.found.plan, "names": names, "language": self.found.language}

    def act(self, form: DeviationForm) -> Any:
        return pilots.deviate(
            self.found,
            content=form.changed(),
            reason=form.cleaned_data["reason"],
            expected_version=self.revision,
            **self.by,
        )

    def say(self, made: Any) -> str:
        """The number of the version."""
        return gettext("Version %(n)s of the protocol is frozen.") % {"n": made.number}

    def context(self) -> dict[str, Any]:
        return {**super().context(), "version": self.version}


class Stop(PilotAct):
    """Stop a registered pilot early, with the reason."""

    form_class = ReasonForm
    service = pilots.stop
    heading = _("Stop the pilot")
    lead = _(
        "It stays on the record with its reason, and can become a case: others need not repeat it."
    )
    submit = _("Stop the pilot")
    said = _("The pilot is stopped. It stays on the record.")
