"""The sentences of faults that any room may find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import SENTENCES, add_sentences
from alliance.web.fields import DAY_FORM, TOO_LONG

add_sentences(
    missing={
        "missing": _("Fill this in."),
        "not-chosen": _("Choose one."),
        "no-address": _("Enter the address."),
        "no-address-or-words": _(
            "Enter the address. Of what is not online, say instead what you read there."
        ),
        "no-currency": _("Choose the currency."),
        "no-number": _("Enter a number."),
    },
    wrong={
        # What Django or a library says itself.
        "said": "%(text)s",
        "not-one-of": _("“%(value)s” is not one of: %(allowed)s."),
        "not-allowed": _("Choose one of: %(allowed)s."),
        "unknown": _("“%(value)s” is not in the list."),
        "given-twice": _("“%(value)s” is given twice."),
        "key-repeated": _("This is given more than once."),
        "too-many": _("There are more than %(most)s entries."),
        # Shapes
        "unknown-field": _("There is no such field."),
        "not-text": _("Give a text."),
        "not-whole": _("Give a whole number."),
        "not-a-number": _("Give a number."),
        "not-yes-or-no": _("Give true or false."),
        "not-a-list": _("Give a list."),
        "not-an-object": _("Give an object."),
        "not-a-day": _("Give a day such as 2026-05-31."),
        "not-a-time": _(
            "Give a date and time with an offset from UTC, such as 2026-01-31T12:00:00Z."
        ),
        "unreadable": _("This value cannot be read."),
        "below": _("Give at least %(least)s."),
        "above": _("Give at most %(most)s."),
        "not-between": _("Give a number from %(low)s to %(high)s."),
        # Texts
        "too-long": _("The text is %(n)s characters long; at most %(most)s are taken."),
        "longer-than": _("The text is longer than %(most)s characters."),
        "markup": _("The text holds HTML or a script. Write plain text."),
        "control-characters": _("The text holds invisible control characters. Take them out."),
        "line-break": _("Write this on one line, without line breaks."),
        "turns-direction": _(
            "The text holds a sign (%(sign)s) that turns its direction around. Take it out."
        ),
        "nul": _("The text holds the character NUL. Take it out."),
        "half-letter": _("The text holds half of a letter (a lone surrogate). Take it out."),
        "not-an-id": _(
            "“%(value)s” is not an id: use 2 to 80 lower-case letters, digits and hyphens."
        ),
        # Addresses, money
        "not-an-address": _("“%(value)s” is not an address."),
        "not-a-web-address": _("“%(value)s” does not begin with https:// or http://."),
        "long-address": _("The address is longer than %(most)s characters."),
        "not-a-currency": _("“%(value)s” is not a currency of the list."),
        "decimals": _("An amount in %(currency)s has at most %(n)s decimals."),
        "amount-too-large": _("The amount is too large."),
        # Files
        "no-file": _("The file is missing or empty."),
        "upload-again": _("Too much time went by. Upload the file again."),
        "not-ready": _("The file is not ready to be taken over yet."),
        "large-file": _("The file is larger than %(n)s MB."),
        "not-json": _("The file is not JSON in UTF-8: %(why)s"),
        "not-utf-8": _("The file is not in UTF-8 (line %(line)s). Save it as CSV UTF-8."),
        "not-a-text": _("This is no CSV file: it holds characters of no text."),
        "broken-csv": _(
            "This is no CSV file (line %(line)s): a quotation mark has no end, or a cell is too "
            "long."
        ),
        "not-a-workbook": _("This is an office file but no Excel workbook."),
        "damaged-workbook": _("The workbook is damaged."),
        "no-result": _(
            "This is a formula without a stored result. Open the file and save it again."
        ),
        "file-of-many-rows": _(
            "The file has more than %(most)s rows. Split it into several files."
        ),
        "file-of-many-columns": _(
            "The file has more than %(most)s columns. Keep only those that are needed."
        ),
        "file-of-many-cells": _(
            "The file has more than %(most)s cells. Delete rows and columns that are not needed, "
            "also empty ones with formatting, or split it into several files."
        ),
        "file-of-much-text": _(
            "The file holds more than %(most)s MB of text. Split it into several files."
        ),
        "file-takes-memory": _(
            "The file needs more than %(most)s MB of memory to be read. Save it as CSV or split it "
            "into several files."
        ),
        "file-takes-time": _(
            "The file takes more than %(most)s seconds to read. Save it as CSV or split it into "
            "several files."
        ),
        "in-use": _("It is in use. Stop the server, the workers and every other command first."),
        # Tables
        "many-rows": _("The table has more than %(n)s rows."),
        "no-rows": _("The table has no rows."),
        "column-twice": _("The header has this column twice."),
        "unknown-column": _("There is no such column."),
        "more-cells": _("The row has more cells than the header."),
        "in-row": _("“%(value)s” is in row %(row)s too."),
        "day-for-number": _("This is a date, not a number. Excel may have made it one."),
        "two-numbers": _(
            "“%(value)s” could be two numbers. Write it without thousands separators."
        ),
        "not-a-year": _("%(value)s is not a year from %(first)s to %(last)s."),
        "more-cells-at-fault": _("%(n)s more cells break a rule."),
        "no-such-number": _("“%(value)s” is not a number."),
        "no-whole-number": _("“%(value)s” is not a whole number."),
        "no-such-day": _("“%(value)s” is not a date such as 2026-05-31."),
        # Archives
        "damaged-archive": _("This is a damaged office file or archive."),
        "archive-of-many": _("The archive holds more than %(n)s files."),
        "archive-outside": _("The archive holds files that would land outside of it."),
        "archive-password": _("The archive has a password. Save it without."),
        "macros": _("The office file holds macros. Save it without."),
        "file-in-file": _("The office file carries another file. Save it without."),
        "archive-bomb": _("The file unpacks to far more than it is."),
    },
)

_LISTED = _("“%(value)s” is not among the answers. Choose one of the list.")
_NUMBER = _("Enter a number in digits, such as 12 or 0.5.")
#: What fields say themselves: Django's own sentences do not say what to do.
_OF_FIELDS: Mapping[type[forms.Field], Mapping[str, Any]] = {
    forms.Field: {"required": SENTENCES["missing"]},
    forms.CharField: {"max_length": TOO_LONG},
    forms.ChoiceField: {"required": SENTENCES["not-chosen"], "invalid_choice": _LISTED},
    forms.MultipleChoiceField: {
        "required": _("Choose at least one."),
        "invalid_choice": _LISTED,
        "invalid_list": _("Choose from the list."),
    },
    forms.ModelChoiceField: {
        "required": SENTENCES["not-chosen"],
        "invalid_choice": _("This is not among the answers any more. Choose one of the list."),
    },
    forms.IntegerField: {
        "invalid": _("Enter a whole number in digits, such as 12."),
        "min_value": _("Enter %(limit_value)s or more."),
        "max_value": _("Enter %(limit_value)s or less."),
    },
    forms.FloatField: {"invalid": _NUMBER},
    forms.DecimalField: {"invalid": _NUMBER},
    forms.DateField: {"invalid": DAY_FORM},
    forms.TimeField: {"invalid": _("Enter a time such as 09:30.")},
    forms.EmailField: {"invalid": _("Enter an email address, such as name@example.org.")},
    forms.URLField: {"invalid": _("Enter an address that begins with https://.")},
}
for _field, _sentences in _OF_FIELDS.items():
    # A kind of field without sentences of its own has those of its parent.
    _own = vars(_field).get("default_error_messages", {})
    _field.default_error_messages = {**_own, **_sentences}
