"""The texts of the case that comes of a pilot: each sentence where the result puts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.analysis.pilots.verdicts import WARNING_SENTENCES
from alliance.cases.enums import EffectDirection
from alliance.equity.enums import Side
from alliance.equity.models import DistributionCheck
from alliance.network.models import City
from alliance.testbeds.enums import Bearing
from alliance.testbeds.messages import cautions, verdicts
from alliance.testbeds.models import Evaluation, Pilot
from alliance.testbeds.protocol import Plan
from alliance.web.formatting import day, period
from alliance.writing.selectors.leads import in_figures

_NOT_READABLE = {"poor-fit", "no-test", "cannot-be-told"}


def bearing_of(plan: Plan, result: Evaluation | None) -> Bearing:
    """Where a result lies: proved and at least the smallest useful effect, proved and smaller, not
    shown, or harmful. What can be read off is no effect; where a rate was estimated, or no smallest
    useful effect was planned, its size is left open."""
    if result is None or result.estimate is None:
        return Bearing.UNKNOWN
    codes = {sentence["code"] for sentence in result.result["sentences"]}
    if codes & _NOT_READABLE:
        return Bearing.UNKNOWN
    if not result.result["shows_effect"]:
        return Bearing.NOT_SHOWN
    if (result.estimate < 0) != (plan.direction == EffectDirection.LOWER):
        return Bearing.HARMFUL
    if plan.smallest_useful is None or verdicts.is_rate(result.result):
        return Bearing.PROVED
    is_large = abs(result.estimate) >= plan.smallest_useful
    return Bearing.USEFUL if is_large else Bearing.SMALL


def lead_of(
    pilot: Pilot, plan: Plan, city: City, bearing: Bearing, effect: Mapping[str, Any] | None
) -> str:
    """The result of a city in one sentence, with its interval, rounded; in the active language."""
    name = getattr(city, f"name_{pilot.language}", "") or city.name
    if effect is None and pilot.stopped_because:
        return _("In %(city)s, the pilot was stopped before it had a result.") % {"city": name}
    if effect is None or bearing == Bearing.UNKNOWN:
        text = _("In %(city)s, the data cannot show whether the pilot had an effect.")
        return text % {"city": name}
    texts = {
        Bearing.USEFUL: _("In %(city)s, the pilot had a useful effect: %(result)s."),
        Bearing.SMALL: _(
            "In %(city)s, the pilot had an effect, but a smaller one than intended: %(result)s."
        ),
        Bearing.PROVED: _("In %(city)s, the pilot had the intended effect: %(result)s."),
        Bearing.NOT_SHOWN: _("In %(city)s, no effect was shown: %(result)s."),
        Bearing.HARMFUL: _("In %(city)s, the pilot made things worse: %(result)s."),
    }
    result = in_figures(effect, pilot.language, unit_name=plan.outcome_unit)
    return texts[bearing] % {"city": name, "result": result}


def account_of(pilot: Pilot, plan: Plan, result: Evaluation | None) -> str:
    """What was done: the trial, its time, its size and method, and how units were assigned."""
    years = period(
        plan.starts_on.year if plan.starts_on else None,
        int(result.measurement.last_time[:4]) if result and result.measurement else None,
    )
    sentences = [
        _("The pilot “%(title)s” ran in this period: %(years)s.")
        % {"title": plan.title, "years": years}
    ]
    if result is not None and result.n is not None:
        sentences.append(
            ngettext(
                "%(n)s unit or time point was analysed (%(unit)s).",
                "%(n)s units or time points were analysed (%(unit)s).",
                result.n,
            )
            % {"n": result.n, "unit": plan.unit}
        )
    sentences.append(_("Method: %(design)s.") % {"design": verdicts.design_name(plan.design)})
    if pilot.frozen_at:
        sentences.append(
            _("The plan was registered on %(day)s.") % {"day": day(pilot.frozen_at.date())}
        )
    return " ".join([*sentences, plan.assignment_rule]).strip()


def sides_of(
    pilot: Pilot, plan: Plan, result: Evaluation | None, bearing: Bearing
) -> tuple[list[str], list[str]]:
    """The sentences of a result under "what worked" and "what did not work".

    An effect in the right direction worked, however small it is; that it is smaller than intended,
    what weakens it, and all else did not.
    """
    worked: list[str] = []
    not_worked = [pilot.stopped_because] if pilot.stopped_because else []
    if result is None:
        return worked, not_worked
    sentences = verdicts.sentences(result.result, plan.outcome_unit, plan.direction)
    weak = [
        verdicts.sentence(entry["code"], entry["values"], plan.outcome_unit)
        for entry in result.result.get("sentences", ())
        if entry["code"] in WARNING_SENTENCES.values()
    ]
    size = verdicts.useful_sentence(result.result)
    of_effect = [text for text in sentences if text not in weak and text != size]
    is_useful = result.result.get("useful") == "useful"
    if bearing in {Bearing.USEFUL, Bearing.SMALL, Bearing.PROVED}:
        worked += [*of_effect, *([size] if is_useful else [])]
        not_worked += [size] if size and not is_useful else []
    else:
        not_worked += [*of_effect, *([size] if size else [])]
    return worked, [*not_worked, *weak, *_limits(pilot, result, sentences)]


def _limits(pilot: Pilot, result: Evaluation, sentences: list[str]) -> Iterator[str]:
    """What weakens a result beside its own sentences: the data, checks, deviations."""
    data = result.measurement.warnings if result.measurement else []
    yield from map(cautions.data_warning, data)
    yield from cautions.warning_texts(result.result["warnings"], sentences)
    for number, reason in deviations(pilot):
        yield _("Deviation from the plan (version %(version)s): %(reason)s") % {
            "version": number,
            "reason": reason,
        }


def deviations(pilot: Pilot) -> list[tuple[int, str]]:
    """The versions of a plan after the first, each with its reason."""
    later = pilot.protocols.filter(number__gt=1).order_by("number")
    return list(later.values_list("number", "reason"))


def fairness_lines(check: DistributionCheck | None, language: str) -> list[str]:
    """What a public fairness check in that language says of who gains, who pays, and what the city
    does for them, in the active language."""
    if check is None or check.opened_at is None or check.language != language:
        return []
    texts = {
        Side.GAIN: _("Expected to gain: %(who)s (%(what)s)."),
        Side.COST: _("Expected to pay: %(who)s (%(what)s)."),
    }
    lines = [
        texts[Side(line.side)] % {"who": line.who, "what": line.what} for line in check.lines.all()
    ]
    for mitigation in check.mitigations.all():
        lines.append(_("To make up for it: %(text)s") % {"text": mitigation.text})
    return lines


def group_lines(groups: Iterable[Mapping[str, Any]], direction: str, unit: str) -> list[str]:
    """Each group of a result in a sentence, in the language that is active."""
    lines = []
    for group in groups:
        if group.get("estimate") is None:
            continue
        if not group.get("shows_effect"):
            text = _("%(group)s: %(value)s %(unit)s, no effect shown.")
        elif (group["estimate"] < 0) == (direction == EffectDirection.LOWER):
            text = _("%(group)s gained: %(value)s %(unit)s.")
        else:
            text = _("%(group)s paid: %(value)s %(unit)s.")
        params = {
            "group": group["group"],
            "value": verdicts.effect(group["estimate"], signed=True),
            "unit": unit,
        }
        lines.append(text % params)
    return lines
