"""A plan as terms with values, for the page of a pilot and the last step of planning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from alliance.knowledge.enums import EffectDirection
from alliance.testbeds.enums import MissingRule, PilotDesign, TimeStep
from alliance.testbeds.protocol import Draw, Plan
from alliance.web import formatting

_ = gettext_lazy

NOBODY_THERE = _(
    "Most pilots affect people where they live, work, travel or pay. If yours does, leave "
    "this blank and show who gains and who pays before you start. If not, explain why, "
    "for example “closed test track”."
)
#: The label of each field by its path in the plan, in reading order.
LABELS: Mapping[str, Promise] = {
    "title": _("Title"),
    "question": _("Question"),
    "known": _("Existing knowledge"),
    "solution": _("Solution"),
    "cities": _("Participating cities"),
    "unit": _("Unit"),
    "units_are_people": _("Units are people"),
    "nobody_there": _("Reason why the pilot affects no one"),
    "outcome": pgettext_lazy("measured", "Outcome measure"),
    "outcome_unit": _("Unit of the outcome measure"),
    "direction": _("Direction of improvement"),
    "measure": _("Outcome measure in the case"),
    "case_unit": _("Unit of the effect in the case"),
    "smallest_useful": _("Smallest useful effect"),
    "estimand": _("Effect estimated"),
    "design": _("Study design"),
    "assignment_rule": _("Rule for choosing the units in the pilot"),
    "assignment_seed": _("Seed for the random draw"),
    "draw": _("Random draw"),
    "starts_on": _("Start"),
    "time_step": _("Period covered by each row"),
    "clusters": _("Units are grouped in clusters"),
    "covariates": _("Covariates"),
    "subgroups": _("Groups in the fairness check"),
    "compare_with": _("Comparison group"),
    "counts": _("The outcome measure is a count"),
    "season": _("Periods in a season"),
    "control_series": _("Comparison series without the pilot"),
    "sample.n": _("Units in each group"),
    "sample.sd": _("Standard deviation between units"),
    "sample.correlation": _("Correlation over time within a unit"),
    "sample.before": _("Time points before the start"),
    "sample.after": _("Time points after the start"),
    "sample.cluster_size": _("Units per cluster"),
    "sample.icc": _("Correlation within clusters"),
    "sample.power": _("Target power"),
    "sample.basis": _("Basis for the number of units"),
    "primary_model": _("Primary model"),
    "alpha": _("Significance level (alpha)"),
    "seed": _("Seed for random numbers"),
    "missing_rule": _("Missing values"),
    "stop_rule": _("Stopping rule"),
    "result_due": _("Result due"),
}
COMPARISONS: Mapping[str, Promise] = {
    "never": _("units that never take part in the pilot"),
    "not-yet": _("units that do not take part in the pilot yet"),
}
_CHOICES: Mapping[str, Any] = {
    "direction": EffectDirection,
    "design": PilotDesign,
    "time_step": TimeStep,
    "missing_rule": MissingRule,
}
#: Shown only if filled in.
_OPTIONAL = frozenset(
    {
        "solution", "known", "units_are_people", "nobody_there", "measure", "case_unit",
        "assignment_seed", "draw",
        "clusters", "covariates", "subgroups", "counts", "season", "control_series", "sample.n",
        "sample.sd", "sample.correlation", "sample.before", "sample.after", "sample.cluster_size",
        "sample.icc",
    }
)  # fmt: skip


#: Requirements of a pilot outside its plan.
_BESIDE = {"fairness": _("Who gains, who pays")}


def label(path: str) -> str:
    """The label of a field of the plan, or the path of an unknown field."""
    return str({**LABELS, **_BESIDE}.get(path, path))


def value_text(path: str, value: Any, *, names: Mapping[str, str] | None = None) -> str:
    """A formatted value of the plan, empty if unset. `names` maps ids to names."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if path in _CHOICES and value in _CHOICES[path].values:
        return str(_CHOICES[path](value).label)
    if path == "compare_with":
        return str(COMPARISONS.get(value, value))
    if path == "draw":
        return draw_text(value if isinstance(value, Draw) else Draw.model_validate(value))
    if isinstance(value, list):
        return ", ".join((names or {}).get(item, item) for item in value)
    if path == "solution":
        return (names or {}).get(value, value)
    if path in {"starts_on", "result_due"}:
        return formatting.time_of_data(str(value))
    if isinstance(value, int | float) and path not in {"assignment_seed", "seed"}:
        return formatting.number(value)
    return str(value)


def draw_text(draw: Draw) -> str:
    """How the random selection was made."""
    params = {"treated": draw.treated, "units": draw.units, "blocks": draw.blocks}
    text = gettext(
        "Random draw by the platform: %(treated)s of %(units)s, in %(blocks)s blocks of "
        "similar units."
    )
    digests = gettext("SHA-256 of all units: %(all)s. Of the units drawn: %(drawn)s.")
    parts = [text % params, digests % {"all": draw.units_sha256, "drawn": draw.treated_sha256}]
    if draw.number > 1:
        anew = ngettext(
            "The list of units was changed and redrawn %(n)s time before registration.",
            "The list of units was changed and redrawn %(n)s times before registration.",
            draw.number - 1,
        )
        parts.insert(1, anew % {"n": draw.number - 1})
    return " ".join(parts)


def terms(
    plan: Plan, *, names: Mapping[str, str], without: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """The plan as (term, value), without empty fields that the design does not use."""
    left_out = set(without)
    if plan.design != PilotDesign.STAGGERED:
        left_out.add("compare_with")
    pairs = []
    for path in LABELS:
        if path in left_out:
            continue
        value: Any = plan
        for part in path.split("."):
            value = getattr(value, part)
        if path in _OPTIONAL and value in (None, "", [], False):
            continue
        pairs.append((label(path), value_text(path, value, names=names)))
    return pairs
