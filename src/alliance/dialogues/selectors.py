"""What pages of dialogues show."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from alliance.analysis.opinion import next_statement
from alliance.dialogues.models import Opinions, Vote
from alliance.participation.enums import ContributionKind, Trait
from alliance.participation.models import Contribution, Participant, Process

#: Before so many people have voted, nothing of results is shown.
FEWEST = 10
#: Rows of the statements that divide most.
MOST_DIVISIVE = 5
#: z of a share at which a group is said to be on one side (one-sided 90 %).
SIGNIFICANT = 1.2816


@dataclass(frozen=True)
class Turn:
    """What somebody is asked next, and how far she has come. `statement` None: nothing is left."""

    statement: Contribution | None
    n_voted: int
    n_all: int

    @property
    def number(self) -> int:
        """Which one of all this is."""
        return min(self.n_voted + 1, self.n_all)


def statements_of(process: Process) -> QuerySet[Any]:
    """The statements of a process that are shown."""
    return Contribution.objects.filter(
        process=process, kind=ContributionKind.STATEMENT
    ).shown()  # fmt: skip


def turn_of(process: Process, participant: Participant | None) -> Turn:
    """The next statement of a person, drawn in proportion to its priority."""
    own = Vote.objects.filter(participant=participant, statement=OuterRef("pk"))
    rows = statements_of(process).order_by("pk").annotate(voted=Exists(own))
    found = list(rows.values_list("pk", "voted"))
    known = Opinions.objects.filter(process=process).values_list("priorities", flat=True).first()
    priority = np.array([(known or {}).get(str(key), np.nan) for key, _voted in found], float)
    open_ = np.array([not voted for _key, voted in found], bool)
    place = next_statement(priority, open_, secrets.randbelow(2**53) / 2**53)
    statement = None
    if place is not None:
        statement = Contribution.objects.select_related("post").filter(pk=found[place][0]).first()
    return Turn(statement, len(found) - int(open_.sum()), len(found))


def own_votes(participant: Participant) -> list[Vote]:
    """The votes of a person on statements that are shown, the latest first."""
    shown = statements_of(participant.process)
    rows = Vote.objects.filter(participant=participant, statement__in=shown)
    return list(rows.select_related("statement__post").order_by("-at", "-id"))


@dataclass(frozen=True)
class Line:
    """A statement with what came of it. Shares are from 0 to 1, None where nobody has voted."""

    statement: Contribution
    counts: tuple[int, int, int]
    by_group: tuple[tuple[str, float | None], ...] = ()
    side: str = ""
    #: Shares of agree, disagree and pass, weighted to the census; None where too few are known.
    weighted: tuple[float, float, float] | None = None

    @property
    def n(self) -> int:
        """How many voted, passes too."""
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
class Group:
    """An opinion group: its letter, how many are in it, and what tells it from the others."""

    letter: str
    size: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Standing:
    """What a dialogue says so far. Without groups where none stand clearly apart."""

    opinions: Opinions
    n: int
    agreed: tuple[Line, ...]
    disagreed: tuple[Line, ...]
    divisive: tuple[Line, ...]
    groups: tuple[Group, ...]
    lines: tuple[Line, ...]

    @property
    def weighted(self) -> dict[str, Any]:
        """By what results were weighted to the census, and how much that costs; empty where they
        were not."""
        found: dict[str, Any] = self.opinions.weighted
        if not found.get("statements"):
            return {}
        return found | {"words": [Trait(one).label for one in found["traits"]]}

    @property
    def stability(self) -> float | None:
        """How alike groups are that half of the people make, from 0 to 1."""
        found: float | None = self.opinions.result["stability"]
        return found


def letter(place: int) -> str:
    """What the group at a place is called."""
    return "ABCDEFGH"[place]


def standing(process: Process) -> Standing | None:
    """What the votes say, None before enough people have voted or anything was worked out."""
    opinions = Opinions.objects.filter(process=process).first()
    if opinions is None or opinions.result["participants"] < FEWEST:
        return None
    result = opinions.result
    rows = {one.public_id: one for one in statements_of(process).select_related("post")}
    found = [one for one in result["statements"] if one["id"] in rows]
    apart = len(result["groups"]) > 1 and "no-clear-groups" not in result["warnings"]
    letters = {one["id"]: letter(place) for place, one in enumerate(result["groups"])}

    def line(one: dict[str, Any], side: str = "") -> Line:
        shares = tuple(
            (letters[name], counts[0] / counts[2] if counts[2] else None)
            for name, counts in one["by_group"].items()
        )
        counts = (one["agree"], one["disagree"], one["pass"])
        weighted = opinions.weighted.get("statements", {}).get(one["id"])
        return Line(
            rows[one["id"]], counts, shares if apart else (), side, weighted and tuple(weighted)
        )

    by_id = {one["id"]: one for one in found}
    divisive = sorted(found, key=lambda one: -one["extremity"])[:MOST_DIVISIVE] if apart else []
    return Standing(
        opinions=opinions,
        n=result["participants"],
        agreed=tuple(line(by_id[x]) for x in result["consensus"]["agree"] if x in by_id),
        disagreed=tuple(line(by_id[x]) for x in result["consensus"]["disagree"] if x in by_id),
        divisive=tuple(map(line, divisive)),
        groups=tuple(
            Group(
                letters[one["id"]],
                one["size"],
                tuple(
                    line(by_id[told["statement"]], told["side"])
                    for told in one["representative"]
                    if told["statement"] in by_id and told["p_test"] > SIGNIFICANT
                ),
            )
            for one in result["groups"]
            if one["size"] >= FEWEST
        )
        if apart
        else (),
        lines=tuple(line(one) for one in sorted(found, key=lambda one: -one["seen"])),
    )
