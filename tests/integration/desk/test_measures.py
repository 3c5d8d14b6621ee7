"""Measures and units on the desk: added, translated, and fixed where results are told in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alliance.cases.models import CaseStudy, Measure, Unit
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.desk.selectors.measures import near_words, words_list
from alliance.indicators.models import Indicator, IndicatorMeasure
from alliance.writing.selectors.drafts_names import DraftNames
from alliance.writing.services import drafts, save_measure, save_unit
from alliance.writing.services.vocabulary import set_apart, upsert_measure, upsert_unit
from tests.factories.drafts import document
from tests.factories.knowledge import effect, make_case
from tests.factories.people import NOW, acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("secretary")]
MEASURE = {"name": "noise level", "name_fr": "niveau de bruit", "name_sv": "bullernivå"}
UNIT = {
    "name": "kilowatt-hours per square metre",
    "name_fr": "kilowattheures par mètre carré",
    "name_sv": "kilowattimmar per kvadratmeter",
    "symbol": "kWh/m²",
    "is_change": "on",
}


def test_a_missing_measure_and_unit_are_added_and_a_writer_uses_them(client: Client) -> None:
    assert client.post("/en/desk/measures/new", MEASURE).status_code == 302
    assert client.post("/en/desk/units/new", UNIT).status_code == 302
    assert Measure.objects.get(slug="noise-level").edited_at == NOW
    unit = Unit.objects.get(code="kilowatt-hours-per-square-metre")
    assert (unit.symbol_sv, unit.is_change, unit.is_relative) == ("kWh/m²", True, False)
    assert AuditEvent.objects.filter(kind__in=("measure", "unit"), verb="create").count() == 2
    editor = person("Elin Berg")
    join(editor, team("umea"))
    draft = drafts.start_draft(
        team("umea"), language="sv", actor=acting(editor), at=NOW, content=document()
    )
    client.force_login(editor)
    form = {
        "revision": "1",
        "go": "next",
        "effects-0-measure": "bullernivå",
        "effects-0-value": "-3",
        "effects-0-unit": "kWh/m²",
        "effects-0-direction": "lower-is-better",
        "effects-0-design": "before-after",
    }
    assert client.post(f"/sv/write/{draft.public_id}/results/", form).status_code == 302
    draft.refresh_from_db()
    told = draft.content["effects"][0]
    assert (told["measure"], told["unit"]) == (MEASURE["name"], UNIT["name"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name_fr": ""}, "Fill this in"),
        ({"name": "<b>noise</b>"}, "The text contains HTML"),
        ({"name_sv": "Trafikvolym"}, "“traffic volume” already has this name."),
        ({"name": "x" * 121}, "120 characters or fewer"),
    ],
)
def test_faults_stand_beside_their_fields(client: Client, change: Any, words: str) -> None:
    answer = client.post("/en/desk/measures/new", MEASURE | change)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Measure.objects.filter(slug="noise-level").exists()


def test_only_a_change_is_a_share_of_the_measure(client: Client) -> None:
    answer = client.post("/en/desk/units/new", UNIT | {"is_change": "", "is_relative": "on"})
    assert answer.status_code == 422 and b"Only a change can be a share" in answer.content


def test_what_results_are_told_in_keeps_its_name_and_meaning(
    client: Client, secretary: Any
) -> None:
    make_case(effects=(effect(),))
    by = {"actor": acting(secretary), "at": NOW}
    measure, unit = (
        Measure.objects.get(effects__isnull=False),
        Unit.objects.get(effects__isnull=False),
    )
    old = (measure.name, unit.name, unit.is_change)
    upsert_measure(measure, name="another", name_fr="autre", name_sv="annat", **by)
    upsert_unit(
        unit, name="another", name_fr="autre", name_sv="annat", symbol="x",
        is_change=not unit.is_change, is_relative=False, **by,
    )  # fmt: skip
    measure.refresh_from_db()
    unit.refresh_from_db()
    assert (measure.name, unit.name, unit.is_change) == old
    assert (measure.name_fr, unit.name_sv, unit.symbol_fr) == ("autre", "annat", "x")
    page = client.get(f"/en/desk/units/{unit.code}/").content.decode()
    assert (
        "This unit is used in results: its English name and the meaning of its "
        "figures cannot be changed."
    ) in page and 'id="id_name"' not in page


def test_a_word_that_only_a_draft_names_is_in_use_too(client: Client, secretary: Any) -> None:
    editor = person("Elin Berg")
    join(editor, team("umea"))
    drafts.start_draft(
        team("umea"),
        language="sv",
        actor=acting(editor),
        at=NOW,
        content=document(
            effects=[
                {
                    "measure": "turnout",
                    "value": 4,
                    "unit": "percent of voters",
                    "direction": "higher-is-better",
                    "design": "survey",
                }
            ]
        ),
    )
    page = client.get("/en/desk/measures/turnout/").content.decode()
    assert "This outcome measure is used in results: its English name cannot be changed." in page
    assert 'id="id_name"' in client.get("/en/desk/measures/new").content.decode()


def test_what_ships_leaves_alone_what_was_edited(secretary: Any) -> None:
    measure, unit = Measure.objects.get(slug="turnout"), Unit.objects.get(code="cars-per-day")
    by = {"actor": acting(secretary), "at": NOW}
    upsert_measure(measure, name="turnout", name_fr="participation", name_sv="valdeltagande", **by)
    upsert_unit(
        unit, name="cars per day", name_fr="voitures par jour", name_sv="bilar per dag", symbol="",
        is_change=True, is_relative=False, **by,
    )  # fmt: skip
    save_measure("turnout", name="turnout", name_sv="deltagande")
    save_unit("cars-per-day", name="cars per day", name_sv="bilar om dagen")
    assert Measure.objects.get(slug="turnout").name_sv == "valdeltagande"
    assert Unit.objects.get(code="cars-per-day").name_sv == "bilar per dag"


def test_the_list_finds_by_any_name_and_tells_what_lacks(client: Client) -> None:
    found = words_list(Measure, "TRAFIKVOLYM", number=1, language="en")
    assert [line.slug for line in found] == ["traffic-volume"]
    assert "<td>French</td>" in client.get("/en/desk/measures/?q=trafikvolym").content.decode()
    assert b"No names found" in client.get("/en/desk/measures/?q=zzz").content
    assert client.get("/en/desk/units/?page=9").status_code == 404


def test_only_the_secretariat_changes_the_lists(client: Client) -> None:
    stranger = person("Olle Ek")
    with pytest.raises(NotAllowed):
        upsert_measure(None, **MEASURE, actor=acting(stranger), at=NOW)
    with pytest.raises(InvalidData):
        upsert_measure(
            None, **MEASURE | {"name": "turnout"}, actor=acting(person("S", "secretariat")), at=NOW
        )
    client.force_login(stranger)
    assert client.get("/en/desk/measures/").status_code == 404
    assert client.get("/en/desk/measures/turnout/").status_code == 404


def test_a_measure_is_merged_with_a_version_of_each_case_and_found_by_its_old_name(
    client: Client,
) -> None:
    old = save_measure("traffic-volumes", name="traffic volumes", name_sv="trafikvolymer")
    case = make_case("Lund", effects=(effect(-12.0, measure="traffic volumes"),))
    apart = make_case("Umeå")
    indicator = Indicator.objects.create(public_id="traffic", code="TRAFFIC", name="Traffic")
    for slug in ("traffic-volumes", "traffic-volume"):
        IndicatorMeasure.objects.create(indicator=indicator, measure=slug)
    assert "traffic volumes" in client.get("/en/desk/measures/near").content.decode()
    kept = Measure.objects.get(slug="traffic-volume")
    address = "/en/desk/measures/traffic-volumes/merge"
    assert client.post(address, {"into": str(old.pk)}).status_code == 422, "not into itself"
    assert client.post(address, {"into": str(kept.pk)}).status_code == 302
    case.refresh_from_db()
    assert (case.effects.get().measure, case.revision) == (kept, 2)
    assert CaseStudy.objects.get(pk=apart.pk).revision == 1
    assert list(IndicatorMeasure.objects.values_list("measure", flat=True)) == ["traffic-volume"]
    assert not Measure.objects.filter(slug="traffic-volumes").exists()
    # Writers, documents of before, and what ships find the one that is kept.
    assert DraftNames("sv").measures.find("Trafikvolymer") == "traffic volume"
    again = make_case("Borås", effects=(effect(-3.0, measure="traffic volumes"),))
    assert again.effects.get().measure == kept
    assert save_measure("traffic-volumes", name="traffic volumes") == kept
    assert AuditEvent.objects.filter(kind="measure", verb="merge").count() == 1


def test_words_that_were_set_apart_are_not_listed_again(client: Client) -> None:
    one = save_measure("nox", name="emissions of NOx", name_sv="utsläpp av NOx")
    other = save_measure("no2", name="emissions of NO2", name_sv="utsläpp av NO2")
    near = "/en/desk/measures/near"
    assert (one, other) in near_words(Measure) or (other, one) in near_words(Measure)
    sent = {"one": str(one.pk), "other": str(other.pk)}
    for data in (sent, {"one": sent["other"], "other": sent["one"]}, {}):
        assert client.post(near, data).status_code == 302
    assert AuditEvent.objects.filter(kind="measure", verb="set apart").count() == 1
    assert "emissions of NOx" not in client.get(near).content.decode()
    # A new word of a name like theirs is looked at again.
    save_measure("no", name="emissions of NO", name_sv="utsläpp av NO")
    assert "emissions of NOx" in client.get(near).content.decode()
    with pytest.raises(NotAllowed):
        set_apart(one, other, actor=acting(person("Olle Ek")), at=NOW)


def test_units_that_tell_different_things_are_not_merged(client: Client) -> None:
    level = Unit.objects.get(code="percent-of-voters")
    answer = client.post("/en/desk/units/percent-change/merge", {"into": str(level.pk)})
    assert answer.status_code == 422 and "cannot be merged" in answer.content.decode()
    assert Unit.objects.filter(code="percent-change").exists()
