"""Members find for each solution who tried it, what went wrong there, and whom to ask."""

from __future__ import annotations

import pytest

from alliance.cases.models import Solution
from alliance.network.models import City
from alliance.testbeds.fit.page import fit_page, solution_subject
from tests.bench.fit_of_members import LEAST_ANSWERED, lacks

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_most_pairs_of_solution_and_member_are_answered(starter: None) -> None:
    """Each solution with one member, by turns; all pairs in `script/bench fit_of_members`."""
    members = list(City.objects.filter(is_member=True).order_by("public_id"))
    assert len(members) == 8
    solutions = list(Solution.objects.order_by("public_id"))
    lacking = [
        solution.public_id
        for n, solution in enumerate(solutions)
        if lacks(fit_page(solution_subject(solution, "sv"), members[n % 8], "sv"))
    ]
    assert 100 * (1 - len(lacking) / len(solutions)) >= LEAST_ANSWERED, lacking
