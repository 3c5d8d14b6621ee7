"""The trials of a solution in its brief: where it worked, where not and why, and at what cost."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core.audit import Actor
from alliance.knowledge.case_fields import BY_PATH
from alliance.knowledge.costs import target
from alliance.knowledge.enums import Outcome
from alliance.knowledge.line_facts import SIDES, affected_most
from alliance.knowledge.models import CaseStudy, Solution, Source
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.cases import first_sentence
from alliance.knowledge.selectors.costs import cost_view
from alliance.knowledge.selectors.localise import (
    chosen_text,
    country_name,
    local_place,
    local_text,
)
from alliance.knowledge.selectors.solutions import SolutionPage
from alliance.knowledge.selectors.verdict_line import group_words
from alliance.network.bands import climate_zone, size_band
from alliance.network.enums import SizeBand
from alliance.network.models import City
from alliance.reports.selectors import brief_parts
from alliance.reports.selectors.content import Box, Line, SourceLine
from alliance.web.formatting import colon, number, period, prices_of


class Trials:
    """The published cases of a solution with their costs, notes and sources.

    A citation of a case refers to its first source; sources are numbered in the order of citation.
    """

    def __init__(self, actor: Actor | None, solution: Solution, language: str) -> None:
        self.language = language
        self.cases = {
            case.public_id: case
            for case in visible_cases(actor)
            .filter(solution=solution)
            .select_related("city")
            .prefetch_related("sources", "texts")
            .order_by("public_id")
        }
        self.cited: list[SourceLine] = []
        self._numbers: dict[str, int] = {}

    def cite(self, public_id: str) -> int:
        """The number of the first source of a case, 0 if it has none."""
        if public_id in self._numbers:
            return self._numbers[public_id]
        case = self.cases.get(public_id)
        source = next(iter(case.sources.all()), None) if case else None
        if case is None or source is None:
            return 0
        self._numbers[public_id] = self._add(source, case)
        return self._numbers[public_id]

    def cite_rest(self) -> None:
        """Numbers the remaining sources after the cited ones."""
        for case in self.cases.values():
            for source in list(case.sources.all())[int(case.public_id in self._numbers) :]:
                self._add(source, case)

    def _add(self, source: Source, case: CaseStudy) -> int:
        place = len(self.cited) + 1
        lang_attr = "" if case.original_language == self.language else case.original_language
        self.cited.append(
            brief_parts.source_line(
                place,
                title=source.title,
                url=source.url,
                kind=str(source.get_kind_display()),
                seen=source.seen,
                lang_attr=lang_attr,
            )
        )
        return place

    def foreign_languages(self) -> list[str]:
        """The languages of case texts other than that of the page."""
        picks = (
            chosen_text(case.texts.all(), self.language, case.original_language)
            for case in self.cases.values()
        )
        return sorted({pick.lang_attr for pick in picks} - {""})


def failures_box(page: SolutionPage, trials: Trials) -> Box:
    register = page.register
    lines = []
    for line in register.failures + register.partly:
        why = brief_parts.reasons(line.reasons) or _("reason not known")
        failure = local_text(line, "what_did_not", trials.language)
        place = f"{local_place(line, trials.language)}, {period(line.start_year, line.end_year)}"
        text = Localised(first_sentence(failure.value), failure.lang_attr)
        lines.append(
            Line(
                mark=line.outcome,
                label=f"{place}{colon()} {why}.",
                text=text,
                source=trials.cite(line.public_id),
            )
        )
    counted = ", ".join(
        f"{brief_parts.reasons([code])} ({number(times)})" for code, times in register.reasons
    )
    return Box(
        key="failures",
        title=_("Where it did not work, and why"),
        lines=tuple(lines),
        empty=_("No known failures. This does not mean that every trial worked.")
        if register.total
        else _("No known trials."),
        note=_("Reasons for failure: %(reasons)s.") % {"reasons": counted} if counted else "",
        wide=True,
    )


def worked_box(page: SolutionPage, language: str) -> Box:
    """The places where it worked, small cities first, so that readers find similar ones."""
    worked = [line for line in page.cases if line.outcome == Outcome.WORKED]
    hidden = page.register.worked - len(worked)
    bands = list(SizeBand)
    worked.sort(
        key=lambda line: bands.index(band) if (band := size_band(line.city)) else len(bands)
    )
    return Box(
        key="worked",
        title=_("Where it worked"),
        lines=tuple(
            Line(
                mark=line.outcome,
                text=Localised(
                    f"{local_place(line, language)}, {country_name(line.country, language)}"
                ),
                note=brief_parts.joined(period(line.start_year, line.end_year), _like(line.city)),
            )
            for line in worked
        ),
        empty=_("No known trials that worked.") if page.register.total else _("No known trials."),
        left_out=hidden,
    )


def _like(city: City | None) -> str:
    """The facts by which cities are compared: size and climate, as far as known."""
    band, zone = size_band(city), climate_zone(city)
    inhabitants = f"{_('number of residents')}{colon()} {band.label}" if band else ""
    return ", ".join(str(part) for part in (inhabitants, zone.label if zone else "") if part)


def equity_box(trials: Trials) -> Box:
    lines = []
    for case in trials.cases.values():
        text = chosen_text(case.texts.all(), trials.language, case.original_language)
        if text.text.equity_notes:
            lines.append(
                Line(
                    label=f"{local_place(case, trials.language)}{colon()}",
                    text=Localised(first_sentence(text.text.equity_notes), text.lang_attr),
                )
            )
    note = ""
    if lines:
        note = ngettext(
            "Known for %(n)s of %(total)s trial. This is an editor’s judgement, not a "
            "measured result.",
            "Known for %(n)s of %(total)s trials. This is an editor’s judgement, not a "
            "measured result.",
            len(trials.cases),
        ) % {"n": number(len(lines)), "total": number(len(trials.cases))}
    most = [
        Line(label=f"{BY_PATH[side].label}{colon()}", text=Localised(group_words(codes)))
        for side in SIDES
        if (codes := affected_most(trials.cases.values(), side))
    ]
    return Box(
        key="equity",
        title=_("Who gained, who paid"),
        lines=(*most, *lines),
        empty=_("not known"),
        note=note,
    )


def cost_box(trials: Trials) -> Box:
    """The cost per resident of each trial with one; how many have none, and why."""
    currency, year = target()
    known, lacking, missing = [], [], 0
    for case in trials.cases.values():
        cost = cost_view(case, trials.language)
        place = f"{local_place(case, trials.language)}{colon()}"
        each, basis = brief_parts.cost_words(cost)
        if each and cost.per_inhabitant is not None:
            line = Line(label=place, text=Localised(each), note=brief_parts.total_cost(cost))
            known.append((cost.per_inhabitant.value, line))
        elif cost.amount is not None:
            lacking.append(
                Line(label=place, text=Localised(brief_parts.total_cost(cost)), note=basis)
            )
        else:
            missing += 1
    notes = []
    if known:
        notes.append(
            _("In %(currency)s, %(prices)s; adjusted using national consumer prices.")
            % {"currency": currency, "prices": prices_of(year)}
        )
    if missing and (known or lacking):
        notes.append(
            ngettext("Not known for %(n)s trial.", "Not known for %(n)s trials.", missing)
            % {"n": number(missing)}
        )
    known.sort(key=lambda pair: pair[0])
    return Box(
        key="cost",
        title=_("Cost per resident"),
        lines=(*(line for _value, line in known), *lacking),
        empty=_("not known"),
        note=" ".join(notes),
    )
