"""The pages of a survey: the questions as staff set them, page by page as people answer them."""

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
from alliance.participation.views.residents import LIST, ResidentAct
from alliance.participation.views.running import EnterPaper, ProcessAct
from alliance.surveys import forms
from alliance.surveys.models import Response, Version
from alliance.surveys.questions import Question, asked, is_empty, pages
from alliance.surveys.selectors import crossable, crossed, get_survey_for, standing
from alliance.surveys.services import answering, files
from alliance.surveys.services import questions as setting
from alliance.surveys.services.ground import KM, ground_of, set_ground
from alliance.web.acting import ActForm, Step


class Questions(ProcessAct):
    """Set the questions of a survey."""

    form_class = forms.QuestionsForm
    heading = _("Survey questions")
    service = setting.set_questions
    submit = _("Save questions")

    def find(self, *args: Any, **ids: Any) -> Process:
        return get_survey_for(self.actor, ids["public_id"], RUN)

    def form_options(self) -> dict[str, Any]:
        version = setting.latest_version(self.found)
        return {"rows": forms.QuestionsForm.rows_of(version.asked if version else [])}

    def context(self) -> dict[str, Any]:
        lead = gettext(
            "Keep the survey short: ten questions take five minutes. The questions are "
            "hidden until the survey opens."
        )
        if self.found.state != ProcessState.DRAFT:
            lead = gettext(
                "The survey is open, so any change makes a new version. People who have "
                "started continue with the old one. Answers to unchanged questions are "
                "counted together."
            )
        return {"lead": lead}

    def below(self) -> SafeString:
        """The way to the map, as long as it can be chosen."""
        if self.found.state != ProcessState.DRAFT:
            return super().below()
        href = reverse("surveys:ground", args=[self.found.public_id])
        return format_html('<p><a href="{}">{}</a></p>', href, SetGround.heading)

    def say(self, made: Version) -> str:
        """Which version it is."""
        said = gettext("Questions saved. This is version %(n)s.")
        return said % {"n": made.number}

    def address(self, made: Any = None) -> str:
        name = "surveys:questions" if made is not None else "participation:manage"
        return reverse(name, args=[self.found.public_id])


class SetGround(ProcessAct):
    """Choose where the places of a survey may lie."""

    form_class = forms.GroundForm
    heading = _("Survey map")
    lead = _(
        "Residents can only mark places inside the map, and answers are counted by area. "
        "You cannot change the map once the survey is open."
    )
    service = set_ground
    said = _("Map saved.")

    def find(self, *args: Any, **ids: Any) -> Process:
        return get_survey_for(self.actor, ids["public_id"], RUN)

    def form_options(self) -> dict[str, Any]:
        return {"choices": {"area_set": forms.area_choices(self.found)}}

    def initial(self) -> dict[str, Any]:
        ground = ground_of(self.found)
        if ground is None:
            return {"km": KM}
        area_set = ground.area_set.public_id if ground.area_set else ""
        return {"area_set": area_set, "km": ground.km, "only": ground.only}

    def address(self, made: Any = None) -> str:
        return reverse("participation:manage", args=[self.found.public_id])


class Answer(ResidentAct):
    """One page of a survey, by `page` in the address; the last one shows all and sends them."""

    form_class: ClassVar[Any] = forms.AnswerForm
    template_name = "surveys/answer.html"
    submit = _("Next")
    process: Process | None = None
    response: Response | None
    version: Version

    def find(self, *args: Any, **ids: Any) -> Process:
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
        """Show a page, or keep it. Where nothing is taken, the page of the process says when."""
        process = self.find(**ids)
        if process.state != ProcessState.DRAFT and not rules.takes_text(process, clock.now()):
            return redirect("participation:take-part", process.public_id)
        if not self._asked(self.number):
            return redirect(self._page(self._after(self.number)))
        return super().get(request, **ids)

    post = get

    @property
    def number(self) -> int:
        """Which page it is, from 1; one more than there are for the look at all answers."""
        text = self.request.GET.get("page", "1")
        number = int(text) if text.isdecimal() and len(text) < 4 else 1
        return max(1, min(number, len(self.pages) + 1))

    @property
    def on_map(self) -> Question | None:
        """The question on a map that this page asks."""
        page = [] if self.is_check else self.pages[self.number - 1]
        return page[0] if page and page[0].is_on_map and self.ground else None

    def form(self) -> ActForm:
        self.form_class = forms.MapForm if self.on_map else forms.AnswerForm  # type: ignore[misc]
        return super().form()

    @property
    def is_check(self) -> bool:
        """Whether this is the look at all answers."""
        return self.number > len(self.pages)

    def _asked(self, number: int) -> list[Question]:
        """What is asked on a page; on the last one everything."""
        found = asked(self.version.asked, self.answers)
        if number > len(self.pages):
            return found
        keys = {one.key for one in self.pages[number - 1]}
        return [one for one in found if one.key in keys]

    def _after(self, number: int) -> int:
        """The next page on which something is asked."""
        later = range(number + 1, len(self.pages) + 1)
        return next((one for one in later if self._asked(one)), len(self.pages) + 1)

    def _before(self, number: int) -> int | None:
        earlier = range(number - 1, 0, -1)
        return next((one for one in earlier if self._asked(one)), None)

    def _page(self, number: int) -> str:
        start = reverse("surveys:answer", args=[self.kwargs["public_id"]])
        return f"{start}?page={number}"

    def form_options(self) -> dict[str, Any]:
        if self.on_map:
            asked = self.version.asked
            return {"questions": asked, "on_map": self.on_map, "ground": self.ground}
        return {"questions": [] if self.is_check else self._asked(self.number)}

    def initial(self) -> dict[str, Any]:
        if self.on_map:
            return {}
        return forms.initial_of(self._asked(self.number), self.answers)

    def act(self, form: Any) -> Response:
        at = clock.now()
        # Who comes when nothing is taken does not take part by it.
        if not rules.takes_text(self.found, at):
            raise InvalidData([Fault("answers", "survey-not-now")])
        if self.is_check:
            if self.response is None:
                raise InvalidData([Fault("answers", "missing")])
            return answering.send(self.response, address=self.where_from, at=at)
        questions = self._asked(self.number)
        given = self._with_place(form) if self.on_map else form.values()
        return answering.save_page(self.taking_part(), questions, given, at=at)

    def _with_place(self, form: forms.MapForm) -> dict[str, Any]:
        """The places so far with the one that was typed, or without the one to be removed."""
        assert self.on_map is not None
        marked = list(self.answers.get(self.on_map.key) or [])
        out = self.request.POST.get("remove", "")
        if out.isdecimal():
            marked = [one for number, one in enumerate(marked, start=1) if str(number) != out]
        elif (made := form.made()) is not None:
            marked.append(made)
        return {self.on_map.key: marked}

    def done(self, made: Response) -> HttpResponse:
        """The next page; once it is sent, the page of the process."""
        if self.is_check:
            said = gettext(
                "Thank you for your answers. Your receipt code: %(code)s. Keep it to find "
                "your answers again."
            )
            messages.success(self.request, said % {"code": made.participant.receipt})
            return redirect("participation:take-part", self.found.public_id)
        self.answers = answering.answers_of(made)
        if self.on_map and {"more", "remove"} & self.request.POST.keys():
            return redirect(self._page(self.number))
        return redirect(self._page(self._after(self.number)))

    def way(self) -> list[Step]:
        found = self.found
        return [
            (LIST[0], reverse(LIST[1])),
            (found.title, reverse("participation:take-part", args=[found.public_id])),
        ]

    def context(self) -> dict[str, Any]:
        before = self._before(self.number)
        given = {
            "process": self.found,
            "here": gettext("Check your answers") if self.is_check else gettext("Your answers"),
            "number": self.number,
            "n_pages": len(self.pages),
            "is_check": self.is_check,
            "before": self._page(before) if before else "",
            "version": self.version,
            "latest": self.latest,
            "is_preview": self.found.state == ProcessState.DRAFT,
        }
        if self.on_map:
            marked = self.answers.get(self.on_map.key) or []
            given |= {
                "on_map": self.on_map,
                "marked": [(n, line_of(one)) for n, one in enumerate(marked, start=1)],
                "is_full": len(marked) >= self.on_map.most_places,
            }
        if self.is_check:
            places = {one.key: n for n, page in enumerate(self.pages, start=1) for one in page}
            given["given"] = [
                (one, files.in_words(one, value), self._page(places[one.key]), is_empty(value))
                for one in self._asked(self.number)
                for value in (self.answers.get(one.key),)
            ]
        return given


class Paper(EnterPaper):
    """Type in the answers that one person gave on paper, by phone or at a desk."""

    kinds_form = forms.PaperForm

    def find(self, *args: Any, **ids: Any) -> Process:
        process = get_survey_for(self.actor, ids["public_id"], ENTER)
        version = setting.latest_version(process)
        if version is None:
            raise NotFound("survey", ids["public_id"])
        self.version = version
        return process

    def form_options(self) -> dict[str, Any]:
        return {"questions": self.version.asked, "ground": ground_of(self.found)}

    def act(self, form: Any) -> Participant:
        given = form.cleaned_data
        return answering.enter_form(
            self.version,
            form.values(),
            language=given["language"],
            channel=given["channel"],
            traits=form.traits,
            **self.by,
        )

    def address(self, made: Any = None) -> str:
        if made is not None:
            return reverse("surveys:paper", args=[self.found.public_id])
        return super().address()


def _file(parts: Iterable[bytes], name: str) -> HttpResponse:
    response = HttpResponse(parts, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@issued_file
def map_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """How many people marked something in each area, as GeoJSON."""
    process = get_survey_for(actor_of(request), public_id)
    return geojson(files.map_features(process))


@require_safe
@for_people
@issued_file
def places_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every place as GeoJSON under random ids, for those who run the survey."""
    process = get_survey_for(actor_of(request), public_id, RUN)
    return geojson(files.place_features(process))


@require_safe
@issued_file
def results_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the answers say as CSV, once enough people have answered."""
    process = get_survey_for(actor_of(request), public_id)
    return _file(files.result_lines(process), f"survey-{process.public_id}.csv")


@require_safe
@for_people
@issued_file
def answers_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Each person's answers under random ids, for those who run the survey."""
    process = get_survey_for(actor_of(request), public_id, RUN)
    return _file(files.answer_lines(process), f"answers-{process.public_id}.csv")


@require_safe
@missing_is_404
def crosses(request: HttpRequest, public_id: str) -> HttpResponse:
    """Two questions crossed, or one by what people said of themselves: `rows` and `columns`."""
    process = get_survey_for(actor_of(request), public_id)
    found = standing(process)
    if found is None:
        raise NotFound("results", public_id)
    choices = crossable(found)
    given = request.GET.copy()
    if not given and len(choices) > 1:
        given.update({"rows": choices[0][0], "columns": choices[1][0]})
    form = forms.CrossForm(given or None, choices=choices)
    table = None
    if form.is_valid():
        table = crossed(found, form.cleaned_data["rows"], form.cleaned_data["columns"])
    context = {"process": process, "form": form, "table": table, "standing": found}
    status = 422 if form.errors else 200
    return render(request, "surveys/cross.html", context, status=status)


@require_safe
@issued_file
def crosses_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Two questions crossed as CSV."""
    process = get_survey_for(actor_of(request), public_id)
    given = (request.GET.get("rows", ""), request.GET.get("columns", ""))
    return _file(files.crossed_lines(process, *given), f"crossed-{process.public_id}.csv")
