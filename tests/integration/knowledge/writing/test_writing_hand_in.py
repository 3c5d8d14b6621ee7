"""Handing a case in: everything in the way is told, with a link to its field."""

from __future__ import annotations

import pytest
from django.urls import reverse

from alliance.cases.enums import DraftState
from alliance.writing.models import Draft
from alliance.writing.services import drafts, reviews
from tests.factories.drafts import document
from tests.factories.pages import text_of
from tests.factories.people import NOW, acting, person
from tests.factories.writing import content, fields_on, page_of, send

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


def test_everything_in_the_way_is_told_with_a_link_to_its_field(elin, umea):
    empty = drafts.start_draft(
        *(umea,),
        language="sv",
        actor=acting(elin.user),
        at=NOW,
        content={"effects": [{"measure": "turnout", "low": 2.0}]},
    )
    page = text_of(elin.get(page_of(empty, "check", "en")))
    for step, anchor in (
        ("place", "id_solution"),
        ("place", "id_city"),
        ("story", "id_title"),
        ("outcome", "id_outcome"),
        ("results", "id_effects-0-value"),
        ("results", "id_effects-0-high"),
        ("sources", "main"),
    ):
        assert f"{page_of(empty, step, 'en')}?check=1#{anchor}" in page
    assert 'lang="en"' not in page.split("<main")[1].split("</main")[0]


def test_a_whole_draft_is_handed_in_once_however_often_it_is_sent(elin, draft):
    address = page_of(draft, "check")
    assert "Ready to submit" in text_of(elin.get(page_of(draft, "check", "en")))
    submit = reverse("knowledge:draft-submit", args=[draft.public_id])
    fields = fields_on(text_of(elin.get(address)), submit)
    for _ in range(2):
        assert elin.post(submit, fields.dict()).url == page_of(draft)
    found = Draft.objects.get()
    assert (found.state, found.submission) == (DraftState.IN_REVIEW, 1)
    assert elin.get(page_of(draft, "place")).status_code == 403
    assert "in review" in text_of(elin.get(page_of(draft, language="en")))


def test_a_draft_with_gaps_is_not_handed_in(elin, umea):
    empty = drafts.start_draft(umea, language="sv", actor=acting(elin.user), at=NOW)
    submit = reverse("knowledge:draft-submit", args=[empty.public_id])
    answer = elin.post(submit, {"revision": "1"}, follow=True)
    assert "is missing" in text_of(answer) or "in the way" in text_of(answer)
    assert Draft.objects.get().state == DraftState.WRITING


def test_a_draft_somebody_saved_meanwhile_is_not_handed_in_unseen(elin, draft):
    submit = reverse("knowledge:draft-submit", args=[draft.public_id])
    send(elin, page_of(draft, "story"), title="Ny titel")
    assert elin.post(submit, {"revision": "1"}).url == page_of(draft, "check")
    assert Draft.objects.get().state == DraftState.WRITING


def test_a_masked_city_that_a_text_names_is_told_at_that_text(elin, umea):
    texts = {"sv": {"title": "Avgift i Umeå", "summary": "Det blev inget."}}
    draft = drafts.start_draft(
        *(umea,),
        language="sv",
        actor=acting(elin.user),
        at=NOW,
        content=document(is_masked=True, texts=texts),
    )
    page = text_of(elin.get(page_of(draft, "story", "en")))
    assert "The text names “Umeå”, which you want to hide. Remove the name." in page
    preview = text_of(elin.get(f"/en/write/{draft.public_id}/preview/"))
    shown = preview.split("<main")[1].split("</main")[0].replace("Avgift i Umeå", "")
    assert "Ume" not in shown and "slutrapport" not in shown
    assert "City not disclosed" in shown


def test_remarks_stand_beside_their_fields_and_are_dealt_with_where_they_stand(elin, draft):
    drafts.submit_draft(draft, expected_revision=1, actor=acting(elin.user), at=NOW)
    rosa = acting(person("Rosa Petit", "reviewer"))
    fresh = Draft.objects.get()
    remark = reviews.remark(
        fresh, field="texts.sv.summary", text="By how much?", actor=rosa, at=NOW
    )
    whole = reviews.remark(fresh, field="", text="Short and clear.", actor=rosa, at=NOW)
    drafts.take_back_draft(fresh, actor=acting(elin.user), at=NOW)
    page = text_of(elin.get(page_of(draft, "story", "en")))
    assert 'id="id_summary_remarks"' in page and "By how much?" in page
    assert "Short and clear." not in page
    send(elin, page_of(draft, "story"), f"resolve-{remark.pk}", problem="Köer varje morgon.")
    remark.refresh_from_db()
    assert remark.resolved_by_name == "Elin Berg"
    # What was typed beside it is saved on the way.
    assert content()["texts"]["sv"]["problem"] == "Köer varje morgon."
    page = text_of(elin.get(page_of(draft, language="en")))
    assert "Short and clear." in page and "dealt with by Elin Berg" in page
    elin.post(reverse("knowledge:draft-remark-resolve", args=[draft.public_id, whole.pk]))
    whole.refresh_from_db()
    assert whole.resolved_at is not None
