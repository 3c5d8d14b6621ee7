"""Finds the definition of a row, and converts values to its unit."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from alliance.core.errors import BrokenRule
from alliance.indicators.enums import MethodClass, Nature
from alliance.indicators.models import Definition, DefinitionVersion
from alliance.indicators.recording.figure_faults import ANYWHERE
from alliance.indicators.units import MONEY, customary, customary_conversion, unit_fault
from alliance.network.enums import Origin


@dataclass(frozen=True)
class Conversion:
    """The conversion of values to the unit of a definition: value × factor + offset."""

    definition: str
    given: str
    unit: str
    factor: float
    offset: float = 0.0

    @property
    def changes(self) -> bool:
        return (self.factor, self.offset) != (1.0, 0.0)


class Definitions:
    """The recorded definitions, by the indicator's code, by key, or by both."""

    def __init__(self) -> None:
        rows = Definition.objects.select_related("indicator").order_by("pk")
        self._all = list(rows)
        self._by_code: dict[str, list[Definition]] = {}
        self._by_key: dict[str, list[Definition]] = {}
        for definition in self._all:
            for code in {definition.indicator.code, definition.indicator.public_id}:
                self._by_code.setdefault(code, []).append(definition)
            self._by_key.setdefault(definition.key, []).append(definition)
        versions = DefinitionVersion.objects.order_by("number")
        self.versions = {version.definition_id: version for version in versions}

    def find(self, indicator: str, key: str) -> Definition:
        """The definition of an indicator and key. Raises BrokenRule with suggestions."""
        if indicator and indicator not in self._by_code:
            raise self._unknown(indicator, self._by_code)
        if key and key not in self._by_key:
            raise self._unknown(key, self._by_key)
        matches = [
            definition
            for definition in (self._by_code[indicator] if indicator else self._by_key.get(key, []))
            if (not key or definition.key == key) and definition.pk in self.versions
        ]
        if len(matches) == 1:
            return matches[0]
        if not indicator and not key:
            raise BrokenRule("missing")
        if not matches:
            raise BrokenRule("not-its-definition", {"value": key, "code": indicator})
        if key:
            codes = [definition.indicator.code for definition in matches]
            raise BrokenRule("several-indicators", {"value": key, "codes": codes})
        keys = [definition.key for definition in matches]
        raise BrokenRule("several-definitions", {"value": indicator, "keys": keys})

    def pattern(self, indicator: str, key: str) -> Definition:
        """The template of a city's own definition: the latest one in the starter content, else the
        first.

        Raises BrokenRule.
        """
        of_code = [
            definition
            for definition in self._by_code.get(indicator, ())
            if definition.pk in self.versions
        ]
        if key or not of_code:
            return self.find(indicator, key)
        shipped = [
            definition
            for definition in of_code
            if self.versions[definition.pk].origin != Origin.MEMBERS
        ]
        return shipped[-1] if shipped else of_code[0]

    def knows(self, indicator: str) -> bool:
        """Whether an indicator has this code."""
        return indicator in self._by_code

    def add(self, definition: Definition) -> None:
        """Adds a definition that was created in the meantime."""
        version = definition.versions.order_by("number").last()
        assert version is not None  # it was begun with one
        self.versions[definition.pk] = version

    def mismatch(
        self,
        definition: Definition,
        country: str,
        method: str,
        publisher: str,
        *,
        is_apart: bool = False,
    ) -> BrokenRule | None:
        """Why figures of a city and kind of source do not belong to the definition; None if they
        do.

        A Swedish survey is not a French census, and a city's own survey not a national one.
        Separate figures (`is_apart`) only fit their own definition.
        """
        version = self.versions[definition.pk]
        if version.scope not in ANYWHERE and version.scope != country:
            return BrokenRule("out-of-scope", {"scope": version.scope})
        asks = version.nature == Nature.OPINION or version.method_class == MethodClass.SURVEY
        of = MethodClass.SURVEY if asks else version.method_class
        # A table of definitions may omit it; forms do not.
        is_other = method and of and method != of
        if is_other or is_apart:
            labels = {"": "–"} | {
                method_class.value: str(method_class.label) for method_class in MethodClass
            }
            params = {"given": labels[method], "method": labels[version.method_class]}
            return BrokenRule("other-method", {**params, "key": definition.key})
        is_elsewhere = publisher.casefold() != version.publisher.casefold()
        # Another survey asks different questions of different people.
        if asks and publisher and version.publisher and is_elsewhere:
            params = {"given": publisher, "method": version.publisher}
            return BrokenRule("other-method", {**params, "key": definition.key})
        return None

    def _unknown(self, word: str, known: dict[str, list[Definition]]) -> BrokenRule:
        near = difflib.get_close_matches(word.upper(), known, n=3, cutoff=0.5)
        if near:
            return BrokenRule("unknown-near", {"value": word, "candidates": near})
        return BrokenRule("unknown", {"value": word})

    def conversion(self, definition: Definition, source_unit: str, multiplier: str) -> Conversion:
        """The conversion of values in `source_unit` times 10 to the power `multiplier`; "" stands
        for the unit of the definition.

        Raises BrokenRule.
        """
        version = self.versions[definition.pk]
        target = version.unit or version.unit_label
        power = _power(multiplier)
        labels = {
            version.unit, version.unit_label, version.unit_label_fr, version.unit_label_sv,
        }  # fmt: skip
        if not source_unit or source_unit in labels:
            return Conversion(definition.key, source_unit, target, power)
        if not version.unit:
            # Units of money are plain labels, with thousands and millions recognised.
            try:
                factor, _offset = customary_conversion(source_unit, version.unit_label)
            except BrokenRule as error:
                params = {"given": source_unit, "unit": version.unit_label}
                raise BrokenRule("unit-is-label", params) from error
            return Conversion(definition.key, source_unit, version.unit_label, factor * power)
        factor, offset = customary_conversion(source_unit, version.unit)
        return Conversion(definition.key, source_unit, version.unit, factor * power, offset)


def _power(multiplier: str) -> float:
    if not multiplier:
        return 1.0
    try:
        return float(10 ** int(multiplier))
    except ValueError as error:
        raise BrokenRule("no-whole-number", {"value": multiplier}) from error


def readable_unit(label: str) -> str:
    """The unit of a label as pint reads it; "" for a plain label.

    A share of something is a percentage; the label says of what.
    """
    text = customary(label)
    if label.startswith("% of "):
        text = "percent"
    return "" if unit_fault(text) or MONEY.search(text) else text
