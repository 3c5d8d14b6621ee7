"""What the secretariat adds to the lists of measures and units, and how it translates them.

A word that a writer added joins its list when the case is published.
Open drafts name measures and units by their English names: a word that is in use keeps that name,
and a unit what its figures mean.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Exists, ManyToOneRel, OuterRef, Q
from django.utils.translation import gettext as _

from alliance.cases import rules
from alliance.cases.case_document import CaseDocument
from alliance.cases.enums import CaseStatus, DraftState, Language, PoolExclusion
from alliance.cases.models import CaseStudy, Effect, Measure, NullResult, Solution, Unit, WordsApart
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.ids import new_public_id, slug
from alliance.core.text import fold, markup_fault
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.services.grading import measured_by, regrade
from alliance.writing.draft_checks import names_in
from alliance.writing.models import Draft
from alliance.writing.services.cases import save_version

W = TypeVar("W", Measure, Unit)

#: Drafts in these states may still be published.
_OPEN = (DraftState.WRITING, DraftState.IN_REVIEW, DraftState.CHANGES_ASKED, DraftState.DROPPED)
_NAMES = ("name", "name_fr", "name_sv")


def is_used(word: Measure | Unit) -> bool:
    """Whether an effect or a draft is told in it. Reads the drafts one by one."""
    field = "measure" if isinstance(word, Measure) else "unit"
    if Effect.objects.filter(**{field: word}).exists():
        return True
    contents = Draft.objects.filter(state__in=_OPEN).values_list("content", flat=True)
    return any(
        effect.get(field) == word.name
        for content in contents.iterator()
        for effect in content.get("effects", ())
    )


def _plain(name: str) -> str:
    return " ".join(fold(name).casefold().split())


def _faults(present: W | None, model: type[W], values: dict[str, Any]) -> list[Fault]:
    texts = {field: text for field, text in values.items() if isinstance(text, str)}
    faults = [fault for field, text in texts.items() if (fault := markup_fault(field, text))]
    others = model._default_manager.all()
    if present is not None:
        others = others.exclude(pk=present.pk)
    taken = {
        _plain(name): row["name"] for row in others.values(*_NAMES) for name in row.values() if name
    }
    faults += [
        Fault(field, "name-of", {"name": taken[_plain(values[field])]})
        for field in _NAMES
        if _plain(values[field]) in taken
    ]
    return faults


def _upsert_term(
    model: type[W],
    present: W | None,
    *,
    kind: str,
    key: str,
    fixed: tuple[str, ...],
    values: dict[str, Any],
    actor: audit.Actor,
    at: dt.datetime,
) -> W:
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can change outcome measures and units."))
    with transaction.atomic():
        if present is not None and is_used(present):
            values = {name: value for name, value in values.items() if name not in fixed}
            values |= {name: getattr(present, name) for name in fixed}
        faults = _faults(present, model, values)
        refuse(faults)
        before = {name: getattr(present, name) for name in values} if present else {}
        if before == values:
            return present  # type: ignore[return-value]
        word = present or model(**{key: _free_key(model, key, values["name"])})
        for name, value in values.items():
            setattr(word, name, value)
        word.edited_at = at
        word.full_clean(validate_unique=False, validate_constraints=False)
        try:
            with transaction.atomic():
                word.save()
        except IntegrityError as error:
            # Somebody added the same in this moment.
            raise InvalidData([Fault("name", "name-taken")]) from error
        audit.record(
            kind,
            getattr(word, key),
            "update" if present else "create",
            actor=actor,
            at=at,
            changed=sorted(name for name in values if before.get(name) != values[name]),
        )
    return word


def request_measures(document: CaseDocument, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Ask the secretariat to name the measures of a submitted document that no list has."""
    _add_words(document, Measure, {"edited_at": at, "requested_at": at}, actor=actor, at=at)


def take_up(document: CaseDocument, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Add the measures and units of a document that is being published and that no list has."""
    request_measures(document, actor=actor, at=at)
    _add_words(document, Unit, {"edited_at": at}, actor=actor, at=at)


def _add_words(
    document: CaseDocument,
    model: type[Measure] | type[Unit],
    defaults: dict[str, Any],
    *,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    language = document.original_language
    local = () if language == Language.EN else (f"name_{language}",)
    measures, units = names_in(document)
    kind, key, named = (
        ("measure", "slug", measures) if model is Measure else ("unit", "code", units)
    )
    rows = model._default_manager.values_list("name", "aliases")
    known = {name for own, aliases in rows for name in (own, *aliases)}
    for name in sorted(named - known):
        values = dict.fromkeys(local, name) | {key: _free_key(model, key, name)}  # type: ignore[type-var]
        word, is_new = model._default_manager.get_or_create(name=name, defaults=values | defaults)
        if is_new:
            audit.record(kind, getattr(word, key), "create", actor=actor, at=at, changed=["name"])


def set_apart(record: W, other: W, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Remember that two words are not the same, however alike they look; again changes nothing.

    Raises NotAllowed.
    """
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can change outcome measures and units."))
    kind, key = ("measure", "slug") if isinstance(record, Measure) else ("unit", "code")
    first, second = sorted(getattr(word, key) for word in (record, other))
    if first == second:
        return
    with transaction.atomic():
        if WordsApart.objects.get_or_create(kind=kind, first=first, second=second)[1]:
            audit.record(kind, first, "set apart", actor=actor, at=at, other=second)


def merge_words(old: W, into: W, *, actor: audit.Actor, at: dt.datetime) -> W:
    """Let results be told in `into` that were told in `old`, which goes; its names lead there.

    Each published case that it touches has a new version. Raises InvalidData naming `into` where
    the figures of the two units mean different things, NotAllowed.
    """
    if not rules.is_secretariat(actor):
        raise NotAllowed(_("Only the secretariat can change outcome measures and units."))
    if old.pk == into.pk:
        raise InvalidData([Fault("into", "merge-itself")])
    if any(
        getattr(old, name, 0) != getattr(into, name, 0) for name in ("is_change", "is_relative")
    ):
        raise InvalidData([Fault("into", "another-meaning")])
    kind, key = ("measure", "slug") if isinstance(old, Measure) else ("unit", "code")
    with transaction.atomic():
        touched: set[int] = set()
        chosen = list(Solution.objects.filter(**{f"main_{kind}": old}).values_list("pk", flat=True))
        # A solution has one verdict for each of both: where it would get two, that of `into` is
        # counted anew below.
        other = "unit" if kind == "measure" else "measure"
        both = SolutionVerdict.objects.filter(
            **{kind: into, "solution": OuterRef("solution"), other: OuterRef(other)}
        )
        SolutionVerdict.objects.filter(Exists(both), **{kind: old}).delete()
        # Those without a name to go back by are hidden.
        for related in old._meta.get_fields(include_hidden=True):
            if not isinstance(related, ManyToOneRel):
                continue
            field, model = related.field.name, related.related_model
            rows = model._base_manager.filter(**{field: old})
            if issubclass(model, (Effect, NullResult)):
                touched.update(rows.values_list("case", flat=True))
            rows.update(**{field: into})
        lost: set[str] = {getattr(old, name) for name in _NAMES} - {""}
        own: set[str] = {getattr(into, name) for name in _NAMES}
        into.aliases = sorted({*into.aliases, *old.aliases, *lost} - own)
        into.edited_at = at
        into.save(update_fields=["aliases", "edited_at"])
        old_key = getattr(old, key)
        old.delete()
        if isinstance(into, Measure) and into.requested_at is None:
            _count_results(into)
        audit.record(kind, old_key, "merge", actor=actor, at=at, into=getattr(into, key))
        cases = CaseStudy.objects.filter(pk__in=touched, status=CaseStatus.PUBLISHED)
        for case in cases.order_by("pk"):
            save_version(case, actor=actor, at=at)
            audit.record("case", case, "update", actor=actor, at=at, version=case.revision)
        counted = Q(pk__in=cases.values("solution")) | Q(pk__in=chosen)
        for solution in Solution.objects.filter(counted):
            regrade(solution, at)
    return into


def _free_key(model: type[W], key: str, name: str) -> str:
    base = slug(name)[:50].strip("-")
    if not base:
        return new_public_id()
    candidate, number = base, 1
    while model._default_manager.filter(**{key: candidate}).exists():
        number += 1
        candidate = f"{base}-{number}"
    return candidate


def _count_results(measure: Measure) -> None:
    """Count the results of a measure that waited for the secretariat."""
    waiting = Effect.objects.filter(measure=measure, pool_exclusion=PoolExclusion.NEW_MEASURE)
    waiting.update(pool_exclusion="")


def upsert_measure(
    present: Measure | None,
    *,
    name: str,
    name_fr: str,
    name_sv: str,
    outcome_theme: str = "",
    actor: audit.Actor,
    at: dt.datetime,
) -> Measure:
    """Add a measure, or change `present`. Raises InvalidData, NotAllowed.

    With another theme, the solutions that measured it get another row of the evidence map. One that
    was requested needs a theme: its results then count, its cases have a new version, and the name
    that its author wrote leads to it.
    """
    before = present.outcome_theme if present else outcome_theme
    is_request = present is not None and present.requested_at is not None
    if is_request and not outcome_theme:
        raise InvalidData([Fault("outcome_theme", "not-chosen")])
    values: dict[str, Any] = {
        "name": name,
        "name_fr": name_fr,
        "name_sv": name_sv,
        "outcome_theme": outcome_theme,
    }
    if present is not None and is_request:
        values |= {
            "requested_at": None,
            "aliases": sorted({*present.aliases, present.name} - {name}),
        }
    with transaction.atomic():
        measure = _upsert_term(
            Measure,
            present,
            kind="measure",
            key="slug",
            fixed=() if is_request else ("name",),
            values=values,
            actor=actor,
            at=at,
        )
        if is_request:
            _count_results(measure)
            cases = CaseStudy.objects.filter(
                Q(effects__measure=measure) | Q(nulls__measure=measure),
                status=CaseStatus.PUBLISHED,
            )
            for case in cases.distinct().order_by("pk"):
                save_version(case, actor=actor, at=at)
                audit.record("case", case, "update", actor=actor, at=at, version=case.revision)
        if is_request or measure.outcome_theme != before:
            for solution in measured_by([measure]):
                regrade(solution, at)
    return measure


def upsert_unit(
    present: Unit | None,
    *,
    name: str,
    name_fr: str,
    name_sv: str,
    symbol: str,
    is_change: bool,
    is_relative: bool,
    actor: audit.Actor,
    at: dt.datetime,
) -> Unit:
    """Add a unit, or change `present`. Raises InvalidData, NotAllowed.

    `symbol` is the same in every language. `is_change`: figures are changes against before or
    others; `is_relative`: they are a share of the measure itself, which only a change can be.
    """
    if is_relative and not is_change:
        raise InvalidData([Fault("is_relative", "share-without-change")])
    symbols = {"symbol": symbol, "symbol_fr": symbol, "symbol_sv": symbol}
    if present is not None and symbol == present.symbol:
        symbols = {}
    return _upsert_term(
        Unit,
        present,
        kind="unit",
        key="code",
        fixed=("name", "is_change", "is_relative"),
        values={
            "name": name,
            "name_fr": name_fr,
            "name_sv": name_sv,
            "is_change": is_change,
            "is_relative": is_relative,
            **symbols,
        },
        actor=actor,
        at=at,
    )
