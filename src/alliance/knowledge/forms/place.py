"""Step one: which solution was tried, where and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.knowledge.enums import SolutionKind
from alliance.knowledge.forms.base import EMPTY_CHOICE, Choice, Document, StepForm, choices_of
from alliance.knowledge.forms.numbers import YearField
from alliance.network.models import City
from alliance.web.fields import LongText, ShortText

_NOWHERE = {"latitude": None, "longitude": None, "name_fr": "", "name_sv": "", "city": None}


CITY_FIELDS = ("name", "name_fr", "name_sv", "country", "latitude", "longitude")


def place_in(city: City) -> dict[str, Any]:
    """The place of a case that happened in a city of the list."""
    return {"city": city.public_id, **{name: getattr(city, name) for name in CITY_FIELDS}}


class PlaceForm(StepForm):
    """The solution, from the list or new; the place, a city of the list or another; the years."""

    needed = frozenset({"solution", "city"})
    in_text_language = frozenset({"new_name", "new_summary"})

    solution = Choice(label=gettext_lazy("Solution"))
    new_name = ShortText(label=gettext_lazy("Name of the new solution"), max_length=160)
    new_summary = LongText(
        label=gettext_lazy("The new solution in a sentence or two"), rows=3, max_length=20_000
    )
    new_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of the new solution"),
        choices=choices_of(SolutionKind),
        required=False,
    )
    kind = Choice(
        SolutionKind,
        label=gettext_lazy("Kind"),
        help_text=gettext_lazy("If you choose none, it is that of the solution."),
    )
    city = ShortText(
        label=gettext_lazy("City"),
        max_length=160,
        size=30,
        help_text=gettext_lazy("A city of the list, by its name in any of the three languages."),
    )
    place_name = ShortText(
        label=gettext_lazy("Another place, or a part of the city"),
        max_length=120,
        size=30,
        help_text=gettext_lazy("Only where the city alone does not say it, such as “Old Town”."),
    )
    country = Choice(
        label=gettext_lazy("Country of the other place"),
        help_text=gettext_lazy("Left out for a city of the list."),
    )
    start_year = YearField(label=gettext_lazy("Start year"))
    end_year = YearField(
        label=gettext_lazy("End year"), help_text=gettext_lazy("Empty if it goes on.")
    )
    is_masked = forms.BooleanField(
        label=gettext_lazy("Hide the city from readers"),
        required=False,
        help_text=gettext_lazy(
            "Only for a case that did not work, or in part. Readers then see neither city, "
            "country nor sources; reviewers and the secretariat do. Write no name of the city "
            "into your texts; their language and the currency of a cost still tell the country. "
            "The city must be one of the list."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["solution"].choices = [EMPTY_CHOICE, *self.names.solution_groups]  # type: ignore[attr-defined]
        self.fields["country"].choices = [EMPTY_CHOICE, *self.names.countries]  # type: ignore[attr-defined]
        self.fields["city"].widget.attrs["list"] = "cities"

    def initial_of(self, document: Document) -> dict[str, Any]:
        place = document["place"]
        new = document["new_solution"] or {}
        city = self.names.city(place["city"]) if place["city"] else None
        own_names = (city.name, city.name_fr, city.name_sv) if city else ()
        return {
            "solution": document["solution"],
            "new_name": new.get("name", ""),
            "new_summary": new.get("summary", ""),
            "new_kind": new.get("kind", ""),
            "kind": document["kind"],
            "city": self.names.cities.label(place["city"]) if place["city"] else "",
            "place_name": "" if place["name"] in own_names else place["name"],
            "country": "" if city else place["country"],
            "start_year": document["start_year"],
            "end_year": document["end_year"],
            "is_masked": document["is_masked"],
        }

    def clean_city(self) -> str:
        """The id of the city, empty where none is named."""
        return self.names.cities.find(self.cleaned_data["city"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_new = any(given.get(name) for name in ("new_name", "new_summary", "new_kind"))
        if given.get("solution") and is_new:
            self.add_error(
                "solution",
                ValidationError(
                    _("Choose a solution of the list or describe a new one, not both.")
                ),
            )
        return given

    def write(self, document: Document) -> None:
        given = self.cleaned_data
        document["solution"] = given["solution"]
        new = {name: given[f"new_{name}"] for name in ("name", "summary", "kind")}
        document["new_solution"] = new if any(new.values()) else None
        solution = self.names.solutions.get(given["solution"])
        of_solution = solution.kind if solution else new["kind"]
        document["kind"] = given["kind"] or of_solution
        document["place"] = self._place(document["place"])
        for name in ("start_year", "end_year", "is_masked"):
            document[name] = given[name]

    def _place(self, was: dict[str, Any]) -> dict[str, Any]:
        """The place as typed; what else is known of an unchanged place stays."""
        given = self.cleaned_data
        city = self.names.city(given["city"]) if given["city"] else None
        name = given["place_name"]
        same_city = (was["city"] or "") == given["city"]
        if city is not None and not name:
            # Its names, and a position that was given more exactly than the city's own, are kept.
            return dict(was) if same_city and was["name"] == city.name else place_in(city)
        place = dict(was) if same_city and was["name"] == name else {**_NOWHERE, "name": name}
        place["country"] = city.country if city else given["country"]
        place["city"] = city.public_id if city else None
        return place
