"""What workshops publish to the search index once they are announced."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from alliance.core.documents import Document
from alliance.network.documents import names_of, place_facets
from alliance.network.localise import by_language
from alliance.workshops.models import Workshop

KINDS = ("workshop",)


def _workshop(one: Workshop) -> Iterator[Document]:
    """A workshop in each language that it has a title in."""
    cities = [one.city] if one.city else []
    sessions = list(one.sessions.all())
    for language, title in one.titles.items():
        told = [session.titles.get(language, str(session)) for session in sessions]
        yield Document(
            kind="workshop",
            public_id=one.public_id,
            language=language,
            title=title,
            summary=one.summaries.get(language) or next(iter(one.summaries.values()), ""),
            body="\n".join(told),
            names=names_of(cities),
            facets=place_facets(cities),
            year=one.first_day.year,
            updated_at=one.changed_at,
            latitude=one.city.latitude if one.city else None,
            longitude=one.city.longitude if one.city else None,
            extra={
                "place": by_language(one.city) if one.city else {},
                "country": one.city.country if one.city else "",
                "state": one.state,
                "last_day": one.last_day.isoformat(),
            },
        )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the workshops that bear something of the records of `ids`, by kind."""
    rows = Workshop.objects.filter(city__public_id__in=list(ids.get("city", ())))
    return {("workshop", public_id) for public_id in rows.values_list("public_id", flat=True)}


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all workshops that were announced, or of those named; of others none.

    What was made up for a demonstration is not found. Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"workshops publish no {kind!r}")
    rows = Workshop.objects.exclude(announced_at=None).filter(is_synthetic=False)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    for one in rows.select_related("city").prefetch_related("sessions"):
        yield from _workshop(one)
