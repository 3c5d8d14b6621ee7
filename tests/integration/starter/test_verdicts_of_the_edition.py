"""The verdicts of the content that ships: what the published table of the rule says of it."""

from __future__ import annotations

from collections import Counter

import pytest

from alliance.evidence.models import SolutionVerdict

#: Verdict, reason, score and conclusive of all units, favourable of decided, cities, countries.
TABLE = {
    "home-energy-reports": ("works", "prediction-interval", 6, 7, 10, 6, 6, 20, 5),
    "home-water-reports": ("probably-works", "counts", 8.5, 9, 10, 5, 5, 5, 4),
    "congestion-charging": ("probably-works", "counts", 4.75, 6, 6, 6, 6, 6, 5),
    "low-emission-zones": ("probably-works", "counts", 7, 9, 11, 7, 7, 7, 5),
    "pay-as-you-throw": ("probably-works", "counts", 5.5, 7, 7, 7, 7, 7, 5),
    "citywide-30-kmh": ("probably-works", "counts", 6.5, 9, 10, 7, 7, 7, 4),
    "canteen-messages": ("mixed", "outcomes-differ", 1.5, 3, 8, None, None, None, None),
    "protected-cycling-networks": ("not-enough-evidence", "agree-but-few", 6, 7, 11, 2, 2, None,
                                   None),
    "real-time-energy-feedback": ("not-enough-evidence", "agree-but-few", 3, 4, 8, 4, 4, None,
                                  None),
    "bus-rapid-transit": ("not-enough-evidence", "no-clear-support", 3, 5, 5, 3, 3, None, None),
    "low-traffic-neighbourhoods": ("not-enough-evidence", "too-few-units", 1.5, 3, 3, 2, 2, None,
                                   None),
}  # fmt: skip
COUNTS = {"works": 1, "probably-works": 5, "mixed": 9, "not-enough-evidence": 77}


@pytest.mark.parametrize("slug", TABLE)
def test_a_solution_has_the_verdict_of_the_published_table(starter, slug):
    details = SolutionVerdict.objects.get(is_main=True, solution__public_id=slug).details
    found = (
        details["verdict"], *details["because"], details["score"], details["conclusive"],
        details["units"], details["favourable"], details["decided"], details["cities"],
        details["countries"],
    )  # fmt: skip
    expected = TABLE[slug]
    assert [a for a, b in zip(found, expected, strict=True) if b is not None] == [
        b for b in expected if b is not None
    ]


def test_the_verdicts_of_all_solutions_are_those_of_the_published_table(starter):
    assert Counter(
        SolutionVerdict.objects.filter(is_main=True).values_list("verdict", flat=True)
    ) == COUNTS  # fmt: skip
