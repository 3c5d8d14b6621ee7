"""Pages of reviewers: what waits, a draft with its remarks, and the judgement on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData, NotAllowed, NotFound
from alliance.core.ids import PUBLIC_ID
from alliance.knowledge import rules, writing_rules
from alliance.knowledge.enums import Language, ReviewState, Theme
from alliance.knowledge.forms.review import GiveBackForm, NameForm, ReviewForm, review_initial
from alliance.knowledge.models import Draft, Review
from alliance.knowledge.selectors.access import READ
from alliance.knowledge.selectors.localise import localised
from alliance.knowledge.selectors.reviews import (
    Proposed,
    ReviewPage,
    changes_page,
    review_page,
    reviewers_to_name,
)
from alliance.knowledge.selectors.reviews_queue import QueueFilter, queue_of
from alliance.knowledge.selectors.writing_access import get_draft_for
from alliance.knowledge.services import reviews
from alliance.network.access import actor_of
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView
from alliance.network.views.refusals import refusal_is_403, refused
from alliance.web.paging import number_in, page_number

_REMARK = "remark:"
#: The path of no field: what is wrong with the case as a whole.
_OF_CASE = "case"


@dataclass(frozen=True)
class RemarkFault:
    """A fault of a remark, or of the draft as it would be published (`path` "case")."""

    path: str
    anchor: str
    label: str
    rule: str


@require_safe
@for_people
@refusal_is_403
def queue(request: HttpRequest) -> HttpResponse:
    """The drafts that wait for review, the longest waiting first."""
    actor = actor_of(request)
    if not writing_rules.may_see_queue(actor):
        raise NotAllowed(_("Only reviewers and the secretariat can see cases awaiting review."))
    wanted = QueueFilter(
        language=request.GET.get("language", ""),
        theme=request.GET.get("theme", ""),
        mine=request.GET.get("mine") == "1",
    )
    if wanted.language not in {"", *Language.values} or wanted.theme not in {"", *Theme.values}:
        raise Http404
    context = queue_of(
        actor,
        wanted,
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        at=clock.now(),
    )
    return render(request, "knowledge/review/queue.html", context)


@require_safe
@for_people
def changes(request: HttpRequest, public_id: str) -> HttpResponse:
    """What changed to submission `to` since `since`: another submission, or "published"."""
    actor = actor_of(request)
    draft = get_draft_for(actor, public_id, READ)
    to = request.GET.get("to", "")
    if to and not number_in(to):
        raise Http404
    context = changes_page(
        draft,
        actor,
        since=request.GET.get("since", ""),
        number=int(to) if to else None,
        language=request.LANGUAGE_CODE,
    )
    return render(request, "knowledge/review/changes.html", context)


def _proposal(reviewer: Proposed) -> str:
    """A person with what speaks for asking just this one."""
    reasons = [_("has reviewed it before")] if reviewer.knows_draft else []
    if reviewer.reads_language:
        reasons.append(_("reads its language"))
    if reviewer.n_themes:
        reasons.append(
            ngettext("%(n)s review on its themes", "%(n)s reviews on its themes", reviewer.n_themes)
            % {"n": reviewer.n_themes}
        )
    reasons.append(
        ngettext("%(n)s open review", "%(n)s open reviews", reviewer.n_open)
        % {"n": reviewer.n_open}
    )
    return f"{reviewer.user.name} – {', '.join(reasons)}"


class NameReviewer(PeopleActionView):
    """Ask a reviewer to review a draft, as the secretariat."""

    form_class = NameForm
    template_name = "knowledge/review/name.html"
    list_page = (gettext_lazy("Review"), "knowledge:review-queue")
    object_page = ("", "knowledge:review")
    heading = gettext_lazy("Ask for a review")

    def get_object(self, *args: Any, **ids: Any) -> ReviewPage:
        draft = get_draft_for(self.actor, ids["public_id"], READ)
        if not rules.is_secretariat(self.actor):
            raise NotAllowed(_("Only the secretariat can ask others to review."))
        self.reviewers = reviewers_to_name(draft, at=clock.now())
        return review_page(draft, self.actor, language=self.language)

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = [(reviewer.user.public_id, _proposal(reviewer)) for reviewer in self.reviewers]
        return {"choices": {"reviewer": choices}}

    def execute(self, form: NameForm) -> User:
        chosen = User.objects.get(public_id=form.cleaned_data["reviewer"])
        reviews.take_review(self.object.draft, reviewer=chosen, **self.by)
        return chosen

    def get_success_message(self, made: User) -> str:
        """Who is asked."""
        return _("%(name)s has been asked to review the case.") % {"name": made.name}

    def get_context_data(self) -> dict[str, Any]:
        submit = _("Request the review") if self.reviewers else ""
        return {"lead": localised(self.object.title), "submit": submit}


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """A draft as it was handed in; a POST keeps the remarks that were typed, and then does `act`.

    One form spans the page, so that no remark is lost, whichever button is pressed and whether or
    not the act is refused.
    """
    actor = actor_of(request)
    try:
        draft = get_draft_for(actor, public_id, READ)
    except NotFound:
        if _was_reviewing(actor, public_id) and request.method == "POST":
            rule = _(
                "The team has withdrawn the draft to continue editing. Your review was not saved."
            )
            return refused(request, rule, _typed(request))
        raise
    page = review_page(draft, actor, language=request.LANGUAGE_CODE)
    if request.method != "POST":
        return _render(request, page, back=request.typing.back)  # type: ignore[attr-defined]
    return _Post(request, draft, page, actor).answer()


def _was_reviewing(actor: Actor, public_id: str) -> bool:
    if not PUBLIC_ID.match(public_id):
        return False
    return Review.objects.filter(draft__public_id=public_id, reviewer=actor.user).exists()


def _texts(sent: QueryDict) -> dict[str, str]:
    """What was sent, by the name of its field."""
    return {key: str(value) for key, value in sent.items()}


def _remarks(sent: QueryDict) -> dict[str, str]:
    """The remarks among what was sent, by the path of their field."""
    return {
        key.removeprefix(_REMARK): text
        for key, text in _texts(sent).items()
        if key.startswith(_REMARK) and text.strip()
    }


def _typed(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The texts of a form that could not be taken, to be copied from the answer."""
    return tuple(
        (key.removeprefix(_REMARK), text)
        for key, text in _texts(request.POST).items()
        if (key.startswith(_REMARK) or key == "note" or key.endswith("_reason")) and text.strip()
    )


def _render(
    request: HttpRequest,
    page: ReviewPage,
    *,
    form: ReviewForm | None = None,
    give_back: GiveBackForm | None = None,
    typed: dict[str, str] | None = None,
    faults: tuple[RemarkFault, ...] = (),
    refusal: str = "",
    has_kept: bool = False,
    back: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was typed at each path and what is wrong with it.

    `has_kept`: remarks were saved though the act was refused. `back`: what was typed before and not
    sent.
    """
    before = _texts(back) if back is not None else {}
    if page.own is not None and form is None:
        form = ReviewForm(initial={**review_initial(page.own.criteria, page.own.note), **before})
    context = {
        "page": page,
        "form": form,
        "give_back": give_back or GiveBackForm(prefix="back"),
        "typed": typed or (_remarks(back) if back is not None else {}),
        "faults": faults,
        "refusal": refusal,
        "has_kept": has_kept,
    }
    return render(request, "knowledge/review/draft.html", context, status=status)


class _Post:
    """One sending of the form of the page."""

    def __init__(self, request: HttpRequest, draft: Draft, page: ReviewPage, actor: Actor) -> None:
        self.request, self.draft, self.page, self.actor = request, draft, page, actor
        self.by: dict[str, Any] = {"actor": actor, "at": clock.now()}
        self.act, _colon, number = request.POST.get("act", "save").partition(":")
        self.number = number_in(number)
        self.remarks = _remarks(request.POST)
        self.form = ReviewForm(request.POST) if page.own is not None else None
        self.give_back = GiveBackForm(request.POST, prefix="back")
        self.faults: list[RemarkFault] = []
        self.saved_paths: set[str] = set()

    def answer(self) -> HttpResponse:
        """Keep the remarks, then do what was asked, all of it or nothing; else the page with what
        was typed."""
        try:
            self._save_remarks()
            with transaction.atomic():
                answer = self._do()
            self.request.typing.is_saved = True  # type: ignore[attr-defined]
            return answer
        except InvalidData as error:
            self._take(error)
            return self._again(422)
        except NotAllowed as error:
            # What stands now is told, not what stood when the form was opened.
            return self._again(403, refusal=error.rule)

    def _save_remarks(self) -> None:
        for path, text in self.remarks.items():
            try:
                reviews.remark(self.draft, field=path, text=text, **self.by)
                self.saved_paths.add(path)
            except InvalidData as error:
                place = next((place for place in self.page.places if place.path == path), None)
                anchor = place.anchor if place is not None else ""
                label = place.label if place is not None and place.label else _("Add a comment")
                self.faults += [
                    RemarkFault(path, anchor, label, fault.rule) for fault in error.faults
                ]
        if self.faults:
            raise InvalidData(())

    def _do(self) -> HttpResponse:
        acts = {
            "save": self._save,
            "take": self._take_review,
            "resolve": self._resolve,
            "approve": self._give,
            "ask": self._give,
            "give-back": self._give_back,
            "free": self._free,
        }
        if self.act not in acts:
            raise Http404
        return acts[self.act]()

    def _own(self) -> Review:
        if self.page.own is None:
            raise NotAllowed(_("You cannot submit this review at the moment."))
        return Review.objects.select_related("draft").get(pk=self.page.own.pk)

    def _save_review(self) -> None:
        """Keep what stands in the form so far."""
        if self.form is None:
            return
        if not self.form.is_valid():
            raise InvalidData(())
        reviews.save_review(
            self._own(),
            criteria=self.form.criteria(),
            note=self.form.cleaned_data["note"],
            **self.by,
        )

    def _done(self, message: str = "", anchor: str = "") -> HttpResponse:
        if message:
            messages.success(self.request, message)
        address = reverse("knowledge:review", args=[self.draft.public_id])
        return HttpResponseRedirect(address + (f"#{anchor}" if anchor else ""))

    def _save(self) -> HttpResponse:
        self._save_review()
        first = next((place for place in self.page.places if place.path in self.saved_paths), None)
        return self._done(_("Saved."), first.anchor if first else "judge")

    def _take_review(self) -> HttpResponse:
        reviews.take_review(self.draft, **self.by)
        return self._done(_("You have accepted the review."))

    def _resolve(self) -> HttpResponse:
        self._save_review()
        comment = self.draft.comments.filter(pk=self.number).first()
        if comment is None:
            raise Http404
        comment.draft = self.draft
        reviews.resolve_remark(comment, **self.by)
        places = {place.path: place for place in self.page.places}
        place = places.get(comment.field)
        return self._done(_("Marked as dealt with."), place.anchor if place else "")

    def _give(self) -> HttpResponse:
        approve = self.act == "approve"
        state = ReviewState.APPROVED if approve else ReviewState.CHANGES_ASKED
        if any(line.is_self and line.row.state == state for line in self.page.reviews):
            # Pressed twice.
            return self._done()
        own = self._own()
        form = cast(ReviewForm, self.form)
        if not form.is_valid():
            raise InvalidData(())
        case = reviews.give_review(
            own,
            approve=approve,
            criteria=form.criteria(),
            no_conflict=form.cleaned_data["no_conflict"],
            note=form.cleaned_data["note"],
            **self.by,
        )
        if case is not None and own.draft.is_minor:
            return self._done(_("You have approved the change, and it has been published."))
        if case is not None:
            return self._done(
                _("Both reviewers have approved the case, and it has been published.")
            )
        if approve:
            return self._done(
                _("Approved. The case will be published when a second reviewer approves it.")
            )
        return self._done(_("The team has been asked to make changes."))

    def _give_back(self) -> HttpResponse:
        own = self._own()
        if not self.give_back.is_valid():
            raise InvalidData(())
        why = self.give_back.cleaned_data["why"]
        try:
            reviews.give_back_review(
                own,
                conflict=why == "conflict",
                note=self.give_back.cleaned_data["note"],
                **self.by,
            )
        except InvalidData as error:
            self.give_back.take(error)
            raise InvalidData(()) from error
        messages.success(self.request, _("You have declined the review."))
        return redirect("knowledge:review-queue")

    def _free(self) -> HttpResponse:
        taken_review = self.draft.reviews.filter(pk=self.number).select_related("draft").first()
        if taken_review is None:
            raise Http404
        reviews.give_back_review(taken_review, conflict=False, note="", **self.by)
        message = _("The review assigned to %(name)s is open to others again.")
        return self._done(message % {"name": taken_review.reviewer_name})

    def _take(self, error: InvalidData) -> None:
        """Put the faults beside the fields of the form, those of the case above all."""
        of_case: list[Fault] = [fault for fault in error.faults if fault.where.startswith("case")]
        self.faults += [RemarkFault(_OF_CASE, "", fault.where, fault.rule) for fault in of_case]
        if self.form is not None:
            self.form.is_valid()
            self.form.take(InvalidData([fault for fault in error.faults if fault not in of_case]))

    def _again(self, status: int, refusal: str = "") -> HttpResponse:
        """The page as it stands now, with all that was typed."""
        # Of what is typed the remarks are saved.
        saved = {_REMARK + path: "" for path in self.saved_paths}
        self.request.typing.stays = saved  # type: ignore[attr-defined]
        page = self.page
        if refusal or self.saved_paths:
            page = review_page(
                Draft.objects.select_related("organisation", "case").get(pk=self.draft.pk),
                self.actor,
                language=self.request.LANGUAGE_CODE,
            )
        return _render(
            self.request,
            page,
            form=self.form,
            give_back=self.give_back if self.act == "give-back" else None,
            typed={
                path: text for path, text in self.remarks.items() if path not in self.saved_paths
            },
            faults=tuple(self.faults),
            refusal=refusal,
            has_kept=bool(self.saved_paths),
            status=status,
        )
