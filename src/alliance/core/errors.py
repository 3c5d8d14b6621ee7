"""Errors that people meet: each names the place of the fault and the rule it breaks.

A fault is data: where, a code, and what its sentence is filled with. The sentences stand in one
table by code, in the language of whoever reads them; each room adds its own from `messages.py`,
which Django finds (`alliance.core.apps`).
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

#: From this number on, digits are set in groups of three; years and short counts are not.
GROUPED_FROM = 10_000
#: So much of a given text is repeated in a sentence.
LONGEST_QUOTED = 120

#: Numbers of the errors of a disk, or of a quota on it, that is full.
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

SENTENCES: dict[str, Promise | str] = {}
#: Codes of what is not there yet; with the others, what is there breaks a rule.
OF_MISSING: set[str] = set()


def add_sentences(wrong: Sentences, *, missing: Sentences | None = None) -> None:
    """Add the sentences of a room to the table, by code. `missing`: of what is not there yet.

    `%(name)s` in a sentence stands for the parameter `name`. ValueError for a code that is there.
    """
    missing = missing or {}
    for code, sentence in {**wrong, **missing}.items():
        if code in SENTENCES:
            raise ValueError(f"two sentences for the code {code!r}")
        SENTENCES[code] = sentence
    OF_MISSING.update(missing)


@cache
def params_of(code: str) -> frozenset[str]:
    """The names of the parameters that the sentence of a code is filled with."""
    return frozenset(re.findall(r"%\((\w+)\)s", str(SENTENCES[code])))


def _shown(value: Any) -> str:
    """A parameter as people read it in the active language."""
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
    """A parameter as JSON holds it."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Fault):
        return value.as_data()
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return value if is_number else str(value)


@dataclass(frozen=True)
class Fault:
    """One fault in given data: where it stands (such as `cases[3].cost.year`), and the rule.

    `code` names the rule, `params` what its sentence is filled with: texts, numbers, days, another
    fault, or lists of these. KeyError for a code without a sentence, TypeError for other
    parameters than it has.
    """

    where: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        # A command that runs without Django finds faults before the rooms have brought sentences.
        if apps.ready and params_of(self.code) != self.params.keys():
            raise TypeError(f"{self.code} takes {sorted(params_of(self.code))}: {self.params}")

    @classmethod
    def from_json(cls, where: str, code: str, params: Mapping[str, Any]) -> Fault:
        """A fault that JSON kept, its days as days again."""
        days = {
            name: dt.date.fromisoformat(params[name]) for name in ("date", "day") if name in params
        }
        return cls(where, code, {**params, **days})

    @property
    def rule(self) -> str:
        """The sentence in the active language."""
        shown = {name: _shown(value) for name, value in self.params.items()}
        return str(SENTENCES[self.code]) % shown

    @property
    def is_missing(self) -> bool:
        """Whether nothing is there yet; else what is there breaks a rule."""
        return self.code in OF_MISSING

    def as_data(self, language: str | None = None) -> dict[str, Any]:
        """The rule as JSON tells it, its sentence in `language` or the active one."""
        with translation.override(language or translation.get_language()):
            return {
                "rule": self.rule,
                "code": self.code,
                "params": {name: _plain(value) for name, value in self.params.items()},
            }

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}"


class BrokenRule(ValueError):
    """A value breaks a rule, told as in a fault; whoever knows its place makes a fault of it."""

    def __init__(self, code: str, params: Mapping[str, Any] | None = None):
        self.code = code
        self.params = params or {}
        super().__init__(code, self.params)

    def __str__(self) -> str:
        return self.at("").rule

    def at(self, where: str) -> Fault:
        """The fault of a value that stands at `where`."""
        return Fault(where, self.code, self.params)


class InvalidData(ValueError):
    """Given data break a rule; nothing was written. `faults` lists every one that was found."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def refuse(faults: Collection[Fault]) -> None:
    """Raise InvalidData with all of these, unless there are none."""
    if faults:
        raise InvalidData(faults)


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


class Moved(NotFound):
    """A record that was merged into another one of its kind, whose id is `to`."""

    def __init__(self, kind: str, public_id: str, to: str):
        super().__init__(kind, public_id)
        self.to = to

    def address(self, here: str) -> str:
        """The same page of the other record; empty where `here` does not name the merged one."""
        there = here.replace(f"/{self.public_id}", f"/{self.to}", 1)
        return there if there != here else ""


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
    """The actor may see the record but not do this with it; `rule` says why in a sentence.

    `team` is the organisation whose editors may, where that is known.
    """

    def __init__(self, rule: str, *, team: Any = None):
        self.rule = rule
        self.team = team
        super().__init__(rule)


#: The codes of faults by those of pydantic, or what those begin with.
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
#: Those with a limit: its name there, the code, the parameter of its sentence.
_LIMITS = {
    "too_long": ("max_length", "too-many", "most"),
    "string_too_long": ("max_length", "longer-than", "most"),
    "greater_than_equal": ("ge", "below", "least"),
    "less_than_equal": ("le", "above", "most"),
}


def shape_fault(where: str, entry: Mapping[str, Any]) -> Fault:
    """One finding of pydantic, such as `ValidationError.errors()` lists them, as our fault."""
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
    """The faults of a pydantic ValidationError, placed below `where`."""
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
    """(list, row from 0, field or "") of a place such as `effects[2].value`; None: in no row."""
    match = _ROW.fullmatch(where)
    return (match[1], int(match[2]), match[3] or "") if match else None


def model_faults(error: ValidationError) -> list[Fault]:
    """What a record found wrong with its own fields, in Django's words; `body` without a field."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"body": error.messages}
    return [Fault(name, "said", {"text": " ".join(texts)}) for name, texts in by_field.items()]
