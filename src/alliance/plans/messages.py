"""The sentences of faults in plans."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "paragraph-long": _("Paragraph %(n)s has more than %(most)s characters. Divide it."),
        "paragraph-twice": _("Paragraphs %(one)s and %(other)s are the same."),
        "paragraph-none": _("The text has no paragraph %(n)s."),
        "note-needed": _("Say what you changed, and why: residents read it beside the text."),
    }
)
