"""The search documents of processes that have opened: the question and the results."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from alliance.core.documents import Document
from alliance.network.documents import names_of, place_facets
from alliance.network.enums import Language
from alliance.network.localise import by_language
from alliance.participation.enums import ProcessState
from alliance.participation.models import Process, stage

KINDS = ("process",)


def _process(process: Process, language: str) -> Document:
    """A process in its original language, or in one into which its question is translated."""
    phases = list(process.phases.all())
    names = ("title", "summary", "result", "decides_what", "area", "easy_read", "background")
    title, summary, *parts = (str(process.localised_text(name, language)) for name in names)
    return Document(
        kind="process",
        public_id=process.public_id,
        language=language,
        title=title,
        summary=summary,
        body="\n".join(part for part in parts if part),
        names=names_of([process.city]),
        facets=place_facets([process.city]),
        year=process.opened_at.year if process.opened_at else None,
        updated_at=process.changed_at,
        latitude=process.city.latitude,
        longitude=process.city.longitude,
        extra={
            "place": by_language(process.city),
            "country": process.city.country,
            "state": process.stage,  # type: ignore[attr-defined]
            "last_day": max(phase.last_day for phase in phases).isoformat() if phases else None,
        },
    )


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the processes whose documents contain something of the records `ids`, by
    kind."""
    cities = ids.get("city", ())
    if not cities:
        return set()
    rows = Process.objects.filter(city__public_id__in=list(cities))
    return {("process", public_id) for public_id in rows.values_list("public_id", flat=True)}


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of all processes that have opened, or of those named; none of others.

    Synthetic ones for demonstration are not indexed. Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"processes publish no {kind!r}")
    rows = Process.objects.exclude(state=ProcessState.DRAFT).filter(is_synthetic=False)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    rows = rows.annotate(stage=stage()).select_related("city").prefetch_related("phases")
    for row in rows.iterator(chunk_size=500):
        for language in Language.values:
            if not row.localised_text("title", language).lang_attr:
                yield _process(row, language)
