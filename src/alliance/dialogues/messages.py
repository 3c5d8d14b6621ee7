"""The fault messages of dialogues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "statement-gone": _("This statement is no longer shown. Here is another one."),
        "statement-hidden": _("This statement is no longer shown. Skip it."),
        "statement-length": _("Statement %(id)s needs a text of at most %(most)s characters."),
        "take-over-first": _("You can import a dialogue only once, before it opens."),
        # Faults of open data files, by the codes of `alliance.analysis.opinion`.
        "open-bad-csv": _(
            "This is not a valid CSV file: a quotation mark is not closed, or a row does "
            "not have the same cells as the header."
        ),
        "open-bad-moderated": _("Row %(row)s, column %(column)s: enter 1, 0 or -1."),
        "open-bad-timestamp": _("Row %(row)s, column %(column)s: enter a whole number."),
        "open-bad-vote": _("Row %(row)s, column %(column)s: enter 1, 0 or -1."),
        "open-duplicate-column": _("The header contains the same column twice."),
        "open-duplicate-id": _("Row %(row)s: an earlier row has the same %(column)s."),
        "open-file": _("This file cannot be read. Save it as CSV UTF-8 with the columns above."),
        "open-missing-column": _(
            "A column is missing. The required columns are listed above the field."
        ),
        "open-missing-value": _("Row %(row)s, column %(column)s: the cell is empty."),
        "open-no-data": _("The file has no rows."),
        "open-not-utf-8": _("The file is not in UTF-8. Save it as CSV UTF-8."),
        "open-ragged-row": _("Row %(row)s has more or fewer cells than the header."),
        "votes-not-now": _("Voting is not open right now. See the dates on the page."),
    }
)
