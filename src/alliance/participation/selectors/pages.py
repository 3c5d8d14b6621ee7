"""The data of the pages of processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from alliance.analysis.small_counts import shown_part
from alliance.analysis.spam import score
from alliance.cases.models import Solution
from alliance.charts.places import Place, box_of, draw
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.knowledge.selectors.solutions import with_lines
from alliance.network.addresses import page_address
from alliance.network.enums import ModerationDecision, TeamRole
from alliance.network.localise import Localised, localised
from alliance.network.models import City, ModerationAct
from alliance.participation import panels, rules, starting
from alliance.participation.enums import (
    VOTING,
    WRITING,
    Author,
    Channel,
    ContributionKind,
    PhaseKind,
    ProcessState,
)
from alliance.participation.messages import CHECKLIST, MISSING, WARNINGS
from alliance.participation.models import (
    Background,
    Contribution,
    ContributionGroup,
    Issue,
    Participant,
    Phase,
    Process,
    Promise,
    Support,
)
from alliance.participation.selectors.access import processes
from alliance.participation.services import spam
from alliance.participation.services.census import who_took_part
from alliance.participation.services.contributions import TYPING_IN, kind_of
from alliance.participation.services.issuing import notice_of
from alliance.participation.services.translating import in_all_languages
from alliance.web import formatting

PAGE_SIZE = 20
#: Contributions on a page, and marks on its map.
MANY = 50
MOST_PINS = 100


def process_list(
    actor: Actor, *, city: str, state: str, number: int
) -> tuple[Page[Process], City | None, list[Process]]:
    """Public processes, by default open ones; the selected city; and drafts of the actor's teams.
    Raises NotFound for an unknown city or page."""
    rows = processes().exclude(state=ProcessState.DRAFT)
    chosen_city = None
    if city:
        chosen_city = City.objects.filter(public_id=city).first()
        if chosen_city is None:
            raise NotFound("city", city)
        rows = rows.filter(city=chosen_city)
    if state in ProcessState.values:
        rows = rows.filter(state=state)
    pages = Paginator(rows.order_by("-opened_at", "-id"), PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    edited = [team for team, role in actor.teams.items() if role == TeamRole.EDITOR]
    own = processes().filter(state=ProcessState.DRAFT, organisation__public_id__in=edited)
    return pages.page(number), chosen_city, list(own) if edited else []


@dataclass(frozen=True)
class Source:
    """Something to read before the questions; `solution` with its summary, if it is one."""

    row: Background
    solution: Solution | None


def sources_of(process: Process) -> list[Source]:
    """The sources of a process in their order; at most four queries."""
    rows = list(process.sources.all())
    ids = [row.solution_id for row in rows if row.solution_id]
    solutions = {}
    if ids:
        cited = list(Solution.objects.filter(public_id__in=ids).prefetch_related("texts"))
        with_lines(cited)
        solutions = {solution.public_id: solution for solution in cited}
    return [Source(row, solutions.get(row.solution_id)) for row in rows]


def promises_of(process: Process, today: dt.date) -> list[Promise]:
    """The promises of a process, with `is_late` if the due date has passed."""
    rows = list(process.promises.all())
    for row in rows:
        row.is_late = row.kept_at is None and row.due_on < today  # type: ignore[attr-defined]
    return rows


def _number(rows: QuerySet[Any], of: str) -> Coalesce:
    """The number of rows of each `of`, as a subquery: joining thousands of texts with their related
    rows takes a second."""
    counted = rows.order_by().values(of).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def contributions_of(process: Process, *, participant: Participant | None = None) -> QuerySet[Any]:
    """The public contributions of a process, newest first; support is counted in the last issue."""
    is_own = Q(parent=None) & ~Q(kind=ContributionKind.PARAGRAPH)
    is_own |= Q(parent__kind=ContributionKind.PARAGRAPH)
    supports = Support.objects.filter(contribution=OuterRef("pk"))
    rows = Contribution.objects.filter(is_own, process=process).shown()
    rows = rows.select_related("post", "answer__promise", "group").annotate(
        is_supported=Exists(supports.filter(participant=participant)),
        n_comments=_number(Contribution.objects.filter(parent=OuterRef("pk")).shown(), "parent"),
    )
    return rows.order_by("-post_id")


def of_proposals(process: Process, rows: Iterable[Contribution]) -> list[Place]:
    """The points of proposals that have one."""
    return [
        Place(
            None,
            row.title,
            row.latitude,
            row.longitude,
            reverse("participation:proposal", args=[process.public_id, row.public_id]),
        )
        for row in rows
        if row.latitude is not None and row.longitude is not None
    ]


def map_of(process: Process, places: Sequence[Place]) -> dict[str, Any] | None:
    """Places as a map, on the outlines of the city's areas if known; None without places."""
    if not places:
        return None
    areas, shapes = panels.areas().near(process, box_of(places))
    return {"map": draw(places, shapes), "areas": areas}


def with_hiding(rows: Iterable[Contribution]) -> None:
    """Set `hiding` to the last decision by which each was hidden, with the result of an objection;
    None if there is none. One query."""
    hides = ModerationAct.objects.filter(decision=ModerationDecision.HIDE)
    hides = hides.filter(post__in=[row.post_id for row in rows]).order_by("pk")
    last = {act.post_id: act for act in hides}
    for row in rows:
        row.hiding = last.get(row.post_id)  # type: ignore[attr-defined]


def _numbers(people: int | None, by_hand: int | None, process: Process) -> dict[str, Any]:
    texts = Contribution.objects.filter(process=process, participant__isnull=False).shown()
    return {"people": people, "by_hand": by_hand, "texts": texts.count()}


def numbers_of(process: Process) -> dict[str, Any]:
    """How many participated by the last issue and how, all channels in one count; `people` is None
    before there is one, `by_hand` also if it is too small. Two queries."""
    issue = process.last_issue
    if issue is None:
        return _numbers(None, None, process)
    channel = Issue.COLUMNS.index("channel")
    by_hand = sum(row[-1] for row in issue.counts if row[channel] != Channel.ONLINE)
    shown = shown_part(by_hand, issue.people, settings.PRIVACY_FLOOR)
    return _numbers(issue.people, shown, process)


def live_numbers_of(process: Process) -> dict[str, Any]:
    """As `numbers_of`, but current, for those who run the process. Two queries."""
    rows = process.participants.took_part().values_list("channel")
    people = dict(rows.annotate(n=Count("pk")).order_by("channel"))
    by_hand = sum(n for channel, n in people.items() if channel != Channel.ONLINE)
    return _numbers(sum(people.values()), by_hand, process)


def resident_page(
    process: Process, actor: Actor, participant: Participant | None, *, at: dt.datetime
) -> dict[str, Any]:
    """The context of the page for residents; a preview shows all phases."""
    phases: Sequence[Phase] = list(process.phases.all())
    is_preview = process.state == ProcessState.DRAFT
    previewed = ({phase.kind for phase in phases} or {PhaseKind.BOTH}) if is_preview else set()
    running = rules.phase_at(phases, at) if process.state == ProcessState.OPEN else None
    coming = next((phase for phase in phases if phase.opens_at > at), None)
    rows = contributions_of(process, participant=participant)
    kind = kind_of(process)
    pins = []
    if kind == ContributionKind.PROPOSAL:
        pins = of_proposals(process, rows.filter(latitude__isnull=False)[:MOST_PINS])
    return {
        "process": process,
        "phases": phases,
        "running": running,
        "coming": None if running else coming,
        "is_preview": is_preview,
        "takes_text": rules.takes_text(process, at) or bool(previewed & WRITING),
        "takes_votes": rules.takes_votes(process, at) or bool(previewed & VOTING),
        "kind": kind,
        "places": map_of(process, pins),
        "sources": sources_of(process),
        "promises": promises_of(process, at.date()),
        "contributions": rows[:MANY],
        "n_own_waiting": process.contributions.to_be_read(participant).count(),
        "numbers": numbers_of(process),
        "notice": notice_of(process, at=at),
        "participant": participant,
        "may_run": rules.may_run(actor, process),
        "may_enter": rules.may_enter(actor, process),
        "may_moderate": rules.may_moderate(actor, process),
    }


@dataclass(frozen=True)
class Check:
    """A row of the checklist before opening: what, on which page, whether it is complete; if not,
    what is missing."""

    what: Any
    step: str
    is_done: bool
    lacks: str = ""


def checklist(process: Process, *, at: dt.datetime) -> list[Check]:
    """The requirements for opening, row by row."""
    missing = rules.missing_before_opening(process, at=at)
    aliases = {
        "summary": ("summary", "title", "easy_read"),
        "phases": ("phases", "phases-over", "background"),
        "decides_by": ("decides_by", "decides-early"),
        "answers_by": ("answers_by", "answers-early"),
    }
    checks = []
    for name, (what, step) in CHECKLIST.items():
        codes = [code for code in missing if code in aliases.get(name, (name,))]
        checks.append(Check(what, step, not codes, _lacks(process, codes)))
    panel = panels.panels().get(process.kind)
    if panel and panel.missing and panel.manage:
        page, words = panel.manage
        checks.append(Check(words, page, not panel.missing(process)))
    return checks


def _lacks(process: Process, codes: Sequence[str]) -> str:
    """Details of an incomplete row: which text still has brackets, which date is too early."""
    texts = [str(getattr(process, code, None) or "") for code in codes]
    gaps = ", ".join(dict.fromkeys(gap for text in texts for gap in starting.gaps(text)))
    sentences = (
        [gettext("Replace the text in brackets: %(what)s.") % {"what": gaps}] if gaps else []
    )
    return " ".join(sentences + [str(MISSING[code]) for code in codes if "-" in code])


def results_page(process: Process, actor: Actor, *, at: dt.datetime, number: int) -> dict[str, Any]:
    """The context of the page of results. Raises NotFound for a missing page."""
    # Contributions with suppressed small support are listed before those without any.
    rows = contributions_of(process).order_by(
        Coalesce("issued_supports", Value(1)).desc(), "-post_id"
    )
    # Initial statements of a dialogue are listed with all statements, and wait for no answer.
    rows = rows.exclude(~Q(author=Author.RESIDENT), kind=ContributionKind.STATEMENT)
    pages = Paginator(rows, PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    answered = Contribution.objects.filter(process=process).to_answer()
    return {
        "process": process,
        "numbers": numbers_of(process),
        "notice": notice_of(process, at=at),
        "promises": promises_of(process, at.date()),
        "page": pages.page(number),
        "parts": who_took_part(process),
        "n_shown": answered.count(),
        "n_answered": answered.exclude(answer=None).count(),
        "may_run": rules.may_run(actor, process),
    }


def manage_page(process: Process, actor: Actor, *, at: dt.datetime) -> dict[str, Any]:
    """The context of the page for those who run a process or enter paper forms: `to_do`, what is
    missing before it opens; `next_promise`, the first open promise."""
    waiting = Contribution.objects.filter(process=process, shown_at=None, post__hidden_at=None)
    shown = Contribution.objects.filter(process=process).shown()
    unanswered = Contribution.objects.filter(process=process, answer=None).to_answer()
    may_moderate = rules.may_moderate(actor, process)
    checks = checklist(process, at=at)
    promises = promises_of(process, at.date())
    open_promises = [promise for promise in promises if promise.kept_at is None]
    return {
        "process": process,
        "invitation": invitation(process),
        "languages": _in_languages(process),
        "checks": checks,
        "to_do": [check for check in checks if not check.is_done],
        "is_ready": not rules.missing_before_opening(process, at=at)
        and not panels.missing_of(process),
        "promises": promises,
        "next_promise": open_promises[0] if open_promises else None,
        "n_unanswered": unanswered.count(),
        "n_seeds": shown.exclude(author=Author.RESIDENT).count(),
        "numbers": live_numbers_of(process),
        "n_waiting": waiting.count() if may_moderate else 0,
        "may_moderate": may_moderate,
        "may_run": rules.may_run(actor, process),
        "takes_paper": rules.takes_paper(process, at, TYPING_IN),
    }


def _in_languages(process: Process) -> list[tuple[str, str, int, int]]:
    """Code and name of each target language, how much is translated, and how much there is."""
    rows = []
    for code, parts in in_all_languages(process).items():
        if parts:
            n_done = sum(part.is_done for part in parts)
            rows.append((code, formatting.language_name(code), n_done, len(parts)))
    return rows


def invitation(process: Process) -> Localised:
    """An invitation to residents, in the language of the page or else of the process."""
    ends = [phase.last_day for phase in process.phases.all()]
    reader = translation.get_language() or "en"
    language = process.localised_text("summary", reader).lang_attr or reader
    with translation.override(language):
        words = {
            "end": formatting.day(max(ends)) if ends else "–",
            "address": page_address("participation:take-part", language, process.public_id),
        }
        how = (
            gettext(
                "It takes two minutes and you do not need an account. Open until "
                "%(end)s: %(address)s"
            )
            % words
        )
        answer = gettext("Every contribution gets an answer.")
        if process.answers_by:
            day = {"day": formatting.day(process.answers_by)}
            answer = gettext("Every contribution gets an answer by %(day)s.") % day
    own = [process.localised_text(name, language).value for name in ("title", "summary")]
    return localised("\n\n".join([*own, how, answer]), language, reader)


def to_moderate(process: Process, *, number: int) -> Page[Any]:
    """Contributions that wait for a moderator or were reported, oldest first, each with `n_reports`
    and `warnings`. Raises NotFound for a missing page."""
    rows = Contribution.objects.filter(process=process).select_related("post", "participant")
    rows = rows.annotate(
        n_reports=Count("post__reports", filter=Q(post__reports__settled_at=None))
    ).filter(Q(n_reports__gt=0) | Q(shown_at=None, post__hidden_at=None))
    pages = Paginator(rows.order_by("post_id"), PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    page: Page[Any] = pages.page(number)
    model = spam.learned() if page.object_list else None
    for contribution in page.object_list:
        codes = rules.warnings_of(contribution)
        if model is not None and score(model, contribution.post.text) >= spam.LIKELY:
            codes.append("spam")
        contribution.warnings = [WARNINGS[code] for code in codes]
    return page


#: Contributions of a group that are answered on one page.
MOST_TOGETHER = 300


def in_short(contribution: Contribution) -> str:
    """A contribution in a line, preceded by its title if it has one."""
    text = " ".join(contribution.post.text.split())
    text = text if len(text) <= 200 else f"{text[:200]}…"
    return f"{contribution.title}: {text}" if contribution.title else text


def to_answer(process: Process, group: ContributionGroup | None) -> list[Contribution]:
    """The unanswered contributions of a group, then those in no group."""
    rows = Contribution.objects.filter(process=process, answer=None).to_answer()
    rows = rows.filter(Q(group=group) | Q(group=None)).select_related("post", "group")
    contributions = list(rows.order_by("post_id")[:MOST_TOGETHER])
    return sorted(contributions, key=lambda contribution: contribution.group_id is None)


def answers_page(process: Process) -> dict[str, Any]:
    """Groups with the number of their unanswered contributions, and the number of answered ones."""
    shown = Q(contributions__shown_at__isnull=False, contributions__post__hidden_at=None)
    shown &= Q(contributions__participant__isnull=False)
    groups = process.groups.annotate(
        n_open=Count("contributions", filter=shown & Q(contributions__answer=None))
    ).filter(n_open__gt=0)
    rows = Contribution.objects.filter(process=process).to_answer()
    ordered = list(groups.order_by("-n_open", "number"))
    n_loose = rows.filter(answer=None, group=None).count()
    return {
        "groups": ordered,
        "n_loose": n_loose,
        "n_open": n_loose + sum(group.n_open for group in ordered),
        "n_answered": rows.exclude(answer=None).count(),
        "answers": process.answers.annotate(n=Count("contributions")).order_by("-id"),
    }


def residents_line(city: City, today: dt.date) -> dict[str, int]:
    """How many processes of a city are open, and how many of its promises overdue; one query."""
    return Process.objects.filter(city=city).aggregate(
        n_open=Count("pk", filter=Q(state=ProcessState.OPEN), distinct=True),
        n_overdue=Count(
            "promises", filter=Q(promises__kept_at=None, promises__due_on__lt=today), distinct=True
        ),
    )
