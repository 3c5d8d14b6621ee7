"""The list of workshops, the page of one, signing up, and one's own page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock, throttle
from alliance.core.forms import ServiceForm
from alliance.network.access import actor_of
from alliance.network.views import missing_is_404, private
from alliance.web.acting import Act, ActForm, FormAndAct
from alliance.web.page_cache import shows
from alliance.workshops import forms, selectors, tokens
from alliance.workshops.enums import SeatState
from alliance.workshops.models import Registration, Workshop
from alliance.workshops.services import registering

LIST = (_("Workshops"), "workshops:workshops")


@shows("workshop", "registration", "city")
@require_safe
def workshops(request: HttpRequest) -> HttpResponse:
    """Workshops to come, and those that are over."""
    context = selectors.list_page(actor_of(request), at=clock.now())
    return render(request, "workshops/workshops.html", context)


@require_safe
@missing_is_404
def workshop(request: HttpRequest, public_id: str) -> HttpResponse:
    """One workshop: programme, places, and the way to sign up."""
    actor = actor_of(request)
    found = selectors.get_workshop_for(actor, public_id)
    zone = request.GET.get("zone", "")
    context = selectors.page(found, actor, zone=zone, at=clock.now())
    if context["own"]:
        context["own_token"] = tokens.place_token(context["own"])
    return render(request, "workshops/workshop.html", context)


class SignUp(FormAndAct):
    """Sign up for a workshop, with an account or by email."""

    form_class: ClassVar[Any] = forms.SignUpForm
    list_page = LIST
    own_page = ("", "workshops:workshop")
    heading = _("Sign up")
    submit = _("Sign up")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep nothing in caches."""
        return private(missing_is_404(super().dispatch)(request, *args, **kwargs))  # type: ignore[arg-type]

    def find(self, *args: Any, **ids: Any) -> Workshop:
        return selectors.get_workshop_for(actor_of(self.request), ids["public_id"])

    def title(self) -> Any:
        return self.found.title

    def form_options(self) -> dict[str, Any]:
        user = actor_of(self.request).user
        return {
            "workshop": self.found,
            "questions": list(self.found.questions.all()),
            "email": user.email if user else "",
        }

    def initial(self) -> dict[str, Any]:
        return forms.words_of(self.found, actor_of(self.request).user, self.request.LANGUAGE_CODE)

    def act(self, form: forms.SignUpForm) -> Registration | None:
        actor, at = actor_of(self.request), clock.now()
        if actor.user is not None:
            return registering.sign_up(
                self.found, form.words(), user=actor.user, actor=actor, at=at
            )
        where_from = throttle.client_address(self.request)
        registering.ask(self.found, form.words(), address=where_from, at=at)
        return None

    def say(self, made: Registration | None) -> str:
        """Whether there is a place, or that an email is on its way."""
        if made is None:
            return gettext("Look into your email: open the link there to get your place.")
        return said_of(made)

    def own_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)

    def address(self, made: Registration | None = None) -> str:
        if made is not None:
            return reverse("workshops:place", args=[tokens.place_token(made)])
        return super().address()

    def context(self) -> dict[str, Any]:
        left = selectors.counted(self.found)["left"]
        lead = gettext("Free places: %(n)s.") % {"n": left}
        if not left:
            lead = gettext("All places are taken. Sign up to wait; you get in when one is free.")
        return {"lead": lead, "named": self.found.title}


def said_of(made: Registration) -> str:
    """Whether somebody who signed up has a place."""
    if made.state == SeatState.IN:
        return gettext("You have a place. It is in your email, too.")
    return gettext("You are on the waiting list. You get an email when it is your turn.")


class PlaceAct(FormAndAct):
    """What somebody does on her own page; the address is the proof of who she is."""

    form_class: ClassVar[Any] = ServiceForm
    own_page = ("", "workshops:place")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep nothing in caches."""
        return private(missing_is_404(super().dispatch)(request, *args, **kwargs))  # type: ignore[arg-type]

    def find(self, *args: Any, **ids: Any) -> Registration:
        return tokens.of_place(ids["token"])

    def title(self) -> Any:
        return gettext("Your place")

    def own_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["token"],)

    @property
    def by(self) -> dict[str, Any]:
        """Who acts, and when."""
        return {"actor": actor_of(self.request), "at": clock.now()}


@require_safe
@missing_is_404
def place(request: HttpRequest, token: str) -> HttpResponse:
    """One's own page."""
    own = tokens.of_place(token)
    context = selectors.place_page(own, at=clock.now()) | {
        "token": token,
        "calendar": tokens.calendar_token(own),
    }
    return private(render(request, "workshops/place.html", context))


class Confirm(Act, PlaceAct):
    """A guest confirms that it was her who signed up."""

    def act(self, form: ActForm) -> Registration:
        return registering.confirm(self.found, at=clock.now())

    def say(self, made: Registration) -> str:
        """Whether there is a place."""
        return said_of(made)


class ChangePlace(PlaceAct):
    """Change what one said when signing up."""

    form_class: ClassVar[Any] = forms.SignUpForm
    heading = _("What you said when you signed up")
    said = _("It is saved.")

    def form_options(self) -> dict[str, Any]:
        workshop = self.found.workshop
        return {
            "workshop": workshop,
            "questions": list(workshop.questions.all()),
            "email": self.found.email,
        }

    def initial(self) -> dict[str, Any]:
        own = self.found
        names = (
            *("name", "language", "zone", "affiliation", "attendance"),
            *("may_meet", "learns", "tells", "about"),
        )
        answers = {f"answers-{name}": said for name, said in own.answers.items()}
        city = own.city.public_id if own.city else ""
        return {**{name: getattr(own, name) for name in names}, "city": city, **answers}

    def act(self, form: forms.SignUpForm) -> Registration:
        return registering.change_own(self.found, form.words(), **self.by)


class Leave(Act, PlaceAct):
    """Give one's place back."""

    def act(self, form: ActForm) -> None:
        registering.leave(self.found, **self.by)

    def done(self, made: Any) -> HttpResponse:
        said = gettext("You have given your place back. What we kept about you for it is deleted.")
        messages.success(self.request, said)
        return redirect("workshops:workshop", self.found.workshop.public_id)
