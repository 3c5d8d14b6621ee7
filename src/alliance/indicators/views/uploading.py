"""Uploading figures as a file: upload, review, approve."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.core.files.uploads import UploadState
from alliance.indicators import rules
from alliance.indicators.forms.uploading import ALL_CITIES, ReasonForm, UploadForm
from alliance.indicators.models import FigureFile
from alliance.indicators.selectors.entering import get_figure_file_for
from alliance.indicators.services import uploads
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.views import dropping, for_people, page_of_file, posted
from alliance.network.views.actions import PeopleActionView


class Upload(PeopleActionView):
    """Uploads a file of figures, with options for all its rows."""

    form_class = UploadForm
    template_name = "indicators/enter/upload.html"
    heading = _("Upload figures")
    lead = _(
        "Before anything is saved, you can check how the file was read and what the "
        "import would change. Either all figures are imported, or none."
    )
    submit_label = _("Check the figures")
    list_page = (_("Enter figures"), "entering:start")
    object_page = ("", "entering:file")

    def get_object(self, **ids: Any) -> list[Organisation]:
        """The teams that the person may upload for."""
        teams = rules.entering_teams(self.actor)
        self.choices: list[tuple[str, Any]] = [
            (team.public_id, local_name(team, self.language)) for team in teams
        ]
        if rules.may_enter_all(self.actor):
            self.choices.append((ALL_CITIES, _("any city, as the secretariat")))
        if not self.choices:
            raise NotFound("page", "figures/upload")
        return teams

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"teams": self.choices}

    def get_form(self) -> UploadForm:
        form: Any = super().get_form()
        length = self.request.META.get("CONTENT_LENGTH") or "0"
        if form.is_bound and length.isdigit() and int(length) > uploads.MOST_BYTES:
            # The content, and any fields after it, were not read completely.
            form.errors.clear()
            rule = _("is larger than %(n)s MB") % {"n": uploads.MOST_BYTES // 10**6}
            form.add_error("file", rule)
        return form

    def execute(self, form: Any) -> FigureFile:
        uploaded_file = form.cleaned_data["file"]
        chosen = form.cleaned_data["team"]
        return uploads.upload(
            uploaded_file.read(),
            uploaded_file.name or "file",
            form.options(),
            organisation=next((team for team in self.object if team.public_id == chosen), None),
            language=self.language,
            **self.by,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The preview of a file; a POST approves and imports it."""
    actor = actor_of(request)
    row = get_figure_file_for(actor, public_id)
    form = ReasonForm(posted(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        with form.showing_errors():
            row = uploads.confirm(row, reason=reason, actor=actor, at=clock.now())
            if row.state == UploadState.DONE:
                _add_messages(request, row)
            return redirect("entering:file", public_id)
    return page_of_file(
        request,
        row,
        page="indicators/enter/file.html",
        state="indicators/enter/state.html",
        context={"form": form},
        status=422 if form.errors else 200,
    )


def _add_messages(request: HttpRequest, row: FigureFile) -> None:
    count = row.batch.added + row.batch.revised if row.batch else 0
    messages.success(
        request,
        ngettext("%(n)s figure was imported.", "%(n)s figures were imported.", count) % {"n": count}
        if count
        else _("We already have these figures; nothing was changed."),
    )


drop = dropping(get_figure_file_for, page="entering:file", to="entering:upload")
