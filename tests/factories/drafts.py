"""Case documents for tests, after `tests.factories.knowledge.lay_ground`."""

from __future__ import annotations

from typing import Any


def document(**changes: Any) -> dict[str, Any]:
    """A whole case document in Swedish: a trial in Umeå that did not work."""
    return {
        "solution": "road-pricing",
        "kind": "approach",
        "original_language": "sv",
        "place": {"name": "Umeå", "country": "SE", "city": "umea"},
        "start_year": 2021,
        "end_year": 2022,
        "outcome": "did-not-work",
        "reasons": ["no-effect"],
        "texts": {
            "sv": {
                "title": "Vägavgift på prov",
                "summary": "Avgiften togs ut på en gata under ett år. Trafiken minskade inte.",
                "what_did_not": "Bilarna valde gatan bredvid.",
            }
        },
        "topics": ["innovation-gateways"],
        "themes": ["mobility"],
        "sources": [{"title": "Slutrapport", "url": "https://example.org/slutrapport"}],
        **changes,
    }
