"""Large networks for tests of lists: many cases of one solution, many solutions, many cities."""

from __future__ import annotations

from collections.abc import Iterable

from alliance.cases.models import CaseStudy, Solution, SolutionClassification, SolutionText
from alliance.network.models import City
from tests.bench.generate import multiply_cases
from tests.factories.knowledge import effect, make_case, text

CASES = 210


def many_cases() -> None:
    """CASES cases of one solution: of seven, two each failed and were mixed."""
    outcomes = ("worked", "did-not-work", "mixed", "worked", "worked", "did-not-work", "mixed")
    for number, outcome in enumerate(outcomes):
        make_case(
            ("Lund", "Umeå")[number % 2],
            public_id=f"case-{number}",
            outcome=outcome,
            reasons=("stopped",) if outcome == "did-not-work" else (),
            start_year=2000 + number,
            end_year=None,
            texts=(text(title=f"Case {number}"),),
            effects=(
                effect(
                    -10.0 - number, ("before-after", "modelled", "quasi-experiment")[number % 3]
                ),
                effect(-5.0 - number, qualifier="first year"),
                effect(3.0, unit="cars per day"),
                effect(30.0, measure="turnout", unit="percent of voters"),
            ),
        )
    road_pricing = Solution.objects.get(public_id="road-pricing")
    road_pricing.classifications.create(scheme="theme", code="mobility")
    multiply_cases(CASES)
    CaseStudy.objects.update(solution=road_pricing)


def many_solutions(number: int, theme: str = "mobility", topic: str = "equity") -> None:
    made = Solution.objects.bulk_create(
        Solution(public_id=f"made-{i:03d}", kind="approach") for i in range(number)
    )
    SolutionText.objects.bulk_create(
        SolutionText(solution=one, language="en", name=f"Made {one.public_id}", summary="Short.")
        for one in made
    )
    SolutionClassification.objects.bulk_create(
        SolutionClassification(solution=one, scheme=scheme, code=code)
        for one in made
        for scheme, code in (("theme", theme), ("topic", topic))
        if code
    )


def many_cities(countries: Iterable[tuple[str, int, bool]]) -> None:
    for country, number, is_member in countries:
        City.objects.bulk_create(
            City(
                public_id=f"{country.lower()}-{i:03d}",
                name=f"City {country} {i:03d}",
                country=country,
                is_member=is_member,
                latitude=45 + i % 10,
                longitude=5 + i % 7,
            )
            for i in range(number)
        )
