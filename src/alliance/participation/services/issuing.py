"""Issues: what a process publishes of people is made in batches, all of it at once from one state.

Who follows live figures sees by the next one what a single person said. So between two issues at
least as many people come as the privacy floor, and while more may come, as many that came last are
left out: they are the batch of the last issue.
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

#: So long lie two issues apart, but for the one at closing.
APART = dt.timedelta(hours=1)
_CHUNK = 5_000


class NotIssued(NotFound):
    """Of a process nothing is published yet."""

    def __init__(self, process: Process):
        super().__init__("issue", process.public_id)

    def __str__(self) -> str:
        text = _(
            "We publish figures once %(n)s people have taken part, or at closing if at "
            "least %(fewest)s have."
        )
        return text % {"n": 2 * fewest(), "fewest": fewest()}


def fewest() -> int:
    """How many people an issue has at least that the one before had not."""
    return int(settings.PRIVACY_FLOOR)


def is_final(process: Process, at: dt.datetime) -> bool:
    """Whether nobody can come any more: it has closed, and no forms on paper are to be typed in."""
    if process.state in (ProcessState.DRAFT, ProcessState.OPEN):
        return False
    on_paper = process.participants.exclude(channel=Channel.ONLINE)
    return not (rules.takes_paper(process, at, TYPING_IN) and on_paper.exists())


@dataclass(frozen=True)
class Batch:
    """Who comes into an issue that was in none: by primary key all `people`, and those of them who
    are `counted`, for they are in what the room publishes."""

    people: Sequence[int]
    counted: Sequence[int]

    @property
    def last(self) -> int:
        """Up to whom everybody is in it."""
        return self.people[-1] if self.people else 0


def batch_of(process: Process, *, held_back: int) -> Batch:
    """Those who took part and are in no issue, but for the `held_back` who came last."""
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
    """Whether a process may publish what came since its last issue."""
    last = process.last_issue
    is_open = process.state == ProcessState.OPEN
    # Of the absolute value: a clock that was set back keeps nobody waiting for long.
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
    # The census was changed: the same people, weighted by another one. They could change nothing
    # since, as what was issued last is of after the end.
    return (
        last.is_outdated
        and process.closed_at is not None
        and last.issued_at >= process.closed_at
        and process.participants.filter(is_issued=True).count() == last.counted
    )


def _own(process: Process) -> Issuing | None:
    """What the room of a process publishes."""
    panel = panels().get(process.kind)
    return panel.issuing if panel else None


def _is_full(batch: Batch, last: Issue | None) -> bool:
    """Whether those who are new are enough for an issue."""
    alone = last is None and not batch.counted
    return len(batch.people if alone else batch.counted) >= fewest()


def issue_due(*, at: dt.datetime, closed_only: bool = False) -> int:
    """Make the issues that are due; how many."""
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
    """Publish what came of a process until now, but for the `held_back` people who came last.

    Everything is read in one transaction and written in another; between them it is worked out and
    holds nobody up. None where somebody has deleted her data meanwhile.
    """
    own = _own(process)
    with transaction.atomic():
        current = locked(process)
        batch = batch_of(current, held_back=held_back)
        last = current.last_issue
        if last is not None and not _is_full(batch, last):
            # The same people once more: a few who are new would be told by the difference.
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
        # Of the same people as before, what they have said of themselves since waits with others.
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
    """By proposal how many people support it, None for a few, where that is other than before."""
    rows = Support.objects.filter(contribution__process=process, participant__in=people)
    counts = dict(rows.order_by().values_list("contribution").annotate(n=Count("pk")))
    proposals = Contribution.objects.filter(process=process, kind=ContributionKind.PROPOSAL)
    before = proposals.values_list("pk", "issued_supports")
    shown = {key: counts.get(key, 0) for key, _n in before}
    shown = {key: None if is_small(n, fewest()) else n for key, n in shown.items()}
    return {key: shown[key] for key, n in before if shown[key] != n}


def outdate(process: Process) -> None:
    """The census of a process is another one: what was weighted by it is made anew."""
    Issue.objects.filter(process=process).update(is_outdated=True)


@dataclass(frozen=True)
class Notice:
    """When results were issued, and what brings the next. `comes`: `first` or `next`, while people
    can take part; `paper`, once forms on paper are typed in, until `day`; `soon`, by the next job;
    `more`, as those who took part go on answering; `never`, where too few took part; empty where
    the last issue is out. `people`: how many have to come for the first. `leaves_out`: whether a
    few who took part are not even in the last."""

    issued_at: dt.datetime | None
    comes: str
    fewest: int
    people: int
    day: dt.date | None = None
    leaves_out: bool = False


def notice_of(process: Process, *, at: dt.datetime) -> Notice:
    """When the results of a process were issued, and what brings the next. Up to three queries."""
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
    """Take what is hers out of the files that anybody can download. Call it before she is deleted,
    in the same transaction."""
    own = _own(participant.process)
    if own and own.withdraw:
        own.withdraw(participant)


def with_people(rows: QuerySet[Process]) -> QuerySet[Any]:
    """Processes with `n_people`, how many people are in their last issue; None before the first."""
    return rows.annotate(n_people=F("issue__people"))
