"""Writes the catalogue. Definitions change by new versions; older versions are never removed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.core.ids import PUBLIC_ID, slug
from alliance.core.models import AuditEvent
from alliance.core.text import markup_fault
from alliance.indicators import rules
from alliance.indicators.enums import IndicatorDirection, MethodClass
from alliance.indicators.importing.options import NAMES, Options
from alliance.indicators.models import (
    Definition,
    DefinitionVersion,
    Indicator,
    IndicatorGroup,
)
from alliance.indicators.models.catalogue import CONTENT_FIELDS
from alliance.indicators.units import linear_conversion, unit_fault
from alliance.network.enums import Origin
from alliance.network.localise import is_country
from alliance.network.text_checks import target_faults

LONGEST_KEY = 80
#: Path segments below /indicators/ that are not indicators.
RESERVED = frozenset({"charts", "common", "compare", "new", "releases", "revisions"})


def content_values(version: DefinitionVersion) -> dict[str, Any]:
    """The content of a version, by column."""
    return {name: getattr(version, name) for name in CONTENT_FIELDS}


def restated(version: DefinitionVersion, **changes: Any) -> DefinitionVersion:
    """An unsaved copy of a version with `changes`."""
    return DefinitionVersion(**{**content_values(version), **changes})


def markup_faults(values: Mapping[str, Any]) -> list[Fault]:
    """Faults of texts in `values` that contain markup, by field name."""
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    return [fault for name, text in texts.items() if (fault := markup_fault(name, text))]


def _plain(values: dict[str, Any]) -> None:
    if faults := markup_faults(values):
        raise InvalidData(faults)


def save_group(
    code: str,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    parent: IndicatorGroup | None = None,
    **values: Any,
) -> IndicatorGroup:
    """Creates or updates a group of indicators.

    Raises InvalidData, also for a circular hierarchy, and ValidationError.
    """
    _plain(values)
    with transaction.atomic():
        group = IndicatorGroup.objects.filter(code=code).first() or IndicatorGroup(code=code)
        verb = "update" if group.pk else "create"
        above = parent
        while above is not None:
            if group.pk and above.pk == group.pk:
                raise InvalidData([Fault("parent", "inside-itself")])
            above = above.parent
        group.parent = parent
        for name, value in values.items():
            setattr(group, name, value)
        group.full_clean()
        group.save()
        audit.record("indicator-group", slug(code), verb, actor=actor, at=at)
    return group


def save_indicator(code: str, *, actor: audit.Actor, at: dt.datetime, **values: Any) -> Indicator:
    """Creates or updates the names, group and weight of an indicator.

    Raises InvalidData, ValidationError.
    """
    _plain(values)
    with transaction.atomic():
        indicator = Indicator.objects.filter(code=code).first() or Indicator(
            code=code, public_id=slug(code.replace("_", "-"))
        )
        verb = "update" if indicator.pk else "create"
        if not indicator.pk and _was_chosen():
            values = {"is_common": False, **values}
        for name, value in values.items():
            setattr(indicator, name, value)
        if actor.user is not None:
            indicator.edited_at = at
        indicator.full_clean()
        indicator.save()
        audit.record("indicator", indicator, verb, actor=actor, at=at)
    return indicator


def _was_chosen() -> bool:
    """Whether the secretariat has chosen the common set; new indicators then no longer join it."""
    return AuditEvent.objects.filter(kind="common-set", verb="choose").exists()


def choose_common_set(codes: Collection[str], *, actor: audit.Actor, at: dt.datetime) -> int:
    """Sets the common indicators; returns how many joined or left the set.

    The others retain figures and ranks, but do not affect counts, indexes or the year of a release.
    Raises NotAllowed unless the actor is the secretariat, InvalidData without any indicator or for
    an unknown code.
    """
    if not rules.may_write_catalogue(actor):
        raise NotAllowed(_("The secretariat chooses the common indicators."))
    wanted = set(codes)
    with transaction.atomic():
        known = dict(Indicator.objects.select_for_update().values_list("code", "is_common"))
        if not wanted:
            raise InvalidData([Fault("codes", "not-chosen")])
        if unknown := sorted(wanted - known.keys()):
            raise InvalidData([Fault("codes", "unknown", {"value": unknown})])
        taken = sorted(code for code in wanted if not known[code])
        left = sorted(code for code, is_common in known.items() if is_common and code not in wanted)
        for changed, is_common in ((taken, True), (left, False)):
            Indicator.objects.filter(code__in=changed).update(is_common=is_common)
        if taken or left:
            details = {"taken": taken, "left": left}
            audit.record("common-set", "common", "choose", actor=actor, at=at, **details)
    return len(taken) + len(left)


def create_indicator(
    code: str,
    key: str,
    record: DefinitionVersion,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    **values: Any,
) -> Indicator:
    """Creates an indicator with its first definition, or neither.

    A code that exists already, or would have the same address, is refused. Raises InvalidData or
    ValidationError by field.
    """
    public_id = slug(code.replace("_", "-"))
    if not PUBLIC_ID.match(public_id) or public_id in RESERVED:
        raise InvalidData([Fault("code", "no-address-of-code")])
    if Indicator.objects.filter(Q(code=code) | Q(public_id=public_id)).exists():
        raise InvalidData([Fault("code", "code-taken")])
    # Indicators that people add join the common set only if the secretariat chooses them.
    if not actor.is_system:
        values = {"is_common": False, **values}
    with transaction.atomic():
        indicator = save_indicator(code, actor=actor, at=at, **values)
        save_version(indicator, key, record, actor=actor, at=at)
    return indicator


def own_definition(
    definition: Definition, country: str, options: Options, *, actor: audit.Actor, at: dt.datetime
) -> Definition:
    """Creates a separate definition of the same indicator for figures of a country that do not fit.

    It is a copy except for publisher, method and population, which come from the options; the two
    are never compared. An existing definition is returned. Raises InvalidData if any of these is
    missing.
    """
    if missing := [Fault(name, "missing") for name in NAMES if not getattr(options, name)]:
        raise InvalidData(missing)
    parts = (country, slug(options.publisher), options.method_class)
    first = key = "_".join(parts).upper().replace("-", "_")[:LONGEST_KEY]
    number = 1
    # The same publisher may cover several populations, each with its own definition.
    while existing := definition.indicator.definitions.filter(
        key=key, versions__isnull=False
    ).first():
        latest = existing.versions.order_by("number").last()
        if latest is None or latest.population.casefold() == options.population.casefold():
            return existing
        number += 1
        key = f"{first[: LONGEST_KEY - len(str(number)) - 1]}_{number}"
    before = definition.versions.order_by("number").last()
    assert before is not None  # Figures are only submitted under definitions with a version.
    texts = {}
    for language, ending in (("en", ""), ("fr", "_fr"), ("sv", "_sv")):
        with translation.override(language):
            method = MethodClass(options.method_class).label
            params = {
                "population": options.population,
                "publisher": options.publisher,
                "method": method,
            }
            texts[f"text{ending}"] = _(
                "%(population)s. Figures from %(publisher)s (%(method)s), kept separate "
                "from %(key)s because the two cannot be compared."
            ) % {**params, "key": definition.key}
    cleared = {
        name: "" for name in CONTENT_FIELDS if name.startswith(("notes", "population", "dataset"))
    }
    cleared |= {name: "" for name in ("table_id", "grade", *texts) if name in CONTENT_FIELDS}
    record = restated(
        before,
        **{
            **cleared,
            **texts,
            "publisher": options.publisher,
            "licence": options.licence or before.licence,
            "method_class": options.method_class,
            "population": options.population,
            "scope": country,
        },
    )
    return save_version(definition.indicator, key, record, actor=actor, at=at).definition


@contextmanager
def begun_definitions(
    *, actor: audit.Actor, at: dt.datetime, commit: bool = True
) -> Iterator[Callable[[Definition, str, Options], Definition]]:
    """Yields a function that creates separate definitions; they are saved at the end of the block,
    unless it fails or it is a preview (`commit` is false)."""
    with ExitStack() as stack:
        begun: list[Definition] = []

        def begin(definition: Definition, country: str, options: Options) -> Definition:
            # A block without new definitions must not make writers wait.
            if not begun:
                stack.enter_context(transaction.atomic())
            begun.append(own_definition(definition, country, options, actor=actor, at=at))
            return begun[-1]

        yield begin
        if begun and not commit:
            transaction.set_rollback(True)


def save_version(
    indicator: Indicator,
    key: str,
    record: DefinitionVersion,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    reason: str = "",
    breaks_comparison: bool = False,
    origin: str = Origin.MEMBERS,
    seen: int | None = None,
) -> DefinitionVersion:
    """Saves a new version of a definition, unless its content is unchanged.

    `record` is an unsaved version, of which only the content is used. Another unit always breaks
    comparison. `seen` is the number of the version that the author started from: if a newer one
    exists, nothing is saved. Raises InvalidData or ValidationError that names the field; later
    versions need a `reason`.
    """
    values = content_values(record)
    _plain(values | {"reason": reason})
    if faults := faults_of(record):
        raise InvalidData(faults)
    with transaction.atomic():
        definition, _made = Definition.objects.get_or_create(indicator=indicator, key=key)
        # Concurrent writers get consecutive numbers.
        Definition.objects.select_for_update().get(pk=definition.pk)
        latest = definition.versions.order_by("-number").first()
        if seen is not None and latest is not None and latest.number != seen:
            raise InvalidData([Fault("", "newer-version")])
        if latest is not None and all(getattr(latest, n) == v for n, v in values.items()):
            return latest
        if latest is not None and not reason:
            raise InvalidData([Fault("reason", "no-reason-to-change")])
        version = DefinitionVersion(
            definition=definition,
            number=latest.number + 1 if latest else 1,
            recorded_at=at,
            reason=reason,
            breaks_comparison=latest is not None
            and (breaks_comparison or is_other_unit(latest.unit, record.unit)),
            origin=origin,
            **values,
        )
        version.full_clean()
        version.save()
        audit.record(
            "indicator",
            indicator,
            "define",
            actor=actor,
            at=at,
            definition=key,
            version=version.number,
            reason=reason,
        )
    return version


def faults_of(record: DefinitionVersion) -> list[Fault]:
    """Faults of a definition, each with its field."""
    return list(_faults(record))


def _faults(record: DefinitionVersion) -> Iterator[Fault]:
    if rule := unit_fault(record.unit):
        yield rule.at("unit")
    yield from _bounds(record)
    low, high = record.valid_min, record.valid_max
    if low is not None and high is not None and low >= high:
        yield Fault("valid_max", "not-above-least")
    if record.scope and record.scope != "EU" and not is_country(record.scope):
        yield Fault("scope", "not-a-country", {"value": record.scope})
    yield from target_faults("sdg_targets", record.sdg_targets)


def _bounds(record: DefinitionVersion) -> Iterator[Fault]:
    """Faults of bounds from which a release could not be computed."""
    poor, good = record.lower_bound, record.upper_bound
    if record.is_logarithmic:
        for name, bound in (("lower_bound", poor), ("upper_bound", good)):
            if bound is not None and bound <= 0:
                yield Fault(name, "logarithm-of-nothing")
    if poor is None or good is None:
        return
    if poor == good:
        yield Fault("upper_bound", "same-ends")
    elif record.direction == IndicatorDirection.HIGHER and poor > good:
        yield Fault("upper_bound", "higher-is-better")
    elif record.direction == IndicatorDirection.LOWER and poor < good:
        yield Fault("upper_bound", "lower-is-better")


def is_other_unit(before: str, after: str) -> bool:
    """Whether a figure of 1 has another meaning in the unit `after` than in `before`."""
    if not before or not after or before == after:
        return False
    try:
        return linear_conversion(before, after) != (1.0, 0.0)
    except ValueError:
        return True
