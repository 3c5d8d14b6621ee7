"""Forms of a discussion: to post about a record, to report a post, to moderate it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.forms import ServiceForm
from alliance.core.text import csv_chunks
from alliance.network.access import actor_of
from alliance.network.addresses import DISCUSSED
from alliance.network.enums import AwaitsModeration, ModerationRule
from alliance.network.needs_offers_forms import language_choices
from alliance.network.rules import is_moderator
from alliance.network.selectors.discussion import (
    LOG_COLUMNS,
    get_appeal,
    get_own_hidden_post,
    get_post_to_moderate,
    get_post_to_report,
    log_row,
    moderation_figures,
    moderation_log,
)
from alliance.network.services import discussion as services
from alliance.network.views.actions import PeopleActionView
from alliance.web.actions import Step
from alliance.web.fields import LongText

#: Decisions shown on the page; the table has all.
MANY_ACTS = 50


class PostForm(ServiceForm):
    """The text of a post."""

    text = LongText(label=_("Your post"), rows=5)
    language = forms.ChoiceField(label=_("Language of the text"), choices=language_choices)


class ReportForm(ServiceForm):
    """The reason of a report."""

    reason = LongText(label=_("What is the problem?"), rows=3)


class ModerateForm(ServiceForm):
    """Whether a post is hidden, and why."""

    hide = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Hide post")), ("no", _("Show post"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    rule = forms.ChoiceField(
        label=_("Rule broken"),
        required=False,
        choices=[("", _("no rule broken")), *ModerationRule.choices],
    )
    reason = LongText(
        label=_("Reason"), rows=3, help_text=_("This text replaces the hidden post and is public.")
    )


class _OnRecord(PeopleActionView):
    """Base of the pages about a post; success leads back to the page of the record."""

    def subject(self) -> tuple[str, str]:
        """The kind and the id of the record."""
        return self.object.kind, self.object.record_id

    def get_success_url(self, made: Any = None) -> str:
        name, record_id = self.subject()
        kind = DISCUSSED[name]
        return reverse(kind.page, args=[record_id]) + kind.anchor

    def get_breadcrumbs(self) -> list[Step]:
        label, route = DISCUSSED[self.subject()[0]].board
        return [(label, reverse(route))]


class WritePost(_OnRecord):
    """Post about a need or an offer."""

    form_class = PostForm
    heading = _("Join the discussion")
    lead = _("Your post and your name are public.")
    submit_label = _("Publish")
    success_message = _("Your post has been published.")
    getter: ClassVar[Any] = None
    service = services.write_post

    def subject(self) -> tuple[str, str]:
        return self.object._meta.model_name, self.object.public_id

    def get_object(self, *args: Any, **ids: Any) -> Any:
        return self.getter(ids["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language}


class ReportPost(_OnRecord):
    """Report a post to the moderators."""

    form_class = ReportForm
    getter = get_post_to_report
    service = services.report_post
    heading = _("Report a post")
    lead = _("The moderators will read your report and decide. The author cannot see who sent it.")
    submit_label = _("Send")
    success_message = _("Thank you. The moderators will look at your report.")


class ModeratePost(_OnRecord):
    """Hide a post, or show it."""

    form_class = ModerateForm
    template_name = "network/moderate.html"
    getter = get_post_to_moderate
    service = services.moderate_post
    heading = _("Moderate a post")
    lead = _(
        "Your decision closes all reports of this post. The author gets an email if the "
        "post is hidden or made visible again."
    )
    success_message = _("Decision saved.")

    def get_initial(self) -> dict[str, Any]:
        hide = "yes" if self.object.hidden_at else "no"
        reason = self.object.hidden_because
        return {"hide": hide, "reason": "" if reason in AwaitsModeration.values else reason}

    def get_context_data(self) -> dict[str, Any]:
        return {"reports": self.object.reports.filter(settled_at=None)}


class ObjectForm(ServiceForm):
    """Why a post should be shown."""

    text = LongText(label=_("Why should it be visible?"), rows=4)


class ObjectToHiding(_OnRecord):
    """Object to the hiding of one's own post."""

    form_class = ObjectForm
    getter = get_own_hidden_post
    service = services.object_to
    heading = _("Object to this decision")
    lead = _("A network moderator will read your objection, decide and explain why.")
    submit_label = _("Send")
    success_message = _("Your objection has been sent.")


class DecideForm(ServiceForm):
    """The decision on an objection."""

    reverse = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("no", _("Keep it hidden")), ("yes", _("Make it visible again"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = LongText(label=_("Reason"), rows=3, help_text=_("The author will read this."))


class DecideAppeal(PeopleActionView):
    """Decide on an objection."""

    form_class = DecideForm
    template_name = "network/appeal.html"
    getter = get_appeal
    service = services.decide_appeal
    list_page = (_("How contributions are moderated"), "network:moderation")
    heading = _("Decide on an objection")
    success_message = _("Decision saved.")

    def get_url_ids(self, made: Any = None) -> tuple[()]:
        return ()


@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    """The policy, and how it was applied: decisions by role, time and result of objections."""
    context = {
        "rules": ModerationRule.choices,
        "figures": moderation_figures(),
        "acts": moderation_log()[:MANY_ACTS],
        "may_moderate": is_moderator(actor_of(request)),
        "today": clock.today(),
    }
    return render(request, "network/moderation.html", context)


@require_safe
def moderation_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole log as a table. It contains no person and no text of a post."""
    rows = (log_row(act) for act in moderation_log().iterator(chunk_size=2_000))
    response = StreamingHttpResponse(
        csv_chunks(LOG_COLUMNS, rows), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="moderation.csv"'
    return response
