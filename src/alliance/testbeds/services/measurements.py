"""Receives the data of a pilot, checked against its frozen protocol, all or nothing."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import PurePosixPath

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.network.models import City
from alliance.testbeds import rules
from alliance.testbeds.data_checks import MOST_FAULTS, Checked, check_data
from alliance.testbeds.data_files import Table, cell, read_table
from alliance.testbeds.models import Measurement, Pilot, Protocol
from alliance.testbeds.selectors.lots import FILES, arms_of, rows_to_join
from alliance.testbeds.selectors.protocols import plan_of


def add_measurement(
    pilot: Pilot, city: City, *, content: bytes, name: str, actor: audit.Actor, at: dt.datetime
) -> Measurement:
    """Adds the data of a city; the same file again returns the existing data.

    Raises InvalidData that names each faulty cell (then nothing is saved), NotAllowed.
    """
    if not rules.may_send_data(actor, pilot, city):
        raise NotAllowed(
            _(
                "Only the pilot’s team or the city’s team can upload data, once the plan "
                "has been registered."
            )
        )
    protocol = pilot.protocols.order_by("-number").first()
    assert protocol is not None
    checked = check_file_of(pilot, content, name, protocol, today=at.date())
    sha256 = FILES.store(content)
    with transaction.atomic():
        current = Pilot.objects.select_for_update(of=("self",)).get(pk=pilot.pk)
        last = current.measurements.filter(city=city).order_by("-number").first()
        if last is not None and last.sha256 == sha256 and last.protocol_id == protocol.pk:
            return last
        measurement = Measurement(
            pilot=current,
            city=city,
            number=current.measurements.count() + 1,
            protocol=protocol,
            file_name=_safe_name(name, content),
            size=len(content),
            sha256=sha256,
            rows=checked.n_rows,
            units=checked.n_units,
            first_time=checked.first_time,
            last_time=checked.last_time,
            warnings=checked.warnings,
            added_by=actor.user,
            added_by_label=actor.label[:200],
            added_at=at,
        )
        measurement.full_clean(validate_constraints=False)
        measurement.save()
        audit.record(
            "pilot",
            current,
            "send data",
            actor=actor,
            at=at,
            city=city.public_id,
            data=measurement.public_id,
            sha256=sha256,
        )
    return measurement


def check_file_of(
    pilot: Pilot, content: bytes, name: str, protocol: Protocol, *, today: dt.date
) -> Checked:
    """The data of a file as the analysis reads them. Raises InvalidData."""
    plan = plan_of(protocol)
    if not content:
        raise InvalidData([Fault("file", "no-file")])
    frozen = pilot.frozen_at
    assert frozen is not None
    table = read_table(content, name, plan.time_step)
    joined = rows_to_join(pilot, plan, table)
    table = table.joined(joined)
    checked = check_data(table, plan, frozen_on=frozen.date(), today=today)
    if plan.draw is not None:
        refuse(_allocation_mismatches(pilot, table, checked))
    if joined:
        checked.warnings.append({"code": "before-joined", "n": len(joined)})
    return checked


def _allocation_mismatches(pilot: Pilot, table: Table, checked: Checked) -> list[Fault]:
    """Units that are in another arm than selected, each by its first cell."""
    arms = arms_of(pilot)
    treated = dict.fromkeys(checked.columns["unit"], False)
    for unit, cell_text in zip(checked.columns["unit"], checked.columns["treated"], strict=True):
        treated[unit] = treated[unit] or cell_text == "1"
    first = dict(zip(reversed(checked.columns["unit"]), reversed(table.rows), strict=True))
    return [
        Fault(cell(first[unit], "treated"), "not-as-drawn", {"unit": unit})
        if unit in arms
        else Fault(cell(first[unit], "unit"), "not-in-table", {"value": unit})
        for unit, on in treated.items()
        if arms.get(unit) is not on
    ][:MOST_FAULTS]


def columns_of_measurement(measurement: Measurement, protocol: Protocol) -> dict[str, list[str]]:
    """The columns of received data, read again under a version of the protocol.

    Raises InvalidData if they break the rules of that version, OSError if the file is missing.
    """
    checked = check_file_of(
        measurement.pilot,
        FILES.read(measurement.sha256),
        measurement.file_name,
        protocol,
        today=measurement.added_at.date(),
    )
    return checked.columns


def _safe_name(name: str, content: bytes) -> str:
    ending = ".xlsx" if content.startswith(b"PK\x03\x04") else ".csv"
    stem = re.sub(r"[^\w.-]+", "-", PurePosixPath(name.replace("\\", "/")).stem).strip("-.")
    return (stem[:80] or "data") + ending
