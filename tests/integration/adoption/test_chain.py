"""The chain of adoptions: however deep, as list, drawing, table, CSV and JSON."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from alliance.adoption.selectors.chain import chain_page, transfer_of
from alliance.cases.models import CaseStudy
from alliance.core.audit import Actor
from alliance.thread.services import refresh_relations
from alliance.writing.services.withdrawals import withdraw_case
from tests.factories.knowledge import NOW, a_place, lay_ground, make_case
from tests.factories.pages import page, page_text

pytestmark = pytest.mark.django_db
SECRETARIAT = Actor("Siv", roles=frozenset({"secretariat"}))


@pytest.fixture
def chain(db):
    """Lund → Umeå → Boden → Arras, and Lund → Falun, which did not work."""
    lay_ground()
    make_case("Lund")
    make_case("Umeå", adapted_from="lund", adaptation_changes="Half the price.", start_year=2020)
    place("Boden", "umea", outcome="mixed")
    place("Arras", "boden", country="FR")
    place("Falun", "lund", outcome="did-not-work", reasons=("stopped",))
    refresh_relations(at=NOW)


def place(name, origin, *, country="SE", **changes):
    make_case(name, place=a_place(name, country), adapted_from=origin, **changes)


def of(public_id):
    refresh_relations(at=NOW)
    return chain_of(public_id)


def chain_of(public_id):
    return chain_page(CaseStudy.objects.get(public_id=public_id), "en")


def ids(found):
    return [line["case"].public_id for line in found["lines"]]


def test_every_case_of_a_chain_shows_the_whole_of_it(chain):
    for public_id in ("lund", "umea", "boden", "arras", "falun"):
        found = of(public_id)
        assert found["root"].public_id == "lund" and found["case"].public_id == public_id
        assert [
            (line["case"].public_id, line["origin"] and line["origin"].public_id, line["depth"])
            for line in found["lines"]
        ] == [
            ("lund", None, 0),
            ("falun", "lund", 1),
            ("umea", "lund", 1),
            ("boden", "umea", 2),
            ("arras", "boden", 3),
        ]
    assert (found["depth"], found["n_cases"], found["n_countries"]) == (3, 5, 2)


def test_failed_adoptions_count_against_the_case_they_go_back_to(chain):
    found = of("lund")["of_case"]
    assert (found.adoptions, found.worked, found.mixed) == (4, 2, 1)
    assert (found.did_not_work, found.verdict) == (1, "some-failed")
    below = of("umea")["of_case"]
    assert (below.adoptions, below.did_not_work, below.verdict) == (2, 0, "few")
    assert of("arras")["of_case"].verdict == "none"


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([], "none"),
        (["did-not-work"] * 2, "few"),
        (["worked"] * 3, "all-worked"),
        (["worked", "worked", "mixed"], "mixed"),
        (["worked", "worked", "did-not-work"], "some-failed"),
        (["worked", "did-not-work", "did-not-work", "worked"], "most-failed"),
    ],
)
def test_the_words_follow_a_rule(outcomes, verdict):
    assert transfer_of(outcomes).verdict == verdict


def test_a_withdrawn_case_cuts_the_chain_and_says_so(chain):
    umea = CaseStudy.objects.get(public_id="umea")
    withdraw_case(umea, reason="Wrong.", language="en", actor=SECRETARIAT, at=NOW)
    # At once, and once the worker has run.
    for found in (chain_of("arras"), of("arras")):
        assert found["root"].public_id == "boden" and found["begins_before"]
        assert ids(found) == ["boden", "arras"]
    assert not of("lund")["begins_before"] and of("lund")["depth"] == 1


def test_a_ring_of_adaptations_ends(chain):
    lund = CaseStudy.objects.get(public_id="lund")
    CaseStudy.objects.filter(pk=lund.pk).update(
        adapted_from=CaseStudy.objects.get(public_id="arras")
    )
    found = of("lund")
    assert sorted(ids(found)) == ["arras", "boden", "falun", "lund", "umea"]


def test_the_page_draws_it_and_lists_it_nested(chain):
    source = page(Client(), "/en/cases/umea/chain/")
    assert source.count("<ol") == source.count("</ol>") == 5
    drawing = ET.fromstring("<svg" + source.split('class="chart chain"')[1].split("<svg")[1]
                            .split("</svg>")[0] + "</svg>")  # fmt: skip
    assert len(drawing.findall(".//a")) == 5
    assert len(drawing.findall(".//g[@aria-hidden='true']/path")) == 4
    seen = page_text(Client(), "/en/cases/lund/chain/")
    assert (
        "4 adoptions are based on this case: 2 worked, 1 had mixed results, 1 did not work." in seen
    )
    assert (
        "Some did not work, so success elsewhere is not certain. See what those cities changed."
    ) in seen
    assert "Changes: Half the price." in seen
    assert "Changes: not known" in seen.replace("Not known", "not known")
    assert "3 steps" in seen and "in 2 countries" in seen
    assert "Full chain of adoptions" in page_text(Client(), "/en/cases/boden/")


def test_a_case_that_nobody_adapted_says_what_to_do(db):
    lay_ground()
    make_case("Lund")
    seen = page_text(Client(), "/en/cases/lund/chain/")
    assert "No adaptations of this case yet" in seen
    assert "Not known: no adoptions of this case have been recorded." in seen


def test_it_goes_out_as_csv_and_json(chain):
    found = Client().get("/api/v1/cases/umea/chain").json()
    assert (found["root"], found["depth"], found["n_cases"]) == ("lund", 3, 5)
    assert found["transfer"] == {
        "adoptions": 4,
        "worked": 2,
        "reported": 0,
        "mixed": 1,
        "did_not_work": 1,
        "verdict": "some-failed",
    }
    assert found["items"][2]["changes"] == "Half the price."
    response = Client().get("/api/v1/cases/umea/chain.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["id"], row["adapted_from"], row["depth"]) for row in rows][-1] == (
        "arras",
        "boden",
        "3",
    )
    assert rows[0]["changes"] == ""
    assert Client().get("/api/v1/cases/nowhere/chain.csv").status_code == 404


def test_a_long_chain_asks_no_more(chain, django_assert_max_num_queries):
    for number in range(40):
        place(f"Town {number}", "arras")
    with django_assert_max_num_queries(12):
        page(Client(), "/en/cases/lund/chain/")
