"""The forms of topic groups, minutes and action items. Faults are found by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.files.uploads import content_of
from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.groups.enums import DeliverableKind, Funded
from alliance.groups.services.minutes import LONGEST_LINE, MOST_LINES
from alliance.knowledge.file_checks import MOST_BYTES
from alliance.network.enums import Topic
from alliance.network.needs_offers_forms import language_choices
from alliance.web.fields import LongText, ShortText, day_field


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language you write in"), choices=language_choices)


class GroupForm(ServiceForm):
    """What a group is for."""

    topic = forms.ChoiceField(
        label=_("Topic"),
        required=False,
        choices=[("", _("a new topic")), *Topic.choices],
    )
    title = ShortText(
        label=_("Name of the group"),
        max_length=120,
        help_text=_("Leave it empty to call the group after its topic."),
    )
    mandate = LongText(
        label=_("Mandate"),
        rows=5,
        help_text=_("What the group works on, for whom, and what it may decide."),
    )
    language = _language()


class LeadsForm(ServiceForm):
    """Who leads a group."""

    leads = forms.MultipleChoiceField(
        label=_("Who leads the group?"), required=False, widget=forms.CheckboxSelectMultiple
    )


class DeliverableForm(ServiceForm):
    """What is to be delivered by when, and what was."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=DeliverableKind.choices)
    title = ShortText(label=_("In one line"), size=60, max_length=160)
    due_on = day_field(label=_("To be delivered by"))
    call = ShortText(
        label=_("Call for proposals"),
        size=60,
        max_length=200,
        help_text=_("For joint proposals for funding. The day above is the deadline of the call."),
    )
    partners = forms.MultipleChoiceField(
        label=_("Partners in the proposal"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    delivered_on = day_field(
        label=_("Delivered on"), help_text=_("Leave it empty until it is delivered.")
    )
    result = LongText(label=_("What was delivered"), rows=3)
    url = ShortText(
        label=_("Where it is"), size=60, help_text=_("An address that begins with https://.")
    )
    funded = forms.ChoiceField(
        label=_("Answer of the funder"),
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
            "An empty line begins a paragraph, “## ” a heading and “- ” a point of a list."
        ),
    )
    changed = ShortText(
        label=_("What is new in this version"),
        size=60,
        max_length=300,
        help_text=_("Everybody reads it in the list of versions."),
    )


class DocumentForm(ServiceForm):
    """A document by its address, or as a file."""

    title = ShortText(label=_("Title"), size=60, max_length=160)
    url = ShortText(
        label=_("Address"), size=60, help_text=_("An address that begins with https://.")
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, office file, picture, CSV or text, up to 20 MB."),
    )
    language = forms.ChoiceField(label=_("Language of the document"), choices=language_choices)

    def given(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        file = given.pop("file")
        return given | (
            {"name": file.name, "content": content_of(file, MOST_BYTES)} if file else {}
        )


class _Line(RowForm):
    id = forms.CharField(widget=forms.HiddenInput)


class DecisionRow(_Line):
    """A decision."""

    text = ShortText(label=_("Decision %(row)s"), size=60, max_length=LONGEST_LINE)


class LessonRow(_Line):
    """What was learned."""

    text = ShortText(label=_("Lesson %(row)s"), size=60, max_length=LONGEST_LINE)


class ActionRow(_Line):
    """Who does what until when."""

    text = ShortText(label=_("Action item %(row)s"), size=60, max_length=LONGEST_LINE)
    who = forms.ChoiceField(label=_("Who does it (action item %(row)s)"))
    due_on = day_field(label=_("By which day (action item %(row)s)"))


_NOTE = _("Blank rows are ignored. Save to add more rows.")


class MinutesForm(RowsForm):
    """Minutes of a meeting, with what follows from it line by line."""

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
                "The person you name gets an email now, three days before the day, and once it is "
                "over. A row without words is left out. Save to get more rows."
            ),
        ),
        "lessons": rows_of(
            LessonRow, most=MOST_LINES, spare=2, heading=_("What we learned"), note=_NOTE
        ),
    }
    below = frozenset({"is_public", "language"})

    title = ShortText(label=_("Meeting"), size=60, max_length=160)
    held_on = day_field(label=_("Held on"))
    text = LongText(label=_("Minutes"), rows=10, help_text=_("What was said, and who took part."))
    is_public = forms.BooleanField(
        label=_("Everybody may read these minutes. Names in action items stay within the network."),
        required=False,
    )
    language = _language()

    def __init__(self, *args: Any, people: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", pgettext_lazy("owner of an action item", "choose")), *people]
        for row in self.rows["actions"]:
            row.fields["who"].choices = choices


class SettleForm(ServiceForm):
    """What came of an action item."""

    result = LongText(
        label=_("What was the result?"),
        rows=4,
        help_text=_("One sentence is enough. If there was no result, say why."),
    )


class HandOverForm(ServiceForm):
    """Who does it now, and by when."""

    who = forms.ChoiceField(label=_("Who does it from now on?"))
    due_on = day_field(label=_("By which day"))
