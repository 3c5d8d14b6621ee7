"""Views for pages with one form and one action, after which the reader is redirected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views import View

Words = str | Promise
#: Label and address of a page above this one.
Step = tuple[Any, str]


class ActionForm(forms.Form):
    """A form of an action; without fields it only asks for confirmation.

    Services validate the input, so the browser must not hold the form back.
    """

    use_required_attribute = False

    @contextmanager
    def showing_errors(self) -> Iterator[None]:
        """Wrap the call of a service; subclasses show the faults that it raises."""
        yield

    def as_kwargs(self) -> dict[str, Any]:
        """The values for the service, by parameter."""
        return self.cleaned_data

    def all_fields(self) -> Iterator[BoundField]:
        """The fields, with those of nested forms."""
        return iter(self)


class ActionFormView(View):
    """Show a form, answer invalid input with its faults and all that was typed, or redirect.

    Each page is a subclass: texts are attributes, reading and writing are methods. Each app has a
    base class that checks permissions.
    """

    http_method_names = ["get", "head", "post"]
    form_class: ClassVar[Any] = ActionForm
    template_name: ClassVar[str] = "web/act.html"

    #: The title, and the text above the form.
    heading: ClassVar[Words] = ""
    lead: ClassVar[Words] = ""
    #: The last breadcrumb, where it is not the title.
    breadcrumb: ClassVar[Words] = ""
    submit_label: ClassVar[Words] = _("Save")
    #: The message on the page that follows.
    success_message: ClassVar[Words] = ""
    #: Label and URL name of the list above this page, and of the page of its object.
    list_page: ClassVar[tuple[Words, str]] = ("", "")
    object_page: ClassVar[tuple[Words, str]] = ("", "")
    #: URL name of the page of what `execute` creates, and whether it is below that of the object.
    created_page: ClassVar[tuple[str, bool]] = ("", False)

    #: What `get_object` returns.
    object: Any
    #: What the reader typed into this form before and has not saved.
    autosaved: QueryDict | None = None
    #: The status of an invalid form.
    status = 422

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        """Show the form, or handle it if it was sent. Autosaved input is only shown."""
        self.object = self.get_object(**ids)
        self.autosaved = getattr(request, "typing", None) and request.typing.back  # type: ignore[attr-defined]
        form = self.get_form()
        if self.autosaved is None and form.is_bound and form.is_valid():
            with form.showing_errors():
                return self.form_valid(form)
        return self.render_form(form)

    post = get

    # -- for subclasses to override -------------------------------------------------------------

    def get_object(self, *args: Any, **ids: Any) -> Any:
        """The record of the address, through its permission-checked getter."""
        return None

    def get_initial(self) -> dict[str, Any]:
        """The initial values of the fields."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Further arguments of the form."""
        return {}

    def execute(self, form: Any) -> Any:
        """Call one service with the input, and return the record that it created or changed."""
        raise NotImplementedError

    def get_context_data(self) -> dict[str, Any]:
        """Further context, and texts that depend on the object."""
        return {}

    def get_title(self) -> Any:
        """The breadcrumb of the object."""
        return self.object_page[0] or getattr(self.object, "title", "")

    def get_url_ids(self, made: Any = None) -> Sequence[Any]:
        """The arguments of the URL of the object; `made` is what `execute` returned."""
        if "public_id" in self.kwargs:
            return (self.kwargs["public_id"],)
        return (made.public_id,) if made is not None else ()

    def above(self) -> SafeString:
        """HTML above the whole page."""
        return SafeString("")

    def below(self) -> SafeString:
        """HTML below the form."""
        return SafeString("")

    def get_success_message(self, made: Any) -> str:
        """The message on the page that follows."""
        return str(self.success_message)

    # -- shared by all pages --------------------------------------------------------------------

    def get_form(self) -> ActionForm:
        """The form, bound to submitted or autosaved data if there are any."""
        data: dict[str, Any] = {"initial": self.get_initial(), **self.get_form_kwargs()}
        if self.submitted_data is not None:
            data |= {"data": self.submitted_data, "files": self.request.FILES}
        form: ActionForm = self.form_class(**data)
        return form

    @property
    def submitted_data(self) -> QueryDict | None:
        """The data of the form: submitted, else autosaved; None for a new form."""
        return self.request.POST if self.request.method == "POST" else self.autosaved

    def form_valid(self, form: Any) -> HttpResponse:
        """Execute and redirect; the autosaved copy is no longer needed."""
        made = self.execute(form)
        if typing := getattr(self.request, "typing", None):
            typing.is_saved = True
        return self.get_success_response(made)

    def get_success_response(self, made: Any) -> HttpResponse:
        """Redirect to the success URL with the message."""
        if message := self.get_success_message(made):
            messages.success(self.request, message)
        return redirect(self.get_success_url(made))

    def get_success_url(self, made: Any = None) -> str:
        """The URL of what was created, else of the object, else of the list."""
        name, is_below = self.created_page
        if name and made is not None:
            return reverse(name, args=[*(self.get_url_ids() if is_below else ()), made.public_id])
        ids = self.get_url_ids(made)
        return reverse(self.object_page[1], args=ids) if ids else reverse(self.list_page[1])

    def get_breadcrumbs(self) -> list[Step]:
        """The breadcrumbs above this page."""
        label, name = self.list_page
        steps: list[Step] = [(label, reverse(name))] if name else []
        return [*steps, (self.get_title(), self.get_success_url())] if self.get_url_ids() else steps

    def render_form(self, form: ActionForm) -> HttpResponse:
        """The page with its form; with `status` if the form is invalid."""
        context = {
            "form": form,
            "object": self.object,
            "heading": self.heading,
            "lead": self.lead,
            "submit": self.submit_label,
            "way": self.get_breadcrumbs(),
            "back": self.get_success_url(),
            "above": self.above(),
            "below": self.below(),
            **self.get_context_data(),
        }
        context.setdefault("here", self.breadcrumb or context["heading"])
        status = self.status if form.errors and self.autosaved is None else 200
        return render(self.request, self.template_name, context, status=status)


class ActionView(ActionFormView):
    """A POST-only action from the page of an object, where its faults are shown, too.

    One that cannot be undone has a `confirmation` and a `consequence`, shown on a page between.
    """

    http_method_names = ["post"]
    confirmation: ClassVar[Words] = ""
    consequence: ClassVar[Words] = ""

    def form_valid(self, form: Any) -> HttpResponse:
        """Ask for confirmation if there is a question, else execute and redirect."""
        if not self.confirmation or self.request.POST.get("sure"):
            return ActionFormView.form_valid(self, form)
        own = {"csrfmiddlewaretoken", "typing"}
        context = {
            "form": ActionForm(),
            "heading": self.confirmation,
            "here": self.confirmation,
            "lead": self.consequence,
            "submit": _("Yes"),
            "way": self.get_breadcrumbs(),
            "back": self.get_success_url(),
            "typed": [
                (name, value)
                for name, values in self.request.POST.lists()
                for value in values
                if name not in own
            ],
        }
        return render(self.request, "web/sure.html", context)

    def render_form(self, form: ActionForm) -> HttpResponse:
        """Redirect to the object, with the faults as messages."""
        for faults in form.errors.values():
            messages.error(self.request, " ".join(map(str, faults)))
        return redirect(self.get_success_url())
