"""Settings are read from the environment, with their rule named where they break it."""

from __future__ import annotations

import datetime as dt
import errno
import os
from pathlib import Path

import pytest

from alliance.config import env


def test_every_default_keeps_its_own_rule(monkeypatch: pytest.MonkeyPatch):
    for setting in env.SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
        setting.read()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DEBUG", "perhaps"),
        ("WEB_PROCESSES", "0"),
        ("WEB_THREADS", "abc"),
        ("WEB_THREADS", "1.5"),
        ("PRIVACY_FLOOR", "9"),
        ("WEB_THREADS", "1000000"),
        ("TASK_ATTEMPTS", "-1"),
        ("PAGE_CACHE_MB", "64MB"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_LEVEL", ""),
        ("SECRET_KEY", "too short"),
        ("BASE_URL", "alliance.example"),
        ("BASE_URL", "https://"),
        ("DATABASE_URL", "mysql://ada@db/x"),
        ("DATABASE_URL", "postgresql://ada@db:port/x"),
        ("DATABASE_URL", "postgresql://ada@db:99999/x"),
        ("TARGET_CURRENCY", ""),
        ("TARGET_CURRENCY", "Euro"),
        ("TARGET_CURRENCY", "XAU"),
        ("MODE", "testing"),
        ("SQLITE_SYNCHRONOUS", "OFF"),
        ("BIND", "8000"),
        ("LEGAL_CHECKED", "yes"),
        ("LEGAL_CHECKED", "29/11/2026"),
        ("LEGAL_CHECKED", "2226-11-29"),
        ("BIND", "127.0.0.1:99999"),
        ("TARGET_PRICE_YEAR", "last"),
        ("TARGET_PRICE_YEAR", "1066"),
        ("TARGET_PRICE_YEAR", "2100"),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, text: str):
    monkeypatch.setenv(f"ALLIANCE_{name}", text)
    with pytest.raises(env.SettingError, match=rf"^ALLIANCE_{name}: ") as refused:
        env.get(name)
    message = str(refused.value)
    assert "\n" not in message
    assert "literal" not in message, "Python's words, not ours"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("WEB_THREADS", " 8 ", 8),
        ("PAGE_CACHE_MB", "0", 0),
        ("LOG_LEVEL", "warning", "WARNING"),
        ("TARGET_CURRENCY", "sek", "SEK"),
        ("TARGET_PRICE_YEAR", "2020", 2020),
        ("TARGET_PRICE_YEAR", "", None),
        ("LEGAL_CHECKED", "2025-11-29", dt.date(2025, 11, 29)),
        ("LEGAL_CHECKED", "", None),
        ("SECRET_KEY", "k" * 40, "k" * 40),
        ("BASE_URL", "https://alliance.example/", "https://alliance.example/"),
        ("DATABASE_URL", "postgresql:///x?host=/run/db", "postgresql:///x?host=/run/db"),
    ],
)
def test_a_right_value_is_taken(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
):
    monkeypatch.setenv(f"ALLIANCE_{name}", text)
    assert env.get(name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SECRET_KEY", "lovelace"),
        ("DATABASE_URL", "mysql://ada:lovelace@db/x"),
        ("DATABASE_URL", "postgresql://ada:love/lovelace@db/x"),
        ("DATABASE_URL", "ada:lovelace@db/x"),
        ("ENGINE_URL", "duckdb://ada:lovelace@db/x"),
        ("EMAIL_URL", "smtp://ada:lovelace@mail:port"),
        ("EMAIL_URL", "ada:lovelace@mail"),
        ("EMAIL_URL", "smtp//ada:lovelace@mail"),
        ("EMAIL_URL", "smtps:/ada:lovelace"),
        ("OIDC_URL", "https//ada:lovelace@idp.example"),
        ("OIDC_URL", "ftp://ada:lovelace@idp.example"),
        ("OIDC_URL", "idp.example?secret=lovelace"),
        ("BASE_URL", "https://ada:lovelace@alliance.example"),
        ("TILE_URL", "https://ada:lovelace@tiles.example/{z}/{x}/{y}"),
        ("TILE_URL", "https://tiles.example/{x}/{y}?key=lovelace"),
    ],
)
def test_a_refused_secret_is_told_neither_then_nor_in_the_list(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
):
    monkeypatch.setenv(f"ALLIANCE_{name}", text)
    with pytest.raises(env.SettingError) as refused:
        env.get(name)
    assert "lovelace" not in f"{refused.value} {env.BY_NAME[name].shown()}"


def test_a_currency_needs_a_rate_in_the_year_of_comparison(monkeypatch: pytest.MonkeyPatch):
    """The kuna was given up at the end of 2022."""
    monkeypatch.setenv("ALLIANCE_TARGET_CURRENCY", "HRK")
    monkeypatch.setenv("ALLIANCE_TARGET_PRICE_YEAR", "2020")
    assert env.get("TARGET_CURRENCY") == "HRK"
    monkeypatch.setenv("ALLIANCE_TARGET_PRICE_YEAR", "2024")
    with pytest.raises(env.SettingError, match="no exchange rate of HRK for 2024"):
        env.get("TARGET_CURRENCY")


def test_a_name_that_is_not_declared():
    with pytest.raises(KeyError):
        env.get("BINDD")


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("SECRET_KEY", "very secret", "(hidden)"),
        ("SECRET_KEY", "", ""),
        ("DATABASE_URL", "postgresql://ada:l:o@db/x", "postgresql://ada:(hidden)@db/x"),
        ("DATABASE_URL", "postgresql://ada@db/x", "postgresql://ada@db/x"),
        ("EMAIL_URL", "smtp://ada:l@l@mail:587", "smtp://ada:(hidden)@mail:587"),
        ("DATABASE_URL", "postgresql:///x?password=l", "postgresql:///x?password=(hidden)"),
        ("BASE_URL", "https://alliance.example", "https://alliance.example"),
    ],
)
def test_secrets_are_covered(monkeypatch: pytest.MonkeyPatch, name: str, text: str, shown: str):
    monkeypatch.setenv(f"ALLIANCE_{name}", text)
    assert env.BY_NAME[name].shown() == shown


@pytest.mark.parametrize(
    ("variables", "rules"),
    [
        ({}, []),
        ({"BASE_URL": "http://alliance.example"}, ["BASE_URL must be the address"]),
        ({"TRUSTED_PROXIES": None}, ["TRUSTED_PROXIES must say how many"]),
        ({"SECRET_KEY": "ab" * 30, "DEBUG": "yes"}, ["DEBUG must be no", "SECRET_KEY must be"]),
        # A value that cannot be read is told once, and hides no other.
        ({"BASE_URL": "ftp://x", "ALLOWED_HOSTS": ""}, ["ALLOWED_HOSTS must name your host"]),
        ({"BASE_URL": None, "MODE": "local"}, []),
    ],
)
def test_what_production_does_not_start_with_is_a_fault(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variables: dict[str, str | None],
    rules: list[str],
):
    safe = {
        "HOME": str(tmp_path),
        "MODE": "production",
        "ALLOWED_HOSTS": "alliance.example",
        "BASE_URL": "https://alliance.example",
        "TRUSTED_PROXIES": "1",
    }
    for name in env.BY_NAME:
        monkeypatch.delenv(f"ALLIANCE_{name}", raising=False)
    for name, text in (safe | variables).items():
        if text is not None:
            monkeypatch.setenv(f"ALLIANCE_{name}", text)
    found = [line for line in env.faults() if line.startswith("Production refuses to start: ")]
    told = found[0].removeprefix("Production refuses to start: ").split("; ") if found else []
    assert [one for one, rule in zip(told, rules, strict=True) if f"ALLIANCE_{rule}" in one] == told


def test_misspelt_variables_are_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ALLIANCE_BINDD", "x")
    monkeypatch.setenv("ALLIANCE_TEST_DATABASE", "sqlite")
    monkeypatch.setenv("ALLIANCE_SOMETHING_ELSE", "x")
    assert env.unknown_variables() == ["ALLIANCE_BINDD", "ALLIANCE_SOMETHING_ELSE"]
    assert env.warnings_about_names() == [
        "ALLIANCE_BINDD: there is no such setting; did you mean ALLIANCE_BIND?",
        "ALLIANCE_SOMETHING_ELSE: there is no such setting",
    ]


@pytest.mark.parametrize("given", [None, ""])
def test_the_home_of_a_checkout_is_in_it_wherever_the_command_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str | None
):
    package = tmp_path / "project" / "src" / "alliance"
    package.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(env, "_PACKAGE", package)
    monkeypatch.delenv("ALLIANCE_HOME", raising=False)
    if given is not None:
        monkeypatch.setenv("ALLIANCE_HOME", given)
    assert env.home() == elsewhere / "var", "installed without its project"
    (tmp_path / "project" / "pyproject.toml").touch()
    assert env.home() == tmp_path / "project" / "var"
    assert env.BY_NAME["HOME"].shown() == str(tmp_path / "project" / "var")
    monkeypatch.setenv("ALLIANCE_HOME", "data")
    assert env.home() == elsewhere / "data", "a given path is meant from where one is"


def test_a_home_that_cannot_be_used_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").touch()
    for home, reason in (("file", "it is not a folder"), ("file/home", "Not a directory")):
        monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path / home))
        with pytest.raises(env.SettingError, match=rf"^ALLIANCE_HOME: cannot use .*{reason}$"):
            env.home()


def test_a_home_that_cannot_be_written_to_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path))
    # Permissions bind everybody but the superuser, as whom tests may run.
    monkeypatch.setattr(env.os, "access", lambda path, mode: not mode & env.os.W_OK)
    with pytest.raises(env.SettingError, match=r"^ALLIANCE_HOME: .* cannot be written to"):
        env.home()


def test_the_secret_is_made_once_and_kept_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ALLIANCE_SECRET_KEY", raising=False)
    secret = env.secret_key()
    assert len(secret) >= 50
    assert env.secret_key() == secret
    assert (tmp_path / "home" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_no_empty_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """With an empty one nothing would ever start."""
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path))
    monkeypatch.delenv("ALLIANCE_SECRET_KEY", raising=False)

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(env.os, "fsync", full)
        with pytest.raises(env.SettingError, match="secret_key cannot be used: No space left"):
            env.secret_key()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "secret_key").touch()
    with pytest.raises(env.SettingError, match="secret_key is empty"):
        env.secret_key()
