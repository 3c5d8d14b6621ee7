"""A report of Lund, to try rights on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property

from alliance.network.models import Organisation
from alliance.reports.models import Report
from tests.factories.knowledge import CITED
from tests.factories.reports import make_report


class ReportGround:
    """The part of `Ground` with reports: one edition is published, one is built."""

    at: dt.datetime
    own: Organisation

    @property
    def report_objects(self) -> Mapping[tuple[str, str], Callable[[], object]]:
        """A report, its published edition, and a chapter of it."""
        return {
            ("reports", "public_id"): lambda: self._report.public_id,
            ("reports", "id"): lambda: self._report.public_id,
            ("editions", "number"): lambda: 1,
            ("chapters", "chapter"): lambda: "introduction",
        }

    @cached_property
    def _report(self) -> Report:
        made = make_report("lund", self.own, self.at)
        for edition in made.editions.all():
            for told in edition.content.values():
                told["opening"] = [{"type": "words", "text": f"See {CITED}.", "lang": ""}]
            edition.save()
        return made
