"""Pages of reviews as people use them: who asks, what a form sends, what comes back."""

from __future__ import annotations

from django.test import Client

from alliance.writing.models import Draft, Review
from tests.factories.pages import words
from tests.factories.reviews import CRITERIA

EFFECT = {
    "measure": "traffic volume",
    "unit": "percent change",
    "value": -4.0,
    "low": -6.0,
    "high": -2.0,
    "design": "before-after",
    "direction": "lower-is-better",
}


def browser(actor) -> Client:
    client = Client()
    client.force_login(actor.user)
    return client


def address(draft: Draft, rest: str = "") -> str:
    return f"/en/review/{draft.public_id}/{rest}"


def judgement(**changes) -> dict:
    """What the form of a whole review sends."""
    form = {}
    for name, given in CRITERIA.items():
        form[f"{name}_score"] = str(given["score"])
        form[f"{name}_reason"] = given["reason"]
    return {**form, "no_conflict": "on", "note": "", **changes}


def send(actor, draft, *, status: int = 302, **form) -> str:
    response = browser(actor).post(address(draft), form)
    assert response.status_code == status, words(response.content.decode())[-3000:]
    return response.content.decode() if status != 302 else response.url


def take(actor, draft) -> Review:
    send(actor, draft, act="take")
    return Review.objects.get(draft=draft, reviewer=actor.user)
