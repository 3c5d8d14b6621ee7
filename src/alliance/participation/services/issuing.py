"""Issues: figures about participants are published in batches, all at once from one state.

Whoever follows live figures could infer from changes what a single person answered. So between two
issues at least as many people are added as the privacy floor, and while more may come, as many of
the latest are held back: they become the batch of the last issue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from alliance.analysis.small_counts import is_small
from alliance.core.errors import NotFound
from alliance.participation import rules
from alliance.participation.enums import Channel, ContributionKind, ProcessState
from alliance.participation.models import (
    Contribution,
    Issue,
    Participant,
    Process,
    Support,
)
from alliance.participation.panels import Issuing, panels
from alliance.participation.services.contributions import TYPING_IN
from alliance.participation.services.processes import locked

#: The minimum time between two issues, except the one at closing.
APART = dt.timedelta(hours=1)
_CHUNK = 5_000


class NotIssued(NotFound):
    """Nothing of the process is published yet."""

    def __init__(self, process: Process):
        super().__init__("issue", process.public_id)

    def __str__(self) -> str:
        text = _(
            "We publish figures once %(n)s people have taken part, or at closing if at "
            "least %(fewest)s have."
        )
        return text % {"n": 2 * fewest(), "fewest": fewest()}


def fewest() -> int:
    """The minimum number of new people in an issue."""
    return int(settings.PRIVACY_FLOOR)


def is_final(process: Process, at: dt.datetime) -> bool:
    """Whether nobody can be added any more: it has closed, and no paper forms are left to enter."""
    if process.state in (ProcessState.DRAFT, ProcessState.OPEN):
        return False
    on_paper = process.participants.exclude(channel=Channel.ONLINE)
    return not (rules.takes_paper(process, at, TYPING_IN) and on_paper.exists())


@dataclass(frozen=True)
class Batch:
    """The people who enter an issue and were in none: primary keys of all `people`, and those of
    them who are `counted`, because they are in what the app publishes."""

    people: Sequence[int]
    counted: Sequence[int]

    @property
    def last(self) -> int:
        """The key up to which everybody is in the batch."""
        return self.people[-1] if self.people else 0


def batch_of(process: Process, *, held_back: int) -> Batch:
    """Participants in no issue, except the latest `held_back`."""
    rows: QuerySet[Participant] = process.participants.took_part().filter(is_issued=False)
    rows = rows.order_by("pk")
    people = list(rows.values_list("pk", flat=True))
    counted, own = people, _own(process)
    if own and own.counted:
        counted = list(own.counted(rows).values_list("pk", flat=True))
    if held_back:
        out = (counted or people)[-held_back:]
        people = [person_id for person_id in people if person_id < out[0]] if out else []
        counted = [pk for pk in counted if pk < out[0]] if out else []
    return Batch(people, counted)


def _held_back(process: Process, at: dt.datetime) -> int:
    return 0 if is_final(process, at) else fewest()


def is_due(process: Process, *, at: dt.datetime) -> bool:
    """Whether a process may publish what was submitted since its last issue."""
    last = process.last_issue
    is_open = process.state == ProcessState.OPEN
    # The absolute value: a clock that was set back delays nobody for long.
    if last is not None and is_open and abs(at - last.issued_at) < APART:
        return False
    batch = batch_of(process, held_back=_held_back(process, at))
    if _is_full(batch, last):
        return True
    if last is None:
        return False
    own = _own(process)
    if own and own.has_more and abs(at - last.issued_at) >= APART and own.has_more(process):
        return True
    # The census was changed: the same people, with other weights. They can have changed nothing
    # since, because the last issue was after the end.
    return (
        last.is_outdated
        and process.closed_at is not None
        and last.issued_at >= process.closed_at
        and process.participants.filter(is_issued=True).count() == last.counted
    )


def _own(process: Process) -> Issuing | None:
    """What the app of a process publishes."""
    panel = panels().get(process.kind)
    return panel.issuing if panel else None


def _is_full(batch: Batch, last: Issue | None) -> bool:
    """Whether enough people are new for an issue."""
    alone = last is None and not batch.counted
    return len(batch.people if alone else batch.counted) >= fewest()


def issue_due(*, at: dt.datetime, closed_only: bool = False) -> int:
    """Publish the issues that are due; returns their number."""
    rows = Process.objects.exclude(state=ProcessState.DRAFT)
    if closed_only:
        rows = rows.exclude(state=ProcessState.OPEN)
    new = Participant.objects.took_part().filter(is_issued=False, process__in=rows.values("pk"))
    by_process = new.order_by().values("process").annotate(n=Count("pk"))
    full = by_process.filter(n__gte=fewest()).values("process")
    due = Q(pk__in=full) | Q(issue__is_outdated=True)
    if not closed_only:
        more = [
            kind for kind, panel in panels().items() if panel.issuing and panel.issuing.has_more
        ]
        due |= Q(kind__in=more)
    rows = rows.filter(due)
    n = 0
    for process in rows.prefetch_related("phases"):
        if is_due(process, at=at):
            held_back = _held_back(process, at)
            n += issue(process, held_back=held_back, at=at) is not None
    return n


def issue(process: Process, *, held_back: int = 0, at: dt.datetime) -> Issue | None:
    """Publish the state of a process, except the latest `held_back` people.

    Everything is read in one transaction and written in another; the computation between them holds
    no lock. None if somebody has deleted her data meanwhile.
    """
    own = _own(process)
    with transaction.atomic():
        current = locked(process)
        batch = batch_of(current, held_back=held_back)
        last = current.last_issue
        if last is not None and not _is_full(batch, last):
            # The same people once more: a few new ones would be revealed by the difference.
            batch = Batch((), ())
        people = current.participants.took_part().filter(Q(is_issued=True) | Q(pk__lte=batch.last))
        keys = set(people.values_list("pk", flat=True))
        counts = [list(row) for row in _counted(people)]
        supports = _supports(current, people)
        material: Any = own.read(current, people) if own else None
    result: Any = own.work_out(current, material, at) if own else None
    with transaction.atomic():
        current = locked(process)
        last = current.last_issue
        if keys - set(current.participants.values_list("pk", flat=True)):
            return None
        # With the same people, changes of their traits wait for the next batch.
        is_same = last is not None and not batch.people
        made = Issue(
            process=process,
            number=last.number + 1 if last else 1,
            issued_at=at,
            people=last.people if last and is_same else len(keys),
            counts=last.counts if last and is_same else counts,
        )
        _mark(batch.counted)
        made.counted = current.participants.filter(is_issued=True).count()
        made.save()
        for key, n in supports.items():
            Contribution.objects.filter(pk=key).update(issued_supports=n)
        if own:
            own.store(made, result)
    return made


def _mark(keys: Sequence[int]) -> None:
    for start in range(0, len(keys), _CHUNK):
        rows = Participant.objects.filter(pk__in=keys[start : start + _CHUNK], is_issued=False)
        rows.update(is_issued=True)


def _counted(people: QuerySet[Participant]) -> list[tuple[Any, ...]]:
    rows = people.order_by().values_list(*Issue.COLUMNS)
    return sorted(rows.annotate(n=Count("pk")))


def _supports(process: Process, people: QuerySet[Participant]) -> dict[int, int | None]:
    """The supporters of each proposal whose published number changes, None for a small number."""
    rows = Support.objects.filter(contribution__process=process, participant__in=people)
    counts = dict(rows.order_by().values_list("contribution").annotate(n=Count("pk")))
    proposals = Contribution.objects.filter(process=process, kind=ContributionKind.PROPOSAL)
    before = proposals.values_list("pk", "issued_supports")
    shown = {key: counts.get(key, 0) for key, _n in before}
    shown = {key: None if is_small(n, fewest()) else n for key, n in shown.items()}
    return {key: shown[key] for key, n in before if shown[key] != n}


def outdate(process: Process) -> None:
    """Mark the issue of a process as outdated because its census changed."""
    Issue.objects.filter(process=process).update(is_outdated=True)


@dataclass(frozen=True)
class Notice:
    """When results were published, and what triggers the next issue. `comes`: `first` or `next`,
    while people can participate; `paper`, once paper forms are entered, until `day`; `soon`, by the
    next job; `more`, as participants go on answering; `never`, if too few participated; empty if
    the last issue is published. `people`: how many are needed for the first. `leaves_out`: whether
    a few participants are not even in the last.
    """

    issued_at: dt.datetime | None
    comes: str
    fewest: int
    people: int
    day: dt.date | None = None
    leaves_out: bool = False


def notice_of(process: Process, *, at: dt.datetime) -> Notice:
    """When the results of a process were published, and what triggers the next issue. Up to three
    queries."""
    last = process.last_issue
    issued_at, least = (last.issued_at if last else None), fewest()
    if process.state in (ProcessState.DRAFT, ProcessState.OPEN):
        return Notice(issued_at, "next" if last else "first", least, 2 * least)
    if not is_final(process, at):
        end = max(phase.closes_at for phase in process.phases.all()) + TYPING_IN
        return Notice(issued_at, "paper", least, least, end.date())
    batch = batch_of(process, held_back=0)
    if last is None:
        enough = len(batch.counted or batch.people) >= least
        return Notice(issued_at, "soon" if enough else "never", least, least)
    rest, own = batch.counted, _own(process)
    comes = "more" if own and own.has_more else ""
    return Notice(issued_at, comes, least, least, leaves_out=0 < len(rest) < least)


def withdraw(participant: Participant) -> None:
    """Remove a participant's rows from the downloadable files. Call it before she is deleted, in
    the same transaction."""
    own = _own(participant.process)
    if own and own.withdraw:
        own.withdraw(participant)


def with_people(rows: QuerySet[Process]) -> QuerySet[Any]:
    """Processes with `n_people`, the size of their last issue; None before the first."""
    return rows.annotate(n_people=F("issue__people"))
