"""Services of the secretariat: organisations, cities, vocabularies, failed emails."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.accounts.letters import write_letter
from alliance.accounts.selectors import failed_letters
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, model_faults, refuse
from alliance.core.tasks import retry
from alliance.core.text import fold, markup_fault
from alliance.indicators.models import IndicatorMeasure
from alliance.knowledge import rules
from alliance.knowledge.models import Measure, Unit
from alliance.knowledge.services.vocabulary import merge_words
from alliance.network.models import City, Organisation
from alliance.network.services import free_id, save_city, save_organisation

R = TypeVar("R", City, Organisation)
W = TypeVar("W", Measure, Unit)


def merge_word(old: W, *, into: W, actor: audit.Actor, at: dt.datetime) -> W:
    """Merges a measure or a unit into another one, also in indicators that refer to it.

    Raises InvalidData naming `into`, NotAllowed.
    """
    key = old.slug if isinstance(old, Measure) else ""
    with transaction.atomic():
        merged = merge_words(old, into, actor=actor, at=at)
        if isinstance(merged, Measure):
            links = IndicatorMeasure.objects.filter(measure=key)
            there = IndicatorMeasure.objects.filter(measure=merged.slug).values("indicator")
            links.filter(indicator__in=list(there.values_list("indicator", flat=True))).delete()
            links.update(
                measure=merged.slug,
                name=merged.name,
                name_fr=merged.name_fr,
                name_sv=merged.name_sv,
            )
    return merged


def _require_secretariat(actor: audit.Actor) -> None:
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can change organisations and cities."))


def _name_faults(
    model: type[R], present: R | None, names: dict[str, str], country: str, same_name: bool
) -> list[Fault]:
    """Faults of names: markup, or the name of another record in the country unless `same_name`."""
    faults = [fault for field, text in names.items() if (fault := markup_fault(field, text))]
    wanted = fold(names["name"]).casefold()
    others = model._default_manager.filter(country=country)
    if present is not None:
        others = others.exclude(pk=present.pk)
    for other, public_id in () if same_name else others.values_list("name", "public_id"):
        if fold(other).casefold() == wanted:
            faults.append(Fault("same_name", "same-name", {"id": public_id}))
            break
    return faults


def upsert_organisation(
    present: Organisation | None,
    *,
    name: str,
    name_fr: str,
    name_sv: str,
    kind: str,
    country: str,
    city: City | None,
    same_name: bool = False,
    actor: audit.Actor,
    at: dt.datetime,
) -> Organisation:
    """Creates an organisation, or updates `present`. Raises InvalidData, NotAllowed.

    `same_name` allows the name of another organisation in the country.
    """
    _require_secretariat(actor)
    names = {"name": name, "name_fr": name_fr, "name_sv": name_sv}
    with transaction.atomic():
        faults = _name_faults(Organisation, present, names, country, same_name)
        if city is not None and city.country != country:
            faults.append(Fault("city", "city-abroad"))
        refuse(faults)
        try:
            return save_organisation(
                present.public_id if present else free_id(Organisation, name),
                **names,
                kind=kind,
                country=country,
                city=city,
                actor=actor,
                at=at,
            )
        except ValidationError as error:
            raise InvalidData(model_faults(error)) from error


def upsert_city(
    present: City | None,
    *,
    name: str,
    name_fr: str,
    name_sv: str,
    country: str,
    is_member: bool,
    population: int | None,
    population_year: int | None,
    same_name: bool = False,
    actor: audit.Actor,
    at: dt.datetime,
) -> City:
    """Creates a city, or updates `present`, and sets whether it is a member.

    The population requires its year. A figure entered here counts as verified: its mark as general
    knowledge is removed. `same_name` allows the name of another city in the country. Raises
    InvalidData, NotAllowed.
    """
    _require_secretariat(actor)
    names = {"name": name, "name_fr": name_fr, "name_sv": name_sv}
    with transaction.atomic():
        faults = _name_faults(City, present, names, country, same_name)
        if (population is None) != (population_year is None):
            field = "population_year" if population_year is None else "population"
            faults.append(Fault(field, "population-and-year"))
        if population_year is not None and not 1900 <= population_year <= at.year:
            faults.append(
                Fault(
                    "population_year",
                    "not-a-year",
                    {"value": population_year, "first": 1900, "last": at.year},
                )
            )
        refuse(faults)
        figures = {"population": population, "population_year": population_year}
        changed = {key for key, value in figures.items() if getattr(present, key, None) != value}
        doubtful = present.unverified_fields if present is not None else []
        try:
            return save_city(
                present.public_id if present else free_id(City, name),
                **names,
                country=country,
                is_member=is_member,
                **figures,
                unverified_fields=[field for field in doubtful if field not in changed],
                actor=actor,
                at=at,
            )
        except ValidationError as error:
            raise InvalidData(model_faults(error)) from error


def try_email(*, actor: audit.Actor, at: dt.datetime) -> str:
    """Sends a test email to the person who asks; returns her address. Raises NotAllowed."""
    if not rules.is_secretariat(actor) or actor.user is None:
        raise NotAllowed(_("Only the secretariat can manage undelivered emails."))
    with transaction.atomic():
        write_letter("trial", actor.user, at_once=True)
        audit.record("email", actor.user, "try", actor=actor, at=at)
    return actor.user.email


def settle_letters(job: str, *, again: bool, actor: audit.Actor, at: dt.datetime) -> int:
    """Sends failed emails `again`, or drops them: one by its id, or all without; returns how many.

    Raises NotAllowed.
    """
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can manage undelivered emails."))
    jobs = {str(job_id): job_id for job_id in failed_letters().values_list("id", flat=True)}
    chosen = [jobs[job]] if job in jobs else [] if job else list(jobs.values())
    with transaction.atomic():
        if again:
            n = sum(retry(str(job_id), at=at) for job_id in chosen)
        else:
            n = failed_letters().filter(id__in=chosen).count()
            DBTaskResult.objects.filter(id__in=chosen, status=TaskResultStatus.FAILED).delete()
        if n:
            verb = "send again" if again else "drop"
            audit.record("email", job, verb, actor=actor, at=at, n=n)
    return n
