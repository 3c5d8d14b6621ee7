"""Runs the analysis of a pilot and returns its result as JSON values.

`analysed` analyses the data of one city, `pooled` combines the results of several. Both raise
MethodError if the method fails; the same input gives the same result.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from alliance.analysis import evidence, pilots
from alliance.analysis.errors import MethodError
from alliance.analysis.small_counts import TOTAL, Cell, hidden_cells, is_small
from alliance.knowledge.enums import EffectDirection
from alliance.testbeds.enums import PilotDesign
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import WITH_SUBGROUPS, Plan

Columns = Mapping[str, Sequence[str]]
#: The two arms of a comparison, which together make up all participants.
_SIDES = ("n_treated", "n_control")
#: At most so many groups of a column are analysed; a column with more holds names.
MOST_GROUPS = 12
#: At most so many times in a chart; longer series appear only in the table.
MOST_POINTS = 2_000
MOST_PLACEBOS = 60


def analysed(columns: Columns, request: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """The result for the data of one city: estimate, interval, warnings, sentences, charts,
    groups."""
    asked = _request(request)
    evaluation = pilots.analyse(columns, asked)
    result = _as_dict(evaluation)
    result |= {
        # Without a comparison, or a synthetic control that fits, the size of an effect is unknown.
        "useful": ""
        if evaluation.has("poor-fit") or evaluation.design == PilotDesign.BEFORE_AFTER
        else useful(result["ci"], plan, result["details"].get("scale") == "log-rate"),
        "charts": _charts(evaluation, result["details"], columns, request),
        "groups": _groups(columns, request, plan),
        "hidden": False,
    }
    return without_few_people(result) if plan.units_are_people else result


def without_few_people(result: dict[str, Any]) -> dict[str, Any]:
    """The result without counts of few people, and without lines about so few.

    Counts from which such a number could be derived are removed as well: the other arm of a
    comparison, and the next smallest group.
    """
    details = result["details"]
    few = {key for key, value in details.items() if key.startswith("n_") and is_few(value)}
    few |= _hidden_parts({key: details[key] for key in _SIDES if isinstance(details.get(key), int)})
    few |= {"n"} if is_few(result["n"]) else set()
    if few:
        result["details"] = {key: None if key in few else value for key, value in details.items()}
        result["n"] = None if is_few(result["n"]) else result["n"]
        result["charts"], result["hidden"] = {}, True
    for column in {line["column"] for line in result["groups"]}:
        units = {
            line["group"]: line["units"]
            for line in result["groups"]
            if line["column"] == column and "units" in line
        }
        hidden = _hidden_parts(units)
        result["groups"] = [
            {"column": column, "group": line["group"], "hidden": True}
            if line["column"] == column and line["group"] in hidden
            else line
            for line in result["groups"]
        ]
    return result


def is_few(count: Any) -> bool:
    """Whether a number of people is too small to be shown."""
    return isinstance(count, int) and is_small(count, settings.PRIVACY_FLOOR)


def _hidden_parts(counts: Mapping[str, int]) -> set[str]:
    """The parts of a total that must be hidden so that none can be derived from the sum."""
    if not counts:
        return set()
    cells: dict[Cell, int] = {(name,): count for name, count in counts.items()}
    cells[(TOTAL,)] = sum(counts.values())
    hidden = hidden_cells(cells, floor=settings.PRIVACY_FLOOR)
    return {name for name in counts if (name,) in hidden}


def _request(request: Mapping[str, Any]) -> pilots.Request:
    values = {key: value for key, value in request.items() if key != "subgroups"}
    values["predictors"] = tuple(values.get("predictors") or ())
    return pilots.Request(**values)


def _as_dict(evaluation: pilots.Evaluation) -> dict[str, Any]:
    bounded = all(math.isfinite(end) for end in evaluation.ci)
    result: dict[str, Any] = pilots.plain(
        {
            "design": evaluation.design,
            "estimate": evaluation.estimate,
            "se": evaluation.se,
            "ci": evaluation.ci if bounded else None,
            "p": evaluation.p,
            "n": evaluation.n,
            "level": evaluation.level,
            "shows_effect": evaluation.shows_effect and not evaluation.has("poor-fit"),
            "warnings": evaluation.warnings,
            "details": evaluation.details,
            "sentences": [
                {"code": sentence.code, "values": dict(sentence.values)}
                for sentence in pilots.sentences(evaluation)
            ],
            "plain_words": pilots.plain_words(evaluation),
        }
    )
    return result


def useful(ci: Sequence[float] | None, plan: Plan, is_rate: bool) -> str:
    """How the interval relates to the smallest useful effect.

    `useful`: the whole interval is at least that good; `too-small`: no value in it is that large
    either way; `harm`: all of it is as far in the wrong direction; `maybe-harm`: some of it is, and
    no value is good enough; `open`: otherwise. Empty if unknown.
    """
    least = plan.smallest_useful
    if ci is None or least is None or is_rate:
        return ""
    sign = -1 if plan.direction == EffectDirection.LOWER else 1
    low, high = sorted(sign * end for end in ci)
    if low >= least:
        return "useful"
    if high <= -least:
        return "harm"
    if high >= least:
        return "open"
    return "too-small" if low > -least else "maybe-harm"


def _groups(columns: Columns, request: Mapping[str, Any], plan: Plan) -> list[dict[str, Any]]:
    """The same analysis in each subgroup that the protocol names."""
    lines: list[dict[str, Any]] = []
    if request["design"] not in WITH_SUBGROUPS:
        return lines
    for name in request.get("subgroups", ()):
        labels = columns[name]
        groups = sorted(set(labels))
        if len(groups) > MOST_GROUPS:
            lines.append({"column": name, "group": "", "fault": "too-many-groups"})
            continue
        for group in groups:
            positions = [place for place, label in enumerate(labels) if label == group]
            part = {key: [cells[place] for place in positions] for key, cells in columns.items()}
            units = len(set(part.get("unit", ())))
            line: dict[str, Any] = {"column": name, "group": group, "units": units}
            try:
                result = _as_dict(pilots.analyse(part, _request(request)))
            except MethodError as error:
                line["fault"] = error.code
            else:
                line |= {key: result[key] for key in ("estimate", "se", "ci", "p", "n", "level")}
                line["shows_effect"] = result["shows_effect"]
            lines.append(line)
    return lines


def _charts(
    evaluation: pilots.Evaluation,
    details: Mapping[str, Any],
    columns: Columns,
    request: Mapping[str, Any],
) -> dict[str, Any]:
    """The data of the charts of a design."""
    charts: dict[str, Any] = {}
    if evaluation.design == PilotDesign.ITS:
        charts["paths"] = _its_paths(details, columns, request)
    elif evaluation.design == PilotDesign.SYNTHETIC_CONTROL:
        charts |= _synthetic(details, request)
    elif evaluation.design != PilotDesign.STAGGERED:
        charts["paths"] = _mean_paths(columns, request)
    if details.get("event_study"):
        charts["events"] = [
            {
                "event": point["event"],
                "time": point.get("time"),
                "estimate": point["estimate"],
                "ci": point.get("ci"),
            }
            for point in details["event_study"]
        ]
    return {key: value for key, value in charts.items() if value}


def _series(columns: Columns, times: Sequence[str], chosen: Sequence[int]) -> list[float | None]:
    """The mean outcome of the rows `chosen` at each time; None if none is known."""
    total: dict[str, float] = {}
    count: dict[str, int] = {}
    for place in chosen:
        text = columns["outcome"][place]
        if text:
            label = columns["time"][place]
            total[label] = total.get(label, 0.0) + float(text)
            count[label] = count.get(label, 0) + 1
    return [total[label] / count[label] if label in count else None for label in times]


def _mean_paths(columns: Columns, request: Mapping[str, Any]) -> dict[str, Any]:
    times = sorted(set(columns["time"]))
    if not 2 <= len(times) <= MOST_POINTS:
        return {}
    ever: dict[str, bool] = {}
    places = range(len(columns["time"]))
    if request.get("treated"):
        for place in places:
            unit = columns["unit"][place]
            ever[unit] = ever.get(unit, False) or columns[request["treated"]][place] == "1"
    sides = (
        [("all", list(places))]
        if not ever
        else [
            (name, [place for place in places if ever[columns["unit"][place]] is is_on])
            for name, is_on in (("treated", True), ("control", False))
        ]
    )
    return {
        "times": times,
        "start": request.get("start"),
        "series": [
            {"name": name, "values": _series(columns, times, chosen)} for name, chosen in sides
        ],
    }


def _its_paths(
    details: Mapping[str, Any], columns: Columns, request: Mapping[str, Any]
) -> dict[str, Any]:
    times = sorted(set(columns["time"]))
    if len(times) > MOST_POINTS:
        return {}
    control = request.get("control")
    chosen = [
        place
        for place in range(len(columns["time"]))
        if not control or columns["unit"][place] != control
    ]
    series = [{"name": "actual", "values": _series(columns, times, chosen)}]
    for name in ("fitted", "counterfactual"):
        line = details.get(name) or {}
        values = [line.get(label) for label in times]
        if any(value is not None for value in values):
            series.append({"name": name, "values": values})
    return {"times": times, "start": request.get("start"), "series": series}


def _synthetic(details: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    times = list(details["gaps"])
    if len(times) > MOST_POINTS:
        return {}
    others = list(details.get("placebo_gaps", {}).values())[:MOST_PLACEBOS]
    return {
        "paths": {
            "times": times,
            "start": request.get("start"),
            "series": [
                {"name": name, "values": [details[name][label] for label in times]}
                for name in ("actual", "synthetic")
                if details.get(name)
            ],
        },
        "placebo": {
            "times": times,
            "start": request.get("start"),
            "own": [details["gaps"][label] for label in times],
            "others": [list(other) for other in others],
        },
    }


def pooled(pilot: Pilot, request: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """The results of several cities with a common protocol, pooled by random effects (REML).

    For a design without standard errors it is the plain mean, with a warning.
    """
    rows = list(
        pilot.evaluations.filter(public_id__in=request["results"])
        .select_related("city")
        .order_by("public_id")
    )
    errors = [row.standard_error for row in rows]
    synthesis = evidence.synthesise(
        [math.nan if row.estimate is None else row.estimate for row in rows],
        [math.nan if error is None else error**2 for error in errors],
        studies=[row.city.public_id for row in rows if row.city is not None],
        level=request["level"],
    )
    spread = synthesis.heterogeneity
    ci = (
        None
        if synthesis.ci_low is None or synthesis.ci_high is None
        else [synthesis.ci_low, synthesis.ci_high]
    )
    shows = ci is not None and (ci[0] > 0 or ci[1] < 0)
    # Two places are not enough to decide whether there is an effect.
    decides = synthesis.k >= 3
    is_rate = any(row.result.get("details", {}).get("scale") == "log-rate" for row in rows)
    result: dict[str, Any] = pilots.plain(
        {
            "design": "pooled",
            "estimate": synthesis.estimate,
            "se": synthesis.se,
            "ci": ci,
            "p": synthesis.p,
            "n": synthesis.k,
            "level": synthesis.level,
            "shows_effect": shows and decides,
            "warnings": synthesis.warnings,
            "details": {
                "k": synthesis.k,
                "method": synthesis.method,
                "interval": synthesis.interval,
                "weighting": synthesis.weighting,
                "tau2": spread.tau2 if spread else None,
                "tau2_ci": [spread.low, spread.high] if spread else None,
                "i2": spread.i2 if spread else None,
                "h2": spread.h2 if spread else None,
                "q": spread.q if spread else None,
                "q_df": spread.df if spread else None,
                "q_p": spread.p if spread else None,
                "prediction_interval": [synthesis.prediction_low, synthesis.prediction_high],
                "prediction_df": synthesis.prediction_df,
                "weights": dict(
                    zip(
                        [row.city.public_id for row in rows if row.city],
                        synthesis.weights,
                        strict=False,
                    )
                ),
                "scale": "log-rate" if is_rate else "outcome",
                "of": plan.design,
                "contradicts": any(row.low is not None and row.low > 0 for row in rows)
                and any(row.high is not None and row.high < 0 for row in rows),
            },
            "useful": useful(ci, plan, is_rate)
            if decides and plan.design != PilotDesign.BEFORE_AFTER
            else "",
            "results": [row.public_id for row in rows],
            "charts": {},
            "groups": [],
        }
    )
    return result
