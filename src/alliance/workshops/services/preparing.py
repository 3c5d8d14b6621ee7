"""Preparing a workshop, changing it, announcing it, calling it off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import BrokenRule, Fault, InvalidData, NotAllowed, refuse
from alliance.core.text import fold
from alliance.groups.models import Minutes, TopicGroup
from alliance.groups.services import minutes
from alliance.network.enums import Language
from alliance.network.models import City, Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.workshops import rules, zones
from alliance.workshops.enums import QuestionKind, WorkshopState
from alliance.workshops.models import Question, Session, Workshop
from alliance.workshops.services.registering import fill_places, locked, tell

LONGEST_TITLE, LONGEST_SUMMARY, MOST_PLACES, MOST_DAYS = 160, 2_000, 5_000, 14
MOST_SESSIONS, MOST_QUESTIONS = 60, 8
_note = audit.noting("workshop")


@dataclass(frozen=True)
class Facts:
    """What is said of a workshop on its first screen, in its language."""

    title: str
    language: str
    summary: str
    city: City | None
    place: str
    zone: str
    first_day: dt.date | None
    last_day: dt.date | None
    capacity: int | None
    sign_up_by: dt.date | None
    online_url: str = ""
    cost: str = ""
    spoken: tuple[str, ...] = ()
    group: TopicGroup | None = None


@dataclass(frozen=True)
class Slot:
    """A session as it is written; times are those of the place. `id` is empty for a new one."""

    title: str
    day: dt.date | None
    starts: dt.time | None
    ends: dt.time | None
    room: str = ""
    speakers: str = ""
    url: str = ""
    is_break: bool = False
    id: str = ""

    @property
    def names(self) -> list[str]:
        """The speakers."""
        return [name.strip() for name in self.speakers.split(",") if name.strip()]


@dataclass(frozen=True)
class Asking:
    """A question at sign-up, as it is written; `options` has a line for each answer."""

    text: str
    kind: str = QuestionKind.TEXT.value
    options: str = ""
    is_needed: bool = False
    id: str = ""

    @property
    def lines(self) -> list[str]:
        """The answers to choose from."""
        return [line.strip() for line in self.options.splitlines() if line.strip()]


def _check_may_run(actor: audit.Actor, organisation: Organisation | None) -> None:
    if not rules.may_announce(actor, organisation):
        raise NotAllowed(_("Only the secretariat and editors of the organiser run a workshop."))


def _facts_faults(facts: Facts, workshop: Workshop | None) -> list[Fault]:
    faults = text_faults("title", facts.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("summary", facts.summary, longest=LONGEST_SUMMARY)
    faults += text_faults("place", facts.place, longest=160)
    faults += text_faults("cost", facts.cost, longest=160)
    faults += choice_faults("language", facts.language, Language.values)
    first, last, closes = facts.first_day, facts.last_day, facts.sign_up_by
    for name in ("first_day", "last_day", "sign_up_by", "capacity"):
        if getattr(facts, name) is None:
            faults.append(Fault(name, "missing"))
    if not zones.is_zone(facts.zone):
        faults.append(Fault("zone", "not-a-zone"))
    if not (facts.place.strip() or facts.online_url.strip()):
        faults.append(Fault("place", "place-or-link"))
    if first and last:
        if last < first:
            faults.append(Fault("last_day", "last-before-first"))
        elif (last - first).days >= MOST_DAYS:
            faults.append(Fault("last_day", "many-days", {"most": MOST_DAYS}))
        if closes and closes > last:
            faults.append(Fault("sign_up_by", "sign-up-after-end"))
    if facts.capacity is not None:
        if facts.capacity < 1:
            faults.append(Fault("capacity", "below", {"least": 1}))
        elif facts.capacity > MOST_PLACES:
            faults.append(Fault("capacity", "above", {"most": MOST_PLACES}))
        if workshop and facts.capacity < (n := rules.n_in(workshop)):
            faults.append(Fault("capacity", "fewer-than-in", {"n": n}))
    if workshop and first and last:
        for one in workshop.sessions.all():
            day = one.local_start.date()
            if not first <= day <= last:
                params = {"title": str(one), "day": day}
                faults.append(Fault("first_day", "sessions-outside", params))
                break
    return faults


def _save_facts(workshop: Workshop, facts: Facts, *, at: dt.datetime) -> None:
    own = facts.language
    for name, text in (("titles", facts.title), ("summaries", facts.summary)):
        _say(getattr(workshop, name), own, text)
    _say(workshop.costs, own, facts.cost)
    workshop.language = own
    for name in ("city", "group", "zone", "first_day", "last_day", "capacity", "sign_up_by"):
        setattr(workshop, name, getattr(facts, name))
    workshop.place, workshop.online_url = facts.place.strip(), facts.online_url.strip()
    workshop.spoken = list(facts.spoken)
    workshop.changed_at = at
    workshop.full_clean(validate_constraints=False)
    workshop.save()


def _say(texts: dict[str, str], language: str, text: str) -> None:
    """Write a text down in a language, or take it away."""
    if text.strip():
        texts[language] = text.strip()
    else:
        texts.pop(language, None)


def start(
    organisation: Organisation | None,
    facts: Facts,
    *,
    earlier: Workshop | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Workshop:
    """Begin a workshop that nobody else sees before it is announced.

    Of an `earlier` one it takes the programme, moved by whole days, and the questions.
    Raises InvalidData, NotAllowed.
    """
    _check_may_run(actor, organisation)
    refuse(_facts_faults(facts, None))
    with transaction.atomic():
        workshop = Workshop(
            organisation=organisation, made_by=actor.user, made_at=at, changed_at=at
        )
        if earlier is not None:
            for name in ("titles", "summaries", "costs"):
                setattr(workshop, name, dict(getattr(earlier, name)))
        _save_facts(workshop, facts, at=at)
        if earlier is not None:
            _take_over(workshop, earlier, at=at)
        _note(workshop, "create", actor=actor, at=at)
    return workshop


def _take_over(workshop: Workshop, earlier: Workshop, *, at: dt.datetime) -> None:
    """Copy programme and questions; what no longer fits between the days is left out."""
    moved = workshop.first_day - earlier.first_day
    sessions = []
    for one in earlier.sessions.all():
        start, end = one.local_start, one.local_end
        if (start + moved).date() > workshop.last_day:
            continue
        try:
            times = [
                zones.moment((local + moved).date(), local.time(), workshop.zone)
                for local in (start.replace(tzinfo=None), end.replace(tzinfo=None))
            ]
        except BrokenRule as broken:
            raise InvalidData([broken.at("first_day")]) from broken
        sessions.append(
            Session(
                workshop=workshop,
                titles=one.titles,
                starts_at=times[0],
                ends_at=times[1],
                room=one.room,
                speakers=one.speakers,
                is_break=one.is_break,
                changed_at=at,
            )
        )
    Session.objects.bulk_create(sessions)
    Question.objects.bulk_create(
        Question(
            workshop=workshop,
            **{
                name: getattr(one, name)
                for name in ("number", "texts", "kind", "options", "is_needed")
            },
        )
        for one in earlier.questions.all()
    )


def change(workshop: Workshop, facts: Facts, *, actor: audit.Actor, at: dt.datetime) -> Workshop:
    """Change what, where and when. More places let in who waits. Raises InvalidData, NotAllowed."""
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        refuse(_facts_faults(facts, current))
        place = (current.place, current.online_url, current.zone)
        _save_facts(current, facts, at=at)
        if place != (current.place, current.online_url, current.zone):
            _move_on(current.sessions.all(), at=at)
        _note(current, "update", actor=actor, at=at)
        fill_places(current, at=at)
    return current


def _move_on(sessions: Iterable[Session], *, at: dt.datetime) -> None:
    """Let calendars know that sessions have changed."""
    for one in sessions:
        one.sequence, one.changed_at = one.sequence + 1, at
        one.save(update_fields=["sequence", "changed_at"])


def set_programme(
    workshop: Workshop,
    slots: Sequence[Slot],
    *,
    tells: bool = False,
    actor: audit.Actor,
    at: dt.datetime,
) -> list[Session]:
    """Write the programme down; sessions that are not among `slots` go.

    `tells`: those who have signed up get an email. Raises InvalidData naming the rows, NotAllowed.
    """
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        times = _times(current, slots)
        _refuse_overlaps(current, slots, times)
        there = {one.public_id: one for one in current.sessions.all()}
        kept = [
            _save_slot(current, there.pop(slot.id, None), slot, times[at_row], at=at)
            for at_row, slot in enumerate(slots)
        ]
        Session.objects.filter(pk__in=[one.pk for one in there.values()]).delete()
        current.changed_at = at
        current.save(update_fields=["changed_at"])
        _note(current, "update", actor=actor, at=at, sessions=len(kept))
        if tells and current.state == WorkshopState.ANNOUNCED:
            tell(current, "workshop_changed")
    return kept


def _times(workshop: Workshop, slots: Sequence[Slot]) -> list[tuple[dt.datetime, dt.datetime]]:
    faults: list[Fault] = []
    times = []
    if len(slots) > MOST_SESSIONS:
        faults.append(Fault("sessions", "too-many", {"most": MOST_SESSIONS}))
    for row, slot in enumerate(slots):
        where = f"sessions[{row}]"
        faults += text_faults(f"{where}.title", slot.title, required=True, longest=LONGEST_TITLE)
        faults += text_faults(f"{where}.room", slot.room, longest=80)
        faults += text_faults(f"{where}.speakers", slot.speakers, longest=400)
        for name in ("day", "starts", "ends"):
            if getattr(slot, name) is None:
                faults.append(Fault(f"{where}.{name}", "missing"))
        if slot.day is None or slot.starts is None or slot.ends is None:
            continue
        if not workshop.first_day <= slot.day <= workshop.last_day:
            span = {"first": workshop.first_day, "last": workshop.last_day}
            faults.append(Fault(f"{where}.day", "not-a-day-of-it", span))
            continue
        found = []
        for name, time in (("starts", slot.starts), ("ends", slot.ends)):
            try:
                found.append(zones.moment(slot.day, time, workshop.zone))
            except BrokenRule as broken:
                faults.append(broken.at(f"{where}.{name}"))
        if len(found) == 2:
            if found[1] <= found[0]:
                faults.append(Fault(f"{where}.ends", "end-before-start"))
            times.append((found[0], found[1]))
    refuse(faults)
    return times


def _same(name: str) -> str:
    """A name as it is compared with others."""
    return fold(name).casefold().strip()


def _refuse_overlaps(
    workshop: Workshop, slots: Sequence[Slot], times: Sequence[tuple[dt.datetime, dt.datetime]]
) -> None:
    """Raise InvalidData for a room or a speaker in two sessions at once, by name."""
    faults = []
    for (one, first), (other, second) in combinations(zip(slots, times, strict=True), 2):
        if not (first[0] < second[1] and second[0] < first[1]):
            continue
        where = f"sessions[{slots.index(other)}]"
        local = [zones.shown(at, workshop.zone) for at in first]
        also = {"title": one.title, "times": f"{local[0]:%H:%M}–{local[1]:%H:%M}"}
        if one.room.strip() and _same(one.room) == _same(other.room):
            faults.append(Fault(f"{where}.room", "room-taken", {"room": other.room, **also}))
        both = {_same(name) for name in one.names}
        faults += [
            Fault(f"{where}.speakers", "speaker-taken", {"speaker": name, **also})
            for name in other.names
            if _same(name) in both
        ]
    refuse(faults)


def _save_slot(
    workshop: Workshop,
    session: Session | None,
    slot: Slot,
    times: tuple[dt.datetime, dt.datetime],
    *,
    at: dt.datetime,
) -> Session:
    session = session or Session(workshop=workshop, changed_at=at)
    before = _told(session)
    _say(session.titles, workshop.language, slot.title)
    session.starts_at, session.ends_at = times
    session.room, session.url, session.is_break = slot.room.strip(), slot.url, slot.is_break
    session.speakers = slot.names
    if session.pk is None or before != _told(session):
        session.sequence += int(session.pk is not None)
        session.changed_at = at
        session.full_clean(validate_constraints=False)
        session.save()
    return session


def _told(session: Session) -> tuple[Any, ...]:
    names = ("starts_at", "ends_at", "room", "url", "is_break", "speakers")
    return (dict(session.titles), *(getattr(session, name) for name in names))


def set_questions(
    workshop: Workshop, asked: Sequence[Asking], *, actor: audit.Actor, at: dt.datetime
) -> list[Question]:
    """Write the questions at sign-up down; those that are not among `asked` go.

    Raises InvalidData naming the rows, NotAllowed.
    """
    faults: list[Fault] = []
    if len(asked) > MOST_QUESTIONS:
        faults.append(Fault("questions", "too-many", {"most": MOST_QUESTIONS}))
    for row, one in enumerate(asked):
        where = f"questions[{row}]"
        faults += text_faults(f"{where}.text", one.text, required=True, longest=300)
        faults += text_faults(f"{where}.options", one.options, longest=1_000)
        faults += choice_faults(f"{where}.kind", one.kind, QuestionKind.values)
        if one.kind == QuestionKind.CHOICE and len(one.lines) < 2:
            faults.append(Fault(f"{where}.options", "options-needed"))
    refuse(faults)
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        there = {kept.public_id: kept for kept in current.questions.all()}
        current.questions.exclude(public_id__in=[one.id for one in asked if one.id]).delete()
        # Numbers are free before they are given again.
        for shift, kept in enumerate(there.values(), start=1_000):
            Question.objects.filter(pk=kept.pk).update(number=shift)
        made = []
        for number, one in enumerate(asked, start=1):
            question = there.get(one.id) or Question(workshop=current)
            _say(question.texts, current.language, one.text)
            _say(question.options, current.language, "\n".join(one.lines))
            question.number, question.kind, question.is_needed = number, one.kind, one.is_needed
            question.full_clean(validate_constraints=False)
            question.save()
            made.append(question)
        _note(current, "update", actor=actor, at=at, questions=len(made))
    return made


def translate(
    workshop: Workshop, texts: Mapping[str, str], *, actor: audit.Actor, at: dt.datetime
) -> Workshop:
    """Write texts in other languages: `titles-fr`, `ID-sv` of sessions and questions.

    Raises InvalidData, NotAllowed.
    """
    limits = {"summaries": LONGEST_SUMMARY, "options": 1_000}
    faults = []
    for name, text in texts.items():
        what = name.split("-")[0]
        faults += text_faults(name, text, longest=limits.get(what, LONGEST_TITLE * 2))
    refuse(faults)
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        for where, row, column, language in to_translate(current):
            if f"{where}-{language}" in texts:
                _say(getattr(row, column), language, texts[f"{where}-{language}"])
                row.save()
        current.changed_at = at
        current.save()
        _note(current, "update", actor=actor, at=at, translations=True)
    return current


def to_translate(workshop: Workshop) -> list[tuple[str, Any, str, str]]:
    """(name, record, column, language) of each text that another language can have."""
    rows: list[tuple[str, Any, str]] = [
        (column, workshop, column)
        for column in ("titles", "summaries", "costs")
        if getattr(workshop, column)
    ]
    rows += [(one.public_id, one, "titles") for one in workshop.sessions.all()]
    for one in workshop.questions.all():
        rows.append((one.public_id, one, "texts"))
        if one.options:
            rows.append((f"options-{one.public_id}", one, "options"))
    others = [code for code in Language.values if code != workshop.language]
    return [(*row, code) for row in rows for code in others]


def write_minutes(
    workshop: Workshop, words: minutes.MinutesWords, *, actor: audit.Actor, at: dt.datetime
) -> Minutes:
    """Write the minutes of a workshop of a group or a team; decisions and action items follow.

    Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        if current.minutes is None and current.group is None and current.organisation is None:
            raise InvalidData([Fault("title", "minutes-of-nobody")])
        current.minutes = minutes.write(
            words,
            minutes=current.minutes,
            group=current.group,
            organisation=current.organisation,
            actor=actor,
            at=at,
        )
        current.save(update_fields=["minutes"])
        _note(current, "write minutes", actor=actor, at=at)
    return current.minutes


def announce(workshop: Workshop, *, actor: audit.Actor, at: dt.datetime) -> Workshop:
    """Let everybody read it and sign up. Raises InvalidData with what is missing, NotAllowed."""
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        if current.state != WorkshopState.DRAFT:
            return current
        refuse([Fault(name, "missing") for name in rules.missing(current)])
        current.state, current.announced_at, current.changed_at = WorkshopState.ANNOUNCED, at, at
        current.save(update_fields=["state", "announced_at", "changed_at"])
        _note(current, "announce", actor=actor, at=at)
    return current


def cancel(workshop: Workshop, *, because: str, actor: audit.Actor, at: dt.datetime) -> Workshop:
    """Call a workshop off; those who signed up are told why. A draft goes without a trace.

    Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        if current.state == WorkshopState.DRAFT:
            _note(current, "drop", actor=actor, at=at)
            current.delete()
            return workshop
        refuse(text_faults("because", because, required=True, longest=600))
        if current.state == WorkshopState.CANCELLED:
            return current
        current.state, current.changed_at = WorkshopState.CANCELLED, at
        current.cancelled_because = because.strip()
        current.save(update_fields=["state", "changed_at", "cancelled_because"])
        _move_on(current.sessions.all(), at=at)
        _note(current, "cancel", actor=actor, at=at)
        tell(current, "workshop_cancelled")
    return current
