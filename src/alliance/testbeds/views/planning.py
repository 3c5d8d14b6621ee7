"""The pages on which a team plans a pilot, freezes the plan, deviates from it or stops it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core import clock
from alliance.core.errors import Conflict, InvalidData, NotAllowed, NotFound
from alliance.knowledge.selectors.drafts import teams_to_write_for
from alliance.knowledge.selectors.drafts_names import DraftNames
from alliance.network.access import actor_of
from alliance.network.views import for_people, posted
from alliance.network.views.refusals import refusal_is_403
from alliance.testbeds.data_files import MOST_BYTES
from alliance.testbeds.enums import PilotState
from alliance.testbeds.forms.pilots import ReasonForm, StartForm
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


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def new(request: HttpRequest) -> HttpResponse:
    """Start a pilot: for which team, by which design."""
    actor = actor_of(request)
    teams = teams_to_write_for(actor, request.LANGUAGE_CODE)
    if not teams:
        raise NotFound("page", "pilots/new")
    form = StartForm(
        posted(request),
        teams=[(one.organisation.public_id, one.name) for one in teams],
        initial={
            "language": request.LANGUAGE_CODE,
            "solution": request.GET.get("solution", "")[:80],
            "team": request.GET.get("team") or teams[0].organisation.public_id,
        },
    )
    if form.is_valid():
        given = form.cleaned_data
        team = next(
            one.organisation for one in teams if one.organisation.public_id == given["team"]
        )
        with translation.override(given["language"]):
            content = first_plan(given["design"], given["title"].strip())
        content["solution"] = given["solution"]
        content["cities"] = [team.city.public_id] if team.city else []
        try:
            made = pilots.start_pilot(
                team, language=given["language"], content=content, actor=actor, at=clock.now()
            )
        except InvalidData as error:
            form.take(error.faults)
        else:
            return redirect("testbeds:pilot-step", made.public_id, next(iter(FORMS)))
    context = {"form": form, "designs": DESIGN_TEXTS, "several": len(teams) > 1}
    status = 422 if form.errors else 200
    return render(request, "testbeds/pilot_new.html", context, status=status)


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
            messages.success(request, _("Saved."))
            page = plan_page(pilot, request.LANGUAGE_CODE, clock.today())
            to = page.after(step) if request.POST.get("go") == "next" else step
            return redirect("testbeds:pilot-step", public_id, to)
    return _show(request, pilot, step, form)


def _conflict_words() -> str:
    return _(
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
            _("The protocol is frozen and cannot be edited. Freeze a deviation, with a reason.")
            if pilot.frozen_at
            else _("This plan was given up.")
        )
    page = plan_page(pilot, request.LANGUAGE_CODE, clock.today())
    plan = check_shape(pilot.plan)
    context: dict[str, Any] = {
        "page": page,
        "step": step,
        "label": STEPS[step],
        "form": form,
        "before": page.before(step),
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


@require_POST
@for_people
@refusal_is_403
def simulate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have the power of a plan simulated from the outcome of the time before."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, LEAD)
    upload = request.FILES.get("file")
    try:
        if upload is not None and (upload.size or 0) > MOST_BYTES:
            content = b" " * (MOST_BYTES + 1)
        else:
            content = upload.read() if upload is not None else b""
        asked = simulation.ask_for_simulation(
            pilot,
            content=content,
            name=(upload.name if upload is not None else "") or "data.csv",
            actor=actor,
            at=clock.now(),
        )
    except InvalidData as error:
        for fault in error.faults:
            messages.error(request, f"{fault.where}: {fault.rule}")
    else:
        enqueue_simulation(asked)
    return redirect("testbeds:pilot-step", public_id, "sample")


@require_POST
@for_people
@refusal_is_403
def freeze(request: HttpRequest, public_id: str) -> HttpResponse:
    """Freeze the plan: from then on it is public and cannot be edited."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, LEAD)
    try:
        pilots.freeze(pilot, expected_revision=_revision(request), actor=actor, at=clock.now())
    except InvalidData:
        return _show(request, pilot, CHECK, None, status=422)
    except Conflict:
        messages.error(request, _conflict_words())
        return redirect("testbeds:pilot-step", public_id, CHECK)
    messages.success(request, _("The protocol is frozen and public from now on."))
    return redirect("testbeds:pilot", public_id)


@require_POST
@for_people
@refusal_is_403
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a plan up before it is registered."""
    actor = actor_of(request)
    pilots.drop(get_pilot_for(actor, public_id, LEAD), actor=actor, at=clock.now())
    messages.success(request, _("The plan is given up."))
    return redirect("testbeds:pilots")


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def deviate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Freeze a new version of the protocol with the reason for the deviation."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, LEAD)
    last = pilot.protocols.order_by("-number").first()
    if last is None:
        raise NotAllowed(_("Only the team of a registered pilot freezes a deviation."))
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
            said = _("Version %(n)s of the protocol is frozen.") % {"n": made.number}
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
            label = str(LABELS.get(path, _("Protocol")))
            reason.add_error(None, f"{label}: {fault.rule}")


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop a registered pilot early, with the reason."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, LEAD)
    form = ReasonForm(posted(request))
    if form.is_valid():
        try:
            pilots.stop(pilot, reason=form.cleaned_data["reason"], actor=actor, at=clock.now())
        except InvalidData as error:
            form.take(error.faults)
        else:
            messages.success(request, _("The pilot is stopped. It stays on the record."))
            return redirect("testbeds:pilot", public_id)
    context = {"pilot": pilot, "form": form}
    status = 422 if form.errors else 200
    return render(request, "testbeds/pilot_stop.html", context, status=status)
