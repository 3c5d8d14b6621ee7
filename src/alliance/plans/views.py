"""The pages of a plan: its text, a paragraph with its comments, changes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.errors import NotFound
from alliance.network.access import actor_of
from alliance.network.views import missing_is_404
from alliance.participation import rules
from alliance.participation.enums import ContributionKind, ProcessState
from alliance.participation.forms import WriteForm
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.selectors.access import ENTER, RUN
from alliance.participation.services.participants import known_participant
from alliance.participation.views.residents import LIST, ResidentActionView, TakePart, options_for
from alliance.participation.views.running import EnterPaper, ProcessActionView
from alliance.plans import forms, selectors
from alliance.plans.models import Paragraph, Version
from alliance.plans.services import files, texts
from alliance.web.actions import Step


class Text(ProcessActionView):
    """Edit the text of a plan."""

    form_class = forms.TextForm
    heading = _("Plan text")
    submit_label = _("Save text")
    service = texts.set_text

    def get_object(self, *args: Any, **ids: Any) -> Process:
        return selectors.get_plan_for(self.actor, ids["public_id"], RUN)

    def get_initial(self) -> dict[str, Any]:
        rows = selectors.paragraphs(texts.latest_version(self.object))
        return {"text": "\n\n".join(row.text for row in rows)}

    def get_context_data(self) -> dict[str, Any]:
        if self.object.state == ProcessState.DRAFT:
            return {
                "lead": gettext("Residents can comment on each paragraph when the text is open.")
            }
        lead = gettext(
            "Any change makes a new version, which residents see next to the old one. "
            "Comments stay with their paragraph."
        )
        return {"lead": lead}

    def get_success_message(self, made: Version) -> str:
        """The number of the version."""
        return gettext("Text saved. This is version %(n)s.") % {"n": made.number}

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:manage", args=[self.object.public_id])


class ParagraphView(ResidentActionView):
    """A paragraph with its comments and their answers, and a form to comment."""

    form_class = WriteForm
    template_name = "plans/paragraph.html"
    paragraph: Paragraph
    get_initial = TakePart.get_initial
    get_success_message = TakePart.get_success_message

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = selectors.get_plan_for(actor_of(self.request), ids["public_id"])
        self.participant = known_participant(self.request, process)
        self.paragraph = selectors.get_paragraph(process, ids["thread_id"])
        return process

    def get_form_kwargs(self) -> dict[str, Any]:
        return options_for(self.object, ContributionKind.COMMENT.value)

    def execute(self, form: WriteForm) -> Contribution:
        words = form.as_data(parent=self.paragraph.thread)
        return texts.comment(
            self.paragraph, self.taking_part(), words, address=self.where_from, at=clock.now()
        )

    def get_success_url(self, made: Any = None) -> str:
        thread = self.paragraph.thread.public_id
        return reverse("plans:paragraph", args=[self.object.public_id, thread])

    def get_breadcrumbs(self) -> list[Step]:
        home = reverse("participation:take-part", args=[self.object.public_id])
        return [(LIST[0], reverse(LIST[1])), (self.get_title(), home)]

    def get_context_data(self) -> dict[str, Any]:
        latest, thread = texts.latest_version(self.object), self.paragraph.thread
        return {
            "process": self.object,
            "paragraph": self.paragraph,
            "is_gone": latest is not None and self.paragraph.version_id != latest.pk,
            "history": selectors.history(thread),
            "comments": selectors.comments_on(thread),
            "n_own_waiting": thread.comments.to_be_read(self.participant).count(),
            "takes_text": rules.takes_text(self.object, clock.now()),
            "here": gettext("Paragraph %(n)s") % {"n": self.paragraph.number},
        }


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 5 else default


@require_safe
@missing_is_404
def changes(request: HttpRequest, public_id: str) -> HttpResponse:
    """The old and the new text side by side: `old` and `new` are numbers of versions."""
    process = selectors.get_plan_for(actor_of(request), public_id)
    versions = {
        plan_version.number: plan_version
        for plan_version in process.plan_versions.order_by("number")
    }
    if not versions:
        raise NotFound("plan", public_id)
    newest = max(versions)
    old, new = _number(request, "old", min(versions)), _number(request, "new", newest)
    if old not in versions or new not in versions:
        raise NotFound("version", f"{old}, {new}")
    differences = selectors.changes(versions[old], versions[new])
    context = {
        "process": process,
        "old": versions[old],
        "new": versions[new],
        "changes": differences,
        "numbers": selectors.numbers_of(differences),
        "others": [version for version in versions.values() if version.number > 1],
    }
    return render(request, "plans/changes.html", context)


@require_safe
@missing_is_404
def comments_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The paragraphs with comments and answers as CSV."""
    process = selectors.get_plan_for(actor_of(request), public_id)
    lines = files.comment_lines(process)
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"text-{process.public_id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class Paper(EnterPaper):
    """Enter a person's comments on paper, by phone or at a counter."""

    kinds_form = forms.PaperForm

    def get_object(self, *args: Any, **ids: Any) -> Process:
        return selectors.get_plan_for(self.actor, ids["public_id"], ENTER)

    def execute(self, form: Any) -> Participant:
        cleaned_data = form.cleaned_data
        return texts.enter_comments(
            self.object,
            form.comments(),
            language=cleaned_data["language"],
            channel=cleaned_data["channel"],
            traits=form.traits,
            **self.by,
        )

    def get_success_url(self, made: Any = None) -> str:
        if made is not None:
            return reverse("plans:paper", args=[self.object.public_id])
        return super().get_success_url()
