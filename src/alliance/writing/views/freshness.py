"""Pages on which a team says that a case still holds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from alliance.cases import rules
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.access import get_case_for
from alliance.cases.selectors.localise import chosen_text
from alliance.cases.views.actions import CasePostView
from alliance.core import clock
from alliance.core.errors import NotAllowed, NotFound
from alliance.network.access import actor_for
from alliance.writing.services import freshness


class Confirm(CasePostView):
    """Say that a case still holds, as a member of the team that answers for it."""

    service = freshness.confirm_case
    success_message = _("Thank you. The case is still correct. We will ask again in a year.")

    def get_object(self, *args: Any, **ids: Any) -> CaseStudy:
        case = super().get_object(**ids)
        if not rules.may_change_case(self.actor, case):
            raise NotFound("case", case.public_id)
        return case


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """What a link from a reminder leads to: confirm without signing in, or go on to change it.

    Looking at the page uses nothing up: mail programs open links by themselves.
    """
    at = clock.now()
    link = freshness.link_for(secret, at=at)
    if link is None or link.user is None:
        return render(request, "writing/confirm_ended.html", status=410)
    actor = actor_for(link.user, at=at)
    try:
        case = get_case_for(actor, link.record_id)
    except NotFound:
        return render(request, "writing/confirm_ended.html", status=410)
    if not rules.may_change_case(actor, case):
        return render(request, "writing/confirm_ended.html", status=410)
    text = chosen_text(case.texts.all(), request.LANGUAGE_CODE, case.original_language)
    context = {"case": case, "text": text.text, "lang": text.lang_attr, "today": at.date()}
    if request.method != "POST":
        return render(request, "writing/confirm.html", context)
    try:
        confirmed = freshness.confirm_by_link(link, actor=actor, at=at)
    except NotAllowed:
        return render(request, "writing/confirm_ended.html", status=410)
    return render(request, "writing/confirmed.html", {**context, "case": confirmed})
