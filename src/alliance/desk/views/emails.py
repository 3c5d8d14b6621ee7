"""Failed emails, on the secretariat's dashboard."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from alliance.accounts.models import User
from alliance.accounts.selectors import failed_letters
from alliance.core import clock
from alliance.desk import services
from alliance.desk.selectors.access import open_desk
from alliance.knowledge.views import actor_of
from alliance.network.views import done, for_people
from alliance.web.paging import page_number, page_of

EMAILS_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def emails(request: HttpRequest) -> HttpResponse:
    """Failed emails, the oldest first; a POST resends one or all, drops one, or sends a test email
    to the reader."""
    actor = actor_of(request)
    open_desk(actor)
    if request.method == "POST":
        if request.POST.get("act") == "try":
            address = services.try_email(actor=actor, at=clock.now())
            words = (
                _(
                    "An email to %(address)s is on its way. If it does not arrive, check "
                    "this page again."
                )
                if settings.EMAIL_HOST
                else _("The email to %(address)s will be saved in this server’s folder “mail”.")
            )
            return done(request, words % {"address": address}, "knowledge:desk-emails")
        again, job = request.POST.get("act") != "drop", request.POST.get("job", "")
        n = services.settle_letters(job, again=again, actor=actor, at=clock.now())
        message = (
            ngettext("%(n)s email is on its way.", "%(n)s emails are on their way.", n)
            if again
            else ngettext("%(n)s email deleted.", "%(n)s emails deleted.", n)
        )
        return done(request, message % {"n": n}, "knowledge:desk-emails")
    page = page_of(Paginator(failed_letters(), EMAILS_PER_PAGE), page_number(request))
    people = User.objects.in_bulk([letter.person for letter in page if letter.person])
    lines = [(letter, people.get(letter.person)) for letter in page]
    context = {"page": page, "lines": lines, "are_files": not settings.EMAIL_HOST}
    return render(request, "desk/emails.html", context)
