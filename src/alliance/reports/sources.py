"""The addresses that editors cite in reports."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from alliance.reports.models import ReportEdition, ReportText
from alliance.web.narrative import addresses_in


def addresses() -> Iterable[str]:
    """Those of texts that stand in a published edition."""
    rows = ReportText.objects.filter(
        report__editions__published_at__gte=F("written_at"), text__contains="://"
    )
    for text in rows.values_list("text", flat=True).distinct():
        yield from addresses_in(text)


def texts_of(edition: ReportEdition, language: str) -> list[str]:
    """What editors wrote into an edition, as its page in a language shows it."""
    content = edition.content[language]
    chapters = [block for chapter in content["chapters"] for block in chapter["blocks"]]
    blocks = [*content["opening"], *chapters, *content["credits"]]
    return [block["text"] for block in blocks if block["type"] == "words"]
