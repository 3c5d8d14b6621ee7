"""News of a time window: for everybody, for editors of teams, and for reviewers.

All of it is read once for all recipients of a digest; what differs between people is filtered in
memory.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.cases.enums import CaseStatus, Outcome, Reason
from alliance.cases.models import CaseStudy, CaseVersion
from alliance.cases.selectors.localise import chosen_text
from alliance.core.models import AuditEvent
from alliance.evidence.selectors.verdicts import change_view, changes
from alliance.network.api.common import page_address
from alliance.network.enums import Origin
from alliance.network.localise import local_name
from alliance.news.digest import Happening, Item, Section, first_sentence, in_words, newest
from alliance.research.enums import QuestionState
from alliance.research.selectors.access import questions, with_answers
from alliance.web import formatting
from alliance.writing.models import Question
from alliance.writing.selectors.translation_rights import TRANSLATE

_VERBS = {
    TRANSLATE: Happening.TRANSLATED,
    "confirm": Happening.CONFIRMED,
    "withdraw": Happening.WITHDRAWN,
    "restore": Happening.RESTORED,
}


@dataclass(frozen=True)
class Window:
    """A time window: after `start`, up to `end`."""

    start: dt.datetime
    end: dt.datetime

    def holds(self, at: dt.datetime | None) -> bool:
        """Whether `at` is within; never if it is None."""
        return at is not None and self.start < at <= self.end

    def on(self, column: str) -> Q:
        """The condition that a column is within."""
        return Q(**{f"{column}__gt": self.start, f"{column}__lte": self.end})


@dataclass
class CaseNews:
    """A case with its events, in their order, and the answered questions."""

    case: CaseStudy
    events: list[tuple[dt.datetime, Happening]] = field(default_factory=list)
    answers: list[Question] = field(default_factory=list)

    @property
    def kinds(self) -> tuple[Happening, ...]:
        """The events by time."""
        return tuple(kind for _at, kind in sorted(self.events, key=lambda event: event[0]))

    @property
    def at(self) -> dt.datetime:
        """The time of the last event."""
        return max(at for at, _kind in self.events)


def case_news(window: Window) -> list[CaseNews]:
    """The cases with events that readers can see. Four queries, without texts.

    A change counts if it made a new version; an unpublished case is included only if it was
    withdrawn within the window.
    """
    events: dict[str, list[tuple[dt.datetime, Happening]]] = defaultdict(list)
    versions = {
        (public_id, number): at
        for public_id, number, at in CaseVersion.objects.filter(window.on("at")).values_list(
            "case__public_id", "number", "at"
        )
    }
    acts = AuditEvent.objects.filter(
        window.on("at"), kind="case", verb__in=["update", *_VERBS]
    ).order_by("id")
    for public_id, verb, at, details in acts.values_list("public_id", "verb", "at", "details"):
        if verb in _VERBS:
            events[public_id].append((at, _VERBS[verb]))
        elif versions.get((public_id, details.get("version"))) == at:
            events[public_id].append((at, Happening.CHANGED))
    answers: dict[str, list[Question]] = defaultdict(list)
    for question in Question.objects.about(status=CaseStatus.PUBLISHED).filter(
        window.on("answer__at")
    ):
        answers[question.record_id].append(question)
    published = window.on("published_at")
    cases = CaseStudy.objects.filter(
        published | Q(public_id__in={*events, *answers}),
        status__in=[CaseStatus.PUBLISHED, CaseStatus.WITHDRAWN],
    ).only(
        "public_id", "status", "origin", "original_language", "outcome", "reasons",
        "published_at", "withdrawn_because", "from_network",
    )  # fmt: skip
    news_items = []
    for case in cases:
        news = CaseNews(case, list(events[case.public_id]), answers[case.public_id])
        out_at = case.published_at
        if out_at is not None and window.holds(out_at):
            # The publication itself is no change.
            news.events = [event for event in news.events if event != (out_at, Happening.CHANGED)]
            news.events.append((out_at, Happening.PUBLISHED))
        news.events += [
            (question.reply.at, Happening.ANSWERED)
            for question in news.answers
            if question.reply is not None
        ]
        withdrawn = case.status == CaseStatus.WITHDRAWN
        if news.events and (not withdrawn or Happening.WITHDRAWN in news.kinds):
            news_items.append(news)
    return news_items


def outcome_in_words(case: CaseStudy) -> str:
    """The outcome of a case, for a failure with its reasons."""
    words = str(Outcome(case.outcome).label)
    reasons = [str(Reason(code).label) for code in case.reasons if code in Reason.values]
    return f"{words} ({', '.join(reasons)})" if reasons else words


def _case_item(news: CaseNews, language: str) -> Item:
    case = news.case
    text = chosen_text(case.texts.all(), language, case.original_language)
    if set(news.kinds) == {Happening.ANSWERED}:
        last = news.answers[-1]
        question = formatting.quoted(first_sentence(last.text), language=language)
        line = f"{question} – {first_sentence(last.reply.text if last.reply else '')}"
    elif case.status == CaseStatus.WITHDRAWN:
        line = first_sentence(case.why_withdrawn)
    else:
        line = first_sentence(text.text.first_line)
    title = text.text.title
    if text.is_fallback:
        name = formatting.language_name(text.language, language=language)
        title = _("%(title)s (in %(language)s)") % {"title": title, "language": name}
    return Item(
        title=title,
        url=page_address("knowledge:case", language, case.public_id),
        happened=in_words(news.kinds),
        note=outcome_in_words(case),
        line=line,
    )


def _part(news: CaseNews) -> str:
    if news.case.status == CaseStatus.WITHDRAWN:
        return "withdrawn"
    by_loader = {Happening.PUBLISHED, Happening.CHANGED}
    if news.case.origin == Origin.STARTER and by_loader.issuperset(news.kinds):
        return "starter"
    if Happening.PUBLISHED in news.kinds:
        return "new"
    return "answers" if set(news.kinds) == {Happening.ANSWERED} else "changed"


def case_sections(news_items: Iterable[CaseNews], language: str) -> tuple[Section, ...]:
    """The cases in an email in `language`, the active one: each once.

    New ones first, then changed or checked ones, withdrawn ones, and answers; starter content last,
    so that members' cases come first. The texts of the included cases are read once, in one query
    for each section.
    """
    parts: dict[str, list[CaseNews]] = defaultdict(list)
    for news in news_items:
        parts[_part(news)].append(news)
    titles = (
        ("new", _("New cases")),
        ("changed", _("Updated cases")),
        ("withdrawn", _("Withdrawn cases")),
        ("answers", _("Answers to questions")),
        ("starter", _("Cases compiled by the editors")),
    )
    sections = []
    for part, title in titles:
        latest, more = newest(parts[part], lambda news: news.at)
        if latest:
            prefetch_related_objects([news.case for news in latest], "texts")
            sections.append(
                Section(title, tuple(_case_item(news, language) for news in latest), more)
            )
    return tuple(sections)


def verdict_sections(window: Window, language: str) -> tuple[Section, ...]:
    """The changed verdicts, in the active language; none if nothing changed. Three queries."""
    latest, more = newest(list(changes().filter(window.on("at"))), lambda change: change.at)
    if not latest:
        return ()
    prefetch_related_objects(latest, "verdict__solution__costs")
    views = [change_view(change, language) for change in latest]
    items = tuple(
        Item(
            title=view.name.text.name,
            url=page_address("knowledge:solution", language, view.solution_id),
            happened=_("New verdict: “%(after)s”. Previously: “%(before)s”.")
            % {"after": view.after, "before": view.before},
            line=view.line,
        )
        for view in views
    )
    return (Section(_("Changed verdicts"), items, more),)


def research_sections(window: Window, language: str) -> tuple[Section, ...]:
    """The answers of researchers to cities, in the active language; none if none was accepted. Two
    queries."""
    rows = with_answers(questions()).filter(window.on("ended_at"), state=QuestionState.ANSWERED)
    latest, more = newest(list(rows), lambda question: question.ended_at or window.end)
    items = tuple(
        Item(
            title=chosen_text(question.accepted.texts.all(), language).text.title,
            url=page_address("research:question", language, question.public_id),
            happened=_("Question from %(city)s: %(question)s")
            % {
                "city": local_name(question.city, language),
                "question": formatting.quoted(first_sentence(question.title), language=language),
            },
        )
        for question in latest
        if question.accepted
    )
    return (Section(_("Answers from research"), items, more),) if items else ()


def headline(news_items: Iterable[CaseNews]) -> str:
    """The number of members' new cases and failures among them; empty if there are none."""
    new = [news.case for news in news_items if _part(news) == "new"]
    failed = sum(case.outcome == Outcome.DID_NOT_WORK for case in new)
    if not new:
        return ""
    numbers = {"n": len(new), "failed": failed}
    if not failed:
        return ngettext("%(n)s new case", "%(n)s new cases", len(new)) % numbers
    if len(new) == 1:
        return _("1 new case: it did not work")
    return (
        ngettext(
            "%(n)s new cases, of which %(failed)s did not work",
            "%(n)s new cases, of which %(failed)s did not work",
            failed,
        )
        % numbers
    )
