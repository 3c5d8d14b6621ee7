"""What holds of every answer, whoever asks: its headers, its markup, and where it leads."""

from __future__ import annotations

import re
from itertools import product
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.factories.pages import some, status_alone
from tests.factories.people import PASSWORD
from tests.integration.rights.addresses import Address, Unknown, operations, pages
from tests.integration.rights.ground import Ground

CLIENT = Client(raise_request_exception=False)
PAGES = some(pages(), 4)
EVERYTHING = (*PAGES, *some(operations(), 4))
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "///evil.example",
    "https:evil.example",
    "\thttps://evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
)
#: Blocks of data, which no browser runs.
_DATA = re.compile(r'\stype="application/(ld\+)?json"')
_TAG = re.compile(r"<[a-z][^<>]*>", re.IGNORECASE)


#: Answers of this module that were looked at before, by the address and the role.
_SEEN: dict[tuple[str, str], tuple[HttpResponse, str]] = {}


def answer_at(ground: Ground, address: Address, role: str) -> tuple[HttpResponse, str]:
    """What a plain GET gets there, asked for once."""
    if (address.key, role) not in _SEEN:
        _SEEN[address.key, role] = answer(ground, path_of(ground, address), role)
    return _SEEN[address.key, role]


def answer(ground: Ground, path: str, role: str, **headers: str) -> tuple[HttpResponse, str]:
    client = ground.callers[role].seated_at(CLIENT)
    with transaction.atomic():
        response = client.get(path, headers=headers)
        text = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response, text.decode(errors="replace")


def path_of(ground: Ground, address: Address) -> str:
    try:
        return address.path(ground.objects) + ground.queries.get(address.key, "")
    except Unknown:
        return address.path({parameter: lambda: "none" for parameter in address.parameters})


def policy(response: HttpResponse) -> dict[str, set[str]]:
    """The content security policy: each directive with its sources."""
    parts = [part.split() for part in response.headers["Content-Security-Policy"].split(";")]
    return {words[0]: set(words[1:]) for words in parts if words}


@pytest.mark.slow
def test_browsers_are_told_to_trust_nothing_else(
    db: None, ground: Ground, subtests: pytest.Subtests
) -> None:
    for address, role in product(EVERYTHING, ("visitor", "elevated")):
        with subtests.test(f"{address.key} as {role}"):
            _trusts_nothing_else(answer_at(ground, address, role)[0], role)


def _trusts_nothing_else(response: HttpResponse, role: str) -> None:
    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in headers and "X-Powered-By" not in headers
    if headers.get("Content-Type", "").startswith("text/"):
        assert "charset=utf-8" in headers["Content-Type"].lower()
    said = policy(response)
    assert said["default-src"] == {"'none'"}
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set().union(*said.values())
    if "text/html" in headers.get("Content-Type", ""):
        assert said["script-src"] == said["style-src"] == {"'self'"}
        assert said["frame-ancestors"] == said["base-uri"] == {"'none'"}
        assert said["form-action"] == {"'self'"}
        # What somebody who has signed in sees is for no shared cache.
        if role == "elevated" and response.status_code == 200:
            assert re.search("private|no-store", headers.get("Cache-Control", "")), headers
    for name, cookie in response.cookies.items():
        assert cookie["httponly"] or name == settings.CSRF_COOKIE_NAME
        assert cookie["samesite"] in {"Lax", "Strict"}


@pytest.mark.slow
def test_pages_hold_no_script_of_their_own_and_nothing_of_others(
    db: None, ground: Ground, subtests: pytest.Subtests
) -> None:
    for address in PAGES:
        with subtests.test(address.key):
            response, text = answer_at(ground, address, "elevated")
            if "text/html" in response.headers.get("Content-Type", ""):
                _holds_nothing_of_others(text)
            if settings.SESSION_COOKIE_NAME in CLIENT.cookies:
                assert CLIENT.cookies[settings.SESSION_COOKIE_NAME].value not in text


def _holds_nothing_of_others(text: str) -> None:
    for tag in _TAG.findall(text):
        low = tag.lower()
        assert not re.search(r"\son[a-z]+\s*=", low), tag
        assert not re.search(r"\sstyle\s*=", low), tag
        assert "javascript:" not in low, tag
        if low.startswith("<script") and _DATA.search(low):
            # Data about the page or of a chart, which no browser runs: nothing in it can end it.
            assert "<" not in text.split(tag, 1)[1].split("</script>", 1)[0]
        elif low.startswith(("<script", "<img", "<iframe", "<source", "<object", "<embed")):
            source = re.search(r'\ssrc="([^"]*)"', tag)
            assert source and not urlsplit(source[1]).netloc, tag
        if low.startswith("<link") and "stylesheet" in low:
            assert not urlsplit(re.search(r'\shref="([^"]*)"', tag)[1]).netloc, tag
        if low.startswith("<form") and 'method="post"' in low:
            assert not urlsplit((re.search(r'\saction="([^"]*)"', tag) or "  ")[1]).netloc, tag


@pytest.mark.slow
def test_visitors_see_nobodys_address_and_no_secret(
    db: None, ground: Ground, subtests: pytest.Subtests
) -> None:
    for address in EVERYTHING:
        with subtests.test(address.key):
            _, text = answer_at(ground, address, "visitor")
            for user in ground.people.values():
                assert user.email not in text and user.password not in text
            assert settings.SECRET_KEY not in text
            assert str(settings.HOME) not in text


@pytest.mark.slow
def test_no_address_leads_to_another_site(
    db: None, ground: Ground, subtests: pytest.Subtests
) -> None:
    for address, role in product(PAGES, ("visitor", "elevated")):
        with subtests.test(f"{address.key} as {role}"), status_alone():
            path = path_of(ground, address)
            # One of them at each address, in turn: together they see all.
            target = quote(ELSEWHERE[len(address.key) % 3], safe="")
            query = "&".join(f"{name}={target}" for name in ("next", "url", "to"))
            response, _ = answer(ground, f"{path}{'&' if '?' in path else '?'}{query}", role)
            where = response.headers.get("Location", "")
            assert urlsplit(where).netloc == "" and not where.startswith(("//", "/\\")), where


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_and_proving_lead_to_no_other_site(
    db: None, ground: Ground, target: str
) -> None:
    user = ground.people["citizen"]
    client = Client()
    with transaction.atomic():
        for address, form in (
            ("/en/accounts/sign-in/", {"login": user.email, "password": PASSWORD}),
            ("/en/accounts/proof/", {"password": PASSWORD}),
            ("/en/accounts/sign-out/", {}),
        ):
            response = client.post(address, {**form, "next": target})
            assert response.status_code == 302, response.content
            where = response.headers["Location"]
            assert where.startswith("/en/"), (address, where)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "path",
    ["//evil.example/en", "//evil.example/en/about", "/en//evil.example", "/\\evil.example/en"],
)
def test_an_odd_path_leads_nowhere(db: None, path: str) -> None:
    response = Client().get("/", PATH_INFO=path)
    assert response.status_code in {301, 302, 404}
    where = response.headers.get("Location", "/")
    assert where.startswith("/") and not where.startswith(("//", "/\\"))


def test_a_host_that_is_not_ours_is_refused_and_forwarded_ones_are_not_believed(db: None) -> None:
    assert CLIENT.get("/en/", headers={"Host": "evil.example"}).status_code == 400
    forwarded = CLIENT.get("/en/", headers={"X-Forwarded-Host": "evil.example"})
    assert forwarded.status_code == 200 and b"evil.example" not in forwarded.content


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DEBUG"])
def test_methods_that_nothing_uses_are_refused(db: None, method: str) -> None:
    for path in ("/en/", "/en/accounts/sign-in/", "/api/v1/cases"):
        response = Client().generic(method, path)
        assert response.status_code in {400, 404, 405}, (path, response.status_code)


def test_the_api_gives_other_sites_nothing_of_a_session(db: None, ground: Ground) -> None:
    path = f"/api/v1/cases/{ground.case.public_id}"
    response, _ = answer(ground, path, "elevated", Origin="https://evil.example")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    page, _ = answer(ground, "/en/accounts/", "elevated", Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in page.headers
