"""Files of drafts and cases: adding, taking away, and reading them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core.errors import NotFound
from alliance.core.files.uploads import content_of
from alliance.core.forms import ServiceForm
from alliance.knowledge import rules
from alliance.knowledge.enums import PictureLicence
from alliance.knowledge.file_checks import MOST_BYTES
from alliance.knowledge.models import Attachment, Draft
from alliance.knowledge.selectors.case_list import title_of
from alliance.knowledge.selectors.files import files_of_draft, published_files
from alliance.knowledge.selectors.writing_access import EDIT, get_attachment_for, get_draft_for
from alliance.knowledge.services import attachments
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.knowledge.views.actions import CasePostView
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.web.actions import Step
from alliance.web.downloads import download
from alliance.web.fields import ShortText


class FileForm(ServiceForm):
    """A file with its title, and what is said of a picture that the page shows."""

    title = ShortText(label=_("Title"), max_length=200)
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)
    alt_text = ShortText(
        label=_("Alt text"),
        max_length=300,
        help_text=_(
            "Only for images shown on the page: describe the image in one sentence for "
            "people who cannot see it. You also need to enter the credit and licence."
        ),
    )
    credit = ShortText(
        label=_("Credit"), max_length=200, help_text=_("Who took the photo or made the drawing.")
    )
    licence = forms.ChoiceField(
        label=_("Licence"), required=False, choices=[("", "–"), *PictureLicence.choices]
    )

    def clean_file(self) -> Any:
        if self.cleaned_data["file"] is None:
            message = gettext("Choose a file of up to %(n)s MB.")
            raise ValidationError(message % {"n": MOST_BYTES // 1_000_000})
        return self.cleaned_data["file"]

    @property
    def description(self) -> attachments.Description:
        """What is said of the picture."""
        names = ("alt_text", "credit", "licence")
        return attachments.Description(*(self.cleaned_data[name].strip() for name in names))


class DraftFiles(PeopleActionView):
    """The files of a draft; a POST adds one."""

    form_class = FileForm
    template_name = "knowledge/files.html"
    object_page = ("", "knowledge:draft-files")
    heading = _("Files for this draft")
    lead = _(
        "Reports, images and tables for the case. Only your team and the reviewers can "
        "read them until the case is published."
    )
    submit_label = _("Add the file")
    success_message = _("The file has been added.")

    def get_object(self, *args: Any, **ids: Any) -> Draft:
        return get_draft_for(self.actor, ids["public_id"], EDIT)

    def execute(self, form: FileForm) -> Attachment:
        title, file = form.cleaned_data["title"], form.cleaned_data["file"]
        content = content_of(file, MOST_BYTES)
        return attachments.attach(
            self.object, title=title, name=file.name, content=content,
            description=form.description, **self.by,
        )  # fmt: skip

    def get_breadcrumbs(self) -> list[Step]:
        """The draft."""
        own = reverse("knowledge:draft", args=[self.object.public_id])
        return [(title_of(self.object.content, self.language), own)]

    def get_context_data(self) -> dict[str, Any]:
        draft = self.object
        return {
            "files": files_of_draft(draft),
            "published": published_files(draft.case) if draft.case else (),
            "most": MOST_BYTES // 1_000_000,
            "back": self.get_breadcrumbs()[0][1],
        }


class RemoveFile(PeoplePostView):
    """Take a file away from a draft."""

    object_page = ("", "knowledge:draft-files")
    service = attachments.remove
    confirmation = _("Delete this file?")
    consequence = _("You cannot undo this. You would have to upload the file again.")
    success_message = _("The file has been removed.")

    def get_object(self, *args: Any, **ids: Any) -> Attachment:
        draft = get_draft_for(self.actor, ids["public_id"], EDIT)
        files = draft.attachments.filter(removed_at=None, published_at=None)
        attachment = files.filter(public_id=ids["file_id"]).first()
        if attachment is None:
            raise NotFound("file", ids["file_id"])
        return attachment


class TakeAwayForm(ServiceForm):
    """Why a published file is taken away."""

    reason = ShortText(label=_("Reason"), max_length=300)


class RemovePublished(CasePostView):
    """Take a file away from a published case, with a reason; its team and the secretariat."""

    form_class = TakeAwayForm
    service = attachments.remove
    confirmation = _("Remove this published file?")
    consequence = _(
        "Readers will no longer be able to open it, and publishing it again requires a "
        "new review. Its title, the date and your reason stay in the version history."
    )
    success_message = _("The file has been removed.")

    def get_object(self, *args: Any, **ids: Any) -> Attachment:  # type: ignore[override]
        case = super().get_object(**ids)
        attachment = published_files(case).filter(public_id=ids["published_id"]).first()
        if attachment is None or not rules.may_change_case(self.actor, case):
            raise NotFound("file", ids["published_id"])
        return attachment

    def get_title(self) -> Any:
        """That of the file: the page above is that of its case."""
        return self.object.title


@require_safe
@missing_is_404
def file(request: HttpRequest, file_id: str) -> HttpResponse:
    """The content of a file, for those who may read it; always as a download, never as a page."""
    attachment = get_attachment_for(actor_of(request), file_id)
    return _download(attachment)


def _download(attachment: Attachment) -> HttpResponse:
    path = attachments.FILES.path_of(attachment.sha256)
    if not path.is_file():
        raise NotFound("file", attachment.public_id)
    return download(
        path,
        media_type=attachment.media_type,
        file_name=attachment.file_name,
        is_public=attachment.published_at is not None,
    )
