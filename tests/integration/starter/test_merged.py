"""Cases that were merged: their addresses lead on, in an empty database and in one kept before."""

from __future__ import annotations

import json

import pytest

from alliance.cases.case_document import check_shape
from alliance.cases.models import CaseStudy, MergedCase
from alliance.cases.snapshots import document_of
from alliance.core.audit import STARTER
from alliance.core.errors import InvalidData
from alliance.network.models import Post
from alliance.starter.load import check_starter, load_starter
from alliance.writing.models import Question
from alliance.writing.services import merge_case, save_case
from tests.factories.knowledge import lay_ground, make_case, make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def merged(db: None, now) -> None:
    """Visby, that nobody kept, and Umeå, that is in the record, are Lund now."""
    lay_ground()
    lund = make_case("Lund")
    make_case("Umeå")
    make_case("Kiruna", adapted_from="umea")
    make_question(CaseStudy.objects.get(public_id="umea"), answer="So.", at=now)
    for public_id in ("umea", "visby"):
        merge_case(public_id, into=lund, actor=STARTER, at=now)


@pytest.mark.usefixtures("merged")
@pytest.mark.parametrize(
    ("address", "to"),
    [
        ("/sv/cases/umea/", "/sv/cases/lund/"),
        ("/en/cases/visby/versions/?page=1", "/en/cases/lund/versions/?page=1"),
        ("/fr/cases/umea/fit?city=umea", "/fr/cases/lund/fit?city=umea"),
        ("/en/compare?case=umea&case=kiruna", "/en/compare?case=lund&case=kiruna"),
        ("/api/v1/cases/umea?lang=sv", "/api/v1/cases/lund?lang=sv"),
        ("/api/v1/cases/visby/versions", "/api/v1/cases/lund/versions"),
    ],
)
def test_an_address_leads_to_the_case_it_was_merged_into(client, address: str, to: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (301, to)


@pytest.mark.usefixtures("merged")
def test_what_hung_on_it_goes_over_and_the_case_itself_is_kept(client) -> None:
    old, new = (CaseStudy.objects.get(public_id=one) for one in ("umea", "lund"))
    assert old.status == "withdrawn"
    assert old.versions.exists()
    assert Question.objects.get().case == new
    assert {one.record_id for one in Post.objects.all()} == {"lund"}
    assert CaseStudy.objects.get(public_id="kiruna").adapted_from == new
    assert client.post("/en/cases/umea/confirm").status_code != 301


@pytest.mark.usefixtures("merged")
def test_a_case_merged_again_leads_to_the_last(now) -> None:
    merge_case("lund", into=CaseStudy.objects.get(public_id="kiruna"), actor=STARTER, at=now)
    assert {one.into.public_id for one in MergedCase.objects.all()} == {"kiruna"}


def test_a_kept_record_of_before_leads_on_unless_a_person_edited_it(starter, now) -> None:
    MergedCase.objects.all().delete()
    document = check_shape(document_of(CaseStudy.objects.get(public_id="france-heat-plan")))
    for public_id in ("france-heat-plan-2006", "tallinn-free-transport"):
        save_case(document, public_id=public_id, origin="starter", actor=STARTER, at=now)
    CaseStudy.objects.filter(public_id="tallinn-free-transport").update(edited_at=now)
    report = load_starter(at=now)
    assert report.counts["merged cases"] == {"created": 1, "kept as people left them": 1}
    kept = ["france-heat-plan-2006", "tallinn-free-transport"]
    states = CaseStudy.objects.filter(public_id__in=kept)
    assert dict(states.values_list("public_id", "status")) == {
        "france-heat-plan-2006": "withdrawn",
        "tallinn-free-transport": "published",
    }
    assert not load_starter(at=now).changed


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"old": "nowhere"}, "merged-cases.json, old: “nowhere” is not in cases.json"),
        ({"lyon-ville-30": "milan-area-c"}, "“lyon-ville-30” is also in cases.json"),
    ],
)
def test_a_merged_case_without_its_case_is_named(starter_folder, rows, told: str) -> None:
    (starter_folder / "merged-cases.json").write_text(json.dumps(rows))
    with pytest.raises(InvalidData) as caught:
        check_starter(starter_folder)
    assert any(told in str(fault) for fault in caught.value.faults), caught.value
