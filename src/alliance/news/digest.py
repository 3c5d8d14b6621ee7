"""The weekly digest: its week, its unsubscribe link, and the text of each item.

A digest names each case or draft once with its events, in their order: "published, then changed
twice".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TypeVar

from django.core import signing
from django.utils.translation import ngettext, pgettext

from alliance.accounts.letters import OFF_LASTS

#: A week of the digest begins on Monday at this hour, UTC, when the emails are sent.
HOUR = 6
#: Older news are left out if the worker was down for long.
LONGEST = dt.timedelta(days=28)
#: How many items of each kind an email contains; the rest are a number and a link.
MOST_ITEMS = 20
LONGEST_LINE = 160

T = TypeVar("T")

_SALT = "alliance.digest.stop"
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=\S)")


class Happening(StrEnum):
    """Events of a case or a draft."""

    PUBLISHED = "published"
    CHANGED = "changed"
    TRANSLATED = "translated"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    ANSWERED = "answered"
    REMARKED = "remarked"
    APPROVED = "approved"
    CHANGES_ASKED = "changes asked"


@dataclass(frozen=True)
class Item:
    """An item of an email. `note` and `line` may be empty.

    `note`: the outcome of a case, or the team of a draft; `line`: one sentence about it, in
    whatever language it was written.
    """

    title: str
    url: str
    happened: str
    note: str = ""
    line: str = ""


@dataclass(frozen=True)
class Section:
    """Items of one kind, newest first; `more` of them are counted, not listed."""

    title: str
    items: tuple[Item, ...]
    more: int = 0


def newest(things: Sequence[T], at: Callable[[T], dt.datetime]) -> tuple[list[T], int]:
    """The `MOST_ITEMS` newest of things by their time, and the number of others."""
    ordered = sorted(things, key=at, reverse=True)
    return ordered[:MOST_ITEMS], max(0, len(ordered) - MOST_ITEMS)


def week_of(at: dt.datetime) -> dt.datetime:
    """The start of the digest's week that contains `at`: a Monday at 06:00 UTC."""
    at = at.astimezone(dt.UTC)
    start = dt.datetime.combine(at.date(), dt.time(HOUR), tzinfo=dt.UTC)
    start -= dt.timedelta(days=start.weekday())
    return start if start <= at else start - dt.timedelta(days=7)


def stop_token(public_id: str) -> str:
    """The token of a link that turns the digest of a person off.

    It is signed, not stored: it can be used repeatedly, and only turns the digest off.
    """
    return signing.dumps(public_id, salt=_SALT)


def person_of(token: str) -> str | None:
    """The id of the person in an unsubscribe token; None if it is invalid."""
    try:
        return str(signing.loads(token, salt=_SALT, max_age=OFF_LASTS))
    except signing.BadSignature:
        return None


def first_sentence(text: str) -> str:
    """The first sentence of a text, truncated at a word if too long for a line of an email."""
    first = _SENTENCE.split(" ".join(text.split()), maxsplit=1)[0]
    if len(first) <= LONGEST_LINE:
        return first
    return first[:LONGEST_LINE].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"


def _times(happening: Happening, n: int) -> str:
    if happening == Happening.PUBLISHED:
        return pgettext("digest: a case or draft", "Published.")
    if happening == Happening.CHANGED:
        return ngettext("Changed.", "Changed %(n)s times.", n) % {"n": n}
    if happening == Happening.TRANSLATED:
        return pgettext("digest: a case or draft", "Translated.")
    if happening == Happening.CONFIRMED:
        return pgettext("digest: a case or draft", "Checked: still correct.")
    if happening == Happening.WITHDRAWN:
        return pgettext("digest: a case or draft", "Withdrawn.")
    if happening == Happening.RESTORED:
        return pgettext("digest: a case or draft", "Restored.")
    if happening == Happening.ANSWERED:
        return ngettext("%(n)s question answered.", "%(n)s questions answered.", n) % {"n": n}
    if happening == Happening.REMARKED:
        return ngettext("%(n)s review comment.", "%(n)s review comments.", n) % {"n": n}
    if happening == Happening.APPROVED:
        return ngettext("Approved by %(n)s reviewer.", "Approved by %(n)s reviewers.", n) % {"n": n}
    return pgettext("digest: a case or draft", "Changes requested.")


def in_words(happenings: Sequence[Happening]) -> str:
    """The events, a sentence each in their order; consecutive equal ones are counted: "Changed 2
    times."."""
    return " ".join(_times(kind, len(list(group))) for kind, group in groupby(happenings))
