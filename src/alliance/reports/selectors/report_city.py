"""The progress report of a city: a voluntary local review against SDG 11."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Max, Q
from django.utils.functional import Promise as Words
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.adoption.models import Adoption
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.localise import local_text
from alliance.cases.selectors.register import failure_register
from alliance.charts import figures
from alliance.indicators.enums import IndicatorDirection, PeerStanding
from alliance.indicators.messages import standing_line
from alliance.indicators.models import Observation
from alliance.indicators.selectors.profile import ProfileRow, city_profile
from alliance.indicators.selectors.time_series import CitySeries, lines_of_city
from alliance.network.localise import local_field, local_name, localised
from alliance.network.models import City
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process, Promise
from alliance.participation.services.issuing import with_people
from alliance.reports.enums import RecordKind
from alliance.reports.selectors.report_lines import (
    adoption_lines,
    adoption_refs,
    outcome_picture,
    outcome_words,
    pilot_ref,
)
from alliance.reports.selectors.report_parts import Block, Writer, filled, short, stamp
from alliance.testbeds.enums import PilotState
from alliance.testbeds.models import Pilot
from alliance.testbeds.rules import PUBLIC
from alliance.web.formatting import day, number, quantity, semicolon
from alliance.writing.services.as_of import cases_at

#: Short titles of the targets of SDG 11.
TARGETS: Mapping[str, Words] = {
    "11.1": gettext_lazy("Affordable housing"),
    "11.2": gettext_lazy("Transport for everyone"),
    "11.3": gettext_lazy("Planning with residents"),
    "11.4": gettext_lazy("Cultural and natural heritage"),
    "11.5": gettext_lazy("Fewer losses from disasters"),
    "11.6": gettext_lazy("Clean air and less waste"),
    "11.7": gettext_lazy("Green and public spaces"),
    "11.a": gettext_lazy("Links between town and country"),
    "11.b": gettext_lazy("Climate and disaster plans"),
}
#: The number of drawings, of other indicators and of lines.
DRAWN, OTHERS, MOST = 8, 25, 12
#: Fewer people could be identified, so they are not counted.
FEWEST_PEOPLE = 10


class Figures:
    """The indicators of a city at the time of the report."""

    def __init__(self, writer: Writer, city: City) -> None:
        self.writer, self.city = writer, city
        self.profile = city_profile(city, writer.language, writer.moment)
        self.lines: dict[tuple[int, str], CitySeries] = {
            (line.definition, line.boundary): line for line in lines_of_city(city, writer.moment)
        }
        seen = Observation.objects.filter(
            series__city=city, recorded_at__lte=writer.moment
        ).aggregate(at=Max("recorded_at"))["at"]
        self.refs: list[int] = []
        if seen is not None:
            self.refs.append(
                writer.read(
                    RecordKind.CITY,
                    city.public_id,
                    stamp(seen),
                    local_name(city, writer.language),
                    writer.address("indicators:city", city.public_id)
                    + f"?as_of={writer.moment:%Y-%m-%d}",
                    _("as of %(day)s") % {"day": day(writer.moment.date())},
                )
            )
        self.ranked = list(self.refs)
        if release := self.profile["release"]:
            self.ranked.append(
                writer.read(
                    RecordKind.RELEASE,
                    release.public_id,
                    release.public_id,
                    release.name,
                    writer.address("indicators:release", release.public_id),
                    _("published on %(day)s") % {"day": day(release.published_at.date())},
                )
            )
        self.rows: list[tuple[PeerStanding, ProfileRow]] = [
            (section.code, row) for section in self.profile["sections"] for row in section.rows
        ]

    def of(self, *codes: PeerStanding) -> list[ProfileRow]:
        """The rows of a standing that have a figure."""
        return [
            row
            for code, row in self.rows
            if code in codes and row.figure and row.figure.value is not None
        ]

    def targets(self, row: ProfileRow) -> list[str]:
        """The SDG targets of an indicator."""
        return list(row.figure.version.sdg_targets) if row.figure else []

    def value(self, row: ProfileRow) -> str:
        """The formatted figure with its unit."""
        figure = row.figure
        if figure is None or figure.value is None:
            return _("no data")
        unit = local_field(figure.version, "unit_label", self.writer.language)
        return quantity(figure.value, unit, figure.version.decimals)

    def standing(self, code: PeerStanding, row: ProfileRow) -> str:
        """The standing among comparable cities, if known."""
        return {
            PeerStanding.LEADING: _("ahead"),
            PeerStanding.MUST_DO_MORE: _("behind"),
            PeerStanding.TYPICAL: _("similar"),
            PeerStanding.UNCLEAR: _("unclear"),
        }.get(code, "")

    def cells(self, code: PeerStanding, row: ProfileRow, target: str = "") -> list[str]:
        """Name, figure, year and standing of an indicator."""
        name = local_name(row.indicator, self.writer.language)
        period = row.figure.period if row.figure else ""
        return [f"{target} {name}".strip(), self.value(row), period, self.standing(code, row)]

    def drawing(self, row: ProfileRow) -> tuple[str, str, str, list[int]] | None:
        """The time series of an indicator: svg, title, caption and records."""
        if row.figure is None:
            return None
        key = (row.figure.version.definition_id, row.figure.boundary)
        line = self.lines.get(key)
        points = [
            (point.period, point.value)
            for point in (line.points if line else ())
            if point.value is not None
        ]
        if len(points) < 2:
            return None
        title = local_name(row.indicator, self.writer.language)
        direction = {
            IndicatorDirection.LOWER: _("Lower is better."),
            IndicatorDirection.HIGHER: _("Higher is better."),
        }.get(IndicatorDirection(row.figure.version.direction), "")
        aim = row.target.value if row.target is not None else None
        caption = " ".join(
            part
            for part in (
                local_field(row.figure.version, "unit_label", self.writer.language) + ".",
                direction,
                _("Dashed line: target of %(value)s by %(year)s.")
                % {"value": number(aim), "year": row.target.year}
                if row.target is not None and aim is not None
                else "",
                _("The line ends in %(newest)s; the comparison between cities is for %(year)s.")
                % {"newest": points[-1][0], "year": row.figure.period}
                if points[-1][0] != row.figure.period
                else "",
            )
            if part
        )
        svg = figures.series(points[-15:], title=title, last=number(points[-1][1]), target=aim)
        return svg, title, caption, self.refs


def city_report(writer: Writer, city: City) -> dict[str, Any]:
    """Writes the report of `city`; returns its title, key figures and summary."""
    name = local_name(city, writer.language)
    city_figures = Figures(writer, city)
    cases = cases_at(writer.moment, visible_cases(None).filter(city=city))
    adoptions = list(
        Adoption.objects.filter(adopting_city=city, public_at__lte=writer.moment)
        .order_by("-started_at", "public_id")
        .select_related("adopting_city")
    )
    promises, processes = _promises(writer, city), _processes(writer, city)
    behind, leading = (
        city_figures.of(PeerStanding.MUST_DO_MORE),
        city_figures.of(PeerStanding.LEADING),
    )
    state = _by_state(promises, writer.moment)
    summary = list(_summary(writer, city_figures, cases, adoptions, state))
    _indicators(writer, city_figures, leading, behind)
    _actions(writer, cases, adoptions, city)
    _residents(writer, processes, promises, state)
    writer.chapter("next")
    writer.items(list(_next(writer, city_figures, behind, promises)))
    return {
        "title": _("%(city)s on the way to 2030") % {"city": name},
        "lead": _(
            "The city’s indicators, actions and promises, compared with goal 11: "
            "sustainable cities and communities."
        ),
        "kicker": _("Voluntary local review"),
        "figures": [
            {
                "label": _("Indicators with figures"),
                "value": filled(
                    _("%(n)s of %(all)s"),
                    n=city_figures.profile["n_figures"],
                    all=city_figures.profile["n_indicators"],
                ),
            },
            {
                "label": _("Ahead of comparable cities"),
                "value": number(city_figures.profile["n_leading"]),
            },
            {"label": _("Cases"), "value": number(len(cases))},
            {
                "label": _("Promises kept"),
                "value": filled(_("%(n)s of %(all)s"), n=len(state["kept"]), all=len(promises))
                if promises
                else _("none made"),
            },
        ],
        "summary": summary,
        "tables": {"cases": cases, "figures": _table(writer, city_figures)},
    }


def _summary(
    writer: Writer,
    city_figures: Figures,
    cases: Sequence[CaseStudy],
    adoptions: Sequence[Adoption],
    state: Mapping[str, Sequence[Promise]],
) -> Iterator[Block]:
    for rows, label, code in (
        (city_figures.of(PeerStanding.LEADING), _("Ahead of comparable cities"), "leading"),
        (city_figures.of(PeerStanding.MUST_DO_MORE), _("Needs to do more"), "must-do-more"),
    ):
        if rows:
            names = ", ".join(local_name(row.indicator, writer.language) for row in rows[:6])
            yield writer.line(f"{names}.", city_figures.ranked, label=label, code=code)
    missing = [target for target in TARGETS if not _with_target(city_figures, target)]
    if missing:
        sentence = ngettext(
            "No figure is known for %(n)s of the %(all)s targets of SDG 11: %(names)s.",
            "No figures are known for %(n)s of the %(all)s targets of SDG 11: %(names)s.",
            len(missing),
        )
        names = ", ".join(missing)
        sentence = filled(sentence, n=len(missing), all=len(TARGETS), names=names)
        yield writer.line(sentence, city_figures.refs)
    if cases:
        sentence = ngettext(
            "%(n)s case is about the city: %(outcomes)s.",
            "%(n)s cases are about the city: %(outcomes)s.",
            len(cases),
        )
        outcomes = outcome_words(failure_register(cases))
        sentence = filled(sentence, n=len(cases), outcomes=outcomes)
        yield writer.line(sentence, map(writer.case, cases))
    if adoptions:
        sentence = ngettext(
            "The city has adopted %(n)s solution from another city, or is doing so.",
            "The city has adopted %(n)s solutions from other cities, or is doing so.",
            len(adoptions),
        )
        refs = [ref for _title, ref in adoption_refs(writer, adoptions).values()]
        yield writer.line(filled(sentence, n=len(adoptions)), refs)
    if late := state["late"]:
        sentence = ngettext(
            "%(n)s promise to residents is overdue.",
            "%(n)s promises to residents are overdue.",
            len(late),
        )
        refs = [_process_ref(writer, promise.process) for promise in late]
        yield writer.line(filled(sentence, n=len(late)), refs, code="late")


def _with_target(city_figures: Figures, target: str) -> list[tuple[PeerStanding, ProfileRow]]:
    return [
        (code, row)
        for code, row in city_figures.rows
        if row.figure and row.figure.value is not None and target in city_figures.targets(row)
    ]


def _indicators(
    writer: Writer,
    city_figures: Figures,
    leading: Sequence[ProfileRow],
    behind: Sequence[ProfileRow],
) -> None:
    writer.chapter("indicators")
    writer.paragraph(
        standing_line(
            *(city_figures.profile[name] for name in ("n_leading", "n_behind", "n_ranked"))
        ),
        city_figures.ranked,
        lead=True,
    )
    of_goal = [row for target in TARGETS for _code, row in _with_target(city_figures, target)]
    chosen = list({row.indicator.pk: row for row in (*behind, *leading, *of_goal)}.values())
    drawn = [drawing for row in chosen if (drawing := city_figures.drawing(row))][:DRAWN]
    if drawn:
        writer.pictures(drawn)
    rows: list[tuple[Sequence[Any], Sequence[int]]] = []
    for target, label in TARGETS.items():
        own = _with_target(city_figures, target)
        if not own:
            rows.append(((f"{target} {label}", _("no data"), "", ""), ()))
        for code, row in own:
            refs = city_figures.ranked if city_figures.standing(code, row) else city_figures.refs
            rows.append((city_figures.cells(code, row, target), refs))
    head = (_("Target and indicator"), _("Figure"), _("Year"), _("Among comparable cities"))
    writer.table(_("Targets of SDG 11"), head, rows)
    others = [
        (code, row)
        for code, row in city_figures.rows
        if row.figure
        and row.figure.value is not None
        and not set(city_figures.targets(row)) & set(TARGETS)
        and code in (PeerStanding.LEADING, PeerStanding.MUST_DO_MORE, PeerStanding.TYPICAL)
    ][:OTHERS]
    if others:
        writer.table(
            _("Other goals"),
            (_("Indicator"), *head[1:]),
            [(city_figures.cells(code, row), city_figures.ranked) for code, row in others],
        )


def _table(writer: Writer, city_figures: Figures) -> list[tuple[Any, ...]]:
    """The figures of the data annex, starting with the header."""
    rows: list[tuple[Any, ...]] = [
        ("indicator", "sdg_targets", "period", "value", "unit", "definition_version", "source",
         "standing")
    ]  # fmt: skip
    for code, row in city_figures.rows:
        if row.figure is not None and row.figure.value is not None:
            figure = row.figure
            rows.append(
                (
                    row.indicator.code, list(figure.version.sdg_targets), figure.period,
                    figure.value, figure.version.unit_label, figure.version.number,
                    figure.source.url if figure.source else "", str(code.value),
                )
            )  # fmt: skip
    return rows


def _actions(
    writer: Writer, cases: Sequence[CaseStudy], adoptions: Sequence[Adoption], city: City
) -> None:
    writer.chapter("actions")
    pilots = list(
        Pilot.objects.filter(
            Q(places__city=city) | Q(organisation__city=city),
            state__in=[state.value for state in PUBLIC],
            frozen_at__lte=writer.moment,
        )
        .distinct()
        .order_by("-frozen_at", "public_id")
    )
    if not cases and not adoptions and not pilots:
        writer.paragraph(_("The city has no public cases, adoptions or pilots yet."))
        return
    if cases:
        by_solution: dict[str, list[CaseStudy]] = {}
        for case in cases:
            name = local_text(case.solution, "name", writer.language).value
            by_solution.setdefault(name, []).append(case)
        rows = sorted(by_solution.items(), key=lambda item: (-len(item[1]), item[0]))
        outcome_picture(
            writer,
            rows,
            _("Outcomes of the city’s cases, by solution"),
            _("Each case is one trial."),
        )
        newest = sorted(cases, key=lambda case: (-(case.start_year or 0), case.public_id))
        writer.items(
            [
                writer.case_line(case, short(local_text(case, "abstract", writer.language)))
                for case in newest[:MOST]
            ]
        )
    if adoptions:
        writer.heading(_("Solutions from other cities"))
        writer.items(adoption_lines(writer, adoptions[:MOST]))
    if pilots:
        writer.heading(_("Pilots"))
        writer.items(
            [
                writer.line(
                    capfirst(str(PilotState(pilot.state).label)),
                    [pilot_ref(writer, pilot)],
                    label=localised(pilot.title, pilot.language, writer.language),
                    url=writer.address("testbeds:pilot", pilot.public_id),
                )
                for pilot in pilots[:MOST]
            ]
        )


def _processes(writer: Writer, city: City) -> list[Process]:
    return list(
        with_people(Process.objects.filter(city=city, is_synthetic=False))
        .filter(opened_at__lte=writer.moment)
        .exclude(state=ProcessState.DRAFT)
        .order_by("-opened_at", "public_id")
    )


def _promises(writer: Writer, city: City) -> list[Promise]:
    return list(
        Promise.objects.filter(
            process__city=city, process__is_synthetic=False, made_at__lte=writer.moment,
            process__opened_at__lte=writer.moment,
        )
        .exclude(process__state=ProcessState.DRAFT)
        .select_related("process")
        .order_by("due_on", "public_id")
    )  # fmt: skip


def _by_state(promises: Sequence[Promise], moment: dt.datetime) -> dict[str, list[Promise]]:
    """Promises that were kept, are overdue, or are not yet due, at a time."""
    by_state: dict[str, list[Promise]] = {"kept": [], "late": [], "open": []}
    for promise in promises:
        if promise.kept_at is not None and promise.kept_at <= moment:
            by_state["kept"].append(promise)
        else:
            by_state["late" if promise.due_on < moment.date() else "open"].append(promise)
    return by_state


def _process_ref(writer: Writer, process: Process) -> int:
    return writer.changed(
        RecordKind.PROCESS,
        process,
        process.changed_at,
        localised(process.title, process.language, writer.language),
        "participation:results",
    )


def _residents(
    writer: Writer,
    processes: Sequence[Process],
    promises: Sequence[Promise],
    state: Mapping[str, Sequence[Promise]],
) -> None:
    writer.chapter("residents")
    if not processes:
        writer.paragraph(
            _("The city has not asked its residents any questions on the platform yet.")
        )
        return
    refs = [_process_ref(writer, process) for process in processes]
    if promises:
        title = _("Promises to residents")
        svg = figures.bars(
            [
                (_("Kept"), [len(state["kept"]), 0, 0]),
                (_("Overdue"), [0, len(state["late"]), 0]),
                (_("Not due yet"), [0, 0, len(state["open"])]),
            ],
            [
                ("worked", _("Kept")),
                ("did-not-work", _("Overdue")),
                ("open", _("Not due yet")),
            ],
            title=title,
        )
        writer.picture(svg, title, _("Each promise has a due date."), refs)
    writer.items(
        [
            writer.line(
                short(
                    localised(process.result or process.summary, process.language, writer.language)
                ),
                [_process_ref(writer, process)],
                label=localised(process.title, process.language, writer.language),
                url=writer.address("participation:results", process.public_id),
                note=" · ".join(
                    (
                        capfirst(str(ProcessState(process.state).label)),
                        people_words(process.n_people),  # type: ignore[attr-defined]
                    )
                ),
            )
            for process in processes[:MOST]
        ]
    )


def people_words(n: int | None) -> str:
    """How many people took part; a number so small that people could be identified is not given."""
    if n is None or n < FEWEST_PEOPLE:
        return _("fewer than %(n)s people took part") % {"n": number(FEWEST_PEOPLE)}
    return ngettext("%(n)s person took part", "%(n)s people took part", n) % {"n": number(n)}


def _next(
    writer: Writer,
    city_figures: Figures,
    behind: Sequence[ProfileRow],
    promises: Sequence[Promise],
) -> Iterator[Block]:
    for row in behind[:5]:
        yield writer.line(
            _("See what other cities have done and whether it worked."),
            city_figures.ranked,
            label=local_name(row.indicator, writer.language),
            url=writer.address("search:find") + (f"?{row.effects_query}" if row.measures else ""),
        )
    for promise in [
        promise
        for promise in promises
        if promise.kept_at is None or promise.kept_at > writer.moment
    ][:5]:
        kind = capfirst(str(promise.get_kind_display()))
        yield writer.line(
            _("Promised for %(day)s.") % {"day": day(promise.due_on)},
            [_process_ref(writer, promise.process)],
            label=promise.localised_text("text", writer.language) if promise.text else kind,
        )
    missing = [
        f"{target} {label}"
        for target, label in TARGETS.items()
        if not _with_target(city_figures, target)
    ]
    if missing:
        sentence = _("Enter a figure or name its publisher for: %(targets)s.")
        yield writer.line(
            sentence % {"targets": f"{semicolon()} ".join(missing)},
            label=_("Targets without a figure"),
            url=writer.address("indicators:city", city_figures.city.public_id),
        )
