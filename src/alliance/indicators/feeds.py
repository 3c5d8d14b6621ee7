"""An Atom feed (RFC 4287) of revisions of figures."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.indicators.enums import Status
from alliance.indicators.selectors.revisions import Revision
from alliance.network.api.common import page_address
from alliance.network.localise import local_field
from alliance.web.atom import Feed
from alliance.web.formatting import colon, number

LONGEST = 100
TITLE = gettext_lazy("Revised figures")


def _value(value: float | None, status: str, decimals: int) -> str:
    return str(Status(status).label) if value is None else number(value, decimals)


def atom(rows: Sequence[Revision], language: str) -> Feed:
    """The revisions as a feed in the active language."""
    own = page_address("indicators:revision-feed", language)
    page = page_address("indicators:revisions", language)
    feed = Feed(language, ["revisions"], str(TITLE), own=own, page=page)
    for row in rows:
        city, indicator = (
            local_field(record, "name", language) for record in (row.city, row.indicator)
        )
        href = page_address("indicators:indicator", language, row.indicator.public_id)
        feed.add(
            "revisions", str(row.before.pk),
            title=f"{city}{colon()} {indicator}, {row.before.period}",
            page=f"{href}#revised",
            summary=_summary(row, language),
            updated=row.at,
        )  # fmt: skip
    return feed


def _summary(row: Revision, language: str) -> str:
    before, after = (
        _value(observation.value, observation.status, row.version.decimals)
        for observation in (row.before, row.after)
    )
    unit = local_field(row.version, "unit_label", language)
    text = _("Changed from %(before)s to %(after)s (%(unit)s).") % {
        "before": before,
        "after": after,
        "unit": unit,
    }
    batch = row.after.batch
    who = local_field(row.who, "name", language) if row.who else ""
    by = ", ".join(part for part in (who, str(batch.get_kind_display())) if part)
    return f"{text} {by}{colon()} {batch.reason}" if batch.reason else f"{text} {by}"
