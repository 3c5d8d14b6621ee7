"""The web addresses that editors cite in reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from alliance.knowledge.sources import Citing
from alliance.network.enums import Language
from alliance.reports.models import ReportEdition, ReportText
from alliance.reports.selectors.reports import report_title
from alliance.web.narrative import addresses_in


def _published() -> QuerySet[ReportText]:
    """Texts with addresses that are part of a published edition."""
    return ReportText.objects.filter(
        report__editions__published_at__gte=F("written_at"), text__contains="://"
    )


def addresses(among: Collection[str] | None = None) -> Iterable[str]:
    """The addresses in texts of published editions. One query."""
    for text in _published().values_list("text", flat=True).distinct():
        yield from addresses_in(text)


def citing(urls: Collection[str], teams: Collection[str] | None = None) -> Iterator[Citing]:
    """The reports whose current texts cite these addresses; with `teams`, only those of these
    teams. One query."""
    newer = ReportText.objects.filter(
        report=OuterRef("report"), chapter=OuterRef("chapter"), language=OuterRef("language"),
        pk__gt=OuterRef("pk"),
    )  # fmt: skip
    theirs = Q() if teams is None else Q(report__organisation__public_id__in=list(teams))
    texts = _published().filter(~Exists(newer), theirs)
    rows = texts.annotate(number=Max("report__editions__number")).select_related(
        "report__city", "report__organisation"
    )
    cited = {
        (url, row.report_id): row for row in rows for url in addresses_in(row.text) if url in urls
    }
    for (url, _report), row in sorted(cited.items()):
        team, report = row.report.organisation, row.report
        yield Citing(
            url=url,
            route="reports:edition",
            args=(report.public_id, row.number),
            titles={code: report_title(report, code) for code in Language.values},
            copy_route="reports:copy",
            team=team.public_id if team else "",
        )


def texts_of(edition: ReportEdition, language: str) -> list[str]:
    """The texts of editors in an edition, as its page in a language shows them."""
    content = edition.content[language]
    chapters = [block for chapter in content["chapters"] for block in chapter["blocks"]]
    blocks = [*content["opening"], *chapters, *content["credits"]]
    return [block["text"] for block in blocks if block["type"] == "words"]
