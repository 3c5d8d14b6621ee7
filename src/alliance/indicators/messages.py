"""The sentences of faults in figures and releases, and the words for what a release says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences
from alliance.indicators.enums import TrendLabel
from alliance.indicators.guard import CLAUSES, Clause
from alliance.network.enums import ClimateZone, SizeBand
from alliance.network.localise import country_name
from alliance.web import formatting

#: What is told of a file that was read, by what it is about.
NOTES: dict[str, str | Promise] = {
    "encoding": _("encoding"),
    "delimiter": _("delimiter"),
    "city": _("city"),
    "inhabitants": _("inhabitants"),
    "converted": _("converted"),
    "left out": _("left out"),
}

add_sentences(
    missing={
        "no-source-title": _("Say where the figures come from: the title of the source."),
        "no-reason-to-revise": _("Say why figures that are known are revised (%(n)s of them)."),
        "no-reason-to-change": _("Say why the definition changes."),
        "no-service": _("Say which service is asked."),
        "no-target": _("Enter the target: a number, or words such as “net zero”."),
        "other-country": _("%(city)s is in another country."),
        "unit-of-own": _("Enter the unit: the target is not in that of a definition."),
    },
    wrong={
        # Cells
        "word-for-missing": _(
            "“%(value)s” is not a number. If it stands for a missing figure, say so for the whole "
            "file."
        ),
        "which-mark": _(
            "“%(value)s” could be two numbers. Say which mark is the decimal mark: comma or point."
        ),
        "point-for-comma": _(
            "“%(value)s” has a point, but the decimal mark of this file is a comma."
        ),
        "comma-for-point": _(
            "“%(value)s” has a comma, but the decimal mark of this file is a point."
        ),
        "spreadsheet-error": _("“%(value)s” is an error of the spreadsheet."),
        "not-a-period": _("Give a period such as 2021, 2021-Q3 or 2021-06."),
        "day-for-period": _(
            "This is a date (%(date)s), not a period. Write %(year)s or %(month)s."
        ),
        "number-for-period": _(
            "“%(value)s” is a date as Excel counts days (%(date)s). Write the year."
        ),
        "deletes": _(
            "Figures are never deleted. Give the figure the status M instead: it stays on record."
        ),
        "unknown-flag": _("Say what the flag %(flag)s means, for example %(flag)s=E."),
        "empty-figure": _(
            "The cell is empty. Give a missing figure the status M or a word for it."
        ),
        "more-like-this": _("%(rule)s More cells with the same fault: %(n)s."),
        # Columns and rows
        "nameless-column": _("A column with cells has no name in the header."),
        "same-column": _("This says the same as column %(column)s. Leave one of them out."),
        "column-near": _("There is no such column. Did you mean %(near)s?"),
        "column-unknown": _(
            "There is no such column. Take it out, or name it among those to be left out."
        ),
        "column-needed": _("This column is missing. It may be called: %(names)s."),
        "years-and-column": _(
            "Years are columns, and there is a column %(column)s too. Keep one of the two."
        ),
        "not-gpc": _("“%(value)s” is not a reference of the GPC such as I.1.1 or IV.1."),
        "unknown-sector": _("“%(value)s” is not a sector of the template."),
        "sum-misfit": _("The total is %(value)s, but its parts add up to %(sum)s."),
        "other-cells": _("The row has %(found)s cells, the header %(columns)s."),
        "no-figures": _("The table has no figures."),
        # Files
        "too-many-bytes": _(
            "The file has %(size)s MB; at most %(most)s MB are read. Split it by years or "
            "indicators."
        ),
        "old-excel": _(
            "This is an old Excel file or has a password. Save it as .xlsx without one."
        ),
        "packed": _("The file is compressed. Unpack it first."),
        "open-quotation": _("This is no CSV file: a quotation mark has no end."),
        "one-column": _(
            "The table has one column only. Separate columns by comma, semicolon or tab."
        ),
        "not-csv": _("This is no CSV file: %(why)s"),
        "large-workbook": _("The workbook is larger than %(n)s MB. Save it as CSV."),
        "large-sdmx": _("The SDMX-ML message is larger than %(n)s MB. Ask for SDMX-CSV."),
        "document-type": _("XML with a document type is not read. Take the document type out."),
        "not-sdmx": _("This is no SDMX-ML message of data: %(why)s"),
        "not-json-stat": _('This is no JSON-stat 2.0 dataset: an object with "class": "dataset".'),
        "size-misfit": _("The sizes do not fit the dimensions in “id”."),
        "other-size": _("The number of categories differs from “size”."),
        "no-categories": _("The dimension has no categories."),
        "other-entries": _("There are %(found)s entries; “size” asks for %(count)s."),
        "outside-cube": _("There is no such place in the cube."),
        "odd-flag": _(
            "“%(value)s” cannot be read. Write flags as e=E, or r=A/B with a reason behind it."
        ),
        # Figures
        "no-city-code": _("“%(value)s” is not a code of a city in the scheme %(scheme)s."),
        "city-code-near": _(
            "“%(value)s” is not a code of a city in the scheme %(scheme)s. Did you mean one of "
            "these? %(candidates)s"
        ),
        "unknown-near": _("“%(value)s” is not in the list. Did you mean: %(candidates)s?"),
        "not-its-definition": _("“%(value)s” is not a definition of %(code)s."),
        "several-indicators": _("“%(value)s” defines several indicators. Say which: %(codes)s."),
        "several-definitions": _("“%(value)s” has several definitions. Say which: %(keys)s."),
        "unit-is-label": _(
            "The figures are in %(given)s and the definition in %(unit)s, to which nothing "
            "can be converted."
        ),
        "not-a-unit": _("“%(value)s” is not a unit that can be read, such as t/capita/year."),
        "not-convertible": _("%(source)s cannot be converted to %(target)s."),
        "only-cities": _("Your team enters figures of these cities only: %(cities)s."),
        "period-ahead": _("%(period)s has not begun: give figures of the past."),
        "not-a-status": _("“%(value)s” is not an SDMX status that is used here."),
        "not-a-boundary": _("“%(value)s” is not a kind of area."),
        "not-a-grade": _("Give the grade A, B or C."),
        "empty-part": _("The cell is empty. Write %(total)s for all together."),
        "no-value": _("A figure with this status needs a value. Give missing ones the status M."),
        "value-beside-status": _("A figure with this status has no value."),
        "not-finite": _("Give a finite number."),
        "below-least": _("%(value)s is below %(least)s, the least this indicator can be."),
        "above-most": _("%(value)s is above %(most)s, the most this indicator can be."),
        "negative-error": _("Give a standard error of 0 or more."),
        "implausible": _(
            "%(value)s is far from what is usual here, about %(usual)s. Is it in another unit?"
        ),
        "other-method": _(
            "These figures come from: %(given)s. “%(key)s” counts by: %(method)s. Keep them under "
            "a definition of their own."
        ),
        "out-of-scope": _(
            "The definition counts cities of %(scope)s only. Elsewhere, figures need a definition "
            "of their own."
        ),
        "same-figure": _("This is the same figure as in row %(row)s. Give each figure once."),
        # Definitions
        "several-cities": _("Its codes stand for different cities here: %(cities)s."),
        "code-of-other-city": _("The code stands for another city here already."),
        "inside-itself": _("A group cannot lie inside itself."),
        "no-address-of-code": _("Choose another code: this one makes no web address."),
        "code-taken": _("There is an indicator of this code already."),
        "newer-version": _(
            "Somebody wrote a newer version meanwhile: look at it, then write yours."
        ),
        "not-above-least": _("It must be greater than the least possible value."),
        "logarithm-of-nothing": _("Scored by logarithm, it must be above 0."),
        "same-ends": _("Both ends are the same: nothing lies between."),
        "higher-is-better": _("Higher is better: the good end must be the greater one."),
        "lower-is-better": _("Lower is better: the good end must be the smaller one."),
        # Moments, releases and comparisons
        "not-a-moment": _(
            "“%(value)s” is neither a date such as 2026-06-30 nor a moment such as "
            "2026-06-30T12:00:00Z."
        ),
        "in-future": _("Choose a day up to today: what will be known later is not known yet."),
        "nothing-known": _("No figure was known then."),
        "two-to-five-cities": _("Name from two to five different cities."),
        "many-cities": _("Choose at most %(most)s cities."),
        "many-figures": _(
            "This format takes at most %(most)s figures. Name indicators, cities or years, or "
            "take CSV."
        ),
        # Publishers
        "odd-filter": _(
            "“%(value)s” cannot be read. Write dimension=value or dimension=value,value."
        ),
        "no-codes": _("No city has a code of %(scheme)s here. Import codes, or name some."),
        "unreadable-answer": _("The answer cannot be read; nothing was taken over."),
        "question-refused": _("The question was refused with status %(status)s: %(answer)s"),
        "large-answer": _(
            "The answer has more than %(most)s MB. Ask for fewer cities, years or values."
        ),
        "half-an-answer": _(
            "The answer is incomplete or not as documented: %(lacks)s. Nothing was taken over."
        ),
        "choose-one-of": _("Choose one value of %(dimension)s: %(values)s."),
        # The engine of releases
        "no-such-engine": _(
            "Give an address such as postgresql://…, spark://… or spark+local://2, not %(scheme)s."
        ),
        "engine-silent": _("There is no connection: %(why)s"),
        "no-spark": _(
            "Spark is named, but its package is not installed: run script/setup --spark."
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
    """Why a figure has no place among others; empty for none."""
    if not code:
        return ""
    return CLAUSES[Clause(code)]


def peer_group_text(code: str, language: str) -> str:
    """The words of a group of peers such as "size:100k-300k+climate:C"; see `releases.peers`."""
    parts = dict(part.partition(":")[::2] for part in code.split("+") if part)
    if not parts:
        return gettext("all cities whose figures compare")
    if "country" in parts:
        return gettext("cities of %(country)s") % {
            "country": country_name(parts["country"], language)
        }
    size = str(SizeBand(parts["size"]).label) if parts.get("size") in SizeBand.values else code
    if parts.get("climate") not in ClimateZone.values:
        return gettext("cities of %(size)s inhabitants") % {"size": size}
    climate = str(ClimateZone(parts["climate"]).label)
    return gettext("cities of %(size)s inhabitants, main climate: %(climate)s") % {
        "size": size,
        "climate": climate,
    }


def standing_line(ahead: int, behind: int, n: int) -> str:
    """On how many of its indicators a city is surely ahead of comparable cities, or behind."""
    if ahead and behind:
        told = gettext(
            "Ahead of comparable cities on %(ahead)s of %(n)s indicators with figures, behind on "
            "%(behind)s."
        )
    elif ahead:
        told = gettext("Ahead of comparable cities on %(ahead)s of %(n)s indicators with figures.")
    elif behind:
        told = gettext("Behind comparable cities on %(behind)s of %(n)s indicators with figures.")
    else:
        told = gettext(
            "%(n)s indicators with figures; on none is it clearly ahead of comparable cities or "
            "behind them."
        )
    return told % {
        name: formatting.number(x) for name, x in (("ahead", ahead), ("behind", behind), ("n", n))
    }


def edition_text(moved: Mapping[str, Any]) -> str:
    """By how much an edition moved the figures that were known."""
    text = ngettext(
        "%(moved)s of %(n)s known figure moved", "%(moved)s of %(n)s known figures moved",
        moved["shared"],
    ) % {"moved": moved["moved"], "n": moved["shared"]}  # fmt: skip
    if "most" in moved:
        text += " " + gettext("by %(least)s to %(most)s %%, the middle one by %(middle)s %%") % {
            "least": formatting.number(moved["least"], 1, signed=True),
            "most": formatting.number(moved["most"], 1, signed=True),
            "middle": formatting.number(moved["middle"], 1),
        }
    if moved["gone"]:
        text += f"{formatting.semicolon()} " + ngettext(
            "%(n)s is no longer published", "%(n)s are no longer published", moved["gone"]
        ) % {"n": moved["gone"]}
    return text


def arrow(trend: str, low: float | None, high: float | None) -> str:
    """The arrow of a trend: towards the target or away from it; by the slope where none is set.

    `low` and `high` are the 90 % interval of the slope in score points a year.
    """
    if trend == TrendLabel.NO_TARGET and low is not None and high is not None:
        return "↗" if low > 0 else "↘" if high < 0 else "→"
    return ARROWS.get(trend, "")
