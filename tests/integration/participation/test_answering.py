"""A hundred contributions on ten subjects are answered in few acts, and each author is told."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import numpy as np
import pytest
from django.core import signing
from django.test import Client
from django_tasks_db.models import DBTaskResult

from alliance.analysis.errors import MethodError
from alliance.analysis.likeness import group_texts
from alliance.core import meaning
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.waiting import Asked, items
from alliance.participation.models import Contribution, Participant, Process, Promise
from alliance.participation.selectors.pages import residents_line
from alliance.participation.services import answering, own, processes
from alliance.participation.services.answering import AnswerData
from alliance.participation.services.contributions import ContributionData, enter
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)
SUBJECTS = (
    "benches to sit on by the square", "trees that give shade in summer",
    "slower cars near the school", "street lighting for the dark park",
    "a playground for small children", "bicycle parking outside the station",
    "cleaner toilets in the library", "cheaper tickets for the swimming hall",
    "waste bins along the river path", "concerts on the market evening",
)  # fmt: skip
WAYS = (
    "We want {}", "Please build {}", "Why not {}?", "More {} would help", "I ask for {}",
    "My wish: {}", "Give us {} soon", "{} – that is missing", "Think of {}", "It takes {}",
)  # fmt: skip


@pytest.fixture
def process() -> Process:
    lay_ground()
    lund = team("lund")
    join(person("Lea Lund"), lund)
    return make_process(lund, kind="proposals")


@pytest.fixture
def lea(process: Process) -> Any:
    from alliance.accounts.models import User

    return User.objects.get(name="Lea Lund")


def fill(process: Process, lea: Any, now: dt.datetime) -> None:
    for subject in SUBJECTS:
        for way in WAYS:
            words = ContributionData(way.format(subject), "en", kind="proposal", title=subject[:20])
            enter(process, [words], channel="desk", actor=acting(lea), at=now)


def test_texts_that_say_alike_are_one_group_whatever_their_order() -> None:
    texts = [way.format(subject) for subject in SUBJECTS for way in WAYS]
    assert len(set(group_texts(texts).tolist())) == len(SUBJECTS)
    mixed = random.Random(3).sample(texts, len(texts))
    labels, again = group_texts(texts), group_texts(mixed)
    for one in range(0, len(texts), 7):
        for other in range(0, len(texts), 11):
            here = labels[one] == labels[other]
            assert here == (again[mixed.index(texts[one])] == again[mixed.index(texts[other])])
    assert group_texts([]).tolist() == [] and group_texts(["🚲"]).tolist() == [0]
    assert sorted(group_texts(["", "🚲", "x"]).tolist()) == [0, 1, 2]


def test_texts_of_one_meaning_are_one_group_where_the_extra_is_in_use(
    process, lea, now, settings, monkeypatch
) -> None:
    def toy(texts: list[str]) -> Any:
        """Benches in any language one way, all else another."""
        return np.array([[1.0, 0.1] if "b" in one.casefold() else [0.1, 1.0] for one in texts])

    for text in ("Fler bänkar", "Plus de bancs", "Slower cars", "Mer träd"):
        words = ContributionData(text, "sv", kind="proposal", title="–")
        enter(process, [words], channel="desk", actor=acting(lea), at=now)
    monkeypatch.setattr(meaning, "embed", toy)
    monkeypatch.setattr(meaning, "is_available", lambda: True)
    by = {"actor": acting(lea), "at": now}
    assert answering.group_alike(process, **by) == 4
    settings.SEMANTIC = True
    assert answering.group_alike(process, **by) == 2
    monkeypatch.setattr(answering, "MOST_BY_MEANING", 3)
    assert answering.group_alike(process, **by) == 4
    with pytest.raises(MethodError, match="vectors"):
        group_texts(["a", "b"], vectors=np.ones((3, 2)))


def test_a_hundred_are_answered_in_eleven_acts(client, process, lea, now) -> None:
    fill(process, lea, now)
    client.force_login(lea)
    home = f"/en/take-part/{process.public_id}/"
    client.post(f"{home}answers/group")
    groups = list(process.groups.all())
    assert len(groups) == len(SUBJECTS)
    for group in groups:
        ids = [one.public_id for one in group.contributions.select_related("post")]
        given = {"outcome": "accepted", "reason": "Good.", "language": "en"}
        answer = client.post(f"{home}answers/{group.number}", given | {"contributions": ids})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
    assert answering.unanswered(process) == 0
    assert "Every contribution has an answer." in page_text(client, f"{home}answers/")
    assert "100 of 100 contributions have an answer" in page_text(Client(), f"{home}results/")


def test_the_author_is_told_at_the_answer_and_again_when_it_is_built(
    client, process, lea, now, django_capture_on_commit_callbacks
) -> None:
    fill(process, lea, now)
    Participant.objects.filter(pk=Participant.objects.first().pk).update(
        email="ann@example.org", email_confirmed_at=now, language="sv"
    )
    # Her neighbour sent a form on paper, with an address that she has confirmed.
    words = ContributionData(
        "More benches for the old.", "sv", kind="proposal", title="benches on paper"
    )
    neighbour = enter(process, [words], channel="paper", actor=acting(lea), at=now)
    own.ask_to_confirm(neighbour, "eva@example.org", at=now)
    token = signing.dumps([neighbour.public_id, "eva@example.org"], salt=own._SALT)
    own.confirm(token, process.public_id, at=now)
    rows = list(Contribution.objects.filter(title__startswith="benches"))
    by: dict[str, Any] = {"actor": acting(lea), "at": now}
    said = AnswerData("accepted", "Yes.", "en", "Ten benches", (now + 30 * DAY).date())
    with django_capture_on_commit_callbacks(execute=True):
        answering.answer(process, rows, said, **by)
    promise = Promise.objects.get(kind="work")
    client.force_login(lea)
    form = f"/sv/take-part/{process.public_id}/promises/{promise.public_id}"
    assert '<span lang="en">Ten benches</span>' in client.get(form).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answering.fulfil_promise(promise, outcome="Ten benches stand there.", **by)
    sent = [
        job.args_kwargs["kwargs"]
        for job in DBTaskResult.objects.filter(task_path__endswith="send_letter")
    ]
    assert [one["to"] for one in sent] == ["ann@example.org", "eva@example.org"] * 2
    assert "Resultat:" in sent[0]["body"] and "Resultat:" not in sent[-1]["body"]
    assert "Ten benches stand there." in sent[-1]["body"] and "/sv/take-part/" in sent[-1]["body"]
    # What nobody has translated says in which language it is.
    assert all("(Skrivet på engelska)" in one["body"] for one in sent)
    page = Client().get(f"/sv/take-part/{process.public_id}/results/").content.decode()
    assert '<span lang="en">Ten benches</span>' in page


def test_nothing_to_answer_is_not_said_to_be_answered(client, process, lea) -> None:
    client.force_login(lea)
    page = page_text(client, f"/en/take-part/{process.public_id}/answers/")
    assert "No contributions to answer yet." in page
    assert "Every contribution has an answer" not in page


@pytest.mark.parametrize(
    "words",
    [
        AnswerData("", "Yes.", "en"),
        AnswerData("accepted", "", "en"),
        AnswerData("accepted", "Yes.", "en", promise="Benches"),
        AnswerData("accepted", "Yes.", "en", "Benches", dt.date(2020, 1, 1)),
        AnswerData("accepted", "<b>Yes</b>", "en"),
    ],
)
def test_an_answer_has_an_outcome_and_a_reason(process, lea, now, words: AnswerData) -> None:
    enter(
        process,
        [ContributionData("Trees", "en", kind="proposal", title="Trees")],
        channel="desk",
        actor=acting(lea),
        at=now,
    )
    rows = list(Contribution.objects.all())
    with pytest.raises(InvalidData):
        answering.answer(process, rows, words, actor=acting(lea), at=now)
    with pytest.raises(NotAllowed):
        good = AnswerData("accepted", "Yes.", "en")
        answering.answer(process, rows, good, actor=acting(person("Ann")), at=now)


def test_overdue_promises_are_counted_on_the_page_of_the_city(client, process, lea, now) -> None:
    enter(
        process,
        [ContributionData("Trees", "en", kind="proposal", title="Trees")],
        channel="desk",
        actor=acting(lea),
        at=now,
    )
    for kind, day in (("decision", process.decides_by), ("answer", process.answers_by)):
        Promise.objects.create(process=process, kind=kind, due_on=day, made_at=now)
    late = now + 120 * DAY
    assert residents_line(process.city, now.date()) == {"n_open": 1, "n_overdue": 0}
    assert processes.close_due(at=late) == 1
    assert residents_line(process.city, late.date()) == {"n_open": 0, "n_overdue": 2}
    asked = Asked(at=late, teams=[process.organisation.public_id])
    assert {one.kind for one in items(asked) if one.is_late(late)} == {
        "promise-decision",
        "promise-answer",
    }
    by: dict[str, Any] = {"actor": acting(lea), "at": late}
    decision, answers = process.promises.order_by("due_on")
    answering.fulfil_promise(decision, outcome="Trees are planted.", **by)
    with pytest.raises(InvalidData) as refused:
        answering.fulfil_promise(answers, outcome="Done.", **by)
    assert [one.code for one in refused.value.faults] == ["not-all-answered"]
    rows = list(Contribution.objects.all())
    answering.answer(process, rows, AnswerData("noted", "Yes.", "en"), **by)
    answering.fulfil_promise(answers, outcome="All are answered.", **by)
    process.refresh_from_db()
    assert (process.state, process.result) == ("answered", "Trees are planted.")
    assert residents_line(process.city, late.date())["n_overdue"] == 0
    assert "Trees are planted." in page_text(client, f"/en/take-part/{process.public_id}/results/")
