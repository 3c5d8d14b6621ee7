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
                "report": one.report.public_id,
                "chapter": one.chapter,
                "language": one.language,
                "text": one.text,
                "at": one.written_at.isoformat(),
            }
            for one in ReportText.objects.filter(written_by=user).select_related("report")
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """What she wrote stays in the reports of the network; her name goes with the account."""
