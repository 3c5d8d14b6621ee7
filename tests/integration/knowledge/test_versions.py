"""Versions of a case: all kept, each readable, any two held beside each other."""

from __future__ import annotations

import pytest
from django.utils import translation

from alliance.cases.models import CaseStudy
from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.cases.selectors.case_list import Localised
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.errors import NotFound
from alliance.writing.selectors.versions import version_diff, version_page, versions_of
from alliance.writing.services import save_solution
from tests.factories.knowledge import NOW, a_source, cost, effect, lay_ground, make_case, text
from tests.factories.pages import one_line
from tests.integration.knowledge.test_case_page import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_versions(db: None) -> None:
    lay_ground()
    make_case(effects=(effect(-22.0), effect(-5.0, qualifier="ring road")))
    changed = text(what_did_not="Bypass roads grew much busier.")
    make_case(
        effects=(effect(-21.0, low=-24.0, high=-18.0), effect(-5.0, qualifier="ring road")),
        texts=(changed,),
    )
    make_case(
        actor=Actor("Karin Berg"),
        effects=(effect(-21.0, low=-24.0, high=-18.0),),
        texts=(changed, text("sv", title="Avgifter", status="translated")),
        cost=cost("1000", "SEK", 2019),
        sources=(a_source("Report", "https://example.org/report", kind="city", independent=False),),
    )


def lund() -> CaseStudy:
    return CaseStudy.objects.get(public_id="lund")


def heading(name: str, part: Localised) -> str:
    return ", ".join(one for one in (name, part.value) if one)


def changes(old: int, new: int) -> dict[tuple[str, str], str]:
    """(group, field) -> the difference, removed words in [-…-], added ones in {+…+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    with translation.override("en"):
        groups = version_diff(lund(), old, new, "en")["groups"]
    return {
        (heading(group.name, group.part), change.label): "".join(
            marks[piece.kind].format(piece.text) for piece in change.pieces
        )
        for group in groups
        for change in group.changes
    }


def test_the_list_names_number_actor_and_digest_newest_first(client):
    rows = versions_of(lund())
    assert [row["version"].number for row in rows] == [3, 2, 1]
    assert [row["before"] for row in rows] == [2, 1, None]
    assert len({row["version"].digest for row in rows}) == 3
    html = client.get("/en/cases/lund/versions/").content.decode()
    assert rows[0]["version"].digest[:12] in html
    assert "/en/cases/lund/versions/diff?old=2&amp;new=3" in html
    assert "Karin Berg" in html


def test_the_difference_is_told_field_by_field():
    assert changes(1, 2) == {
        ("Text in English", "What did not work"): "Bypass roads grew{+ much+} busier.",
        ("Effect: traffic volume", "Value"): "[-−22-]{+−21+}",
        ("Effect: traffic volume", "95 % confidence interval"): "{+−24 … −18+}",
    }


def test_what_came_and_went_is_told():
    found = changes(2, 3)
    assert found["The case", "Cost"] == "{+1,000 SEK (2019 prices)+}"
    assert found["Text in Swedish", "Title"] == "{+Avgifter+}"
    assert found["Effect: traffic volume, ring road", "Value"] == "[-−5-]"
    assert found["Source: Report", "Type"] == "[-research report-]{+the city itself+}"
    assert found["Source: Report", "Independent source"] == "[-not known-]{+no+}"
    assert ("Effect: traffic volume", "Value") not in found


def test_a_difference_can_be_read_backwards():
    assert changes(2, 1)["Effect: traffic volume", "Value"] == "[-−21-]{+−22+}"


def test_changed_words_are_marked_by_elements_and_not_by_colour(client):
    html = one_line(client.get("/en/cases/lund/versions/diff?old=1&new=2").content.decode())
    assert "<del>−22</del><ins>−21</ins>" in html
    assert "3 fields have changed." in html


def test_a_version_beside_itself_says_the_same(client):
    html = client.get("/en/cases/lund/versions/diff?old=2&new=2").content.decode()
    assert "The two versions are identical." in html


def test_an_old_version_reads_as_it_was(client):
    with translation.override("en"):
        old = version_page(lund(), 1, "en")
    values = {
        (heading(group["name"], group["part"]), field.label): field.value
        for group in old["groups"]
        for field in group["fields"]
    }
    assert values["Effect: traffic volume", "Value"] == "−22"
    assert values["Text in English", "What did not work"] == "Bypass roads grew busier."
    assert ("The case", "Cost") not in values
    told = words(client.get("/en/cases/lund/versions/1/").content.decode())
    assert "This is an older version." in told
    assert "This is the latest version, as archived." in words(
        client.get("/en/cases/lund/versions/3/").content.decode()
    )


def test_what_a_version_names_has_its_name_of_today_and_a_link(client):
    html = client.get("/sv/cases/lund/versions/1/").content.decode()
    assert '<a href="/sv/solutions/road-pricing/">Vägavgifter</a>' in html
    assert '<a href="/sv/cities/lund/">Lund</a>' in html
    assert "Effekt: trafikvolym" in html and "procentuell förändring" in html
    assert 'trafikvolym, <span lang="en">ring road</span></h2>' in html
    french = one_line(client.get("/fr/cases/lund/versions/1/").content.decode())
    assert '<dd lang="en"> <a href="/fr/solutions/road-pricing/">Road pricing</a></dd>' in french
    assert "traffic volume" in french


def test_what_is_no_longer_there_is_told_as_it_was_kept(client):
    row = lund().versions.get(number=1)
    gone = {"measure": "cars towed", "unit": "cars"}
    row.snapshot = row.snapshot | {
        "solution": "bygone",
        "effects": [row.snapshot["effects"][0] | gone],
    }
    row.save()
    told = words(client.get("/sv/cases/lund/versions/1/").content.decode())
    assert "bygone" in told and "cars towed" in told


def test_another_solution_of_the_same_name_is_a_change(client):
    twin = SolutionRecord("twin", "approach", (SolutionTextRecord("en", "Road pricing"),))
    save_solution(twin, actor=COMMAND_LINE, at=NOW)
    make_case(solution="twin")
    assert changes(3, 4)["The case", "Solution"] == "[-Road pricing-]{+Road pricing+}"
    html = one_line(client.get("/en/cases/lund/versions/diff?old=3&new=4").content.decode())
    assert '<del><a href="/en/solutions/road-pricing/">Road pricing</a></del>' in html
    assert '<ins><a href="/en/solutions/twin/">Road pricing</a></ins>' in html


@pytest.mark.parametrize(
    "address",
    [
        "versions/9/",
        "versions/0/",
        "versions/99999999999999999999/",
        "versions/diff",
        "versions/diff?old=1",
        "versions/diff?old=1&new=9",
        "versions/diff?old=x&new=2",
        "versions/diff?old=1&new=-1",
        "versions/diff?old=1&new=²",
    ],
)
def test_what_is_no_version_is_not_found(client, address):
    assert client.get(f"/en/cases/lund/{address}").status_code == 404


def test_versions_of_a_withdrawn_case_are_closed(client):
    make_case(status="withdrawn")
    for address in ("versions/", "versions/1/", "versions/diff?old=1&new=2"):
        assert client.get(f"/en/cases/lund/{address}").status_code == 410


def test_an_unknown_version_is_named():
    with pytest.raises(NotFound, match="lund 7"):
        version_page(lund(), 7, "en")


def test_versions_need_few_queries(client, django_assert_max_num_queries):
    for address in ("versions/", "versions/1/", "versions/diff?old=1&new=3"):
        with django_assert_max_num_queries(15):
            assert client.get(f"/en/cases/lund/{address}").status_code == 200
