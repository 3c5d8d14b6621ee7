"""The audit log: searched, paged by id, and taken away as a table."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.core.models import AuditEvent
from alliance.desk.selectors import audit as desk_audit
from alliance.desk.selectors.audit import LogFilter, log_page, log_rows, values_of
from tests.factories.people import person

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 1, 1, 12, 0, tzinfo=dt.UTC)


def note(
    who: str = "Åsa Lind", verb: str = "save", kind: str = "draft", record: str = "x", day: int = 0
) -> AuditEvent:
    return AuditEvent.objects.create(
        at=START + dt.timedelta(days=day),
        actor_label=who,
        verb=verb,
        kind=kind,
        public_id=record,
        details={},
    )


@pytest.fixture
def secretary(client: Client) -> Any:
    user = person("Sven Berg", "secretariat")
    client.force_login(user)
    return user


def found(**wanted: Any) -> list[int]:
    page = [line.pk for line in log_page(LogFilter(**wanted))["acts"]]
    assert page == [row.pk for row in log_rows(LogFilter(**wanted))], "the table holds the same"
    return page


def test_values_are_found_without_reading_every_row() -> None:
    for word in ("b", "a", "b", "c", "a"):
        note(verb=word)
    assert values_of("verb") == ("a", "b", "c")
    AuditEvent.objects.all().delete()
    assert values_of("verb") == ()


def test_acts_are_found_by_who_what_and_which() -> None:
    first = note("Åsa Lind").pk
    second = note("worker", verb="regrade", kind="case", record="lund").pk
    third = note("Zoé Martin", kind="case", record="lund").pk
    assert found() == [third, second, first]
    assert found(who="asa") == [first] and found(who="LIND") == [first]
    assert found(who="o") == [third, second], "several names are searched together"
    assert found(who="=worker") == [second] and found(who="=work") == []
    assert found(who="nobody") == []
    assert found(verb="regrade") == [second] and found(kind="case") == [third, second]
    assert found(record="lund") == [third, second]
    assert found(record="lund", who="zoe", verb="save") == [third]
    assert found(verb="save", kind="nothing") == []


def test_acts_are_found_by_days_even_where_ids_and_times_differ() -> None:
    early, late = note(day=0).pk, note(day=3).pk
    # Began before the one above and was written after it.
    slow = AuditEvent.objects.create(
        at=START + dt.timedelta(days=2, hours=23),
        actor_label="worker",
        verb="save",
        kind="draft",
        public_id="x",
    ).pk
    last = note(day=9).pk
    day = START.date()
    assert found(since=day + dt.timedelta(days=1)) == [last, slow, late]
    assert found(since=day, until=day) == [early]
    assert found(until=day + dt.timedelta(days=3)) == [slow, late, early]
    assert found(since=day + dt.timedelta(days=3), until=day + dt.timedelta(days=3)) == [slow, late]
    assert found(since=day + dt.timedelta(days=10)) == []
    assert found(until=dt.date.max) == [last, slow, late, early]


def test_pages_go_by_id_and_count_nothing(
    secretary: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_audit, "ROWS_PER_PAGE", 3)
    keys = [note(record=f"r{number}").pk for number in range(7)]
    seen, path = [], "/en/desk/audit/?kind=draft"
    for _page in range(3):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            html = client.get(path).content.decode()
        assert len(queries) <= 15
        assert not any("COUNT(" in one["sql"] for one in queries.captured_queries)
        assert not any("OFFSET" in one["sql"] for one in queries.captured_queries)
        seen.append(html.count("<tr><td>"))
        path = "/en/desk/audit/" + html.partition('rel="next"')[0].rpartition('href="')[2][:-2]
        path = path.replace("&amp;", "&")
    assert seen == [3, 3, 1]
    assert log_page(LogFilter(), below=keys[1])["acts"][0].pk == keys[0]


def test_more_names_than_can_be_searched_together_are_listed(
    secretary: Any, client: Client
) -> None:
    for number in range(25):
        note(f"Person {number:02d}")
    page = log_page(LogFilter(who="person", kind="draft"))
    assert page["acts"] == [] and page["n_names"] == 25
    assert page["names"][7] == ("Person 07", "who=%3DPerson+07&kind=draft")
    html = client.get("/en/desk/audit/?who=person").content.decode()
    assert "25 names match." in html and "who=%3DPerson+07" in html
    assert len(list(log_rows(LogFilter(who="person")))) == 25, "the table holds them all"


def test_records_lead_to_their_pages(secretary: Any, client: Client) -> None:
    note(kind="case", record="lund")
    note(kind="case", record="")
    note(kind="case", record="a/b")
    note(kind="tokens of old", record="x")
    html = client.get("/en/desk/audit/").content.decode()
    assert html.count('href="/en/cases/lund/"') == 1 and html.count("/en/cases/") == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=yesterday", "Enter the date as year-month-day"),
        (
            "since=2026-02-02&until=2026-02-01",
            "Choose a last day that is not before the first day.",
        ),
        ("record=" + "x" * 81, "80 characters or fewer"),
    ],
)
def test_a_search_that_makes_no_sense_is_told(
    secretary: Any, client: Client, query: str, words: str
) -> None:
    for path in ("/en/desk/audit/", "/en/desk/audit/audit.csv"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400 and words in answer.content.decode()


@pytest.mark.parametrize("below", ["x", "-1", "1.5", "9" * 30])
def test_a_page_that_is_none_is_404(secretary: Any, client: Client, below: str) -> None:
    assert client.get(f"/en/desk/audit/?below={below}").status_code == 404


def test_the_table_is_streamed_with_the_same_search_and_runs_no_formula(
    secretary: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_audit, "_CHUNK", 2)
    for number in range(5):
        note("=HYPERLINK(1)", record=f"r{number}")
    AuditEvent.objects.create(
        at=START,
        actor_label='Å "quoted", name',
        verb="+cmd",
        kind="draft",
        public_id="-1",
        details={"reason": "=1+1", "n": 2, "none": None, "list": ["a", "b"]},
    )
    note(kind="case")
    answer = client.get("/en/desk/audit/audit.csv?kind=draft")
    assert answer.streaming and answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    content = b"".join(answer.streaming_content)
    assert content.count(b"\r\n") == 7
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert len(rows) == 6
    assert rows[0]["who"] == 'Å "quoted", name' and rows[0]["at"] == "2026-01-01T12:00:00Z"
    assert rows[0]["verb"] == "'+cmd" and rows[0]["record"] == "'-1"
    assert rows[0]["details"] == "list: a, b; n: 2; reason: =1+1"
    assert {row["who"] for row in rows[1:]} == {"'=HYPERLINK(1)"}


def test_every_search_is_answered_by_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """No search may sort or read through the log; asked of SQLite, which tells how it reads."""
    if connection.vendor != "sqlite":
        pytest.xfail("PostgreSQL reads small tables through, whatever indexes they have")
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=START + dt.timedelta(minutes=number),
            actor_label=f"Person {number % 40}",
            verb=f"verb {number % 8}",
            kind=f"kind {number % 5}",
            public_id=f"r{number % 300}",
            details={},
        )
        for number in range(3_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    day = START.date()
    for wanted in (
        LogFilter(),
        LogFilter(who="=Person 7"),
        LogFilter(who="Person 1"),
        LogFilter(verb="verb 3"),
        LogFilter(record="r7"),
        LogFilter(since=day + dt.timedelta(days=1), until=day + dt.timedelta(days=1)),
        LogFilter(verb="verb 3", since=day + dt.timedelta(days=1)),
    ):
        with CaptureQueriesContext(connection) as queries:
            log_page(wanted)
        for one in queries.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {one['sql']}")
                steps = [str(row[3]) for row in cursor.fetchall()]
            told = f"{wanted}: {one['sql']}\n{steps}"
            if "core_auditevent" in one["sql"] and "RECURSIVE" not in one["sql"]:
                assert not any("TEMP B-TREE" in step for step in steps) or "IN (" in one["sql"], (
                    told
                )


def test_acts_and_kinds_are_told_in_the_language_of_the_page(
    client: Client, secretary: Any
) -> None:
    note(verb="take review", kind="draft")
    note(verb="juggle", kind="ball")
    page = client.get("/sv/desk/audit/").content.decode()
    assert "tog på sig granskningen" in page and "<td>utkast" in page
    # The code stays beside the words, for searches take it; without words it stands alone.
    assert '<option value="take review">tog på sig granskningen</option>' in page
    assert '<code class="note" lang="en">take review</code>' in page
    assert '<code lang="en">juggle</code>' in page and '<code lang="en">ball</code>' in page
    table = client.get("/sv/desk/audit/audit.csv").getvalue().decode()
    assert ",take review,draft," in table
