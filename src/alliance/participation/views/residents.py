"""The pages for residents: open processes, taking part, one's own contributions, results."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock, throttle
from alliance.core.errors import NotFound
from alliance.network.access import actor_of
from alliance.network.selectors.needs_offers import city_teams
from alliance.network.views import missing_is_404
from alliance.participation import panels, rules
from alliance.participation.enums import ContributionKind, ProcessState
from alliance.participation.forms import (
    EmailForm,
    ReceiptForm,
    TraitsForm,
    WriteForm,
)
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.places import as_geojson
from alliance.participation.selectors import pages as select
from alliance.participation.selectors.access import get_process_for
from alliance.participation.services import contributions as writing
from alliance.participation.services import own
from alliance.participation.services.participants import (
    discard_new_participant,
    known_participant,
    open_by_receipt,
    participant_of,
)
from alliance.participation.views import acting, for_residents, geojson
from alliance.participation.views.device import by_code
from alliance.web.actions import ActionForm, ActionFormView, Step
from alliance.web.paging import page_number

LIST = (_("Take part"), "participation:processes")


@require_safe
@missing_is_404
def processes(request: HttpRequest) -> HttpResponse:
    """The processes of cities, open ones first."""
    actor = actor_of(request)
    state = request.GET.get("state", ProcessState.OPEN)
    page, city, drafts = select.process_list(
        actor, city=request.GET.get("city", "")[:80], state=state, number=page_number(request)
    )
    context = {
        "page": page,
        "city": city,
        "state": state if state in ProcessState.values else "",
        "states": [choice for choice in ProcessState.choices if choice[0] != ProcessState.DRAFT],
        "drafts": drafts,
        "teams": city_teams(actor, request.LANGUAGE_CODE),
        "today": clock.today(),
    }
    return render(request, "participation/processes.html", context)


class ResidentActionView(ActionFormView):
    """Base of the pages on which somebody participates without an account."""

    form_class: ClassVar[Any] = ActionForm
    list_page = LIST
    object_page = ("", "participation:take-part")
    participant: Participant | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Prevent caching, and set the cookie of a new participant."""
        return for_residents(super().dispatch)(request, *args, **kwargs)  # type: ignore[arg-type]

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = get_process_for(actor_of(self.request), ids["public_id"])
        self.participant = known_participant(self.request, process)
        return process

    def get_title(self) -> str:
        return str(self.object.localised_text("title", self.request.LANGUAGE_CODE))

    def above(self) -> SafeString:
        """The current identity, and the button that ends it."""
        return acting(self.request, self.object, self.participant)

    def own_participant(self) -> Participant:
        """The participant; raises NotFound if there is none."""
        if self.participant is None:
            raise NotFound("participant", "of this browser")
        return self.participant

    def taking_part(self) -> Participant:
        """The participant, created if there is none."""
        return participant_of(self.request, self.object, at=clock.now())

    def render_form(self, form: ActionForm) -> HttpResponse:
        """A person whose first form is invalid does not become a participant."""
        if form.errors:
            discard_new_participant(self.request)
        return super().render_form(form)

    @property
    def where_from(self) -> str:
        """The network address of the request."""
        return throttle.client_address(self.request)


def options_for(process: Process, kind: str) -> dict[str, Any]:
    """The arguments of a form for a contribution: its kind and the maximum length."""
    return {"process": process, "kind": kind, "longest": writing.longest_of(process, kind)}


class TakePart(ResidentActionView):
    """The question, the promise, the background, and the form of the process."""

    form_class = WriteForm
    template_name = "participation/take_part.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return options_for(self.object, writing.kind_of(self.object))

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.request.LANGUAGE_CODE}

    def execute(self, form: WriteForm) -> Contribution:
        return writing.contribute(
            self.object,
            self.taking_part(),
            form.as_data(),
            address=self.where_from,
            at=clock.now(),
        )

    def get_success_message(self, made: Contribution) -> str:
        """Whether it is public, and the receipt code."""
        assert made.participant is not None
        sentence = (
            gettext("Thank you. Others can read it now.")
            if made.shown_at
            else gettext("Thank you. A person will read it before others see it.")
        )
        receipt = gettext("Your receipt code: %(code)s. Keep it to find your texts again.")
        return f"{sentence} {receipt % {'code': made.participant.receipt}}"

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)

    def get_breadcrumbs(self) -> list[Step]:
        return [(LIST[0], reverse(LIST[1]))]

    def get_context_data(self) -> dict[str, Any]:
        process = self.object
        page = select.resident_page(
            process, actor_of(self.request), self.participant, at=clock.now()
        )
        panel = panels.panels().get(process.kind)
        shown = panel.read(self.request, process, self.participant) if panel else {}
        return {
            **page,
            "panel": panel.act if panel else "",
            "first_line": panel.first_line(process) if panel and panel.first_line else "",
            **shown,
            "here": self.get_title(),
        }


@require_safe
@missing_is_404
def ground_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The outlines of the map on which residents mark places, as GeoJSON."""
    cells = panels.cells_of(get_process_for(actor_of(request), public_id))
    if not cells:
        raise NotFound("map", public_id)
    return geojson(
        {"type": "Feature", "geometry": as_geojson(cell.shape), "properties": {"name": cell.name}}
        for cell in cells
    )


@require_safe
@missing_is_404
def proposal_page(request: HttpRequest, post_id: str) -> HttpResponse:
    """Redirect to a proposal of which only the id is known."""
    rows = Contribution.objects.filter(post__public_id=post_id, kind=ContributionKind.PROPOSAL)
    contribution = rows.shown().exclude(process__state=ProcessState.DRAFT).first()
    if contribution is None:
        raise NotFound("proposal", post_id)
    return redirect("participation:proposal", contribution.process.public_id, post_id)


class OnProposal(ResidentActionView):
    """Base of the actions on a visible proposal."""

    proposal: Contribution

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        rows = Contribution.objects.filter(process=process, kind=ContributionKind.PROPOSAL).shown()
        contribution = rows.select_related("post").filter(post__public_id=ids["post_id"]).first()
        if contribution is None:
            raise NotFound("proposal", ids["post_id"])
        self.proposal = contribution
        return process

    def get_success_url(self, made: Any = None) -> str:
        return reverse(
            "participation:proposal", args=[self.object.public_id, self.proposal.public_id]
        )


class Proposal(OnProposal):
    """A proposal with its comments and its answer; a form to comment."""

    form_class = WriteForm
    template_name = "participation/proposal.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return options_for(self.object, ContributionKind.COMMENT.value)

    get_initial = TakePart.get_initial
    get_success_message = TakePart.get_success_message

    def execute(self, form: WriteForm) -> Contribution:
        words = form.as_data(parent=self.proposal)
        return writing.contribute(
            self.object, self.taking_part(), words, address=self.where_from, at=clock.now()
        )

    def get_breadcrumbs(self) -> list[Step]:
        process = self.object
        return [
            (LIST[0], reverse(LIST[1])),
            (self.get_title(), reverse("participation:take-part", args=[process.public_id])),
        ]

    def get_context_data(self) -> dict[str, Any]:
        at = clock.now()
        page = select.resident_page(self.object, actor_of(self.request), self.participant, at=at)
        rows = select.contributions_of(self.object, participant=self.participant)
        comments = self.proposal.comments.all().shown().select_related("post").order_by("post_id")
        return {
            **page,
            "one": rows.get(pk=self.proposal.pk),
            "comments": comments,
            "n_own_waiting": self.proposal.comments.to_be_read(self.participant).count(),
            "here": self.proposal.title,
        }


class Support(OnProposal):
    """Support a proposal, or with an empty `yes` withdraw support."""

    http_method_names = ["post"]
    success_message = _("Your support is saved.")

    def execute(self, form: ActionForm) -> None:
        yes = bool(self.request.POST.get("yes"))
        at = clock.now()
        writing.support(self.proposal, self.taking_part(), yes=yes, at=at)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except writing.InvalidData as error:
            discard_new_participant(self.request)
            messages.error(self.request, error.faults[0].rule)
            return redirect(self.get_success_url())


class Mine(ResidentActionView):
    """One's own contributions in a process, with their answers; voluntary traits."""

    form_class: ClassVar[Any] = TraitsForm
    template_name = "participation/mine.html"
    breadcrumb = heading = _("Your texts and answers")
    success_message = _("Thank you. Your answers are saved.")

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        """Ask for the receipt code if there is no cookie."""
        self.get_object(**ids)
        if self.participant is None:
            return redirect("participation:receipt")
        return super().get(request, **ids)

    post = get

    def get_initial(self) -> dict[str, Any]:
        participant = self.own_participant()
        return {name: getattr(participant, name) for name in own.DEMOGRAPHIC_FIELDS}

    def execute(self, form: Any) -> None:
        own.save_demographics(self.own_participant(), at=clock.now(), **form.cleaned_data)

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:mine", args=[self.object.public_id])

    def get_breadcrumbs(self) -> list[Step]:
        back = reverse("participation:take-part", args=[self.object.public_id])
        return [(LIST[0], reverse(LIST[1])), (self.get_title(), back)]

    def get_context_data(self) -> dict[str, Any]:
        return own_context(self.own_participant()) | {"email_form": EmailForm()}


def own_context(participant: Participant) -> dict[str, Any]:
    """The context of the page of one's own contributions."""
    rows = participant.contributions.select_related("post", "answer", "parent")
    panel = panels.panels().get(participant.process.kind)
    shown = panel.show_own(participant) if panel and panel.show_own else {}
    own_rows = list(rows.order_by("-post_id"))
    select.with_hiding(own_rows)
    return {
        "own_panel": panel.own if panel else "",
        **shown,
        "participant": participant,
        "process": participant.process,
        "is_over": rules.is_over(participant.process, clock.now()),
        "contributions": own_rows,
        "n_answered": sum(own_row.answer is not None for own_row in own_rows),
    }


class Email(Mine):
    """Request answers by email, once the address is confirmed."""

    http_method_names = ["post"]
    form_class = EmailForm
    success_message = _("We have sent you an email. Open the link in it to confirm your address.")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def execute(self, form: Any) -> None:
        own.ask_to_confirm(
            self.own_participant(),
            form.cleaned_data["email"],
            address=self.where_from,
            at=clock.now(),
        )

    def get_context_data(self) -> dict[str, Any]:
        return own_context(self.own_participant()) | {
            "email_form": self.refused_form,
            "form": TraitsForm(initial=Mine.get_initial(self)),
        }

    def render_form(self, form: ActionForm) -> HttpResponse:
        self.refused_form = form
        return super().render_form(form)


class StopEmails(Mine):
    """Delete the email address."""

    http_method_names = ["post"]
    form_class = ActionForm
    success_message = _("Your address has been deleted. We will not send you any more emails.")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def execute(self, form: ActionForm) -> None:
        own.stop_emails(self.own_participant())


class Delete(Mine):
    """Delete oneself in a process, with all contributions."""

    form_class = ActionForm
    template_name = "participation/delete.html"
    breadcrumb = heading = _("Delete your texts")
    submit_label = _("Delete permanently")
    success_message = _("Everything here that could be traced to you has been deleted.")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def execute(self, form: ActionForm) -> None:
        own.delete(self.own_participant())

    def get_success_response(self, made: Any) -> HttpResponse:
        messages.success(self.request, str(self.success_message))
        return redirect("participation:take-part", self.object.public_id)

    def get_breadcrumbs(self) -> list[Step]:
        return [*super().get_breadcrumbs(), (Mine.heading, self.get_success_url())]


@require_safe
@for_residents
def my_data(request: HttpRequest, public_id: str) -> HttpResponse:
    """The reader's own data as JSON."""
    process = get_process_for(actor_of(request), public_id)
    participant = known_participant(request, process)
    if participant is None:
        raise NotFound("participant", "of this browser")
    return data_file(participant)


def data_file(participant: Participant) -> HttpResponse:
    """All data of a participant as a JSON file."""
    response = JsonResponse(own.data_of(participant), json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="my-contributions.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_residents
def confirm_email(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Confirm an address by the link in an email; programs that follow links confirm nothing."""
    process = get_process_for(actor_of(request), public_id)
    if request.method == "POST":
        return _confirmed(request, process, own.confirm(token, public_id, at=clock.now()))
    context = {"process": process, "is_to_vote": bool(_confirms(process))}
    return render(request, "participation/email_confirm.html", context)


def _confirms(process: Process) -> str:
    """The purpose for which an address is confirmed; empty if it is only for answers."""
    panel = panels.panels().get(process.kind)
    return panel.confirms(process) if panel and panel.confirms else ""


def _confirmed(
    request: HttpRequest, process: Process, participant: Participant | None
) -> HttpResponse:
    """Redirect to the purpose of the confirmation, if the person is on the same device."""
    address = _confirms(process)
    is_here = known_participant(request, process) == participant
    if participant is None:
        messages.error(request, gettext("This link no longer works. Ask for a new one."))
    elif not address:
        # Also to somebody who wanted to vote and comes when voting has ended.
        message = gettext("Your address is confirmed. We will email you if the city answers you.")
        messages.success(request, message)
    elif is_here:
        messages.success(request, gettext("Your address is confirmed. You can vote now."))
    else:
        message = gettext("Your address is confirmed. Now vote where you asked for the link.")
        messages.success(request, message)
    home = reverse("participation:take-part", args=[process.public_id])
    return redirect(address if address and is_here else home)


class Receipt(ActionFormView):
    """Return by the receipt code: to continue while the process is open, else to read."""

    form_class = ReceiptForm
    list_page = LIST
    heading = _("Come back with your receipt code")
    lead = _(
        "Enter your receipt code to read your contributions and the replies. You can also "
        "change your contributions until the process closes."
    )
    submit_label = _("Continue")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Prevent caching."""
        return for_residents(super().dispatch)(request, *args, **kwargs)  # type: ignore[arg-type]

    def above(self) -> SafeString:
        """The current identity, and the button that ends it."""
        return acting(self.request)

    def form_valid(self, form: ReceiptForm) -> HttpResponse:
        """Let this device act for the owner of the code, show her contributions, or report an
        unknown code."""
        participant = by_code(self.request, form.cleaned_data["receipt"])
        if participant is None:
            form.add_error("receipt", gettext("This code does not exist. Check each character."))
            return self.render_form(form)
        if "delete" in self.request.POST:
            return self._delete(participant)
        if "take" in self.request.POST:
            return data_file(participant)
        known = known_participant(self.request, participant.process)
        limit = self._limit(participant, known)
        if limit:
            return self._show_sent(participant, limit)
        if known is None:
            open_by_receipt(self.request, participant)
        return redirect("participation:mine", participant.process.public_id)

    def _limit(self, participant: Participant, known: Participant | None) -> str:
        """Why the code allows this device to read only: `closed`, `account`, `signed-in` or `other`
        (somebody else participates on it already); empty if it may also write."""
        if rules.is_over(participant.process, clock.now()):
            return "closed"
        if known == participant:
            return ""
        if participant.user_id is not None:
            return "account"
        if self.request.user.is_authenticated:
            return "signed-in"
        return "other" if known is not None else ""

    def _show_sent(self, participant: Participant, limit: str) -> HttpResponse:
        context = own_context(participant) | {
            "by_receipt": participant.receipt,
            "limit": limit,
            "above": acting(self.request),
        }
        return render(self.request, "participation/mine.html", context)

    def _delete(self, participant: Participant) -> HttpResponse:
        """Delete the contributions, after confirmation."""
        if "sure" in self.request.POST:
            own.delete(participant)
            messages.success(self.request, str(Delete.success_message))
            return redirect("participation:take-part", participant.process.public_id)
        context = {
            "form": ActionForm(),
            "heading": Delete.heading,
            "here": Delete.heading,
            "submit": Delete.submit_label,
            "way": [(LIST[0], reverse(LIST[1]))],
            "back": reverse("participation:receipt"),
            "typed": [("sure", "1"), ("delete", "1"), ("receipt", participant.receipt)],
            "above": acting(self.request),
        }
        return render(self.request, "participation/delete.html", context)


@require_safe
@missing_is_404
def results(request: HttpRequest, public_id: str) -> HttpResponse:
    """The contributions, the decision, and the answers."""
    actor = actor_of(request)
    process = get_process_for(actor, public_id)
    panel = panels.panels().get(process.kind)
    if panel and not panel.results:
        return redirect("participation:take-part", public_id)
    page = select.results_page(process, actor, at=clock.now(), number=page_number(request))
    shown = panel.read_results(process) if panel and panel.read_results else {}
    context = {**page, "panel": panel.results if panel else "", **shown, "today": clock.today()}
    return render(request, "participation/results.html", context)
