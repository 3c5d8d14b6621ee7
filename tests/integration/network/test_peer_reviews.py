"""A peer review from the request to its second follow-up, overdue ones and reminders."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult

from alliance.core import clock
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.network.models import FollowUp, PeerReview, PeerReviewer
from alliance.network.services import peer_reviews as services
from tests.factories.needs_offers import make_peer_review
from tests.factories.pages import page, page_text
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db
PROGRESS = {1: "done", 2: "not-begun"}


@pytest.fixture
def both(people):
    """Lund is the host, Umeå reviews."""
    return {
        "host": (people.lund, acting(people.editor)),
        "reviewer": (people.umea, acting(people.foreign)),
    }


def make(both, at, **options):
    return make_peer_review(*both["host"], reviewer=both["reviewer"], at=at, **options)


def follow_up(review, both, months, at, **changes):
    values = {"result": "Lanes are swept first.", "language": "en", "progress": PROGRESS} | changes
    return services.publish_follow_up(review, months, **values, actor=both["host"][1], at=at)


def test_the_whole_way_is_in_the_audit_trail(both, at):
    review = make(both, at, report=True)
    assert review.state == "reported"
    due = dict(review.follow_ups.values_list("months", "due_on"))
    assert due == {6: dt.date(2027, 5, 25), 12: dt.date(2027, 11, 25)}
    follow_up(review, both, 6, at)
    review.refresh_from_db()
    assert (review.state, review.ended_at) == ("reported", None)
    last = follow_up(review, both, 12, at)
    assert last.progress == {"1": "done", "2": "not-begun"}
    review.refresh_from_db()
    assert (review.state, review.ended_at) == ("closed", at)
    verbs = AuditEvent.objects.filter(kind="peer review").values_list("verb", flat=True)
    assert list(verbs) == ["request", "join", "plan", "report", "follow up", "follow up"]


def test_each_step_is_for_those_it_belongs_to(people, both, at):
    review = make(both, at)
    outsiders = [acting(user) for user in (people.member, people.secretariat, people.citizen)]
    report = {"findings": "Ice.", "language": "en", "recommendations": ["Sweep."], "publish": True}
    for actor in [*outsiders, both["host"][1]]:
        with pytest.raises(NotAllowed, match=r"Only the reviewing cities can write the report."):
            services.write_report(review, **report, actor=actor, at=at)
    for actor in [*outsiders, both["reviewer"][1]]:
        with pytest.raises(NotAllowed):
            services.plan(review, starts_on=at.date(), ends_on=at.date(), actor=actor, at=at)
    with pytest.raises(NotAllowed, match="itself"):
        services.join(review, *both["host"][:1], actor=both["host"][1], at=at)
    services.write_report(review, **report, actor=both["reviewer"][1], at=at)
    with pytest.raises(NotAllowed):
        services.publish_follow_up(
            review, 6, result="X", language="en", progress={1: "done"},
            actor=both["reviewer"][1], at=at,
        )  # fmt: skip
    with pytest.raises(NotAllowed, match="The status of the peer review has changed:"):
        services.write_report(review, **report, actor=both["reviewer"][1], at=at)


def test_a_city_reviews_once(both, at):
    review = make(both, at)
    again = services.join(review, both["reviewer"][0], actor=both["reviewer"][1], at=at)
    assert review.reviewers.get() == again
    with pytest.raises(IntegrityError), transaction.atomic():
        PeerReviewer.objects.create(
            review=review, organisation=both["reviewer"][0], city=again.city, joined_at=at
        )
    services.leave(review, both["reviewer"][0], actor=both["reviewer"][1], at=at)
    assert not review.reviewers.exists()
    with pytest.raises(InvalidData, match="No other city"):
        services.plan(
            review, starts_on=at.date(), ends_on=at.date() + dt.timedelta(days=1),
            actor=both["host"][1], at=at,
        )  # fmt: skip


def test_faults_name_their_place(both, at):
    review = make(both, at)
    day = at.date()
    with pytest.raises(InvalidData) as plan:
        services.plan(
            review, starts_on=day, ends_on=day - dt.timedelta(days=1), actor=both["host"][1], at=at
        )
    assert [fault.where for fault in plan.value.faults] == ["ends_on"]
    write = {"language": "en", "actor": both["reviewer"][1], "at": at}
    for changes, where in (
        ({"findings": "", "recommendations": ["A"], "publish": False}, "findings"),
        ({"findings": "F", "recommendations": ["A", "<i>B</i>"], "publish": False},
         "recommendations[1]"),
        ({"findings": "F", "recommendations": [" "], "publish": True}, "recommendations"),
        ({"findings": "F", "recommendations": ["A"] * 16, "publish": False}, "recommendations"),
    ):  # fmt: skip
        with pytest.raises(InvalidData) as report:
            services.write_report(review, **changes, **write)
        assert [fault.where for fault in report.value.faults] == [where]
    early = at - dt.timedelta(days=3)
    with pytest.raises(InvalidData, match="not started"):
        services.write_report(
            review, findings="F", language="en", recommendations=["A"], publish=True,
            actor=both["reviewer"][1], at=early,
        )  # fmt: skip
    review = make(both, at, report=True, title="Other")
    for changes, where in (
        ({"result": ""}, "result"),
        ({"progress": {1: "done"}}, "progress[2]"),
        ({"progress": {1: "done", 2: "soon"}}, "progress[2]"),
    ):
        with pytest.raises(InvalidData) as told_fault:
            follow_up(review, both, 6, at, **changes)
        assert [fault.where for fault in told_fault.value.faults] == [where]
    with pytest.raises(InvalidData, match="months"):
        follow_up(review, both, 9, at)


def test_a_published_follow_up_stays(both, at):
    review = make(both, at, report=True)
    follow_up(review, both, 6, at)
    with pytest.raises(
        NotAllowed, match=r"This follow-up has been published and can no longer be changed."
    ):
        follow_up(review, both, 6, at, result="Other.")
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(months=6).update(result="")


def test_calling_off_needs_a_reason_and_comes_before_the_report(people, both, at):
    review = make(both, at)
    with pytest.raises(InvalidData, match="because"):
        services.cancel(review, because="", actor=both["host"][1], at=at)
    services.cancel(review, because="Flood.", actor=acting(people.secretariat), at=at)
    assert PeerReview.objects.get().state == "cancelled"
    reported = make(both, at, report=True, title="Other")
    with pytest.raises(NotAllowed, match="The status of the peer review has changed:"):
        services.cancel(reported, because="Flood.", actor=both["host"][1], at=at)


def letters():
    jobs = DBTaskResult.objects.filter(task_path__endswith="send_letter").order_by("enqueued_at")
    return [(job.args_kwargs["kwargs"]["to"], job.args_kwargs["kwargs"]["subject"]) for job in jobs]


def test_hosts_are_reminded_once_before_and_once_after(
    people, both, at, django_capture_on_commit_callbacks
):
    make(both, at, report=True)
    due = dt.datetime(2027, 5, 25, 6, 0, tzinfo=dt.UTC)

    def remind(days):
        with django_capture_on_commit_callbacks(execute=True):
            return services.remind_of_follow_ups(at=due + dt.timedelta(days=days))

    assert remind(-15) == 0
    assert [remind(-14), remind(-13), remind(0)] == [1, 0, 0]
    assert letters()[-1] == (
        people.editor.email,
        "Peer review “Winter cycling”: follow-up due soon",
    )
    people.editor.memberships.update(ended_at=at)
    people.member.memberships.update(ended_at=at)
    assert [remind(1), remind(2)] == [1, 0]
    to, subject = letters()[-1]
    assert to == people.secretariat.email and "overdue" in subject
    assert len(letters()) == 2


def test_who_published_in_time_gets_no_letter(both, at):
    review = make(both, at, report=True)
    follow_up(review, both, 6, at)
    assert services.remind_of_follow_ups(at=dt.datetime(2027, 6, 1, tzinfo=dt.UTC)) == 0


def test_the_whole_way_on_pages(people, both, browser_of, monkeypatch, at):
    host, reviewer = browser_of(people.editor), browser_of(people.foreign)
    assert "Ask for a peer review of Lund" in page_text(host, "/en/peer-reviews/")
    typed = {"title": "Winter cycling", "question": "What keeps people off?", "language": "en"}
    new = f"/en/peer-reviews/new?team={people.lund.public_id}"
    assert host.post(new, {**typed, "question": ""}).status_code == 422
    assert host.post(new, typed).status_code == 302
    review = PeerReview.objects.get()
    address = f"/en/peer-reviews/{review.public_id}/"
    assert "Take part" in page_text(reviewer, address) and "Reviewing city" not in page_text(
        host, address
    )
    assert host.post(f"{address}plan", {"starts_on": "2026-11-20"}).status_code == 422
    joined = {"team": people.umea.public_id, "function": "Planner"}
    assert reviewer.post(f"{address}join", joined).status_code == 302
    assert "Planner, Fia Foreign" in page_text(host, address)
    assert "Fia Foreign" not in page_text(Client(), address)
    days = {"starts_on": "2026-11-20", "ends_on": "2026-11-21"}
    assert host.post(f"{address}plan", days).status_code == 302
    draft = {
        "findings": "Ice on the main street.",
        "language": "en",
        "recommendations-0-text": "Sweep.",
    }
    assert reviewer.post(f"{address}report", draft).status_code == 302
    assert "Ice on the main street." in page_text(host, address)
    assert "Ice on the main street." not in page_text(Client(), address)
    api = Client().get(f"/api/v1/peer-reviews/{review.public_id}").json()
    assert api["findings"] is None and api["recommendations"] == []
    wrong = {**draft, "recommendations-2-text": "<b>Count.</b>", "publish": "on"}
    refused = reviewer.post(f"{address}report", wrong)
    assert (
        refused.status_code == 422 and "id_recommendations-2-text_error" in refused.content.decode()
    )
    published = {**draft, "recommendations-2-text": "Count.", "publish": "on"}
    assert reviewer.post(f"{address}report", published).status_code == 302
    seen = page_text(Client(), address)
    assert "Ice on the main street." in seen and "due 21 May 2027" in seen
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2027, 6, 1, tzinfo=dt.UTC))
    assert "Overdue since 21 May 2027" in page_text(Client(), address)
    assert "1 follow-up overdue" in page_text(Client(), "/en/peer-reviews/?city=umea")
    result = {"result": "Swept first.", "language": "en", "progress-1": "done"}
    assert host.post(f"{address}follow-ups/6", result).status_code == 422
    assert host.post(f"{address}follow-ups/9", result).status_code == 404
    done = {**result, "progress-2": "not-taken"}
    assert host.post(f"{address}follow-ups/6", done).status_code == 302
    seen = page_text(Client(), address)
    assert "After 6 months: not accepted" in seen and "Swept first." in seen
    assert "follow-ups overdue" not in page_text(Client(), "/en/peer-reviews/")


def test_lists_ask_no_more_for_more_reviews(both, people, at, django_assert_max_num_queries):
    for number in range(12):
        make(both, at, report=number % 2 == 0, title=f"Review {number}")
    with django_assert_max_num_queries(15):
        assert "visit on 25 November 2026" in page_text(Client(), "/en/peer-reviews/")
    with django_assert_max_num_queries(15):
        page(Client(), f"/en/peer-reviews/{PeerReview.objects.first().public_id}/")
    with django_assert_max_num_queries(15):
        found = Client().get("/api/v1/peer-reviews?state=reported").json()
    assert found["count"] == 6
    page(Client(), "/en/peer-reviews/?city=nowhere", status=404)


def test_a_program_takes_part_through_the_api(both, people, at, monkeypatch, browser_of):
    review = make(both, at, report=True)
    host = browser_of(people.editor)
    csrf = {"HTTP_X_CSRFTOKEN": "x"}
    body = {"result": "Swept.", "language": "en", "progress": {"1": "done", "x": "done"}}
    address = f"/api/v1/peer-reviews/{review.public_id}/follow-ups/6"
    refused = host.post(address, json.dumps(body), content_type="application/json", **csrf)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == ["progress[2]"]
    body["progress"] = {"1": "done", "2": "under-way"}
    given = host.post(address, json.dumps(body), content_type="application/json", **csrf)
    assert given.status_code == 200, given.content
    assert given.json()["follow_ups"][0]["progress"] == {"1": "done", "2": "under-way"}


def test_too_many_reviewers_are_refused(both, people, at, monkeypatch):
    monkeypatch.setattr("alliance.network.peer_review_rules.MOST_REVIEWERS", 1)
    review = make(both, at)
    from alliance.core.audit import COMMAND_LINE
    from alliance.network.services import save_city

    save_city("arras", name="Arras", country="FR", actor=COMMAND_LINE, at=at)
    arras = team("arras")
    user = person("Ana Arras")
    join(user, arras)
    with pytest.raises(InvalidData, match=r"cities are already taking part."):
        services.join(review, arras, actor=acting(user), at=at)
