"""The sentences of faults of archives."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "not-an-archive": _("This folder is no archive. Choose an empty or a new one."),
        "not-readable-archive": _(
            "This folder is no archive: it has no archive.json or no list of sums."
        ),
        "foreign-file": _("This file does not belong to the archive."),
        "file-missing": _("This file is missing."),
        "file-changed": _("This file has changed since the archive was made."),
        "wrong-signature": _("The list of sums was changed after it was signed."),
        "signed-by-another": _("It was signed by another key: %(key)s"),
    },
)
