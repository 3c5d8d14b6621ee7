"""The fault messages of plans."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "paragraph-long": _("Paragraph %(n)s is longer than %(most)s characters. Split it."),
        "paragraph-twice": _(
            "Paragraphs %(one)s and %(other)s are identical. Change or delete one."
        ),
        "paragraph-none": _("The text has no paragraph %(n)s. Check the number."),
        "note-needed": _(
            "Describe what you changed, and why. Residents see this next to the text."
        ),
    }
)
