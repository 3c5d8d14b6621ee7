"""Voting codes, and ballots, online or entered by staff. A ballot writes no audit entry."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance.accounts.models import User
from alliance.budgeting import rules, selectors
from alliance.budgeting.enums import BallotKind, Voters
from alliance.budgeting.models import Ballot, BallotEntry, Budget, Count, Project, VoterCode
from alliance.core import audit, throttle
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.ids import ALPHABET
from alliance.participation import rules as taking_part
from alliance.participation.enums import Channel
from alliance.participation.models import Participant, Phase, Process
from alliance.participation.services import contributions as writing
from alliance.participation.services.processes import lock_for_share, locked

CODE_LENGTH = 12
#: Modes in which people vote by an account of this network.
BY_ACCOUNT = frozenset({Voters.ACCOUNT.value, Voters.OIDC.value})
MOST_CODES = 20_000
#: Wrong codes from one network address; with this limit, a code of 57 bits cannot be guessed.
WRONG_CODE_LIMIT = throttle.Limit("voter-code", most=30, window=dt.timedelta(hours=1))


def plain_code(code: str) -> str:
    """A normalised code."""
    return "".join(code.split()).replace("-", "").lower()


def _digest(process: Process, what: str) -> str:
    key = f"{settings.SECRET_KEY}:budgeting:{process.public_id}".encode()
    return hmac.new(key, what.encode(), hashlib.sha256).hexdigest()


def make_codes(process: Process, *, n: int, actor: audit.Actor, at: dt.datetime) -> list[str]:
    """Create codes for one ballot each, in groups of four; only their digests are stored.

    Raises InvalidData, also after the count; NotAllowed.
    """
    if not 1 <= n <= MOST_CODES:
        raise InvalidData([Fault("n", "codes-at-once", {"most": MOST_CODES})])
    with transaction.atomic():
        current = locked(process)
        if not taking_part.may_run(actor, current):
            raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
        if Count.objects.filter(budget_id=current.pk).exists():
            raise InvalidData([rules.not_now("n")])
        codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(n)]
        VoterCode.objects.bulk_create(
            (
                VoterCode(process=current, digest=_digest(current, f"code:{code}"), made_at=at)
                for code in codes
            ),
            batch_size=5_000,
        )
        audit.record("process", current, "make-codes", actor=actor, at=at, n=n)
    return [
        "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4)) for code in codes
    ]


def _checked(
    budget: Budget, votes: Mapping[str, int], faults: Sequence[Fault] = ()
) -> list[BallotEntry]:
    rows = Project.objects.filter(
        budget_id=budget.pk, number__isnull=False, public_id__in=list(votes)
    ).order_by()
    projects = {row.public_id: row for row in rows.only("public_id", "title", "cost")}
    refuse([*rules.ballot_faults(budget, projects, votes), *faults])
    is_ticked = budget.ballot == BallotKind.APPROVAL
    return [
        BallotEntry(project=projects[public_id], value=1 if is_ticked else value)
        for public_id, value in votes.items()
    ]


def check(
    process: Process,
    votes: Mapping[str, int],
    *,
    code: str,
    address: str,
    user: User | None,
    at: dt.datetime,
) -> None:
    """Refuse a person's first ballot before a participant is created for it: `user`, if signed in.
    Raises InvalidData."""
    budget = selectors.budget_of(process)
    needs_code = budget.voters == Voters.CODE and not plain_code(code)
    _checked(budget, votes, [Fault("code", "missing")] if needs_code else ())
    if not rules.takes_ballots(budget, process.state, list(process.phases.all()), at):
        raise InvalidData([rules.not_now("projects")])
    if budget.voters == Voters.EMAIL:
        raise InvalidData([Fault("projects", "confirm-first")])
    if budget.voters in BY_ACCOUNT:
        refuse(account_faults(budget, user.pk if user else None))
        digest = _digest(process, f"account:{user.pk if user else None}")
    else:
        with _counting_wrong(address, at):
            digest = _known_code(process, code)
    if Ballot.objects.filter(process=process, voter_digest=digest).exists():
        raise InvalidData([Fault("code", "ballot-given")])


def cast(
    process: Process,
    participant: Participant,
    votes: Mapping[str, int],
    *,
    code: str = "",
    address: str = "",
    at: dt.datetime,
) -> Ballot:
    """Cast the ballot of a resident, or change it: values by the public id of each project.

    The code, the confirmed address or the account allows one ballot; changing an existing one needs
    no code. Checks and writes are one transaction. Call it outside of a transaction. Raises
    InvalidData.
    """
    budget = selectors.budget_of(process)
    entries = _checked(budget, votes)
    with _counting_wrong(address, at):
        try:
            return _save(budget, participant, entries, code, at)
        except IntegrityError as error:
            # The same browser twice at once, or another ballot by the same code or account.
            if not Ballot.objects.filter(participant=participant).exists():
                raise InvalidData([Fault("code", "ballot-given")]) from error
        for entry in entries:
            entry.pk = None
        return _save(budget, participant, entries, code, at)


@contextmanager
def _counting_wrong(address: str, at: dt.datetime) -> Iterator[None]:
    """Count unknown codes by network address."""
    try:
        yield
    except InvalidData as error:
        if any(fault.code == "code-unknown" for fault in error.faults):
            try:
                throttle.take(WRONG_CODE_LIMIT, address, at=at)
            except throttle.Throttled as many:
                raise InvalidData([Fault("code", "wrong-codes")]) from many
        raise


def _save(
    budget: Budget, participant: Participant, entries: list[BallotEntry], code: str, at: dt.datetime
) -> Ballot:
    with transaction.atomic():
        lock_for_share(budget.pk)
        process = Process.objects.only("public_id", "state").get(pk=budget.pk)
        phases = list(Phase.objects.filter(process=budget.pk).order_by())
        if not rules.takes_ballots(budget, process.state, phases, at):
            raise InvalidData([rules.not_now("projects")])
        own = Ballot.objects.filter(participant=participant).first()
        if own is None:
            digest = _proof(budget, process, participant, code)
            own = Ballot.objects.create(
                process=process, participant=participant, voter_digest=digest, at=at
            )
        else:
            own.entries.all().delete()
            Ballot.objects.filter(pk=own.pk).update(at=at)
        _enter(own, entries)
    return own


def _enter(ballot: Ballot, entries: list[BallotEntry]) -> None:
    for entry in entries:
        entry.ballot = ballot
    BallotEntry.objects.bulk_create(entries)


def _proof(budget: Budget, process: Process, participant: Participant, code: str) -> str:
    """The digest of what entitles this participant to a ballot."""
    if budget.voters in BY_ACCOUNT:
        refuse(account_faults(budget, participant.user_id))
        return _digest(process, f"account:{participant.user_id}")
    if budget.voters == Voters.EMAIL:
        if participant.email_confirmed_at is None:
            raise InvalidData([Fault("projects", "confirm-first")])
        return _digest(process, f"email:{participant.email.lower()}")
    return _known_code(process, code)


def account_faults(budget: Budget, user: int | None) -> list[Fault]:
    """Why somebody cannot vote by an account: `user` is its primary key, None if not signed in."""
    if user is None:
        return [Fault("projects", "sign-in-first")]
    if budget.voters == Voters.OIDC and not SocialAccount.objects.filter(user=user).exists():
        return [Fault("projects", "single-sign-on-first")]
    return []


def _known_code(process: Process, code: str) -> str:
    plain = plain_code(code)
    if not plain:
        raise InvalidData([Fault("code", "missing")])
    digest = _digest(process, f"code:{plain}")
    if not VoterCode.objects.filter(process=process, digest=digest).exists():
        raise InvalidData([Fault("code", "code-unknown")])
    return digest


def enter_ballot(
    process: Process,
    votes: Mapping[str, int],
    *,
    code: str,
    channel: str,
    traits: dict[str, str] | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Participant:
    """Enter a ballot on paper, by phone or at a counter, with its code.

    All or nothing; the ballot is marked with its channel. Ballots can be entered until some days
    after the end, and before the count. Raises InvalidData, NotAllowed.
    """
    budget = selectors.budget_of(process)
    entries = _checked(budget, votes, [] if plain_code(code) else [Fault("code", "missing")])
    more: dict[str, Any] = {"traits": traits, "needs_text": False, "actor": actor, "at": at}
    try:
        with transaction.atomic():
            participant = writing.enter(process, [], channel=channel, **more)
            begins = rules.voting_begins(process.phases.all())
            is_counted = Count.objects.filter(budget_id=process.pk).exists()
            if not budget.declared_at or begins is None or at < begins or is_counted:
                raise InvalidData([rules.not_now("channel")])
            ballot = Ballot.objects.create(
                process=process,
                participant=participant,
                voter_digest=_known_code(process, code),
                channel=Channel(channel),
                at=at,
            )
            _enter(ballot, entries)
    except IntegrityError as error:
        raise InvalidData([Fault("code", "ballot-given")]) from error
    return participant
