"""Pages of answers to a challenge: submitting, reading, changing, withdrawing, naming the pilot."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.views import missing_is_404, private
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds.forms.challenges import AnswerForm
from alliance.testbeds.forms.testbeds import PilotForm
from alliance.testbeds.models import Answer, Challenge
from alliance.testbeds.selectors.access import get_answer_for, get_challenge_for, get_speaking_team
from alliance.testbeds.selectors.challenges import (
    answer_lines,
    pilots_to_name,
)
from alliance.testbeds.services import answers as services
from alliance.web.actions import ActionForm


def _answer(request: HttpRequest, public_id: str, answer_id: str) -> tuple[Actor, Answer]:
    actor = actor_of(request)
    challenge = get_challenge_for(actor, public_id)
    return actor, get_answer_for(actor, challenge, answer_id, clock.today())


@require_safe
@missing_is_404
def answer(request: HttpRequest, public_id: str, answer_id: str) -> HttpResponse:
    """Shows an answer to those who may read it."""
    actor, record = _answer(request, public_id, answer_id)
    language, today = request.LANGUAGE_CODE, clock.today()
    lines = answer_lines(record.challenge, actor, language, today)
    context = {
        "one": next(line for line in lines if line.public_id == answer_id),
        "challenge": record.challenge,
        "today": today,
        "may_write": rules.may_write_answer(actor, record, today),
    }
    if rules.may_name_pilot(actor, record):
        pilots = pilots_to_name(record.organisation, record.challenge.organisation)
        named = record.pilot.public_id if record.pilot else ""
        context["pilot_form"] = PilotForm(choices={"pilot": pilots}, initial={"pilot": named})
    return private(render(request, "testbeds/answer.html", context))


class AnswerForming(PeopleActionView):
    """The form of an answer, with the declaration."""

    form_class = AnswerForm
    template_name = "testbeds/answer_form.html"
    list_page = (_("Challenges"), "testbeds:challenges")
    object_page = ("", "testbeds:challenge")
    created_page = ("testbeds:answer", True)
    submit_label = _("Submit")
    success_message = _("The answer has been submitted and sealed.")
    challenge: Challenge
    team: Organisation

    def get_title(self) -> str:
        return self.challenge.title

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext(
            "You are answering %(city)s on behalf of %(team)s. Only your team can read "
            "the answer until the last day is over. It becomes public with the decision. "
            "Do not include anything that must stay secret."
        )
        city = local_name(self.challenge.city, self.language)
        return {"lead": lead % {"city": city, "team": local_name(self.team, self.language)}}


class AnswerNew(AnswerForming):
    """Submits an answer for `team`."""

    heading = _("Answer the challenge")

    def get_object(self, public_id: str) -> None:
        self.challenge = get_challenge_for(self.actor, public_id)
        self.team = get_speaking_team(self.actor, self.request.GET.get("team", ""))

    def get_initial(self) -> dict[str, Any]:
        name = self.actor.user.name if self.actor.user else ""
        return {"language": self.language, "declared_name": name}

    def execute(self, form: AnswerForm) -> Answer:
        return services.hand_in_answer(self.challenge, self.team, form.words(), **self.by)


class AnswerChange(AnswerForming):
    """Changes an answer while the challenge is open."""

    heading = _("Edit the answer")

    def get_object(self, public_id: str, answer_id: str) -> Answer:
        _actor, record = _answer(self.request, public_id, answer_id)
        self.challenge, self.team = record.challenge, record.organisation
        return record

    def get_initial(self) -> dict[str, Any]:
        return AnswerForm.initial_of(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"rows": {"claims": list(self.object.claims.values("text", "url"))}}

    def execute(self, form: AnswerForm) -> Answer:
        return services.change_answer(self.object, form.words(), **self.by)


class AnswerPostView(PeoplePostView):
    """Base of the actions of the answering team on its answer."""

    object_page = ("", "testbeds:answer")

    def get_object(self, public_id: str, answer_id: str) -> Answer:
        return _answer(self.request, public_id, answer_id)[1]

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The URL of an answer contains the id of its challenge."""
        return list(self.kwargs.values())


class AnswerWithdraw(AnswerPostView):
    """Withdraws an answer while the challenge is open."""

    service = services.withdraw_answer
    confirmation = _("Withdraw this answer?")
    consequence = _(
        "No one will ever open it. While the challenge is open, you can submit another answer."
    )
    success_message = _("The answer has been withdrawn. No one else will read it.")

    def get_success_url(self, made: Any = None) -> str:
        return reverse("testbeds:challenge", args=[self.kwargs["public_id"]])


class AnswerPilot(AnswerPostView):
    """Records which pilot resulted from a chosen answer."""

    success_message = _("The pilot linked to the answer has been saved.")

    def execute(self, form: ActionForm) -> Answer:
        pilot = self.request.POST.get("pilot", "")[:80].replace("\x00", "")
        return services.name_pilot_of_answer(self.object, pilot=pilot, **self.by)
