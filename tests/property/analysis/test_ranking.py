"""Who is surely ahead of whom: a slow script counts pair by pair, and the order holds together."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.composite.ranking import sure_counts

NUMBERS = st.integers(0, 60).map(lambda number: number / 4)
FIGURES = st.lists(
    st.tuples(st.one_of(NUMBERS, st.just(math.nan)), NUMBERS.map(lambda number: number / 8)),
    min_size=1,
    max_size=9,
)
LEAST = st.sampled_from([0.0, 0.5, 3.0])


def is_ahead(one: tuple[float, float], other: tuple[float, float], least: float) -> bool:
    """Written without the code that it judges."""
    lead = one[0] - other[0]
    if math.isnan(lead) or lead <= 1e-9:
        return False
    width = math.sqrt(one[1] ** 2 + other[1] ** 2)
    # The chance that a normal difference of that mean and spread is above 0.
    chance = 1.0 if width == 0 else 0.5 * (1 + math.erf(lead / width / math.sqrt(2)))
    return lead >= least and chance > 0.9


@given(FIGURES, LEAST)
def test_counts_are_those_of_a_slow_script_and_fit_together(figures, least):
    values, errors = np.array(figures, dtype=float).T
    everyone = np.arange(len(figures))
    ahead, behind = sure_counts(values, errors, everyone, everyone, least=least)
    beats = [[is_ahead(one, other, least) for other in figures] for one in figures]
    assert ahead.tolist() == [sum(row[at] for row in beats) for at in everyone]
    assert behind.tolist() == [sum(beats[at]) for at in everyone]
    known = [at for at in everyone if not math.isnan(values[at])]
    ranks = {at: (1 + ahead[at], len(known) - behind[at]) for at in known}
    for one in known:
        assert 1 <= ranks[one][0] <= ranks[one][1] <= len(known)
        for other in known:
            # Who is ahead has the better rank on every page; places that do not meet mean a lead.
            if beats[one][other]:
                assert ranks[one][0] < ranks[other][0] and ranks[one][1] < ranks[other][1]
            if ranks[one][1] < ranks[other][0]:
                assert beats[one][other]
