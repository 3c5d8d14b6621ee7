"""Times that are stored no finer than needed, so that they identify nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

from alliance.core.clock import day_of, hour_of


class HourField(models.DateTimeField[Any, Any]):
    """When a resident did something, rounded down to the hour on every write (`clock.hour_of`).

    Every time in a participant's data is such a field. Within an hour only the order of the rows is
    known, and of votes and answers that are changed the last one.
    """

    beginning = staticmethod(hour_of)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, dt.datetime):
            value = self.beginning(value)
            setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        # Bulk updates do not call `pre_save`.
        rounded = self.beginning(value) if isinstance(value, dt.datetime) else value
        return super().get_db_prep_save(rounded, connection)


class DayField(HourField):
    """When a person registered or signed in, to the day: some do so in order to vote."""

    beginning = staticmethod(day_of)
