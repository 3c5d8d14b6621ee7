"""The data of the pages of dialogues."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from alliance.analysis.opinion import next_statement
from alliance.analysis.small_counts import is_small
from alliance.dialogues.models import Opinions, Vote
from alliance.network.models import Post
from alliance.participation.enums import TRAITS_IN_TEXT, ContributionKind
from alliance.participation.models import Contribution, Participant, Process

#: With fewer voters, no results are shown.
FEWEST = 10
#: Rows of all statements on the page of results.
MOST_LINES = 200
#: Rows of the most divisive statements.
MOST_DIVISIVE = 5
#: The z of a share from which on a group counts as being on one side (one-sided 90 %).
SIGNIFICANT = 1.2816


@dataclass(frozen=True)
class NextStatement:
    """A participant's next statement, and her progress. `statement` None: nothing is left."""

    statement: Contribution | None
    n_voted: int
    n_all: int

    @property
    def number(self) -> int:
        """The number of this statement among all."""
        return min(self.n_voted + 1, self.n_all)


def statements_of(process: Process) -> QuerySet[Any]:
    """The public statements of a process."""
    return Contribution.objects.filter(
        process=process, kind=ContributionKind.STATEMENT
    ).shown()  # fmt: skip


#: The number of public statements of a process, those that a participant has not voted on, and
#: their priorities. This query runs after each vote: model instances, or a row for each statement,
#: would take ten times as long as the response.
_OPEN = """
    SELECT count(*), {}(CASE WHEN own.id IS NULL THEN CAST(statement.post_id AS text) END, ','),
        (SELECT priorities FROM dialogues_opinions WHERE process_id = %s)
    FROM participation_contribution statement
    JOIN network_post post ON post.id = statement.post_id
    LEFT JOIN dialogues_vote own
        ON own.statement_id = statement.post_id AND own.participant_id = %s
    WHERE statement.process_id = %s AND statement.kind = 'statement'
        AND statement.shown_at IS NOT NULL AND post.hidden_at IS NULL
"""
_TEXT = """
    SELECT statement.author, statement.translations, post.id, post.public_id, post.text,
        post.language
    FROM participation_contribution statement
    JOIN network_post post ON post.id = statement.post_id
    WHERE statement.post_id = %s
"""


def next_statement_for(process: Process, participant: Participant | None) -> NextStatement:
    """The next statement of a participant, drawn in proportion to its priority."""
    joined = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN.format(joined), [process.pk, participant.pk if participant else None, process.pk]
        )
        n_all, open_, priorities = cursor.fetchone()
        keys = open_.split(",") if open_ else []
        known: dict[str, float] = json.loads(priorities or "{}")
        priority = np.array([known.get(key, np.nan) for key in keys], float)
        place = next_statement(priority, np.ones(len(keys), bool), secrets.randbelow(2**53) / 2**53)
        statement = None
        if place is not None:
            cursor.execute(_TEXT, [int(keys[place])])
            author, translations, *text = cursor.fetchone()
            post = Post.from_db(None, ["id", "public_id", "text", "language"], text)
            # In the order of the model's fields.
            values = [json.loads(translations), post.pk, author]
            statement = Contribution.from_db(None, ["translations", "post_id", "author"], values)
            statement.post = post
    return NextStatement(statement, n_all - len(keys), n_all)


def own_votes(participant: Participant) -> list[Vote]:
    """The votes of a participant on public statements, latest first."""
    shown = statements_of(participant.process)
    rows = Vote.objects.filter(participant=participant, statement__in=shown)
    return list(rows.select_related("statement__post").order_by("-at", "-id"))


@dataclass(frozen=True)
class Shares:
    """Votes on a statement. `counts`: agree, disagree, pass; shares are from 0 to 1, None if nobody
    has voted."""

    counts: tuple[int, int, int]

    @property
    def n(self) -> int:
        """The number of votes, including passes."""
        return sum(self.counts)

    @property
    def agree(self) -> float | None:
        return self.counts[0] / self.n if self.n else None

    @property
    def disagree(self) -> float | None:
        return self.counts[1] / self.n if self.n else None

    @property
    def passed(self) -> float | None:
        return self.counts[2] / self.n if self.n else None


@dataclass(frozen=True)
class StatementResult(Shares):
    """A statement with its votes, of everybody and of each group by its letter."""

    statement: Contribution
    by_group: tuple[tuple[str, Shares], ...] = ()
    side: str = ""
    #: Shares of agree, disagree and pass, weighted to the census; None if too few are known.
    weighted: tuple[float, float, float] | None = None
    #: The number of people to whom it is important.
    n_important: int = 0


@dataclass(frozen=True)
class Group:
    """An opinion group: its letter, its size, and what distinguishes it from the others."""

    letter: str
    size: int
    lines: tuple[StatementResult, ...]


@dataclass(frozen=True)
class Standing:
    """The results of a dialogue. Without groups if none are clearly distinct."""

    opinions: Opinions
    n: int
    agreed: tuple[StatementResult, ...]
    disagreed: tuple[StatementResult, ...]
    divisive: tuple[StatementResult, ...]
    groups: tuple[Group, ...]
    #: The statements with the most votes, and the number of others.
    lines: tuple[StatementResult, ...]
    n_more: int

    @property
    def weighted(self) -> dict[str, Any]:
        """The weighting of results to the census, and its cost in precision; empty if there was
        none."""
        weighted: dict[str, Any] = self.opinions.weighted
        if not weighted.get("statements"):
            return {}
        return weighted | {"words": [str(TRAITS_IN_TEXT[trait]) for trait in weighted["traits"]]}

    @property
    def n_apart(self) -> int:
        """The number of voters in none of the displayed groups."""
        return self.n - sum(group.size for group in self.groups)

    @property
    def stability(self) -> float | None:
        """The similarity of groups from random halves of the people, from 0 to 1."""
        stability: float | None = self.opinions.result["stability"]
        return stability


def letter(place: int) -> str:
    """The letter of a group by its index."""
    return "ABCDEFGH"[place]


def _unless_few(n: int) -> int:
    """The number of people to whom a statement is important, 0 if small: no open file has it."""
    return 0 if is_small(n, settings.PRIVACY_FLOOR) else n


def opinions_of(process: Process) -> Opinions | None:
    """The results of the last issue; None before one with enough voters."""
    issued = Opinions.objects.filter(process=process, process__issue__isnull=False).first()
    return issued if issued and issued.result["participants"] >= FEWEST else None


def standing(process: Process, *, most: int | None = None) -> Standing | None:
    """The results of the last issue, None before one with enough voters.

    `most`: the maximum number of statements that are in no list of their own; the texts of
    thousands would take a second. None for all.
    """
    opinions = opinions_of(process)
    if opinions is None:
        return None
    result = opinions.result
    texts = statements_of(process)
    shown = set(texts.values_list("post__public_id", flat=True))
    statements = [statement for statement in result["statements"] if statement["id"] in shown]
    listed = sorted(statements, key=lambda statement: -statement["seen"])[:most]
    apart = len(result["groups"]) > 1 and "no-clear-groups" not in result["warnings"]
    large = {group["id"] for group in result["groups"] if group["size"] >= FEWEST}
    letters = {group["id"]: letter(place) for place, group in enumerate(result["groups"])}

    def line(statement: dict[str, Any], side: str = "") -> StatementResult:
        shares = tuple(
            (letters[name], Shares((agree, disagree, seen - agree - disagree)))
            for name, (agree, disagree, seen) in statement["by_group"].items()
            if name in large
        )
        counts = (statement["agree"], statement["disagree"], statement["pass"])
        weighted = opinions.weighted.get("statements", {}).get(statement["id"])
        return StatementResult(
            counts,
            rows[statement["id"]],
            shares if apart else (),
            side,
            weighted and tuple(weighted),
            _unless_few(result.get("important", {}).get(statement["id"], 0)),
        )

    by_id = {statement["id"]: statement for statement in statements}
    divisive = (
        sorted(statements, key=lambda statement: -statement["extremity"])[:MOST_DIVISIVE]
        if apart
        else []
    )
    if most is not None:
        statement_ids = [
            representative["statement"]
            for group in result["groups"]
            for representative in group["representative"]
        ]
        statement_ids += [*result["consensus"]["agree"], *result["consensus"]["disagree"]]
        texts = texts.filter(
            post__public_id__in={
                *statement_ids,
                *(statement["id"] for statement in [*listed, *divisive]),
            }
        )
    rows = {text.public_id: text for text in texts.select_related("post")}
    return Standing(
        opinions=opinions,
        n=result["participants"],
        agreed=tuple(line(by_id[x]) for x in result["consensus"]["agree"] if x in by_id),
        disagreed=tuple(line(by_id[x]) for x in result["consensus"]["disagree"] if x in by_id),
        divisive=tuple(map(line, divisive)),
        groups=tuple(
            Group(
                letters[group["id"]],
                group["size"],
                tuple(
                    line(by_id[representative["statement"]], representative["side"])
                    for representative in group["representative"]
                    if representative["statement"] in by_id
                    and representative["p_test"] > SIGNIFICANT
                ),
            )
            for group in result["groups"]
            if group["size"] >= FEWEST
        )
        if apart
        else (),
        lines=tuple(map(line, listed)),
        n_more=len(statements) - len(listed),
    )
