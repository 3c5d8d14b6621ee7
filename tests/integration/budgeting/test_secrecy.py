"""After a count nothing leads from a ballot to who gave it, tried by a program that compares all
columns of all tables, and reads the files of the database."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sqlite3
import struct
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import OperationalError, connection
from django.test import Client

from alliance.accounts.models import TypedText, User
from alliance.budgeting.models import Ballot, BallotEntry, Budget, Voter, VoterCode
from alliance.budgeting.services import counting, cutting, voting
from alliance.budgeting.tasks import forget_voters_of_old
from alliance.config import health
from alliance.core import clock, throttle
from alliance.core.models import AuditEvent
from alliance.participation.models import Participant, Process
from alliance.participation.services import contributions, own, participants
from tests.factories.budgets import NAMED, make_ballots, make_budget
from tests.factories.people import acting, person

pytestmark = [pytest.mark.sql]
PROJECTS = ("Trees", "Lamps", "Benches", "Swings", "Fountain", "Stage")
ONLINE, BY_HAND = 30, 6
#: So many values that two columns share, or ranks that are alike, come by chance in no run.
ALIKE = 0.85


@dataclass
class Somebody:
    """A person who votes: what she chooses, which nobody else does, and what names her."""

    chosen: frozenset[str]
    names: set[str] = field(default_factory=set)
    keys: set[tuple[str, Any]] = field(default_factory=set)


Row = Mapping[str, Any]


def tables() -> dict[str, list[Row]]:
    """All rows of all tables; on PostgreSQL with what the server itself knows of each."""
    found = {}
    hidden = "ctid::text AS own_ctid, xmin::text AS own_xmin, " if is_postgresql() else ""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT {hidden}* FROM "{name}"')
            columns = [one[0] for one in cursor.description]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            found[name] = [row | {"own_place": place} for place, row in enumerate(rows)]
    return found


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def of_people(dump: Mapping[str, list[Row]], people: list[Somebody]) -> dict[str, list[list[Row]]]:
    """By table the rows of each person: those with her names or keys in a column."""
    owners: dict[Any, set[int]] = defaultdict(set)
    for number, one in enumerate(people):
        for name in one.names | one.keys:
            owners[name].add(number)
    texts = {name: number for number, one in enumerate(people) for name in one.names}
    found: dict[str, list[list[Row]]] = {}
    for table, rows in dump.items():
        if table in ("budgeting_ballot", "budgeting_ballotentry"):
            continue
        own: list[list[Row]] = [[] for _ in people]
        for row in rows:
            whose = set()
            for column, value in row.items():
                target = f"{table}.id" if column == "id" else column
                whose |= owners.get((target, value), set())
                if isinstance(value, str):
                    whose |= owners.get(value, set())
                    if len(value) > 80:
                        whose |= {number for name, number in texts.items() if name in value}
            for number in whose:
                own[number].append(row)
        if any(own):
            found[table] = own
    return found


def ballots_of(dump: Mapping[str, list[Row]], file: str) -> dict[frozenset[str], dict[str, Any]]:
    """All that is kept of each ballot, in one row, by the titles of its projects."""
    titles = {row["id"]: row["title"] for row in dump["budgeting_project"]}
    lines = file.splitlines()
    entries = defaultdict(list)
    for row in dump["budgeting_ballotentry"]:
        entries[row["ballot_id"]].append(row)
    found = {}
    for row in dump["budgeting_ballot"]:
        own = entries[row["id"]]
        more = {
            f"entry_{column}": min(one[column] for one in own)
            for column in own[0]
            if column not in ("project_id", "value")
        }
        number = row["public_id"]
        line = next((n for n, text in enumerate(lines) if text.startswith(f"{number};")), None)
        chosen = frozenset(titles[one["project_id"]] for one in own)
        found[chosen] = {**row, **more, "line": line}
    return found


def links(people: list[Somebody], file: str = "") -> list[str]:
    """Each way by which a ballot leads to who gave it: values in common, order, small groups."""
    dump = tables()
    ballots = ballots_of(dump, file)
    own = [ballots[one.chosen] for one in people]
    found = list(shared(dump, ballots.values(), people))
    columns = {name: [row[name] for row in own] for name in own[0]}
    for table, rows in of_people(dump, people).items():
        whole = [place for place, one in enumerate(rows) if one]
        if len(whole) < len(people) // 3:
            continue
        for name in rows[whole[0]][0]:
            theirs = [rows[place][0].get(name) for place in whole]
            for column, values in columns.items():
                ours = [values[place] for place in whole]
                found += [f"{how}: {column} = {table}.{name}" for how in alike(ours, theirs)]
    return found


def alike(ours: list[Any], theirs: list[Any]) -> Iterator[str]:
    """How values of ballots go with those of people, pair by pair."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a not in (None, "") and b]
    a, b = {one for one, _ in pairs}, {one for _, one in pairs}
    if len(pairs) < 10 or len(a) < 2 or len(b) < 2:
        return
    if sum(map(str.__eq__, *zip(*[(str(x), str(y)) for x, y in pairs], strict=True))) >= 5:
        yield "equal"
    # Each value of one goes with one value of the other: a group of ballots is one of people.
    if len(a) == len(b) == len(set(pairs)) <= len(pairs) // 2:
        yield "group"
    x, y = (np.array(ranks(column)) for column in zip(*pairs, strict=True))
    if x.std() and y.std() and abs(np.corrcoef(x, y)[0, 1]) > ALIKE and len(a) > 5 < len(b):
        yield "order"


def ranks(values: Iterable[Any]) -> list[int]:
    """The place of each value in their order; those of one kind are compared as such."""
    values = list(values)
    kinds = {type(one) for one in values}
    keys = (
        values if len(kinds) == 1 and kinds <= {int, str, dt.datetime} else list(map(str, values))
    )
    order = {one: place for place, one in enumerate(sorted(set(keys)))}
    return [order[one] for one in keys]


def shared(
    dump: Mapping[str, list[Row]], ballots: Iterable[Row], people: list[Somebody]
) -> Iterator[str]:
    """Chains of values that few rows have, from a ballot to a name of one person and no other."""
    names = {name: number for number, one in enumerate(people) for name in one.names}
    keys = {key: number for number, one in enumerate(people) for key in one.keys}
    rows = [(table, row) for table, own in dump.items() for row in own]
    tokens = [set(tokens_of(table, row)) for table, row in rows]
    where = defaultdict(list)
    for place, present in enumerate(tokens):
        for token in present:
            where[token].append(place)
    for ballot in ballots:
        seen: set[Any] = set()
        todo = [("budgeting_ballot.id", ballot["id"]), ballot["public_id"], ballot["voter_digest"]]
        reached = set()
        while todo:
            token = todo.pop()
            if token in seen or token in (None, "") or len(where[token]) > 6:
                continue
            seen.add(token)
            reached |= {names.get(token), keys.get(token)} - {None}
            todo += [more for place in where[token] for more in tokens[place]]
        if reached:
            yield f"chain: {ballot['public_id']} to {sorted(reached)}"


def tokens_of(table: str, row: Row) -> Iterator[Any]:
    """What other rows may share with a row: keys, long texts, and times to the microsecond."""
    for column, value in row.items():
        if column == "own_ctid":
            continue
        if column in ("id", "own_xmin"):
            yield (f"{table}.id" if column == "id" else column, value)
        elif column.endswith("_id") and isinstance(value, int):
            yield from ((f"{one}.id", value) for one in TARGETS.get((table, column), ()))
            yield (column, value)
        elif is_rare(column, value):
            yield value


def is_rare(column: str, value: Any) -> bool:
    """Whether few rows have it by chance: a time to the microsecond, or a long text."""
    if isinstance(value, dt.datetime):
        return value.microsecond != 0
    return isinstance(value, str) and len(value) > 6 and column not in ("name", "title", "text")


TARGETS = {
    (model._meta.db_table, one.column): (one.related_model._meta.db_table,)
    for model in (Ballot, BallotEntry, Participant, *Ballot._meta.apps.get_models())
    for one in model._meta.concrete_fields
    if one.related_model
}


@pytest.fixture
def tick(monkeypatch, now) -> Iterator[dt.datetime]:
    """A clock that goes on by some time with each look."""
    times = (now + n * dt.timedelta(seconds=37, microseconds=4_711) for n in itertools.count())
    monkeypatch.setattr(clock, "now", lambda: next(times))
    return times


@pytest.fixture
def people(process: Process, lea: User, tick, request) -> list[Somebody]:
    """Residents who vote by code, email or account through the pages, and some on paper."""
    voters = request.param
    budget = make_budget(process, voters=voters, costs=[(one, 100) for one in PROJECTS])
    projects = {one.title: one.public_id for one in budget.projects.all()}
    choices = [
        frozenset(one)
        for n in range(1, len(PROJECTS))
        for one in itertools.combinations(PROJECTS, n)
    ]
    chance = random.Random(31)
    chance.shuffle(choices)
    codes = voting.make_codes(process, n=60, actor=acting(lea), at=clock.now())
    chance.shuffle(codes)
    found = []
    page = f"/en/take-part/{process.public_id}/ballot"
    for number in range(ONLINE):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        one = Somebody(choices.pop())
        sent: dict[str, Any] = {"projects": [projects[title] for title in one.chosen]}
        known = {"email": f"resident-{number}@example.org", "email_confirmed_at": clock.now()}
        if voters == "account":
            user = person(f"Resident {number}")
            client.force_login(user)
            one.keys |= {("user_id", user.pk), ("accounts_user.id", user.pk)}
            one.names |= {user.email, client.session.session_key}
        elif voters == "email":
            client.post(f"{page}/email", {"email": known["email"]})
            Participant.objects.filter(email="").update(**known)
        else:
            sent["code"] = codes[number]
            one.names |= code_names(process, codes[number])
        assert client.post(page, sent).status_code == 302
        addresses = [f"{process.public_id} 198.51.100.{number}", f"198.51.100.{number}"]
        modules = (voting, participants, own, contributions)
        limits = [row for module in modules for row in vars(module).values()]
        names = [limit.name for limit in limits if isinstance(limit, throttle.Limit)]
        keys = [f"{name}:{address}" for name in names for address in addresses]
        one.names |= set(throttle.digests_of(keys, at=clock.now()).values())
        found.append(one)
        known_by(one, Participant.objects.latest("pk"))
        if voters == "account":
            # What she typed after that and did not send; not saved by a page of today.
            address = f"/take-part/{process.public_id}/ballot"
            TypedText.objects.create(user=user, address=address, fields=sent, at=clock.now())
    for code in codes[ONLINE : ONLINE + BY_HAND]:
        one = Somebody(choices.pop(), code_names(process, code))
        said = {projects[title]: 1 for title in one.chosen}
        by = {"channel": "paper", "actor": acting(lea), "at": clock.now()}
        known_by(one, voting.enter_ballot(process, said, code=code, **by))
        found.append(one)
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=clock.now())
    return found


def code_names(process: Process, code: str) -> set[str]:
    return {code, voting._digest(process, f"code:{voting.plain_code(code)}")}


def known_by(one: Somebody, participant: Participant) -> None:
    one.names |= {participant.public_id, participant.receipt, participant.token_digest or "-"}
    one.names |= {participant.email} - {""}
    one.keys |= {
        ("participant_id", participant.pk),
        ("participation_participant.id", participant.pk),
    }


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("people", ["code", "email", "account"], indirect=True)
def test_nothing_leads_from_a_ballot_to_who_gave_it(process, people, lea) -> None:
    # The program sees what is there before the count.
    before = links(people)
    assert {one.split(":")[0] for one in before} == {"chain", "equal", "group", "order"}
    old = set(Ballot.objects.values_list("public_id", "voter_digest"))
    secrets = {text for pair in old for text in pair}
    if not is_postgresql():
        assert all(one.encode() in files_of_sqlite() for one in secrets)

    made = counting.count(process, actor=acting(lea), at=clock.now())
    assert made.n_ballots == len(people) == Ballot.objects.count()
    assert links(people, made.file) == []
    text = str({name: rows for name, rows in tables().items() if name != "budgeting_votercode"})
    # Codes are known as used, and nothing of a ballot has their digests or its old number.
    assert not [one for one in secrets if one in text]
    n_by_code = len(people) if VoterCode.objects.filter(is_used=True).count() > BY_HAND else BY_HAND
    assert VoterCode.objects.filter(is_used=True).count() == n_by_code
    assert made.result["channels"] == {"online": ONLINE, "paper": BY_HAND}
    assert Participant.objects.filter(voter__isnull=False).count() == len(people)
    assert not TypedText.objects.exists()
    assert not Budget.objects.get().has_remains
    if not is_postgresql():
        data = files_of_sqlite()
        kept = set(VoterCode.objects.values_list("digest", flat=True))
        assert not [one for one in secrets - kept if one.encode() in data]
        assert left_in_gaps(data) == left_in_gaps(fresh_copy())


def full_disk(*given: Any, **named: Any) -> None:
    raise OperationalError("database or disk is full")


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_fills_leaves_all_ballots_whole(process, budget, lea, now, monkeypatch) -> None:
    make_ballots(budget, NAMED)
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=now)
    before = {name: rows for name, rows in tables().items() if name.startswith("budgeting_")}
    with monkeypatch.context() as patch:
        # The last that a count writes, after the ballots were cut off.
        patch.setattr(counting.audit, "record", full_disk)
        with pytest.raises(OperationalError):
            counting.count(process, actor=acting(lea), at=now)
    after = {name: rows for name, rows in tables().items() if name.startswith("budgeting_")}
    assert after == before

    # The next try counts; where the files cannot be written anew then, the daily job does it.
    with monkeypatch.context() as patch:
        patch.setattr(cutting, "rewrite_files", full_disk)
        made = counting.count(process, actor=acting(lea), at=now)
    assert made.n_ballots == len(NAMED) and Budget.objects.get().has_remains
    (left,) = (one for one in health.health() if one.name == "ballots")
    assert not left.is_well and f"gave which ballot of {process.public_id}: free" in left.text
    forget_voters_of_old.call()
    assert not Budget.objects.get().has_remains
    assert "ballots" not in {one.name for one in health.health()}


def files_of_sqlite() -> bytes:
    """The database with what was not yet written into it."""
    name = connection.settings_dict["NAME"]
    found = [Path(f"{name}{more}") for more in ("", "-wal", "-journal")]
    return b"".join(one.read_bytes() for one in found if one.exists())


def fresh_copy() -> bytes:
    """The database as SQLite writes its rows into an empty file."""
    copy = Path(f"{connection.settings_dict['NAME']}.copy")
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as database:
        database.execute("VACUUM INTO ?", [str(copy)])
    try:
        return copy.read_bytes()
    finally:
        copy.unlink()


def left_in_gaps(data: bytes) -> Counter[str]:
    """How many bytes of a file of SQLite lie in free pages, and between the rows of others."""
    (size,) = struct.unpack(">H", data[16:18])
    (n_free,) = struct.unpack(">I", data[36:40])
    (n_pages,) = struct.unpack(">I", data[28:32])
    found = Counter({"free pages": n_free})
    for page in range(n_pages):
        own = data[page * size : (page + 1) * size]
        start = 100 if page == 0 else 0
        if own[start] in (2, 5, 10, 13):
            n_cells, content = struct.unpack(">HH", own[start + 3 : start + 7])
            after = start + (12 if own[start] < 10 else 8) + 2 * n_cells
            found["in gaps"] += sum(map(bool, own[after:content]))
    return found


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_count_at_once_one_counts(process, budget, lea, now) -> None:
    make_ballots(budget, NAMED)
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=now)
    together = threading.Barrier(4, timeout=60)
    made = []

    def count() -> None:
        try:
            together.wait()
            made.append(counting.count(process, actor=acting(lea), at=now).file)
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 4 and len(set(made)) == 1
    assert Ballot.objects.count() == len(NAMED)
    assert Voter.objects.count() == len(NAMED)
    assert AuditEvent.objects.filter(verb="count").count() == 1
