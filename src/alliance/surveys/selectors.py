"""What pages and files of surveys show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.conf import settings

from alliance.analysis.small_counts import TOTAL, given_away, hidden_cells
from alliance.analysis.taking_part import Share, wilson
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.equity.selectors.pages import Band
from alliance.participation.enums import ProcessKind, Trait
from alliance.participation.models import Process
from alliance.participation.selectors.access import READ, get_process_for
from alliance.participation.services.census import CODES, LABELS, category_of
from alliance.surveys.enums import QuestionKind
from alliance.surveys.models import Findings, Ground, Response
from alliance.surveys.questions import Question, asked, labels_of


def get_survey_for(
    actor: Actor, public_id: str, action: str = READ, *, alone: bool = False
) -> Process:
    """As `get_process_for`, of a process that is a survey. Raises NotFound for others, too."""
    process = get_process_for(actor, public_id, action, alone=alone)
    if process.kind != ProcessKind.SURVEY:
        raise NotFound("survey", public_id)
    return process


@dataclass(frozen=True)
class Line:
    """One answer: how many gave it, None where that is hidden; `weighted`: its share as if those
    who took part were like the residents, None where that is not known or would tell."""

    label: str
    n: int | None
    share: Share | None
    weighted: float | None = None


@dataclass(frozen=True)
class Table:
    """How a question, or a line of one, was answered. `label`: of the line, empty for no lines.
    `n`: None where it would tell a hidden count."""

    label: str
    n: int | None
    lines: tuple[Line, ...]
    mean: float | None = None

    @property
    def first(self) -> Line | None:
        """The answer that most gave, None where it is not known or two are equal."""
        known = sorted(
            (one for one in self.lines if one.share and one.share.value > 0),
            key=lambda one: -one.share.value if one.share else 0.0,
        )
        is_tie = len(known) > 1 and known[0].share == known[1].share
        return None if not known or is_tie else known[0]

    @property
    def is_weighted(self) -> bool:
        return any(one.weighted is not None for one in self.lines)


@dataclass(frozen=True)
class MapCell:
    """A part of the map with how many people marked something there, None where that is hidden."""

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
    """A question with what was answered."""

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
    #: Whether it was asked of each place.
    is_of_places: bool = False

    @property
    def bands(self) -> list[Band]:
        """The cells by how many people marked something there, the fewest first."""
        known = sorted({one.n for one in self.cells if one.n})
        found = [_band("f-no", [one for one in self.cells if one.n == 0], 0, 0)]
        for place, part in enumerate(np.array_split(known, min(len(known), 5) or 1)):
            low, high = (int(part[0]), int(part[-1])) if len(part) else (0, 0)
            inside = [one for one in self.cells if one.n and low <= one.n <= high]
            found.append(_band(f"q{place}", inside, low, high))
        found.append(_band("f-unknown", [one for one in self.cells if one.n is None], None, None))
        return [one for one in found if one.areas]

    @property
    def listed(self) -> list[MapCell]:
        """The cells in which somebody marked something, the most first, hidden ones last."""
        return sorted(
            (one for one in self.cells if one.n != 0),
            key=lambda one: (one.n is None, -(one.n or 0), one.name),
        )

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def hides(self) -> bool:
        """Whether a count of it is hidden."""
        return any(line.n is None for table in self.tables for line in table.lines)

    @property
    def is_ranking(self) -> bool:
        return self.question.kind == QuestionKind.RANKING

    @property
    def first(self) -> Line | None:
        """The answer that most gave to a question without lines."""
        return self.tables[0].first if len(self.tables) == 1 else None


@dataclass(frozen=True)
class Standing:
    """What a survey says so far; None on pages where too few have answered."""

    findings: Findings
    n: int
    versions: tuple[dict[str, Any], ...]
    questions: tuple[Answered, ...]

    @property
    def has_map(self) -> bool:
        return any(one.cells for one in self.questions)

    @property
    def ground(self) -> Ground:
        """The map on which places were marked."""
        return self.findings.process.survey_ground

    @property
    def weights(self) -> dict[str, Any]:
        """By what answers were weighted to the census; empty where they were not."""
        found: dict[str, Any] = self.findings.result["weights"]
        if not found or not any(
            table.is_weighted for one in self.questions for table in one.tables
        ):
            return {}
        return found | {"words": [str(Trait(one).label).lower() for one in found["traits"]]}


def standing(process: Process) -> Standing | None:
    """What the answers say, None before as many people as the privacy floor have answered."""
    findings = (
        Findings.objects.filter(process=process).select_related("process__survey_ground").first()
    )
    floor = settings.PRIVACY_FLOOR
    if findings is None or findings.result["n"] < floor:
        return None
    result = findings.result
    last = result["versions"][-1]["number"]
    questions: dict[str, Answered] = {}
    on_map = {
        one["question"]["if_key"] for one in result["questions"] if one["question"]["if_key"]
    } & {key_of(one) for one in result["questions"] if "n_places" in one}
    ground = Ground.objects.filter(process=process).first()
    for number, one in enumerate(result["questions"], start=1):
        is_of_places = one["question"]["if_key"] in on_map
        found = _answered(one, number, last, floor, ground, is_of_places=is_of_places)
        on = questions.get(found.question.if_key)
        if on is not None and not is_of_places and (on.n is None or on.hides):
            # How many are asked this would tell what is hidden there.
            found = without_counts(found)
        questions[found.key] = found
    return Standing(
        findings,
        result["n"],
        tuple(
            # Few who answered a version are not told apart.
            one | {"n": one["n"] if one["n"] == 0 or one["n"] >= floor else None}
            for one in result["versions"]
        ),
        tuple(questions.values()),
    )


def without_counts(one: Answered) -> Answered:
    """The same with shares in whole percent, and nothing from which counts could be worked out."""

    def line(of: Line) -> Line:
        share = None if of.share is None else round(of.share.value, 2)
        return Line(of.label, None, None if share is None else Share(share, share, share, 0))

    tables = [replace(one_, n=None, lines=tuple(map(line, one_.lines))) for one_ in one.tables]
    return replace(one, n=None, tables=tuple(tables))


def key_of(one: dict[str, Any]) -> str:
    """The key of a question in a result."""
    return Question.from_data(one["question"]).key


def _cells(people: dict[str, int], n: int, ground: Ground | None, floor: int) -> list[MapCell]:
    """The cells of the map; small counts are hidden, and where each person is in one cell, what
    would tell them."""
    if ground is None:
        return []
    counts: dict[Any, float | None] = {
        (one["code"],): people.get(one["code"], 0) for one in ground.cells
    }
    if sum(people.values()) == n:
        counts[TOTAL,] = n
    hidden = hidden_cells(counts, floor=floor)
    return [
        MapCell(
            one["code"],
            one["name"],
            one["outline"],
            None if (one["code"],) in hidden else people.get(one["code"], 0),
        )
        for one in ground.cells
    ]


def _answered(
    one: dict[str, Any],
    number: int,
    last: int,
    floor: int,
    ground: Ground | None,
    *,
    is_of_places: bool,
) -> Answered:
    question = Question.from_data(one["question"])
    is_matrix = question.kind == QuestionKind.MATRIX
    labels = labels_of(question)
    tables = tuple(
        _table(
            question.options[place] if is_matrix else "",
            labels,
            table,
            floor,
            # Of several places one may say one thing here and another there.
            overlaps=question.kind == QuestionKind.SEVERAL or is_of_places,
        )
        for place, table in enumerate(one.get("tables", ()))
    )
    is_known = one["n"] >= floor
    means: Sequence[float] = one.get("means", ()) if is_known else ()
    n = one["n"] if one["n"] == 0 or is_known else None
    if len(tables) == 1:
        n = tables[0].n
    return Answered(
        question=question,
        number=number,
        versions=tuple(one["versions"]),
        is_asked_now=last in one["versions"],
        n=n,
        tables=tables,
        median=one.get("median") if is_known else None,
        quartiles=tuple(one["quartiles"]) if is_known and "quartiles" in one else None,
        means=tuple(sorted(zip(question.options, means, strict=False), key=lambda pair: pair[1])),
        groups=tuple(one.get("groups", ())),
        cells=tuple(_cells(one["people"], one["n"], ground, floor))
        if is_known and question.is_on_map
        else (),
        n_places=one.get("n_places") if is_known else None,
        n_named=one.get("n_named") if is_known else None,
        is_of_places=is_of_places,
    )


def _table(
    label: str, labels: Sequence[str], table: dict[str, Any], floor: int, *, overlaps: bool
) -> Table:
    counts: list[int] = table["counts"]
    n: int = table["n"]
    hidden: set[int] = set()
    is_total_hidden = 0 < n < floor
    if overlaps:
        # One may choose several: each answer has a table of its own, of yes and no.
        for place, hits in enumerate(counts):
            cells: dict[Any, float | None] = {("yes",): hits, ("no",): n - hits, (TOTAL,): n}
            found = hidden_cells(cells, floor=floor)
            if ("yes",) in found or ("no",) in found:
                hidden.add(place)
    else:
        cells = {(str(place),): hits for place, hits in enumerate(counts)}
        found = hidden_cells(cells | {(TOTAL,): n}, floor=floor)
        hidden = {place for place in range(len(counts)) if (str(place),) in found}
        is_total_hidden = (TOTAL,) in found
    if is_total_hidden:
        hidden = set(range(len(counts)))
    # A weighted share beside a hidden count would tell it.
    weighted = table["weighted"] if table["n_weighted"] >= floor and not hidden else None
    return Table(
        label,
        None if is_total_hidden else n,
        tuple(
            Line(
                words,
                None if place in hidden else counts[place],
                None if place in hidden or not n else wilson(counts[place], n),
                weighted[place] if weighted else None,
            )
            for place, words in enumerate(labels)
        ),
        table.get("mean") if not is_total_hidden and n >= floor else None,
    )


def sentence_lines(found: Standing) -> Iterator[Answered]:
    """The questions that one sentence can answer."""
    yield from (one for one in found.questions if one.first is not None and one.is_asked_now)


#: Kinds of which somebody gives one answer, so that they can be crossed.
CROSSED = (QuestionKind.SINGLE, QuestionKind.SCALE)


@dataclass(frozen=True)
class Crossed:
    """How many people gave two answers: `lines` by label, each with a cell for each of `columns`
    and one for all; None where a count is hidden. `totals`: the same of all lines."""

    rows: str
    columns: str
    labels: tuple[str, ...]
    lines: tuple[tuple[str, tuple[int | None, ...]], ...]
    totals: tuple[int | None, ...]

    @property
    def shares(self) -> list[tuple[str, list[tuple[int | None, float | None]]]]:
        """Each line with its counts and what share of their column they are."""
        return [
            (label, [(n, _of(n, all_)) for n, all_ in zip(ns, self.totals, strict=True)])
            for label, ns in self.lines
        ]


def _of(n: int | None, whole: int | None) -> float | None:
    return None if n is None or not whole else n / whole


def crossable(found: Standing) -> list[tuple[str, str]]:
    """What can be crossed, as code and words: questions with one answer, and what people said of
    themselves."""
    questions = [
        (one.key, one.question.text)
        for one in found.questions
        if one.question.kind in CROSSED and not one.is_of_places and one.n is not None
    ]
    traits = [(one.value, str(one.label)) for one in Trait if one != Trait.AREA]
    if found.findings.process.census.filter(trait=Trait.AREA).exists():
        traits.append((Trait.AREA.value, str(Trait.AREA.label)))
    return questions + traits


def crossed(found: Standing, rows: str, columns: str) -> Crossed | None:
    """How many of those who answered both gave which two answers; None where too few did, or where
    it would tell a count that is hidden. `rows`, `columns`: codes of `crossable`."""
    floor = settings.PRIVACY_FLOOR
    labels = {code: _labels(found, code) for code in (rows, columns)}
    people = _pairs(found, rows, columns)
    n = sum(people.values())
    if n < floor:
        return None
    counts: dict[Any, float | None] = {(TOTAL, TOTAL): n}
    for row in labels[rows]:
        counts[row, TOTAL] = sum(people[row, column] for column in labels[columns])
        counts |= {(row, column): people[row, column] for column in labels[columns]}
    for column in labels[columns]:
        counts[TOTAL, column] = sum(people[row, column] for row in labels[rows])
    # What is hidden where a question is alone stays hidden, and what is shown there is known.
    also, known = set(), set()
    for code, place in ((rows, 0), (columns, 1)):
        for value, alone in _alone(found, code).items():
            cell = (value, TOTAL) if place == 0 else (TOTAL, value)
            if alone is None:
                also.add(cell)
            elif alone == counts.get(cell):
                known.add(cell)
    hidden = hidden_cells(counts, floor=floor, also=also & counts.keys())
    told = {cell for cell in hidden if cell in known or cell == (TOTAL, TOTAL)}
    if told and given_away(counts, hidden - told):
        return None

    def shown(row: str, column: str) -> int | None:
        return None if (row, column) in hidden - told else int(counts[row, column] or 0)

    names = dict(crossable(found))
    across = [*labels[columns], TOTAL]
    return Crossed(
        names[rows],
        names[columns],
        tuple(labels[columns].values()),
        tuple(
            (label, tuple(shown(row, column) for column in across))
            for row, label in labels[rows].items()
        ),
        tuple(shown(TOTAL, column) for column in across),
    )


def _labels(found: Standing, code: str) -> dict[str, str]:
    """The answers to a question, or what people can say of themselves, as code and words."""
    for one in found.questions:
        if one.key == code:
            return {str(place): label for place, label in enumerate(labels_of(one.question))}
    if code == Trait.AREA:
        areas = found.findings.process.census.filter(trait=code)
        return {name: name for name in areas.values_list("category", flat=True)}
    return {value: str(LABELS[value]) for value in CODES[code]}


def _alone(found: Standing, code: str) -> dict[str, int | None]:
    """How many gave each answer to a question where it stands alone, None where it is hidden."""
    for one in found.questions:
        if one.key == code:
            return {str(place): line.n for place, line in enumerate(one.tables[0].lines)}
    counts = Counter(value for value, _other in _pairs(found, code, code).elements())
    cells: dict[Any, float | None] = {(value,): n for value, n in counts.items()}
    cells[TOTAL,] = counts.total()
    hidden = hidden_cells(cells, floor=settings.PRIVACY_FLOOR)
    return {value: None if (value,) in hidden else n for value, n in counts.items()}


def _pairs(found: Standing, rows: str, columns: str) -> Counter[tuple[str, str]]:
    """How many people gave which two answers, of those that the findings count."""
    process = found.findings.process
    areas = dict(process.census.filter(trait=Trait.AREA).values_list("category", "people"))
    lows = {
        one.key: one.question.low or 0
        for one in found.questions
        if one.question.kind == QuestionKind.SCALE
    }
    versions = {one.pk: one.asked for one in process.survey_versions.all()}
    sent = Response.objects.filter(version__process=process, sent_at__lte=found.findings.at)
    traits = [code for code in (rows, columns) if code in Trait.values]
    fields = ("version_id", "answers", *(f"participant__{one}" for one in traits))
    people: Counter[tuple[str, str]] = Counter()
    for version, given, *said in sent.values_list(*fields).iterator(5_000):
        own = dict(zip(traits, said, strict=True))
        if own.get(Trait.AREA):
            own[Trait.AREA.value] = category_of(own[Trait.AREA], areas)
        for one in asked(versions[version], given):
            if one.key in (rows, columns) and given.get(one.key) is not None:
                own[one.key] = str(given[one.key] - lows.get(one.key, 0))
        if own.get(rows) and own.get(columns):
            people[own[rows], own[columns]] += 1
    return people
