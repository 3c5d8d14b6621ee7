"""Moderating contributions, reporting them, and objecting to a decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.core.forms import ServiceForm
from alliance.network.access import actor_of
from alliance.network.enums import ModerationRule
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView
from alliance.participation.forms import TrapForm
from alliance.participation.models import Contribution
from alliance.participation.selectors import pages as select
from alliance.participation.selectors.access import (
    MODERATE,
    get_contribution,
    get_process_for,
)
from alliance.participation.services import moderating as services
from alliance.participation.services.participants import known_participant
from alliance.participation.views.residents import LIST, ResidentActionView
from alliance.web.actions import Step
from alliance.web.fields import LongText
from alliance.web.paging import page_number


class DecideForm(ServiceForm):
    """Release or hide a contribution."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (services.RELEASE, pgettext_lazy("moderation", "Show")),
            (services.HIDE, pgettext_lazy("moderation", "Hide")),
        ],
        widget=forms.RadioSelect,
    )
    rule = forms.ChoiceField(
        label=_("Rule broken"),
        required=False,
        choices=[("", _("no rule broken")), *ModerationRule.choices],
    )
    reason = LongText(
        label=_("Reason"), rows=2, help_text=_("Shown to everyone in place of a hidden text.")
    )


@require_safe
@for_people
def waiting(request: HttpRequest, public_id: str) -> HttpResponse:
    """Contributions that wait for a moderator, or were reported."""
    process = get_process_for(actor_of(request), public_id, MODERATE)
    context = {
        "process": process,
        "page": select.to_moderate(process, number=page_number(request)),
        "form": DecideForm(auto_id=False),
        "rules": ModerationRule.choices,
    }
    return render(request, "participation/waiting.html", context)


class Moderate(PeopleActionView):
    """Decide on a contribution."""

    form_class = DecideForm
    template_name = "participation/moderate.html"
    service = services.moderate
    heading = _("Show or hide a text")
    lead = _("The author can read the reason and object.")
    success_message = _("Decision saved.")

    def get_object(self, *args: Any, **ids: Any) -> Contribution:
        process = get_process_for(self.actor, ids["public_id"], MODERATE)
        return get_contribution(process, ids["post_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"decision": services.HIDE if self.object.post.hidden_at else services.RELEASE}

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:waiting", args=[self.object.process.public_id])

    def get_breadcrumbs(self) -> list[Step]:
        title = str(self.object.process.localised_text("title", self.language))
        return [(LIST[0], reverse(LIST[1])), (title, self.get_success_url())]

    def get_context_data(self) -> dict[str, Any]:
        return {"reports": self.object.post.reports.filter(settled_at=None)}


class ReportForm(TrapForm):
    """The reason of a report."""

    reason = LongText(label=_("What is the problem?"), rows=3, max_length=300)


class OnContribution(ResidentActionView):
    """Base of the actions on a contribution."""

    contribution: Contribution

    def get_object(self, *args: Any, **ids: Any) -> Any:
        process = super().get_object(**ids)
        self.contribution = get_contribution(process, ids["post_id"])
        return process

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)


class Report(OnContribution):
    """Report a public contribution."""

    form_class = ReportForm
    heading = _("Report a text")
    lead = _("A moderator reads your report and decides what to do. No one can see who sent it.")
    submit_label = _("Send")
    success_message = _("Thank you. A moderator will look at it.")

    def get_object(self, *args: Any, **ids: Any) -> Any:
        process = super().get_object(**ids)
        if self.contribution.shown_at is None or self.contribution.post.hidden_at is not None:
            raise NotFound("contribution", ids["post_id"])
        return process

    def execute(self, form: ReportForm) -> None:
        services.report(
            self.contribution,
            reason=form.cleaned_data["reason"],
            address=self.where_from,
            at=clock.now(),
        )


class ObjectForm(ServiceForm):
    """Why a text should be shown, with the receipt code of a participant without a cookie."""

    code = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    text = LongText(label=_("Why should it be visible?"), rows=4)


class Object(OnContribution):
    """Object to the hiding of one's own text; without a cookie the receipt code is sent, never in
    the address."""

    form_class = ObjectForm
    heading = _("Object to this decision")
    lead = _("A network moderator will read your objection, decide and explain why.")
    submit_label = _("Send")
    success_message = _("Your objection has been sent.")

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        """Ask for the receipt code if it is in the address, as in earlier versions."""
        if request.method != "POST" and "code" in request.GET:
            return redirect("participation:receipt")
        return super().get(request, **ids)

    post = get

    @property
    def submitted_data(self) -> QueryDict | None:
        """The input; a reader who comes with only the receipt code gets an empty form."""
        is_new = self.request.method == "POST" and "text" not in self.request.POST
        return None if is_new else super().submitted_data

    def get_object(self, *args: Any, **ids: Any) -> Any:
        process = super().get_object(**ids)
        owner = self.contribution.participant
        code = self.request.POST.get("code", "").strip()
        if code:
            # Input to this form is not autosaved, because it contains the receipt code.
            self.request.typing = None  # type: ignore[attr-defined]
        is_own = owner is not None and (
            owner == known_participant(self.request, process) or owner.receipt == code
        )
        if not is_own:
            raise NotFound("contribution", ids["post_id"])
        return process

    def get_initial(self) -> dict[str, Any]:
        return {"code": self.request.POST.get("code", "").strip()}

    def execute(self, form: ObjectForm) -> None:
        owner = self.contribution.participant
        assert owner is not None
        services.object_to(self.contribution, owner, text=form.cleaned_data["text"], at=clock.now())
