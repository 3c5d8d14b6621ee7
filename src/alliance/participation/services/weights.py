"""Weights by which participants count like the residents would: raking to the census."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from alliance.analysis.small_counts import MIN_WIDTH, is_small
from alliance.analysis.taking_part import rake
from alliance.participation.enums import Trait
from alliance.participation.models import Participant, Process
from alliance.participation.services.census import category_of

#: The category into which small ones are merged.
OTHERS = ""
#: The possible roundings of weighted shares; the first that is coarse enough is used.
STEPS = (0.01, 0.02, 0.05, 0.1)
#: This many people with the lowest weights could replace as many with the highest without changing
#: a share; otherwise a share, with the total, would reveal how many of a category there are.
ALIKE = MIN_WIDTH + 1
#: With fewer undetermined numbers, one figure that depends on all of them would reveal each.
FEWEST_OPEN = 4


@dataclass(frozen=True)
class Weights:
    """`of`: the weight of a participant by primary key, 1 on average; others are not in it.

    `traits`: the traits to which it was raked. `effective_n`: the number of equally weighted people
    with the same precision. `off`: the largest difference of a share from the census, 0 to 1.
    `n_open`: how many numbers of people by several traits at once the margins leave undetermined.
    `n_asked`: how many traits a person must have stated to be included.
    """

    of: Mapping[int, float]
    traits: tuple[str, ...]
    effective_n: float
    off: float
    n_open: int = 0
    n_asked: int = 1

    @property
    def n(self) -> int:
        """The number of people who stated enough traits."""
        return len(self.of)

    def shares(self, sums: Sequence[float], total: float) -> list[float] | None:
        """The share of each sum of weights in `total`, rounded so that it reveals no small number
        of people; None if it would have to be too coarse."""
        apart = max(self.of.values()) - min(self.of.values())
        wide = [step for step in STEPS if step * total >= ALIKE * apart]
        if not wide or not total:
            return None
        return [round(round(subtotal / total / wide[0]) * wide[0], 2) for subtotal in sums]

    def as_data(self, n_people: int) -> dict[str, Any]:
        """What is published of the weights: `n` and `effective_n` are None if they would reveal a
        few who did not answer, or a small cross-classified group."""
        n_silent = n_people - self.n
        tells = is_small(n_silent, settings.PRIVACY_FLOOR) or (self.n_asked > 1 and n_silent)
        effective_n: int | None = int(round(self.effective_n, -1 if self.n_open else 0))
        if 0 < self.n_open < FEWEST_OPEN or (tells and not self.n_open):
            effective_n = None
        return {
            "traits": list(self.traits),
            "n": None if tells else self.n,
            "effective_n": effective_n,
            "off": round(self.off, 2),
        }


def weights_of(process: Process, participants: QuerySet[Participant]) -> Weights | None:
    """The weights of these people, None without a census, or if too few stated their traits.

    A trait is left out if with it too few people would remain. Categories with fewer people than
    the privacy floor are merged with others: no weight represents a handful of people. Two queries.
    """
    census: dict[str, dict[str, int]] = {}
    for row in process.census.filter(people__gt=0):
        census.setdefault(row.trait, {})[row.category] = row.people
    if not census:
        return None
    traits = [trait for trait in Trait.values if len(census.get(trait, {})) > 1]
    people: dict[int, dict[str, str]] = {}
    rows = participants.exclude(**dict.fromkeys(Trait.values, ""))
    for pk, *values in rows.order_by("pk").values_list("pk", *Trait.values):
        answers = dict(zip(Trait.values, values, strict=True))
        if answers[Trait.AREA]:
            answers[Trait.AREA] = category_of(answers[Trait.AREA], census.get(Trait.AREA, {}))
        people[pk] = {name: answers[name] for name in traits if answers[name] in census[name]}
    floor = settings.PRIVACY_FLOOR
    while traits:
        whole = [pk for pk, answers in people.items() if all(name in answers for name in traits)]
        if len(whole) >= floor:
            break
        # The trait that the fewest have stated is dropped first.
        traits.remove(
            min(traits, key=lambda name: sum(name in person for person in people.values()))
        )
    columns: dict[str, list[str]] = {}
    margins: dict[str, dict[str, float]] = {}
    for name in traits:
        column = [people[pk][name] for pk in whole]
        group = _merge_small_categories(census[name], Counter(column), floor)
        margin: dict[str, float] = {}
        for category, n in census[name].items():
            share = n / sum(census[name].values())
            margin[group[category]] = margin.get(group[category], 0) + share
        if len(margin) > 1:
            columns[name], margins[name] = [group[category] for category in column], margin
    if not columns:
        return None
    raked = rake(columns, margins)
    of = dict(zip(whole, raked.weights.tolist(), strict=True))
    sizes = [len(margin) for margin in margins.values()]
    n_open = math.prod(sizes) - 1 - sum(size - 1 for size in sizes)
    return Weights(of, tuple(columns), raked.effective_n, raked.off, n_open, len(traits))


def _merge_small_categories(
    table: Mapping[str, int], people: Counter[str], floor: int
) -> dict[str, str]:
    """The merged category of each category, where those of fewer than `floor` people become one."""
    order = sorted(table, key=lambda category: (people[category], category))
    small = [category for category in order if people[category] < floor]
    while small and sum(people[category] for category in small) < floor and len(small) < len(order):
        small.append(order[len(small)])
    return {category: OTHERS if category in small else category for category in table}
