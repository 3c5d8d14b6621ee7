"""Settings of letters and of single sign-on."""

from __future__ import annotations

import pytest

from alliance.config import env
from alliance.config.sign_in import mail_server, sender, single_sign_on


def test_without_a_server_letters_are_files():
    assert mail_server("").backend == "alliance.accounts.mail.EmailBackend"


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "tls", "ssl"),
    [
        ("smtp://u%40x:p%2Fw@mail.example", "mail.example", 587, "u@x", "p/w", True, False),
        ("smtp://mail.example:2525", "mail.example", 2525, "", "", True, False),
        ("smtp://localhost:25", "localhost", 25, "", "", False, False),
        ("smtps://u:p@mail.example", "mail.example", 465, "u", "p", False, True),
    ],
)
def test_mail_servers(url, host, port, user, password, tls, ssl):
    server = mail_server(url)
    assert server.backend == "django.core.mail.backends.smtp.EmailBackend"
    assert (server.host, server.port, server.user, server.password) == (host, port, user, password)
    assert (server.use_tls, server.use_ssl) == (tls, ssl)


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://x:0"])
def test_other_addresses_of_servers_are_refused(monkeypatch: pytest.MonkeyPatch, url: str):
    monkeypatch.setenv("ALLIANCE_EMAIL_URL", url)
    with pytest.raises(env.SettingError, match="ALLIANCE_EMAIL_URL"):
        env.get("EMAIL_URL")


def test_secrets_are_covered_when_settings_are_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ALLIANCE_EMAIL_URL", "smtp://office:s3cret@mail.example")
    monkeypatch.setenv("ALLIANCE_OIDC_SECRET", "s3cret")
    for name in ("EMAIL_URL", "OIDC_SECRET"):
        assert "s3cret" not in env.BY_NAME[name].shown()


def test_who_letters_come_from():
    rest = {"network": "Alliance, cities", "base_url": "https://alliance.example:8443"}
    assert sender("a@b.example", contact="c@d.example", **rest) == "a@b.example"
    assert sender("", contact="c@d.example", **rest) == '"Alliance, cities" <c@d.example>'
    assert sender("", contact="", **rest) == '"Alliance, cities" <no-reply@alliance.example>'


def test_single_sign_on():
    rest = {"name": "City", "client_id": "id", "secret": "s", "trust_email": False}
    assert single_sign_on("", **rest)["openid_connect"]["APPS"] == []
    (app,) = single_sign_on("https://login.example/", **rest)["openid_connect"]["APPS"]
    assert app["settings"]["server_url"] == "https://login.example"
    assert app["settings"]["email_authentication"] is False


@pytest.mark.parametrize("text", ["-1", "10", "one", ""])
def test_numbers_of_proxies(monkeypatch: pytest.MonkeyPatch, text: str):
    monkeypatch.setenv("ALLIANCE_TRUSTED_PROXIES", text)
    with pytest.raises(env.SettingError, match="from 0 to 9"):
        env.get("TRUSTED_PROXIES")
