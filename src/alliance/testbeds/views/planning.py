"""The pages on which a team plans a pilot, freezes the plan, deviates from it or stops it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from alliance.core import clock
from alliance.core.errors import Conflict, InvalidData, NotAllowed, NotFound
from alliance.knowledge.selectors.drafts import teams_to_write_for
from alliance.knowledge.selectors.drafts_names import DraftNames
from alliance.knowledge.selectors.localise import local_name
from alliance.network.access import actor_of
from alliance.network.views import for_people, posted
from alliance.network.views.acting import PeopleAct, PeopleButton
from alliance.network.views.refusals import refusal_is_403
from alliance.testbeds.data_files import MOST_BYTES
from alliance.testbeds.enums import PilotState
from alliance.testbeds.forms.pilots import PlacedForm, ReasonForm, StartForm
from alliance.testbeds.forms.plan import CHECK, FORMS, STEPS, PlanForm
from alliance.testbeds.messages.cautions import fault_text
from alliance.testbeds.messages.designs import DESIGN_TEXTS, first_plan
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import check_shape
from alliance.testbeds.selectors.access import LEAD, get_pilot_for
from alliance.testbeds.selectors.pilots import pilot_page
from alliance.testbeds.selectors.plan_terms import LABELS
from alliance.testbeds.selectors.planning import (
    SIMULATED,
    plan_page,
    power_of,
    simulated_notes,
    simulated_rows,
)
from alliance.testbeds.services import pilots, simulation
from alliance.testbeds.tasks import enqueue_simulation
from alliance.testbeds.views.pilots import LOOK_AGAIN
from alliance.web.acting import ActForm


class PilotAct(PeopleAct):
    """What the team that leads a pilot does with it."""

    list_page = (_("Pilots"), "testbeds:pilots")
    own_page = ("", "testbeds:pilot")

    def find(self, *args: Any, **ids: Any) -> Pilot:
        return get_pilot_for(self.actor, ids["public_id"], LEAD)

    def context(self) -> dict[str, Any]:
        return {"here": self.heading, "named": self.found.title}


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
        return {
            "language": self.language,
            "solution": given.get("solution", "")[:80],
            "team": given.get("team") or self.found[0].public_id,
        }

    def form_options(self) -> dict[str, Any]:
        return {"teams": [(one.public_id, local_name(one, self.language)) for one in self.found]}

    def act(self, form: StartForm) -> Pilot:
        given = form.cleaned_data
        team = next(one for one in self.found if one.public_id == given["team"])
        with translation.override(given["language"]):
            content = first_plan(given["design"], given["title"].strip())
        content["solution"] = given["solution"]
        content["cities"] = [team.city.public_id] if team.city else []
        return pilots.start_pilot(team, language=given["language"], content=content, **self.by)

    def own_ids(self, made: Any = None) -> list[str]:
        """The first step of the plan."""
        return [made.public_id, next(iter(FORMS))] if made is not None else []

    def context(self) -> dict[str, Any]:
        return {"designs": DESIGN_TEXTS, "several": len(self.found) > 1}


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def step(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    """One step of a plan; a POST saves it, half-written as it may be."""
    if step not in STEPS:
        raise Http404
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, LEAD)
    if step == CHECK:
        return _show(request, pilot, step, None)
    names = DraftNames(request.LANGUAGE_CODE)
    form = FORMS[step](posted(request), plan=pilot.plan, names=names, language=pilot.language)
    if form.is_valid():
        try:
            pilot = pilots.save_plan(
                pilot,
                content=form.changed(),
                expected_revision=_revision(request),
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            form.take(error.faults)
        except Conflict:
            form.add_error(None, _conflict_words())
        else:
            messages.success(request, gettext("Saved."))
            is_next = request.POST.get("go") == "next"
            to = _beside(step, 1) if is_next else step
            return redirect("testbeds:pilot-step", public_id, to or step)
    return _show(request, pilot, step, form)


def _beside(step: str, by: int) -> str:
    """The step so many before or after one; empty where there is none."""
    return dict(enumerate(STEPS)).get([*STEPS].index(step) + by, "")


def _conflict_words() -> str:
    return gettext(
        "Somebody else has saved this plan since you opened it. Open it again in another window, "
        "and take over what you typed."
    )


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _show(
    request: HttpRequest, pilot: Pilot, step: str, form: PlanForm | None, *, status: int = 200
) -> HttpResponse:
    if pilot.state != PilotState.PLANNING:
        raise NotAllowed(
            gettext(
                "The protocol is frozen and cannot be edited. Freeze a deviation, with a reason."
            )
            if pilot.frozen_at
            else gettext("This plan was given up.")
        )
    plan = check_shape(pilot.plan)
    context = plan_page(pilot, request.LANGUAGE_CODE, clock.today()) | {
        "step": step,
        "label": STEPS[step],
        "form": form,
        "before": _beside(step, -1),
        "design_text": DESIGN_TEXTS.get(pilot.design),
        "names": DraftNames(request.LANGUAGE_CODE) if step in {"question", "outcome"} else None,
        "look_again": LOOK_AGAIN,
        "most": MOST_BYTES // 1_000_000,
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
        context["summary"] = pilot_page(
            pilot, actor_of(request), request.LANGUAGE_CODE, clock.today()
        ).terms
    template = "testbeds/pilot_check.html" if step == CHECK else "testbeds/pilot_step.html"
    if form is not None and form.errors:
        status = 422
    return render(request, template, context, status=status)


def content_of(upload: Any, most: int) -> bytes:
    """What was uploaded; of a file that is too large so much that it is seen to be."""
    if upload is None:
        return b""
    return b" " * (most + 1) if (upload.size or 0) > most else bytes(upload.read())


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


class Freeze(PilotButton):
    """Freeze the plan: from then on it is public and cannot be edited."""

    said = _("The protocol is frozen and public from now on.")

    def act(self, form: ActForm) -> Any:
        return pilots.freeze(self.found, expected_revision=_revision(self.request), **self.by)

    def show(self, form: ActForm) -> HttpResponse:
        """What keeps it from being frozen, or what another person saved."""
        if form.has_error(NON_FIELD_ERRORS, "conflict"):
            messages.error(self.request, _conflict_words())
            return redirect("testbeds:pilot-step", self.found.public_id, CHECK)
        return _show(self.request, self.found, CHECK, None, status=422)


class Drop(PilotButton):
    """Give a plan up before it is registered."""

    service = pilots.drop
    said = _("The plan is given up.")

    def own_ids(self, made: Any = None) -> list[str]:
        """The list of pilots."""
        return []


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def deviate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Freeze a new version of the protocol with the reason for the deviation."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, LEAD)
    last = pilot.protocols.order_by("-number").first()
    if last is None:
        raise NotAllowed(gettext("Only the team of a registered pilot freezes a deviation."))
    names = DraftNames(request.LANGUAGE_CODE)
    forms = [
        form(posted(request), plan=pilot.plan, names=names, language=pilot.language)
        for form in FORMS.values()
    ]
    reason = ReasonForm(posted(request))
    # Each is asked, so that each shows its own faults.
    n_wrong = sum(not one.is_valid() for one in (*forms, reason))
    if request.method == "POST" and not n_wrong:
        content = pilot.plan
        for one in forms:
            one.plan = content
            content = one.changed()
        try:
            made = pilots.deviate(
                pilot,
                content=content,
                reason=reason.cleaned_data["reason"],
                expected_version=_revision(request),
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            _share(error, forms, reason)
        except Conflict:
            reason.add_error(None, _conflict_words())
        else:
            said = gettext("Version %(n)s of the protocol is frozen.") % {"n": made.number}
            messages.success(request, said)
            return redirect("testbeds:pilot", public_id)
    is_refused = any(one.errors for one in (*forms, reason))
    context = {
        "pilot": pilot,
        "version": last.number,
        "forms": list(zip(STEPS.values(), forms, strict=False)),
        "reason": reason,
        "refused": is_refused,
    }
    return render(
        request, "testbeds/pilot_deviate.html", context, status=422 if is_refused else 200
    )


def _share(error: InvalidData, forms: list[PlanForm], reason: ReasonForm) -> None:
    """Show each fault in the form that has its field; what no form has beside the reason."""
    for fault in error.faults:
        path = fault.where.removeprefix("plan.")
        name = path.replace(".", "__")
        form = next((one for one in forms if name in one.fields), None)
        if form is not None:
            form.add_error(name, fault.rule)
        elif name in reason.fields:
            reason.add_error(name, fault.rule)
        else:
            label = str(LABELS.get(path, gettext("Protocol")))
            reason.add_error(None, f"{label}: {fault.rule}")


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
