"""Reads figures from publishers as jobs: requested by the secretariat, run by the worker.

The response becomes a file that waits for review and approval, like an uploaded file.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.files.uploads import UploadState
from alliance.core.tasks import enqueue_once
from alliance.indicators import rules
from alliance.indicators.connectors import PUBLISHERS, Fetched, Query
from alliance.indicators.connectors.asked import read_publisher, with_defaults
from alliance.indicators.connectors.asking import Asker, PublisherSilent
from alliance.indicators.connectors.recipes import query_of, read_recipe
from alliance.indicators.enums import ReadingState
from alliance.indicators.importing.options import Options
from alliance.indicators.models import PublisherReading, Recipe
from alliance.indicators.models.uploads import BY_HAND
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
    """Requests a query to a publisher, for the worker. Raises NotAllowed, and InvalidData for an
    invalid query.
    """
    if not rules.may_enter_all(actor):
        raise NotAllowed(_("Only the secretariat can retrieve figures from publishers."))
    if publisher not in PUBLISHERS:
        raise InvalidData([Fault("publisher", "unknown", {"value": publisher})])
    if not query.dataset:
        raise InvalidData([Fault("dataset", "missing")])
    faults = text_faults("dataset", query.dataset)
    faults += text_faults("filters", " ".join([*query.filters, *sum(query.filters.values(), ())]))
    faults += text_faults("codes", " ".join(query.codes))
    faults += text_faults("unit", options.unit) + text_faults("definition", options.definition)
    refuse(faults)
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
            "publisher", row, "ask", actor=actor, at=at, publisher=publisher, dataset=query.dataset
        )
        job = "alliance.indicators.tasks.read_publisher"
        enqueue_once(job, f"publisher:{row.public_id}", public_id=row.public_id)
    return row


def read_all(
    *, actor: audit.Actor, at: dt.datetime, keys: Collection[str] = ()
) -> list[PublisherReading]:
    """Requests queries for all recipes, or for those of some definitions.

    Unapproved results of earlier queries are deleted: the new response includes them.
    """
    recipes = Recipe.objects.exclude(publisher=BY_HAND).select_related("definition__indicator")
    if keys:
        recipes = recipes.filter(definition__key__in=keys)
    made = []
    for recipe in recipes:
        with transaction.atomic():
            for old in recipe.readings.select_related("figure_file"):
                if old.figure_file and old.figure_file.state == UploadState.READY:
                    old.figure_file.drop()
                if old.state != ReadingState.ASKING:
                    old.delete()
            made.append(
                PublisherReading.objects.create(
                    publisher=recipe.publisher,
                    recipe=recipe,
                    query=recipe.query,
                    options=recipe.options | {"definition": recipe.definition.key},
                    asked_by=actor.user,
                    asked_by_label=actor.label[: audit.LONGEST_LABEL],
                    at=at,
                )
            )
    return made


def run_reading(public_id: str, *, at: dt.datetime, asker: Asker | None = None) -> str:
    """Runs a requested query; returns its state. Repeated runs are harmless.

    Raises PublisherSilent if there was no response and another attempt is left, which the queue
    makes after a pause.
    """
    rows = PublisherReading.objects.select_related("asked_by", "recipe__definition__indicator")
    row = rows.filter(public_id=public_id).first()
    if row is None or row.state not in {ReadingState.WAITING, ReadingState.ASKING}:
        return row.state if row else ""
    row.attempts += 1
    with translation.override(row.language):
        _set_state(row, ReadingState.ASKING, "")
        try:
            fetched, options = _read(row, asker)
            if not fetched.content:
                return _set_state(row, ReadingState.SAME, "")
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
                _set_state(row, ReadingState.WAITING, error.rule)
                raise
            return _set_state(row, ReadingState.FAILED, error.rule)
        except InvalidData as error:
            return _set_state(row, ReadingState.FAILED, "\n".join(map(str, error.faults)))
        return _set_state(row, ReadingState.READ, "")


def give_up(public_id: str, rule: str) -> None:
    """Marks a query that will not be retried as failed."""
    PublisherReading.objects.filter(public_id=public_id).update(
        state=ReadingState.FAILED, told=rule[:LONGEST]
    )


def _read(row: PublisherReading, asker: Asker | None) -> tuple[Fetched, Options]:
    def report(text: str) -> None:
        _set_state(row, ReadingState.ASKING, text)

    if row.recipe is not None:
        return read_recipe(row.recipe, asker=asker, report=report)
    options = Options.of_json(row.options)
    return read_publisher(row.publisher, query_of(row.query), options, asker=asker, report=report)


def _set_state(row: PublisherReading, state: ReadingState, text: str) -> str:
    row.state, row.told = state, text[:LONGEST]
    row.save(update_fields=["state", "told", "attempts", "figure_file"])
    return row.state
