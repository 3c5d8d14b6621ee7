"""Preparing, changing, announcing and cancelling a workshop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.accounts.models import User
from alliance.core import audit
from alliance.core.errors import BrokenRule, Fault, InvalidData, NotAllowed, refuse
from alliance.core.made_before import made_before
from alliance.core.text import fold
from alliance.groups.models import Minutes
from alliance.groups.services import minutes
from alliance.network.enums import Language
from alliance.network.models import Organisation
from alliance.network.text_checks import assign_fields, choice_faults, text_faults
from alliance.workshops import rules, zones
from alliance.workshops.enums import QuestionKind, WorkshopState
from alliance.workshops.models import Question, Session, Workshop
from alliance.workshops.services.registering import fill_places, locked, notify_registered

LONGEST_TITLE, LONGEST_SUMMARY, MOST_PLACES, MOST_DAYS = 160, 2_000, 5_000, 14
MOST_SESSIONS, MOST_QUESTIONS = 60, 8
_note = audit.noting("workshop")


#: A typed row by the names of its columns, with the `id` of the record that it changes, or "". A
#: session has `title`, `day`, local times (`starts`, `ends`) and speakers separated by commas; a
#: question has `text` and `options`, one answer a line.
Row = Mapping[str, Any]


def _speakers(slot: Row) -> list[str]:
    return [name.strip() for name in slot.get("speakers", "").split(",") if name.strip()]


def _options(asked: Row) -> list[str]:
    return [line.strip() for line in asked.get("options", "").splitlines() if line.strip()]


def _check_may_run(actor: audit.Actor, organisation: Organisation | None) -> None:
    if not rules.may_announce(actor, organisation):
        raise NotAllowed(
            _("Only the secretariat and the organiser’s editors can manage a workshop.")
        )


def facts_faults(facts: Row, workshop: Workshop) -> list[Fault]:
    """The faults of the input of `start` and `change`."""
    faults = text_faults("title", facts["title"], required=True, longest=LONGEST_TITLE)
    faults += text_faults("summary", facts.get("summary", ""), longest=LONGEST_SUMMARY)
    faults += text_faults("cost", facts.get("cost", ""), longest=160)
    faults += assign_fields(Workshop(), facts)
    first, last, closes = (facts[name] for name in ("first_day", "last_day", "sign_up_by"))
    if facts["zone"] and not zones.is_zone(facts["zone"]):
        faults.append(Fault("zone", "not-a-zone"))
    if not (facts["place"].strip() or facts.get("online_url", "").strip()):
        faults.append(Fault("place", "place-or-link"))
    if first and last:
        if last < first:
            faults.append(Fault("last_day", "last-before-first"))
        elif (last - first).days >= MOST_DAYS:
            faults.append(Fault("last_day", "many-days", {"most": MOST_DAYS}))
        if closes and closes > last:
            faults.append(Fault("sign_up_by", "sign-up-after-end"))
    places = facts["capacity"]
    if places is not None:
        if places < 1:
            faults.append(Fault("capacity", "below", {"least": 1}))
        elif places > MOST_PLACES:
            faults.append(Fault("capacity", "above", {"most": MOST_PLACES}))
        elif workshop.pk and places < (n := rules.n_in(workshop)):
            faults.append(Fault("capacity", "fewer-than-in", {"n": n}))
    if workshop.pk and first and last:
        for session in workshop.sessions.all():
            day = session.local_start.date()
            if not first <= day <= last:
                params = {"title": str(session), "day": day}
                faults.append(Fault("first_day", "sessions-outside", params))
                break
    return faults


def _assign_facts(workshop: Workshop, facts: Row, *, at: dt.datetime) -> None:
    for name, texts in (
        ("title", workshop.titles),
        ("summary", workshop.summaries),
        ("cost", workshop.costs),
    ):
        _set_text(texts, facts["language"], facts.get(name, ""))
    assign_fields(workshop, facts)
    workshop.changed_at = at
    workshop.full_clean(validate_constraints=False)


def _set_text(texts: dict[str, str], language: str, text: str) -> None:
    """Set a text in a language, or remove it."""
    if text.strip():
        texts[language] = text.strip()
    else:
        texts.pop(language, None)


def start(
    organisation: Organisation | None,
    *,
    earlier: Workshop | None = None,
    actor: audit.Actor,
    at: dt.datetime,
    **facts: Any,
) -> Workshop:
    """Start a workshop that is hidden until it is announced, from its columns and `title`,
    `summary` and `cost` in its language.

    The programme, moved by whole days, and the questions are copied from an `earlier` workshop.
    Raises InvalidData, NotAllowed.
    """
    _check_may_run(actor, organisation)
    workshop = Workshop(organisation=organisation, made_by=actor.user, made_at=at)
    refuse(facts_faults(facts, workshop))
    with transaction.atomic():
        if earlier is not None:
            for name in ("titles", "summaries", "costs"):
                setattr(workshop, name, dict(getattr(earlier, name)))
        _assign_facts(workshop, facts, at=at)
        # If the form is sent twice, the second transaction waits for the first here.
        if actor.user is not None:
            User.objects.select_for_update(no_key=True).filter(pk=actor.user.pk).first()
        if (before := made_before(workshop, at=at)) is not None:
            return before
        workshop.save()
        if earlier is not None:
            _take_over(workshop, earlier, at=at)
        _note(workshop, "create", actor=actor, at=at)
    return workshop


def _take_over(workshop: Workshop, earlier: Workshop, *, at: dt.datetime) -> None:
    """Copy programme and questions; sessions outside of the new days are left out."""
    moved = workshop.first_day - earlier.first_day
    sessions = []
    for session in earlier.sessions.all():
        start, end = session.local_start, session.local_end
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
                titles=session.titles,
                starts_at=times[0],
                ends_at=times[1],
                room=session.room,
                speakers=session.speakers,
                is_break=session.is_break,
                changed_at=at,
            )
        )
    Session.objects.bulk_create(sessions)
    Question.objects.bulk_create(
        Question(
            workshop=workshop,
            **{
                name: getattr(question, name)
                for name in ("number", "texts", "kind", "options", "is_needed")
            },
        )
        for question in earlier.questions.all()
    )


def change(workshop: Workshop, *, actor: audit.Actor, at: dt.datetime, **facts: Any) -> Workshop:
    """Change subject, place, time and size. More places go to the waiting list. Raises InvalidData,
    NotAllowed."""
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        refuse(facts_faults(facts, current))
        place = (current.place, current.online_url, current.zone)
        _assign_facts(current, facts, at=at)
        current.save()
        if place != (current.place, current.online_url, current.zone):
            _move_on(current.sessions.all(), at=at)
        _note(current, "update", actor=actor, at=at)
        fill_places(current, at=at)
    return current


def _move_on(sessions: Iterable[Session], *, at: dt.datetime) -> None:
    """Increase the SEQUENCE of changed sessions for calendars."""
    for session in sessions:
        session.sequence, session.changed_at = session.sequence + 1, at
        session.save(update_fields=["sequence", "changed_at"])


def set_programme(
    workshop: Workshop,
    *,
    sessions: Sequence[Row],
    tells: bool = False,
    actor: audit.Actor,
    at: dt.datetime,
) -> list[Session]:
    """Replace the programme; sessions that are not among `sessions` are deleted.

    `tells`: participants get an email. Raises InvalidData naming the rows, NotAllowed.
    """
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        times, faults = _times(current, sessions)
        refuse(faults)
        there = {session.public_id: session for session in current.sessions.all()}
        saved = [
            _save_slot(current, there.pop(slot.get("id", ""), None), slot, times[row], at=at)
            for row, slot in enumerate(sessions)
        ]
        Session.objects.filter(pk__in=[session.pk for session in there.values()]).delete()
        current.changed_at = at
        current.save(update_fields=["changed_at"])
        _note(current, "update", actor=actor, at=at, sessions=len(saved))
        if tells and current.state == WorkshopState.ANNOUNCED:
            notify_registered(current, "workshop_changed")
    return saved


def _times(
    workshop: Workshop, slots: Sequence[Row]
) -> tuple[dict[int, tuple[dt.datetime, dt.datetime]], list[Fault]]:
    """The start and end of each row, if valid, and the faults of the rows."""
    faults: list[Fault] = []
    times = {}
    if len(slots) > MOST_SESSIONS:
        faults.append(Fault("sessions", "too-many", {"most": MOST_SESSIONS}))
    for row, slot in enumerate(slots):
        where, day = f"sessions[{row}]", slot["day"]
        faults += text_faults(f"{where}.title", slot["title"], required=True, longest=LONGEST_TITLE)
        faults += text_faults(f"{where}.room", slot.get("room", ""), longest=80)
        faults += text_faults(f"{where}.speakers", slot.get("speakers", ""), longest=400)
        for name in ("day", "starts", "ends"):
            if not slot[name]:
                faults.append(Fault(f"{where}.{name}", "missing"))
        if not (day and slot["starts"] and slot["ends"]):
            continue
        if not workshop.first_day <= day <= workshop.last_day:
            span = {"first": workshop.first_day, "last": workshop.last_day}
            faults.append(Fault(f"{where}.day", "not-a-day-of-it", span))
            continue
        moments = []
        for name in ("starts", "ends"):
            try:
                moments.append(zones.moment(day, slot[name], workshop.zone))
            except BrokenRule as broken:
                faults.append(broken.at(f"{where}.{name}"))
        if len(moments) == 2:
            if moments[1] <= moments[0]:
                faults.append(Fault(f"{where}.ends", "end-before-start"))
            times[row] = (moments[0], moments[1])
    return times, faults + _overlaps(workshop, slots, times)


def programme_faults(workshop: Workshop, slots: Sequence[Row]) -> list[Fault]:
    """The faults of the rows of `set_programme`."""
    return _times(workshop, slots)[1]


def _same(name: str) -> str:
    """A name, normalised for comparison."""
    return fold(name).casefold().strip()


def _overlaps(
    workshop: Workshop,
    slots: Sequence[Row],
    times: Mapping[int, tuple[dt.datetime, dt.datetime]],
) -> list[Fault]:
    """The faults of a room or speaker with two sessions at once, by name."""
    faults = []
    rows = [(number, slots[number], at) for number, at in times.items()]
    for (_n, slot, first), (number, other, second) in combinations(rows, 2):
        if not (first[0] < second[1] and second[0] < first[1]):
            continue
        where = f"sessions[{number}]"
        local = [zones.shown(at, workshop.zone) for at in first]
        also = {
            "title": slot["title"].strip() or "–",
            "times": f"{local[0]:%H:%M}–{local[1]:%H:%M}",
        }
        room = other.get("room", "")
        if room.strip() and _same(slot.get("room", "")) == _same(room):
            faults.append(Fault(f"{where}.room", "room-taken", {"room": room, **also}))
        both = {_same(name) for name in _speakers(slot)}
        faults += [
            Fault(f"{where}.speakers", "speaker-taken", {"speaker": name, **also})
            for name in _speakers(other)
            if _same(name) in both
        ]
    return faults


def _save_slot(
    workshop: Workshop,
    session: Session | None,
    slot: Row,
    times: tuple[dt.datetime, dt.datetime],
    *,
    at: dt.datetime,
) -> Session:
    session = session or Session(workshop=workshop, changed_at=at)
    before = _snapshot(session)
    _set_text(session.titles, workshop.language, slot["title"])
    assign_fields(session, {**slot, "speakers": _speakers(slot)})
    session.starts_at, session.ends_at = times
    if session.pk is None or before != _snapshot(session):
        session.sequence += int(session.pk is not None)
        session.changed_at = at
        session.full_clean(validate_constraints=False)
        session.save()
    return session


def _snapshot(session: Session) -> tuple[Any, ...]:
    names = ("starts_at", "ends_at", "room", "url", "is_break", "speakers")
    return (dict(session.titles), *(getattr(session, name) for name in names))


def set_questions(
    workshop: Workshop, *, questions: Sequence[Row], actor: audit.Actor, at: dt.datetime
) -> list[Question]:
    """Replace the questions; those that are not among `questions` are deleted.

    Raises InvalidData naming the rows, NotAllowed.
    """
    faults: list[Fault] = []
    if len(questions) > MOST_QUESTIONS:
        faults.append(Fault("questions", "too-many", {"most": MOST_QUESTIONS}))
    for row, entry in enumerate(questions):
        where = f"questions[{row}]"
        faults += text_faults(f"{where}.text", entry["text"], required=True, longest=300)
        faults += text_faults(f"{where}.options", entry.get("options", ""), longest=1_000)
        faults += choice_faults(f"{where}.kind", entry["kind"], QuestionKind.values)
        if entry["kind"] == QuestionKind.CHOICE and len(_options(entry)) < 2:
            faults.append(Fault(f"{where}.options", "options-needed"))
    refuse(faults)
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        there = {existing.public_id: existing for existing in current.questions.all()}
        ids = [entry["id"] for entry in questions if entry.get("id")]
        current.questions.exclude(public_id__in=ids).delete()
        # Clear the numbers before they are assigned again, because they are unique.
        for shift, existing in enumerate(there.values(), start=1_000):
            Question.objects.filter(pk=existing.pk).update(number=shift)
        made = []
        for number, entry in enumerate(questions, start=1):
            question = there.get(entry.get("id", "")) or Question(workshop=current)
            _set_text(question.texts, current.language, entry["text"])
            _set_text(question.options, current.language, "\n".join(_options(entry)))
            question.number, question.kind = number, entry["kind"]
            question.is_needed = entry.get("is_needed", False)
            question.full_clean(validate_constraints=False)
            question.save()
            made.append(question)
        _note(current, "update", actor=actor, at=at, questions=len(made))
    return made


def translate(
    workshop: Workshop, texts: Mapping[str, str], *, actor: audit.Actor, at: dt.datetime
) -> Workshop:
    """Save texts in other languages: `titles-fr`, `ID-sv` of sessions and questions.

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
                _set_text(getattr(row, column), language, texts[f"{where}-{language}"])
                row.save()
        current.changed_at = at
        current.save()
        _note(current, "update", actor=actor, at=at, translations=True)
    return current


def to_translate(workshop: Workshop) -> list[tuple[str, Any, str, str]]:
    """(name, record, column, language) of each text that can be translated."""
    rows: list[tuple[str, Any, str]] = [
        (column, workshop, column)
        for column in ("titles", "summaries", "costs")
        if getattr(workshop, column)
    ]
    rows += [(session.public_id, session, "titles") for session in workshop.sessions.all()]
    for question in workshop.questions.all():
        rows.append((question.public_id, question, "texts"))
        if question.options:
            rows.append((f"options-{question.public_id}", question, "options"))
    others = [code for code in Language.values if code != workshop.language]
    return [(*row, code) for row in rows for code in others]


def write_minutes(
    workshop: Workshop, *, actor: audit.Actor, at: dt.datetime, **fields: Any
) -> Minutes:
    """Save the minutes of a workshop of a group or a team, with decisions and action items.

    Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current = locked(workshop)
        _check_may_run(actor, current.organisation)
        written = current.minutes or Minutes(group=current.group, organisation=current.organisation)
        if written.group is None and written.organisation is None:
            raise InvalidData([Fault("title", "minutes-of-nobody")])
        current.minutes = minutes.write(written, actor=actor, at=at, **fields)
        current.save(update_fields=["minutes"])
        _note(current, "write minutes", actor=actor, at=at)
    return current.minutes


def announce(workshop: Workshop, *, actor: audit.Actor, at: dt.datetime) -> Workshop:
    """Publish the workshop and open registration. Raises InvalidData naming what is missing,
    NotAllowed."""
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
    """Cancel a workshop and notify the participants of the reason; a draft is deleted.

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
        notify_registered(current, "workshop_cancelled")
    return current
