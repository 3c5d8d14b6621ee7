"""What all tests share. `tests/settings.py` chooses the database and the home folder."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from zlib import crc32

import pytest
from django.conf import settings
from django.core.management.commands import flush as flush_command
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.internal.conjecture import providers
from pytest_django.plugin import DjangoDbBlocker

from tests import template_database
from tests.factories import kept_rows

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
INTEGRATION = ROOT / "tests" / "integration"
NO_SHARED = "the folder ../shared is missing"
#: Set by .ci/run where that folder is there.
NEEDS_SHARED = bool(os.environ.get("ALLIANCE_TEST_SHARED"))
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}
RUNS_ALL = bool(os.environ.get("ALLIANCE_TEST_ALL"))

#: Modules that send what is made up to every address, form or operation, which PostgreSQL may
#: refuse in ways of its own, and the walk through all migrations with rows in the tables, as it may
#: these; below tests/integration.
MATRICES = (
    "api/test_schemathesis.py",
    "api/test_schemathesis_callers.py",
    "config/test_upgrades.py",
    "security/test_every_page.py",
    "security/test_hostile_addresses.py",
    "security/test_hostile_forms.py",
)
#: Tests of very many that are alike, by their module or `module::test` below tests/: one in how
#: many is tried before a change lands, by turns. What a whole class of them gets wrong, these find.
#: So is one that takes minutes by itself, which is named.
SAMPLED = {
    "e2e/test_asked_and_answered.py": 2,
    "e2e/test_every_page.py": 6,
    "e2e/test_find_what_works.py": 2,
    "e2e/test_five_jobs.py": 3,
    "e2e/test_showcase.py": 3,
    "e2e/test_sign_in.py": 3,
    "e2e/test_translate.py": 3,
    "integration/api/test_schemathesis.py": 6,
    "integration/api/test_schemathesis_callers.py": 6,
    "integration/config/test_upgrades.py::test_all_migrations_in_a_row_make_the_tables_that_the_"
    "tests_use": 3,
    "integration/security/test_forms_sent_twice.py": 8,
    "integration/security/test_hostile_addresses.py": 10,
    "integration/security/test_hostile_forms.py": 8,
    "integration/security/test_nothing_leaks.py::test_production_refuses_what_is_not_safe": 4,
    "integration/starter/test_additions.py": 4,
    "integration/starter/test_indicators.py": 4,
    "integration/starter/test_load.py": 4,
    "integration/starter/test_merged.py": 4,
}
#: Folders below tests/integration whose tests on SQLite are tried before every change that lands;
#: those of other rooms before every third one.
EACH_TIME = frozenset({"config", "core", "rights", "security"})
#: Modules in which the two databases may differ: before a change lands each test meets one of them,
#: by turns; one in three is for PostgreSQL.
#: A module elsewhere says so itself: `pytestmark = pytest.mark.sql`.
SQL = (
    "*/test_*import*.py",
    "*/test_*services.py",
    "accounts/test_own_data.py",
    "accounts/test_roles.py",
    "config/test_[!l]*.py",
    "core/*.py",
    "indicators/importing/*.py",
    "indicators/test_entering.py",
    "indicators/test_recording.py",
    "indicators/test_releases.py",
    "knowledge/test_drafts_and_reviews.py",
    "knowledge/test_questions.py",
    "knowledge/test_translations.py",
    "knowledge/test_versions.py",
    "knowledge/test_withdrawals.py",
    "network/test_needs_offers.py",
    "network/test_invitations.py",
    "network/test_memberships.py",
    "adoption/test_agreements.py",
    "network/test_peer_reviews.py",
    "network/test_tokens.py",
    "network/test_webhooks.py",
    "search/test_refresh.py",
    "search/test_store.py",
    "testbeds/test_challenges.py",
    "testbeds/test_testbeds.py",
    "thread/test_writing.py",
)


def _turn() -> int:
    """Whose turn it is: a number from the sum of all files of the commit, the same in every run of
    the same code. Not how many commits there are: changes that land two by two would try one half
    for ever."""
    if (told := os.environ.get("ALLIANCE_TEST_TURN")) is None:
        call = ["git", "-C", str(ROOT), "rev-parse", "HEAD^{tree}"]
        try:
            tree = subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            tree = "0"
        told = os.environ["ALLIANCE_TEST_TURN"] = str(int(tree, 16) % 1_000_000)
    return int(told)


#: Taken by the first process of a run, for all of them.
TURN = _turn()


# Next to nothing of what is collected is ever let go of: looking through it, over and over, took a
# third of the time. What a test leaves in circles is looked for as seldom as in the server.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


# What Hypothesis makes up is the same in every run, and how long it takes is no fault of the code.
# `--hypothesis-profile=default` makes up other cases each time.
hypothesis_settings.register_profile(
    "steady",
    max_examples=100 if RUNS_ALL else 20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("steady")
# Hypothesis has no setting for this: it mixes in literals of the modules that are loaded by then,
# so that a test would get other examples alone than among others. Should a new version lack the
# name, each run fails here.
pytest.MonkeyPatch().setattr(providers, "_get_local_constants", lambda: providers._local_constants)


_flush = BaseDatabaseOperations.execute_sql_flush
PROTOCOLS = "testbeds_protocol"


def _flush_filled(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
    """Empty the tables after a test with transactions of its own, whatever may not be deleted.

    Of hundreds few hold rows, and to empty the others takes longer than most tests. What the
    migrations fill stays, so that nothing has to be filled again.
    """
    if self.connection.alias != "default":
        _flush(self, sql_list)  # of a database that is moved, which knows what it empties
        return
    filled = kept_rows.filled_tables() - kept_rows.PLAIN
    flush = [f"DELETE FROM {self.quote_name(name)}" for name in sorted(filled)]
    if PROTOCOLS in filled and self.connection.vendor == "sqlite":
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        dropped = [f"DROP TRIGGER {name}" for name, _ in triggers]
        flush = [*dropped, *flush, *(sql for _, sql in triggers)]
    elif PROTOCOLS in filled:
        guards = f"ALTER TABLE {PROTOCOLS} {{}} TRIGGER USER"
        # What waits for the end of the transaction would forbid the last statement.
        checked = "SET CONSTRAINTS ALL IMMEDIATE"
        flush = [guards.format("DISABLE"), *flush, checked, guards.format("ENABLE")]
    _flush(self, flush)


# The only public way to change these would be a database engine of our own for SQLite and another
# for PostgreSQL. By default Django empties hundreds of tables after each such test and fills some
# again, which takes longer than the test. Should a new version lack a name, each run fails here.
pytest.MonkeyPatch().setattr(BaseDatabaseOperations, "execute_sql_flush", _flush_filled)
pytest.MonkeyPatch().setattr(flush_command, "emit_post_migrate_signal", lambda *_, **__: None)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module is not imported if the run leaves out a mark of all its tests; some take seconds."""
    left_out = set(re.findall(r"\bnot (\w+)", config.option.markexpr))
    return True if left_out & _marks_of_module(collection_path) else None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names of tests hold no bytes: those of a workbook differ in each process that makes one."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Mark what runs where, keep together what shares a fixture, and leave out other parts."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        django_db = item.get_closest_marker("django_db")
        if django_db or fixtures & DATABASE_FIXTURES:
            item.add_marker("database")
        if "transactional_db" in fixtures or (django_db and django_db.kwargs.get("transaction")):
            item.add_marker("sql")
        if "starter" in fixtures:
            # Loads the whole starter network for itself.
            item.add_marker("slow")
        if item.get_closest_marker("extra"):
            item.add_marker("all")
        for name in _marks_by_name(item.path):
            item.add_marker(name)
    for item in items:
        is_sql = item.get_closest_marker("sql") and item.get_closest_marker("database")
        if is_sql and is_for_postgresql(item.nodeid, TURN):
            item.add_marker("matrix")
    for item in _left_out(items):
        item.add_marker("later")
    for item in items:
        if _shares_a_fixture(item) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(f"tests/{_place(item.path)}"))
    yield
    _put_in_order(items)
    if part := os.environ.get("ALLIANCE_TEST_PART"):
        number, parts = map(int, part.split("/"))
        in_parts: list[list[pytest.Item]] = [[] for _ in range(parts)]
        for item in items:
            in_parts[crc32(item.nodeid.encode()) % parts].append(item)
        items[:] = in_parts.pop(number - 1)
        config.hook.pytest_deselected(items=[item for some in in_parts for item in some])


def _put_in_order(items: list[pytest.Item]) -> None:
    """Long tests and large groups first, so that all processes end together; but while one makes
    the tables for the first group, the others begin with what needs none."""
    marks = {item: item.get_closest_marker("xdist_group") for item in items}
    group = {item: mark.args[0] if mark else item.nodeid for item, mark in marks.items()}
    sizes = Counter(group.values())
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, -sizes[group[item]]))
    on_tables = [
        group[item]
        for item in items
        if item.get_closest_marker("database") and not item.get_closest_marker("browser")
    ]
    first, others = on_tables[:1], set(on_tables)
    items.sort(key=lambda item: group[item] not in first and 1 + (group[item] in others))


def _left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """What is tried before another change lands: the turns of `SAMPLED`, in each test and room, and
    of the rooms that are not tried each time."""
    alike: dict[tuple[str, str, str], list[pytest.Item]] = {}
    left = []
    for item in items:
        place = _place(item.path)
        test = f"{place}::{getattr(item, 'originalname', '')}"
        listed = test if test in SAMPLED else place
        room = place.split("/")[1] if "/" in place else ""
        is_one_of_many = hasattr(item, "callspec") and not item.get_closest_marker("all")
        if is_one_of_many and listed in SAMPLED:
            alike.setdefault((listed, test, room_of(item.callspec.id)), []).append(item)
        elif test in SAMPLED and not is_one_of_many:
            if (crc32(test.encode()) + TURN) % SAMPLED[test]:
                left.append(item)
        elif (
            place.startswith("integration/")
            and room not in EACH_TIME
            and not item.get_closest_marker("matrix")
            and not is_tried_in_its_room(item.nodeid, TURN)
        ):
            left.append(item)
    for (listed, *which), found in alike.items():
        step = min(SAMPLED[listed], len(found))
        first = (crc32("".join(which).encode()) + TURN) % step
        left += [item for at, item in enumerate(found) if at % step != first]
    return left


def is_for_postgresql(test: str, turn: int) -> bool:
    """Whether a test marked `sql` meets PostgreSQL, and not SQLite, at that turn."""
    return (crc32(test.encode()) + turn) % 3 == 0


def is_tried_in_its_room(test: str, turn: int) -> bool:
    """Whether a test of a room that is not tried each time has its turn, whatever its database: of
    nine turns in a row each is tried, on either."""
    return (crc32(test.encode()) // 3 + turn // 3) % 3 == 0


def room_of(name: str) -> str:
    """The room of a page (`knowledge:write`), or the method of an operation (`GET /api/v1/cases`);
    nothing for what is neither."""
    found = re.match(r"[a-z]+(?=:[a-z])|[A-Z]+(?= /)", name)
    return found[0] if found else ""


@cache
def _place(path: Path) -> str:
    """Where the module of a test stands below tests/."""
    return path.relative_to(ROOT / "tests").as_posix()


#: The marks that a module gives to all its tests.
PYTESTMARK = re.compile(r"^pytestmark = (?:\[[^\]]*\]|.*)", re.M)


def _marks_of_module(path: Path) -> set[str]:
    if path.suffix != ".py" or not path.name.startswith("test_"):
        return set()
    if (ROOT / "tests" / "e2e") in path.parents:
        return {"browser"}
    own = PYTESTMARK.search(path.read_text(encoding="utf-8"))
    marks = set(re.findall(r"pytest\.mark\.(\w+)", own[0])) if own else set()
    return marks | set(_marks_by_name(path)) | ({"all"} if "extra" in marks else set())


@cache
def _marks_by_name(path: Path) -> list[str]:
    if INTEGRATION not in path.parents:
        return []
    place = path.relative_to(INTEGRATION).as_posix()
    marks = {"matrix": MATRICES, "sql": SQL}
    return [name for name, places in marks.items() if any(fnmatch(place, one) for one in places)]


def _shares_a_fixture(item: pytest.Item) -> bool:
    """Whether a fixture that is made once for its module is among those of the test."""
    known = getattr(item, "_fixtureinfo", None)
    return known is not None and any(
        made[-1].scope == "module" for made in known.name2fixturedefs.values()
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """In CI and under script/test --all a test that lacks what it needs fails, unless that is the
    folder ../shared, which a clone need not have."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        if NEEDS_SHARED if NO_SHARED in str(reason) else IN_CI or RUNS_ALL:
            report.outcome = "failed"
            report.longrepr = f"Skipped, which is not allowed here: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    if count := sum(NO_SHARED in str(report.longrepr) for report in skipped):
        terminalreporter.line(f"{count} tests were skipped: {NO_SHARED}.")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """No test sees the language that a page of another one was answered in."""
    translation.activate("en")
    yield
    translation.activate("en")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A database for each process of a run, copied from one that was migrated once."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    with django_db_blocker.unblock(), template_database.copied(worker):
        yield


def _shared(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"{NO_SHARED}: {name}")
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """Published tables with their results. Mark the test `reference`."""
    return _shared("reference")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Cities, indicators and observations for import and load tests. Mark the test `reference`."""
    return _shared("data")


@pytest.fixture(scope="session")
def shared_indicators() -> Path:
    """The second set of indicators, whose figures do not ship. Mark the test `reference`."""
    return _shared("starter2") / "indicators"


@pytest.fixture
def process_environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a process with a home of its own: it meets an empty SQLite database."""
    return {**_clean_environment(), "ALLIANCE_HOME": str(tmp_path / "home")}


@pytest.fixture
def lay_tables(
    process_environment: dict[str, str], django_db_blocker: DjangoDbBlocker
) -> Callable[[], None]:
    """Put an SQLite database with all tables and no content into the home of that process."""

    def lay() -> None:
        with django_db_blocker.unblock():
            place = Path(process_environment["ALLIANCE_HOME"]) / "alliance.sqlite3"
            template_database.lay_file(place)

    return lay


@pytest.fixture
def shared_environment(transactional_db: None) -> dict[str, str]:
    """The environment of a process that shares the database of this test."""
    from django.db import connection

    environment = {**_clean_environment(), "ALLIANCE_HOME": str(settings.HOME)}
    if connection.vendor == "postgresql":
        entry = connection.settings_dict
        port = f":{entry['PORT']}" if entry["PORT"] else ""
        password = f":{entry['PASSWORD']}" if entry["PASSWORD"] else ""
        host = str(entry["HOST"])
        where, query = ("", f"?host={host}") if host.startswith("/") else (host, "")
        environment["ALLIANCE_DATABASE_URL"] = (
            f"postgresql://{entry['USER']}{password}@{where}{port}/{entry['NAME']}{query}"
        )
    return environment


@pytest.fixture
def run_jobs(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Run the background jobs that wait, in this process; how many attempts were made.

    What comes round by itself does not: it would go by the clock of the day of the test.
    """
    from alliance.core.tasks import Worker, schedule

    monkeypatch.setattr(schedule, "enqueue_due", lambda at: [])
    return lambda: Worker(until_empty=True).run()


def _clean_environment() -> dict[str, str]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith("ALLIANCE_")}
    # Background jobs that tests declare lie under tests/.
    clean["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    clean["DJANGO_SETTINGS_MODULE"] = "alliance.config.settings"
    return clean


@pytest.fixture
def run_alliance(
    process_environment: dict[str, str],
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the console command in a process of its own, in an empty home.

    `run_alliance("tasks", "list", NAME="value")` adds environment variables by keyword.
    """

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "alliance.config.cli", *arguments],
            env={**process_environment, **variables},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run
