"""Pages on which signed-in people do something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.safestring import SafeString

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import NotAllowed
from alliance.core.forms import ServiceForm
from alliance.network.access import actor_of
from alliance.network.models import Organisation
from alliance.network.views import for_people
from alliance.network.views.refusals import refusal_is_403, whom_to_ask
from alliance.web.actions import ActionFormView, ActionView


class PeopleActionView(ActionFormView):
    """Others go to sign in and come back. A closed door is a 404, what a rule forbids a 403 that
    shows what was typed."""

    form_class: ClassVar[Any] = ServiceForm
    #: The door to the record: takes who acts and what the address names.
    getter: ClassVar[Callable[..., Any]]
    #: What is done: takes the record, what was typed, who acts and when.
    service: ClassVar[Callable[..., Any]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may."""
        return for_people(refusal_is_403(super().dispatch))(request, *args, **kwargs)  # type: ignore[arg-type]

    def get_object(self, *args: Any, **ids: Any) -> Any:
        """The record, through its door."""
        return type(self).getter(self.actor, *ids.values())

    def execute(self, form: Any) -> Any:
        """Call the service with what was typed."""
        return type(self).service(self.object, **form.as_kwargs(), **self.by)

    def form_valid(self, form: Any) -> HttpResponse:
        """Act, and go on; what a rule forbids is said above the form."""
        try:
            return super().form_valid(form)
        except NotAllowed as error:
            self.status = 403
            raise ValidationError(error.rule) from error

    def below(self) -> SafeString:
        """Whom to ask, where a rule forbids it."""
        if self.status != 403:
            return SafeString("")
        record = self.object
        team = record if isinstance(record, Organisation) else getattr(record, "organisation", None)
        return whom_to_ask(self.request, team=team)

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return actor_of(self.request)

    @property
    def by(self) -> dict[str, Any]:
        """Who acts, and when, as services take it."""
        return {"actor": self.actor, "at": clock.now()}

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.request.LANGUAGE_CODE


class PeoplePostView(ActionView, PeopleActionView):
    """A button on the page of a record. What a rule forbids is a page of its own."""

    form_valid = ActionView.form_valid
