"""Texts of faults in figures and releases, and of the results of a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences
from alliance.indicators.comparability import CLAUSES, Clause
from alliance.indicators.enums import TrendLabel
from alliance.network.enums import ClimateZone, SizeBand
from alliance.network.localise import country_name
from alliance.web import formatting

#: Labels of the detected properties of a file.
NOTES: dict[str, str | Promise] = {
    "encoding": _("encoding"),
    "delimiter": _("delimiter"),
    "city": _("city"),
    "inhabitants": _("number of residents"),
    "converted": _("converted"),
    "left out": _("left out of the import"),
}

add_sentences(
    missing={
        "no-source-title": _("Enter the title of the source."),
        "no-reason-to-revise": _(
            "Enter a reason for revising existing figures (number of figures: %(n)s)."
        ),
        "no-reason-to-change": _("Enter a reason for changing the definition."),
        "no-service": _("Enter the service to contact."),
        "no-target": _("Enter the target as a number or in words, for example “net zero”."),
        "other-country": _("%(city)s is in another country."),
        "unit-of-own": _("Enter the unit, because the target is not in the unit of a definition."),
    },
    wrong={
        # Cells
        "word-for-missing": _(
            "“%(value)s” is not a number. If it means that a figure is missing, add it to "
            "the codes for missing values."
        ),
        "which-mark": _(
            "“%(value)s” could mean two different numbers. Choose the decimal mark: comma or point."
        ),
        "point-for-comma": _(
            "“%(value)s” contains a point, but the decimal mark in this file is a comma."
        ),
        "comma-for-point": _(
            "“%(value)s” contains a comma, but the decimal mark in this file is a point."
        ),
        "spreadsheet-error": _("“%(value)s” is a spreadsheet error."),
        "not-a-period": _("Enter a period, for example 2021, 2021-Q3 or 2021-06."),
        "day-for-period": _(
            "This is a date (%(date)s), not a period. Enter %(year)s or %(month)s."
        ),
        "number-for-period": _(
            "“%(value)s” is a date in Excel’s format (%(date)s). Enter the year."
        ),
        "deletes": _(
            "Figures cannot be deleted. Set the status to M instead: the figure stays in "
            "the history."
        ),
        "unknown-flag": _("Enter what the flag %(flag)s means, for example %(flag)s=E."),
        "empty-figure": _(
            "The cell is empty. If the figure is missing, enter the status M or a code "
            "for missing values."
        ),
        "more-like-this": _("%(rule)s Other cells with the same error: %(n)s."),
        # Columns and rows
        "nameless-column": _("A column that contains data has no name in the header."),
        "same-column": _("This duplicates column %(column)s. Remove one of them."),
        "column-near": _("This column name is not recognised. Did you mean %(near)s?"),
        "column-unknown": _(
            "This column name is not recognised. Remove the column, or add it to the "
            "columns to ignore."
        ),
        "column-needed": _("This column is missing. Possible names: %(names)s."),
        "years-and-column": _(
            "The file has years as columns and also a column %(column)s. Keep only one of these."
        ),
        "not-gpc": _("“%(value)s” is not a GPC reference, for example I.1.1 or IV.1."),
        "unknown-sector": _("“%(value)s” is not a sector in the template."),
        "sum-misfit": _("The total is %(value)s, but the parts add up to %(sum)s."),
        "other-cells": _("The row has %(found)s cells, but the header has %(columns)s."),
        "no-figures": _("The table has no figures."),
        # Files
        "too-many-bytes": _(
            "The file is %(size)s MB, but the limit is %(most)s MB. Split it by year or indicator."
        ),
        "old-excel": _(
            "This is an old Excel file, or it has a password. Save it as .xlsx without a password."
        ),
        "packed": _("The file is compressed. Unpack it first."),
        "open-quotation": _("This is not a valid CSV file: a closing quotation mark is missing."),
        "one-column": _(
            "The table has only one column. Separate columns with commas, semicolons or tabs."
        ),
        "not-csv": _("This is not a valid CSV file: %(why)s"),
        "large-workbook": _("The workbook is larger than %(n)s MB. Save it as CSV."),
        "large-sdmx": _("The SDMX-ML message is larger than %(n)s MB. Request SDMX-CSV instead."),
        "document-type": _("XML with a document type cannot be read. Remove the document type."),
        "not-sdmx": _("This is not an SDMX-ML data message: %(why)s"),
        "not-json-stat": _(
            'This is not a JSON-stat 2.0 dataset, which is an object with "class": "dataset".'
        ),
        "size-misfit": _("The sizes do not match the dimensions in “id”."),
        "other-size": _("The number of categories differs from “size”."),
        "no-categories": _("The dimension has no categories."),
        "other-entries": _("There are %(found)s entries, but “size” requires %(count)s."),
        "outside-cube": _("This position does not exist in the cube."),
        "odd-flag": _(
            "“%(value)s” cannot be read. Enter flags as e=E, or r=A/B followed by a reason."
        ),
        # Figures
        "no-city-code": _("“%(value)s” is not a city code in the %(scheme)s system."),
        "city-code-near": _(
            "“%(value)s” is not a city code in the %(scheme)s system. Did you mean one of "
            "these? %(candidates)s"
        ),
        "unknown-near": _("“%(value)s” is not in the list. Did you mean %(candidates)s?"),
        "not-its-definition": _("“%(value)s” is not a definition of %(code)s."),
        "several-indicators": _("“%(value)s” defines several indicators. Choose one: %(codes)s."),
        "several-definitions": _("“%(value)s” has several definitions. Choose one: %(keys)s."),
        "unit-is-label": _(
            "The figures are in %(given)s and the definition is in %(unit)s. No unit can "
            "be converted to it."
        ),
        "not-a-unit": _("“%(value)s” is not a valid unit. Enter a unit such as t/capita/year."),
        "not-convertible": _("%(source)s cannot be converted to %(target)s."),
        "only-cities": _("Your team can enter figures only for these cities: %(cities)s."),
        "period-ahead": _("%(period)s has not started yet. Enter figures for past periods."),
        "not-a-status": _("“%(value)s” is not an SDMX status used here."),
        "not-a-boundary": _("“%(value)s” is not a type of area."),
        "not-a-grade": _("Enter the grade A, B or C."),
        "empty-part": _("The cell is empty. Enter %(total)s for the total."),
        "no-value": _(
            "A figure with this status needs a value. Give missing figures the status M."
        ),
        "value-beside-status": _("Leave the value blank for a figure with this status."),
        "not-finite": _("Enter a finite number."),
        "below-least": _(
            "%(value)s is below %(least)s, the lowest possible value for this indicator."
        ),
        "above-most": _(
            "%(value)s is above %(most)s, the highest possible value for this indicator."
        ),
        "negative-error": _("Enter a standard error of 0 or more."),
        "implausible": _(
            "%(value)s is far from the usual value here, about %(usual)s. Is the unit correct?"
        ),
        "other-method": _(
            "These figures come from: %(given)s. “%(key)s” uses: %(method)s. Store them "
            "under a separate definition."
        ),
        "out-of-scope": _(
            "This definition applies only to cities in %(scope)s. Figures for other "
            "countries need their own definition."
        ),
        "same-figure": _("This is the same figure as in row %(row)s. Enter each figure only once."),
        # Definitions
        "several-cities": _("Its codes refer to different cities here: %(cities)s."),
        "code-of-other-city": _("The code already refers to another city here."),
        "inside-itself": _("A group cannot contain itself."),
        "no-address-of-code": _("Choose another code: this one cannot be used in a web address."),
        "code-taken": _("An indicator with this code already exists."),
        "newer-version": _(
            "Someone has saved a newer version. Read it before you make your changes."
        ),
        "not-above-least": _("Enter a value greater than the lowest possible value."),
        "logarithm-of-nothing": _("Enter a value above 0 when you use logarithmic scoring."),
        "same-ends": _("Both ends are the same. Enter two different values."),
        "higher-is-better": _("Higher is better: the good end must be the larger value."),
        "lower-is-better": _("Lower is better: the good end must be the smaller value."),
        # Dates, releases and comparisons
        "not-a-moment": _(
            "Enter a date such as 2026-06-30 or a time such as 2026-06-30T12:00:00Z, not "
            "“%(value)s”."
        ),
        "in-future": _("Choose today or an earlier date."),
        "nothing-known": _("No figures were available on that date."),
        "two-to-five-cities": _("Enter two to five different cities."),
        "many-figures": _(
            "This format can contain up to %(most)s figures. Select indicators, cities or "
            "years, or choose CSV."
        ),
        # Publishers
        "odd-filter": _(
            "“%(value)s” cannot be read. Enter dimension=value or dimension=value,value."
        ),
        "no-codes": _("No city here has a %(scheme)s code. Import codes, or enter some."),
        "unreadable-answer": _("The response cannot be read; nothing was imported."),
        "question-refused": _("The request was refused with status %(status)s: %(answer)s"),
        "large-answer": _(
            "The response is larger than %(most)s MB. Request fewer cities, years or values."
        ),
        "half-an-answer": _(
            "The response is incomplete or does not match the documentation: %(lacks)s. "
            "Nothing was imported."
        ),
        "choose-one-of": _("Choose one value for %(dimension)s: %(values)s."),
        # The engine of releases
        "no-such-engine": _(
            "Enter an address such as postgresql://…, spark://… or spark+local://2, not %(scheme)s."
        ),
        "engine-silent": _("Could not connect: %(why)s"),
        "no-spark": _(
            "Spark is configured, but its package is not installed: run script/setup --spark."
        ),
    },
)

ARROWS: dict[str, str] = {
    TrendLabel.ON_TRACK: "↑",
    TrendLabel.MODERATE: "↗",
    TrendLabel.STAGNATING: "→",
    TrendLabel.FALLING: "↓",
    TrendLabel.MAINTAINED: "✓",
    TrendLabel.UNCLEAR: "~",
    TrendLabel.NO_TARGET: "",
    TrendLabel.TOO_FEW_DATA: "",
}


def clause_text(code: str) -> str | Promise:
    """The reason why a figure is not ranked; empty without a reason."""
    if not code:
        return ""
    return CLAUSES[Clause(code)]


def peer_group_text(code: str, language: str) -> str:
    """The label of a peer group such as "size:100k-300k+climate:C"; see `releases.peers`."""
    parts = dict(part.partition(":")[::2] for part in code.split("+") if part)
    if not parts:
        return gettext("all cities with comparable figures")
    if "country" in parts:
        return gettext("cities in %(country)s") % {
            "country": country_name(parts["country"], language)
        }
    size = str(SizeBand(parts["size"]).label) if parts.get("size") in SizeBand.values else code
    if parts.get("climate") not in ClimateZone.values:
        return gettext("cities with %(size)s residents") % {"size": size}
    climate = str(ClimateZone(parts["climate"]).label)
    return gettext("cities with %(size)s residents, main climate: %(climate)s") % {
        "size": size,
        "climate": climate,
    }


def standing_line(ahead: int, behind: int, n: int) -> str:
    """On how many of the indicators that compare a city is certainly ahead of others, or behind."""
    if ahead and behind:
        sentence = gettext(
            "Ahead of comparable cities on %(ahead)s of %(n)s indicators, behind on %(behind)s."
        )
    elif ahead:
        sentence = gettext("Ahead of comparable cities on %(ahead)s of %(n)s indicators.")
    elif behind:
        sentence = gettext("Behind comparable cities on %(behind)s of %(n)s indicators.")
    else:
        sentence = gettext(
            "%(n)s indicators can be compared. The city is not clearly ahead of or behind "
            "comparable cities on any of them."
        )
    return sentence % {
        name: formatting.number(x) for name, x in (("ahead", ahead), ("behind", behind), ("n", n))
    }


def edition_text(moved: Mapping[str, Any]) -> str:
    """By how much an edition changed recorded figures."""
    clauses = [
        ngettext(
            "%(moved)s of %(n)s existing figure changed",
            "%(moved)s of %(n)s existing figures changed",
            moved["shared"],
        )
        % {"moved": moved["moved"], "n": moved["shared"]}
    ]
    if "most" in moved:
        change = gettext("change: %(least)s to %(most)s %%, median %(middle)s %%")
        clauses.append(
            change
            % {
                "least": formatting.number(moved["least"], 1, signed=True),
                "most": formatting.number(moved["most"], 1, signed=True),
                "middle": formatting.number(moved["middle"], 1),
            }
        )
    if moved["gone"]:
        gone = ngettext(
            "%(n)s figure is no longer published",
            "%(n)s figures are no longer published",
            moved["gone"],
        )
        clauses.append(gone % {"n": moved["gone"]})
    return f"{formatting.semicolon()} ".join(clauses)


def arrow(trend: str, low: float | None, high: float | None) -> str:
    """The arrow of a trend: towards the target or away from it; by the slope without a target.

    `low` and `high` are the 90 % interval of the slope in score points a year.
    """
    if trend == TrendLabel.NO_TARGET and low is not None and high is not None:
        return "↗" if low > 0 else "↘" if high < 0 else "→"
    return ARROWS.get(trend, "")
