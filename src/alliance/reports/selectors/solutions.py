"""The brief of a solution: how often it worked, what to expect, and why it failed elsewhere."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.accounts.models import User
from alliance.charts.forest import Forest
from alliance.knowledge.costs import target
from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import Solution
from alliance.knowledge.selectors.cases import first_sentence
from alliance.knowledge.selectors.costs import cost_view
from alliance.knowledge.selectors.doors import visible_cases
from alliance.knowledge.selectors.lines import CaseLine, Told
from alliance.knowledge.selectors.localise import local_place, pick
from alliance.knowledge.selectors.solutions import SolutionPage, solution_page
from alliance.knowledge.selectors.spread import EffectRow, Spread
from alliance.network.enums import Origin
from alliance.reports.selectors import words
from alliance.reports.selectors.content import (
    NOTHING,
    Box,
    Brief,
    Chart,
    KeyFigure,
    Line,
    Passage,
    Row,
    SourceLine,
)
from alliance.reports.selectors.editions import Edition
from alliance.web.formatting import day, number, period, prices_of, quantity

# Order in which places are kept when the page is full, after the lowest and the highest.
_DESIGNS = ("rct", "quasi-experiment", "before-after", "survey", "modelled")


class Trials:
    """The published cases of a solution: their costs, notes and sources, the cited ones numbered.

    Each case cited is given the first of its sources, numbered in the order of citing.
    """

    def __init__(self, actor: User | None, solution: Solution, language: str) -> None:
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
        """The number of the first source of a case, 0 where it has none."""
        if public_id in self._numbers:
            return self._numbers[public_id]
        case = self.cases.get(public_id)
        source = next(iter(case.sources.all()), None) if case else None
        if case is None or source is None:
            return 0
        place = len(self.cited) + 1
        foreign = "" if case.original_language == self.language else case.original_language
        self.cited.append(words.source_line(place, source, foreign))
        self._numbers[public_id] = place
        return place

    @property
    def uncited(self) -> int:
        """How many sources the cases have beside the cited ones."""
        return sum(len(case.sources.all()) for case in self.cases.values()) - len(self.cited)

    def foreign_languages(self) -> list[str]:
        """The languages, other than that of the page, in which texts of cases stand."""
        picks = (
            pick(case.texts.all(), self.language, case.original_language)
            for case in self.cases.values()
        )
        return sorted({one.foreign for one in picks} - {""})


def solution_brief(actor: User | None, solution: Solution, edition: Edition) -> Brief:
    """What the brief of a solution says, in the active language, which must be the edition's."""
    language = edition.language
    page = solution_page(actor, solution, language)
    trials = Trials(actor, solution, language)
    text, foreign = page.text.text, page.text.foreign
    kicker = _("One-page brief of a solution")
    # The order is that of the page: sources are numbered as they are cited.
    charts = _charts(page, trials)
    failures = _failures_box(page, trials)
    return Brief(
        kind="solution",
        public_id=page.public_id,
        language=language,
        document_title=f"{text.name} – {kicker}",
        network=settings.NETWORK_NAME,
        kicker=kicker,
        outcome=None,
        facts=(Told(_tried(page)),),
        heading=Told(text.name, foreign),
        lead=Told(text.summary, foreign),
        figures=(
            _worked_figure(page),
            _median_figure(page.spreads.first),
            _prediction_figure(page.spreads.first),
            words.evidence_figure(
                page.evidence_points, any_effect=page.spreads.first is not None
            ),
        ),
        charts=charts,
        passages=_passages(page),
        boxes=(
            failures,
            _worked_box(page),
            _equity_box(trials),
            _cost_box(trials),
            words.evidence_box(
                page.evidence_lines, page.evidence_bounds, page.evidence_rule_version
            ),
            *_other_measures(page),
        ),
        sources=tuple(trials.cited),
        sources_left_out=trials.uncited,
        foot=_foot(page, trials, edition),
        address=settings.BASE_URL + reverse("knowledge:solution", args=[page.public_id]),
        words=words.labels(),
        made_of=edition.at,
    )


def _tried(page: SolutionPage) -> str:
    total = page.register.total
    if not total:
        return _("No trial is recorded")
    return ngettext(
        "%(n)s trial in %(places)s place", "%(n)s trials in %(places)s places", total
    ) % {"n": number(total), "places": number(page.n_places)}


def _worked_figure(page: SolutionPage) -> KeyFigure:
    label = _("Trials that worked")
    register = page.register
    if not register.total:
        return KeyFigure(label=label, value=_("no trial recorded"), missing=True)
    return KeyFigure(
        label=label,
        value=_("%(worked)s of %(total)s")
        % {"worked": number(register.worked), "total": number(register.total)},
        note=Told(words.outcome_counts(register.mixed, register.did_not_work)),
    )


def _median_figure(spread: Spread | None) -> KeyFigure:
    if spread is None or spread.summary.median is None:
        return KeyFigure(label=_("Main result"), value=_("no effect recorded"), missing=True)
    summary = spread.summary
    places = ngettext("%(n)s place", "%(n)s places", summary.k) % {"n": number(summary.k)}
    parts = [spread.measure, places]
    if summary.k > 1:
        parts.append(_range(spread))
    return KeyFigure(
        label=_("Median over places") if summary.k > 1 else _("Result in one place"),
        value=quantity(summary.median, spread.symbol, spread.digits, signed=spread.is_change)
        if summary.k > 1
        else words.result(
            summary.median, spread.symbol, spread.unit, is_change=spread.is_change
        )[0],
        note=Told("; ".join(parts)),
    )


def _range(spread: Spread) -> str:
    low, high = spread.summary.minimum, spread.summary.maximum
    if low is None or high is None:
        return ""
    return words.bounds(low, high, spread.symbol, signed=spread.is_change)


def _prediction_figure(spread: Spread | None) -> KeyFigure:
    label = _("To be expected in one more place")
    if spread is None or spread.summary.pi_low is None or spread.summary.pi_high is None:
        note = _("fewer than three places have a result for the same measure")
        return KeyFigure(label=label, value=_("cannot be said"), note=Told(note), missing=True)
    if spread.beyond_possible:
        note = _("the places are too few and too different")
        return KeyFigure(label=label, value=_("cannot be said"), note=Told(note), missing=True)
    note = _("95 % prediction interval")
    if spread.is_change and spread.prediction_includes_zero:
        note = _("95 % prediction interval; no change is within it")
    return KeyFigure(label=label, value=_prediction(spread), note=Told(note))


def _prediction(spread: Spread) -> str:
    low, high = spread.summary.pi_low, spread.summary.pi_high
    if low is None or high is None:
        return ""
    return words.bounds(
        low, high, spread.symbol, signed=spread.is_change, digits=spread.digits
    )


def _charts(page: SolutionPage, trials: Trials) -> tuple[Chart, ...]:
    spread = page.spreads.first
    if spread is None:
        return ()
    title = _("%(measure)s, in %(unit)s") % {
        "measure": words.capital(spread.measure),
        "unit": spread.unit,
    }
    rows = [_row(row, spread, trials, rank) for row, rank in _ranked(spread.chosen)]
    plot = spread.chart
    if plot is None:
        return (Chart(title=title, unit="", rows=tuple(rows)),)
    drawn = [
        words.placed(row, plot.axis, effect.value, effect.low, effect.high)
        for row, effect in zip(rows, spread.chosen, strict=True)
    ]
    if plot.summary is not None:
        drawn.append(_summary_row(spread, plot))
    return (
        Chart(
            title=title,
            unit=words.better(plot),
            ticks=words.ticks(plot.axis),
            rows=tuple(drawn),
            caption=_caption(spread, plot),
        ),
    )


def _ranked(rows: tuple[EffectRow, ...]) -> list[tuple[EffectRow, int]]:
    """Rows with the order in which they are kept: both ends, then the strongest designs."""
    last = len(rows) - 1

    def importance(place: int) -> tuple[bool, int, int]:
        return place not in (0, last), _DESIGNS.index(rows[place].design), place

    order = sorted(range(len(rows)), key=importance)
    return [(row, order.index(place)) for place, row in enumerate(rows)]


def _row(row: EffectRow, spread: Spread, trials: Trials, rank: int) -> Row:
    value, rest = words.result(
        row.value, spread.symbol, spread.unit, is_change=spread.is_change
    )
    interval = ""
    if row.low is not None and row.high is not None:
        interval = _("95 %%: %(bounds)s") % {
            "bounds": words.bounds(row.low, row.high, spread.symbol, signed=spread.is_change)
        }
    sample = _("sample of %(n)s") % {"n": number(row.n)} if row.n is not None else ""
    return Row(
        label=Told(row.case.place),
        part=row.qualifier,
        value=value,
        interval="; ".join(part for part in (rest, interval) if part),
        basis=", ".join(part for part in (str(row.design_label), row.years, sample) if part),
        filled=row.design != "modelled",
        source=trials.cite(row.case.public_id),
        keep_first=rank,
    )


def _summary_row(spread: Spread, plot: Forest) -> Row:
    summary, axis = spread.summary, plot.axis
    median = summary.median or 0.0
    mean_drawn = summary.ci_low is not None and summary.ci_high is not None
    return Row(
        kind="summary",
        label=Told(_("All places")),
        part=NOTHING,
        value=quantity(median, spread.symbol, spread.digits, signed=spread.is_change),
        interval=_("median"),
        basis=ngettext("%(n)s place", "%(n)s places", summary.k) % {"n": number(summary.k)},
        at=words.share(median, axis),
        low=words.share(summary.pi_low, axis),
        high=words.share(summary.pi_high, axis),
        mean=words.share(summary.mean, axis) if mean_drawn else None,
        mean_low=words.share(summary.ci_low, axis) if mean_drawn else None,
        mean_high=words.share(summary.ci_high, axis) if mean_drawn else None,
        # Never left out: it speaks for all places.
        keep_first=-1,
    )


def _caption(spread: Spread, plot: Forest) -> tuple[str, ...]:
    """The spread in words, then the signs of the plot, then what weakens it."""
    summary = spread.summary
    signs = words.plot_caption(plot)
    if plot.summary is not None:
        signs.append(_("Upright stroke: median."))
        if summary.ci_low is not None:
            signs.append(
                _("Diamond: mean over places, each counted once, with its 95 % interval.")
            )
        if summary.pi_low is not None:
            signs.append(_("Grey bar: 95 % prediction interval."))
    said = []
    if _prediction(spread) and not spread.beyond_possible:
        said.append(
            _(
                "In one more place of the same kind, a result of %(bounds)s is to be expected "
                "(95 %% prediction interval)."
            )
            % {"bounds": _prediction(spread)}
        )
        if spread.is_change and spread.prediction_includes_zero:
            said.append(_("No change, or a change the other way, is within it."))
    weak = [str(text) for text in spread.warnings]
    return tuple(part for part in (" ".join([*said, *weak]), " ".join(signs)) if part)


def _passages(page: SolutionPage) -> tuple[Passage, ...]:
    text, foreign = page.text.text, page.text.foreign
    passages = []
    if text.how_it_works:
        passages.append(
            Passage(
                "how",
                _("How it works"),
                Told(text.how_it_works, foreign),
                first=True,
            )
        )
    if text.prerequisites:
        needs = "; ".join(str(one).rstrip(".;") for one in text.prerequisites)
        passages.append(
            Passage(
                "needs",
                _("What it needs"),
                Told(f"{words.capital(needs)}.", foreign),
                note=_("Editorial judgement, not the finding of a study."),
                optional=True,
            )
        )
    return tuple(passages)


def _failures_box(page: SolutionPage, trials: Trials) -> Box:
    register = page.register
    lines = []
    for line in register.failures + register.partly:
        why = words.reasons(line.reasons) or _("reason not recorded")
        said = Told(first_sentence(line.what_did_not.value), line.what_did_not.foreign)
        lines.append(
            Line(
                mark=line.outcome,
                label=f"{_place_and_years(line)}: {why}.",
                text=said,
                source=trials.cite(line.public_id),
            )
        )
    counted = ", ".join(
        f"{words.reasons([code])} ({number(times)})" for code, times in register.reasons
    )
    return Box(
        key="failures",
        title=_("Where it did not work, and why"),
        lines=tuple(lines),
        empty=_("No trial is recorded that did not work. That does not mean that all worked.")
        if register.total
        else _("No trial is recorded."),
        note=_("Reasons of the trials that did not work: %(reasons)s.") % {"reasons": counted}
        if counted
        else "",
        wide=True,
    )


def _place_and_years(line: CaseLine) -> str:
    return f"{line.place}, {period(line.start_year, line.end_year)}"


def _worked_box(page: SolutionPage) -> Box:
    worked = [line for line in page.cases if line.outcome == Outcome.WORKED]
    hidden = page.register.worked - len(worked)
    return Box(
        key="worked",
        title=_("Where it worked"),
        lines=tuple(
            Line(
                mark=line.outcome,
                text=Told(f"{line.place}, {line.country}"),
                note=period(line.start_year, line.end_year),
            )
            for line in worked
        ),
        empty=_("No trial is recorded that worked.")
        if page.register.total
        else _("No trial is recorded."),
        left_out=hidden,
    )


def _equity_box(trials: Trials) -> Box:
    lines = []
    for case in trials.cases.values():
        text = pick(case.texts.all(), trials.language, case.original_language)
        if text.text.equity_notes:
            lines.append(
                Line(
                    label=f"{local_place(case, trials.language)}:",
                    text=Told(first_sentence(text.text.equity_notes), text.foreign),
                )
            )
    note = ""
    if lines:
        note = _(
            "Recorded for %(n)s of %(total)s trials. An editor's judgement, not a measured result."
        ) % {"n": number(len(lines)), "total": number(len(trials.cases))}
    return Box(
        key="equity",
        title=_("Who gained, who paid"),
        lines=tuple(lines),
        empty=_("not recorded"),
        note=note,
    )


def _cost_box(trials: Trials) -> Box:
    """The cost per inhabitant of each trial that has one; how many have none, and why."""
    currency, year = target()
    known, lacking, missing = [], [], 0
    for case in trials.cases.values():
        cost = cost_view(case, trials.language)
        place = f"{local_place(case, trials.language)}:"
        each, basis = words.cost_words(cost)
        if each and cost.per_inhabitant is not None:
            line = Line(label=place, text=Told(each), note=words.total_cost(cost))
            known.append((cost.per_inhabitant.value, line))
        elif cost.amount is not None:
            lacking.append(Line(label=place, text=Told(words.total_cost(cost)), note=basis))
        else:
            missing += 1
    notes = []
    if known:
        notes.append(
            _("In %(currency)s, %(prices)s; deflated by national consumer prices.")
            % {"currency": currency, "prices": prices_of(year)}
        )
    if missing and (known or lacking):
        notes.append(
            ngettext(
                "Not recorded for %(n)s trial.", "Not recorded for %(n)s trials.", missing
            )
            % {"n": number(missing)}
        )
    known.sort(key=lambda pair: pair[0])
    return Box(
        key="cost",
        title=_("Cost per inhabitant"),
        lines=(*(line for _value, line in known), *lacking),
        empty=_("not recorded"),
        note=" ".join(notes),
    )


def _other_measures(page: SolutionPage) -> tuple[Box, ...]:
    others = [one for one in page.spreads.drawn + page.spreads.single][1:]
    if not others:
        return ()
    lines = []
    for spread in others:
        median = spread.summary.median
        if median is None:
            continue
        value = words.result(median, spread.symbol, spread.unit, is_change=spread.is_change)
        if spread.summary.k > 1:
            figure = quantity(median, spread.symbol, spread.digits, signed=spread.is_change)
            text = _("median %(median)s, %(range)s") % {"median": figure, "range": _range(spread)}
        else:
            text = " ".join(part for part in value if part)
        places = ngettext("%(n)s place", "%(n)s places", spread.summary.k)
        lines.append(
            Line(
                label=f"{words.capital(spread.measure)}:",
                text=Told(text),
                note=places % {"n": number(spread.summary.k)},
            )
        )
    return (Box(key="measures", title=_("Other results"), lines=tuple(lines)),)


def _foot(page: SolutionPage, trials: Trials, edition: Edition) -> tuple[str, ...]:
    licences = sorted({case.licence for case in trials.cases.values()})
    rests = ngettext(
        "Rests on %(n)s published case; SHA-256 %(digest)s…, as of %(day)s.",
        "Rests on %(n)s published cases; SHA-256 %(digest)s…, as of %(day)s.",
        len(trials.cases),
    ) % {
        "n": number(len(trials.cases)),
        "digest": edition.short_digest,
        "day": day(edition.at.date()),
    }
    licence = (
        _("Licence %(licence)s.") % {"licence": ", ".join(licences)}
        if licences
        else _("Licence not recorded.")
    )
    told = [words.case_text_words(trials.foreign_languages())]
    if page.origin == Origin.STARTER:
        told.insert(0, words.checked_words(case.checked_on for case in trials.cases.values()))
    return tuple(
        part for part in (f"{rests} {licence}", " ".join(one for one in told if one)) if part
    )
