"""Permissions on processes, what a process accepts at a time, and what it lacks before it opens."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from alliance.core.audit import Actor
from alliance.network import needs_offers_rules
from alliance.network import rules as network
from alliance.participation import starting
from alliance.participation.enums import VOTING, WRITING, ContributionKind, ProcessState
from alliance.participation.models import Phase, Process


def may_run(actor: Actor, process: Process) -> bool:
    """Prepare, open and answer a process: those who may act for its city, and the secretariat."""
    return needs_offers_rules.may_speak_for(actor, process.organisation) or network.is_secretariat(
        actor
    )


def may_enter(actor: Actor, process: Process) -> bool:
    """Enter contributions on paper, by phone or at a counter: the team, and whoever may run it."""
    return network.is_member_of(actor, process.organisation) or may_run(actor, process)


def may_moderate(actor: Actor, process: Process) -> bool:
    """Release and hide contributions: whoever may run it, and moderators of the network."""
    return may_run(actor, process) or network.is_moderator(actor)


def may_read(actor: Actor, process: Process) -> bool:
    """Read a process: everybody, once it has opened; before that its team and the secretariat."""
    return process.state != ProcessState.DRAFT or may_enter(actor, process)


def phase_at(phases: Sequence[Phase], at: dt.datetime) -> Phase | None:
    """The phase that is open at `at`; if there are several, the first."""
    return next((phase for phase in phases if phase.opens_at <= at < phase.closes_at), None)


def _takes(state: str, phases: Iterable[Phase], kinds: Collection[str], at: dt.datetime) -> bool:
    fitting = [phase for phase in phases if phase.kind in kinds]
    return state == ProcessState.OPEN and phase_at(fitting, at) is not None


def takes_text(process: Process, at: dt.datetime) -> bool:
    """Whether residents can write at `at`. Reads the phases, which may be prefetched."""
    return _takes(process.state, process.phases.all(), WRITING, at)


def takes_votes(process: Process, at: dt.datetime) -> bool:
    """Whether residents can vote or support at `at`; as `takes_text`."""
    return votes_are_taken(process.state, process.phases.all(), at)


def votes_are_taken(state: str, phases: Iterable[Phase], at: dt.datetime) -> bool:
    """As `takes_votes`, for a process in that state with these phases."""
    return _takes(state, phases, VOTING, at)


def is_over(process: Process, at: dt.datetime) -> bool:
    """Whether residents can change nothing any more: it has closed, or its last phase is over."""
    ends = [phase.closes_at for phase in process.phases.all()]
    return process.state not in (ProcessState.DRAFT, ProcessState.OPEN) or (
        bool(ends) and max(ends) <= at
    )


def takes_paper(
    process: Process, at: dt.datetime, after: dt.timedelta, *, texts: bool = False
) -> bool:
    """Whether staff can enter forms that arrived on time: until `after` the end of the last phase,
    for texts the last phase in which residents write."""
    if process.state not in (ProcessState.OPEN, ProcessState.CLOSED):
        return False
    phases = [phase for phase in process.phases.all() if not texts or phase.kind in WRITING]
    return any(phase.opens_at <= at for phase in phases) and any(
        at < phase.closes_at + after for phase in phases
    )


_PERSONAL = {
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "personal-number": re.compile(
        r"\b(?:\d{2})?\d{6}[-+ ]\d{4}\b|\b[12] ?\d{2} ?\d{2} ?\d{2} ?\d{3} ?\d{3}\b"
    ),
    "phone": re.compile(r"(?<!\d)(?:\+|00|0)\d(?:[ \-./]?\d){7,12}(?!\d)"),
}
#: The number of links from which on a text looks like an advertisement.
MANY_LINKS = 2


def warnings_of(contribution: Any) -> list[str]:
    """The `text_warnings` of a contribution, with its title and place; the title of an answer is
    the city's question."""
    title = "" if contribution.kind == ContributionKind.ANSWER else contribution.title
    return text_warnings(f"{title}\n{contribution.text}\n{contribution.place}")


def text_warnings(text: str) -> list[str]:
    """Warnings for moderators: `email`, `phone`, `personal-number`, `links`."""
    codes = [code for code, pattern in _PERSONAL.items() if pattern.search(text)]
    if len(re.findall(r"https?://|www\.", text)) >= MANY_LINKS:
        codes.append("links")
    return codes


#: What a process needs before it opens, in the order of the forms.
OPENING_NEEDS = (
    "summary", "decides_what", "decides_who", "decides_by", "answers_by", "not_open",
)  # fmt: skip
_MAY_BE_EMPTY = ("title", "easy_read", "background")


def missing_before_opening(process: Process, *, at: dt.datetime) -> list[str]:
    """What a process still lacks before it opens: names of fields, `phases`, or what is too early.

    A text with brackets counts as missing. `phases-over`: the last phase is over; `decides-early`,
    `answers-early`: the date is before the end of the last phase.
    """
    missing = [name for name in OPENING_NEEDS if not getattr(process, name)]
    texts = {name: str(getattr(process, name) or "") for name in (*OPENING_NEEDS, *_MAY_BE_EMPTY)}
    missing += [name for name, text in texts.items() if starting.gaps(text)]
    phases = list(process.phases.all())
    if not phases:
        return [*missing, "phases"]
    end = max(phase.closes_at for phase in phases)
    if end <= at:
        missing.append("phases-over")
    for name, code in (("decides_by", "decides-early"), ("answers_by", "answers-early")):
        day = getattr(process, name)
        if day is not None and day < end.date():
            missing.append(code)
    return missing
