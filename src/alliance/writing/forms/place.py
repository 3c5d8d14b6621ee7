"""Step one: the result in one sentence; which solution was tried, where and when."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alliance.cases.case_fields import BY_PATH
from alliance.core.text import single_line
from alliance.network.models import City
from alliance.web.fields import LongText, ShortText
from alliance.writing.forms.base import (
    EMPTY_CHOICE,
    LONGEST_NAME,
    LONGEST_TEXT,
    Choice,
    Document,
    StepForm,
    asked,
    field_of,
    set_text,
    text_of,
    words,
)

_NOWHERE = {"latitude": None, "longitude": None, "name_fr": "", "name_sv": "", "city": None}


CITY_FIELDS = ("name", "name_fr", "name_sv", "country", "latitude", "longitude")


def place_in(city: City) -> dict[str, Any]:
    """The place of a case that happened in a city of the list."""
    return {"city": city.public_id, **{name: getattr(city, name) for name in CITY_FIELDS}}


class PlaceForm(StepForm):
    """The result; the solution, from the list or new; the place, of the list or another; years."""

    asked = asked("place")

    solution = Choice(**words("solution"))
    new_name = ShortText(max_length=LONGEST_NAME, **words("new_solution.name"))
    new_summary = LongText(rows=3, max_length=LONGEST_TEXT, **words("new_solution.summary"))
    lead = field_of(BY_PATH["texts.lead"], rows=2)
    city = field_of(BY_PATH["place.city"], size=30)
    place_name = field_of(BY_PATH["place.name"], size=30)
    country = Choice(**words("place.country"))

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
            "lead": text_of(document, self.text_language).get("lead", ""),
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
        cleaned_data = super().clean() or {}
        is_new = any(cleaned_data.get(name) for name in ("new_name", "new_summary", "new_kind"))
        if cleaned_data.get("solution") and is_new:
            self.add_error(
                "solution",
                ValidationError(
                    _("Choose a solution from the list or describe a new one, not both.")
                ),
            )
        return cleaned_data

    def write(self, document: Document) -> None:
        cleaned_data = self.cleaned_data
        lead = single_line(cleaned_data["lead"])
        if lead or document["texts"].get(self.text_language):
            set_text(document, self.text_language, {"lead": lead})
        document["solution"] = cleaned_data["solution"]
        new = {name: cleaned_data[f"new_{name}"] for name in ("name", "summary", "kind")}
        document["new_solution"] = new if any(new.values()) else None
        solution = self.names.solutions.get(cleaned_data["solution"])
        of_solution = solution.kind if solution else new["kind"]
        document["kind"] = cleaned_data["kind"] or of_solution
        document["place"] = self._place(document["place"])
        for name in ("start_year", "end_year", "is_masked"):
            document[name] = cleaned_data[name]

    def _place(self, was: dict[str, Any]) -> dict[str, Any]:
        """The place as typed; what else is known of an unchanged place stays."""
        cleaned_data = self.cleaned_data
        city = self.names.city(cleaned_data["city"]) if cleaned_data["city"] else None
        name = cleaned_data["place_name"]
        same_city = (was["city"] or "") == cleaned_data["city"]
        if city is not None and not name:
            # Its names, and a position that was given more exactly than the city's own, are kept.
            return dict(was) if same_city and was["name"] == city.name else place_in(city)
        place = dict(was) if same_city and was["name"] == name else {**_NOWHERE, "name": name}
        place["country"] = city.country if city else cleaned_data["country"]
        place["city"] = city.public_id if city else None
        return place
