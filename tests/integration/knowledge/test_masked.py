"""A failure whose city is hidden: what its page says, how it is counted, what its texts may say."""

from __future__ import annotations

import pytest

from alliance.cases.enums import ReviewCriterion
from alliance.cases.models import CaseStudy
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.network.models import City
from alliance.search.services import rebuild
from alliance.writing.imports import import_cases, read_cases
from alliance.writing.services import attachments, reviews
from alliance.writing.services.drafts import start_draft, submit_draft
from alliance.writing.services.withdrawals import withdraw_case
from tests.factories.drafts import document
from tests.factories.masked import (
    EFFECT,
    LATEST,
    MASKED,
    PLACE,
    SOURCES,
    counted,
    folded,
    lay_masked_ground,
)
from tests.factories.pages import page, page_text
from tests.factories.reviews import Review, approve, handed_in, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Review:
    return lay_masked_ground()


def test_the_page_says_that_it_hides_the_city_and_so_its_sources(by, client):
    case = published(by, **MASKED)
    said = page_text(client, f"/en/cases/{case.public_id}/")
    assert "City not disclosed" in said and "City not disclosed, country" not in said
    assert (
        "The team that shared this case has chosen not to name its city. The "
        "secretariat knows which city it is, and the reviewers have read the "
        "sources."
    ) in said
    sources = said.split("Sources")[-1].split("Resources used")[0]
    assert "not known" not in sources
    assert "Not published because they would identify the city." in sources
    assert (
        "The team that shared this case has chosen not to name its city. The "
        "secretariat knows which city it is, and the reviewers have read the "
        "sources."
    ) not in page_text(client, "/en/cases/lund/")


def test_places_are_counted_without_hidden_ones_which_are_told_in_sum(by, client):
    published(by, **MASKED)
    said = page_text(client, "/en/solutions/road-pricing/")
    assert "2 cases in 1 place" in said
    assert "1 case does not name its city and is not counted in any place." in said
    published(by, **MASKED | {"outcome": "mixed", "reasons": ["harm"]})
    said = page_text(client, "/en/solutions/road-pricing/")
    assert "3 cases in 1 place" in said
    assert "2 cases do not name their ci" in said


def test_the_hidden_country_is_one_choice_and_no_country_of_the_network(by, client):
    for outcome in ("mixed", "did-not-work"):
        published(by, **MASKED | {"outcome": outcome})
    rebuild(at=LATEST)
    found = page_text(client, "/en/find?country=ZZ&kind=case")
    assert "2 cases" in found and "country not known" in found
    for query in ("city=umea", "country=SE", "member=no"):
        said = page(client, f"/en/find?kind=case&{query}")
        assert "City not disclosed" not in said
    points = client.get("/en/find/points?country=ZZ")
    assert "City not disclosed" not in points.content.decode()


def test_words_around_the_figures_may_not_name_the_city_either(by):
    telling = {
        "case.adaptation_changes": {"adaptation_changes": "Som i Umeå, men dyrare."},
        "case.effects[0].qualifier": {"effects": [EFFECT | {"qualifier": "Umeå centrum"}]},
        "case.effects[0].note": {"effects": [EFFECT | {"note": "Mätt vid UMEÅ station."}]},
        "case.new_solution.summary": {
            "solution": "",
            "new_solution": {
                "name": "Gatuavgift",
                "summary": "Som den togs ut i Umeå.",
                "kind": "approach",
            },
        },
    }
    for where, changes in telling.items():
        with pytest.raises(InvalidData) as caught:
            handed_in(by, **MASKED | changes)
        assert [fault.where for fault in caught.value.faults] == [where]
        assert "names “Umeå”" in caught.value.faults[0].rule


def test_a_refusal_of_a_reviewer_does_not_say_what_the_city_is(by):
    draft = handed_in(by, **MASKED)
    review = reviews.take_review(draft, actor=by.rosa, at=LATEST)
    criteria = {name: {"score": 3, "reason": "Umebor, kanske?"} for name in ReviewCriterion.values}
    with pytest.raises(InvalidData) as caught:
        reviews.give_review(
            review, approve=True, criteria=criteria, no_conflict=True, actor=by.rosa, at=LATEST
        )
    said = " ".join(fault.rule for fault in caught.value.faults)
    assert (
        "The text names the city you want to hide. Remove the name." in said and "Ume" not in said
    )


def test_a_language_that_few_members_share_would_tell_the_city(by):
    City.objects.filter(public_id__in=("umea", "lund")).update(is_member=True)
    with pytest.raises(InvalidData) as caught:
        handed_in(by, **MASKED)
    assert [(one.where, one.code) for one in caught.value.faults] == [
        ("case.is_masked", "masked-language")
    ]
    City.objects.create(public_id="boras", name="Borås", country="SE", is_member=True)
    assert handed_in(by, **MASKED)


def test_before_submitting_the_team_sees_what_still_tells_its_city(by, client):
    City.objects.filter(public_id__in=("umea", "lund")).update(is_member=True)
    named = {"title": "Budget", "url": "https://umea.example/budget", "kind": "public-body"}
    draft = start_draft(
        by.umea,
        language="sv",
        actor=by.editor,
        at=LATEST,
        content=document(**MASKED | {"sources": [*MASKED["sources"], named]}),
    )
    attachments.attach(
        draft, title="Bilaga", name="gbg.csv", content=b"a;b", actor=by.editor, at=LATEST
    )
    client.force_login(by.editor.user)
    said = page_text(client, f"/en/write/{draft.public_id}/check/")
    assert "1 member city writes in this language and is this size (under" in said
    assert (
        "A reader could work out which city it is. Write the case in English, or show the city."
    ) in said
    assert "umea.example/budget names the city" in said
    assert "gbg.csv" in said and "gbg.csv names the city" not in said


def test_a_city_that_a_published_version_names_cannot_be_hidden_any_more(by):
    case = published(by)
    change = start_draft(
        by.umea,
        language="sv",
        actor=by.editor,
        at=LATEST,
        case=case,
        content=document(**MASKED),
    )
    with pytest.raises(InvalidData) as caught:
        submit_draft(change, expected_revision=change.revision, actor=by.editor, at=LATEST)
    (fault,) = caught.value.faults
    assert fault.where == "case.is_masked" and fault.code == "shown-before"


def test_a_hidden_city_can_be_shown_later(by, client):
    case = published(by, **MASKED)
    change = start_draft(
        by.umea,
        language="sv",
        actor=by.editor,
        at=LATEST,
        case=case,
        content=document(**MASKED | {"is_masked": False}),
    )
    draft = submit_draft(change, expected_revision=change.revision, actor=by.editor, at=LATEST)
    approve(draft, by.rosa, LATEST)
    approve(draft, by.ravi, LATEST)
    said = page_text(client, f"/en/cases/{case.public_id}/")
    assert (
        "Umeå" in said
        and (
            "The team that shared this case has chosen not to name its city. The "
            "secretariat knows which city it is, and the reviewers have read the "
            "sources."
        )
        not in said
    )
    assert "Umeå" not in page_text(client, f"/en/cases/{case.public_id}/versions/1/")


def test_a_withdrawn_case_still_hides_its_city(by, client):
    case = published(by, **MASKED)
    withdraw_case(case, reason="Siffrorna var fel.", language="sv", actor=by.editor, at=LATEST)
    text = folded(page(client, f"/en/cases/{case.public_id}/", status=410))
    assert "siffrorna var fel" in text and not counted(text, (*PLACE, *SOURCES))


def download(client, tmp_path):
    path = tmp_path / "cases.json"
    path.write_bytes(b"".join(client.get("/api/v1/export/cases.json").streaming_content))
    return path


def test_a_download_with_a_hidden_city_is_taken_over_without_it(by, client, tmp_path):
    case = published(by, **MASKED)
    path = download(client, tmp_path)
    again = import_cases(read_cases(path), actor=COMMAND_LINE, at=LATEST)
    assert (again.created, again.updated, again.unchanged, again.left_out) == (0, 0, 2, 0)
    # As another installation has it, which knows nothing of the case.
    path.write_text(path.read_text().replace(case.public_id, "from-elsewhere"))
    elsewhere = import_cases(read_cases(path), actor=COMMAND_LINE, at=LATEST)
    assert (elsewhere.created, elsewhere.left_out) == (0, 1)


def test_no_import_unmasks_a_case(by, client, tmp_path):
    published(by, **MASKED)
    path = download(client, tmp_path)
    path.write_text(path.read_text().replace("Trafiken minskade inte", "Trafiken ökade"))
    with pytest.raises(InvalidData, match="The city is hidden here"):
        import_cases(read_cases(path), actor=COMMAND_LINE, at=LATEST)
    assert CaseStudy.objects.get(is_masked=True).masked_city.public_id == "umea"
