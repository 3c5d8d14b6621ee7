"""The console command as people meet it: in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alliance import __version__
from alliance.config import prepare
from alliance.config.cli import COMMANDS, cli

#: A form of which one byte comes.
PROMISE = (
    b"POST /en/accounts/sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nx"
)
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_help_names_every_command_and_loads_no_django(
    run_alliance: Run, process_environment: dict[str, str]
):
    done = run_alliance("--help")
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    code = "import sys; sys.argv = ['alliance', '--help']\n"
    code += "from alliance.config.cli import main\ntry: main()\nexcept SystemExit: pass\n"
    code += "assert 'django' not in sys.modules, 'Django was loaded'"
    subprocess.run(
        [sys.executable, "-c", code],
        env=process_environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


# `django` passes --help on to Django.
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"django"}))
def test_every_command_has_help(name: str):
    done = CliRunner().invoke(cli, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"Usage: cli {name}")


def test_version():
    assert CliRunner().invoke(cli, ["--version"]).output.split()[-1] == __version__


def test_a_wrong_setting_is_told_in_words(run_alliance: Run):
    done = run_alliance("migrate", ALLIANCE_TASK_ATTEMPTS="none")
    assert done.returncode == 1
    assert done.stderr.startswith("ALLIANCE_TASK_ATTEMPTS: ")
    assert "Traceback" not in done.stderr


def test_production_with_defaults_is_refused_in_words(run_alliance: Run):
    done = run_alliance("migrate", ALLIANCE_MODE="production")
    assert done.returncode == 1
    assert "ALLIANCE_ALLOWED_HOSTS must name your host" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["prepare", "check stopped", "backup"])
def test_a_database_that_is_away_is_told_in_words(run_alliance: Run, command: str):
    url = "postgresql://ada:lovelace@127.0.0.1:1/x"
    done = run_alliance(*command.split(), ALLIANCE_DATABASE_URL=url)
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr and "lovelace" not in done.stderr


def test_bad_starter_files_are_told_in_words(run_alliance: Run, tmp_path: Path):
    done = run_alliance("starter", "check", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_settings_are_listed_secrets_covered_and_typing_errors_named(run_alliance: Run):
    done = run_alliance(
        "check",
        "settings",
        ALLIANCE_SECRET_KEY="a" * 50,
        ALLIANCE_DATABASE_URL="postgresql://ada:lovelace@db/alliance",
        ALLIANCE_BINDD="127.0.0.1:1",
    )
    assert done.returncode == 1
    assert done.stderr == (
        "ALLIANCE_BINDD: there is no such setting; did you mean ALLIANCE_BIND?\n"
    )
    assert "aaa" not in done.stdout
    assert "lovelace" not in done.stdout
    assert "ALLIANCE_DATABASE_URL=postgresql://ada:(hidden)@db/alliance  (given)" in done.stdout
    assert "ALLIANCE_TASK_ATTEMPTS=3  (default)" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "There is no database in "),
        ({"ALLIANCE_DATABASE_URL": "postgresql://ada@127.0.0.1:1/x"}, "database cannot be used: "),
        ({"ALLIANCE_HOME": "/dev/null/home"}, "ALLIANCE_HOME: cannot use /dev/null/home: "),
        ({"ALLIANCE_WEB_THREADS": "abc"}, "ALLIANCE_WEB_THREADS: expected a whole number"),
    ],
    ids=["nothing prepared", "no database server", "no home", "no number"],
)
def test_the_server_refuses_in_one_line_what_it_could_only_fail_at(
    run_alliance: Run, free_port: int, variables: dict[str, str], words: str
):
    done = run_alliance("serve", ALLIANCE_BIND=f"127.0.0.1:{free_port}", **variables)
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.slow
def test_the_server_names_what_preparation_lacks_and_misspelt_variables(
    run_alliance: Run,
    process_environment: dict[str, str],
    lay_tables: Callable[[], None],
    free_port: int,
):
    bind = {"ALLIANCE_BIND": f"127.0.0.1:{free_port}", "ALLIANCE_THREADS": "8"}
    home = Path(process_environment["ALLIANCE_HOME"])
    home.mkdir()
    sqlite3.connect(home / "alliance.sqlite3").close()
    warning, fault = run_alliance("serve", **bind).stderr.splitlines()
    assert warning == (
        "Warning: ALLIANCE_THREADS: there is no such setting; did you mean ALLIANCE_WEB_THREADS?"
    )
    assert re.search(r"it lacks \d+ migrations\. Run `alliance prepare`\.$", fault)
    lay_tables()
    assert run_alliance("serve", **bind).stderr.splitlines()[1:] == [
        "Error: Style sheets and scripts are not gathered yet. Run `alliance prepare`."
    ]


@pytest.mark.all
def test_prepare_makes_an_installation_of_nothing(
    run_alliance: Run, process_environment: dict[str, str]
):
    first = run_alliance("prepare")
    assert first.returncode == 0, first.stderr
    assert "Starter network loaded" in first.stdout
    home = Path(process_environment["ALLIANCE_HOME"])
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600
    assert any((home / "static").iterdir())
    with sqlite3.connect(home / "alliance.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM cases_casestudy").fetchone()[0] > 100


def test_prepare_closes_a_home_that_was_opened_where_nothing_else_is_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path))
    monkeypatch.delenv("ALLIANCE_DATABASE_URL", raising=False)
    monkeypatch.setattr(prepare, "_state_of_sources", lambda _home: "the same")
    (tmp_path / "static").mkdir()
    (tmp_path / prepare.STAMP).write_text("the same")
    database = tmp_path / "alliance.sqlite3"
    database.touch()
    database.chmod(0o644)
    tmp_path.chmod(0o755)
    prepare.prepare(report=pytest.fail)
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert database.stat().st_mode & 0o777 == 0o600


def test_health_of_an_installation_without_tables(run_alliance: Run):
    done = run_alliance("check", "health")
    assert done.returncode == 1
    assert "WRONG database" in done.stdout


@pytest.mark.slow
def test_what_is_prepared_is_well_its_owners_alone_has_nothing_more_to_do_and_is_served(
    run_alliance: Run,
    process_environment: dict[str, str],
    lay_tables: Callable[[], None],
    free_port: int,
    tmp_path: Path,
):
    lay_tables()
    home = Path(process_environment["ALLIANCE_HOME"])
    home.chmod(0o755)
    first = run_alliance("prepare", ALLIANCE_LOAD_STARTER="no")
    assert "Bringing the database up to date" in first.stdout
    assert "Starter" not in first.stdout
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "alliance.sqlite3").stat().st_mode & 0o777 == 0o600
    second = run_alliance("prepare", ALLIANCE_LOAD_STARTER="no")
    assert (second.returncode, second.stdout) == (0, "")
    healthy = run_alliance("check", "health")
    assert healthy.returncode == 0, healthy.stdout
    the_server_answers_ends_its_worker_and_says_when_its_port_is_taken(
        run_alliance, process_environment, free_port, tmp_path
    )


def the_server_answers_ends_its_worker_and_says_when_its_port_is_taken(
    run_alliance: Run, process_environment: dict[str, str], free_port: int, tmp_path: Path
) -> None:
    bind = {"ALLIANCE_BIND": f"127.0.0.1:{free_port}"}
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "alliance.config.cli", "serve"],
        env={**process_environment, **bind},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        assert answers(f"http://127.0.0.1:{free_port}/metrics")
        worker = children(process.pid, "worker")
        assert len(worker) == 1

        # Two hundred visitors who send one byte of what they promise keep nobody else waiting.
        slow = [socket.create_connection(("127.0.0.1", free_port)) for _number in range(200)]
        for one in slow:
            one.sendall(PROMISE)
        assert answers(f"http://127.0.0.1:{free_port}/healthz", 60)
        for one in slow:
            one.close()

        taken = run_alliance("serve", **bind)
        assert taken.returncode == 1
        assert f"Cannot listen on 127.0.0.1, port {free_port}" in taken.stderr
        assert f"ALLIANCE_BIND=127.0.0.1:{free_port + 1}" in taken.stderr

        # Ctrl-C on a terminal reaches every process of the group.
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 0
        assert not Path(f"/proc/{worker[0]}").exists()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.seek(0)
        print(log.read())
        log.close()


def answers(url: str, seconds: float = 300) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=20):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def children(parent: int, word: str) -> list[int]:
    """The processes below `parent` with `word` among their arguments."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
            is_child = f"\nPPid:\t{parent}\n" in (folder / "status").read_text()
        except OSError:
            continue  # it ended meanwhile
        if is_child and word.encode() in arguments:
            found.append(int(folder.name))
    return found


def test_tasks_are_listed_retried_and_reaped(db: None):
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    from tests.integration.core import jobs

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["tasks", *arguments])

    assert run("list").stdout == "No jobs.\n"
    job_id = jobs.tell.enqueue(path="unused", line="x").id
    DBTaskResult.objects.update(
        status=TaskResultStatus.FAILED, traceback="Traceback\nRuntimeError: too windy\n"
    )
    listed = run("list", "--status", "failed").stdout
    assert job_id in listed
    assert "    RuntimeError: too windy" in listed
    assert run("list", "--status", "ready").stdout == "No jobs.\n"
    assert run("retry", job_id).exit_code == 0
    assert DBTaskResult.objects.get().status == TaskResultStatus.READY
    again = run("retry", job_id)
    assert again.exit_code == 1
    assert str(again.exception) == f"no failed job with id '{job_id}'"
    assert run("reap").stdout == "0 jobs taken back\n"


def test_django_commands_are_passed_on(run_alliance: Run):
    done = run_alliance(
        "django", "shell", "-v", "0", "-c", "import json; print(json.dumps({'a': 1}))"
    )
    assert json.loads(done.stdout) == {"a": 1}
