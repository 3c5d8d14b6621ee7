"""In how many places of a solution a result lies clearly on one side of zero, and on which.

A value alone has a sign by chance, too: only results count whose whole interval lies on one side.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alliance.analysis.effect_spread import Z_95, PlaceEffect, has_interval, known

MIN_PLACES = 3
#: Share of the places that must point one way, as numerator and denominator.
AGREEMENT = (3, 4)

Params = tuple[tuple[str, int | str], ...]
#: A measure and its unit.
Key = tuple[str, str]


@dataclass(frozen=True)
class Agreement:
    """How many places agree on the direction of one measure and unit, with a case or among
    themselves.

    ``sign`` is that direction, None if there is none. ``informative`` counts the places whose
    results have a known uncertainty (`side`). ``agreeing`` of them lie entirely in that direction,
    ``observed`` of these by more than a calculation, and ``contrary`` entirely in the opposite one.
    ``of`` is the denominator of both: the informative places, always including the case's own.
    """

    sign: int | None
    measure: str
    unit: str
    places: int
    informative: int
    agreeing: int
    observed: int
    contrary: int
    of: int

    @property
    def replicated(self) -> bool:
        """Whether enough places agree, and enough of these have observed results."""
        part, whole = AGREEMENT
        return self.observed >= MIN_PLACES and whole * self.agreeing >= part * self.of

    @property
    def contradicted(self) -> bool:
        """Whether more than half of the informative places are contrary."""
        return self.of >= MIN_PLACES and 2 * self.contrary > self.of

    @property
    def params(self) -> Params:
        """The counts as parameters of a grade line."""
        return (
            ("measure", self.measure),
            ("unit", self.unit),
            ("places", self.places),
            ("told", self.informative),
            ("agreeing", self.agreeing),
            ("observed", self.observed),
            ("contrary", self.contrary),
        )


def usable(effects: Iterable[PlaceEffect]) -> list[PlaceEffect]:
    """The effects that are not excluded and have a value, or are reported as no difference."""
    return [effect for effect in effects if not effect.excluded and says_something(effect)]


def says_something(effect: PlaceEffect) -> bool:
    """Whether it has a value, or was measured and reported as no difference."""
    return known(effect.value) or effect.no_difference


def by_measure(effects: Iterable[PlaceEffect]) -> dict[Key, list[PlaceEffect]]:
    """The effects of each measure and unit; "no difference" belongs to every unit of its
    measure."""
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


def side(effect: PlaceEffect) -> int | None:
    """-1 or 1 if the whole 95 % interval lies below or above zero, 0 if it includes zero.

    Without a recorded interval, that of the standard error is used. None if the uncertainty is
    unknown. A result reported as no difference gives 0.
    """
    if effect.no_difference:
        return 0
    low, high = effect.low, effect.high
    if effect.value is not None and effect.se is not None and not has_interval(effect):
        low, high = effect.value - Z_95 * effect.se, effect.value + Z_95 * effect.se
    if low is None or high is None or not (known(low) and known(high)):
        return None
    return (low > 0) - (high < 0)


def _speaking(effects: Sequence[PlaceEffect]) -> Sequence[PlaceEffect]:
    """The results for the whole place, or for parts of it if none is for the whole."""
    return [effect for effect in effects if not effect.label] or effects


def _sign(effects: Sequence[PlaceEffect]) -> int | None:
    """-1, 0 or 1 if the values of all results have that sign, None if they differ."""
    signs = {
        0 if effect.value is None else (effect.value > 0) - (effect.value < 0)
        for effect in _speaking(effects)
        if says_something(effect)
    }
    return signs.pop() if len(signs) == 1 else None


def _side(effects: Sequence[PlaceEffect]) -> int | None:
    """The side of a place: that of all its values, if an interval lies entirely on it.

    0 if none does although an uncertainty is known; None if none is known.
    """
    sides = {side(effect) for effect in _speaking(effects)} - {None}
    if not sides:
        return None
    sign = _sign(effects)
    return sign if sign in sides and sign else 0


def by_place(effects: Iterable[PlaceEffect]) -> dict[str, list[PlaceEffect]]:
    """The effects of each place; one study counts once, however many places it covers."""
    all_effects = list(effects)
    names = counted_as((effect.place, effect.study) for effect in all_effects)
    counted: dict[str, list[PlaceEffect]] = {}
    for effect in all_effects:
        counted.setdefault(names[effect.place], []).append(effect)
    return counted


def counted_as(results: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The identifier under which each place is counted: its own, or that of a study it shares.

    ``results``: the place of each result and its study or sample; empty if it shares none. Places
    whose only results come from the same study count as one, identified by the study. A place with
    a result of its own counts for itself.
    """
    known: dict[str, set[str]] = {}
    reach: dict[str, set[str]] = {}
    for place, name in results:
        known.setdefault(place, set()).add(name)
        reach.setdefault(name, set()).add(place)
    shared = {name for name, among in reach.items() if name and len(among) > 1}
    return {place: f"study:{min(own)}" if own <= shared else place for place, own in known.items()}


def _agreement(
    key: Key, own: Sequence[PlaceEffect], everywhere: Sequence[PlaceEffect]
) -> Agreement:
    """Count the places of one measure and unit against the results of a case, ``own``.

    A contradicting place lies entirely on the opposite side of the case's value; a replication
    requires that the case itself is clear. Adding an interval to the case therefore never counts
    against it.
    """
    places = by_place(everywhere)
    own_places = {effect.place for effect in own}
    others = [
        effects
        for effects in places.values()
        if own_places.isdisjoint(effect.place for effect in effects)
    ]
    sides = [_side(effects) for effects in others]
    sign, own_side = _sign(own), _side(own)
    agreeing, observed = _count(others, own_side) if own_side else (0, 0)
    return Agreement(
        sign=sign,
        measure=key[0],
        unit=key[1],
        places=len(places),
        informative=len(sides) - sides.count(None) + (own_side is not None),
        agreeing=agreeing + bool(own_side),
        observed=observed + (bool(own_side) and _is_observed(own)),
        contrary=sides.count(-sign) if sign else 0,
        of=len(sides) - sides.count(None) + 1,
    )


def _count(places: Iterable[Sequence[PlaceEffect]], sign: int) -> tuple[int, int]:
    """The number of places that lie entirely on the side ``sign``, and how many of these observed
    it."""
    agreeing = [effects for effects in places if _side(effects) == sign]
    return len(agreeing), sum(map(_is_observed, agreeing))


def _is_observed(effects: Iterable[PlaceEffect]) -> bool:
    return any(effect.design != "modelled" for effect in effects)


def _best_covered_first(agreements: Iterable[Agreement]) -> list[Agreement]:
    return sorted(
        agreements,
        key=lambda a: (-a.places, -a.informative, -a.agreeing, -a.observed, a.measure, a.unit),
    )


def case_agreements(
    own: Sequence[PlaceEffect], everywhere: Sequence[PlaceEffect]
) -> list[Agreement]:
    """How the places agree with each measure and unit of a case that is a change.

    The one with the most places comes first. Args as `alliance.analysis.evidence_grade.grade`,
    usable only; the objects of ``own`` are also in ``everywhere``.
    """
    pool = by_measure(effect for effect in everywhere if effect.is_change)
    mine = {id(effect) for effect in own}
    agreements = []
    for key, effects in pool.items():
        of_case = [effect for effect in effects if id(effect) in mine]
        if of_case:
            agreements.append(_agreement(key, of_case, effects))
    return _best_covered_first(agreements)


def common_agreement(effects: Sequence[PlaceEffect]) -> Agreement | None:
    """How many places lie entirely on the more frequent side; None if nothing is a change.

    The direction of a solution is that of its places. ``effects`` are usable, of one measure and
    unit.
    """
    changes = [effect for effect in effects if effect.is_change]
    if not changes:
        return None
    with_unit = next(effect for effect in changes if not effect.no_difference)
    places = by_place(changes).values()
    sides = [_side(group) for group in places]
    decided = len(sides) - sides.count(None)
    # With equal numbers, the side above zero, so that the order of the effects does not matter.
    sign = max((1, -1), key=sides.count)
    agreeing, observed = _count(places, sign)
    return Agreement(
        sign=sign if agreeing else None,
        measure=with_unit.measure,
        unit=with_unit.unit,
        places=len(places),
        informative=decided,
        agreeing=agreeing,
        observed=observed,
        contrary=sides.count(-sign),
        of=decided,
    )


def agree_on_no_change(effects: Sequence[PlaceEffect]) -> bool:
    """Whether enough places found no change: a value of 0, or no difference without a number."""
    places = by_place(effect for effect in effects if effect.is_change)
    none = [group for group in places.values() if _sign(group) == 0]
    part, whole = AGREEMENT
    return whole * len(none) >= part * len(places) and sum(map(_is_observed, none)) >= MIN_PLACES
