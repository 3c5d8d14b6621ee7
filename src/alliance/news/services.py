"""The weekly digest: turning it on and off, and sending it on Monday."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.accounts.letters import plain_text, unsubscribe, write_letter
from alliance.accounts.models import DigestSubscription, User
from alliance.cases.enums import Language
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed
from alliance.network.api.common import page_address
from alliance.news.digest import LONGEST, stop_token, week_of
from alliance.news.selectors.digest import (
    CaseNews,
    Window,
    case_news,
    case_sections,
    headline,
    research_sections,
    verdict_sections,
)
from alliance.news.selectors.people import PersonalNews
from alliance.web import formatting


@dataclass(frozen=True)
class _Shared:
    """The part on cases that all emails of one language and window share."""

    text: str
    headline: str


def start_digest(user: User, *, language: str, actor: audit.Actor, at: dt.datetime) -> None:
    """Turn a person's digest on, or change its language. The first email comes next Monday.

    Raises NotAllowed for anybody but the person, InvalidData for an unknown language.
    """
    if actor.user != user:
        raise NotAllowed(_("Only you can turn on your digest."))
    if language not in Language.values:
        raise InvalidData([Fault("language", "unknown", {"value": language})])
    with transaction.atomic():
        subscription, is_new = DigestSubscription.objects.get_or_create(
            user=user, defaults={"language": language, "since": at, "told_until": week_of(at)}
        )
        if not is_new and subscription.language == language:
            return
        subscription.language = language
        subscription.save(update_fields=["language"])
        audit.record(
            "person",
            user,
            "start digest" if is_new else "change digest",
            actor=actor,
            at=at,
            language=language,
        )


def stop_digest(user: User, *, actor: audit.Actor, at: dt.datetime) -> bool:
    """Turn a person's digest off, by the person, or by a link in an email; returns whether it was
    on."""
    with transaction.atomic():
        count, _kinds = DigestSubscription.objects.filter(user=user).delete()
        if count:
            audit.record("person", user, "stop digest", actor=actor, at=at)
    return bool(count)


def send_digests(*, at: dt.datetime) -> int:
    """Enqueue the emails of the present week; returns their number.

    An email and the record that its week was sent are written in one transaction: interrupted and
    run again, this sends only the missing ones. People without news get none.
    """
    week = week_of(at)
    due = list(
        DigestSubscription.objects.filter(told_until__lt=week, user__is_active=True)
        .select_related("user")
        .order_by("id")
    )
    by_start: dict[dt.datetime, list[DigestSubscription]] = defaultdict(list)
    for subscription in due:
        by_start[max(subscription.told_until, week - LONGEST)].append(subscription)
    letters = 0
    for start, subscriptions in by_start.items():
        window = Window(start, week)
        news_items = case_news(window)
        own = PersonalNews(window, [subscription.user_id for subscription in subscriptions], at=at)
        shared: dict[str, _Shared] = {}
        for subscription in subscriptions:
            language = subscription.language
            with translation.override(language):
                if language not in shared:
                    shared[language] = _shared(news_items, window, language)
                letters += _send(subscription, shared[language], own, window)
    return letters


def _shared(news_items: list[CaseNews], window: Window, language: str) -> _Shared:
    sections = (
        *verdict_sections(window, language),
        *research_sections(window, language),
        *case_sections(news_items, language),
    )
    text = plain_text("letters/digest_sections.txt", sections=sections)
    return _Shared(text, headline(news_items))


def _send(
    subscription: DigestSubscription, shared: _Shared, own: PersonalNews, window: Window
) -> int:
    """Claim the week for a person and enqueue the email, if there is news; returns 1 or 0."""
    user, language = subscription.user, subscription.language
    sections = own.sections(user, language)
    stop = page_address("knowledge:digest-stop", language, stop_token(user.public_id))
    with transaction.atomic():
        # Of two simultaneous workers, the second finds that the week was claimed already.
        unclaimed = DigestSubscription.objects.filter(pk=subscription.pk, told_until__lt=window.end)
        if not unclaimed.update(told_until=window.end) or not (sections or shared.text):
            return 0
        write_letter(
            "digest",
            user,
            language=language,
            headers=unsubscribe(stop),
            at_once=True,
            headline=shared.headline,
            day=formatting.day(window.start.date(), language=language),
            own=plain_text("letters/digest_sections.txt", sections=sections),
            reminders=own.reminders(user),
            cases=shared.text,
            stop=stop,
            settings_url=page_address("knowledge:digest", language),
        )
    return 1
