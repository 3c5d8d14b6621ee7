"""The sentences of faults in dialogues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from alliance.core.errors import add_sentences

add_sentences(
    {
        "statement-gone": _("This statement is no longer shown. Here is another one."),
        "statement-hidden": _("This statement is no longer shown. Leave it out."),
        "statement-length": _("The statement %(id)s needs a text of at most %(most)s characters."),
        "take-over-first": _("Take over a dialogue before it opens, once."),
        # What `alliance.analysis.opinion` finds at fault in open files, by its codes.
        "open-bad-csv": _(
            "This is no CSV file: a quotation mark has no end, or a row has other cells than the "
            "header."
        ),
        "open-bad-moderated": _("Row %(row)s, column %(column)s: write 1, 0 or -1."),
        "open-bad-timestamp": _("Row %(row)s, column %(column)s: write a whole number."),
        "open-bad-vote": _("Row %(row)s, column %(column)s: write 1, 0 or -1."),
        "open-duplicate-column": _("The header has a column twice."),
        "open-duplicate-id": _("Row %(row)s: an earlier row has the same %(column)s."),
        "open-file": _("This file cannot be read. Save it as CSV UTF-8 with the columns above."),
        "open-missing-column": _("A column is missing. See above which ones there must be."),
        "open-missing-value": _("Row %(row)s, column %(column)s: the cell is empty."),
        "open-no-data": _("The file has no rows."),
        "open-not-utf-8": _("The file is not in UTF-8. Save it as CSV UTF-8."),
        "open-ragged-row": _("Row %(row)s has more or fewer cells than the header."),
        "votes-not-now": _("Voting is not open at the moment. See the times on the page."),
    }
)
