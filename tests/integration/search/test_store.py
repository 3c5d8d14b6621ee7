"""The index a process holds: from disk or database, kept in step, never of another history."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from alliance.core import audit
from alliance.search import services
from alliance.search import store as module
from alliance.search.index import Index
from alliance.search.models import IndexState
from alliance.search.results import FinderResult
from alliance.search.selectors import finder
from alliance.search.store import index_folder, store
from alliance.search.tasks import refresh_index
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


def test_an_act_that_changes_many_records_is_left_to_the_worker(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    find("")
    monkeypatch.setattr(module, "MOST_INLINE_RECORDS", 1)
    make_case("Umeå", texts=(text(title="A ferry"),))
    result = find("q=ferry")
    assert result.total == 0
    assert "behind" in [one.code for one in result.notices]
    assert DBTaskResult.objects.filter(task_path=refresh_index.module_path).count() == 1
    # What the acts change is not looked up again by every page.
    monkeypatch.setattr(services, "_with_dependents", None)
    find("q=ferry")
    monkeypatch.undo()
    refresh_index.call()
    assert find("q=ferry").total > 0


def test_while_one_thread_refreshes_the_others_answer(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    find("")
    make_case("Umeå", texts=(text(title="A ferry"),))
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.01)
    with store._refreshing:
        assert find("q=ferry").total == 0
    assert find("q=ferry").total > 0


def test_many_changes_are_loaded_beside_the_requests(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    find("")
    works: list[Callable[[], None]] = []
    monkeypatch.setattr(store, "_in_background", works.append)
    monkeypatch.setattr(module, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(module.connection, "close", lambda: None)
    make_case("Umeå", texts=(text(title="A ferry"),))
    assert find("q=ferry").total == 0
    works[0]()
    assert find("q=ferry").total > 0


def test_what_is_new_is_read_by_the_index_that_finds_it() -> None:
    """SQLite takes another index for an order or a DISTINCT, and reads the whole table."""
    with CaptureQueriesContext(connection) as queries:
        module._changed_since(5)
        audit.touched_since(5)
        held = module.Loaded(Index.of([]), 5, "")
        store._load_changes(held, IndexState())
    for query in queries.captured_queries:
        assert not re.search("ORDER BY|DISTINCT", query["sql"])
        if connection.vendor != "sqlite":
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
        assert [step.split()[0] for step in plan] == ["SEARCH"], plan


def test_filters_are_made_once_for_all_readers_and_anew_after_a_change(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outcomes(address: str, language: str = "en") -> list[tuple[str, int]]:
        groups = {group.key: group for group in find(address, language).facets}
        return [(one.label, one.count) for one in groups["outcome"].options]

    first = outcomes("kind=case")
    make, made = finder.facet_groups, []
    monkeypatch.setattr(finder, "facet_groups", lambda *given: made.append(1) or make(*given))
    assert outcomes("kind=case") == first and made == []
    assert outcomes("kind=case", "sv") != first and len(made) == 1
    make_case("Umeå", outcome="did-not-work", reasons=("no-effect",))
    assert outcomes("kind=case") != first and len(made) == 2


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
