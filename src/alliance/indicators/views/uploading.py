"""Bringing in figures by file: upload, look, say yes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import InvalidData, NotFound
from alliance.core.files.uploads import UploadState
from alliance.indicators import rules
from alliance.indicators.forms.uploading import ALL_CITIES, ReasonForm, UploadForm
from alliance.indicators.models import FigureFile
from alliance.indicators.selectors.entering import get_figure_file_for
from alliance.indicators.services import uploads
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.views import for_people, page_of_file, posted


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def upload(request: HttpRequest) -> HttpResponse:
    """Upload a file of figures, with what is to be said of all its rows."""
    actor = actor_of(request)
    teams = rules.entering_teams(actor)
    choices = [(one.public_id, local_name(one, request.LANGUAGE_CODE)) for one in teams]
    if rules.may_enter_all(actor):
        choices.append((ALL_CITIES, _("any city, as the secretariat")))
    if not choices:
        raise NotFound("page", "figures/upload")
    form = UploadForm(posted(request), request.FILES or None, teams=choices)
    if request.method == "POST" and _length(request) > uploads.MOST_BYTES:
        # Its content was not read to the end, nor the fields behind it.
        form.errors.clear()
        form.add_error("file", _("is larger than %(n)s MB") % {"n": uploads.MOST_BYTES // 10**6})
    elif form.is_valid():
        try:
            row = _take(request, form, teams, actor)
        except InvalidData as error:
            form.take(error)
        else:
            return redirect("entering:file", row.public_id)
    status = 422 if form.errors else 200
    return render(request, "indicators/enter/upload.html", {"form": form}, status=status)


def _length(request: HttpRequest) -> int:
    """The bytes of what was sent, as its header says."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdigit() else 0


def _take(
    request: HttpRequest, form: UploadForm, teams: list[Organisation], actor: Actor
) -> FigureFile:
    given = form.cleaned_data["file"]
    chosen = form.cleaned_data["team"]
    return uploads.upload(
        given.read(),
        given.name or "file",
        form.options(),
        organisation=next((one for one in teams if one.public_id == chosen), None),
        actor=actor,
        at=clock.now(),
        language=request.LANGUAGE_CODE,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was understood of a file and what would come of it; a yes takes it over."""
    actor = actor_of(request)
    row = get_figure_file_for(actor, public_id)
    form = ReasonForm(posted(request))
    status = 200
    if form.is_valid():
        try:
            row = uploads.confirm(
                row, reason=form.cleaned_data["reason"], actor=actor, at=clock.now()
            )
        except InvalidData as error:
            form.take(error)
            status = 422
        else:
            if row.state == UploadState.DONE:
                _say_done(request, row)
            return redirect("entering:file", public_id)
    return page_of_file(
        request,
        row,
        page="indicators/enter/file.html",
        state="indicators/enter/state.html",
        context={"form": form},
        status=status,
    )


def _say_done(request: HttpRequest, row: FigureFile) -> None:
    count = row.batch.added + row.batch.revised if row.batch else 0
    messages.success(
        request,
        ngettext("%(n)s figure was taken over.", "%(n)s figures were taken over.", count)
        % {"n": count}
        if count
        else _("These figures are known already; nothing was changed."),
    )


@require_POST
@for_people
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Forget a file that is not wanted."""
    row = get_figure_file_for(actor_of(request), public_id)
    if row.state == UploadState.RECORDING:
        # Somebody said yes in the meantime.
        return redirect("entering:file", public_id)
    row.drop()
    messages.success(request, _("The file was forgotten; nothing was taken over."))
    return redirect("entering:upload")
