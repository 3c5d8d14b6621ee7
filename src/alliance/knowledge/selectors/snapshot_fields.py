"""A kept version of a case as a flat list of named fields, to be read or held beside another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.text import canonical_json
from alliance.knowledge import enums
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.localise import country_name
from alliance.knowledge.selectors.snapshot_names import Named, PresentNames
from alliance.network.enums import OrganisationKind
from alliance.web import formatting

_NO_PART = Localised("")


@dataclass(frozen=True)
class Field:
    """One field of a version. `key` says which field it is in any version; `value` "" is empty.

    `group` is the heading it stands under, `part` what the heading says more in the words of the
    case. `language` is the one the value is in where it is content and not the page's own.
    `href`: the page of the record that the value names, or the http or https address that it is
    (`is_address`). `kept`: what the version holds where `value` tells it by a name of today.
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
    kept: str = ""
    path: str = ""

    @property
    def held(self) -> str:
        """What the version holds, however it is told."""
        return self.kept or self.value


_TEXT_LABELS: dict[str, Promise] = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "problem": gettext_lazy("Problem"),
    "what_worked": gettext_lazy("What worked"),
    "what_did_not": gettext_lazy("What did not"),
    "equity_notes": gettext_lazy("Who gained, who paid"),
}


# Rows that tell two fields of the document together stand under one of them.
_PATHS = {"interval": "low", "place.position": "place.latitude"}


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


def _quantity(given: Mapping[str, Any] | None, choices: Any) -> str:
    if not given:
        return ""
    return f"{_number(given['value'])} {_word(choices, given['unit'])}"


def _cost(given: Mapping[str, Any] | None) -> str:
    if not given:
        return ""
    return (
        f"{_number(given['amount'])} {given['currency']} "
        f"({formatting.prices_of(given['price_year'])})"
    )


def _lang_attr(state: Mapping[str, Any], language: str) -> str:
    """The language of the words of the case, where it is not the page's."""
    original = state.get("original_language") or ""
    return "" if original == language else original


def _case(state: Mapping[str, Any], language: str, names: PresentNames) -> Iterator[Field]:
    place = state.get("place") or {}
    group = _("The case")
    position = ""
    if place.get("latitude") is not None and place.get("longitude") is not None:
        position = f"{_number(place['latitude'])}, {_number(place['longitude'])}"
    country = country_name(place["country"], language) if place.get("country") else ""
    rows: tuple[tuple[str, str, str], ...] = (
        ("outcome", _("Outcome"), _word(enums.Outcome, state.get("outcome"))),
        ("reasons", _("Reasons"), _words(enums.Reason, state.get("reasons"))),
        ("solution", _("Solution"), state.get("solution") or ""),
        ("kind", _("Kind"), _word(enums.SolutionKind, state.get("kind"))),
        ("status", _("Status"), _word(enums.CaseStatus, state.get("status"))),
        ("place.name", _("Place"), place.get("name") or ""),
        ("place.name_fr", _("Place, in French"), place.get("name_fr") or ""),
        ("place.name_sv", _("Place, in Swedish"), place.get("name_sv") or ""),
        ("place.country", _("Country"), country),
        ("place.city", _("City record"), place.get("city") or ""),
        ("place.position", _("Latitude, longitude"), position),
        ("start_year", _("Start year"), _year(state.get("start_year"))),
        ("end_year", _("End year"), _year(state.get("end_year"))),
        ("cost", _("Cost"), _cost(state.get("cost"))),
        ("staff_time", _("Staff time"), _quantity(state.get("staff_time"), enums.StaffUnit)),
        ("lead_time", _("Lead time"), _quantity(state.get("lead_time"), enums.TimeUnit)),
        ("lifetime", _("Lifetime"), _quantity(state.get("lifetime"), enums.TimeUnit)),
        ("adapted_from", _("Adapted from"), state.get("adapted_from") or ""),
        ("adaptation_changes", _("What was changed"), state.get("adaptation_changes") or ""),
        ("topics", _("Topics"), _words(enums.Topic, state.get("topics"))),
        ("themes", _("Themes"), _words(enums.Theme, state.get("themes"))),
        ("sdg_targets", _("SDG targets"), ", ".join(state.get("sdg_targets") or ())),
        ("actors", _("Actors"), _words(OrganisationKind, state.get("actors"))),
        ("licence", _("Licence"), state.get("licence") or ""),
        ("checked_on", _("Checked on"), state.get("checked_on") or ""),
        (
            "original_language",
            _("Original language"),
            formatting.language_name(state.get("original_language") or ""),
        ),
    )
    records: dict[str, Mapping[str, Named]] = {
        "solution": names.solutions,
        "place.city": names.cities,
        "adapted_from": names.cases,
    }
    for key, label, value in rows:
        record = records.get(key, {}).get(value)
        if record is not None:
            name = record.name
            yield Field(
                key,
                group,
                label,
                name.value,
                name.lang_attr,
                href=record.href,
                kept=value,
                path=key,
            )
        else:
            lang_attr = _lang_attr(state, language) if key == "adaptation_changes" else ""
            yield Field(key, group, label, value, lang_attr, path=_PATHS.get(key, key))


def _texts(state: Mapping[str, Any], language: str) -> Iterator[Field]:
    for code, text in (state.get("texts") or {}).items():
        group = _("Text, %(language)s") % {"language": formatting.language_name(code)}
        lang_attr = "" if code == language else code
        key = f"texts.{code}.status"
        status = _word(enums.TextStatus, text.get("status"))
        yield Field(key, group, _("Status"), status, path=key)
        for name, label in _TEXT_LABELS.items():
            key = f"texts.{code}.{name}"
            yield Field(key, group, str(label), text.get(name) or "", lang_attr, path=key)


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
        interval = ""
        if effect.get("low") is not None or effect.get("high") is not None:
            interval = f"{_number(effect.get('low'))} … {_number(effect.get('high'))}"
        rows = (
            ("value", _("Value"), _number(effect.get("value"))),
            ("baseline", _("Baseline"), _number(effect.get("baseline"))),
            ("interval", _("95 % interval"), interval),
            ("se", _("Standard error"), _number(effect.get("se"))),
            ("n", _("Sample size"), _number(effect.get("n"))),
            ("period_start", _("Period from"), _year(effect.get("period_start"))),
            ("period_end", _("Period to"), _year(effect.get("period_end"))),
            ("design", _("How it was found"), _word(enums.Design, effect.get("design"))),
            ("direction", _("Direction"), _word(enums.EffectDirection, effect.get("direction"))),
            (
                "pool_exclusion",
                _("Not counted, because"),
                _word(enums.PoolExclusion, effect.get("pool_exclusion")),
            ),
        )
        unit = effect.get("unit") or ""
        unit_name = names.units.get(unit, unit)
        path = f"effects[{position}]"
        yield Field(
            f"{key}.unit", group, _("Unit"), unit_name, part=part, kept=unit, path=f"{path}.unit"
        )
        for name, label, value in rows:
            at = f"{path}.{_PATHS.get(name, name)}"
            yield Field(f"{key}.{name}", group, label, value, part=part, path=at)
        note = effect.get("note") or ""
        yield Field(
            f"{key}.note", group, _("Note"), note, lang_attr, part=part, path=f"{path}.note"
        )


def _sources(state: Mapping[str, Any], language: str) -> Iterator[Field]:
    answers = {True: _("yes"), False: _("no"), None: _("not known")}
    seen: dict[str, int] = {}
    for position, source in enumerate(state.get("sources") or ()):
        key = _once(f"sources.{source['url']}", seen)
        group = _("Source: %(title)s") % {"title": source["title"]}
        rows = (
            ("kind", _("Kind"), _word(enums.SourceKind, source.get("kind"))),
            ("independent", _("Independent"), answers[source.get("independent")]),
        )
        url = source["url"]
        path = f"sources[{position}]"
        title = source["title"]
        yield Field(f"{key}.title", group, _("Title"), title, path=f"{path}.title")
        yield Field(
            f"{key}.url", group, _("Address"), url, href=url, is_address=True, path=f"{path}.url"
        )
        seen_words, lang_attr = source.get("seen") or "", _lang_attr(state, language)
        label = _("What was read there")
        yield Field(f"{key}.seen", group, label, seen_words, lang_attr, path=f"{path}.seen")
        for name, label, value in rows:
            yield Field(f"{key}.{name}", group, label, value, path=f"{path}.{name}")


def fields_of(state: Mapping[str, Any], language: str, names: PresentNames) -> tuple[Field, ...]:
    """Every field of a snapshot, named in the active language, in the order of the case page.

    A key that an older version lacks reads as empty. What `names` does not hold is told as it
    was kept.
    """
    return (
        *_texts(state, language),
        *_case(state, language, names),
        *_effects(state, language, names),
        *_sources(state, language),
    )
