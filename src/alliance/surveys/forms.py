"""The forms of surveys: the questions as staff set them, and as people answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import RowForm, RowsForm, rows_of
from alliance.participation.forms import EnterForm, TrapForm
from alliance.surveys.enums import WITH_OPTIONS, WITH_SCALE, QuestionKind
from alliance.surveys.questions import Question, labels_of
from alliance.surveys.services import questions as services
from alliance.web.fields import LongText, ShortText


class QuestionRow(RowForm):
    """A question."""

    text = ShortText(label=_("Question %(row)s"), size=60, max_length=services.LONGEST_QUESTION)
    kind = forms.ChoiceField(
        label=_("How question %(row)s is answered"),
        choices=QuestionKind,
        initial=QuestionKind.SINGLE,
    )
    options = LongText(
        label=_("Answers to choose from, or lines, of question %(row)s"),
        rows=4,
        help_text=_("One a line. For a scale, a number or own words leave it empty."),
    )
    low = forms.IntegerField(label=_("Lowest number of question %(row)s"))
    high = forms.IntegerField(label=_("Highest number of question %(row)s"))
    low_label = ShortText(label=_("What the lowest number means in question %(row)s"))
    high_label = ShortText(label=_("What the highest number means in question %(row)s"))
    help = ShortText(
        label=_("What helps to answer question %(row)s"), size=60, max_length=services.LONGEST_HELP
    )
    is_required = forms.BooleanField(label=_("Question %(row)s needs an answer"))
    if_number = forms.IntegerField(
        label=_("Ask question %(row)s only after question number"),
        help_text=_("Leave it empty to ask everybody."),
    )
    if_answers = ShortText(
        label=_("… if one of these answers was chosen"),
        size=60,
        help_text=_("As they are written above, with a semicolon between two."),
    )

    @property
    def is_written(self) -> bool:
        """A question has words."""
        return bool(self.cleaned_data.get("text"))


class QuestionsForm(RowsForm):
    """The questions of a survey."""

    groups = {
        "questions": rows_of(
            QuestionRow,
            most=services.MOST_QUESTIONS,
            spare=5,
            heading=_("Questions"),
            note=_("A question without words is left out. Save to get more empty ones."),
        )
    }

    def questions(self) -> list[Question]:
        """What was typed, as questions."""
        found: list[Question] = []
        for row in self.written("questions"):
            found.append(_question(row, found))
        return found

    def given(self) -> dict[str, Any]:
        return {"questions": self.questions()}

    @staticmethod
    def rows_of(questions: Sequence[Question]) -> Mapping[str, list[dict[str, Any]]]:
        """The rows as the survey has them."""
        numbers = {one.key: number for number, one in enumerate(questions, start=1)}
        by_key = {one.key: one for one in questions}
        rows = []
        for one in questions:
            row = {
                name: getattr(one, name) for name in QuestionRow.base_fields if hasattr(one, name)
            }
            row["options"] = "\n".join(one.options)
            if one.if_key:
                on = by_key[one.if_key]
                row["if_number"] = numbers[one.if_key]
                row["if_answers"] = "; ".join(
                    str(value) if on.kind == QuestionKind.SCALE else on.options[value]
                    for value in one.if_values
                )
            rows.append(row)
        return {"questions": rows}


def _question(row: Mapping[str, Any], earlier: Sequence[Question]) -> Question:
    """A row as a question; of a condition that names nothing, the key is "?"."""
    kind = row.get("kind") or QuestionKind.SINGLE.value
    has_numbers = kind in WITH_SCALE or kind == QuestionKind.NUMBER
    options = [line.strip() for line in row.get("options", "").splitlines() if line.strip()]
    number, key = row.get("if_number"), ""
    values: tuple[int, ...] = ()
    if number is not None:
        on = earlier[number - 1] if 0 < number <= len(earlier) else None
        said = [one.strip() for one in row.get("if_answers", "").split(";") if one.strip()]
        key = "?"
        if on is not None:
            words = list(map(str, on.scale)) if on.kind == QuestionKind.SCALE else list(on.options)
            start = on.low or 0 if on.kind == QuestionKind.SCALE else 0
            known = {one.casefold(): start + place for place, one in enumerate(words)}
            # What is no answer is a number that none has.
            values = tuple(known.get(one.casefold(), start + len(words)) for one in said)
            key = on.key
    return Question(
        kind=kind,
        text=row["text"].strip(),
        help=row.get("help", "").strip(),
        options=tuple(options) if kind in WITH_OPTIONS else (),
        low=row.get("low") if has_numbers else None,
        high=row.get("high") if has_numbers else None,
        low_label=row.get("low_label", "").strip() if kind in WITH_SCALE else "",
        high_label=row.get("high_label", "").strip() if kind in WITH_SCALE else "",
        is_required=bool(row.get("is_required")),
        if_key=key,
        if_values=values,
    )


def _whole(text: str) -> int | None:
    return int(text) if text else None


def add_fields(form: forms.Form, questions: Sequence[Question]) -> None:
    """Add a field for each question to a form, of rankings and matrices one for each line.

    Whether an answer is needed, the service judges.
    """
    for one in questions:
        made = _fields(one)
        for name, field in made.items():
            field.required = False
            field.needed = one.is_required
            form.fields[name] = field
        next(iter(made.values())).help_text = one.help or next(iter(made.values())).help_text


def _fields(one: Question) -> dict[str, Any]:
    places = [(str(place), words) for place, words in enumerate(one.options)]
    steps = (
        [(str(value), one.label(value)) for value in one.scale] if one.kind in WITH_SCALE else []
    )
    match one.kind:
        case QuestionKind.SINGLE:
            return {one.field: _choice(one.text, places)}
        case QuestionKind.SEVERAL:
            return {
                one.field: forms.TypedMultipleChoiceField(
                    label=one.text,
                    choices=places,
                    coerce=int,
                    widget=forms.CheckboxSelectMultiple,
                )
            }
        case QuestionKind.SCALE:
            return {one.field: _choice(one.text, steps)}
        case QuestionKind.MATRIX:
            return {
                f"{one.field}_{place}": _choice(f"{one.text} – {line}", steps)
                for place, line in enumerate(one.options)
            }
        case QuestionKind.RANKING:
            ranks = [("", "–"), *((str(n + 1), str(n + 1)) for n in range(len(one.options)))]
            return {
                f"{one.field}_{place}": forms.TypedChoiceField(
                    label=f"{one.text} – {line}", choices=ranks, coerce=_whole, empty_value=None
                )
                for place, line in enumerate(one.options)
            }
        case QuestionKind.TEXT:
            return {one.field: LongText(label=one.text, rows=4)}
        case _:
            return {
                one.field: forms.FloatField(
                    label=one.text,
                    localize=True,
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}),
                )
            }


def _choice(label: str, choices: Sequence[tuple[str, str]]) -> Any:
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=_whole, empty_value=None, widget=forms.RadioSelect
    )


def values_of(form: forms.Form, questions: Sequence[Question]) -> dict[str, Any]:
    """What was answered in fields that `add_fields` made, by the key of the question."""
    found: dict[str, Any] = {}
    given = form.cleaned_data
    for one in questions:
        lines = [given.get(f"{one.field}_{place}") for place in range(len(one.options))]
        if one.kind == QuestionKind.MATRIX:
            found[one.key] = lines
        elif one.kind == QuestionKind.RANKING:
            found[one.key] = _ranked(lines)
        else:
            value = given.get(one.field)
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            found[one.key] = None if value == [] else value
    return found


def _ranked(ranks: Sequence[int | None]) -> list[int] | None:
    """The places of the lines from the first rank on; a rank that is missing or there twice makes
    a list that no service takes."""
    if all(rank is None for rank in ranks):
        return None
    by_rank = sorted((rank, place) for place, rank in enumerate(ranks) if rank is not None)
    if [rank for rank, _place in by_rank] != list(range(1, len(ranks) + 1)):
        return [-1]
    return [place for _rank, place in by_rank]


def initial_of(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as the values of the fields."""
    found: dict[str, Any] = {}
    for one in questions:
        value = answers.get(one.key)
        if value is None:
            continue
        if one.kind == QuestionKind.MATRIX:
            found |= {f"{one.field}_{place}": number for place, number in enumerate(value)}
        elif one.kind == QuestionKind.RANKING:
            found |= {f"{one.field}_{place}": rank for rank, place in enumerate(value, start=1)}
        else:
            found[one.field] = value
    return found


def field_for(form: forms.Form, where: str) -> str:
    """The field for a fault at `where`; of several lines the first."""
    return where if where in form.fields else f"{where}_0"


class AnswerForm(TrapForm):
    """One page of a survey."""

    def __init__(self, *args: Any, questions: Sequence[Question], **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = questions
        add_fields(self, questions)

    def values(self) -> dict[str, Any]:
        """What was answered, by the key of the question."""
        return values_of(self, self.questions)

    def field_of(self, where: str) -> str:
        return field_for(self, where)


class PaperForm(EnterForm):
    """What one person answered on paper, by phone or at a desk."""

    groups = {}

    def __init__(self, *args: Any, questions: Sequence[Question], **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = questions
        add_fields(self, questions)

    def values(self) -> dict[str, Any]:
        """What was answered, by the key of the question."""
        return values_of(self, self.questions)

    def field_of(self, where: str) -> str:
        return field_for(self, where)


def paper_question(one: Question) -> list[dict[str, Any]]:
    """A question as the form on paper has it: boxes to tick, or lines to write on."""
    words = {"text": one.text, "help": one.help, "answers": [], "lines": 0}
    match one.kind:
        case QuestionKind.TEXT:
            return [words | {"lines": 3}]
        case QuestionKind.NUMBER:
            return [words | {"lines": 1}]
        case QuestionKind.MATRIX:
            return [
                words | {"text": f"{one.text} – {line}", "answers": labels_of(one)}
                for line in one.options
            ]
        case QuestionKind.RANKING:
            said = str(_("Write a number beside each: 1 for the first."))
            return [words | {"help": f"{one.help} {said}".strip(), "answers": labels_of(one)}]
    return [words | {"answers": labels_of(one)}]
