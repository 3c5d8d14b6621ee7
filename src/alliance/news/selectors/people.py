"""What is new for editors and reviewers, read once for all of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.accounts.enums import NetworkRole
from alliance.accounts.models import Grant, User
from alliance.knowledge.enums import CaseStatus, DraftState, ReviewState
from alliance.knowledge.models import (
    CaseStudy,
    Draft,
    DraftRevision,
    Question,
    Review,
    ReviewComment,
)
from alliance.knowledge.selectors.lines import title_of
from alliance.knowledge.selectors.localise import local_name, pick
from alliance.knowledge.selectors.questions import unanswered
from alliance.knowledge.selectors.reviews_queue import HELD
from alliance.knowledge.selectors.teams import Teams, all_teams
from alliance.knowledge.services.freshness import ASK_BEFORE
from alliance.knowledge.services.reviews import REVIEWERS
from alliance.network.access import in_force
from alliance.network.api.common import page_address
from alliance.network.enums import TeamRole
from alliance.network.models import Membership
from alliance.news.digest import Happening, Item, Section, in_words, newest, one_line
from alliance.news.selectors.digest import Window
from alliance.web import formatting

_JUDGED = {
    ReviewState.APPROVED: Happening.APPROVED,
    ReviewState.CHANGES_ASKED: Happening.CHANGES_ASKED,
}


@dataclass(frozen=True)
class _Event:
    """Something that was said of a draft, and by whom."""

    at: dt.datetime
    kind: Happening
    by: int | None


@dataclass
class _People:
    """The teams that people belong to and write for, by their keys, and who reviews."""

    teams: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    edited: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    reviewers: set[int] = field(default_factory=set)


class PersonalNews:
    """News for some people, in a fixed number of queries; `sections` then chooses in memory."""

    def __init__(self, window: Window, users: Collection[int], *, at: dt.datetime) -> None:
        self.window = window
        self.people = _people(users, at)
        self.teams: Teams = all_teams("en")
        edited = set().union(*self.people.edited.values())
        self.drafts: dict[int, Draft] = {}
        self.said: dict[int, list[_Event]] = defaultdict(list)
        self._drafts(edited)
        self.questions: dict[int, list[Question]] = defaultdict(list)
        self._questions(edited)
        self.due: dict[int, list[CaseStudy]] = defaultdict(list)
        self._due(edited)
        self.queue: list[Draft] = []
        self.written_by: dict[int, set[int]] = defaultdict(set)
        self.to_give: Counter[int] = Counter()
        if self.people.reviewers:
            self._queue()

    def _drafts(self, teams: set[int]) -> None:
        comments = ReviewComment.objects.filter(
            self.window.on("at"), draft__organisation__in=teams, resolved_at=None
        )
        for draft, at, by in comments.values_list("draft", "at", "author"):
            self.said[draft].append(_Event(at, Happening.REMARKED, by))
        reviews = Review.objects.filter(
            self.window.on("given_at"), draft__organisation__in=teams, state__in=list(_JUDGED)
        )
        for draft, given_at, by, state in reviews.values_list(
            "draft", "given_at", "reviewer", "state"
        ):
            if given_at is not None:
                self.said[draft].append(_Event(given_at, _JUDGED[ReviewState(state)], by))
        rows = Draft.objects.filter(pk__in=list(self.said)).select_related("organisation")
        # What was published since is told among the new cases.
        open_states = [DraftState.WRITING, DraftState.IN_REVIEW, DraftState.CHANGES_ASKED]
        self.drafts = {row.pk: row for row in rows.filter(state__in=open_states)}

    def _questions(self, teams: set[int]) -> None:
        for question in unanswered().select_related("case"):
            team = self.teams.of_case(question.case.owner_id, question.case.city_id)
            if team in teams and question.asked_at <= self.window.end:
                self.questions[team].append(question)
        _with_texts(
            question.case
            for questions in self.questions.values()
            for question in questions
            if self.window.holds(question.asked_at)
        )

    def _due(self, teams: set[int]) -> None:
        """Cases that came within thirty days of their date of review, or passed it."""
        start, end = self.window.start, self.window.end
        soon = Q(
            review_by__gt=(start + ASK_BEFORE).date(), review_by__lte=(end + ASK_BEFORE).date()
        )
        past = Q(review_by__gte=start.date(), review_by__lt=end.date())
        cases = CaseStudy.objects.filter(soon | past, status=CaseStatus.PUBLISHED)
        for case in cases:
            team = self.teams.of_case(case.owner_id, case.city_id)
            if team in teams:
                self.due[team].append(case)
        _with_texts(case for cases in self.due.values() for case in cases)

    def _queue(self) -> None:
        held = Review.objects.filter(state__in=HELD)
        waiting = Draft.objects.filter(
            self.window.on("submitted_at"), state=DraftState.IN_REVIEW
        ).prefetch_related(Prefetch("reviews", queryset=Review.objects.order_by("id")))
        for draft in waiting.select_related("organisation"):
            taken = [
                review
                for review in draft.reviews.all()
                if review.submission == draft.submission and review.state in HELD
            ]
            if len(taken) < REVIEWERS:
                self.queue.append(draft)
        written = DraftRevision.objects.filter(draft__in=self.queue, actor__isnull=False)
        for draft_id, writer in written.values_list("draft", "actor").distinct():
            self.written_by[draft_id].add(writer)
        open_reviews = held.filter(
            state=ReviewState.TAKEN,
            reviewer__in=self.people.reviewers,
            draft__state=DraftState.IN_REVIEW,
        )
        for reviewer, submission, present in open_reviews.values_list(
            "reviewer", "submission", "draft__submission"
        ):
            if reviewer is not None and submission == present:
                self.to_give[reviewer] += 1

    def sections(self, user: User, language: str) -> tuple[Section, ...]:
        """What is new for a person, in `language`, which is the one in use; empty for nothing."""
        parts = (
            (_("Drafts of your team"), *self._draft_items(user, language)),
            (_("Questions to your team"), *self._question_items(user, language)),
            (_("Does it still hold?"), *self._due_items(user, language)),
            (_("Drafts that wait for a reviewer"), *self._queue_items(user, language)),
        )
        return tuple(Section(title, tuple(items), more) for title, items, more in parts if items)

    def reminders(self, user: User) -> tuple[str, ...]:
        """What waits for a person since before, a sentence each. No reason to write by itself."""
        older = sum(
            not self.window.holds(question.asked_at)
            for team in self.people.edited[user.pk]
            for question in self.questions[team]
        )
        mine = self.to_give[user.pk]
        told = []
        if older:
            told.append(
                ngettext(
                    "%(n)s older question to your team still waits for an answer.",
                    "%(n)s older questions to your team still wait for an answer.",
                    older,
                )
                % {"n": older}
            )
        if mine:
            told.append(
                ngettext(
                    "%(n)s review that you took still waits for you.",
                    "%(n)s reviews that you took still wait for you.",
                    mine,
                )
                % {"n": mine}
            )
        return tuple(told)

    def _draft_items(self, user: User, language: str) -> tuple[list[Item], int]:
        mine = []
        for draft in self.drafts.values():
            if draft.organisation_id in self.people.edited[user.pk]:
                events = [event for event in self.said[draft.pk] if event.by != user.pk]
                if events:
                    events.sort(key=lambda event: event.at)
                    mine.append((draft, events))
        told, more = newest(mine, lambda pair: pair[1][-1].at)
        return [
            Item(
                title=title_of(draft.content, language).value or _("Case without a title"),
                url=page_address("knowledge:review", language, draft.public_id),
                happened=in_words([event.kind for event in events]),
                note=local_name(draft.organisation, language),
            )
            for draft, events in told
        ], more

    def _question_items(self, user: User, language: str) -> tuple[list[Item], int]:
        new = [
            question
            for team in self.people.edited[user.pk]
            for question in self.questions[team]
            if self.window.holds(question.asked_at)
        ]
        told, more = newest(new, lambda question: question.asked_at)
        return [
            Item(
                title=_title(question.case, language),
                url=page_address("knowledge:question", language, question.public_id),
                happened=_("asked on %(day)s")
                % {"day": formatting.day(question.asked_at.date(), language=language)},
                line=formatting.quoted(one_line(question.text), language=language)
                if not question.case.is_masked
                # A reader may have guessed the city of a case that hides it.
                else "",
            )
            for question in told
        ], more

    def _due_items(self, user: User, language: str) -> tuple[list[Item], int]:
        due = [case for team in self.people.edited[user.pk] for case in self.due[team]]
        told, more = newest(due, _review_moment)
        items = []
        for case in told:
            day = _review_moment(case).date()
            words = (
                _("was due for review on %(day)s")
                if day < self.window.end.date()
                else _("due for review on %(day)s")
            )
            items.append(
                Item(
                    title=_title(case, language),
                    url=page_address("knowledge:case", language, case.public_id),
                    happened=words % {"day": formatting.day(day, language=language)},
                )
            )
        return items, more

    def _queue_items(self, user: User, language: str) -> tuple[list[Item], int]:
        if user.pk not in self.people.reviewers:
            return [], 0
        free = [
            draft
            for draft in self.queue
            if draft.organisation_id not in self.people.teams[user.pk]
            and user.pk not in self.written_by[draft.pk]
            and all(
                review.reviewer_id != user.pk or review.submission != draft.submission
                for review in draft.reviews.all()
            )
        ]
        told, more = newest(free, _handed_in)
        return [
            Item(
                title=title_of(draft.content, language).value or _("Case without a title"),
                url=page_address("knowledge:review", language, draft.public_id),
                happened=_("handed in on %(day)s")
                % {"day": formatting.day(_handed_in(draft).date(), language=language)},
                # A draft whose city is hidden does not name its team to reviewers.
                note=""
                if draft.content.get("is_masked")
                else local_name(draft.organisation, language),
            )
            for draft in told
        ], more


def _people(users: Collection[int], at: dt.datetime) -> _People:
    found = _People()
    members = Membership.objects.filter(in_force(at), user__in=users)
    for user, team, role in members.values_list("user", "organisation", "role"):
        found.teams[user].add(team)
        if role == TeamRole.EDITOR:
            found.edited[user].add(team)
    grants = Grant.objects.filter(in_force(at), role=NetworkRole.REVIEWER, user__in=users)
    found.reviewers = set(grants.values_list("user", flat=True))
    return found


def _with_texts(cases: Iterable[CaseStudy]) -> None:
    prefetch_related_objects(list(cases), "texts")


def _title(case: CaseStudy, language: str) -> str:
    return pick(case.texts.all(), language, case.original_language).text.title


def _review_moment(case: CaseStudy) -> dt.datetime:
    day = case.review_by or dt.date.min
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def _handed_in(draft: Draft) -> dt.datetime:
    return draft.submitted_at or draft.saved_at
