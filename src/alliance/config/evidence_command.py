"""`alliance evidence`: effects of many studies summarised and pooled, from a file.

Needs no settings, no database and no Django, `map`, `validate-context`, `headlines` and
`check-headlines` apart.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alliance.analysis.errors import MethodError
from alliance.config.command_options import FILE, FORM, LEVEL
from alliance.config.csv_tables import read_rows
from alliance.config.verdict_command import verdict_command
from alliance.core.text import csv_chunks

if TYPE_CHECKING:
    from alliance.analysis.evidence import MetaRegression, Pooled, Studies

# The whole file is in memory during the computation.
MAX_BYTES = 64 * 1024 * 1024
REQUIRED = ("place", "value", "unit", "direction", "design")
NUMBERS = ("value", "low", "high", "se")
TEXTS = ("place", "unit", "direction", "design", "case", "measure", "label", "excluded")


@click.group()
def evidence() -> None:
    """Evidence synthesis from files of effects."""


evidence.add_command(verdict_command)


@evidence.command("spread")
@click.argument("effects", type=FILE)
@click.option(
    "--level",
    type=LEVEL,
    default=0.95,
    show_default=True,
    help="Level of the intervals.",
)
@FORM
def spread_command(effects: Path, level: float, form: str) -> None:
    """Summarise EFFECTS.csv: one effect per place, median, range, unweighted mean with intervals.

    Columns: place, value, unit, direction, design, and optionally low, high, se, n, case, measure,
    label, excluded. All rows must have one measure, unit and direction.
    """
    from alliance.analysis.effect_spread import PlaceEffect, summarise

    try:
        rows = [PlaceEffect(**values) for values in _rows(effects)]
        summary = summarise(rows, level=level)
    except MethodError as error:
        raise click.ClickException(f"{effects.name}: {error}") from error
    payload = dataclasses.asdict(summary)
    selection = payload.pop("selection")
    payload["places"] = selection["chosen"]
    payload["left_out"] = selection["left_out"]
    beyond = "below-possible" in summary.warnings
    if beyond:
        # Intervals that include impossible values predict nothing.
        payload |= dict.fromkeys(("ci_low", "ci_high", "pi_low", "pi_high"))
    if form == "json":
        click.echo(json.dumps(_finite(payload), ensure_ascii=False, indent=1))
        return
    for effect in summary.selection.chosen:
        click.echo(f"{effect.place:<40} {effect.value:>12.6g}  {effect.design}")
    for left in summary.selection.left_out:
        click.echo(f"{left.effect.place:<40} left out: {left.reason}")
    for name in ("k", "median", "minimum", "maximum", "mean", "ci_low", "ci_high", "pi_low",
                 "pi_high"):  # fmt: skip
        value = payload[name]
        click.echo(f"{name:<40} {'no data' if value is None else format(value, '12.6g')}")
    if beyond:
        click.echo("The results differ too much to predict a new one.")
    click.echo(f"{'warnings':<40} {', '.join(summary.warnings) or 'none'}")


def _rows(path: Path) -> list[dict[str, Any]]:
    """The rows as arguments of PlaceEffect; a fault names the row and the column."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        columns = reader.fieldnames or []
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise click.ClickException(f"{path.name}: columns missing: {', '.join(missing)}")
        return [
            _values(row, f"{path.name}, row {number}") for number, row in enumerate(reader, start=2)
        ]


def _values(row: dict[str, str], where: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: (row.get(name) or "").strip() for name in TEXTS if name in row}
    values["label"] = values.get("label") or None
    for name in (*NUMBERS, "n"):
        text = (row.get(name) or "").strip()
        if not text:
            values[name] = None
            continue
        try:
            values[name] = int(text) if name == "n" else float(text)
        except ValueError:
            kind = "a whole number" if name == "n" else "a number"
            raise click.ClickException(f"{where}, column {name}: {text!r} is not {kind}") from None
    return values


def _finite(value: Any) -> Any:
    """NaN is not JSON: missing numbers become null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


@evidence.command("validate-context")
@FORM
def validate_context_command(form: str) -> None:
    """Does similarity predict effects? Leave-one-out prediction of each city from similar cities
    and from the plain mean.

    Reads the published cases of this installation. Errors are root mean squares, over all groups in
    standard deviations of each.
    """
    import django

    django.setup()
    from alliance.testbeds.fit.validation import as_table, as_tree, validate_context

    validation = validate_context()
    if form == "json":
        click.echo(json.dumps(as_tree(validation), indent=1))
    else:
        click.echo(as_table(validation), nl=False)


@evidence.command("check-headlines")
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(("en", "fr", "sv")),
    help="Only pages in this language; may be given again.",
)
def check_headlines_command(languages: tuple[str, ...]) -> None:
    """Compare the numbers in headlines on pages with the API: solutions, problems and cities.

    Prints every sentence that differs. Fails where one does.
    """
    import django

    django.setup()
    from django.conf import settings

    from alliance.config.headline_check import addresses, differences
    from alliance.core.progress import counting, progress

    chosen = languages or tuple(code for code, _name in settings.LANGUAGES)
    n = sum(1 for _page in addresses(chosen))
    with progress(n, "pages") as bar:
        differing = differences(chosen, counted=counting(bar))
    for difference in differing:
        click.echo(str(difference))
    if differing:
        raise click.ClickException(f"{len(differing)} sentences differ from the API.")
    click.echo(f"{n} pages agree with the API.")


@evidence.command("headlines")
@click.option(
    "--before",
    type=FILE,
    help="A table that this command printed before: print what moved since, in Markdown.",
)
def headlines_command(before: Path | None) -> None:
    """Print verdict, headline and places of every solution, tab-separated, in English."""
    import django

    django.setup()
    from alliance.config import headline_table

    rows = list(headline_table.rows())
    if before is not None:
        click.echo(headline_table.as_markdown(headline_table.read_rows(before), rows), nl=False)
        return
    click.echo("\t".join(headline_table.COLUMNS))
    for row in rows:
        click.echo("\t".join(row.values()))


@evidence.command("map")
@click.option("--format", default="json", metavar="[json|csv]", show_default=True)
@click.option("--theme", default="", help="Only solutions under this theme.")
@click.option("--country", default="", help="Only results of this country (ISO 3166-1).")
@click.option(
    "--design", default="", metavar="[compared|rct]", help="Only results found in this way."
)
@click.option(
    "--certainty",
    default="",
    metavar="[low|moderate|high]",
    help="Only cells that are at least so certain.",
)
@click.option(
    "--order",
    default="fixed",
    metavar="[fixed|alike]",
    show_default=True,
    help="alike also moves the columns, so that alike solutions lie side by side.",
)
def map_command(**asked: str) -> None:
    """Print the evidence map of this installation: one object per cell, solutions by outcomes.

    Fails, naming every wrong option, if one is unknown or a country has no results.
    """
    import django

    django.setup()
    from django.utils import translation

    from alliance.evidence.selectors.evidence_map import (
        COLUMNS,
        as_table,
        countries_of_cases,
        find_map,
    )
    from alliance.evidence.selectors.method_results import map_lines
    from alliance.knowledge.forms.evidence_map import MapForm

    if asked["order"] == "fixed":
        asked["order"] = ""
    form = asked.pop("format")
    with translation.override("en"):
        filters = MapForm(asked, countries_of_cases(None))
        known = {
            name: [code for code, _label in filters.fields[name].choices if code]  # type: ignore[attr-defined]
            for name in filters.errors
        }
        if "order" in known:
            known["order"].insert(0, "fixed")
        if form not in ("json", "csv"):
            known["format"], asked["format"] = ["json", "csv"], form
        if known:
            raise click.ClickException(
                "\n".join(
                    f"--{name}: {asked[name]!r} is not known. Choose one of: {', '.join(codes)}."
                    for name, codes in known.items()
                )
            )
        rows = as_table(find_map(filters.filters), () if filters.filters else map_lines("en"))
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = csv_chunks(COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
    click.echo(b"".join(table), nl=False)


@evidence.command("pool")
@click.argument("effects", type=FILE)
@click.option(
    "--method",
    type=click.Choice(["ee", "dl", "he", "ml", "pm", "reml"], case_sensitive=False),
    default="reml",
    show_default=True,
    help="Estimator of the variance between studies; ee assumes that there is none.",
)
@click.option(
    "--interval",
    type=click.Choice(["hartung-knapp", "hartung-knapp-untruncated", "wald"], case_sensitive=False),
    default="hartung-knapp",
    show_default=True,
    help="Interval of the pooled effect.",
)
@click.option("--moderators", default="", help="Columns to regress on, separated by commas.")
@click.option(
    "--prediction",
    type=click.Choice(["k-2", "k-1", "normal"], case_sensitive=False),
    default="k-2",
    show_default=True,
    help="Degrees of freedom of the prediction interval.",
)
@click.option(
    "--combine-dependent",
    is_flag=True,
    help="Make one effect of several of one study, rather than refuse them.",
)
@click.option(
    "--level",
    type=LEVEL,
    default=0.95,
    show_default=True,
    help="Level of the intervals.",
)
@FORM
def pool_command(
    effects: Path,
    method: str,
    interval: str,
    moderators: str,
    prediction: str,
    combine_dependent: bool,
    level: float,
    form: str,
) -> None:
    """Pool the effects in EFFECTS.csv, or regress them on characteristics of their places.

    Columns: study, estimate, variance or se, the moderators, and optionally unit and direction. If
    an effect has no variance, all effects are pooled unweighted, with a warning.
    """
    from alliance.analysis import evidence as synthesis

    names = [name.strip() for name in moderators.split(",") if name.strip()]
    choices: dict[str, Any] = {
        "method": method, "interval": interval, "prediction": prediction, "level": level,
    }  # fmt: skip
    try:
        read = synthesis.parse_studies(
            read_rows(effects, MAX_BYTES), moderators=names, combine=combine_dependent
        )
        if names:
            for row, variance in zip(read.rows, read.variances, strict=True):
                if math.isnan(variance):
                    raise MethodError(
                        "missing-variance",
                        "a regression needs all standard errors",
                        f"row {row}, column variance",
                    )
            model = synthesis.meta_regression(
                read.estimates, read.variances, read.moderators, read.names, **choices
            )
            answer = _regressed(model)
        else:
            pooled = synthesis.synthesise(read.estimates, read.variances, **choices)
            answer = _pooled(pooled)
    except MethodError as error:
        raise click.ClickException(f"{effects.name}: {error}") from None
    if form == "json":
        click.echo(json.dumps(_finite(answer), ensure_ascii=False, indent=1, allow_nan=False))
        return
    weights = None if names else [float(weight) for weight in pooled.weights]
    click.echo(_as_table(read, answer, weights, level), nl=False)


def _pair(low: float | None, high: float | None) -> list[float | None] | None:
    return None if low is None else [low, high]


def _warned(codes: tuple[str, ...], n_missing: int, untruncated_se: float | None) -> list[str]:
    """Warning codes, with the count of missing values and the standard error that was not used."""
    warning_codes = []
    for code in codes:
        if code == "missing-estimate":
            code += f":{n_missing}"
        elif code == "hartung-knapp-truncated" and untruncated_se is not None:
            code += f":{untruncated_se:.6g}"
        warning_codes.append(code)
    return warning_codes


def _pooled(pooled: Pooled) -> dict[str, Any]:
    spread = pooled.heterogeneity
    untruncated = pooled.untruncated.se if pooled.untruncated else None
    return {
        "k": pooled.k,
        "estimate": pooled.estimate,
        "se": pooled.se,
        "ci": _pair(pooled.ci_low, pooled.ci_high),
        "tau2": spread.tau2 if spread else None,
        "i2": spread.i2 if spread else None,
        "h2": spread.h2 if spread else None,
        "q": spread.q if spread else None,
        "q_p": spread.p if spread else None,
        "prediction_interval": _pair(pooled.prediction_low, pooled.prediction_high),
        "prediction_df": _whole(pooled.prediction_df),
        "coefficients": [],
        "warnings": _warned(pooled.warnings, pooled.n_missing, untruncated),
    }


def _regressed(model: MetaRegression) -> dict[str, Any]:
    spread, centre = model.heterogeneity, model.centre
    untruncated = centre.se * math.sqrt(model.scale / model.used)
    return {
        "k": model.k,
        "estimate": centre.estimate,
        "se": centre.se,
        "ci": [centre.ci_low, centre.ci_high],
        "tau2": spread.tau2,
        "i2": spread.i2,
        "h2": spread.h2,
        "q": spread.q,
        "q_p": spread.p,
        "prediction_interval": _pair(centre.prediction_low, centre.prediction_high),
        "prediction_df": _whole(centre.prediction_df),
        "coefficients": [
            {
                "name": coefficient.name,
                "estimate": coefficient.estimate,
                "se": coefficient.se,
                "ci": [coefficient.low, coefficient.high],
                "p": coefficient.p,
            }
            for coefficient in model.coefficients
        ],
        "warnings": _warned(model.warnings, model.n_missing, untruncated),
    }


def _whole(df: float | None) -> int | None:
    """Degrees of freedom; None for the normal distribution."""
    return None if df is None or math.isinf(df) else int(df)


def _as_table(
    read: Studies, answer: dict[str, Any], weights: list[float] | None, level: float
) -> str:
    """The studies with their weights, the results, and warnings."""
    lines = [f"{'study':<40} {'estimate':>12} {'variance':>12} {'weight %':>9}"]
    left = iter(weights or ())
    for study, value, variance in zip(read.studies, read.estimates, read.variances, strict=True):
        share = "" if weights is None or math.isnan(value) else f"{next(left):.1f}"
        lines.append(f"{study:<40} {_shown(value):>12} {_shown(variance):>12} {share:>9}".rstrip())
    lines.append("")
    unit = f" ({read.unit})" if read.unit else ""
    labels = {
        "ci": f"{level:.0%} interval",
        "prediction_interval": f"{level:.0%} in one more place",
    }
    for name, value in answer.items():
        if name not in ("coefficients", "warnings"):
            label = labels.get(name, name) + (unit if name == "estimate" else "")
            lines.append(f"{label:<40} {_shown(value)}")
    for coefficient in answer["coefficients"]:
        label = f"coefficient {coefficient['name']}"
        lines.append(f"{label:<40} {_shown(coefficient['estimate'])} ({_shown(coefficient['ci'])})")
    lines.append(f"{'warnings':<40} {', '.join(answer['warnings']) or 'none'}")
    if "two-studies" in answer["warnings"]:
        lines.append("Two studies are too few: read them one by one, the pooled effect decides "
                     "nothing.")  # fmt: skip
    if "unweighted" in answer["warnings"]:
        lines.append("Standard errors are missing: every study counts the same.")
    return "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"{_shown(value[0])} to {_shown(value[1])}"
    if value is None or not math.isfinite(value):
        return "no data"
    return f"{value:.6g}"
