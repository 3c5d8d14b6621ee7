"""Duplicate submissions: a form that was sent again because the first response was lost."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db import models

#: After this time the same input means another record.
SENT_AGAIN_WITHIN = dt.timedelta(hours=1)

M = TypeVar("M", bound=models.Model)


def made_before(record: M, *, at: dt.datetime) -> M | None:
    """The same person's record with the same values as the unsaved `record`, created within the
    last hour; None if there is none.

    All columns are compared except times and unique ones. The model has `made_by` and `made_at`.
    Call it while holding a lock that copies of the form wait for.
    """
    same = {
        field.attname: getattr(record, field.attname)
        for field in record._meta.local_concrete_fields
        if not field.unique and not isinstance(field, models.DateTimeField)
    }
    if same["made_by_id"] is None:
        return None
    rows = type(record)._base_manager.filter(**same, made_at__gt=at - SENT_AGAIN_WITHIN)
    return rows.order_by("-pk").first()
