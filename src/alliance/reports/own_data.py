"""Personal data in reports: the texts that a person wrote."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.reports.models import ReportText

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """All texts that the person wrote."""
    return {
        "report_texts": [
            {
                "report": report_text.report.public_id,
                "chapter": report_text.chapter,
                "language": report_text.language,
                "text": report_text.text,
                "at": report_text.written_at.isoformat(),
            }
            for report_text in ReportText.objects.filter(written_by=user).select_related("report")
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Does nothing: the texts remain in the reports, and the name is deleted with the account."""
