"""Conditions as the page shows them: the answer, and both values with source and year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from alliance.indicators.guard import CLAUSES, Clause
from alliance.knowledge.selectors.localise import local_name
from alliance.network.bands import climate_zone, size_band
from alliance.network.localise import local_field as indicator_told
from alliance.network.models import City
from alliance.testbeds.fit.conditions import (
    DENSITY_FACTOR,
    LEVEL_FACTOR,
    Answer,
    Judged,
    like,
    same,
)
from alliance.testbeds.fit.reading import Level, Pair, Place, Side, density
from alliance.testbeds.messages.fit import ANSWERS, CONDITIONS, NO_FIGURE, NO_LINK
from alliance.web.formatting import number, quantity

#: So many places are shown beside the city in a condition.
PLACES_SHOWN = 3
#: So many indicators of the outcome are shown.
LEVELS_SHOWN = 4


@dataclass(frozen=True)
class Shown:
    """A formatted value with its source. `unverified`: from general knowledge."""

    text: str
    source: str = ""
    url: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Beside:
    """The value of a place; None if unknown."""

    place: str
    value: Shown | None


@dataclass(frozen=True)
class ConditionLine:
    """A condition. `places` are the first of `n_places`; `why` explains an unknown answer."""

    code: str
    title: str | Promise
    about: str
    rule: str | Promise
    judged: Judged
    own: Shown | None
    places: tuple[Beside, ...]
    n_places: int
    why: tuple[str | Promise, ...] = ()

    @property
    def answer(self) -> str:
        return self.judged.answer.value

    @property
    def answer_word(self) -> str | Promise:
        """The label of the answer."""
        return ANSWERS[self.judged.answer]


def _climate(city: City) -> Shown | None:
    zone = climate_zone(city)
    if zone is None:
        return None
    text = f"{zone.label} ({city.koppen})"
    return Shown(text, city.koppen_source, unverified="koppen" in city.unverified_fields)


def _size(city: City) -> Shown | None:
    band = size_band(city)
    if band is None:
        return None
    if city.population is None:
        return Shown(str(band.label), city.approximate_population_source, unverified=True)
    inhabitants = number(city.population)
    year = city.population_year or _("year not known")
    source = _("%(n)s residents, %(year)s") % {"n": inhabitants, "year": year}
    return Shown(str(band.label), source, unverified="population" in city.unverified_fields)


def _density(city: City) -> Shown | None:
    value = density(city)
    if value is None:
        return None
    year = city.population_year or _("year not known")
    unsure = {"population", "area_km2"} & set(city.unverified_fields)
    return Shown(quantity(value, _("residents per km²"), 0), str(year), unverified=bool(unsure))


def _of_city(
    code: str, judged: Judged, show: Callable[[City], Shown | None], own: City,
    places: Sequence[Place], language: str,
) -> ConditionLine:  # fmt: skip
    title, rule = CONDITIONS[code]
    return ConditionLine(
        code=code, title=title, about="", rule=rule, judged=judged, own=show(own),
        places=tuple(
            Beside(local_name(place.city, language), show(place.city))
            for place in places[:PLACES_SHOWN]
        ),
        n_places=len(places),
    )  # fmt: skip


def city_conditions(own: City, places: Sequence[Place], language: str) -> tuple[ConditionLine, ...]:
    """The climate, density and size of the city compared with those of the places."""

    def zone(city: City) -> str | None:
        return climate.value if (climate := climate_zone(city)) else None

    def band(city: City) -> str | None:
        return size.value if (size := size_band(city)) else None

    cities = [place.city for place in places]
    judged_climate = same(zone(own), [zone(city) for city in cities])
    judged_density = like(density(own), [density(city) for city in cities], DENSITY_FACTOR)
    judged_size = same(band(own), [band(city) for city in cities])
    return (
        _of_city("climate", judged_climate, _climate, own, places, language),
        _of_city("density", judged_density, _density, own, places, language),
        _of_city("size", judged_size, _size, own, places, language),
    )


def _shown(side: Side | None, language: str) -> Shown | None:
    if side is None:
        return None
    version = side.version.version
    unit = indicator_told(version, "unit_label", language)
    text = f"{quantity(side.value, unit, version.decimals)} ({side.period})"
    source = side.source
    return Shown(text, source.title if source else "", source.url if source else "")


def _level_line(
    code: str, level: Level | None, places: Sequence[Place], language: str
) -> ConditionLine:
    title, rule = CONDITIONS[code]
    pairs = level.pairs if level else ()
    comparable = [pair for pair in pairs if pair.compares]
    judged = _judge(comparable)
    # Comparable pairs come first; the city's figure is that of the pair beside it.
    order = sorted(range(len(pairs)), key=lambda index: not pairs[index].compares)
    first = pairs[order[0]] if order else None
    own = first.own if first else None
    if own is None:
        own = next((pair.own for pair in pairs if pair.own is not None), None)
    why: tuple[str | Promise, ...] = ()
    if judged.answer == Answer.UNKNOWN:
        why = _why(pairs)
    return ConditionLine(
        code=code, title=title, rule=rule, judged=judged, why=why, n_places=len(places),
        about=indicator_told(level.indicator, "name", language) if level else "",
        own=_shown(own, language),
        places=tuple(
            Beside(local_name(places[index].city, language), _shown(pairs[index].other, language))
            for index in order[:PLACES_SHOWN]
        ),
    )  # fmt: skip


def _judge(pairs: Sequence[Pair]) -> Judged:
    """Judges each pair on its own, since each has its own year for the city."""
    each = [
        like(pair.own.value if pair.own else None, [pair.other.value if pair.other else None],
             LEVEL_FACTOR)
        for pair in pairs
    ]  # fmt: skip
    known = [judged for judged in each if judged.answer != Answer.UNKNOWN]
    n_like = sum(judged.n_like for judged in known)
    if not known:
        return Judged(Answer.UNKNOWN)
    return Judged(Answer.MET if n_like else Answer.UNMET, n_like, len(known))


def _why(pairs: Sequence[Pair]) -> tuple[str | Promise, ...]:
    if not any(pair.own or pair.other for pair in pairs):
        return (NO_FIGURE,)
    both = [pair for pair in pairs if pair.own and pair.other]
    if not both:
        return (CLAUSES[Clause.NO_DATA],)
    codes = {code for pair in both for code in pair.differences}
    reasons = [CLAUSES[clause] for clause in Clause if clause.value in codes]
    return (_("Not comparable."), *reasons)


def level_conditions(
    income: Level | None, levels: Sequence[Level], places: Sequence[Place], language: str
) -> tuple[ConditionLine, ...]:
    """The income condition, then the baselines of the outcome, comparable ones first."""
    lines = [_level_line("baseline", level, places, language) for level in levels]
    lines.sort(key=lambda line: (line.judged.answer == Answer.UNKNOWN, line.own is None))
    known = [line for line in lines if line.own is not None or any(b.value for b in line.places)]
    if not known:
        title, rule = CONDITIONS["baseline"]
        nothing = ConditionLine(
            "baseline", title, "", rule, Judged(Answer.UNKNOWN), None, (), len(places), (NO_LINK,)
        )
        known = [nothing]
    return (_level_line("income", income, places, language), *known[:LEVELS_SHOWN])
