"""Personal data in the indicators: submitted figures and uploaded files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.accounts.services.own_data import FORMER_MEMBER
from alliance.indicators.models import FigureFile, ObservationBatch, PublisherReading

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """Which figures the person submitted when and why, and the uploaded files."""
    return {
        "figures_brought_in": [
            {
                "id": observation_batch.public_id,
                "at": observation_batch.at.isoformat(),
                "file": observation_batch.file_name,
                "reason": observation_batch.reason,
                "added": observation_batch.added,
                "revised": observation_batch.revised,
            }
            for observation_batch in ObservationBatch.objects.filter(made_by=user)
        ],
        "figure_files": [
            {
                "id": figure_file.public_id,
                "at": figure_file.at.isoformat(),
                "file": figure_file.file_name,
                "sha256": figure_file.file_digest,
                "state": figure_file.state,
            }
            for figure_file in FigureFile.objects.filter(uploaded_by=user)
        ],
        "questions_to_publishers": [
            {
                "id": publisher_reading.public_id,
                "at": publisher_reading.at.isoformat(),
                "publisher": publisher_reading.publisher,
            }
            for publisher_reading in PublisherReading.objects.filter(asked_by=user)
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Removes the name from figures, which stay with their city; deletes files not yet imported."""
    ObservationBatch.objects.filter(made_by=user).update(made_by_label=FORMER_MEMBER)
    PublisherReading.objects.filter(asked_by=user).update(asked_by_label=FORMER_MEMBER)
    for row in FigureFile.objects.filter(uploaded_by=user):
        row.drop()
