"""News for editors and reviewers, read once for all of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.accounts.models import Grant, User
from alliance.cases.enums import DraftState, ReviewState
from alliance.cases.selectors.case_list import title_of
from alliance.cases.selectors.localise import local_name
from alliance.core.waiting import Asked, Waiting, items
from alliance.network.access import in_force
from alliance.network.api.common import page_address
from alliance.network.enums import TeamRole
from alliance.network.models import Membership
from alliance.network.selectors.waiting import in_language
from alliance.news.digest import Happening, Item, Section, first_sentence, in_words, newest
from alliance.news.selectors.digest import Window
from alliance.web import formatting
from alliance.writing.models import Draft, Review, ReviewComment

_JUDGED = {
    ReviewState.APPROVED: Happening.APPROVED,
    ReviewState.CHANGES_ASKED: Happening.CHANGES_ASKED,
}


#: Items of these kinds are in other sections, or in the reminders.
_WITH_SECTION = frozenset({"question", "case-check", "review", "reviewer", "changes", "published"})


@dataclass(frozen=True)
class _Event:
    """An event of a draft, and its actor."""

    at: dt.datetime
    kind: Happening
    by: int | None


@dataclass
class _People:
    """The ids of the teams of people (by primary key), of those they are editors of, and their
    roles."""

    teams: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    edited: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    roles: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


class PersonalNews:
    """News for some people, in a fixed number of queries; `sections` then filters in memory."""

    def __init__(self, window: Window, users: Collection[int], *, at: dt.datetime) -> None:
        self.window = window
        self.people = _people(users, at)
        edited = set().union(*self.people.edited.values())
        self.drafts: dict[int, Draft] = {}
        self.draft_events: dict[int, list[_Event]] = defaultdict(list)
        self._drafts(edited)
        roles = set().union(*self.people.roles.values())
        asked = Asked(at, people=users, teams=edited, roles=roles)
        self.waiting: dict[str, list[Waiting]] = defaultdict(list)
        for item in items(asked):
            self.waiting[item.kind].append(item)

    def _for(self, user: User, kind: str) -> Iterator[Waiting]:
        """Items of a kind that wait for a person."""
        people = self.people
        for item in self.waiting[kind]:
            if item.turn.holds(
                user.pk,
                writes_for=people.edited[user.pk],
                roles=people.roles[user.pk],
                teams=people.teams[user.pk],
            ):
                yield item

    def _drafts(self, teams: set[str]) -> None:
        comments = ReviewComment.objects.filter(
            self.window.on("at"), draft__organisation__public_id__in=teams, resolved_at=None
        )
        for draft, at, by in comments.values_list("draft", "at", "author"):
            self.draft_events[draft].append(_Event(at, Happening.REMARKED, by))
        reviews = Review.objects.filter(
            self.window.on("given_at"),
            draft__organisation__public_id__in=teams,
            state__in=list(_JUDGED),
        )
        for draft, given_at, by, state in reviews.values_list(
            "draft", "given_at", "reviewer", "state"
        ):
            if given_at is not None:
                self.draft_events[draft].append(_Event(given_at, _JUDGED[ReviewState(state)], by))
        rows = Draft.objects.filter(pk__in=list(self.draft_events)).select_related("organisation")
        # Drafts published since are among the new cases.
        open_states = [DraftState.WRITING, DraftState.IN_REVIEW, DraftState.CHANGES_ASKED]
        self.drafts = {row.pk: row for row in rows.filter(state__in=open_states)}

    def sections(self, user: User, language: str) -> tuple[Section, ...]:
        """News for a person, in `language`, the active one; empty for none."""
        parts = (
            (_("Your team’s drafts"), *self._draft_items(user, language)),
            (_("Questions for your team"), *self._question_items(user, language)),
            (_("Cases due for an update check"), *self._due_items(user, language)),
            (_("Drafts waiting for a reviewer"), *self._queue_items(user, language)),
            (_("Other tasks for you and your team"), *self._other_items(user, language)),
        )
        return tuple(Section(title, tuple(items), more) for title, items, more in parts if items)

    def reminders(self, user: User) -> tuple[str, ...]:
        """Older tasks of a person, a sentence each. They alone are no reason for an email."""
        end = self.window.end
        older = sum(
            item.since <= end and not self.window.holds(item.since)
            for item in self._for(user, "question")
        )
        mine = sum(1 for _item in self._for(user, "review"))
        sentences = []
        if older:
            sentences.append(
                ngettext(
                    "%(n)s older question for your team is still waiting for an answer.",
                    "%(n)s older questions for your team are still waiting for an answer.",
                    older,
                )
                % {"n": older}
            )
        if mine:
            sentences.append(
                ngettext(
                    "%(n)s review you agreed to do is still waiting for you.",
                    "%(n)s reviews you agreed to do are still waiting for you.",
                    mine,
                )
                % {"n": mine}
            )
        return tuple(sentences)

    def _draft_items(self, user: User, language: str) -> tuple[list[Item], int]:
        mine = []
        for draft in self.drafts.values():
            if draft.organisation.public_id in self.people.edited[user.pk]:
                events = [event for event in self.draft_events[draft.pk] if event.by != user.pk]
                if events:
                    events.sort(key=lambda event: event.at)
                    mine.append((draft, events))
        latest, more = newest(mine, lambda pair: pair[1][-1].at)
        return [
            Item(
                title=title_of(draft.content, language).value or _("Case without a title"),
                url=page_address("knowledge:review", language, draft.public_id),
                happened=in_words([event.kind for event in events]),
                note=local_name(draft.organisation, language),
            )
            for draft, events in latest
        ], more

    def _question_items(self, user: User, language: str) -> tuple[list[Item], int]:
        new = [item for item in self._for(user, "question") if self.window.holds(item.since)]
        latest, more = newest(new, _since)
        return [
            _item(
                item,
                language,
                happened=_("Asked on %(day)s.")
                % {"day": formatting.day(item.since.date(), language=language)},
                line=formatting.quoted(first_sentence(note), language=language)
                if (note := in_language(item.notes, language).value)
                else "",
            )
            for item in latest
        ], more

    def _due_items(self, user: User, language: str) -> tuple[list[Item], int]:
        """Cases whose update check is overdue, or due within thirty days."""
        start, end = self.window.start.date(), self.window.end.date()
        due = [
            (item, item.by)
            for item in self._for(user, "case-check")
            if item.by is not None and (start < item.since.date() <= end or start <= item.by < end)
        ]
        latest, more = newest(due, lambda pair: pair[0].since)
        items = []
        for item, by in latest:
            words = (
                _("Update check was due on %(day)s.")
                if item.is_late(self.window.end)
                else _("Update check due on %(day)s.")
            )
            day = formatting.day(by, language=language)
            items.append(_item(item, language, happened=words % {"day": day}))
        return items, more

    def _queue_items(self, user: User, language: str) -> tuple[list[Item], int]:
        free = [item for item in self._for(user, "reviewer") if self.window.holds(item.since)]
        latest, more = newest(free, _since)
        return [
            _item(
                item,
                language,
                happened=_("Submitted on %(day)s.")
                % {"day": formatting.day(item.since.date(), language=language)},
                note=in_language(item.notes, language).value,
            )
            for item in latest
        ], more

    def _other_items(self, user: User, language: str) -> tuple[list[Item], int]:
        """New items of the kinds without a section of their own."""
        new = [
            item
            for kind in self.waiting.keys() - _WITH_SECTION
            for item in self._for(user, kind)
            if self.window.holds(item.since)
        ]
        latest, more = newest(new, _since)
        return [
            _item(
                item,
                language,
                happened=str(item.label),
                note=in_language(item.notes, language).value,
            )
            for item in latest
        ], more


def _since(item: Waiting) -> dt.datetime:
    return item.since


def _item(item: Waiting, language: str, *, happened: str, note: str = "", line: str = "") -> Item:
    return Item(
        title=in_language(item.titles, language).value or _("Untitled"),
        url=page_address(item.route, language, *item.args),
        happened=happened,
        note=note,
        line=line,
    )


def _people(users: Collection[int], at: dt.datetime) -> _People:
    people = _People()
    members = Membership.objects.filter(in_force(at), user__in=users)
    for user, team, role in members.values_list("user", "organisation__public_id", "role"):
        people.teams[user].add(team)
        if role == TeamRole.EDITOR:
            people.edited[user].add(team)
    grants = Grant.objects.filter(in_force(at), user__in=users)
    for user, role in grants.values_list("user", "role"):
        people.roles[user].add(role)
    return people
