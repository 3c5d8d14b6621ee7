"""What is loaded before a server answers."""

import pytest

from alliance.config import warm
from alliance.search.glossary import glossary
from alliance.search.store import store


def test_the_first_reader_waits_neither_for_words_nor_for_the_index(
    db: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(warm, "set_aside_what_stays", lambda: None)
    monkeypatch.setattr(warm.connection, "close", lambda: None)
    glossary.cache_clear()
    store.forget()
    warm.warm()
    assert glossary.cache_info().currsize == 1
    assert store._loaded is not None
