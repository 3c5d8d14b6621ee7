"""The pages of those who run a workshop."""

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
from alliance.core.ids import one_by_id
from alliance.groups import views as groups
from alliance.groups.forms import MinutesForm
from alliance.groups.models import Minutes
from alliance.network.access import actor_of
from alliance.network.models import Organisation
from alliance.network.views import for_people
from alliance.network.views.acting import PeopleAct, PeopleButton
from alliance.web.acting import ActForm
from alliance.workshops import forms, rules, selectors, tokens, zones
from alliance.workshops.enums import SeatState, WorkshopState
from alliance.workshops.messages import SCREENS
from alliance.workshops.models import Meeting, Registration, Workshop
from alliance.workshops.services import after, door, meeting, preparing
from alliance.workshops.texts import said
from alliance.workshops.views.public import LIST


class Start(PeopleAct):
    """Prepare a workshop: for the secretariat, or in the name of `team`; `from`: a copy."""

    form_class: ClassVar[Any] = forms.FactsForm
    template_name = "workshops/start.html"
    list_page = LIST
    made_page = ("workshops:programme", False)
    heading = _("Organise a workshop")
    submit = _("Save and continue")

    def find(self, *args: Any, **ids: Any) -> Organisation | None:
        team = self.request.GET.get("team", "")
        organisation = one_by_id(Organisation.objects.all(), "organisation", team) if team else None
        if not rules.may_announce(self.actor, organisation):
            raise NotFound("page", "new workshop")
        self.earlier = None
        if earlier_id := self.request.GET.get("from", ""):
            self.earlier = selectors.get_workshop_for(self.actor, earlier_id, selectors.RUN)
        return organisation

    def initial(self) -> dict[str, Any]:
        if self.earlier:
            days = dict.fromkeys(("first_day", "last_day", "sign_up_by"))
            return {**forms.facts_of(self.earlier), **days}
        city = self.found.city if self.found else None
        return {
            "language": self.language,
            "city": city.public_id if city else "",
            "zone": zones.OF_COUNTRY.get(city.country if city else "FR", "Europe/Paris"),
            "spoken": ["en", "fr", "sv"],
            "capacity": 40,
        }

    def show(self, form: Any) -> HttpResponse:
        form.say_rest(lambda data: preparing.facts_faults(data, Workshop()))
        return super().show(form)

    def act(self, form: forms.FactsForm) -> Workshop:
        return preparing.start(self.found, earlier=self.earlier, **form.given(), **self.by)

    def context(self) -> dict[str, Any]:
        lead = gettext("Step 1 of 2. Other people cannot see the workshop until you publish it.")
        if self.earlier:
            lead = gettext("A copy of the programme and questions. Choose the new dates.")
        return {
            "lead": lead,
            "earlier": () if self.earlier else selectors.earlier_workshops(self.actor),
        }


class RunAct(PeopleAct):
    """What those do who run a workshop."""

    list_page = LIST
    own_page = ("", "workshops:manage")
    screen: ClassVar[str] = ""
    next_screen: ClassVar[str] = "manage"
    said = _("Saved.")

    def find(self, *args: Any, **ids: Any) -> Workshop:
        return selectors.get_workshop_for(self.actor, ids["public_id"], selectors.RUN)

    def context(self) -> dict[str, Any]:
        return {"heading": SCREENS[self.screen]} if self.screen else {}

    def title(self) -> Any:
        return said(self.found.titles, self.found.language)

    def own_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)


class Facts(RunAct):
    """What, where and when."""

    screen = "facts"
    form_class: ClassVar[Any] = forms.FactsForm
    service = preparing.change

    def initial(self) -> dict[str, Any]:
        return forms.facts_of(self.found)

    def show(self, form: Any) -> HttpResponse:
        form.say_rest(lambda data: preparing.facts_faults(data, self.found))
        return super().show(form)


class Programme(RunAct):
    """The programme."""

    screen = "programme"
    form_class: ClassVar[Any] = forms.ProgrammeForm
    service = preparing.set_programme

    def form_options(self) -> dict[str, Any]:
        rows = forms.slots_of(self.found)
        return {"workshop": self.found, "rows": {"sessions": rows}}

    def show(self, form: Any) -> HttpResponse:
        form.say_rest(lambda data: preparing.programme_faults(self.found, data["sessions"]))
        return super().show(form)

    def context(self) -> dict[str, Any]:
        text = gettext(
            "Times are in %(city)s time. Sessions at the same time need different rooms. "
            "To remove a session, clear its row. Save to get more rows."
        )
        lead = text % {"city": zones.city_of(self.found.zone)}
        return {**super().context(), "lead": lead}


class Questions(RunAct):
    """What those are asked who sign up."""

    screen = "questions"
    form_class: ClassVar[Any] = forms.QuestionsForm
    service = preparing.set_questions
    lead = _(
        "Ask only for what you need to know, such as dietary or access needs. Only "
        "the organisers see the answers."
    )

    def form_options(self) -> dict[str, Any]:
        own = self.found.language
        rows = [
            {
                "id": question.public_id,
                "text": question.texts.get(own, str(question)),
                "kind": question.kind,
                "options": question.options.get(own, ""),
                "is_needed": question.is_needed,
            }
            for question in self.found.questions.all()
        ]
        return {"rows": {"questions": rows}}


class Translate(RunAct):
    """The texts in the other languages."""

    screen = "words"
    form_class: ClassVar[Any] = forms.WordsForm
    service = preparing.translate
    lead = _(
        "People reading in another language see the translations you enter here. Blank "
        "fields are shown in the original language."
    )

    def form_options(self) -> dict[str, Any]:
        return {"workshop": self.found}


class Announce(PeopleButton, RunAct):
    """Let everybody read it and sign up."""

    said = _("The workshop is published. People can now sign up.")

    def act(self, form: ActForm) -> Workshop:
        return preparing.announce(self.found, **self.by)


class Cancel(RunAct):
    """Call a workshop off."""

    form_class: ClassVar[Any] = forms.CancelForm
    heading = _("Cancel the workshop")
    submit = _("Cancel the workshop")
    said = _("The workshop is cancelled. Everyone who signed up will get an email.")
    service = preparing.cancel


class Drop(PeopleButton, RunAct):
    """Give up a workshop that was not announced."""

    question = _("Delete this draft?")
    follows = _("Its programme will be deleted too. You cannot undo this.")
    said = _("The draft is deleted.")

    def find(self, *args: Any, **ids: Any) -> Workshop:
        workshop = super().find(**ids)
        if workshop.state != WorkshopState.DRAFT:
            raise NotFound("draft of a workshop", workshop.public_id)
        return workshop

    def act(self, form: ActForm) -> Workshop:
        return preparing.cancel(self.found, because="", **self.by)

    def address(self, made: Any = None) -> str:
        return reverse(LIST[1]) if made is not None else super().address()


@require_safe
@for_people
def manage(request: HttpRequest, public_id: str) -> HttpResponse:
    """A workshop for those who run it."""
    workshop = selectors.get_workshop_for(actor_of(request), public_id, selectors.RUN)
    context = selectors.manage_page(workshop, at=clock.now())
    return render(request, "workshops/manage.html", context)


class WriteMinutes(RunAct, groups.WriteMinutes):
    """The minutes, with decisions and action items that the topic group follows up."""

    said = groups.WriteMinutes.said
    workshop: Workshop

    def find(self, *args: Any, **ids: Any) -> Any:
        self.workshop = workshop = super().find(**ids)
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

    def title(self) -> Any:
        return said(self.workshop.titles, self.workshop.language)

    def act(self, form: MinutesForm) -> Minutes:
        return preparing.write_minutes(self.workshop, **form.given(), **self.by)


class PairUp(PeopleButton, RunAct):
    """Suggest who meets whom."""

    def act(self, form: ActForm) -> list[Meeting]:
        return meeting.pair_up(self.found, **self.by)

    def say(self, made: list[Meeting]) -> str:
        """How many pairs there are now."""
        n = len(made)
        return ngettext("%(n)s new pair.", "%(n)s new pairs.", n) % {"n": n}


class Tables(RunAct):
    """Who sits at which table."""

    form_class: ClassVar[Any] = forms.TablesForm
    heading = pgettext_lazy("furniture", "Tables")
    lead = _("In each round, everyone sits with new people, with as few repeat pairs as possible.")
    submit = _("Assign tables")
    service = meeting.seat

    def say(self, made: Workshop) -> str:
        """How many pairs sit together again, and the fewest that is possible."""
        text = gettext(
            "Tables assigned. Pairs seated together more than once: %(repeats)s. Fewer "
            "than %(least)s is impossible."
        )
        return text % {name: made.tables[name] for name in ("repeats", "least")}


class Materials(RunAct):
    """Files for everybody."""

    form_class: ClassVar[Any] = forms.FileForm
    template_name = "workshops/materials.html"
    heading = _("Materials")
    lead = _("For example, a printable programme, slides or maps. Anyone can read them.")
    submit = _("Add the file")
    said = _("The file has been added.")
    service = after.add_file

    def context(self) -> dict[str, Any]:
        return {"materials": self.found.materials.all()}

    def address(self, made: Any = None) -> str:
        name = "materials" if made is not None else "manage"
        return reverse(f"workshops:{name}", args=[self.found.public_id])


class RemoveMaterial(PeopleButton, RunAct):
    """Take a file away."""

    question = _("Delete this file?")
    follows = _("You cannot undo this. You would have to upload the file again.")
    said = _("The file has been removed.")
    own_page = ("", "workshops:materials")

    def act(self, form: ActForm) -> None:
        rows = self.found.materials.select_related("workshop__organisation")
        material = one_by_id(rows, "file", self.kwargs["file_id"])
        after.remove_file(material, **self.by)


class Door(RunAct):
    """Check in by a code that is typed, or by name."""

    form_class: ClassVar[Any] = forms.CodeForm
    template_name = "workshops/door.html"
    heading = _("Check-in")
    lead = _("Scan codes with your phone’s camera, or enter them here.")
    submit = _("Check in")

    def act(self, form: forms.CodeForm) -> Registration:
        code = form.cleaned_data["code"]
        return door.check_in(door.by_code(self.found, code), **self.by)

    def say(self, made: Registration) -> str:
        """Who has come."""
        return gettext("%(name)s is checked in.") % {"name": made.name}

    def address(self, made: Any = None) -> str:
        name = "door" if made is not None else "manage"
        return reverse(f"workshops:{name}", args=[self.found.public_id])

    def context(self) -> dict[str, Any]:
        rows = self.found.registrations.filter(state=SeatState.IN).order_by("name")
        return {"people": rows.select_related("city"), "counted": selectors.counted(self.found)}


class Scan(PeopleAct):
    """What a code leads to that was scanned: who it is, and one button."""

    form_class: ClassVar[Any] = ServiceForm
    template_name = "workshops/scan.html"
    list_page = LIST
    heading = _("Check-in")
    submit = _("Check in")

    def find(self, *args: Any, **ids: Any) -> Registration | None:
        if not self.actor.is_known:
            raise NotFound("registration", "of this link")
        try:
            registration = tokens.of_door(ids["token"])
        except NotFound:
            # Those who stand at a door read why; for others nothing is here, forged or not.
            if not selectors.runs_any(self.actor):
                raise
            return None
        if not rules.may_run(self.actor, registration.workshop):
            raise NotFound("registration", "of this link")
        return registration

    def act(self, form: Any) -> Registration:
        if self.found is None:
            raise InvalidData([Fault("code", "not-for-us")])
        return door.check_in(self.found, **self.by)

    def show(self, form: ActForm) -> HttpResponse:
        """The page; a code that we did not make leads to nobody, in words."""
        answer = super().show(form)
        if self.found is None and answer.status_code == 200:
            answer.status_code = 404
        return answer

    def say(self, made: Registration) -> str:
        """Who has come."""
        return gettext("%(name)s is checked in.") % {"name": made.name}

    def address(self, made: Any = None) -> str:
        if self.found is None:
            return reverse(LIST[1])
        return reverse("workshops:door", args=[self.found.workshop.public_id])

    def own_ids(self, made: Any = None) -> tuple[str, ...]:
        return ()
