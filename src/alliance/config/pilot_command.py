"""`alliance pilot`: plan and evaluate pilots from files. Needs no settings, no database."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click

from alliance.analysis.errors import MethodError
from alliance.config.command_options import FILE, FORM, LEVEL
from alliance.config.csv_tables import read_columns

# The whole file is in memory, several times over during the computation.
MAX_BYTES = 256 * 1024 * 1024
SEED = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Start of the random numbers; the same seed gives the same result.",
)
KEYS = ("design", "estimate", "se", "ci", "p", "n", "details", "warnings", "plain_words")


@click.group()
def pilot() -> None:
    """Pilots: how large one must be, and what effect it had."""


@pilot.command("analyse")
@click.argument("data", type=FILE)
@click.option(
    "--design",
    type=click.Choice(
        ["did", "staggered", "its", "synthetic-control", "randomised", "before-after"],
        case_sensitive=False,
    ),
    required=True,
)
@click.option("--unit", help="Column of the units; its and randomised may go without.")
@click.option("--time", help="Column of the times; randomised may go without.")
@click.option("--outcome", required=True, help="Column of the outcome.")
@click.option("--treated", help="Column of 0 and 1, or the name of the treated unit.")
@click.option("--first-treated", help="staggered: column of the first treated time; 0: never.")
@click.option("--start", help="First time after the start; of two times the second.")
@click.option(
    "--predictors",
    default="",
    help="Columns, with commas: what a synthetic control matches (name:first:last for some times"
    " alone), or covariates of a randomised pilot.",
)
@click.option("--predictor-weights", default="", help="One weight for each predictor.")
@click.option("--cluster", help="Column of the clusters; by default units are clusters.")
@click.option(
    "--cross-sections",
    is_flag=True,
    help="did: other people each time; --treated is the side of each row.",
)
@click.option("--control", help="its: the unit without a pilot to compare with.")
@click.option("--counts", is_flag=True, help="its: outcomes are counts (quasi-Poisson).")
@click.option("--population", help="its: column of the people at risk, for counts.")
@click.option("--period", type=float, help="its: steps of a season, such as 12 for months.")
@click.option("--lag", type=click.IntRange(min=0), help="its: lag of Newey and West.")
@click.option(
    "--errors",
    type=click.Choice(["averaged", "classic"], case_sensitive=False),
    default="averaged",
    show_default=True,
    help="its: intervals over all correlations of neighbouring errors, or from the standard error"
    " alone.",
)
@click.option(
    "--compare-with",
    type=click.Choice(["never", "not-yet"], case_sensitive=False),
    default="never",
    show_default=True,
    help="staggered: units never treated, or those not treated by then.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=999,
    show_default=True,
    help="staggered: draws of the bootstrap.",
)
@click.option("--level", type=LEVEL, default=0.95, show_default=True, help="Level of intervals.")
@SEED
@FORM
def analyse_command(
    data: Path, form: str, predictors: str, predictor_weights: str, **options: Any
) -> None:
    """Evaluate the pilot in DATA.csv by a design: effect, uncertainty, and a plain-language
    summary."""
    from alliance.analysis import pilots

    try:
        request = pilots.Request(
            predictors=_listed(predictors),
            predictor_weights=tuple(
                _number(text, "--predictor-weights") for text in _listed(predictor_weights)
            ),
            **options,
        )
        columns, rows = read_columns(data, MAX_BYTES)
        result = pilots.analyse(columns, request, rows=rows)
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    payload = pilots.plain(
        {
            "design": result.design,
            "estimate": result.estimate,
            "se": result.se,
            "ci": result.ci if all(math.isfinite(end) for end in result.ci) else None,
            "p": result.p,
            "n": result.n,
            "details": result.details,
            "warnings": result.warnings,
            "plain_words": pilots.plain_words(result),
        }
    )
    if form == "json":
        click.echo(json.dumps(payload, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for key in KEYS:
        if key != "details":
            click.echo(f"{key:<12} {_shown(payload[key])}")
    click.echo()
    for key, value in payload["details"].items():
        if not isinstance(value, dict | list):
            click.echo(f"{key:<24} {_shown(value)}")
    for key in ("weights", "att_gt", "aggregates"):
        for name, value in payload["details"].get(key, {}).items():
            click.echo(f"{key:<12} {name:<32} {_flat(value)}")


@pilot.command("power")
@click.option(
    "--design",
    type=click.Choice(
        ["randomised", "before-after", "did", "staggered", "its", "synthetic-control"],
        case_sensitive=False,
    ),
    default="randomised",
    show_default=True,
)
@click.option("--delta", type=float, help="Effect to be found, in the unit of the outcome.")
@click.option("--sd", type=float, help="Standard deviation between units at one time.")
@click.option("--p1", type=float, help="Share without the pilot, instead of --sd.")
@click.option("--p2", type=float, help="Share with the pilot, instead of --delta.")
@click.option("--n", type=click.IntRange(min=2), help="Units in each arm that can be had.")
@click.option("--power", type=LEVEL, default=0.8, show_default=True, help="Power wanted.")
@click.option("--alpha", type=LEVEL, default=0.05, show_default=True, help="Level of the test.")
@click.option("--one-sided", is_flag=True, help="Test in one direction only.")
@click.option("--correlation", type=float, help="Of a unit with itself at another time.")
@click.option("--before", type=click.IntRange(min=1), default=1, show_default=True,
              help="Times before the start.")  # fmt: skip
@click.option("--after", type=click.IntRange(min=1), default=1, show_default=True,
              help="Times after the start.")  # fmt: skip
@click.option("--cluster-size", type=float, help="Units in each cluster that is drawn.")
@click.option("--icc", type=float, default=0.0, show_default=True,
              help="Correlation within clusters.")  # fmt: skip
@click.option("--cv", type=float, default=0.0, show_default=True,
              help="Variation of the sizes of clusters (sd / mean).")  # fmt: skip
@click.option("--data", type=FILE, help="its, synthetic-control: CSV of the time before.")
@click.option("--unit", help="Column of the units in --data.")
@click.option("--time", help="Column of the times in --data.")
@click.option("--outcome", help="Column of the outcome in --data.")
@click.option("--sizes", default="", help="Effects to try, with commas, ascending.")
@SEED
@FORM
def power_command(form: str, **options: Any) -> None:
    """The units that a pilot needs, its power, and the smallest detectable effect.

    Give --delta for the units needed, --n for the power and the smallest effect. its and
    synthetic-control are simulated from outcomes before the pilot: --data, --sizes, --after.
    """
    try:
        if options["design"] in ("its", "synthetic-control"):
            payload = _simulated(options)
        else:
            payload = _planned(options)
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    if form == "json":
        click.echo(json.dumps(payload, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for key, value in payload.items():
        click.echo(f"{key:<20} {_shown(value) if not isinstance(value, dict) else _flat(value)}")


def _planned(options: dict[str, Any]) -> dict[str, Any]:
    from alliance.analysis import pilots

    common = {
        "n": options["n"],
        "power": options["power"],
        "alpha": options["alpha"],
        "sides": 1 if options["one_sided"] else 2,
        "cluster_size": options["cluster_size"],
        "icc": options["icc"],
        "cv": options["cv"],
    }
    if options["p1"] is not None:
        if options["design"] != "randomised":
            raise MethodError("bad-parameter", "shares go with randomised pilots", "--p1")
        made = pilots.plan_shares(options["p1"], options["p2"], **common)
    elif options["sd"] is None:
        raise MethodError("missing-option", "a standard deviation or a share", "--sd or --p1")
    else:
        chosen = {key: options[key] for key in ("sd", "delta", "correlation", "before", "after")}
        made = pilots.plan(options["design"], **common, **chosen)
    wanted = f"{100 * options['power']:g} %"
    what = "pairs" if made.design == "before-after" else "units in each arm"
    words = f"With {made.n} {what} an effect of {abs(made.smallest_effect):.3g} or more"
    words += f" is found in {wanted} of pilots; smaller ones may well be missed."
    if math.isnan(made.smallest_effect):
        words = f"With {made.n} {what} no effect is found in {wanted} of pilots."
    payload: dict[str, Any] = pilots.plain(
        {
            "design": made.design,
            "n": made.n,
            "n_exact": made.n_exact,
            "power": made.power,
            "smallest_effect": made.smallest_effect,
            "sd_factor": made.sd_factor,
            "design_effect": made.design_effect,
            "clusters_per_arm": made.clusters_per_arm,
            "warnings": made.warnings,
            "plain_words": words,
        }
    )
    return payload


def _simulated(options: dict[str, Any]) -> dict[str, Any]:
    from alliance.analysis import pilots
    from alliance.analysis.pilots.simulated_power import its_power, synthetic_control_power
    from alliance.analysis.pilots.verdicts import ENGLISH, WARNING_SENTENCES

    for name in ("data", "time", "outcome", "sizes"):
        if not options[name]:
            raise MethodError("missing-option", "simulation needs it", f"--{name}")
    sizes = [_number(text, "--sizes") for text in _listed(options["sizes"])]
    columns, rows = read_columns(options["data"], MAX_BYTES)
    names = [options["time"], options["outcome"]]
    names += [options["unit"]] if options["unit"] else []
    for name in names:
        if name not in columns:
            there = ", ".join(columns)
            raise MethodError("missing-column", f"no column {name!r}; there are: {there}", name)
    time, outcome = columns[options["time"]], columns[options["outcome"]]
    unit = columns[options["unit"]] if options["unit"] else ["series"] * len(time)
    panel, _ = pilots.panel_from(unit, time, outcome, rows=rows)
    after, alpha = options["after"], options["alpha"]
    if options["design"] == "synthetic-control":
        curve = synthetic_control_power(panel, after, sizes, alpha=alpha)
    elif len(panel.units) > 1:
        raise MethodError("several-units", "one series is planned", "--unit")
    else:
        curve = its_power(panel.outcome[0], after, sizes, alpha=alpha, seed=options["seed"])
    smallest = curve.smallest(options["power"])
    words = "None of these effects is found often enough."
    if not math.isnan(smallest):
        wanted = f"{100 * options['power']:g} %"
        words = f"An effect of {smallest:.3g} or more is found in {wanted} of pilots."
    for warning in curve.warnings:
        code, _, detail = warning.partition(":")
        words += " " + ENGLISH[WARNING_SENTENCES[code]].format(detail=detail)
    payload: dict[str, Any] = pilots.plain(
        {
            "design": options["design"],
            "power": dict(zip(curve.sizes, curve.power, strict=True)),
            "smallest_effect": smallest,
            "draws": curve.draws,
            "warnings": list(curve.warnings),
            "plain_words": words,
        }
    )
    return payload


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise MethodError("bad-number", f"{text!r} is not a number", option) from None


def _shown(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value) or "none"
    return str(value)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{key}: {_flat(item)}" for key, item in value.items())
    return _shown(value)
