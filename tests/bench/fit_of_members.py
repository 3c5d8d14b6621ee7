"""How many pairs of solution and member the fit page answers, and how fast.

    python -m tests.bench.fit_of_members

A pair is answered where the page shows the nearest place (the member's own case where no other
place tried it), its outcome, one thing that went wrong and whom to ask.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.starter_database import fresh_database

if TYPE_CHECKING:
    from alliance.testbeds.fit.page import FitPage

LEAST_ANSWERED = 80.0
SLOWEST_MS = 100.0


def lacks(page: FitPage) -> list[str]:
    """What a page does not show of nearest place, outcome, limit and contact."""
    near = next(iter((*page.near, *page.own)), None)
    if near is None:
        return ["place"]
    return [
        name
        for name, shown in (
            ("outcome", near.outcome), ("limit", near.limit.value), ("contact", near.case_id),
            ("three conditions", len(page.first) > 1),
        )
        if not shown
    ]  # fmt: skip


def main() -> int:
    """Print the figures and the pairs that are not answered; 1 where a limit is broken."""
    with fresh_database():
        from alliance.cases.models import Solution
        from alliance.network.models import City
        from alliance.testbeds.fit.page import fit_page, solution_subject

        pages: dict[tuple[str, str], FitPage] = {}
        times = []
        for city in City.objects.filter(is_member=True):
            for solution in Solution.objects.order_by("public_id"):

                def work(solution: Solution = solution, city: City = city) -> None:
                    subject = solution_subject(solution, "en")
                    pages[solution.public_id, city.public_id] = fit_page(subject, city, "en")

                times.append(milliseconds(work))
    lacking = {pair: found for pair, page in pages.items() if (found := lacks(page))}
    share = 100 * (1 - len(lacking) / len(pages))
    figures = [
        Figure("pairs answered", share, "%", LEAST_ANSWERED, at_least=True),
        Figure("pairs", len(pages), "pairs"),
        Figure("a place elsewhere", sum(bool(one.near) for one in pages.values()), "pairs"),
        Figure("by likeness", sum(
            bool(one.near) and one.near[0].distance is not None for one in pages.values()
        ), "pairs"),
        Figure("own case", sum(bool(one.own) for one in pages.values()), "pairs"),
        Figure("a range", sum(one.has_range for one in pages.values()), "pairs"),
        Figure("fit page without template, p95", percentile(times, 0.95), "ms", SLOWEST_MS),
    ]  # fmt: skip
    for figure in figures:
        print(figure)
    for (solution_id, city_id), found in sorted(lacking.items()):
        print(f"  {solution_id} in {city_id}: no {', '.join(found)}")
    return int(any(figure.is_broken for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
