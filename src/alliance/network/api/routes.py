"""API routes of cities and organisations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router

from alliance.core.ids import get_by_public_id
from alliance.network import models
from alliance.network.api.common import (
    CountryCode,
    LanguageQuery,
    PageQuery,
    api_address,
    names_of,
    page_address,
    page_of,
)
from alliance.network.api.schemas import City, CityPage, Organisation, OrganisationPage
from alliance.network.bands import climate_zone, size_band
from alliance.network.enums import OrganisationKind
from alliance.network.facts import facts_by_language

router = Router(tags=["cities and organisations"])


class CityQuery(PageQuery):
    country: list[CountryCode] = Field([], description="Country codes; any of them.")
    member: bool | None = Field(
        None, description="Only cities known to be members, or only others."
    )


class OrganisationQuery(PageQuery):
    country: list[CountryCode] = Field([], description="Country codes; any of them.")
    kind: list[OrganisationKind] = Field([], description="Kinds of organisations; any of them.")


def _city(city: models.City, language: str) -> dict[str, Any]:
    names = names_of(city)
    recorded = (
        "country", "latitude", "longitude", "population", "population_year",
        "approximate_population", "area_km2",
        "is_member", "unverified_fields", "origin", "updated_at",
    )  # fmt: skip
    return {name: getattr(city, name) for name in recorded} | {
        "id": city.public_id,
        "name": names[language],
        "names": names,
        "approximate_population_source": city.approximate_population_source or None,
        "facts": facts_by_language(city.facts),
        "koppen": city.koppen or None,
        "koppen_source": city.koppen_source or None,
        "climate_zone": climate_zone(city),
        "size_band": size_band(city),
        "admin_code": city.admin_code or None,
        "links": {
            "self": api_address(f"cities/{city.public_id}"),
            "page": page_address("knowledge:city", language, city.public_id),
            "cases": api_address(f"cases?city={city.public_id}"),
        },
    }


def _organisation(organisation: models.Organisation, language: str) -> dict[str, Any]:
    names = names_of(organisation)
    return {
        "id": organisation.public_id,
        "name": names[language],
        "names": names,
        "kind": organisation.kind,
        "country": organisation.country,
        "city": organisation.city.public_id if organisation.city else None,
        "origin": organisation.origin,
        "updated_at": organisation.updated_at,
        "links": {
            "self": api_address(f"organisations/{organisation.public_id}"),
            "page": page_address("knowledge:organisation", language, organisation.public_id),
        },
    }


@router.get("/cities", response=CityPage, summary="List cities")
def list_cities(request: HttpRequest, query: Query[CityQuery]) -> dict[str, Any]:
    """Members of the network and other cities that cases come from."""
    cities = models.City.objects.order_by("public_id")
    if query.country:
        cities = cities.filter(country__in=query.country)
    if query.member is not None:
        cities = cities.filter(is_member=query.member)
    return page_of(request, query, cities, lambda city: _city(city, query.lang))


@router.get("/cities/{id}", response=City, summary="One city")
def get_city(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A city with its population, climate and place, each null if not recorded."""
    return _city(get_by_public_id(models.City.objects.all(), "city", id), query.lang)


@router.get("/organisations", response=OrganisationPage, summary="List organisations")
def list_organisations(request: HttpRequest, query: Query[OrganisationQuery]) -> dict[str, Any]:
    """Municipalities, universities, businesses and others that take part in cases."""
    organisations = models.Organisation.objects.select_related("city").order_by("public_id")
    if query.country:
        organisations = organisations.filter(country__in=query.country)
    if query.kind:
        organisations = organisations.filter(kind__in=query.kind)
    return page_of(request, query, organisations, lambda row: _organisation(row, query.lang))


@router.get("/organisations/{id}", response=Organisation, summary="One organisation")
def get_organisation(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """An organisation with its kind and city."""
    rows = models.Organisation.objects.select_related("city")
    return _organisation(get_by_public_id(rows, "organisation", id), query.lang)
