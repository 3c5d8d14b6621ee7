"""Atom feeds (RFC 4287) of new cases, failures, changed verdicts and reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from alliance.cases.citations import LICENCE_NAME, LICENCE_URL
from alliance.cases.enums import Outcome, Scheme, Topic
from alliance.cases.models import CaseClassification, CaseStudy, CaseVersion
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.localise import chosen_text, country_name, local_place
from alliance.evidence.models import VerdictChange
from alliance.evidence.selectors.verdicts import change_view, changes
from alliance.network.api.common import page_address
from alliance.reports.models import ReportEdition
from alliance.reports.selectors.reports import published_editions
from alliance.web.atom import Feed
from alliance.web.formatting import colon

LONGEST = 50

TITLES: Mapping[str, Promise] = {
    "new": gettext_lazy("New cases"),
    "failures": gettext_lazy("What did not work"),
    "verdicts": gettext_lazy("Changed verdicts"),
    "reports": gettext_lazy("New reports"),
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


def _entries(kind: str, topic: str = "") -> list[CaseStudy | VerdictChange | ReportEdition]:
    """The newest `LONGEST` entries. Raises KeyError for an unknown kind or topic."""
    if kind not in TITLES or (topic and topic not in Topic.values):
        raise KeyError(f"no feed {kind!r} of topic {topic!r}")
    rows: QuerySet[Any]
    if kind == "verdicts":
        rows = changes(topic=topic).prefetch_related("verdict__solution__costs")
    elif kind == "reports":
        rows = published_editions().defer(None)
        rows = rows.filter(report__topic=topic) if topic else rows
    else:
        rows = _cases(kind, topic)
    return list(rows[:LONGEST])


def _add_change(feed: Feed, change: VerdictChange, language: str) -> None:
    view = change_view(change, language)
    before = _("Previously: “%(before)s”.") % {"before": view.before}
    feed.add(
        "verdicts", str(change.pk),
        title=f"{view.name.text.name} – {view.after}",
        page=page_address("knowledge:solution", language, view.solution_id),
        summary=f"{view.line}. {before}",
        published=change.at,
        updated=change.at,
        language=view.name.language,
    )  # fmt: skip


def _add_report(feed: Feed, report_edition: ReportEdition, language: str) -> None:
    content = report_edition.content[language]
    feed.add(
        "reports", report_edition.report.public_id, str(report_edition.number),
        title=content["title"],
        page=page_address(
            "reports:edition", language, report_edition.report.public_id, report_edition.number
        ),
        summary=f"{content['lead']} {content['stand']}.",
        published=report_edition.published_at,
        updated=cast(dt.datetime, report_edition.published_at),
    )  # fmt: skip


def _add_case(feed: Feed, case: CaseStudy, language: str) -> None:
    text = chosen_text(case.texts.all(), language, case.original_language)
    name = local_place(case, language)
    place = "" if name in text.text.title else f"{name}{colon()} "
    changed_at = getattr(case, "changed_at", None) or case.published_at
    feed.add(
        "cases", case.public_id,
        title=place + text.text.title,
        page=page_address("knowledge:case", language, case.public_id),
        summary=text.text.abstract,
        published=case.published_at,
        updated=cast(dt.datetime, changed_at),
        language=text.language,
        categories=_categories(case),
    )  # fmt: skip


def atom(kind: str, language: str, topic: str = "") -> Feed:
    """A feed in the active language. Raises KeyError for an unknown kind or topic."""
    entries = _entries(kind, topic)
    title = str(TITLES[kind])
    if topic:
        title = pgettext("feed: kind and topic", "%(kind)s: %(topic)s") % {
            "kind": title,
            "topic": Topic(topic).label,
        }
    subtitle = {
        "verdicts": _("Changed verdicts from %(network)s, newest first."),
        "reports": _("Reports from %(network)s, newest first."),
    }.get(kind, _("Cases from %(network)s, newest first.")) % {"network": settings.NETWORK_NAME}
    query = f"?{urlencode({'topic': topic})}" if topic else ""
    feed = Feed(
        language,
        [kind, topic],
        title,
        own=page_address("knowledge:feed", language, kind) + query,
        page=page_address("knowledge:feeds", language),
        subtitle=subtitle,
        licence=LICENCE_URL,
        feed_copyright=LICENCE_NAME,
    )
    for entry in entries:
        if isinstance(entry, VerdictChange):
            _add_change(feed, entry, language)
        elif isinstance(entry, ReportEdition):
            _add_report(feed, entry, language)
        else:
            _add_case(feed, entry, language)
    return feed
