"""Pages on which a team plans a pilot, freezes the plan, deviates from it or stops it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.errors import Conflict, InvalidData, NotAllowed, NotFound
from alliance.core.files.uploads import content_of
from alliance.core.forms import ServiceForm
from alliance.equity.models import DistributionCheck
from alliance.equity.questions import action_of
from alliance.equity.services.gate import Subject
from alliance.equity.views.checks import NameCheck
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.drafts import teams_to_write_for
from alliance.knowledge.selectors.drafts_names import DraftNames
from alliance.knowledge.selectors.localise import local_name
from alliance.network.models import Organisation
from alliance.network.needs_offers_rules import speaks_for_city
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.testbeds.data_files import MOST_BYTES
from alliance.testbeds.enums import PilotDesign, PilotNoteKind, PilotState, WhoGets
from alliance.testbeds.forms.pilots import BeforeForm, NoteForm, ReasonForm, StartForm
from alliance.testbeds.forms.plan import DeviationForm, WholePlanForm
from alliance.testbeds.messages.cautions import fault_text
from alliance.testbeds.messages.designs import DESIGN_TEXTS, first_plan
from alliance.testbeds.models import Pilot
from alliance.testbeds.plan_checks import starts_before_freeze
from alliance.testbeds.protocol import SIMULATED, check_shape, columns_of
from alliance.testbeds.rules import may_name_check, needs_check
from alliance.testbeds.selectors.access import LEAD, get_pilot_for
from alliance.testbeds.selectors.pilots import pilot_page
from alliance.testbeds.selectors.plan_terms import label
from alliance.testbeds.selectors.planning import proposals as planned
from alliance.testbeds.selectors.planning import simulated_notes, simulated_rows
from alliance.testbeds.selectors.starting import offered_indicators, what_is_known
from alliance.testbeds.services import pilots, proposals
from alliance.testbeds.services.notes import add_note
from alliance.testbeds.tasks import enqueue_simulation
from alliance.testbeds.views.pilots import LOOK_AGAIN
from alliance.web.actions import ActionForm, Words
from alliance.web.paging import number_in


class PilotActionView(PeopleActionView):
    """Base of the actions of the leading team on a pilot."""

    list_page = (_("Pilots"), "testbeds:pilots")
    object_page: ClassVar[tuple[Words, str]] = ("", "testbeds:pilot")

    def get_object(self, *args: Any, **ids: Any) -> Pilot:
        return get_pilot_for(self.actor, ids["public_id"], LEAD)

    def get_context_data(self) -> dict[str, Any]:
        return {"here": self.heading, "named": self.object.title}

    @property
    def revision(self) -> int:
        """The revision of the submitted page; a form with errors keeps it."""
        return number_in(self.submitted_data.get("revision", "") if self.submitted_data else "")


class PilotPostView(PeoplePostView, PilotActionView):
    """Base of the POST-only actions of the leading team."""


class New(PeopleActionView):
    """The first step: what, where, when. Known values are prefilled."""

    form_class = StartForm
    template_name = "testbeds/pilot_new.html"
    list_page = PilotActionView.list_page
    object_page = ("", "testbeds:pilot-before")
    heading = _("Register a pilot: action, place, dates")
    lead = _(
        "Registration has three steps: your action, last year’s data, confirmation. You "
        "register the pilot before you have results. Later changes are shown, and the "
        "result is published whatever it is."
    )
    submit_label = _("Continue to last year’s data")

    def get_object(self, *args: Any, **ids: Any) -> list[Any]:
        teams = teams_to_write_for(self.actor, self.language)
        if not teams:
            raise NotFound("page", "pilots/new")
        return teams

    def asked(self) -> dict[str, str]:
        """The solution, case or outcome named in the address."""
        return {
            name: self.request.GET.get(name, "")[:80] for name in ("solution", "case", "outcome")
        }

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("team")
        team = next(
            (organisation for organisation in self.object if organisation.public_id == asked),
            self.object[0],
        )
        known = what_is_known(self.names, **self.asked())
        city = self.names.cities.label(team.city.public_id) if team.city else ""
        return {"language": self.language, "team": team.public_id, "cities": city, **known}

    @cached_property
    def names(self) -> DraftNames:
        """The choices of the form."""
        return DraftNames(self.language)

    def get_form_kwargs(self) -> dict[str, Any]:
        teams = [
            (organisation.public_id, local_name(organisation, self.language))
            for organisation in self.object
        ]
        return {"choices": {"team": teams}, "names": self.names}

    def execute(self, form: StartForm) -> Pilot:
        cleaned_data = form.cleaned_data
        team = next(
            organisation
            for organisation in self.object
            if organisation.public_id == cleaned_data["team"]
        )
        with translation.override(cleaned_data["language"]):
            content = first_plan(PilotDesign.RANDOMISED, cleaned_data["title"].strip())
        for name in ("solution", "cities", "outcome", "outcome_unit", "direction"):
            content[name] = cleaned_data[name]
        content["smallest_useful"] = cleaned_data["smallest_useful"]
        content["known"] = cleaned_data.get("known", "")
        content["starts_on"] = cleaned_data["starts_on"].isoformat()
        content["measure"], content["case_unit"] = form.measure, form.case_unit
        return pilots.start_pilot(
            team,
            language=cleaned_data["language"],
            content=content,
            who=cleaned_data["who"],
            adapted_from=visible_cases(None).filter(public_id=self.asked()["case"]).first(),
            **self.by,
        )

    def get_context_data(self) -> dict[str, Any]:
        return {"names": self.names}


class PlanPage(PilotActionView):
    """Base of the pages of a plan that is not frozen yet."""

    #: Its number among the three steps; 0 for other pages.
    screen = 0

    def plan_context(self) -> dict[str, Any]:
        """The shared context of the pages. Raises NotAllowed once the plan is frozen or dropped."""
        pilot = self.object
        if pilot.state != PilotState.PLANNING:
            raise NotAllowed(
                gettext(
                    "The plan is registered and cannot be edited. Register a deviation "
                    "instead and give a reason."
                )
                if pilot.frozen_at
                else gettext("This plan has been discarded.")
            )
        return {
            "named": pilot.title,
            "revision": self.revision or pilot.revision,
            "screen": self.screen,
        }


class FiguresBefore(PlanPage):
    """The second step: last year's data, from which the plan is proposed."""

    form_class = BeforeForm
    template_name = "testbeds/pilot_before.html"
    heading = _("Last year’s data")
    lead = _(
        "We use these figures to propose a design and show how small a change it can "
        "detect. Only your team can see them."
    )
    submit_label = _("Propose a plan")
    screen = 2

    @property
    def who(self) -> str:
        """How units are assigned: as in the request, else as saved."""
        asked = self.request.GET.get(
            "who", self.submitted_data.get("who") if self.submitted_data else None
        )
        known = self.object.before.get("who", "") if asked is None else asked
        return known if known in {"", *WhoGets.values} else ""

    def get_initial(self) -> dict[str, Any]:
        before = self.object.before
        return {
            "treated": "\n".join(before.get("treated", ())),
            "why": before.get("why", ""),
            "n_treated": before.get("n_treated"),
            "units_are_people": self.object.plan.get("units_are_people", False),
            "nobody_there": self.object.plan.get("nobody_there", ""),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        indicators = offered_indicators(self.object, self.language)
        return {"who": self.who, "indicators": indicators}

    def execute(self, form: BeforeForm) -> Pilot:
        cleaned_data = form.cleaned_data
        content, name = self._content(cleaned_data)
        made = proposals.propose(
            self.object,
            content=content,
            name=name,
            who=self.who,
            treated=cleaned_data.get("treated", "").splitlines(),
            why=cleaned_data.get("why", ""),
            n_treated=cleaned_data.get("n_treated"),
            units_are_people=cleaned_data["units_are_people"],
            nobody_there=cleaned_data["nobody_there"],
            indicator=cleaned_data.get("indicator", ""),
            expected_revision=self.revision,
            **self.by,
        )
        if made.simulation:
            enqueue_simulation(made)
        return made

    def _content(self, cleaned_data: dict[str, Any]) -> tuple[bytes, str]:
        """The uploaded file or the pasted table; both empty for the figures that were sent
        before."""
        upload = cleaned_data.get("file")
        if upload is not None:
            return content_of(upload, MOST_BYTES), upload.name
        return cleaned_data["table"].encode(), "table.csv"

    def get_success_url(self, made: Any = None) -> str:
        """The third step."""
        name = "pilot-check" if made is not None else "pilot"
        return reverse(f"testbeds:{name}", args=[self.object.public_id])

    def get_context_data(self) -> dict[str, Any]:
        others = [(code, label) for code, label in WhoGets.choices if code != self.who]
        return {
            **self.plan_context(),
            "here": self.heading,
            "who": self.who,
            "who_label": WhoGets(self.who).label if self.who else "",
            "others": others,
            "present": "sha256" in self.object.before,
        }


class PlanDetails(PlanPage):
    """All fields of a plan that its design uses, to change what was proposed."""

    form_class = WholePlanForm
    template_name = "testbeds/pilot_details.html"
    heading = _("All fields in the plan")
    success_message = _("Saved.")
    #: The revision with the valid fields of a form with errors; 0 if nothing was saved.
    saved_revision = 0

    def get_form_kwargs(self) -> dict[str, Any]:
        names = DraftNames(self.language)
        return {"plan": self.object.plan, "names": names, "language": self.object.language}

    def execute(self, form: WholePlanForm) -> Pilot:
        content = form.changed()
        self.is_other_design = content["design"] != self.object.design
        return pilots.save_plan(
            self.object, content=content, expected_revision=self.revision, **self.by
        )

    def render_form(self, form: Any) -> HttpResponse:
        """Shows the form with errors; its valid fields are saved unless the design has changed,
        which changes the fields.
        """
        content = form.changed() if self.request.method == "POST" else {}
        if content.get("design") == self.object.design and not form.non_field_errors():
            with suppress(InvalidData, Conflict):
                saved = pilots.save_plan(
                    self.object, content=content, expected_revision=self.revision, **self.by
                )
                self.saved_revision = saved.revision
                self.request.typing.stays = {"revision": str(self.saved_revision)}  # type: ignore[attr-defined]
        return super().render_form(form)

    def get_success_url(self, made: Any = None) -> str:
        """The last step; after a change of design this page again, since its fields change."""
        name = "pilot-details" if made is not None and self.is_other_design else "pilot-check"
        return reverse(f"testbeds:{name}", args=[self.object.public_id])

    def get_context_data(self) -> dict[str, Any]:
        shown = self.plan_context()
        return {
            **shown,
            "revision": self.saved_revision or shown["revision"],
            "here": self.heading,
            "design_text": DESIGN_TEXTS.get(self.object.design),
        }


class Confirm(PlanPage):
    """The third step: the proposals with their reasons; a POST freezes the plan."""

    template_name = "testbeds/pilot_check.html"
    heading = _("Confirm and register")
    success_message = _("The pilot is registered. Its plan is now public.")
    screen = 3

    def execute(self, form: Any) -> Any:
        return pilots.freeze(self.object, expected_revision=self.revision, **self.by)

    def get_form(self) -> ActionForm:
        """A form without fields, which confirms what the page shows."""
        return ServiceForm(self.submitted_data)

    def render_form(self, form: ActionForm) -> HttpResponse:
        """Shows the faults that keep it from being frozen, or that somebody else has saved the
        plan."""
        if form.has_error(NON_FIELD_ERRORS, "conflict"):
            messages.error(self.request, str(form.non_field_errors()[0]))
            return redirect("testbeds:pilot-check", self.object.public_id)
        return super().render_form(form)

    def get_context_data(self) -> dict[str, Any]:
        pilot, today = self.object, clock.today()
        plan = check_shape(pilot.plan)
        simulated = pilot.simulation if pilot.design in SIMULATED else {}
        page = pilot_page(pilot, self.actor, self.language, today)
        return {
            **self.plan_context(),
            "here": self.heading,
            "pilot": pilot,
            "summary": page.terms,
            "faults": [
                (label(fault.where.removeprefix("plan.")), fault.rule)
                for fault in pilots.faults_to_freeze(pilot, plan, today=today)
            ],
            "needs_check": needs_check(pilot, plan),
            "columns": columns_of(plan),
            "is_late": starts_before_freeze(plan, today),
            "proposals": planned(pilot, plan),
            "present": "sha256" in pilot.before,
            "look_again": LOOK_AGAIN,
            "simulation": simulated,
            "is_busy": simulated.get("state") in {"waiting", "running"},
            "simulated": simulated_rows(simulated, plan) if "sizes" in simulated else (),
            "simulation_notes": simulated_notes(simulated),
            "simulation_fault": fault_text(simulated["fault"]) if "fault" in simulated else "",
        }


class Fairness(PilotActionView, NameCheck):
    """Creates the fairness check of what a city tries on people."""

    def get_object(self, *args: Any, **ids: Any) -> Pilot:
        pilot = super().get_object(*args, **ids)
        if not speaks_for_city(pilot.organisation):
            raise NotFound("pilot", pilot.public_id)
        return pilot

    def team(self) -> Organisation:
        return self.object.organisation

    def get_initial(self) -> dict[str, Any]:
        pilot = self.object
        return {
            "title": pilot.title[:160],
            "action": action_of(pilot.solution.public_id if pilot.solution else ""),
            "summary": str(pilot.plan.get("question", ""))[:2_000],
            "decided_on": pilot.starts_on,
            "language": pilot.language,
        }

    def subjects(self) -> list[Subject]:
        return pilots.subjects_of(self.object)

    def execute(self, form: Any) -> DistributionCheck:
        if not may_name_check(self.actor, self.object):
            raise NotAllowed(
                gettext("To plan pilots for this team, you need to be one of its editors.")
            )
        return super().execute(form)

    def assign_check(self, check: DistributionCheck) -> None:
        pilots.name_check(self.object, check, **self.by)


class Drop(PilotPostView):
    """Drops a plan before it is registered."""

    service = pilots.drop
    confirmation = _("Discard this plan?")
    consequence = _("You cannot restart it.")
    success_message = _("The plan has been discarded.")

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The list of pilots has no ids in its address."""
        return []


class Deviate(PilotActionView):
    """Freezes a new version of the protocol, with the reason for the deviation."""

    form_class = DeviationForm
    template_name = "testbeds/pilot_deviate.html"
    heading = _("Register a deviation")
    lead = _(
        "Earlier versions stay as they are. A version registered after the data does not "
        "change which analysis is the main one."
    )
    submit_label = _("Register this version")

    def get_object(self, *args: Any, **ids: Any) -> Pilot:
        pilot = super().get_object(**ids)
        last = pilot.protocols.order_by("-number").first()
        if last is None:
            raise NotAllowed(
                gettext("Only the team behind a registered pilot can register a deviation.")
            )
        self.version = self.revision or last.number
        return pilot

    def get_form_kwargs(self) -> dict[str, Any]:
        names = DraftNames(self.language)
        return {"plan": self.object.plan, "names": names, "language": self.object.language}

    def execute(self, form: DeviationForm) -> Any:
        return pilots.deviate(
            self.object,
            content=form.changed(),
            reason=form.cleaned_data["reason"],
            expected_version=self.revision,
            **self.by,
        )

    def get_success_message(self, made: Any) -> str:
        """The number of the version."""
        return gettext("Version %(n)s of the plan is registered.") % {"n": made.number}

    def get_context_data(self) -> dict[str, Any]:
        return {**super().get_context_data(), "version": self.version}


class Stop(PilotActionView):
    """Stops a registered pilot early, with a reason."""

    form_class = ReasonForm
    service = pilots.stop
    heading = _("Stop the pilot")
    lead = _(
        "The pilot stays online with its reason and can become a case, so that others do "
        "not have to repeat it."
    )
    submit_label = _("Stop the pilot")
    success_message = _("The pilot has been stopped. Its page stays online.")


class NoteNew(PilotActionView):
    """Adds a note, cost or delay to a running pilot."""

    form_class = NoteForm
    service = add_note
    success_message = _("Saved and public.")
    lead = _("The text is public and stays with the pilot.")
    headings: ClassVar[Mapping[str, Promise]] = {
        PilotNoteKind.NOTE: _("Add a note"),
        PilotNoteKind.COST: _("Add a cost"),
        PilotNoteKind.DELAY: _("Explain a delay"),
    }

    def get_object(self, *args: Any, **ids: Any) -> Pilot:
        self.kind = ids["kind"]
        if self.kind not in PilotNoteKind.values:
            raise NotFound("note", self.kind)
        pilot = super().get_object(**ids)
        if not pilot.frozen_at:
            raise NotFound("note", self.kind)
        return pilot

    def get_initial(self) -> dict[str, Any]:
        city = self.object.organisation.city
        return {"currency": "SEK" if city is not None and city.country == "SE" else "EUR"}

    def get_form_kwargs(self) -> dict[str, Any]:
        is_cost = self.kind == PilotNoteKind.COST
        currencies = DraftNames(self.language).currencies if is_cost else ()
        return {"kind": self.kind, "currencies": currencies}

    def get_context_data(self) -> dict[str, Any]:
        heading = self.headings[self.kind]
        return {"here": heading, "heading": heading, "named": self.object.title}
