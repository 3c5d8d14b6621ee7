"""What the votes of dialogues say is worked out by the worker and kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import time
from collections import Counter
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Count, Max, Sum

from alliance.analysis import opinion
from alliance.core.clock import hour_of
from alliance.dialogues.models import Opinions, Vote
from alliance.dialogues.selectors import FEWEST
from alliance.participation.enums import ContributionKind, ProcessKind, ProcessState, Trait
from alliance.participation.models import Contribution, Process
from alliance.participation.services.weights import weights_of

#: An analysis waits so many times as long as the last one took.
REST = 20
HALF_SAMPLES = 20
#: Where a value stands among agree, disagree and pass.
PLACES = {1: 0, -1: 1, 0: 2}


def open_id(process: Process, participant_id: int) -> str:
    """What a participant is called in open files: random to everybody, and the same every time."""
    key = f"{settings.SECRET_KEY}:open:{process.public_id}".encode()
    return hmac.new(key, str(participant_id).encode(), hashlib.sha256).hexdigest()[:16]


def hour_ms(at: dt.datetime) -> int:
    """The hour of a moment, in milliseconds."""
    return int(hour_of(at).timestamp()) * 1_000


def open_rows(process: Process) -> list[tuple[int, str, str, int]]:
    """All votes as open files have them: the hour in milliseconds, statement, person, value.

    The hour is all that is kept. The analysis reads the same
    rows, so that everybody can repeat it from the open file.
    """
    rows = Vote.objects.filter(statement__process=process).values_list(
        "at", "statement__post__public_id", "participant_id", "value"
    )
    names: dict[int, str] = {}
    found = []
    for at, statement, person, value in rows.order_by().iterator(chunk_size=10_000):
        if person not in names:
            names[person] = open_id(process, person)
        found.append((hour_ms(at), statement, names[person], value))
    found.sort()
    return found


def _digest(process: Process) -> str:
    """Another text for other votes, or where a statement was hidden or shown, or somebody said who
    she is."""
    votes = Vote.objects.filter(statement__process=process).aggregate(
        n=Count("pk"), changes=Sum("changes"), key=Max("pk")
    )
    statements = Contribution.objects.filter(process=process, kind=ContributionKind.STATEMENT)
    shown = statements.shown().aggregate(n=Count("pk"), total=Sum("pk"))
    who = process.participants.exclude(**dict.fromkeys(Trait.values, ""))
    traits = who.order_by(*Trait.values).values_list(*Trait.values)
    census = process.census.values_list("trait", "category", "people")
    known = (list(traits.annotate(n=Count("pk"), total=Sum("pk"))), list(census))
    told = repr((sorted(votes.items()), sorted(shown.items()), known))
    return hashlib.sha256(told.encode()).hexdigest()


def work_out(process: Process, *, at: dt.datetime) -> Opinions | None:
    """Analyse the votes of a process and keep the result; None where nobody has voted."""
    digest = _digest(process)
    started = time.perf_counter()
    rows = open_rows(process)
    if not rows:
        Opinions.objects.filter(process=process).delete()
        return None
    statements = Contribution.objects.filter(process=process, kind=ContributionKind.STATEMENT)
    keys = dict(statements.values_list("post__public_id", "pk"))
    shown = set(statements.shown().values_list("post__public_id", flat=True))
    voters = list({person: None for _, _, person, _ in rows})
    row_of = {name: place for place, name in enumerate(voters)}
    names = list(keys)
    column_of = {name: place for place, name in enumerate(names)}
    votes = opinion.votes_from(
        np.array([row_of[person] for _, _, person, _ in rows]),
        np.array([column_of[statement] for _, statement, _, _ in rows]),
        np.array([value for *_, value in rows]),
        np.array([hour for hour, *_ in rows]),
        voters=voters,
        statements=names,
        rejected=set(names) - shown,
    )
    result: dict[str, Any] = opinion.report(opinion.analyse(votes, resamples=HALF_SAMPLES))
    del result["membership"], result["components"]
    important = Vote.objects.filter(statement__process=process, is_important=True).order_by()
    counted = important.values_list("statement__post__public_id").annotate(n=Count("pk"))
    result["important"] = dict(counted)
    priorities = {str(keys[one["id"]]): one["priority"] for one in result["statements"]}
    kept, _ = Opinions.objects.update_or_create(
        process=process,
        defaults={
            "at": at,
            "seconds": time.perf_counter() - started,
            "votes_digest": digest,
            "result": result,
            "priorities": priorities,
            "weighted": _weighted(process),
        },
    )
    return kept


def _weighted(process: Process) -> dict[str, Any]:
    """The shares of votes weighted to the census, as `Opinions.weighted` has them."""
    weights = weights_of(process)
    if weights is None:
        return {}
    rows = Vote.objects.filter(statement__process=process).order_by()
    sums: dict[str, list[float]] = {}
    counts: Counter[str] = Counter()
    columns = ("participant_id", "statement__post__public_id", "value")
    for person, statement, value in rows.values_list(*columns).iterator(chunk_size=10_000):
        weight = weights.of.get(person)
        if weight is not None:
            # In the order agree, disagree, pass.
            sums.setdefault(statement, [0.0, 0.0, 0.0])[PLACES[value]] += weight
            counts[statement] += 1
    shares = {
        statement: [one / sum(line) for one in line]
        for statement, line in sums.items()
        if counts[statement] >= FEWEST
    }
    return {
        "traits": list(weights.traits),
        "n": weights.n,
        "effective_n": weights.effective_n,
        "off": weights.off,
        "statements": shares,
    }


def work_out_changed(*, at: dt.datetime) -> int:
    """Analyse the dialogues whose votes are others than last time; how many."""
    rows = Process.objects.filter(
        kind=ProcessKind.DIALOGUE,
        state__in=[ProcessState.OPEN, ProcessState.CLOSED, ProcessState.ANSWERED],
    )
    n = 0
    for process in rows.select_related("opinions"):
        last = getattr(process, "opinions", None)
        if last is not None:
            rest = dt.timedelta(seconds=REST * last.seconds)
            is_open = process.state == ProcessState.OPEN
            if (is_open and at < last.at + rest) or last.votes_digest == _digest(process):
                continue
        n += work_out(process, at=at) is not None
    return n
