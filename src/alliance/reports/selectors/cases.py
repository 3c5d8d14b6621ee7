"""The brief of a case: its answer, its result, its cost, and other trials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.charts.forest import Forest
from alliance.core.audit import Actor
from alliance.knowledge.documents import main_effect, main_null
from alliance.knowledge.enums import Outcome
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.cases import CasePage, case_page
from alliance.knowledge.selectors.effects import EffectView, effect_view, first_capital
from alliance.knowledge.selectors.localise import country_name, local_name, local_place
from alliance.knowledge.selectors.register import Register, failure_register
from alliance.network.bands import climate_zone, size_band
from alliance.reports.selectors import brief_parts
from alliance.reports.selectors.content import (
    Box,
    Brief,
    Chart,
    KeyFigure,
    Line,
    Mark,
    Passage,
    Row,
)
from alliance.reports.selectors.editions import Edition
from alliance.web.formatting import colon, day, language_name, number, period
from alliance.web.narrative import plain_of


@dataclass(frozen=True)
class Peer:
    """Another trial of the same solution. `same_size` and `same_climate` compare the two cities."""

    public_id: str
    place: str
    outcome: str
    reasons: tuple[str, ...]
    years: str
    points: int | None
    same_size: bool
    same_climate: bool

    @property
    def likeness(self) -> str:
        """The similarity of the cities as text; empty if they are not similar."""
        if self.same_size and self.same_climate:
            return _("city of similar size and climate")
        if self.same_size:
            return _("city of similar size")
        return _("city with a similar climate") if self.same_climate else ""


def peers_of(actor: Actor | None, case: CaseStudy, language: str) -> tuple[Peer, ...]:
    """The other trials of the solution, those in similar cities first, then by strength of
    evidence.

    Cities are similar if they share the size band or climate zone, by the rules of the network.
    """
    size, climate = size_band(case.city), climate_zone(case.city)
    others = (
        visible_cases(actor)
        .filter(solution_id=case.solution_id)
        .exclude(pk=case.pk)
        .select_related("city")
    )
    peers = []
    for other in others:
        peers.append(
            Peer(
                public_id=other.public_id,
                place=f"{local_place(other, language)}, {country_name(other.country, language)}",
                outcome=other.outcome,
                reasons=tuple(other.reasons),
                years=period(other.start_year, other.end_year),
                points=other.evidence_points,
                same_size=size is not None and size_band(other.city) == size,
                same_climate=climate is not None and climate_zone(other.city) == climate,
            )
        )
    return tuple(
        sorted(
            peers,
            key=lambda peer: (
                -(peer.same_size + peer.same_climate),
                -(-1 if peer.points is None else peer.points),
                peer.public_id,
            ),
        )
    )


def case_brief(actor: Actor | None, case: CaseStudy, edition: Edition) -> Brief:
    """The brief of a published case in the active language, which must be the edition's.

    Expects the solution and city of the case. Raises LookupError if no version is stored.
    """
    language = edition.language
    page = case_page(case, language)
    peers = peers_of(actor, case, language)
    text = page.text.text
    lang_attr = page.text.lang_attr
    kicker = _("One-page case brief")
    return Brief(
        kind="case",
        public_id=page.case.public_id,
        language=language,
        document_title=f"{text.title} – {kicker}",
        network=settings.NETWORK_NAME,
        kicker=kicker,
        outcome=_outcome(page),
        facts=(
            Localised(page.place if page.case.is_masked else f"{page.place}, {page.country}"),
            Localised(period(page.case.start_year, page.case.end_year)),
            page.solution,
        ),
        heading=Localised(text.title, lang_attr),
        lead=Localised(text.summary, lang_attr),
        figures=(
            _main_figure(page, language),
            _cost_figure(page),
            brief_parts.evidence_figure(page.grade.points, any_effect=page.grade.any_effect),
            _elsewhere_figure(failure_register(peers)),
        ),
        charts=_charts(page, language),
        passages=_passages(page),
        boxes=(_cost_box(page), _evidence_box(page), _peers_box(peers)),
        sources=tuple(
            brief_parts.source_line(
                place,
                title=source.title,
                url=source.url,
                kind=str(source.get_kind_display()),
                seen=source.seen,
                lang_attr=page.effects_language,
            )
            for place, source in enumerate(page.sources, start=1)
        ),
        foot=_foot(page, edition),
        address=page.cited.url,
        words=_words(page),
        made_of=edition.at,
    )


def _words(page: CasePage) -> dict[str, str]:
    """The fixed texts; if the city is hidden, its sources are withheld, not missing."""
    labels = brief_parts.labels()
    if page.case.is_masked:
        labels["no_sources"] = _("Not published because they would identify the city.")
    return labels


def _outcome(page: CasePage) -> Mark:
    word = str(Outcome(page.case.outcome).label)
    return Mark(
        page.case.outcome, f"{word}{colon()} {', '.join(page.reasons)}" if page.reasons else word
    )


def _main_figure(page: CasePage, language: str) -> KeyFigure:
    label = _("Main result")
    effect, null = main_effect(page.case), main_null(page.case)
    if effect is None and null is None:
        null = next(iter(page.nulls), None)
    if null is not None:
        note = brief_parts.joined(
            local_name(null.measure, language), str(null.get_design_display())
        )
        return KeyFigure(label=label, value=_("no difference"), note=Localised(note))
    if effect is None:
        note = _("effects are shown, but not counted") if page.effects.rows else ""
        return KeyFigure(
            label=label, value=_("effect not known"), note=Localised(note), missing=True
        )
    main = effect_view(effect, language)
    value, rest = brief_parts.result(main.value, main.symbol, main.unit, is_change=main.is_change)
    parts = [" ".join(part for part in (main.measure, rest) if part), _basis(main)]
    if main.low is not None and main.high is not None:
        parts.append(_interval(main))
    else:
        parts.append(_("no interval published"))
    return KeyFigure(label=label, value=value, note=Localised(brief_parts.joined(*parts)))


def _cost_figure(page: CasePage) -> KeyFigure:
    value, basis = brief_parts.cost_words(page.cost)
    label = _("Cost per resident")
    if value:
        return KeyFigure(label=label, value=value, note=Localised(basis))
    total = "" if page.cost.amount is None else brief_parts.total_cost(page.cost)
    return KeyFigure(label=label, value=basis, note=Localised(total), missing=True)


def _elsewhere_figure(register: Register[Peer]) -> KeyFigure:
    label = _("The same solution in other places")
    if not register.total:
        return KeyFigure(label=label, value=_("no other trial known"), missing=True)
    if register.total == 1:
        value = brief_parts.single_trial_outcome(register)
    elif not register.worked:
        value = _("none of %(total)s worked") % {"total": number(register.total)}
    else:
        value = _("%(worked)s of %(total)s worked") % {
            "worked": number(register.worked),
            "total": number(register.total),
        }
    return KeyFigure(label=label, value=value, note=Localised(brief_parts.outcome_counts(register)))


def _interval(row: EffectView) -> str:
    if row.low is None or row.high is None:
        return ""
    return _("95 %%: %(bounds)s") % {
        "bounds": brief_parts.bounds(row.low, row.high, row.symbol, signed=row.is_change)
    }


def _basis(row: EffectView) -> str:
    return ", ".join(part for part in (row.design_label, row.years, row.doubt) if part)


def _row(row: EffectView, rank: int) -> Row:
    value, rest = brief_parts.result(row.value, row.symbol, row.unit, is_change=row.is_change)
    sample = ""
    if row.n is not None:
        sample = _("sample of %(n)s") % {"n": number(row.n)}
    basis = brief_parts.joined(_basis(row), sample)
    if row.excluded:
        basis = brief_parts.joined(basis, _("not counted: %(reason)s") % {"reason": row.excluded})
    return Row(
        label=Localised(first_capital(row.measure)),
        part=Localised(row.qualifier, row.lang_attr if row.qualifier else ""),
        value=value,
        interval=brief_parts.joined(rest, _interval(row)),
        basis=basis,
        filled=row.is_measured,
        priority=rank,
    )


def _charts(page: CasePage, language: str) -> tuple[Chart, ...]:
    """Charts of counted changes by unit, then levels and counts, then results without a difference,
    then results that do not count."""
    counted = [row for row in page.effects.rows if not row.excluded]
    charts = []
    for chart in page.effects.charts:
        plot = chart.plot
        rows = [
            row
            for row in counted
            if row.is_change
            and row.unit == plot.unit_name
            and row.direction.startswith(plot.favourable)
        ]
        charts.append(_drawn(plot, rows))
    if page.effects.figures:
        charts.append(_listed("", page.effects.figures))
    charts += brief_parts.null_chart(
        brief_parts.null_row(
            null, first_capital(local_name(null.measure, language)), language, rank=rank
        )
        for rank, null in enumerate(page.nulls)
    )
    if page.effects.excluded:
        uncounted = _listed(_("Shown, but not counted"), page.effects.excluded)
        charts.append(replace(uncounted, optional=True))
    return tuple(charts)


def _drawn(plot: Forest, rows: Iterable[EffectView]) -> Chart:
    listed = list(rows)
    return Chart(
        title=first_capital(plot.unit_name),
        unit=brief_parts.better(plot),
        ticks=brief_parts.ticks(plot.axis, signed=plot.signed),
        rows=tuple(
            brief_parts.placed(_row(row, rank), plot.axis, row.value, row.low, row.high)
            for row, rank in zip(
                listed, brief_parts.ranks([row.value for row in listed]), strict=True
            )
        ),
        caption=(" ".join(brief_parts.plot_caption(plot)),),
    )


def _listed(title: str, rows: Iterable[EffectView]) -> Chart:
    return Chart(
        title=title,
        unit="",
        rows=tuple(_row(row, rank) for rank, row in enumerate(rows)),
    )


def _passages(page: CasePage) -> tuple[Passage, ...]:
    text, lang_attr = page.text.text, page.text.lang_attr

    def passage(key: str, title: str, body: str, tone: str = "plain", note: str = "") -> Passage:
        if not body:
            return Passage(key, title, Localised(_("not known")), tone, missing=True)
        return Passage(key, title, Localised(plain_of(body), lang_attr), tone, note)

    who = " ".join(f"{label}{colon()} {groups}." for label, groups in page.affected)
    judged = (
        _("Judgement of the editors based on the sources below, not a measured result.")
        if page.is_starter
        else ""
    )
    passages = [
        passage("did-not", _("What did not work"), text.what_did_not, "did-not-work"),
        passage("worked", _("What worked"), text.what_worked, "worked"),
        passage(
            "equity",
            _("Who gained, who paid"),
            text.equity_notes or who,
            note=" ".join(filter(None, (who if text.equity_notes else "", judged))),
        ),
    ]
    if text.problem:
        problem = passage("problem", _("The problem"), text.problem)
        passages.append(replace(problem, optional=True, first=True))
    return tuple(passages)


def _cost_box(page: CasePage) -> Box:
    lines = [*brief_parts.cost_lines(page.cost), *brief_parts.amount_lines(page.cost.case)]
    for quantity in page.quantities:
        if quantity.amount is not None:
            text = f"{number(quantity.amount.value)} {quantity.amount.unit}"
            lines.append(Line(label=f"{quantity.title}{colon()}", text=Localised(text)))
    return Box(
        key="cost",
        title=_("Cost"),
        lines=tuple(lines),
        empty=_("not known"),
        note=brief_parts.deflator_words(page.cost),
    )


def _evidence_box(page: CasePage) -> Box:
    return brief_parts.evidence_box(page.grade.lines, page.grade.bound, page.grade.rule_version)


def _peers_box(peers: tuple[Peer, ...]) -> Box:
    lines = []
    for peer in peers:
        parts = [peer.years]
        if peer.outcome != Outcome.WORKED:
            parts.insert(0, brief_parts.reasons(peer.reasons) or str(Outcome(peer.outcome).label))
        if peer.likeness:
            parts.append(peer.likeness)
        lines.append(
            Line(mark=peer.outcome, text=Localised(peer.place), note=brief_parts.joined(*parts))
        )
    alike = sum(bool(peer.likeness) for peer in peers)
    note = ""
    if alike:
        note = ngettext(
            "Similar: a city in the same size band or climate zone (%(n)s).",
            "Similar: cities in the same size band or climate zone (%(n)s).",
            alike,
        ) % {"n": number(alike)}
    return Box(
        key="peers",
        title=_("Other places that tried it"),
        lines=tuple(lines),
        empty=_("No other trial of this solution is known."),
        note=note,
        wide=True,
    )


def _foot(page: CasePage, edition: Edition) -> tuple[str, ...]:
    cited = page.cited
    version = _(
        "Version %(version)s of the case, SHA-256 %(digest)s…, as of %(day)s. Licence %(licence)s."
    ) % {
        "version": cited.version,
        "digest": cited.short_digest,
        "day": day(edition.at.date()),
        "licence": page.case.licence,
    }
    sentences = []
    if page.is_starter:
        sentences.append(brief_parts.checked_words([page.case.checked_on]))
    sentences.append(brief_parts.case_text_words([page.text.lang_attr]))
    if page.text.is_translation and not page.text.is_reviewed:
        sentences.append(
            _("Translated from %(language)s, not reviewed.")
            % {"language": language_name(page.text.original_language)}
        )
    if page.text.stale:
        sentences.append(_("The original has changed since it was translated."))
    return tuple(
        part for part in (version, " ".join(sentence for sentence in sentences if sentence)) if part
    )
