"""Translations over the API."""

from __future__ import annotations

import pytest

from alliance.cases.models import CaseText
from tests.factories.knowledge import make_case, text
from tests.integration.api.callers import Caller, Network, faults_of

TEXTS = {"title": "Vägavgifter", "summary": "Förarna betalar per timme.", "problem": "Köer.",
         "what_worked": "Ett försök.", "what_did_not": "Andra vägar."}  # fmt: skip


def test_a_case_is_translated_and_reviewed_by_somebody_else(writers: Network) -> None:
    own = "cases/lund/translations/sv"
    editor, reviewer = writers.session("foreign"), writers.session("reviewer")
    read = editor.get(own)
    assert (read.headers["ETag"], read.data["revision"], read.data["texts"]) == ('"0"', 0, {})
    assert read.data["original"]["title"] == "Pricing the roads"
    assert editor.put(own, {"texts": TEXTS}).status_code == 428
    saved = editor.put(own, {"texts": TEXTS, "source_revision": 1}, if_match='"0"')
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"1"')
    assert saved.data["texts"]["title"] == "Vägavgifter" and saved.data["behind"] == 0
    stale = editor.put(own, {"texts": TEXTS | {"title": "Avgifter"}}, if_match='"0"')
    assert faults_of(stale, 412) == {} and stale.headers["ETag"] == '"1"'
    assert not editor.get(own).data["may_review"]
    assert editor.post(f"{own}/review", if_match='"1"').status_code == 403
    reviewed = reviewer.post(f"{own}/review", if_match='"1"')
    assert reviewed.data["is_reviewed"]
    assert CaseText.objects.get(case__public_id="lund", language="sv").status == "reviewed"


def test_a_translation_that_still_matches_is_confirmed(writers: Network) -> None:
    own = "cases/lund/translations/sv"
    editor = writers.session("foreign")
    editor.put(own, {"texts": TEXTS}, if_match='"0"')
    sv = text("sv", status="translated", **TEXTS)
    make_case("Lund", texts=(text(title="Pricing all roads"), sv))
    behind = editor.get(own)
    assert behind.data["behind"] == 1
    newest = behind.data["original_revision"]
    confirmed = editor.post(
        f"{own}/confirm", {"source_revision": newest}, if_match=behind.headers["ETag"]
    )
    assert confirmed.status_code == 200 and confirmed.data["behind"] == 0
    assert set(
        faults_of(
            editor.post(
                f"{own}/confirm",
                {"source_revision": newest + 9},
                if_match=confirmed.headers["ETag"],
            )
        )
    ) == {"source_revision"}


@pytest.mark.parametrize("path", ["solutions/road-pricing", "cases/lund"])
def test_faults_name_the_field(writers: Network, path: str) -> None:
    own = f"{path}/translations/fr"
    editor = writers.session("editor")
    assert set(faults_of(editor.put(own, {"texts": {"titre": "x"}}, if_match='"0"'))) == {
        "texts.titre"
    }
    assert faults_of(editor.put(own, {"texts": {}}, if_match='"0"'))
    unknown = editor.get(f"{path}/translations/de")
    assert list(faults_of(unknown)) == ["language"]
    assert editor.get("cases/nowhere/translations/fr").status_code == 404


def test_nobody_translates_into_the_language_of_the_original(writers: Network) -> None:
    editor = writers.session("editor")
    assert editor.get("cases/lund/translations/en").status_code == 404
    refused = editor.put("cases/lund/translations/en", {"texts": TEXTS}, if_match='"1"')
    assert refused.status_code == 403


def test_people_alone_translate(writers: Network, token: Caller) -> None:
    own = "cases/lund/translations/sv"
    assert token.put(own, {"texts": TEXTS}, if_match='"0"').status_code == 403
    assert writers.session("citizen").get(own).status_code == 403
    assert Caller().get(own).status_code == 401
