"""Pages of questions to universities: ask, word, offer, accept an offer, answer, accept it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.core.errors import NotAllowed, NotFound
from alliance.network.access import actor_of
from alliance.network.enums import HelpAnswer
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.selectors.access import get_city_team
from alliance.network.selectors.needs_offers import city_organisations
from alliance.network.views import missing_is_404, private
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.research import forms
from alliance.research.enums import QuestionState
from alliance.research.models import Researcher, ResearchQuestion
from alliance.research.selectors import access, pages
from alliance.research.services import profiles, questions, working
from alliance.web.actions import ActionForm, Step
from alliance.web.paging import page_number

LIST = (_("For researchers"), "research:research")


@require_safe
@missing_is_404
def research(request: HttpRequest) -> HttpResponse:
    """Open questions of cities, theses on offer, and how to take part."""
    actor = actor_of(request)
    state = request.GET.get("state", QuestionState.OPEN.value)
    if state not in QuestionState.values:
        raise NotFound("state", state[:80])
    context = pages.board(
        actor, state, number=page_number(request), language=request.LANGUAGE_CODE, at=clock.now()
    )
    response = render(request, "research/research.html", context)
    return private(response) if actor.is_known else response


@require_safe
@missing_is_404
def question(request: HttpRequest, public_id: str) -> HttpResponse:
    """Page of a question, with its wording, collaborations and answer."""
    actor = actor_of(request)
    stored_question = access.get_question_for(actor, public_id)
    context = pages.question_page(
        stored_question, actor, language=request.LANGUAGE_CODE, at=clock.now()
    )
    response = render(request, "research/question.html", context)
    return private(response) if actor.is_known else response


@require_safe
@missing_is_404
def answer_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Redirects to the answer on the page of its question."""
    answer = access.get_answer(public_id)
    to = reverse("research:question", args=[answer.collaboration.question.public_id])
    return redirect(f"{to}#answer")


@require_safe
@missing_is_404
def researcher(request: HttpRequest, public_id: str) -> HttpResponse:
    """Page of a researcher with a public profile."""
    actor = actor_of(request)
    stored_researcher = access.get_researcher(public_id)
    context = pages.researcher_page(
        stored_researcher, actor, language=request.LANGUAGE_CODE, at=clock.now()
    )
    response = render(request, "research/researcher.html", context)
    return private(response) if actor.is_known else response


class QuestionActionView(PeopleActionView):
    """Base view for actions on a question; `action` is the permission."""

    action = access.CITY
    list_page = LIST
    object_page = ("", "research:question")

    def get_object(self, *args: Any, **ids: Any) -> ResearchQuestion:
        return access.get_question_for(self.actor, ids["public_id"], self.action)


class Ask(PeopleActionView):
    """Ask universities on behalf of the city of `team`, about a `need`, a `case` or a gap."""

    form_class = forms.AskForm
    template_name = "research/ask.html"
    list_page = LIST
    object_page = ("", "research:question")
    heading = _("Ask researchers")
    submit_label = _("Publish the question")
    success_message = _(
        "The question is published. The secretariat or a researcher will word it for "
        "universities and ask matching researchers."
    )

    def get_object(self, *args: Any, **ids: Any) -> list[Organisation]:
        if team := self.request.GET.get("team", ""):
            return [get_city_team(self.actor, team)]
        municipalities = city_organisations(self.actor)
        if need := self.asked["need"]:
            municipalities = [
                pair for pair in municipalities if pair[1].needs.filter(public_id=need)
            ] or municipalities
        if not municipalities:
            raise NotAllowed(gettext("Only a municipality’s editors can ask researchers."))
        return [team for team, _city in municipalities]

    def get_form_kwargs(self) -> dict[str, Any]:
        teams = [(team.public_id, local_name(team, self.language)) for team in self.object]
        return {"choices": {"team": teams}}

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language, "team": self.object[0].public_id}

    @property
    def asked(self) -> dict[str, Any]:
        """The subject of the question from the query string."""
        names = ("need", "case", "solution", "outcome")
        return {name: self.request.GET.get(name, "")[:80] for name in names}

    def execute(self, form: Any) -> ResearchQuestion:
        cleaned_data = form.as_kwargs()
        asked_by = cleaned_data.pop("team")
        team = next(
            (candidate for candidate in self.object if candidate.public_id == asked_by),
            self.object[0],
        )
        return questions.ask(team, **cleaned_data, **self.asked, **self.by)

    def get_breadcrumbs(self) -> list[Step]:
        """Breadcrumbs: the list only."""
        return super().get_breadcrumbs()[:1]

    def get_context_data(self) -> dict[str, Any]:
        first, *others = self.object
        lead = gettext(
            "You are asking for %(city)s. A researcher or student answers in plain "
            "language. The answer will appear on the page you asked from."
        )
        if others:
            lead = gettext(
                "A researcher or student answers in plain language. The answer will "
                "appear on the page you asked from."
            )
        about = ResearchQuestion(**questions.subject_columns(first.city, **self.asked))
        return {
            "lead": lead % {"city": local_name(first.city, self.language)},
            "subject": pages.subject_of(about, self.language),
        }


class Change(QuestionActionView):
    """Change a question."""

    action = access.CHANGE
    form_class = forms.QuestionForm
    service = questions.change
    heading = _("Change the question")
    success_message = _("The question is saved.")

    def get_initial(self) -> dict[str, Any]:
        return forms.QuestionForm.initial_of(self.object)


class Word(QuestionActionView):
    """Word a question so that it can be researched."""

    action = access.WORD
    form_class = forms.WordForm
    template_name = "research/word.html"
    service = questions.word
    heading = _("Turn it into a question for universities")
    lead = _("The city’s own wording stays on the page. Matching researchers are then asked.")
    success_message = _("The question is ready. We are asking matching researchers.")

    def get_initial(self) -> dict[str, Any]:
        stored_question = self.object
        return {
            "wording": stored_question.wording,
            "wording_language": stored_question.wording_language or stored_question.language,
        }


class Withdraw(QuestionActionView):
    """Withdraw a question."""

    action = access.WITHDRAW
    form_class = forms.ReasonForm
    service = questions.withdraw
    heading = _("Withdraw the question?")
    breadcrumb = _("Withdraw the question")
    lead = _("Its page stays online with your reason. No more researchers will be asked.")
    submit_label = _("Withdraw the question")
    success_message = _("The question is withdrawn.")


class AskResearcher(PeoplePostView, QuestionActionView):
    """Invite another researcher."""

    action = access.ASK
    success_message = _("The researcher will get an email.")

    def execute(self, form: ActionForm) -> None:
        stored_researcher = access.get_researcher(self.request.POST.get("researcher", ""))
        questions.ask_researcher(self.object, stored_researcher, **self.by)


class TakeOn(QuestionActionView):
    """Offer to answer a question."""

    action = access.TAKE_ON
    form_class = forms.PlanForm
    service = working.take_on
    template_name = "research/word.html"
    heading = _("Offer to answer")
    lead = _(
        "Describe how you would answer, who does what, and by when. The city then "
        "accepts or declines."
    )
    submit_label = _("Send the offer to the city")
    success_message = _("The city will get an email with your offer.")

    def get_initial(self) -> dict[str, Any]:
        mine = self._mine()
        names = ("plan", "language", "level", "answer_by")
        values = {name: getattr(mine, name) for name in names} if mine and mine.plan else {}
        return {"language": self.language, "answer_by": self.object.deadline, **values}

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = self._mine()
        return {
            "rows": {"steps": list(mine.steps.values("title", "side", "due_on")) if mine else []}
        }

    def _mine(self) -> Any:
        return self.object.collaborations.filter(researcher__user=self.actor.user).first()

    def get_context_data(self) -> dict[str, Any]:
        mine = self._mine()
        if mine is None or mine.answer != HelpAnswer.CAN or mine.reply:
            return {}
        return {
            "heading": gettext("Change your offer"),
            "lead": gettext("The city has not replied to your offer yet. A new offer replaces it."),
        }

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The question's id, for its page."""
        return [self.kwargs["public_id"]]


class DeclineQuestion(PeoplePostView, QuestionActionView):
    """Decline a question."""

    action = access.WORK
    service = working.decline
    success_message = _("Thank you for answering.")


class Reply(PeoplePostView, QuestionActionView):
    """Accept an offer to answer, or decline it if `agree` is empty."""

    def execute(self, form: ActionForm) -> Any:
        agrees = bool(self.request.POST.get("agree"))
        return working.reply(self.object, self.kwargs["work_id"], agrees=agrees, **self.by)

    def get_success_message(self, made: Any) -> str:
        if made.reply == "taken-up":
            return gettext("You are now working together. The researcher will get an email.")
        return gettext("The researcher will get an email. Thank you for answering.")

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The question's id, for its page."""
        return [self.kwargs["public_id"]]


class StepDone(PeoplePostView, QuestionActionView):
    """Mark a step as done, or as not done if `done` is empty."""

    action = access.READ
    success_message = _("The step is saved.")

    def execute(self, form: ActionForm) -> None:
        done = bool(self.request.POST.get("done"))
        ids = self.kwargs
        working.set_step_done(self.object, ids["work_id"], ids["number"], done=done, **self.by)


class Answer(QuestionActionView):
    """Send an answer."""

    action = access.WORK
    form_class = forms.AnswerForm
    service = working.answer
    template_name = "research/word.html"
    heading = _("Write the answer")
    lead = _(
        "Use plain language. The city accepts the answer or asks for more "
        "information. Once accepted, it is public."
    )
    submit_label = _("Send the answer to the city")
    success_message = _("The city will get an email with your answer.")

    def get_object(self, *args: Any, **ids: Any) -> ResearchQuestion:
        stored_question = super().get_object(*args, **ids)
        if working.working(stored_question, access.own_profile(self.actor)) is None:
            raise NotFound("research-question", stored_question.public_id)
        return stored_question

    def get_initial(self) -> dict[str, Any]:
        """Initial values: the answer sent before, if any."""
        mine = self.object.collaborations.filter(researcher__user=self.actor.user).first()
        last = mine.answers.order_by("-id").first() if mine else None
        if last is None:
            return {"language": self.object.language}
        text = last.texts.order_by("id").first()
        return {"title": text.title, "text": text.text, "language": text.language, "url": last.url}

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The question's id, for its page."""
        return [self.kwargs["public_id"]]


class Accept(PeoplePostView, QuestionActionView):
    """Accept the pending answer."""

    service = working.accept
    success_message = _(
        "The question is answered. Anyone can read the answer on the page you asked from."
    )

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The question's id, for its page."""
        return [self.kwargs["public_id"]]


class Missing(QuestionActionView):
    """Return the pending answer as incomplete."""

    form_class = forms.MissingForm
    service = working.mark_incomplete
    heading = _("Ask for more information")
    lead = _("The question stays open until you accept an answer.")
    submit_label = _("Return to the researcher")
    success_message = _("The researcher will get an email.")

    def get_url_ids(self, made: Any = None) -> list[str]:
        """The question's id, for its page."""
        return [self.kwargs["public_id"]]


class Profile(PeopleActionView):
    """Create or change the user's own profile."""

    form_class = forms.ProfileForm
    list_page = LIST
    created_page = ("research:researcher", False)
    heading = _("Your researcher page")
    lead = _("This page helps cities and the secretariat find you. It is public.")
    success_message = _("Your page is saved.")

    def get_object(self, *args: Any, **ids: Any) -> Researcher | None:
        self.teams = access.universities_of(self.actor)
        if not self.teams:
            raise NotAllowed(
                gettext("You need to be in a university’s team. Ask to join one first.")
            )
        return access.own_profile(self.actor)

    def get_initial(self) -> dict[str, Any]:
        if self.object is None:
            return {"language": self.language, "languages": [self.language], "credit": "name"}
        return forms.ProfileForm.initial_of(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        teams = [(team.public_id, local_name(team, self.language)) for team in self.teams]
        today = clock.today()
        periods = self.object.periods.filter(ends_on__gte=today) if self.object else None
        rows = list(periods.values("level", "starts_on", "ends_on")) if periods else []
        return {"choices": {"organisation": teams}, "rows": {"periods": rows}}

    def render_form(self, form: Any) -> HttpResponse:
        teams = {team.public_id for team in self.teams}
        form.add_service_errors(lambda fields: profiles.faults_of(fields, teams, clock.today()))
        return super().render_form(form)

    def execute(self, form: Any) -> Researcher:
        return profiles.save_profile(**form.as_kwargs(), **self.by)

    def get_url_ids(self, made: Any = None) -> tuple[str, ...]:
        record = made or self.object
        return (record.public_id,) if record else ()

    def get_success_url(self, made: Any = None) -> str:
        """The page of the researcher, or the list if there is no profile."""
        ids = self.get_url_ids(made)
        return reverse("research:researcher", args=ids) if ids else reverse(LIST[1])

    def get_title(self) -> Any:
        return str(self.object) if self.object else ""


class TakeBack(PeopleActionView):
    """Delete the user's own profile after confirmation."""

    list_page = LIST
    heading = _("Delete your page?")
    breadcrumb = _("Delete your page")
    lead = _(
        "Your answers stay online, with the name you chose. Cities expecting an answer "
        "from you will get an email."
    )
    submit_label = _("Delete your page")
    success_message = _("Your page is deleted.")

    def get_object(self, *args: Any, **ids: Any) -> Researcher:
        profile = access.own_profile(self.actor)
        if profile is None:
            raise NotFound("researcher", "own")
        return profile

    def execute(self, form: Any) -> None:
        profiles.take_back(self.object, **self.by)
