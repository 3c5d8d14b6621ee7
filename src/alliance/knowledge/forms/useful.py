"""The smallest change of use to a reader, asked for in the address of a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.evidence.selectors.outlook import Useful
from alliance.writing.forms.numbers import parse_number

MOST = 1e12


@dataclass(frozen=True)
class UsefulAsked:
    """What was asked, as it was written, for the measure `of`.

    `useful` is None where nothing was asked, and where `fault` says why that cannot be.
    """

    of: str
    text: str
    useful: Useful | None
    fault: str


def useful_asked(of: str, text: str) -> UsefulAsked:
    """The size that `text` means in the language of the page; a fault is told, never raised."""
    try:
        number = parse_number(text, get_language() or "en")
    except ValidationError as error:
        return UsefulAsked(of, text, None, " ".join(error.messages))
    if number is None:
        return UsefulAsked(of, "", None, "")
    size = float(number)
    if not 0 < size <= MOST:
        return UsefulAsked(of, text, None, _("Enter a size above 0, without a plus or minus sign."))
    return UsefulAsked(of, text, Useful(of, size), "")
