"""States links between records of any apps, and updates the table of relations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from alliance.adoption.enums import Kind, Relation, StepKind
from alliance.adoption.models import Link, Thing, Tie
from alliance.adoption.services import links as services
from alliance.adoption.services import ties
from alliance.core import audit
from alliance.core.audit import VISITOR, Actor
from alliance.core.models import AuditEvent
from alliance.network.enums import Language
from alliance.network.models import City, Organisation
from alliance.research.enums import QuestionState
from alliance.research.models import ResearchQuestion
from alliance.thread.selectors.shapes import Key
from alliance.thread.selectors.walk import by_kind, nodes

#: Recently changed records are updated up to this age; a nightly job updates everything.
LOOK_BACK = dt.timedelta(hours=1)
#: If more records changed, the complete table is updated.
MOST_TOUCHED = 1_000
_BATCH = 500
#: The kinds of records by their name in the audit trail.
_KINDS: Mapping[str, tuple[str, ...]] = {
    **{kind: (kind,) for kind in Kind.values},
    "peer review": (Kind.PEER_REVIEW.value,),
    services.STEP: tuple(StepKind.values),
}


def _asked(about: Kind, relation: Relation, *, is_second: bool = False, **of: Any) -> ties.Source:
    """Questions to universities, each related to its need, case or solution."""
    ends = ((about.value, f"{about}__public_id"), (Kind.QUESTION.value, "public_id"))
    first, second = reversed(ends) if is_second else ends
    rows = ResearchQuestion.objects.exclude(state=QuestionState.WITHDRAWN)
    of |= {f"{about}__isnull": False}
    return ties.Source(relation, first, second, lambda: rows.filter(**of), "stated_at")


_RESEARCH = (
    _asked(Kind.NEED, Relation.ANSWERED_BY, state=QuestionState.ANSWERED),
    _asked(Kind.NEED, Relation.LED_TO),
    _asked(Kind.CASE, Relation.LOOKED_AT, is_second=True),
    _asked(Kind.SOLUTION, Relation.LOOKED_AT, is_second=True),
)


def state_link(
    organisation: Organisation,
    here: Key,
    there: Key,
    *,
    reason: str,
    language: str,
    actor: Actor,
    at: dt.datetime,
) -> Link:
    """States a link between records that the actor may see. Raises the errors of `adoption`."""
    seen = {node.key: node for node in nodes(actor, [here, there], language or "en")}
    return services.state_link(
        organisation,
        here,
        there,
        seen=seen,
        reason=reason,
        language=language,
        actor=actor,
        at=at,
    )


def refresh_relations(keys: Collection[Key] | None = None, *, at: dt.datetime) -> dict[str, int]:
    """Updates the derived relations of these records, or of all for None, and the cached data of
    their ends. Stated links are not changed.

    Returns how many relations are new, changed and removed, and how many cached records changed.
    """
    with transaction.atomic():
        counts = ties.refresh(keys, above=_RESEARCH)
        counts["things"] = _refresh_things(keys)
        if any(counts.values()):
            # Cached pages show the relations.
            audit.record("thread", "", "update", actor=audit.WORKER, at=at, **counts)
    return counts


def refresh_touched(*, at: dt.datetime) -> dict[str, int]:
    """Updates the relations of recently changed records, by the audit trail; of all if there are
    none yet, or after many changes."""
    events = AuditEvent.objects.filter(at__gte=at - LOOK_BACK, kind__in=_KINDS)
    audited = set(events.order_by().values_list("kind", "public_id").distinct())
    touched = {(kind, public_id) for named, public_id in audited for kind in _KINDS[named]}
    is_stored = Tie.objects.filter(link=None).exists() and Thing.objects.exists()
    is_whole = len(touched) > MOST_TOUCHED or not is_stored
    return refresh_relations(None if is_whole else touched, at=at)


def _ends(keys: Collection[Key] | None) -> set[Key]:
    """Both ends of the relations of these records, or of all for None."""
    rows = Tie.objects.order_by()
    if keys is not None:
        rows = rows.filter(ties.at_ends(by_kind(keys)))
    ends: set[Key] = set()
    for first_kind, first_id, second_kind, second_id in rows.values_list(
        "first_kind", "first_id", "second_kind", "second_id"
    ):
        ends |= {(first_kind, first_id), (second_kind, second_id)}
    return ends


def _refresh_things(keys: Collection[Key] | None) -> int:
    """Updates the cached public data of the ends of relations; returns how many changed.

    Only for these records and the ends of their relations.
    """
    if keys is not None and not keys:
        return 0
    ends = _ends(keys)
    # In chunks, because a condition can only have so many ids.
    there: dict[Key, Thing] = {}
    parts = [None] if keys is None else _parts(ends.union(keys))
    for part in parts:
        rows = Thing.objects.all() if part is None else Thing.objects.filter(_named(part))
        there |= {(row.kind, row.public_id): row for row in rows}
    asked = ends if keys is None else {key for key in ends if key in set(keys) or key not in there}
    cities = dict(City.objects.order_by().values_list("public_id", "pk"))
    new, changed, seen = [], [], set()
    for part in _parts(asked):
        for key, shown in _shown(part).items():
            seen.add(key)
            places = [
                cities.get(public_id) for public_id, _name in shown["cities"][Language.EN.value]
            ]
            city, partner = (*places, None, None)[:2]
            thing = there.get(key)
            if thing is None:
                kind, public_id = key
                new.append(
                    Thing(
                        kind=kind,
                        public_id=public_id,
                        city_id=city,
                        partner_id=partner,
                        shown=shown,
                    )
                )
            elif (thing.city_id, thing.partner_id, thing.shown) != (city, partner, shown):
                thing.city_id, thing.partner_id, thing.shown = city, partner, shown
                changed.append(thing)
    looked_at = there if keys is None else set(keys)
    gone = [thing.pk for key, thing in there.items() if key in looked_at and key not in seen]
    Thing.objects.bulk_create(new, batch_size=_BATCH)
    Thing.objects.bulk_update(changed, ["city", "partner", "shown"], batch_size=_BATCH)
    for n in range(0, len(gone), _BATCH):
        Thing.objects.filter(pk__in=gone[n : n + _BATCH]).delete()
    return len(new) + len(changed) + len(gone)


def _parts(keys: Collection[Key]) -> list[list[Key]]:
    ordered = sorted(keys)
    return [ordered[n : n + _BATCH] for n in range(0, len(ordered), _BATCH)]


def _named(keys: Collection[Key]) -> Q:
    condition = Q()
    for kind, ids in by_kind(keys).items():
        condition |= Q(kind=kind, public_id__in=ids)
    return condition


def _shown(keys: Collection[Key]) -> dict[Key, dict[str, Any]]:
    """The public data of these records, as in `Thing.shown`. A query for each language."""
    result: dict[Key, dict[str, Any]] = {}
    for language in Language.values:
        for node in nodes(VISITOR, keys, language):
            entry = result.setdefault(
                node.key,
                {
                    "on": node.on.isoformat() if node.on else None,
                    "state": node.state,
                    "hides": node.hides_city,
                    "titles": {},
                    "cities": {},
                },
            )
            entry["titles"][language] = [node.title.value, node.title.lang_attr]
            entry["cities"][language] = [[city.public_id, city.name] for city in node.cities]
    return result
