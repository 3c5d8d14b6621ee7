"""What a solution costs, takes and needs, as the secretariat writes it."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.accounts.enums import NetworkRole
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from alliance.knowledge.models import Solution, SolutionCost
from alliance.knowledge.services.solutions import set_solution_facts
from tests.factories.knowledge import NOW, lay_ground
from tests.factories.people import acting, person

pytestmark = pytest.mark.django_db
FORM = "/en/solutions/road-pricing/facts"
ROW = {
    "kind": "running", "low": "0.5", "high": "2", "currency": "SEK", "price_year": "2020",
    "per": "passage", "per_sv": "passage", "country": "SE", "source_title": "Report",
    "source_url": "https://example.org/r", "read": "full-text",
}  # fmt: skip


@pytest.fixture
def secretariat(client: Client) -> Client:
    lay_ground()
    text = Solution.objects.get().texts.get(language="en")
    text.prerequisites = ["A law that allows it.", "Cameras."]
    text.status = "original"
    text.save()
    client.force_login(person("Sara Ny", NetworkRole.SECRETARIAT))
    return client


def sent(**changes: str) -> dict[str, str]:
    return {f"costs-0-{name}": value for name, value in {**ROW, **changes}.items()}


def test_the_secretariat_writes_costs_and_sorts_needs_and_the_trail_keeps_what_was(
    secretariat: Client,
) -> None:
    assert "A law that allows it." in secretariat.get(FORM).content.decode()
    answer = secretariat.post(FORM, sent() | {"needs_0": "law", "needs_1": "technique"})
    assert answer.status_code == 302
    cost, solution = SolutionCost.objects.get(), Solution.objects.get()
    assert (cost.low, cost.typical, cost.high, cost.per_sv) == (0.5, None, 2.0, "passage")
    assert solution.prerequisite_kinds == ["law", "technique"] and solution.edited_at
    page = secretariat.get("/en/solutions/road-pricing/").content.decode()
    assert "passage" in page and f'href="{FORM}"' in page
    # The form shows it, and what is sent back as it was changes nothing.
    form = secretariat.get(FORM).context["form"]
    told = {
        field.html_name: "" if field.value() is None else str(field.value())
        for field in form.all_fields()
    }
    assert secretariat.post(FORM, told).status_code == 302
    assert SolutionCost.objects.get() == cost
    secretariat.post(FORM, {})
    assert not SolutionCost.objects.exists() and not Solution.objects.get().prerequisite_kinds
    acts = AuditEvent.objects.filter(verb="set facts").order_by("id")
    assert [len(one.details["before"]["costs"]) for one in acts] == [0, 1]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"high": "0.1"}, "costs-0-high"),
        ({"kind": ""}, "costs-0-kind"),
        ({"source_url": "ftp://x"}, "costs-0-source_url"),
        ({"currency": "KR"}, "costs-0-currency"),
        ({"read": ""}, "costs-0-read"),
    ],
)
def test_a_fault_stands_at_its_field(secretariat: Client, changes, name) -> None:
    answer = secretariat.post(FORM, sent(**changes))
    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    assert not SolutionCost.objects.exists()


def test_nobody_else_does(client: Client) -> None:
    lay_ground()
    visitor = person("Rita Reader")
    client.force_login(visitor)
    assert client.get(FORM).status_code == 404
    with pytest.raises(NotAllowed):
        set_solution_facts(
            Solution.objects.get(), costs=(), prerequisite_kinds=(), actor=acting(visitor), at=NOW
        )
