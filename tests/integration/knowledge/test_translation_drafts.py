"""Translations and drafts of the same case: what an edit does to a label, and what it leaves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from alliance.cases.enums import DraftState
from alliance.cases.models import CaseStudy
from alliance.writing.models import Draft
from alliance.writing.services import drafts, reviews
from alliance.writing.services.translations import review_translation
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.translations import translate

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
CRITERIA = {
    name: {"score": 2, "reason": "well told"}
    for name in ("relevance", "participation", "evidence", "transferability")
}
ENGLISH = {
    "title": "A road toll on trial",
    "summary": "The toll was taken on one street for a year. Traffic did not fall.",
    "what_did_not": "Cars chose the next street.",
}
FRENCH = {
    "title": "Un péage à l’essai",
    "summary": "Le péage a été perçu dans une rue pendant un an. Le trafic n’a pas baissé.",
    "what_did_not": "Les voitures ont pris la rue voisine.",
}
NEW_SUMMARY = "Avgiften togs ut på en gata under två år. Trafiken minskade inte."


class People:
    def __init__(self) -> None:
        lay_ground()
        self.team = team("umea")
        user = person("Elin Berg", language="sv")
        join(user, self.team)
        self.editor = acting(user)
        self.reviewers = [acting(person(name, "reviewer")) for name in ("Rosa Petit", "Ravi Lind")]
        translator = person("Tove Ek")
        join(translator, team("lund"))
        self.translator = acting(translator)

    def change(self, case: CaseStudy | None = None, **changes) -> Draft:
        """A draft of a new case, or of a change of `case`, written and not handed in."""
        if case is None:
            return drafts.start_draft(
                self.team, language="sv", actor=self.editor, at=NOW, content=document()
            )
        draft = drafts.start_draft(self.team, language="sv", actor=self.editor, at=LATER, case=case)
        return self.save(draft, **changes)

    def save(self, draft: Draft, **changes) -> Draft:
        texts = draft.content["texts"]
        content = draft.content | {"texts": texts | {"sv": texts["sv"] | changes}}
        return drafts.save_draft(
            draft,
            content=content,
            expected_revision=draft.revision,
            actor=self.editor,
            at=LATER,
        )

    def submit(self, draft: Draft) -> Draft:
        return drafts.submit_draft(
            draft, expected_revision=draft.revision, actor=self.editor, at=LATER
        )

    def approve(self, draft: Draft, number: int) -> CaseStudy | None:
        reviewer = self.reviewers[number]
        review = reviews.take_review(draft, actor=reviewer, at=LATER)
        return reviews.give_review(
            review, approve=True, criteria=CRITERIA, no_conflict=True, actor=reviewer, at=LATER
        )

    def publish(self, draft: Draft) -> CaseStudy:
        self.submit(draft)
        # A minor change needs one reviewer alone.
        case = self.approve(draft, 0) or self.approve(draft, 1)
        assert case is not None
        return case


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def case(people) -> CaseStudy:
    """Published in Swedish, translated into English and French, the English text reviewed."""
    case = people.publish(people.change())
    translate(case, people.translator, language="en", texts=ENGLISH)
    translate(case, people.translator, language="fr", texts=FRENCH)
    review_translation(case, language="en", expected_revision=1, actor=people.reviewers[0], at=NOW)
    return CaseStudy.objects.get(pk=case.pk)


def label(client, case: CaseStudy, language: str) -> str:
    """The line that says how the text of the page came about."""
    with translation.override(language):
        page = client.get(f"/{language}/cases/{case.public_id}/").content.decode()
    head = page[: page.index("</header>", page.index("masthead"))]
    return head[head.index('class="badge"') :].partition("</p>")[0] if "badge" in head else ""


def test_the_label_flips_when_an_edit_of_the_original_is_published(client, people, case):
    assert "translated from Swedish, translation reviewed<" in label(client, case, "en")
    assert "translation not reviewed" not in label(client, case, "en")
    assert "traduit, original en suédois, traduction non relue<" in label(client, case, "fr")
    assert label(client, case, "sv") == ""

    changed = people.publish(people.change(case, summary=NEW_SUMMARY))

    assert changed.pk == case.pk
    assert "translated from Swedish, translation reviewed, 1 edit behind the original<" in label(
        client, case, "en"
    )
    assert "1 modification de retard" in label(client, case, "fr")
    people.publish(people.change(changed, title="Vägavgift på prov i stan"))
    assert "2 edits behind the original" in label(client, case, "en")
    assert "2 modifications de retard" in label(client, case, "fr")
    translate(
        CaseStudy.objects.get(pk=case.pk),
        people.translator,
        language="en",
        texts=ENGLISH | {"summary": "The toll was taken for two years. Traffic did not fall."},
        expected=2,
        at=LATER,
    )
    assert "translated from Swedish, translation not reviewed<" in label(client, case, "en")


def test_translations_that_a_published_draft_did_not_change_stay_as_they_were(people, case):
    before = {row.language: row for row in case.texts.all()}
    people.publish(people.change(case, summary=NEW_SUMMARY))
    after = {row.language: row for row in case.texts.all()}
    assert after["sv"].revision == before["sv"].revision + 1
    for language, status in (("en", "reviewed"), ("fr", "translated")):
        assert after[language].title == before[language].title
        assert after[language].revision == before[language].revision
        assert after[language].source_revision == before[language].source_revision == 1
        assert after[language].status == status


def test_a_draft_that_changes_no_word_of_the_original_leaves_no_translation_behind(people, case):
    draft = people.change(case)
    content = draft.content | {"start_year": 2020}
    draft = drafts.save_draft(
        draft, content=content, expected_revision=draft.revision, actor=people.editor, at=LATER
    )
    people.publish(draft)
    assert case.texts.get(language="en").source_revision == case.texts.get(language="sv").revision


def test_a_translation_made_while_a_draft_is_in_review_neither_stops_nor_loses_it(people, case):
    draft = people.submit(people.change(case, summary=NEW_SUMMARY))
    translate(
        CaseStudy.objects.get(pk=case.pk),
        people.translator,
        language="fr",
        texts=FRENCH | {"title": "Un péage pour voir"},
        expected=1,
        at=LATER,
    )
    assert people.approve(draft, 0) is not None
    french, original = (case.texts.get(language=code) for code in ("fr", "sv"))
    assert french.title == "Un péage pour voir"
    assert original.summary == NEW_SUMMARY
    assert (french.source_revision, original.revision) == (1, 2)


def test_who_writes_the_draft_meanwhile_is_told_and_loses_nothing(people, case):
    draft = people.change(case, summary=NEW_SUMMARY)
    translate(
        CaseStudy.objects.get(pk=case.pk),
        people.translator,
        language="fr",
        texts=FRENCH | {"title": "Un péage pour voir"},
        expected=1,
        at=LATER,
    )
    saved = Draft.objects.get(pk=draft.pk)
    assert saved.revision == draft.revision + 1
    assert saved.content["texts"]["fr"]["title"] == "Un péage pour voir"
    assert saved.content["texts"]["sv"]["summary"] == NEW_SUMMARY
    newest = saved.revisions.get(number=saved.revision)
    assert (newest.actor, newest.content) == (people.translator.user, saved.content)
    saved = people.save(saved, title="Vägavgift på prov i stan")
    people.publish(saved)
    assert case.texts.get(language="fr").title == "Un péage pour voir"


def test_a_draft_that_changed_the_same_translation_keeps_it_and_its_team_must_choose(people, case):
    draft = people.change(case)
    texts = draft.content["texts"]
    own = texts["fr"] | {"title": "Le nôtre"}
    draft = drafts.save_draft(
        draft,
        content=draft.content | {"texts": texts | {"fr": own}},
        expected_revision=draft.revision,
        actor=people.editor,
        at=LATER,
    )
    translate(
        CaseStudy.objects.get(pk=case.pk),
        people.translator,
        language="fr",
        texts=FRENCH | {"title": "Un péage pour voir"},
        expected=1,
        at=LATER,
    )
    draft = Draft.objects.get(pk=draft.pk)
    assert draft.content["texts"]["fr"]["title"] == "Le nôtre"
    _draft, clashes = drafts.rebase_draft(
        draft, expected_revision=draft.revision, actor=people.editor, at=LATER
    )
    assert [clash.where for clash in clashes] == ["texts.fr.title"]


def test_a_new_language_reaches_the_open_draft_too(people):
    case = people.publish(people.change())
    draft = people.change(case, summary=NEW_SUMMARY)
    translate(case, people.translator, language="fr", texts=FRENCH, at=LATER)
    assert people.publish(Draft.objects.get(pk=draft.pk)).texts.count() == 2
    assert Draft.objects.get(pk=draft.pk).state == DraftState.PUBLISHED
    assert case.texts.get(language="fr").source_revision == 1
