"""The forms of surveys: the questions as staff set them, and as people answer them."""

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
    """A question."""

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
            note=_("Questions without text are ignored. Save to get more blank rows."),
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
    has_most = has_numbers or kind in ON_MAP
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
    """Add a field for each question to a form, of rankings and matrices one for each line.

    Whether an answer is needed, the service judges.
    """
    for one in questions:
        made = {f"{prefix}{name}": field for name, field in _fields(one).items()}
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


def add_place(
    form: forms.Form,
    questions: Sequence[Question],
    on_map: Question,
    ground: Ground,
    prefix: str = "",
) -> None:
    """Add the fields of one place: what a browser drew, words, a part of the city, and what is
    asked of each place. Each works without the others."""
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
        cells = sorted(((one["code"], one["name"]) for one in ground.cells), key=lambda one: one[1])
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
    """The place in fields that `add_place` made, None for an empty one. Raises InvalidData."""
    name, given = f"{prefix}{on_map.field}", form.cleaned_data
    return place_from(
        questions,
        on_map,
        ground,
        drawn=given.get(f"{name}_drawn", ""),
        words=given.get(f"{name}_words", ""),
        cell=given.get(f"{name}_cell", ""),
        answers=values_of(form, of_each_place(questions, on_map), prefix),
        prefix=prefix,
    )


def values_of(form: forms.Form, questions: Sequence[Question], prefix: str = "") -> dict[str, Any]:
    """What was answered in fields that `add_fields` made, by the key of the question."""
    found: dict[str, Any] = {}
    given = form.cleaned_data
    for one in questions:
        lines = [given.get(f"{prefix}{one.field}_{place}") for place in range(len(one.options))]
        if one.kind == QuestionKind.MATRIX:
            found[one.key] = lines
        elif one.kind == QuestionKind.RANKING:
            found[one.key] = _ranked(lines)
        else:
            value = given.get(f"{prefix}{one.field}")
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
    """The field for a fault at `where`; of several lines the first, of a place its words."""
    names = (where, f"{where}_0", f"{where}_words", f"{MapForm.place}{where}_words")
    return next((one for one in names if one in form.fields), where)


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


class MapForm(TrapForm):
    """The next place on the page of a question on a map."""

    #: What the names of fields begin with: a place is not the answer, but one of several.
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
        """The place, None where nothing was said. Raises InvalidData."""
        return place_of(self, *self.of_place)

    def field_of(self, where: str) -> str:
        return field_for(self, where)


#: Places of one question that a form on paper has room for.
ON_PAPER = 3


class PaperForm(EnterForm):
    """What one person answered on paper, by phone or at a desk."""

    groups = {}

    def __init__(
        self, *args: Any, questions: Sequence[Question], ground: Ground | None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.questions, self.ground = questions, ground
        self.on_map = [one for one in questions if one.is_on_map and ground]
        of_places = {one.key for one in self.on_map}
        for one in questions:
            if one in self.on_map and ground is not None:
                for number in range(1, min(ON_PAPER, one.most_places) + 1):
                    start = set(self.fields)
                    add_place(self, questions, one, ground, f"p{number}_")
                    for name in self.fields.keys() - start:
                        field = self.fields[name]
                        if field.label:
                            field.label = f"{one.text} – {number}. {field.label}"
            elif one.if_key not in of_places:
                add_fields(self, [one])

    def values(self) -> dict[str, Any]:
        """What was answered, by the key of the question. Raises InvalidData naming places."""
        of_places = {one.key for one in self.on_map}
        plain = [
            one for one in self.questions if one not in self.on_map and one.if_key not in of_places
        ]
        found = values_of(self, plain)
        for one in self.on_map:
            assert self.ground is not None
            made = [
                place_of(self, self.questions, one, self.ground, f"p{number}_")
                for number in range(1, min(ON_PAPER, one.most_places) + 1)
            ]
            found[one.key] = [place for place in made if place]
        return found

    def field_of(self, where: str) -> str:
        return field_for(self, where)


def paper_question(one: Question) -> list[dict[str, Any]]:
    """A question as the form on paper has it: boxes to tick, or lines to write on."""
    words = {"text": one.text, "help": one.help, "answers": [], "lines": 0}
    match one.kind:
        case QuestionKind.TEXT:
            return [words | {"lines": 3}]
        case QuestionKind.POINT | QuestionKind.LINE | QuestionKind.AREA:
            said = str(_("Enter an address, the name of a place or the part of the city."))
            return [words | {"help": f"{one.help} {said}".strip(), "lines": ON_PAPER}]
        case QuestionKind.NUMBER:
            return [words | {"lines": 1}]
        case QuestionKind.MATRIX:
            return [
                words | {"text": f"{one.text} – {line}", "answers": labels_of(one)}
                for line in one.options
            ]
        case QuestionKind.RANKING:
            said = str(_("Enter a number next to each answer: 1 for the first."))
            return [words | {"help": f"{one.help} {said}".strip(), "answers": labels_of(one)}]
    return [words | {"answers": labels_of(one)}]


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
    return [(one.public_id, str(one)) for one in area_sets_of(process.city_id)]


class CrossForm(forms.Form):
    """Which two questions, or what people said of themselves, are crossed."""

    use_required_attribute = False

    rows = forms.ChoiceField(label=_("Rows"))
    columns = forms.ChoiceField(label=_("Columns"))

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("rows", "columns"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two that are not the same."""
        given = super().clean() or {}
        if given.get("rows") and given.get("rows") == given.get("columns"):
            self.add_error("columns", _("Choose something different from the rows."))
        return given
