"""What reports keep about a person: the texts that she wrote into them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.reports.models import ReportText

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """Everything the person wrote here, in her own words."""
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
    """What she wrote stays in the reports of the network; her name goes with the account."""
