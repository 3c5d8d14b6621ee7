"""Settings are read from the environment, with their rule named where they break it."""

from __future__ import annotations

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
        ("WEB_THREADS", "many"),
        ("MODE", "testing"),
        ("BIND", "8000"),
        ("BIND", "127.0.0.1:99999"),
        ("TARGET_PRICE_YEAR", "last"),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, text: str):
    monkeypatch.setenv(f"ALLIANCE_{name}", text)
    with pytest.raises(env.SettingError, match=rf"^ALLIANCE_{name}: "):
        env.get(name)


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
        ("BASE_URL", "https://alliance.example", "https://alliance.example"),
    ],
)
def test_secrets_are_covered(monkeypatch: pytest.MonkeyPatch, name: str, text: str, shown: str):
    monkeypatch.setenv(f"ALLIANCE_{name}", text)
    assert env.BY_NAME[name].shown() == shown


def test_misspelt_variables_are_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ALLIANCE_BINDD", "x")
    monkeypatch.setenv("ALLIANCE_TEST_DATABASE", "sqlite")
    assert env.unknown_variables() == ["ALLIANCE_BINDD"]


def test_the_secret_is_made_once_and_kept_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ALLIANCE_SECRET_KEY", raising=False)
    secret = env.secret_key()
    assert len(secret) >= 50
    assert env.secret_key() == secret
    assert (tmp_path / "home" / "secret_key").stat().st_mode & 0o777 == 0o600
