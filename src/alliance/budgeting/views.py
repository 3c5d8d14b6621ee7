"""The pages of a budget: ballot and projects for residents; terms, costs and count for cities."""

from __future__ import annotations

import json
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.budgeting import choices, enums, forms, rules, selectors
from alliance.budgeting.models import Ballot, Budget, Count, Project
from alliance.budgeting.services import counting, papers, preparing, voting
from alliance.core import clock
from alliance.core.downloads import csv_download
from alliance.core.errors import InvalidData, NotFound
from alliance.core.files.uploads import content_of
from alliance.core.money import exponent
from alliance.network.access import actor_of
from alliance.network.views import for_people, missing_is_404
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.participation.enums import ContributionKind, ProcessKind
from alliance.participation.forms import EmailForm
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.selectors.access import (
    ENTER,
    RUN,
    get_contribution,
    get_process_for,
)
from alliance.participation.services import own
from alliance.participation.services.papers import typeset
from alliance.participation.views.residents import LIST, ResidentActionView
from alliance.web.actions import ActionForm, Step


def _of_kind(process: Process) -> Process:
    if process.kind != ProcessKind.BUDGET:
        raise NotFound("budget", process.public_id)
    return process


def _home(process: Process) -> Step:
    title = str(process.localised_text("title", get_language() or "en"))
    return (title, reverse("participation:take-part", args=[process.public_id]))


# -- residents --------------------------------------------------------------------------------


class OnBudget(ResidentActionView):
    """Base of the pages for residents of a budget."""

    budget: Budget

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = _of_kind(super().get_object(**ids))
        self.budget = selectors.budget_of(process)
        return process

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)


class KeepsChoices(OnBudget):
    """Base of the pages with a ballot: choices are stored in a cookie until the ballot is cast."""

    is_cast = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Set the cookie with the choices."""
        response = super().dispatch(request, *args, **kwargs)
        if request.method == "POST" and isinstance(getattr(self, "object", None), Process):
            assert isinstance(response, HttpResponse)
            if self.is_cast:
                choices.forget(response, self.object)
            elif getattr(self, "own", None) is None:
                projects = selectors.on_ballot(self.budget)
                choices.remember(request, response, self.object, projects)
        return response


class Vote(KeepsChoices):
    """Cast a ballot, or change it in the browser that cast it."""

    form_class = forms.BallotForm
    template_name = "budgeting/ballot.html"
    breadcrumb = heading = _("Your ballot")
    submit_label = _("Cast my vote")
    own: Ballot | None

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        if self.budget.declared_at is None:
            raise NotFound("ballot", process.public_id)
        self.own = selectors.own_ballot(self.participant)
        # A ballot is never stored before it is cast, not even for signed-in people.
        self.request.typing = None  # type: ignore[attr-defined]
        return process

    def get_form_kwargs(self) -> dict[str, Any]:
        projects = selectors.on_ballot(self.budget)
        own = (
            {entry.project.public_id: entry.value for entry in self.own.entries.all()}
            if self.own
            else {}
        )
        self.remembered_choices = (
            {} if self.own else choices.chosen(self.request, self.object, projects)
        )
        needs_code = self.own is None and self.budget.voters == enums.Voters.CODE
        return {
            "budget": self.budget,
            "projects": projects,
            "chosen": own or self.remembered_choices,
            "needs_code": needs_code,
        }

    @property
    def condition(self) -> str:
        """What this browser still needs before it can vote; empty for nothing."""
        if self.own is not None:
            return ""
        user = self.request.user
        if self.budget.voters in voting.BY_ACCOUNT:
            faults = voting.account_faults(self.budget, user.pk if user.is_authenticated else None)
            return faults[0].code if faults else ""
        is_confirmed = self.participant and self.participant.email_confirmed_at
        if self.budget.voters == enums.Voters.EMAIL and not is_confirmed:
            return "confirm-first"
        return ""

    def form_valid(self, form: forms.BallotForm) -> HttpResponse:
        """Cast the ballot; sign in first if required, with the choices kept in the cookie."""
        if self.condition == "sign-in-first":
            query = urlencode({"next": self.request.path})
            return redirect(f"{reverse('account_login')}?{query}")
        return super().form_valid(form)

    def execute(self, form: forms.BallotForm) -> Ballot:
        by: dict[str, Any] = {
            "code": form.code,
            "address": self.where_from,
            "at": clock.now(),
        }
        if self.participant is None:
            # A person without a valid code, or outside of the voting phase, does not become a
            # participant.
            user = self.request.user if self.request.user.is_authenticated else None
            voting.check(self.object, form.ballot_values, user=user, **by)
        made = voting.cast(self.object, self.taking_part(), form.ballot_values, **by)
        self.is_cast = True
        return made

    def get_success_message(self, made: Ballot) -> str:
        """The confirmation, with the receipt code."""
        assert made.participant is not None  # until the count
        message = gettext("Your vote has been saved. Your receipt code: %(code)s.")
        return message % {"code": made.participant.receipt}

    def get_success_url(self, made: Any = None) -> str:
        name = "mine" if made is not None else "take-part"
        return reverse(f"participation:{name}", args=[self.object.public_id])

    def get_breadcrumbs(self) -> list[Step]:
        return [(LIST[0], reverse(LIST[1])), _home(self.object)]

    def get_context_data(self) -> dict[str, Any]:
        budget, process = self.budget, self.object
        projects = selectors.on_ballot(budget)
        at = clock.now()
        needs_account = self.condition == "sign-in-first"
        submit = _("Change my ballot") if self.own else self.submit_label
        return {
            "process": process,
            "budget": budget,
            "own_ballot": self.own,
            "takes_ballots": rules.takes_ballots(
                budget, process.state, list(process.phases.all()), at
            ),
            "how": papers.how_to(budget, len(projects)),
            "costs": json.dumps({project.public_id: project.cost for project in projects}),
            "places": exponent(budget.currency),
            "condition": self.condition,
            "needs_code": self.own is None and budget.voters == enums.Voters.CODE,
            "kept": self.remembered_choices and self.request.method != "POST",
            "email_form": EmailForm(),
            "submit": _("Sign in to vote") if needs_account else submit,
        }


class VoterEmail(KeepsChoices):
    """Request a link that confirms the email address, for voting."""

    form_class = EmailForm
    heading = _("Confirm your email address")
    lead = _("We send you a link. Open it on any device, then vote on this one. Your choices stay.")
    submit_label = _("Send me the link")
    success_message = _("We have sent you an email. Open the link in it to confirm your address.")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        if self.budget.voters != enums.Voters.EMAIL:
            raise NotFound("ballot", process.public_id)
        return process

    def execute(self, form: EmailForm) -> Participant:
        at, phases = clock.now(), list(self.object.phases.all())
        if not rules.takes_ballots(self.budget, self.object.state, phases, at):
            raise InvalidData([rules.not_now("email")])
        email = form.cleaned_data["email"]
        return own.ask_to_confirm(
            self.taking_part(), email, address=self.where_from, to_vote=True, at=at
        )

    def get_success_url(self, made: Any = None) -> str:
        return reverse("budgeting:ballot", args=[self.object.public_id])


class Agree(OnBudget):
    """An author's answer to merging her proposal into another one."""

    form_class = forms.AgreeForm
    template_name = "budgeting/agree.html"
    heading = _("Can these proposals be merged?")
    lead = _("The city thinks they are about the same thing. You decide about yours.")
    submit_label = _("Send my answer")
    success_message = _("Thank you. Your answer has been saved.")
    project: Project

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        asked = {project.public_id: project for project in selectors.to_agree(self.participant)}
        if ids["project_id"] not in asked:
            raise NotFound("project", ids["project_id"])
        self.project = asked[ids["project_id"]]
        return process

    def execute(self, form: forms.AgreeForm) -> Project:
        yes = form.cleaned_data["yes"]
        return preparing.answer_merge(self.project, self.own_participant(), yes=yes)

    def get_success_url(self, made: Any = None) -> str:
        return reverse("participation:mine", args=[self.object.public_id])

    def get_context_data(self) -> dict[str, Any]:
        pair = [self.project, self.project.merge_into]
        wrote = self.project.proposal
        if wrote is None or wrote.participant_id != self.own_participant().pk:
            pair.reverse()
        return {"yours": pair[0], "other": pair[1]}


@require_safe
@missing_is_404
def projects(request: HttpRequest, public_id: str) -> HttpResponse:
    """All projects with their costs, and why each is eligible or not."""
    actor = actor_of(request)
    process = _of_kind(get_process_for(actor, public_id))
    budget = selectors.budget_of(process)
    all_projects = list(selectors.projects_of(budget))
    # A proposal that is shown again after that is on no ballot.
    unpriced = () if budget.declared_at else list(selectors.unpriced(process))
    context = {
        "process": process,
        "budget": budget,
        "places": selectors.map_of(process, all_projects, unpriced),
        **selectors.split(all_projects),
        "unpriced": unpriced,
    }
    return render(request, "budgeting/projects.html", context)


@require_safe
@missing_is_404
def ballots_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The public file of the ballots, with which anybody can repeat the count."""
    process = _of_kind(get_process_for(actor_of(request), public_id))
    name = f"ballots-{process.public_id}.pb"
    return HttpResponse(
        selectors.public_file(process),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# -- the team ---------------------------------------------------------------------------------


@require_safe
@for_people
def manage(request: HttpRequest, public_id: str) -> HttpResponse:
    """A budget for those who run it: terms, costs, codes, paper ballots, the count."""
    actor = actor_of(request)
    process = _of_kind(get_process_for(actor, public_id, ENTER))
    context = selectors.manage_page(process, actor, at=clock.now())
    return render(request, "budgeting/manage.html", context)


@require_safe
@for_people
def ballot_paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """The paper ballot."""
    process = _of_kind(get_process_for(actor_of(request), public_id, ENTER))
    budget = selectors.budget_of(process)
    if budget.declared_at is None:
        raise NotFound("ballot", public_id)
    name = f"{process.public_id}-ballot-{request.LANGUAGE_CODE}.pdf"
    return HttpResponse(
        typeset(papers.ballot_words(process, budget)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


class BudgetActionView(PeopleActionView):
    """Base of the actions of those who run a budget."""

    list_page = LIST
    object_page = ("", "budgeting:manage")
    action: ClassVar[str] = RUN
    success_message = _("Saved.")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        return _of_kind(get_process_for(self.actor, ids["public_id"], self.action))

    def get_breadcrumbs(self) -> list[Step]:
        above = reverse("participation:manage", args=[self.kwargs["public_id"]])
        process = get_process_for(self.actor, self.kwargs["public_id"], self.action)
        title = str(process.localised_text("title", self.language))
        own_page = reverse("budgeting:manage", args=[self.kwargs["public_id"]])
        return [(LIST[0], reverse(LIST[1])), (title, above), (_("The budget"), own_page)]


class Terms(BudgetActionView):
    """Edit the terms of a budget."""

    form_class = forms.TermsForm
    service = preparing.set_terms
    heading = _("Voting rules")
    lead = _(
        "Budget, ballot, who can vote and how votes are counted. These do not change "
        "during the vote."
    )

    def get_initial(self) -> dict[str, Any]:
        return forms.TermsForm.initial_of(selectors.budget_of(self.object))

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"rows": forms.TermsForm.rows_of(selectors.budget_of(self.object))}


class Compare(BudgetActionView):
    """Compare counting rules, on synthetic ballots or on those of an earlier vote."""

    form_class = forms.CompareForm
    template_name = "budgeting/compare.html"
    heading = _("Compare counting methods")
    lead = _("The same ballots counted under each rule, before you choose one.")
    submit_label = _("Compare with this file")
    ways: list[counting.Way] | None = None

    def form_valid(self, form: forms.CompareForm) -> HttpResponse:
        """Show the results, without storing anything."""
        utility = selectors.budget_of(self.object).utility
        content = content_of(form.cleaned_data["file"], counting.MOST_BYTES)
        self.ways = counting.compare_file(content, utility=utility)
        return self.render_form(form)

    def get_context_data(self) -> dict[str, Any]:
        is_made_up = self.ways is None
        budget = selectors.budget_of(self.object)
        ways = counting.compare_made_up(budget) if self.ways is None else self.ways
        return {"ways": ways, "is_made_up": is_made_up, "n_made_up": counting.MADE_UP}


class Codes(BudgetActionView):
    """Create voting codes; the response is the only file with them."""

    form_class = forms.CodesForm
    heading = _("Voting codes")
    lead = _(
        "Each code is valid for one ballot. You can download the file of codes only once, "
        "because we keep only a fingerprint of each code."
    )
    submit_label = _("Create codes and download the file")

    def form_valid(self, form: forms.CodesForm) -> HttpResponse:
        """The codes, one per line."""
        codes = voting.make_codes(self.object, **form.cleaned_data, **self.by)
        name = f"codes-{self.object.public_id}.csv"
        return csv_download(name, ("code",), ([code] for code in codes))


class Declare(PeoplePostView, BudgetActionView):
    """Declare the budget."""

    success_message = _("The rules have been published. The projects now have numbers.")

    def execute(self, form: ActionForm) -> Budget:
        return preparing.declare(self.object, **self.by)


class WithdrawDeclaration(PeoplePostView, BudgetActionView):
    """Withdraw the declaration before the vote."""

    success_message = _("You can change the rules until voting starts.")

    def execute(self, form: ActionForm) -> Budget:
        return preparing.withdraw_declaration(self.object, **self.by)


class CountNow(PeoplePostView, BudgetActionView):
    def execute(self, form: ActionForm) -> Count:
        return counting.count(self.object, **self.by)

    def get_success_response(self, made: Any) -> HttpResponse:
        messages.success(
            self.request, gettext("The votes have been counted. Anyone can read the result.")
        )
        return redirect(reverse("participation:results", args=[self.object.public_id]) + "#count")


class Estimate(BudgetActionView):
    """Enter the cost of a proposal."""

    form_class = forms.EstimateForm
    template_name = "budgeting/estimate.html"
    heading = _("Cost and text on the ballot")
    proposal: Contribution | None
    project: Project | None = None

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        contribution = get_contribution(process, ids["post_id"])
        is_shown = contribution.shown_at is not None and contribution.post.hidden_at is None
        if contribution.kind != ContributionKind.PROPOSAL or not is_shown:
            raise NotFound("proposal", ids["post_id"])
        self.proposal = contribution
        self.project = Project.objects.filter(proposal=contribution).first()
        return process

    def get_initial(self) -> dict[str, Any]:
        if self.project is not None:
            values = {name: getattr(self.project, name) for name in forms.EstimateForm.base_fields}
            currency = selectors.budget_of(self.object).currency
            return values | {"cost": forms.units(self.project.cost, currency)}
        proposal = self.proposal
        assert proposal is not None
        return {
            "title": proposal.title,
            "text": proposal.post.text,
            "language": proposal.post.language,
            "place": proposal.place,
            "latitude": proposal.latitude,
            "longitude": proposal.longitude,
        }

    def execute(self, form: forms.EstimateForm) -> Project:
        return preparing.estimate(
            self.object, self.proposal, **form.as_kwargs(), project=self.project, **self.by
        )

    def get_success_url(self, made: Any = None) -> str:
        """The page on eligibility, if that is undecided."""
        if made is not None and not made.eligible:
            return reverse("budgeting:decide", args=[self.object.public_id, made.public_id])
        return super().get_success_url()

    def get_context_data(self) -> dict[str, Any]:
        return {"proposal": self.proposal, "currency": selectors.budget_of(self.object).currency}


class ChangeEstimate(Estimate):
    """Change the cost of a project, or its text on the ballot."""

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = BudgetActionView.get_object(self, **ids)
        self.project = selectors.get_project(process, ids["project_id"])
        self.proposal = self.project.proposal
        return process


class OnProject(BudgetActionView):
    """Base of the actions on a project."""

    template_name = "budgeting/estimate.html"
    project: Project

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        self.project = selectors.get_project(process, ids["project_id"])
        return process

    def execute(self, form: Any) -> Project:
        project: Project = type(self).service(self.project, **form.as_kwargs(), **self.by)
        return project

    def get_context_data(self) -> dict[str, Any]:
        return {"heading": self.project.title, "here": self.heading, "proposal": None}


class Decide(OnProject):
    """Decide whether a project is eligible."""

    form_class = forms.DecideForm
    service = preparing.decide
    heading = _("Decide eligibility")
    lead = _("Can the city build it with this money, under the law and on this site?")

    def get_initial(self) -> dict[str, Any]:
        return {"eligible": self.project.eligible, "reason": self.project.reason}


class Merge(OnProject):
    """Ask both authors whether a project may be merged into another one."""

    form_class = forms.MergeForm
    heading = _("Merge with another project")
    lead = _(
        "Both authors are asked on the page with their own texts. Proposals are merged "
        "only if both agree."
    )
    submit_label = _("Ask the authors")

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = selectors.projects_of(self.project.budget).filter(merge_into=None)
        rows = rows.exclude(pk=self.project.pk).order_by("title")
        return {"choices": {"into": [(row.public_id, row.title) for row in rows]}}

    def get_initial(self) -> dict[str, Any]:
        into = self.project.merge_into
        return {"into": into.public_id if into else ""}

    def execute(self, form: forms.MergeForm) -> Project:
        chosen = form.cleaned_data["into"]
        into = selectors.get_project(self.object, chosen) if chosen else None
        return preparing.ask_to_merge(self.project, into, **self.by)


class Consent(OnProject):
    """Enter an author's answer by phone or on paper."""

    form_class = forms.ConsentForm
    service = preparing.enter_answer
    heading = _("An author’s answer")
    lead = _("For authors who wrote on paper, or who answer by phone.")

    def get_initial(self) -> dict[str, Any]:
        return {"side": next(iter(self.project.awaits), "")}


class Paper(BudgetActionView):
    """Enter a paper ballot."""

    action = ENTER
    form_class = forms.PaperBallotForm
    heading = _("Enter a ballot")
    lead = _("One page per ballot, with its code. Paper ballots count like online ones.")
    submit_label = _("Save this ballot")

    def get_object(self, *args: Any, **ids: Any) -> Process:
        process = super().get_object(**ids)
        if selectors.budget_of(process).declared_at is None:
            raise NotFound("ballot", process.public_id)
        return process

    def get_form_kwargs(self) -> dict[str, Any]:
        budget = selectors.budget_of(self.object)
        return {"budget": budget, "projects": selectors.on_ballot(budget)}

    def get_initial(self) -> dict[str, Any]:
        return {"channel": "paper"}

    def get_context_data(self) -> dict[str, Any]:
        if self.object.voter_codes.exists():
            return {}
        return {
            "lead": _(
                "No voting codes yet. Create them first on the budget page: each ballot "
                "on paper, by phone or in person needs its own code."
            )
        }

    def execute(self, form: forms.PaperBallotForm) -> Participant:
        data = form.cleaned_data
        return voting.enter_ballot(
            self.object,
            form.ballot_values,
            code=data["code"],
            channel=data["channel"],
            traits=form.traits,
            **self.by,
        )

    def get_success_message(self, made: Participant) -> str:
        """The receipt code, to be passed on to the person."""
        message = gettext("Saved. This person’s receipt code: %(code)s.")
        return message % {"code": made.receipt}

    def get_success_url(self, made: Any = None) -> str:
        name = "paper" if made is not None else "manage"
        return reverse(f"budgeting:{name}", args=[self.object.public_id])
