"""The forms of processes: for staff, and for residents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.clock import CITY_TIME
from alliance.core.errors import Fault
from alliance.core.forms import RowForm, Rows, RowsForm, ServiceForm, rows_of
from alliance.evidence.messages.method_results import OWN_MEASURES
from alliance.network.needs_offers_forms import language_choices
from alliance.participation.enums import (
    AgeBand,
    Author,
    Channel,
    ContributionKind,
    FirstTime,
    PhaseKind,
    ProcessKind,
    Sex,
    Tenure,
)
from alliance.participation.models import Process
from alliance.participation.places import POINT
from alliance.participation.services import contributions as writing
from alliance.participation.services import evaluating, own, translating
from alliance.participation.services import processes as services
from alliance.web.fields import LongText, ShortText, day_field
from alliance.web.formatting import colon


def start_of(day: dt.date) -> dt.datetime:
    """The time at which a date begins in the cities."""
    return dt.datetime.combine(day, dt.time(), tzinfo=CITY_TIME)


class QuestionForm(ServiceForm):
    kind = forms.ChoiceField(
        label=_("How residents take part"),
        choices=[
            (ProcessKind.SURVEY.value, _("Questions: residents answer a survey, also on a map")),
            (ProcessKind.TEXT.value, _("A text: residents comment on each paragraph")),
            (
                ProcessKind.DIALOGUE.value,
                _("Statements: residents agree or disagree, and add their own"),
            ),
            (
                ProcessKind.PROPOSALS.value,
                _("Proposals: residents make, discuss and support proposals"),
            ),
            (ProcessKind.BUDGET.value, _("A budget: residents propose projects and vote on them")),
        ],
        widget=forms.RadioSelect,
    )
    title = ShortText(
        label=_("The question"),
        size=60,
        max_length=services.LONGEST_TITLE,
        help_text=_("For example, “What should change on the streets of Angered?”"),
    )
    language = forms.ChoiceField(label=_("Language of the texts"), choices=language_choices)
    summary = LongText(
        label=_("Introduction, in three sentences"),
        rows=4,
        max_length=services.LONGEST_SUMMARY,
        help_text=_(
            "Describe the question and what you want to know. This text is shown at the "
            "top of the page."
        ),
    )
    easy_read = LongText(
        label=_("Easy-read version"),
        rows=4,
        max_length=services.LONGEST_TEXT,
        help_text=_(
            "Use short words and one idea per sentence. Leave blank if you do not have an "
            "easy-read version yet."
        ),
    )
    area = ShortText(
        label=_("Part of the city"),
        max_length=services.LONGEST_NAME,
        help_text=_("Leave blank if the question is about the whole city."),
    )

    def as_data(self) -> services.Question:
        """The input of the service."""
        data = self.cleaned_data
        names = services.Question.__dataclass_fields__
        return services.Question(**{name: data[name] for name in names})


class StartForm(QuestionForm):
    """The first step of a new process."""

    need = forms.ChoiceField(label=_("Related need"), required=False, choices=[("", "–")])


class PromiseForm(ServiceForm):
    decides_what = LongText(
        label=_("Decision to be made"), rows=3, max_length=services.LONGEST_TEXT
    )
    decides_who = ShortText(
        label=_("Decision-maker"),
        size=60,
        max_length=services.LONGEST_NAME,
        help_text=_("A committee or department, for example “the district committee”."),
    )
    decides_by = day_field(label=_("Date of the decision"))
    answers_by = day_field(
        label=_("Date by which everyone gets an answer"),
        help_text=_("If you miss one of these dates, your city’s page will show it."),
    )
    not_open = LongText(
        label=_("What cannot be changed"),
        rows=3,
        max_length=services.LONGEST_TEXT,
        help_text=_("For example, the budget, a law or an earlier decision."),
    )

    def as_kwargs(self) -> dict[str, Any]:
        return {"words": services.Pledge(**self.cleaned_data)}


class PhaseRow(RowForm):
    kind = forms.ChoiceField(
        label=_("Activity in phase %(row)s"), choices=PhaseKind, initial=PhaseKind.BOTH
    )
    opens_on = day_field(label=_("First day of phase %(row)s"))
    closes_on = day_field(label=_("Last day of phase %(row)s"))

    @property
    def is_written(self) -> bool:
        """Whether it has a date."""
        data = self.cleaned_data
        return bool(data.get("opens_on") or data.get("closes_on"))


class SourceRow(RowForm):
    title = ShortText(label=_("Title of source %(row)s"), size=60, max_length=200)
    at = ShortText(
        label=_("Web address or solution for source %(row)s"),
        size=60,
        max_length=services.LONGEST_URL,
    )


class PrepareForm(RowsForm):
    """Background, sources, phases."""

    groups = {
        "sources": rows_of(
            SourceRow,
            most=services.MOST_SOURCES,
            heading=_("Background reading: figures, texts and solutions"),
            note=_(
                "Enter a web address that starts with https://. If it is a solution page "
                "on this site, residents also see the solution’s verdict."
            ),
        ),
        "phases": rows_of(
            PhaseRow,
            most=services.MOST_PHASES,
            spare=1,
            heading=_("When residents can take part"),
            note=_("Rows without dates are ignored. The last day is included."),
        ),
    }

    background = LongText(
        label=_("What to know before answering"),
        rows=7,
        max_length=services.LONGEST_TEXT,
    )
    is_strict = forms.TypedChoiceField(
        label=_("Show residents’ texts"),
        choices=[
            ("yes", _("after a person has checked them")),
            ("no", _("immediately, and moderate afterwards")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        required=False,
        empty_value=True,  # type: ignore[arg-type]
    )
    statement_length = forms.IntegerField(
        label=_("Maximum length of a statement, in characters"),
        required=False,
        help_text=_(
            "For dialogues with statements. Enter a number between 60 and 300. If "
            "you leave this blank, the maximum is 140."
        ),
    )

    def __init__(self, *args: Any, has_single_activity: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        for row in self.rows["phases"] if has_single_activity else ():
            del row.fields["kind"]

    def as_kwargs(self) -> dict[str, Any]:
        sources = [services.SourceData(**row) for row in self.written("sources")]
        phases = [
            services.PhaseData(
                row.get("kind") or PhaseKind.BOTH.value,
                start_of(row["opens_on"]) if row["opens_on"] else None,
                start_of(row["closes_on"] + dt.timedelta(days=1)) if row["closes_on"] else None,
            )
            for row in self.written("phases")
        ]
        data = self.cleaned_data
        length = data["statement_length"]
        words = services.Preparation(data["background"], data["is_strict"], sources, phases)
        if length is not None:
            words = replace(words, statement_length=length)
        return {"words": words}

    def field_of(self, where: str) -> str:
        return where

    def place_of(self, where: str) -> tuple[forms.Form, str]:
        """Dates in the form are times in the service."""
        return super().place_of(where.replace("opens_at", "opens_on").replace("s_at", "s_on"))

    @staticmethod
    def rows_of(process: Process) -> Mapping[str, list[dict[str, Any]]]:
        """The initial rows of a process."""
        return {
            "sources": [
                {"title": source.title, "at": source.url or source.solution_id}
                for source in process.sources.all()
            ],
            "phases": [
                {"kind": phase.kind, "opens_on": phase.first_day, "closes_on": phase.last_day}
                for phase in process.phases.all()
            ],
        }


class TrapForm(ServiceForm):
    """A form with a field that is invisible to people, but which bots fill in."""

    homepage = forms.CharField(  # type: ignore[call-arg]
        required=False,
        label=_("Leave this field blank"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
        template_name="participation/parts/trap.html",
    )

    def clean_homepage(self) -> str:
        """Refuse what a bot filled in."""
        if self.cleaned_data["homepage"]:
            raise forms.ValidationError(Fault("homepage", "left-empty").rule)
        return ""


class _Drawn(forms.HiddenInput):
    """A hidden input that is shown with its map."""

    is_hidden = False


class PlaceField(forms.CharField):
    """A point on a map, as GeoJSON: scripts draw the map on the outlines at the address `ground`.
    Without scripts it is empty."""

    def __init__(self, *, process: Process, kind: str = POINT) -> None:
        super().__init__(  # type: ignore[call-arg]
            required=False, widget=_Drawn, template_name="participation/parts/place_map.html"
        )
        self.kind = kind
        self.tiles, self.tiles_by = settings.TILE_URL, settings.TILE_ATTRIBUTION
        self.ground = reverse("participation:ground-file", args=[process.public_id])


class WriteForm(TrapForm):
    """A contribution of a resident."""

    title = ShortText(label=_("Your proposal in brief"), size=60, max_length=writing.LONGEST_TITLE)
    text = LongText(rows=4)
    place = ShortText(
        label=_("Where? A name or an address"),
        size=40,
        max_length=writing.LONGEST_PLACE,
        help_text=_("You can also enter latitude and longitude, for example “58.4108, 15.6214”."),
    )
    language = forms.ChoiceField(label=_("Language of your text"), choices=language_choices)

    def __init__(
        self, *args: Any, process: Process, kind: str, longest: int, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        text: Any = self.fields["text"]
        text.label = {
            ContributionKind.STATEMENT.value: _("Write your own statement"),
            ContributionKind.PROPOSAL.value: _("What should be done, and why?"),
            ContributionKind.COMMENT.value: _("Your comment"),
        }.get(kind, "")
        text.help_text = _(
            "At most %(n)s characters. Do not include names, addresses or phone numbers."
        ) % {"n": longest}
        if kind != ContributionKind.PROPOSAL:
            del self.fields["title"], self.fields["place"]
        else:
            self.fields["drawn"] = PlaceField(process=process)
            self.order_fields(["homepage", "title", "text", "drawn", "place"])
        if kind == ContributionKind.STATEMENT:
            text.widget.attrs["rows"] = 2
        self.kind = kind

    def as_data(self, **more: Any) -> writing.ContributionData:
        """The input of the service."""
        names = ("title", "text", "place", "drawn")
        values = {name: self.cleaned_data.get(name, "") for name in names}
        return writing.ContributionData(
            **values, language=self.cleaned_data["language"], kind=self.kind, **more
        )


class TraitsForm(ServiceForm):
    """Voluntary traits of a participant."""

    age_band = forms.ChoiceField(
        label=_("Age"), required=False, choices=[("", _("no answer")), *AgeBand.choices]
    )
    sex = forms.ChoiceField(
        label=pgettext_lazy("field", "Sex"),
        required=False,
        choices=[("", _("no answer")), *Sex.choices],
    )
    tenure = forms.ChoiceField(
        label=_("Your home"), required=False, choices=[("", _("no answer")), *Tenure.choices]
    )
    area = ShortText(label=_("Your part of the city"), max_length=120)
    first_time = forms.ChoiceField(
        label=_("Is this your first time taking part?"),
        required=False,
        choices=[("", _("no answer")), *FirstTime.choices],
        help_text=_("Any dialogue, survey or vote run by the city counts."),
    )


class EmailForm(ServiceForm):
    """The address for answers."""

    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "size": 40}),
    )


class ReceiptForm(TrapForm):
    receipt = ShortText(
        label=_("Your receipt code"),
        size=20,
        max_length=40,
        help_text=_(
            "Twelve characters. The code is shown at the top of every page where you have "
            "taken part."
        ),
    )

    def clean_receipt(self) -> str:
        """The normalised code."""
        return own.plain_receipt(self.cleaned_data["receipt"])


class TextRow(RowForm):
    """A text of a paper form."""

    text = LongText(label=_("Text %(row)s"), rows=3)


class ProposalRow(TextRow):
    """A proposal of a paper form."""

    title = ShortText(label=_("Proposal %(row)s in brief"), size=60, max_length=160)
    place = ShortText(
        label=_("Location of proposal %(row)s: a name or an address"),
        size=40,
        max_length=writing.LONGEST_PLACE,
    )
    field_order = ["title", "text"]


def _texts(row: type[RowForm]) -> type[Rows]:
    return rows_of(
        row,
        most=20,
        spare=3,
        heading=_("The person’s own words"),
        note=_("Enter the text word for word. Rows without text are ignored."),
    )


class EnterForm(RowsForm):
    """The contributions of one person on paper or by phone."""

    groups = {"texts": _texts(TextRow)}
    below = frozenset([*own.DEMOGRAPHIC_FIELDS, "email"])

    email = forms.EmailField(
        label=_("Email address for the answer"),
        required=False,
        max_length=254,
        help_text=_(
            "We first send a confirmation link to this address. Once the person has "
            "confirmed, we send the answer."
        ),
    )
    channel = forms.ChoiceField(
        label=_("How it was submitted"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.ONLINE],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("Language of the texts"), choices=language_choices)
    age_band = TraitsForm.base_fields["age_band"]
    sex = TraitsForm.base_fields["sex"]
    tenure = TraitsForm.base_fields["tenure"]
    area = TraitsForm.base_fields["area"]
    first_time = TraitsForm.base_fields["first_time"]

    def as_data(self, kind: str) -> list[writing.ContributionData]:
        """The input of the service."""
        language = self.cleaned_data["language"]
        return [
            writing.ContributionData(
                row["text"],
                language,
                kind=kind,
                title=row.get("title", ""),
                place=row.get("place", ""),
            )
            for row in self.written("texts")
        ]

    @property
    def traits(self) -> dict[str, str]:
        """The traits of the person."""
        return {name: self.cleaned_data[name] for name in own.DEMOGRAPHIC_FIELDS}


class SeedsForm(ServiceForm):
    """Statements with which a dialogue starts."""

    lines = LongText(
        label=_("Statements, one per line"),
        rows=12,
        help_text=_(
            "Put one idea in each statement, so that people can agree or disagree with "
            "it. Cover both sides of the issue."
        ),
    )
    author = forms.ChoiceField(
        label=_("Written by"),
        choices=[choice for choice in Author.choices if choice[0] != Author.RESIDENT],
        initial=Author.OFFICIAL,
        widget=forms.RadioSelect,
        help_text=_("Shown to residents next to each statement."),
    )
    language = forms.ChoiceField(label=_("Language of the texts"), choices=language_choices)


#: The labels of the translated texts of the city.
TEXT_LABELS = {
    "title": QuestionForm.base_fields["title"].label,
    "summary": QuestionForm.base_fields["summary"].label,
    "easy_read": QuestionForm.base_fields["easy_read"].label,
    "area": QuestionForm.base_fields["area"].label,
    "decides_what": PromiseForm.base_fields["decides_what"].label,
    "decides_who": PromiseForm.base_fields["decides_who"].label,
    "not_open": PromiseForm.base_fields["not_open"].label,
    "background": PrepareForm.base_fields["background"].label,
    "result": _("Decision taken"),
    "reason": _("The city’s answer"),
    "outcome": _("Work carried out"),
}
#: Labels for records of the process whose texts have the same names.
_OWN_LABELS = {
    "background": _("Background source"),
    "promise": _("The city’s promise"),
}


class TranslateForm(ServiceForm):
    """The texts of the city, each with its original."""

    def __init__(self, *args: Any, parts: Sequence[translating.Part], **options: Any) -> None:
        super().__init__(*args, **options)
        for part in parts:
            own = _OWN_LABELS.get(str(part.record._meta.model_name), "")
            label = (own if part.field in ("title", "text") else "") or TEXT_LABELS.get(part.field)
            label = label or _("Statement %(number)s") % {
                "number": getattr(part.record, "number", "")
            }
            original = format_html(
                '<span lang="{}" dir="auto">{}</span>', part.written_in, linebreaksbr(part.original)
            )
            if part.is_old:
                changed = _("The original has changed since. Check your text.")
                original = format_html("<strong>{}</strong> {}", changed, original)
            rows = 2 if len(part.original) < 70 else 3 if len(part.original) < 300 else 7
            self.fields[part.key] = LongText(
                label=label,
                rows=rows,
                help_text=original,
                initial=part.text,
                max_length=translating.LONGEST.get(part.field, services.LONGEST_TEXT),
            )


class EnterProposalsForm(EnterForm):
    """Proposals of one person on paper or by phone."""

    groups = {"texts": _texts(ProposalRow)}


def _counts(text: str) -> list[int]:
    """Counts separated by blanks or commas. Raises ValidationError."""
    parts = text.replace(",", " ").split()
    if not all(part.isdecimal() for part in parts):
        raise forms.ValidationError(_("Enter whole numbers separated by spaces."))
    return [int(part) for part in parts]


def _amount(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, **options)


def _number(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, **options)


class EvaluateForm(ServiceForm):
    """What staff know about the course of a process."""

    method = forms.ChoiceField(label=_("Which method was used?"), choices=[("", "–")])
    hours = _amount(_("Staff hours"), max_digits=9, decimal_places=1)
    rate = _amount(_("Cost per hour"), max_digits=9, decimal_places=2)
    other_costs = _amount(
        _("Other costs"),
        max_digits=13,
        decimal_places=2,
        help_text=_("For example, venues, printing or consultants."),
    )
    currency = ShortText(label=_("Currency"), size=4, max_length=3)
    question = ShortText(
        label=_("Question asked before and after the process"),
        size=60,
        max_length=200,
        help_text=_(
            "Fill in only if people were meant to learn something. Answers are numbered from 1."
        ),
    )
    before = ShortText(
        label=_("Number of people who gave each answer (1, 2, 3 …) before the process"),
        help_text=_("For example, “4 9 22 10 5”."),
    )
    after = ShortText(
        label=_("Number of people who gave each answer (1, 2, 3 …) after the process")
    )

    def clean_before(self) -> list[int]:
        return _counts(self.cleaned_data["before"])

    def clean_after(self) -> list[int]:
        return _counts(self.cleaned_data["after"])

    def evaluation_data(self) -> evaluating.EvaluationData:
        """The input of the service."""
        names = evaluating.EvaluationData.__dataclass_fields__
        values = {name: self.cleaned_data[name] for name in names}
        values["currency"] = values["currency"].strip().upper()
        return evaluating.EvaluationData(**values)


class RecordForm(EvaluateForm):
    """A hearing or a workshop that was held elsewhere."""

    title = ShortText(label=_("Title of the event"), size=60, max_length=160)
    language = forms.ChoiceField(label=_("Language of the texts"), choices=language_choices)
    ended_on = day_field(label=_("Last day"))
    people = _number(_("Number of participants"))
    table = LongText(
        label=_("Participants and residents, by group"),
        rows=5,
        help_text=_(
            "One line per group: the number who took part and the number who live there, "
            "for example “Home, rented, 14, 9800”. Counts under 10 are never shown."
        ),
    )
    first_yes = _number(_("Of these, first-time participants"))
    first_no = _number(_("Of these, had taken part before"))
    contributions = _number(_("Contributions received"))
    acted_on = _number(_("Of these, acted on within 12 months"))
    own_of = _number(_("The method’s own outcome measure: total number"))
    own_done = _number(_("Of these, number achieved"))
    field_order = [
        "method", "title", "language", "ended_on", "people", "table", "first_yes", "first_no",
        "contributions", "acted_on", "own_of", "own_done",
    ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = dict(self.fields["method"].choices)  # type: ignore[attr-defined]
        self.fields["own_of"].help_text = "; ".join(
            f"{names[own_measure]}{colon()} {text}"
            for own_measure, text in OWN_MEASURES.items()
            if own_measure in names
        )

    def event_data(self) -> evaluating.EventData:
        """The input of the service."""
        names = evaluating.EventData.__dataclass_fields__
        return evaluating.EventData(**{name: self.cleaned_data[name] for name in names})
