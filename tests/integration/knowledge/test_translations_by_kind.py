"""Translations of solutions and methods, and of cases whose city is hidden."""

from __future__ import annotations

import pytest

from alliance.cases.models import CaseStudy, Solution
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.network.models import City
from alliance.starter.load import load_starter
from alliance.writing.selectors.translations import original_before
from alliance.writing.services import save_solution
from alliance.writing.services.translations import review_translation
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.translations import HEARING, SWEDISH, make_method, translate

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    lay_ground()
    return make_case()


@pytest.fixture
def editor(case):
    user = person("Elin Berg", language="sv")
    join(user, team("umea"))
    return acting(user)


@pytest.fixture
def reviewer(case):
    return acting(person("Rosa Petit", "reviewer"))


def swedish(record):
    return record.texts.get(language="sv")


def review(record, actor):
    return review_translation(record, language="sv", expected_revision=1, actor=actor, at=NOW)


def test_solutions_are_translated_and_what_stood_there_is_kept_in_the_trail(case, editor):
    solution = Solution.objects.get(public_id="road-pricing")
    translate(solution, editor, expected=1, texts={"name": "Vägpris"})
    assert swedish(solution).name == "Vägpris"
    act = AuditEvent.objects.get(verb="translate")
    assert (act.kind, act.public_id) == ("solution", "road-pricing")
    assert act.details["replaced"]["name"] == "Vägavgifter"
    assert act.details["original"]["name"] == "Road pricing"
    solution.refresh_from_db()
    assert solution.edited_at == NOW


def test_the_words_of_a_solution_as_they_were_translated_are_found_again(case, editor):
    solution = Solution.objects.get(public_id="road-pricing")
    translate(solution, editor, language="fr", texts={"name": "Péage urbain"})
    texts = (
        SolutionTextRecord("en", "Congestion pricing"),
        SolutionTextRecord("fr", "Péage urbain", status="translated"),
    )
    save_solution(SolutionRecord("road-pricing", "approach", texts), actor=COMMAND_LINE, at=NOW)
    original = solution.texts.get(language="en")
    assert original_before(solution, original, 1)["name"] == "Road pricing"
    assert original_before(solution, original, 2) is None


def test_lists_of_a_method_are_lines(case, editor):
    method = make_method()
    translate(method, editor, texts=HEARING | {"strengths": "Snabb\r\n\r\n  Billig  "})
    row = swedish(method)
    assert row.strengths == ["Snabb", "Billig"]
    assert (row.name, row.duration, row.best_for, row.limits) == (
        "Utfrågning",
        "en kväll",
        "",
        [],
    )


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": ""}, "name"),
        ({"description": ""}, "description"),
        ({"strengths": []}, "strengths"),
        ({"strengths": ["Snabb", "a" * 501]}, "strengths[1]"),
        ({"strengths": ["<i>Snabb</i>"]}, "strengths[0]"),
        ({"limits": ["Dyr"]}, "limits"),
        ({"duration": "a" * 81}, "duration"),
    ],
)
def test_faults_of_a_method_are_named_by_line(case, editor, changes, where):
    with pytest.raises(InvalidData) as caught:
        translate(make_method(), editor, texts=HEARING | changes)
    assert [fault.where for fault in caught.value.faults] == [where]


def test_teams_do_not_review_solutions_and_methods_that_nobody_owns(case, editor, reviewer):
    method = make_method()
    translate(method, acting(person("Sara", "secretariat")), texts=HEARING)
    with pytest.raises(NotAllowed):
        review(method, editor)
    assert review(method, reviewer).status == "reviewed"


@pytest.fixture
def masked(case):
    """A failure of which readers do not learn that it was Lund's."""
    owner = team("lund")
    CaseStudy.objects.filter(pk=case.pk).update(
        outcome="did-not-work",
        is_masked=True,
        city=None,
        masked_city=City.objects.get(public_id="lund"),
        owner=owner,
        place_name="City not disclosed",
        country="ZZ",
    )
    case.refresh_from_db()
    return case


def test_a_hidden_city_is_not_named_and_only_who_knows_it_translates(masked, editor, reviewer):
    # What is refused would tell others the name.
    for actor in (editor, reviewer):
        with pytest.raises(NotAllowed, match="hidden"):
            translate(masked, actor)
    own = person("Lena Alm")
    join(own, masked.owner)
    with pytest.raises(InvalidData) as caught:
        translate(masked, acting(own), texts=SWEDISH | {"summary": "Det hände i LUNDS kommun."})
    assert [str(fault) for fault in caught.value.faults] == [
        "summary: The text names the city you want to hide. Remove the name."
    ]
    translate(masked, acting(own))
    assert review(masked, reviewer).status == "reviewed"


def test_the_secretariat_translates_a_masked_case(masked):
    assert translate(masked, acting(person("Sara", "secretariat"))).revision == 1


def test_the_starter_loader_leaves_a_translated_record_alone(starter, now):
    solution = Solution.objects.get(public_id="congestion-charging")
    row = solution.texts.get(language="sv")
    actor = acting(person("Sara", "secretariat"))
    words = {
        "name": "Trängselavgift",
        "summary": row.summary,
        "how_it_works": row.how_it_works,
        "prerequisites": row.prerequisites,
    }
    translate(solution, actor, expected=row.revision, texts=words)
    Solution.objects.update(starter_digest="other")
    load_starter(at=now)
    assert solution.texts.get(language="sv").name == "Trängselavgift"
