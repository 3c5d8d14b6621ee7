"""Taking over a table of cases: upload, look, confirm."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotFound
from alliance.knowledge.case_tables import MOST_ROWS
from alliance.knowledge.file_checks import MOST_BYTES
from alliance.knowledge.rules import may_write_for
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.services import case_imports
from alliance.knowledge.table_names import empty_table
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.network.models import Organisation

_PLACES = {
    "file": gettext_lazy("file"),
    "table": gettext_lazy("table"),
    "rows": gettext_lazy("rows"),
}
#: Faults shown on the page; a file with more is told by their number.
MOST_FAULTS = 200


def _teams(actor: Actor) -> list[Organisation]:
    """The teams that the actor writes for. Raises NotFound where there is none."""
    own = Organisation.objects.filter(public_id__in=list(actor.teams)).order_by("name")
    teams = [team for team in own if may_write_for(actor, team)]
    if not teams:
        raise NotFound("page", "write/import")
    return teams


@require_safe
@missing_is_404
def empty(request: HttpRequest) -> HttpResponse:
    """A table to fill in: its columns and no row."""
    actor = actor_of(request)
    if not actor.is_known:
        return redirect_to_login(request.path)
    _teams(actor)
    return HttpResponse(
        empty_table(request.LANGUAGE_CODE),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="cases.csv"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def import_cases(request: HttpRequest) -> HttpResponse:
    """Upload a table of cases for a team, see what would come of it, and take it over."""
    actor = actor_of(request)
    if not actor.is_known:
        return redirect_to_login(request.path)
    teams = _teams(actor)
    context = {
        "teams": [(team.public_id, local_name(team, request.LANGUAGE_CODE)) for team in teams],
        "most": MOST_BYTES // 1_000_000,
        "most_rows": MOST_ROWS,
        "chosen": request.POST.get("team", teams[0].public_id),
    }
    if request.method != "POST":
        return render(request, "knowledge/import.html", context)
    chosen = next((team for team in teams if team.public_id == context["chosen"]), None)
    if chosen is None:
        raise NotFound("organisation", str(context["chosen"]))
    try:
        if "ticket" in request.POST:
            made = case_imports.take_over(
                request.POST["ticket"], organisation=chosen, actor=actor, at=clock.now()
            )
            messages.success(
                request,
                ngettext("%(n)s draft was made.", "%(n)s drafts were made.", made) % {"n": made}
                if made
                else _("Your team has these cases already; nothing was changed."),
            )
            return redirect("knowledge:write")
        upload = request.FILES.get("file")
        if upload is None or not upload.size:
            raise InvalidData([Fault("file", "no-file")])
        if upload.size > MOST_BYTES:
            raise InvalidData([Fault("file", "large-file", {"n": MOST_BYTES // 1_000_000})])
        staged = case_imports.stage(
            upload.read(), upload.name or "table", organisation=chosen, actor=actor, at=clock.now()
        )
    except InvalidData as error:
        context |= {
            "faults": [
                (_PLACES.get(one.where, one.where), one.rule) for one in error.faults[:MOST_FAULTS]
            ],
            "n_faults": len(error.faults),
            "more": max(0, len(error.faults) - MOST_FAULTS),
        }
        return render(request, "knowledge/import.html", context, status=422)
    return render(request, "knowledge/import.html", {**context, "staged": staged})
