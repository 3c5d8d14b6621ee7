"""Base views for actions of signed-in people."""

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
    """Visitors go to sign in and come back. NotFound is a 404, NotAllowed a 403 that shows the
    input again."""

    form_class: ClassVar[Any] = ServiceForm
    #: The permission-checked getter: takes the actor and the arguments of the address.
    getter: ClassVar[Callable[..., Any]]
    #: The service: takes the record, the input, the actor and the time.
    service: ClassVar[Callable[..., Any]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Handle the exceptions of getters and services."""
        return for_people(refusal_is_403(super().dispatch))(request, *args, **kwargs)  # type: ignore[arg-type]

    def get_object(self, *args: Any, **ids: Any) -> Any:
        return type(self).getter(self.actor, *ids.values())

    def execute(self, form: Any) -> Any:
        """Call the service with the input."""
        return type(self).service(self.object, **form.as_kwargs(), **self.by)

    def form_valid(self, form: Any) -> HttpResponse:
        """Execute and redirect; a NotAllowed is shown above the form."""
        try:
            return super().form_valid(form)
        except NotAllowed as error:
            self.status = 403
            raise ValidationError(error.rule) from error

    def below(self) -> SafeString:
        """Whom to ask for permission, after a NotAllowed."""
        if self.status != 403:
            return SafeString("")
        record = self.object
        team = record if isinstance(record, Organisation) else getattr(record, "organisation", None)
        return whom_to_ask(self.request, team=team)

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    @property
    def by(self) -> dict[str, Any]:
        """The actor and the time, as services take them."""
        return {"actor": self.actor, "at": clock.now()}

    @property
    def language(self) -> str:
        return self.request.LANGUAGE_CODE


class PeoplePostView(ActionView, PeopleActionView):
    """A POST-only button on the page of a record. A NotAllowed is a page of its own."""

    form_valid = ActionView.form_valid
