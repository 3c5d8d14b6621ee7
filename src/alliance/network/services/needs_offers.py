"""Needs and offers of cities, and the priorities that cities give to the needs of others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Conflict, Fault, InvalidData, NotAllowed, refuse
from alliance.network import needs_offers_rules as rules
from alliance.network.enums import (
    DraftState,
    Language,
    NeedState,
    OfferKind,
    Priority,
    StatementKind,
    TagScheme,
    Theme,
    Topic,
)
from alliance.network.localise import local_field
from alliance.network.models import (
    City,
    Need,
    NeedPriority,
    NeedTag,
    Offer,
    OfferTag,
    Organisation,
    StatementDraft,
)
from alliance.network.text_checks import code_faults, target_faults, text_faults

LONGEST_TITLE, LONGEST_TEXT, LONGEST_OUTCOME = 160, 5_000, 2_000
MOST_STAFF_DAYS = 1_000

S = TypeVar("S", Need, Offer)


@dataclass(frozen=True)
class NeedData:
    """The fields of a need."""

    title: str
    text: str
    language: str
    topic: str = ""
    themes: tuple[str, ...] = ()
    sdg_targets: tuple[str, ...] = ()
    deadline: dt.date | None = None


@dataclass(frozen=True)
class OfferData:
    """The fields of an offer; `staff_days` is None if not known."""

    title: str
    text: str
    language: str
    kinds: tuple[str, ...]
    topic: str = ""
    themes: tuple[str, ...] = ()
    sdg_targets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    staff_days: int | None = None
    until: dt.date | None = None


def _faults(words: NeedData | OfferData) -> list[Fault]:
    faults = text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("text", words.text, required=True, longest=LONGEST_TEXT)
    faults += code_faults("language", [words.language], Language.values)
    faults += code_faults("topic", [words.topic] if words.topic else [], Topic.values)
    faults += code_faults("themes", words.themes, Theme.values)
    faults += target_faults("sdg_targets", words.sdg_targets)[:5]
    if not (words.topic or words.themes or words.sdg_targets):
        faults.append(Fault("themes", "nothing-to-match"))
    return faults


def _past(where: str, day: dt.date | None, before: dt.date | None, at: dt.datetime) -> list[Fault]:
    """A fault if the date has passed, unless it was recorded before."""
    if day is None or day == before or day >= at.date():
        return []
    return [Fault(where, "day-over")]


def check_may_speak(actor: audit.Actor, organisation: Organisation) -> None:
    """Raise NotAllowed unless the actor may act for a city as this team."""
    if not rules.may_speak_for(actor, organisation):
        rule = _("You need to be an editor of the municipality to act for the city.")
        raise NotAllowed(rule, team=organisation)


def _may_change(actor: audit.Actor, statement: Need | Offer) -> None:
    if not rules.may_change(actor, statement):
        raise NotAllowed(
            _("Only editors of the city’s municipality and the secretariat can change this."),
            team=statement.organisation,
        )


def _refuse_another(current: Need | Offer, expected: int | None) -> None:
    if expected is not None and expected != current.revision:
        raise Conflict(current._meta.model_name or "", current.public_id, current.revision)


def _save_statement(
    statement: S, words: NeedData | OfferData, *, actor: audit.Actor, at: dt.datetime
) -> S:
    """Save a new or changed statement with an audit entry; equal values change nothing."""
    kind = statement._meta.model_name or ""
    verb = "update" if statement.pk else "create"
    if verb == "create":
        statement.stated_by, statement.stated_at = actor.user, at
    fields: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(words).items()
        if name not in ("themes", "sdg_targets")  # in tables of their own
    }
    fields |= {"title": words.title.strip(), "text": words.text.strip()}
    changed = sorted(name for name, value in fields.items() if getattr(statement, name) != value)
    tags = {(TagScheme.THEME.value, code) for code in words.themes}
    tags |= {(TagScheme.SDG.value, code) for code in words.sdg_targets}
    before = set(statement.tags.values_list("scheme", "code")) if statement.pk else set()
    if tags != before:
        changed.append("tags")
    if verb == "update" and not changed:
        return statement
    for name, value in fields.items():
        setattr(statement, name, value)
    statement.changed_at = at
    statement.revision += int(verb == "update")
    statement.full_clean(validate_constraints=False)
    statement.save()
    if tags != before:
        statement.tags.all().delete()
        rows = sorted(tags)
        if isinstance(statement, Need):
            NeedTag.objects.bulk_create(NeedTag(need=statement, scheme=s, code=c) for s, c in rows)
        else:
            OfferTag.objects.bulk_create(
                OfferTag(offer=statement, scheme=s, code=c) for s, c in rows
            )
    audit.record(
        kind,
        statement,
        verb,
        actor=actor,
        at=at,
        city=statement.city.public_id,
        **{"changed": changed} if verb == "update" else {},
    )
    return statement


def _city_of(organisation: Organisation) -> City:
    city = organisation.city
    if city is None:
        raise NotAllowed(_("You need to be an editor of the municipality to act for the city."))
    return city


def _same_or_new(
    organisation: Organisation, present: QuerySet[S], words: NeedData | OfferData
) -> S:
    """The statement among `present` with the same values, or a new unsaved one."""
    # Two copies of a form that arrive at once wait for each other here.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    same = present.filter(
        organisation=organisation, title=words.title.strip(), text=words.text.strip()
    ).first()
    return same or present.model(organisation=organisation, city=_city_of(organisation))


def _locked(statement: S) -> S:
    rows = type(statement)._default_manager.select_for_update(of=("self",))
    return rows.select_related("organisation", "city").get(pk=statement.pk)


def state_need(
    organisation: Organisation, words: NeedData, *, actor: audit.Actor, at: dt.datetime
) -> Need:
    """State a need of the team's city; the same values again return the existing need.

    Raises InvalidData, NotAllowed.
    """
    check_may_speak(actor, organisation)
    faults = _faults(words) + _past("deadline", words.deadline, None, at)
    refuse(faults)
    with transaction.atomic():
        need = _same_or_new(organisation, Need.objects.filter(state=NeedState.OPEN), words)
        return _save_statement(need, words, actor=actor, at=at)


def change_need(
    need: Need,
    words: NeedData,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    expected_revision: int | None = None,
) -> Need:
    """Change an open need.

    Raises InvalidData, NotAllowed; Conflict if the revision is not the expected one (None: any).
    """
    _may_change(actor, need)
    with transaction.atomic():
        current = _locked(need)
        if current.state != NeedState.OPEN:
            raise NotAllowed(_("The need is no longer open. Reopen it to change it."))
        _refuse_another(current, expected_revision)
        faults = _faults(words) + _past("deadline", words.deadline, current.deadline, at)
        refuse(faults)
        return _save_statement(current, words, actor=actor, at=at)


def set_need_state(
    need: Need, *, state: str, outcome: str, actor: audit.Actor, at: dt.datetime
) -> Need:
    """Mark a need as answered or closed, with the outcome, or reopen it.

    Raises InvalidData naming `state` or `outcome`, NotAllowed.
    """
    _may_change(actor, need)
    faults = code_faults("state", [state], NeedState.values)
    if state != NeedState.OPEN:
        faults += text_faults("outcome", outcome, required=True, longest=LONGEST_OUTCOME)
    refuse(faults)
    return _set_state(need, state, outcome, actor=actor, at=at)


def mark_need_answered(need: Need, outcome: str, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Mark an open need as answered, with the outcome; the caller has checked permissions. A need
    that is already answered or closed is not changed."""
    if need.state == NeedState.OPEN:
        _set_state(need, NeedState.ANSWERED, outcome, actor=actor, at=at)


def _set_state(
    need: Need, state: str, outcome: str, *, actor: audit.Actor, at: dt.datetime
) -> Need:
    with transaction.atomic():
        current = _locked(need)
        new_outcome = "" if state == NeedState.OPEN else outcome.strip()
        if (current.state, current.outcome) == (state, new_outcome):
            return current
        before = current.state
        current.state, current.outcome = state, new_outcome
        current.ended_at = None if state == NeedState.OPEN else at
        current.save(update_fields=["state", "outcome", "ended_at"])
        audit.record(
            "need",
            current,
            "set state",
            actor=actor,
            at=at,
            city=current.city.public_id,
            state=state,
            before=before,
        )
    return current


def prioritise(
    need: Need,
    organisation: Organisation,
    *,
    priority: int | None,
    actor: audit.Actor,
    at: dt.datetime,
) -> None:
    """Set the priority that a city gives to another city's need; None removes it.

    At most `MOST_URGENT` open needs of others can be urgent for a city. Raises InvalidData naming
    `priority`, NotAllowed.
    """
    if priority is not None and priority not in Priority.values:
        raise InvalidData(code_faults("priority", [str(priority)], map(str, Priority.values)))
    city = _city_of(organisation)
    with transaction.atomic():
        # Two editors of a city together cannot exceed the limit of one.
        city = organisation.city = City.objects.select_for_update(no_key=True).get(pk=city.pk)
        if not rules.may_prioritise(actor, organisation):
            raise NotAllowed(_("Only editors of a member city’s municipality can rank needs."))
        current = _locked(need)
        if current.city_id == city.pk:
            raise NotAllowed(_("A city cannot rank its own needs."))
        if current.state != NeedState.OPEN:
            raise NotAllowed(_("The need is no longer open."))
        present = NeedPriority.objects.filter(need=current, city=city).first()
        before = present.priority if present else None
        if before == priority:
            return
        if priority == Priority.URGENT:
            _refuse_too_many_urgent(city)
        if priority is None and present is not None:
            present.delete()
        elif priority is not None:
            row = present or NeedPriority(need=current, city=city)
            row.priority, row.given_by, row.given_at = priority, actor.user, at
            row.full_clean(validate_constraints=False)
            row.save()
        audit.record(
            "need",
            current,
            "prioritise",
            actor=actor,
            at=at,
            city=city.public_id,
            priority=priority,
            before=before,
        )


def _refuse_too_many_urgent(city: City) -> None:
    urgent = NeedPriority.objects.filter(
        city=city, priority=Priority.URGENT, need__state=NeedState.OPEN
    )
    if urgent.count() >= rules.MOST_URGENT:
        raise InvalidData([Fault("priority", "urgent-enough", {"n": rules.MOST_URGENT})])


def _offer_faults(words: OfferData) -> list[Fault]:
    faults = _faults(words)
    if not words.kinds:
        faults.append(Fault("kinds", "nothing-to-give"))
    faults += code_faults("kinds", words.kinds, OfferKind.values)
    faults += code_faults("languages", words.languages, Language.values)
    days = words.staff_days
    if days is not None and not 1 <= days <= MOST_STAFF_DAYS:
        faults.append(Fault("staff_days", "not-between", {"low": 1, "high": MOST_STAFF_DAYS}))
    return faults


def make_offer(
    organisation: Organisation, words: OfferData, *, actor: audit.Actor, at: dt.datetime
) -> Offer:
    """Make an offer of a city; the same values again return the existing offer.

    Raises InvalidData, NotAllowed.
    """
    if not rules.may_offer_for(actor, organisation):
        rule = _(
            "Only editors of the municipality or of a university in the city can publish offers."
        )
        raise NotAllowed(rule, team=organisation)
    faults = _offer_faults(words) + _past("until", words.until, None, at)
    refuse(faults)
    with transaction.atomic():
        offer = _same_or_new(organisation, Offer.objects.filter(ended_at=None), words)
        return _save_statement(offer, words, actor=actor, at=at)


def change_offer(
    offer: Offer,
    words: OfferData,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    expected_revision: int | None = None,
) -> Offer:
    """Change an offer that has not ended.

    Raises InvalidData, NotAllowed; Conflict if the revision is not the expected one (None: any).
    """
    _may_change(actor, offer)
    with transaction.atomic():
        current = _locked(offer)
        if current.ended_at is not None:
            raise NotAllowed(_("The offer has ended. Create a new one."))
        _refuse_another(current, expected_revision)
        faults = _offer_faults(words) + _past("until", words.until, current.until, at)
        refuse(faults)
        return _save_statement(current, words, actor=actor, at=at)


def end_offer(offer: Offer, *, actor: audit.Actor, at: dt.datetime) -> None:
    """End an offer, for good."""
    _may_change(actor, offer)
    with transaction.atomic():
        if Offer.objects.filter(pk=offer.pk, ended_at=None).update(ended_at=at):
            audit.record("offer", offer, "end", actor=actor, at=at, city=offer.city.public_id)


#: The language of the cities of a country, if it is one of the platform's.
_SPOKEN = {"FR": Language.FR.value, "SE": Language.SV.value}


def _decide(
    draft: StatementDraft, state: DraftState, *, actor: audit.Actor, at: dt.datetime
) -> None:
    """Set the state of a draft, once. Raises NotAllowed if it was decided before."""
    waiting = StatementDraft.objects.filter(pk=draft.pk, state=DraftState.OPEN)
    if not waiting.update(state=state, edited_at=at, updated_at=at):
        raise NotAllowed(_("Someone in your city has already decided on this draft."))
    audit.record(
        "statement draft",
        draft,
        "confirm" if state == DraftState.CONFIRMED else "reject",
        actor=actor,
        at=at,
        city=_city_of(draft.organisation).public_id,
    )


def confirm_draft(draft: StatementDraft, *, actor: audit.Actor, at: dt.datetime) -> Need | Offer:
    """Make a draft the need or offer of its city, in the city's language.

    Raises NotAllowed for those who may not act for the city.
    """
    check_may_speak(actor, draft.organisation)
    language = _SPOKEN.get(draft.organisation.country, Language.EN.value)
    fields: dict[str, Any] = {
        "title": local_field(draft, "title", language),
        "text": local_field(draft, "text", language),
        "language": language,
        "themes": (draft.theme,),
    }
    with transaction.atomic():
        _decide(draft, DraftState.CONFIRMED, actor=actor, at=at)
        if draft.kind == StatementKind.NEED:
            return state_need(draft.organisation, NeedData(**fields), actor=actor, at=at)
        words = OfferData(**fields, kinds=(OfferKind.KNOWLEDGE.value,))
        return make_offer(draft.organisation, words, actor=actor, at=at)


def reject_draft(draft: StatementDraft, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Reject a draft that is not what the city needs or offers. Raises NotAllowed."""
    if not rules.may_change(actor, draft):
        raise NotAllowed(_("You need to be an editor of the municipality to act for the city."))
    with transaction.atomic():
        _decide(draft, DraftState.REJECTED, actor=actor, at=at)
