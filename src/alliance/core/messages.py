"""The messages of faults that any app may raise."""

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
            "Enter the address. If the source is not online, describe what you read there instead."
        ),
        "no-currency": _("Choose the currency."),
        "no-number": _("Enter a number."),
    },
    wrong={
        # Messages of Django or a library.
        "said": "%(text)s",
        "not-one-of": _("“%(value)s” cannot be used. Choose from: %(allowed)s."),
        "not-allowed": _("Choose from: %(allowed)s."),
        "unknown": _("“%(value)s” is not in the list."),
        "given-twice": _("“%(value)s” appears twice."),
        "key-repeated": _("This appears more than once."),
        "too-many": _("Too many entries. Keep at most %(most)s."),
        # Shapes
        "unknown-field": _("This field does not exist."),
        "not-text": _("Enter text."),
        "not-whole": _("Enter a whole number."),
        "not-a-number": _("Enter a number."),
        "not-yes-or-no": _("Enter true or false."),
        "not-a-list": _("Provide a list."),
        "not-an-object": _("Provide an object."),
        "not-a-day": _("Enter a date such as 2026-05-31."),
        "not-a-time": _("Enter a date and time with a UTC offset, such as 2026-01-31T12:00:00Z."),
        "unreadable": _("This value cannot be read."),
        "below": _("Enter at least %(least)s."),
        "above": _("Enter at most %(most)s."),
        "not-between": _("Enter a number from %(low)s to %(high)s."),
        # Texts
        "too-long": _("The text is %(n)s characters long. The limit is %(most)s."),
        "longer-than": _("The text is longer than %(most)s characters."),
        "markup": _("The text contains HTML or a script. Enter plain text."),
        "control-characters": _("The text contains invisible control characters. Remove them."),
        "line-break": _("Write this on one line, without line breaks."),
        "turns-direction": _(
            "The text contains a character (%(sign)s) that reverses the text direction. Remove it."
        ),
        "nul": _("The text contains the character NUL. Remove it."),
        "half-letter": _("The text contains half a character (a lone surrogate). Remove it."),
        "not-an-id": _(
            "“%(value)s” is not a valid id. Use 2 to 80 lower-case letters, digits and hyphens."
        ),
        # Addresses, money
        "not-an-address": _("“%(value)s” is not a valid address."),
        "not-a-web-address": _("“%(value)s” does not begin with https:// or http://."),
        "long-address": _("The address is longer than %(most)s characters."),
        "not-a-currency": _("“%(value)s” is not a currency in the list."),
        "decimals": _("An amount in %(currency)s can have at most %(n)s decimals."),
        "amount-too-large": _("The amount is too large."),
        # Files
        "no-file": _("The file is missing or empty."),
        "upload-again": _("The time limit has passed. Upload the file again."),
        "not-ready": _("The file is not ready to be imported yet."),
        "large-file": _("The file is larger than %(n)s MB."),
        "not-json": _("The file is not valid JSON in UTF-8: %(why)s"),
        "not-utf-8": _("The file is not in UTF-8 (line %(line)s). Save it as CSV UTF-8."),
        "not-a-text": _("This is not a CSV file: it contains characters that are not text."),
        "broken-csv": _(
            "This is not a valid CSV file (line %(line)s): a quotation mark is not "
            "closed, or a cell is too long."
        ),
        "not-a-workbook": _("This is an office file but not an Excel workbook."),
        "damaged-workbook": _("The workbook is damaged."),
        "no-result": _(
            "This is a formula without a saved result. Open the file and save it again."
        ),
        "file-of-many-rows": _(
            "The file has more than %(most)s rows. Split it into several files."
        ),
        "file-of-many-columns": _(
            "The file has more than %(most)s columns. Keep only those you need."
        ),
        "file-of-many-cells": _(
            "The file has more than %(most)s cells. Delete rows and columns you do not "
            "need, including empty ones with formatting, or split it into several files."
        ),
        "file-of-much-text": _(
            "The file contains more than %(most)s MB of text. Split it into several files."
        ),
        "file-takes-memory": _(
            "Reading the file takes more than %(most)s MB of memory. Save it as CSV or "
            "split it into several files."
        ),
        "file-takes-time": _(
            "The file takes more than %(most)s seconds to read. Save it as CSV or split it into "
            "several files."
        ),
        "in-use": _("In use. First stop the server, the workers and all other commands."),
        # Tables
        "many-rows": _("The table has more than %(n)s rows."),
        "no-rows": _("The table has no rows."),
        "column-twice": _("This column appears twice in the header."),
        "unknown-column": _("This column does not exist."),
        "more-cells": _("The row has more cells than the header."),
        "in-row": _("“%(value)s” is also in row %(row)s."),
        "day-for-number": _("This is a date, not a number. Excel may have converted it."),
        "two-numbers": _(
            "“%(value)s” could be two numbers. Enter it without thousands separators."
        ),
        "not-a-year": _("Enter a year from %(first)s to %(last)s, not %(value)s."),
        "more-cells-at-fault": _("%(n)s more cells contain errors."),
        "no-such-number": _("“%(value)s” is not a number."),
        "no-whole-number": _("“%(value)s” is not a whole number."),
        "no-such-day": _("Enter a date such as 2026-05-31, not “%(value)s”."),
        # Archives
        "damaged-archive": _("The office file or archive is damaged."),
        "archive-of-many": _("The archive contains more than %(n)s files."),
        "archive-outside": _(
            "The archive contains files that would be extracted outside its folder."
        ),
        "archive-password": _("The archive has a password. Save it without a password."),
        "macros": _("The office file contains macros. Save it without macros."),
        "file-in-file": _("The office file contains another file. Remove it and save again."),
        "archive-bomb": _("The file becomes far too large when unpacked."),
    },
)

_LISTED = _("“%(value)s” is not one of the options. Choose one from the list.")
_NUMBER = _("Enter a number in digits, such as 12 or 0.5.")
#: What fields say themselves: Django's own sentences do not say what to do.
_OF_FIELDS: Mapping[type[forms.Field], Mapping[str, Any]] = {
    forms.Field: {"required": SENTENCES["missing"]},
    forms.CharField: {"max_length": TOO_LONG},
    forms.ChoiceField: {"required": SENTENCES["not-chosen"], "invalid_choice": _LISTED},
    forms.MultipleChoiceField: {
        "required": _("Choose at least one option."),
        "invalid_choice": _LISTED,
        "invalid_list": _("Choose from the list."),
    },
    forms.ModelChoiceField: {
        "required": SENTENCES["not-chosen"],
        "invalid_choice": _("This option is no longer available. Choose one from the list."),
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
