"""Answering contributions, and fulfilling promises."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core.errors import NotFound
from alliance.core.forms import ServiceForm
from alliance.network.access import actor_of
from alliance.network.needs_offers_forms import language_choices
from alliance.network.views import for_people
from alliance.network.views.actions import PeoplePostView
from alliance.participation.enums import AnswerOutcome
from alliance.participation.models import Answer, Contribution, Process, Promise
from alliance.participation.selectors import pages as select
from alliance.participation.selectors.access import RUN, get_process_for
from alliance.participation.services import answering as services
from alliance.participation.templatetags.participation_words import in_language
from alliance.participation.views.running import ProcessActionView
from alliance.web.actions import ActionForm
from alliance.web.fields import LongText, ShortText, day_field
from alliance.web.formatting import colon, day, language_name


class AnswerForm(ServiceForm):
    """One answer for the selected contributions."""

    contributions = forms.MultipleChoiceField(
        label=_("Texts this answer covers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Untick texts that say something else. Tick texts that belong here."),
    )
    outcome = forms.ChoiceField(
        label=_("Outcome of these contributions"), choices=AnswerOutcome, widget=forms.RadioSelect
    )
    reason = LongText(label=_("Reason for the answer"), rows=5, max_length=services.LONGEST_REASON)
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)
    promise = ShortText(label=_("Work to be done"), size=60, max_length=services.LONGEST_PROMISE)
    due_on = day_field(
        label=_("Due date"),
        help_text=_(
            "Enter a date only if something will be built or done. We email the authors "
            "when it is finished."
        ),
    )


class PromiseOutcomeForm(ServiceForm):
    """The outcome of a promise."""

    outcome = LongText(label=_("Result"), rows=5, max_length=services.LONGEST_OUTCOME)


@require_safe
@for_people
def answers(request: HttpRequest, public_id: str) -> HttpResponse:
    """Unanswered contributions by groups, and answered ones."""
    process = get_process_for(actor_of(request), public_id, RUN)
    context = {"process": process, **select.answers_page(process)}
    return render(request, "participation/answers.html", context)


class GroupAlike(PeoplePostView, ProcessActionView):
    """Group unanswered contributions by similarity."""

    def execute(self, form: ActionForm) -> int:
        return services.group_alike(self.object, **self.by)

    def get_success_response(self, made: int) -> HttpResponse:
        message = gettext("Texts grouped by similarity: %(n)s groups.") % {"n": made}
        messages.success(self.request, message)
        return super().get_success_response(None)

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:answers", args=[self.object.public_id])


class AnswerGroup(ProcessActionView):
    """Answer a group, or with 0 the contributions in none."""

    form_class = AnswerForm
    heading = _("Answer several texts together")
    lead = _("Authors who left an email address get an email. Anyone can read the answer.")
    submit_label = _("Publish answer")
    success_message = _("The answer is published.")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        self.group = process.groups.filter(number=ids["number"]).first()
        if self.group is None and ids["number"]:
            raise NotFound("group", str(ids["number"]))
        self.rows = select.to_answer(process, self.group)
        return process

    def get_initial(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "reason": self.beginning(),
            "contributions": [row.public_id for row in self.rows if row.group == self.group],
        }

    def beginning(self) -> str:
        """A draft of an answer; text in brackets has to be replaced."""
        if self.group is None:
            thanks = gettext("Thank you for your contribution.")
        else:
            thanks = gettext("Thank you for writing about “%(what)s”.") % {"what": self.group.title}
        return f"{thanks} " + gettext("[What the city will do.] [Why.]")

    def get_form_kwargs(self) -> dict[str, Any]:
        labels = [(row.public_id, select.in_short(row)) for row in self.rows]
        return {"choices": {"contributions": labels}}

    def execute(self, form: AnswerForm) -> Answer:
        cleaned_data = dict(form.cleaned_data)
        ids = set(cleaned_data.pop("contributions"))
        chosen: list[Contribution] = [row for row in self.rows if row.public_id in ids]
        return services.answer(self.object, chosen, services.AnswerData(**cleaned_data), **self.by)

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:answers", args=[self.object.public_id])


class FulfilPromise(ProcessActionView):
    """Mark a promise as fulfilled."""

    form_class = PromiseOutcomeForm
    service = services.fulfil_promise
    heading = _("Report on a promise")
    success_message = _("Saved. People who asked for this get an email.")
    promise: Promise

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        promise = process.promises.filter(public_id=ids["promise_id"]).first()
        if promise is None:
            raise NotFound("promise", ids["promise_id"])
        self.promise = promise
        return process

    def get_initial(self) -> dict[str, Any]:
        return {"outcome": self.promise.outcome}

    def execute(self, form: PromiseOutcomeForm) -> Promise:
        return services.fulfil_promise(
            self.promise, outcome=form.cleaned_data["outcome"], **self.by
        )

    def get_context_data(self) -> dict[str, Any]:
        """Which promise it is: a process may have several of a kind."""
        promise = self.promise
        lead = gettext("Anyone can read this on the process page. Write in %(language)s.")
        return {
            "heading": str(promise.get_kind_display()).capitalize(),
            "lead": format_html(
                "{}{} {}<br>{}",
                gettext("Promised by %(date)s") % {"date": day(promise.due_on)},
                colon(),
                in_language(promise.text, promise.language),
                lead % {"language": language_name(promise.language)},
            ),
        }
