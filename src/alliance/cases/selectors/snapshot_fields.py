"""A kept version of a case as a flat list of named fields, to be read or held beside another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from alliance.cases import enums
from alliance.cases.case_document import CaseDocument
from alliance.cases.case_fields import (
    BY_PATH,
    OF_EFFECTS,
    OF_NULLS,
    OF_SOURCES,
    OF_TEXTS,
    QUANTITIES,
    SHAPES,
    CaseField,
    part_fields,
)
from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.localise import country_name
from alliance.cases.selectors.snapshot_names import Named, PresentNames
from alliance.core.text import canonical_json
from alliance.web import formatting

_NO_PART = Localised("")


@dataclass(frozen=True)
class Field:
    """One field of a version. `key` says which field it is in any version; `value` "" is empty.

    `group` is the heading it stands under, `part` what the heading says more in the words of the
    case. `language` is the one the value is in where it is content and not the page's own.
    `href`: the page of the record that the value names, or the http or https address that it is
    (`is_address`). `stored_value`: the value of the version where `value` is its name of today.
    `path`: where the value stands in the case document, such as `effects[0].value`.
    """

    key: str
    group: str
    label: str
    value: str
    language: str = ""
    part: Localised = _NO_PART
    href: str = ""
    is_address: bool = False
    stored_value: str = ""
    path: str = ""

    @property
    def is_narrative(self) -> bool:
        """Whether it is a text of several lines, which pages show with its lists and links."""
        return self.key.startswith("texts.") and not self.key.endswith((".title", ".status"))

    @property
    def held(self) -> str:
        """What the version holds, however it is told."""
        return self.stored_value or self.value


# Rows that tell two fields of the document together go by a name of their own.
_KEYS = {"place.latitude": "place.position", "effects.low": "effects.interval"}
# A part that one row tells whole: its first field stands for it.
_WHOLE = ("cost", *(quantity.name for quantity in QUANTITIES))
# What only drafts hold.
_OF_DRAFTS = ("new_solution", "is_masked")


def _case_rows() -> Iterator[CaseField]:
    """The rows of a case beside its lists, in the order of the document."""
    for name in CaseDocument.model_fields:
        if name in _WHOLE:
            yield part_fields(name)[0]
        elif name in SHAPES:
            yield from part_fields(name) if name in ("new_solution", "place") else ()
        else:
            yield BY_PATH[name]


_OF_CASE = tuple(row for row in _case_rows() if row.label)


def _word(choices: Any, code: Any) -> str:
    """The word of a code; the code itself where the list no longer has it."""
    if code in (None, ""):
        return ""
    try:
        return str(choices(code).label)
    except ValueError:
        return str(code)


def _words(choices: Any, codes: Any) -> str:
    return ", ".join(_word(choices, code) for code in codes or ())


def _number(value: Any) -> str:
    return formatting.number(value) if isinstance(value, int | float) else ""


def _year(value: Any) -> str:
    return "" if value is None else str(value)


def _cost(cost: Mapping[str, Any] | None) -> str:
    if not cost:
        return ""
    kind = _word(enums.CostKind, cost.get("kind"))
    more = "; ".join(filter(None, (kind, cost.get("covers"), cost.get("source"))))
    return (
        f"{_number(cost['amount'])} {cost['currency']} "
        f"({formatting.prices_of(cost['price_year'])})" + (f", {more}" if more else "")
    )


def _lang_attr(state: Mapping[str, Any], language: str) -> str:
    """The language of the words of the case, where it is not the page's."""
    original = state.get("original_language") or ""
    return "" if original == language else original


def _lang_of(row: CaseField, state: Mapping[str, Any], language: str) -> str:
    """The language of what `row` says, where it is words and not in the page's."""
    if row.is_written:
        return _lang_attr(state, language)
    own = row.name.rpartition("_")[2]
    return own if own in enums.Language.values and own != language else ""


def _range(held: Mapping[str, Any], low: str, high: str, join: str) -> str:
    return f"{_number(held.get(low))}{join}{_number(held.get(high))}"


def _value(row: CaseField, held: Mapping[str, Any], language: str) -> str:
    """What the part `held` says of a field, in words of the page."""
    value = held.get(row.name)
    if row.part in _WHOLE:
        return "" if not held else _cost(held) if row.part == "cost" else _quantity(row, held)
    if row.path == "place.latitude":
        is_known = value is not None and held.get("longitude") is not None
        return _range(held, "latitude", "longitude", ", ") if is_known else ""
    if row.path == "effects.low":
        is_known = value is not None or held.get("high") is not None
        return _range(held, "low", "high", " … ") if is_known else ""
    if row.path == "place.country":
        return country_name(value, language) if value else ""
    if row.path == "original_language":
        return formatting.language_name(value or "")
    if row.kind == "flag":
        no, unknown = (_("no"), _("not known")) if row.is_nullable else ("", "")
        return _("yes") if value else unknown if value is None else no
    if row.kind == "list":
        return _words(row.vocabulary, value) if row.vocabulary else ", ".join(value or ())
    if row.kind in ("number", "integer"):
        return _number(value)
    if row.kind == "year":
        return _year(value)
    return _word(row.vocabulary, value) if row.vocabulary else value or ""


def _quantity(row: CaseField, held: Mapping[str, Any]) -> str:
    return f"{_number(held['value'])} {_word(BY_PATH[f'{row.part}.unit'].vocabulary, held['unit'])}"


def _case(state: Mapping[str, Any], language: str, names: PresentNames) -> Iterator[Field]:
    group = _("The case")
    records: dict[str, Mapping[str, Named]] = {
        "solution": names.solutions,
        "place.city": names.cities,
        "adapted_from": names.cases,
    }
    for row in _OF_CASE:
        top = row.part or row.name
        if top in _OF_DRAFTS and top not in state:
            continue
        held = (state.get(row.part) or {}) if row.part else state
        value = _value(row, held, language)
        path = row.part if row.part in _WHOLE else row.path
        lang_attr = _lang_of(row, state, language)
        field = Field(_KEYS.get(path, path), group, str(row.label), value, lang_attr, path=path)
        if record := records.get(path, {}).get(value):
            name = record.name
            field = replace(
                field,
                value=name.value,
                language=name.lang_attr,
                href=record.href,
                stored_value=value,
            )
        yield field
        if path == "kind":
            status = _word(enums.CaseStatus, state.get("status"))
            yield Field("status", group, _("Status"), status, path="status")
        elif path == "actors":
            licence = state.get("licence") or ""
            yield Field("licence", group, _("Licence"), licence, path="licence")


def _texts(state: Mapping[str, Any], language: str) -> Iterator[Field]:
    for code, text in (state.get("texts") or {}).items():
        group = _("Text in %(language)s") % {"language": formatting.language_name(code)}
        lang_attr = "" if code == language else code
        key = f"texts.{code}.status"
        status = _word(enums.TextStatus, text.get("status"))
        yield Field(key, group, _("Status"), status, path=key)
        for row in OF_TEXTS:
            key = f"texts.{code}.{row.name}"
            value = text.get(row.name) or ""
            yield Field(key, group, str(row.label), value, lang_attr, path=key)


def _once(key: str, seen: dict[str, int]) -> str:
    """`key`, numbered from its second use on, so that equal names stay apart."""
    seen[key] = seen.get(key, 0) + 1
    return key if seen[key] == 1 else f"{key}#{seen[key]}"


def _effects(state: Mapping[str, Any], language: str, names: PresentNames) -> Iterator[Field]:
    lang_attr = _lang_attr(state, language)
    seen: dict[str, int] = {}
    for position, effect in enumerate(state.get("effects") or ()):
        # An effect is the same one as long as it tells the same measure of the same part.
        measure, qualifier = effect["measure"], effect.get("qualifier") or ""
        key = _once(f"effects.{canonical_json([measure, qualifier])}", seen)
        group = _("Effect: %(measure)s") % {"measure": names.measures.get(measure, measure)}
        part = Localised(qualifier, lang_attr if qualifier else "")
        for row in OF_EFFECTS:
            if not row.label or row.name in ("measure", "qualifier"):
                continue
            field = Field(
                f"{key}.{_KEYS.get(row.path, row.path).removeprefix('effects.')}",
                group,
                str(row.label),
                _value(row, effect, language),
                _lang_of(row, state, language),
                part=part,
                path=f"effects[{position}].{row.name}",
            )
            if row.name in ("unit", "baseline_unit"):
                unit = field.value
                field = replace(field, value=names.units.get(unit, unit), stored_value=unit)
            yield field


def _nulls(state: Mapping[str, Any], language: str, names: PresentNames) -> Iterator[Field]:
    lang_attr = _lang_attr(state, language)
    for position, null in enumerate(state.get("nulls") or ()):
        measure = null["measure"]
        group = _("No difference: %(measure)s") % {"measure": names.measures.get(measure, measure)}
        part = Localised(null["qualifier"], lang_attr if null["qualifier"] else "")
        for row in OF_NULLS:
            if row.label and row.name not in ("measure", "qualifier"):
                yield Field(
                    f"nulls.{null['key']}.{row.name}",
                    group,
                    str(row.label),
                    _value(row, null, language),
                    _lang_of(row, state, language),
                    part=part,
                    href=null["source"] if row.name == "source" else "",
                    is_address=row.name == "source",
                    path=f"nulls[{position}].{row.name}",
                )


def _amounts(state: Mapping[str, Any], language: str) -> Iterator[Field]:
    seen: dict[str, int] = {}
    for position, amount in enumerate(state.get("amounts") or ()):
        # It is the same one as long as it is one of the same kind, in the order of these.
        yield Field(
            _once(f"amounts.{amount['kind'] or ''}", seen),
            _("Other amounts"),
            _word(enums.CostKind, amount["kind"]) or str(BY_PATH["amounts.amount"].label),
            _cost(amount),
            _lang_attr(state, language) if amount["covers"] else "",
            path=f"amounts[{position}]",
        )


def _sources(state: Mapping[str, Any], language: str) -> Iterator[Field]:
    seen: dict[str, int] = {}
    for position, source in enumerate(state.get("sources") or ()):
        key = _once(f"sources.{source['url'] or source['title']}", seen)
        group = _("Source: %(title)s") % {"title": source["title"]}
        for row in OF_SOURCES:
            value = _value(row, source, language)
            yield Field(
                f"{key}.{row.name}",
                group,
                str(row.label),
                value,
                _lang_of(row, state, language),
                href=value if row.name == "url" else "",
                is_address=row.name == "url",
                path=f"sources[{position}].{row.name}",
            )


def fields_of(state: Mapping[str, Any], language: str, names: PresentNames) -> tuple[Field, ...]:
    """Every field of a snapshot, named in the active language, in the order of the case page.

    A key that an older version lacks reads as empty. What `names` does not hold is told as it
    was kept.
    """
    return (
        *_texts(state, language),
        *_case(state, language, names),
        *_effects(state, language, names),
        *_nulls(state, language, names),
        *_amounts(state, language),
        *_sources(state, language),
    )
