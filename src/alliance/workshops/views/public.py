"""The list of workshops, the page of a workshop, registration, and a participant's own page."""

from __future__ import annotations

import io
from typing import Any, ClassVar

import qrcode
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from qrcode.image.svg import SvgPathFillImage

from alliance.core import clock, throttle
from alliance.core.errors import NotFound
from alliance.core.forms import ServiceForm
from alliance.core.ids import get_by_public_id
from alliance.network.access import actor_of
from alliance.network.addresses import page_address
from alliance.network.views import missing_is_404, private
from alliance.web.actions import ActionForm, ActionFormView, ActionView
from alliance.web.atom import Feed
from alliance.web.downloads import download
from alliance.web.page_cache import shows
from alliance.workshops import forms, rules, selectors, tokens
from alliance.workshops.calendar import calendar_of
from alliance.workshops.enums import SeatState, WorkshopState
from alliance.workshops.models import Feedback, Material, Registration, Workshop
from alliance.workshops.services import after, meeting, registering
from alliance.workshops.templatetags.workshop_words import span_of
from alliance.workshops.texts import localised_text

LIST = (_("Workshops"), "workshops:workshops")


@shows("workshop", "registration", "city")
@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    """The list of workshops, to come and past."""
    context = selectors.list_page(actor_of(request), at=clock.now())
    if not any(context[name] for name in ("upcoming", "past", "drafts", "may_announce", "teams")):
        return redirect("thread:together")
    return render(request, "workshops/workshops.html", context)


@require_safe
def feed(request: HttpRequest) -> HttpResponseBase:
    """An Atom feed of workshops, the newest announcement first."""
    language = request.LANGUAGE_CODE
    atom_feed = Feed(
        language,
        ["workshops"],
        gettext("Workshops"),
        own=page_address("workshops:feed", language),
        page=page_address("workshops:workshops", language),
    )
    for entry in selectors.visible().order_by("-announced_at", "pk")[:50]:
        title, text = (
            localised_text(texts, entry.language) for texts in (entry.titles, entry.summaries)
        )
        atom_feed.add(
            "workshops",
            entry.public_id,
            title=title.value,
            page=page_address("workshops:workshop", language, entry.public_id),
            summary=". ".join(part for part in (capfirst(span_of(entry)), text.value) if part),
            published=entry.announced_at,
            updated=entry.changed_at,
            language=title.lang_attr,
        )
    return atom_feed.answer(request)


@require_safe
@missing_is_404
def workshop(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a workshop: programme, places and registration."""
    actor = actor_of(request)
    record = selectors.get_workshop_for(actor, public_id)
    zone = request.GET.get("zone", "")
    context = selectors.page(record, actor, zone=zone, at=clock.now())
    own = context["own"]
    if own and tokens.holds_until(own) >= clock.today():
        context["own_token"] = tokens.place_token(own)
    return render(request, "workshops/workshop.html", context)


class SignUp(ActionFormView):
    """Register for a workshop, with an account or by email."""

    form_class: ClassVar[Any] = forms.SignUpForm
    list_page = LIST
    object_page = ("", "workshops:workshop")
    heading = submit_label = pgettext_lazy("workshop", "Sign up")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Disable caching."""
        return private(missing_is_404(super().dispatch)(request, *args, **kwargs))  # type: ignore[arg-type]

    def get_object(self, *args: Any, **ids: Any) -> Workshop:
        return selectors.get_workshop_for(actor_of(self.request), ids["public_id"])

    def get_title(self) -> Any:
        return localised_text(self.object.titles, self.object.language)

    def get_form_kwargs(self) -> dict[str, Any]:
        user = actor_of(self.request).user
        return {
            "workshop": self.object,
            "questions": list(self.object.questions.all()),
            "email": user.email if user else "",
        }

    def get_initial(self) -> dict[str, Any]:
        return forms.words_of(self.object, actor_of(self.request).user, self.request.LANGUAGE_CODE)

    def execute(self, form: forms.SignUpForm) -> Registration | None:
        actor, at = actor_of(self.request), clock.now()
        if actor.user is not None:
            return registering.sign_up(
                self.object, **form.as_kwargs(), user=actor.user, actor=actor, at=at
            )
        where_from = throttle.client_address(self.request)
        registering.ask(self.object, **form.as_kwargs(), address=where_from, at=at)
        return None

    def render_form(self, form: Any) -> HttpResponse:
        form.add_service_errors(lambda data: registering.faults_of(self.object, **data))
        return super().render_form(form)

    def get_success_message(self, made: Registration | None) -> str:
        """The place, or that an email was sent."""
        if made is None:
            if not selectors.counted(self.object)["left"]:
                return gettext("Check your email and open the link to join the waiting list.")
            return gettext("Check your email and open the link to get your place.")
        return registration_message(made)

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)

    def get_success_url(self, made: Registration | None = None) -> str:
        if made is not None:
            return reverse("workshops:place", args=[tokens.place_token(made)])
        return super().get_success_url()

    def get_context_data(self) -> dict[str, Any]:
        left = selectors.counted(self.object)["left"]
        lead = gettext("Free places: %(n)s.") % {"n": left}
        if not left:
            lead = gettext(
                "All places are taken. Sign up for the waiting list and you "
                "will get a place when one is free."
            )
        return {"lead": lead, "named": self.get_title()}


def registration_message(made: Registration) -> str:
    """The message after registration: a place, or the waiting list."""
    if made.state == SeatState.IN:
        return gettext("You have a place. We have also sent you an email.")
    return gettext("You are on the waiting list. You will get an email when it is your turn.")


class PlaceActionView(ActionFormView):
    """An action on a participant's own page, whose secret address identifies her."""

    form_class: ClassVar[Any] = ServiceForm
    object_page = ("", "workshops:place")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Disable caching."""
        return private(missing_is_404(super().dispatch)(request, *args, **kwargs))  # type: ignore[arg-type]

    def get_object(self, *args: Any, **ids: Any) -> Registration:
        return tokens.of_place(ids["token"])

    def get_title(self) -> Any:
        return gettext("Your place")

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["token"],)

    @property
    def by(self) -> dict[str, Any]:
        """The actor and the time."""
        return {"actor": actor_of(self.request), "at": clock.now()}


@require_safe
@missing_is_404
def place(request: HttpRequest, token: str) -> HttpResponse:
    """A participant's own page."""
    own = tokens.of_place(token)
    context = selectors.place_page(own, at=clock.now()) | {
        "token": token,
        "calendar": tokens.calendar_token(own),
        "holds_until": tokens.holds_until(own),
    }
    return private(render(request, "workshops/place.html", context))


class Confirm(ActionView, PlaceActionView):
    """Confirm a guest's registration."""

    def execute(self, form: ActionForm) -> Registration:
        return registering.confirm(self.object, at=clock.now())

    def get_success_message(self, made: Registration) -> str:
        """The place, or the waiting list."""
        return registration_message(made)


class ChangePlace(PlaceActionView):
    """Change one's own registration."""

    form_class: ClassVar[Any] = forms.SignUpForm
    heading = _("Your sign-up answers")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        workshop = self.object.workshop
        return {
            "workshop": workshop,
            "questions": list(workshop.questions.all()),
            "email": self.object.email,
        }

    def get_initial(self) -> dict[str, Any]:
        own = self.object
        names = (
            *("name", "language", "zone", "affiliation", "attendance"),
            *("may_meet", "learns", "tells", "about"),
        )
        answers = {f"answers-{name}": answer for name, answer in own.answers.items()}
        city = own.city.public_id if own.city else ""
        return {**{name: getattr(own, name) for name in names}, "city": city, **answers}

    def render_form(self, form: Any) -> HttpResponse:
        form.add_service_errors(lambda data: registering.faults_of(self.object.workshop, **data))
        return super().render_form(form)

    def execute(self, form: forms.SignUpForm) -> Registration:
        return registering.change_own(self.object, **form.as_kwargs(), **self.by)


class Leave(ActionView, PlaceActionView):
    """Cancel one's registration."""

    confirmation = _("Cancel your place?")
    consequence = _(
        "The next person on the waiting list will get it. We will delete your details for "
        "this workshop."
    )

    def execute(self, form: ActionForm) -> None:
        registering.leave(self.object, **self.by)

    def get_success_response(self, made: Any) -> HttpResponse:
        message = gettext(
            "You have cancelled your place. Your details for this workshop have been deleted."
        )
        messages.success(self.request, message)
        return redirect("workshops:workshop", self.object.workshop.public_id)


class Renew(ActionView, PlaceActionView):
    """New addresses of one's page and calendar; the old ones stop working."""

    confirmation = _("Create new addresses?")
    consequence = _(
        "The addresses of your page and your calendar, and your check-in code, will stop "
        "working. We will send the new ones to your email address."
    )

    def execute(self, form: ActionForm) -> None:
        registering.renew_addresses(self.object, **self.by)

    def get_success_response(self, made: Any) -> HttpResponse:
        message = gettext(
            "The old addresses no longer work. The new ones have been sent to you by email."
        )
        messages.success(self.request, message)
        return redirect("workshops:workshop", self.object.workshop.public_id)


class Decline(ActionView, PlaceActionView):
    """Decline a suggested meeting."""

    success_message = _("You will not be suggested to each other again.")

    def execute(self, form: ActionForm) -> None:
        meeting.decline(self.object, self.kwargs["meeting_id"], **self.by)


class MeetNobody(ActionView, PlaceActionView):
    """Withdraw the consent to meeting suggestions."""

    success_message = _(
        "We will no longer suggest you to other participants, or suggest anyone to you."
    )

    def execute(self, form: ActionForm) -> None:
        registering.meet_nobody(self.object, **self.by)


class GiveFeedback(PlaceActionView):
    form_class: ClassVar[Any] = forms.FeedbackForm
    heading = _("How was it?")
    lead = _("The organisers read your answers without your name.")
    submit_label = _("Submit")
    success_message = _("Thank you.")

    def execute(self, form: forms.FeedbackForm) -> Feedback:
        return after.save_feedback(self.object, **form.as_kwargs(), at=clock.now())


@require_safe
@missing_is_404
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A participant's own calendar, which programs request repeatedly."""
    own = tokens.of_calendar(token)
    # Calendars are shared, so nothing in them may act for the participant.
    page = page_address("workshops:workshop", own.language, own.workshop.public_id)
    with translation.override(own.language):
        content = calendar_of(own, page=page)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="workshop.ics"'
    return private(response)


@require_safe
@missing_is_404
def check_in_code(request: HttpRequest, token: str) -> HttpResponse:
    """The check-in code as a picture."""
    own = tokens.of_place(token)
    address = page_address("workshops:scan", own.language, tokens.check_in_token(own))
    out = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, border=2).save(out)
    return private(HttpResponse(out.getvalue(), content_type="image/svg+xml"))


@require_safe
@missing_is_404
def certificate(request: HttpRequest, token: str) -> HttpResponse:
    """The certificate of a participant who was checked in, once the workshop is over."""
    own = tokens.of_place(token)
    if own.checked_in_at is None or not rules.is_over(own.workshop, clock.now()):
        raise NotFound("certificate", own.public_id)
    response = HttpResponse(after.certificate(own), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="certificate.pdf"'
    return private(response)


@require_safe
@missing_is_404
def material(request: HttpRequest, file_id: str) -> HttpResponse:
    """A file of a workshop."""
    rows = Material.objects.select_related("workshop__organisation")
    actor = actor_of(request)
    record = get_by_public_id(
        rows, "file", file_id, lambda row: rules.may_read(actor, row.workshop)
    )
    path = after.FILES.path_of(record.sha256)
    if not path.is_file():
        raise NotFound("file", record.public_id)
    return download(
        path,
        media_type=record.media_type,
        file_name=record.file_name,
        is_public=record.workshop.state != WorkshopState.DRAFT,
    )
