"""The forms of surveys: for staff who edit the questions, and for people who answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.equity.taking_part import area_sets_of
from alliance.participation.forms import EnterForm, PlaceField, TrapForm
from alliance.participation.models import Process
from alliance.participation.services.contributions import LONGEST_PLACE
from alliance.surveys.enums import ON_MAP, WITH_OPTIONS, WITH_SCALE, QuestionKind
from alliance.surveys.models import Ground
from alliance.surveys.questions import Question, labels_of, of_each_place
from alliance.surveys.services import questions as services
from alliance.surveys.services.answering import place_from
from alliance.web.fields import LongText, ShortText


class QuestionRow(RowForm):
    text = ShortText(label=_("Question %(row)s"), size=60, max_length=services.LONGEST_QUESTION)
    kind = forms.ChoiceField(
        label=_("Type of answer to question %(row)s"),
        choices=QuestionKind,
        initial=QuestionKind.SINGLE,
    )
    options = LongText(
        label=_("Answer options or items for question %(row)s"),
        rows=4,
        help_text=_(
            "Enter one per line. Leave blank if people answer on a scale, with a "
            "number or in their own words."
        ),
    )
    low = forms.IntegerField(label=_("Lowest number for question %(row)s"))
    high = forms.IntegerField(
        label=_("Highest number for question %(row)s"),
        help_text=_(
            "For a map question, enter the number of places people can mark, 10 "
            "at most. If you leave this blank, the maximum is 5."
        ),
    )
    low_label = ShortText(label=_("Meaning of the lowest number in question %(row)s"))
    high_label = ShortText(label=_("Meaning of the highest number in question %(row)s"))
    help = ShortText(
        label=_("Help text for question %(row)s"), size=60, max_length=services.LONGEST_HELP
    )
    is_required = forms.BooleanField(label=_("Question %(row)s is required"))
    if_number = forms.IntegerField(
        label=_("Number of the question that question %(row)s depends on"),
        help_text=_("Leave blank to ask everyone."),
    )
    if_answers = ShortText(
        label=_("Ask only people who chose one of these answers"),
        size=60,
        help_text=_(
            "Write the answers exactly as above, separated by semicolons. After a map "
            "question, leave this blank: the question is then asked for each place."
        ),
    )

    @property
    def is_written(self) -> bool:
        """Whether the question has a text."""
        return bool(self.cleaned_data.get("text"))


class QuestionsForm(RowsForm):
    groups = {
        "questions": rows_of(
            QuestionRow,
            most=services.MOST_QUESTIONS,
            spare=5,
            heading=_("Questions"),
            note=_("Questions without text are ignored. Save to get more blank rows."),
        )
    }

    def questions(self) -> list[Question]:
        """The input as questions."""
        questions: list[Question] = []
        for row in self.written("questions"):
            questions.append(_question(row, questions))
        return questions

    def as_kwargs(self) -> dict[str, Any]:
        return {"questions": self.questions()}

    @staticmethod
    def rows_of(questions: Sequence[Question]) -> Mapping[str, list[dict[str, Any]]]:
        """The initial rows of a survey."""
        numbers = {question.key: number for number, question in enumerate(questions, start=1)}
        by_key = {question.key: question for question in questions}
        rows = []
        for question in questions:
            row = {
                name: getattr(question, name)
                for name in QuestionRow.base_fields
                if hasattr(question, name)
            }
            row["options"] = "\n".join(question.options)
            if question.if_key:
                on = by_key[question.if_key]
                row["if_number"] = numbers[question.if_key]
                row["if_answers"] = "; ".join(
                    str(value) if on.kind == QuestionKind.SCALE else on.options[value]
                    for value in question.if_values
                )
            rows.append(row)
        return {"questions": rows}


def _question(row: Mapping[str, Any], earlier: Sequence[Question]) -> Question:
    """A row as a question; for a condition on an unknown question the key is "?"."""
    kind = row.get("kind") or QuestionKind.SINGLE.value
    has_numbers = kind in WITH_SCALE or kind == QuestionKind.NUMBER
    has_most = has_numbers or kind in ON_MAP
    options = [line.strip() for line in row.get("options", "").splitlines() if line.strip()]
    number, key = row.get("if_number"), ""
    values: tuple[int, ...] = ()
    if number is not None:
        on = earlier[number - 1] if 0 < number <= len(earlier) else None
        answers = [
            answer.strip() for answer in row.get("if_answers", "").split(";") if answer.strip()
        ]
        key = "?"
        if on is not None:
            words = list(map(str, on.scale)) if on.kind == QuestionKind.SCALE else list(on.options)
            start = on.low or 0 if on.kind == QuestionKind.SCALE else 0
            known = {word.casefold(): start + place for place, word in enumerate(words)}
            # An unknown answer becomes a number that no answer has.
            values = tuple(known.get(answer.casefold(), start + len(words)) for answer in answers)
            key = on.key
    return Question(
        kind=kind,
        text=row["text"].strip(),
        help=row.get("help", "").strip(),
        options=tuple(options) if kind in WITH_OPTIONS else (),
        low=row.get("low") if has_numbers else None,
        high=row.get("high") if has_most else None,
        low_label=row.get("low_label", "").strip() if kind in WITH_SCALE else "",
        high_label=row.get("high_label", "").strip() if kind in WITH_SCALE else "",
        is_required=bool(row.get("is_required")),
        if_key=key,
        if_values=values,
    )


def _whole(text: str) -> int | None:
    return int(text) if text else None


def add_fields(form: forms.Form, questions: Sequence[Question], prefix: str = "") -> None:
    """Add a field for each question to a form, for rankings and matrices one for each row.

    The service checks which answers are required.
    """
    for question in questions:
        made = {f"{prefix}{name}": field for name, field in _fields(question).items()}
        for name, field in made.items():
            field.required = False
            field.needed = question.is_required
            form.fields[name] = field
        next(iter(made.values())).help_text = question.help or next(iter(made.values())).help_text


def _fields(question: Question) -> dict[str, Any]:
    places = [(str(place), words) for place, words in enumerate(question.options)]
    steps = (
        [(str(value), question.label(value)) for value in question.scale]
        if question.kind in WITH_SCALE
        else []
    )
    match question.kind:
        case QuestionKind.SINGLE:
            return {question.field: _choice(question.text, places)}
        case QuestionKind.SEVERAL:
            return {
                question.field: forms.TypedMultipleChoiceField(
                    label=question.text,
                    choices=places,
                    coerce=int,
                    widget=forms.CheckboxSelectMultiple,
                )
            }
        case QuestionKind.SCALE:
            return {question.field: _choice(question.text, steps)}
        case QuestionKind.MATRIX:
            return {
                f"{question.field}_{place}": _choice(f"{question.text} – {line}", steps)
                for place, line in enumerate(question.options)
            }
        case QuestionKind.RANKING:
            ranks = [("", "–"), *((str(n + 1), str(n + 1)) for n in range(len(question.options)))]
            return {
                f"{question.field}_{place}": forms.TypedChoiceField(
                    label=f"{question.text} – {line}",
                    choices=ranks,
                    coerce=_whole,
                    empty_value=None,
                )
                for place, line in enumerate(question.options)
            }
        case QuestionKind.TEXT:
            return {question.field: LongText(label=question.text, rows=4)}
        case _:
            return {
                question.field: forms.FloatField(
                    label=question.text,
                    localize=True,
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}),
                )
            }


def _choice(label: str, choices: Sequence[tuple[str, str]]) -> Any:
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=_whole, empty_value=None, widget=forms.RadioSelect
    )


def add_place(
    form: forms.Form,
    questions: Sequence[Question],
    on_map: Question,
    ground: Ground,
    prefix: str = "",
) -> None:
    """Add the fields of one place: a drawing, a text, a part of the city, and the questions about
    each place. Each works without the others."""
    name = f"{prefix}{on_map.field}"
    if not prefix or prefix == MapForm.place:
        form.fields[f"{name}_drawn"] = PlaceField(process=ground.process, kind=on_map.kind)
    is_point = on_map.kind == QuestionKind.POINT
    form.fields[f"{name}_words"] = words = ShortText(
        label=_("Where? An address or the name of a place"), size=60, max_length=LONGEST_PLACE
    )
    if is_point:
        words.help_text = _(
            "You can also enter latitude and longitude, for example “58.4108, 15.6214”."
        )
    if ground.is_named:
        cells = sorted(
            ((cell["code"], cell["name"]) for cell in ground.cells), key=lambda pair: pair[1]
        )
        form.fields[f"{name}_cell"] = forms.ChoiceField(
            label=_("Or the part of the city"), required=False, choices=[("", "–"), *cells]
        )
    add_fields(form, of_each_place(questions, on_map), prefix)


def place_of(
    form: forms.Form,
    questions: Sequence[Question],
    on_map: Question,
    ground: Ground,
    prefix: str = "",
) -> dict[str, Any] | None:
    """The place in fields of `add_place`, None for an empty one. Raises InvalidData."""
    name, cleaned_data = f"{prefix}{on_map.field}", form.cleaned_data
    return place_from(
        questions,
        on_map,
        ground,
        drawn=cleaned_data.get(f"{name}_drawn", ""),
        words=cleaned_data.get(f"{name}_words", ""),
        cell=cleaned_data.get(f"{name}_cell", ""),
        answers=values_of(form, of_each_place(questions, on_map), prefix),
        prefix=prefix,
    )


def values_of(form: forms.Form, questions: Sequence[Question], prefix: str = "") -> dict[str, Any]:
    """The answers in fields of `add_fields`, by the key of the question."""
    values: dict[str, Any] = {}
    cleaned_data = form.cleaned_data
    for question in questions:
        lines = [
            cleaned_data.get(f"{prefix}{question.field}_{place}")
            for place in range(len(question.options))
        ]
        if question.kind == QuestionKind.MATRIX:
            values[question.key] = lines
        elif question.kind == QuestionKind.RANKING:
            values[question.key] = _ranked(lines)
        else:
            value = cleaned_data.get(f"{prefix}{question.field}")
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            values[question.key] = None if value == [] else value
    return values


def _ranked(ranks: Sequence[int | None]) -> list[int] | None:
    """The indexes of the rows in order of rank; a missing or duplicate rank makes a list that no
    service accepts."""
    if all(rank is None for rank in ranks):
        return None
    by_rank = sorted((rank, place) for place, rank in enumerate(ranks) if rank is not None)
    if [rank for rank, _place in by_rank] != list(range(1, len(ranks) + 1)):
        return [-1]
    return [place for _rank, place in by_rank]


def initial_of(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as the initial values of the fields."""
    initial: dict[str, Any] = {}
    for question in questions:
        value = answers.get(question.key)
        if value is None:
            continue
        if question.kind == QuestionKind.MATRIX:
            initial |= {f"{question.field}_{place}": number for place, number in enumerate(value)}
        elif question.kind == QuestionKind.RANKING:
            initial |= {
                f"{question.field}_{place}": rank for rank, place in enumerate(value, start=1)
            }
        else:
            initial[question.field] = value
    return initial


def field_for(form: forms.Form, where: str) -> str:
    """The field of a fault at `where`; of several rows the first, of a place its text."""
    names = (where, f"{where}_0", f"{where}_words", f"{MapForm.place}{where}_words")
    return next((name for name in names if name in form.fields), where)


class AnswerForm(TrapForm):
    """A page of a survey."""

    def __init__(self, *args: Any, questions: Sequence[Question], **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = questions
        add_fields(self, questions)

    def values(self) -> dict[str, Any]:
        """The answers, by the key of the question."""
        return values_of(self, self.questions)

    def field_of(self, where: str) -> str:
        return field_for(self, where)


class MapForm(TrapForm):
    """The next place on the page of a question on a map."""

    #: The prefix of the fields of a place, which is not the answer, but one of several places.
    place = "place_"

    def __init__(
        self,
        *args: Any,
        questions: Sequence[Question],
        on_map: Question,
        ground: Ground,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.of_place = (questions, on_map, ground, self.place)
        add_place(self, *self.of_place)

    def made(self) -> dict[str, Any] | None:
        """The place, None if it is empty. Raises InvalidData."""
        return place_of(self, *self.of_place)

    def field_of(self, where: str) -> str:
        return field_for(self, where)


#: How many places of a question a paper form has room for.
ON_PAPER = 3


class PaperForm(EnterForm):
    """A person's answers on paper, by phone or at a counter."""

    groups = {}

    def __init__(
        self, *args: Any, questions: Sequence[Question], ground: Ground | None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.questions, self.ground = questions, ground
        self.on_map = [question for question in questions if question.is_on_map and ground]
        of_places = {question.key for question in self.on_map}
        for question in questions:
            if question in self.on_map and ground is not None:
                for number in range(1, min(ON_PAPER, question.most_places) + 1):
                    start = set(self.fields)
                    add_place(self, questions, question, ground, f"p{number}_")
                    for name in self.fields.keys() - start:
                        field = self.fields[name]
                        if field.label:
                            field.label = f"{question.text} – {number}. {field.label}"
            elif question.if_key not in of_places:
                add_fields(self, [question])

    def values(self) -> dict[str, Any]:
        """The answers, by the key of the question. Raises InvalidData naming places."""
        of_places = {question.key for question in self.on_map}
        plain = [
            question
            for question in self.questions
            if question not in self.on_map and question.if_key not in of_places
        ]
        values = values_of(self, plain)
        for question in self.on_map:
            assert self.ground is not None
            made = [
                place_of(self, self.questions, question, self.ground, f"p{number}_")
                for number in range(1, min(ON_PAPER, question.most_places) + 1)
            ]
            values[question.key] = [place for place in made if place]
        return values

    def field_of(self, where: str) -> str:
        return field_for(self, where)


def paper_question(question: Question) -> list[dict[str, Any]]:
    """A question on the paper form: boxes to tick, or lines to write on."""
    words = {"text": question.text, "help": question.help, "answers": [], "lines": 0}
    match question.kind:
        case QuestionKind.TEXT:
            return [words | {"lines": 3}]
        case QuestionKind.POINT | QuestionKind.LINE | QuestionKind.AREA:
            hint = str(_("Enter an address, the name of a place or the part of the city."))
            return [words | {"help": f"{question.help} {hint}".strip(), "lines": ON_PAPER}]
        case QuestionKind.NUMBER:
            return [words | {"lines": 1}]
        case QuestionKind.MATRIX:
            return [
                words | {"text": f"{question.text} – {line}", "answers": labels_of(question)}
                for line in question.options
            ]
        case QuestionKind.RANKING:
            hint = str(_("Enter a number next to each answer: 1 for the first."))
            return [
                words | {"help": f"{question.help} {hint}".strip(), "answers": labels_of(question)}
            ]
    return [words | {"answers": labels_of(question)}]


class GroundForm(ServiceForm):
    """Where places may lie."""

    area_set = forms.ChoiceField(
        label=_("The map shows"),
        required=False,
        choices=[("", _("grid squares in a circle around the city"))],
        help_text=_("The areas come from your city’s page on how burdens are shared."),
    )
    km = forms.IntegerField(
        label=_("Radius of the circle in kilometres"), required=False, min_value=1, max_value=60
    )
    only = LongText(
        label=_("Only these areas"),
        rows=5,
        help_text=_("Names or codes of areas, one per line. Leave blank for all."),
    )


def area_choices(process: Process) -> list[tuple[str, str]]:
    """The areas of the city of a process."""
    return [(area_set.public_id, str(area_set)) for area_set in area_sets_of(process.city_id)]


class CrossForm(forms.Form):
    """Two questions or traits to be crossed."""

    use_required_attribute = False

    rows = forms.ChoiceField(label=_("Rows"))
    columns = forms.ChoiceField(label=_("Columns"))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("rows", "columns"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse equal rows and columns."""
        cleaned_data = super().clean() or {}
        if cleaned_data.get("rows") and cleaned_data.get("rows") == cleaned_data.get("columns"):
            self.add_error("columns", _("Choose something different from the rows."))
        return cleaned_data
