"""The pages for those who run a process: three steps, checklist, opening, entering paper forms."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData, NotAllowed, NotFound
from alliance.core.files.uploads import content_of
from alliance.core.forms import ServiceForm
from alliance.network.access import actor_of
from alliance.network.enums import Language
from alliance.network.localise import local_name
from alliance.network.models import Need, Organisation
from alliance.network.selectors.access import get_city_team
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.participation import panels, starting
from alliance.participation.enums import ContributionKind, ProcessKind, ProcessState
from alliance.participation.forms import (
    EnterForm,
    EnterProposalsForm,
    PrepareForm,
    PromiseForm,
    QuestionForm,
    SeedsForm,
    StartForm,
    TranslateForm,
)
from alliance.participation.messages import STEP_NAMES
from alliance.participation.models import Participant, Process
from alliance.participation.selectors import pages as select
from alliance.participation.selectors.access import ENTER, RUN, get_process_for
from alliance.participation.services import census, own, translating
from alliance.participation.services import contributions as writing
from alliance.participation.services import processes as services
from alliance.participation.services.participants import digest_of_form
from alliance.participation.views.residents import LIST
from alliance.web.actions import ActionForm
from alliance.web.fields import LongText
from alliance.web.formatting import language_name


def topic_of(request: HttpRequest) -> str:
    """The topic whose sample texts prefill the page."""
    return request.GET.get("from", "")[:40]


def topics(request: HttpRequest, language: str) -> list[tuple[str, str, bool]]:
    """Address and name of each topic, and whether it prefills the page."""
    params = {name: value for name in ("team", "need") if (value := request.GET.get(name))}
    return [
        ("?" + urlencode({**params, "from": topic}), name, topic == topic_of(request))
        for topic, name in starting.topics(language)
    ]


def onwards(address: str, request: HttpRequest) -> str:
    """The address of the next page, with the same topic."""
    topic = topic_of(request)
    return f"{address}?{urlencode({'from': topic})}" if topic else address


class Start(PeopleActionView):
    """Start a process in the name of the city of `team`."""

    form_class = StartForm
    list_page = LIST
    created_page = ("participation:promise", False)
    template_name = "participation/start.html"
    heading = _("Ask your residents")
    submit_label = _("Save and continue to the promises")

    def get_object(self, *args: Any, **ids: Any) -> Organisation:
        return get_city_team(self.actor, self.request.GET.get("team", ""))

    def get_form_kwargs(self) -> dict[str, Any]:
        needs = Need.objects.filter(organisation=self.object, ended_at=None).order_by("-id")
        return {"choices": {"need": [(need.public_id, need.title) for need in needs]}}

    def get_form(self) -> ActionForm:
        """The form, without the field for a need if the city has none."""
        form = super().get_form()
        if len(form.fields["need"].choices) == 1:  # type: ignore[attr-defined]
            del form.fields["need"]
        return form

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("need", "")
        texts = starting.texts_of(topic_of(self.request), self.language)
        return {"language": self.language, "kind": "dialogue", "need": asked, **texts}

    def execute(self, form: StartForm) -> Process:
        need = Need.objects.filter(
            organisation=self.object, public_id=form.cleaned_data.get("need", "")
        ).first()
        return services.start(self.object, form.as_data(), need=need, **self.by)

    def get_success_url(self, made: Any = None) -> str:
        return onwards(super().get_success_url(made), self.request)

    def get_context_data(self) -> dict[str, Any]:
        city = local_name(self.object.city, self.language)
        lead = gettext("Step 1 of 3, for %(city)s. Only your team sees it until you open it.")
        return {
            "lead": lead % {"city": city},
            "topics": topics(self.request, self.language),
        }


class ProcessActionView(PeopleActionView):
    """Base of the actions of those who run a process."""

    list_page = LIST
    object_page = ("", "participation:manage")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        return get_process_for(self.actor, ids["public_id"], RUN)


class ProcessStep(ProcessActionView):
    """One of the three steps; while the process is a draft, each leads to the next."""

    step: ClassVar[str] = ""
    next_step: ClassVar[str] = "manage"
    success_message = _("Saved.")

    def get_success_url(self, made: Any = None) -> str:
        name = "manage"
        if made is not None and made.state == ProcessState.DRAFT:
            name = self.next_step
        address = reverse(f"participation:{name}", args=[self.object.public_id])
        return address if name == "manage" else onwards(address, self.request)

    def begun(self, form_class: Any) -> dict[str, Any]:
        """The texts of the process; empty ones are prefilled with samples on the topic."""
        texts = starting.texts_of(topic_of(self.request), self.object.language)
        names = form_class.base_fields
        return {
            name: getattr(self.object, name) or texts.get(name)
            for name in names
            if hasattr(self.object, name)
        }

    def get_context_data(self) -> dict[str, Any]:
        return {"heading": STEP_NAMES[self.step]}


class Ask(ProcessStep):
    step, next_step = "ask", "promise"
    form_class = QuestionForm
    lead = _("Step 1 of 3. Your question and who it is for.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in QuestionForm.base_fields}

    def execute(self, form: QuestionForm) -> Process:
        return services.ask(self.object, form.as_data(), **self.by)


class Promise(ProcessStep):
    step, next_step = "promise", "prepare"
    form_class = PromiseForm
    service = services.promise
    lead = _(
        "Step 2 of 3. Residents read this before they answer. You cannot change it once "
        "the process is open."
    )

    def get_initial(self) -> dict[str, Any]:
        return self.begun(PromiseForm)


class Prepare(ProcessStep):
    step = "prepare"
    form_class = PrepareForm
    service = services.prepare
    lead = _(
        "Step 3 of 3. What residents should know before they answer, and when they can take part."
    )

    def get_initial(self) -> dict[str, Any]:
        return self.begun(PrepareForm) | {"is_strict": "yes" if self.object.is_strict else "no"}

    @property
    def next_step(self) -> str:  # type: ignore[override]
        """Statements on the topic come next, if there are any."""
        has_seeds = topic_of(self.request) and self.object.kind == ProcessKind.DIALOGUE
        return "seeds" if has_seeds else "manage"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            "rows": PrepareForm.rows_of(self.object),
            "has_single_activity": self.object.has_single_activity,
        }


class Seeds(ProcessActionView):
    """Add statements with which a dialogue starts."""

    form_class = SeedsForm
    template_name = "participation/start.html"
    heading = _("Statements to start with")
    lead = _(
        "Ten to thirty statements give residents something to answer straight away. "
        "Each one shows who wrote it."
    )
    submit_label = _("Add statements")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        if process.kind != ProcessKind.DIALOGUE:
            raise NotFound("dialogue", ids["public_id"])
        return process

    def get_initial(self) -> dict[str, Any]:
        texts = starting.texts_of(topic_of(self.request), self.object.language)
        return {"language": self.object.language, "lines": "\n".join(texts.get("seeds", ()))}

    def get_context_data(self) -> dict[str, Any]:
        return {
            "topics": topics(self.request, self.language),
        }

    def execute(self, form: SeedsForm) -> int:
        return len(writing.add_lines(self.object, **form.cleaned_data, **self.by))

    def get_success_message(self, made: int) -> str:
        text = ngettext("%(n)s statement added.", "%(n)s statements added.", made)
        return text % {"n": made}

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:manage", args=[self.object.public_id])


class Translate(ProcessActionView):
    """Translate the texts of the city."""

    form_class = TranslateForm
    success_message = _("Saved.")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        if ids["code"] not in Language.values:
            raise NotFound("language", ids["code"])
        return super().get_object(**ids)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"parts": translating.parts_of(self.object, self.kwargs["code"])}

    def get_context_data(self) -> dict[str, Any]:
        heading = gettext("Texts in %(language)s") % {
            "language": language_name(self.kwargs["code"])
        }
        lead = gettext(
            "Enter the texts for residents in this language. Blank fields are shown in "
            "%(original)s, and the page says so."
        )
        return {
            "heading": heading,
            "lead": lead % {"original": language_name(self.object.language)},
        }

    def execute(self, form: TranslateForm) -> int:
        return translating.translate(self.object, self.kwargs["code"], form.cleaned_data, **self.by)


@require_safe
@for_people
def manage(request: HttpRequest, public_id: str) -> HttpResponse:
    """A process for those who run it: checklist, promises, tasks, printouts."""
    actor = actor_of(request)
    process = get_process_for(actor, public_id, ENTER)
    panel = panels.panels().get(process.kind)
    if panel and panel.runs_at:
        return redirect(panel.runs_at, public_id)
    context = select.manage_page(process, actor, at=clock.now())
    context["own_page"] = panel.manage if panel else None
    return render(request, "participation/manage.html", context)


class Open(PeoplePostView, ProcessActionView):
    success_message = _("The process is open. Anyone can read its page.")

    def execute(self, form: ActionForm) -> Process:
        return services.open_process(self.object, **self.by)


class Drop(PeoplePostView, ProcessActionView):
    """Delete a process that never opened."""

    confirmation = _("Cancel this process?")
    consequence = _("You cannot restart it.")
    success_message = _("The process has been cancelled.")

    def execute(self, form: ActionForm) -> None:
        services.drop(self.object, **self.by)

    def get_success_response(self, made: Any) -> HttpResponse:
        super().get_success_response(made)
        return redirect("participation:processes")


class EnterPaper(PeopleActionView):
    """Enter the contributions of one person on paper, by phone or at a counter."""

    list_page = LIST
    object_page = ("", "participation:manage")
    heading = _("Enter contributions received on paper or by phone")
    lead = _(
        "Enter one person at a time. These contributions count the same as those "
        "made online. They are marked to show how they were received."
    )
    submit_label = _("Save this person’s contributions")
    #: The form for statements; subclasses for other kinds have their own.
    kinds_form: ClassVar[Any] = EnterForm

    def get_object(self, *args: Any, **ids: Any) -> Process:
        return get_process_for(self.actor, ids["public_id"], ENTER)

    @property
    def kind(self) -> str:
        """The kind of contributions in this process."""
        return writing.kind_of(self.object)

    def get_form(self) -> ActionForm:
        is_proposal = self.kind == ContributionKind.PROPOSAL
        self.form_class = EnterProposalsForm if is_proposal else self.kinds_form  # type: ignore[misc]
        return super().get_form()

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.object.language, "channel": "paper"}

    def execute(self, form: EnterForm) -> Participant:
        return writing.enter(
            self.object,
            form.as_data(self.kind),
            channel=form.cleaned_data["channel"],
            traits=form.traits,
            **self.by,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        """Save it, and ask for confirmation at the person's email address.

        The same page sent again, as when the response was lost, returns the existing person.
        """
        self.email = form.cleaned_data["email"]
        try:
            made = self._made_once(form)
        except NotAllowed as error:
            self.status = 403
            raise ValidationError(error.rule) from error
        if typing := getattr(self.request, "typing", None):
            typing.is_saved = True
        return self.get_success_response(made)

    def _made_once(self, form: Any) -> Participant:
        digest = digest_of_form(self.request, self.object)
        with transaction.atomic():
            # Two copies of a form that arrive at once wait for each other here.
            services.locked(self.object)
            made = self.object.participants.filter(token_digest=digest).first() if digest else None
            if made is None:
                made = self.execute(form)
                made.token_digest = digest
                made.save(update_fields=["token_digest"])
        return made

    def get_success_response(self, made: Participant) -> HttpResponse:
        if self.email:
            try:
                own.ask_to_confirm(made, self.email, at=clock.now())
            except InvalidData as error:
                messages.error(self.request, error.faults[0].rule)
        return super().get_success_response(made)

    def get_success_message(self, made: Participant) -> str:
        """The receipt code, to be passed on to the person."""
        text = gettext("Saved. This person’s receipt code: %(code)s.")
        return text % {"code": made.receipt}

    def get_success_url(self, made: Any = None) -> str:
        name = "enter" if made is not None else "manage"
        return reverse(f"participation:{name}", args=[self.object.public_id])


class Enter(EnterPaper):
    """The page for all kinds of processes, except those whose forms have a page of their own."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        """Show the form, or redirect to the page of the kind."""
        panel = panels.panels().get(self.get_object(**ids).kind)
        if panel and panel.enter:
            return redirect(panel.enter, ids["public_id"])
        return super().get(request, **ids)

    post = get


class CensusForm(ServiceForm):
    file = forms.FileField(
        label=_("CSV or Excel file"),
        required=False,
        help_text=_(
            "Three columns: the characteristic, the category and the number of people. "
            "The file replaces the table."
        ),
    )
    table = LongText(
        label=_("Residents by age, sex, home and part of the city"),
        rows=12,
        help_text=_(
            "One line per group, for example “Age, 18–29, 5120”, “Sex, woman, 10200”, "
            "“Home, rented, 9800” or “Part of the city, Hjällbo, 7100”. Ages: under 18, "
            "18–29, 30–49, 50–64, 65 or older. You can paste from a spreadsheet."
        ),
    )


class Census(ProcessActionView):
    """Enter the census with which participants are compared."""

    form_class = CensusForm
    heading = _("Who lives here?")
    lead = _(
        "Enter census figures so that the results page can show whether participants "
        "are similar to the residents."
    )
    success_message = _("Table saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"table": census.table_of(self.object)}

    def execute(self, form: CensusForm) -> int:
        cleaned_data = form.cleaned_data
        table = cleaned_data["table"]
        if cleaned_data["file"]:
            table = content_of(cleaned_data["file"], census.MOST_BYTES)
        return census.take_census(self.object, table, **self.by)
