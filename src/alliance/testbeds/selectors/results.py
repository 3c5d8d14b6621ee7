"""The page of a result: its sentences, figures, charts and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.charts.series import Chart, Line, Point, draw_lines, draw_points
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.localise import local_name
from alliance.testbeds.enums import EvaluationLabel, EvaluationState
from alliance.testbeds.messages import cautions, verdicts
from alliance.testbeds.models import Evaluation, Pilot
from alliance.testbeds.protocol import Plan, request_of
from alliance.testbeds.selectors.protocols import plan_of

#: Figures that are p-values.
CHANCES = frozenset({"p_permutation", "q_p"})
#: Figures that are effects.
EFFECTS = frozenset({"slope", "synthetic_did"})
LINES = {
    "treated": ("own", lambda: _("with the pilot")),
    "control": ("other", lambda: _("without the pilot")),
    "actual": ("own", lambda: _("measured values")),
    "synthetic": ("other", lambda: _("weighted mix of other places, without the pilot")),
    "counterfactual": ("other", lambda: _("expected without the pilot")),
    "all": ("own", lambda: _("all units, with the pilot from the start")),
}


@dataclass(frozen=True)
class GroupLine:
    """The result in one group; texts are empty if there is none."""

    column: str
    group: str
    n: str
    value: str
    interval: str
    note: str


@dataclass(frozen=True)
class ResultPage:
    """The context of the page of a result."""

    pilot: Pilot
    evaluation: Evaluation
    title: Localised
    city: str | None
    is_frozen: bool
    fault: str
    design: str
    words: tuple[str, ...]
    warnings: tuple[str, ...]
    data_warnings: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    differs: tuple[tuple[str, str, str], ...]
    charts: tuple[Chart, ...]
    groups: tuple[GroupLine, ...]
    weights: tuple[tuple[str, str], ...]
    hidden: bool

    @property
    def is_busy(self) -> bool:
        return self.evaluation.state in {EvaluationState.WAITING, EvaluationState.RUNNING}


def result_page(pilot: Pilot, evaluation: Evaluation, language: str) -> ResultPage:
    """The page of a result from `get_evaluation`. Two queries."""
    plan = plan_of(evaluation.protocol)
    result = evaluation.result
    done = evaluation.state == EvaluationState.DONE
    is_pooled = evaluation.city is None
    unit = plan.outcome_unit
    sentences: list[str] = []
    if done:
        compose = verdicts.pooled_sentences if is_pooled else verdicts.sentences
        sentences = compose(result, unit, plan.direction)
    data = evaluation.measurement
    return ResultPage(
        pilot=pilot,
        evaluation=evaluation,
        title=Localised(pilot.title, "" if pilot.language == language else pilot.language),
        city=local_name(evaluation.city, language) if evaluation.city else None,
        is_frozen=evaluation.label == EvaluationLabel.AS_FROZEN,
        fault=cautions.fault_text(evaluation.fault) if evaluation.fault else "",
        design=verdicts.design_name(str(evaluation.request.get("design", ""))),
        words=tuple(sentences),
        warnings=tuple(cautions.warning_texts(result["warnings"], sentences)) if done else (),
        data_warnings=tuple(cautions.data_warning(warning) for warning in data.warnings)
        if data
        else (),
        figures=tuple(_figures(evaluation, unit)) if done else (),
        differs=() if is_pooled else tuple(_differs(evaluation, plan)),
        charts=tuple(_charts(result, plan)) if done else (),
        groups=tuple(_group(line, plan) for line in result.get("groups", ())) if done else (),
        weights=tuple(_weights(pilot, result, language)) if done else (),
        hidden=bool(result.get("hidden")),
    )


def _with_unit(value: float | None, unit: str, *, signed: bool = True) -> str:
    text = verdicts.effect(value, signed=True) if signed else verdicts.figure(value)
    return f"{text}\u00a0{unit}" if unit and value is not None else text


def interval_text(low: float | None, high: float | None) -> str:
    """Both ends of an interval, or "not known"."""
    if low is None or high is None:
        return _("not known")
    params = {"low": verdicts.effect(low, signed=True), "high": verdicts.effect(high, signed=True)}
    return _("%(low)s to %(high)s") % params


def _figures(evaluation: Evaluation, unit: str) -> list[tuple[str, str]]:
    details = evaluation.result["details"]
    is_rate = verdicts.is_rate(evaluation.result)
    shown = _("logarithm of a rate ratio") if is_rate else unit
    level = f"{100 * evaluation.result['level']:g}\u00a0%"
    what = (
        _("Average effect across cities") if evaluation.city_id is None else _("Estimated effect")
    )
    figures = [
        (what, _with_unit(evaluation.estimate, shown)),
        (
            _("%(level)s confidence interval") % {"level": level},
            interval_text(evaluation.low, evaluation.high),
        ),
        (_("Standard error"), verdicts.figure(evaluation.standard_error)),
        (_("p (if the pilot had no effect)"), verdicts.chance(evaluation.p)),
        (
            _("Cities") if evaluation.city_id is None else _("Units or time points used"),
            verdicts.figure(evaluation.n)
            if evaluation.n is not None
            else _("hidden: too few people"),
        ),
    ]
    if is_rate and details.get("rate_ratio") is not None:
        ratio = details["rate_ratio"]
        value = ratio.get("estimate") if isinstance(ratio, dict) else ratio
        figures.append((_("Rate ratio"), verdicts.effect(value)))
    names = (
        ("method", _("Method")),
        ("inference", _("Method for the interval")),
        ("p_permutation", _("p from the permutation test")),
        ("n_treated", _("Units with the pilot")),
        ("n_control", _("Units without the pilot")),
        ("n_missing", _("Units without a measured value")),
        ("slope", _("Change in slope per time step")),
        ("tau2", _("Variance between cities (τ²)")),
        ("i2", _("Share of variation between cities (I², %)")),
        ("q_p", _("p (if the cities differ only by chance)")),
        ("synthetic_did", _("Synthetic difference-in-differences, for comparison")),
    )
    for key, name in names:
        value = details.get(key)
        if value is not None:
            if not isinstance(value, int | float):
                text = verdicts.method_name(str(value))
            else:
                write = verdicts.chance if key in CHANCES else verdicts.figure
                text = (verdicts.effect if key in EFFECTS else write)(value)
            figures.append((name, text))
    pretest = details.get("pretest")
    if isinstance(pretest, dict) and pretest.get("p") is not None:
        text = _("Joint test of differences before the start, p")
        figures.append((text, verdicts.chance(pretest["p"])))
    low, high = details.get("prediction_interval") or (None, None)
    if low is not None:
        figures.append((_("Expected in another city"), interval_text(low, high)))
    return figures


def _differs(evaluation: Evaluation, plan: Plan) -> list[tuple[str, str, str]]:
    """How an exploratory analysis differs from the frozen one."""
    frozen = request_of(plan)
    return [
        (key, _shown(frozen.get(key)), _shown(evaluation.request.get(key)))
        for key in sorted({*frozen, *evaluation.request})
        if frozen.get(key) != evaluation.request.get(key)
    ]


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _charts(result: Mapping[str, Any], plan: Plan) -> list[Chart]:
    chart_data = result.get("charts", {})
    charts = []
    if "paths" in chart_data:
        charts.append(_paths(chart_data["paths"], plan))
    if "events" in chart_data:
        charts.append(_events(chart_data["events"], result, plan))
    if "placebo" in chart_data:
        charts.append(_placebo(chart_data["placebo"], plan))
    return charts


def _start_of(times: list[str], start: str | None) -> int | None:
    if start is None:
        return None
    return next((place for place, label in enumerate(times) if place and label >= start), None)


def _paths(chart: Mapping[str, Any], plan: Plan) -> Chart:
    times = list(chart["times"])
    start = _start_of(times, chart.get("start"))
    lines = [
        Line(LINES[series["name"]][1](), tuple(series["values"]), LINES[series["name"]][0])
        for series in chart["series"]
        if series["name"] in LINES
    ]
    title = _("%(outcome)s over time") % {"outcome": plan.outcome}
    return draw_lines(
        times,
        lines,
        title=title[:1].upper() + title[1:],
        summary=_path_summary(lines, start, plan),
        place_label=pgettext("axis", "Time"),
        unit=plan.outcome_unit,
        start=start,
        start_label=_("start"),
    )


def _path_summary(lines: list[Line], start: int | None, plan: Plan) -> str:
    """A sentence for each line, with its means before and after the start."""
    if start is None:
        return ""
    sentences = []
    for line in lines:
        before, after = (
            [value for value in part if value is not None]
            for part in (line.values[:start], line.values[start:])
        )
        if before and after:
            text = _("%(name)s: average of %(before)s before the start and %(after)s after.")
            values = {
                "name": line.label[:1].upper() + line.label[1:],
                "before": _with_unit(sum(before) / len(before), plan.outcome_unit, signed=False),
                "after": _with_unit(sum(after) / len(after), plan.outcome_unit, signed=False),
            }
            sentences.append(text % values)
        elif after:
            text = _("%(name)s: average of %(after)s after the start.")
            values = {
                "name": line.label[:1].upper() + line.label[1:],
                "after": _with_unit(sum(after) / len(after), plan.outcome_unit, signed=False),
            }
            sentences.append(text % values)
    return " ".join(sentences)


def _events(events: list[dict[str, Any]], result: Mapping[str, Any], plan: Plan) -> Chart:
    estimated = [event for event in events if event["estimate"] is not None]
    points = [
        Point(_event(event["event"]), event["estimate"], *(event["ci"] or (None, None)))
        for event in estimated
    ]
    after = [point for event, point in zip(estimated, points, strict=True) if event["event"] >= 0]
    clear = sum(
        point.low is not None and point.high is not None and (point.low > 0 or point.high < 0)
        for point in after
    )
    summary = ngettext(
        "The interval excludes zero at %(clear)s of %(n)s time point after the start.",
        "The interval excludes zero at %(clear)s of %(n)s time points after the start.",
        len(after),
    ) % {"n": len(after), "clear": clear}
    pretest = (result["details"].get("pretest") or {}).get("p")
    if pretest is not None:
        summary += " " + _(
            "The groups should follow the same trend before the start, but this cannot be "
            "proven (joint test, p: %(p)s)."
        ) % {"p": verdicts.chance(pretest)}
    start = next((place for place, event in enumerate(estimated) if event["event"] >= 0), None)
    return draw_points(
        points,
        title=_("Effect by time since the start"),
        summary=summary,
        place_label=_("Time steps from the start"),
        value_label=_("Effect"),
        interval_label=_("Interval"),
        unit=plan.outcome_unit,
        start=start or None,
        start_label=_("start"),
    )


def _event(number: int) -> str:
    return f"{number:+d}".replace("-", "\u2212") if number else "0"


def _placebo(chart: Mapping[str, Any], plan: Plan) -> Chart:
    times = list(chart["times"])
    others = [
        Line(_("places without the pilot, analysed as if they took part"), tuple(other), "faint")
        for other in chart["others"]
        if len(other) == len(times)
    ]
    own = Line(_("difference for the place with the pilot"), tuple(chart["own"]))
    return draw_lines(
        times,
        [own, *others],
        title=_("Difference from the mix, for the place with the pilot and for places without it"),
        summary=_(
            "If the line for the place with the pilot stays among the others after the "
            "start, the difference may be due to chance. Other places shown: %(n)s."
        )
        % {"n": len(others)},
        place_label=pgettext("axis", "Time"),
        unit=plan.outcome_unit,
        start=_start_of(times, chart.get("start")),
        start_label=_("start"),
        with_zero=True,
    )


def _group(line: Mapping[str, Any], plan: Plan) -> GroupLine:
    if line.get("hidden"):
        note = _("hidden: too few people")
        return GroupLine(line["column"], line["group"], "", "", "", note)
    if line.get("fault"):
        note = cautions.fault_text({"code": line["fault"], "message": "", "where": ""})
        units = str(line.get("units", ""))
        return GroupLine(line["column"], line["group"], units, "", "", note)
    low, high = line["ci"] or (None, None)
    return GroupLine(
        line["column"],
        line["group"],
        str(line["units"]),
        _with_unit(line["estimate"], plan.outcome_unit),
        interval_text(low, high),
        "" if line["shows_effect"] else _("no effect shown"),
    )


def _weights(pilot: Pilot, result: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """The weights of a synthetic control, or of the mean over cities."""
    weights = result["details"].get("weights") or {}
    total = sum(weights.values()) or 1.0
    names: dict[str, str] = {}
    if result["design"] == "pooled":
        places = pilot.places.select_related("city")
        names = {place.city.public_id: local_name(place.city, language) for place in places}
    ordered = sorted(weights.items(), key=lambda item: -item[1])
    return [
        (names.get(key, key), f"{verdicts.figure(100 * value / total)}\u00a0%")
        for key, value in ordered[:30]
    ]
