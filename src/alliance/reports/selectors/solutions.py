"""The brief of a solution: how often it worked, what to expect, and why it failed elsewhere."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.analysis.effect_spread import DESIGNS
from alliance.charts.forest import Forest
from alliance.core.audit import Actor
from alliance.knowledge.messages.outlook import TOO_DIFFERENT
from alliance.knowledge.models import Solution
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.effects import first_capital
from alliance.knowledge.selectors.localise import local_place
from alliance.knowledge.selectors.solutions import SolutionPage, solution_page
from alliance.knowledge.selectors.spread import Spread, SpreadRow
from alliance.network.enums import Origin
from alliance.reports.selectors import brief_parts
from alliance.reports.selectors.content import (
    NOTHING,
    Box,
    Brief,
    Chart,
    KeyFigure,
    Line,
    Passage,
    Row,
)
from alliance.reports.selectors.editions import Edition
from alliance.reports.selectors.trials import (
    Trials,
    cost_box,
    equity_box,
    failures_box,
    worked_box,
)
from alliance.web.formatting import colon, day, estimate, number


def charts(page: SolutionPage, trials: Trials) -> tuple[Chart, ...]:
    """The plot of the first group of effects, if any, and results without a difference."""
    spread = page.spreads.first
    plots = () if spread is None else _plots(spread, trials)
    return plots + brief_parts.null_chart(
        brief_parts.null_row(
            null,
            local_place(null.case, trials.language),
            trials.language,
            rank=rank,
            source=trials.cite(null.case.public_id),
        )
        for rank, null in enumerate(page.nulls)
    )


def _plots(spread: Spread, trials: Trials) -> tuple[Chart, ...]:
    title = _("%(measure)s, in %(unit)s") % {
        "measure": first_capital(spread.measure),
        "unit": spread.unit,
    }
    ranks = brief_parts.ranks(
        [row.value for row in spread.chosen],
        # The strongest designs are left out last.
        [DESIGNS.index(row.design) for row in spread.chosen],
    )
    rows = [_row(row, spread, trials, rank) for row, rank in zip(spread.chosen, ranks, strict=True)]
    plot = spread.chart
    if plot is None:
        return (Chart(title=title, unit="", rows=tuple(rows)),)
    drawn = [
        brief_parts.placed(row, plot.axis, effect.value, effect.low, effect.high)
        for row, effect in zip(rows, spread.chosen, strict=True)
    ]
    if plot.summary is not None:
        drawn.append(_summary_row(spread, plot))
    return (
        Chart(
            title=title,
            unit=brief_parts.better(plot),
            ticks=brief_parts.ticks(plot.axis, signed=plot.signed),
            rows=tuple(drawn),
            caption=_caption(spread, plot),
        ),
    )


def _row(row: SpreadRow, spread: Spread, trials: Trials, rank: int) -> Row:
    value, rest = brief_parts.result(
        row.value, spread.symbol, spread.unit, is_change=spread.is_change
    )
    interval = ""
    if row.low is not None and row.high is not None:
        interval = _("95 %%: %(bounds)s") % {
            "bounds": brief_parts.bounds(row.low, row.high, spread.symbol, signed=spread.is_change)
        }
    sample = _("sample of %(n)s") % {"n": number(row.n)} if row.n is not None else ""
    return Row(
        label=Localised(row.place),
        part=row.qualifier,
        value=value,
        interval=brief_parts.joined(rest, interval),
        basis=", ".join(
            part for part in (str(row.design_label), row.years, sample, row.doubt) if part
        ),
        filled=row.design != "modelled",
        source=trials.cite(row.case.public_id),
        priority=rank,
    )


def _summary_row(spread: Spread, plot: Forest) -> Row:
    summary, pooled, axis = spread.summary, spread.pooled, plot.axis
    median = summary.median or 0.0
    drawn = _intervals_drawn(spread, plot)
    middle = estimate(median, spread.symbol, spread.digits, signed=spread.is_change)
    value, rest = middle, _("median")
    shown = pooled if drawn else None
    if shown is not None:
        # The figure belongs to the diamond; the line beside it is explained as well.
        value = estimate(shown.estimate, spread.symbol, spread.digits, signed=spread.is_change)
        rest = _("mean; median %(median)s") % {"median": middle}
    return Row(
        kind="summary",
        label=Localised(_("All places")),
        part=NOTHING,
        value=value,
        interval=rest,
        basis=ngettext("%(n)s place", "%(n)s places", summary.k) % {"n": number(summary.k)},
        at=brief_parts.share(median, axis),
        low=brief_parts.share(shown.prediction_low, axis) if shown else None,
        high=brief_parts.share(shown.prediction_high, axis) if shown else None,
        mean=brief_parts.share(shown.estimate, axis) if shown else None,
        mean_low=brief_parts.share(shown.ci_low, axis) if shown else None,
        mean_high=brief_parts.share(shown.ci_high, axis) if shown else None,
        # Never left out, because it summarises all places.
        priority=-1,
    )


def _intervals_drawn(spread: Spread, plot: Forest) -> bool:
    """Whether the mean and intervals add information that the axis can show."""
    pooled = spread.pooled
    if pooled is None:
        return False
    ends = (pooled.ci_low, pooled.ci_high, pooled.prediction_low, pooled.prediction_high)
    return all(end is not None and not brief_parts.beyond(end, plot.axis) for end in ends)


def _caption(spread: Spread, plot: Forest) -> tuple[str, ...]:
    """A sentence on the spread, then the legend of the plot, then its limitations."""
    signs = brief_parts.plot_caption(plot)
    if plot.summary is not None:
        signs.append(_("Vertical line: median."))
        if _intervals_drawn(spread, plot):
            signs.append(
                _(
                    "Diamond: mean across places, weighted by precision, with its 95 % "
                    "confidence interval."
                )
                if plot.summary.weighted
                else _(
                    "Diamond: mean across places, each counted once, with its 95 % "
                    "confidence interval."
                )
            )
            signs.append(_("Grey bar: range to expect in a new city (95 %)."))
    sentences = [spread.to_check_again] if spread.to_check_again else []
    if prediction_in_words(spread):
        sentences.append(
            _("Range to expect in another place of the same kind: %(bounds)s (95 %%).")
            % {"bounds": prediction_in_words(spread)}
        )
        if spread.is_change and spread.prediction_includes_zero:
            sentences.append(
                _("No change, or a change in the opposite direction, is also possible.")
            )
        sentences += _chances(spread)
    weak = [str(text) for text in spread.warnings]
    return tuple(part for part in (" ".join([*sentences, *weak]), " ".join(signs)) if part)


def _chances(spread: Spread) -> list[str]:
    """The chance of an improvement and the certainty of the evidence, if known."""
    view = spread.outlook
    if view is None or not view.chance_right:
        return []
    return [
        f"{_('Chance of an improvement in a new city:')} {view.chance_right}.",
        f"{_('Certainty: %(grade)s') % {'grade': view.grade}}.",
    ]


def prediction_in_words(spread: Spread) -> str:
    """The prediction interval as text, "" if there is none."""
    if spread.pooled is None:
        return ""
    low, high = spread.pooled.prediction_low, spread.pooled.prediction_high
    if low is None or high is None:
        return ""
    return brief_parts.bounds(
        low, high, spread.symbol, signed=spread.is_change, digits=spread.digits
    )


def solution_brief(actor: Actor | None, solution: Solution, edition: Edition) -> Brief:
    """The brief of a solution in the active language, which must be the edition's."""
    language = edition.language
    page = solution_page(actor, solution, language)
    trials = Trials(actor, solution, language)
    text, lang_attr = page.text.text, page.text.lang_attr
    kicker = _("One-page brief of a solution")
    # In the order of the page, because sources are numbered as they are cited.
    plots = charts(page, trials)
    failures = failures_box(page, trials)
    trials.cite_rest()
    return Brief(
        kind="solution",
        public_id=solution.public_id,
        language=language,
        document_title=f"{text.name} – {kicker}",
        network=settings.NETWORK_NAME,
        kicker=kicker,
        outcome=None,
        facts=tuple(Localised(part) for part in _line(page) if part),
        heading=Localised(text.name, lang_attr),
        lead=Localised(text.summary, lang_attr),
        figures=(
            _worked_figure(page),
            _median_figure(page.spreads.first, has_nulls=bool(page.nulls)),
            _prediction_figure(page.spreads.first),
            brief_parts.evidence_figure(
                solution.evidence_points, any_effect=page.spreads.first is not None
            ),
        ),
        charts=plots,
        passages=_passages(page),
        boxes=(
            failures,
            worked_box(page, language),
            equity_box(trials),
            cost_box(trials),
            brief_parts.evidence_box(
                page.evidence_lines, page.evidence_bounds, solution.evidence_rule_version
            ),
            *_unknown_box(page.spreads.first),
            *_other_measures(page),
        ),
        sources=tuple(trials.cited),
        foot=_foot(page, trials, edition),
        address=settings.BASE_URL + reverse("knowledge:solution", args=[solution.public_id]),
        words=brief_parts.labels() | {"measure": _("Place")},
        made_of=edition.at,
    )


def _line(page: SolutionPage) -> tuple[str, ...]:
    """The verdict line, with the number of trials of the solution."""
    line = page.line
    words = (line.words,) if line.code else ()
    return (*words, _tried(page), _hidden(page), line.cost, *((line.time,) if line.time else ()))


def _tried(page: SolutionPage) -> str:
    total = page.register.total
    if not total:
        return _("No known trials")
    trials = ngettext("%(n)s trial", "%(n)s trials", total) % {"n": number(total)}
    if not page.n_places:
        return trials
    places = ngettext("%(n)s place", "%(n)s places", page.n_places)
    return _("%(trials)s in %(places)s") % {
        "trials": trials,
        "places": places % {"n": number(page.n_places)},
    }


def _hidden(page: SolutionPage) -> str:
    """How many trials are of hidden places."""
    if not page.n_hidden:
        return ""
    return ngettext(
        "%(n)s in a city that is not disclosed",
        "%(n)s in cities that are not disclosed",
        page.n_hidden,
    ) % {"n": number(page.n_hidden)}


def _worked_figure(page: SolutionPage) -> KeyFigure:
    label = _("Trials that worked")
    register = page.register
    if not register.total:
        return KeyFigure(label=label, value=_("no known trials"), missing=True)
    if register.total == 1:
        value = brief_parts.single_trial_outcome(register)
    elif not register.worked:
        value = _("none of %(total)s") % {"total": number(register.total)}
    else:
        value = _("%(worked)s of %(total)s") % {
            "worked": number(register.worked),
            "total": number(register.total),
        }
    return KeyFigure(label=label, value=value, note=Localised(brief_parts.outcome_counts(register)))


def _median_figure(spread: Spread | None, *, has_nulls: bool) -> KeyFigure:
    middle = None if spread is None else spread.summary.median
    if (spread is None or middle is None) and has_nulls:
        return KeyFigure(label=_("Main result"), value=_("no difference"))
    if spread is None or middle is None:
        return KeyFigure(label=_("Main result"), value=_("effect not known"), missing=True)
    places = ngettext("%(n)s place", "%(n)s places", spread.summary.k) % {
        "n": number(spread.summary.k)
    }
    places = brief_parts.joined(places, spread.to_check_again.rstrip("."))
    if spread.summary.k == 1:
        value, rest = brief_parts.result(
            middle, spread.symbol, spread.unit, is_change=spread.is_change
        )
        measured = " ".join(part for part in (spread.measure, rest) if part)
        return KeyFigure(
            _("Result in one place"), value, Localised(brief_parts.joined(measured, places))
        )
    if spread.word:
        median_range = _median_and_range(spread, middle)
        note = brief_parts.joined(spread.measure, places, median_range, _mean(spread))
        return KeyFigure(_("Main result"), spread.word, Localised(note), missing=True)
    return KeyFigure(
        label=_("Median across places"),
        value=estimate(middle, spread.symbol, spread.digits, signed=spread.is_change),
        note=Localised(brief_parts.joined(spread.measure, places, _range(spread), _mean(spread))),
    )


def _median_and_range(spread: Spread, median: float) -> str:
    figure = estimate(median, spread.symbol, spread.digits, signed=spread.is_change)
    if not (range_text := _range(spread)):
        return str(TOO_DIFFERENT)
    return _("median %(median)s, %(range)s") % {"median": figure, "range": range_text}


def _mean(spread: Spread) -> str:
    """The mean beside a median; empty if places are too few or too different for a mean."""
    if spread.pooled is None:
        return ""
    mean = estimate(spread.pooled.estimate, spread.symbol, spread.digits, signed=spread.is_change)
    return _("mean %(mean)s") % {"mean": mean}


def _range(spread: Spread) -> str:
    """The range of results; empty if it is impossible."""
    low, high = spread.summary.minimum, spread.summary.maximum
    if low is None or high is None or not spread.has_possible_range:
        return ""
    return brief_parts.bounds(low, high, spread.symbol, signed=spread.is_change)


def _prediction_figure(spread: Spread | None) -> KeyFigure:
    label = _("Range to expect in a new place")
    if spread is not None and spread.beyond_possible:
        note = _("the places are too few and too different")
        return KeyFigure(
            label=label, value=_("cannot be predicted"), note=Localised(note), missing=True
        )
    if spread is None or spread.pooled is None:
        note = _("fewer than three places have a result for the same outcome measure")
        return KeyFigure(
            label=label, value=_("cannot be predicted"), note=Localised(note), missing=True
        )
    note = _("95 % prediction interval")
    if spread.is_change and spread.prediction_includes_zero:
        note = _("95 % prediction interval; no change is also possible")
    if spread.word and spread.outlook is not None and spread.outlook.grade:
        note = brief_parts.joined(prediction_in_words(spread), note)
        value = _("Certainty: %(grade)s") % {"grade": spread.outlook.grade}
        return KeyFigure(label=label, value=value, note=Localised(note), missing=True)
    return KeyFigure(label=label, value=prediction_in_words(spread), note=Localised(note))


def _unknown_box(spread: Spread | None) -> tuple[Box, ...]:
    """The uncertainties of the main result, and the versions of the cases it is computed from."""
    view = None if spread is None else spread.outlook
    if view is None:
        return ()
    version = _("version %(n)s")
    cited = ", ".join(
        f"{place} {version % {'n': number(case.revision)}}" for case, place in view.rests_on_shown
    )
    if len(view.rests_on) > len(view.rests_on_shown):
        cited += " …"
    computed = _("Calculated from these versions, and updated if any of them changes:")
    return (
        Box(
            key="unknown",
            title=_("Unknowns"),
            lines=tuple(Line(text=Localised(text), mark="?") for text in view.not_known),
            note=f"{computed} {cited}",
        ),
    )


def _passages(page: SolutionPage) -> tuple[Passage, ...]:
    text, lang_attr = page.text.text, page.text.lang_attr
    passages = []
    if text.how_it_works:
        passages.append(
            Passage(
                "how",
                _("How it works"),
                Localised(text.how_it_works, lang_attr),
                first=True,
            )
        )
    if text.prerequisites:
        needs = brief_parts.joined(
            *(first_capital(str(prerequisite).rstrip(".;")) for prerequisite in text.prerequisites)
        )
        passages.append(
            Passage(
                "needs",
                _("Requirements"),
                Localised(needs, lang_attr),
                note=_("This is an editorial judgement, not a study finding."),
                optional=True,
            )
        )
    return tuple(passages)


def _other_measures(page: SolutionPage) -> tuple[Box, ...]:
    others = (page.spreads.drawn + page.spreads.single)[1:]
    if not others:
        return ()
    lines = []
    for spread in others:
        median = spread.summary.median
        if median is None:
            continue
        value = brief_parts.result(median, spread.symbol, spread.unit, is_change=spread.is_change)
        if spread.summary.k > 1:
            text = _median_and_range(spread, median)
        else:
            text = " ".join(part for part in value if part)
        places = ngettext("%(n)s place", "%(n)s places", spread.summary.k)
        lines.append(
            Line(
                label=f"{first_capital(spread.measure)}{colon()}",
                text=Localised(text),
                note=places % {"n": number(spread.summary.k)},
            )
        )
    return (Box(key="measures", title=_("Other results"), lines=tuple(lines)),)


def _foot(page: SolutionPage, trials: Trials, edition: Edition) -> tuple[str, ...]:
    licences = sorted({case.licence for case in trials.cases.values()})
    rests = ngettext(
        "Based on %(n)s published case; SHA-256 %(digest)s…, as of %(day)s.",
        "Based on %(n)s published cases; SHA-256 %(digest)s…, as of %(day)s.",
        len(trials.cases),
    ) % {
        "n": number(len(trials.cases)),
        "digest": edition.short_digest,
        "day": day(edition.at.date()),
    }
    licence = (
        _("Licence %(licence)s.") % {"licence": ", ".join(licences)}
        if licences
        else _("Licence not known.")
    )
    sentences = [brief_parts.case_text_words(trials.foreign_languages())]
    if page.solution.origin == Origin.STARTER:
        sentences.insert(
            0, brief_parts.checked_words(case.checked_on for case in trials.cases.values())
        )
    return tuple(
        part
        for part in (f"{rests} {licence}", " ".join(sentence for sentence in sentences if sentence))
        if part
    )
