"""Weights by which those who took part count as the residents would: raking to the census."""

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

#: The category that small ones are put together in.
OTHERS = ""
#: What weighted shares are rounded to, the first that is wide enough.
STEPS = (0.01, 0.02, 0.05, 0.1)
#: So many people who weigh least could stand in place of as many who weigh most, and no share would
#: be another: with the count of all it would tell how many of a kind there are.
ALIKE = MIN_WIDTH + 1
#: With fewer numbers open, one figure that follows from all of them would tell each.
FEWEST_OPEN = 4


@dataclass(frozen=True)
class Weights:
    """`of`: how much a participant counts, by primary key, 1 on average; others are not in it.

    `traits`: those of the census that it was raked to. `effective_n`: how many people of equal
    weight would say as much. `off`: the largest distance of a share from the census, 0 to 1.
    `n_open`: how many numbers of people of several traits at once those of each trait leave open.
    `n_asked`: how many traits somebody has to have said to be among them.
    """

    of: Mapping[int, float]
    traits: tuple[str, ...]
    effective_n: float
    off: float
    n_open: int = 0
    n_asked: int = 1

    @property
    def n(self) -> int:
        """How many people have said what it takes."""
        return len(self.of)

    def shares(self, sums: Sequence[float], total: float) -> list[float] | None:
        """What share of `total` each sum of weights is, rounded so that it tells of no few people;
        None where it would have to be too coarse."""
        apart = max(self.of.values()) - min(self.of.values())
        wide = [step for step in STEPS if step * total >= ALIKE * apart]
        if not wide or not total:
            return None
        return [round(round(subtotal / total / wide[0]) * wide[0], 2) for subtotal in sums]

    def as_data(self, n_people: int) -> dict[str, Any]:
        """What is published of it, of so many people: `n` and `effective_n` None where they would
        tell of a few who are silent, or who are of two kinds at once."""
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
    """Weights of these people, None without a census, or where too few said who they are.

    A trait is left out where with it too few would be left. Kinds of which fewer than the privacy
    floor took part are put together with others: a weight stands for no handful of people. Two
    queries.
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
        # What the fewest have said goes first.
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
    """What each category is called where those of fewer than `floor` people are one."""
    order = sorted(table, key=lambda category: (people[category], category))
    small = [category for category in order if people[category] < floor]
    while small and sum(people[category] for category in small) < floor and len(small) < len(order):
        small.append(order[len(small)])
    return {category: OTHERS if category in small else category for category in table}
