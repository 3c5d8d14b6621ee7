"""The pages of a survey: editing the questions, and answering them page by page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.errors import Fault, InvalidData, NotFound
from alliance.network.access import actor_of
from alliance.network.views import for_people, missing_is_404
from alliance.participation import rules
from alliance.participation.enums import ProcessState
from alliance.participation.models import Participant, Process
from alliance.participation.places import line_of
from alliance.participation.selectors.access import ENTER, RUN
from alliance.participation.services.participants import known_participant
from alliance.participation.views import geojson, issued_file
from alliance.participation.views.residents import LIST, ResidentActionView
from alliance.participation.views.running import EnterPaper, ProcessActionView
from alliance.surveys import forms
from alliance.surveys.models import Response, Version
from alliance.surveys.questions import Question, asked, is_empty, pages
from alliance.surveys.selectors import crossable, crossed, get_survey_for, standing
from alliance.surveys.services import answering, files
from alliance.surveys.services import questions as setting
from alliance.surveys.services.ground import KM, ground_of, set_ground
from alliance.web.actions import ActionForm, Step


class Questions(ProcessActionView):
    """Edit the questions of a survey."""

    form_class = forms.QuestionsForm
    heading = _("Survey questions")
    service = setting.set_questions
    submit_label = _("Save questions")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        return get_survey_for(self.actor, ids["public_id"], RUN)

    def get_form_kwargs(self) -> dict[str, Any]:
        version = setting.latest_version(self.object)
        return {"rows": forms.QuestionsForm.rows_of(version.asked if version else [])}

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext(
            "Keep the survey short: ten questions take five minutes. The questions are "
            "hidden until the survey opens."
        )
        if self.object.state != ProcessState.DRAFT:
            lead = gettext(
                "The survey is open, so any change makes a new version. People who have "
                "started continue with the old one. Answers to unchanged questions are "
                "counted together."
            )
        return {"lead": lead}

    def below(self) -> SafeString:
        """A link to the choice of the map, as long as it is possible."""
        if self.object.state != ProcessState.DRAFT:
            return super().below()
        href = reverse("surveys:ground", args=[self.object.public_id])
        return format_html('<p><a href="{}">{}</a></p>', href, SetGround.heading)

    def get_success_message(self, made: Version) -> str:
        """The number of the version."""
        message = gettext("Questions saved. This is version %(n)s.")
        return message % {"n": made.number}

    def get_success_url(self, made: Any = None) -> str:
        name = "surveys:questions" if made is not None else "participation:manage"
        return reverse(name, args=[self.object.public_id])


class SetGround(ProcessActionView):
    """Choose where the places of a survey may lie."""

    form_class = forms.GroundForm
    heading = _("Survey map")
    lead = _(
        "Residents can only mark places inside the map, and answers are counted by area. "
        "You cannot change the map once the survey is open."
    )
    service = set_ground
    success_message = _("Map saved.")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        return get_survey_for(self.actor, ids["public_id"], RUN)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"choices": {"area_set": forms.area_choices(self.object)}}

    def get_initial(self) -> dict[str, Any]:
        ground = ground_of(self.object)
        if ground is None:
            return {"km": KM}
        area_set = ground.area_set.public_id if ground.area_set else ""
        return {"area_set": area_set, "km": ground.km, "only": ground.only}

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:manage", args=[self.object.public_id])


class Answer(ResidentActionView):
    """A page of a survey, by `page` in the address; the last one shows all answers and submits
    them."""

    form_class: ClassVar[Any] = forms.AnswerForm
    template_name = "surveys/answer.html"
    submit_label = _("Next")
    process: Process | None = None
    response: Response | None
    version: Version

    def get_object(self, *args: Any, **ids: Any) -> Process:
        if self.process is not None:
            return self.process
        self.process = process = get_survey_for(actor_of(self.request), ids["public_id"])
        self.participant = known_participant(self.request, process)
        self.response = answering.response_of(self.participant)
        latest = setting.latest_version(process)
        if latest is None:
            raise NotFound("survey", ids["public_id"])
        self.latest = latest
        self.version = self.response.version if self.response else latest
        self.answers = answering.answers_of(self.response)
        self.pages = pages(self.version.asked)
        self.ground = ground_of(process)
        return process

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:
        """Show a page, or save it. If the survey is closed, the page of the process says when it
        opens."""
        process = self.get_object(**ids)
        if process.state != ProcessState.DRAFT and not rules.takes_text(process, clock.now()):
            return redirect("participation:take-part", process.public_id)
        if not self._asked(self.number):
            return redirect(self._page(self._after(self.number)))
        return super().get(request, **ids)

    post = get

    @property
    def number(self) -> int:
        """The number of the page, from 1; the page after the last is the review of all answers."""
        text = self.request.GET.get("page", "1")
        number = int(text) if text.isdecimal() and len(text) < 4 else 1
        return max(1, min(number, len(self.pages) + 1))

    @property
    def on_map(self) -> Question | None:
        """The question on a map that this page asks."""
        page = [] if self.is_check else self.pages[self.number - 1]
        return page[0] if page and page[0].is_on_map and self.ground else None

    def get_form(self) -> ActionForm:
        self.form_class = forms.MapForm if self.on_map else forms.AnswerForm  # type: ignore[misc]
        return super().get_form()

    @property
    def is_check(self) -> bool:
        """Whether this is the review of all answers."""
        return self.number > len(self.pages)

    def _asked(self, number: int) -> list[Question]:
        """The questions on a page; on the last one all of them."""
        questions = asked(self.version.asked, self.answers)
        if number > len(self.pages):
            return questions
        keys = {question.key for question in self.pages[number - 1]}
        return [question for question in questions if question.key in keys]

    def _after(self, number: int) -> int:
        """The next page with a question."""
        later = range(number + 1, len(self.pages) + 1)
        return next((page for page in later if self._asked(page)), len(self.pages) + 1)

    def _before(self, number: int) -> int | None:
        earlier = range(number - 1, 0, -1)
        return next((page for page in earlier if self._asked(page)), None)

    def _page(self, number: int) -> str:
        start = reverse("surveys:answer", args=[self.kwargs["public_id"]])
        return f"{start}?page={number}"

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.on_map:
            asked = self.version.asked
            return {"questions": asked, "on_map": self.on_map, "ground": self.ground}
        return {"questions": [] if self.is_check else self._asked(self.number)}

    def get_initial(self) -> dict[str, Any]:
        if self.on_map:
            return {}
        return forms.initial_of(self._asked(self.number), self.answers)

    def execute(self, form: Any) -> Response:
        at = clock.now()
        # A person does not become a participant while nothing is accepted.
        if not rules.takes_text(self.object, at):
            raise InvalidData([Fault("answers", "survey-not-now")])
        if self.is_check:
            if self.response is None:
                raise InvalidData([Fault("answers", "missing")])
            return answering.send(self.response, address=self.where_from, at=at)
        questions = self._asked(self.number)
        answers = self._with_place(form) if self.on_map else form.values()
        return answering.save_page(self.taking_part(), questions, answers, at=at)

    def _with_place(self, form: forms.MapForm) -> dict[str, Any]:
        """The existing places with the submitted one, or without the one to be removed."""
        assert self.on_map is not None
        marked = list(self.answers.get(self.on_map.key) or [])
        out = self.request.POST.get("remove", "")
        if out.isdecimal():
            marked = [place for number, place in enumerate(marked, start=1) if str(number) != out]
        elif (made := form.made()) is not None:
            marked.append(made)
        return {self.on_map.key: marked}

    def get_success_response(self, made: Response) -> HttpResponse:
        """The next page; after submission, the page of the process."""
        if self.is_check:
            message = gettext(
                "Thank you for your answers. Your receipt code: %(code)s. Keep it to find "
                "your answers again."
            )
            messages.success(self.request, message % {"code": made.participant.receipt})
            return redirect("participation:take-part", self.object.public_id)
        self.answers = answering.answers_of(made)
        if self.on_map and {"more", "remove"} & self.request.POST.keys():
            return redirect(self._page(self.number))
        return redirect(self._page(self._after(self.number)))

    def get_breadcrumbs(self) -> list[Step]:
        process = self.object
        return [
            (LIST[0], reverse(LIST[1])),
            (process.title, reverse("participation:take-part", args=[process.public_id])),
        ]

    def get_context_data(self) -> dict[str, Any]:
        before = self._before(self.number)
        context = {
            "process": self.object,
            "here": gettext("Check your answers") if self.is_check else gettext("Your answers"),
            "number": self.number,
            "n_pages": len(self.pages),
            "is_check": self.is_check,
            "before": self._page(before) if before else "",
            "version": self.version,
            "latest": self.latest,
            "is_preview": self.object.state == ProcessState.DRAFT,
        }
        if self.on_map:
            marked = self.answers.get(self.on_map.key) or []
            context |= {
                "on_map": self.on_map,
                "marked": [(n, line_of(place)) for n, place in enumerate(marked, start=1)],
                "is_full": len(marked) >= self.on_map.most_places,
            }
        if self.is_check:
            places = {
                question.key: n for n, page in enumerate(self.pages, start=1) for question in page
            }
            context["given"] = [
                (
                    question,
                    files.in_words(question, value),
                    self._page(places[question.key]),
                    is_empty(value),
                )
                for question in self._asked(self.number)
                for value in (self.answers.get(question.key),)
            ]
        return context


class Paper(EnterPaper):
    """Enter a person's answers on paper, by phone or at a counter."""

    kinds_form = forms.PaperForm

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = get_survey_for(self.actor, ids["public_id"], ENTER)
        version = setting.latest_version(process)
        if version is None:
            raise NotFound("survey", ids["public_id"])
        self.version = version
        return process

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"questions": self.version.asked, "ground": ground_of(self.object)}

    def execute(self, form: Any) -> Participant:
        cleaned_data = form.cleaned_data
        return answering.enter_form(
            self.version,
            form.values(),
            language=cleaned_data["language"],
            channel=cleaned_data["channel"],
            traits=form.traits,
            **self.by,
        )

    def get_success_url(self, made: Any = None) -> str:
        if made is not None:
            return reverse("surveys:paper", args=[self.object.public_id])
        return super().get_success_url()


def _file(parts: Iterable[bytes], name: str) -> HttpResponse:
    response = HttpResponse(parts, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@issued_file
def map_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The number of people who marked something in each area, as GeoJSON."""
    process = get_survey_for(actor_of(request), public_id)
    return geojson(files.map_features(process))


@require_safe
@for_people
@issued_file
def places_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every place as GeoJSON with random ids, for those who run the survey."""
    process = get_survey_for(actor_of(request), public_id, RUN)
    return geojson(files.place_features(process))


@require_safe
@issued_file
def results_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The results as CSV, once enough people have answered."""
    process = get_survey_for(actor_of(request), public_id)
    return _file(files.result_lines(process), f"survey-{process.public_id}.csv")


@require_safe
@for_people
@issued_file
def answers_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Each person's answers with random ids, for those who run the survey."""
    process = get_survey_for(actor_of(request), public_id, RUN)
    return _file(files.answer_lines(process), f"answers-{process.public_id}.csv")


@require_safe
@missing_is_404
def crosses(request: HttpRequest, public_id: str) -> HttpResponse:
    """A cross table of two questions, or of a question and a trait: `rows` and `columns`."""
    process = get_survey_for(actor_of(request), public_id)
    results = standing(process)
    if results is None:
        raise NotFound("results", public_id)
    choices = crossable(results)
    data = request.GET.copy()
    if not data and len(choices) > 1:
        data.update({"rows": choices[0][0], "columns": choices[1][0]})
    form = forms.CrossForm(data or None, choices=choices)
    table = None
    if form.is_valid():
        table = crossed(results, form.cleaned_data["rows"], form.cleaned_data["columns"])
    context = {"process": process, "form": form, "table": table, "standing": results}
    status = 422 if form.errors else 200
    return render(request, "surveys/cross.html", context, status=status)


@require_safe
@issued_file
def crosses_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """A cross table as CSV."""
    process = get_survey_for(actor_of(request), public_id)
    codes = (request.GET.get("rows", ""), request.GET.get("columns", ""))
    return _file(files.crossed_lines(process, *codes), f"crossed-{process.public_id}.csv")
