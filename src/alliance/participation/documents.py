"""What processes publish to the search index, from their opening on: what is asked, and results."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from alliance.core.documents import Document
from alliance.network.documents import names_of, place_facets
from alliance.network.enums import Language
from alliance.network.localise import by_language
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process, stage

KINDS = ("process",)


def _process(one: Process, language: str) -> Document:
    """A process in the language it was asked in, or one that its question is translated into."""
    phases = list(one.phases.all())
    names = ("title", "summary", "result", "decides_what", "area", "easy_read", "background")
    title, summary, *parts = (str(one.said(name, language)) for name in names)
    return Document(
        kind="process",
        public_id=one.public_id,
        language=language,
        title=title,
        summary=summary,
        body="\n".join(part for part in parts if part),
        names=names_of([one.city]),
        facets=place_facets([one.city]),
        year=one.opened_at.year if one.opened_at else None,
        updated_at=one.changed_at,
        latitude=one.city.latitude,
        longitude=one.city.longitude,
        extra={
            "place": by_language(one.city),
            "country": one.city.country,
            "state": one.stage,  # type: ignore[attr-defined]
            "last_day": max(one.last_day for one in phases).isoformat() if phases else None,
        },
    )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the processes that bear something of the records of `ids`, by kind."""
    cities = ids.get("city", ())
    if not cities:
        return set()
    rows = Process.objects.filter(city__public_id__in=list(cities))
    return {("process", public_id) for public_id in rows.values_list("public_id", flat=True)}


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all processes that have opened, or of those named; of others none.

    What was made up for a demonstration is not found. Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"processes publish no {kind!r}")
    rows = Process.objects.exclude(state=ProcessState.DRAFT).filter(is_synthetic=False)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    rows = rows.annotate(stage=stage()).select_related("city").prefetch_related("phases")
    for one in rows.iterator(chunk_size=500):
        for language in Language.values:
            if not one.said("title", language).lang_attr:
                yield _process(one, language)
