"""What cities and organisations publish to the search index."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from alliance.core.documents import Document
from alliance.network.bands import climate_zone, size_band
from alliance.network.models import City, Organisation

KINDS = ("city", "organisation")
LANGUAGES = ("en", "fr", "sv")


def _names(record: City | Organisation) -> dict[str, tuple[str, ...]]:
    return {
        "en": (record.name,),
        "fr": (record.name_fr or record.name,),
        "sv": (record.name_sv or record.name,),
    }


def _city(city: City) -> Iterator[Document]:
    size, climate = size_band(city), climate_zone(city)
    facets: dict[str, tuple[str, ...]] = {
        "country": (city.country,),
        "member": ("yes" if city.is_member else "no",),
    }
    if size:
        facets["size"] = (size.value,)
    if climate:
        facets["climate"] = (climate.value,)
    names = {
        language: (*own, *(alias for alias in city.aliases if alias not in own))
        for language, own in _names(city).items()
    }
    for language in LANGUAGES:
        yield Document(
            kind="city",
            public_id=city.public_id,
            language=language,
            title=names[language][0],
            summary="",
            names=names,
            facets=facets,
            updated_at=city.updated_at,
            latitude=city.latitude,
            longitude=city.longitude,
            extra={"country": city.country, "population": city.population},
        )


def _organisation(organisation: Organisation) -> Iterator[Document]:
    names = _names(organisation)
    facets: dict[str, tuple[str, ...]] = {
        "country": (organisation.country,),
        "actor": (organisation.kind,),
    }
    if organisation.city:
        facets["city"] = (organisation.city.public_id,)
    for language in LANGUAGES:
        yield Document(
            kind="organisation",
            public_id=organisation.public_id,
            language=language,
            title=names[language][0],
            summary="",
            names=names,
            facets=facets,
            updated_at=organisation.updated_at,
            extra={"country": organisation.country, "kind": organisation.kind},
        )


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all records of `kind`, or of those named. A missing record gives none."""
    if kind == "city":
        cities = City.objects.all()
        if public_ids is not None:
            cities = cities.filter(public_id__in=public_ids)
        for city in cities.iterator(chunk_size=500):
            yield from _city(city)
    elif kind == "organisation":
        organisations = Organisation.objects.select_related("city")
        if public_ids is not None:
            organisations = organisations.filter(public_id__in=public_ids)
        for organisation in organisations.iterator(chunk_size=500):
            yield from _organisation(organisation)
