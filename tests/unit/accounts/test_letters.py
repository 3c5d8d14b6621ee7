"""Every email there is, in each language: plain text, and all of it in that language."""

from __future__ import annotations

import datetime as dt
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

from alliance.accounts import messages
from alliance.accounts.adapters import AccountAdapter
from alliance.accounts.letters import plain_text
from alliance.network.services.waiting_letters import EmailTask
from alliance.news.digest import Item, Section
from alliance.workshops.models import Registration, Workshop

PACKAGE = Path(settings.PACKAGE)
TEMPLATES = {
    f"letters/{path.name}": path.read_text(encoding="utf-8")
    for path in PACKAGE.glob("*/templates/letters/*.txt")
}
DAY = dt.date(2026, 7, 14)
MONTH = {"en": "July", "fr": "juillet", "sv": "juli"}
# Variables that steer a letter, with the values that make a difference; the first is for the rest.
STEERING: dict[str, tuple[Any, ...]] = {
    "cases": ([], [1]),
    "has_editors": (True, False),
    "headline": ("", "⟦headline⟧"),
    "is_answer": (True, False),
    "is_chosen": (True, False),
    "is_minor": (True, False),
    "is_news": (True, False),
    "is_offer": (True, False),
    "is_reminder": (True, False),
    "knows_draft": (True, False),
    "lines": ([EmailTask("⟦title⟧", "⟦note⟧", "⟦by⟧", "⟦url⟧"), EmailTask("", "", "", "⟦url⟧")],),
    "own": ("", "⟦own⟧"),
    "reminders": ([], ["⟦reminder⟧"]),
    "reason": ("⟦reason⟧", ""),
    "reasons": (["⟦reason⟧"],),
    "remarks": (0, 1, 2),
    "reviewers": (["⟦first⟧", "⟦second⟧"], ["⟦first⟧"]),
    "sections": (
        [
            Section("⟦title⟧", (Item("⟦title⟧", "⟦url⟧", "⟦happened⟧", note="⟦note⟧"),), more=n)
            for n in (1, 2)
        ],
    ),
    "state": ("accepted", "declined"),
    "team": ("⟦team⟧", ""),
    "text": ("⟦text⟧", ""),
    "version": (1, 2),
}
WORKSHOP = Workshop(first_day=DAY, last_day=DAY, cancelled_because="⟦reason⟧")
REGISTRATION = Registration(workshop=WORKSHOP, name="⟦name⟧", code="⟦code⟧")
STEERING |= {
    "registration": (REGISTRATION,),
    "to_meet": ([{"other": REGISTRATION, "city": "⟦city⟧", "why": [{"words": "⟦reason⟧"}]}],),
    "workshop": (WORKSHOP,),
}
DAYS = {"answer_by", "due_on", "ends_on", "expires_at", "starts_on"}
VARIABLE = re.compile(r"{[{%][^%}]*[%}]}")


def due(*, is_past: bool) -> dict[str, Any]:
    return {"title": "⟦title⟧", "url": "⟦url⟧", "review_by": DAY, "is_past": is_past}


def contexts(name: str) -> list[dict[str, Any]]:
    """Every way the letter can go: all values of the variables that steer it, with each other."""
    used = set(re.findall(r"\w+", " ".join(VARIABLE.findall(TEMPLATES[name]))))
    steering = {
        "letters/review_due.txt": {
            "cases": ([due(is_past=True)], [due(is_past=False), due(is_past=True)])
        }
    }.get(name, {})
    values = {
        key: steering.get(key) or STEERING.get(key) or (DAY if key in DAYS else f"⟦{key}⟧",)
        for key in sorted(used)
    }
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


@pytest.fixture(autouse=True)
def every_variable_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines["letters"].engine, "string_if_invalid", "<%s is missing>")


def own_sentences(text: str) -> set[str]:
    """The sentences of a letter without what was put in; what holds no word is left out."""
    bare = re.sub(r"⟦\w+⟧|https?://\S+", " ", text)
    parts = re.split(r"[\n.:;()“”«»]", bare)
    return {part.strip() for part in parts if re.search(r"[^\W\d_]{2}", part)}


def check(letters: dict[str, str]) -> None:
    """One letter by language: no markup in it, and no sentence of the English one in others."""
    for language, text in letters.items():
        assert not re.search(r"[<>]|&\w+;", text), (language, text)
        if language != "en":
            assert own_sentences(text) & own_sentences(letters["en"]) == set(), (language, text)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_letter_is_plain_text_in_the_language_of_its_reader(name: str) -> None:
    ways = contexts(name)
    assert ways
    for context in ways:
        letters = {}
        for language in MONTH:
            with translation.override(language):
                letters[language] = plain_text(name, **context)
            if DAYS & set(context) or "review_by" in TEMPLATES[name]:
                assert f"14 {MONTH[language]} 2026" in letters[language]
        check(letters)


@pytest.mark.parametrize("name", sorted(messages.SUBJECTS | messages.NOTICES))
def test_a_letter_about_an_account_is_too(name: str, settings: Any) -> None:
    settings.NETWORK_NAME = "⟦network⟧"
    context = {
        **{f"{key}_url": f"⟦{key}_url⟧" for key in ("activate", "password_reset", "signup")},
        **{key: f"⟦{key}⟧" for key in ("deleted_email", "ip", "provider", "to_email")},
        "timestamp": dt.datetime(2026, 7, 14, 9, 5, tzinfo=dt.UTC),
        "user": {"name": "⟦name⟧"},
    }
    letters = {}
    for language in MONTH:
        with translation.override(language):
            letter = AccountAdapter().render_mail(name, "⟦email⟧", dict(context))
        letters[language] = f"{letter.subject}\n{letter.body}"
        assert not letter.alternatives
        if name in messages.NOTICES:
            assert f"14 {MONTH[language]} 2026" in letters[language] and "09:05" in letter.body
    check(letters)
