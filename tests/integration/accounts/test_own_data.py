"""A person sees, takes away and deletes what is kept about her, and nothing is left."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from alliance.accounts.letters import write_letter
from alliance.accounts.models import User
from alliance.accounts.services import own_data
from alliance.accounts.templatetags.own_data import PARTS, WORDS, own_value
from alliance.adoption.models import Adoption
from alliance.cases.models import CaseVersion
from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from alliance.network.models import City, Need, PeerReviewer
from alliance.network.services import needs_offers
from alliance.network.services.discussion import report_post, write_post
from alliance.writing.models import Draft, DraftRevision, Question, Review
from alliance.writing.services import drafts, reviews
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground, make_question
from tests.factories.needs_offers import make_agreement, make_need, make_offer, make_peer_review
from tests.factories.people import NOW, PASSWORD, acting, join, person, team

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=1)
CRITERIA = {
    name: {"score": 2, "reason": "Well told."}
    for name in ("relevance", "participation", "evidence", "transferability")
}


@pytest.fixture(autouse=True)
def mail_folder(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_FILE_PATH.mkdir()
    return settings.EMAIL_FILE_PATH


@pytest.fixture
def busy():
    """A person with a hand in everything: editor, reviewer, asker, with letters and sessions."""
    lay_ground()
    umea, lund = team("umea"), team("lund")
    user = person("Elin Berg", "reviewer", language="sv")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    join(user, umea)
    other = person("Lena Alm")
    join(other, lund)
    draft = drafts.start_draft(lund, language="sv", actor=acting(other), at=NOW, content=document())
    draft = drafts.submit_draft(draft, expected_revision=1, actor=acting(other), at=NOW)
    review = reviews.take_review(draft, actor=acting(user), at=NOW)
    comment = reviews.remark(draft, field="", text="Bra.", actor=acting(user), at=NOW)
    reviews.resolve_remark(comment, actor=acting(user), at=NOW)
    reviews.give_review(
        review, approve=True, criteria=CRITERIA, no_conflict=True, actor=acting(user), at=NOW
    )
    second = person("Rosa Petit", "reviewer")
    review = reviews.take_review(draft, actor=acting(second), at=NOW)
    case = reviews.give_review(
        review, approve=True, criteria=CRITERIA, no_conflict=True, actor=acting(second), at=NOW
    )
    own = drafts.start_draft(umea, language="sv", actor=acting(user), at=NOW)
    drafts.publish_draft(
        drafts.save_draft(own, content=document(), expected_revision=1, actor=acting(user), at=NOW),
        actor=acting(user),
        at=NOW,
    )
    speaks = acting(user)
    need = make_need(umea, speaks)
    make_offer(umea, speaks)
    post = write_post(need, text="Vi också.", language="sv", actor=speaks, at=NOW)
    report_post(post, reason="Fel.", actor=speaks, at=NOW)
    needs_offers.prioritise(
        make_need(lund, acting(other)), member_of(umea), priority=2, actor=speaks, at=NOW
    )
    make_agreement(umea, lund, speaks, case=case, contact_role="Head of mobility")
    make_peer_review(lund, acting(other), reviewer=(umea, speaks), report=True)
    for answered in ("", "Inget."):
        make_question(
            case,
            "Vad kostade det?",
            language="sv",
            author=user,
            author_name=user.name,
            at=NOW,
            answer=answered,
        )
    return user


def member_of(organisation):
    """The team, whose city is a member of the network."""
    City.objects.filter(pk=organisation.city_id).update(is_member=True)
    return organisation


def test_all_of_it_is_shown_in_words_and_can_be_taken_away(busy, client):
    client.force_login(busy)
    page = client.get("/sv/my-data/")
    assert page.status_code == 200 and busy.email in page.content.decode()
    assert "UTC" not in page.content.decode()
    at = own_value({"at": "2026-07-01T23:30:00+00:00"})
    assert "2 juli 2026 01:30" in at, "by the clock of the cities"
    file = json.loads(client.get("/sv/my-data/my-data.json").content)
    assert file["account"]["email"] == busy.email
    assert file["reviews"][0]["criteria"]["evidence"]["score"] == 2
    assert file["draft_revisions"] and file["acts"]
    assert f"case {Question.objects.all()[0].record_id}" in {one["record"] for one in file["posts"]}
    assert set(file) <= set(PARTS), "each part has a heading"
    keys = {key for part in file.values() for one in (part if isinstance(part, list) else [part])
            for key in one}  # fmt: skip
    assert keys <= set(WORDS), "each field has a word"
    for part in (
        "needs_stated",
        "offers_made",
        "priorities_given",
        "agreements",
        "peer_reviews",
        "posts",
        "reports_sent",
    ):
        assert file[part], part
    assert "password" not in json.dumps(file)


def test_nothing_is_left_of_somebody_who_left(
    busy, run_jobs, mail_folder, client, django_capture_on_commit_callbacks
):
    client.force_login(busy)
    traces = own_data.traces_of(busy)
    (mail_folder / "letter.log").write_text(f"To: {busy.email}\n\nHej")
    with django_capture_on_commit_callbacks(execute=True):
        write_letter("review_due", busy, cases=[])
    assert own_data.leftovers(traces), "before, there is something to find"
    left = own_data.erase(busy, actor=acting(busy), at=LATER)
    assert left == (), left
    assert own_data.leftovers(traces) == ()
    assert list(mail_folder.iterdir()) == []
    assert client.get("/sv/my-data/").status_code == 302, "her session is over"


def test_the_work_stays_with_the_team_and_on_the_record(busy):
    own_data.erase(busy, actor=acting(busy), at=LATER)
    assert Draft.objects.count() == 2
    assert DraftRevision.objects.filter(actor_label=own_data.FORMER_MEMBER).exists()
    assert Review.objects.filter(reviewer=None, state="approved").exists()
    assert CaseVersion.objects.filter(actor_label=own_data.FORMER_MEMBER).exists()
    assert Question.objects.get().answer.text == "Inget."
    assert AuditEvent.objects.filter(verb="approve", actor_label=own_data.FORMER_MEMBER).exists()


def test_what_is_left_is_found_by_looking_and_not_by_asking(busy):
    """A trace that no room knows of is reported, by table and column."""
    draft = Draft.objects.first()
    draft.content["texts"]["sv"]["title"] = f"Fråga {busy.name}"
    draft.save()
    left = own_data.erase(busy, actor=acting(busy), at=LATER)
    assert [(one.where, one.what, one.count) for one in left] == [
        ("writing.Draft.content", "name", 1)
    ]


def test_deleting_needs_proof_and_certainty(busy, client):
    client.login(email=busy.email, password=PASSWORD)
    page = "/en/my-data/delete"
    assert "You cannot undo this" in client.get(page).content.decode()
    assert client.post(page, {}).status_code == 422
    asked = client.post(page, {"sure": "yes"})
    assert asked.status_code == 302 and "proof" in asked["Location"]
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert User.objects.filter(pk=busy.pk).exists()
    gone = client.post(asked["Location"], {"password": PASSWORD})
    assert gone.status_code == 200 and "Nothing was found." in gone.content.decode()
    assert not User.objects.filter(pk=busy.pk).exists()


def test_the_last_member_of_the_secretariat_hands_the_role_on_first(busy):
    last = person("Sara Ny", "secretariat")
    with pytest.raises(NotAllowed):
        own_data.erase(last, actor=acting(last), at=LATER)
    assert User.objects.filter(pk=last.pk).exists()
    person("Nils Ny", "secretariat")
    own_data.erase(last, actor=acting(last), at=LATER)


def test_visitors_are_asked_to_sign_in(client):
    for page in ("", "my-data.json", "delete"):
        answer = client.get(f"/fr/my-data/{page}")
        assert answer.status_code == 302 and "/fr/" in answer["Location"]


def test_the_folder_of_letters_may_be_missing(settings, busy):
    settings.EMAIL_FILE_PATH = Path("/nonexistent/mail")
    own_data.erase(busy, actor=acting(busy), at=LATER)


def test_an_account_that_nobody_uses_is_deleted_after_a_letter_and_a_month(
    busy, run_jobs, mailoutbox, django_capture_on_commit_callbacks
):
    User.objects.update(joined_at=NOW, last_login=NOW)
    nearly = clock.day_of(NOW) + own_data.IDLE_AFTER - own_data.NOTICE
    assert own_data.forget_idle_accounts(at=nearly) == (0, 0)
    day = nearly + dt.timedelta(days=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert own_data.forget_idle_accounts(at=day) == (3, 0)
    run_jobs()
    assert {letter.to[0] for letter in mailoutbox} == set(
        User.objects.values_list("email", flat=True)
    )
    assert own_data.forget_idle_accounts(at=day + dt.timedelta(days=29)) == (0, 0)
    User.objects.filter(pk=busy.pk).update(last_login=day)
    assert own_data.forget_idle_accounts(at=day + own_data.NOTICE) == (0, 2)
    assert list(User.objects.all()) == [busy], "signing in once is enough to stay"


def test_a_letter_is_forgotten_once_it_was_sent(
    busy, run_jobs, mailoutbox, django_capture_on_commit_callbacks
):
    """Letters hold names and links that work once: the queue keeps none that has left."""
    from django_tasks_db.models import DBTaskResult

    from alliance.accounts.tasks import forget_sent_letters

    with django_capture_on_commit_callbacks(execute=True):
        write_letter("review_due", busy, cases=[])
    assert forget_sent_letters.call() == 0, "it waits to be sent"
    run_jobs()
    forget_sent_letters.call()
    assert [letter.to for letter in mailoutbox] == [[busy.email]]
    assert not DBTaskResult.objects.filter(task_path__endswith="send_letter").exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_deleted_is_overwritten_in_the_file():
    secret = "kept-nowhere-" + "x" * 40
    user = person("Nils Alm")
    User.objects.filter(pk=user.pk).update(name=secret)
    file = Path(connection.settings_dict["NAME"])

    def is_there() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return secret.encode() in file.read_bytes()

    if connection.vendor != "sqlite":
        # PostgreSQL clears its pages by itself (VACUUM); here nothing is asked for.
        User.objects.filter(pk=user.pk).delete()
        assert not User.objects.filter(name=secret).exists()
        return
    assert is_there(), "before, there is something to find"
    User.objects.filter(pk=user.pk).delete()
    assert not is_there()


def test_what_was_said_for_a_city_goes_on_without_who_said_it(busy):
    own_data.erase(busy, actor=acting(busy), at=LATER)
    assert Need.objects.filter(stated_by=None).count() == 1
    agreement = Adoption.objects.get()
    assert (agreement.adopter_contact, agreement.adopter_contact_role) == (None, "")
    reviewer = PeerReviewer.objects.get()
    assert (reviewer.person, reviewer.function) == (None, "")
