"""Two people wrote one draft: nothing that either wrote is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alliance.cases.case_document import check_shape, plain
from alliance.core.errors import InvalidData
from alliance.writing.forms.conflict import (
    after_rebase,
    can_have_both,
    merge_drafts,
    read_conflict,
    resolve,
    unit_of,
)
from tests.factories.drafts import document


def whole(**changes: Any) -> dict[str, Any]:
    return plain(check_shape(document(**changes)))


BASE = whole()


def with_text(**changes: str) -> dict[str, Any]:
    return whole(texts={"sv": {**BASE["texts"]["sv"], **changes}})


def test_what_only_one_of_two_changed_is_taken_over():
    mine, theirs = with_text(title="Min titel"), {**with_text(problem="Köer"), "end_year": 2023}
    found = merge_drafts(BASE, mine, theirs)
    assert found.clashes == ()
    assert found.document["texts"]["sv"]["title"] == "Min titel"
    assert found.document["texts"]["sv"]["problem"] == "Köer"
    assert found.document["end_year"] == 2023


def test_the_same_change_by_both_is_no_clash():
    mine = with_text(title="Samma")
    assert merge_drafts(BASE, mine, with_text(title="Samma")).clashes == ()


def test_where_both_changed_a_field_mine_stands_until_one_is_chosen():
    found = merge_drafts(BASE, with_text(title="Min"), with_text(title="Din"))
    assert found.clashes == ("texts.sv.title",)
    assert found.document["texts"]["sv"]["title"] == "Min"
    chosen = resolve(found.document, found.theirs, {"texts.sv.title": "theirs"})
    assert chosen["texts"]["sv"]["title"] == "Din"


def test_a_place_is_chosen_as_a_whole():
    lund = {"name": "Lund", "country": "SE", "city": "lund"}
    lyon = {"name": "Lyon", "country": "FR", "city": None}
    found = merge_drafts(BASE, whole(place=lund), whole(place=lyon))
    assert found.clashes == ("place",)
    assert found.document["place"]["city"] == "lund"
    chosen = resolve(found.document, found.theirs, {"place": "theirs"})
    assert (chosen["place"]["name"], chosen["place"]["country"]) == ("Lyon", "FR")
    assert chosen["place"]["city"] is None


def test_a_solution_of_the_list_and_a_new_one_do_not_end_up_together():
    new = {"name": "Ny lösning", "summary": "Kort", "kind": "tool"}
    found = merge_drafts(BASE, whole(solution="x-y"), whole(solution="", new_solution=new))
    assert found.clashes == ("solution",)
    chosen = resolve(found.document, found.theirs, {"solution": "theirs"})
    assert (chosen["solution"], chosen["new_solution"]["name"]) == ("", "Ny lösning")
    assert found.document["new_solution"] is None


def test_of_lists_and_longer_texts_both_can_be_kept():
    one = {"title": "A", "url": "https://example.org/a"}
    two = {"title": "B", "url": "https://example.org/b"}
    found = merge_drafts(BASE, whole(sources=[one]), whole(sources=[one, two]))
    assert found.clashes == ("sources",)
    both = resolve(found.document, found.theirs, {"sources": "both"})
    assert [source["title"] for source in both["sources"]] == ["A", "B"]
    found = merge_drafts(BASE, with_text(problem="Köer"), with_text(problem="Buller"))
    both = resolve(found.document, found.theirs, {"texts.sv.problem": "both"})
    assert both["texts"]["sv"]["problem"] == "Köer\n\nBuller"
    assert not can_have_both("texts.sv.title")
    assert not can_have_both("place")


def test_a_text_that_only_the_other_has_is_taken_over():
    theirs = whole(texts={**BASE["texts"], "fr": {"title": "Péage"}})
    found = merge_drafts(BASE, with_text(title="Min"), theirs)
    assert found.document["texts"]["fr"]["title"] == "Péage"
    assert found.clashes == ()


def test_what_was_published_since_can_be_chosen_too():
    mine, published = with_text(title="Min"), whole(cost={"amount": 5.0, "currency": "SEK"})
    paths = ["texts.sv.title", "cost.amount", "cost.currency"]
    found = after_rebase(mine, published, paths)
    assert found.clashes == ("texts.sv.title", "cost")
    chosen = resolve(found.document, found.theirs, {"cost": "theirs"})
    assert chosen["cost"]["amount"] == 5.0
    assert chosen["texts"]["sv"]["title"] == "Min"


def test_the_page_of_a_conflict_is_read_back():
    found = merge_drafts(BASE, with_text(title="Min"), with_text(title="Din"))
    posted = {
        "document": json.dumps(found.document),
        "theirs": json.dumps(found.theirs),
        "keep-texts.sv.title": "theirs",
    }
    assert read_conflict(posted)["texts"]["sv"]["title"] == "Din"


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"document": "{", "theirs": "{}"},
        {"document": "[]", "theirs": "{}"},
        {"document": "{}", "theirs": "[1]"},
        {"document": "{}", "theirs": '{"texts.sv": 1}', "keep-texts.sv": "theirs"},
        {"document": "{}", "theirs": '{"solution": 1}', "keep-solution": "theirs"},
        {"document": '{"titel": 1}', "theirs": "{}"},
    ],
)
def test_a_page_that_was_tampered_with_is_refused(posted):
    with pytest.raises(InvalidData):
        read_conflict(posted)


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("texts.sv.title", "texts.sv.title"),
        ("place.city", "place"),
        ("effects[0].value", "effects"),
        ("kind", "solution"),
        ("new_solution.name", "solution"),
        ("start_year", "start_year"),
    ],
)
def test_a_path_belongs_to_a_unit(path, unit):
    assert unit_of(path) == unit
