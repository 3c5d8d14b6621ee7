"""What votes say: worked out once they change, read from open files again, shown by the floor."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.analysis import opinion
from alliance.core.clock import CITY_TIME
from alliance.dialogues import selectors
from alliance.dialogues.models import Opinions, Vote
from alliance.dialogues.services import files
from alliance.dialogues.services.votes import vote
from alliance.participation.models import CensusCount
from alliance.participation.services.issuing import issue
from tests.factories.dialogues import make_people, make_statements, make_two_sides
from tests.factories.pages import page_text

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


def test_two_sides_are_shown_with_what_they_share_and_nobody_is_named(process, now) -> None:
    statements, voters = make_two_sides(process)
    issue(process, at=now)

    found = selectors.standing(process)
    assert [group.size for group in found.groups] == [20, 20]
    assert found.agreed[0].statement == statements[0]
    assert found.agreed[0].agree == 1
    assert statements[0] not in [line.statement for line in found.divisive]
    for line in found.divisive:
        (_, first), (_, second) = line.by_group
        assert abs(first.agree - second.agree) > 0.5
    kept = repr(found.opinions.result)
    assert not any(voter.public_id in kept or voter.receipt in kept for voter in voters)
    assert "membership" not in kept


def test_who_voted_and_is_in_no_group_is_counted_in_words(process, now, client) -> None:
    statements, _voters = make_two_sides(process)
    for one in make_people(process, 3):
        Vote.objects.create(participant=one, statement=statements[0], value=1, at=now)
    issue(process, at=now)
    assert selectors.standing(process).n_apart == 3
    said = page_text(client, f"/en/take-part/{process.public_id}/results/")
    assert "3 people voted on too few statements to be in a group." in said
    # By the clock of the cities, an hour before that of the server.
    assert (
        f"{now.astimezone(CITY_TIME):%H:%M}. We publish new figures" in said
        and f"{now:%H:%M} UTC" not in said
    )


def test_a_statement_that_is_hidden_is_in_no_list_at_once(process, now) -> None:
    statements, _voters = make_two_sides(process)
    issue(process, at=now)
    statements[1].post.hidden_at = now
    statements[1].post.hidden_because = "An insult."
    statements[1].post.save()
    assert statements[1] not in [line.statement for line in selectors.standing(process).lines]
    every, some = selectors.standing(process), selectors.standing(process, most=2)
    assert (some.lines, some.n_more) == (every.lines[:2], len(every.lines) - 2)
    assert (some.agreed, some.divisive, some.groups) == (every.agreed, every.divisive, every.groups)
    assert "Statement 1" not in b"".join(files.statements_lines(process)).decode().split("\r\n")


def test_results_weighted_to_the_census_stand_beside_the_raw_ones(process, now, client) -> None:
    statements, voters = make_two_sides(process, people=80)
    for trait, n in (("woman", 500), ("man", 500)):
        CensusCount.objects.create(process=process, trait="sex", category=trait, people=n)
    # Voters at odd places agree: 20 of them are women, as all at even places are.
    women = [one.pk for one in voters[::2]] + [one.pk for one in voters[1:40:2]]
    process.participants.filter(pk__in=women).update(sex="woman")
    process.participants.exclude(pk__in=women).update(sex="man")
    Vote.objects.all().delete()
    Vote.objects.bulk_create(
        Vote(participant=one, statement=statements[0], value=1 if place % 2 else -1, at=now)
        for place, one in enumerate(voters)
    )
    issue(process, at=now)
    found = selectors.standing(process)
    (line,) = [one for one in found.lines if one.statement == statements[0]]
    # 20 of 60 women and all of 20 men agree: as many men as women would make it two thirds.
    # Rounded: finer, it would tell how many women agree.
    assert (line.agree, line.weighted[0]) == (0.5, 0.7)
    assert (found.weighted["n"], found.weighted["effective_n"]) == (80, 60)
    page = client.get(f"/en/take-part/{process.public_id}/results/").content.decode()
    assert "Agree, weighted" in page and "70 %" in page.replace("\xa0", " ")

    # Who says who she is changes the weights, and nothing else.
    process.participants.filter(pk__in=women[:55]).update(sex="")
    issue(process, at=now)
    assert selectors.standing(process).weighted == {}


def test_results_of_fewer_than_ten_people_are_not_shown(process, now) -> None:
    make_two_sides(process, people=9)
    issue(process, at=now)
    assert selectors.standing(process) is None
    with pytest.raises(LookupError):
        files.votes_lines(process)


def test_the_open_file_gives_the_same_result_and_no_moment_of_a_vote(process, now) -> None:
    make_two_sides(process, at=now + dt.timedelta(minutes=17, seconds=3))
    issue(process, at=now)
    votes = b"".join(files.votes_lines(process)).decode()
    comments = b"".join(files.statements_lines(process)).decode()

    listed = opinion.comments_from_csv(comments.encode())
    again = opinion.report(
        opinion.analyse(opinion.votes_from_csv(votes.encode(), comments=listed), resamples=20)
    )
    kept = Opinions.objects.get().result
    assert kept.pop("important") == {}
    assert {key: again[key] for key in kept} == kept
    moment = str(int(now.timestamp()) * 1_000)
    assert {line.split(",")[0] for line in votes.splitlines()[1:]} == {moment}
    participants = process.participants.values_list("public_id", "receipt", "token_digest")
    assert not any(str(value) in votes for row in participants for value in row)


def test_new_statements_come_first_and_none_comes_twice(process, now) -> None:
    statements, voters = make_two_sides(process)
    issue(process, at=now)
    (new,) = make_statements(process, ["Something new."])
    (ann,) = make_people(process, 1)

    seen = []
    while (turn := selectors.next_statement_for(process, ann)).statement is not None:
        assert turn.number == len(seen) + 1
        seen.append(turn.statement)
        vote(ann, turn.statement.public_id, value="pass", at=now)
    assert sorted(one.pk for one in seen) == sorted(one.pk for one in [*statements, new])
    assert (turn.n_voted, turn.n_all) == (11, 11)
    assert selectors.next_statement_for(process, voters[0]).statement == new
    assert Vote.objects.filter(participant=ann).count() == 11


def test_a_formula_is_text_in_the_open_file(process, now) -> None:
    make_statements(process, ["=HYPERLINK(1)", "Hid🚲e, שלום"])
    issue(process, at=now)
    lines = b"".join(files.statements_lines(process)).decode()
    assert ",'=HYPERLINK(1)," in lines
    assert '"Hid🚲e, שלום"' in lines
