"""`script/update` over the database of the version before: nothing that was recorded is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.config.tables import tables_of_sqlite

ROOT = Path(__file__).resolve().parents[3]
BEFORE = Path(__file__).with_name("version_before.sql")
#: What the platform makes anew by itself.
OWN = frozenset({"django_migrations", "django_content_type", "sqlite_sequence"})
#: Counts of tries, which begin again with each key of the day.
COUNTS = frozenset({"core_throttlecount", "core_writecount"})

Rows = dict[str, list[dict[str, Any]]]

pytestmark = pytest.mark.long


def rows(path: Path) -> Rows:
    """Every row by table; a table is there even without rows."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: [dict(row) for row in database.execute(f'SELECT * FROM "{name}"')]
            for (name,) in tables.fetchall()
            if name not in OWN
        }


def installation(root: Path) -> Path:
    """A folder with the scripts and the code, whose packages are those of this process."""
    for name in ("script", "requirements"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "src").symlink_to(ROOT / "src")
    programs = root / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, words in (("python", ""), ("alliance", " -m alliance.config.cli")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{words} "$@"\n')
        (programs / name).chmod(0o755)
    for name in ("build", "base"):
        text = (root / "requirements" / f"{name}.txt").read_bytes()
        (root / ".venv" / f".installed-{name}").write_text(cksum(text))
    project = (root / "pyproject.toml").read_bytes()
    project += (ROOT / "src" / "alliance" / "__init__.py").read_bytes()
    project += b"".join(path.read_bytes() for path in sorted((root / "requirements").glob("*.in")))
    (root / ".venv" / ".installed-project").write_text(f"{root} {cksum(project)}")
    return root / "script" / "update"


#: What a newer version of the rule of evidence counts again, from what is kept.
GRADE = {"evidence_points", "evidence_lines", "evidence_rule_version"}

#: What a new rule decides anew; the words before stay in the history.
DECIDED = {"knowledge_solutionverdict"}

#: Times that are kept to the day or to the hour since, and how many of their characters that is.
COARSE = {"accounts_user": {"joined_at": 10, "last_login": 10}, "core_auditevent": {"at": 13}}


def cut(row: dict[str, Any], digits: dict[str, int]) -> dict[str, Any]:
    """The row with its times as coarse as they are kept now."""
    return row | {name: row[name] and row[name][:n] for name, n in digits.items()}


def cksum(content: bytes) -> str:
    return subprocess.run(["cksum"], input=content, capture_output=True, check=True).stdout.decode()


def home_of_before(root: Path) -> Path:
    """A home with the database of the version before."""
    home = root / "home"
    home.mkdir()
    with closing(sqlite3.connect(home / "alliance.sqlite3")) as database:
        database.executescript(BEFORE.read_text(encoding="utf-8"))
    return home


def run(home: Path, *command: str | Path) -> None:
    """Run a command of the installation at `home`; it has to succeed."""
    done = subprocess.run(
        command,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "ALLIANCE_HOME": str(home),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


#: Cases of the starter in the database of before: one nobody edited, and one that an editor did.
UNTOUCHED, EDITED = "milan-area-c", "stockholm-congestion-tax"


def starter_of_two(folder: Path) -> Path:
    """A starter folder with these two cases alone, as they ship now."""
    folder.mkdir()
    shipped = ROOT / "src" / "alliance" / "starter"
    cases = json.loads((shipped / "cases.json").read_text(encoding="utf-8"))
    cases = [case for case in cases if case["slug"] in (UNTOUCHED, EDITED)]
    solutions = json.loads((shipped / "solutions.json").read_text(encoding="utf-8"))
    wanted = {case["solution"] for case in cases}
    solutions = [one for one in solutions if one["slug"] in wanted]
    for name, data in (("cases", cases), ("solutions", solutions), ("engagement-methods", [])):
        (folder / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    (folder / "starter-cities.csv").write_text("city,country,lat,lon\n", encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Updated:
    """An installation after its update, with the rows that were there before."""

    home: Path
    script: Path
    before: Rows


@pytest.fixture(scope="module")
def updated_once(tmp_path_factory: pytest.TempPathFactory) -> Updated:
    root = tmp_path_factory.mktemp("updated")
    home, script = home_of_before(root), installation(root / "there")
    before = rows(home / "alliance.sqlite3")
    run(home, script)
    return Updated(home, script, before)


def test_a_new_edition_of_the_starter_leaves_what_people_edited(
    updated_once: Updated, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(updated_once.home, home)
    updated = rows(home / "alliance.sqlite3")
    folder = starter_of_two(tmp_path / "starter")
    alliance = updated_once.script.parents[1] / ".venv" / "bin" / "alliance"
    run(home, alliance, "starter", "load", folder)
    after = rows(home / "alliance.sqlite3")
    ids = {row["public_id"]: row["id"] for row in after["cases_casestudy"]}

    def of(found: Rows, case: str) -> dict[str, list[dict[str, Any]]]:
        """What is recorded of a case, but for what is counted from it."""
        parts = {
            table: [row for row in found[table] if row["case_id"] == ids[case]]
            for table in (
                *("cases_casetext", "cases_effect", "cases_source"),
                *("cases_caseversion", "cases_caseclassification"),
            )
        }
        (record,) = (row for row in found["cases_casestudy"] if row["id"] == ids[case])
        recorded = {name: record[name] for name in record if name not in GRADE}
        return parts | {"cases_casestudy": [recorded]}

    assert of(after, EDITED) == of(updated, EDITED)
    title = {row["language"]: row["title"] for row in of(after, UNTOUCHED)["cases_casetext"]}
    assert title["en"].startswith("Milan Area C:")
    assert [row["number"] for row in of(after, UNTOUCHED)["cases_caseversion"]] == [1, 2]


def test_the_tables_are_those_that_the_tests_use(
    updated_once: Updated, lay_tables: Callable[[], None], process_environment: dict[str, str]
) -> None:
    lay_tables()
    homes = (updated_once.home, Path(process_environment["ALLIANCE_HOME"]))
    found = []
    for home in homes:
        with closing(sqlite3.connect(home / "alliance.sqlite3")) as database:
            found.append(tables_of_sqlite(database.cursor()))
    assert found[0] == found[1]


#: Tables that took another name than that of their app, which is another now.
RENAMED = {
    "knowledge_keptcopy": "cases_storedcopy",
    "knowledge_engagementmethod": "cases_method",
    "knowledge_engagementmethod_evidence_cases": "cases_methodcase",
    "knowledge_engagementmethodtext": "cases_methodtext",
}


def renamed(table: str, after: Rows) -> str:
    """The name that a table of the version before has now."""
    app, _, model = table.partition("_")
    if app != "knowledge":
        return table
    names = (
        RENAMED.get(table, ""),
        *(f"{app}_{model}" for app in ("cases", "evidence", "writing")),
    )
    return next(name for name in names if name in after)


def test_no_record_of_the_version_before_is_lost(updated_once: Updated) -> None:
    assert list((updated_once.home / "backups").glob("*.tar.gz"))
    after = rows(updated_once.home / "alliance.sqlite3")
    lost = []
    for table, old in updated_once.before.items():
        if table in COUNTS | DECIDED:
            continue
        new = after[renamed(table, after)]
        for row in old:
            words = {name: row[name] for name in row if name not in GRADE}
            coarse = COARSE.get(table, {})
            if not any(cut(words, coarse).items() <= cut(one, coarse).items() for one in new):
                lost.append(f"{table}: {row}")
    assert lost == []
