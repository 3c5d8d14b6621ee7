"""The files of a survey: the public results; and each person's answers, for its team."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from typing import Any

from alliance.core.errors import NotFound
from alliance.core.text import csv_chunks
from alliance.participation.models import Process
from alliance.participation.places import line_of
from alliance.participation.services.issuing import NotIssued
from alliance.surveys import selectors
from alliance.surveys.enums import WITH_SCALE, QuestionKind
from alliance.surveys.models import TeamFile
from alliance.surveys.questions import Question, asked, of_each_place

RESULT_COLUMNS = (
    "question", "text", "kind", "versions", "line", "answer", "count", "answered", "share", "low",
    "high", "weighted_share", "mean", "hidden", "issued_at",
)  # fmt: skip


def result_lines(process: Process) -> Iterator[bytes]:
    """The results as CSV, a row for each answer; a small count is empty and marked. Raises
    NotIssued before enough people have answered."""
    results = selectors.standing(process)
    if results is None:
        raise NotIssued(process)
    return csv_chunks(RESULT_COLUMNS, _results(results))


def _results(results: selectors.Standing) -> Iterator[list[Any]]:
    issued_at = results.findings.at.isoformat()
    for question in results.questions:
        start = [
            question.number,
            question.question.text,
            question.question.kind,
            " ".join(map(str, question.versions)),
        ]
        means = dict(question.means)
        for table in question.tables:
            for line in table.lines:
                share = line.share
                yield [
                    *start, table.label, line.label, line.n, table.n,
                    *((share.value, share.low, share.high) if share else (None, None, None)),
                    line.weighted, means.get(line.label, table.mean), int(line.n is None),
                    issued_at,
                ]  # fmt: skip
        if not question.tables:
            middle = [None] * 4
            yield [
                *start,
                "",
                "",
                None,
                question.n,
                *middle,
                question.median,
                int(question.n is None),
                issued_at,
            ]


def crossed_lines(process: Process, rows: str, columns: str) -> Iterator[bytes]:
    """A cross table as CSV, a row for each pair of answers, empty for all; a small count is empty
    and marked. Raises NotFound for what cannot be crossed."""
    results = selectors.standing(process)
    if results is None:
        raise NotIssued(process)
    codes = dict(selectors.crossable(results))
    if rows == columns or not {rows, columns} <= codes.keys():
        raise NotFound("results", process.public_id)
    table = selectors.crossed(results, rows, columns)
    if table is None:
        raise NotFound("results", process.public_id)
    return csv_chunks(
        (table.rows, table.columns, "count", "hidden", "issued_at"),
        (
            [label, column, n, int(n is None), results.findings.at.isoformat()]
            for label, ns in (*table.lines, ("", table.totals))
            for column, n in zip((*table.labels, ""), ns, strict=True)
        ),
    )


def packed(rows: Sequence[Sequence[Any]]) -> bytes:
    """The rows of a `TeamFile` for storage."""
    return gzip.compress(json.dumps(rows).encode(), mtime=0)


def unpacked(rows: bytes | memoryview[int]) -> list[tuple[str, str, int, dict[str, Any]]]:
    """The rows of a `TeamFile`: id, channel, primary key of the version, answers."""
    result: list[tuple[str, str, int, dict[str, Any]]] = json.loads(gzip.decompress(rows))
    return result


def _of_team(process: Process) -> list[tuple[str, str, int, dict[str, Any]]]:
    file = TeamFile.objects.filter(process=process).first()
    if file is None:
        raise NotIssued(process)
    return unpacked(file.rows)


def answer_lines(process: Process) -> Iterator[bytes]:
    """The answers of the last issue as CSV for the city's team: a row for each person with a random
    id, in its order, with channel and version. Without texts, which are moderated one by one,
    without time, and without traits. Raises NotIssued."""
    versions = {
        survey_version.pk: survey_version
        for survey_version in process.survey_versions.order_by("number")
    }
    questions: dict[str, Question] = {}
    for version in reversed(versions.values()):
        questions |= {
            question.key: question for question in version.asked if question.key not in questions
        }
    shown = [question for question in questions.values() if question.kind != QuestionKind.TEXT]
    lines = []
    for name, channel, key, person_answers in _of_team(process):
        version = versions[key]
        keys = {question.key for question in asked(version.asked, person_answers)}
        cells = [
            in_words(question, person_answers.get(question.key)) if question.key in keys else None
            for question in shown
        ]
        lines.append([name, channel, version.number, *cells])
    return csv_chunks(
        ["person", "channel", "version", *(question.text for question in shown)], lines
    )


def in_words(question: Question, value: Any) -> Any:
    """An answer in words, several separated by semicolons; a number as it is."""
    if value is None:
        return value
    if question.is_on_map:
        return "; ".join(line_of(place) for place in value)
    if not question.options:
        return value
    if question.kind in WITH_SCALE:
        return "; ".join("" if number is None else str(number) for number in value)
    places = value if isinstance(value, list) else [value]
    return "; ".join(question.options[place] for place in places)


def map_features(process: Process) -> Iterator[dict[str, Any]]:
    """The number of people who marked something in each area, for each question on a map: features
    of GeoJSON; a small count is null and marked. Raises NotFound before enough people have
    answered."""
    results = selectors.standing(process)
    if results is None:
        raise NotIssued(process)
    shapes = {area["code"]: area["shape"] for area in process.survey_ground.cells}
    for question in results.questions:
        for cell in question.cells:
            yield {
                "type": "Feature",
                "geometry": shapes[cell.code],
                "properties": {
                    "question": question.number,
                    "text": question.question.text,
                    "area": cell.name,
                    "people": cell.n,
                    "hidden": cell.n is None,
                    "issued_at": results.findings.at.isoformat(),
                },
            }


def place_features(process: Process) -> Iterator[dict[str, Any]]:
    """Every place of the last issue, for the city's team: features of GeoJSON with the random id of
    the person, in their order, and answers about the place except texts. Places in words have no
    geometry. Raises NotIssued."""
    versions = {
        survey_version.pk: survey_version.asked for survey_version in process.survey_versions.all()
    }
    for name, channel, version, person_answers in _of_team(process):
        for question in asked(versions[version], person_answers):
            if question.is_on_map:
                further = of_each_place(versions[version], question)
                for place in person_answers.get(question.key) or []:
                    answers = place["answers"]
                    properties = {
                        "person": name,
                        "channel": channel,
                        "question": question.text,
                        "place": place["place"],
                        "areas": place["cells"],
                        **{each.text: in_words(each, answers.get(each.key)) for each in further},
                    }
                    yield {
                        "type": "Feature",
                        "geometry": place["geometry"],
                        "properties": properties,
                    }
