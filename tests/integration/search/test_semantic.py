"""The extra [semantic]: vectors kept in step with the documents, and the neighbours they give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest

from alliance.core import meaning
from alliance.search import selectors, semantic, services
from alliance.search.tasks import embed_documents
from tests.factories.knowledge import NOW, lay_ground, make_case, text

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 24)
SEEN: list[str] = []


def toy_vectors(texts: Sequence[str]) -> meaning.Vectors:
    """A vector that says which of some words a text has."""
    SEEN.extend(texts)
    vectors = np.zeros((len(texts), meaning.DIMENSIONS), np.float32)
    for number, one in enumerate(texts):
        for place, word in enumerate(("ferry", "tram", "pricing")):
            vectors[number, place] = word in one.casefold()
        vectors[number, 5] = 0.1
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def content(db: None, monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.HOME = tmp_path
    settings.SEMANTIC = True
    monkeypatch.setattr(meaning, "embed", toy_vectors)
    lay_ground()
    make_case("Lund", texts=(text(title="A ferry", summary="On the water."),))
    make_case("Umeå", texts=(text(title="The ferry boat", summary="On the river."),))
    make_case("Visby", texts=(text(title="A tram", summary="On rails."),))
    services.refresh(at=NOW)
    SEEN.clear()


def near(public_id: str) -> list[str]:
    return [hit.public_id for hit in selectors.related_by_meaning("case", public_id, today=TODAY)]


def test_neighbours_are_the_nearest_of_the_kind(content: None) -> None:
    assert near("lund") == []
    assert semantic.embed_missing() == 5
    assert near("lund") == ["umea"]
    assert near("nowhere") == []


def test_only_new_and_changed_texts_are_computed(content: None) -> None:
    semantic.embed_missing()
    SEEN.clear()
    assert semantic.embed_missing() == 0
    make_case("Visby", texts=(text(title="A ferry too", summary="On the sea."),))
    make_case("Umeå", status="withdrawn")
    services.refresh(at=NOW)
    assert semantic.embed_missing() == 1
    assert SEEN == ["A ferry too. On the sea."]
    assert near("lund") == ["visby"]
    assert "umea" not in semantic.embedded().owners["case"]


def test_a_spoilt_file_is_made_anew(content: None) -> None:
    semantic.embed_missing()
    semantic._path().write_bytes(b"spoilt")
    assert near("lund") == []
    assert semantic.embed_missing() == 5
    assert near("lund") == ["umea"]


def test_the_job_does_nothing_where_the_extra_is_not_in_use(content: None, settings) -> None:  # type: ignore[no-untyped-def]
    settings.SEMANTIC = False
    assert embed_documents.call() == 0
    assert SEEN == []
    semantic.embed_missing()
    assert near("lund") == []


@pytest.mark.extra
@pytest.mark.slow
def test_the_model_joins_languages() -> None:
    if not meaning.is_available():
        pytest.skip("the extra [semantic] is not installed")
    vectors = meaning.embed(
        ["A toll on cars that enter the city", "Un péage à l'entrée de la ville", "Lunch utan kött"]
    )
    assert vectors.shape == (3, meaning.DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.02
