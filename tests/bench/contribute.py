"""Writing, reviewing and importing at 10,000 cases: server time, queries, and time of all rights.

python -m tests.bench.contribute
"""

from __future__ import annotations

import csv
import io
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.starter_database import NOW, fresh_database

CASES = 10_000
WAITING = 1_000
IMPORTED = 1_000
ROUNDS = 60
SAVE_LIMIT_MS = 150
QUEUE_LIMIT_MS = 100
MAX_QUERIES = 15
IMPORT_LIMIT_S = 30
RIGHTS_LIMIT_S = 60

TEAM = "goteborgs-stad"
#: A field of each step that is typed into, so that each save changes something.
TYPED = {"story": "summary", "results": "effects-0-note", "sources": "sources-0-seen"}
QUEUES = ("", "?page=7", "?theme=mobility", "?language=sv", "?mine=on")
LISTS = ("reasons", "topics", "themes", "sdg_targets", "actors")
PLAIN = ("solution", "kind", "outcome", "original_language", "start_year", "end_year")


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds on the clock, and of the processor."""
    start = time.process_time()
    clock = milliseconds(work)
    return clock, (time.process_time() - start) * 1000


def _figures(name: str, times: list[tuple[float, float]], limit: float) -> Iterator[Figure]:
    clock, processor = [one[0] for one in times], [one[1] for one in times]
    yield Figure(f"{name}, median", percentile(clock, 0.5), "ms")
    yield Figure(f"{name}, p95", percentile(clock, 0.95), "ms", limit)
    yield Figure(f"{name}, processor time, p95", percentile(processor, 0.95), "ms")


def _documents() -> list[dict[str, Any]]:
    """The starter cases as documents, the one with the most in it first."""
    from alliance.cases.models import CaseStudy
    from alliance.cases.snapshots import document_of
    from alliance.core.text import canonical_json

    found = [
        document_of(case) | {"adapted_from": None}
        for case in CaseStudy.objects.filter(revision__gt=0).order_by("id")
    ]
    return sorted(found, key=lambda document: -len(canonical_json(document)))


def _people() -> tuple[Any, Any, Any]:
    """A team, one of its editors, and a reviewer of no team."""
    from alliance.network.models import Organisation
    from tests.factories.people import join, person

    organisation = Organisation.objects.get(public_id=TEAM)
    editor = person("Elin Berg", language="sv")
    join(editor, organisation)
    return organisation, editor, person("Rosa Petit", "reviewer")


def saving(organisation: Any, editor: Any, document: dict[str, Any]) -> Iterator[Figure]:
    """The service that saves a draft, and the steps of writing as a browser sends them."""
    from django.test import Client

    from alliance.writing.services.drafts import save_draft, start_draft
    from tests.factories.people import acting
    from tests.factories.writing import fields_on, page_of

    actor = acting(editor)
    language = document["original_language"]
    draft = start_draft(organisation, language=language, actor=actor, at=NOW, content=document)
    texts = document["texts"]

    def save(number: int) -> None:
        text = texts[language] | {"problem": f"Told anew for the time number {number}."}
        changed = document | {"texts": texts | {language: text}}
        save_draft(draft, content=changed, expected_revision=1 + number, actor=actor, at=NOW)

    times = [_timed(lambda: save(number)) for number in range(ROUNDS)]  # noqa: B023
    draft.refresh_from_db()
    assert draft.revision == 1 + ROUNDS
    yield from _figures("draft saved by the service", times, SAVE_LIMIT_MS)

    client = Client()
    client.force_login(editor)
    for step, field in TYPED.items():
        address = page_of(draft, step)
        html = client.get(address).content.decode()
        fields = fields_on(html, address if f'action="{address}"' in html else "")
        sent = {name: fields.getlist(name) for name in fields} | {"go": ["save"]}
        times = []
        for number in range(ROUNDS):
            draft.refresh_from_db()
            sent |= {"revision": [str(draft.revision)], field: [f"Typed for the time {number}."]}
            times.append(_timed(lambda: _post(client, address, sent)))  # noqa: B023
        yield from _figures(f"draft saved by the step {step}", times, SAVE_LIMIT_MS)


def _post(client: Any, address: str, sent: dict[str, list[str]]) -> None:
    response = client.post(address, sent)
    assert response.status_code == 302, (address, response.status_code)


def hand_in(organisation: Any, reviewer: Any, documents: list[dict[str, Any]]) -> None:
    """Drafts that wait for review; each second one has a reviewer already."""
    from alliance.cases.enums import DraftState, ReviewState
    from alliance.writing.models import Draft, DraftRevision, Review, Submission

    drafts = Draft.objects.bulk_create(
        Draft(
            organisation=organisation,
            language=document["original_language"],
            content=document,
            revision=1,
            state=DraftState.IN_REVIEW,
            submission=1,
            started_at=NOW,
            saved_at=NOW,
            submitted_at=NOW,
        )
        for document in (documents[place % len(documents)] for place in range(WAITING))
    )
    revisions = DraftRevision.objects.bulk_create(
        DraftRevision(draft=draft, number=1, at=NOW, actor_label="", content=draft.content)
        for draft in drafts
    )
    Submission.objects.bulk_create(
        Submission(draft=revision.draft, number=1, revision=revision, at=NOW)
        for revision in revisions
    )
    Review.objects.bulk_create(
        Review(
            draft=draft,
            submission=1,
            reviewer=reviewer,
            reviewer_name=reviewer.name,
            taken_at=NOW,
            state=ReviewState.TAKEN,
        )
        for draft in drafts[::2]
    )


def queue(reviewer: Any) -> Iterator[Figure]:
    """The pages of the queue of drafts that wait, as a reviewer has them."""
    from django.db import connection
    from django.test import Client

    from tests.bench.pages import noting

    client = Client()
    client.force_login(reviewer)
    for query in QUEUES:
        address = f"/en/review/{query}"
        assert client.get(address).status_code == 200, address
        queries: list[str] = []
        with connection.execute_wrapper(noting(queries)):
            client.get(address)
        times = [_timed(lambda: client.get(address)) for _ in range(ROUNDS)]  # noqa: B023
        yield from _figures(f"review queue {query}".strip(), times, QUEUE_LIMIT_MS)
        yield Figure(f"review queue {query}".strip() + ", queries", len(queries), "", MAX_QUERIES)


def _row(document: dict[str, Any], number: int, chooser: random.Random) -> dict[str, Any]:
    """A document as a row of a table, with words in an order of its own."""
    row: dict[str, Any] = {name: document[name] for name in PLAIN} | {"id": f"row-{number}"}
    row |= {name: "|".join(document[name]) for name in LISTS}
    place = document["place"]
    row |= {"place": place["name"], "country": place["country"], "city": place["city"]}
    for language, text in document["texts"].items():
        for name, said in text.items():
            if name != "status":
                words = said.split()
                chooser.shuffle(words)
                row[f"{name}_{language}"] = " ".join(words)
    if document["cost"]:
        row |= {f"cost_{name}": value for name, value in document["cost"].items()}
    for name in ("staff_time", "lead_time", "lifetime"):
        if document[name]:
            row |= {name: document[name]["value"], f"{name}_unit": document[name]["unit"]}
    for part in ("effects", "sources"):
        for place_, entry in enumerate(document[part], start=1):
            for name, value in entry.items():
                column = "standard_error" if name == "se" else name
                row[f"{part}.{place_}.{column}"] = value
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def table(documents: list[dict[str, Any]]) -> bytes:
    """A CSV of so many cases as are imported, none like another."""
    chooser = random.Random(1)
    rows = [_row(documents[number % len(documents)], number, chooser) for number in range(IMPORTED)]
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def importing(organisation: Any, editor: Any, documents: list[dict[str, Any]]) -> Iterator[Figure]:
    """A table looked at and taken over, and a second time when all of it is there."""
    from alliance.writing.services import case_imports
    from tests.factories.people import acting

    content, actor = table(documents), acting(editor)
    by: dict[str, Any] = {"organisation": organisation, "actor": actor, "at": NOW}
    made: list[int] = []

    def both() -> None:
        row = case_imports.stage(content, "cases.csv", **by)
        # What a worker does of a table of that size; nothing of a smaller one.
        case_imports.check_staged(row.public_id, at=NOW)
        row.refresh_from_db()
        case_imports.take_over(row, actor=actor, at=NOW)
        case_imports.record_staged(row.public_id, at=NOW)
        row.refresh_from_db()
        made.append(row.report["drafts"])

    for name, expected in (("imported", IMPORTED), ("imported again", 0)):
        clock, processor = _timed(both)
        assert made[-1] == expected, made
        yield Figure(f"{IMPORTED:,} cases {name}", clock / 1000, "s", IMPORT_LIMIT_S)
        yield Figure(f"{IMPORTED:,} cases {name}, processor time", processor / 1000, "s")
    yield Figure("  the table", len(content) / 1e6, "MB")


def rights() -> Iterator[Figure]:
    """Every address tried by every role, in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/integration/rights"]
    hidden = {"DJANGO_SETTINGS_MODULE", "ALLIANCE_HOME", "ALLIANCE_LOG_LEVEL"}
    environment = {name: text for name, text in os.environ.items() if name not in hidden}
    start = time.perf_counter()
    ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if ended.returncode:
        print(f"The matrix itself fails: {ended.stdout.splitlines()[-1]}", file=sys.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    yield Figure("matrix of roles and addresses", seconds, "s", RIGHTS_LIMIT_S)
    yield Figure("matrix of roles and addresses, processor time", used, "s")


def run() -> Iterator[Figure]:
    """Measure in this process, without a network between."""
    documents = _documents()
    organisation, editor, reviewer = _people()
    yield from saving(organisation, editor, documents[0])
    hand_in(organisation, reviewer, documents)
    yield from queue(reviewer)
    yield from importing(organisation, editor, documents)


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    os.environ["ALLIANCE_LOG_LEVEL"] = "ERROR"
    broken = 0
    with fresh_database():
        from alliance.core.tasks.housekeeping import count_rows_for_planner
        from tests.bench.generate import multiply_cases

        multiply_cases(CASES)
        count_rows_for_planner.call()
        for figure in run():
            print(figure, flush=True)
            broken += figure.is_broken
    for figure in rights():
        print(figure, flush=True)
        broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
