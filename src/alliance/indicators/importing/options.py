"""Options for the import of a file, which apply to all its rows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from alliance.core.errors import Fault, InvalidData, refuse
from alliance.indicators.enums import Boundary, CodeScheme, MethodClass, Quality, Status
from alliance.indicators.models import DefinitionVersion
from alliance.network.text_checks import choice_faults

_FLAG = re.compile(r"\s*(\S+?)\s*=\s*([A-Za-z])(?:/([A-Za-z]))?(?:\s+(.*?))?\s*\Z")
DECIMALS = ("", ".", ",")
#: The provenance of figures, which must match their definition.
NAMES = ("publisher", "method_class", "population")


@dataclass(frozen=True)
class FlagMeaning:
    """The meaning of a publisher's flag."""

    status: str
    quality: str = ""
    method: str = ""


@dataclass(frozen=True)
class Options:
    """Options of the whole file; columns of the file take precedence.

    `publisher`, `method_class` and `population` say who published the figures, from what kind of
    source and of whom; with `named` they are required, unless the file was downloaded here. Figures
    that do not fit their definition are refused, or with `own_definition` stored under a separate
    one. `city` is the id of a city here, `period` a year or part of one, for files without such
    columns. `missing` are the spellings of a missing figure, `decimal` the decimal mark, `flags`
    the meanings of the publisher's flags, such as `e=E, x=U fails a check, r=A/B rounded`.
    `edition` names an edition with complete series: figures that it no longer has are missing from
    then on.
    """

    indicator: str = ""
    definition: str = ""
    city: str = ""
    period: str = ""
    unit: str = ""
    scheme: str = ""
    boundary: str = ""
    status: str = ""
    source_title: str = ""
    source_url: str = ""
    licence: str = ""
    publisher: str = ""
    method_class: str = ""
    population: str = ""
    own_definition: bool = False
    named: bool = False
    missing: tuple[str, ...] = ()
    decimal: str = ""
    flags: str = ""
    ignore: tuple[str, ...] = ()
    edition: str = ""

    def with_defaults(self, defaults: Iterable[tuple[str, Any]]) -> Options:
        """The options with the defaults of a format for those that are unset."""
        return dataclasses.replace(
            self, **{name: getattr(self, name) or value for name, value in defaults}
        )

    def or_as_defined(self, version: DefinitionVersion) -> Options:
        """The options with the source's properties from the definition if they are unset."""
        return self.with_defaults((name, getattr(version, name)) for name in NAMES)

    def as_json(self) -> dict[str, Any]:
        """The options that are set."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value}

    @classmethod
    def of_json(cls, payload: dict[str, Any]) -> Options:
        lists = {name: tuple(payload.get(name, ())) for name in ("missing", "ignore")}
        return cls(**payload | lists)

    @classmethod
    def of_text(cls, **texts: str) -> Options:
        """Options from the fields of a form or command, with comma-separated lists."""
        lists: dict[str, Any] = {
            name: tuple(part.strip() for part in texts.pop(name, "").split(",") if part.strip())
            for name in ("missing", "ignore")
        }
        return cls(**lists | {name: value.strip() for name, value in texts.items()})

    def flag_meanings(self) -> dict[str, FlagMeaning]:
        """The meanings by flag. Raises InvalidData if they cannot be parsed."""
        meanings = {}
        for part in filter(str.strip, re.split(r"[,;](?=\s*\S+\s*=)", self.flags)):
            match = _FLAG.match(part)
            status = match[2].upper() if match else ""
            quality = (match[3] or "").upper() if match else ""
            if (
                match is None
                or status not in Status.values
                or (quality and quality not in Quality.values)
            ):
                raise InvalidData([Fault("flags", "odd-flag", {"value": part.strip()})])
            meanings[match[1]] = FlagMeaning(status, quality, (match[4] or "").strip())
        return meanings

    def check(self) -> None:
        """Raises InvalidData that names each invalid option."""
        faults = []
        for name, choices in (
            ("scheme", CodeScheme.values),
            ("boundary", Boundary.values),
            ("status", Status.values),
            ("decimal", DECIMALS),
            ("method_class", MethodClass.values),
        ):
            if value := getattr(self, name):
                faults += choice_faults(name, value, filter(None, choices))
        refuse(faults)
        self.flag_meanings()
