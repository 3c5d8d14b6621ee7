"""Errors that people meet: each names the place of the fault and the rule it breaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


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


class Gone(NotFound):
    """A record that was taken back. That it was there, and why it no longer is, everybody may know.

    `because` is the reason in the words of whoever took it back; empty where none is recorded.
    """

    def __init__(self, kind: str, public_id: str, because: str):
        super().__init__(kind, public_id)
        self.because = because


class Conflict(ValueError):
    """Somebody else has saved the record since it was read; nothing was written.

    `current` is the revision that stands now.
    """

    def __init__(self, kind: str, public_id: str, current: int):
        self.kind = kind
        self.public_id = public_id
        self.current = current
        super().__init__(f"{kind} {public_id!r} was saved by somebody else: revision {current}")


class NotAllowed(PermissionError):
    """The actor may see the record but not do this with it; `rule` says why in a sentence."""

    def __init__(self, rule: str):
        self.rule = rule
        super().__init__(rule)


_SHAPES = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "finite_number": "must be a finite number",
    "date_from_datetime_parsing": "must be a date such as 2026-05-31",
    "date_parsing": "must be a date such as 2026-05-31",
    "date_type": "must be a date such as 2026-05-31",
}


def shape_faults(error: Any, where: str) -> list[Fault]:
    """The faults of a pydantic ValidationError in our own words, placed below `where`."""
    faults = []
    for entry in error.errors(include_url=False):
        path = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in entry["loc"])
        context = entry.get("ctx", {})
        if entry["type"] == "too_long":
            rule = f"holds more than {context['max_length']} entries"
        else:
            rule = _SHAPES.get(entry["type"], entry["msg"])
        faults.append(Fault(f"{where}{path}", rule))
    return faults
