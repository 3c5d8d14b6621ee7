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
    """How many places of one measure and unit lie clearly on one side: a case's, or the commonest.

    ``sign`` is that side, None where there is none. ``informative`` counts the places whose results
    have a known uncertainty (`side`). Of those, ``agreeing`` lie wholly on that side, ``observed``
    of them by more than a calculation, and ``contrary`` wholly on the other. ``of`` is what both
    are shares of: the places told, the case's own always among them.
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
        """Whether enough places agree, and enough of those observed something."""
        part, whole = AGREEMENT
        return self.observed >= MIN_PLACES and whole * self.agreeing >= part * self.of

    @property
    def contradicted(self) -> bool:
        """Whether more than half of the places told lie on the other side."""
        return self.of >= MIN_PLACES and 2 * self.contrary > self.of

    @property
    def params(self) -> Params:
        """The counts as a line of the grade keeps them."""
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


def side(effect: PlaceEffect) -> int | None:
    """-1 or 1 where the whole 95 % interval lies below or above zero, 0 where neither is so.

    Without an interval, that of the standard error is taken. None where nothing says how sure the
    value is. What was told as no difference lies on neither side.
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
    """The results for the whole place, or for parts of it where no result holds for the whole."""
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
    """The side of a place: that of all its values, if an interval lies wholly there.

    0 where none does, though one says how sure it is; None where none says so.
    """
    sides = {side(effect) for effect in _speaking(effects)} - {None}
    if not sides:
        return None
    sign = _sign(effects)
    return sign if sign in sides and sign else 0


def by_place(effects: Iterable[PlaceEffect]) -> dict[str, list[PlaceEffect]]:
    """The effects of each place; one study counts once, in however many places it was made."""
    all_effects = list(effects)
    names = counted_as((effect.place, effect.study) for effect in all_effects)
    counted: dict[str, list[PlaceEffect]] = {}
    for effect in all_effects:
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
    key: Key, own: Sequence[PlaceEffect], everywhere: Sequence[PlaceEffect]
) -> Agreement:
    """Count the places of one measure and unit against the results of a case, ``own``.

    What contradicts a case lies clearly on the other side than its value; what repeats it needs a
    case that is clear itself. So an interval that is added to the case never counts against it.
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
    """How many places lie clearly on the side ``sign``, and how many of these observed it."""
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
    """How the places agree with a case, for each measure and unit of it that is a change.

    The best covered comes first. Args as `alliance.analysis.evidence_grade.grade`, usable only;
    those of ``own`` are among ``everywhere``, the same objects.
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
    """How many places lie clearly on the commoner side; None where nothing is a change.

    A solution has no other side than that of its places. ``effects`` are usable, of one measure
    and unit.
    """
    changes = [effect for effect in effects if effect.is_change]
    if not changes:
        return None
    with_unit = next(effect for effect in changes if not effect.no_difference)
    places = by_place(changes).values()
    sides = [_side(group) for group in places]
    decided = len(sides) - sides.count(None)
    # Of a tie the side above zero, so that it does not depend on the order of the effects.
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
