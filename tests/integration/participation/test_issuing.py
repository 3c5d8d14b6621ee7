"""What a process publishes comes in batches: no two looks tell what one person said."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from alliance.budgeting.services.cutting import cut_off
from alliance.core import clock
from alliance.dialogues.models import OpenFiles, Vote
from alliance.dialogues.services.opinions import ISSUING
from alliance.participation.enums import ProcessKind
from alliance.participation.models import CensusCount, Participant, Process
from alliance.participation.panels import panels
from alliance.participation.services import issuing, own, processes
from alliance.participation.services.issuing import issue, issue_due
from tests.factories.budgets import make_ballots, make_budget
from tests.factories.dialogues import make_people, make_statements
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import team
from tests.factories.surveys import OFTEN, fill, make_survey

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, now: dt.datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    # Statements are drawn by chance.
    monkeypatch.setattr("alliance.dialogues.selectors.secrets.randbelow", lambda most: 0)


@pytest.fixture
def dialogue(db: None) -> Process:
    lay_ground()
    process = make_process(team("lund"))
    make_statements(process, ["Slow down.", "More trees.", "More parking."])
    return process


def votes(process: Process, n: int, value: int, at: dt.datetime, **traits: str) -> None:
    """`n` people who say the same to all statements."""
    people = make_people(process, n, at=at)
    Participant.objects.filter(pk__in=[one.pk for one in people]).update(**traits)
    Vote.objects.bulk_create(
        Vote(participant=one, statement=statement, value=value, at=at)
        for one in people
        for statement in process.contributions.filter(kind="statement")
    )


def looks(process: Process) -> dict[str, str]:
    """All that anybody can open of what people did in a process."""
    page, api = f"/en/take-part/{process.public_id}/", f"/api/v1/processes/{process.public_id}"
    client, seen = Client(), {}
    for path in (
        page, f"{page}results/", f"{page}evaluation/", f"{page}votes.csv", f"{page}statements.csv",
        f"{page}survey.csv", f"{page}survey/crossed.csv?rows={OFTEN.key}&columns=sex", api,
        f"{api}/participation", f"{api}/opinions", f"{api}/statements", f"{api}/answers",
        f"{api}/contributions", f"/en/cities/{process.city.public_id}/leaders/",
    ):  # fmt: skip
        answer = client.get(path)
        content = b"".join(answer) if answer.streaming else answer.content
        is_page = path.startswith("/en/") and not path.partition("?")[0].endswith(".csv")
        seen[path] = page_text(client, path) if is_page else content.decode()
    return seen


def rows_of(process: Process, name: str) -> list[dict[str, str]]:
    answer = Client().get(f"/en/take-part/{process.public_id}/{name}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode())))


def close(process: Process, at: dt.datetime) -> None:
    process.phases.update(closes_at=at)
    processes.close_due(at=at)


def test_no_answer_is_seen_before_a_batch_is_full(dialogue, now) -> None:
    """The two looks: before somebody votes and after. Nothing that anybody can open differs."""
    votes(dialogue, 20, 1, now, sex="woman")
    assert issue_due(at=now) == 1
    before = looks(dialogue)
    votes(dialogue, 1, -1, now + HOUR, sex="man")
    votes(dialogue, 8, -1, now + 2 * HOUR, sex="man")
    assert issue_due(at=now + 3 * HOUR) == 0
    assert looks(dialogue) == before
    # The tenth completes a batch, which is that of the people who were held back.
    votes(dialogue, 1, -1, now + 3 * HOUR)
    assert issue_due(at=now + 3 * HOUR) == 1
    assert looks(dialogue) != before
    assert {row["vote"] for row in rows_of(dialogue, "votes")} == {"1"}


def test_a_survey_and_supports_do_not_follow_each_answer(now) -> None:
    lay_ground()
    survey = make_survey(team("lund"), (OFTEN,))
    version = survey.survey_versions.get()
    fill(version, {OFTEN.key: 0}, 30, sex="woman")
    proposals = make_process(team("lund"), kind=ProcessKind.PROPOSALS)
    (bench,) = make_statements(proposals, ["A bench."])
    proposals.contributions.update(kind="proposal", title="Bench")
    for one in make_people(proposals, 20):
        bench.supports.create(participant=one, at=now)
    assert issue_due(at=now) == 2
    before = looks(survey), looks(proposals)
    assert "10 supporters" in before[1][f"/en/take-part/{proposals.public_id}/results/"]
    fill(version, {OFTEN.key: 1}, 1, sex="man")
    (ann,) = make_people(proposals, 1)
    bench.supports.create(participant=ann, at=now)
    assert issue_due(at=now + HOUR) == 0
    assert (looks(survey), looks(proposals)) == before


def test_few_supporters_and_few_to_whom_it_is_important_are_not_told(now) -> None:
    lay_ground()
    proposals = make_process(team("lund"), kind=ProcessKind.PROPOSALS)
    bench, tree, pond = make_statements(proposals, ["A bench.", "A tree.", "A pond."])
    proposals.contributions.update(kind="proposal", title="Idea")
    people = make_people(proposals, 40)
    for number, one in enumerate(people):
        bench.supports.create(participant=one, at=now)
        if number < 9:
            tree.supports.create(participant=one, at=now)
    assert issue_due(at=now) == 1
    api = "/api/v1/contributions/{}"
    told = [
        Client().get(api.format(one.public_id)).json()["supports"] for one in (bench, tree, pond)
    ]
    assert told == [30, None, 0]
    page = f"/en/take-part/{proposals.public_id}/results/"
    assert "30 supporters" in (said := page_text(Client(), page)) and "9 supporters" not in said
    assert said.index("A bench.") < said.index("A tree.") < said.index("A pond.")
    # A support that comes is told once there are enough.
    tree.supports.create(participant=people[9], at=now)
    close(proposals, now)
    assert issue_due(at=now + HOUR) == 1
    assert Client().get(api.format(tree.public_id)).json()["supports"] == 10


@pytest.mark.parametrize(("n", "is_told"), [(1, False), (9, False), (10, True)])
def test_to_how_many_it_is_important_is_no_small_count(dialogue, now, n: int, is_told) -> None:
    votes(dialogue, 30, 1, now)
    statement = dialogue.contributions.first()
    keys = Vote.objects.filter(statement=statement).order_by("participant").values("pk")[:n]
    Vote.objects.filter(pk__in=keys).update(is_important=True)
    issue_due(at=now)
    said = page_text(Client(), f"/en/take-part/{dialogue.public_id}/results/")
    assert ("important to" in said) == is_told


@pytest.mark.parametrize("n", [3, 9, 10, 11, 19, 20, 21, 29, 30, 35])
def test_every_two_issues_differ_by_ten_people_and_the_last_holds_all(
    dialogue, now, n: int
) -> None:
    sizes = [0]
    for hour in range(n):
        votes(dialogue, 1, 1, now + hour * HOUR)
        if issue_due(at=now + hour * HOUR):
            sizes.append(Process.objects.get().issue.people)
    close(dialogue, now + n * HOUR)
    last = issue_due(at=now + n * HOUR, closed_only=True)
    assert last == (n >= 10)
    if last:
        sizes.append(Process.objects.get().issue.people)
        assert sizes[-1] == n == len({row["voter-id"] for row in rows_of(dialogue, "votes")})
    assert all(after - before >= 10 for before, after in pairwise(sizes))
    said = page_text(Client(), f"/en/take-part/{dialogue.public_id}/results/")
    assert ("Fewer than 10 people took part" in said) == (n < 10)
    assert ("These are the final figures." in said) == (n >= 10)
    # Once more there is nothing to issue.
    assert issue_due(at=now + 2 * n * HOUR) == 0


def test_before_the_first_issue_everything_says_what_brings_it(dialogue, now) -> None:
    votes(dialogue, 19, 1, now)
    assert issue_due(at=now) == 0
    home = f"/en/take-part/{dialogue.public_id}/"
    for path in (home, f"{home}results/"):
        said = page_text(Client(), path)
        assert "We publish figures once 20 people have taken part" in said and "19" not in said
    for name in ("votes", "statements"):
        answer = Client().get(f"{home}{name}.csv")
        assert answer.status_code == 404 and b"once 20 people" in answer.content
    whole = Client().get(f"/api/v1/processes/{dialogue.public_id}").json()
    assert (whole["issued_at"], whole["participants"], whole["by_hand"]) == (None, None, None)


def test_issues_are_an_hour_apart_also_where_the_clock_is_set_back(dialogue, now) -> None:
    votes(dialogue, 20, 1, now)
    assert issue_due(at=now) == 1
    votes(dialogue, 10, 1, now)
    assert issue_due(at=now + HOUR - dt.timedelta(seconds=1)) == 0
    back = now - dt.timedelta(minutes=30)
    assert issue_due(at=back) == 0
    # A clock that ran a year ahead holds nobody up; at closing none counts.
    assert issue_due(at=now - 365 * DAY) == 1
    close(dialogue, now)
    assert issue_due(at=now - 365 * DAY, closed_only=True) == 1
    assert dialogue.participants.filter(is_issued=False).count() == 0


def test_ids_are_others_in_each_file_and_in_each_issue(dialogue, now) -> None:
    votes(dialogue, 30, 1, now)
    authors = dialogue.participants.order_by("pk")[:3]
    for one, person in zip(dialogue.contributions.all(), authors, strict=True):
        one.participant, one.author = person, "resident"
        one.save()
    issue_due(at=now)
    seen: list[set[str]] = []
    for _look in range(2):
        voters = [row["voter-id"] for row in rows_of(dialogue, "votes")]
        seen += [set(voters), {row["author-id"] for row in rows_of(dialogue, "statements")}]
        # In the order of random ids, and all of one time: that of the issue.
        assert voters == sorted(voters)
        votes(dialogue, 10, 1, now)
        issue_due(at=now + HOUR)
    assert len(set().union(*seen)) == sum(map(len, seen))
    times = {
        row["timestamp"] for name in ("votes", "statements") for row in rows_of(dialogue, name)
    }
    issued_at = Process.objects.get().issue.issued_at
    assert times == {str(int(issued_at.timestamp()) * 1_000)}


def test_pages_never_run_ahead_of_files_nor_files_of_pages(dialogue, now) -> None:
    votes(dialogue, 40, 1, now)
    issue_due(at=now)
    Vote.objects.update(value=-1)
    votes(dialogue, 5, 0, now)
    statement = rows_of(dialogue, "statements")[0]
    found = Client().get(f"/api/v1/processes/{dialogue.public_id}/opinions").json()
    counted = Client().get(f"/api/v1/processes/{dialogue.public_id}/statements").json()["items"]
    n = Counter(row["comment-id"] for row in rows_of(dialogue, "votes"))
    for one in counted:
        assert (one["agree"], one["disagree"], one["passed"]) == (30, 0, 0)
        assert n[one["id"]] == 30 and one["issued_at"] == found["issued_at"]
    assert (statement["agrees"], statement["disagrees"], found["n"]) == ("30", "0", 30)


def file_votes(process: Process) -> Counter[tuple[tuple[str, str], ...]]:
    """How many people of the file said what: who compares files goes by that."""
    by_voter: dict[str, list[tuple[str, str]]] = {}
    for row in rows_of(process, "votes"):
        by_voter.setdefault(row["voter-id"], []).append((row["comment-id"], row["vote"]))
    return Counter(tuple(sorted(one)) for one in by_voter.values())


def test_who_deletes_her_data_leaves_the_file_at_once_among_ten(dialogue, now) -> None:
    votes(dialogue, 1, -1, now)
    ann = Participant.objects.get()
    votes(dialogue, 39, 1, now)
    issue_due(at=now)
    first = file_votes(dialogue)
    own.delete(ann)
    second = file_votes(dialogue)
    # Her row is gone, and nobody sees which of the ten was hers.
    assert sum((first - second).values()) == 10 and not second - first
    assert not any(vote == "-1" for person in second for _statement, vote in person)
    # The others stay out of the next issue, where they would be known by coming back; they count.
    votes(dialogue, 10, 1, now)
    assert issue_due(at=now + HOUR) == 1
    third = file_votes(dialogue)
    assert sum(third.values()) == 20 - 1 + 10 + 10 - 9 == sum(second.values()) + 10
    assert Process.objects.get().issue.people == 39
    # Who was left out already takes nobody along.
    out = OpenFiles.objects.get().left_out
    assert len(out) == 9
    own.delete(Participant.objects.get(pk=out[0]))
    assert file_votes(dialogue) == third


def test_many_who_delete_their_data_take_few_others_out_of_the_file(dialogue, now) -> None:
    """Who deletes voters one by one does not take the file away; each of them leaves it."""
    votes(dialogue, 8, -1, now)
    votes(dialogue, 5, 0, now)
    votes(dialogue, 47, 1, now)
    issue_due(at=now)
    first = OpenFiles.objects.get().people.keys()
    leaving = list(dialogue.participants.order_by("pk"))[:8]
    sizes = []
    for one in leaving:
        own.delete(one)
        sizes.append(sum(file_votes(dialogue).values()))
    assert len(first) == 50 and sizes == [40] * 8
    assert not {str(one.pk) for one in leaving} & OpenFiles.objects.get().people.keys()
    # With the next issue those who still wait are out of it, among ten.
    votes(dialogue, 10, 1, now)
    assert issue_due(at=now + HOUR) == 1
    assert len(first - OpenFiles.objects.get().people.keys()) == 20
    assert not any(row["vote"] == "-1" for row in rows_of(dialogue, "votes"))


def test_those_who_delete_their_data_leave_the_file_in_tens(dialogue, now) -> None:
    votes(dialogue, 60, 1, now)
    close(dialogue, now)
    issue_due(at=now, closed_only=True)
    sizes = []
    while len(sizes) < 11:
        files = OpenFiles.objects.get()
        own.delete(Participant.objects.get(pk=min(map(int, files.people))))
        sizes.append(sum(file_votes(dialogue).values()))
    assert sizes == [50] * 10 + [40]
    assert (OpenFiles.objects.get().leaving, OpenFiles.objects.get().n_people) == ([], 40)


def test_of_a_person_who_goes_while_an_issue_is_made_nothing_is_published(
    dialogue, now, monkeypatch
) -> None:
    votes(dialogue, 25, 1, now)

    def work_out(process: Process, material: Any, at: dt.datetime) -> Any:
        own.delete(Participant.objects.first())
        return ISSUING.work_out(process, material, at)

    panel = replace(panels()["dialogue"], issuing=replace(ISSUING, work_out=work_out))
    monkeypatch.setattr(issuing, "panels", lambda: {"dialogue": panel})
    assert issue(dialogue, at=now) is None
    assert not OpenFiles.objects.exists() and Process.objects.get().last_issue is None


def test_forms_on_paper_are_waited_for_and_are_of_the_last_batch(dialogue, now) -> None:
    votes(dialogue, 24, 1, now)
    votes(dialogue, 1, 1, now, channel="paper")
    close(dialogue, now)
    # More may be typed in: the last ten are held back still.
    assert issue_due(at=now, closed_only=True) == 1
    assert Process.objects.get().issue.people == 15
    said = page_text(Client(), f"/en/take-part/{dialogue.public_id}/results/")
    assert ", once the paper forms have been entered." in said
    votes(dialogue, 1, -1, now + DAY, channel="paper")
    assert issue_due(at=now + DAY) == 0
    assert issue_due(at=now + 15 * DAY) == 1
    assert Process.objects.get().issue.people == 26


def test_a_few_who_come_after_the_last_issue_are_left_out_and_the_page_says_so(
    dialogue, now
) -> None:
    votes(dialogue, 12, 1, now)
    close(dialogue, now)
    assert issue_due(at=now, closed_only=True) == 1
    before = looks(dialogue)
    votes(dialogue, 1, -1, now + DAY, channel="paper")
    assert issue_due(at=now + DAY) == 0 and issue_due(at=now + 20 * DAY) == 0
    after = looks(dialogue)
    assert [path for path in before if before[path] != after[path]] == [
        path for path in before if "These are the final figures." in before[path]
    ]
    assert (
        rows_of(dialogue, "votes")
        and "-1" not in after[f"/en/take-part/{dialogue.public_id}/votes.csv"]
    )


def test_a_census_that_comes_after_closing_weights_the_same_people(dialogue, now) -> None:
    votes(dialogue, 60, 1, now, sex="woman")
    votes(dialogue, 60, -1, now, sex="man")
    close(dialogue, now)
    issue_due(at=now, closed_only=True)
    CensusCount.objects.create(process=dialogue, trait="sex", category="woman", people=750)
    CensusCount.objects.create(process=dialogue, trait="sex", category="man", people=250)
    assert issue_due(at=now + HOUR) == 0
    issuing.outdate(dialogue)
    # Of a few who came after the last issue nothing is published with it.
    votes(dialogue, 1, -1, now + HOUR, channel="paper", sex="man")
    counts = Process.objects.get().issue.counts
    assert issue_due(at=now + HOUR) == 1 and issue_due(at=now + 2 * HOUR) == 0
    assert Process.objects.get().issue.counts == counts
    # Somebody who came too late for a batch is not brought in alone by another census.
    votes(dialogue, 1, -1, now, channel="paper")
    issuing.outdate(dialogue)
    assert issue_due(at=now + 20 * DAY) == 1
    assert Process.objects.get().issue.people == 120
    found = Client().get(f"/api/v1/processes/{dialogue.public_id}/opinions").json()
    assert found["weights"]["traits"] == ["sex"] and found["statements"][0]["weighted"][0] > 0.7


def test_who_asked_for_the_link_of_a_vote_alone_has_not_taken_part(now, monkeypatch) -> None:
    """One person with many addresses does not fill a batch."""
    lay_ground()
    process = make_process(team("lund"), kind=ProcessKind.BUDGET)
    budget = make_budget(process, voters="email")
    for number in range(20):
        client, email = Client(REMOTE_ADDR=f"192.0.2.{number}"), f"{number}@example.org"
        sent = client.post(f"/en/take-part/{process.public_id}/ballot/email", {"email": email})
        assert sent.status_code == 302
    assert process.participants.count() == 20 and issue_due(at=now) == 0
    make_ballots(budget, [{"Trees": 1}] * 20)
    assert issue_due(at=now) == 1
    # Also once nothing leads from them to their ballots.
    assert process.participants.took_part().count() == 20
    cut_off(process)
    assert process.participants.took_part().count() == 20


def by_cookie(participant: Participant) -> Client:
    """The browser of somebody who took part without an account."""
    client = Client()
    client.post("/en/take-part/receipt", {"receipt": participant.receipt})
    return client


def test_what_is_said_after_closing_is_in_no_file(now, monkeypatch) -> None:
    """The two looks at `crossed.csv`, before a census comes and after."""
    lay_ground()
    survey = make_survey(team("lund"), (OFTEN,))
    version = survey.survey_versions.get()
    for answer in (0, 1, 2):
        fill(version, {OFTEN.key: answer}, 20, sex="woman")
        fill(version, {OFTEN.key: answer}, 20)
    silent = survey.participants.filter(sex="").first()
    client = by_cookie(silent)
    mine = f"/en/take-part/{survey.public_id}/mine/"
    assert "About you" in client.get(mine).content.decode()
    assert client.post(mine, {"sex": "man"}).status_code == 302
    assert client.post(mine, {"sex": ""}).status_code == 302
    close(survey, now)
    issue_due(at=now, closed_only=True)
    before = looks(survey)
    assert "About you" not in client.get(mine).content.decode()
    assert client.post(mine, {"sex": "woman"}).status_code == 422
    assert not survey.participants.get(pk=silent.pk).sex
    CensusCount.objects.create(process=survey, trait="sex", category="woman", people=600)
    CensusCount.objects.create(process=survey, trait="sex", category="man", people=600)
    issuing.outdate(survey)
    assert issue_due(at=now + HOUR) == 1
    (crossed,) = (path for path in before if "crossed" in path)
    without_time = [
        [line.rpartition(",")[0] for line in seen[crossed].splitlines()]
        for seen in (before, looks(survey))
    ]
    assert without_time[0] == without_time[1] != []


def test_a_census_renews_only_what_was_issued_after_closing(now) -> None:
    """Else an answer that was changed meanwhile would show alone."""
    lay_ground()
    survey = make_survey(team("lund"), (OFTEN,))
    fill(survey.survey_versions.get(), {OFTEN.key: 0}, 20)
    assert issue_due(at=now - HOUR) == 1
    for one in survey.participants.filter(is_issued=False)[:5]:
        own.delete(one)
    close(survey, now)
    issuing.outdate(survey)
    assert issue_due(at=now + HOUR) == 0
