"""The best-practice report of a topic: what works, what failed, and what nobody knows yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.adoption.models import Adoption
from alliance.charts import evidence_map as map_chart
from alliance.charts import figures
from alliance.knowledge.effects import UNDISCLOSED
from alliance.knowledge.enums import Reason, Scheme, Verdict
from alliance.knowledge.line_facts import line_facts
from alliance.knowledge.messages.evidence_map import theme_label
from alliance.knowledge.models import CaseStudy, Method, MethodResult, Solution
from alliance.knowledge.models.methods import MethodCase
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.evidence_map import map_at, open_questions
from alliance.knowledge.selectors.localise import local_place, local_text
from alliance.knowledge.selectors.method_results import measure_lines
from alliance.knowledge.selectors.register import Register, failure_register
from alliance.knowledge.selectors.spread import Spread, spreads
from alliance.knowledge.selectors.topics import topic_text
from alliance.knowledge.selectors.verdict_line import VerdictLine, in_words
from alliance.knowledge.services.as_of import cases_at, verdicts_at
from alliance.knowledge.services.verdicts import Judged
from alliance.network.enums import SubjectKind
from alliance.network.localise import localised
from alliance.reports.enums import RecordKind
from alliance.reports.selectors.report_lines import (
    adoption_lines,
    failure_lines,
    lesson_blocks,
    no_failures,
    of_topic,
    outcome_picture,
    outcome_words,
    places_of,
    public_lessons,
)
from alliance.reports.selectors.report_parts import Block, Writer, filled, short, stamp, words
from alliance.web.formatting import colon, day, effect, number, semicolon

#: The number of solutions with a chart, of rows in a figure, and of listed entries.
CHARTS, ROWS, FAILURES, SILENT, METHODS, GAPS = 6, 16, 10, 12, 12, 8
#: The number of trials with which a solution is included in the figure of outcomes.
TRIED = 2
_ORDER = (
    Verdict.WORKS,
    Verdict.PROBABLY_WORKS,
    Verdict.MIXED,
    Verdict.PROBABLY_NOT,
    Verdict.HARM,
    Verdict.NOT_ENOUGH,
)


class ReportSolution:
    """A solution of the report: its cases, its verdict line, and the spread of its main measure."""

    def __init__(
        self, writer: Writer, solution: Solution, judged: Judged, cases: Sequence[CaseStudy]
    ) -> None:
        self.solution, self.judged, self.cases = solution, judged, cases
        main = judged.verdicts[0] if judged.verdicts else None
        self.line: VerdictLine = in_words(line_facts(solution, main))
        self.name = local_text(solution, "name", writer.language)
        drawn = spreads(cases, writer.language, in_brief=True)
        first = drawn.first
        matches = (
            first is not None
            and main is not None
            and (first.first.measure_id, first.first.unit_id) == (main.measure_id, main.unit_id)
        )
        self.spread: Spread | None = first if matches else None
        self.refs: list[int] = []

    def as_line(self, writer: Writer, text: str = "", *, note: str = "", code: str = "") -> Block:
        """A line that links to the solution: `text`, or its verdict line with the range of its
        results."""
        text = text or ". ".join(part for part in (self.line.words, capfirst(self.range)) if part)
        return writer.line(
            text if text.endswith(".") else f"{text}.",
            self.refs,
            label=self.name,
            url=writer.address("knowledge:solution", self.solution.public_id),
            note=note,
            code=code,
        )

    @property
    def order(self) -> tuple[int, int, str]:
        """Sort key: the most certain verdict first, then the most tried."""
        place = _ORDER.index(Verdict(self.line.code)) if self.line.code else len(_ORDER)
        return place, -len(self.cases), self.solution.public_id

    @property
    def range(self) -> str:
        """The lowest and highest measured result, and the places: "−30 to −6 % in 6 places"."""
        spread = self.spread
        if spread is None or not spread.chosen or not spread.has_possible_range:
            return ""
        low, high = spread.chosen[0], spread.chosen[-1]
        places = list(dict.fromkeys(row.place for row in spread.chosen))
        params = {
            "low": effect(low.value, is_change=spread.is_change),
            "high": effect(high.value, spread.symbol, is_change=spread.is_change),
            "places": _listed(places),
        }
        if len(spread.chosen) == 1:
            return _("%(high)s in %(places)s") % params
        return _("%(low)s to %(high)s in %(places)s") % params


def _listed(names: Sequence[str], most: int = 6) -> str:
    """Names separated by commas; if there are many, the first ones and how many more."""
    if len(names) <= most:
        return ", ".join(names)
    rest = len(names) - most
    more = ngettext("%(n)s more", "%(n)s more", rest) % {"n": number(rest)}
    return f"{', '.join(names[:most])} + {more}"


def topic_report(writer: Writer, topic: str) -> dict[str, Any]:
    """Writes the report of `topic`; returns its title, key figures and summary."""
    filed = Solution.objects.filter(
        classifications__scheme=Scheme.TOPIC, classifications__code=topic
    )
    tried = visible_cases(None).filter(
        classifications__scheme=Scheme.TOPIC, classifications__code=topic
    )
    wanted = Q(solution__in=filed.values("pk")) | Q(solution__in=tried.values("solution"))
    everything = cases_at(writer.moment, visible_cases(None).filter(wanted))
    own = [case for case in everything if of_topic(case, topic)]
    in_topic = set(filed.values_list("pk", flat=True)) | {case.solution_id for case in own}
    by_solution: dict[str, list[CaseStudy]] = defaultdict(list)
    for case in everything:
        by_solution[case.solution.public_id].append(case)
    solutions = [
        ReportSolution(writer, solution, judged, by_solution[public_id])
        for public_id, (solution, judged) in verdicts_at(writer.moment, everything).items()
        if solution.pk in in_topic
    ]
    solutions.sort(key=lambda solution: solution.order)
    for solution in solutions:
        # A solution and its cases are numbered consecutively, so that citations are short.
        solution.refs = [writer.revised(solution.solution), *map(writer.case, solution.cases)]
    refs = [writer.case(case) for case in own]
    register = failure_register(own)
    text = topic_text(topic)
    n_places, n_countries = places_of(own)
    summary = list(_summary(writer, solutions, register, refs, n_places))
    _solutions(writer, solutions)
    _map(writer, solutions)
    _failures(writer, register, refs)
    _methods(writer, topic, everything)
    _results(writer, own, solutions, topic)
    _lessons(writer, topic)
    writer.chapter("next")
    writer.items(list(_next(writer, solutions)))
    return {
        "title": _("Solutions that work: %(topic)s") % {"topic": text.name},
        "lead": str(text.lead),
        "kicker": _("Best-practice report"),
        "figures": [
            {"label": _("Cases"), "value": number(len(own))},
            {"label": _("Places"), "value": number(n_places)},
            {"label": _("Countries"), "value": number(n_countries)},
            {
                "label": _("Solutions with a verdict"),
                "value": filled(
                    _("%(n)s of %(all)s"),
                    n=sum(not solution.line.is_silent for solution in solutions),
                    all=len(solutions),
                ),
            },
        ],
        "summary": summary,
        "tables": {"cases": own, "solutions": solutions},
    }


def _summary(
    writer: Writer,
    solutions: Sequence[ReportSolution],
    register: Register[CaseStudy],
    refs: Sequence[int],
    n_places: int,
) -> Iterator[Block]:
    """The answer first: what works with range and cities, what does not, what is open."""
    by_word: dict[str, list[ReportSolution]] = defaultdict(list)
    for solution in solutions:
        by_word[solution.line.code].append(solution)
    clear = [*by_word[Verdict.WORKS], *by_word[Verdict.PROBABLY_WORKS]]
    for solution in clear[:5]:
        yield solution.as_line(writer, code=solution.line.code)
    if not refs:
        yield writer.line(_("No cases on this topic had been approved by that date."))
    elif not clear:
        yield writer.line(
            _(
                "No solution on this topic has been measured in enough places for the "
                "verdict “Works”."
            )
        )
        for solution in by_word[Verdict.MIXED][:3]:
            yield solution.as_line(writer, code=solution.line.code)
    for solution in [*by_word[Verdict.PROBABLY_NOT], *by_word[Verdict.HARM]][:3]:
        yield writer.line(
            f"{solution.line.words}.", solution.refs, label=solution.name, code=solution.line.code
        )
    if register.total:
        sentence = ngettext(
            "%(n)s case from %(places)s: %(outcomes)s.",
            "%(n)s cases from %(places)s: %(outcomes)s.",
            register.total,
        )
        places = filled(ngettext("%(n)s place", "%(n)s places", n_places), n=n_places)
        outcomes = outcome_words(register)
        yield writer.line(
            filled(sentence, n=register.total, places=places, outcomes=outcomes), refs
        )
    silent = [solution for solution in solutions if solution.line.is_silent]
    if silent:
        sentence = ngettext(
            "Not enough evidence yet for %(n)s of %(all)s solutions.",
            "Not enough evidence yet for %(n)s of %(all)s solutions.",
            len(silent),
        )
        sentence = filled(sentence, n=len(silent), all=len(solutions))
        yield writer.line(sentence, [ref for solution in silent for ref in solution.refs])


def _solutions(writer: Writer, solutions: Sequence[ReportSolution]) -> None:
    writer.chapter("solutions")
    conclusive = [solution for solution in solutions if not solution.line.is_silent]
    often = sorted(
        (solution for solution in solutions if len(solution.cases) >= TRIED),
        key=lambda solution: -len(solution.cases),
    )[:ROWS]
    if often:
        outcome_picture(
            writer,
            [(solution.name.value, solution.cases) for solution in often],
            _("Outcomes of trials, by solution"),
            _("Each case is one trial in one place. The most tried solutions are listed first."),
        )
    writer.items(
        [
            solution.as_line(writer, note=capfirst(solution.line.facts), code=solution.line.code)
            for solution in conclusive
        ]
    )
    for solution in [
        solution for solution in conclusive if solution.spread and solution.spread.chart
    ][:CHARTS]:
        _chart(writer, solution)
    silent = sorted(
        (solution for solution in solutions if solution.line.is_silent),
        key=lambda solution: -len(solution.cases),
    )
    if silent:
        writer.heading(_("Not enough evidence yet"))
        writer.items(
            [
                writer.line(
                    solution.line.words,
                    solution.refs,
                    label=solution.name,
                    url=writer.address("knowledge:solution", solution.solution.public_id),
                    code=solution.line.code,
                )
                for solution in silent[:SILENT]
            ]
        )
        if len(silent) > SILENT:
            rest = len(silent) - SILENT
            more = ngettext(
                "%(n)s more solution was tried less often. See the data annex.",
                "%(n)s more solutions were tried less often. See the data annex.",
                rest,
            )
            writer.paragraph(filled(more, n=rest))


def _chart(writer: Writer, solution: ReportSolution) -> None:
    """The results of a solution by place."""
    spread = solution.spread
    if spread is None or spread.chart is None:
        return
    title = f"{solution.name.value}{colon()} {spread.measure} ({spread.unit})"
    values = [
        effect(mark.row.value, spread.symbol, is_change=spread.is_change)
        for mark in spread.chart.marks
    ]
    mean = ""
    if spread.chart.last is not None:
        middle = effect(
            round(spread.chart.last.value, spread.digits), spread.symbol, is_change=spread.is_change
        )
        label = _("Mean across places") if spread.chart.last.is_mean else _("Median across places")
        mean = f"{label}\n{middle}"
    side = {
        "lower": _("Further left is better."),
        "higher": _("Further right is better."),
    }.get(spread.chart.favourable, "")
    signs = [side]
    if not all(mark.row.filled for mark in spread.chart.marks):
        signs.append(_("Filled dot: measured. Open dot: from a model."))
    if any(mark.row.has_interval for mark in spread.chart.marks):
        signs.append(_("Line: 95 % confidence interval."))
    if mean and spread.pooled is not None:
        signs.append(_("Grey bar: range to expect in a new city."))
    writer.picture(
        figures.forest(spread.chart, values, title=title, mean=mean),
        title,
        " ".join(part for part in signs if part),
        [writer.case(row.case) for row in spread.chosen],
    )


def _map(writer: Writer, solutions: Sequence[ReportSolution]) -> None:
    """The evidence map: solutions by outcome measure, and the gaps."""
    evidence_map = map_at(
        {solution.solution.public_id: solution.judged.outcomes for solution in solutions}
    )
    cells: dict[str, list[Any]] = defaultdict(list)
    for cell in evidence_map.cells.values():
        if cell.places:
            cells[cell.solution].append(cell)
    named = {solution.solution.public_id: solution for solution in solutions}
    shown = sorted(cells, key=lambda code: (-sum(cell.places for cell in cells[code]), code))[:ROWS]
    used = [
        theme
        for theme in evidence_map.columns
        if any(
            (code, theme) in evidence_map.cells and evidence_map.cells[code, theme].places
            for code in shown
        )
    ]
    if not shown:
        return
    writer.chapter("map")
    single = [cell for code in shown for cell in cells[code] if cell.places == 1]
    total = sum(len(row_cells) for row_cells in cells.values())
    measured = ngettext(
        "%(n)s combination of solution and outcome has been measured. Of the combinations "
        "below, %(single)s rest on a single place.",
        "%(n)s combinations of solution and outcome have been measured. Of the "
        "combinations below, %(single)s rest on a single place.",
        total,
    )
    refs = [ref for code in shown for ref in named[code].refs]
    writer.paragraph(filled(measured, n=total, single=len(single)), refs)
    title = _("Evidence map")
    writer.add(
        {
            "type": "map",
            "title": title,
            "columns": [str(theme_label(theme)) for theme in used],
            "caption": _(
                "The number shows how many places measured it. + mostly better, − mostly "
                "worse, ± both, · unclear. Darker: more certain. ?: aim of the solution, "
                "not measured yet."
            ),
            "rows": [
                {
                    "name": words(named[code].name),
                    "cells": [_cell(evidence_map.cells.get((code, theme))) for theme in used],
                }
                | writer.place(named[code].refs)
                for code in shown
            ],
        }
    )
    gaps = open_questions(
        evidence_map.cells.values(), lambda cell: -len(named[cell.solution].cases)
    )
    if gaps:
        writer.heading(_("Unanswered questions"))
        asked = ngettext(
            "%(n)s intended outcome has not been measured anywhere. A pilot in your city "
            "could provide the answer:",
            "%(n)s intended outcomes have not been measured anywhere. A pilot in your "
            "city could provide one of the answers:",
            len(gaps),
        )
        refs = [ref for cell in gaps for ref in named[cell.solution].refs]
        writer.paragraph(filled(asked, n=len(gaps)), refs)
        writer.items(
            [
                writer.line(
                    str(theme_label(cell.theme)),
                    named[cell.solution].refs,
                    label=named[cell.solution].name,
                    url=writer.address("testbeds:pilot-new")
                    + f"?solution={cell.solution}&outcome={cell.theme}",
                )
                for cell in gaps[:GAPS]
            ]
        )


_SIGNS = {"+": "+", "-": "−", "±": "±"}
_TONES = {"+": "good", "-": "bad", "±": "mixed"}


def _cell(cell: Any) -> dict[str, str]:
    if cell is None or not cell.places:
        return {"text": "?" if cell else "", "tone": "", "sure": ""}
    return {
        "text": f"{cell.places}{_SIGNS.get(cell.direction, '·')}",
        "tone": _TONES.get(cell.direction, "level"),
        "sure": map_chart.FILLS[cell.certainty],
    }


def _failures(writer: Writer, register: Register[CaseStudy], refs: Sequence[int]) -> None:
    writer.chapter("failures")
    if not refs:
        return
    if not register.failures and not register.partly:
        no_failures(writer, refs)
        return
    failed = [writer.case(failure) for failure in register.failures]
    sentence = ngettext(
        "Of %(n)s case, %(failed)s did not work.",
        "Of %(n)s cases, %(failed)s did not work.",
        register.total,
    )
    sentence = filled(sentence, failed=register.did_not_work, n=register.total)
    writer.paragraph(sentence, refs, lead=True)
    if register.reasons:
        title = _("Reasons why cases did not work")
        svg = figures.bars(
            [(capfirst(str(Reason(code).label)), [n]) for code, n in register.reasons],
            [("did-not-work", _("Cases that did not work"))],
            title=title,
        )
        writer.picture(svg, title, _("A case may have several reasons."), failed)
    newest = sorted(
        register.failures, key=lambda failure: (-(failure.start_year or 0), failure.public_id)
    )
    writer.items(failure_lines(writer, newest[:FAILURES]))
    if len(newest) > FAILURES:
        rest = len(newest) - FAILURES
        sentence = ngettext(
            "%(n)s earlier failure is listed in the data annex.",
            "%(n)s earlier failures are listed in the data annex.",
            rest,
        )
        writer.paragraph(filled(sentence, n=rest), failed)


def _methods(writer: Writer, topic: str, everything: Sequence[CaseStudy]) -> None:
    methods = list(
        Method.objects.filter(topic=topic, created_at__lte=writer.moment)
        .prefetch_related("texts")
        .order_by("public_id")
    )
    if not methods:
        return
    writer.chapter("methods")
    cases = {case.pk: case for case in everything}
    used: dict[int, list[CaseStudy]] = defaultdict(list)
    pairs = list(MethodCase.objects.filter(method__in=methods).values_list("method", "case"))
    elsewhere = {case for _method, case in pairs} - set(cases)
    if elsewhere:
        more = visible_cases(None).filter(pk__in=elsewhere)
        cases |= {case.pk: case for case in cases_at(writer.moment, more)}
    for method, case in sorted(pairs):
        if case in cases:
            used[method].append(cases[case])
    methods.sort(key=lambda method: (-len(used[method.pk]), method.public_id))
    shown = methods[:METHODS]
    tested = [method for method in shown if used[method.pk]]
    if tested:
        outcome_picture(
            writer,
            [
                (local_text(method, "name", writer.language).value, used[method.pk])
                for method in tested
            ],
            _("Case outcomes by method"),
            _("A case with several methods counts once for each."),
        )
    writer.items(
        [
            writer.line(
                local_text(method, "best_for", writer.language),
                [writer.revised(method), *(writer.case(case) for case in used[method.pk])],
                label=local_text(method, "name", writer.language),
                url=writer.address("knowledge:method", method.public_id),
            )
            for method in shown
        ]
    )


def _results(
    writer: Writer, own: Sequence[CaseStudy], solutions: Sequence[ReportSolution], topic: str
) -> None:
    """Results of the network's own members: cases, pilots, uses of methods, adoptions."""
    writer.chapter("results")
    blocks: list[Block] = []
    for case in own:
        owner = case.owner
        pilots = [case_effect for case_effect in case.effects.all() if case_effect.pilot]
        if owner is None and not pilots:
            continue
        summary = short(local_text(case, "summary", writer.language), 280)
        note = _("From a pilot with a registered plan") if pilots else ""
        blocks.append(writer.case_line(case, summary, note=note))
    blocks += _uses(writer, topic)
    blocks += _adoptions(writer, solutions, own)
    writer.items(
        blocks,
        otherwise=_(
            "No member has published its own result on this topic yet. The cases above "
            "were compiled by the editors. A city that has tried one of these actions can "
            "check its case and add its findings."
        )
        if own
        else _("No member has published its own result on this topic yet."),
    )


def _uses(writer: Writer, topic: str) -> list[Block]:
    results = (
        MethodResult.objects.filter(
            method__topic=topic,
            is_synthetic=False,
            ended_on__lte=writer.moment.date(),
            changed_at__lte=writer.moment,
        )
        .select_related("city", "method")
        .prefetch_related("method__texts")
        .order_by("-ended_on", "public_id")
    )
    lines = []
    for result in results[:ROWS]:
        text = f"{semicolon()} ".join(
            f"{line.label}{f' ({line.group})' if line.group else ''}{colon()} {line.value}"
            for line in measure_lines(result.measures, result.language, writer.language)
        )
        title = localised(result.title, result.language, writer.language)
        ref = writer.read(
            RecordKind.RESULT,
            result.public_id,
            stamp(result.changed_at),
            title,
            writer.address("knowledge:method", result.method.public_id),
            _("as of %(day)s") % {"day": day(result.changed_at.date())},
        )
        lines.append(
            writer.line(
                text,
                [ref],
                label=title,
                note=local_text(result.method, "name", writer.language).value,
            )
        )
    return lines


def _adoptions(
    writer: Writer, solutions: Sequence[ReportSolution], own: Sequence[CaseStudy]
) -> list[Block]:
    subjects = Q(
        subject_kind=SubjectKind.SOLUTION,
        subject_id__in=[solution.solution.public_id for solution in solutions],
    ) | Q(subject_kind=SubjectKind.CASE, subject_id__in=[case.public_id for case in own])
    rows = (
        Adoption.objects.filter(subjects, public_at__lte=writer.moment)
        .select_related("adopting_city")
        .order_by("-started_at", "public_id")
    )
    return adoption_lines(writer, list(rows[:ROWS]))


def _lessons(writer: Writer, topic: str) -> None:
    rows = public_lessons(writer.moment).filter(minutes__group__topic=topic)[: ROWS * 2]
    lessons = lesson_blocks(writer, rows)
    if lessons:
        writer.chapter("lessons")
        writer.items(lessons)


def _next(writer: Writer, solutions: Sequence[ReportSolution]) -> Iterator[Block]:
    """What a city can do next: try what works, measure what is open, ask who did it."""
    clear = [
        solution
        for solution in solutions
        if solution.line.code in (Verdict.WORKS, Verdict.PROBABLY_WORKS)
    ]
    for solution in clear[:3]:
        asked = [
            local_place(case, writer.language)
            for case in solution.cases
            if case.country != UNDISCLOSED
        ]
        check = _("Check whether it could work in your city, and contact %(places)s.")
        yield solution.as_line(writer, check % {"places": _listed(list(dict.fromkeys(asked)), 3)})
    open_ones = [
        solution
        for solution in solutions
        if solution.line.is_silent and len(solution.cases) >= TRIED
    ]
    for solution in sorted(open_ones, key=lambda solution: -len(solution.cases))[:3]:
        yield solution.as_line(
            writer,
            _(
                "Try it with a comparison group and publish the result: it could show "
                "whether the solution works."
            ),
        )
    yield writer.share_line()
