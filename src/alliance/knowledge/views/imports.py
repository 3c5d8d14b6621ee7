"""Taking over a table of cases: upload, look, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotFound
from alliance.core.files.uploads import content_of
from alliance.knowledge.case_tables import MOST_ROWS
from alliance.knowledge.file_checks import MOST_BYTES
from alliance.knowledge.rules import may_write_for
from alliance.knowledge.selectors.localise import local_name
from alliance.knowledge.selectors.writing_access import get_case_file_for
from alliance.knowledge.services import case_imports
from alliance.knowledge.table_names import empty_table
from alliance.knowledge.views import actor_of
from alliance.network.models import Organisation
from alliance.network.views import dropping, for_people, page_of_file

_PLACES = {
    "file": gettext_lazy("file"),
    "table": gettext_lazy("table"),
    "rows": gettext_lazy("rows"),
}
#: Faults shown on the page; a file with more is told by their number.
MOST_FAULTS = 200
#: Rows shown on the page.
MOST_LINES = 500


def _teams(actor: Actor) -> list[Organisation]:
    """The teams that the actor writes for. Raises NotFound where there is none."""
    own = Organisation.objects.filter(public_id__in=list(actor.teams)).order_by("name")
    teams = [team for team in own if may_write_for(actor, team)]
    if not teams:
        raise NotFound("page", "write/import")
    return teams


@require_safe
@for_people
def empty(request: HttpRequest) -> HttpResponse:
    """A table to fill in: its columns and no row."""
    _teams(actor_of(request))
    return HttpResponse(
        empty_table(request.LANGUAGE_CODE),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="cases.csv"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def import_cases(request: HttpRequest) -> HttpResponse:
    """Upload a table of cases for a team."""
    actor = actor_of(request)
    teams = _teams(actor)
    context: dict[str, Any] = {
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
        upload: Any = request.FILES.get("file")
        row = case_imports.stage(
            content_of(upload, MOST_BYTES),
            upload.name or "table",
            organisation=chosen,
            actor=actor,
            at=clock.now(),
            language=request.LANGUAGE_CODE,
        )
    except InvalidData as error:
        context |= _faults_context(error.faults)
        return render(request, "knowledge/import.html", context, status=422)
    return redirect("knowledge:import-file", row.public_id)


def _faults_context(faults: Sequence[Fault]) -> dict[str, Any]:
    """Faults as the page shows them."""
    return {
        "faults": [
            (_PLACES.get(fault.where, fault.where), fault.rule) for fault in faults[:MOST_FAULTS]
        ],
        "n_faults": len(faults),
        "more": max(0, len(faults) - MOST_FAULTS),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def import_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """What would come of a table that was uploaded; a yes takes it over."""
    actor = actor_of(request)
    row = get_case_file_for(actor, public_id)
    status = 200
    if request.method == "POST":
        try:
            row = case_imports.take_over(row, actor=actor, at=clock.now())
        except InvalidData:
            # Its page says why.
            row.refresh_from_db()
            status = 422
        else:
            return redirect("knowledge:import-file", public_id)
    lines = row.report.get("lines", [])
    return page_of_file(
        request,
        row,
        page="knowledge/import_file.html",
        state="knowledge/import_state.html",
        context={
            "lines": lines[:MOST_LINES],
            "more_lines": max(0, len(lines) - MOST_LINES),
            "n_new": sum(not line["is_same"] for line in lines),
            **_faults_context(row.fault_list),
        },
        status=status,
    )


drop = dropping(get_case_file_for, page="knowledge:import-file", to="knowledge:import-cases")
