"""The forms of testbeds and of slots in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.knowledge.forms.numbers import NumberField, WholeField
from alliance.network.enums import Topic
from alliance.network.forms import TeamForm
from alliance.network.needs_offers_forms import language_choices
from alliance.testbeds.enums import BookingState, PermitState, TestbedKind, TestbedState
from alliance.testbeds.forms.rows import RowsForm
from alliance.testbeds.models import Testbed
from alliance.testbeds.services import bookings, testbeds
from alliance.testbeds.services.testbeds import DataWords, PermitWords, TestbedWords
from alliance.web.fields import area, day_field


def line(most: int, size: int = 60) -> forms.CharField:
    """A line of text without a label."""
    widget = forms.TextInput(attrs={"size": size, "autocomplete": "off"})
    return forms.CharField(required=False, max_length=most, widget=widget)


def labelled(field: forms.Field, label: Any, help_text: Any = "") -> Any:
    """The field with its label and what helps to fill it in."""
    field.label, field.help_text = label, help_text
    return field


def words(most: int, rows: int = 3) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(required=False, max_length=most, widget=area(rows))


class TestbedForm(RowsForm):
    """A testbed whole. Faults are found by the service."""

    most_rows = {"permits": testbeds.MOST_ROWS, "data": testbeds.MOST_ROWS}

    title = labelled(line(testbeds.LONGEST_TITLE), gettext_lazy("In one line"))
    text = labelled(
        words(testbeds.LONGEST_TEXT, 7),
        gettext_lazy("What can be tried there"),
        gettext_lazy("Under which real conditions, and what it would not fit. Everybody reads it."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of place"), choices=TestbedKind)
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        required=False,
        choices=[("", gettext_lazy("not chosen")), *Topic.choices],
    )
    place = labelled(
        line(testbeds.LONGEST_PLACE),
        gettext_lazy("Where it is"),
        gettext_lazy("The address, or the place in words."),
    )
    latitude = NumberField(
        label=gettext_lazy("Latitude"),
        help_text=gettext_lazy("In degrees. Leave both empty if they are not known."),
    )
    longitude = NumberField(label=gettext_lazy("Longitude"))
    owner = labelled(line(testbeds.LONGEST_NAME), gettext_lazy("Who owns the place"))
    owner_organisation = labelled(
        line(80, 40),
        gettext_lazy("The owner’s id in the network"),
        gettext_lazy(
            "If the owner is an organisation of the network: the last part of the address of its "
            "page."
        ),
    )
    capacity = WholeField(
        label=gettext_lazy("Trials at once"),
        most=testbeds.MOST_CAPACITY,
        help_text=gettext_lazy(
            "Leave it empty if it is not known: then nothing is said of free slots."
        ),
    )
    capacity_words = labelled(
        words(testbeds.LONGEST_WORDS), gettext_lazy("What fits at once, in words")
    )
    conditions = labelled(words(testbeds.LONGEST_WORDS), gettext_lazy("Conditions of use"))
    cost = labelled(words(testbeds.LONGEST_WORDS), gettext_lazy("What it costs"))

    def row_fields(self, group: str, number: int) -> dict[str, forms.Field]:
        """The fields of a permit or of data."""
        row = {"row": number}
        if group == "permits":
            return {
                "name": labelled(line(testbeds.LONGEST_NAME), _("Permit %(row)s") % row),
                "granted_by": labelled(
                    line(testbeds.LONGEST_NAME, 40), _("Who grants permit %(row)s") % row
                ),
                "state": forms.ChoiceField(
                    label=_("State of permit %(row)s") % row,
                    choices=PermitState,
                    initial=PermitState.UNKNOWN,
                ),
                "days": WholeField(
                    label=_("Days that permit %(row)s takes") % row, most=testbeds.MOST_DAYS
                ),
            }
        return {
            "what": labelled(line(testbeds.LONGEST_NAME), _("What is measured, row %(row)s") % row),
            "how_often": labelled(
                line(testbeds.LONGEST_SHORT, 30), _("How often, row %(row)s") % row
            ),
            "since": day_field(label=_("Since when, row %(row)s") % row),
            "url": labelled(line(500), _("Address of the data (https), row %(row)s") % row),
            "licence": labelled(line(testbeds.LONGEST_SHORT, 30), _("Licence, row %(row)s") % row),
        }

    def words(self) -> TestbedWords:
        """What was typed, for the service."""
        given: dict[str, Any] = {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
            if "-" not in name
        }
        permits = [
            PermitWords(**{**row, "state": row["state"] or PermitState.UNKNOWN.value})
            for row in self.written("permits")
        ]
        data = [DataWords(**row) for row in self.written("data")]
        return TestbedWords(**given, permits=tuple(permits), data=tuple(data))

    @staticmethod
    def initial_of(testbed: Testbed) -> dict[str, Any]:
        """The values of the plain fields as the testbed has them."""
        names = [name for name in TestbedForm.base_fields if name != "owner_organisation"]
        owner = testbed.owner_organisation
        return {name: getattr(testbed, name) for name in names} | {
            "owner_organisation": owner.public_id if owner else ""
        }

    @staticmethod
    def rows_of_testbed(testbed: Testbed) -> dict[str, list[dict[str, Any]]]:
        """The permits and data as the testbed has them."""
        return {
            "permits": [
                dict(row) for row in testbed.permits.values("name", "granted_by", "state", "days")
            ],
            "data": [
                dict(row)
                for row in testbed.data.values("what", "how_often", "since", "url", "licence")
            ],
        }


class TestbedStateForm(TeamForm):
    """Whether a testbed takes new trials."""

    use_required_attribute = False

    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=TestbedState, widget=forms.RadioSelect
    )
    reason = labelled(
        words(testbeds.LONGEST_WORDS),
        gettext_lazy("Reason"),
        gettext_lazy("Needed to close it. Everybody can read it."),
    )


def pilot_field(choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    """A pilot of the asking team, or none."""
    return forms.ChoiceField(
        label=_("The pilot it is for"),
        required=False,
        choices=[("", _("none yet")), *choices],
    )


class BookingForm(TeamForm):
    """A slot that is asked for."""

    use_required_attribute = False

    title = labelled(line(bookings.LONGEST_TITLE), gettext_lazy("What you want to try"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    starts_on = day_field(label=gettext_lazy("First day"))
    ends_on = day_field(label=gettext_lazy("Last day"))

    def __init__(
        self, data: Any = None, *, pilots: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.fields["pilot"] = pilot_field(pilots)


class AnswerBookingForm(TeamForm):
    """What the testbed's team says to a booking."""

    use_required_attribute = False

    state = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
        choices=[
            (BookingState.ACCEPTED.value, gettext_lazy("accept")),
            (BookingState.DECLINED.value, gettext_lazy("decline")),
        ],
    )
    reason = labelled(
        words(bookings.LONGEST_REASON),
        gettext_lazy("Reason"),
        gettext_lazy("Needed to decline. The asking team reads it."),
    )


class PilotForm(TeamForm):
    """The pilot that a slot is for."""

    def __init__(
        self, data: Any = None, *, pilots: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.fields["pilot"] = pilot_field(pilots)
