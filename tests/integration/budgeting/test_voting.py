"""Ballots: by code, address or account, online and on paper; each once, and what is refused."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from functools import partial

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test import Client

from alliance.budgeting.models import Ballot, BallotEntry, VoterCode
from alliance.budgeting.services import counting, voting
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.participation.models import Participant, Process
from tests.factories.budgets import make_budget, make_code
from tests.factories.pages import page_text
from tests.factories.people import acting, person

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
DAY = dt.timedelta(days=1)


def said(budget, **values: int) -> dict[str, int]:
    ids = {one.title: one.public_id for one in budget.projects.all()}
    return {ids[title]: value for title, value in values.items()}


def somebody(process, now, **columns) -> Participant:
    return Participant.objects.create(process=process, language="en", made_at=now, **columns)


def codes_of(error: pytest.ExceptionInfo[InvalidData]) -> list[str]:
    return [one.code for one in error.value.faults]


def test_a_code_gives_one_ballot_online_or_on_paper(process, budget, lea, now) -> None:
    code = make_code(process)
    before = AuditEvent.objects.count()
    ballot = voting.cast(
        process, somebody(process, now), said(budget, Trees=1, Lamps=1), code=code, at=now
    )
    assert AuditEvent.objects.count() == before
    assert sorted(ballot.entries.values_list("project__title", flat=True)) == ["Lamps", "Trees"]
    with pytest.raises(InvalidData) as error:
        voting.cast(process, somebody(process, now), said(budget, Trees=1), code=code, at=now)
    assert codes_of(error) == ["ballot-given"]
    paper = {"channel": "paper", "actor": acting(lea), "at": now}
    with pytest.raises(InvalidData) as error:
        voting.enter_ballot(process, said(budget, Trees=1), code=code, **paper)
    assert codes_of(error) == ["ballot-given"]
    # Nobody took part by a ballot that was refused.
    assert Participant.objects.count() == 2
    assert Ballot.objects.count() == 1


def test_a_code_that_was_used_on_paper_is_dead_online(process, budget, lea, now) -> None:
    code = make_code(process)
    before = AuditEvent.objects.count()
    typed = f"{code[:4].upper()}-{code[4:8]} {code[8:]}"
    entered = voting.enter_ballot(
        process, said(budget, Benches=1), code=typed, channel="paper", actor=acting(lea), at=now
    )
    assert (entered.ballot.channel, entered.entered_by) == ("paper", lea)
    assert AuditEvent.objects.count() == before
    with pytest.raises(InvalidData) as error:
        voting.check(process, said(budget, Trees=1), code=code, address="", user=None, at=now)
    assert codes_of(error) == ["ballot-given"]
    with pytest.raises(InvalidData) as error:
        voting.cast(process, somebody(process, now), said(budget, Trees=1), code=code, at=now)
    assert codes_of(error) == ["ballot-given"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_with_one_code_one_votes(process, budget, lea, now) -> None:
    code = make_code(process)
    people = [somebody(process, now) for _who in range(6)]
    together = threading.Barrier(len(people) + 2, timeout=60)
    given: list[object] = []
    refused: list[str] = []

    def at_once(give: Callable[[], object]) -> None:
        try:
            together.wait()
            given.append(give())
        except InvalidData as error:
            refused.extend(one.code for one in error.faults)
        finally:
            connection.close()

    ballot = said(budget, Trees=1)
    paper = {"code": code, "channel": "paper", "actor": acting(lea), "at": now}
    gives = [partial(voting.cast, process, one, ballot, code=code, at=now) for one in people]
    gives += [partial(voting.enter_ballot, process, ballot, **paper)] * 2
    threads = [threading.Thread(target=at_once, args=(one,)) for one in gives]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(given), refused) == (1, ["ballot-given"] * 7)
    assert Ballot.objects.count() == 1
    # On paper nobody took part by a ballot that was refused.
    assert Participant.objects.filter(ballot=None).exclude(channel="online").count() == 0


def test_a_ballot_is_changed_without_the_code_until_voting_ends(process, budget, now) -> None:
    somebody_ = somebody(process, now)
    first = voting.cast(process, somebody_, said(budget, Trees=1), code=make_code(process), at=now)
    again = voting.cast(process, somebody_, said(budget, Lamps=1), at=now + DAY)
    assert (again.pk, again.public_id) == (first.pk, first.public_id)
    assert BallotEntry.objects.get().project.title == "Lamps"
    with pytest.raises(InvalidData) as error:
        voting.cast(process, somebody_, said(budget, Trees=1), at=now + 14 * DAY)
    assert codes_of(error) == ["ballots-not-now"]
    assert BallotEntry.objects.get().project.title == "Lamps"


@pytest.mark.parametrize(
    ("columns", "values", "code", "words"),
    [
        ({}, {}, "ballot-empty", "at least one"),
        ({"most_projects": 1}, {"Trees": 1, "Lamps": 1}, "ballot-too-long", "at most 1"),
        (
            {"fits_budget": True},
            {"Trees": 1, "Lamps": 1, "Benches": 1},
            "ballot-over-budget",
            "Trees, Lamps, Benches",
        ),
        (
            {"ballot": "cumulative", "points": 5},
            {"Trees": 4, "Lamps": 3},
            "points-over",
            "2 more than the 5",
        ),
        ({"ballot": "cumulative", "points": 5}, {"Trees": -4}, "value-below-1", "from 1"),
        ({"ballot": "ordinal"}, {"Trees": 1, "Lamps": 3}, "places-wrong", "from 1 to 2"),
        ({"ballot": "ordinal"}, {"Trees": 2, "Lamps": 2}, "places-wrong", "from 1 to 2"),
    ],
)
def test_what_is_not_allowed_is_refused_and_named(
    process, now, columns, values, code, words
) -> None:
    budget = make_budget(process, **columns)
    with pytest.raises(InvalidData) as error:
        voting.cast(
            process, somebody(process, now), said(budget, **values), code=make_code(process), at=now
        )
    assert codes_of(error) == [code]
    assert words in error.value.faults[0].rule
    assert not Ballot.objects.exists()


def test_a_missing_code_is_said_beside_what_else_is_wrong(process, now) -> None:
    make_budget(process)
    with pytest.raises(InvalidData) as error:
        voting.check(process, {}, code=" - ", address="", user=None, at=now)
    assert codes_of(error) == ["ballot-empty", "missing"]


def test_a_ballot_over_the_budget_says_by_how_much(process, now) -> None:
    budget = make_budget(process, fits_budget=True)
    with pytest.raises(InvalidData) as error:
        voting.cast(
            process, somebody(process, now), said(budget, Trees=1, Lamps=1, Benches=1), at=now
        )
    rule = error.value.faults[0].rule.replace("\u00a0", " ")
    assert "cost 1,200 SEK, which is 200 SEK more" in rule


def test_projects_that_are_not_on_the_ballot_are_refused(process, budget, now) -> None:
    budget.projects.filter(title="Lamps").update(number=None, eligible="no")
    for values in (said(budget, Lamps=1), {"unknown": 1}):
        with pytest.raises(InvalidData) as error:
            voting.cast(
                process, somebody(process, now), values, code=make_code(process, "z" * 12), at=now
            )
        assert codes_of(error) == ["project-off-ballot"]
        VoterCode.objects.all().delete()


def test_wrong_codes_are_counted_by_address(process, budget, now) -> None:
    tries = []
    for _try in range(voting.WRONG_CODE_LIMIT.most + 1):
        with pytest.raises(InvalidData) as error:
            voting.check(
                process,
                said(budget, Trees=1),
                code="wrong",
                address="192.0.2.1",
                user=None,
                at=now,
            )
        tries += codes_of(error)
    assert tries == ["code-unknown"] * voting.WRONG_CODE_LIMIT.most + ["wrong-codes"]


def test_an_address_or_an_account_gives_one_ballot(process, now) -> None:
    budget = make_budget(process, voters="email")
    first = somebody(process, now)
    with pytest.raises(InvalidData) as error:
        voting.cast(process, first, said(budget, Trees=1), at=now)
    assert codes_of(error) == ["confirm-first"]
    address = {"email_confirmed_at": now}
    first = somebody(process, now, email="Kim@example.org", **address)
    voting.cast(process, first, said(budget, Trees=1), at=now)
    second = somebody(process, now, email="kim@example.org", **address)
    with pytest.raises(InvalidData) as error:
        voting.cast(process, second, said(budget, Trees=1), at=now)
    assert codes_of(error) == ["ballot-given"]

    budget.voters = "account"
    budget.save()
    with pytest.raises(InvalidData) as error:
        voting.cast(process, somebody(process, now), said(budget, Trees=1), at=now)
    assert codes_of(error) == ["sign-in-first"]
    alva = somebody(process, now, user=person("Alva"))
    assert voting.cast(process, alva, said(budget, Trees=1), at=now).participant == alva


def test_who_votes_by_single_sign_on_has_signed_in_by_it(process, now) -> None:
    budget = make_budget(process, voters="oidc")
    alva = person("Alva")
    by = {"code": "", "address": "", "at": now}
    for user, code in ((None, "sign-in-first"), (alva, "single-sign-on-first")):
        with pytest.raises(InvalidData) as error:
            voting.check(process, said(budget, Trees=1), user=user, **by)
        assert codes_of(error) == [code]
    someone = somebody(process, now, user=alva)
    with pytest.raises(InvalidData):
        voting.cast(process, someone, said(budget, Trees=1), at=now)
    SocialAccount.objects.create(user=alva, provider="oidc", uid="alva")
    voting.check(process, said(budget, Trees=1), user=alva, **by)
    voting.cast(process, someone, said(budget, Trees=1), at=now)
    with pytest.raises(InvalidData) as error:
        voting.check(process, said(budget, Trees=1), user=alva, **by)
    assert codes_of(error) == ["ballot-given"]


def test_codes_are_made_once_and_kept_as_digests(process, budget, lea, now) -> None:
    made = voting.make_codes(process, n=3, actor=acting(lea), at=now)
    assert len(set(made)) == 3 and all(len(one) == 14 for one in made)
    assert not {one.replace("-", "") for one in made} & set(
        VoterCode.objects.values_list("digest", flat=True)
    )
    voting.cast(process, somebody(process, now), said(budget, Trees=1), code=made[0], at=now)
    with pytest.raises(InvalidData):
        voting.make_codes(process, n=voting.MOST_CODES + 1, actor=acting(lea), at=now)
    with pytest.raises(NotAllowed):
        voting.make_codes(process, n=1, actor=acting(person("Someone Else")), at=now)


def test_ballots_on_paper_are_typed_in_some_days_longer_until_the_count(
    process, budget, lea, now
) -> None:
    later = now + 20 * DAY
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=now + 14 * DAY)
    by = {"channel": "desk", "actor": acting(lea)}
    codes = [make_code(process, letter * 12) for letter in "bcd"]
    voting.enter_ballot(process, said(budget, Trees=1), code=codes[0], at=later, **by)
    with pytest.raises(InvalidData) as error:
        voting.enter_ballot(process, said(budget, Trees=1), code=codes[1], at=now + 29 * DAY, **by)
    assert codes_of(error) == ["takes-nothing-now"]
    counting.count(process, actor=acting(lea), at=later)
    with pytest.raises(InvalidData) as error:
        voting.enter_ballot(process, said(budget, Trees=1), code=codes[2], at=later, **by)
    assert codes_of(error) == ["ballots-not-now"]
    assert Participant.objects.count() == 1


def test_nothing_is_taken_before_it_is_declared(process, now) -> None:
    budget = make_budget(process, is_declared=False)
    budget.projects.update(number=None)
    with pytest.raises(InvalidData):
        voting.cast(
            process, somebody(process, now), said(budget, Trees=1), code=make_code(process), at=now
        )
    assert page_text(Client(), f"/en/take-part/{process.public_id}/").count(
        "Voting starts once the city has published the voting rules."
    )
