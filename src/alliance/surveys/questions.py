"""The questions of a survey, which of them a person is asked, and on which page.

An answer is: for a single choice the index of the option, from 0; for several choices their
indexes; for a scale or a number the number; for a text the text; for a ranking the options'
indexes, best first; for a matrix a number for each row, None without one. On a map it is a list of
places (`participation.places`), each with the answers to the questions about each place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from alliance.core.text import canonical_json
from alliance.surveys.enums import ON_MAP, QuestionKind

#: Questions on one page.
MOST_ON_PAGE = 5
#: The default maximum of places that a person may mark.
MOST_PLACES = 5
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """A question. `if_key`, `if_values`: it is asked if that earlier question was answered with one
    of these: indexes of options, or numbers of a scale. After a question on a map it is asked for
    each place. `high` of a question on a map is the maximum number of places."""

    kind: str
    text: str
    help: str = ""
    options: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    low_label: str = ""
    high_label: str = ""
    is_required: bool = False
    if_key: str = ""
    if_values: tuple[int, ...] = ()

    @cached_property
    def key(self) -> str:
        """The same for the same question in every version: the text, the condition and the options.
        Changing one of these makes another question."""
        asked: list[Any] = [self.kind, self.text, list(self.options), self.low, self.high]
        asked += [self.low_label, self.high_label, self.if_key, list(self.if_values)]
        return hashlib.sha256(canonical_json(asked).encode()).hexdigest()[:10]

    @property
    def field(self) -> str:
        """The name of its form field."""
        return f"q_{self.key}"

    @property
    def is_on_map(self) -> bool:
        return self.kind in ON_MAP

    @property
    def most_places(self) -> int:
        """How many places a person may mark."""
        return self.high or MOST_PLACES

    @property
    def scale(self) -> range:
        return range(self.low or 0, (self.high or 0) + 1)

    def label(self, value: int) -> str:
        """A number of the scale, with the label of its end, if any."""
        words = {self.low: self.low_label, self.high: self.high_label}.get(value, "")
        return f"{value} – {words}" if words else str(value)

    def as_data(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self) | {"options": list(self.options), "if_values": list(self.if_values)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Question:
        """The question from JSON values."""
        kwargs = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        kwargs |= {name: tuple(kwargs.get(name, ())) for name in ("options", "if_values")}
        return cls(**kwargs)


def is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(item is None for item in value)
    return value is None or value == ""


def is_asked(question: Question, answers: Answers) -> bool:
    """Whether a person with these answers is asked a question. Answers to questions that were not
    asked must be excluded before (see `asked`)."""
    if not question.if_key:
        return True
    value = answers.get(question.if_key)
    values = value if isinstance(value, list) else [value]
    return any(item in question.if_values for item in values if item is not None)


def asked(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """The questions that a person with these answers is asked, in their order, except those about
    each place."""
    answered: dict[str, Any] = {}
    result = []
    of_places = {question.key for question in questions if question.is_on_map}
    for question in questions:
        if question.if_key not in of_places and is_asked(question, answered):
            result.append(question)
            answered[question.key] = answers.get(question.key)
    return result


def of_each_place(questions: Sequence[Question], on_map: Question) -> list[Question]:
    """The questions about each place of a question on a map."""
    return [question for question in questions if question.if_key == on_map.key]


def pages(questions: Sequence[Question]) -> list[list[Question]]:
    """The questions by page: a conditional question is on a later page than its condition, and a
    question on a map has a page of its own, with the questions about each place."""
    result: list[list[Question]] = []
    of_places = {question.key for question in questions if question.is_on_map}
    for question in questions:
        if question.if_key in of_places:
            continue
        page = result[-1] if result else None
        keys = {other.key for other in page or ()}
        is_full = page is not None and (len(page) >= MOST_ON_PAGE or page[0].is_on_map)
        if page is None or is_full or question.is_on_map or question.if_key in keys:
            result.append([question])
        else:
            page.append(question)
    return result


def labels_of(question: Question) -> list[str]:
    """The labels of the answers that are counted: options, or numbers of the scale."""
    if question.kind in (QuestionKind.SCALE, QuestionKind.MATRIX):
        return [question.label(value) for value in question.scale]
    return list(question.options)
