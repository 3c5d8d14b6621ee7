"""Forms of testbeds and of bookings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.core.forms import RowForm, RowsForm, ServiceForm, rows_of
from alliance.knowledge.forms.numbers import NumberField, WholeField
from alliance.network.enums import Topic
from alliance.network.needs_offers_forms import language_choices
from alliance.testbeds.enums import BookingState, PermitState, TestbedKind, TestbedState
from alliance.testbeds.models import Testbed
from alliance.testbeds.services import bookings, testbeds
from alliance.testbeds.services.testbeds import DatasetData, PermitData, TestbedWords
from alliance.web.fields import LongText, ShortText, day_field


class PermitRow(RowForm):
    """A permit that trials need."""

    name = ShortText(
        label=gettext_lazy("Permit %(row)s"), size=60, max_length=testbeds.LONGEST_NAME
    )
    granted_by = ShortText(
        label=gettext_lazy("Authority that grants permit %(row)s"), max_length=testbeds.LONGEST_NAME
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Status of permit %(row)s"),
        choices=PermitState,
        initial=PermitState.UNKNOWN,
    )
    days = WholeField(
        label=gettext_lazy("Processing time for permit %(row)s, in days"), most=testbeds.MOST_DAYS
    )


class DataRow(RowForm):
    """A measurement that a testbed provides."""

    what = ShortText(
        label=gettext_lazy("Measurement, row %(row)s"),
        size=60,
        max_length=testbeds.LONGEST_NAME,
    )
    how_often = ShortText(
        label=gettext_lazy("Frequency, row %(row)s"), size=30, max_length=testbeds.LONGEST_SHORT
    )
    since = day_field(label=gettext_lazy("Start date, row %(row)s"))
    url = ShortText(
        label=gettext_lazy("Web address of the data (https), row %(row)s"), size=60, max_length=500
    )
    licence = ShortText(
        label=gettext_lazy("Licence, row %(row)s"), size=30, max_length=testbeds.LONGEST_SHORT
    )


class TestbedForm(RowsForm):
    """All fields of a testbed; the service validates them."""

    groups = {
        "permits": rows_of(
            PermitRow,
            most=testbeds.MOST_ROWS,
            heading=gettext_lazy("Permits"),
            note=gettext_lazy("Blank rows are ignored. Save to add more rows."),
        ),
        "data": rows_of(
            DataRow, most=testbeds.MOST_ROWS, heading=gettext_lazy("Data collected at the testbed")
        ),
    }

    title = ShortText(
        label=gettext_lazy("Short description"), size=60, max_length=testbeds.LONGEST_TITLE
    )
    text = LongText(
        label=gettext_lazy("What you can test here"),
        rows=7,
        max_length=testbeds.LONGEST_TEXT,
        help_text=gettext_lazy(
            "Describe the real conditions and what the testbed is not suitable for. "
            "Anyone can read this."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    kind = forms.ChoiceField(label=gettext_lazy("Type of site"), choices=TestbedKind)
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        required=False,
        choices=[("", gettext_lazy("not chosen")), *Topic.choices],
    )
    place = ShortText(
        label=gettext_lazy("Location"),
        size=60,
        max_length=testbeds.LONGEST_PLACE,
        help_text=gettext_lazy("The address or a description of the site."),
    )
    latitude = NumberField(
        label=gettext_lazy("Latitude"),
        help_text=gettext_lazy(
            "Enter latitude and longitude in degrees. Leave both blank if you do not know them."
        ),
    )
    longitude = NumberField(label=gettext_lazy("Longitude"))
    owner = ShortText(
        label=gettext_lazy("Owner of the site"), size=60, max_length=testbeds.LONGEST_NAME
    )
    owner_organisation = ShortText(
        label=gettext_lazy("Owner’s page in the network"),
        size=40,
        max_length=80,
        help_text=gettext_lazy(
            "If the owner is in the network, enter the last part of the web address of its page."
        ),
    )
    capacity = WholeField(
        label=gettext_lazy("Maximum number of tests at the same time"),
        most=testbeds.MOST_CAPACITY,
        help_text=gettext_lazy(
            "Leave blank if you do not know the number. Free slots are then not shown."
        ),
    )
    capacity_words = LongText(
        label=gettext_lazy("Capacity, in your own words"), rows=3, max_length=testbeds.LONGEST_WORDS
    )
    conditions = LongText(
        label=gettext_lazy("Conditions of use"), rows=3, max_length=testbeds.LONGEST_WORDS
    )
    cost = LongText(label=gettext_lazy("Cost"), rows=3, max_length=testbeds.LONGEST_WORDS)

    def words(self) -> TestbedWords:
        """The cleaned data as the service expects it."""
        permits = [
            PermitData(**{**row, "state": row["state"] or PermitState.UNKNOWN.value})
            for row in self.written("permits")
        ]
        data = [DatasetData(**row) for row in self.written("data")]
        return TestbedWords(**self.cleaned_data, permits=tuple(permits), data=tuple(data))

    @staticmethod
    def initial_of(testbed: Testbed) -> dict[str, Any]:
        """Initial values of the plain fields."""
        names = [name for name in TestbedForm.base_fields if name != "owner_organisation"]
        owner = testbed.owner_organisation
        return {name: getattr(testbed, name) for name in names} | {
            "owner_organisation": owner.public_id if owner else ""
        }

    @staticmethod
    def rows_of_testbed(testbed: Testbed) -> dict[str, list[dict[str, Any]]]:
        """Initial values of the rows for permits and data."""
        return {
            group: list(getattr(testbed, group).values(*rows.form.base_fields))
            for group, rows in TestbedForm.groups.items()
        }


class TestbedStateForm(ServiceForm):
    """The form that opens or closes a testbed."""

    state = forms.ChoiceField(
        label=gettext_lazy("Status"), choices=TestbedState, widget=forms.RadioSelect
    )
    reason = LongText(
        label=gettext_lazy("Reason"),
        rows=3,
        max_length=testbeds.LONGEST_WORDS,
        help_text=gettext_lazy("Required if you close the testbed. Anyone can read this."),
    )


def _pilot_field() -> forms.ChoiceField:
    """A choice of the asking team's pilots, or none."""
    none = [("", gettext_lazy("none yet"))]
    return forms.ChoiceField(label=gettext_lazy("Related pilot"), required=False, choices=none)


class PilotForm(ServiceForm):
    """The pilot that a slot is for."""

    pilot = _pilot_field()


class BookingForm(ServiceForm):
    """A request for a slot."""

    title = ShortText(
        label=gettext_lazy("What you want to test"), size=60, max_length=bookings.LONGEST_TITLE
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"), choices=language_choices
    )
    starts_on = day_field(label=gettext_lazy("First day"))
    ends_on = day_field(label=gettext_lazy("Last day"))
    pilot = _pilot_field()


class AnswerBookingForm(ServiceForm):
    """The answer of the testbed's team to a booking."""

    state = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
        choices=[
            (BookingState.ACCEPTED.value, gettext_lazy("accept")),
            (BookingState.DECLINED.value, gettext_lazy("decline")),
        ],
    )
    reason = LongText(
        label=gettext_lazy("Reason"),
        rows=3,
        max_length=bookings.LONGEST_REASON,
        help_text=gettext_lazy("Required if you decline. The team that asked can read it."),
    )
