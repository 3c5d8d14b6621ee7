from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import translation


@pytest.fixture(autouse=True)
def _showcase_site(settings) -> Iterator[None]:
    """The addresses of `showcase.py`, and no language left over from the request before."""
    settings.ROOT_URLCONF = "tests.unit.web.showcase"
    with translation.override("en"):
        yield


@pytest.fixture
def client() -> Client:
    """A reader's browser; pages here need no database."""
    return Client(raise_request_exception=False)


@pytest.fixture
def html() -> Callable[..., str]:
    """Render a piece of a template in a language, as on a page."""

    def render(source: str, language: str = "en", query: str = "", **context: object) -> str:
        request = RequestFactory().get(f"/{language}/find{query}")
        with translation.override(language):
            return engines["django"].from_string(source).render(context, request)

    return render
