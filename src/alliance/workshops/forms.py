"""The forms of workshops: four pages for organisers, one to register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.accounts.models import User
from alliance.cases.selectors.teams import sort_key
from alliance.core.files.uploads import content_of
from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.groups.models import TopicGroup
from alliance.network.enums import Language, Theme
from alliance.network.localise import local_name
from alliance.network.models import City
from alliance.network.needs_offers_forms import language_choices
from alliance.web.fields import LongText, ShortText, day_field
from alliance.web.formatting import colon, day, language_name
from alliance.workshops import zones
from alliance.workshops.enums import Attendance, QuestionKind
from alliance.workshops.models import Question, Workshop
from alliance.workshops.services import preparing
from alliance.workshops.texts import localised_text
from alliance.writing.file_checks import MOST_BYTES

NO_FILE = _("The file is missing or empty.")
_ANY_URL = {"assume_scheme": "https"}


def city_choices() -> list[tuple[str, str]]:
    """The member cities, then all others, by name in the language in use."""
    language = get_language() or "en"
    rows = City.objects.only("public_id", "name", "name_fr", "name_sv", "is_member")
    named = [(not row.is_member, sort_key(local_name(row, language)), row) for row in rows]
    named.sort(key=lambda entry: (*entry[:2], entry[2].public_id))
    return [("", "–"), *((row.public_id, local_name(row, language)) for *_key, row in named)]


def group_choices() -> list[tuple[str, str]]:
    """The active topic groups."""
    rows = TopicGroup.objects.filter(ended_at=None)
    return [("", "–"), *((row.public_id, row.name) for row in rows)]


def _city(public_id: str) -> City | None:
    return City.objects.filter(public_id=public_id).first() if public_id else None


class FactsForm(ServiceForm):
    """Subject, place and time."""

    title = ShortText(label=_("Title"), size=60, max_length=preparing.LONGEST_TITLE)
    language = forms.ChoiceField(label=_("Language of the texts"), choices=language_choices)
    summary = LongText(
        label=_("Subject and audience"),
        rows=4,
        max_length=preparing.LONGEST_SUMMARY,
    )
    city = forms.ChoiceField(label=_("City"), required=False, choices=city_choices)
    place = ShortText(
        label=_("Place"),
        size=60,
        max_length=160,
        help_text=_(
            "For example, “Town hall, main room”. Leave blank if the workshop is online only."
        ),
    )
    online_url = forms.URLField(
        label=_("Link to take part online"),
        required=False,
        max_length=400,
        help_text=_(
            "Only people who have signed up can see the link. Leave blank if online "
            "participation is not possible."
        ),
        **_ANY_URL,  # type: ignore[arg-type]
    )
    zone = forms.ChoiceField(label=_("Local time zone"), choices=zones.zone_choices)
    first_day = day_field(label=_("First day"))
    last_day = day_field(label=_("Last day"))
    capacity = forms.IntegerField(
        label=_("Places in the room"),
        required=False,
        help_text=_(
            "People who sign up later join the waiting list and get a place "
            "automatically when one is free."
        ),
    )
    sign_up_by = day_field(label=_("Last day to sign up"))
    group = forms.ChoiceField(
        label=_("Topic group"),
        required=False,
        choices=group_choices,
        help_text=_(
            "The group follows up on decisions. The minutes and action items belong to the group."
        ),
    )
    cost = ShortText(
        label=_("Cost"),
        size=60,
        max_length=160,
        help_text=_("For example, “Free; you pay for travel”."),
    )
    spoken = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        choices=Language.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def as_kwargs(self) -> dict[str, Any]:
        cleaned_data = self.cleaned_data
        group = TopicGroup.objects.filter(public_id=cleaned_data["group"]).first()
        return {**cleaned_data, "group": group, "city": _city(cleaned_data["city"])}


def facts_of(workshop: Workshop) -> dict[str, Any]:
    """The initial values of the form for the facts of a workshop."""
    own = workshop.language
    names = ("language", "place", "online_url", "zone", "capacity", "spoken")
    days = ("first_day", "last_day", "sign_up_by")
    return {
        **{name: getattr(workshop, name) for name in (*names, *days)},
        "title": workshop.title,
        "summary": workshop.summaries.get(own, ""),
        "cost": workshop.costs.get(own, ""),
        "city": workshop.city.public_id if workshop.city else "",
        "group": workshop.group.public_id if workshop.group else "",
    }


class _StoredRowForm(RowForm):
    """A row of an existing or new record; emptying it deletes the record."""

    id = forms.CharField(widget=forms.HiddenInput)
    #: A row is empty if none of these fields is filled in: the others have defaults.
    counts: ClassVar[tuple[str, ...]]

    @property
    def is_written(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.counts)


class SlotRow(_StoredRowForm):
    counts = ("title", "starts", "ends", "room", "speakers", "url", "is_break")
    title = ShortText(label=_("Session %(row)s"), size=50, max_length=preparing.LONGEST_TITLE)
    day = forms.ChoiceField(label=_("Date"))
    starts = forms.TimeField(
        label=_("Starts"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Enter a time such as 09:30.")},
    )
    ends = forms.TimeField(
        label=_("Ends"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Enter a time such as 09:30.")},
    )
    room = ShortText(label=_("Room"), size=24, max_length=80)
    speakers = ShortText(label=_("Speakers (names separated by commas)"), size=50)
    url = forms.URLField(label=_("Link to join this session online"), max_length=400, **_ANY_URL)  # type: ignore[arg-type]
    is_break = forms.BooleanField(label=_("Break"))

    def clean_day(self) -> dt.date | None:
        value = self.cleaned_data["day"]
        return dt.date.fromisoformat(value) if value else None


class ProgrammeForm(RowsForm):
    """The programme, a row for each session."""

    tells = forms.BooleanField(
        label=_("Email the participants about the changed programme"),
        required=False,
    )
    groups = {"sessions": rows_of(SlotRow, most=preparing.MOST_SESSIONS, spare=6)}
    below = frozenset({"tells"})

    def __init__(self, *args: Any, workshop: Workshop, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in self.rows["sessions"].forms:
            row.fields["day"].choices = [(date.isoformat(), day(date)) for date in workshop.days]
        if workshop.announced_at is None:
            del self.fields["tells"]


def slots_of(workshop: Workshop) -> list[dict[str, Any]]:
    """The initial values of the form for the programme."""
    rows = []
    for session in workshop.sessions.all():
        session.workshop = workshop
        rows.append(
            {
                "id": session.public_id,
                "title": session.titles.get(workshop.language, str(session)),
                "day": session.local_start.date().isoformat(),
                "starts": session.local_start.time(),
                "ends": session.local_end.time(),
                "room": session.room,
                "speakers": ", ".join(session.speakers),
                "url": session.url,
                "is_break": session.is_break,
            }
        )
    return rows


class AskingRow(_StoredRowForm):
    """A question at registration."""

    counts = ("text", "options")
    text = ShortText(label=_("Question %(row)s"), size=60, max_length=300)
    kind = forms.ChoiceField(label=_("Type of answer"), choices=QuestionKind)
    options = LongText(label=_("Possible answers, one per line"), rows=3)
    is_needed = forms.BooleanField(label=_("Answer required"))


class QuestionsForm(RowsForm):
    """The questions at registration."""

    groups = {"questions": rows_of(AskingRow, most=preparing.MOST_QUESTIONS, spare=3)}


class WordsForm(ServiceForm):
    """All texts of a workshop in the other languages."""

    def __init__(self, *args: Any, workshop: Workshop, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, row, column, language in preparing.to_translate(workshop):
            texts = getattr(row, column)
            own = texts.get(workshop.language, "")
            original = own.replace("\n", " · ")
            kind = LongText if column in ("summaries", "options") else ShortText
            size = {"rows": 4} if kind is LongText else {"size": 60}
            self.fields[f"{name}-{language}"] = kind(
                label=f"{language_name(language)}{colon()} {original}",
                initial=texts.get(language, ""),
                **size,
            )

    def as_kwargs(self) -> dict[str, Any]:
        return {"texts": self.cleaned_data}


class CancelForm(ServiceForm):
    """The reason for cancelling a workshop."""

    because = LongText(label=_("Reason (emailed to everyone who has signed up)"), rows=4)


class SignUpForm(ServiceForm):
    """The registration, with the questions of the workshop. People with an account give no email
    address."""

    name = ShortText(label=_("Your name"), max_length=120)
    email = forms.EmailField(
        label=_("Email address"),
        required=False,
        help_text=_(
            "We email you a link to confirm your address, then your programme. No one "
            "else can see your address."
        ),
    )
    affiliation = ShortText(label=_("Your workplace"), size=60, max_length=160)
    city = forms.ChoiceField(label=_("City"), required=False, choices=city_choices)
    attendance = forms.ChoiceField(
        label=_("How will you take part?"), choices=Attendance, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        label=_("Language of your emails and programme"), choices=language_choices
    )
    zone = forms.ChoiceField(label=_("Time zone for the programme"), choices=zones.zone_choices)
    may_meet = forms.BooleanField(
        label=_("Suggest people for me to meet, and suggest me to them"),
        required=False,
        help_text=_(
            "The people we suggest see your name, your workplace and the options you "
            "select below. You can withdraw your consent at any time on your own page."
        ),
    )
    learns = forms.MultipleChoiceField(
        label=_("Themes you want to learn about"),
        required=False,
        choices=Theme.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    tells = forms.MultipleChoiceField(
        label=_("Themes you can tell others about"),
        required=False,
        choices=Theme.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    about = ShortText(label=_("Your current work, in one sentence"), size=60, max_length=300)

    def __init__(
        self,
        *args: Any,
        workshop: Workshop,
        questions: Sequence[Question],
        email: str = "",
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.own_email = email
        for name in ("learns", "tells"):
            # Two times fifteen checkboxes are long on a phone.
            self.fields[name].folded = True  # type: ignore[attr-defined]
        if email:
            del self.fields["email"]
        if not (workshop.online_url and workshop.place):
            del self.fields["attendance"]
        self.default = Attendance.ON_SITE if workshop.place else Attendance.REMOTE
        asked = {f"answers-{question.public_id}": _answer_field(question) for question in questions}
        # Placed before the fields for suggested meetings.
        names = list(self.fields)
        at = names.index("may_meet")
        self.fields |= asked
        self.order_fields([*names[:at], *asked, *names[at:]])

    def field_of(self, where: str) -> str:
        return where.replace("answers.", "answers-")

    def as_kwargs(self) -> dict[str, Any]:
        """The cleaned data as keyword arguments of the service."""
        data = dict(self.cleaned_data)
        answers = {
            name.removeprefix("answers-"): data.pop(name)
            for name in list(data)
            if name.startswith("answers-")
        }
        own = {"email": self.own_email} if self.own_email else {}
        words = {"attendance": self.default.value, **data, **own}
        return {"words": {**words, "city": _city(data["city"]), "answers": answers}}


def _answer_field(question: Question) -> forms.Field:
    label = localised_text(question.texts).value
    if question.kind == QuestionKind.TEXT:
        field: forms.Field = LongText(label=label, rows=2, max_length=1_000)
    else:
        if question.kind == QuestionKind.CHOICE:
            lines = localised_text(question.options).value.splitlines()
            choices = [(str(n), line) for n, line in enumerate(lines)]
        else:
            choices = [("yes", pgettext("answer", "yes")), ("no", pgettext("answer", "no"))]
        field = forms.ChoiceField(
            label=label, choices=choices, widget=forms.RadioSelect, required=False
        )
    field.needed = question.is_needed  # type: ignore[attr-defined]
    return field


def words_of(workshop: Workshop, user: User | None, language: str) -> dict[str, Any]:
    """The initial values of a new registration."""
    return {
        "name": user.name if user else "",
        "language": user.language if user else language,
        "zone": workshop.zone,
        "attendance": Attendance.ON_SITE.value,
    }


class FileForm(ServiceForm):
    """A file with its title."""

    title = ShortText(label=_("Title"), max_length=200, required=True)
    file = forms.FileField(
        label=_("File"),
        error_messages={"required": NO_FILE, "empty": NO_FILE},
    )

    def as_kwargs(self) -> dict[str, Any]:
        file = self.cleaned_data["file"]
        content = content_of(file, MOST_BYTES)
        return {"title": self.cleaned_data["title"], "name": file.name, "content": content}


class CodeForm(ServiceForm):
    """The check-in code, typed at the entrance."""

    code = ShortText(
        label=_("Code"),
        size=16,
        max_length=40,
        help_text=_("Ten characters, from the participant’s email or page."),
    )


class TablesForm(ServiceForm):
    """The size of tables and the number of rounds."""

    size = forms.IntegerField(label=_("People per table"), min_value=2, max_value=20, initial=6)
    rounds = forms.IntegerField(label=_("Rounds"), min_value=1, max_value=10, initial=3)


class FeedbackForm(ServiceForm):
    """The feedback of a participant."""

    score = forms.TypedChoiceField(
        label=_("Was it worth your time?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            (5, pgettext_lazy("worth the time", "very much")),
            (4, pgettext_lazy("worth the time", "yes")),
            (3, pgettext_lazy("worth the time", "partly")),
            (2, pgettext_lazy("worth the time", "hardly")),
            (1, pgettext_lazy("worth the time", "no")),
        ],
        widget=forms.RadioSelect,
    )
    useful = LongText(label=_("Ideas you will use in your own work"), rows=3, max_length=2_000)
    better = LongText(label=_("Suggestions for next time"), rows=3, max_length=2_000)
