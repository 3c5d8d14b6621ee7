"""Errors that users see: each names the field at fault and the rule that it breaks.

A fault is data: a place, a code, and the parameters of its message. The messages are in one table
by code and are rendered in the reader's language; each app adds its own from `messages.py`, which
Django discovers (`alliance.core.apps`).
"""

from __future__ import annotations

import datetime as dt
import errno
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise

from alliance.web import formatting

Sentences = Mapping[str, Promise | str]

#: From this number on, digits are grouped in threes; years and short counts are not.
GROUPED_FROM = 10_000
#: How many characters of an input are repeated in a message.
LONGEST_QUOTED = 120

#: Error numbers of a full disk or an exhausted quota.
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

SENTENCES: dict[str, Promise | str] = {}
#: Codes of missing values; all others mean that a value breaks a rule.
OF_MISSING: set[str] = set()


def add_sentences(wrong: Sentences, *, missing: Sentences | None = None) -> None:
    """Add the messages of an app to the table, by code; `missing` are those of missing values.

    `%(name)s` in a message is replaced by the parameter `name`. ValueError for a duplicate code.
    """
    missing = missing or {}
    for code, sentence in {**wrong, **missing}.items():
        if code in SENTENCES:
            raise ValueError(f"two sentences for the code {code!r}")
        SENTENCES[code] = sentence
    OF_MISSING.update(missing)


@cache
def params_of(code: str) -> frozenset[str]:
    """The names of the parameters in the message of a code."""
    return frozenset(re.findall(r"%\((\w+)\)s", str(SENTENCES[code])))


def _shown(value: Any) -> str:
    """A parameter as it is printed in the active language."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, Fault):
        return value.rule
    if isinstance(value, int) and abs(value) < GROUPED_FROM:
        return str(value).replace("-", formatting.MINUS)
    if isinstance(value, int | float | Decimal) and math.isfinite(value):
        return formatting.number(value)
    if isinstance(value, dt.date):
        return formatting.day(value)
    text = str(value)
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


def _plain(value: Any) -> Any:
    """A parameter as a JSON value."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Fault):
        return value.as_data()
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return value if is_number else str(value)


@dataclass(frozen=True)
class Fault:
    """A fault in input: the place (such as `cases[3].cost.year`) and the rule.

    `code` names the rule, `params` fill its message: texts, numbers, dates, another fault, or lists
    of these. KeyError for a code without a message, TypeError for wrong parameters.
    """

    where: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        # A command that runs without Django reports faults before the apps have added their
        # messages.
        if apps.ready and params_of(self.code) != self.params.keys():
            raise TypeError(f"{self.code} takes {sorted(params_of(self.code))}: {self.params}")

    @classmethod
    def from_json(cls, where: str, code: str, params: Mapping[str, Any]) -> Fault:
        """A fault from its JSON form, with dates parsed."""
        days = {
            name: dt.date.fromisoformat(params[name]) for name in ("date", "day") if name in params
        }
        return cls(where, code, {**params, **days})

    @property
    def rule(self) -> str:
        """The message in the active language."""
        shown = {name: _shown(value) for name, value in self.params.items()}
        return str(SENTENCES[self.code]) % shown

    @property
    def is_missing(self) -> bool:
        """Whether a value is missing rather than breaking a rule."""
        return self.code in OF_MISSING

    def as_data(self, language: str | None = None) -> dict[str, Any]:
        """The fault as JSON, with its message in `language` or the active one."""
        with translation.override(language or translation.get_language()):
            return {
                "rule": self.rule,
                "code": self.code,
                "params": {name: _plain(value) for name, value in self.params.items()},
            }

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}"


class BrokenRule(ValueError):
    """A value breaks a rule; the caller, who knows the field, makes a fault of it."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None):
        self.code = code
        self.params = params or {}
        super().__init__(code, self.params)

    def __str__(self) -> str:
        return self.at("").rule

    def at(self, where: str) -> Fault:
        """The fault of a value at `where`."""
        return Fault(where, self.code, self.params)


class InvalidData(ValueError):
    """Input breaks rules and nothing was written. `faults` lists all of them."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def refuse(faults: Collection[Fault]) -> None:
    """Raise InvalidData with these faults, if there are any."""
    if faults:
        raise InvalidData(faults)


class NotFound(LookupError):
    """No record with this id exists for this reader; hidden and missing look the same."""

    def __init__(self, kind: str, public_id: str):
        self.kind = kind
        self.public_id = public_id
        super().__init__(f"no {kind} with id {public_id!r}")


class Gone(NotFound):
    """A withdrawn record; that it existed and why it was withdrawn is public.

    `because` is the reason as it was entered; empty if none is recorded.
    """

    def __init__(self, kind: str, public_id: str, because: str):
        super().__init__(kind, public_id)
        self.because = because


class Moved(NotFound):
    """A record that was merged into another of its kind, whose id is `to`."""

    def __init__(self, kind: str, public_id: str, to: str):
        super().__init__(kind, public_id)
        self.to = to

    def address(self, here: str) -> str:
        """The address of the same page of the other record; empty if `here` does not name the
        merged record."""
        there = here.replace(f"/{self.public_id}", f"/{self.to}", 1)
        return there if there != here else ""


class Conflict(ValueError):
    """The record was saved by someone else since it was read; nothing was written.

    `current` is its present revision.
    """

    def __init__(self, kind: str, public_id: str, current: int):
        self.kind = kind
        self.public_id = public_id
        self.current = current
        super().__init__(f"{kind} {public_id!r} was saved by somebody else: revision {current}")


class NotAllowed(PermissionError):
    """The actor may see the record but not do this with it; `rule` is the reason as a sentence.

    `team` is the organisation whose editors may, if known.
    """

    def __init__(self, rule: str, *, team: Any = None):
        self.rule = rule
        self.team = team
        super().__init__(rule)


#: The codes of faults by pydantic's error type, or its beginning.
_SHAPES = {
    "missing": "missing",
    "extra_forbidden": "unknown-field",
    "string_type": "not-text",
    "int_": "not-whole",
    "float_": "not-a-number",
    "finite_number": "not-a-number",
    "bool_": "not-yes-or-no",
    "list_type": "not-a-list",
    "dict_type": "not-an-object",
    "model_": "not-an-object",
    "datetime_": "not-a-time",
    "timezone_": "not-a-time",
    "date_": "not-a-day",
}
#: Pydantic errors with a limit: its name there, the code, and the parameter of the message.
_LIMITS = {
    "too_long": ("max_length", "too-many", "most"),
    "string_too_long": ("max_length", "longer-than", "most"),
    "greater_than_equal": ("ge", "below", "least"),
    "less_than_equal": ("le", "above", "most"),
}


def shape_fault(where: str, entry: Mapping[str, Any]) -> Fault:
    """An entry of pydantic's `ValidationError.errors()` as a fault."""
    kind, context = str(entry["type"]), entry.get("ctx") or {}
    if kind in _LIMITS:
        name, code, param = _LIMITS[kind]
        return Fault(where, code, {param: context[name]})
    if kind in {"literal_error", "enum"}:
        allowed = re.findall(r"'([^']*)'", str(context["expected"]))
        return Fault(where, "not-allowed", {"allowed": allowed})
    return Fault(
        where,
        next((code for start, code in _SHAPES.items() if kind.startswith(start)), "unreadable"),
    )


def shape_faults(error: Any, where: str) -> list[Fault]:
    """The faults of a pydantic ValidationError, with places below `where`."""
    return [
        shape_fault(
            where
            + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in entry["loc"]),
            entry,
        )
        for entry in error.errors(include_url=False)
    ]


_ROW = re.compile(r"(\w+)\[(\d+)\](?:\.(\w+))?")


def row_of(where: str) -> tuple[str, int, str] | None:
    """(list, row from 0, field or "") of a place such as `effects[2].value`; None if it is in no
    row."""
    match = _ROW.fullmatch(where)
    return (match[1], int(match[2]), match[3] or "") if match else None


def model_faults(error: ValidationError) -> list[Fault]:
    """The faults of a Django ValidationError; the place is `body` for errors without a field."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"body": error.messages}
    return [Fault(name, "said", {"text": " ".join(texts)}) for name, texts in by_field.items()]
