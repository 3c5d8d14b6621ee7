"""The data of the pages of campaigns."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from alliance.analysis.small_counts import is_small, shown_part
from alliance.analysis.taking_part import Share, wilson
from alliance.campaigns import rules
from alliance.campaigns.enums import Chosen, Did, UnitKind
from alliance.campaigns.messages import DOUBTS, NO_RESULT, NO_RESULT_ELSE, SCREENS
from alliance.campaigns.models import Campaign, Outcome, Pledge, UnitList
from alliance.cases.enums import EffectDirection, MethodMeasure
from alliance.cases.rules import may_write_for
from alliance.cases.selectors.localise import local_text
from alliance.charts.forest import Forest, ForestRow, draw
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.network.localise import Localised, localised
from alliance.participation import rules as participation
from alliance.participation.enums import Channel, ProcessState
from alliance.participation.models import Participant, Process
from alliance.participation.services.contributions import TYPING_IN
from alliance.participation.templatetags.participation_words import in_language
from alliance.web.formatting import day, number, significant

#: Names of units on a page; the file has all.
SHOWN = 200


def campaign_of(process: Process) -> Campaign:
    """The campaign of a process. Raises NotFound if there is none."""
    campaign = Campaign.objects.filter(process=process).prefetch_related("methods__texts").first()
    if campaign is None:
        raise NotFound("campaign", process.public_id)
    campaign.process = process
    return campaign


def units_of(campaign: Campaign, *, whole: bool = False) -> UnitList | None:
    """The list of a campaign, without its columns unless `whole`."""
    rows = UnitList.objects.filter(campaign=campaign)
    return (rows if whole else rows.defer("columns")).first()


def latest(campaign: Campaign) -> Outcome | None:
    """The latest outcome data, without their columns."""
    return campaign.outcomes.defer("columns").order_by("-number").first()


def _two(value: float, *, signed: bool = False) -> str:
    """A number for a sentence, with two significant digits."""
    return number(_rounded(value), signed=signed)


#: A sentence with placeholders, and their values.
Phrase = tuple[str, dict[str, Any]]


def marked(campaign: Campaign, phrase: Phrase) -> SafeString:
    """A sentence for a page: texts of the city are marked if they are in another language."""
    text, words = phrase
    own = {"outcome", "unit"} & words.keys()
    shown = words | {name: in_language(words[name], campaign.process.language) for name in own}
    return SafeString(
        escape(text) % {key: conditional_escape(value) for key, value in shown.items()}
    )


def sentence(campaign: Campaign, result: dict[str, Any]) -> str:
    """The effect of a campaign in one sentence."""
    text, words = _result_phrase(campaign, result)
    return text % words


def _result_phrase(campaign: Campaign, result: dict[str, Any]) -> Phrase:
    if result.get("fault"):
        reason = NO_RESULT.get(result["fault"], NO_RESULT_ELSE)
        return _("No effect found. %(why)s"), {"why": reason}
    if result["now"] is None:
        return _("No effect found: we cannot say how certain the result is."), {}
    words = {"outcome": capfirst(campaign.outcome), "unit": campaign.unit}
    low, high = result["now"]
    if not result["shows_effect"]:
        ends = {"low": _two(low, signed=True), "high": _two(high, signed=True)}
        text = _(
            "No effect found. %(outcome)s with the campaign: a change of between %(low)s "
            "and %(high)s %(unit)s."
        )
        return text, words | ends
    near, far = sorted((abs(low), abs(high)))
    words |= {
        "n": _two(abs(result["estimate"])),
        "near": _two(near),
        "far": _two(far),
    }
    falls = result["estimate"] < 0
    if result["percent"] is None:
        text = (
            _("%(outcome)s fell by %(n)s %(unit)s (between %(near)s and %(far)s).")
            if falls
            else _("%(outcome)s rose by %(n)s %(unit)s (between %(near)s and %(far)s).")
        )
    else:
        words["percent"] = _two(abs(result["percent"]))
        text = (
            _(
                "%(outcome)s fell by %(percent)s %%, or %(n)s %(unit)s (between %(near)s "
                "and %(far)s)."
            )
            if falls
            else _(
                "%(outcome)s rose by %(percent)s %%, or %(n)s %(unit)s (between %(near)s "
                "and %(far)s)."
            )
        )
    return text, words


def means(result: dict[str, Any]) -> tuple[str, str]:
    """The means with and without the campaign, in the digits of the change between them: their
    difference is the change that the sentence names."""
    change = Decimal(str(_rounded(result["estimate"])))
    digits = 1 - change.adjusted() if change else 2
    inside = Decimal(repr(round(result["mean_in"], digits)))
    return tuple(number(mean, max(0, digits)) for mean in (inside, inside - change))  # type: ignore[return-value]


def first_line(process: Process) -> str:
    """The first line of the page: the result, or when it will be published; empty before it opens.

    Two queries.
    """
    campaign = Campaign.objects.filter(process=process).first()
    if campaign is None or process.state == ProcessState.DRAFT:
        return ""
    latest_outcome = latest(campaign)
    if latest_outcome is not None:
        return marked(campaign, _result_phrase(campaign, latest_outcome.result))
    assert process.answers_by is not None
    text = _("The result will be on this page by %(day)s: %(outcome)s.")
    words = {"day": day(process.answers_by), "outcome": campaign.outcome}
    return marked(campaign, (text, words))


def how(units: UnitList) -> str:
    """How units were allocated, in a sentence."""
    numbers = {"n": units.n_in, "all": units.n}
    if units.chosen == Chosen.RANDOM:
        if units.kind == UnitKind.AREA:
            return _("%(n)s of %(all)s areas were drawn at random to get the campaign.") % numbers
        return _("%(n)s of %(all)s households were drawn at random to get the campaign.") % numbers
    return (
        _(
            "The campaign was not assigned at random: %(n)s of %(all)s got it, and the "
            "others are the comparison group. We compare how both groups changed "
            "(difference-in-differences). Part of the difference may have other causes."
        )
        % numbers
    )


def differs(campaign: Campaign, units: UnitList) -> str:
    """A note that the groups differed at the start; empty if they did not."""
    balance = units.balance
    if not balance.get("differs"):
        return ""
    text = _(
        "The groups already differed before the start: %(inside)s compared with "
        "%(outside)s %(unit)s. The result is adjusted for this."
    )
    words = {
        "inside": significant(balance["mean_in"]),
        "outside": significant(balance["mean_out"]),
        "unit": campaign.unit,
    }
    return marked(campaign, (text, words))


def chart(campaign: Campaign, result: dict[str, Any]) -> Forest | None:
    """The result and that of each subgroup on one axis; None without any."""
    rows = []
    own = localised(campaign.outcome, campaign.process.language, get_language() or "en").lang_attr
    for line in ({"group": _("All"), "column": ""} | result, *result["groups"]):
        if line.get("hidden") or line.get("fault") or line.get("now") is None:
            continue
        low, high = line["now"]
        count = ngettext("%(n)s unit", "%(n)s units", line["n"]) % {"n": line["n"]}
        rows.append(
            ForestRow(
                str(line["group"]),
                f"{line['column']}, {count}" if line["column"] else count,
                _rounded(line["estimate"]),
                min(_rounded(low), _rounded(line["estimate"])),
                max(_rounded(high), _rounded(line["estimate"])),
                "",
                lang_attr=own if line["column"] else "",
            )
        )
    if not rows:
        return None
    return draw(
        rows,
        title=capfirst(campaign.outcome),
        unit_symbol=campaign.unit,
        unit_name=campaign.unit,
        favourable=campaign.direction,
        level=result["level"],
    )


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")


def left_out(result: dict[str, Any]) -> list[str]:
    """Subgroups without a line in the chart, and why."""
    notes = []
    for line in result["groups"]:
        if line.get("hidden"):
            notes.append(_("%(group)s: too few to show") % line)
        elif line.get("fault") or line.get("now") is None:
            notes.append(_("%(group)s: too few values") % line)
    return notes


def doubts(result: dict[str, Any]) -> list[Any]:
    """Reasons to doubt the result."""
    codes = (warning.partition(":")[0] for warning in result["warnings"])
    return [DOUBTS[code] for code in dict.fromkeys(codes) if code in DOUBTS]


def measures(process: Process) -> list[dict[str, Any]]:
    """The effect of a campaign for the evaluation of its method: the change in percent, positive
    for the better, with the interval that is valid at every look."""
    campaign = Campaign.objects.filter(process=process).first()
    latest_outcome = latest(campaign) if campaign else None
    if campaign is None or latest_outcome is None or latest_outcome.result.get("fault"):
        return []
    result = latest_outcome.result
    if result["percent"] is None or result["now"] is None:
        return []
    sign = -1 if campaign.direction == EffectDirection.LOWER else 1
    percent = [
        100 * sign * value / result["without"] for value in (result["estimate"], *result["now"])
    ]
    return [
        {
            "measure": MethodMeasure.EFFECT.value,
            "falls": sign < 0,
            "design": result["design"],
            "group": campaign.outcome,
            "value": percent[0],
            "low": min(percent[1:]),
            "high": max(percent[1:]),
            "estimate": percent[0],
            "se": 100 * result["se"] / result["without"],
            "scale": "plain",
            "n": result["n"],
            "unit": "%",
            "unit_pooled": "%",
        }
    ]


@dataclass(frozen=True)
class Pledged:
    """The numbers of pledges, on paper too, and of people who report that they did it; None if
    small."""

    n: int | None
    by_hand: int | None
    did: Share | None


def counts(process: Process, people: QuerySet[Participant]) -> dict[str, int]:
    """How many of these people pledged (`n`), how many of them on paper, by phone or at a counter
    (`by_hand`), and how many report that they did it (`yes`) or did not (`no`)."""
    rows = Pledge.objects.filter(participant__process=process, participant__in=people)
    return rows.aggregate(
        n=Count("pk"),
        by_hand=Count("pk", filter=~Q(participant__channel=Channel.ONLINE)),
        yes=Count("pk", filter=Q(did=Did.YES)),
        no=Count("pk", filter=Q(did=Did.NO)),
    )


def pledged(campaign: Campaign) -> Pledged:
    """The published counts of a campaign's pledges; counts under the floor are suppressed."""
    return _pledged(campaign.issued) if campaign.issued else Pledged(None, None, None)


def pledged_so_far(process: Process) -> Pledged:
    """The present pledges, for those who run a campaign. One query."""
    return _pledged(counts(process, process.participants.all()))


def _pledged(counted: dict[str, int]) -> Pledged:
    n, by_hand, yes, no = (counted.get(name, 0) for name in ("n", "by_hand", "yes", "no"))
    floor = settings.PRIVACY_FLOOR
    few = is_small(yes, floor) or is_small(no, floor) or yes + no == 0
    return Pledged(
        None if is_small(n, floor) else n,
        None if is_small(n, floor) else shown_part(by_hand, n, floor),
        None if few else wilson(yes, yes + no),
    )


def own_pledge(participant: Participant | None) -> Pledge | None:
    """A participant's pledge."""
    return Pledge.objects.filter(participant=participant).first() if participant else None


def page(process: Process, participant: Participant | None, at: dt.datetime) -> dict[str, Any]:
    """The public context of a campaign."""
    campaign = campaign_of(process)
    units, latest_outcome = units_of(campaign, whole=True), latest(campaign)
    shown: dict[str, Any] = {
        "campaign": campaign,
        "units": units,
        "how": how(units) if units else "",
        "differs": differs(campaign, units) if units else "",
        "inside": areas_in(units) if units else [],
        "materials": materials(campaign),
        "pledged": pledged(campaign),
        "own_pledge": own_pledge(participant),
        "takes_pledges": rules.takes_pledges(campaign, at),
        "is_over": process.state not in (ProcessState.DRAFT, ProcessState.OPEN),
        "own_lang": localised(campaign.outcome, process.language, get_language() or "en").lang_attr,
        "latest_outcome": latest_outcome,
    }
    if latest_outcome is not None:
        shown |= {
            "result": latest_outcome.result,
            "means": means(latest_outcome.result)
            if not latest_outcome.result.get("fault")
            else None,
            "chart": chart(campaign, latest_outcome.result)
            if not latest_outcome.result.get("fault")
            else None,
            "left_out": left_out(latest_outcome.result),
            "doubts": doubts(latest_outcome.result),
            "n_looks": latest_outcome.number,
        }
    return shown


def materials(campaign: Campaign) -> list[tuple[str, Localised]]:
    """The methods of a campaign: id and name in the language of the page."""
    language = get_language() or "en"
    return [
        (method.public_id, local_text(method, "name", language))
        for method in campaign.methods.all()
    ]


def areas_in(units: UnitList) -> list[str]:
    """The areas that get the campaign, which are public; none for households."""
    if units.kind != UnitKind.AREA:
        return []
    names = units.columns["area"] or units.columns["unit"]
    inside = {name for name, on in zip(names, units.columns["treated"], strict=True) if on}
    return sorted(inside)[:SHOWN]


def manage_page(process: Process, actor: Actor, *, at: dt.datetime) -> dict[str, Any]:
    """The context of the page for those who run a campaign."""
    campaign = campaign_of(process)
    units = units_of(campaign, whole=True)
    todo = rules.missing(campaign, units)
    latest_outcome = latest(campaign)
    lines = list(allocation_rows(units))[:SHOWN] if units else []
    is_over = process.state not in (ProcessState.DRAFT, ProcessState.OPEN)
    return {
        "process": process,
        "campaign": campaign,
        "units": units,
        "screens": [
            (f"campaigns:{name}", label, name not in todo) for name, label in SCREENS.items()
        ],
        "todo": [f"campaigns:{name}" for name in todo],
        "how": how(units) if units else "",
        "differs": differs(campaign, units) if units else "",
        "lots": lines,
        "has_areas": any(area for _, area, _ in lines),
        "n_more": len(units.columns["unit"]) - len(lines) if units else 0,
        "latest_outcome": latest_outcome,
        "sentence": marked(campaign, _result_phrase(campaign, latest_outcome.result))
        if latest_outcome
        else "",
        "doubts": doubts(latest_outcome.result) if latest_outcome else [],
        "pledged": pledged_so_far(process),
        "promises": list(process.promises.filter(kind="decision")),
        "may_run": participation.may_run(actor, process),
        "takes_outcomes": rules.takes_outcomes(campaign, at),
        "takes_paper": participation.takes_paper(process, at, TYPING_IN),
        "is_over": is_over,
        "may_make_case": latest_outcome and is_over and may_write_for(actor, process.organisation),
    }


def allocation_rows(units: UnitList) -> Iterator[tuple[str, str, int]]:
    """Each unit with its area and whether it gets the campaign, those that do first."""
    columns = units.columns
    areas = columns["area"] or [""] * len(columns["unit"])
    rows = zip(columns["unit"], areas, columns["treated"], strict=True)
    yield from sorted(rows, key=lambda row: (-row[2], row[1], row[0]))


def open_rows(campaign: Campaign, outcome: Outcome) -> list[list[Any]]:
    """The values without names, in an uninformative order: area by number, group, values.

    With them everybody can reproduce the result.
    """
    units = units_of(campaign, whole=True)
    assert units is not None
    columns, value_of = (
        units.columns,
        dict(zip(outcome.columns["unit"], outcome.columns["value"], strict=True)),
    )
    names = columns["area"] or columns["unit"]

    def key(name: str) -> str:
        return hashlib.sha256(f"{campaign.salt}:{outcome.public_id}:{name}".encode()).hexdigest()

    number = {name: at for at, name in enumerate(sorted(set(names), key=key), start=1)}
    before = columns["before"] or [None] * len(names)
    rows = [
        (number[name], key(f"{name}:{unit}"), treated, was, value_of.get(unit))
        for name, unit, treated, was in zip(
            names, columns["unit"], columns["treated"], before, strict=True
        )
    ]
    return [[row[0], *row[2:]] for row in sorted(rows, key=lambda row: row[:2])]
