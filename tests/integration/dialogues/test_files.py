"""A dialogue that was held elsewhere is taken over from its open files, all or nothing."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData, NotAllowed
from alliance.dialogues.models import Vote
from alliance.dialogues.services import files
from alliance.network.models import Post
from alliance.participation.enums import ProcessState
from alliance.participation.models import Contribution, Participant
from alliance.participation.services.issuing import issue
from tests.factories.dialogues import make_two_sides
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person

pytestmark = pytest.mark.django_db

COMMENTS = b"comment-id,comment-body,moderated\n0,Slow down.,1\n1,Sell it all.,-1\n2,Trees.,0\n"
VOTES = b"timestamp,comment-id,voter-id,vote\n1,0,a,1\n2,1,a,1\n3,0,b,-1\n4,0,b,1\n5,2,b,0\n"


@pytest.fixture
def draft(process):
    return make_process(process.organisation, state=ProcessState.DRAFT)


@pytest.fixture
def editor(process):
    elin = person("Elin")
    join(elin, process.organisation)
    return elin


def test_last_votes_on_statements_that_were_not_rejected_are_taken(draft, editor, now) -> None:
    assert files.import_dialogue(draft, VOTES, COMMENTS, actor=acting(editor), at=now) == 3
    assert [one.post.text for one in draft.contributions.order_by("pk")] == ["Slow down.", "Trees."]
    assert sorted(Vote.objects.values_list("value", flat=True)) == [0, 1, 1]
    assert draft.participants.count() == 2
    # Nobody said who wrote them: not the city.
    assert set(draft.contributions.values_list("author", flat=True)) == {"resident"}
    with pytest.raises(InvalidData, match=r"You can import a dialogue only once, before it opens."):
        files.import_dialogue(draft, VOTES, COMMENTS, actor=acting(editor), at=now)


def test_what_one_dialogue_gives_out_another_takes_in(process, draft, editor, now) -> None:
    made, _voters = make_two_sides(process)
    Post.objects.filter(pk=made[0].pk).update(language="fr")
    Post.objects.filter(pk=made[1].pk).update(text="-1 or +1 lane?")
    issue(process, at=now)
    votes = b"".join(files.votes_lines(process))
    statements = b"".join(files.statements_lines(process))
    files.import_dialogue(draft, votes, statements, actor=acting(editor), at=now)

    issue(draft, at=now)
    first, again = (one.opinions.result for one in (process, draft))
    assert again["votes"] == first["votes"] == 400
    assert set(draft.contributions.values_list("author", flat=True)) == {"official"}
    assert draft.contributions.filter(post__language="fr").count() == 1
    assert b",'-1 or +1 lane?," in statements, "a spreadsheet runs nothing"
    assert draft.contributions.filter(post__text="-1 or +1 lane?").count() == 1
    assert [group["size"] for group in again["groups"]] == [20, 20]
    assert sorted(one["agree"] for one in again["statements"]) == sorted(
        one["agree"] for one in first["statements"]
    )


@pytest.mark.parametrize(
    ("votes", "comments", "said"),
    [
        (VOTES + b"6,2,b,5\n", COMMENTS, "vote: enter 1, 0 or -1."),
        (VOTES, COMMENTS.replace(b"-1", b"9"), "Row 3, column moderated"),
        (VOTES, COMMENTS.replace(b"Trees.", b"x" * 141), "2 needs a text of at most 140"),
        (VOTES + b"6,7,b,1\n", COMMENTS, "7 needs a text of at most 140"),
        (b"", COMMENTS, "The file has no rows"),
        (b"\xff", COMMENTS, "is not in UTF-8"),
    ],
)
def test_a_fault_takes_nothing_over(draft, editor, now, votes, comments, said: str) -> None:
    with pytest.raises(InvalidData, match=said):
        files.import_dialogue(draft, votes, comments, actor=acting(editor), at=now)
    assert not Vote.objects.exists()
    assert not Contribution.objects.exists()
    assert not Participant.objects.exists()


def test_thousands_of_statements_are_taken_over_in_a_few_questions(
    draft, editor, now, django_assert_max_num_queries
) -> None:
    n = 2_000
    comments = "comment-id,comment-body,moderated\n"
    comments += "".join(f"{one},Statement {one % (n - 1)}.,1\n" for one in range(n))
    votes = "timestamp,comment-id,voter-id,vote\n"
    votes += "".join(f"{one},{one},{one % 7},1\n" for one in range(n))
    with django_assert_max_num_queries(n // 10):
        files.import_dialogue(
            draft, votes.encode(), comments.encode(), actor=acting(editor), at=now
        )
    rows = draft.contributions.order_by("pk").values_list("number", "post__text")
    # The last one says the same as the first.
    assert list(rows) == [(one + 1, f"Statement {one}.") for one in range(n - 1)]
    assert Vote.objects.count() == n - 1


def test_others_take_nothing_over(draft, now) -> None:
    for actor in (acting(person("Ben")), COMMAND_LINE):
        with pytest.raises(NotAllowed):
            files.import_dialogue(draft, VOTES, COMMENTS, actor=actor, at=now)


def test_files_are_sent_by_a_form(client, draft, editor) -> None:
    client.force_login(editor)
    address = f"/en/take-part/{draft.public_id}/take-over"
    assert "Import a dialogue from files" in client.get(address).content.decode()
    sent = {
        "votes": SimpleUploadedFile("votes.csv", VOTES),
        "comments": SimpleUploadedFile("comments.csv", COMMENTS),
    }
    answer = client.post(address, sent, follow=True)
    assert "3 votes imported." in answer.content.decode()
    bad = {**sent, "votes": SimpleUploadedFile("votes.csv", b"a,b\n1,2\n")}
    sent["comments"].seek(0)
    assert "A column is missing" in client.post(address, bad).content.decode()
