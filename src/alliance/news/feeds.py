"""Atom feeds (RFC 4287) of new cases and of cases that did not work."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from alliance.knowledge.citations import LICENCE_NAME, LICENCE_URL
from alliance.knowledge.enums import Outcome, Scheme, Topic
from alliance.knowledge.models import CaseClassification, CaseStudy, CaseVersion
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import chosen_text, country_name, local_place
from alliance.network.api.common import page_address
from alliance.web.atom import (
    EMPTY_SINCE,
    add,
    add_moment,
    add_page,
    begun,
    tag,
    tell_language,
    written,
)
from alliance.web.formatting import colon

LONGEST = 50

TITLES: Mapping[str, Promise] = {
    "new": gettext_lazy("New cases"),
    "failures": gettext_lazy("What did not work"),
}


@dataclass(frozen=True)
class FeedEntry:
    """A case in a feed. `language` is that of title and summary."""

    public_id: str
    language: str
    title: str
    summary: str
    published: dt.datetime
    updated: dt.datetime
    categories: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Feed:
    """A feed in one language: of one topic, or of all where `topic` is empty."""

    kind: str
    language: str
    topic: str
    entries: tuple[FeedEntry, ...]

    @property
    def title(self) -> str:
        """The name of the feed in the language in use."""
        name = str(TITLES[self.kind])
        if not self.topic:
            return name
        return pgettext("feed: kind and topic", "%(kind)s: %(topic)s") % {
            "kind": name,
            "topic": Topic(self.topic).label,
        }

    @property
    def updated(self) -> dt.datetime:
        """When the newest of its entries changed."""
        return max((entry.updated for entry in self.entries), default=EMPTY_SINCE)

    @property
    def query(self) -> str:
        """The part of the address that names the topic."""
        return f"?{urlencode({'topic': self.topic})}" if self.topic else ""


def _categories(case: CaseStudy) -> Iterable[tuple[str, str, str]]:
    yield "outcome", case.outcome, str(Outcome(case.outcome).label)
    yield "country", case.country, country_name(case.country, translation.get_language() or "en")
    for row in case.classifications.all():
        if row.scheme == Scheme.TOPIC:
            yield "topic", row.code, str(Topic(row.code).label)


def _cases(kind: str, topic: str) -> QuerySet[CaseStudy]:
    cases = visible_cases(None).filter(published_at__isnull=False)
    if kind == "failures":
        cases = cases.filter(outcome=Outcome.DID_NOT_WORK)
    if topic:
        rows = CaseClassification.objects.filter(scheme=Scheme.TOPIC, code=topic)
        cases = cases.filter(pk__in=rows.values("case"))
    versions = CaseVersion.objects.filter(case=OuterRef("pk")).order_by("-number")
    return (
        cases.annotate(changed_at=Subquery(versions.values("at")[:1]))
        .prefetch_related("texts", "classifications")
        .order_by("-published_at", "public_id")
    )


def read_feed(kind: str, language: str, topic: str = "") -> Feed:
    """The newest `LONGEST` cases of a feed. Raises KeyError for a kind or topic there is not."""
    if kind not in TITLES or (topic and topic not in Topic.values):
        raise KeyError(f"no feed {kind!r} of topic {topic!r}")
    entries = []
    with translation.override(language):
        for case in _cases(kind, topic)[:LONGEST]:
            text = chosen_text(case.texts.all(), language, case.original_language)
            published = cast(dt.datetime, case.published_at)
            name = local_place(case, language)
            place = "" if name in text.text.title else f"{name}{colon()} "
            entries.append(
                FeedEntry(
                    public_id=case.public_id,
                    language=text.language,
                    title=place + text.text.title,
                    summary=text.text.summary,
                    published=published,
                    updated=case.changed_at or published,  # type: ignore[attr-defined]
                    categories=tuple(_categories(case)),
                )
            )
    return Feed(kind, language, topic, tuple(entries))


def _entry(parent: ET.Element, entry: FeedEntry, page_language: str) -> None:
    element = add(parent, "entry")
    if entry.language != page_language:
        tell_language(element, entry.language)
    add(element, "id", tag(page_language, "cases", entry.public_id))
    add(element, "title", entry.title)
    page = page_address("knowledge:case", page_language, entry.public_id)
    add_page(element, page, hreflang=page_language)
    add_moment(element, "published", entry.published)
    add_moment(element, "updated", entry.updated)
    add(element, "summary", entry.summary, type="text")
    for scheme, code, label in entry.categories:
        add(element, "category", term=code, scheme=tag(scheme), label=label)


def atom(feed: Feed) -> bytes:
    """The feed as an Atom document."""
    with translation.override(feed.language):
        title = feed.title
        subtitle = _("Cases of %(network)s, newest first.") % {"network": settings.NETWORK_NAME}
    root = begun(
        feed.language,
        [feed.kind, feed.topic],
        title,
        feed.updated,
        own=page_address("knowledge:feed", feed.language, feed.kind) + feed.query,
        page=page_address("knowledge:feeds", feed.language),
    )
    add(root, "subtitle", subtitle)
    add(root, "link", rel="license", href=LICENCE_URL)
    add(root, "rights", LICENCE_NAME)
    add(root, "generator", "Alliance platform")
    for entry in feed.entries:
        _entry(root, entry, feed.language)
    return written(root)
