"""Surveys in the API: questions for all, answers from ten people on, small counts hidden."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alliance.participation.services.issuing import issue
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import team
from tests.factories.surveys import OFTEN, QUESTIONS, SAFE, WHY_NOT, fill, make_survey

pytestmark = pytest.mark.django_db


def get(address: str) -> Any:
    return Client().get(f"/api/v1/processes/{address}")


def test_questions_are_public_and_answers_wait_for_ten_people(now) -> None:
    lay_ground()
    umea = team("umea")
    process = make_survey(umea, QUESTIONS)
    home, version = process.public_id, process.survey_versions.get()
    (asked,) = get(f"{home}/questions").json()["items"]
    by_key = {one["key"]: one for one in asked["questions"]}
    assert by_key[WHY_NOT.key]["only_after"] == OFTEN.key and by_key[OFTEN.key]["required"]
    fill(version, {OFTEN.key: 0, SAFE.key: 4}, 9)
    issue(process, at=now)
    assert get(f"{home}/answers").json() == {
        "at": None, "issued_at": None, "people": None, "weighted_by": [], "questions": [],
    }  # fmt: skip
    assert get(f"{home}/map.geojson").status_code == 404
    fill(version, {OFTEN.key: 1, SAFE.key: 2}, 12)
    fill(version, {OFTEN.key: 2, SAFE.key: 2}, 10)
    issue(process, at=now)
    found = get(f"{home}/answers").json()
    often = next(one for one in found["questions"] if one["key"] == OFTEN.key)
    lines = {one["label"]: one["people"] for one in often["tables"][0]["lines"]}
    # Nine are too few to tell, and with them what would tell them.
    assert found["people"] == 31 and lines["Every day"] is None
    assert None in {lines["Sometimes"], lines["Never"]} or often["people"] is None


def test_nothing_is_there_of_a_draft_or_of_another_kind(db) -> None:
    lay_ground()
    umea = team("umea")
    for other in (make_survey(umea, state="draft"), make_process(umea)):
        parts = ("questions", "answers", "map.geojson")
        assert {get(f"{other.public_id}/{part}").status_code for part in parts} == {404}
