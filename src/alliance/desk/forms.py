"""Forms of the secretariat's dashboard."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import clock
from alliance.core.forms import ServiceForm
from alliance.desk.selectors.organisations import cities_named
from alliance.knowledge.enums import OutcomeTheme
from alliance.knowledge.models import Measure
from alliance.network.enums import OrganisationKind
from alliance.network.localise import country_choices
from alliance.network.models import City
from alliance.web.fields import day_field


def line(label: Any, *, longest: int, required: bool = False, **options: Any) -> forms.CharField:
    """A single-line text field with the defaults of these forms."""
    attributes = {"autocomplete": "off", "size": 40, **options.pop("attributes", {})}
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=forms.TextInput(attrs=attributes),
        **options,
    )


class GiveRoleForm(ServiceForm):
    """A role in the whole network, until the end of a day."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    last_day = day_field(
        label=_("Last day"), help_text=_("Leave blank if the role has no end date.")
    )
    reason = line(
        _("Reason"),
        longest=300,
        help_text=_("For example, “board 2027”. The reason is saved in the audit log."),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]

    def clean_last_day(self) -> dt.date | None:
        """Refuses a date in the past."""
        day: dt.date | None = self.cleaned_data["last_day"]
        if day is not None and day < clock.today():
            raise ValidationError(gettext("This date has passed. Choose today or a later date."))
        return day

    def expires_at(self) -> dt.datetime | None:
        """The time at which the role ends; None for a role without an end."""
        day: dt.date | None = self.cleaned_data["last_day"]
        if day is None:
            return None
        return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) + dt.timedelta(days=1)


class EndRoleForm(ServiceForm):
    """The reason for ending a role."""

    reason = line(_("Reason"), longest=300, help_text=_("Saved in the audit log."))


class PlaceForm(ServiceForm):
    """The common fields of organisations and cities: names, and a country."""

    name = line(_("Name"), longest=160, required=True)
    name_fr = line(
        _("Name in French"),
        longest=160,
        help_text=_("Fill in only if it differs from the main name."),
    )
    name_sv = line(
        _("Name in Swedish"),
        longest=160,
        help_text=_("Fill in only if it differs from the main name."),
    )
    country = forms.ChoiceField(label=_("Country"))
    same_name = forms.BooleanField(
        label=_("This is a different city or organisation with the same name"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]

    def asks_same_name(self) -> bool:
        """Whether to show the checkbox for a second record of the same name."""
        return bool(self.is_bound and (self.errors.get("same_name") or self.data.get("same_name")))


class OrganisationForm(PlaceForm):
    kind = forms.ChoiceField(label=_("Type"), choices=OrganisationKind)
    city = line(
        _("City"),
        longest=120,
        help_text=_(
            "Enter the city that the organisation represents or is located in. Leave "
            "blank if there is none. A municipality is responsible for its city’s cases."
        ),
        attributes={"list": "cities"},
    )

    field_order = ["name", "name_fr", "name_sv", "kind", "country", "city", "same_name"]

    def clean_city(self) -> City | None:
        """The city with this name or id."""
        name_or_id = str(self.cleaned_data["city"]).strip()
        if not name_or_id:
            return None
        matches = cities_named(name_or_id)
        exact = [city for city in matches if city.public_id == name_or_id]
        if len(exact or matches) == 1:
            return (exact or matches)[0]
        if not matches:
            raise ValidationError(gettext("No city has this name. Add it first."))
        ids = ", ".join(f"{city.public_id} ({city.country})" for city in matches)
        words = gettext("Several cities have this name. Enter the id of one of them: %(ids)s")
        raise ValidationError(words % {"ids": ids})


class CityForm(PlaceForm):
    """A city, and whether it is a member of the network."""

    is_member = forms.BooleanField(label=_("Member of the network"), required=False)
    population = forms.IntegerField(
        label=_("Residents"),
        required=False,
        min_value=1,
        max_value=100_000_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("From an official source. Leave blank if not known."),
    )
    population_year = forms.IntegerField(
        label=_("Year of the population figure"),
        required=False,
        min_value=1900,
        max_value=2200,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    field_order = ["name", "name_fr", "name_sv", "country", "is_member", "population"]


class LogForm(forms.Form):
    """The search of the audit log; all fields are optional."""

    who = line(_("Person"), longest=120, help_text=_("A name or part of a name."))
    verb = line(_("Event"), longest=40, attributes={"list": "verbs", "size": 20})
    kind = line(_("Type of content"), longest=40, attributes={"list": "kinds", "size": 20})
    record = line(_("Content ID"), longest=80, attributes={"size": 20})
    since = day_field(label=_("First day"))
    until = day_field(label=_("Last day"))

    def clean(self) -> dict[str, Any]:
        """Refuses a first day after the last day."""
        cleaned_data = super().clean() or {}
        since, until = cleaned_data.get("since"), cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("Choose a last day that is not before the first day."))
        return cleaned_data


class MeasureForm(ServiceForm):
    """A measure of results, in the three languages."""

    name = line(_("Name in English"), longest=120, required=True)
    name_fr = line(_("Name in French"), longest=120, required=True)
    name_sv = line(_("Name in Swedish"), longest=120, required=True)
    outcome_theme = forms.ChoiceField(
        label=_("Column of the evidence map"),
        choices=[("", _("No column yet")), *OutcomeTheme.choices],
        required=False,
    )


class MergeForm(ServiceForm):
    """The word that another one is merged into."""

    into = forms.ModelChoiceField(label=_("Keep"), queryset=Measure.objects.none())

    def __init__(self, *args: Any, others: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = others


class UnitForm(ServiceForm):
    """A unit, and how its figures are interpreted."""

    name = line(_("Name in English"), longest=80, required=True)
    name_fr = line(_("Name in French"), longest=80, required=True)
    name_sv = line(_("Name in Swedish"), longest=80, required=True)
    symbol = line(
        _("Symbol"),
        longest=24,
        help_text=_(
            "For example, kWh/m². Leave blank if the unit’s name is written after the figure."
        ),
    )
    is_change = forms.BooleanField(
        label=_(
            "The figures show a change, so a plus or minus sign shows whether things "
            "got better or worse"
        ),
        required=False,
    )
    is_relative = forms.BooleanField(
        label=_(
            "The figures are relative to the outcome measure itself, so places of any "
            "size can be compared"
        ),
        required=False,
    )
