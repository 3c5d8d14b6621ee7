"""The results of an issue of a dialogue: its votes, analysed, and its open data files."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import secrets
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Exists, OuterRef, QuerySet

from alliance.analysis import opinion
from alliance.dialogues.models import OpenFiles, Opinions, Vote
from alliance.dialogues.selectors import FEWEST
from alliance.participation.enums import ContributionKind
from alliance.participation.models import Contribution, Issue, Participant, Process
from alliance.participation.panels import Issuing
from alliance.participation.services.weights import Weights, weights_of

HALF_SAMPLES = 20
#: The index of a value among agree, disagree and pass.
PLACES = {1: 0, -1: 1, 0: 2}


@dataclass(frozen=True)
class Material:
    """The votes of the people of an issue: statement, primary key of the person, value. `keys`: of
    statements by public id; `shown`: the public ones; `authors`: by primary keys of their
    statements; `important`: the number of people to whom each is important; `left_out`: people who
    are not in the file.
    """

    votes: Sequence[tuple[str, int, int]]
    keys: Mapping[str, int]
    shown: Collection[str]
    authors: Mapping[int, int | None]
    important: Mapping[str, int]
    weights: Weights | None
    left_out: Collection[int]
    n_people: int


@dataclass(frozen=True)
class Made:
    """The results: the fields of `Opinions` and of `OpenFiles`, None without votes."""

    opinions: Mapping[str, Any] | None
    files: Mapping[str, Any]


def voted(people: QuerySet[Participant]) -> QuerySet[Participant]:
    """Those who voted: people who only wrote are in no file of votes."""
    return people.filter(Exists(Vote.objects.filter(participant=OuterRef("pk"))))


def read(process: Process, people: QuerySet[Participant]) -> Material:
    """The votes of these people, with the data of the statements."""
    votes = Vote.objects.filter(statement__process=process, participant__in=people).order_by()
    columns = ("statement__post__public_id", "participant_id", "value")
    important = votes.filter(is_important=True).values_list("statement__post__public_id")
    statements = Contribution.objects.filter(process=process, kind=ContributionKind.STATEMENT)
    files = OpenFiles.objects.filter(process=process).defer("votes", "statements").first()
    return Material(
        votes=list(votes.values_list(*columns).iterator(chunk_size=10_000)),
        keys=dict(statements.values_list("post__public_id", "pk")),
        shown=set(statements.shown().values_list("post__public_id", flat=True)),
        authors=dict(statements.values_list("pk", "participant_id")),
        important=dict(important.annotate(n=Count("pk"))),
        weights=weights_of(process, people),
        left_out=files.left_out_next() if files else set(),
        n_people=people.count(),
    )


def _random_ids(keys: Collection[int]) -> dict[int, str]:
    return {key: secrets.token_hex(8) for key in keys}


def moment_ms(at: dt.datetime) -> int:
    """A time to the second, in milliseconds."""
    return int(at.timestamp()) * 1_000


def _packed(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    # Without a time stamp.
    return gzip.compress(text.getvalue().encode(), compresslevel=6, mtime=0)


def work_out(process: Process, material: Material, at: dt.datetime) -> Made:
    """Analyse votes, and create the open data files. The analysis reads the rows of the file, in
    its order, so that everybody can reproduce it."""
    started = time.perf_counter()
    ids = _random_ids({person for _, person, _ in material.votes})
    rows = sorted((ids[person], statement, value) for statement, person, value in material.votes)
    hidden = {ids[person] for person in material.left_out if person in ids}
    moment = moment_ms(at)
    packed = _packed(
        [(moment, statement, name, value) for name, statement, value in rows if name not in hidden]
    )
    agrees = Counter((statement, value) for _, statement, value in rows)
    authors = _random_ids({author for author in material.authors.values() if author is not None})
    files = {
        "votes": packed,
        "people": {str(person): name for person, name in ids.items() if name not in hidden},
        "left_out": sorted(material.left_out),
        "statements": {
            str(key): [
                authors.get(material.authors[key] or 0, ""), agrees[name, 1], agrees[name, -1],
            ]
            for name, key in material.keys.items()
        },
    }  # fmt: skip
    if not rows:
        return Made(None, files)
    voters = list(dict.fromkeys(name for name, _, _ in rows))
    row_of = {name: place for place, name in enumerate(voters)}
    names = list(material.keys)
    column_of = {name: place for place, name in enumerate(names)}
    votes = opinion.votes_from(
        np.array([row_of[person] for person, _, _ in rows]),
        np.array([column_of[statement] for _, statement, _ in rows]),
        np.array([value for *_, value in rows]),
        np.full(len(rows), moment),
        voters=voters,
        statements=names,
        rejected=set(names) - set(material.shown),
    )
    result: dict[str, Any] = opinion.report(opinion.analyse(votes, resamples=HALF_SAMPLES))
    del result["membership"], result["components"]
    result["important"] = dict(material.important)
    opinions = {
        "at": at,
        "votes_digest": hashlib.sha256(packed).hexdigest(),
        "result": result,
        "priorities": {
            str(material.keys[statement["id"]]): statement["priority"]
            for statement in result["statements"]
        },
        "weighted": _weighted(material),
        "seconds": time.perf_counter() - started,
    }
    return Made(opinions, files)


def store_issue(issue: Issue, made: Made) -> None:
    """Replace the last issue by this one."""
    process = issue.process
    if made.opinions is None:
        Opinions.objects.filter(process=process).delete()
    else:
        Opinions.objects.update_or_create(process=process, defaults=dict(made.opinions))
    since = {"issued_at": issue.issued_at, "is_reduced": False, "leaving": []}
    files = dict(made.files) | since
    OpenFiles.objects.update_or_create(process=process, defaults=files)


def withdraw(participant: Participant) -> None:
    """Remove a person from the file of votes: whoever has the earlier file does not see which of
    those who left it has deleted her data."""
    files = OpenFiles.objects.filter(process=participant.process).first()
    if files is None:
        return
    if gone := files.let_go(participant):
        text = gzip.decompress(files.votes).decode()
        files.votes = _packed([row for row in csv.reader(io.StringIO(text)) if row[2] not in gone])
    files.save()


def _weighted(material: Material) -> dict[str, Any]:
    """The shares of votes weighted to the census, in the format of `Opinions.weighted`."""
    weights = material.weights
    if weights is None:
        return {}
    sums: dict[str, list[float]] = {}
    counts: Counter[str] = Counter()
    for statement, person, value in material.votes:
        weight = weights.of.get(person)
        if weight is not None:
            # In the order agree, disagree, pass.
            sums.setdefault(statement, [0.0, 0.0, 0.0])[PLACES[value]] += weight
            counts[statement] += 1
    shares = {
        statement: weights.shares(line, sum(line))
        for statement, line in sums.items()
        if counts[statement] >= FEWEST
    }
    return weights.as_data(material.n_people) | {
        "statements": {name: share for name, share in shares.items() if share is not None}
    }


ISSUING = Issuing(read=read, work_out=work_out, store=store_issue, counted=voted, withdraw=withdraw)
