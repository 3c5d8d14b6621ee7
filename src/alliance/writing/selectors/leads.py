"""The first sentence of a case: proposed from its main result, and compared with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.analysis.effect_spread import PERCENT_CHANGE
from alliance.cases.enums import SUCCESSES, EffectDirection, Outcome
from alliance.cases.models import Measure, Unit
from alliance.cases.selectors.localise import local_name, local_symbol
from alliance.cases.validation import SHARE
from alliance.web import formatting
from alliance.writing.selectors.drafts_names import rows_by_name

Document = Mapping[str, Any]
Part = Mapping[str, Any]

_YEARS = range(1900, 2101)
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f]\d{3})*(?:[.,]\d+)?")
_LOWER = re.compile(
    r"\b(fell|fallen|dropped|decreased|declined|fewer|less|lower"
    r"|minskade|minskat|sjönk|sjunkit|färre|lägre"
    r"|baiss\w+|diminu\w+|recul\w*)\b",
    re.IGNORECASE,
)
_HIGHER = re.compile(
    r"\b(rose|risen|increased|grew|grown|higher"
    r"|ökade|ökat|steg|stigit|högre"
    r"|hausse|augment\w+|progress\w+)\b",
    re.IGNORECASE,
)


def main_result(document: Document) -> tuple[Part | None, Part | None]:
    """The effect that a case stands for, or its result without a number; the other is None."""
    counted = [
        effect
        for effect in document["effects"]
        if effect["value"] is not None and effect["measure"] and not effect["pool_exclusion"]
    ]
    nulls = [null for null in document["nulls"] if null["sentence"]]
    for result in (*counted, *nulls):
        if result["is_main"]:
            return (result, None) if "value" in result else (None, result)
    if counted:
        return counted[0], None
    return None, nulls[0] if nulls else None


def in_figures(effect: Part, language: str, *, unit_name: str = "") -> str:
    """An effect with its interval, rounded: "traffic volume −12 % (95 % confidence interval −18 %
    to −6 %)". `unit_name`: in which it is told where no list has its unit."""
    measure = rows_by_name(Measure, {effect["measure"]}).get(effect["measure"])
    unit = rows_by_name(Unit, {effect["unit"]}).get(effect["unit"])
    symbol = local_symbol(unit, language) if unit else unit_name
    name = formatting.rest_of_unit(symbol, local_name(unit, language)) if unit else ""
    is_change = unit.is_change if unit else True

    def shown(value: float) -> str:
        return formatting.effect(value, symbol, is_change=is_change, language=language)

    with translation.override(language):
        name_of_measure = local_name(measure, language) if measure else effect["measure"]
        text = f"{name_of_measure} {shown(effect['value'])}"
        if name and not (is_change and symbol == "%"):
            text += f" {name}"
        if effect["low"] is not None and effect["high"] is not None:
            interval = _("(95 %% confidence interval %(low)s to %(high)s)")
            text += " " + interval % {"low": shown(effect["low"]), "high": shown(effect["high"])}
    return text


def proposed_lead(document: Document, language: str) -> str:
    """The main result of a case in one sentence, in `language`; empty where it has none."""
    effect, null = main_result(document)
    if effect is None:
        return str(null["sentence"]) if null else ""
    place = document["place"].get(f"name_{language}") or document["place"]["name"]
    years = (effect["period_start"], effect["period_end"])
    with translation.override(language):
        text = in_figures(effect, language)
        if place and not document["is_masked"]:
            text = f"{place}{formatting.colon()} {text}"
        if any(years):
            text = f"{text}, {formatting.period(*years)}"
    return f"{text[:1].upper()}{text[1:]}."


def disagreements(document: Document, units: Mapping[str, Unit]) -> list[str]:
    """Where the first sentence, the outcome and the main result of a case disagree, each in a
    sentence for reviewers. `units` by their names."""
    effect, null = main_result(document)
    if effect is not None and (effect["unit"] not in units or not units[effect["unit"]].is_change):
        # The sign of a level says nothing.
        way: Part | None = None
    else:
        way = effect
    text = document["texts"].get(document["original_language"]) or {}
    return [
        *_outcome_against(document["outcome"], way, null),
        *_lead_against(text.get("lead", ""), document, way),
        *_mixed_percent(document),
    ]


def new_measures(document: Document, measures: Iterable[Measure]) -> list[str]:
    """That measures of a case wait for the secretariat, each in a sentence; `measures` are those
    that it names and that a list has. One query where some are not among these."""
    named = {measure.name for measure in measures if measure.requested_at is None}
    new = {effect["measure"] for effect in document["effects"]} - named - {""}
    if new:
        for aliases in Measure.objects.values_list("aliases", flat=True):
            new -= set(aliases)
    sentence = _(
        "“%(measure)s” is a new outcome measure. The secretariat is asked to name it. Until then, "
        "its results are shown but not combined with others."
    )
    return [sentence % {"measure": name} for name in sorted(new)]


def _outcome_against(outcome: str, effect: Part | None, null: Part | None) -> Iterator[str]:
    if null is not None and outcome in SUCCESSES:
        yield _("Marked as “worked”, but the main result shows no difference.")
    if effect is None:
        return
    ends = [end for end in (effect["low"], effect["high"]) if end is not None]
    is_shown = len(ends) == 2 and (min(ends) > 0 or max(ends) < 0)
    is_better = (effect["value"] < 0) == (effect["direction"] == EffectDirection.LOWER)
    if outcome in SUCCESSES and effect["value"] and not is_better:
        yield _("Marked as “worked”, but the main result went the wrong way.")
    elif outcome in SUCCESSES and (not effect["value"] or (len(ends) == 2 and not is_shown)):
        yield _("Marked as “worked”, but the main result could be due to chance.")
    elif outcome == Outcome.DID_NOT_WORK and is_shown and is_better:
        yield _(
            "Marked as “did not work”, but the main result is an improvement, and its interval "
            "does not include zero."
        )


def _lead_against(lead: str, document: Document, effect: Part | None) -> Iterator[str]:
    """What is wrong with the figures of a lead, and with the way that it says they went."""
    written = ["".join(number.split()) for number in _NUMBER.findall(lead)]
    written = [number for number in written if not (number.isdigit() and int(number) in _YEARS)]
    known = [
        abs(value)
        for result in document["effects"]
        for name in ("value", "low", "high", "range_low", "range_high", "baseline")
        if (value := result[name]) is not None
    ]
    if written and known and not any(_is_figure(number, known) for number in written):
        yield _("No figure in the first sentence is among the results.")
    if effect is None or not effect["value"]:
        return
    if not any(_is_figure(number, [abs(effect["value"])]) for number in written):
        return
    falls, rises = _LOWER.search(lead), _HIGHER.search(lead)
    if effect["value"] < 0 and rises and not falls:
        yield _("The first sentence reports an increase, but the main result is a decrease.")
    if effect["value"] > 0 and falls and not rises:
        yield _("The first sentence reports a decrease, but the main result is an increase.")


def _mixed_percent(document: Document) -> Iterator[str]:
    """Changes in per cent of what was a share in per cent: percentage points may be meant."""
    for number, effect in enumerate(document["effects"], start=1):
        if effect["unit"] in PERCENT_CHANGE and (effect["baseline_unit"] or "").startswith(SHARE):
            yield _(
                "Result %(number)s is a change in %%, but its baseline is a share in %%. Check "
                "whether percentage points are meant."
            ) % {"number": number}


def _is_figure(number: str, known: list[float]) -> bool:
    """Whether a number of a sentence is a known figure, as far as the sentence rounds it."""
    for text in {number.replace(",", ""), number.replace(",", ".")}:
        if text.count(".") > 1:
            continue
        digits = len(text.partition(".")[2])
        if any(abs(float(text) - value) <= 0.5001 * 10**-digits for value in known):
            return True
    return False
