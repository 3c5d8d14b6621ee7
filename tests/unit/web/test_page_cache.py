"""What is kept for visitors, what never is, and how long."""

from __future__ import annotations

import gzip
import itertools
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from csp.decorators import csp_update
from django import template
from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache

from alliance.web import measuring, page_cache
from tests.unit.web.test_measuring import count

calls = itertools.count()


class Told(str):
    """A state in one word; what a page that declares kinds depends on stands behind a colon."""

    def of(self, kinds: frozenset[str] | None) -> str:
        return self if kinds is None else self.partition(":")[2]


state = [Told("state 0")]
faults: list[Exception] = []


def read_state() -> Told:
    """What `settings.PAGE_STATE` names in these tests."""
    if faults:
        raise faults[0]
    return state[0]


def body(request: HttpRequest, more: str = "") -> HttpResponse:
    """A page that is another one each time that it is made."""
    return HttpResponse(f"<p>{next(calls)} {request.get_full_path()} å {more}</p>" + "x" * 1_000)


waits: list[tuple[threading.Event, threading.Event]] = []
failures: list[Exception] = []


def slow(request: HttpRequest) -> HttpResponse:
    """A page that waits, or fails, where a test says so."""
    if failures:
        raise failures.pop()
    if waits:
        making, done = waits.pop()
        making.set()
        assert done.wait(10)
    return body(request)


def varies(request: HttpRequest) -> HttpResponse:
    response = body(request)
    patch_vary_headers(response, ("Cookie",))
    return response


def with_header(name: str, text: str) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        response = body(request)
        response.headers[name] = text
        return response

    return view


def sets_cookie(request: HttpRequest) -> HttpResponse:
    response = body(request)
    response.set_cookie("seen", "1")
    return response


def tells(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Saved.")
    return body(request)


def shows_messages(request: HttpRequest) -> HttpResponse:
    return body(request, " ".join(str(one) for one in messages.get_messages(request)))


def known(request: HttpRequest) -> HttpResponse:
    request.user = type("Known", (), {"is_authenticated": True})()
    return body(request)


def starts_session(request: HttpRequest) -> HttpResponse:
    request.session["started"] = True
    response = body(request)
    # The test has no table for it; that it was changed is what counts.
    request.session.save = lambda *arguments, **options: None  # type: ignore[method-assign]
    return response


REFUSED: dict[str, Callable[[HttpRequest], HttpResponse | StreamingHttpResponse]] = {
    "never-cache": never_cache(body),
    "private": with_header("Cache-Control", "private"),
    "public": with_header("Cache-Control", "public, max-age=300"),
    "etag": with_header("ETag", '"1"'),
    "vary-cookie": varies,
    "vary-language": with_header("Vary", "Accept-Language"),
    "vary-all": with_header("Vary", "*"),
    "cookie": sets_cookie,
    "message": tells,
    "known": known,
    "session": starts_session,
    "csrf": lambda request: body(request, get_token(request)),
    "nonce": lambda request: body(request, str(request.csp_nonce)),  # type: ignore[attr-defined]
    "policy": csp_update({"img-src": ["https://tiles.example"]})(body),
    "json": lambda request: JsonResponse({"call": next(calls)}),
    "streamed": lambda request: StreamingHttpResponse([f"{next(calls)}".encode()]),
    "refused": lambda request: HttpResponse(f"{next(calls)}", status=400),
    "missing": lambda request: HttpResponse(f"{next(calls)}", status=404),
}


def shared(request: HttpRequest) -> HttpResponse:
    """A page with a part that is kept until an act of a case, and one until any act."""
    request.user = type("Known", (), {"is_authenticated": True})()
    part = template.Template('{% kept "case" "part" request.GET.of %}{{ n }}{% endkept %}')
    one = part.render(template.RequestContext(request, {"n": lambda: next(calls)}))
    any_act = page_cache.cached(None, "any", lambda: next(calls))
    return HttpResponse(f"{one} {any_act}")


def _address(name: str, view: Callable[..., object]) -> list[object]:
    def answer(request: HttpRequest, **parts: str) -> object:
        return view(request)

    return [path(f"{code}/{name}", answer, name=name.strip("/")) for code in ("en", "fr", "sv")]


urlpatterns = [
    *_address("page/", body),
    *_address("slow/", slow),
    *_address("shared/", shared),
    path("en/declares/", page_cache.shows("case")(lambda request: body(request))),
    *_address("messages/", shows_messages),
    *(one for name, view in REFUSED.items() for one in _address(f"refused/{name}/", view)),
    path("api/page/", body),
    path("healthz", body),
]


@pytest.fixture(autouse=True)
def _site(settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.PAGE_CACHE_BYTES = 1_000_000
    settings.PAGE_STATE = f"{__name__}.read_state"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "allauth" not in name]
    # Each look is a new one, unless a test is about this.
    monkeypatch.setattr(page_cache, "SECONDS_STATE_HOLDS", 0.0)
    state[0] = Told("state 0")
    yield
    faults.clear()


@pytest.fixture
def client() -> Client:
    return Client()


def get(client: Client, address: str, **options: object) -> HttpResponse:
    response = client.get(address, **options)
    assert response.status_code == 200
    return response


def is_kept(client: Client, address: str, **options: object) -> bool:
    """Whether the second of two visits is answered without the view."""
    return client.get(address, **options).content == client.get(address, **options).content


def test_a_page_is_made_once_for_all_visitors(client: Client):
    first = get(client, "/en/page/")
    assert get(Client(), "/en/page/").content != first.content, "another server process"
    again = get(client, "/en/page/")
    assert again.content == first.content
    assert {**again.headers, "Server-Timing": ""} == {**first.headers, "Server-Timing": ""}
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert again.headers["Vary"] == "Accept-Encoding, Cookie"
    assert "Content-Security-Policy" in again.headers
    assert again.headers["Content-Length"] == str(len(first.content))


def test_packed_and_plain_hold_the_same(client: Client):
    plain = get(client, "/en/page/")
    for _ in range(2):
        packed = get(client, "/en/page/", headers={"accept-encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Content-Length"] == str(len(packed.content))
        assert gzip.decompress(packed.content) == plain.content
        assert packed.headers["ETag"] == plain.headers["ETag"]
    assert "Content-Encoding" not in plain.headers


def test_a_browser_that_has_the_page_is_told_so(client: Client):
    etag = get(client, "/en/page/").headers["ETag"]
    same = client.get("/en/page/", headers={"if-none-match": etag})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["ETag"] == etag
    assert same.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/en/page/", headers={"if-none-match": '"other"'}).status_code == 200


def test_head_has_the_headers_of_get_and_is_not_kept_for_it(client: Client):
    first = client.head("/en/page/")
    assert (first.status_code, first.content) == (200, b"")
    page = get(client, "/en/page/")
    assert page.headers["ETag"] != first.headers["ETag"]
    head = client.head("/en/page/")
    assert head.headers["ETag"] == page.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(page.content))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/en/page/", "/sv/page/"),
        ("/en/page/", "/en/page/?a=1"),
        ("/en/page/?a=1&b=2", "/en/page/?b=2&a=1"),
        ("/en/page/?a=1", "/en/page/?a=2"),
        ("/en/page/?a=%2B", "/en/page/?a=+"),
        ("/en/page/?a=1", "/en/page/?utm=1"),
    ],
)
def test_each_address_has_a_page_of_its_own(client: Client, one: str, other: str):
    first, second = get(client, one).content, get(client, other).content
    assert first != second
    assert (get(client, one).content, get(client, other).content) == (first, second)


def test_host_and_scheme_belong_to_the_address(client: Client):
    first = get(client, "/en/page/")
    assert get(client, "/en/page/", headers={"host": "localhost"}).content != first.content
    assert get(client, "/en/page/", secure=True).content != first.content


def test_a_page_is_made_anew_when_the_state_changes(client: Client):
    first = get(client, "/en/page/").content
    state[0] = Told("state 1")
    second = get(client, "/en/page/").content
    assert second != first
    state[0] = Told("state 0")
    assert get(client, "/en/page/").content not in {first, second}, "the old page is gone"


def test_a_page_is_left_alone_by_what_its_view_does_not_show(client: Client):
    first = get(client, "/en/declares/").content
    state[0] = Told("state 1")
    assert get(client, "/en/declares/").content == first
    state[0] = Told("state 1:another case")
    assert get(client, "/en/declares/").content != first


def test_while_one_makes_a_page_anew_others_get_the_old_one(client: Client):
    first = get(client, "/en/slow/").content
    state[0] = Told("state 1")
    making, done = threading.Event(), threading.Event()
    waits.append((making, done))
    answers: list[bytes] = []
    maker = threading.Thread(target=lambda: answers.append(get(client, "/en/slow/").content))
    maker.start()
    assert making.wait(10)
    # The same server process: its middleware belongs to the handler of this client.
    assert get(client, "/en/slow/").content == first
    done.set()
    maker.join()
    assert answers[0] != first
    assert get(client, "/en/slow/").content == answers[0]


def test_a_page_that_fails_in_the_making_is_asked_for_again(client: Client):
    client.raise_request_exception = False
    failures.append(RuntimeError("broken"))
    assert client.get("/en/slow/").status_code == 500
    assert is_kept(client, "/en/slow/")


def test_the_old_page_of_what_is_gone_is_shown_to_nobody(client: Client):
    get(client, "/en/slow/")
    state[0] = Told("state 1")
    failures.append(Http404("withdrawn"))
    assert client.get("/en/slow/").status_code == 404
    making, done = threading.Event(), threading.Event()
    waits.append((making, done))
    maker = threading.Thread(target=lambda: client.get("/en/slow/"))
    maker.start()
    assert making.wait(10)
    failures.append(Http404("withdrawn"))
    assert client.get("/en/slow/").status_code == 404
    done.set()
    maker.join()


def test_a_page_does_not_live_for_ever(client: Client, monkeypatch: pytest.MonkeyPatch):
    first = get(client, "/en/page/").content
    monkeypatch.setattr(page_cache, "CACHE_SECONDS", -1.0)
    assert get(client, "/en/page/").content != first


def test_a_state_counts_for_a_moment_and_no_longer_for_who_changes_something(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(page_cache, "SECONDS_STATE_HOLDS", 60.0)
    first = get(client, "/en/page/").content
    state[0] = Told("state 1")
    assert get(client, "/en/page/").content == first
    client.post("/en/page/")
    assert get(client, "/en/page/").content != first


def test_what_was_read_before_a_change_does_not_count_after_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_cache, "SECONDS_STATE_HOLDS", 60.0)
    answers = iter(["old", "new"])
    reading, changed = threading.Event(), threading.Event()

    def read() -> str:
        answer = next(answers)
        if answer == "old":
            reading.set()
            assert changed.wait(10)
        return answer

    present = page_cache.PresentState(read)
    slow = threading.Thread(target=present.get)
    slow.start()
    assert reading.wait(10)
    present.forget()
    changed.set()
    slow.join()
    assert present.get() == "new"


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_in_doubt_nothing_is_kept(client: Client, name: str):
    address = f"/en/refused/{name}/"
    contents = set()
    for _ in range(2):
        response = client.get(address)
        contents.add(b"".join(response) if response.streaming else response.content)
        client.cookies.clear()
    assert len(contents) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"authorization": "Bearer x"}},
        {"headers": {"hx-request": "true"}},
        {"headers": {"cookie": "sessionid=x"}},
        {"headers": {"cookie": "messages=x"}},
    ],
    ids=str,
)
def test_people_and_part_pages_get_no_kept_page(client: Client, options, monkeypatch):
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", lambda self: {})
    kept = get(client, "/en/page/").content
    assert get(client, "/en/page/", **options).content != kept
    assert not is_kept(client, "/en/page/", **options)
    client.cookies.clear()
    assert get(client, "/en/page/").content == kept
    response = get(client, "/en/page/", **options)
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response.headers["Vary"]


def test_a_page_made_for_a_cookie_nobody_knows_is_not_kept(client: Client):
    strange = {"headers": {"cookie": "theme=dark"}}
    assert not is_kept(client, "/en/page/", **strange)
    kept = get(client, "/en/page/").content
    assert get(client, "/en/page/", **strange).content == kept


def test_a_message_is_shown_once_and_to_its_reader(client: Client):
    client.get("/en/refused/message/")
    assert "Saved." in get(client, "/en/messages/").text
    assert "Saved." not in get(client, "/en/messages/").text
    assert "Saved." not in get(Client(), "/en/messages/").text


def test_the_choice_of_a_language_is_remembered_with_a_kept_page(client: Client):
    page = get(client, "/fr/page/", headers={"accept-language": "sv"})
    assert page.cookies["django_language"].value == "fr"
    client.cookies.clear()
    again = get(client, "/fr/page/", headers={"accept-language": "sv"})
    assert again.content == page.content
    assert again.cookies["django_language"].value == "fr"
    client.cookies.clear()
    reader = {"accept-language": "sv", "if-none-match": page.headers["ETag"]}
    unchanged = client.get("/fr/page/", headers=reader)
    assert unchanged.status_code == 304
    assert unchanged.cookies["django_language"].value == "fr"
    # The cookie changes nothing in the page.
    assert get(client, "/fr/page/").content == page.content


@pytest.mark.parametrize("address", ["/api/page/", "/healthz", f"/en/page/?q={'x' * 1_000}"])
def test_other_addresses_are_not_kept(client: Client, address: str):
    assert not is_kept(client, address)


def test_without_a_database_pages_in_memory_are_shown_with_a_note(client: Client, monkeypatch):
    made = get(client, "/sv/page/").content.decode()
    faults.append(OperationalError("gone"))
    monkeypatch.setattr(page_cache, "CACHE_SECONDS", -1.0)
    shown = get(client, "/sv/page/")
    note = re.search('<p class="notice warning" role="status">(.+?)</p>', shown.content.decode())
    assert note and "Databasen går inte att nå" in note[1]
    assert shown.content.decode().replace(f'<div class="page">{note[0]}</div>', "") == made
    assert shown.headers["Cache-Control"] == "no-store" and "ETag" not in shown.headers
    # What nobody has asked for before is made, each time anew.
    assert not is_kept(client, "/en/page/")


def test_ways_that_lead_to_a_page_do_not_make_it_another_one(client: Client):
    first = get(client, "/en/page/?a=1").content
    for way in (
        "utm_source=letter&a=1&utm_campaign=x",
        "fbclid=1&a=1",
        "a=1&gclid=&mc_cid=2",
        "gbraid=1&wbraid=1&gad_source=1&srsltid=1&a=1&li_fat_id=1&ttclid=1&yclid=1&_hsenc=1&_hsmi=1",
    ):
        assert get(client, f"/en/page/?{way}").content == first


def test_who_asks_for_a_page_in_the_making_waits_for_it(client: Client):
    making, done = threading.Event(), threading.Event()
    waits.append((making, done))
    answers: list[bytes] = []
    visits = [
        threading.Thread(target=lambda: answers.append(get(client, "/en/slow/").content))
        for _ in range(3)
    ]
    visits[0].start()
    assert making.wait(10)
    for visit in visits[1:]:
        visit.start()
    done.set()
    for visit in visits:
        visit.join()
    assert len(set(answers)) == 1 and len(answers) == 3


def test_a_part_is_kept_for_people_who_have_signed_in_until_what_it_shows_changes(client: Client):
    def parts(address: str = "/en/shared/", **options: object) -> list[str]:
        return get(client, address, **options).text.split()

    state[0] = Told("state 1:case 1")
    first = parts()
    assert parts() == first
    assert parts("/sv/shared/")[0] != first[0], "its words are of a language"
    assert parts("/en/shared/?of=x")[0] != first[0]
    state[0] = Told("state 2:case 1")
    second = parts()
    assert second[0] == first[0] and second[1] != first[1]
    state[0] = Told("state 3:case 2")
    assert parts()[0] != first[0]


def test_a_part_is_made_each_time_where_a_request_may_act_and_where_nothing_is_kept(
    client: Client, settings
):
    def part(one: Client, **options: object) -> str:
        return one.post("/en/shared/", **options).text.split()[0]

    assert part(client) != part(client)
    assert page_cache.cached(None, "part", lambda: next(calls)) != page_cache.cached(
        None, "part", lambda: next(calls)
    )
    long = "/en/shared/?of=" + "x" * page_cache.LONGEST_ADDRESS
    assert not is_kept(client, long)
    settings.PAGE_CACHE_BYTES = 0
    assert not is_kept(Client(), "/en/shared/")


def test_parts_are_bounded_and_grow_old(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_cache, "MOST_PARTS", page_cache.RECORDS_WEIGH + 1)
    parts = page_cache.Parts()
    records = parts.get("records", "state", lambda: [1])
    assert parts.get("text", "state", lambda: "text") == "text"
    assert parts.get("records", "state", lambda: [2]) is records
    assert parts.get("more", "state", lambda: "more") == "more"
    assert parts.get("records", "state", lambda: [3]) is records, "the text was unused for longer"
    assert parts.get("text", "state", lambda: "new") == "new"
    monkeypatch.setattr(page_cache, "CACHE_SECONDS", -1.0)
    assert parts.get("text", "state", lambda: "newer") == "newer"


def test_no_memory_no_cache(settings):
    settings.PAGE_CACHE_BYTES = 0
    faults.append(AssertionError("nobody needs the state"))
    client = Client()
    assert not is_kept(client, "/en/page/")
    assert get(client, "/en/page/").headers["Cache-Control"] == "private, no-cache"


def test_memory_is_bounded_and_keeps_what_is_used(settings):
    memory = page_cache.Memory(30_000)
    passed, now, next_one = Told("0"), Told("1"), Told("2")
    page = page_cache.CachedPage(b"x" * 9_000, 9_000, 'W/"x"', (), None, float("inf"))  # type: ignore[arg-type]
    assert memory.get("first", now) is None
    for key in ("first", "second", "third"):
        memory.store(key, now, page)
    assert memory.get("first", now) is page
    memory.store("fourth", now, page)
    assert memory.size == 3 * page.size <= memory.limit
    assert [key for key in ("first", "second", "third", "fourth") if memory.get(key, now)] == [
        "first",
        "third",
        "fourth",
    ]
    memory.store("first", now, page)
    assert (len(memory), memory.size) == (3, 3 * page.size), "a page put twice counts once"
    memory.store("late", passed, page)
    assert memory.get("late", now) is None, "made under a state that has passed"
    assert memory.get("first", next_one) is None
    assert memory.old("first") is page
    assert (len(memory), memory.size) == (3, 3 * page.size)
    big = page_cache.CachedPage(b"x" * 30_000, 1, 'W/"x"', (), None, float("inf"))  # type: ignore[arg-type]
    memory.store("big", next_one, big)
    assert memory.old("big") is None


def test_kept_answers_are_counted_like_others(client: Client):
    labels = {"method": "GET", "view": "page", "status": "200"}
    before = count(measuring.exposition().decode(), **labels)
    for _ in range(3):
        get(client, "/en/page/")
    assert count(measuring.exposition().decode(), **labels) == before + 3
