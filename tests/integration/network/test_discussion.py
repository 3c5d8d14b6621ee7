"""Discussions of records: posts, reports, moderation with a reason, and word to the author."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.core.audit import VISITOR, Actor
from alliance.core.errors import InvalidData, NotAllowed, NotFound
from alliance.core.models import AuditEvent
from alliance.network.models import Post, Report
from alliance.network.selectors.discussion import (
    discussion_of,
    get_post_to_moderate,
    get_post_to_report,
)
from alliance.network.services.discussion import moderate_post, report_post, write_post
from tests.factories.knowledge import lay_ground
from tests.factories.needs_offers import make_need, make_offer
from tests.factories.pages import page, page_text
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.waiting import waiting_for

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def net() -> Any:
    lay_ground()

    class Net:
        lund = team("lund")
        editor = person("Lova Lund")
        reader = person("Rita Reader", language="sv")
        other = person("Otto Other")
        moderator = person("Mia Moderator", "moderator")

    join(Net.editor, Net.lund)
    Net.need = make_need(Net.lund, acting(Net.editor))
    Net.offer = make_offer(Net.lund, acting(Net.editor))
    return Net


def write(net: Any, text: str = "Vi också.", **changes: Any) -> Post:
    given = {"text": text, "language": "sv", "actor": acting(net.reader), "at": NOW} | changes
    return write_post(net.need, **given)


@pytest.fixture
def moderate(run_jobs: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """Moderates a post and sends the letters that this brings about."""

    def act(post: Post, **given: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            moderate_post(post, at=NOW, **given)
        run_jobs()

    return act


def texts(net: Any, actor: Actor) -> list[str]:
    found = discussion_of("need", net.need.public_id, actor, "en")
    return [text.value for _post, text in found.posts]


def test_a_post_stands_beside_its_record_once_and_in_the_trail(net: Any) -> None:
    post = write(net)
    assert write(net).pk == post.pk, "the same form twice"
    write(net, "A second one.", language="en")
    assert texts(net, VISITOR) == ["Vi också.", "A second one."]
    assert discussion_of("offer", net.need.public_id, VISITOR, "en").posts == ()
    event = AuditEvent.objects.filter(kind="post").earliest("id")
    assert (event.verb, event.public_id) == ("write", post.public_id)
    assert event.details == {"record": f"need {net.need.public_id}"}


def test_only_people_write_and_report(net: Any) -> None:
    program = Actor("token", teams={net.lund.public_id: "editor"}, scopes=frozenset())
    post = write(net)
    for actor in (VISITOR, program):
        with pytest.raises(NotAllowed):
            write(net, actor=actor)
        with pytest.raises(NotAllowed):
            report_post(post, reason="Rude.", actor=actor, at=NOW)
    assert Post.objects.count() == 1 and not Report.objects.exists()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 3_001}, "text"),
        ({"text": "<b>Bold</b>"}, "text"),
        ({"language": "de"}, "language"),
    ],
)
def test_bad_posts_name_the_field(net: Any, changes: dict[str, str], where: str) -> None:
    with pytest.raises(InvalidData) as refused:
        write(net, **changes)
    assert [fault.where for fault in refused.value.faults] == [where]
    assert not Post.objects.exists()


def test_a_person_writes_so_many_posts_a_day(net: Any) -> None:
    for number in range(20):
        write(net, f"Post {number}.")
    with pytest.raises(InvalidData, match="at most 20 posts"):
        write(net, "One more.")
    write(net, "Somebody else.", actor=acting(net.other))


def test_a_report_waits_for_moderators_until_one_settles_it(net: Any, moderate: Any) -> None:
    post = write(net)
    first = report_post(post, reason="Rude.", actor=acting(net.other), at=NOW)
    assert report_post(post, reason="Very rude.", actor=acting(net.other), at=NOW).pk == first.pk
    (line,) = waiting_for(acting(net.moderator), at=NOW, language="en")
    assert (line.item.kind, line.item.public_id) == ("post-report", post.public_id)
    assert waiting_for(acting(net.reader), at=NOW, language="en") == ()
    moderate(post, hide=False, reason="", actor=acting(net.moderator))
    assert waiting_for(acting(net.moderator), at=NOW, language="en") == ()
    assert texts(net, VISITOR) == ["Vi också."]
    assert AuditEvent.objects.filter(kind="post").latest("id").verb == "keep"
    assert mail.outbox == [], "nothing has changed for the author"


def test_whose_turn_it_is_gets_an_email(
    net: Any, run_jobs: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post = write(net)
        write(net, "Our own.", actor=acting(net.editor))
        report_post(post, reason="Rude.", actor=acting(net.other), at=NOW)
        report_post(post, reason="Very rude.", actor=acting(net.editor), at=NOW)
    run_jobs()
    told = {tuple(one.to): one for one in mail.outbox}
    assert set(told) == {(net.editor.email,), (net.moderator.email,)}
    assert len(mail.outbox) == 2, "nobody is written to about her own post, or twice"
    assert "Vi också." in told[(net.editor.email,)].body
    assert "Rude." in told[(net.moderator.email,)].body
    assert f"/posts/{post.public_id}" in told[(net.moderator.email,)].body


def test_another_reason_takes_the_place_of_the_first(net: Any, moderate: Any) -> None:
    post = write(net)
    for reason in ("Rude.", "Names a neighbour."):
        moderate(post, hide=True, reason=reason, actor=acting(net.moderator))
    post.refresh_from_db()
    assert (post.hidden_at, post.hidden_because) == (NOW, "Names a neighbour.")


def test_a_hidden_post_says_why_and_its_author_gets_word(net: Any, moderate: Any) -> None:
    post = write(net)
    report_post(post, reason="Rude.", actor=acting(net.other), at=NOW)
    moderator = acting(net.moderator)
    with pytest.raises(InvalidData):
        moderate_post(post, hide=True, reason=" ", actor=moderator, at=NOW)
    moderate(post, hide=True, reason="Names a person.", actor=moderator)
    moderate(post, hide=True, reason="Again.", actor=moderator)
    assert not Report.objects.filter(settled_at=None).exists()
    assert texts(net, VISITOR) == texts(net, acting(net.reader)) == [""]
    assert texts(net, moderator) == ["Vi också."]
    with pytest.raises(NotFound):
        get_post_to_report(acting(net.other), post.public_id)
    (letter,) = mail.outbox
    assert letter.to == [net.reader.email]
    assert "Names a person." in letter.body and "Vi också." in letter.body
    assert f"/sv/needs/{net.need.public_id}/#discussion" in letter.body
    moderate(post, hide=False, reason="", actor=moderator)
    assert texts(net, VISITOR) == ["Vi också."]
    assert len(mail.outbox) == 2


def test_only_moderators_moderate(net: Any) -> None:
    post = write(net)
    for user in (net.reader, net.editor, person("Rosa Petit", "reviewer")):
        with pytest.raises(NotAllowed):
            moderate_post(post, hide=True, reason="No.", actor=acting(user), at=NOW)
        with pytest.raises(NotFound):
            get_post_to_moderate(acting(user), post.public_id)
    secretary = acting(person("Siv Secretary", "secretariat"))
    assert get_post_to_moderate(secretary, post.public_id) == post


def test_the_database_hides_nothing_without_a_reason(net: Any) -> None:
    post = write(net)
    report_post(post, reason="Rude.", actor=acting(net.other), at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.update(hidden_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(post=post, reason="Twice.", reported_by=net.other, at=NOW)


def test_from_the_page_of_a_need_to_a_post_a_report_and_a_decision(net: Any) -> None:
    need, client = f"/en/needs/{net.need.public_id}/", Client()
    assert "No posts yet." in page_text(client, need)
    client.force_login(net.reader)
    answer = client.post(f"{need}posts/new", {"text": "Us, too.", "language": "en"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{need}#discussion")
    assert client.post(f"{need}posts/new", {"text": "", "language": "en"}).status_code == 422
    post = Post.objects.get()
    assert "Us, too." in page_text(client, need) and "Rita Reader" in page_text(client, need)
    client.force_login(net.other)
    assert f'href="/en/posts/{post.public_id}/report"' in page(client, need)
    assert client.post(f"/en/posts/{post.public_id}/report", {"reason": "Rude."}).status_code == 302
    page(client, f"/en/posts/{post.public_id}/moderate", status=404)
    client.force_login(net.moderator)
    address = f"/en/posts/{post.public_id}/moderate"
    assert "Rude." in page_text(client, address)
    assert client.post(address, {"hide": "yes", "reason": "Off topic."}).status_code == 302
    shown = page_text(Client(), need)
    assert "Hidden by a moderator: Off topic." in shown and "Us, too." not in shown


def test_offers_have_a_discussion_and_a_long_one_costs_one_query(net: Any) -> None:
    offer, client = f"/en/offers/{net.offer.public_id}/", Client()
    page(client, offer)
    with CaptureQueriesContext(connection) as before:
        page(client, offer)
    for number in range(12):
        write_post(
            net.offer, text=f"Post {number}.", language="en",
            actor=acting(net.reader), at=NOW,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as after:
        assert "Post 11." in page_text(client, offer)
    assert len(after) == len(before)
