"""Reading figures from publishers as jobs: asked by the secretariat, put by the worker.

The answer becomes a file that waits for a look and a yes, as one that somebody uploaded.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.tasks import enqueue_once
from alliance.indicators import rules
from alliance.indicators.connectors import PUBLISHERS, Query
from alliance.indicators.connectors.asked import read_publisher, with_defaults
from alliance.indicators.connectors.asking import Asker, PublisherSilent
from alliance.indicators.enums import ReadingState
from alliance.indicators.importing.options import Options
from alliance.indicators.models import PublisherReading
from alliance.indicators.services import uploads
from alliance.network.text_checks import text_faults

LONGEST = 500


def ask_publisher(
    publisher: str,
    query: Query,
    options: Options,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    language: str = "en",
) -> PublisherReading:
    """Have a publisher asked by the worker. Raises NotAllowed, and InvalidData for a question that
    cannot be put."""
    if not rules.may_enter_all(actor):
        raise NotAllowed(_("Only the secretariat reads figures from publishers."))
    if publisher not in PUBLISHERS:
        raise InvalidData([Fault("publisher", "unknown", {"value": publisher})])
    if not query.dataset:
        raise InvalidData([Fault("dataset", "missing")])
    faults = text_faults("dataset", query.dataset)
    faults += text_faults("filters", " ".join([*query.filters, *sum(query.filters.values(), ())]))
    faults += text_faults("codes", " ".join(query.codes))
    faults += text_faults("unit", options.unit) + text_faults("definition", options.definition)
    if faults:
        raise InvalidData(faults)
    query, options = with_defaults(publisher, query, options)
    with transaction.atomic():
        row = PublisherReading.objects.create(
            publisher=publisher,
            query=dataclasses.asdict(query),
            options=options.as_json(),
            asked_by=actor.user,
            asked_by_label=actor.label[: audit.LONGEST_LABEL],
            at=at,
            language=language,
        )
        audit.record(
            actor=actor,
            at=at,
            verb="ask",
            kind="publisher",
            public_id=row.public_id,
            publisher=publisher,
            dataset=query.dataset,
        )
        job = "alliance.indicators.tasks.read_publisher"
        enqueue_once(job, f"publisher:{row.public_id}", public_id=row.public_id)
    return row


def query_of(told: dict[str, Any]) -> Query:
    """A question as it was kept."""
    filters = {name: tuple(values) for name, values in told.get("filters", {}).items()}
    return Query(**told | {"codes": tuple(told.get("codes", ())), "filters": filters})


def put(public_id: str, *, at: dt.datetime, asker: Asker | None = None) -> str:
    """Put a question that was asked; the state it is in. A second time is the same.

    Raises PublisherSilent where no answer came and another try is left: the queue makes it, after a
    pause.
    """
    row = PublisherReading.objects.select_related("asked_by").filter(public_id=public_id).first()
    if row is None or row.state in {ReadingState.READ, ReadingState.FAILED}:
        return row.state if row else ""
    row.attempts += 1
    with translation.override(row.language):
        _tell(row, ReadingState.ASKING, "")
        try:
            fetched, options = read_publisher(
                row.publisher,
                query_of(row.query),
                Options.of_json(row.options),
                asker=asker,
                say=lambda text: _tell(row, ReadingState.ASKING, text),
            )
            actor = audit.Actor(label=row.asked_by_label, user=row.asked_by, is_system=True)
            row.figure_file = uploads.upload(
                fetched.content,
                fetched.file_name,
                options,
                organisation=None,
                actor=actor,
                at=at,
                language=row.language,
            )
        except PublisherSilent as error:
            if row.attempts < settings.TASK_ATTEMPTS:
                _tell(row, ReadingState.WAITING, error.rule)
                raise
            return _tell(row, ReadingState.FAILED, error.rule)
        except InvalidData as error:
            return _tell(row, ReadingState.FAILED, "\n".join(map(str, error.faults)))
        return _tell(row, ReadingState.READ, "")


def _tell(row: PublisherReading, state: ReadingState, text: str) -> str:
    row.state, row.told = state, text[:LONGEST]
    row.save(update_fields=["state", "told", "attempts", "figure_file"])
    return row.state
