"""What this network tells others: a log of what it published, each entry bound to the one before.

docs/howto/join-two-networks.md says what a page of it holds.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.db import transaction

from alliance.core.text import canonical_json, digest, plain
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.exports import nested_cases
from alliance.knowledge.imports import importable
from alliance.knowledge.models import CaseStudy
from alliance.network.enums import Origin
from alliance.opendata.archive import signing
from alliance.opendata.models import FeedEntry

FORMAT = "alliance-feed-1"
CASE = "case"
#: Entries on a page, and the content after which it ends.
MOST_ENTRIES = 100
MOST_BYTES = 2_000_000
_BATCH = 250


def body_of(entry: FeedEntry) -> dict[str, Any]:
    """What the digest of an entry is of."""
    return {
        "number": entry.number,
        "at": plain(entry.at),
        "kind": entry.kind,
        "id": entry.public_id,
        "version": entry.version,
        "licence": entry.licence,
        "withdrawn": entry.withdrawn,
        "because": entry.because,
        "sha256": entry.sha256,
        "previous": entry.previous,
    }


def publish(*, at: dt.datetime) -> int:
    """Add what was published, corrected or withdrawn since the last time; how many entries."""
    with transaction.atomic():
        told: dict[str, int | None] = {}
        rows = FeedEntry.objects.order_by("number")
        for public_id, version, withdrawn in rows.values_list("public_id", "version", "withdrawn"):
            told[public_id] = None if withdrawn else version
        # Starter content is everywhere; what comes from another network that one tells itself.
        shown = CaseStudy.objects.filter(
            status=CaseStatus.PUBLISHED, is_masked=False, origin=Origin.MEMBERS
        ).order_by("published_at", "public_id")
        present = dict(shown.values_list("public_id", "revision"))
        gone = [one for one, version in told.items() if version is not None and one not in present]
        new = [one for one, version in present.items() if told.get(one) != version]
        log = _Log(at)
        for start in range(0, len(gone), _BATCH):
            log.withdraw(gone[start : start + _BATCH])
        for start in range(0, len(new), _BATCH):
            log.tell(new[start : start + _BATCH])
    return len(gone) + len(new)


class _Log:
    """The end of the feed, where entries are added."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at.replace(microsecond=0)
        last = FeedEntry.objects.order_by("-number").first()
        self.number, self.digest = (last.number, last.digest) if last else (0, "")

    def withdraw(self, public_ids: list[str]) -> None:
        reasons = dict(
            CaseStudy.objects.filter(
                public_id__in=public_ids, status=CaseStatus.WITHDRAWN, is_masked=False
            ).values_list("public_id", "withdrawn_because")
        )
        last = {
            entry.public_id: entry
            for entry in FeedEntry.objects.filter(public_id__in=public_ids).defer("content")
        }
        self._add(
            FeedEntry(
                public_id=one,
                version=last[one].version,
                licence=last[one].licence,
                withdrawn=True,
                because=reasons.get(one, ""),
            )
            for one in public_ids
        )

    def tell(self, public_ids: list[str]) -> None:
        rows = {row["id"]: row for row in nested_cases(self.at.date(), public_ids)}
        self._add(
            FeedEntry(
                public_id=one,
                version=rows[one]["version"],
                licence=rows[one]["licence"],
                content=canonical_json(content := importable(rows[one])),
                sha256=digest(content),
            )
            for one in public_ids
            if one in rows
        )

    def _add(self, entries: Any) -> None:
        made = []
        for entry in entries:
            self.number += 1
            entry.number, entry.previous = self.number, self.digest
            entry.at, entry.kind = self.at, CASE
            entry.digest = self.digest = digest(body_of(entry))
            made.append(entry)
        FeedEntry.objects.filter(public_id__in=[one.public_id for one in made]).update(content=None)
        FeedEntry.objects.bulk_create(made)


def page(after: int, *, at: dt.datetime) -> dict[str, Any]:
    """The entries after a number, as many as a page holds, with the signature of it all."""
    head = FeedEntry.objects.order_by("-number").values("number", "digest").first()
    head = head or {"number": 0, "digest": ""}
    entries: list[dict[str, Any]] = []
    size = 0
    found = FeedEntry.objects.filter(number__gt=after, number__lte=head["number"])
    for entry in found.order_by("number")[:MOST_ENTRIES]:
        size += len(entry.content or "")
        if entries and size > MOST_BYTES:
            break
        content = json.loads(entry.content) if entry.content else None
        entries.append(body_of(entry) | {"digest": entry.digest, "content": content})
    told = {
        "format": FORMAT,
        "network": settings.NETWORK_NAME,
        "address": settings.BASE_URL,
        "key": signing.public_key(),
        "at": plain(at),
        "after": after,
        "head": head,
        "entries": entries,
    }
    signature = signing.sign(canonical_json(told).encode()).decode().strip()
    return {"page": told, "signature": signature}
