"""Pages on which people do something: one form, one act, and the page that says it is done."""

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
    """A form of a page that acts. As it is it has no field: it asks for nothing but a yes.

    Services judge what was typed: no browser holds a form back for them.
    """

    use_required_attribute = False

    @contextmanager
    def showing_errors(self) -> Iterator[None]:
        """Call a service in this. Forms that can be refused show here what it finds at fault."""
        yield

    def as_kwargs(self) -> dict[str, Any]:
        """What was typed."""
        return self.cleaned_data

    def all_fields(self) -> Iterator[BoundField]:
        """The fields, also those of forms within this one."""
        return iter(self)


class ActionFormView(View):
    """Shows a form; refuses it with its faults and all that was typed; or acts, and goes on.

    Each page is a subclass: its words are attributes, what it reads and does are methods. A room
    says in a subclass of its own who may come in and what a closed door answers.
    """

    http_method_names = ["get", "head", "post"]
    form_class: ClassVar[Any] = ActionForm
    template_name: ClassVar[str] = "web/act.html"

    #: The title, and what stands above the form.
    heading: ClassVar[Words] = ""
    lead: ClassVar[Words] = ""
    #: What the last step of the way says, where it is not the title.
    breadcrumb: ClassVar[Words] = ""
    submit_label: ClassVar[Words] = _("Save")
    #: What is said once it is done.
    success_message: ClassVar[Words] = ""
    #: The names of the list above this page, and of the page of the record that it is about.
    list_page: ClassVar[tuple[Words, str]] = ("", "")
    object_page: ClassVar[tuple[Words, str]] = ("", "")
    #: The name of the page of what `act` made, and whether it stands below the record's own.
    created_page: ClassVar[tuple[str, bool]] = ("", False)

    #: What `find` gave.
    object: Any
    #: What the reader typed into this form before and has not saved.
    autosaved: QueryDict | None = None
    #: What a refused form answers.
    status = 422

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        """Show the form, or do what it says. What was typed before and not saved is shown only."""
        self.object = self.get_object(**ids)
        self.autosaved = getattr(request, "typing", None) and request.typing.back  # type: ignore[attr-defined]
        form = self.get_form()
        if self.autosaved is None and form.is_bound and form.is_valid():
            with form.showing_errors():
                return self.form_valid(form)
        return self.render_form(form)

    post = get

    # -- what a page says of itself -------------------------------------------------------------

    def get_object(self, *args: Any, **ids: Any) -> Any:
        """The record that the address names, through its door."""
        return None

    def get_initial(self) -> dict[str, Any]:
        """The values of the fields before anybody typed."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the form is made with besides."""
        return {}

    def execute(self, form: Any) -> Any:
        """Call one service with what was typed, and return what it made."""
        raise NotImplementedError

    def get_context_data(self) -> dict[str, Any]:
        """What the template reads besides, and words that are not the same for all records."""
        return {}

    def get_title(self) -> Any:
        """What the step of the record says in the way to this page."""
        return self.object_page[0] or getattr(self.object, "title", "")

    def get_url_ids(self, made: Any = None) -> Sequence[Any]:
        """What the address of the page of the record is made of: `made` is what `act` returned."""
        if "public_id" in self.kwargs:
            return (self.kwargs["public_id"],)
        return (made.public_id,) if made is not None else ()

    def above(self) -> SafeString:
        """What stands above the whole page, as HTML."""
        return SafeString("")

    def below(self) -> SafeString:
        """What stands below the form, as HTML."""
        return SafeString("")

    def get_success_message(self, made: Any) -> str:
        """What is said once it is done."""
        return str(self.success_message)

    # -- what all pages do ----------------------------------------------------------------------

    def get_form(self) -> ActionForm:
        """The form, with what was sent if it was."""
        data: dict[str, Any] = {"initial": self.get_initial(), **self.get_form_kwargs()}
        if self.submitted_data is not None:
            data |= {"data": self.submitted_data, "files": self.request.FILES}
        form: ActionForm = self.form_class(**data)
        return form

    @property
    def submitted_data(self) -> QueryDict | None:
        """What stands in the form: what was sent, or typed before; None for a new form."""
        return self.request.POST if self.request.method == "POST" else self.autosaved

    def form_valid(self, form: Any) -> HttpResponse:
        """Act, and go on. What was typed is in the record now and need not be kept beside it."""
        made = self.execute(form)
        if typing := getattr(self.request, "typing", None):
            typing.is_saved = True
        return self.get_success_response(made)

    def get_success_response(self, made: Any) -> HttpResponse:
        """Go to the page of the record, which says what was done."""
        if message := self.get_success_message(made):
            messages.success(self.request, message)
        return redirect(self.get_success_url(made))

    def get_success_url(self, made: Any = None) -> str:
        """The page of what was made, else of the record, or the list where there is none yet."""
        name, is_below = self.created_page
        if name and made is not None:
            return reverse(name, args=[*(self.get_url_ids() if is_below else ()), made.public_id])
        ids = self.get_url_ids(made)
        return reverse(self.object_page[1], args=ids) if ids else reverse(self.list_page[1])

    def get_breadcrumbs(self) -> list[Step]:
        """The pages above this one."""
        label, name = self.list_page
        steps: list[Step] = [(label, reverse(name))] if name else []
        return [*steps, (self.get_title(), self.get_success_url())] if self.get_url_ids() else steps

    def render_form(self, form: ActionForm) -> HttpResponse:
        """The page with its form; `status` where something in it is at fault."""
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
    """A button on the page of a record: what is refused is said there, too.

    One that cannot be undone has a question, and says what follows: it is asked on a page between.
    """

    http_method_names = ["post"]
    confirmation: ClassVar[Words] = ""
    consequence: ClassVar[Words] = ""

    def form_valid(self, form: Any) -> HttpResponse:
        """Act, and go on; or ask once more before."""
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
        """Back to the page of the record, which says what was at fault."""
        for faults in form.errors.values():
            messages.error(self.request, " ".join(map(str, faults)))
        return redirect(self.get_success_url())
