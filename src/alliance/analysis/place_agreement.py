"""Which way the places of a solution point, and how many of them point the same way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alliance.analysis.effect_spread import PlaceEffect, known

MIN_PLACES = 3
#: Share of the places that must point one way, as numerator and denominator.
AGREEMENT = (3, 4)

Params = tuple[tuple[str, int | str], ...]
#: A measure and its unit.
Key = tuple[str, str]


@dataclass(frozen=True)
class Agreement:
    """How many places of one measure and unit point one way: a case's, or the most common one.

    ``sign`` is that way, None where there is none. ``observed`` counts those of the ``agreeing``
    whose result is more than a calculation, ``contrary`` those that point the other way.
    """

    sign: int | None
    measure: str
    unit: str
    places: int
    agreeing: int
    observed: int
    contrary: int

    @property
    def replicated(self) -> bool:
        """Whether enough places agree, and enough of those observed something."""
        part, whole = AGREEMENT
        return (
            self.places >= MIN_PLACES
            and whole * self.agreeing >= part * self.places
            and self.observed >= MIN_PLACES
        )

    @property
    def contradicted(self) -> bool:
        """Whether more than half of the places point the other way."""
        return self.places >= MIN_PLACES and 2 * self.contrary > self.places

    @property
    def params(self) -> Params:
        """The counts as a line of the grade keeps them."""
        return (
            ("measure", self.measure),
            ("unit", self.unit),
            ("places", self.places),
            ("agreeing", self.agreeing),
            ("observed", self.observed),
            ("contrary", self.contrary),
        )


def usable(effects: Iterable[PlaceEffect]) -> list[PlaceEffect]:
    """The effects that are not excluded and have a value, or are told as no difference."""
    return [effect for effect in effects if not effect.excluded and says_something(effect)]


def says_something(effect: PlaceEffect) -> bool:
    """Whether it has a value, or was measured and told as no difference."""
    return known(effect.value) or effect.no_difference


def by_measure(effects: Iterable[PlaceEffect]) -> dict[Key, list[PlaceEffect]]:
    """The effects of each measure and unit; no difference is one in every unit of its measure."""
    groups: dict[Key, list[PlaceEffect]] = {}
    nulls: list[PlaceEffect] = []
    for effect in effects:
        if effect.no_difference:
            nulls.append(effect)
        else:
            groups.setdefault((effect.measure, effect.unit), []).append(effect)
    for (measure, _unit), group in groups.items():
        if group[0].is_change:
            group += [null for null in nulls if null.measure == measure]
    return groups


def _sign(effects: Sequence[PlaceEffect]) -> int | None:
    """-1, 0 or 1 if all results point the same way, None if they do not.

    Results for the whole place take precedence over results for parts of it. Designs and
    intervals are deliberately not looked at: a better study of the same result must never change
    which way a place counts.
    """
    whole = [effect for effect in effects if not effect.label]
    signs = {
        0 if effect.value is None else (effect.value > 0) - (effect.value < 0)
        for effect in whole or effects
        if says_something(effect)
    }
    return signs.pop() if len(signs) == 1 else None


def by_place(effects: Iterable[PlaceEffect]) -> dict[str, list[PlaceEffect]]:
    """The effects of each place; one study counts once, in however many places it was made."""
    found = list(effects)
    names = counted_as((effect.place, effect.study) for effect in found)
    counted: dict[str, list[PlaceEffect]] = {}
    for effect in found:
        counted.setdefault(names[effect.place], []).append(effect)
    return counted


def counted_as(results: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each place counts as: itself, or what it stands for together with other places.

    ``results``: the place of each and its study, or its sample; empty where it shares none. Places
    that nothing speaks for but one that other places share stand as one, named by it. A place with
    one of its own counts for itself.
    """
    known: dict[str, set[str]] = {}
    reach: dict[str, set[str]] = {}
    for place, name in results:
        known.setdefault(place, set()).add(name)
        reach.setdefault(name, set()).add(place)
    shared = {name for name, among in reach.items() if name and len(among) > 1}
    return {place: f"study:{min(own)}" if own <= shared else place for place, own in known.items()}


def _agreement(
    key: Key, own: Sequence[PlaceEffect], everywhere: Sequence[PlaceEffect], sign: int | None
) -> Agreement:
    """Count the places of one measure and unit by their direction against ``sign``."""
    places = by_place(everywhere)
    own_places = {effect.place for effect in own}
    agreeing = observed = contrary = 0
    for effects in places.values():
        direction = _sign(effects)
        if sign is None or direction is None:
            continue
        if direction == sign:
            agreeing += 1
            observed += any(effect.design != "modelled" for effect in effects)
        elif direction == -sign and own_places.isdisjoint(effect.place for effect in effects):
            contrary += 1
    return Agreement(sign, *key, len(places), agreeing, observed, contrary)


def _best_covered_first(found: Iterable[Agreement]) -> list[Agreement]:
    return sorted(found, key=lambda a: (-a.places, -a.agreeing, -a.observed, a.measure, a.unit))


def case_agreements(
    own: Sequence[PlaceEffect], everywhere: Sequence[PlaceEffect]
) -> list[Agreement]:
    """How the places agree with a case, for each measure and unit of it that is a change.

    The best covered comes first. Args as `alliance.analysis.evidence_grade.grade`, usable only;
    those of ``own`` are among ``everywhere``, the same objects.
    """
    pool = by_measure(effect for effect in everywhere if effect.is_change)
    mine = {id(effect) for effect in own}
    found = []
    for key, effects in pool.items():
        of_case = [effect for effect in effects if id(effect) in mine]
        if of_case:
            found.append(_agreement(key, of_case, effects, _sign(of_case)))
    return _best_covered_first(found)


def common_agreement(effects: Sequence[PlaceEffect]) -> Agreement | None:
    """How many places share the most common direction; None where nothing is a change.

    A solution has no other direction than that of its places. ``effects`` are usable, of one
    measure and unit.
    """
    changes = [effect for effect in effects if effect.is_change]
    if not changes:
        return None
    with_unit = next(effect for effect in changes if not effect.no_difference)
    key = (with_unit.measure, with_unit.unit)
    # In this order, so that a tie does not depend on the order of the effects.
    signs = sorted(
        {_sign(group) for group in by_place(changes).values()}, key=lambda s: -9 if s is None else s
    )
    return _best_covered_first(_agreement(key, changes, changes, sign) for sign in signs)[0]
