"""What an adoption knows of its pilot, for the case that comes of it."""

from __future__ import annotations

from django.db.models import Q

from alliance.adoption.models import Adoption
from alliance.core.money import to_major
from alliance.network.enums import TagScheme
from alliance.network.models import City, NeedTag
from alliance.testbeds.models import Pilot
from alliance.testbeds.services.cases import Background


def background(pilot: Pilot, city: City) -> Background | None:
    """The need and the plan of the adoption that a pilot belongs to in a city; None without one."""
    adoption = (
        Adoption.objects.filter(
            Q(pilot=pilot) | Q(planned_pilot=pilot),
            adopting_city=city,
            adopter=pilot.organisation,
        )
        .select_related("need", "fairness")
        .first()
    )
    if adoption is None:
        return None
    codes: dict[str, list[str]] = {}
    for scheme, code in NeedTag.objects.filter(need=adoption.need).values_list("scheme", "code"):
        codes.setdefault(scheme, []).append(code)
    budget = None
    if adoption.budget_minor is not None:
        amount = to_major(adoption.budget_minor, adoption.budget_currency)
        budget = {"amount": float(amount), "currency": adoption.budget_currency}
    return Background(
        language=adoption.language,
        topics=[adoption.need.topic] if adoption.need and adoption.need.topic else [],
        themes=codes.get(TagScheme.THEME, []),
        sdg_targets=codes.get(TagScheme.SDG, []),
        justice=adoption.justice,
        baseline=adoption.baseline,
        baseline_year=adoption.baseline_year,
        measure=adoption.measure,
        unit=adoption.unit,
        budget=budget,
        fairness=adoption.fairness,
    )
