"""The pages of a dialogue: one statement at a time, one's own votes, open data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from alliance.core import clock
from alliance.core.errors import InvalidData, NotFound
from alliance.core.forms import ServiceForm
from alliance.dialogues import enums, selectors
from alliance.dialogues.services import files, papers, votes
from alliance.network.access import actor_of
from alliance.participation import rules
from alliance.participation.enums import ProcessKind
from alliance.participation.forms import EnterForm
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.selectors.access import get_process_for
from alliance.participation.services.participants import (
    discard_new_participant,
    is_new,
    known_guest,
    known_participant,
    participant_of,
)
from alliance.participation.views import acting, for_residents, issued_file
from alliance.participation.views.running import EnterPaper, ProcessActionView
from alliance.web.formatting import number


def _dialogue(request: HttpRequest, public_id: str, *, alone: bool = False) -> Process:
    process = get_process_for(actor_of(request), public_id, alone=alone)
    if process.kind != ProcessKind.DIALOGUE:
        raise NotFound("dialogue", public_id)
    return process


@require_POST
@for_residents
def vote(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save a vote and show the next statement: as a fragment, or on a page of its own."""
    at, faults = clock.now(), list[str]()
    participant: Participant | None
    if guest := known_guest(request, public_id):
        process, participant = guest
    else:
        process = _dialogue(request, public_id, alone=True)
        participant = known_participant(request, process)
    try:
        # A person does not become a participant while nothing is accepted.
        if participant is None and rules.takes_votes(process, at):
            participant = participant_of(request, process, at=at)
        if participant is None:
            raise InvalidData([votes.not_now()])
        votes.vote(
            participant,
            request.POST.get("statement", "")[:80],
            value=request.POST.get("value", ""),
            is_important="important" in request.POST,
            at=at,
        )
    except InvalidData as error:
        faults = [fault.rule for fault in error.faults]
        discard_new_participant(request)
    if request.headers.get("HX-Request") == "true":
        context = {
            "process": process,
            "turn": selectors.next_statement_for(process, participant),
            "takes_votes": not faults or rules.takes_votes(process, at),
            "faults": faults,
            "is_swapped": True,
            "participant": participant,
            # A new participant gets her receipt code.
            "acting": acting(request, process, participant, is_swapped=True)
            if is_new(request)
            else "",
            "csrf_token": get_token(request),
        }
        # Without the request, so that the context of the surrounding page is not computed.
        return HttpResponse(render_to_string("dialogues/parts/turn.html", context))
    for fault in faults:
        messages.error(request, fault)
    if request.POST.get("back") == "votes":
        return redirect("dialogues:own-votes", public_id)
    return redirect(reverse("participation:take-part", args=[public_id]) + "#act")


@require_safe
@for_residents
def own_votes(request: HttpRequest, public_id: str) -> HttpResponse:
    """The reader's own votes, to review and to change."""
    process = _dialogue(request, public_id)
    participant = known_participant(request, process)
    if participant is None:
        raise NotFound("participant", "of this browser")
    context = {
        "process": process,
        "participant": participant,
        "votes": selectors.own_votes(participant),
        "takes_votes": rules.takes_votes(process, clock.now()),
        "values": [(option.name.lower(), option.value, option.label) for option in enums.Vote],
        "above": acting(request, process, participant),
    }
    return render(request, "dialogues/own_votes.html", context)


#: Statements on the page for paper forms, more than the paper form has.
MOST_ON_FORM = 40


class PaperForm(EnterForm):
    """A person's paper form: a vote on each statement, and texts."""

    def __init__(self, *args: Any, statements: Sequence[Contribution], **options: Any) -> None:
        super().__init__(*args, **options)
        marks = [
            ("", _("no mark")),
            *((option.name.lower(), option.label) for option in enums.Vote),
        ]
        for statement in statements:
            text = statement.localised_text("text", get_language() or "en")
            label = f"{statement.number}. {text}" if statement.number else str(text)
            self.fields[f"vote_{statement.public_id}"] = forms.ChoiceField(
                label=label, required=False, choices=marks, widget=forms.RadioSelect
            )

    @property
    def votes(self) -> dict[str, str]:
        """The votes by public id of the statement."""
        return {
            name.removeprefix("vote_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("vote_") and value
        }


class Paper(EnterPaper):
    """Enter a paper form, with its votes."""

    lead = _(
        "One page per person, using the numbers on the form. Answers count like those "
        "given online, and are marked."
    )
    kinds_form = PaperForm

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        if process.kind != ProcessKind.DIALOGUE:
            raise NotFound("dialogue", ids["public_id"])
        return process

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = selectors.statements_of(self.object).select_related("post")
        return {"statements": rows.order_by("number", "pk")[:MOST_ON_FORM]}

    def execute(self, form: Any) -> Participant:
        return papers.enter_form(
            self.object,
            form.votes,
            form.as_data(self.kind),
            channel=form.cleaned_data["channel"],
            traits=form.traits,
            **self.by,
        )

    def get_success_url(self, made: Any = None) -> str:
        if made is not None:
            return reverse("dialogues:paper", args=[self.object.public_id])
        return super().get_success_url()


class ImportForm(ServiceForm):
    """The two open data files of a dialogue held elsewhere."""

    votes = forms.FileField(
        label=_("Votes"),
        help_text=_("CSV with the columns timestamp, comment-id, voter-id and vote."),
    )
    comments = forms.FileField(
        label=_("Statements"),
        help_text=_("CSV with the columns comment-id, comment-body and moderated."),
    )


class ImportDialogue(ProcessActionView):
    """Import a dialogue from its open data files, before it opens."""

    form_class = ImportForm
    heading = _("Import a dialogue from files")
    lead = _(
        "Continue a dialogue you held elsewhere, for example in Polis. Statements and "
        "votes come from its two open data files, which contain no names."
    )
    submit_label = _("Import")

    def execute(self, form: ImportForm) -> int:
        cleaned_data = form.cleaned_data
        return files.import_dialogue(
            self.object, cleaned_data["votes"].read(), cleaned_data["comments"].read(), **self.by
        )

    def get_success_message(self, made: int) -> str:
        """The number of imported votes."""
        message = ngettext("%(n)s vote imported.", "%(n)s votes imported.", made)
        return message % {"n": number(made)}


def _file(lines: Iterable[bytes], name: str) -> HttpResponse:
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@issued_file
def votes_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """All votes as open data, once enough people have voted."""
    process = _dialogue(request, public_id)
    return _file(files.votes_lines(process), f"votes-{process.public_id}.csv")


@require_safe
@issued_file
def statements_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """All statements as open data, with their counts."""
    process = _dialogue(request, public_id)
    return _file(files.statements_lines(process), f"statements-{process.public_id}.csv")
