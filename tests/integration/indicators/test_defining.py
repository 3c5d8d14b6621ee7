"""The secretariat writes the catalogue: new indicators, and new versions of definitions."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.accounts.enums import NetworkRole
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.core.models import AuditEvent
from alliance.indicators import services
from alliance.indicators.models import Definition, DefinitionVersion, Indicator, IndicatorGroup
from alliance.indicators.services import restated
from alliance.indicators.services.catalogue import content_values
from tests.factories.indicators import NOW
from tests.factories.indicators import make_definition as made
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NEW, DEFINE = "/en/indicators/new", "/en/indicators/green/define/TEST_GREEN"
LATER = NOW + dt.timedelta(hours=1)
FIRST = {
    "code": "TREES",
    "name": "Trees",
    "name_fr": "Arbres",
    "name_sv": "Träd",
    "group": "nature",
    "key": "",
    "text": "Trees in streets.\r\nOne by one.",
    "unit_label": "trees",
    "direction": "higher",
    "scale": "count",
    "nature": "measured",
    "decimals": "0",
    "treatment": "none",
    "publisher": "City office",
    "licence": "CC0",
    "sdg_targets": "11.7, 15.b",
    "scope": "SE",
    "method_class": "register",
    "grade": "A",
    "population": "street trees",
    "dataset": "Trees of the city",
    "table_id": "T1",
    "dataset_url": "https://example.org/trees",
}


def make_definition(*args: str, **values: object) -> Definition:
    """One that says what a form asks for."""
    return made(*args, **{"method_class": "register", "population": "residents"} | values)


@pytest.fixture
def secretariat() -> Client:
    client = Client()
    client.force_login(person("sekreterare", NetworkRole.SECRETARIAT))
    return client


def shown(client: Client, address: str = DEFINE) -> dict[str, str]:
    """What the form of a page holds, as a browser would send it."""
    form = client.get(address).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def say(**changes: object) -> DefinitionVersion:
    return restated(make_definition().versions.get(), **changes)


def test_a_version_is_written_from_the_form_with_what_held(secretariat):
    definition = make_definition(
        lower_bound=0.0, upper_bound=100.0, bounds_basis="the ends of a share",
        sdg_targets=("11.7",), least_coverage=0.5, text_sv="Grönt",
    )  # fmt: skip
    assert f'href="{DEFINE}"' in secretariat.get("/en/indicators/green/").content.decode()
    sent = shown(secretariat) | {"text_fr": "Espaces verts", "reason": "French", "decimals": "2"}
    answer = secretariat.post(DEFINE, sent, follow=True)
    assert "The new version now applies." in answer.content.decode()
    first, second = definition.versions.all()
    assert (second.number, second.reason, second.breaks_comparison) == (2, "French", False)
    changed = {"text_fr": "Espaces verts", "decimals": 2}
    assert content_values(second) == content_values(first) | changed, "the rest is as it was"
    told = AuditEvent.objects.filter(verb="define").latest("pk")
    assert (told.public_id, told.details["version"]) == ("green", 2)
    assert told.details["reason"] == "French"


def test_a_tick_breaks_comparison(secretariat):
    definition = make_definition()
    sent = shown(secretariat) | {"text": "Shorter walks.", "reason": "x", "breaks_comparison": "on"}
    assert secretariat.post(DEFINE, sent).status_code == 302
    assert definition.versions.get(number=2).breaks_comparison


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"reason": ""}, "reason", "Fill this in"),
        ({"reason": "x" * 401}, "reason", "400"),
        ({"text": ""}, "text", "Fill this in"),
        ({"method_class": ""}, "method_class", "Choose one"),
        ({"population": ""}, "population", "Fill this in"),
        ({"text": "<b>green</b>"}, "text", "The text contains HTML"),
        (
            {"unit": "blorps per fortnight"},
            "unit",
            "” is not a valid unit. Enter a unit such as t/capita/year.",
        ),
        (
            {"unit": "9**9**9**9"},
            "unit",
            "” is not a valid unit. Enter a unit such as t/capita/year.",
        ),
        ({"direction": "up"}, "direction", "is not one of the options"),
        ({"lower_bound": "1", "upper_bound": "1", "bounds_basis": "x"}, "upper_bound", "the same"),
        (
            {"lower_bound": "9", "upper_bound": "1", "bounds_basis": "x"},
            "upper_bound",
            "Higher is better: the good end must be the larger value.",
        ),
        (
            {"lower_bound": "1", "upper_bound": "9", "bounds_basis": "x", "direction": "lower"},
            "upper_bound",
            "smaller",
        ),
        (
            {"lower_bound": "0", "bounds_basis": "x", "is_logarithmic": "on"},
            "lower_bound",
            "above 0",
        ),
        ({"lower_bound": "0", "upper_bound": "9"}, "bounds_basis", "Enter the source."),
        (
            {"valid_min": "100", "valid_max": "0"},
            "valid_max",
            "Enter a value greater than the lowest possible value.",
        ),
        ({"valid_min": "nan"}, "valid_min", "number"),
        ({"decimals": "99"}, "decimals", "6"),
        ({"least_difference": "-1"}, "least_difference", "0"),
        ({"sdg_targets": "11.6 18.1"}, "sdg_targets", "18.1"),
        ({"publisher": "x" * 161}, "publisher", "160"),
        ({"scope": "se"}, "scope", "is not one of the options"),
        ({"dataset_url": "table 4"}, "dataset_url", "begins with https"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_is_written(secretariat, changes, field, rule):
    definition = make_definition()
    sent = shown(secretariat) | {"reason": "A try", "decimals": "3"} | changes
    answer = secretariat.post(DEFINE, sent)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert rule in " ".join(errors[field])
    assert f'href="#id_{field}"' in answer.content.decode()
    assert definition.versions.count() == 1


def test_a_version_that_says_the_same_is_none(secretariat):
    definition = make_definition(text="One line.\nAnother.")
    sent = shown(secretariat) | {"reason": "x", "text": "One line.\r\nAnother."}
    answer = secretariat.post(DEFINE, sent)
    assert "Nothing has changed. Edit the definition before you save." in answer.content.decode()
    assert definition.versions.count() == 1


def test_who_wrote_from_an_older_version_is_told(secretariat):
    definition = make_definition()
    sent = shown(secretariat) | {"reason": "mine", "text": "Mine."}
    services.save_version(
        definition.indicator, "TEST_GREEN", say(text="Theirs."),
        actor=COMMAND_LINE, at=LATER, reason="theirs",
    )  # fmt: skip
    answer = secretariat.post(DEFINE, sent)
    assert answer.status_code == 422
    assert (
        "Someone has saved a newer version. Read it before you make your changes."
        in answer.content.decode()
    )
    assert definition.versions.latest("number").text == "Theirs."


@pytest.mark.parametrize(
    ("unit", "breaks"), [("dimensionless", True), ("%", False), ("", False), ("metre", True)]
)
def test_another_unit_breaks_comparison_by_itself(unit, breaks):
    version = services.save_version(
        make_definition().indicator, "TEST_GREEN", say(unit=unit, text="Told anew."),
        actor=COMMAND_LINE, at=LATER, reason="unit",
    )  # fmt: skip
    assert version.breaks_comparison is breaks


def test_a_new_indicator_comes_with_its_definition(secretariat):
    nature = services.save_group("nature", actor=COMMAND_LINE, at=NOW, name="Nature")
    assert "/en/indicators/new" in secretariat.get("/en/indicators/").content.decode()
    answer = secretariat.post(NEW, FIRST, follow=True)
    assert answer.redirect_chain == [("/en/indicators/trees/", 302)]
    assert "The indicator has been added to the catalogue." in answer.content.decode()
    made = Indicator.objects.get(code="TREES")
    assert (made.name_fr, made.name_sv, made.group) == ("Arbres", "Träd", nature)
    version = Definition.objects.get(indicator=made, key="TREES").versions.get()
    assert version.text == "Trees in streets.\nOne by one."
    assert (version.sdg_targets, version.decimals) == (["11.7", "15.b"], 0)
    source = ("scope", "method_class", "grade", "population", "dataset", "table_id", "dataset_url")
    assert {name: getattr(version, name) for name in source} == {n: FIRST[n] for n in source}
    page = secretariat.get("/en/indicators/trees/").content.decode()
    for shown in (
        "Sweden",
        "grade A, assigned by us: within about 1 %",
        "street trees",
        '<a href="https://example.org/trees">Trees of the city</a>',
    ):
        assert shown in page
    assert set(
        AuditEvent.objects.filter(public_id="trees").values_list("verb", flat=True)
    ) == {"create", "define"}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "GREEN"}, "code"),
        ({"code": "GREEN_"}, "code"),
        ({"code": "RELEASES"}, "code"),
        ({"code": "trees"}, "code"),
        ({"code": "A/B"}, "code"),
        ({"name": ""}, "name"),
        ({"name": "<i>Trees</i>"}, "name"),
        ({"group": "atlantis"}, "group"),
        ({"key": "a/b"}, "key"),
        ({"unit": "blorps"}, "unit"),
        ({"publisher": ""}, "publisher"),
    ],
)
def test_a_faulty_indicator_leaves_nothing_behind(secretariat, changes, field):
    make_definition()
    services.save_group("nature", actor=COMMAND_LINE, at=NOW, name="Nature")
    n_audited = AuditEvent.objects.count()
    answer = secretariat.post(NEW, FIRST | changes)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert list(Indicator.objects.values_list("code", flat=True)) == ["GREEN"]
    assert Definition.objects.count() == 1
    assert AuditEvent.objects.count() == n_audited


def test_the_service_writes_no_indicator_with_a_faulty_definition():
    with pytest.raises(InvalidData) as caught:
        services.create_indicator(
            "BAD", "BAD", say(unit="blorps"), actor=COMMAND_LINE, at=LATER, name="Bad"
        )
    assert [fault.where for fault in caught.value.faults] == ["unit"]
    assert not Indicator.objects.filter(code="BAD").exists()


def test_others_find_no_door(client):
    make_definition()
    member = Client()
    member.force_login(person("medlem"))
    for address in (NEW, DEFINE):
        assert client.get(address).status_code == 302
        assert member.get(address).status_code == 404
        assert member.post(address, FIRST).status_code == 404
    for page in ("/en/indicators/", "/en/indicators/green/"):
        for reader in (client, member):
            text = reader.get(page).content.decode()
            assert NEW not in text and DEFINE not in text
    assert not IndicatorGroup.objects.exists()


def test_a_definition_that_is_not_there_is_missing(secretariat):
    make_definition()
    assert secretariat.get("/en/indicators/green/define/NONE").status_code == 404
    assert secretariat.get("/en/indicators/red/define/TEST_GREEN").status_code == 404


def test_the_past_is_no_start_for_a_new_version(secretariat):
    make_definition(at=NOW - dt.timedelta(days=400))
    past = secretariat.get("/en/indicators/green/?as_of=2026-01-01").content.decode()
    assert "Definition" in past and DEFINE not in past


def test_the_pages_take_few_queries(secretariat, django_assert_max_num_queries):
    make_definition()
    secretariat.get(NEW)
    for address in (NEW, DEFINE, "/en/indicators/green/"):
        with django_assert_max_num_queries(16):
            assert secretariat.get(address).status_code == 200


@pytest.mark.parametrize("language", ["fr", "sv"])
def test_the_form_speaks_the_language_of_the_page(secretariat, language):
    make_definition()
    page = secretariat.get(DEFINE.replace("/en/", f"/{language}/")).content.decode()
    name = {
        "fr": "Définition (suédois)",
        "sv": "Definition (svenska)",
    }[language]
    assert name in page
