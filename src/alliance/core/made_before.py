"""A record that was made already: its form was sent again, as the answer to the first was lost."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db import models

#: Who makes the same after this time means another one.
SENT_AGAIN_WITHIN = dt.timedelta(hours=1)

M = TypeVar("M", bound=models.Model)


def made_before(record: M, *, at: dt.datetime) -> M | None:
    """The same person's record that says the same as one that is not saved yet, and is not older
    than an hour; None where there is none.

    All columns are compared but times and those that are unique. The model has `made_by` and
    `made_at`. Call it while something is locked that copies of a form wait for.
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
