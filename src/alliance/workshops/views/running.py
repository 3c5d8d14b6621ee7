"""The pages of organisers of workshops."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.errors import Fault, InvalidData, NotFound
from alliance.core.forms import ServiceForm
from alliance.core.ids import get_by_public_id
from alliance.groups import views as groups
from alliance.groups.forms import MinutesForm
from alliance.groups.models import Minutes
from alliance.network.access import actor_of
from alliance.network.models import Organisation
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.web.actions import ActionForm
from alliance.workshops import forms, rules, selectors, tokens, zones
from alliance.workshops.enums import SeatState, WorkshopState
from alliance.workshops.messages import SCREENS
from alliance.workshops.models import Meeting, Registration, Workshop
from alliance.workshops.services import after, check_in, meeting, preparing
from alliance.workshops.texts import localised_text
from alliance.workshops.views.public import LIST


class Start(PeopleActionView):
    """Start a workshop: for the secretariat, or for the organisation `team`; `from`: the workshop
    to copy."""

    form_class: ClassVar[Any] = forms.FactsForm
    template_name = "workshops/start.html"
    list_page = LIST
    created_page = ("workshops:programme", False)
    heading = _("Organise a workshop")
    submit_label = _("Save and continue")

    def get_object(self, *args: Any, **ids: Any) -> Organisation | None:
        team = self.request.GET.get("team", "")
        organisation = (
            get_by_public_id(Organisation.objects.all(), "organisation", team) if team else None
        )
        if not rules.may_announce(self.actor, organisation):
            raise NotFound("page", "new workshop")
        self.earlier = None
        if earlier_id := self.request.GET.get("from", ""):
            self.earlier = selectors.get_workshop_for(self.actor, earlier_id, selectors.RUN)
        return organisation

    def get_initial(self) -> dict[str, Any]:
        if self.earlier:
            days = dict.fromkeys(("first_day", "last_day", "sign_up_by"))
            return {**forms.facts_of(self.earlier), **days}
        city = self.object.city if self.object else None
        return {
            "language": self.language,
            "city": city.public_id if city else "",
            "zone": zones.OF_COUNTRY.get(city.country if city else "FR", "Europe/Paris"),
            "spoken": ["en", "fr", "sv"],
            "capacity": 40,
        }

    def render_form(self, form: Any) -> HttpResponse:
        form.add_service_errors(lambda data: preparing.facts_faults(data, Workshop()))
        return super().render_form(form)

    def execute(self, form: forms.FactsForm) -> Workshop:
        return preparing.start(self.object, earlier=self.earlier, **form.as_kwargs(), **self.by)

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext("Step 1 of 2. Other people cannot see the workshop until you publish it.")
        if self.earlier:
            lead = gettext("A copy of the programme and questions. Choose the new dates.")
        return {
            "lead": lead,
            "earlier": () if self.earlier else selectors.earlier_workshops(self.actor),
        }


class RunActionView(PeopleActionView):
    """An action of an organiser."""

    list_page = LIST
    object_page = ("", "workshops:manage")
    screen: ClassVar[str] = ""
    next_screen: ClassVar[str] = "manage"
    success_message = _("Saved.")

    def get_object(self, *args: Any, **ids: Any) -> Workshop:
        return selectors.get_workshop_for(self.actor, ids["public_id"], selectors.RUN)

    def get_context_data(self) -> dict[str, Any]:
        return {"heading": SCREENS[self.screen]} if self.screen else {}

    def get_title(self) -> Any:
        return localised_text(self.object.titles, self.object.language)

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)


class Facts(RunActionView):
    """Subject, place and time."""

    screen = "facts"
    form_class: ClassVar[Any] = forms.FactsForm
    service = preparing.change

    def get_initial(self) -> dict[str, Any]:
        return forms.facts_of(self.object)

    def render_form(self, form: Any) -> HttpResponse:
        form.add_service_errors(lambda data: preparing.facts_faults(data, self.object))
        return super().render_form(form)


class Programme(RunActionView):
    screen = "programme"
    form_class: ClassVar[Any] = forms.ProgrammeForm
    service = preparing.set_programme

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = forms.slots_of(self.object)
        return {"workshop": self.object, "rows": {"sessions": rows}}

    def render_form(self, form: Any) -> HttpResponse:
        form.add_service_errors(
            lambda data: preparing.programme_faults(self.object, data["sessions"])
        )
        return super().render_form(form)

    def get_context_data(self) -> dict[str, Any]:
        text = gettext(
            "Times are in %(city)s time. Sessions at the same time need different rooms. "
            "To remove a session, clear its row. Save to get more rows."
        )
        lead = text % {"city": zones.city_of(self.object.zone)}
        return {**super().get_context_data(), "lead": lead}


class Questions(RunActionView):
    """The questions at registration."""

    screen = "questions"
    form_class: ClassVar[Any] = forms.QuestionsForm
    service = preparing.set_questions
    lead = _(
        "Ask only for what you need to know, such as dietary or access needs. Only "
        "the organisers see the answers."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        own = self.object.language
        rows = [
            {
                "id": question.public_id,
                "text": question.texts.get(own, str(question)),
                "kind": question.kind,
                "options": question.options.get(own, ""),
                "is_needed": question.is_needed,
            }
            for question in self.object.questions.all()
        ]
        return {"rows": {"questions": rows}}


class Translate(RunActionView):
    """The texts in the other languages."""

    screen = "words"
    form_class: ClassVar[Any] = forms.WordsForm
    service = preparing.translate
    lead = _(
        "People reading in another language see the translations you enter here. Blank "
        "fields are shown in the original language."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"workshop": self.object}


class Announce(PeoplePostView, RunActionView):
    """Publish the workshop and open registration."""

    success_message = _("The workshop is published. People can now sign up.")

    def execute(self, form: ActionForm) -> Workshop:
        return preparing.announce(self.object, **self.by)


class Cancel(RunActionView):
    """Cancel a workshop."""

    form_class: ClassVar[Any] = forms.CancelForm
    heading = _("Cancel the workshop")
    submit_label = _("Cancel the workshop")
    success_message = _("The workshop is cancelled. Everyone who signed up will get an email.")
    service = preparing.cancel


class Drop(PeoplePostView, RunActionView):
    """Delete a workshop that was not announced."""

    confirmation = _("Delete this draft?")
    consequence = _("Its programme will be deleted too. You cannot undo this.")
    success_message = _("The draft is deleted.")

    def get_object(self, *args: Any, **ids: Any) -> Workshop:
        workshop = super().get_object(**ids)
        if workshop.state != WorkshopState.DRAFT:
            raise NotFound("draft of a workshop", workshop.public_id)
        return workshop

    def execute(self, form: ActionForm) -> Workshop:
        return preparing.cancel(self.object, because="", **self.by)

    def get_success_url(self, made: Any = None) -> str:
        return reverse(LIST[1]) if made is not None else super().get_success_url()


@require_safe
@for_people
def manage(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a workshop for its organisers."""
    workshop = selectors.get_workshop_for(actor_of(request), public_id, selectors.RUN)
    context = selectors.manage_page(workshop, at=clock.now())
    return render(request, "workshops/manage.html", context)


class WriteMinutes(RunActionView, groups.WriteMinutes):
    """The minutes, with decisions and action items that the topic group follows up."""

    success_message = groups.WriteMinutes.success_message
    workshop: Workshop

    def get_object(self, *args: Any, **ids: Any) -> Any:
        self.workshop = workshop = super().get_object(**ids)
        self.also = User.objects.filter(
            workshop_registrations__workshop=workshop, workshop_registrations__state=SeatState.IN
        )
        if workshop.minutes is not None:
            return workshop.minutes
        return Minutes(
            group=workshop.group,
            organisation=workshop.organisation,
            title=workshop.title,
            language=workshop.language,
            held_on=min(workshop.last_day, clock.today()),
        )

    def get_title(self) -> Any:
        return localised_text(self.workshop.titles, self.workshop.language)

    def execute(self, form: MinutesForm) -> Minutes:
        return preparing.write_minutes(self.workshop, **form.as_kwargs(), **self.by)


class PairUp(PeoplePostView, RunActionView):
    """Suggest meetings."""

    def execute(self, form: ActionForm) -> list[Meeting]:
        return meeting.pair_up(self.object, **self.by)

    def get_success_message(self, made: list[Meeting]) -> str:
        """The number of pairs."""
        n = len(made)
        return ngettext("%(n)s new pair.", "%(n)s new pairs.", n) % {"n": n}


class Tables(RunActionView):
    """The seating at tables."""

    form_class: ClassVar[Any] = forms.TablesForm
    heading = pgettext_lazy("furniture", "Tables")
    lead = _("In each round, everyone sits with new people, with as few repeat pairs as possible.")
    submit_label = _("Assign tables")
    service = meeting.seat

    def get_success_message(self, made: Workshop) -> str:
        """The number of repeated pairs, and the lowest possible number."""
        text = gettext(
            "Tables assigned. Pairs seated together more than once: %(repeats)s. Fewer "
            "than %(least)s is impossible."
        )
        return text % {name: made.tables[name] for name in ("repeats", "least")}


class Materials(RunActionView):
    """Public files."""

    form_class: ClassVar[Any] = forms.FileForm
    template_name = "workshops/materials.html"
    heading = _("Materials")
    lead = _("For example, a printable programme, slides or maps. Anyone can read them.")
    submit_label = _("Add the file")
    success_message = _("The file has been added.")
    service = after.add_file

    def get_context_data(self) -> dict[str, Any]:
        return {"materials": self.object.materials.all()}

    def get_success_url(self, made: Any = None) -> str:
        name = "materials" if made is not None else "manage"
        return reverse(f"workshops:{name}", args=[self.object.public_id])


class RemoveMaterial(PeoplePostView, RunActionView):
    """Remove a file."""

    confirmation = _("Delete this file?")
    consequence = _("You cannot undo this. You would have to upload the file again.")
    success_message = _("The file has been removed.")
    object_page = ("", "workshops:materials")

    def execute(self, form: ActionForm) -> None:
        rows = self.object.materials.select_related("workshop__organisation")
        material = get_by_public_id(rows, "file", self.kwargs["file_id"])
        after.remove_file(material, **self.by)


class CheckIn(RunActionView):
    """Check in by a typed code or by name."""

    form_class: ClassVar[Any] = forms.CodeForm
    template_name = "workshops/door.html"
    heading = _("Check-in")
    lead = _("Scan codes with your phone’s camera, or enter them here.")
    submit_label = _("Check in")

    def execute(self, form: forms.CodeForm) -> Registration:
        code = form.cleaned_data["code"]
        return check_in.check_in(check_in.by_code(self.object, code), **self.by)

    def get_success_message(self, made: Registration) -> str:
        """The name of the participant."""
        return gettext("%(name)s is checked in.") % {"name": made.name}

    def get_success_url(self, made: Any = None) -> str:
        name = "door" if made is not None else "manage"
        return reverse(f"workshops:{name}", args=[self.object.public_id])

    def get_context_data(self) -> dict[str, Any]:
        rows = self.object.registrations.filter(state=SeatState.IN).order_by("name")
        return {"people": rows.select_related("city"), "counted": selectors.counted(self.object)}


class Scan(PeopleActionView):
    """The participant of a scanned code, with one button."""

    form_class: ClassVar[Any] = ServiceForm
    template_name = "workshops/scan.html"
    list_page = LIST
    heading = _("Check-in")
    submit_label = _("Check in")

    def get_object(self, *args: Any, **ids: Any) -> Registration | None:
        if not self.actor.is_known:
            raise NotFound("registration", "of this link")
        try:
            registration = tokens.of_check_in(ids["token"])
        except NotFound:
            # Staff at the entrance get the reason; for others the page does not exist, whether the
            # code is valid or not.
            if not selectors.runs_any(self.actor):
                raise
            return None
        if not rules.may_run(self.actor, registration.workshop):
            raise NotFound("registration", "of this link")
        return registration

    def execute(self, form: Any) -> Registration:
        if self.object is None:
            raise InvalidData([Fault("code", "not-for-us")])
        return check_in.check_in(self.object, **self.by)

    def render_form(self, form: ActionForm) -> HttpResponse:
        """The page; an invalid code shows an error message."""
        answer = super().render_form(form)
        if self.object is None and answer.status_code == 200:
            answer.status_code = 404
        return answer

    def get_success_message(self, made: Registration) -> str:
        """The name of the participant."""
        return gettext("%(name)s is checked in.") % {"name": made.name}

    def get_success_url(self, made: Any = None) -> str:
        if self.object is None:
            return reverse(LIST[1])
        return reverse("workshops:door", args=[self.object.workshop.public_id])

    def get_url_ids(self, made: Any = None) -> tuple[str, ...]:
        return ()
