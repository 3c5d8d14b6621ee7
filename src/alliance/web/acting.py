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


class ActForm(forms.Form):
    """A form of a page that acts. As it is it has no field: it asks for nothing but a yes.

    Services judge what was typed: no browser holds a form back for them.
    """

    use_required_attribute = False

    @contextmanager
    def showing_faults(self) -> Iterator[None]:
        """Call a service in this. Forms that can be refused show here what it finds at fault."""
        yield

    def given(self) -> dict[str, Any]:
        """What was typed."""
        return self.cleaned_data

    def all_fields(self) -> Iterator[BoundField]:
        """The fields, also those of forms within this one."""
        return iter(self)


class FormAndAct(View):
    """Shows a form; refuses it with its faults and all that was typed; or acts, and goes on.

    Each page is a subclass: its words are attributes, what it reads and does are methods. A room
    says in a subclass of its own who may come in and what a closed door answers.
    """

    http_method_names = ["get", "head", "post"]
    form_class: ClassVar[Any] = ActForm
    template_name: ClassVar[str] = "web/act.html"

    #: The title, and what stands above the form.
    heading: ClassVar[Words] = ""
    lead: ClassVar[Words] = ""
    #: What the last step of the way says, where it is not the title.
    here: ClassVar[Words] = ""
    submit: ClassVar[Words] = _("Save")
    #: What is said once it is done.
    said: ClassVar[Words] = ""
    #: The names of the list above this page, and of the page of the record that it is about.
    list_page: ClassVar[tuple[Words, str]] = ("", "")
    own_page: ClassVar[tuple[Words, str]] = ("", "")
    #: The name of the page of what `act` made, and whether it stands below the record's own.
    made_page: ClassVar[tuple[str, bool]] = ("", False)

    #: What `find` gave.
    found: Any
    #: What the reader typed into this form before and has not saved.
    typed: QueryDict | None = None
    #: What a refused form answers.
    status = 422

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        """Show the form, or do what it says. What was typed before and not saved is shown only."""
        self.found = self.find(**ids)
        self.typed = getattr(request, "typing", None) and request.typing.back  # type: ignore[attr-defined]
        form = self.form()
        if self.typed is None and form.is_bound and form.is_valid():
            with form.showing_faults():
                return self.perform(form)
        return self.show(form)

    post = get

    # -- what a page says of itself -------------------------------------------------------------

    def find(self, *args: Any, **ids: Any) -> Any:
        """The record that the address names, through its door."""
        return None

    def initial(self) -> dict[str, Any]:
        """The values of the fields before anybody typed."""
        return {}

    def form_options(self) -> dict[str, Any]:
        """What the form is made with besides."""
        return {}

    def act(self, form: Any) -> Any:
        """Call one service with what was typed, and return what it made."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What the template reads besides, and words that are not the same for all records."""
        return {}

    def title(self) -> Any:
        """What the step of the record says in the way to this page."""
        return self.own_page[0] or getattr(self.found, "title", "")

    def own_ids(self, made: Any = None) -> Sequence[Any]:
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

    def say(self, made: Any) -> str:
        """What is said once it is done."""
        return str(self.said)

    # -- what all pages do ----------------------------------------------------------------------

    def form(self) -> ActForm:
        """The form, with what was sent if it was."""
        data: dict[str, Any] = {"initial": self.initial(), **self.form_options()}
        if self.sent is not None:
            data |= {"data": self.sent, "files": self.request.FILES}
        form: ActForm = self.form_class(**data)
        return form

    @property
    def sent(self) -> QueryDict | None:
        """What stands in the form: what was sent, or typed before; None for a new form."""
        return self.request.POST if self.request.method == "POST" else self.typed

    def perform(self, form: Any) -> HttpResponse:
        """Act, and go on. What was typed is in the record now and need not be kept beside it."""
        made = self.act(form)
        if typing := getattr(self.request, "typing", None):
            typing.is_saved = True
        return self.done(made)

    def done(self, made: Any) -> HttpResponse:
        """Go to the page of the record, which says what was done."""
        if message := self.say(made):
            messages.success(self.request, message)
        return redirect(self.address(made))

    def address(self, made: Any = None) -> str:
        """The page of what was made, else of the record, or the list where there is none yet."""
        name, is_below = self.made_page
        if name and made is not None:
            return reverse(name, args=[*(self.own_ids() if is_below else ()), made.public_id])
        ids = self.own_ids(made)
        return reverse(self.own_page[1], args=ids) if ids else reverse(self.list_page[1])

    def way(self) -> list[Step]:
        """The pages above this one."""
        label, name = self.list_page
        steps: list[Step] = [(label, reverse(name))] if name else []
        return [*steps, (self.title(), self.address())] if self.own_ids() else steps

    def show(self, form: ActForm) -> HttpResponse:
        """The page with its form; `status` where something in it is at fault."""
        context = {
            "form": form,
            "found": self.found,
            "heading": self.heading,
            "lead": self.lead,
            "submit": self.submit,
            "way": self.way(),
            "back": self.address(),
            "above": self.above(),
            "below": self.below(),
            **self.context(),
        }
        context.setdefault("here", self.here or context["heading"])
        status = self.status if form.errors and self.typed is None else 200
        return render(self.request, self.template_name, context, status=status)


class Act(FormAndAct):
    """A button on the page of a record: what is refused is said there, too.

    One that cannot be undone has a question, and says what follows: it is asked on a page between.
    """

    http_method_names = ["post"]
    question: ClassVar[Words] = ""
    follows: ClassVar[Words] = ""

    def perform(self, form: Any) -> HttpResponse:
        """Act, and go on; or ask once more before."""
        if not self.question or self.request.POST.get("sure"):
            return FormAndAct.perform(self, form)
        own = {"csrfmiddlewaretoken", "typing"}
        context = {
            "form": ActForm(),
            "heading": self.question,
            "here": self.question,
            "lead": self.follows,
            "submit": _("Yes"),
            "way": self.way(),
            "back": self.address(),
            "typed": [
                (name, value)
                for name, values in self.request.POST.lists()
                for value in values
                if name not in own
            ],
        }
        return render(self.request, "web/sure.html", context)

    def show(self, form: ActForm) -> HttpResponse:
        """Back to the page of the record, which says what was at fault."""
        for faults in form.errors.values():
            messages.error(self.request, " ".join(map(str, faults)))
        return redirect(self.address())
