"""The data of the pages and files of surveys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from alliance.analysis.small_counts import TOTAL, hidden_cells, hidden_inside, is_small
from alliance.analysis.taking_part import Share, wilson
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.equity.selectors.pages import Band
from alliance.participation.enums import TRAITS_IN_TEXT, ProcessKind, Trait
from alliance.participation.models import Contribution, Process
from alliance.participation.selectors.access import READ, get_process_for
from alliance.participation.services.census import (
    LABELS,
    NOT_STATED,
    hidden_kinds,
)
from alliance.participation.services.weights import ALIKE
from alliance.surveys.enums import WITH_SCALE, QuestionKind
from alliance.surveys.models import Findings, Ground
from alliance.surveys.questions import Question, labels_of

_LONGEST_NAME = 160


def get_survey_for(
    actor: Actor, public_id: str, action: str = READ, *, alone: bool = False
) -> Process:
    """As `get_process_for`, for a process that is a survey. Raises NotFound for others too."""
    process = get_process_for(actor, public_id, action, alone=alone)
    if process.kind != ProcessKind.SURVEY:
        raise NotFound("survey", public_id)
    return process


@dataclass(frozen=True)
class AnswerShare:
    """An answer: the number of people who gave it, None if suppressed; `weighted`: its share
    weighted to the residents, None if not known or disclosive."""

    label: str
    n: int | None
    share: Share | None
    weighted: float | None = None


@dataclass(frozen=True)
class Table:
    """The answers to a question, or to a row of one. `label`: of the row, empty without rows. `n`:
    None if it would reveal a suppressed count."""

    label: str
    n: int | None
    lines: tuple[AnswerShare, ...]
    mean: float | None = None

    @property
    def first(self) -> AnswerShare | None:
        """The most frequent answer, None if it is not known or there is a tie."""
        known = sorted(
            (line for line in self.lines if line.share and line.share.value > 0),
            key=lambda line: -line.share.value if line.share else 0.0,
        )
        is_tie = len(known) > 1 and known[0].share == known[1].share
        return None if not known or is_tie else known[0]

    @property
    def is_weighted(self) -> bool:
        return any(line.weighted is not None for line in self.lines)


@dataclass(frozen=True)
class MapCell:
    """A cell of the map with the number of people who marked something in it, None if hidden."""

    code: str
    name: str
    outline: str
    n: int | None

    def __str__(self) -> str:
        return self.name


def _band(css: str, cells: Sequence[MapCell], low: int | None, high: int | None) -> Band:
    return Band(css, low, high, tuple(cells))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Answered:
    """A question with its answers."""

    question: Question
    number: int
    versions: tuple[int, ...]
    is_asked_now: bool
    n: int | None
    tables: tuple[Table, ...]
    median: float | None = None
    quartiles: tuple[float, float] | None = None
    means: tuple[tuple[str, float], ...] = ()
    groups: tuple[dict[str, Any], ...] = ()
    cells: tuple[MapCell, ...] = ()
    n_places: int | None = None
    n_named: int | None = None
    #: Whether it was asked for each place.
    is_of_places: bool = False

    @property
    def bands(self) -> list[Band]:
        """The cells grouped by the number of people who marked something there, fewest first."""
        known = sorted({cell.n for cell in self.cells if cell.n})
        bands = [_band("f-no", [cell for cell in self.cells if cell.n == 0], 0, 0)]
        for place, part in enumerate(np.array_split(known, min(len(known), 5) or 1)):
            low, high = (int(part[0]), int(part[-1])) if len(part) else (0, 0)
            inside = [cell for cell in self.cells if cell.n and low <= cell.n <= high]
            bands.append(_band(f"q{place}", inside, low, high))
        bands.append(
            _band("f-unknown", [cell for cell in self.cells if cell.n is None], None, None)
        )
        return [band for band in bands if band.areas]

    @property
    def listed(self) -> list[MapCell]:
        """The cells in which somebody marked something, most first, suppressed ones last."""
        return sorted(
            (cell for cell in self.cells if cell.n != 0),
            key=lambda cell: (cell.n is None, -(cell.n or 0), cell.name),
        )

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def hides(self) -> bool:
        """Whether a count is suppressed."""
        return any(line.n is None for table in self.tables for line in table.lines)

    @property
    def is_ranking(self) -> bool:
        return self.question.kind == QuestionKind.RANKING

    @property
    def first(self) -> AnswerShare | None:
        """The most frequent answer to a question without rows."""
        return self.tables[0].first if len(self.tables) == 1 else None


@dataclass(frozen=True)
class Standing:
    """The results of a survey; None on pages if too few have answered."""

    findings: Findings
    n: int
    versions: tuple[dict[str, Any], ...]
    questions: tuple[Answered, ...]

    @property
    def has_map(self) -> bool:
        return any(question.cells for question in self.questions)

    @property
    def ground(self) -> Ground:
        """The map on which places were marked."""
        return self.findings.process.survey_ground

    @property
    def weights(self) -> dict[str, Any]:
        """The weighting of answers to the census; empty if there was none."""
        weights: dict[str, Any] = self.findings.result["weights"]
        if not weights or not any(
            table.is_weighted for question in self.questions for table in question.tables
        ):
            return {}
        return weights | {"words": [str(TRAITS_IN_TEXT[trait]) for trait in weights["traits"]]}


def standing(process: Process) -> Standing | None:
    """The results of the last issue, None before one with as many people as the privacy floor."""
    findings = (
        Findings.objects.filter(process=process, process__issue__isnull=False)
        .select_related("process__survey_ground", "process__issue")
        .first()
    )
    if findings is None:
        return None
    ground = Ground.objects.filter(process=process).first()
    return standing_of(findings, ground, _texts_of_groups(findings.result))


def standing_of(
    findings: Findings, ground: Ground | None = None, texts: Mapping[int, str] | None = None
) -> Standing | None:
    """Findings with their map and the texts of groups; None for fewer people than the privacy
    floor."""
    floor = settings.PRIVACY_FLOOR
    if findings.result["n"] < floor:
        return None
    result = findings.result
    last = result["versions"][-1]["number"]
    questions: dict[str, Answered] = {}
    on_map = {
        question["question"]["if_key"]
        for question in result["questions"]
        if question["question"]["if_key"]
    } & {key_of(question) for question in result["questions"] if "n_places" in question}
    n_of: dict[Any, float | None] = {
        (version["number"],): version["n"] for version in result["versions"]
    }
    few = hidden_cells(n_of | {(TOTAL,): result["n"]}, floor=floor)
    for number, question in enumerate(result["questions"], start=1):
        is_of_places = question["question"]["if_key"] in on_map
        answered = _answered(
            question, number, last, floor, ground, texts or {}, is_of_places=is_of_places
        )
        on = questions.get(answered.question.if_key)
        if on is not None and not is_of_places and (on.n is None or on.hides):
            # The number of people asked would reveal what is suppressed there.
            answered = without_counts(answered)
        questions[answered.key] = answered
    return Standing(
        findings,
        result["n"],
        tuple(
            # A small number of people who answered a version is not shown.
            version | {"n": None if {(version["number"],), (TOTAL,)} & few else version["n"]}
            for version in result["versions"]
        ),
        tuple(questions.values()),
    )


def _texts_of_groups(result: dict[str, Any]) -> dict[int, str]:
    """Texts of groups of similar answers, by primary key; without those that were hidden since."""
    keys = [
        key
        for question in result["questions"]
        for group in question.get("groups", ())
        for key in group
    ]
    rows = Contribution.objects.filter(pk__in=keys).shown() if keys else Contribution.objects.none()
    return dict(rows.values_list("pk", "post__text"))


def _groups(keys: Sequence[Sequence[int]], texts: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    """The name of each group and its number of texts; the first visible text is the name."""
    for group in keys:
        name = next((texts[key] for key in group if key in texts), None)
        if name is not None:
            yield {"name": name[:_LONGEST_NAME], "n": len(group)}


def without_counts(answered: Answered) -> Answered:
    """The same with shares in whole percent, and nothing from which counts could be computed."""

    def line(of: AnswerShare) -> AnswerShare:
        share = None if of.share is None else round(of.share.value, 2)
        return AnswerShare(of.label, None, None if share is None else Share(share, share, share, 0))

    tables = [
        replace(
            table,
            n=None,
            lines=tuple(map(line, table.lines)),
            mean=None if table.mean is None else round(table.mean, 1),
        )
        for table in answered.tables
    ]
    return replace(answered, n=None, tables=tuple(tables))


def key_of(row: dict[str, Any]) -> str:
    """The key of a question in a result."""
    return Question.from_data(row["question"]).key


def _cells(people: dict[str, int], n: int, ground: Ground | None, floor: int) -> list[MapCell]:
    """The cells of the map; small counts are suppressed, and if each person is in one cell, with
    complementary suppression."""
    if ground is None:
        return []
    counts: dict[Any, float | None] = {
        (cell["code"],): people.get(cell["code"], 0) for cell in ground.cells
    }
    if sum(people.values()) == n:
        counts[TOTAL,] = n
    hidden = hidden_cells(counts, floor=floor)
    return [
        MapCell(
            cell["code"],
            cell["name"],
            cell["outline"],
            None if (cell["code"],) in hidden else people.get(cell["code"], 0),
        )
        for cell in ground.cells
    ]


def _answered(
    row: dict[str, Any],
    number: int,
    last: int,
    floor: int,
    ground: Ground | None,
    texts: Mapping[int, str],
    *,
    is_of_places: bool,
) -> Answered:
    question = Question.from_data(row["question"])
    is_matrix = question.kind == QuestionKind.MATRIX
    labels = labels_of(question)
    tables = tuple(
        _table(
            question.options[place] if is_matrix else "",
            labels,
            table,
            floor,
            # A person may give different answers for different places.
            overlaps=question.kind == QuestionKind.SEVERAL or is_of_places,
            values=list(question.scale) if question.kind in WITH_SCALE else [],
        )
        for place, table in enumerate(row.get("tables", ()))
    )
    is_known = row["n"] >= floor
    # Next to a suppressed count they would reveal it.
    has_totals = is_known and not any(line.n is None for table in tables for line in table.lines)
    means: Sequence[float] = row.get("means", ()) if has_totals else ()
    n = row["n"] if row["n"] == 0 or is_known else None
    if len(tables) == 1:
        n = tables[0].n
    return Answered(
        question=question,
        number=number,
        versions=tuple(row["versions"]),
        is_asked_now=last in row["versions"],
        n=n,
        tables=tables,
        median=row.get("median") if is_known else None,
        quartiles=tuple(row["quartiles"]) if is_known and "quartiles" in row else None,
        means=tuple(sorted(zip(question.options, means, strict=False), key=lambda pair: pair[1])),
        groups=tuple(_groups(row.get("groups", ()), texts)),
        cells=tuple(_cells(row["people"], row["n"], ground, floor))
        if is_known and question.is_on_map
        else (),
        n_places=row.get("n_places") if is_known else None,
        n_named=row.get("n_named") if is_known else None,
        is_of_places=is_of_places,
    )


def _mean(mean: float, n: int, hidden: Sequence[int]) -> float | None:
    """The mean of n numbers, rounded if there are `hidden` values, so that it does not reveal how
    many there are of each; None if it would."""
    if not hidden:
        return mean
    return round(mean, 1) if n >= 10 * ALIKE * (max(hidden) - min(hidden)) else None


def _table(
    label: str,
    labels: Sequence[str],
    table: dict[str, Any],
    floor: int,
    *,
    overlaps: bool,
    values: Sequence[int],
) -> Table:
    counts: list[int] = table["counts"]
    n: int = table["n"]
    hidden: set[int] = set()
    is_total_hidden = 0 < n < floor
    if overlaps:
        # For multiple choice, each answer has a table of its own, of yes and no.
        for place, hits in enumerate(counts):
            cells: dict[Any, float | None] = {("yes",): hits, ("no",): n - hits, (TOTAL,): n}
            hidden_keys = hidden_cells(cells, floor=floor)
            if ("yes",) in hidden_keys or ("no",) in hidden_keys:
                hidden.add(place)
    else:
        cells = {(str(place),): hits for place, hits in enumerate(counts)}
        hidden_keys = hidden_cells(cells | {(TOTAL,): n}, floor=floor)
        hidden = {place for place in range(len(counts)) if (str(place),) in hidden_keys}
        is_total_hidden = (TOTAL,) in hidden_keys
    if is_total_hidden:
        hidden = set(range(len(counts)))
    # A weighted share next to a suppressed count would reveal it.
    weighted = table["weighted"] if table["n_weighted"] >= floor and not hidden else None
    return Table(
        label,
        None if is_total_hidden else n,
        tuple(
            AnswerShare(
                words,
                None if place in hidden else counts[place],
                None if place in hidden or not n else wilson(counts[place], n),
                weighted[place] if weighted else None,
            )
            for place, words in enumerate(labels)
        ),
        _mean(table["mean"], n, [value for place, value in enumerate(values) if place in hidden])
        if "mean" in table and not is_total_hidden and n >= floor
        else None,
    )


def sentence_lines(results: Standing) -> Iterator[Answered]:
    """The questions that can be summarised in a sentence."""
    yield from (
        question
        for question in results.questions
        if question.first is not None and question.is_asked_now
    )


@dataclass(frozen=True)
class Crossed:
    """A cross table: `lines` by label, each with a cell for each of `columns` and a total; None if
    a count is suppressed. `totals`: the same for all lines."""

    rows: str
    columns: str
    labels: tuple[str, ...]
    lines: tuple[tuple[str, tuple[int | None, ...]], ...]
    totals: tuple[int | None, ...]

    @property
    def shares(self) -> list[tuple[str, list[tuple[int | None, float | None]]]]:
        """Each line with its counts and their shares of the column."""
        return [
            (label, [(n, _of(n, all_)) for n, all_ in zip(ns, self.totals, strict=True)])
            for label, ns in self.lines
        ]


def _of(n: int | None, whole: int | None) -> float | None:
    return None if n is None or not whole else n / whole


def crossable(results: Standing) -> list[tuple[str, str]]:
    """What can be crossed, as code and label: single-choice questions, and traits."""
    codes = results.findings.result["crossed"]["categories"]
    questions = [
        (question.key, question.question.text)
        for question in results.questions
        if question.key in codes and question.n is not None
    ]
    return questions + [(trait.value, str(trait.label)) for trait in Trait if trait.value in codes]


@dataclass(frozen=True)
class Side:
    """One dimension of a cross table: labels with the indexes of the answers in each group."""

    groups: tuple[tuple[str, tuple[int, ...]], ...]

    def added(self, counts: np.ndarray) -> np.ndarray:
        """Rows of counts, summed by group."""
        return np.array([counts[list(places)].sum(axis=0) for _label, places in self.groups])


@dataclass(frozen=True)
class Grouped:
    """A cross table: its counts, and the suppressed cells."""

    rows: Side
    columns: Side
    counts: np.ndarray
    hidden: frozenset[tuple[int, int]]


def pairs(results: Standing) -> list[tuple[str, str]]:
    """The pairs that can be crossed, questions with traits first."""
    codes = [code for code, _words in crossable(results)]
    rank = {1: 0, 0: 1, 2: 2}
    return sorted(
        combinations(codes, 2), key=lambda pair: rank[sum(code in Trait.values for code in pair)]
    )


def grouped(results: Standing, rows: str, columns: str) -> Grouped | None:
    """A cross table of everybody, so that the margins are those of each answer alone, including
    people without an answer. If these are few, or an answer is suppressed in its own table, they
    form one group. None if no set of cells would protect the small ones.

    Transposed, it suppresses the same cells: others would reveal those of this table.
    """
    tables = results.findings.result["crossed"]["tables"]
    if f"{rows} {columns}" not in tables:
        turned = grouped(results, columns, rows)
        if turned is None:
            return None
        swapped = frozenset((row, at) for at, row in turned.hidden)
        return Grouped(turned.columns, turned.rows, turned.counts.T, swapped)
    counts = np.array(tables[f"{rows} {columns}"])
    across, down = (
        _side(results, columns, counts.sum(axis=0)),
        _side(results, rows, counts.sum(axis=1)),
    )
    if across is None or down is None:
        return None
    counts = across.added(down.added(counts).T).T
    hidden = hidden_inside(counts, floor=settings.PRIVACY_FLOOR)
    return None if hidden is None else Grouped(down, across, counts, hidden)


def crossed(results: Standing, rows: str, columns: str) -> Crossed | None:
    """A cross table of two answers; None if it would reveal a suppressed count. `rows`, `columns`:
    codes of `crossable`."""
    shown = results.findings.result["crossed"]["shown"]
    if not {f"{rows} {columns}", f"{columns} {rows}"} & set(shown):
        return None
    table = grouped(results, rows, columns)
    if table is None:
        return None
    counts, words = table.counts, dict(crossable(results))
    lines = [
        (
            *(None if (row, at) in table.hidden else int(n) for at, n in enumerate(line)),
            int(line.sum()),
        )
        for row, line in enumerate(counts)
    ]
    return Crossed(
        words[rows],
        words[columns],
        tuple(label for label, _places in table.columns.groups),
        tuple(zip((label for label, _places in table.rows.groups), lines, strict=True)),
        (*(int(n) for n in counts.sum(axis=0)), int(counts.sum())),
    )


def _side(results: Standing, code: str, counts: Sequence[int]) -> Side | None:
    """A dimension of a cross table, with `counts` of each answer and, last, of people without one.
    None if fewer than two groups would be left."""
    labels, floor = _labels(results, code), settings.PRIVACY_FLOOR
    *answer_counts, silent = (int(n) for n in counts)
    hidden, is_silence_hidden = _hidden_alone(results, code, [*answer_counts, silent])
    apart = [place for place in range(len(answer_counts)) if place not in hidden]
    # Small groups are merged with the next smallest, until they are large enough.
    few = sorted(hidden)
    is_few = bool(few) or is_small(silent, floor) or is_silence_hidden
    together = sum(answer_counts[place] for place in few) + (silent if is_few else 0)
    for place in sorted(apart, key=lambda place: (answer_counts[place], place)):
        if not is_few or together >= floor:
            break
        if answer_counts[place]:
            few.append(place)
            together += answer_counts[place]
    silence = str(_("no answer"))
    words = [labels[place] for place in sorted(few)]
    joined = (tuple(sorted(few)), "; ".join(words))
    groups: list[tuple[str, tuple[int, ...]]] = [
        (labels[place], (place,)) for place in apart if place not in few
    ]
    if is_few and together:
        places = (*joined[0], len(answer_counts)) if silent else joined[0]
        groups.append(("; ".join([*words, silence]) if silent else joined[1], places))
    elif silent:
        groups.append((silence, (len(answer_counts),)))
    return Side(tuple(groups)) if len(groups) > 1 else None


def _labels(results: Standing, code: str) -> list[str]:
    """The answers to a question, or the categories of a trait, in the order of counts."""
    for question in results.questions:
        if question.key == code:
            return labels_of(question.question)
    names = results.findings.result["crossed"]["categories"][code]
    return [str(LABELS.get(name) or name or _("elsewhere")) for name in names]


def _hidden_alone(results: Standing, code: str, counts: Sequence[int]) -> tuple[set[int], bool]:
    """The indexes of answers whose count is suppressed in the table of the question or trait alone;
    and whether the number of people without an answer is."""
    for question in results.questions:
        if question.key == code:
            lines = question.tables[0].lines
            return {place for place, line in enumerate(lines) if line.n is None}, False
    names = [*results.findings.result["crossed"]["categories"][code], NOT_STATED]
    hidden = hidden_kinds(dict(zip(names, counts, strict=True)))
    places = {place for place, name in enumerate(names[:-1]) if name in hidden}
    return places, NOT_STATED in hidden
