"""Processes: prepared in three steps, opened with a promise, closed on time, answered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from alliance.cases.models import Solution
from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.made_before import made_before
from alliance.network import needs_offers_rules
from alliance.network.enums import Language
from alliance.network.models import Need, Organisation
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation import panels, rules
from alliance.participation.enums import PhaseKind, ProcessKind, ProcessState, PromiseKind
from alliance.participation.models import (
    LONGEST_CAP,
    SHORTEST_CAP,
    Background,
    Phase,
    Process,
    Promise,
)

KIND = "process"
_note = audit.noting(KIND)
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_TEXT, LONGEST_NAME = 160, 600, 6_000, 160
LONGEST_URL = 500
MOST_PHASES, MOST_SOURCES = 4, 12
#: The end of the address of a solution's page.
_SOLUTION = re.compile(r"/solutions/([^/?#\s]+)/?$")
#: The longest duration of a process; a longer one should be split.
LONGEST_RUN = dt.timedelta(days=400)


@dataclass(frozen=True)
class Question:
    """The first step: the question and its audience."""

    kind: str
    title: str
    language: str
    summary: str = ""
    easy_read: str = ""
    area: str = ""


@dataclass(frozen=True)
class Pledge:
    """The second step: what the city promises in return."""

    decides_what: str = ""
    decides_who: str = ""
    decides_by: dt.date | None = None
    answers_by: dt.date | None = None
    not_open: str = ""


@dataclass(frozen=True)
class PhaseData:
    """A phase as entered: what residents can do from `opens_at` until before `closes_at`."""

    kind: str
    opens_at: dt.datetime | None
    closes_at: dt.datetime | None
    title: str = ""


@dataclass(frozen=True)
class SourceData:
    """Something to read: `at` is an address, or a solution by its public id or its page here."""

    title: str
    at: str

    @property
    def solution_id(self) -> str:
        """The public id of the solution; empty for an external page."""
        at = self.at.strip()
        here = _SOLUTION.search(at) if at.startswith(f"{settings.BASE_URL}/") else None
        return here[1] if here else "" if at.startswith("https://") else at


@dataclass(frozen=True)
class Preparation:
    """The third step: background, phases, and whether contributions are moderated first."""

    background: str = ""
    is_strict: bool = True
    sources: Sequence[SourceData] = ()
    phases: Sequence[PhaseData] = ()
    statement_length: int = 140


def start(
    team: Organisation,
    words: Question,
    *,
    need: Need | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Process:
    """Start a draft of a process in the name of a city; only the city sees it before it opens.

    A form that is sent twice creates one. Raises InvalidData naming the faulty fields, NotAllowed.
    """
    if not needs_offers_rules.may_speak_for(actor, team):
        raise NotAllowed(_("You need to be an editor of the municipality to act for the city."))
    faults = _question_faults(words)
    if need is not None and need.organisation_id != team.pk:
        faults.append(Fault("need", "need-of-another"))
    refuse(faults)
    with transaction.atomic():
        # Two copies of a form that arrive at once wait for each other here.
        Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=team.pk)
        process = Process(
            organisation=team,
            city=needs_offers_rules.city_of(team),
            need=need,
            made_by=actor.user,
            made_at=at,
            changed_at=at,
            **_stripped(words),
        )
        process.full_clean(validate_constraints=False)
        if (before := made_before(process, at=at)) is not None:
            return before
        process.save()
        _note(process, "start", actor=actor, at=at)
    return process


def _stripped(words: Question | Pledge) -> dict[str, Any]:
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in asdict(words).items()
    }


def _question_faults(words: Question) -> list[Fault]:
    faults = choice_faults("kind", words.kind, ProcessKind.values)
    faults += text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += choice_faults("language", words.language, Language.values)
    faults += text_faults("summary", words.summary, longest=LONGEST_SUMMARY)
    faults += text_faults("easy_read", words.easy_read, longest=LONGEST_TEXT)
    return faults + text_faults("area", words.area, longest=LONGEST_NAME)


def locked(process: Process) -> Process:
    """The process as it is now, locked until the transaction ends."""
    rows = Process.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation", "city").get(pk=process.pk)


def lock_for_share(process_id: int) -> None:
    """Prevent the process from being closed before this transaction ends; other votes go on.

    SQLite has one writer at a time, so no lock is needed.
    """
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(Process._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} WHERE id = %s FOR SHARE", [process_id])  # noqa: S608 - a name of ours


def _to_change(process: Process, actor: audit.Actor) -> Process:
    current = locked(process)
    if not rules.may_run(actor, current):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    return current


def ask(process: Process, words: Question, *, actor: audit.Actor, at: dt.datetime) -> Process:
    """Change the question. Once the process is open, its kind is fixed. Raises InvalidData,
    NotAllowed."""
    with transaction.atomic():
        current = _to_change(process, actor)
        faults = _question_faults(words)
        if current.state != ProcessState.DRAFT and words.kind != current.kind:
            faults.append(Fault("kind", "kind-stays"))
        refuse(faults)
        return _changed(current, _stripped(words), "ask", actor=actor, at=at)


def promise(process: Process, words: Pledge, *, actor: audit.Actor, at: dt.datetime) -> Process:
    """Change the promise, as long as nobody has participated. Raises InvalidData, NotAllowed."""
    faults = text_faults("decides_what", words.decides_what, longest=LONGEST_TEXT)
    faults += text_faults("decides_who", words.decides_who, longest=LONGEST_NAME)
    faults += text_faults("not_open", words.not_open, longest=LONGEST_TEXT)
    for name in ("decides_by", "answers_by"):
        day = getattr(words, name)
        if day is not None and day < at.date():
            faults.append(Fault(name, "day-is-over"))
    with transaction.atomic():
        current = _to_change(process, actor)
        if current.state != ProcessState.DRAFT:
            raise NotAllowed(_("Promises made when the process opened cannot be changed."))
        refuse(faults)
        return _changed(current, _stripped(words), "promise", actor=actor, at=at)


def _changed(
    process: Process,
    values: Mapping[str, Any],
    verb: str,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    **details: Any,
) -> Process:
    for name, value in values.items():
        setattr(process, name, value)
    process.changed_at = at
    process.full_clean(validate_constraints=False)
    process.save()
    _note(process, verb, actor=actor, at=at, **details)
    return process


def prepare(
    process: Process, words: Preparation, *, actor: audit.Actor, at: dt.datetime
) -> Process:
    """Change background, sources and phases. In an open process no phase may close earlier.

    Raises InvalidData naming faulty fields and rows, NotAllowed.
    """
    faults = text_faults("background", words.background, longest=LONGEST_TEXT)
    faults += _source_faults(words.sources) + _phase_faults(words.phases, at)
    if not SHORTEST_CAP <= words.statement_length <= LONGEST_CAP:
        ends = {"low": SHORTEST_CAP, "high": LONGEST_CAP}
        faults.append(Fault("statement_length", "not-between", ends))
    with transaction.atomic():
        current = _to_change(process, actor)
        if current.state not in (ProcessState.DRAFT, ProcessState.OPEN):
            raise NotAllowed(_("The process has closed."))
        if current.state == ProcessState.OPEN:
            faults += _shortening(current, words.phases)
        refuse(faults)
        translations = dict(current.sources.values_list("title", "translations"))
        current.sources.all().delete()
        Background.objects.bulk_create(
            Background(
                process=current,
                number=number,
                title=source.title.strip(),
                url="" if source.solution_id else source.at.strip(),
                solution_id=source.solution_id,
                translations=translations.get(source.title.strip(), {}),
            )
            for number, source in enumerate(words.sources, start=1)
        )
        current.phases.all().delete()
        Phase.objects.bulk_create(
            Phase(
                process=current,
                number=number,
                kind=phase.kind,
                title=phase.title.strip(),
                opens_at=phase.opens_at,
                closes_at=phase.closes_at,
            )
            for number, phase in enumerate(words.phases, start=1)
            if phase.opens_at and phase.closes_at
        )
        values = {
            "background": words.background.strip(),
            "is_strict": words.is_strict,
            "statement_length": words.statement_length,
        }
        return _changed(current, values, "prepare", actor=actor, at=at)


def _source_faults(sources: Sequence[SourceData]) -> list[Fault]:
    faults = []
    if len(sources) > MOST_SOURCES:
        faults.append(Fault("sources", "too-many", {"most": MOST_SOURCES}))
    ids = [source.solution_id for source in sources]
    known = set(Solution.objects.filter(public_id__in=ids).values_list("public_id", flat=True))
    for place, source in enumerate(sources):
        where = f"sources[{place}]"
        faults += text_faults(f"{where}.title", source.title, required=True, longest=200)
        is_elsewhere = source.at.strip().startswith("https://") and not source.solution_id
        if not is_elsewhere and source.solution_id not in known:
            faults.append(Fault(f"{where}.at", "no-source"))
        elif len(source.at) > LONGEST_URL:
            faults.append(
                Fault(f"{where}.at", "too-long", {"n": len(source.at), "most": LONGEST_URL})
            )
    return faults


def _phase_faults(phases: Sequence[PhaseData], at: dt.datetime) -> list[Fault]:
    faults = []
    if len(phases) > MOST_PHASES:
        faults.append(Fault("phases", "too-many", {"most": MOST_PHASES}))
    for place, phase in enumerate(phases):
        where = f"phases[{place}]"
        faults += choice_faults(f"{where}.kind", phase.kind, PhaseKind.values)
        faults += text_faults(f"{where}.title", phase.title, longest=120)
        if phase.opens_at is None or phase.closes_at is None:
            name = "opens_at" if phase.opens_at is None else "closes_at"
            faults.append(Fault(f"{where}.{name}", "missing"))
        elif phase.closes_at <= phase.opens_at:
            faults.append(Fault(f"{where}.closes_at", "closes-before-opening"))
        elif phase.closes_at > at + LONGEST_RUN:
            faults.append(Fault(f"{where}.closes_at", "runs-too-long", {"days": LONGEST_RUN.days}))
    return faults


def _shortening(process: Process, phases: Sequence[PhaseData]) -> list[Fault]:
    """Phases of an open process that would close earlier than announced."""
    faults = []
    for old in process.phases.all():
        new = phases[old.number - 1] if old.number <= len(phases) else None
        if new is None or new.kind != old.kind or (new.closes_at and new.closes_at < old.closes_at):
            where = f"phases[{old.number - 1}].closes_at" if new else "phases"
            faults.append(Fault(where, "closes-earlier"))
    return faults


def open_process(process: Process, *, actor: audit.Actor, at: dt.datetime) -> Process:
    """Open a process: from now on it is public, and its promises are binding.

    Raises InvalidData with a fault for each missing item, NotAllowed.
    """
    with transaction.atomic():
        current = _to_change(process, actor)
        if current.state != ProcessState.DRAFT:
            return current
        missing = rules.missing_before_opening(current, at=at)
        faults = [Fault(code, "before-opening", {"what": _missing(code)}) for code in missing]
        if what := panels.missing_of(current):
            faults.append(Fault("own", "before-opening", {"what": what}))
        refuse(faults)
        current.state, current.opened_at, current.changed_at = ProcessState.OPEN, at, at
        current.save()
        days = (
            (PromiseKind.DECISION, current.decides_by),
            (PromiseKind.ANSWER, current.answers_by),
        )
        Promise.objects.bulk_create(
            Promise(
                process=current,
                kind=kind,
                language=current.language,
                text=current.decides_what[:300] if kind == PromiseKind.DECISION else "",
                due_on=day,
                made_at=at,
            )
            for kind, day in days
            if day
        )
        _note(current, "open", actor=actor, at=at)
    return current


def _missing(code: str) -> str:
    from alliance.participation.messages import MISSING

    return str(MISSING[code])


def close_due(*, at: dt.datetime) -> int:
    """Close the processes whose last phase is over; returns their number."""
    n = 0
    for process in Process.objects.filter(state=ProcessState.OPEN).prefetch_related("phases"):
        end = max((phase.closes_at for phase in process.phases.all()), default=at)
        if end <= at:
            n += close(process, at=at, actor=audit.WORKER)
    return n


def close(process: Process, *, at: dt.datetime, actor: audit.Actor) -> bool:
    """Close an open process whose phases are over. What was submitted before the end counts."""
    with transaction.atomic():
        current = locked(process)
        end = max((phase.closes_at for phase in current.phases.all()), default=at)
        if current.state != ProcessState.OPEN or end > at:
            return False
        current.state, current.closed_at, current.changed_at = ProcessState.CLOSED, end, at
        current.save()
        _note(current, "close", actor=actor, at=at)
        panel = panels.panels().get(current.kind)
        if panel and panel.closed:
            panel.closed(current, at)
    return True


def drop(process: Process, *, actor: audit.Actor, at: dt.datetime) -> None:
    """Delete a process that never opened. Raises NotAllowed."""
    with transaction.atomic():
        current = _to_change(process, actor)
        if current.state != ProcessState.DRAFT:
            raise NotAllowed(
                _("You cannot delete a process that has opened. Its promises stay public.")
            )
        _note(current, "drop", actor=actor, at=at)
        current.delete()
