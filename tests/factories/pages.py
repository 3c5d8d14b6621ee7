"""Reading pages in tests."""

from __future__ import annotations

import html
import re

from django.http import HttpResponse
from django.test import Client


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


def told(client: Client, address: str, *, status: int = 200) -> str:
    """The words between the head and the foot of a page."""
    return words(page(client, address, status=status).split("<main")[1].split("</main")[0])
