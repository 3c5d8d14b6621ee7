"""Other systems are told what happened: signed, once each, again where nobody answered."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json

import pytest

from alliance.core import audit
from alliance.core.errors import InvalidData, NotAllowed
from alliance.network.enums import DeliveryState
from alliance.network.models import Webhook, WebhookDelivery
from alliance.network.outside import Answer, Refused, Unreachable
from alliance.network.services import webhooks
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db
EVERYTHING = ["case.published", "case.changed", "case.withdrawn", "draft.submitted"]


@pytest.fixture
def umea():
    lay_ground()
    return team("umea")


@pytest.fixture
def editor(umea):
    user = person("Elin Berg")
    join(user, umea)
    return acting(user)


@pytest.fixture
def hook(umea, editor):
    return webhooks.make_webhook(
        umea, url="https://register.example/in", events=EVERYTHING, actor=editor, at=NOW
    )


class Receiver:
    """Stands for the other system: what it got, and what it answers."""

    def __init__(self, answer: object = 204):
        self.answer = answer
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    def __call__(self, method: str, url: str, *, headers, content, follow) -> Answer:
        assert method == "POST" and follow is False
        self.got.append((url, dict(headers), content))
        if isinstance(self.answer, Exception):
            raise self.answer
        return Answer(url, self.answer, {}, b"")


def happened(verb: str = "create", kind: str = "case", **details: object) -> None:
    audit.record(
        actor=audit.COMMAND_LINE, at=NOW, verb=verb, kind=kind, public_id="lund", **details
    )


def test_an_event_arrives_once_and_signed(hook):
    make_case("Lund")
    receiver = Receiver()
    for minute in range(3):
        at = NOW + dt.timedelta(minutes=minute)
        webhooks.make_deliveries(at=at)
        webhooks.send_due(at=at, ask=receiver)
    ((url, headers, content),) = receiver.got
    assert url == hook.url
    told = json.loads(content)
    assert told["event"] == "case.published" and told["record"] == "lund"
    assert told["url"].endswith("/api/v1/cases/lund")
    moment, signed = (part.split("=")[1] for part in headers["alliance-signature"].split(","))
    expected = hmac.new(
        webhooks.secret_of(hook).encode(), f"{moment}.".encode() + content, hashlib.sha256
    ).hexdigest()
    assert hmac.compare_digest(signed, expected)
    assert WebhookDelivery.objects.get().state == DeliveryState.DELIVERED


def test_what_happened_before_is_not_told(umea, editor):
    happened()
    webhooks.make_webhook(umea, url="https://a.example/", events=EVERYTHING, actor=editor, at=NOW)
    # The act carries the very moment the webhook was made, but an older id.
    assert webhooks.make_deliveries(at=NOW) in (0, 1)
    happened("withdraw")
    webhooks.make_deliveries(at=NOW)
    assert "case.withdrawn" in set(WebhookDelivery.objects.values_list("event", flat=True))


def test_only_the_own_teams_drafts_are_told(hook, umea):
    happened("submit", "draft", team="lund-municipality")
    assert webhooks.make_deliveries(at=NOW) == 0
    happened("submit", "draft", team=umea.public_id)
    assert webhooks.make_deliveries(at=NOW) == 1


def test_no_name_of_a_person_is_told(hook):
    make_case("Lund", actor=audit.Actor("Elin Berg"))
    webhooks.make_deliveries(at=NOW)
    assert "Elin" not in WebhookDelivery.objects.get().body


@pytest.mark.parametrize(
    "fault", [500, 302, Unreachable("did not answer in time"), Refused("no public address")]
)
def test_what_does_not_arrive_is_tried_again_and_then_given_up(hook, fault):
    happened()
    webhooks.make_deliveries(at=NOW)
    receiver, at = Receiver(fault), NOW
    for _ in range(20):
        webhooks.send_due(at=at, ask=receiver)
        at += dt.timedelta(days=1)
    delivery = WebhookDelivery.objects.get()
    assert delivery.state == DeliveryState.FAILED and delivery.fault
    assert len(receiver.got) == len(webhooks.PAUSES) + 1
    assert len({content for _url, _headers, content in receiver.got}) == 1


def test_tries_grow_apart(hook):
    happened()
    webhooks.make_deliveries(at=NOW)
    receiver = Receiver(500)
    for minute in range(10):
        webhooks.send_due(at=NOW + dt.timedelta(minutes=minute), ask=receiver)
    assert len(receiver.got) == 3, "at once, after one minute, after five more"


def test_an_address_where_nothing_arrives_is_paused_and_can_be_started_again(hook, umea, editor):
    for _ in range(webhooks.PAUSE_AFTER):
        happened()
    webhooks.make_deliveries(at=NOW)
    at = NOW
    for _ in range(20):
        webhooks.send_due(at=at, ask=Receiver(500))
        at += dt.timedelta(days=1)
    hook.refresh_from_db()
    assert hook.paused_at is not None
    happened()
    assert webhooks.make_deliveries(at=at) == 0
    again = webhooks.make_webhook(umea, url=hook.url, events=EVERYTHING, actor=editor, at=at)
    assert again.pk == hook.pk and again.paused_at is None


def test_an_ended_webhook_is_told_nothing_more(hook, editor):
    happened()
    webhooks.make_deliveries(at=NOW)
    webhooks.end_webhook(hook, actor=editor, at=NOW)
    receiver = Receiver()
    assert webhooks.send_due(at=NOW, ask=receiver) == 0
    assert receiver.got == [] and not WebhookDelivery.objects.exists()


@pytest.mark.parametrize(
    ("url", "events", "where"),
    [
        ("http://a.example/", EVERYTHING, "url"),
        ("https://user:pass@a.example/", EVERYTHING, "url"),
        ("javascript:alert(1)", EVERYTHING, "url"),
        ("https://[", EVERYTHING, "url"),
        ("https://127.0.0.1/", EVERYTHING, "url"),
        ("https://[::1]/", EVERYTHING, "url"),
        ("https://169.254.169.254/latest", EVERYTHING, "url"),
        ("https://localhost:8000/", EVERYTHING, "url"),
        ("https://metadata.google.internal/", EVERYTHING, "url"),
        ("https://a.example:22/", EVERYTHING, "url"),
        ("https://a.example:70000/", EVERYTHING, "url"),
        ("https://a.example/" + "x" * 500, EVERYTHING, "url"),
        ("https://a.example/", [], "events"),
        ("https://a.example/", ["case.deleted"], "events"),
    ],
)
def test_a_webhook_needs_an_https_address_and_known_events(umea, editor, url, events, where):
    with pytest.raises(InvalidData) as caught:
        webhooks.make_webhook(umea, url=url, events=events, actor=editor, at=NOW)
    assert [fault.where for fault in caught.value.faults] == [where]
    assert not Webhook.objects.exists()


def test_only_the_team_manages_its_webhooks(umea, editor, hook):
    stranger = person("Lena Alm")
    join(stranger, team("lund"))
    token = audit.Actor("t", teams={umea.public_id: "editor"}, scopes=frozenset({"drafts:read"}))
    for actor in (acting(stranger), token):
        with pytest.raises(NotAllowed):
            webhooks.make_webhook(
                umea, url="https://b.example/", events=EVERYTHING, actor=actor, at=NOW
            )
        with pytest.raises(NotAllowed):
            webhooks.end_webhook(hook, actor=actor, at=NOW)
    made_for_it = audit.Actor(
        "t", teams={umea.public_id: "editor"}, scopes=frozenset({"webhooks:write"})
    )
    webhooks.make_webhook(
        umea, url="https://b.example/", events=EVERYTHING, actor=made_for_it, at=NOW
    )


def test_the_same_address_is_one_webhook(umea, editor, hook):
    again = webhooks.make_webhook(umea, url=hook.url, events=["case.changed"], actor=editor, at=NOW)
    assert again.pk == hook.pk and again.events == ["case.changed"]


def test_the_secret_is_of_the_webhook_and_in_no_table(hook):
    other = Webhook(public_id="other12345")
    assert webhooks.secret_of(hook) != webhooks.secret_of(other)
    assert webhooks.secret_of(hook) not in str(Webhook.objects.values())


def test_old_deliveries_are_forgotten(hook):
    happened()
    webhooks.make_deliveries(at=NOW)
    webhooks.send_due(at=NOW, ask=Receiver())
    assert webhooks.forget_old(at=NOW + dt.timedelta(days=29)) == 0
    assert webhooks.forget_old(at=NOW + dt.timedelta(days=31)) == 1


def test_the_page_shows_what_was_told_and_takes_an_address(client, umea, editor, hook):
    page = f"/en/organisations/{umea.public_id}/team/webhooks/"
    assert client.get(page).status_code == 302
    client.force_login(person("Olle Ek"))
    assert client.get(page).status_code == 404
    client.force_login(editor.user)
    happened()
    webhooks.make_deliveries(at=NOW)
    webhooks.send_due(at=NOW, ask=Receiver(500))
    text = client.get(page).content.decode()
    assert hook.url in text and "answered 500" in text
    refused = client.post(page, {"url": "http://x.example/", "events": ["case.changed"]})
    assert (
        refused.status_code == 422
        and "Enter an https address without a user name." in refused.content.decode()
    )
    made = client.post(page, {"url": "https://x.example/", "events": ["case.changed"]})
    assert made.status_code == 302
    other = Webhook.objects.get(url="https://x.example/")
    assert client.get(f"{page}{other.public_id}/end").status_code == 200
    assert client.post(f"{page}{other.public_id}/end").status_code == 302
    assert client.get(f"{page}{other.public_id}/end").status_code == 404
