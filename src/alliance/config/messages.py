"""The sentences of faults in requests to the API and in commands on the whole installation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "unknown-parameter": _("There is no such parameter here. There are: %(names)s."),
        "no-parameters": _("This address takes no parameters."),
        "not-a-country-code": _("Give a country code of two capital letters, such as SE."),
        "not-a-goal": _("Give a goal or a target of the SDG, such as 11 or 11.2."),
        # Backups
        "exists-already": _("It exists already. Choose another name."),
        "no-database": _("It holds no database: there is nothing to keep."),
        "not-written": _("It could not be written: %(why)s. Nothing that was there is lost."),
        "not-finished": _(
            "The restore is not finished: %(why)s. Make room or give the rights, and run "
            "`alliance prepare`: it goes on with it. Nothing is lost."
        ),
        "holds-data": _("It holds data already. --force replaces them."),
        "other-database": _("It holds no %(kind)s database, which ALLIANCE_DATABASE_URL asks for."),
        "damaged-database": _("The database is damaged: %(why)s"),
        "not-a-plain-file": _("This is not a plain file."),
        "not-a-backup": _("This cannot be read as a backup: %(why)s"),
        "other-backup": _("This is no backup of the form %(form)s."),
        "wrong-sum": _("The file is missing, not listed, or its sum is wrong."),
        "no-name-in-backup": _("This is no name of a file in a backup."),
        # Moving to another database
        "newer-database": _(
            "The database was changed by a newer version: %(names)s. Install that version first."
        ),
        "older-database": _("The database is of an older version. Run alliance migrate first."),
        "not-a-database": _(
            "Give an address that begins with postgresql://, or the path of a file."
        ),
        "not-empty": _("It is not empty. Choose a database without tables, or a new file."),
        "arrived-otherwise": _("The rows did not arrive as they were. Nothing was kept."),
        "not-installed": _("This is not installed. It comes with the programs of PostgreSQL."),
        # Demonstration
        "not-in-production": _("There are none in production mode."),
        "run-first": _("Run first: %(commands)s."),
        "real-account": _("This is the address of a real account."),
        # Catalogues of the interface
        "not-in-catalogue": _("The text is not in the catalogue."),
        "not-in-sources": _("The text is in no source any more."),
        "fuzzy": _("The text is marked fuzzy."),
        "empty-text": _("The translation is empty."),
        "placeholders": _("The translation must have the placeholders: %(names)s."),
        "last-placeholders": _("Its last form must have the placeholders: %(names)s."),
        "more-placeholders": _("It may have no placeholders but: %(names)s."),
        "plural-forms": _("It must have %(n)s plural forms."),
    },
)
