"""The API keeps what its own description promises to those whom it knows.

Operations that ask who calls are tried with made-up requests by a caller who may do everything, on
ids that are made up and on records that are there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
import schemathesis
from django.conf import settings
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.core import NotSet

from alliance.accounts.models import Elevation, Grant
from alliance.core import clock
from alliance.writing.services.drafts import drop_draft
from alliance.writing.services.questions import ask
from alliance.writing.services.reviews import remark, take_review
from tests.factories.knowledge import effect, lay_ground, make_case
from tests.factories.people import NOW, acting
from tests.integration.api.callers import CSRF, Network
from tests.integration.api.made_up import Operation, described
from tests.integration.rights.sessions import session_of

pytestmark = pytest.mark.slow


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
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr(clock, "now", lambda: NOW)
        lay_ground()
        make_case("Lund")
        make_case("Umeå", outcome="did-not-work", reasons=("no-effect",), effects=(effect(2.5),))
        yield _laid(Network())
        transaction.set_rollback(True)


def _laid(network: Network) -> Scene:
    anybody = network.people["reviewer"]
    for role in ("secretariat", "moderator", "operator"):
        Grant.objects.create(user=anybody, role=role, given_at=NOW)
    Elevation.objects.create(
        user=anybody, reason="to try", at=NOW, expires_at=NOW + dt.timedelta(hours=1)
    )
    editor = acting(network.people["editor"])
    dropped = drop_draft(network.draft(start_year=2019), actor=editor, at=NOW)
    waiting = network.handed_in()
    remark(waiting, field="", text="Why?", actor=acting(anybody), at=NOW)
    review = take_review(waiting, actor=acting(anybody), at=NOW)
    question = ask(
        make_case("Lund"),
        text="Did traffic move?",
        language="en",
        show_name=True,
        actor=acting(network.people["citizen"]),
        at=NOW,
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


def _plain(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, NotSet):
        return None
    raise TypeError(f"{value!r} is no part of a request")


def _put_there(case: schemathesis.Case, things: Mapping[str, tuple[object, ...]]) -> None:
    """Let most well-formed requests be about what is there, in the state that it is in."""
    if not case.meta.generation.mode.is_positive:
        return
    # Whatever was made up decides, so that the same request is about the same thing each time. It
    # is told as JSON: `repr` of a body that is not there says where in memory it is not.
    told = json.dumps((case.path_parameters, case.body, case.query), default=_plain)
    lot = sum(told.encode())
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


@pytest.mark.parametrize("operation", described("token"), ids=str)
def test_the_description_holds_for_programs(
    scene: Scene, in_process: None, operation: Operation
) -> None:
    operation.try_with(lambda case: _try(case, scene, headers={"Authorization": scene.token}))


# The tool takes the cookie of a session for one that it made up, and would try without.
@pytest.mark.parametrize("operation", described("session", as_open=True), ids=str)
def test_the_description_holds_for_people(
    scene: Scene, in_process: None, operation: Operation
) -> None:
    cookies = {
        settings.SESSION_COOKIE_NAME: scene.session,
        settings.CSRF_COOKIE_NAME: CSRF,
    }
    headers = {"X-CSRFToken": CSRF}
    operation.try_with(lambda case: _try(case, scene, headers=headers, cookies=cookies))
