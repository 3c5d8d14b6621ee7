"""Files of drafts and cases: adding, taking away, and reading them."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.knowledge import rules
from alliance.knowledge.file_checks import MOST_BYTES
from alliance.knowledge.models import Attachment
from alliance.knowledge.selectors.access import (
    EDIT,
    get_attachment_for,
    get_draft_for,
)
from alliance.knowledge.selectors.files import files_of_draft, published_files
from alliance.knowledge.services import attachments
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.knowledge.views.acting import CaseButton
from alliance.network.views.acting import PeopleButton


@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def draft_files(request: HttpRequest, public_id: str) -> HttpResponse:
    """The files of a draft; a POST adds one."""
    actor = actor_of(request)
    if not actor.is_known:
        return redirect_to_login(request.path)
    draft = get_draft_for(actor, public_id, EDIT)
    faults: list[str] = []
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            faults = [gettext("Choose a file first; one of more than %(n)s MB does not arrive.") % {
                "n": MOST_BYTES // 1_000_000}]  # fmt: skip
        elif (upload.size or 0) > MOST_BYTES:
            faults = [gettext("The file is larger than %(n)s MB.") % {"n": MOST_BYTES // 1_000_000}]
        else:
            try:
                attachments.attach(
                    draft,
                    title=request.POST.get("title", ""),
                    name=upload.name or "file",
                    content=upload.read(),
                    actor=actor,
                    at=clock.now(),
                )
            except InvalidData as error:
                faults = [fault.rule for fault in error.faults]
            else:
                messages.success(request, gettext("The file was added."))
                return redirect("knowledge:draft-files", public_id)
    return render(
        request,
        "knowledge/files.html",
        {
            "draft": draft,
            "files": files_of_draft(draft),
            "published": published_files(draft.case) if draft.case else (),
            "faults": faults,
            "title": request.POST.get("title", ""),
            "most": MOST_BYTES // 1_000_000,
        },
        status=422 if faults else 200,
    )


class RemoveFile(PeopleButton):
    """Take a file away from a draft."""

    own_page = ("", "knowledge:draft-files")
    service = attachments.remove
    said = _("The file was taken away.")

    def find(self, *args: Any, **ids: Any) -> Attachment:
        draft = get_draft_for(self.actor, ids["public_id"], EDIT)
        found = draft.attachments.filter(public_id=ids["file_id"], removed_at=None).first()
        if found is None:
            raise NotFound("file", ids["file_id"])
        return found


class RemovePublished(CaseButton):
    """Take a file away from a published case; its team and the secretariat."""

    service = attachments.remove
    said = _("The file was taken away.")

    def find(self, *args: Any, **ids: Any) -> Attachment:  # type: ignore[override]
        case = super().find(**ids)
        found = published_files(case).filter(public_id=ids["published_id"]).first()
        if found is None or not rules.may_change_case(self.actor, case):
            raise NotFound("file", ids["published_id"])
        return found


@require_safe
@missing_is_404
def file(request: HttpRequest, file_id: str) -> HttpResponse:
    """The content of a file, for those who may read it; always as a download, never as a page."""
    found = get_attachment_for(actor_of(request), file_id)
    return _download(found)


def _download(attachment: Attachment) -> HttpResponse:
    path = attachments.FILES.path_of(attachment.sha256)
    if not path.is_file():
        raise NotFound("file", attachment.public_id)
    kind = attachment.media_type
    if kind.startswith("text/"):
        # It was looked at as such: no browser shall guess otherwise.
        kind += "; charset=utf-8"
    response = FileResponse(path.open("rb"), content_type=kind)
    ascii_name = attachment.file_name.encode("ascii", "replace").decode().replace("?", "-")
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(attachment.file_name)}"
    )
    # Should a browser show it after all, it may do nothing and load nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    is_public = attachment.published_at is not None
    response["Cache-Control"] = "private, max-age=300" if is_public else "no-store"
    return cast(HttpResponse, response)
