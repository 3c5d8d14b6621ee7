"""What the indicators keep about a person: the figures she brought in, and files on their way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.accounts.services.own_data import FORMER_MEMBER
from alliance.indicators.models import FigureFile, ObservationBatch, PublisherReading

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """Which figures the person brought in when and why, and the files she uploaded."""
    return {
        "figures_brought_in": [
            {
                "id": one.public_id,
                "at": one.at.isoformat(),
                "file": one.file_name,
                "reason": one.reason,
                "added": one.added,
                "revised": one.revised,
            }
            for one in ObservationBatch.objects.filter(made_by=user)
        ],
        "figure_files": [
            {
                "id": one.public_id,
                "at": one.at.isoformat(),
                "file": one.file_name,
                "sha256": one.file_digest,
                "state": one.state,
            }
            for one in FigureFile.objects.filter(uploaded_by=user)
        ],
        "questions_to_publishers": [
            {"id": one.public_id, "at": one.at.isoformat(), "publisher": one.publisher}
            for one in PublisherReading.objects.filter(asked_by=user)
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Take the name from figures, which stay with their city; delete files not taken over."""
    ObservationBatch.objects.filter(made_by=user).update(made_by_label=FORMER_MEMBER)
    PublisherReading.objects.filter(asked_by=user).update(asked_by_label=FORMER_MEMBER)
    for row in FigureFile.objects.filter(uploaded_by=user):
        row.drop()
