"""Frozen versions of a plan: their content, and the differences between them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from alliance.testbeds.models import Measurement, Pilot, Protocol
from alliance.testbeds.protocol import Plan, check_shape, plain


def content_of(protocol: Protocol) -> dict[str, Any]:
    """The parsed document of a frozen version."""
    content: dict[str, Any] = json.loads(protocol.document)
    return content


def plan_of(protocol: Protocol) -> Plan:
    """The plan in a frozen version."""
    return check_shape(content_of(protocol)["plan"])


def primary_of(pilot: Pilot) -> Protocol | None:
    """The version whose analysis counts. Two queries."""
    return primary_among(list(pilot.protocols.all()), list(pilot.measurements.all()))


def primary_among(protocols: Sequence[Protocol], data: Iterable[Measurement]) -> Protocol | None:
    """Among all versions of a pilot, by number, the latest that was frozen before data arrived.

    A version frozen after the data arrived may have been fitted to them.
    """
    if not protocols:
        return None
    first = min((measurement.added_at for measurement in data), default=None)
    before = [protocol for protocol in protocols if first is None or protocol.frozen_at < first]
    return before[-1] if before else protocols[0]


@dataclass(frozen=True)
class Change:
    """A field of the plan that differs between two versions."""

    path: str
    before: Any
    after: Any


def changes(old: Protocol, new: Protocol) -> tuple[Change, ...]:
    """The fields in which two versions differ, in the order of the plan."""
    # Fields that were added after a version was frozen are empty in it.
    before, after = (_flat(plain(plan_of(protocol))) for protocol in (old, new))
    return tuple(
        Change(path, before.get(path), after.get(path))
        for path in dict.fromkeys([*before, *after])
        if before.get(path) != after.get(path)
    )


def _flat(plan: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in plan.items():
        if isinstance(value, dict) and key != "draw":
            fields |= _flat(value, f"{prefix}{key}.")
        else:
            fields[f"{prefix}{key}"] = value
    return fields
