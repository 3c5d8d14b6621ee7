"""The sentences of faults in briefs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {"longer-than-a-page": _("This is longer than a page, even in its shortest form.")},
)
