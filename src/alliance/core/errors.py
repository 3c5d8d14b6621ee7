"""Errors that people meet: each names the place of the fault and the rule it breaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault in given data: where it stands (such as `cases[3].cost.year`), and the rule."""

    where: str
    rule: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}"


class InvalidData(ValueError):
    """Given data break a rule; nothing was written. `faults` lists every one that was found."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NotFound(LookupError):
    """No record of that id exists for this reader; hidden and missing look the same."""

    def __init__(self, kind: str, public_id: str):
        self.kind = kind
        self.public_id = public_id
        super().__init__(f"no {kind} with id {public_id!r}")
