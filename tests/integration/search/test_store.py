"""The index a process holds: from disk or database, kept in step, never of another history."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.search import services
from alliance.search import store as module
from alliance.search.models import IndexState
from alliance.search.results import FinderResult
from alliance.search.store import index_folder, store
from tests.factories.knowledge import NOW, lay_ground, make_case, text

Find = Callable[..., FinderResult]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    make_case("Lund")


def reads_of_terms(find: Find) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        find("q=pricing")
    return sum('"terms"' in query["sql"] for query in queries.captured_queries)


def test_a_search_takes_two_queries(find: Find, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    find("")
    with django_assert_num_queries(2):
        find("q=pricing&country=SE")


def test_a_change_is_loaded_alone(find: Find) -> None:
    find("")
    first = store._loaded
    make_case("Umeå", texts=(text(title="A ferry"),))
    assert find("q=ferry").total > 0
    assert first is not None
    assert store._loaded is not None
    assert store._loaded.index.segments[0] is first.index.segments[0]
    assert len(store._loaded.index.segments) == 2


def test_a_new_process_reads_the_index_from_disk(find: Find) -> None:
    before = find("q=pricing")
    store.forget()
    assert reads_of_terms(find) == 0
    assert find("q=pricing").total == before.total


def test_what_came_after_the_file_is_loaded_too(find: Find) -> None:
    find("")
    make_case("Umeå", texts=(text(title="A ferry"),))
    services.refresh(at=NOW)
    store.forget()
    assert find("q=ferry").total > 0


@pytest.mark.parametrize("suffix", ["json", "npz"])
def test_a_spoilt_file_is_passed_over(find: Find, suffix: str) -> None:
    total = find("").total
    for path in index_folder().glob(f"*.{suffix}"):
        path.write_bytes(b"spoilt")
    store.forget()
    assert find("").total == total


def test_a_file_of_another_version_is_passed_over(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = find("").total
    store.forget()
    assert reads_of_terms(find) == 0
    monkeypatch.setattr(module.segments, "file_version", lambda: "another")
    store.forget()
    assert reads_of_terms(find) == 1
    assert find("").total == total


def test_the_index_of_another_history_is_dropped(find: Find) -> None:
    """A restored backup may have the same generation with other rows in it."""
    find("")
    state = IndexState.objects.get(pk=1)
    state.stamps = {str(state.generation): "restored"}
    state.save()
    held = store._loaded
    assert reads_of_terms(find) == 1
    assert store._loaded is not held
    store.forget()
    find("")
    assert store._loaded is not None
    assert store._loaded.stamp == "restored"


def test_a_long_tail_is_merged_beside_the_requests(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    find("")
    monkeypatch.setattr(module, "MOST_TAIL", 0)
    make_case("Umeå", texts=(text(title="A ferry"),))
    before = find("q=ferry")
    assert store._background is not None
    store._background.join()
    assert store._loaded is not None
    assert len(store._loaded.index.segments) == 1
    assert [hit.public_id for hit in find("q=ferry").hits] == [hit.public_id for hit in before.hits]


def test_a_folder_that_cannot_be_written_does_not_stop_the_search(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(module.segments, "save", refuse)
    assert find("").total > 0
