"""The search documents of cities, organisations, needs and offers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from alliance.core.documents import Document
from alliance.network.bands import climate_zone, size_band
from alliance.network.enums import NeedState
from alliance.network.localise import by_language
from alliance.network.models import City, Need, Offer, Organisation

KINDS = ("city", "organisation", "need", "offer")
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
            body=", ".join(city.districts),
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


def place_facets(cities: Collection[City]) -> dict[str, tuple[str, ...]]:
    """The place facets of a record about these cities."""
    sizes, climates = (
        {band.value for city in cities if (band := band_of(city))}
        for band_of in (size_band, climate_zone)
    )
    return {
        key: tuple(sorted(codes))
        for key, codes in {
            "country": {city.country for city in cities},
            "city": {city.public_id for city in cities},
            "member": {"yes" if city.is_member else "no" for city in cities},
            "size": sizes,
            "climate": climates,
        }.items()
        if codes
    }


def names_of(cities: Collection[City]) -> dict[str, tuple[str, ...]]:
    """The distinct names of cities by language."""
    names = [_names(city) for city in cities]
    return {
        language: tuple(dict.fromkeys(chain.from_iterable(name[language] for name in names)))
        for language in LANGUAGES
    }


def _statement(kind: str, statement: Need | Offer) -> Document:
    """A need or an offer, only in the language in which it was written."""
    tags: dict[str, list[str]] = {}
    for tag in statement.tags.all():
        tags.setdefault(tag.scheme, []).append(tag.code)
    facets = place_facets([statement.city])
    facets |= {scheme: tuple(sorted(codes)) for scheme, codes in tags.items()}
    if statement.topic:
        facets["topic"] = (statement.topic,)
    last_day = statement.deadline if isinstance(statement, Need) else statement.until
    return Document(
        kind=kind,
        public_id=statement.public_id,
        language=statement.language,
        title=statement.title,
        summary=statement.text,
        names=names_of([statement.city]),
        facets=facets,
        # An offer is valid up to its last date; a need stays open after its deadline.
        review_by=statement.until if isinstance(statement, Offer) else None,
        updated_at=statement.changed_at,
        latitude=statement.city.latitude,
        longitude=statement.city.longitude,
        extra={
            "place": by_language(statement.city),
            "country": statement.city.country,
            "last_day": last_day.isoformat() if last_day else None,
        },
    )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the records whose documents contain something of the records `ids`, by
    kind."""
    cities = ids.get("city", ())
    if not cities:
        return set()
    return {
        (kind, public_id)
        for kind, model in (("need", Need), ("offer", Offer))
        for public_id in model.objects.filter(city__public_id__in=cities).values_list(
            "public_id", flat=True
        )
    }


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all records of `kind`, or of those named. A missing record has none, nor
    does a need that is not open or an offer that has ended."""
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
    elif kind == "need":
        needs = Need.objects.filter(state=NeedState.OPEN)
        if public_ids is not None:
            needs = needs.filter(public_id__in=public_ids)
        rows = needs.select_related("city").prefetch_related("tags")
        yield from (_statement(kind, row) for row in rows.iterator(chunk_size=500))
    elif kind == "offer":
        offers = Offer.objects.filter(ended_at=None)
        if public_ids is not None:
            offers = offers.filter(public_id__in=public_ids)
        held = offers.select_related("city").prefetch_related("tags")
        yield from (_statement(kind, offer) for offer in held.iterator(chunk_size=500))
