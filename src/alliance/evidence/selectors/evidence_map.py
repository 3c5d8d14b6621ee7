"""The evidence map from the rows that are stored with the verdicts, as pages and files show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Count, F
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alliance.analysis.effect_spread import COMPARISON_DESIGNS
from alliance.analysis.evidence.certainty import GRADES
from alliance.analysis.evidence.evidence_map import (
    BETTER,
    MIXED,
    UNCLEAR,
    VERSION,
    WORSE,
    EvidenceMap,
    MapCell,
    MapRow,
    OutcomePlace,
    ThemeBody,
    evidence_map,
)
from alliance.cases.effects import UNDISCLOSED
from alliance.cases.enums import OutcomeTheme, Scheme, Theme, Topic
from alliance.cases.models import Solution, SolutionClassification, SolutionText
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.localise import chosen_text
from alliance.charts import evidence_map as chart
from alliance.core.audit import Actor
from alliance.evidence.messages.evidence_map import (
    DIRECTION_WORDS,
    GAP_WORDS,
    cell_text,
    theme_label,
)
from alliance.evidence.messages.method_results import MEASURE_NAMES
from alliance.evidence.messages.spread import to_check_again
from alliance.evidence.selectors.method_results import MapLine
from alliance.network.enums import NeedState, TagScheme
from alliance.network.models import NeedTag

#: The map shows all solutions up to this number, beyond it a fair share of each theme.
ROWS_SHOWN = 100
GAPS_LISTED = 3
#: What a solution filed under a theme or topic is meant to change.
AIMS: dict[str, OutcomeTheme] = {
    Theme.MOBILITY: OutcomeTheme.TRAFFIC,
    Theme.AIR_QUALITY: OutcomeTheme.AIR,
    Theme.HEALTH: OutcomeTheme.HEALTH,
    Theme.CLIMATE_MITIGATION: OutcomeTheme.EMISSIONS,
    Theme.CLIMATE_ADAPTATION: OutcomeTheme.HEALTH,
    Theme.ENERGY: OutcomeTheme.ENERGY,
    Theme.WASTE: OutcomeTheme.WASTE,
    Theme.CIRCULAR_ECONOMY: OutcomeTheme.WASTE,
    Theme.ROAD_SAFETY: OutcomeTheme.ROAD_SAFETY,
    Theme.WATER: OutcomeTheme.WATER,
    Theme.NATURE: OutcomeTheme.NATURE,
    Theme.GOVERNANCE: OutcomeTheme.PARTICIPATION,
    Topic.ENGAGING_CITIZENS: OutcomeTheme.PARTICIPATION,
    Topic.EQUITY: OutcomeTheme.FAIRNESS,
}
_DESIGNS = {"compared": COMPARISON_DESIGNS, "rct": frozenset({"rct"})}
_GROUPS = (*Theme.values, "")


@dataclass(frozen=True)
class CellView:
    """A cell as a page draws it: `text` is all of it in words, `label` the heading of its column.

    `asked`: cities with an open need under a theme that its outcome belongs to.
    """

    cell: MapCell
    name: str
    label: str | Promise
    asked: int = 0

    @property
    def text(self) -> str:
        """The whole cell in words."""
        return cell_text(self.cell, self.name, self.label)

    @property
    def path(self) -> str:
        """The mark; empty where nobody has measured it."""
        return chart.mark(self.cell.places, self.cell.direction) if self.cell.places else ""

    @property
    def shape(self) -> str:
        """Its direction as a style."""
        return chart.SHAPES.get(self.cell.direction, "d-level")

    @property
    def fill(self) -> str:
        """Its certainty as a style."""
        return chart.FILLS[self.cell.certainty]

    @property
    def gap(self) -> Promise:
        """What is missing, in words."""
        return GAP_WORDS[self.cell.gap]


@dataclass(frozen=True)
class RowView:
    """A solution and its cell in each column, None where there is nothing."""

    solution: str
    name: str
    lang_attr: str
    cells: tuple[CellView | None, ...]


@dataclass(frozen=True)
class GroupView:
    """The solutions under one theme; `n` there are, `rows` are shown."""

    code: str
    rows: tuple[RowView, ...]
    n: int

    @property
    def label(self) -> str | Promise:
        """The theme."""
        return Theme(self.code).label if self.code else _("Other")


@dataclass(frozen=True)
class MapPage:
    """The map, and what it says in a sentence.

    `gaps` are what nobody has measured though it is aimed at, those that cities ask about first;
    `n_gaps` there are, `n_asked` of them asked about. `is_part`: filters left something out, so
    that what is empty is no gap. `themes`: code, label and number of solutions of each. Of the
    solutions with a result, `n_less` are not shown, as too few places measured the same outcome.
    """

    evidence_map: EvidenceMap
    columns: tuple[tuple[str, str | Promise], ...]
    groups: tuple[GroupView, ...]
    n_solutions: int
    gaps: tuple[CellView, ...]
    n_gaps: int
    n_asked: int
    is_part: bool
    themes: tuple[tuple[str, str | Promise, int], ...]
    n_less: int

    @property
    def to_check_again(self) -> str:
        """How many of the results are to be looked up again, in words; empty where none is."""
        cells = self.evidence_map.cells.values()
        return to_check_again(
            sum(cell.to_check for cell in cells), sum(cell.places for cell in cells)
        )


def countries_of_cases(actor: Actor | None) -> list[str]:
    """The countries that cases of the map come from; one query."""
    cases = visible_cases(actor).exclude(country=UNDISCLOSED)
    return sorted(cases.order_by().values_list("country", flat=True).distinct())


def _matches_filters(place: OutcomePlace, filters: Mapping[str, str]) -> bool:
    country = filters.get("country")
    if country and (place.is_hidden or not place.place.startswith(f"{country}:")):
        return False
    design = filters.get("design")
    return not design or place.design in _DESIGNS[design]


def _is_sure(body: Mapping[str, str] | None, filters: Mapping[str, str]) -> bool:
    least = filters.get("certainty")
    if not least:
        return True
    return body is not None and GRADES.index(body["certainty"]) >= GRADES.index(least)


def map_rows(filters: Mapping[str, str], among: Collection[str] | None = None) -> list[MapRow]:
    """The rows of the map that the `filters` leave, in two queries; of solutions `among` these.

    Filters: `theme` of the solution, `country` and `design` of results, `certainty`; how certain a
    cell is stays that of all its places.
    """
    solutions = Solution.objects.order_by("public_id")
    codes = SolutionClassification.objects.filter(scheme__in=[Scheme.THEME, Scheme.TOPIC])
    if among is not None:
        solutions = solutions.filter(public_id__in=among)
        codes = codes.filter(solution__public_id__in=among)
    filed: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, scheme, code in codes.order_by("id").values_list("solution_id", "scheme", "code"):
        filed[key][scheme].append(code)
    is_part = is_partial(filters)
    rows = []
    if wanted := filters.get("theme"):
        solutions = solutions.filter(
            pk__in=[key for key, own in filed.items() if wanted in own[Scheme.THEME]]
        )
    columns = ("pk", "public_id", "outcomes", "outcomes_version")
    for key, public_id, outcomes, version in solutions.values_list(*columns):
        themes, topics = filed[key][Scheme.THEME], filed[key][Scheme.TOPIC]
        if version != VERSION:
            # Made by another rule: it is made again with the grades.
            outcomes = {}
        places, bodies = {}, {}
        for theme, outcome in outcomes.items():
            if not _is_sure(outcome["body"], filters):
                continue
            own = [OutcomePlace(*place) for place in outcome["places"]]
            if is_part:
                own = [place for place in own if _matches_filters(place, filters)]
            if own:
                places[theme] = own
                if outcome["body"]:
                    bodies[theme] = ThemeBody(**outcome["body"])
        if is_part and not places:
            continue
        aims = () if is_part else (AIMS[code] for code in (*themes, *topics) if code in AIMS)
        rows.append(
            MapRow(
                solution=public_id,
                group=_GROUPS.index(themes[0]) if themes else len(_GROUPS) - 1,
                aims=frozenset(str(aim) for aim in aims),
                places=places,
                bodies=bodies,
            )
        )
    return rows


def map_at(outcomes: Mapping[str, Mapping[str, Any]]) -> EvidenceMap:
    """The map of a few solutions with outcomes as `judged` gives them, by id; two queries."""
    rows = [
        replace(
            row,
            places={
                theme: [OutcomePlace(*place) for place in outcome["places"]]
                for theme, outcome in outcomes[row.solution].items()
            },
            bodies={
                theme: ThemeBody(**outcome["body"])
                for theme, outcome in outcomes[row.solution].items()
                if outcome["body"]
            },
        )
        for row in map_rows({}, among=outcomes.keys())
    ]
    return evidence_map(rows, OutcomeTheme.values)


def open_questions(cells: Iterable[MapCell], weight: Callable[[MapCell], Any]) -> list[MapCell]:
    """What solutions aim at and nobody has measured, lightest first, each solution once before a
    second one of any."""
    missing = [cell for cell in cells if cell.gap == "absolute"]
    return _of_different_solutions(sorted(missing, key=lambda cell: (weight(cell), cell.solution)))


def is_partial(filters: Mapping[str, str]) -> bool:
    """Whether results are left out, so that an empty cell is no gap."""
    return any(filters.get(name) for name in ("country", "design", "certainty"))


def find_map(filters: Mapping[str, str]) -> EvidenceMap:
    """The map that the `filters` leave."""
    rows = map_rows(filters)
    if is_partial(filters):
        # Nor is a cell whose other places were left out.
        filtered_map = _map_of(rows, filters)
        return replace(
            filtered_map,
            cells={key: replace(cell, gap="") for key, cell in filtered_map.cells.items()},
        )
    return _map_of(rows, filters)


def _map_of(rows: Sequence[MapRow], filters: Mapping[str, str]) -> EvidenceMap:
    return evidence_map(rows, OutcomeTheme.values, order=filters.get("order") or "fixed")


def _names(solutions: Iterable[str], language: str) -> dict[str, tuple[str, str]]:
    """The name of each solution, and the language it is in where it is not that of the page."""
    texts: dict[str, list[SolutionText]] = defaultdict(list)
    queryset = SolutionText.objects.filter(solution__public_id__in=list(solutions))
    # The rows of the solutions hold the whole map: their ids are enough.
    named = queryset.annotate(of=F("solution__public_id"))
    for text in named.defer("summary", "how_it_works", "prerequisites"):
        texts[text.of].append(text)
    names = {}
    for public_id, own in texts.items():
        chosen = chosen_text(own, language)
        names[public_id] = (chosen.text.name, chosen.lang_attr)
    return names


def _asked() -> dict[str, int]:
    """How many cities ask for each theme of outcomes in open needs; one query."""
    counts: dict[str, int] = defaultdict(int)
    tags = NeedTag.objects.filter(scheme=TagScheme.THEME, need__state=NeedState.OPEN)
    for code, n in tags.order_by().values_list("code").annotate(Count("need__city", distinct=True)):
        if code in AIMS:
            counts[AIMS[code]] += n
    return counts


def fair_share(sizes: Sequence[int], room: int) -> int:
    """The largest number of which each group may show that many without going beyond `room`.

    At least 1, so that no group vanishes; a group that is smaller shows all it has.
    """
    share = max(sizes, default=1)
    while share > 1 and sum(min(size, share) for size in sizes) > room:
        share -= 1
    return share


def map_page(
    actor: Actor | None,
    filters: Mapping[str, str],
    language: str,
    *,
    most: int = ROWS_SHOWN,
    least: int = 0,
) -> MapPage:
    """The map as a page shows it, in six queries; at most `most` solutions, those with most places.

    `gaps` are at most `GAPS_LISTED`, those that cities ask about first, then of what was tried
    most. With `least`, the map holds the outcomes that so many places measured, and these gaps.
    """
    filtered_map = find_map(filters)
    tried = dict(
        visible_cases(actor).order_by().values_list("solution__public_id").annotate(n=Count("id"))
    )
    asked = _asked()
    missing = open_questions(
        filtered_map.cells.values(),
        lambda cell: (-asked.get(cell.theme, 0), -tried.get(cell.solution, 0)),
    )
    gaps = missing[:GAPS_LISTED]
    cells: dict[str, list[MapCell]] = defaultdict(list)
    for cell in filtered_map.cells.values():
        if not least or cell.places >= least or cell in gaps:
            cells[cell.solution].append(cell)
    by_group: dict[int, list[MapRow]] = defaultdict(list)
    in_theme: dict[int, int] = defaultdict(int)
    with_cells = {cell.solution for cell in filtered_map.cells.values()}
    for row in filtered_map.rows:
        in_theme[row.group] += row.solution in with_cells
        if any(not least or cell.places for cell in cells[row.solution]):
            by_group[row.group].append(row)
    share = fair_share([len(rows) for rows in by_group.values()], most)
    shown = set()
    for rows in by_group.values():
        weights = {row.solution: -sum(cell.places for cell in cells[row.solution]) for row in rows}
        shown |= set(sorted(weights, key=lambda solution: (weights[solution], solution))[:share])
    names = _names({*shown, *(cell.solution for cell in gaps)}, language)
    drawn = {(cell.solution, cell.theme): cell for solution in shown for cell in cells[solution]}
    used = {theme for _solution, theme in drawn}
    # Every cell has the heading of its column: it is put into words once.
    labels = {
        code: str(theme_label(code))
        for code in filtered_map.columns
        if code in used or any(cell.theme == code for cell in gaps)
    }
    columns = tuple((code, label) for code, label in labels.items() if code in used)

    def view(cell: MapCell | None) -> CellView | None:
        if cell is None:
            return None
        name = names.get(cell.solution, (cell.solution, ""))[0]
        return CellView(cell, name, labels[cell.theme], asked.get(cell.theme, 0))

    groups = tuple(
        GroupView(
            _GROUPS[group],
            tuple(
                RowView(
                    row.solution,
                    *names.get(row.solution, (row.solution, "")),
                    cells=tuple(view(drawn.get((row.solution, code))) for code, _n in columns),
                )
                for row in rows
                if row.solution in shown
            ),
            len(rows),
        )
        for group, rows in sorted(by_group.items())
    )
    n_solutions = sum(group.n for group in groups)
    measured = {cell.solution for cell in filtered_map.cells.values() if cell.places}
    return MapPage(
        evidence_map=filtered_map,
        columns=columns,
        groups=groups,
        n_solutions=n_solutions,
        gaps=tuple(cell_view for cell in gaps if (cell_view := view(cell))),
        n_gaps=len(missing),
        n_asked=sum(asked.get(cell.theme, 0) > 0 for cell in missing),
        is_part=is_partial(filters),
        themes=tuple(
            (_GROUPS[group], GroupView(_GROUPS[group], (), n).label, n)
            for group, n in sorted(in_theme.items())
            if n and _GROUPS[group]
        ),
        n_less=len(measured) - n_solutions if least else 0,
    )


def _of_different_solutions(cells: Iterable[MapCell]) -> list[MapCell]:
    """The cells in their order, a second one of a solution behind the first of each."""
    first: list[MapCell] = []
    more: list[MapCell] = []
    seen: set[str] = set()
    for cell in cells:
        (more if cell.solution in seen else first).append(cell)
        seen.add(cell.solution)
    return first + more


def key_of_marks() -> list[tuple[str, str, str, str | Promise]]:
    """The marks of the key: shape, fill, path, and what it stands for."""
    shapes = [
        (chart.SHAPES.get(code, "d-level"), "c3", chart.mark(12, code), DIRECTION_WORDS[code])
        for code in (BETTER, MIXED, WORSE, UNCLEAR)
    ]
    fills = [
        ("c3", _("moderate or high certainty")),
        ("c2", _("low certainty")),
        ("c1", _("very low certainty")),
        ("c0", _("certainty not graded")),
    ]
    return shapes + [("d-level", fill, chart.SWATCH, words) for fill, words in fills]


def drawing_of(page: MapPage, ways: Sequence[MapLine] = ()) -> chart.EvidenceMapDrawing:
    """The map for a file of its own; methods of working with people stand below the solutions,
    their measures right of the outcomes."""
    lines = []
    for group in page.groups:
        lines.append(chart.MapLine(str(group.label), is_group=True))
        lines += [
            chart.MapLine(
                row.name,
                tuple(
                    chart.MapMark(
                        column=at,
                        path=cell.path,
                        shape=cell.shape,
                        fill=cell.fill,
                        number=str(cell.cell.places),
                        title=cell.text,
                        has_harm=bool(cell.cell.harm),
                    )
                    for at, cell in enumerate(row.cells)
                    if cell is not None
                ),
            )
            for row in group.rows
        ]
    labels = [str(label) for _code, label in page.columns]
    if ways:
        lines.append(chart.MapLine(_("Ways to involve people"), is_group=True))
        lines += [
            chart.MapLine(
                way.name.value,
                tuple(
                    chart.MapMark(
                        column=len(labels) + at,
                        path=cell.path,
                        shape=cell.shape,
                        fill=cell.fill,
                        number=str(cell.line.k),
                        title=cell.text,
                    )
                    for at, cell in enumerate(way.cells)
                    if cell is not None
                ),
            )
            for way in ways
        ]
        labels += [str(name) for name in MEASURE_NAMES.values()]
    return chart.draw(
        labels,
        lines,
        [(shape, fill, path, str(words)) for shape, fill, path, words in key_of_marks()],
    )


#: Columns of the table, in their order.
COLUMNS = (
    "solution", "group", "theme", "places", "cases", "better", "worse", "neither", "direction",
    "certainty", "spread", "failed", "harm", "gap",
)  # fmt: skip


def as_table(filtered_map: EvidenceMap, ways: Sequence[MapLine] = ()) -> list[dict[str, Any]]:
    """One row a cell, in the order of the map; those of methods of working with people come last,
    as the group ``method``, with the measure as their theme and cities as places."""
    groups = {row.solution: _GROUPS[row.group] or "other" for row in filtered_map.rows}
    return [
        {
            name: value
            for name, value in (asdict(cell) | {"group": groups[cell.solution]}).items()
            if name in COLUMNS
        }
        for cell in filtered_map.in_order
    ] + [
        dict.fromkeys(COLUMNS, 0)
        | {
            "solution": method_cell.method,
            "group": "method",
            "theme": method_cell.measure,
            "places": method_cell.line.k,
            "cases": method_cell.n_uses,
            "better": method_cell.better,
            "worse": method_cell.worse,
            "neither": method_cell.neither,
            "direction": method_cell.direction,
            "certainty": method_cell.certainty,
            "spread": "unknown",
            "gap": "",
        }
        for way in ways
        for method_cell in way.cells
        if method_cell is not None
    ]
