"""What is saved is found, whoever saved it and however the index learns of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django_tasks_db.models import DBTaskResult

from alliance.cases.records import SolutionRecord, SolutionTextRecord
from alliance.core import audit
from alliance.core.models import AuditEvent
from alliance.network.services import save_city
from alliance.search import services, store, version
from alliance.search.models import IndexedDocument, IndexState
from alliance.search.results import FinderResult
from alliance.search.tasks import refresh_index
from alliance.writing.services import save_solution
from tests.factories.knowledge import NOW, lay_ground, make_case, text

Find = Callable[..., FinderResult]
BY = {"actor": audit.COMMAND_LINE, "at": NOW}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def found(result: FinderResult) -> list[str]:
    return [hit.public_id for hit in result.hits]


def test_a_saved_case_is_found_at_once_and_changes_with_its_text(find: Find) -> None:
    assert found(find("q=ferry")) == []
    make_case("Lund", texts=(text(title="A ferry for all"),))
    assert found(find("q=ferry&kind=case")) == ["lund"]
    make_case("Lund", texts=(text(title="A tram for all"),))
    assert found(find("q=ferry&kind=case")) == []
    assert found(find("q=tram&kind=case")) == ["lund"]


def test_a_withdrawn_case_is_gone(find: Find) -> None:
    make_case("Lund")
    assert found(find("kind=case")) == ["lund"]
    make_case("Lund", status="withdrawn")
    assert found(find("kind=case")) == []
    assert not IndexedDocument.objects.filter(kind="case", deleted=False).exists()


def test_a_language_that_is_taken_away_is_gone(find: Find) -> None:
    swedish = text("sv", title="Vägavgifter i Lund", status="translated")
    make_case("Lund", texts=(text(), swedish))
    assert find("q=lund&kind=case", "sv").hits[0].language == "sv"
    make_case("Lund", texts=(text(),))
    hit = find("q=lund&kind=case", "sv").hits[0]
    assert (hit.language, hit.lang_attr, hit.languages) == ("en", "en", ("en",))


def test_cases_are_found_by_new_names_of_their_solution_and_city(find: Find) -> None:
    make_case("Lund")
    find("")
    texts = (SolutionTextRecord("en", "Kilometre charge"),)
    save_solution(SolutionRecord("road-pricing", "approach", texts), **BY)
    assert "lund" in found(find("q=kilometre charge&kind=case"))
    save_city("lund", name="Londinium", country="SE", **BY)
    assert "lund" in found(find("q=londinium&kind=case"))


def test_a_solution_tells_the_trials_it_has_now(find: Find) -> None:
    make_case("Lund")
    solution = find("q=road pricing&kind=solution").hits[0]
    assert (solution.extra["trials"], solution.extra["did_not_work"]) == (1, 0)
    make_case("Umeå", outcome="did-not-work", reasons=("no-effect",))
    solution = find("q=road pricing&kind=solution").hits[0]
    assert (solution.extra["trials"], solution.extra["did_not_work"]) == (2, 1)


def test_many_acts_are_left_to_the_worker_and_the_reader_is_told(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    find("")
    monkeypatch.setattr(store, "MOST_INLINE", 0)
    make_case("Lund")
    result = find("kind=case")
    assert result.total == 0
    assert [notice.code for notice in result.notices] == ["behind"]
    assert DBTaskResult.objects.filter(task_path=refresh_index.module_path).count() == 1
    assert refresh_index.call() > 0
    assert found(find("kind=case")) == ["lund"]


def test_an_act_whose_transaction_ended_late_is_not_missed(find: Find) -> None:
    make_case("Lund")
    find("")
    last = AuditEvent.objects.latest("id")
    make_case("Lund", texts=(text(title="A ferry"),))
    # Take the act of that change away, as if its transaction had not ended when a later one had.
    late = list(AuditEvent.objects.filter(id__gt=last.id))
    AuditEvent.objects.filter(id__gt=last.id).delete()
    other = AuditEvent.objects.create(
        id=late[-1].id + 1, at=NOW, actor_label="x", verb="update", kind="user", public_id="x"
    )
    assert found(find("q=ferry")) == []
    state = IndexState.objects.get(pk=1)
    assert state.cursor == other.id
    assert {str(event.id) for event in late} <= set(state.gaps)
    AuditEvent.objects.bulk_create(late)
    assert "lund" in found(find("q=ferry"))
    assert IndexState.objects.get(pk=1).gaps == {}


def test_an_id_that_never_comes_is_waited_for_an_hour(find: Find) -> None:
    find("")
    newest = audit.last_id()
    event = {"at": NOW, "actor_label": "x", "verb": "update", "kind": "user", "public_id": "x"}
    AuditEvent.objects.create(id=newest + 2, **event)
    services.refresh(at=NOW)
    assert set(IndexState.objects.get(pk=1).gaps) == {str(newest + 1)}
    AuditEvent.objects.create(id=newest + 3, **event)
    services.refresh(at=NOW + dt.timedelta(hours=2))
    assert IndexState.objects.get(pk=1).gaps == {}


def test_rebuilding_changes_no_answer(find: Find) -> None:
    make_case("Lund")
    make_case("Umeå", texts=(text(title="A ferry"),))
    before = [find(address) for address in ("", "q=ferry", "q=pricing", "country=SE")]
    done = services.rebuild(at=NOW)
    assert done.records == IndexedDocument.objects.values("kind", "public_id").distinct().count()
    after = [find(address) for address in ("", "q=ferry", "q=pricing", "country=SE")]
    assert [found(result) for result in after] == [found(result) for result in before]
    assert [result.outcomes for result in after] == [result.outcomes for result in before]


def test_rebuilding_takes_out_what_the_rooms_no_longer_have(find: Find) -> None:
    make_case("Lund")
    find("")
    IndexedDocument.objects.filter(kind="case").update(public_id="ghost")
    services.rebuild(at=NOW)
    assert found(find("kind=case")) == ["lund"]


def grow_old() -> None:
    """Leave the database as a former version has left it: without symbols of units."""
    for row in IndexedDocument.objects.filter(kind="case"):
        del row.shown["extra"]["effect"]["unit_symbols"]
        row.terms["tokens"] = row.terms["tokens"].replace("en:", "en:old-")
        row.save()
    IndexState.objects.update(version="1-0123456789abcdef")
    store.store.forget()


def test_an_older_database_is_made_anew_before_it_answers(find: Find) -> None:
    make_case("Lund", texts=(text(title="A ferry for all"),))
    new = find("q=ferries&kind=case")
    symbols = new.hits[0].extra["effect"]["unit_symbols"]
    grow_old()
    result = find("q=ferries&kind=case")
    assert found(result) == ["lund"]
    assert result.hits[0].extra["effect"]["unit_symbols"] == symbols
    assert IndexState.objects.get(pk=1).version == version.row_version()


def test_a_large_older_index_is_made_anew_by_the_worker(
    find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_case("Lund")
    find("")
    generation = IndexState.objects.get(pk=1).generation
    grow_old()
    monkeypatch.setattr(store, "MOST_INLINE_WHOLE", 0)
    # The page answers from what there is, and asks for the work.
    assert found(find("kind=case")) == ["lund"]
    assert IndexState.objects.get(pk=1).generation == generation
    assert DBTaskResult.objects.filter(task_path=refresh_index.module_path).exists()
    refresh_index.call()
    state = IndexState.objects.get(pk=1)
    assert (state.version, state.generation) == (version.row_version(), generation + 1)
    assert set(IndexedDocument.objects.values_list("generation", flat=True)) == {generation + 1}
    assert "unit_symbols" in find("kind=case").hits[0].extra["effect"]


def test_a_changed_source_makes_all_rows_anew(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case("Lund")
    find("")
    before = IndexState.objects.get(pk=1)
    find("")
    assert IndexState.objects.get(pk=1).generation == before.generation
    monkeypatch.setattr(version, "row_version", lambda: "another")
    assert found(find("kind=case")) == ["lund"]
    after = IndexState.objects.get(pk=1)
    assert (after.version, after.generation) == ("another", before.generation + 1)


def test_a_process_that_was_quicker_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    services.refresh(at=NOW)
    make_case("Lund")
    real, calls = services.read_documents, []

    def overtaken(keys: set[tuple[str, str]]):  # type: ignore[no-untyped-def]
        documents = list(real(keys))
        if not calls:
            calls.append(1)
            make_case("Lund", texts=(text(title="A ferry"),))
            services.refresh(at=NOW)
        return iter(documents)

    monkeypatch.setattr(services, "read_documents", overtaken)
    services.refresh(at=NOW)
    assert IndexedDocument.objects.get(kind="case", language="en").shown["title"] == "A ferry"
    assert IndexState.objects.get(pk=1).cursor == audit.last_id()
