"""The pages of fairness checks: the list, a check, editing it, challenging it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock, throttle
from alliance.equity import check_forms as forms
from alliance.equity.models import AreaSet, Claim, DistributionCheck, Exposure, Testimony
from alliance.equity.questions import questions_of
from alliance.equity.selectors import checks as select
from alliance.equity.selectors.access import get_area_claim, get_area_set_for
from alliance.equity.selectors.pages import factors_of
from alliance.equity.services import checks as services
from alliance.equity.services import claims, required_checks
from alliance.equity.services.checks import Heard, LineData
from alliance.equity.templatetags.area_words import in_unit
from alliance.network.access import actor_of
from alliance.network.models import Organisation
from alliance.network.selectors.access import get_city_team
from alliance.network.selectors.needs_offers import city_teams
from alliance.network.views import missing_is_404, private
from alliance.network.views.actions import PeopleActionView, PeoplePostView
from alliance.web.actions import ActionForm, ActionFormView, Words
from alliance.web.formatting import colon
from alliance.web.paging import page_number

LIST = (_("Fairness checks"), "equity:checks")
ON_AREAS = (_("How burdens are shared"), "equity:cities")
_LINE = tuple(LineData.__dataclass_fields__)
_HEARD = tuple(Heard.__dataclass_fields__)


@require_safe
@missing_is_404
def checks(request: HttpRequest) -> HttpResponse:
    """The checks of all cities or of one, next decision first."""
    actor = actor_of(request)
    asked = request.GET.get("city", "")[:80]
    listing = select.check_list(actor, city=asked, number=page_number(request), at=clock.now())
    context = {**listing, "teams": city_teams(actor, request.LANGUAGE_CODE)}
    return render(request, "equity/checks.html", context)


@require_safe
@missing_is_404
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """A check: who gains, who pays, testimonies, challenges."""
    actor = actor_of(request)
    distribution_check = select.get_check_for(actor, public_id)
    context = select.check_page(
        distribution_check, actor, language=request.LANGUAGE_CODE, at=clock.now()
    )
    return render(request, "equity/check.html", context)


class AboutActionView(PeopleActionView):
    """Base of the forms on what the city wants to do."""

    form_class = forms.AboutForm
    list_page = LIST
    object_page: ClassVar[tuple[Words, str]] = ("", "equity:check")
    lead = _(
        "Show who gains and who pays before the action is tested with residents or rolled out."
    )

    def team(self) -> Organisation:
        """The team whose check it is."""
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        self.areas, self.processes = select.of_city(self.team())
        return {
            "choices": {
                "area_set": [(area.public_id, str(area)) for area in self.areas],
                "process": [(process.public_id, process.title) for process in self.processes],
            }
        }

    def about(self, form: forms.AboutForm) -> services.About:
        """The input of the service."""
        return form.as_data(self.areas, self.processes)


class NewCheck(AboutActionView):
    """Start a check for the city of `team`."""

    heading = _("New fairness check")
    submit_label = _("Save and continue")

    def get_object(self, *args: Any, **ids: Any) -> Organisation:
        return get_city_team(self.actor, self.request.GET.get("team", ""))

    def team(self) -> Organisation:
        return self.object

    def get_initial(self) -> dict[str, Any]:
        areas, _processes = select.of_city(self.object)
        return {"language": self.language, "area_set": areas[0].public_id if areas else ""}

    def execute(self, form: forms.AboutForm) -> DistributionCheck:
        return services.start_check(self.object, self.about(form), **self.by)


class NameCheck(AboutActionView):
    """Start the check of something a city does elsewhere on the platform, or select an existing
    one."""

    form_class = forms.NameCheckForm
    heading = _("Do the fairness check")
    submit_label = _("Save and continue")

    def subjects(self) -> list[required_checks.Subject]:
        """The solution or case behind it."""
        raise NotImplementedError

    def assign_check(self, check: DistributionCheck) -> None:
        """Save which check it is."""
        raise NotImplementedError

    def answers(self) -> dict[str, str]:
        """Existing answers to its questions, by code."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        options = super().get_form_kwargs()
        rows = select.checks_of_team(self.team()).filter(required_checks.about(*self.subjects()))
        self.own = {row.public_id: row for row in rows[:50]}
        options["choices"]["check"] = [(key, row.title) for key, row in self.own.items()]
        return options

    def execute(self, form: forms.NameCheckForm) -> DistributionCheck:
        check = self.own.get(form.cleaned_data["check"])
        with transaction.atomic():
            if check is None:
                data, subject = self.about(form), required_checks.subject_of_check(*self.subjects())
                check = services.start_check(self.team(), data, subject=subject, **self.by)
                if answers := self.answers():
                    services.answer_questions(check, answers, **self.by)
            self.assign_check(check)
        return check

    def get_success_url(self, made: Any = None) -> str:
        """The check, which shows what is missing, or the previous page."""
        if made is not None:
            return reverse("equity:check", args=[made.public_id])
        return super().get_success_url()


class CheckActionView(PeopleActionView):
    """Base of the actions of those who edit a check."""

    getter = select.get_check_to_edit
    list_page = LIST
    object_page: ClassVar[tuple[Words, str]] = ("", "equity:check")
    object: DistributionCheck

    def get_title(self) -> str:
        return self.object.title

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)


class ChangeCheck(CheckActionView, AboutActionView):
    """Change what the city wants to do."""

    heading = _("Edit the description of the city’s plans")
    success_message = _("Saved.")

    def team(self) -> Organisation:
        return self.object.organisation

    def get_initial(self) -> dict[str, Any]:
        names = ("title", "action", "summary", "decided_on", "language")
        there = {name: getattr(self.object, name) for name in names}
        for name in ("area_set", "process"):
            record = getattr(self.object, name)
            there[name] = record.public_id if record else ""
        return there

    def execute(self, form: forms.AboutForm) -> DistributionCheck:
        return services.change_check(self.object, self.about(form), **self.by)


class Questions(CheckActionView):
    """Answer the questions of the kind of action, and those of every check."""

    form_class = forms.QuestionsForm
    service = services.answer_questions
    heading = _("Answer the questions")
    lead = _("Leave blank if you do not know: the page shows the question as open.")
    success_message = _("Answers saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"questions": questions_of(self.object.action)}

    def get_initial(self) -> dict[str, Any]:
        return self.object.answers


class Table(CheckActionView):
    """Edit the table and the mitigations."""

    form_class = forms.TableForm
    service = services.write_table
    heading = _("Who gains, who pays")
    success_message = _("Table saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"no_figures": self.object.no_figures}

    def get_form_kwargs(self) -> dict[str, Any]:
        mitigations = list(self.object.mitigations.all())
        lines = list(self.object.lines.all())
        for line in lines:
            line.doubt = line.shown_doubt
        return {
            "rows": {
                "lines": forms.initial_rows(lines, _LINE),
                "mitigations": forms.initial_rows(mitigations, ("text", "owner", "due_on")),
            }
        }


class Propose(CheckActionView):
    """Fill the table from a figure of the areas."""

    form_class = forms.ProposeForm
    heading = _("Fill in the table from area data")
    lead = _(
        "We add a row for each group, with its mean and range, and rows for the areas "
        "that gain or pay the most. Rows you wrote are kept."
    )
    submit_label = _("Add rows")
    success_message = _("Rows added. Please check them.")

    def get_form_kwargs(self) -> dict[str, Any]:
        self.changes = {change.public_id: change for change in select.changes_of(self.object)}
        return {
            "choices": {"exposure": [(key, str(change)) for key, change in self.changes.items()]}
        }

    def get_context_data(self) -> dict[str, Any]:
        """Without an expected change or cost, an explanation instead of the form."""
        if self.changes:
            return {}
        lead = _(
            "The areas have no expected change or cost yet, so it is not possible to say "
            "who would gain or pay. Add a table with the change or cost of the action in "
            "each area. Figures on the current situation are not enough."
        )
        return {"form": ActionForm(), "lead": lead, "submit": ""}

    def below(self) -> SafeString:
        areas = self.object.area_set
        if self.changes or areas is None:
            return SafeString("")
        page = reverse("equity:figures", args=[areas.public_id])
        label = gettext("Add expected changes or costs")
        return format_html('<p><a class="button" href="{}?quantity=change">{}</a></p>', page, label)

    def execute(self, form: forms.ProposeForm) -> DistributionCheck:
        chosen = self.changes[form.cleaned_data["exposure"]]
        return services.propose_lines(self.object, chosen, **self.by)


class Waive(CheckActionView):
    """Sign that the city goes on without a table."""

    form_class = forms.WaiverForm
    service = services.sign_waiver
    heading = _("Sign a waiver")
    lead = _(
        "By signing, you confirm that the city is going ahead without showing who gains "
        "and who pays. Your job title, the reason and the date will be public. To "
        "withdraw a waiver, clear both fields."
    )
    submit_label = _("Sign")
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"role": self.object.waived_role, "because": self.object.waived_because}


class Publish(PeoplePostView, CheckActionView):
    service = services.publish_check
    success_message = _("Published. Anyone can now read and dispute the check.")

    def execute(self, form: Any) -> DistributionCheck:
        return services.publish_check(self.object, **self.by)


class Hear(CheckActionView):
    form_class = forms.HeardForm
    service = services.hear
    heading = _("Add a testimony")
    lead = _(
        "The testimony is shown next to the figures but not counted in them. Do not include names."
    )
    success_message = _("Testimony saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.object.language}


class ChangeTestimony(CheckActionView):
    """Change a testimony, or store it longer with new consent."""

    form_class = forms.HeardForm
    heading = _("Change a testimony")
    success_message = _("Testimony saved.")
    template_name = "equity/testimony.html"
    testimony: Testimony

    def get_object(self, *args: Any, **ids: Any) -> DistributionCheck:
        self.testimony = select.get_testimony(self.actor, ids["public_id"], ids["testimony_id"])
        return self.testimony.check_of

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.testimony, name) for name in _HEARD}

    def execute(self, form: Any) -> Any:
        return services.hear(self.object, **form.as_kwargs(), testimony=self.testimony, **self.by)

    def get_context_data(self) -> dict[str, Any]:
        return {"testimony": self.testimony}


class ForgetTestimony(PeoplePostView, ChangeTestimony):
    form_class = PeoplePostView.form_class
    confirmation = _("Delete this text?")
    consequence = _(
        "You cannot get the text back. The page will still show that a testimony was given."
    )
    success_message = _("The text has been deleted.")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def execute(self, form: Any) -> Testimony:
        return services.forget_testimony(self.testimony, **self.by)


class AnswerClaim(CheckActionView):
    """Answer a challenge for the city."""

    form_class = forms.AnswerForm
    service = claims.answer_claim
    heading = _("Respond to a dispute about a fairness check")
    success_message = _("Anyone can now read the answer.")
    template_name = "equity/answer.html"
    claim: Claim

    def get_object(self, *args: Any, **ids: Any) -> DistributionCheck:
        self.claim = select.get_claim(self.actor, ids["public_id"], ids["post_id"])
        return self.claim.check_of  # type: ignore[return-value]

    def execute(self, form: forms.AnswerForm) -> Claim:
        return claims.answer_claim(self.claim, **form.as_kwargs(), **self.by)

    def get_context_data(self) -> dict[str, Any]:
        return {"claim": self.claim}


class AnswerAreaClaim(AnswerClaim):
    """Answer a challenge to a figure of areas for the city."""

    heading = _("Respond to a dispute about a figure for your areas")
    list_page = ON_AREAS
    object_page = ("", "equity:areas")
    object: Any

    def get_object(self, *args: Any, **ids: Any) -> Any:
        self.claim = get_area_claim(self.actor, ids["public_id"], ids["claim_id"])
        return self.claim.area_set

    def get_title(self) -> str:
        return str(self.object)


class Contest(ActionFormView):
    """Challenge a figure or the whole check, with or without an account."""

    form_class = forms.ContestForm
    list_page = LIST
    object_page = ("", "equity:check")
    heading = _("Dispute this check")
    lead = _("Your text will be public. The city answers with reasons within 14 days.")
    submit_label = _("Publish")
    object: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Prevent caching."""
        return private(missing_is_404(super().dispatch)(request, *args, **kwargs))  # type: ignore[arg-type]

    def get_object(self, *args: Any, **ids: Any) -> Any:
        return select.get_open_check(ids["public_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        lines = [(str(line.number), claims.line_label(line)) for line in self.object.lines.all()]
        return {"choices": {"line": lines}}

    def get_initial(self) -> dict[str, Any]:
        return {"line": self.request.GET.get("line", ""), "language": self.request.LANGUAGE_CODE}

    def challenged(self, data: dict[str, Any]) -> dict[str, Any]:
        """The input of the service, including what is challenged."""
        by_number = {str(line.number): line for line in self.object.lines.all()}
        return data | {"line": by_number.get(data["line"])}

    def execute(self, form: forms.ContestForm) -> Claim:
        return claims.contest(
            self.object,
            **self.challenged(form.as_kwargs()),
            address=throttle.client_address(self.request),
            actor=actor_of(self.request),
            at=clock.now(),
        )

    def get_success_message(self, made: Claim) -> str:
        if made.post.hidden_at is not None:
            return str(_("Thank you. A moderator will read your text before others can see it."))
        return str(_("Thank you. Your text is published, and the city will answer within 14 days."))

    def get_url_ids(self, made: Any = None) -> tuple[str]:
        return (self.kwargs["public_id"],)

    def get_success_url(self, made: Any = None) -> str:
        page = reverse(self.object_page[1], args=self.get_url_ids())
        return f"{page}#challenges" if made is not None else page


def figure_label(area_set: AreaSet, name_or_code: str, figure: Exposure | None) -> str:
    """A figure of an area (by name or code) in words, or without a figure its rank, in the language
    of the areas; empty for an unknown area."""
    words = name_or_code.strip().casefold()
    for area in area_set.areas.defer("shape", "outline"):
        if words and words in (area.code.casefold(), area.name.casefold(), str(area).casefold()):
            break
    else:
        return ""
    ranking, at = area_set.measured.get("ranking", {}), area.number
    with override(area_set.language):
        if figure is not None:
            return f"{area}{colon()} {figure}, {in_unit(figure.values[at], figure)}"
        if ranking.get("rank", {at: None})[at] is None:
            return f"{area}{colon()} {gettext('no rank')}"
        params = {name: ranking[name][at] for name in ("rank", "low", "high")}
        return f"{area}{colon()} " + gettext("rank %(rank)s, between %(low)s and %(high)s") % params


class ContestArea(Contest):
    """Challenge a figure or the rank of an area."""

    form_class = forms.ContestAreaForm
    list_page = ON_AREAS
    object_page = ("", "equity:areas")
    heading = _("Dispute a figure for an area")

    def get_object(self, *args: Any, **ids: Any) -> AreaSet:
        return get_area_set_for(actor_of(self.request), ids["public_id"])

    def get_title(self) -> str:
        return str(self.object)

    def get_form_kwargs(self) -> dict[str, Any]:
        self.factors = {factor.public_id: factor for factor in factors_of(self.object)}
        return {"choices": {"figure": [(key, str(factor)) for key, factor in self.factors.items()]}}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        return {
            "area": asked.get("area", ""),
            "figure": asked.get("figure", ""),
            "language": self.request.LANGUAGE_CODE,
        }

    def challenged(self, data: dict[str, Any]) -> dict[str, Any]:
        figure = self.factors.get(data.pop("figure"))
        about = figure_label(self.object, data.pop("area"), figure)
        return data | {"about": about}
