"""This app's data about a person with an account."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from alliance.participation.models import Answer, Evaluation, Participant, Process
from alliance.participation.services import own

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """A person's participation, and her work for her city."""
    return {
        "taking_part": [
            own.data_of(participant)
            for participant in Participant.objects.filter(user=user).select_related("process")
        ],
        "processes_prepared": [
            {
                "id": process.public_id,
                "title": process.title,
                "made_at": process.made_at.isoformat(),
            }
            for process in Process.objects.filter(made_by=user)
        ],
        "forms_typed_in": [
            {"process": participant.process.public_id, "at": participant.made_at.isoformat()}
            for participant in Participant.objects.filter(entered_by=user).select_related("process")
        ],
        "evaluations": [
            {
                "id": evaluation.public_id,
                "title": evaluation.title,
                "at": evaluation.changed_at.isoformat(),
            }
            for evaluation in Evaluation.objects.filter(made_by=user)
        ],
        "contributions_answered": [
            {"id": answer.public_id, "at": answer.at.isoformat()}
            for answer in Answer.objects.filter(answered_by=user)
        ],
    }


def forget(user: User, *, at: dt.datetime) -> None:
    """Unlink what she wrote and voted, which stays counted: her traits and her address are deleted.
    To delete the texts too, there is a page in each process."""
    Participant.objects.filter(user=user).update(
        user=None, email="", email_confirmed_at=None, **dict.fromkeys(own.DEMOGRAPHIC_FIELDS, "")
    )
