"""The API keeps what its own description promises, tried with made-up requests.

Each operation is tried by a visitor, and those that ask who calls also by a caller who may do
everything, on ids that are made up and on records that are there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.config import SchemathesisConfig

from alliance.accounts.models import Elevation, Grant
from alliance.config.api import document_json
from alliance.core import clock
from alliance.knowledge.services.drafts import drop_draft
from alliance.knowledge.services.questions import ask
from alliance.knowledge.services.reviews import remark, take_review
from alliance.network.api import authentication
from tests.factories.knowledge import effect, lay_ground, make_case
from tests.factories.people import NOW, acting
from tests.integration.api.callers import CSRF, Network
from tests.integration.rights.sessions import session_of

MADE_UP = 15

config = SchemathesisConfig.from_dict(
    {
        "checks": {
            # Which codes there are, and what may be done with a record now, no description can
            # tell: a well-formed request may still break a rule.
            "positive_data_acceptance": {
                "expected-statuses": [
                    "2xx", "400", "401", "403", "404", "410", "412", "422", "429"
                ]
            },
            "missing_required_header": {"expected-statuses": ["401", "403", "404", "422", "428"]},
            "negative_data_rejection": {
                "expected-statuses": [
                    "400", "401", "403", "404", "405", "406", "412", "415", "422", "428"
                ]
            },
        }
    }
)  # fmt: skip
APP = get_wsgi_application()


def described(scheme: str = "", *, as_open: bool = False) -> Any:
    """The operations for callers of a scheme, or all; `as_open` without that word."""
    told, wanted = json.loads(document_json()), []
    for operations in told["paths"].values():
        for operation in operations.values():
            asked = operation.get("security", [])
            if not scheme or any(scheme in one for one in asked):
                wanted.append(operation["operationId"])
            if as_open:
                operation.pop("security", None)
    found = schemathesis.openapi.from_dict(told, config=config)
    found.app = APP
    return found.include(operation_id=wanted)


EVERYTHING, FOR_TOKENS = described(), described("token")
# The tool takes the cookie of a session for one that it made up, and would try without.
FOR_PEOPLE = described("session", as_open=True)
made_up = settings(
    max_examples=MADE_UP,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def connection_kept(db: None) -> Iterator[None]:
    """Requests leave the connection of the test open, as they do for Django's own test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """Made-up tokens are wrong, however many they are; files go to a folder of the test."""
    many = authentication.Limit("wrong-tokens", most=10**9, window=dt.timedelta(minutes=5))
    monkeypatch.setattr(authentication, "WRONG_TOKENS", many)
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.slow
@EVERYTHING.parametrize()
@made_up
def test_the_description_holds(
    network: None, connection_kept: None, case: schemathesis.Case
) -> None:
    # The client in process does not unpack what the server has packed.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})


@dataclass(frozen=True)
class Scene:
    """A small network; whoever calls with `token` or `session` may do what tokens or people can.

    `things`: what there is, by the word of an address that stands before its id.
    """

    token: str
    session: str
    things: Mapping[str, tuple[object, ...]]


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        lay_ground()
        make_case("Lund")
        make_case("Umeå", outcome="did-not-work", reasons=("no-effect",), effects=(effect(2.5),))
        yield _laid(Network())
        transaction.set_rollback(True)


def _laid(network: Network) -> Scene:
    anybody, at = network.people["reviewer"], clock.now()
    for role in ("secretariat", "moderator", "operator"):
        Grant.objects.create(user=anybody, role=role, given_at=NOW)
    Elevation.objects.create(
        user=anybody, reason="to try", at=at, expires_at=at + dt.timedelta(hours=1)
    )
    editor = acting(network.people["editor"])
    dropped = drop_draft(network.draft(start_year=2019), actor=editor, at=at)
    waiting = network.handed_in()
    remark(waiting, field="", text="Why?", actor=acting(anybody), at=at)
    review = take_review(waiting, actor=acting(anybody), at=at)
    question = ask(
        make_case("Lund"),
        text="Did traffic move?",
        language="en",
        show_name=True,
        actor=acting(network.people["citizen"]),
        at=at,
    )
    drafts = (network.draft(start_year=2020), waiting, dropped)
    return Scene(
        token=network.token().headers["Authorization"],
        session=session_of(anybody),
        things={
            "drafts": tuple(draft.public_id for draft in drafts),
            "cases": ("lund", "umea"),
            "solutions": ("road-pricing",),
            "teams": ("lund-municipality",),
            "questions": (question.public_id,),
            "remarks": (waiting.comments.get().pk,),
            "reviews": (review.pk,),
            "revisions": (1,),
        },
    )


def _put_there(case: schemathesis.Case, things: Mapping[str, tuple[object, ...]]) -> None:
    """Let most well-formed requests be about what is there, in the state that it is in."""
    if not case.meta.generation.mode.is_positive:
        return
    # Whatever was made up decides, so that the same request is about the same thing each time.
    lot = sum(repr((case.path_parameters, case.body, case.query)).encode())
    if lot % 5 == 0:
        return
    words = case.operation.path.split("/")
    for name in case.path_parameters or {}:
        word = words[words.index(f"{{{name}}}") - 1]
        if word in things:
            case.path_parameters[name] = things[word][lot % len(things[word])]
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = '"1"'


def _try(case: schemathesis.Case, scene: Scene, **sent: dict[str, str]) -> None:
    """One request, about what is there in most cases; what it writes is taken back."""
    _put_there(case, scene.things)
    headers = {"Accept-Encoding": "identity", **sent.get("headers", {})}
    with transaction.atomic():
        case.call_and_validate(headers=headers, cookies=sent.get("cookies", {}))
        transaction.set_rollback(True)


@pytest.mark.slow
@FOR_TOKENS.parametrize()
@made_up
def test_the_description_holds_for_programs(
    scene: Scene, connection_kept: None, case: schemathesis.Case
) -> None:
    _try(case, scene, headers={"Authorization": scene.token})


@pytest.mark.slow
@FOR_PEOPLE.parametrize()
@made_up
def test_the_description_holds_for_people(
    scene: Scene, connection_kept: None, case: schemathesis.Case
) -> None:
    cookies = {
        django_settings.SESSION_COOKIE_NAME: scene.session,
        django_settings.CSRF_COOKIE_NAME: CSRF,
    }
    _try(case, scene, headers={"X-CSRFToken": CSRF}, cookies=cookies)
