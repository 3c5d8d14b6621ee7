"""The documents of workshops for the search index, once they are announced."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from alliance.core.documents import Document
from alliance.network.documents import names_of, place_facets
from alliance.network.localise import by_language
from alliance.workshops.models import Workshop

KINDS = ("workshop",)


def _workshop(workshop: Workshop) -> Iterator[Document]:
    """A workshop in each language that it has a title in."""
    cities = [workshop.city] if workshop.city else []
    sessions = list(workshop.sessions.all())
    for language, title in workshop.titles.items():
        programme = [session.titles.get(language, str(session)) for session in sessions]
        yield Document(
            kind="workshop",
            public_id=workshop.public_id,
            language=language,
            title=title,
            summary=workshop.summaries.get(language) or next(iter(workshop.summaries.values()), ""),
            body="\n".join(programme),
            names=names_of(cities),
            facets=place_facets(cities),
            year=workshop.first_day.year,
            updated_at=workshop.changed_at,
            latitude=workshop.city.latitude if workshop.city else None,
            longitude=workshop.city.longitude if workshop.city else None,
            extra={
                "place": by_language(workshop.city) if workshop.city else {},
                "country": workshop.city.country if workshop.city else "",
                "state": workshop.state,
                "last_day": workshop.last_day.isoformat(),
            },
        )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the workshops that contain data of the records `ids`, by kind."""
    rows = Workshop.objects.filter(city__public_id__in=list(ids.get("city", ())))
    return {("workshop", public_id) for public_id in rows.values_list("public_id", flat=True)}


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The search documents of the announced workshops, or of those with the given ids.

    Demonstration workshops are not included. Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"workshops publish no {kind!r}")
    rows = Workshop.objects.exclude(announced_at=None).filter(is_synthetic=False)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    for row in rows.select_related("city").prefetch_related("sessions"):
        yield from _workshop(row)
