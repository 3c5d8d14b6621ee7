"""The fault messages of API requests and of commands on the whole installation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "unknown-parameter": _(
            "This parameter does not exist here. Available parameters: %(names)s."
        ),
        "no-parameters": _("This address accepts no parameters."),
        "not-a-country-code": _("Enter a country code of two capital letters, such as SE."),
        "not-a-goal": _("Enter an SDG goal or target, such as 11 or 11.2."),
        # Backups
        "exists-already": _("This file already exists. Choose another name."),
        "no-database": _("This folder contains no database: there is nothing to back up."),
        "not-written": _("Could not be written: %(why)s. No existing data has been lost."),
        "not-finished": _(
            "The restore is not finished: %(why)s. Free up space or grant the rights, "
            "then run `alliance prepare` to continue. Nothing is lost."
        ),
        "holds-data": _("This folder already contains data. --force replaces it."),
        "other-database": _(
            "The backup contains no %(kind)s database, which ALLIANCE_DATABASE_URL requires."
        ),
        "damaged-database": _("The database is damaged: %(why)s"),
        "not-a-plain-file": _("This is not a regular file."),
        "not-a-backup": _("This cannot be read as a backup: %(why)s"),
        "other-backup": _("This is not a backup in the format %(form)s."),
        "wrong-sum": _("The file is missing, is not in the list or has the wrong checksum."),
        "no-name-in-backup": _("This is not a valid file name in a backup."),
        # Moving to another database
        "newer-database": _(
            "A newer version has changed the database: %(names)s. Install that version first."
        ),
        "older-database": _("The database is from an older version. Run alliance migrate first."),
        "not-a-database": _(
            "Enter an address that begins with postgresql://, or the path to a file."
        ),
        "not-empty": _(
            "The database is not empty. Choose a database without tables, or a new file."
        ),
        "arrived-otherwise": _("The copied rows differ from the originals. Nothing was kept."),
        "not-installed": _("This program is not installed. It comes with PostgreSQL."),
        # Demonstration
        "not-in-production": _("Not available in production mode."),
        "run-first": _("Run first: %(commands)s."),
        "real-account": _("This is the address of a real account."),
        # Catalogues of the interface
        "not-in-catalogue": _("The text is not in the catalogue."),
        "not-in-sources": _("The text is no longer in any source file."),
        "fuzzy": _("The text is marked fuzzy."),
        "empty-text": _("The translation is empty."),
        "placeholders": _("The translation must contain these placeholders: %(names)s."),
        "last-placeholders": _("Its last form must contain these placeholders: %(names)s."),
        "more-placeholders": _("The translation can contain only these placeholders: %(names)s."),
        "plural-forms": _("The translation must have %(n)s plural forms."),
    },
)
