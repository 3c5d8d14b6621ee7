"""The addresses that editors cite in reports."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from alliance.reports.models import ReportText
from alliance.web.narrative import addresses_in


def addresses() -> Iterable[str]:
    """Those of texts that stand in a published edition."""
    rows = ReportText.objects.filter(
        report__editions__published_at__gte=F("written_at"), text__contains="://"
    )
    for text in rows.values_list("text", flat=True).distinct():
        yield from addresses_in(text)
