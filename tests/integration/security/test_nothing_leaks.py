"""What failures, logs, files and the mode of production give away: nothing that is secret."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from alliance.accounts import adapters
from alliance.config import env
from alliance.network.views import invitations
from alliance.writing.models import Attachment
from alliance.writing.services.attachments import FILES
from tests.factories.people import PASSWORD
from tests.integration.rights.ground import Ground

CLIENT = Client(raise_request_exception=False)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is written to the log meanwhile, as an installation writes it."""
    root = logging.getLogger()
    own = next(handler for handler in root.handlers if type(handler) is logging.StreamHandler)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(own.formatter)
    handler.filters = list(own.filters)
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


def broken(*_arguments: object, **_named: object) -> None:
    raise RuntimeError("something broke")


def test_a_failure_while_signing_in_tells_neither_password_nor_address(
    db: None, ground: Ground, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = ground.people["citizen"]
    monkeypatch.setattr(adapters.throttle, "take", broken)
    answer = CLIENT.post(
        "/fr/accounts/sign-in/?next=/en/secret-place/",
        {"login": user.email, "password": PASSWORD},
        headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}=planted-session-key"},
    )
    assert answer.status_code == 500
    written, page = log.getvalue(), answer.content.decode()
    assert "something broke" in written and "Traceback" in written
    assert "secret-place" not in written
    for secret in (user.email, PASSWORD, "planted-session-key"):
        assert secret not in written and secret not in page
    for inside in ("Traceback", "RuntimeError", "something broke", "alliance/accounts", "django"):
        assert inside not in page
    assert 'lang="fr"' in page


def test_a_failure_behind_a_secret_link_does_not_log_the_link(
    db: None, ground: Ground, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/en/invitations/a-secret-that-lets-somebody-in/"
    monkeypatch.setattr(invitations, "get_invitation_by_secret", broken)
    assert CLIENT.get(path).status_code == 500
    assert "something broke" in log.getvalue() and "lets-somebody-in" not in log.getvalue()


def test_a_failure_of_the_api_tells_nothing_of_the_token(
    db: None, ground: Ground, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alliance.knowledge.api import cases

    monkeypatch.setattr(cases, "get_case_for", broken)
    token = ground.callers["token"].token
    answer = CLIENT.get("/api/v1/cases/lund", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 500
    assert "something broke" in log.getvalue()
    assert token not in log.getvalue() and "something broke" not in answer.content.decode()


def test_a_line_of_the_log_stays_one_line(db: None, log: io.StringIO) -> None:
    forged = "%0A2026-01-01 [critical] forged"
    CLIENT.get(f"/en/cases/{forged}/")
    CLIENT.get("/en/", headers={"Host": "evil.example\r\nforged: yes"})
    for line in log.getvalue().splitlines():
        assert not line.startswith(("2026-01-01 [critical]", "forged"))


def test_every_act_of_somebody_who_signs_in_stays_out_of_the_log(
    db: None, ground: Ground, log: io.StringIO
) -> None:
    user = ground.people["citizen"]
    with transaction.atomic():
        client = Client()
        wrong = {"login": user.email, "password": "a wrong password"}
        client.post("/en/accounts/sign-in/", wrong)
        client.post("/en/accounts/sign-in/", {**wrong, "password": PASSWORD})
        client.post("/en/accounts/password/reset/", {"email": user.email})
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        transaction.set_rollback(True)
    for secret in (user.email, PASSWORD, "a wrong password", key):
        assert secret not in log.getvalue()


def test_what_people_upload_is_readable_by_nobody_else(db: None, ground: Ground) -> None:
    attachment = Attachment.objects.get(public_id=ground.objects["files", "file_id"]())
    path = FILES.path_of(attachment.sha256)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Path(settings.MEDIA_ROOT) in path.parents
    # Served by a view that asks for rights, and by nothing else.
    assert Path(settings.STATIC_ROOT) not in path.parents
    relative = path.relative_to(settings.HOME)
    for prefix in ("/static/../", "/static/%2e%2e/", "/media/", "/"):
        assert CLIENT.get(f"{prefix}{relative}").status_code in {400, 404}


def test_a_new_home_is_its_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path / "home"))
    assert env.home().stat().st_mode & 0o777 == 0o700


PRODUCTION = {
    "ALLIANCE_MODE": "production",
    "ALLIANCE_ALLOWED_HOSTS": "alliance.example.org",
    "ALLIANCE_BASE_URL": "https://alliance.example.org",
    "ALLIANCE_TRUSTED_PROXIES": "1",
}
ASK = """
import django, json
django.setup()
from django.test import Client
answer = Client(headers={"host": "alliance.example.org", "x-forwarded-proto": "https"}).get(
    "/en/about/")
from django.conf import settings
print(json.dumps({
    "status": answer.status_code,
    "headers": dict(answer.headers),
    "debug": settings.DEBUG,
    "hasher": settings.PASSWORD_HASHERS[0],
    "csrf": [settings.CSRF_COOKIE_SECURE, settings.CSRF_COOKIE_SAMESITE],
    "session": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,
                settings.SESSION_COOKIE_SAMESITE, settings.SESSION_SERIALIZER],
}))
"""


def test_production_sends_cookies_over_tls_only(process_environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**process_environment, **PRODUCTION},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["status"] == 200 and told["debug"] is False
    assert told["headers"]["Strict-Transport-Security"] == "max-age=31536000"
    # How long the database took may tell a stranger what is in it.
    assert "Server-Timing" not in told["headers"]
    assert told["csrf"] == [True, "Lax"]
    assert told["session"][:3] == [True, True, "Lax"]
    # Sessions hold JSON: nothing in them can be made to run.
    assert told["session"][3].endswith("JSONSerializer")
    assert told["hasher"].endswith("PBKDF2PasswordHasher")


@pytest.mark.parametrize(
    ("variables", "rule"),
    [
        ({"ALLIANCE_DEBUG": "yes"}, "ALLIANCE_DEBUG must be no"),
        ({"ALLIANCE_ALLOWED_HOSTS": ""}, "ALLIANCE_ALLOWED_HOSTS must name your host"),
        ({"ALLIANCE_ALLOWED_HOSTS": "*"}, "ALLIANCE_ALLOWED_HOSTS must name each host"),
        ({"ALLIANCE_ALLOWED_HOSTS": "a.org, .org"}, "ALLIANCE_ALLOWED_HOSTS must name each host"),
        ({"ALLIANCE_BASE_URL": ""}, "ALLIANCE_BASE_URL must be the address readers use"),
        ({"ALLIANCE_OIDC_URL": "http://id.example.org"}, "ALLIANCE_OIDC_URL must begin with https"),
        ({"ALLIANCE_OIDC_URL": "https://id.example.org"}, "ALLIANCE_OIDC_CLIENT_ID must be given"),
        ({"ALLIANCE_BASE_URL": "http://a.org"}, "must be the address readers use, beginning with"),
        ({"ALLIANCE_TRUSTED_PROXIES": None}, "ALLIANCE_TRUSTED_PROXIES must say how many"),
        ({"ALLIANCE_SECRET_KEY": "short"}, "ALLIANCE_SECRET_KEY"),
        ({"ALLIANCE_SECRET_KEY": "secret" * 10}, "ALLIANCE_SECRET_KEY must be made by chance"),
    ],
    ids=lambda one: "=".join(map(str, *one.items())) if isinstance(one, dict) else "",
)
def test_production_refuses_what_is_not_safe(
    run_alliance: Callable[..., subprocess.CompletedProcess[str]],
    variables: dict[str, str | None],
    rule: str,
) -> None:
    given = {**PRODUCTION, **variables}
    done = run_alliance(
        "migrate", **{name: text for name, text in given.items() if text is not None}
    )
    assert done.returncode != 0 and rule in done.stdout + done.stderr
