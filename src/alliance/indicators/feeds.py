"""An Atom feed (RFC 4287) of revisions of figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.indicators.enums import BatchKind, Status
from alliance.indicators.selectors.revisions import Revision
from alliance.network.api.common import page_address
from alliance.web.atom import EMPTY_SINCE, add, add_moment, add_page, begun, tag, written
from alliance.web.formatting import colon, number

LONGEST = 100
TITLE = gettext_lazy("Revisions of figures")


def _value(value: float | None, status: str, decimals: int) -> str:
    return str(Status(status).label) if value is None else number(value, decimals)


def updated(rows: Sequence[Revision]) -> dt.datetime:
    """When the newest of the revisions was made."""
    return max((row.at for row in rows), default=EMPTY_SINCE)


def atom(rows: Sequence[Revision], language: str) -> bytes:
    """The revisions as an Atom document in the language in use."""
    own = page_address("indicators:revision-feed", language)
    page = page_address("indicators:revisions", language)
    root = begun(language, ["revisions"], str(TITLE), updated(rows), own=own, page=page)
    for row in rows:
        entry = add(root, "entry")
        add(entry, "id", tag(language, "revisions", str(row.id)))
        add(entry, "title", f"{row.city}{colon()} {row.indicator}, {row.period}")
        href = page_address("indicators:indicator", language, row.indicator_id)
        add_page(entry, f"{href}#revised")
        add_moment(entry, "updated", row.at)
        add(entry, "summary", _summary(row), type="text")
    return written(root)


def _summary(row: Revision) -> str:
    text = _("%(before)s became %(after)s (%(unit)s).") % {
        "before": _value(row.before, row.before_status, row.decimals),
        "after": _value(row.after, row.after_status, row.decimals),
        "unit": row.unit,
    }
    kind = BatchKind(row.kind).label if row.kind in BatchKind.values else row.kind
    who = ", ".join(str(part) for part in (row.who, kind) if part)
    return f"{text} {who}{colon()} {row.reason}" if row.reason else f"{text} {who}"
