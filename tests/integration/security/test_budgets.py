"""How much may be written in an hour, by one person, one token and one team."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alliance.core import budgets, clock
from alliance.core.budgets import OverBudget, Writer, charge
from alliance.core.models import WriteCount
from alliance.network.enums import Scope
from alliance.network.services.tokens import make_token
from tests.factories.knowledge import lay_ground
from tests.factories.people import acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]
AT = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
LEA = [Writer("lea")]


def test_each_limit_is_kept_for_an_hour_from_the_first_write(settings: Any) -> None:
    settings.SAVES_PER_HOUR, settings.SENT_MB_PER_HOUR, settings.FILES_PER_HOUR = 3, 2, 2
    for size, files, what in ((0, 0, "saves"), (900_000, 0, "size"), (0, 1, "files")):
        WriteCount.objects.all().delete()
        allowed = 3 if what == "saves" else 2
        for _time in range(allowed):
            charge(LEA, size=size, files=files, at=AT)
        with pytest.raises(OverBudget) as error:
            charge(LEA, size=size, files=files, at=AT + dt.timedelta(minutes=20))
        assert (error.value.what, error.value.retry_after) == (what, 2_400)
        charge([Writer("ben")], size=size, files=files, at=AT)
        charge(LEA, size=size, files=files, at=AT + dt.timedelta(hours=1))
    assert budgets.forget_old(at=AT + dt.timedelta(hours=3)) == 2


def test_a_clock_that_is_set_back_opens_no_budget_anew_and_locks_nobody_out(settings: Any) -> None:
    settings.SAVES_PER_HOUR = 1
    now = clock.now().replace(hour=12)
    back = now - dt.timedelta(hours=1)
    budgets.charge([budgets.Writer("kim")], size=0, files=0, at=now)
    with pytest.raises(budgets.OverBudget):
        budgets.charge([budgets.Writer("kim")], size=0, files=0, at=back)
    budgets.charge([budgets.Writer("kim")], size=0, files=0, at=back + budgets.WINDOW)


def test_a_team_may_write_some_times_as_much_as_one_of_its_people(settings: Any) -> None:
    settings.SAVES_PER_HOUR, settings.TEAM_BUDGET = 2, 2
    lund = Writer("lund", is_team=True)
    for name in ("lea", "lea", "ben", "ben"):
        charge([Writer(name), lund], size=0, files=0, at=AT)
    with pytest.raises(OverBudget) as error:
        charge([Writer("tove"), lund], size=0, files=0, at=AT)
    assert error.value.is_team and error.value.most == 4


def test_a_person_is_told_when_to_go_on_and_nothing_typed_is_lost(
    client: Client, settings: Any
) -> None:
    settings.SAVES_PER_HOUR = 1
    client.force_login(person("Lea"))
    text = "A long answer that took an hour to write."
    for _time in range(2):
        answer = client.post("/en/needs/new", {"statement": text})
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 3_600
    shown = answer.content.decode()
    assert text in shown and "60" in shown
    # Reading goes on.
    assert client.get("/en/").status_code == 200


def test_files_are_counted(client: Client, settings: Any) -> None:
    settings.FILES_PER_HOUR = 1
    client.force_login(person("Lea"))
    sent = {f"file{one}": SimpleUploadedFile("a.csv", b"a") for one in range(2)}
    answer = client.post("/en/needs/new", sent)
    assert answer.status_code == 429
    assert "You have reached the limit of 1" in answer.content.decode()


def test_a_token_is_told_so_by_the_api(client: Client, settings: Any) -> None:
    settings.SAVES_PER_HOUR = 2
    lay_ground()
    lund, lea, now = team("lund"), person("Lea"), clock.now()
    join(lea, lund)
    until = now + dt.timedelta(days=9)
    scopes = [Scope.WRITE_DRAFTS]
    made = make_token(
        lund, name="x", scopes=scopes, expires_at=until, actor=acting(lea, now), at=now
    )
    by = {"HTTP_AUTHORIZATION": f"Bearer {made.secret}", "content_type": "application/json"}
    statuses = [client.post("/api/v1/drafts", "{}", **by).status_code for _time in range(3)]
    assert 429 not in statuses[:2]
    answer = client.post("/api/v1/drafts", "{}", **by)
    assert answer.status_code == 429
    assert "You have reached the limit of 2" in answer.json()["detail"]
