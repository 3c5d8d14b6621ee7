"""The forms of budgets: for staff, and for voters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from alliance.budgeting import enums, rules
from alliance.budgeting.models import CURRENCIES, Budget, Project
from alliance.budgeting.services import preparing, voting
from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.core.money import to_major
from alliance.network.needs_offers_forms import language_choices
from alliance.participation.enums import Channel
from alliance.participation.forms import TraitsForm, TrapForm
from alliance.participation.templatetags.participation_words import in_language
from alliance.web.fields import LongText, ShortText


def _amount(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, **options)


def _whole(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, **options)


class Degrees(forms.FloatField):
    """Degrees with a decimal point or comma."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 12})

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value or "").replace(",", ".").replace("−", "-"))


class QuotaRow(RowForm):
    category = ShortText(label=_("Category for quota %(row)s"), max_length=preparing.LONGEST_NAME)
    area = ShortText(
        label=_("or part of the city for quota %(row)s"), max_length=preparing.LONGEST_NAME
    )
    most_projects = _whole(_("Maximum number of projects, quota %(row)s"))
    most_cost = _amount(_("Maximum amount of money, quota %(row)s"))


class TermsForm(RowsForm):
    """The terms of a budget."""

    groups = {
        "quotas": rows_of(
            QuotaRow,
            most=preparing.MOST_QUOTAS,
            heading=_("Quotas"),
            note=_(
                "The maximum number of projects or amount of money for a category or "
                "part of the city."
            ),
        )
    }

    amount = _amount(_("Total budget"))
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    ballot = forms.ChoiceField(
        label=_("How residents vote"),
        choices=enums.BallotKind,
        widget=forms.RadioSelect,
    )
    most_projects = _whole(
        _("Maximum number of projects per ballot"), help_text=_("Leave blank for no limit.")
    )
    points = _whole(_("Points to allocate"), help_text=_("Only for ballots with points."))
    fits_budget = forms.BooleanField(
        label=_("The projects on a ballot must fit within the budget"), required=False
    )
    voters = forms.ChoiceField(
        label=_("Who can vote"), choices=enums.Voters, widget=forms.RadioSelect
    )
    rule = forms.ChoiceField(
        label=_("How votes are counted"),
        choices=enums.Rule,
        widget=forms.RadioSelect,
        help_text=_("Compare both using made-up ballots before you choose."),
    )
    min_votes = _whole(
        _("Minimum number of votes for a project"),
        help_text=_("Leave blank if there is no minimum."),
    )
    unaffordable = forms.ChoiceField(
        label=_("Most votes first: if a project costs more than what is left"),
        choices=enums.Unaffordable,
        widget=forms.RadioSelect,
    )
    completion = forms.ChoiceField(
        label=_("Equal Shares: money left over"),
        choices=enums.Completion,
        widget=forms.RadioSelect,
    )
    utility = forms.ChoiceField(
        label=_("Equal Shares: value of a project to its voters"),
        choices=enums.Utility,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not preparing.has_single_sign_on():
            voters: Any = self.fields["voters"]
            voters.choices = [choice for choice in voters.choices if choice[0] != enums.Voters.OIDC]

    def as_kwargs(self) -> dict[str, Any]:
        quotas = [preparing.QuotaData(**row) for row in self.written("quotas")]
        return {"words": preparing.Terms(**self.cleaned_data, quotas=quotas)}

    @staticmethod
    def initial_of(budget: Budget) -> dict[str, Any]:
        """The initial values from a budget, money in currency units."""
        initial = {name: getattr(budget, name) for name in TermsForm.base_fields}
        initial["amount"] = units(budget.amount, budget.currency) if budget.amount else None
        return initial

    @staticmethod
    def rows_of(budget: Budget) -> dict[str, list[dict[str, Any]]]:
        """The initial quotas of a budget."""
        rows = budget.quotas.all() if not budget._state.adding else ()
        return {
            "quotas": [
                {
                    "category": row.category,
                    "area": row.area,
                    "most_projects": row.most_projects,
                    "most_cost": row.most_cost and units(row.most_cost, budget.currency),
                }
                for row in rows
            ]
        }


def units(minor: int, currency: str) -> Decimal:
    """An amount for a form field: without decimals if it has none."""
    exact = to_major(minor, currency)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


class EstimateForm(ServiceForm):
    """A proposal as on the ballot."""

    title = ShortText(label=_("Name on the ballot"), size=60, max_length=preparing.LONGEST_TITLE)
    text = LongText(
        label=_("Description of the project"), rows=4, max_length=preparing.LONGEST_TEXT
    )
    language = forms.ChoiceField(label=_("Language of the texts"), choices=language_choices)
    cost = _amount(_("Cost"), help_text=_("Including maintenance, if the budget covers it."))
    cost_basis = LongText(
        label=_("Basis of the estimate"),
        rows=2,
        max_length=preparing.LONGEST_TEXT,
        help_text=_("For example, a price list, a similar project or a quote. Anyone can read it."),
    )
    category = ShortText(label=_("Category"), max_length=preparing.LONGEST_NAME)
    area = ShortText(label=_("Part of the city"), max_length=preparing.LONGEST_NAME)
    place = ShortText(label=_("Location: a name or an address"), max_length=preparing.LONGEST_TITLE)
    latitude = Degrees(label=_("Latitude"), required=False)
    longitude = Degrees(label=_("Longitude"), required=False)
    only_one_of = ShortText(
        label=_("Mutually exclusive group"),
        max_length=preparing.LONGEST_NAME,
        help_text=_("Only one project with the same word can win, for example “the square”."),
    )

    def as_kwargs(self) -> dict[str, Any]:
        return {"words": preparing.Estimate(**self.cleaned_data)}


class DecideForm(ServiceForm):
    """Whether a project is eligible."""

    eligible = forms.ChoiceField(
        label=_("Is it eligible?"), choices=enums.Eligible, widget=forms.RadioSelect
    )
    reason = LongText(
        label=_("Reason for the decision"),
        rows=3,
        max_length=preparing.LONGEST_TEXT,
        help_text=_("Shown to everyone next to the proposal."),
    )


class MergeForm(ServiceForm):
    """The project into which another is merged."""

    into = forms.ChoiceField(
        label=_("Merge with"), required=False, choices=[("", _("do not merge"))]
    )


class ConsentForm(ServiceForm):
    """An author's answer by phone or on paper."""

    side = forms.ChoiceField(label=_("Who answered"), choices=enums.Side, widget=forms.RadioSelect)
    consent = forms.ChoiceField(
        label=_("The author’s answer"), choices=enums.Consent, widget=forms.RadioSelect
    )
    note = ShortText(
        label=_("How you received the answer"),
        size=60,
        max_length=preparing.LONGEST_NOTE,
        help_text=_("For example, “by phone on 3 May”. Do not name anyone."),
    )


class AgreeForm(ServiceForm):
    """An author's answer to merging."""

    yes = forms.TypedChoiceField(
        label=_("Can your proposal be merged with the other one?"),
        choices=[("yes", _("Yes, merge them")), ("no", _("No, keep mine separate"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class CodesForm(ServiceForm):
    """How many codes to create."""

    n = forms.IntegerField(label=_("Number of codes"), initial=500)


class CompareForm(ServiceForm):
    """The file of an earlier vote."""

    file = forms.FileField(
        label=_("File from an earlier vote"),
        help_text=_("In Pabulib format. We count it here and do not keep it."),
    )


def _label(project: Project, currency: str) -> str:
    title, *more = (
        in_language(text, project.language)
        for text in (project.title, project.category, project.area)
        if text
    )
    cost = rules.money(project.cost, currency)
    first = format_html("{}. {} – {}", project.number, title, cost)
    return format_html_join(" · ", "{}", ((part,) for part in (first, *more)))


class OnBallot(forms.Form):
    """The projects of a ballot: checkboxes, or a number each."""

    budget: Budget

    def add_projects(
        self,
        budget: Budget,
        projects: Sequence[Project],
        chosen: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Add a field for each project, or one field of checkboxes; `chosen`: initial values by
        public id of the project."""
        self.budget = budget
        if budget.ballot == enums.BallotKind.APPROVAL:
            self.fields["projects"] = forms.MultipleChoiceField(
                label=_("Projects"),
                required=False,
                choices=[
                    (project.public_id, _label(project, budget.currency)) for project in projects
                ],
                initial=list(chosen),
                widget=forms.CheckboxSelectMultiple,
            )
            return
        for project in projects:
            self.fields[f"value_{project.public_id}"] = forms.IntegerField(
                label=_label(project, budget.currency),
                required=False,
                initial=chosen.get(project.public_id),
                min_value=1,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "size": 4}),
            )

    @property
    def ballot_values(self) -> dict[str, int]:
        """The values by public id of the project."""
        data = self.cleaned_data
        if self.budget.ballot == enums.BallotKind.APPROVAL:
            return dict.fromkeys(data.get("projects", ()), 1)
        return {
            name.removeprefix("value_"): value
            for name, value in data.items()
            if name.startswith("value_") and value is not None
        }


def code_field(label: Any = "", **options: Any) -> ShortText:
    """A field for a voting code."""
    return ShortText(
        label=label or _("Your voting code"),
        size=20,
        max_length=40,
        help_text=_("Twelve characters, provided by the city. Hyphens and spaces do not matter."),
        **options,
    )


class BallotForm(OnBallot, TrapForm):
    """The ballot of a resident."""

    def __init__(
        self,
        *args: Any,
        budget: Budget,
        projects: Sequence[Project],
        chosen: Mapping[str, int],
        needs_code: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        if needs_code:
            # What is needed for voting is asked before the choice.
            self.fields["code"] = code_field()
        self.add_projects(budget, projects, chosen)

    @property
    def code(self) -> str:
        """The normalised code; empty if none is needed."""
        return voting.plain_code(self.cleaned_data.get("code", ""))


class PaperBallotForm(OnBallot, TraitsForm):
    """A ballot on paper, by phone or at a counter."""

    channel = forms.ChoiceField(
        label=_("How it was submitted"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.ONLINE],
        widget=forms.RadioSelect,
    )
    code = code_field(_("Ballot code"))

    def __init__(
        self, *args: Any, budget: Budget, projects: Sequence[Project], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.add_projects(budget, projects)
        self.order_fields([name for name in self.fields if name not in TraitsForm.base_fields])

    @property
    def traits(self) -> dict[str, str]:
        """The traits of the person."""
        return {name: self.cleaned_data[name] for name in TraitsForm.base_fields}
