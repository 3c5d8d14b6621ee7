"""Reading pages in tests."""

from __future__ import annotations

import html
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client
from django.utils.safestring import mark_safe

Choice = TypeVar("Choice")


@contextmanager
def status_alone() -> Iterator[None]:
    """Pages answer without their text, where very many are asked for their status.

    Under `script/test --all` they are rendered, so that a template that fails for one role shows.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not os.environ.get("ALLIANCE_TEST_ALL"):
            patch.setattr(Template, "render", lambda *given, **named: mark_safe(""))
        yield


def some(records: Iterable[Any], one_in: int) -> list[Any]:
    """All under `script/test --all`; before a change lands one in so many, where all are alike."""
    return list(records)[:: 1 if os.environ.get("ALLIANCE_TEST_ALL") else one_in]


def by_turn(choices: Sequence[Choice], name: str, most: int = 1) -> list[Choice]:
    """All under `script/test --all`; before a change lands so many of them, told by the name of
    what is tried, so that over many names each has its turn."""
    if os.environ.get("ALLIANCE_TEST_ALL") or len(choices) <= most:
        return list(choices)
    start = zlib.crc32(name.encode()) % len(choices)
    return [*choices[start:], *choices[:start]][:most]


def page(client: Client, address: str, *, status: int = 200) -> str:
    """The page at `address`, which must answer with `status`."""
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def text_of(response: HttpResponse) -> str:
    """What was answered, as text."""
    return response.content.decode()


def one_line(source: str) -> str:
    """The source of a page on one line, with no space before the end of a tag."""
    return " ".join(source.split()).replace(" >", ">")


def words(source: str) -> str:
    """A page as running text, no-break spaces read as spaces."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", source))
    return " ".join(text.replace("\u00a0", " ").split())


def page_text(client: Client, address: str, *, status: int = 200) -> str:
    """The words between the head and the foot of a page."""
    return words(page(client, address, status=status).split("<main")[1].split("</main")[0])
