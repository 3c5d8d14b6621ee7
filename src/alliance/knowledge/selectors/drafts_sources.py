"""What is said beside the sources of a draft: addresses given twice, and those that are dead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from alliance.knowledge.models import SourceCheck
from alliance.web import formatting


def source_advice(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Advice by the name of the field it stands beside. It keeps no case from being handed in."""
    urls = [source["url"].strip() for source in document["sources"]]
    times = Counter(url for url in urls if url)
    checks = {
        check.url: check for check in SourceCheck.objects.filter(url__in=times, is_alive=False)
    }
    advice: dict[str, list[str]] = {}
    for number, url in enumerate(urls):
        said = []
        if times[url] > 1:
            said.append(_("This address is given more than once."))
        check = checks.get(url)
        if check is not None and check.last_alive_at is not None:
            said.append(
                _("This address could not be reached lately; it was last there on %(day)s.")
                % {"day": formatting.day(check.last_alive_at.date())}
            )
        elif check is not None:
            said.append(_("This address could not be reached when it was last asked for."))
        if said:
            advice[f"sources-{number}-url"] = said
    return advice
