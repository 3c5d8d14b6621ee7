"""Figures that people or programs enter row by row, checked like those of a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.indicators import rules
from alliance.indicators.enums import BatchKind
from alliance.indicators.importing.checking import check
from alliance.indicators.importing.options import Options
from alliance.indicators.importing.report import Report
from alliance.indicators.importing.tables import Table, coded
from alliance.indicators.importing.taking import look, take_over
from alliance.indicators.models import ObservationBatch
from alliance.indicators.services.catalogue import own_definition
from alliance.network.models import Organisation


def enter_figures(
    rows: Sequence[Mapping[str, Any]],
    options: Options,
    *,
    organisation: Organisation | None,
    actor: audit.Actor,
    at: dt.datetime,
    reason: str = "",
    path: str = "rows",
    check_only: bool = False,
    sure: bool = True,
) -> tuple[Report, ObservationBatch | None]:
    """Records rows with the columns of a file of figures; returns the report and the batch.

    A team may enter figures of its own city only, the secretariat without a team those of any city.
    Raises NotAllowed; InvalidData with `path[i].column` for every fault, and then writes nothing.
    Unless `sure`, values far from all others of their series are faults.
    """
    if not rules.may_enter_for(actor, organisation):
        raise NotAllowed(_("Only editors from a municipality can enter figures for their city."))
    if not rows:
        raise InvalidData([Fault(path, "no-rows")])
    # A new separate definition is saved together with its figures, or not at all.
    with transaction.atomic():
        checked = check(
            _table(rows, path),
            options,
            today=at.date(),
            only_cities=_cities_of(organisation),
            own=partial(own_definition, actor=actor, at=at),
        )
        report = look(checked)
        if check_only:
            transaction.set_rollback(True)
            return report, None
        if report.implausible and not sure:
            raise InvalidData(
                Fault(
                    f"{path}[{odd.row}].value",
                    "implausible",
                    {"value": odd.value, "usual": odd.usual},
                )
                for odd in report.implausible
            )
        batch = take_over(
            [(checked, "", "")],
            actor=actor,
            at=at,
            kind=BatchKind.FORM,
            reason=reason,
            organisation=organisation,
        )[0]
    return report, batch


def _cities_of(organisation: Organisation | None) -> Collection[int] | None:
    if organisation is None:
        return None
    return {organisation.city_id} if organisation.city_id else set()


def _table(rows: Sequence[Mapping[str, Any]], path: str) -> Table:
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(
        names=names,
        columns=tuple(coded(row.get(name) for row in rows) for name in names),
        rows=np.arange(len(rows), dtype=np.int64),
        format="form",
        path=path,
    )
