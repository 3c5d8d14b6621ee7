"""The feed of this network: a log of published records in which each entry contains the digest of
the one before.

docs/howto/join-two-networks.md describes a page of the feed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction

from alliance.cases.enums import CaseStatus
from alliance.cases.exports import nested_cases
from alliance.cases.models import CaseStudy, Solution
from alliance.core.text import canonical_json, digest, plain
from alliance.network.enums import Origin
from alliance.opendata.archive import signing
from alliance.opendata.models import FeedEntry
from alliance.writing.imports import importable
from alliance.writing.solution_imports import importable_solutions

FORMAT = "alliance-feed-1"
CASE, SOLUTION = "case", "solution"
#: Maximum number of entries on a page, and the size at which a page ends.
MOST_ENTRIES = 100
MOST_BYTES = 2_000_000
#: Maximum length of the name of a network, as others store it.
MOST_NAME = 120
_BATCH = 250


def body_of(entry: FeedEntry) -> dict[str, Any]:
    """The content of an entry that its digest is computed from."""
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
    """Add what was published, corrected or withdrawn since the last time; returns the number of
    entries."""
    with transaction.atomic():
        log = _Log(at)
        # Every network has the starter content, and records of other networks are in their own
        # feeds.
        shown = CaseStudy.objects.filter(
            status=CaseStatus.PUBLISHED, is_masked=False, origin=Origin.MEMBERS
        )
        cases = dict(
            shown.order_by("published_at", "public_id").values_list("public_id", "revision")
        )
        named = Solution.objects.filter(origin=Origin.MEMBERS, pk__in=shown.values("solution"))
        solutions = sorted(named.values_list("public_id", flat=True))
        # A solution is added before the cases that refer to it, and withdrawn after them.
        log.withdraw(CASE, cases)
        for start in range(0, len(solutions), _BATCH):
            log.add_solutions(solutions[start : start + _BATCH])
        new = [case for case, version in cases.items() if log.version(CASE, case) != version]
        for start in range(0, len(new), _BATCH):
            log.add_cases(new[start : start + _BATCH])
        log.withdraw(SOLUTION, solutions)
    return log.added


class _Log:
    """The end of the feed, and the last entry of each record."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at.replace(microsecond=0)
        self.added = 0
        self.number, self.digest = 0, ""
        self._last: dict[tuple[str, str], FeedEntry] = {}
        for entry in FeedEntry.objects.order_by("number").defer("content").iterator():
            self.number, self.digest = entry.number, entry.digest
            self._last[entry.kind, entry.public_id] = entry

    def version(self, kind: str, public_id: str) -> int | None:
        """The last published version; None if there is none or it was withdrawn."""
        last = self._last.get((kind, public_id))
        return None if last is None or last.withdrawn else last.version

    def withdraw(self, kind: str, present: Collection[str]) -> None:
        """Add entries for published records that are no longer present."""
        gone = {
            public_id: entry
            for (of, public_id), entry in self._last.items()
            if of == kind and not entry.withdrawn and public_id not in present
        }
        reasons: dict[str, str] = {}
        if kind == CASE:
            withdrawn = CaseStudy.objects.filter(status=CaseStatus.WITHDRAWN, is_masked=False)
            for start in range(0, len(gone), _BATCH):
                some = withdrawn.filter(public_id__in=list(gone)[start : start + _BATCH])
                reasons |= {case.public_id: case.why_withdrawn for case in some}
        self._add(
            FeedEntry(
                kind=kind,
                public_id=public_id,
                version=entry.version,
                licence=entry.licence,
                withdrawn=True,
                because=reasons.get(public_id, ""),
            )
            for public_id, entry in gone.items()
        )

    def add_cases(self, public_ids: list[str]) -> None:
        """Add the newest versions of cases."""
        rows = {row["id"]: row for row in nested_cases(self.at.date(), public_ids)}
        self._add(
            _entry(
                CASE,
                importable(rows[public_id]),
                rows[public_id]["version"],
                rows[public_id]["licence"],
            )
            for public_id in public_ids
            if public_id in rows
        )

    def add_solutions(self, public_ids: list[str]) -> None:
        """Add solutions whose texts changed; solutions have no versions of their own, so the feed
        numbers them."""
        rows = Solution.objects.filter(public_id__in=public_ids)
        licences = dict(rows.values_list("public_id", "licence"))
        new_entries = []
        for public_id, content in importable_solutions(public_ids, self.at.date()).items():
            last = self._last.get((SOLUTION, public_id))
            entry = _entry(SOLUTION, content, last.version + 1 if last else 1, licences[public_id])
            if last is None or last.sha256 != entry.sha256:
                new_entries.append(entry)
        self._add(new_entries)

    def _add(self, entries: Iterable[FeedEntry]) -> None:
        made = []
        for entry in entries:
            self.number += 1
            entry.number, entry.previous, entry.at = self.number, self.digest, self.at
            entry.digest = self.digest = digest(body_of(entry))
            made.append(entry)
        for start in range(0, len(made), _BATCH):
            some = made[start : start + _BATCH]
            FeedEntry.objects.filter(
                kind=some[0].kind, public_id__in=[entry.public_id for entry in some]
            ).update(content=None)
        FeedEntry.objects.bulk_create(made, batch_size=_BATCH)
        self.added += len(made)


def _entry(kind: str, content: dict[str, Any], version: int, licence: str) -> FeedEntry:
    return FeedEntry(
        kind=kind,
        public_id=content["id"],
        version=version,
        licence=licence,
        content=canonical_json(content),
        sha256=digest(content),
    )


def page(after: int, *, at: dt.datetime) -> dict[str, Any]:
    """A page of entries after a number, with its signature."""
    head = FeedEntry.objects.order_by("-number").values("number", "digest").first()
    head = head or {"number": 0, "digest": ""}
    entries: list[dict[str, Any]] = []
    size = 0
    rows = FeedEntry.objects.filter(number__gt=after, number__lte=head["number"])
    for entry in rows.order_by("number")[:MOST_ENTRIES]:
        size += len(entry.content or "")
        if entries and size > MOST_BYTES:
            break
        content = json.loads(entry.content) if entry.content else None
        entries.append(body_of(entry) | {"digest": entry.digest, "content": content})
    payload = {
        "format": FORMAT,
        "network": settings.NETWORK_NAME[:MOST_NAME],
        "address": settings.BASE_URL,
        "key": signing.public_key(),
        "at": plain(at),
        "after": after,
        "head": head,
        "entries": entries,
    }
    signature = signing.sign(canonical_json(payload).encode()).decode().strip()
    return {"page": payload, "signature": signature}
