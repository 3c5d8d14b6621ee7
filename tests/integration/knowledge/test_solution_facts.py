"""What a solution costs, takes and needs, as the secretariat writes it."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.accounts.enums import NetworkRole
from alliance.cases.models import Solution, SolutionCost
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from alliance.writing.services.solutions import set_solution_facts
from tests.factories.knowledge import NOW, effect, lay_ground, make_case
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


EDITORIAL = "/en/solutions/road-pricing/editorial"
CHOSEN = {
    "main_measure_chosen": "on", "main_measure": "traffic-volume", "main_unit": "percent-change",
    "main_measure_why": "what it is for", "one_off": "closed", "one_off_year": "2018",
    "national_schemes-0-country": "SE", "national_schemes-0-since": "2030",
    "national_schemes-0-what": "a law", "national_schemes-0-what_sv": "en lag",
    "national_schemes-0-source_url": "https://example.org/law",
    "disputes-0-sentence": "A second study disagrees.", "disputes-0-sentence_fr": "Une autre.",
    "disputes-0-effects": "lund/traffic-volume",
}  # fmt: skip


def test_the_secretariat_chooses_the_main_result_and_says_what_is_disputed(
    secretariat: Client,
) -> None:
    make_case("Lund", effects=[effect(key="traffic-volume")])
    make_case("Umea", effects=[effect(key="traffic-volume")])
    answer = secretariat.post(EDITORIAL, CHOSEN)
    assert answer.status_code == 302, answer.context["form"].errors
    solution = Solution.objects.get()
    scheme, dispute = solution.national_schemes.get(), solution.disputes.get()
    assert (solution.main_measure.slug, solution.main_unit.code) == (
        "traffic-volume", "percent-change",
    )  # fmt: skip
    assert (solution.one_off, solution.one_off_year, solution.edited_at is None) == (
        "closed", 2018, False,
    )  # fmt: skip
    assert (scheme.country, scheme.since, scheme.until, scheme.what_sv) == (
        "SE", 2030, None, "en lag",
    )  # fmt: skip
    assert (dispute.case, dispute.effects, dispute.sentence_fr, dispute.source_url) == (
        "lund", ["traffic-volume"], "Une autre.", "",
    )  # fmt: skip
    # The form shows it, and what is sent back as it was changes nothing.
    form = secretariat.get(EDITORIAL).context["form"]
    shown = {field.html_name: field.value() for field in form.all_fields() if field.value()}
    assert shown["disputes-0-effects"] == ["lund/traffic-volume"]
    assert secretariat.post(EDITORIAL, shown).status_code == 302
    assert solution.disputes.get() == dispute
    assert AuditEvent.objects.filter(verb="set editorial").count() == 1
    secretariat.post(EDITORIAL, {"main_measure_chosen": "on"})
    solution.refresh_from_db()
    assert solution.main_measure_chosen and solution.main_measure is None
    assert not solution.disputes.exists() and not solution.national_schemes.exists()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"main_unit": ""}, "main_unit"),
        ({"main_measure_chosen": ""}, "main_measure_chosen"),
        ({"one_off": ""}, "one_off"),
        ({"one_off_year": "2999"}, "one_off_year"),
        ({"national_schemes-0-country": "XX"}, "national_schemes-0-country"),
        ({"national_schemes-0-until": "2020"}, "national_schemes-0-until"),
        ({"national_schemes-0-source_url": "law"}, "national_schemes-0-source_url"),
        ({"disputes-0-effects": ""}, "disputes-0-effects"),
        (
            {"disputes-0-effects": ["lund/traffic-volume", "umea/traffic-volume"]},
            "disputes-0-effects",
        ),
        ({"disputes-0-source_url": "law"}, "disputes-0-source_url"),
    ],
)
def test_a_fault_of_what_editors_say_stands_at_its_field(secretariat: Client, changes, name):
    make_case("Lund", effects=[effect(key="traffic-volume")])
    make_case("Umea", effects=[effect(key="traffic-volume")])
    answer = secretariat.post(EDITORIAL, CHOSEN | changes)
    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    assert not Solution.objects.get().main_measure_chosen
