"""What pages and files of surveys show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from alliance.analysis.small_counts import TOTAL, hidden_cells
from alliance.analysis.taking_part import Share, wilson
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.participation.enums import ProcessKind, Trait
from alliance.participation.models import Process
from alliance.participation.selectors.access import READ, get_process_for
from alliance.surveys.enums import QuestionKind
from alliance.surveys.models import Findings
from alliance.surveys.questions import Question, labels_of


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
    def weights(self) -> dict[str, Any]:
        """By what answers were weighted to the census; empty where they were not."""
        found: dict[str, Any] = self.findings.result["weights"]
        if not found or not any(
            table.is_weighted for one in self.questions for table in one.tables
        ):
            return {}
        return found | {"words": [Trait(one).label for one in found["traits"]]}


def standing(process: Process) -> Standing | None:
    """What the answers say, None before as many people as the privacy floor have answered."""
    findings = Findings.objects.filter(process=process).first()
    floor = settings.PRIVACY_FLOOR
    if findings is None or findings.result["n"] < floor:
        return None
    result = findings.result
    last = result["versions"][-1]["number"]
    questions: dict[str, Answered] = {}
    for number, one in enumerate(result["questions"], start=1):
        found = _answered(one, number, last, floor)
        on = questions.get(found.question.if_key)
        if on is not None and (on.n is None or on.hides):
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


def _answered(one: dict[str, Any], number: int, last: int, floor: int) -> Answered:
    question = Question.from_data(one["question"])
    is_matrix = question.kind == QuestionKind.MATRIX
    labels = labels_of(question)
    tables = tuple(
        _table(
            question.options[place] if is_matrix else "",
            labels,
            table,
            floor,
            overlaps=question.kind == QuestionKind.SEVERAL,
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
