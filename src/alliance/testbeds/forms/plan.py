"""Forms for all fields of a plan, one for each of its parts."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import chain
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.cases.enums import EffectDirection
from alliance.core.errors import InvalidData
from alliance.core.forms import RowsForm, ServiceForm, faults_of
from alliance.testbeds.enums import MissingRule, PilotDesign, TimeStep
from alliance.testbeds.forms.pilots import ReasonForm
from alliance.testbeds.protocol import SIMULATED
from alliance.testbeds.selectors.plan_terms import COMPARISONS, LABELS, NOBODY_THERE
from alliance.web.fields import LongText, ShortText
from alliance.web.formatting import colon
from alliance.writing.forms.base import Choice
from alliance.writing.forms.numbers import NumberField, WholeField
from alliance.writing.forms.results import new_measure
from alliance.writing.selectors.drafts_names import DraftNames

Plan = dict[str, Any]


class Day(forms.DateField):
    """An optional date field."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **options)


class Words(ShortText):
    """A comma-separated list of names."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [word.strip() for word in super().clean(value).split(",") if word.strip()]


def field_of(where: str) -> str:
    """The form field for a location in the plan."""
    return where.removeprefix("plan.").replace(".", "__")


class PlanFaultForm(ServiceForm):
    """Shows the faults of a plan; a fault of a field that is not in the form gets its label."""

    def place_of(self, where: str) -> tuple[forms.Form, str]:
        """The form and the field for a fault at `where`."""
        return self, field_of(where)

    def take(self, error: InvalidData | ValidationError) -> None:
        """Shows each fault beside the field that it names."""
        for fault in faults_of(error):
            form, name = self.place_of(fault.where)
            if name in form.fields:
                form.add_error(name, fault.rule)
            else:
                label = LABELS.get(fault.where.removeprefix("plan."), gettext("Plan"))
                self.add_error(None, f"{label}{colon()} {fault.rule}")


class PlanForm(PlanFaultForm):
    """A step of the plan. A field `sample__n` edits the value at `sample.n`."""

    #: Fields written in the language of the pilot.
    in_plan_language: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        plan: Plan,
        names: DraftNames,
        language: str = "",
        **options: Any,
    ) -> None:
        self.plan, self.names = plan, names
        super().__init__(data, **options)
        self.prepare()
        for name, field in self.fields.items():
            field.label = str(LABELS.get(name.replace("__", "."), field.label))
            self.initial[name] = self.shown(name, self._value(name))
            if name in self.in_plan_language and language:
                field.widget.attrs["lang"] = language

    def prepare(self) -> None:
        """Fills in choices, and removes fields that the design does not use."""

    def shown(self, name: str, value: Any) -> Any:
        """The value as its field shows it."""
        return value

    def stored_value(self, name: str, value: Any) -> Any:
        """The cleaned value as the plan stores it."""
        return value

    def _value(self, name: str) -> Any:
        value: Any = self.plan
        for part in name.split("__"):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def changed(self) -> Plan:
        """The plan with the cleaned data. Call it on a valid form."""
        plan = copy.deepcopy(self.plan)
        self.write(plan)
        return plan

    def write(self, plan: Plan) -> None:
        """Writes the cleaned data into `plan`."""
        for name, value in self.cleaned_data.items():
            *way, last = name.split("__")
            part = plan
            for key in way:
                part = part.setdefault(key, {})
            stored = self.stored_value(name, value)
            part[last] = stored.isoformat() if hasattr(stored, "isoformat") else stored


class QuestionForm(PlanForm):
    """The question, the solution that is tested, and the cities."""

    in_plan_language = frozenset({"title", "question", "known"})

    title = ShortText(max_length=200)
    question = LongText(
        rows=3, help_text=_("One question that the outcome measure can answer with a number.")
    )
    known = LongText(
        rows=3, help_text=_("Starting point, conditions, costs and who has tried it before.")
    )
    solution = Choice(help_text=_("The solution being tested."))
    cities = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 62}),
        help_text=_(
            "One city per line. Several cities can follow the same plan, and their "
            "results are then combined."
        ),
    )

    def prepare(self) -> None:
        known = sorted(self.names.solutions.values(), key=lambda solution: solution.name.casefold())
        self.fields["solution"].choices = [  # type: ignore[attr-defined]
            ("", _("the solution is not in the list")),
            *((solution.public_id, solution.name) for solution in known),
        ]

    def shown(self, name: str, value: Any) -> Any:
        if name == "cities":
            return "\n".join(self.names.cities.label(public_id) for public_id in value or [])
        return value

    def clean_cities(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["cities"].splitlines()]
        return [self.names.cities.find(line) for line in lines if line]


class OutcomeForm(PlanForm):
    """The outcome measure, the unit of analysis, and the smallest useful change."""

    in_plan_language = frozenset({"unit", "outcome", "estimand"})

    unit = ShortText(
        max_length=200, help_text=_("What each measurement is about: a home, a street, a person.")
    )
    units_are_people = forms.BooleanField(
        required=False, help_text=_("Counts below five are then hidden everywhere.")
    )
    nobody_there = ShortText(size=60, max_length=300, help_text=NOBODY_THERE)
    outcome = ShortText(
        max_length=200, help_text=_("Enter one outcome measure, for example heat used per month.")
    )
    outcome_unit = ShortText(
        max_length=200, help_text=_("For example, kWh/m², minutes or per cent.")
    )
    direction = Choice(EffectDirection)
    smallest_useful = NumberField(
        help_text=_(
            "The smallest change worth the cost, without a plus or minus sign, in "
            "the unit of the outcome measure."
        )
    )
    estimand = LongText(rows=3)
    measure = ShortText(
        help_text=_(
            "Used in the case about the result. Choose an existing outcome "
            "measure or enter a new one."
        )
    )
    is_new = new_measure()
    case_unit = ShortText(help_text=_("Choose an existing unit or enter a new one."))

    def prepare(self) -> None:
        if not self.is_bound:
            # Asked for once the list lacks the measure.
            del self.fields["is_new"]

    def shown(self, name: str, value: Any) -> Any:
        if name == "measure" and value:
            return self.names.measures.label(value)
        if name == "case_unit" and value:
            return self.names.units.label(value)
        return value

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        is_new = cleaned_data.pop("is_new", False)
        measure = cleaned_data.get("measure", "")
        is_new |= measure == self.plan.get("measure")
        try:
            cleaned_data["measure"] = self.names.measure_or_new(measure, is_new=is_new)
        except ValidationError as error:
            self.add_error("measure", error)
        return cleaned_data

    def clean_case_unit(self) -> str:
        return self.names.units.find_or_new(self.cleaned_data["case_unit"])


class DesignForm(PlanForm):
    """The study design, which separates the effect from what would have happened anyway."""

    in_plan_language = frozenset({"assignment_rule", "primary_model"})

    design = forms.ChoiceField(choices=PilotDesign.choices)
    assignment_rule = LongText(rows=3)
    assignment_seed = WholeField(
        required=False, help_text=_("A whole number. The same seed always selects the same units.")
    )
    starts_on = Day(
        help_text=_("First day of the pilot. The registered analysis counts from this day.")
    )
    time_step = Choice(TimeStep)
    clusters = forms.BooleanField(
        required=False,
        help_text=_(
            "For example, flats in the same building. The data then need a column called “cluster”."
        ),
    )
    covariates = Words(
        help_text=_(
            "Column names separated by commas. The values must be known before the start. Optional."
        )
    )
    subgroups = Words(
        help_text=_("Column names, for example “tenure”. The result is also shown for each group.")
    )
    compare_with = forms.ChoiceField(choices=tuple(COMPARISONS.items()), required=False)
    counts = forms.BooleanField(
        required=False, help_text=_("The data then need a column called “population”.")
    )
    season = WholeField(
        required=False,
        help_text=_("For example, 12 for monthly data. Leave blank if there are no seasons."),
    )
    control_series = ShortText(
        max_length=200,
        help_text=_(
            "Name of the comparison unit that does not take part in the pilot, if you have one."
        ),
    )
    primary_model = LongText(rows=3)

    #: Fields that only some designs use.
    ONLY: ClassVar[Mapping[str, frozenset[str]]] = {
        "assignment_seed": frozenset({PilotDesign.RANDOMISED}),
        "clusters": frozenset({PilotDesign.RANDOMISED, PilotDesign.DID, PilotDesign.STAGGERED}),
        "covariates": frozenset({PilotDesign.RANDOMISED, PilotDesign.SYNTHETIC_CONTROL}),
        "subgroups": frozenset(
            {
                PilotDesign.RANDOMISED,
                PilotDesign.BEFORE_AFTER,
                PilotDesign.DID,
                PilotDesign.STAGGERED,
            }
        ),
        "compare_with": frozenset({PilotDesign.STAGGERED}),
        "counts": frozenset({PilotDesign.ITS}),
        "season": frozenset({PilotDesign.ITS}),
        "control_series": frozenset({PilotDesign.ITS}),
    }
    _EMPTY: ClassVar[Mapping[str, Any]] = {
        "assignment_seed": None,
        "clusters": False,
        "covariates": [],
        "subgroups": [],
        "compare_with": "never",
        "counts": False,
        "season": None,
        "control_series": "",
    }

    def prepare(self) -> None:
        design = self.plan.get("design", "")
        for name, designs in self.ONLY.items():
            if design not in designs:
                del self.fields[name]
        if self.plan.get("draw"):
            # The random selection has fixed the seed.
            del self.fields["assignment_seed"]

    def write(self, plan: Plan) -> None:
        super().write(plan)
        if plan["design"] != PilotDesign.RANDOMISED:
            plan["draw"] = None
        plan["compare_with"] = plan.get("compare_with") or "never"
        for name, designs in self.ONLY.items():
            if plan["design"] not in designs:
                plan[name] = copy.copy(self._EMPTY[name])


class SampleForm(PlanForm):
    """The sample size and the assumptions of the power calculation."""

    in_plan_language = frozenset({"sample__basis"})

    sample__n = WholeField(
        required=False,
        help_text=_(
            "In each group, with and without the pilot. For before-after designs: number of pairs."
        ),
    )
    sample__sd = NumberField(help_text=_("Of the outcome measure, between units at the same time."))
    sample__correlation = NumberField(
        help_text=_(
            "From 0 to 1. If you enter it, values from before the start make the "
            "result more precise."
        )
    )
    sample__before = WholeField(required=False)
    sample__after = WholeField(required=False)
    sample__cluster_size = NumberField()
    sample__icc = NumberField(
        help_text=_("From 0 to 1: how similar units in the same cluster are.")
    )
    sample__power = NumberField(help_text=_("Usually 0.8."))
    alpha = NumberField(help_text=_("Usually 0.05, which gives 95 % confidence intervals."))
    sample__basis = LongText(
        rows=3, help_text=_("Source of these figures: bills, an earlier pilot, a case.")
    )

    #: Simulated designs have no formula that uses these.
    _OF_FORMULA = ("n", "sd", "correlation", "before", "cluster_size", "icc")

    def prepare(self) -> None:
        simulated = self.plan.get("design") in SIMULATED
        for name in self._OF_FORMULA if simulated else ():
            del self.fields[f"sample__{name}"]
        if not simulated and not self.plan.get("clusters"):
            del self.fields["sample__cluster_size"], self.fields["sample__icc"]


class RulesForm(PlanForm):
    """The rules for missing data and early stopping, and the date of the result."""

    in_plan_language = frozenset({"stop_rule"})

    missing_rule = forms.ChoiceField(choices=MissingRule.choices)
    stop_rule = LongText(
        rows=3,
        help_text=_(
            "Reasons to stop the pilot early, for example harm to someone, and who decides."
        ),
    )
    result_due = Day(
        help_text=_(
            "If there is no result by this date, the pilot appears on the public "
            "list of overdue results."
        )
    )


FORMS: Mapping[str, tuple[Promise, type[PlanForm]]] = {
    "question": (_("Question and cities"), QuestionForm),
    "outcome": (pgettext_lazy("measured", "Outcome measure"), OutcomeForm),
    "design": (_("Study design"), DesignForm),
    "sample": (_("Number of units"), SampleForm),
    "rules": (_("Rules and dates"), RulesForm),
}


class WholePlanForm(PlanFaultForm, RowsForm):
    """All fields of a plan that its design uses; `rows` has a form for each part."""

    rows: dict[str, Any]

    def __init__(self, data: Any = None, *, plan: Plan, initial: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial=initial)
        self.plan = plan
        self.rows = {
            str(label): [form(data, plan=plan, **kwargs)] for label, form in FORMS.values()
        }

    def place_of(self, where: str) -> tuple[forms.Form, str]:
        """The form of the part that has the field."""
        name = field_of(where)
        return next(
            (form for form in chain(*self.rows.values()) if name in form.fields), self
        ), name

    def changed(self) -> Plan:
        """The plan with the cleaned data of all parts. Call it on a valid form."""
        plan = self.plan
        for step in chain(*self.rows.values()):
            step.plan = plan
            plan = step.changed()
        return plan


class DeviationForm(ReasonForm, WholePlanForm):
    """All fields of a plan, with the reason for deviating from the frozen version."""
