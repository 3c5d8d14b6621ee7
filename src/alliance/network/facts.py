"""Facts about a city that fit no definition of an indicator: shown with method and year.

They are stored as plain objects on the city: `what`, `unit`, `method`, `area`, `sample` and `note`
(each also as `what_fr`, `what_sv` …), `value` (a number), `year`, `source_title`, `source_url`.
Nothing compares or ranks them.
"""

from __future__ import annotations

from typing import Any

from alliance.network.enums import Language
from alliance.network.localise import Localised, localised

PLAIN = ("value", "year", "source_title", "source_url")
WORDS = ("what", "unit", "method", "area", "sample", "note")


def _word(fact: dict[str, Any], field: str, language: str) -> Localised:
    if own := fact.get(f"{field}_{language}"):
        return Localised(own)
    return localised(fact.get(field, ""), "en", language)


def facts_in(facts: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """The facts of a city with texts in `language`, or in English if there are none.

    Texts are `Localised`; an empty one is not recorded.
    """
    return [
        {name: fact[name] for name in PLAIN}
        | {field: _word(fact, field, language) for field in WORDS}
        for fact in facts
    ]


def facts_by_language(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The facts of a city with each text in every language, for the API."""
    return [
        {name: fact[name] for name in PLAIN}
        | {
            field: {
                language: fact.get(f"{field}_{language}") or fact.get(field, "")
                for language in Language.values
            }
            for field in WORDS
        }
        for fact in facts
    ]
