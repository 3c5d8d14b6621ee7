"""Cities of different countries that could help each other: from needs, offers and cases."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from alliance.analysis.twinning import Meeting, Side
from alliance.analysis.twinning import twins as find_twins
from alliance.cases.enums import Scheme, Theme, Topic
from alliance.cases.models import CaseClassification
from alliance.cases.selectors.access import visible_cases
from alliance.network.enums import NeedState, TagScheme
from alliance.network.models import City, Need, Offer
from alliance.network.selectors.needs_offers import of_cities, open_offers, tags_of

#: The newest of each that are looked at.
MOST_READ = 1_000
_CASES = "cases:"


def _codes(statement: Need | Offer) -> frozenset[str]:
    codes = {f"theme:{code}" for code in tags_of(statement, TagScheme.THEME)}
    codes |= {f"sdg:{code}" for code in tags_of(statement, TagScheme.SDG)}
    if statement.topic:
        codes.add(f"topic:{statement.topic}")
    return frozenset(codes)


def _themes_of_cases(cities: set[int]) -> dict[int, set[str]]:
    """The themes on which a city has published cases, hidden ones apart. One query."""
    rows = CaseClassification.objects.filter(
        scheme=Scheme.THEME,
        case__in=visible_cases(None).filter(is_masked=False, city__in=cities),
    )
    themes: dict[int, set[str]] = defaultdict(set)
    for city, code in rows.order_by().values_list("case__city", "code").distinct():
        themes[city].add(code)
    return themes


def twin_page(*, at: dt.datetime) -> dict[str, Any]:
    """The pairs by the rule of `alliance.analysis.twinning`, in six queries.

    `pairs` holds both sides of each, with what each could give the other: by an offer, or by its
    cases on a theme.

    A city wants what its open needs name, and can give its offers and what its cases are about.
    """
    needs = list(
        Need.objects.filter(state=NeedState.OPEN)
        .prefetch_related("tags")
        .order_by("-stated_at", "-id")[:MOST_READ]
    )
    offers = list(
        open_offers(of_cities(Offer.objects.all()), at)
        .prefetch_related("tags")
        .order_by("-stated_at", "-id")[:MOST_READ]
    )
    # Only who wants something can be one of a pair in which both take.
    keys = {need.city_id for need in needs}
    cities = City.objects.in_bulk(keys)
    known = _themes_of_cases(keys)
    wants: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    gives: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    for need in needs:
        wants[need.city_id][need.public_id] = _codes(need)
    for offer in offers:
        gives[offer.city_id][offer.public_id] = _codes(offer)
    for key, themes in known.items():
        for theme in themes:
            gives[key][_CASES + theme] = frozenset({f"theme:{theme}"})
    by_id = {city.public_id: city for city in cities.values()}
    twins = find_twins(
        [Side(city.public_id, city.country, wants[key], gives[key]) for key, city in cities.items()]
    )
    words = {statement.public_id: statement for statement in (*needs, *offers)}

    def side(public_id: str, meetings: tuple[Meeting, ...]) -> dict[str, Any]:
        return {
            "city": by_id[public_id],
            "gives": [
                {
                    "need": words[meeting.want],
                    "reasons": [_word(code) for code in meeting.codes],
                    "gifts": [
                        (words.get(gift), gift.removeprefix(_CASES)) for gift in meeting.gifts
                    ],
                }
                for meeting in meetings
            ],
        }

    return {
        "pairs": [
            (side(pair.first, pair.first_gives), side(pair.second, pair.second_gives))
            for pair in twins.pairs
        ],
        "n_pairs": twins.n_pairs,
        "n_needs": len(needs),
        "n_offers": len(offers),
    }


def _word(code: str) -> str:
    kind, _colon, value = code.partition(":")
    if kind == "theme":
        return str(Theme(value).label)
    return str(Topic(value).label) if kind == "topic" else value
