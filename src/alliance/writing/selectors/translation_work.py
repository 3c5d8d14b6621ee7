"""What lacks a translation or has one that is behind, with the newest changes first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, FilteredRelation, Q, QuerySet, Value
from django.db.models.fields import CharField

from alliance.cases.enums import Language, TextStatus
from alliance.cases.models.elsewhere import FromElsewhere
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.localise import chosen_text
from alliance.core.audit import Actor
from alliance.web.paging import page_of
from alliance.writing.translation_fields import CASE, Kind, edits_behind, kinds, original_of

PER_PAGE = 25
#: What a translation can be in want of; `TODO` is the first two together.
MISSING, BEHIND, UNREVIEWED, TODO = "missing", "behind", "unreviewed", "todo"
STATES = (TODO, MISSING, BEHIND, UNREVIEWED)


def _records(actor: Actor, kind: Kind) -> QuerySet[Any]:
    if kind.records is not None:
        return kind.records()
    records: QuerySet[Any] = visible_cases(actor) if kind is CASE else kind.record.objects.all()
    # What another network wrote is translated there.
    return records.filter(from_address="") if issubclass(kind.record, FromElsewhere) else records


def _original(kind: Kind, of: str = "") -> Q:
    """The condition of a text that is the original, as `original_of` finds it."""
    if kind is CASE:
        return Q(**{f"{of}texts__language": F(f"{of}original_language")})
    return Q(**{f"{of}texts__status": TextStatus.ORIGINAL})


#: The status of a text that is no original.
TRANSLATED = (TextStatus.TRANSLATED, TextStatus.REVIEWED)


def _lags(of: str = "") -> Q:
    """The condition of a translation that lacks edits of the original, or may lack some."""
    return Q(**{f"{of}source_revision__lt": F("source__revision")}) | Q(
        **{f"{of}source_revision": None}
    )


def _is_current(of: str = "") -> Q:
    return Q(**{f"{of}source_revision__gte": F("source__revision")})


def _waiting(actor: Actor, kind: Kind, language: str, state: str) -> QuerySet[Any]:
    """(kind, key, time of the last change) of what wants a translation into `language`."""
    is_missing = Q(target__id=None) & Q(source__id__isnull=False)
    is_behind = Q(target__status__in=TRANSLATED) & _lags("target__")
    wanted = {
        MISSING: is_missing,
        BEHIND: is_behind,
        UNREVIEWED: Q(target__status=TextStatus.TRANSLATED) & _is_current("target__"),
        TODO: is_missing | is_behind,
    }[state]
    return (
        _records(actor, kind)
        .annotate(
            target=FilteredRelation("texts", condition=Q(texts__language=language)),
            source=FilteredRelation("texts", condition=_original(kind)),
            kind_=Value(kind.name, output_field=CharField()),
        )
        .filter(wanted)
        .order_by()
        .values_list("kind_", "pk", "updated_at")
    )


def _counts(actor: Actor) -> list[dict[str, Any]]:
    """How many records want what in each language, in two queries."""
    totals, groups = [], []
    for kind in kinds().values():
        own = Value(kind.name, output_field=CharField())
        records = _records(actor, kind).order_by()
        totals.append(records.annotate(kind_=own).values("kind_").annotate(n=Count("pk")))
        source = FilteredRelation(
            f"{kind.owner}__texts", condition=_original(kind, f"{kind.owner}__")
        )
        is_behind = Q(status__in=TRANSLATED) & _lags()
        is_unreviewed = Q(status=TextStatus.TRANSLATED) & _is_current()
        groups.append(
            kind.texts.objects.filter(**{f"{kind.owner}__in": records})
            .annotate(source=source, kind_=own)
            .order_by()
            .values("kind_", "language")
            .annotate(
                n=Count("pk"),
                behind=Count("pk", filter=is_behind),
                unreviewed=Count("pk", filter=is_unreviewed),
            )
        )
    total = sum(row["n"] for row in totals[0].union(*totals[1:], all=True))
    counts: dict[str, dict[str, int]] = {
        code: {"n": 0, "behind": 0, "unreviewed": 0} for code in Language.values
    }
    for row in groups[0].union(*groups[1:], all=True):
        for name, number in counts[row["language"]].items():
            counts[row["language"]][name] = number + row[name]
    return [
        {
            "language": code,
            MISSING: total - numbers["n"],
            BEHIND: numbers["behind"],
            UNREVIEWED: numbers["unreviewed"],
            TODO: total - numbers["n"] + numbers["behind"],
        }
        for code, numbers in counts.items()
    ]


class _Counted(Paginator[Any]):
    """Pages of a list whose length is known."""

    def __init__(self, rows: QuerySet[Any], length: int):
        super().__init__(rows, PER_PAGE)
        self.length = length

    @property
    def count(self) -> int:
        return self.length


def worklist(actor: Actor, language: str, state: str = TODO, number: int = 1) -> dict[str, Any]:
    """Page `number` of what wants a translation into `language`, newest changes first.

    With the counts of what is missing, behind or not reviewed in every language.

    In six queries, however much there is. Raises Http404 for a page that does not exist.
    """
    parts = [_waiting(actor, kind, language, state) for kind in kinds().values()]
    waiting = parts[0].union(*parts[1:]).order_by("-updated_at", "kind_", "pk")
    counts = _counts(actor)
    own = next(count for count in counts if count["language"] == language)
    page: Page[Any] = page_of(_Counted(waiting, own[state]), number)
    page.object_list = _lines(list(page.object_list), language)
    return {"language": language, "state": state, "page": page, "counts": counts}


def _lines(entries: list[tuple[str, int, dt.datetime]], language: str) -> list[dict[str, Any]]:
    keys: dict[str, list[int]] = defaultdict(list)
    for kind_name, key, _at in entries:
        keys[kind_name].append(key)
    texts = {name: _texts(kinds()[name], own) for name, own in keys.items()}
    return [
        _line(kinds()[name], texts[name][key], language, changed_at)
        for name, key, changed_at in entries
        if key in texts[name]
    ]


def _texts(kind: Kind, keys: list[int]) -> Mapping[int, list[Any]]:
    """The texts of records by the record's key, with the record, without the long fields."""
    rows: dict[int, list[Any]] = defaultdict(list)
    short = kind.texts.objects.filter(**{f"{kind.owner}__in": keys}).select_related(kind.owner)
    long = [field.name for field in kind.fields if field.name != kind.heading]
    for row in short.defer(*long):
        rows[getattr(row, f"{kind.owner}_id")].append(row)
    return rows


def _line(kind: Kind, rows: list[Any], language: str, changed_at: dt.datetime) -> dict[str, Any]:
    record = getattr(rows[0], kind.owner)
    original = original_of(record, rows)
    target = next((row for row in rows if row.language == language), None)
    behind = 0 if target is None else edits_behind(original, target)
    text = chosen_text(rows, language, original.language)
    return {
        "kind": kind.name,
        "label": kind.label,
        "record": record,
        "title": Localised(getattr(text.text, kind.heading), text.lang_attr),
        "original_language": original.language,
        "state": MISSING if target is None else UNREVIEWED if behind == 0 else BEHIND,
        "behind": behind,
        "changed_at": changed_at,
    }
