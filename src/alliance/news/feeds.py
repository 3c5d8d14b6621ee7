"""Atom feeds (RFC 4287) of new cases, of cases that did not work and of changed verdicts."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
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
from alliance.knowledge.models import CaseClassification, CaseStudy, CaseVersion, VerdictChange
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import chosen_text, country_name, local_place
from alliance.knowledge.selectors.verdicts import change_view, changes
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

#: The entries of a feed.
Told = Sequence[CaseStudy | VerdictChange]

TITLES: Mapping[str, Promise] = {
    "new": gettext_lazy("New cases"),
    "failures": gettext_lazy("What did not work"),
    "verdicts": gettext_lazy("Changed verdicts"),
}


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


def read_feed(kind: str, topic: str = "") -> Told:
    """The newest `LONGEST` entries of a feed. Raises KeyError for a kind or topic there is not."""
    if kind not in TITLES or (topic and topic not in Topic.values):
        raise KeyError(f"no feed {kind!r} of topic {topic!r}")
    rows = (
        changes(topic=topic).prefetch_related("verdict__solution__costs")
        if kind == "verdicts"
        else _cases(kind, topic)
    )
    return list(rows[:LONGEST])


def changed_at(told: CaseStudy | VerdictChange) -> dt.datetime:
    """When the case last became another version, or the verdict changed."""
    if isinstance(told, VerdictChange):
        return told.at
    return cast(dt.datetime, getattr(told, "changed_at", None) or told.published_at)


def updated(told: Told) -> dt.datetime:
    """When the newest entry changed."""
    return max(map(changed_at, told), default=EMPTY_SINCE)


def _change_entry(parent: ET.Element, change: VerdictChange, language: str) -> None:
    view = change_view(change, language)
    element = add(parent, "entry")
    if view.name.language != language:
        tell_language(element, view.name.language)
    add(element, "id", tag(language, "verdicts", str(change.pk)))
    add(element, "title", f"{view.name.text.name}{colon()} {view.after}")
    page = page_address("knowledge:solution", language, view.solution_id)
    add_page(element, page, hreflang=language)
    add_moment(element, "published", change.at)
    add_moment(element, "updated", change.at)
    before = _("The verdict until then: %(before)s.") % {"before": view.before}
    add(element, "summary", f"{view.line}. {before}", type="text")


def _entry(parent: ET.Element, case: CaseStudy, language: str) -> None:
    text = chosen_text(case.texts.all(), language, case.original_language)
    name = local_place(case, language)
    place = "" if name in text.text.title else f"{name}{colon()} "
    element = add(parent, "entry")
    if text.language != language:
        tell_language(element, text.language)
    add(element, "id", tag(language, "cases", case.public_id))
    add(element, "title", place + text.text.title)
    page = page_address("knowledge:case", language, case.public_id)
    add_page(element, page, hreflang=language)
    add_moment(element, "published", cast(dt.datetime, case.published_at))
    add_moment(element, "updated", changed_at(case))
    add(element, "summary", text.text.summary, type="text")
    for scheme, code, label in _categories(case):
        add(element, "category", term=code, scheme=tag(scheme), label=label)


def atom(told: Told, kind: str, language: str, topic: str = "") -> bytes:
    """The entries as an Atom document in the language in use."""
    title = str(TITLES[kind])
    if topic:
        title = pgettext("feed: kind and topic", "%(kind)s: %(topic)s") % {
            "kind": title,
            "topic": Topic(topic).label,
        }
    query = f"?{urlencode({'topic': topic})}" if topic else ""
    root = begun(
        language,
        [kind, topic],
        title,
        updated(told),
        own=page_address("knowledge:feed", language, kind) + query,
        page=page_address("knowledge:feeds", language),
    )
    subtitle = (
        _("Verdicts of %(network)s that changed, newest first.")
        if kind == "verdicts"
        else _("Cases of %(network)s, newest first.")
    ) % {"network": settings.NETWORK_NAME}
    add(root, "subtitle", subtitle)
    add(root, "link", rel="license", href=LICENCE_URL)
    add(root, "rights", LICENCE_NAME)
    add(root, "generator", "Alliance platform")
    for one in told:
        if isinstance(one, VerdictChange):
            _change_entry(root, one, language)
        else:
            _entry(root, one, language)
    return written(root)
