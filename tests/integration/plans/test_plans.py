"""A plan by paragraphs: commented, answered, changed, with the changed text beside the old."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client

from alliance.core.errors import InvalidData, NotAllowed
from alliance.participation.enums import ProcessState
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services import answering, own
from alliance.participation.services.papers import words_of
from alliance.participation.services.processes import open_process
from alliance.plans import selectors
from alliance.plans.changes import pairs, words_changed
from alliance.plans.models import Paragraph
from alliance.plans.services.texts import latest_version, set_text
from tests.factories.pages import page_text
from tests.factories.people import acting, person
from tests.integration.plans.conftest import FIRST

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
SECOND = "The park stays open until midnight.\n\nThere is a fountain.\n\nThere are twenty benches."


def home(process: Process) -> str:
    return f"/en/take-part/{process.public_id}/"


def paragraph(process: Process, number: int) -> Paragraph:
    return latest_version(process).paragraphs.get(number=number)


def page_of(process: Process, one: Paragraph) -> str:
    return f"{home(process)}text/paragraphs/{one.thread.public_id}/"


def comment(process: Process, number: int, text: str, client: Client | None = None) -> Contribution:
    sent = (client or Client()).post(
        page_of(process, paragraph(process, number)), {"text": text, "language": "en"}
    )
    assert sent.status_code == 302
    return Contribution.objects.get(post__text=text)


def test_paragraphs_are_paired_by_what_they_have_in_common() -> None:
    old = ["a b c d", "same", "x y z w"]
    assert pairs(old, old) == [(0, 0), (1, 1), (2, 2)]
    assert pairs(old, ["a b c e", "new one", "same"]) == [(0, 0), (None, 1), (1, 2), (2, None)]
    assert pairs([], ["a"]) == [(None, 0)] and pairs(["a"], []) == [(0, None)]


def test_words_that_changed_are_named_and_the_text_is_whole() -> None:
    before, after = words_changed("Open until ten.", "Open until midnight, daily.")
    assert [one.text for one in before if one.is_changed] == ["ten"]
    assert "".join(one.text for one in before) == "Open until ten."
    assert "".join(one.text for one in after) == "Open until midnight, daily."


def test_without_a_text_it_does_not_open_and_until_then_there_is_one_version(
    process, lea, now
) -> None:
    by = {"actor": acting(lea), "at": now}
    with pytest.raises(InvalidData, match="the text for residents to comment on"):
        open_process(process, **by)
    set_text(process, "One.\n\nTwo.", **by)
    set_text(process, FIRST, **by)
    assert latest_version(process).number == 1 and latest_version(process).paragraphs.count() == 3
    assert Contribution.objects.filter(process=process).count() == 3
    assert open_process(process, **by).state == ProcessState.OPEN
    with pytest.raises(
        InvalidData,
        match=r"Describe what you changed, and why. Residents see this next to the text.",
    ):
        set_text(process, SECOND, **by)
    for wrong in ("", "Same.\n\nSame.", "x" * 3_001):
        with pytest.raises(InvalidData):
            set_text(process, wrong, note="Why", **by)
    with pytest.raises(NotAllowed):
        set_text(process, SECOND, note="Why", actor=acting(person("Otto Other")), at=now)


def test_a_resident_comments_a_paragraph_and_the_city_answers(plan, lea, now) -> None:
    client = Client()
    page = page_text(client, home(plan))
    assert "There are twenty benches." in page and "Your comment" not in page
    said = comment(plan, 2, "Forty, please.", client)
    assert said.parent == paragraph(plan, 2).thread and said.title.startswith("2. There are")
    assert "1 comment" in page_text(client, home(plan))
    assert said.participant.receipt in page_text(client, f"{home(plan)}mine/")
    # It is a contribution like all others: it waits for an answer.
    assert answering.unanswered(plan) == 1
    words = answering.AnswerData("partly", "Thirty fit.", "en")
    answering.answer(plan, [said], words, actor=acting(lea), at=now)
    assert answering.unanswered(plan) == 0
    assert "Thirty fit." in page_text(Client(), page_of(plan, paragraph(plan, 2)))
    results = page_text(Client(), f"{home(plan)}results/")
    assert "Forty, please." in results and "1 of 1 contribution has an answer." in results
    # The paragraphs themselves are no contributions of residents.
    assert "The text has not changed." in results


def test_who_wrote_is_told_that_a_person_reads_it_first(plan) -> None:
    Process.objects.filter(pk=plan.pk).update(is_strict=True)
    client = Client()
    comment(plan, 2, "Forty, please.", client)
    page = page_of(plan, paragraph(plan, 2))
    mine = page_text(client, page)
    assert "Your text is saved. A person reads it before others see it." in mine
    assert "No posts yet." not in mine
    assert "No posts yet." in page_text(Client(), page)


def test_the_changed_text_stands_beside_the_old_and_comments_stay(plan, lea, now) -> None:
    said = comment(plan, 1, "Longer, please.")
    gone = comment(plan, 3, "Why on a lead?")
    old = paragraph(plan, 3)
    made = set_text(plan, SECOND, note="As you asked.", actor=acting(lea), at=now)
    assert made.number == 2
    # It is the first paragraph still, and the second became the third.
    assert paragraph(plan, 1).thread == said.parent
    found = selectors.changes(*plan.plan_versions.order_by("number"))
    assert selectors.numbers_of(found) == {"changed": 1, "added": 1, "removed": 1}
    client = Client()
    page = client.get(f"{home(plan)}text/changes").content.decode()
    assert "<del>ten</del>" in page and "<ins>midnight</ins>" in page and "As you asked." in page
    assert "Longer, please." in page_text(client, page_of(plan, paragraph(plan, 1)))
    assert "Earlier versions of this paragraph" in page_text(
        client, page_of(plan, paragraph(plan, 1))
    )
    last = page_text(client, page_of(plan, old))
    assert "no longer in the text" in last and gone.post.text in last
    assert client.get(f"{home(plan)}text/changes?old=1&new=9").status_code == 404
    rows = list(csv.DictReader(io.StringIO(b"".join(client.get(f"{home(plan)}text.csv")).decode())))
    assert [(one["paragraph"], one["version"]) for one in rows] == [
        ("1", "2"), ("2", "2"), ("3", "2"), ("3", "1"),
    ]  # fmt: skip
    assert rows[0]["comment"] == "Longer, please." and rows[3]["comment"] == "Why on a lead?"


def test_after_it_has_closed_the_text_can_change_and_nothing_is_commented(plan, lea, now) -> None:
    Process.objects.filter(pk=plan.pk).update(state=ProcessState.CLOSED, closed_at=now)
    sent = Client().post(page_of(plan, paragraph(plan, 1)), {"text": "Late.", "language": "en"})
    assert sent.status_code == 422 and not Participant.objects.filter(contributions__gt=0).exists()
    assert set_text(plan, SECOND, note="Decided.", actor=acting(lea), at=now).number == 2


def test_comments_on_paper_are_typed_in_by_number(plan, lea) -> None:
    client = Client()
    client.force_login(lea)
    assert client.get(f"{home(plan)}enter").url == f"{home(plan)}text/paper"
    form = {
        "channel": "paper", "language": "sv", "texts-0-number": "2", "texts-0-text": "Fler.",
        "texts-1-number": "9", "texts-1-text": "Vad?",
    }  # fmt: skip
    refused = client.post(f"{home(plan)}text/paper", form)
    assert refused.status_code == 422 and "no paragraph 9" in refused.content.decode()
    assert not Participant.objects.exists()
    form["texts-1-number"] = "3"
    assert client.post(f"{home(plan)}text/paper", form).status_code == 302
    one = Participant.objects.get()
    assert one.channel == "paper" and one.contributions.count() == 2
    assert words_of(plan, is_form=True)["questions"][1]["text"] == "2. There are twenty benches."


def test_the_page_of_the_process_takes_no_text_beside_the_paragraphs(plan) -> None:
    sent = Client().post(home(plan), {"text": "More.", "language": "en"})
    assert sent.status_code == 422 and answering.unanswered(plan) == 0


def test_who_deletes_her_data_takes_her_comments_with_her(plan) -> None:
    client = Client()
    said = comment(plan, 2, "Forty, please.", client)
    file = json.loads(client.get(f"{home(plan)}mine/data.json").content)
    assert file["contributions"][0]["text"] == "Forty, please."
    own.delete(said.participant)
    assert not Contribution.objects.filter(pk=said.pk).exists()
    assert latest_version(plan).paragraphs.count() == 3


def test_a_plan_that_never_opened_can_be_given_up(process, lea, now) -> None:
    from alliance.participation.services.processes import drop

    set_text(process, FIRST, actor=acting(lea), at=now)
    drop(process, actor=acting(lea), at=now)
    assert not Process.objects.exists() and not Paragraph.objects.exists()


def test_the_team_sets_the_text_by_a_form(process, lea) -> None:
    client = Client()
    client.force_login(lea)
    sent = client.post(f"{home(process)}text", {"text": FIRST})
    assert sent.url == f"{home(process)}manage/"
    page = client.get(f"{home(process)}text").content.decode()
    assert "There are twenty benches.\n\nDogs" in page
    assert Client().get(f"{home(process)}text/changes").status_code == 404


def test_the_made_up_plan_says_that_it_is(plan, lea, now, monkeypatch) -> None:
    from alliance.config import demo_text

    monkeypatch.setattr(demo_text, "demo_team", lambda what, at: (plan.organisation, acting(lea)))
    made = demo_text.make_demo_text(at=now)
    assert demo_text.make_demo_text(at=now) == made and made.is_synthetic
    found = selectors.changes(*made.plan_versions.order_by("number"))
    assert selectors.numbers_of(found) == {"changed": 3, "added": 1, "removed": 0}
    assert answering.unanswered(made) == 5
