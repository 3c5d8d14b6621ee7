"""Long drafts, few queries, and every starter case through the forms unchanged."""

from __future__ import annotations

import pytest
from django.utils import translation

from alliance.cases.models import CaseStudy
from alliance.cases.snapshots import document_of
from alliance.core import clock, throttle
from alliance.writing.forms.steps import FORMS, STEPS
from alliance.writing.services import drafts
from tests.factories.drafts import document
from tests.factories.pages import some, text_of
from tests.factories.people import NOW, acting
from tests.factories.writing import content, fields_on, page_of, saved_unchanged, send

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


def test_rows_beyond_the_form_are_kept(elin, umea):
    effects = [{"measure": "turnout", "qualifier": str(i), "value": float(i)} for i in range(103)]
    draft = drafts.start_draft(
        *(umea,), language="sv", actor=acting(elin.user), at=NOW, content=document(effects=effects)
    )
    assert "3 more entries are kept" in text_of(elin.get(page_of(draft, "results", "en")))
    send(elin, page_of(draft, "results"), "save", effects__0__note="Första")
    assert len(content()["effects"]) == 103
    assert content()["effects"][102]["value"] == 102.0


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_every_page_needs_few_queries(elin, draft, language, django_assert_max_num_queries):
    tails = ["", "history/", "preview/", *(f"{step}/" for step in STEPS)]
    addresses = [f"/{language}/write/{draft.public_id}/{tail}" for tail in tails]
    for address in (f"/{language}/write/", f"/{language}/write/new", *addresses):
        with django_assert_max_num_queries(MOST_QUERIES):
            assert elin.get(address).status_code == 200, address


def test_saving_needs_few_queries(elin, draft, django_assert_max_num_queries):
    page = elin.get(page_of(draft, "story"))
    fields = fields_on(text_of(page), page_of(draft, "story"))
    throttle.digests_of([], at=clock.now())  # the first of a day makes the key of its counts
    with django_assert_max_num_queries(22):
        elin.post(page_of(draft, "story"), {**fields.dict(), "title": "Ny", "go": "next"})
    assert content()["texts"]["sv"]["title"] == "Ny"


@pytest.mark.usefixtures("starter")
@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_every_starter_case_survives_its_forms(language):
    """Opened and saved, no case loses or changes a letter or a digit.

    Before a change lands, every third one is opened, in one of the languages by turns.
    """
    turn = ("en", "fr", "sv").index(language)
    cases = list(CaseStudy.objects.order_by("public_id"))
    with translation.override(language):
        for case in some([*cases[turn:], *cases[:turn]], 9):
            whole = document_of(case)
            for step in FORMS:
                assert saved_unchanged(step, whole, language) == whole, (case.public_id, step)
