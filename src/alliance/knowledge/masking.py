"""Cities that are hidden from readers: what would name them in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from alliance.core.errors import Fault
from alliance.core.text import fold
from alliance.knowledge.case_document import (
    EFFECT_WORDS,
    NULL_WORDS,
    TEXT_FIELDS,
    CaseDocument,
    Place,
)
from alliance.knowledge.effects import UNDISCLOSED
from alliance.knowledge.enums import SUCCESSES
from alliance.knowledge.models import CaseStudy, Draft
from alliance.network.models import City

# What readers see of a masked place; a country would give it away in a small network.
MASKED_PLACE = Place(
    name="City not disclosed",
    name_fr="Ville non divulguée",
    name_sv="Ej namngiven stad",
    country="ZZ",
)


def names_of(city: City | None, *told: str) -> frozenset[str]:
    """The names a city goes by, with those that a record tells it by."""
    own = (city.name, city.name_fr, city.name_sv, *city.aliases) if city is not None else ()
    return frozenset({*own, *told} - {""})


def named_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that begin a word of `text`, whatever its accents and case."""
    told = fold(text).lower()
    return tuple(
        name for name in sorted(names) if re.search(rf"\b{re.escape(fold(name).lower())}", told)
    )


def hidden_by_draft(draft: Draft) -> frozenset[str]:
    """The names that nothing published about this draft may tell; none where it hides no city."""
    if not draft.content.get("is_masked"):
        return frozenset()
    place = draft.content.get("place") or {}
    city = City.objects.filter(public_id=place.get("city") or "").first()
    return names_of(city, *(place.get(name) or "" for name in ("name", "name_fr", "name_sv")))


def hidden_by_case(case: CaseStudy) -> frozenset[str]:
    """The names that nothing published about this case may tell; none where it hides no city."""
    return names_of(case.masked_city) if case.is_masked else frozenset()


def shown_faults(case: CaseStudy) -> list[Fault]:
    """The fault of hiding the city of a case that was published with it: its versions are kept."""
    if not case.versions.exclude(snapshot__place__country=UNDISCLOSED).exists():
        return []
    return [Fault("case.is_masked", "shown-before")]


def telling_faults(where: str, text: str, hidden: Iterable[str]) -> list[Fault]:
    """The fault of a text that names a hidden city. The name is told: its writer has written it."""
    found = named_in(text, hidden)
    if not found:
        return []
    return [Fault(where, "names-city", {"city": found[0]})]


def masking_faults(
    document: CaseDocument, city: City | None, beside: Mapping[str, str] | None = None
) -> Iterator[Fault]:
    """What gives away the place of a case that is to be hidden.

    `beside`: further texts that are published with the case, by what they are called.
    """
    if document.outcome in SUCCESSES:
        yield Fault("case.is_masked", "masks-success")
    if city is None:
        yield Fault("case.place.city", "masked-without-city")
        return
    names = names_of(city, document.place.name)
    for where, said in (*_said_in(document), *(beside or {}).items()):
        for name in named_in(said, names):
            yield Fault(where, "names-city", {"city": name})
    if document.adapted_from:
        # The chain of adaptations would lead to it.
        yield Fault("case.adapted_from", "masked-adaptation")


def _said_in(document: CaseDocument) -> Iterator[tuple[str, str]]:
    """Every text of a case that readers see, with what it is called."""
    for language, text in document.written_texts.items():
        for field in TEXT_FIELDS:
            yield f"case.texts.{language}.{field}", getattr(text, field)
    yield "case.adaptation_changes", document.adaptation_changes
    for position, effect in enumerate(document.effects):
        for name in (*EFFECT_WORDS, "study", "sample"):
            yield f"case.effects[{position}].{name}", getattr(effect, name)
    for position, null in enumerate(document.nulls):
        for name in (*NULL_WORDS, "qualifier"):
            yield f"case.nulls[{position}].{name}", getattr(null, name)
