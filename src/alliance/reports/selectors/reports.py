"""Permission-checked getters for reports, their chapters, and whether they are still current."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.adoption.models import Adoption
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import PUBLIC_ID, get_by_public_id
from alliance.groups.models import Minutes
from alliance.indicators.models import Observation, Release
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseVersion, MethodResult, MethodText, SolutionText
from alliance.network.enums import Topic
from alliance.network.localise import local_name
from alliance.network.models import Need
from alliance.participation.models import Process
from alliance.reports import rules
from alliance.reports.enums import EditionState, RecordKind, ReportKind
from alliance.reports.models import RecordRead, Report, ReportEdition
from alliance.reports.selectors.report_parts import stamp
from alliance.testbeds.models import Pilot

INTRODUCTION, CLOSING, CREDITS = "introduction", "closing", "credits"
#: The generated chapters in order, to which editors add their texts.
_GENERATED: dict[str, dict[str, Promise]] = {
    ReportKind.TOPIC: {
        "solutions": gettext_lazy("Solutions that work"),
        "map": gettext_lazy("Measured outcomes and gaps"),
        "failures": gettext_lazy("Failures and reasons"),
        "methods": gettext_lazy("Methods and findings from cities"),
        "results": gettext_lazy("Members’ results"),
        "lessons": gettext_lazy("Lessons from workshops and meetings"),
        "next": gettext_lazy("Next steps"),
    },
    ReportKind.CITY: {
        "indicators": gettext_lazy("City indicators"),
        "actions": gettext_lazy("Actions tried by the city"),
        "residents": gettext_lazy("Residents’ views and the city’s promises"),
        "next": gettext_lazy("Next steps"),
    },
    ReportKind.NETWORK: {
        "year": gettext_lazy("The year in figures"),
        "verdicts": gettext_lazy("New knowledge this year"),
        "failures": gettext_lazy("Failures and reasons"),
        "exchange": gettext_lazy("Solutions shared between cities"),
        "lessons": gettext_lazy("Lessons from workshops and meetings"),
        "next": gettext_lazy("Next steps"),
    },
}


def chapters_of(report: Report) -> dict[str, Promise]:
    """The chapters that editors can write in, by code, in the order of the report."""
    return {
        INTRODUCTION: gettext_lazy("Introduction"),
        **_GENERATED[report.kind],
        CLOSING: gettext_lazy("Closing words"),
        CREDITS: gettext_lazy("Credits"),
    }


def report_title(report: Report, language: str) -> str:
    with translation.override(language):
        if report.kind == ReportKind.TOPIC:
            return _("Solutions that work: %(topic)s") % {"topic": Topic(report.topic).label}
        if report.kind == ReportKind.CITY:
            return _("%(city)s on the way to 2030") % {"city": local_name(report.city, language)}
        return _("The network in %(year)s") % {"year": report.year}


def get_report_to_run(actor: Actor, public_id: str) -> Report:
    """The report with this id, if the actor may write it. Raises NotFound."""
    rows = Report.objects.select_related("city", "organisation")
    return get_by_public_id(rows, "report", public_id, lambda report: rules.may_run(actor, report))


def get_edition_for(actor: Actor, public_id: str, number: int | None = None) -> ReportEdition:
    """The edition with this number, or the newest published one, else the unpublished one. Raises
    NotFound."""
    if not PUBLIC_ID.match(public_id):
        raise NotFound("report", public_id)
    rows = ReportEdition.objects.filter(report__public_id=public_id).select_related(
        "report__city", "report__organisation"
    )
    if number is not None:
        edition = rows.filter(number=number).first() if number < 2**15 else None
    else:
        published = rows.filter(state=EditionState.PUBLISHED).order_by("-number").first()
        edition = published or rows.order_by("-number").first()
    if edition is None or not edition.content or not rules.may_read(actor, edition):
        raise NotFound("report", public_id)
    return edition


def published_editions() -> QuerySet[ReportEdition]:
    """The newest published edition of each report, newest first, without the content."""
    newest = (
        ReportEdition.objects.filter(state=EditionState.PUBLISHED)
        .order_by()
        .values("report")
        .annotate(n=Max("pk"))
        .values("n")
    )
    return (
        ReportEdition.objects.filter(pk__in=newest)
        .select_related("report__city")
        .defer("content")
        .order_by("-published_at", "-pk")
    )


def in_work(actor: Actor) -> list[ReportEdition]:
    """The unpublished editions that the actor may see."""
    rows = (
        ReportEdition.objects.exclude(state=EditionState.PUBLISHED)
        .select_related("report__city", "report__organisation")
        .defer("content")
        .order_by("-asked_at")
    )
    return [row for row in rows if rules.may_run(actor, row.report)]


# --------------------------------------------------------------------- whether it is still current


def _now(kind: str, ids: Iterable[str]) -> dict[str, str]:
    """The current version of each record, in one query, without records that are no longer
    public."""
    wanted = list(ids)
    if kind == RecordKind.CASE:
        rows = CaseVersion.objects.filter(
            case__public_id__in=wanted, case__status=CaseStatus.PUBLISHED
        )
        versions = rows.order_by().values_list("case__public_id").annotate(n=Max("number"))
        return {public_id: str(n) for public_id, n in versions}
    if kind in (RecordKind.SOLUTION, RecordKind.METHOD):
        model: Any = SolutionText if kind == RecordKind.SOLUTION else MethodText
        texts: dict[str, list[str]] = defaultdict(list)
        named = model.objects.filter(**{f"{kind}__public_id__in": wanted}).order_by("language")
        for public_id, language, revision in named.values_list(
            f"{kind}__public_id", "language", "revision"
        ):
            texts[public_id].append(f"{language}{revision}")
        return {public_id: ".".join(parts) for public_id, parts in texts.items()}
    if kind == RecordKind.RELEASE:
        newest = (
            Release.objects.filter(published_at__isnull=False).order_by("-published_at").first()
        )
        return {public_id: newest.public_id if newest else public_id for public_id in wanted}
    if kind == RecordKind.CITY:
        figures = Observation.objects.filter(series__city__public_id__in=wanted)
        seen = (
            figures.order_by()
            .values_list("series__city__public_id")
            .annotate(at=Max("recorded_at"))
        )
        return {public_id: stamp(at) for public_id, at in seen}
    changed: dict[str, tuple[Any, str]] = {
        RecordKind.RESULT: (MethodResult.objects.all(), "changed_at"),
        RecordKind.ADOPTION: (Adoption.objects.filter(public_at__isnull=False), "changed_at"),
        RecordKind.PILOT: (Pilot.objects.all(), "updated_at"),
        RecordKind.PROCESS: (Process.objects.all(), "changed_at"),
        RecordKind.MINUTES: (Minutes.objects.filter(is_public=True), "changed_at"),
        RecordKind.NEED: (Need.objects.all(), "changed_at"),
    }
    model, column = changed[kind]
    pairs = model.filter(public_id__in=wanted).values_list("public_id", column)
    return {public_id: stamp(at) for public_id, at in pairs}


def superseded(editions: Iterable[ReportEdition]) -> dict[int, list[dict[str, Any]]]:
    """The records of each edition, by its key, that have changed since, with the places that cite
    them.

    One query for the records that were read, and one for each kind of records.
    """
    keys = [edition.pk for edition in editions]
    reads = list(RecordRead.objects.filter(edition__in=keys))
    ids: dict[str, set[str]] = defaultdict(set)
    for record in reads:
        ids[record.kind].add(record.record_id)
    now = {kind: _now(kind, wanted) for kind, wanted in ids.items()}
    changed: dict[int, list[dict[str, Any]]] = {key: [] for key in keys}
    for record in reads:
        version = now[record.kind].get(record.record_id, "")
        if version != record.version:
            changed[record.edition_id].append(
                {
                    "kind": record.kind,
                    "record_id": record.record_id,
                    "version": record.version,
                    "now": version,
                    "places": record.places,
                }
            )
    return changed


def places_of(changed: Iterable[dict[str, Any]]) -> list[str]:
    """The distinct places of a report that cite changed records, in order."""
    places = {place for record in changed for place in record["places"]}
    return sorted(places, key=lambda place: int(place[1:]))


def in_words(changed: Iterable[dict[str, Any]], content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Changed records as a page shows them, each with its entry in the report's list of records."""
    records = {(record["code"], record["id"]): record for record in content["records"]}
    return [
        record | {"record": records[record["kind"], record["record_id"]]}
        for record in changed
        if (record["kind"], record["record_id"]) in records
    ]


def editions_of(report: Report) -> list[dict[str, Any]]:
    """The published editions of a report (`edition`), newest first, each with the number of the
    edition that replaced it (`replaced_by`, else None)."""
    rows = report.editions.filter(state=EditionState.PUBLISHED).defer("content")
    editions: list[dict[str, Any]] = []
    for row in rows.order_by("-number"):
        newer = editions[-1]["edition"].number if editions else None
        editions.append({"edition": row, "replaced_by": newer})
    return editions
