"""Each test of the search begins as a new process does."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.http import QueryDict

from alliance.search import selectors
from alliance.search.query import FinderQuery
from alliance.search.results import FinderResult
from alliance.search.store import index_folder, store

TODAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def new_process() -> Iterator[None]:
    store.forget()
    shutil.rmtree(index_folder(), ignore_errors=True)
    yield
    store.forget()


@pytest.fixture
def find() -> Callable[..., FinderResult]:
    """Search as the page of an address does: `find("q=tram&outcome=worked", "sv")`."""

    def run(address: str, language: str = "en") -> FinderResult:
        query = FinderQuery.from_params(QueryDict(address), language)
        return selectors.find(query, today=TODAY)

    return run
