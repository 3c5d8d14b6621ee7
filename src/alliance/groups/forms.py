"""The forms of topic groups, minutes and action items; the services validate them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.files.uploads import content_of
from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.groups.enums import DeliverableKind, Funded
from alliance.groups.services.minutes import LONGEST_LINE, MOST_LINES
from alliance.network.enums import Topic
from alliance.network.needs_offers_forms import language_choices
from alliance.web.fields import LongText, ShortText, day_field
from alliance.writing.file_checks import MOST_BYTES


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language of your text"), choices=language_choices)


class GroupForm(ServiceForm):
    """The topic and the mandate of a group."""

    topic = forms.ChoiceField(
        label=_("Topic"),
        required=False,
        choices=[("", _("a new topic")), *Topic.choices],
    )
    title = ShortText(
        label=_("Group name"),
        max_length=120,
        help_text=_("Leave blank to name the group after its topic."),
    )
    mandate = LongText(
        label=_("Mandate"),
        rows=5,
        help_text=_("Describe the group’s work, who it is for, and what it may decide."),
    )
    language = _language()


class LeadsForm(ServiceForm):
    """The leads of a group."""

    leads = forms.MultipleChoiceField(
        label=_("Group leads"), required=False, widget=forms.CheckboxSelectMultiple
    )


class DeliverableForm(ServiceForm):
    """A deliverable, and its result."""

    kind = forms.ChoiceField(label=_("Type of deliverable"), choices=DeliverableKind.choices)
    title = ShortText(label=_("Short description"), size=60, max_length=160)
    due_on = day_field(label=_("Delivery due date"))
    call = ShortText(
        label=_("Call for proposals"),
        size=60,
        max_length=200,
        help_text=_(
            "Fill in only for a joint funding application. The date above is then "
            "the application deadline."
        ),
    )
    partners = forms.MultipleChoiceField(
        label=_("Application partners"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    delivered_on = day_field(label=_("Date delivered"), help_text=_("Leave blank until delivery."))
    result = LongText(label=_("Delivered result"), rows=3)
    url = ShortText(
        label=_("Web address"),
        size=60,
        help_text=_("Enter a web address that starts with https://."),
    )
    funded = forms.ChoiceField(
        label=_("Funder’s decision"),
        required=False,
        choices=[("", _("none yet")), *Funded.choices],
    )
    language = _language()


class TextForm(ServiceForm):
    """A version of a text."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    language = _language()
    title = ShortText(label=_("Title"), size=60, max_length=160)
    body = LongText(
        label=_("Text"),
        rows=20,
        help_text=_(
            "Start a new paragraph with a blank line, a heading with “## ” and a list "
            "item with “- ”."
        ),
    )
    changed = ShortText(
        label=_("Changes in this version"),
        size=60,
        max_length=300,
        help_text=_("Shown publicly in the list of versions."),
    )


class DocumentForm(ServiceForm):
    """A document by its address, or as a file."""

    title = ShortText(label=_("Title"), size=60, max_length=160)
    url = ShortText(
        label=_("Web address"),
        size=60,
        help_text=_("Enter a web address that starts with https://."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, office document, image, CSV or text, up to 20 MB."),
    )
    language = forms.ChoiceField(label=_("Language of the document"), choices=language_choices)

    def as_kwargs(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        file = data.pop("file")
        return data | ({"name": file.name, "content": content_of(file, MOST_BYTES)} if file else {})


class _Line(RowForm):
    id = forms.CharField(widget=forms.HiddenInput)


class DecisionRow(_Line):
    text = ShortText(label=_("Decision %(row)s"), size=60, max_length=LONGEST_LINE)


class LessonRow(_Line):
    text = ShortText(label=_("Lesson %(row)s"), size=60, max_length=LONGEST_LINE)


class ActionRow(_Line):
    text = ShortText(label=_("Action item %(row)s"), size=60, max_length=LONGEST_LINE)
    who = forms.ChoiceField(label=_("Owner (action item %(row)s)"))
    due_on = day_field(label=_("Due date (action item %(row)s)"))


_NOTE = _("Blank rows are ignored. Save to add more rows.")


class MinutesForm(RowsForm):
    """Minutes of a meeting, with decisions, action items and lessons line by line."""

    groups = {
        "decisions": rows_of(
            DecisionRow, most=MOST_LINES, spare=3, heading=_("Decisions"), note=_NOTE
        ),
        "actions": rows_of(
            ActionRow,
            most=MOST_LINES,
            spare=4,
            heading=_("Action items"),
            note=_(
                "The person you choose gets an email now, three days before the due date, "
                "and when it has passed. Blank rows are ignored. Save to add more rows."
            ),
        ),
        "lessons": rows_of(
            LessonRow, most=MOST_LINES, spare=2, heading=_("Lessons learned"), note=_NOTE
        ),
    }
    below = frozenset({"is_public", "language"})

    title = ShortText(label=_("Meeting"), size=60, max_length=160)
    held_on = day_field(label=_("Date of the meeting"))
    text = LongText(
        label=_("Minutes"), rows=10, help_text=_("Summarise the discussion and list who took part.")
    )
    is_public = forms.BooleanField(
        label=_(
            "Make these minutes public. Names in action items are only visible within the network."
        ),
        required=False,
    )
    language = _language()

    def __init__(self, *args: Any, people: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", pgettext_lazy("owner of an action item", "choose")), *people]
        for row in self.rows["actions"]:
            row.fields["who"].choices = choices


class SettleForm(ServiceForm):
    """The result of an action item."""

    result = LongText(
        label=_("What was the result?"),
        rows=4,
        help_text=_("One sentence is enough. If there was no result, explain why."),
    )


class HandOverForm(ServiceForm):
    """The new owner and the due date."""

    who = forms.ChoiceField(label=_("Action item owner"))
    due_on = day_field(label=_("Due date"))
