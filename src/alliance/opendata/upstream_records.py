"""Import of records of another network: cases, and the solutions that they refer to."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.cases.enums import CaseStatus, DraftState, NetworkWithdrawal
from alliance.cases.models import CaseStudy, Solution
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, refuse, row_of
from alliance.network.enums import Origin
from alliance.network.models import City
from alliance.network.text_checks import LONGEST, text_faults
from alliance.opendata.feed import CASE, MOST_NAME, SOLUTION
from alliance.opendata.models import RecordState, Subscription, UpstreamRecord
from alliance.opendata.upstream_feed import Entry
from alliance.writing.imports import import_cases, parsed, rows_of_download
from alliance.writing.models import Draft
from alliance.writing.services.withdrawals import (
    restore_case,
    take_over_solution,
    withdraw_case,
    withdraw_solution,
)
from alliance.writing.solution_imports import import_solution, importable_solutions

#: Licences that permit showing, changing and redistributing a text with the author's name.
FIT = frozenset({"CC-BY-4.0", "CC0-1.0"})
_OF_CASE = re.compile(r"([\w-]+)(?:: |\.)")

_Faults = dict[str, list[Fault]]


@dataclass(frozen=True)
class Kind:
    """A type of record in a feed. `in_the_way`: the state of a record that conflicts with one here,
    None if it can be imported; `write` returns the faults of each record by id."""

    name: Promise
    route: str
    here: Callable[[], QuerySet[Any]]
    in_the_way: Callable[[UpstreamRecord, Any, dt.datetime], RecordState | None]
    write: Callable[[list[UpstreamRecord], dt.datetime], _Faults]


def apply(subscription: Subscription, entries: Iterable[Entry], at: dt.datetime) -> None:
    """Import, correct and withdraw records according to the entries of a checked page."""
    entries = list(entries)
    ids = {entry.id for entry in entries}
    known = {
        (row.kind, row.public_id): row for row in subscription.records.filter(public_id__in=ids)
    }
    to_take: dict[tuple[str, str], UpstreamRecord] = {}
    for entry in entries:
        key = (entry.kind, entry.id)
        record = known.setdefault(
            key, UpstreamRecord(subscription=subscription, public_id=entry.id, state="")
        )
        record.kind = entry.kind
        if entry.withdrawn:
            to_take.pop(key, None)
            withdraw(record, _reason(entry.because), at)
        elif entry.content is None or (
            record.state in {RecordState.TAKEN, RecordState.OURS} and record.sha256 == entry.sha256
        ):
            continue
        else:
            record.content = entry.content
            to_take[key] = record
        record.version, record.licence, record.at = entry.version, entry.licence, at
        record.sha256 = entry.sha256
        record.title = _title_of(entry.content) or record.title
        if entry.withdrawn:
            record.save()
    take(list(to_take.values()), at)
    let_go(subscription, at)


def _title_of(content: dict[str, Any] | None) -> str:
    content = content or {}
    languages = (content.get("original_language"), "en", "fr", "sv")
    titles = (
        content.get(f"{field}_{language}") for language in languages for field in ("title", "name")
    )
    return next((title[:200] for title in titles if isinstance(title, str) and title), "")


def _reason(because: str) -> str:
    """The reason for withdrawing a case that was withdrawn there, as `CaseStudy` stores it."""
    if not because or text_faults("reason", because):
        return NetworkWithdrawal.THERE.value
    reason = f"{NetworkWithdrawal.BECAUSE}: {because}"
    # With the code in front of it, a reason may be longer than the column.
    return reason if len(reason) <= LONGEST else f"{reason[: LONGEST - 1]}…"


def withdraw(record: UpstreamRecord, reason: str, at: dt.datetime) -> None:
    """Withdraw the records imported from a network; our own and hidden ones stay.

    Solutions are withdrawn by `let_go`, because a case may still refer to them. The record is not
    saved.
    """
    if record.state == RecordState.TAKEN and record.kind == CASE:
        case = CaseStudy.objects.filter(
            public_id=record.public_id,
            from_address=record.subscription.address,
            status=CaseStatus.PUBLISHED,
        ).first()
        if case is not None:
            withdraw_case(case, reason=reason, actor=audit.WORKER, at=at)
        else:
            record.state = RecordState.HIDDEN
    if record.state != RecordState.HIDDEN:
        record.state = RecordState.WITHDRAWN
    record.content, record.faults = None, []


def let_go(subscription: Subscription, at: dt.datetime) -> None:
    """Withdraw solutions that are no longer in the feed and that no case needs.

    A solution that a case or draft of ours refers to becomes ours.
    """
    gone = subscription.records.filter(kind=SOLUTION, state=RecordState.WITHDRAWN)
    for solution in Solution.objects.filter(
        from_address=subscription.address, public_id__in=gone.values("public_id")
    ):
        cases = CaseStudy.objects.filter(solution=solution)
        theirs = cases.filter(from_address=subscription.address)
        drafts = Draft.objects.exclude(state__in=(DraftState.PUBLISHED, DraftState.DROPPED))
        if (
            cases.exclude(from_address=subscription.address).exists()
            or drafts.filter(content__solution=solution.public_id).exists()
        ):
            take_over_solution(solution, at=at)
        elif not theirs.filter(status=CaseStatus.PUBLISHED).exists():
            withdraw_solution(solution, at=at)


def take(records: list[UpstreamRecord], at: dt.datetime, *, over_ours: bool = False) -> None:
    """Import records without conflicts, and store the outcome of each."""
    fit: dict[str, list[UpstreamRecord]] = {kind: [] for kind in KINDS}
    for record in records:
        if faults := list(_unfit(record)):
            record.wait(RecordState.HELD, record.content, faults)
        else:
            fit[record.kind].append(record)
    for name, kind in KINDS.items():
        here = kind.here().filter(public_id__in=[record.public_id for record in fit[name]])
        ours = {own.public_id: own for own in here}
        open_ones = []
        for record in fit[name]:
            own = ours.get(record.public_id)
            state = None if own is None or over_ours else kind.in_the_way(record, own, at)
            if state is None:
                open_ones.append(record)
            else:
                record.wait(state, record.content if state == RecordState.CONFLICT else None)
        faults_of = kind.write(open_ones, at) if open_ones else {}
        for record in open_ones:
            if record.public_id in faults_of:
                record.wait(RecordState.HELD, record.content, faults_of[record.public_id])
                continue
            record.wait(RecordState.TAKEN, None)
            # Fields of the import besides those of the record: origin and licence.
            kind.here().filter(public_id=record.public_id).update(
                from_network=record.subscription.name,
                from_address=record.subscription.address,
                from_version=record.version,
                licence=record.licence,
                edited_at=None,
            )
    for record in records:
        record.save()


def _unfit(record: UpstreamRecord) -> Iterable[Fault]:
    content = record.content if isinstance(record.content, dict) else {}
    if record.kind not in KINDS:
        yield Fault(record.public_id, "unknown-kind", {"kind": record.kind})
    elif content.get("id") != record.public_id:
        yield Fault(record.public_id, "feed-changed")
    else:
        yield from _unfit_licence(record.public_id, record.licence)


def licences_of(rows: Iterable[Any]) -> dict[str, str]:
    """The licences of the cases of a download, by their ids.

    Raises InvalidData naming each case whose licence does not permit the import.
    """
    licences: dict[str, Any] = {
        str(row.get("id")): row.get("licence")
        for row in rows
        # Records that the network imported from a third one are not imported anyway.
        if isinstance(row, dict) and row.get("origin") != Origin.NETWORK
    }
    refuse([fault for licence in licences.items() for fault in _unfit_licence(*licence)])
    return licences


def bring_solutions(
    public_ids: set[str], *, tables: Path, network: str, at: dt.datetime
) -> list[str]:
    """Import the solutions that are missing here, from the JSON downloads of the tables in a
    folder; returns their ids.

    They become ours, as do the cases that need them, and still name the network that wrote them;
    its corrections do not reach them. Raises InvalidData.
    """
    missing = public_ids - set(Solution.objects.values_list("public_id", flat=True))
    if not missing:
        return []
    solutions = rows_of_download(tables / "solutions.json", "solutions")
    # An older network has no tables of what editors say.
    parts = {
        name: rows_of_download(tables / f"{name}.json", name)
        for name in ("costs", "national_schemes", "disputes")
        if name == "costs" or (tables / f"{name}.json").exists()
    }
    if not all(isinstance(row, dict) for row in chain(solutions, *parts.values())):
        raise InvalidData([Fault(tables.name, "not-objects")])
    faults: list[Fault] = []
    brought: list[str] = []
    for row in solutions:
        public_id = str(row.get("id"))
        if public_id not in missing or row.get("origin") != Origin.MEMBERS:
            continue
        by, licence = str(row.get("from_network") or network), row.get("licence")
        faults += _unfit_licence(public_id, licence)
        faults += text_faults(f"{public_id}: from_network", by, required=True, longest=MOST_NAME)
        content = row | {
            name: [line for line in lines if line.get("solution") == public_id]
            for name, lines in parts.items()
        }
        try:
            solution = import_solution(content, actor=audit.COMMAND_LINE, at=at)
        except InvalidData as error:
            faults += [
                replace(fault, where=f"{public_id}: {fault.where}") for fault in error.faults
            ]
            continue
        Solution.objects.filter(pk=solution.pk).update(
            origin=Origin.MEMBERS, from_network=by[:MOST_NAME], from_address="", from_version=None,
            licence=str(licence)[:40], edited_at=None,
        )  # fmt: skip
        brought.append(public_id)
    refuse(faults)
    return brought


def _unfit_licence(public_id: str, licence: Any) -> Iterator[Fault]:
    if not isinstance(licence, str) or licence not in FIT:
        yield Fault(public_id, "unfit-licence", {"licence": str(licence or _("none"))[:40]})


def _solution_in_the_way(
    record: UpstreamRecord, solution: Solution, at: dt.datetime
) -> RecordState | None:
    if solution.from_address == record.subscription.address:
        return None
    if solution.withdrawn_at is not None:
        return None
    own = importable_solutions([solution.public_id], at.date())[solution.public_id]
    return RecordState.OURS if own == record.content else RecordState.CONFLICT


def _write_solutions(records: list[UpstreamRecord], at: dt.datetime) -> _Faults:
    faults: _Faults = {}
    for record in records:
        try:
            import_solution(record.content, actor=audit.WORKER, at=at)
        except InvalidData as error:
            faults[record.public_id] = list(error.faults)
    return faults


def _cases_here() -> QuerySet[CaseStudy]:
    drafts = Draft.objects.filter(case=OuterRef("pk"))
    return CaseStudy.objects.annotate(has_drafts=Exists(drafts))


def _case_in_the_way(record: UpstreamRecord, case: Any, at: dt.datetime) -> RecordState | None:
    if case.from_address == record.subscription.address:
        if case.status == CaseStatus.PUBLISHED:
            return None
        if record.state == RecordState.WITHDRAWN:
            restore_case(case, actor=audit.WORKER, at=at)
            return None
        return RecordState.HIDDEN
    if case.from_address or case.edited_at or case.owner_id or case.has_drafts:
        return RecordState.CONFLICT
    # Starter content, or records imported from there, that nobody has changed here.
    return None


def _known(rows: QuerySet[Any], contents: list[dict[str, Any]], name: str) -> set[str]:
    """The ids in a field of the contents that exist here."""
    public_ids = {value for content in contents if isinstance(value := content.get(name), str)}
    return set(rows.filter(public_id__in=public_ids).values_list("public_id", flat=True))


def _if_known(value: Any, known: set[str]) -> Any:
    """An id if it is known, else None; a value that is not text is returned, so that validation
    names it."""
    return None if isinstance(value, str) and value not in known else value


def _write_cases(records: list[UpstreamRecord], at: dt.datetime) -> _Faults:
    """Import the cases that break no rule here."""
    contents: list[dict[str, Any]] = [record.content or {} for record in records]
    cities = _known(City.objects.all(), contents, "city")
    origins = _known(CaseStudy.objects.all(), contents, "adapted_from")
    origins |= {record.public_id for record in records}
    rows = [
        content
        | {"city": _if_known(content.get("city"), cities)}
        | {"adapted_from": _if_known(content.get("adapted_from"), origins)}
        for content in contents
    ]
    cases, parse_faults = parsed(rows)
    faults: _Faults = {}
    for fault in parse_faults:
        place = row_of(".".join(fault.where.split(".")[:1]))
        faults.setdefault(records[place[1]].public_id if place else "", []).append(fault)
    while True:
        taken = [
            (public_id, document, Origin.NETWORK)
            for public_id, document, _origin in cases
            if public_id not in faults
        ]
        try:
            import_cases(taken, actor=audit.WORKER, at=at)
            return faults
        except InvalidData as error:
            before = len(faults)
            for fault in error.faults:
                match = _OF_CASE.match(fault.where)
                faults.setdefault(match[1] if match else "", []).append(fault)
            if len(faults) == before:
                raise


#: By the code in feeds, in the order of import: cases refer to solutions.
KINDS = {
    SOLUTION: Kind(
        gettext_lazy("solution"),
        "knowledge:solution",
        Solution.everything.all,
        _solution_in_the_way,
        _write_solutions,
    ),
    CASE: Kind(gettext_lazy("case"), "knowledge:case", _cases_here, _case_in_the_way, _write_cases),
}
