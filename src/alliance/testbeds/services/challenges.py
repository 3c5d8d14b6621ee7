"""Challenges: publishing, changing before they open, extending and withdrawing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.letters import write_letter
from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.network.addressees import editors_of
from alliance.network.addresses import page_address
from alliance.network.days import months_later
from alliance.network.enums import Language, Topic
from alliance.network.localise import local_name
from alliance.network.models import City, Need, Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds.enums import AnswerState, ChallengePhase, ChallengeState
from alliance.testbeds.models import Challenge, ChallengeCriterion, Testbed
from alliance.testbeds.row_checks import most_faults

note = audit.noting("challenge", city="city.public_id")
LONGEST_TITLE, LONGEST_TEXT, LONGEST_WORDS, LONGEST_ROW = 160, 5_000, 2_000, 300
MOST_ROWS = 20
#: How far ahead the last day may lie.
MONTHS_AHEAD = 36


@dataclass(frozen=True)
class ChallengeData:
    """The fields of a challenge that a city enters. `need` and `testbed` are public ids, or
    empty."""

    title: str
    text: str
    language: str
    opens_on: dt.date | None
    closes_on: dt.date | None
    criteria: tuple[str, ...]
    topic: str = ""
    need: str = ""
    testbed: str = ""
    offers_place: str = ""
    offers_data: str = ""
    offers_budget: str = ""


def _faults(words: ChallengeData, city: City | None, today: dt.date) -> list[Fault]:
    faults = text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("text", words.text, required=True, longest=LONGEST_TEXT)
    faults += choice_faults("language", words.language, Language.values)
    faults += choice_faults("topic", words.topic, Topic.values) if words.topic else []
    for name in ("offers_place", "offers_data", "offers_budget"):
        faults += text_faults(name, getattr(words, name), longest=LONGEST_WORDS)
    if not words.criteria:
        faults.append(Fault("criteria", "no-criterion"))
    faults += most_faults("criteria", words.criteria, MOST_ROWS)
    for place, text in enumerate(words.criteria):
        faults += text_faults(f"criteria[{place}].text", text, required=True, longest=LONGEST_ROW)
    if words.need and _need(words.need, city) is None:
        faults.append(Fault("need", "not-its-need"))
    if words.testbed and _testbed(words.testbed) is None:
        faults.append(Fault("testbed", "not-a-testbed"))
    return faults + _day_faults(words.opens_on, words.closes_on, today)


def _day_faults(first: dt.date | None, last: dt.date | None, today: dt.date) -> list[Fault]:
    faults = [
        Fault(name, "missing")
        for name, day in (("opens_on", first), ("closes_on", last))
        if day is None
    ]
    if first is not None and first < today:
        faults.append(Fault("opens_on", "day-over"))
    return faults + (_last_day_faults(first, last, today) if first and last else [])


def _last_day_faults(first: dt.date, last: dt.date, today: dt.date) -> list[Fault]:
    if last < first:
        return [Fault("closes_on", "last-before-first")]
    if last > months_later(today, MONTHS_AHEAD):
        return [Fault("closes_on", "too-far-ahead", {"n": MONTHS_AHEAD})]
    return []


def _need(public_id: str, city: City | None) -> Need | None:
    return Need.objects.filter(public_id=public_id[:80], city=city).first()


def _testbed(public_id: str) -> Testbed | None:
    return Testbed.objects.filter(public_id=public_id[:80]).first()


def state_challenge(
    organisation: Organisation, words: ChallengeData, *, actor: audit.Actor, at: dt.datetime
) -> Challenge:
    """Publishes a challenge of the team's city. The same content again returns the existing
    challenge.

    Raises InvalidData, NotAllowed.
    """
    if not rules.may_state(actor, organisation):
        raise NotAllowed(_("You need to be an editor of the municipality to act for the city."))
    faults = _faults(words, organisation.city, at.date())
    refuse(faults)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        same = Challenge.objects.filter(
            organisation=organisation,
            title=words.title.strip(),
            text=words.text.strip(),
            state=ChallengeState.PUBLISHED,
        ).first()
        if same is not None:
            return same
        challenge = Challenge(
            organisation=organisation,
            city=City.objects.get(organisations=organisation),
            stated_by=actor.user,
            stated_at=at,
        )
        return _save(challenge, words, actor=actor, at=at)


def _values(words: ChallengeData, city: City) -> dict[str, Any]:
    texts = ("title", "text", "offers_place", "offers_data", "offers_budget")
    plain = ("language", "topic", "opens_on", "closes_on")
    return {
        **{name: getattr(words, name).strip() for name in texts},
        **{name: getattr(words, name) for name in plain},
        "need": _need(words.need, city) if words.need else None,
        "testbed": _testbed(words.testbed) if words.testbed else None,
    }


def _changed(challenge: Challenge, values: dict[str, Any], criteria: list[str]) -> list[str]:
    changed = sorted(name for name, value in values.items() if getattr(challenge, name) != value)
    if list(challenge.criteria.values_list("text", flat=True)) != criteria:
        changed.append("criteria")
    return changed


def _save(
    challenge: Challenge, words: ChallengeData, *, actor: audit.Actor, at: dt.datetime
) -> Challenge:
    """Saves the data with an entry in the audit trail; unchanged data change nothing."""
    verb = "update" if challenge.pk else "create"
    values = _values(words, challenge.city)
    criteria = [text.strip() for text in words.criteria]
    changed = _changed(challenge, values, criteria) if challenge.pk else []
    if verb == "update" and not changed:
        return challenge
    for name, value in values.items():
        setattr(challenge, name, value)
    challenge.changed_at = at
    challenge.full_clean(validate_constraints=False)
    challenge.save()
    if verb == "create" or "criteria" in changed:
        challenge.criteria.all().delete()
        ChallengeCriterion.objects.bulk_create(
            ChallengeCriterion(challenge=challenge, number=number, text=text)
            for number, text in enumerate(criteria, start=1)
        )
    note(challenge, verb, actor=actor, at=at, **({"changed": changed} if changed else {}))
    return challenge


def change_challenge(
    challenge: Challenge, words: ChallengeData, *, actor: audit.Actor, at: dt.datetime
) -> Challenge:
    """Changes a challenge before it opens; after that, only its last day can be moved later.

    Raises InvalidData that names each fixed field, NotAllowed.
    """
    today = at.date()
    with transaction.atomic():
        current = locked(challenge)
        if not rules.may_change(actor, current):
            raise NotAllowed(
                _(
                    "To change a challenge, you need to be an editor of the "
                    "city, and the challenge must not have ended."
                )
            )
        stands = rules.phase(current, today)
        if stands == ChallengePhase.CLOSED:
            raise NotAllowed(_("The challenge is closed and cannot be changed."))
        if stands == ChallengePhase.UPCOMING:
            faults = _faults(words, current.city, today)
        else:
            faults = _fast(current, words, today)
        refuse(faults)
        return _save(current, words, actor=actor, at=at)


def _fast(challenge: Challenge, words: ChallengeData, today: dt.date) -> list[Fault]:
    """Faults of changes to fields that are already fixed."""
    criteria = [text.strip() for text in words.criteria]
    changed = _changed(challenge, _values(words, challenge.city), criteria)
    faults = [Fault(name, "only-later") for name in changed if name != "closes_on"]
    last = words.closes_on
    if last is None or last < challenge.closes_on:
        faults.append(Fault("closes_on", "only-later"))
    else:
        faults += _last_day_faults(challenge.opens_on, last, today)
    return faults


def withdraw_challenge(
    challenge: Challenge, *, reason: str, actor: audit.Actor, at: dt.datetime
) -> Challenge:
    """Withdraws a challenge with a reason before it is decided. Its answers stay sealed for ever.

    Raises InvalidData naming `reason`, NotAllowed.
    """
    faults = text_faults("reason", reason, required=True, longest=LONGEST_WORDS)
    with transaction.atomic():
        current = locked(challenge)
        if not rules.may_change(actor, current):
            raise NotAllowed(
                _(
                    "To change a challenge, you need to be an editor of the "
                    "city, and the challenge must not have ended."
                )
            )
        refuse(faults)
        current.state, current.outcome = ChallengeState.WITHDRAWN, reason.strip()
        current.ended_at = at
        current.save(update_fields=["state", "outcome", "ended_at"])
        note(current, "withdraw", actor=actor, at=at)
        notify_answering_teams(current, "challenge_withdrawn", at=at)
    return current


def locked(challenge: Challenge) -> Challenge:
    """The challenge, locked until the transaction ends."""
    rows = Challenge.objects.select_for_update(of=("self",))
    parts = ("organisation__city", "city", "need", "testbed")
    return rows.select_related(*parts).get(pk=challenge.pk)


def notify_answering_teams(challenge: Challenge, letter: str, *, at: dt.datetime) -> None:
    """Emails the editors of every team whose answer was not withdrawn."""
    rows = challenge.answers.filter(state=AnswerState.HANDED_IN).select_related("organisation")
    for answer in rows:
        for person in editors_of(answer.organisation, at=at):
            write_letter(
                letter,
                person,
                title=challenge.title,
                city=local_name(challenge.city, person.language),
                answer=answer.title,
                is_chosen=answer.is_chosen,
                reason=answer.reason or challenge.outcome,
                url=page_address("testbeds:challenge", person.language, challenge.public_id),
            )
