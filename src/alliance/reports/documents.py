"""Search documents of published reports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from alliance.core.documents import Document
from alliance.network.documents import names_of, place_facets
from alliance.reports.enums import EditionState
from alliance.reports.models import Report, ReportEdition

KINDS = ("report",)


def _edition(report_edition: ReportEdition) -> Iterator[Document]:
    """An edition in each language: its title, its summary, and the titles of its chapters."""
    cities = [report_edition.report.city] if report_edition.report.city else []
    facets = place_facets(cities)
    facets |= {"topic": (report_edition.report.topic,)} if report_edition.report.topic else {}
    for language, content in report_edition.content.items():
        lines = [_words(line) for line in content["summary"]]
        yield Document(
            kind="report",
            public_id=report_edition.report.public_id,
            language=language,
            title=content["title"],
            summary=content["lead"],
            body="\n".join([*lines, *(chapter["title"] for chapter in content["chapters"])]),
            names=names_of(cities),
            facets=facets,
            year=report_edition.as_of.year,
            updated_at=report_edition.published_at,
        )


def _words(line: Mapping[str, Any]) -> str:
    return " ".join(part for part in (line["label"]["value"], line["text"]["value"]) if part)


def depending_on(ids: Mapping[str, Collection[str]]) -> set[tuple[str, str]]:
    """(kind, public id) of the reports whose documents contain the records of `ids`, by kind."""
    rows = Report.objects.filter(city__public_id__in=list(ids.get("city", ())))
    return {("report", public_id) for public_id in rows.values_list("public_id", flat=True)}


def documents(kind: str, public_ids: Collection[str] | None = None) -> Iterator[Document]:
    """The documents of the newest published edition of all reports, or of those in `public_ids`.

    Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"reports publish no {kind!r}")
    rows = ReportEdition.objects.filter(state=EditionState.PUBLISHED).select_related("report__city")
    if public_ids is not None:
        rows = rows.filter(report__public_id__in=public_ids)
    for edition in {row.report_id: row for row in rows.order_by("number")}.values():
        yield from _edition(edition)
