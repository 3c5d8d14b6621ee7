"""Services for targets, and for the comparability of definitions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from alliance.core import audit
from alliance.core.errors import Fault, refuse
from alliance.indicators.models import ObservationSource, Sibling, Target
from alliance.indicators.services.catalogue import markup_faults
from alliance.indicators.values import versions_at

#: The fields that identify a target; the others are its content.
KEY = ("indicator_id", "definition_id", "city_id", "country", "kind", "year")
_SAYS = tuple(
    field.attname
    for field in Target._meta.concrete_fields
    if field.attname not in {"id", "origin", "recorded_at", "superseded_at", *KEY}
)


def set_target(
    target: Target, *, source: tuple[str, str] = ("", ""), actor: audit.Actor, at: dt.datetime
) -> Target:
    """Sets a current target; the previous one of the same city, kind and year becomes history.

    `target` is unsaved; `source` is the title and web address of its source. An identical target is
    unchanged. Raises InvalidData or ValidationError by field.
    """
    title, url = source
    refuse([*_faults(target), *markup_faults({"source_title": title, "source_url": url})])
    with transaction.atomic():
        if title:
            target.source, _made = ObservationSource.objects.get_or_create(
                title=title, url=url, licence="", publisher=""
            )
        holding = Target.objects.filter(
            superseded_at=None, **{name: getattr(target, name) for name in KEY}
        ).first()
        if holding is not None:
            if all(getattr(holding, name) == getattr(target, name) for name in _SAYS):
                return holding
            _close(holding, at)
        target.recorded_at = at
        target.full_clean(validate_constraints=False)
        target.save()
        _record("set-target", target, actor=actor, at=at)
    return target


def end_target(target: Target, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Ends a target; pages as of earlier days still show it."""
    with transaction.atomic():
        _close(target, at)
        _record("end-target", target, actor=actor, at=at)


def _close(target: Target, at: dt.datetime) -> None:
    target.superseded_at = at
    target.save(update_fields=["superseded_at"])


def _record(verb: str, target: Target, *, actor: audit.Actor, at: dt.datetime) -> None:
    audit.record(
        "indicator",
        target.indicator,
        verb,
        actor=actor,
        at=at,
        target_kind=target.kind,
        city=target.city.public_id if target.city else "",
        year=target.year,
    )


def _faults(target: Target) -> Iterator[Fault]:
    yield from markup_faults({name: getattr(target, name) for name in _SAYS})
    if not target.kind:
        yield Fault("kind", "not-chosen")
    if target.value is None and not target.words:
        yield Fault("value", "no-target")
    if target.city is not None and target.country not in ("", target.city.country):
        yield Fault("country", "other-country", {"city": target.city.name})
    definition = target.definition
    if definition is None:
        if not target.unit_label:
            yield Fault("unit_label", "unit-of-own")
        return
    if definition.indicator_id != target.indicator_id:
        params = {"value": definition.key, "code": target.indicator.code}
        yield Fault("definition", "not-its-definition", params)
    version = versions_at(None, [definition.pk])[definition.pk].version
    if target.value is not None:
        if version.valid_min is not None and target.value < version.valid_min:
            told_least = {"value": target.value, "least": version.valid_min}
            yield Fault("value", "below-least", told_least)
        if version.valid_max is not None and target.value > version.valid_max:
            yield Fault("value", "above-most", {"value": target.value, "most": version.valid_max})


def save_sibling(sibling: Sibling, *, actor: audit.Actor, at: dt.datetime) -> Sibling:
    """Saves the comparability of two definitions, replacing any earlier record of them.

    `sibling` is unsaved. Raises InvalidData or ValidationError by field.
    """
    names = [f.attname for f in Sibling._meta.concrete_fields if f.attname != "id"]
    refuse(markup_faults({name: getattr(sibling, name) for name in names}))
    with transaction.atomic():
        known = Sibling.objects.filter(left=sibling.left, right=sibling.right).first()
        if known is not None:
            if all(getattr(known, name) == getattr(sibling, name) for name in names):
                return known
            sibling.pk = known.pk
        sibling.full_clean(validate_constraints=False, validate_unique=False)
        sibling.save(force_update=known is not None)
        audit.record(
            "indicator",
            sibling.left.indicator,
            "compare",
            actor=actor,
            at=at,
            definition=sibling.left.key,
            sibling=sibling.right.key if sibling.right else "",
            verdict=sibling.verdict,
        )
    return sibling
