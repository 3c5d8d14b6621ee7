"""Releases: requested in one step, computed by the worker in another."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Aggregate, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, NotFound, model_faults, refuse
from alliance.core.tasks import enqueue_once
from alliance.indicators import rules
from alliance.indicators.as_of import known_at
from alliance.indicators.enums import USABLE, Nature, ReleaseState
from alliance.indicators.models import Observation, Release
from alliance.indicators.releases import meaning
from alliance.indicators.values import totals, versions_at
from alliance.network.text_checks import text_faults

LEAST_DRAWS, MOST_DRAWS = 1_000, 100_000
ProgressCallback = Callable[[str], object]


def start_release(
    *,
    actor: audit.Actor,
    at: dt.datetime,
    name: str = "",
    year: int | None = None,
    as_of: dt.datetime | None = None,
    draws: int = LEAST_DRAWS,
    seed: int = 1,
    by_worker: bool = True,
) -> Release:
    """Requests a release of the data known at `as_of` (None: now) about `year`; a job makes it.

    Without a year it is about the year with figures for the most cities and definitions. With
    `by_worker` False the caller runs `make_release`. Raises NotAllowed unless the actor is the
    secretariat or a process of the installation, InvalidData by field.
    """
    if not rules.may_write_catalogue(actor):
        raise NotAllowed(_("Only the secretariat can create releases."))
    moment = as_of or at
    faults = []
    if moment > at:
        faults.append(Fault("as_of", "in-future"))
    if year is not None and not 1900 <= year <= at.year:
        faults.append(Fault("year", "not-a-year", {"value": year, "first": 1900, "last": at.year}))
    if not LEAST_DRAWS <= draws <= MOST_DRAWS:
        faults.append(Fault("draws", "not-between", {"low": LEAST_DRAWS, "high": MOST_DRAWS}))
    if seed < 0:
        faults.append(Fault("seed", "below", {"least": 0}))
    refuse(faults)
    year = year or best_year(moment)
    if year is None:
        raise InvalidData([Fault("as_of", "nothing-known")])
    refuse(text_faults("name", name))
    release = Release(
        name=name or f"{year} ({moment:%Y-%m-%d})",
        year=year,
        as_of=moment,
        made_at=at,
        # The person is in the audit trail, which forgets people when they leave.
        made_by_label=actor.label[: audit.LONGEST_LABEL] if actor.is_system else "secretariat",
        seed=seed,
        draws=draws,
    )
    try:
        release.full_clean(exclude=["previous"])
    except ValidationError as error:
        raise InvalidData(model_faults(error)) from error
    with transaction.atomic():
        release.save()
        audit.record("release", release, "start", actor=actor, at=at, year=year)
        if by_worker:
            job = "alliance.indicators.tasks.make_release"
            enqueue_once(job, f"release:{release.public_id}", public_id=release.public_id)
    return release


def best_year(moment: dt.datetime) -> int | None:
    """The year for which the most cities and definitions have a usable figure, including carried
    ones; the latest of several. None if there are no figures.

    Only the common set counts, and definitions with figures of more than one city, if there are
    any: a single city's own figures do not determine the year in which all are compared.
    """
    carry = meaning.CHOICES["carry_years"]
    nature = {pk: line.version.nature for pk, line in versions_at(moment).items()}
    # A row for each definition and city with the years of its figures, instead of one for each
    # figure.
    joined = "STRING_AGG" if connection.vendor == "postgresql" else "GROUP_CONCAT"
    rows = (
        totals(Observation.objects.filter(known_at(moment), status__in=sorted(USABLE)))
        .exclude(value=None)
        .filter(year__lte=moment.year)
        .order_by()
        .values_list("series__definition_id", "series__city_id")
        .annotate(
            years=Aggregate(
                Cast("year", TextField()), Value(","), function=joined, output_field=TextField()
            )
        )
    )
    entries = list(rows.filter(series__definition__indicator__is_common=True)) or list(rows)
    cities = Counter(definition for definition, _city, _years in entries)
    shared = [row for row in entries if cities[row[0]] > 1] or entries
    alike = Counter(
        (years, carry[nature.get(definition, Nature.MEASURED)])
        for definition, _city, years in shared
    )
    counts: Counter[int] = Counter()
    newest = 0
    for (years, longer), n in alike.items():
        own = {int(year) for year in years.split(",")}
        newest = max(newest, *own)
        counts.update(dict.fromkeys((year + k for year in own for k in range(longer + 1)), n))
    known = (year for year in counts if year <= newest)
    return max(known, key=lambda year: (counts[year], year), default=None)


def make_release(
    public_id: str, *, at: dt.datetime, report: ProgressCallback = lambda text: None
) -> Release:
    """Freezes, computes and publishes a requested release; a finished one is unchanged.

    Its files appear all or none, and its scores in a single transaction. A fault in the data marks
    it as failed. Raises NotFound, and InvalidData naming the faulty definition.
    """
    release = Release.objects.filter(public_id=public_id).first()
    if release is None:
        raise NotFound("release", public_id)
    if release.state == ReleaseState.DONE:
        return release
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.COMPUTING, fault="")
    # Columnar tables are only imported to make releases: web servers do without them.
    from alliance.indicators.releases.making import make

    try:
        return make(release, at=at, report=report)
    except Exception as error:
        # If the disk is full, the original error is the one to report.
        with suppress(DatabaseError):
            Release.objects.filter(pk=release.pk).update(
                state=ReleaseState.FAILED, fault=str(error) or type(error).__name__
            )
        raise
