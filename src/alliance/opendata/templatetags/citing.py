"""The component "Cite this", the same on the page of everything that can be cited."""

from __future__ import annotations

from typing import Any

from django import template

from alliance.core import citations
from alliance.opendata.names import CITATION_FORMATS

register = template.Library()


@register.inclusion_tag("opendata/parts/cite_this.html")
def cite_this(code: str, public_id: str, cited: citations.Citable | None = None) -> dict[str, Any]:
    """The citation link of a record, with the citation itself if the page has read it. No query."""
    return {
        "code": code,
        "label": citations.kinds()[code].label,
        "public_id": public_id,
        "cited": cited,
        "text": citations.plain(cited).removesuffix(cited.url) if cited else "",
        "forms": {form: name for form, (name, _type) in CITATION_FORMATS.items()},
    }
