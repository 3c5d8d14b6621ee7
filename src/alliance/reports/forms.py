"""Forms of reports, which the services validate."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ServiceForm
from alliance.network.enums import Topic
from alliance.network.localise import local_name
from alliance.network.models import City
from alliance.network.needs_offers_forms import language_choices
from alliance.reports.enums import ReportKind
from alliance.web.fields import LongText, day_field


def member_cities() -> list[tuple[str, str]]:
    """Choices of member cities by name, starting with none."""
    language = get_language() or "en"
    rows = City.objects.filter(is_member=True)
    named = sorted((local_name(row, language), row.public_id) for row in rows)
    return [("", "–"), *((public_id, name) for name, public_id in named)]


def kinds() -> list[tuple[str, str]]:
    return [(kind.value, capfirst(str(kind.label))) for kind in ReportKind]


class NewForm(ServiceForm):
    """The subject of a new report, and its date."""

    kind = forms.ChoiceField(label=_("Type of report"), choices=kinds, widget=forms.RadioSelect)
    topic = forms.ChoiceField(
        label=_("Topic (for a best-practice report)"),
        required=False,
        choices=[("", "–"), *Topic.choices],
    )
    city = forms.ChoiceField(
        label=_("City (for a progress report)"), required=False, choices=member_cities
    )
    year = forms.IntegerField(label=_("Year (for an annual report)"), required=False)
    as_of = day_field(
        required=True,
        label=_("Include data up to the end of this day"),
        help_text=_("The report uses all content approved by the end of that day."),
    )
    language = forms.ChoiceField(
        label=_("Language of your text"),
        choices=language_choices,
        help_text=_("The report itself is created in all three languages."),
    )


class BuildForm(ServiceForm):
    """The date of a new build."""

    as_of = day_field(required=True, label=_("Include data up to the end of this day"))


class ChapterForm(ServiceForm):
    """The text of an editor in a chapter."""

    text = LongText(
        label=_("Your text"),
        rows=14,
        required=False,
        help_text=_(
            "Leave a blank line to start a new paragraph. Start each line with a hyphen "
            "to make a list. Write [text](https://…) for a link."
        ),
    )
    language = forms.ChoiceField(label=_("Language of your text"), choices=language_choices)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)
