"""Atom feeds (RFC 4287) of new cases and of cases that did not work."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
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


def read_feed(kind: str, topic: str = "") -> list[CaseStudy]:
    """The newest `LONGEST` cases of a feed. Raises KeyError for a kind or topic there is not."""
    if kind not in TITLES or (topic and topic not in Topic.values):
        raise KeyError(f"no feed {kind!r} of topic {topic!r}")
    return list(_cases(kind, topic)[:LONGEST])


def changed_at(case: CaseStudy) -> dt.datetime:
    """When the case last became another version."""
    return cast(dt.datetime, getattr(case, "changed_at", None) or case.published_at)


def updated(cases: list[CaseStudy]) -> dt.datetime:
    """When the newest of the cases changed."""
    return max(map(changed_at, cases), default=EMPTY_SINCE)


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


def atom(cases: list[CaseStudy], kind: str, language: str, topic: str = "") -> bytes:
    """The cases as an Atom document in the language in use."""
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
        updated(cases),
        own=page_address("knowledge:feed", language, kind) + query,
        page=page_address("knowledge:feeds", language),
    )
    subtitle = _("Cases of %(network)s, newest first.") % {"network": settings.NETWORK_NAME}
    add(root, "subtitle", subtitle)
    add(root, "link", rel="license", href=LICENCE_URL)
    add(root, "rights", LICENCE_NAME)
    add(root, "generator", "Alliance platform")
    for case in cases:
        _entry(root, case, language)
    return written(root)
