"""Tasks in reports: editions that were built but not published, and failed ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import Asked, Provider, Row, Turn, Waiting
from alliance.network.enums import Language, Topic
from alliance.reports.enums import EditionState, ReportKind
from alliance.reports.models import ReportEdition

PUBLISH, MEND = "report-publish", "report-mend"
_STATES = {PUBLISH: EditionState.BUILT, MEND: EditionState.FAILED}


def _title() -> dict[str, Any]:
    """The subject of the report, by language: its topic, city or year."""

    def named(language: str) -> Case:
        with translation.override(language):
            topics = [
                When(report__topic=code, then=Value(str(Topic(code).label)))
                for code in Topic.values
            ]
        name = "name" if language == "en" else f"name_{language}"
        city = Cast(F(f"report__city__{name}"), CharField())
        year = Cast(F("report__year"), CharField())
        return Case(
            *topics,
            When(report__kind=ReportKind.CITY, then=city),
            default=year,
            output_field=CharField(),
        )

    return {f"title_{language}": named(language) for language in Language.values}


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    columns = {"public_id": "report__public_id"} | _title()
    for kind, state in _STATES.items():
        rows = ReportEdition.objects.filter(state=state)
        since = F("built_at") if state == EditionState.BUILT else F("asked_at")
        own = rows.filter(asked.of_team("report__organisation__public_id"))
        of_team = Q(report__organisation__isnull=False)
        yield (
            kind,
            own.filter(of_team),
            columns | {"team": "report__organisation__public_id", "since": since},
        )
        if asked.has_role(NetworkRole.SECRETARIAT):
            yield kind, rows.exclude(of_team), columns | {"since": since}


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    for row in rows:
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(team=row.team) if row.team else Turn(role=NetworkRole.SECRETARIAT),
            since=row.since or asked.at,
            route="reports:write",
            args=(row.public_id,),
            titles=row.titles,
        )


PROVIDERS = (
    Provider(
        {
            PUBLISH: _("Read and publish a finished report"),
            MEND: _("Fix a report that could not be created"),
        },
        _all,
        reads=_reads,
        letters={"report_built": PUBLISH, "report_failed": MEND},
    ),
)
