"""Cities of different countries that could help each other: from needs, offers and cases."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from alliance.analysis.twinning import Meeting, Side, Twin
from alliance.analysis.twinning import twins as find_twins
from alliance.knowledge.enums import Scheme, Theme, Topic
from alliance.knowledge.models import CaseClassification
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import country_name, local_name
from alliance.network.enums import NeedState, TagScheme
from alliance.network.localise import Localised, localised
from alliance.network.models import City, Need, Offer
from alliance.network.selectors.needs_offers import open_offers, tags_of

#: The newest of each that are looked at.
MOST_READ = 1_000
_CASES = "cases:"


@dataclass(frozen=True)
class GiftLine:
    """What meets a need: an offer by its title, or the cases of the city on a theme."""

    offer_id: str
    title: Localised
    theme: str
    theme_label: str


@dataclass(frozen=True)
class MeetingLine:
    """A need of one city that the other could help with, why, and by what."""

    need_id: str
    need: Localised
    reasons: tuple[str, ...]
    gifts: tuple[GiftLine, ...]


@dataclass(frozen=True)
class TwinCity:
    """One of the two, with what it could give the other."""

    city_id: str
    city: str
    country: str
    gives: tuple[MeetingLine, ...]


@dataclass(frozen=True)
class TwinLine:
    """A suggested pair."""

    first: TwinCity
    second: TwinCity


@dataclass(frozen=True)
class TwinPage:
    """The pairs suggested of `n_pairs`, and how many needs and offers they were found among."""

    lines: tuple[TwinLine, ...]
    n_pairs: int
    n_needs: int
    n_offers: int


def _codes(statement: Need | Offer) -> frozenset[str]:
    found = {f"theme:{code}" for code in tags_of(statement, TagScheme.THEME)}
    found |= {f"sdg:{code}" for code in tags_of(statement, TagScheme.SDG)}
    if statement.topic:
        found.add(f"topic:{statement.topic}")
    return frozenset(found)


def _themes_of_cases(cities: set[int]) -> dict[int, set[str]]:
    """The themes on which a city has published cases, hidden ones apart. One query."""
    rows = CaseClassification.objects.filter(
        scheme=Scheme.THEME,
        case__in=visible_cases(None).filter(is_masked=False, city__in=cities),
    )
    found: dict[int, set[str]] = defaultdict(set)
    for city, code in rows.order_by().values_list("case__city", "code").distinct():
        found[city].add(code)
    return found


def twin_page(language: str, *, at: dt.datetime) -> TwinPage:
    """The pairs by the rule of `alliance.analysis.twinning`, in six queries.

    A city wants what its open needs name, and can give its offers and what its cases are about.
    """
    needs = list(
        Need.objects.filter(state=NeedState.OPEN)
        .prefetch_related("tags")
        .order_by("-stated_at", "-id")[:MOST_READ]
    )
    offers = list(
        open_offers(Offer.objects.all(), at)
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
    found = find_twins(
        [Side(city.public_id, city.country, wants[key], gives[key]) for key, city in cities.items()]
    )
    words = _Words(needs, offers, by_id, language)
    return TwinPage(
        lines=tuple(words.line(twin) for twin in found.pairs),
        n_pairs=found.n_pairs,
        n_needs=len(needs),
        n_offers=len(offers),
    )


class _Words:
    """Puts names to the ids of pairs."""

    def __init__(
        self, needs: list[Need], offers: list[Offer], cities: dict[str, City], language: str
    ) -> None:
        self.language = language
        self.cities = cities
        self.titles = {
            one.public_id: localised(one.title, one.language, language) for one in (*needs, *offers)
        }

    def line(self, twin: Twin) -> TwinLine:
        return TwinLine(
            self._side(twin.first, twin.first_gives), self._side(twin.second, twin.second_gives)
        )

    def _side(self, public_id: str, gives: tuple[Meeting, ...]) -> TwinCity:
        city = self.cities[public_id]
        return TwinCity(
            city_id=public_id,
            city=local_name(city, self.language),
            country=country_name(city.country, self.language),
            gives=tuple(self._meeting(meeting) for meeting in gives),
        )

    def _meeting(self, meeting: Meeting) -> MeetingLine:
        return MeetingLine(
            need_id=meeting.want,
            need=self.titles[meeting.want],
            reasons=tuple(_word(code) for code in meeting.codes),
            gifts=tuple(self._gift(gift) for gift in meeting.gifts),
        )

    def _gift(self, gift: str) -> GiftLine:
        theme = gift.removeprefix(_CASES) if gift.startswith(_CASES) else ""
        return GiftLine(
            offer_id="" if theme else gift,
            title=Localised("") if theme else self.titles[gift],
            theme=theme,
            theme_label=str(Theme(theme).label) if theme else "",
        )


def _word(code: str) -> str:
    kind, _colon, value = code.partition(":")
    if kind == "theme":
        return str(Theme(value).label)
    return str(Topic(value).label) if kind == "topic" else value
