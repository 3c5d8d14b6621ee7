"""The faults of a draft in the language of the page, each with the field where it is mended.

The rules tell their faults in English (`alliance.knowledge.validation`, `draft_checks`,
`core.text`, `core.money`). Here each of those sentences has its pattern and a sentence in the words
of an editor; `tests/unit/knowledge/test_writing_fault_texts.py` fails for a rule that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Fault
from alliance.knowledge.forms.numbers import written
from alliance.knowledge.forms.steps import FieldAt, field_at

_Q = r"(?:'(?P<x>.*)'|\"(?P<y>.*)\")"

#: What is not there yet: (pattern of the English rule, sentence).
_MISSING: tuple[tuple[str, Promise], ...] = (
    (r"'' is not one of .*", _("Choose one.")),
    (r"unknown (?:measure|unit|solution) ''", _("Choose one.")),
    (r"is missing", _("This is missing.")),
    (r"no text is given", _("Write at least a title and a summary.")),
    (
        r"the text in the original language .* is missing",
        _("The text in the language of the case is missing."),
    ),
    (r"'' is not an ISO 3166-1 country code.*", _("Choose a country or a city of the list.")),
    (r"'' is not an ISO 4217 currency code.*", _("Choose the currency.")),
    (r"'' is not an http or https address", _("The address is missing.")),
    (r"a published case needs at least one source", _("Name at least one source.")),
    (r"is not a finite number", _("A number is missing.")),
)
#: What is there and breaks a rule. A name in the pattern fills the same one in the sentence; `x`
#: is what was given.
_WRONG: tuple[tuple[str, Promise], ...] = (
    (
        r"is missing while (?:high|low) is given; give both or neither",
        _("Give both ends of the interval, or neither."),
    ),
    (rf"{_Q} is not one of .*", _("“%(x)s” is not in the list.")),
    (rf"unknown (?:measure|unit|solution|city) {_Q}", _("“%(x)s” is not in the list.")),
    (
        r"(?P<x>\d+) is not a year from (?P<first>\d+) to (?P<last>\d+)",
        _("%(x)s is not a year from %(first)s to %(last)s."),
    ),
    (
        r"(?P<x>\d+) lies ahead of this year, (?P<now>\d+); .*",
        _("%(x)s lies ahead of this year, %(now)s: only what has happened is recorded."),
    ),
    (
        r"ends in (?P<end>\d+), before it starts in (?P<start>\d+)",
        _("It ends in %(end)s, before it starts in %(start)s."),
    ),
    (
        r"holds (?P<x>U\+\w+), which turns the direction of the text around; plain text only",
        _("The text holds a sign (%(x)s) that turns its direction around. Take it out."),
    ),
    (
        r"holds HTML or a script; plain text only",
        _("The text holds HTML or a script. Write plain text."),
    ),
    (
        r"holds control characters; plain text only",
        _("The text holds invisible control characters. Take them out."),
    ),
    (
        r"is (?P<x>[\d,]+) characters long; at most (?P<most>[\d,]+)",
        _("The text is %(x)s characters long; at most %(most)s are taken."),
    ),
    (r"is longer than 500 characters", _("The address is longer than 500 characters.")),
    (rf"{_Q} is not an ISO 3166-1 country code.*", _("“%(x)s” is not a country of the list.")),
    (rf"{_Q} is not an ISO 4217 currency code.*", _("“%(x)s” is not a currency of the list.")),
    (r"must be a number of at least 0", _("This must not be below 0.")),
    (
        r"amount .*: (?P<currency>[A-Z]{3}) has at most (?P<n>\d+) decimals",
        _("An amount in %(currency)s has at most %(n)s decimals."),
    ),
    (r"amount .*: not a (?:finite )?number", _("A number is missing.")),
    (r"amount .*: out of range", _("The amount is too large.")),
    (r"(?P<x>\S+) is above the value (?P<value>\S+)", _("%(x)s is above the value, %(value)s.")),
    (r"(?P<x>\S+) is below the value (?P<value>\S+)", _("%(x)s is below the value, %(value)s.")),
    (r"(?P<x>\S+) is outside ±(?P<most>\d+)", _("%(x)s lies beyond ±%(most)s degrees.")),
    (
        r"has the measure, unit, qualifier, period and design of effects\[(?P<row>\d+)\]; .*",
        _(
            "This says the same as row %(row)s: measure, unit, part, years and design. Tell each "
            "result once, or say in “Which part” how the two differ."
        ),
    ),
    (
        r"must be above 0; leave it out where it is not known",
        _("This must be above 0. Leave it empty if it is not known."),
    ),
    (
        r"must be at least 1; leave it out where it is not known",
        _("This must be at least 1. Leave it empty if it is not known."),
    ),
    (rf"{_Q} is not an address", _("“%(x)s” is not an address.")),
    (
        rf"{_Q} is not an http or https address",
        _("“%(x)s” does not begin with https:// or http://."),
    ),
    (rf"{_Q} is given twice", _("“%(x)s” is given twice.")),
    (r"names a code twice", _("One of these is given twice.")),
    (rf"{_Q} is not an SDG target such as .*", _("“%(x)s” is not an SDG target such as 11.2.")),
    (
        rf"{_Q} is not lower-case letters, digits and hyphens, 2 to 80 long",
        _("“%(x)s” is not an id."),
    ),
    (
        r"only a case that did not work, or in part, may be masked",
        _("Only a case that did not work, or in part, may hide its city."),
    ),
    (
        r"a published version names its city, which cannot be hidden any more",
        _("A published version of this case names its city, so it cannot be hidden any more."),
    ),
    (
        r"a masked case names its city to the secretariat",
        _("A case that hides its city must name it here, from the list."),
    ),
    (
        r"names (?P<x>.*), which is to be hidden",
        _("The text names “%(x)s”, which is to be hidden."),
    ),
    (
        r"a masked case names no case that it was adapted from",
        _("A case that hides its city names no case that it was adapted from."),
    ),
    (
        rf"{_Q} is not another (?:published|known) case",
        _("“%(x)s” is not another published case."),
    ),
    (
        r"was changed by others since this draft began; take that over first",
        _("The case was changed by others since this draft began. Take that over first."),
    ),
    (
        r"a case has a known solution or a new one",
        _("Choose a solution of the list or describe a new one, not both."),
    ),
    (
        r"is larger than (?P<most>[\d,]+) characters",
        _("The case is larger than %(most)s characters."),
    ),
    (
        r"holds more than (?P<most>\d+) entries",
        _("There are more than %(most)s entries."),
    ),
)
_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), sentence, is_missing)
    for sentences, is_missing in ((_MISSING, True), (_WRONG, False))
    for pattern, sentence in sentences
)
#: Counted from nought in a rule, from one by people.
_FROM_NOUGHT = frozenset({"row"})
_NUMBERS = frozenset({"value", "x"})


@dataclass(frozen=True)
class DraftFault:
    """One fault. `is_missing`: nothing is there yet; else what is there breaks a rule.

    `english` is True where the sentence could only be told in English.
    """

    at: FieldAt
    sentence: str
    is_missing: bool
    english: bool = False


def _filled(found: Mapping[str, str | None], language: str) -> dict[str, str]:
    values = {name: text for name, text in found.items() if text is not None}
    if "y" in values:
        values["x"] = values.pop("y")
    told = {}
    for name, text in values.items():
        if name in _FROM_NOUGHT:
            told[name] = str(int(text) + 1)
        elif name in _NUMBERS and re.fullmatch(r"-?\d+\.\d+(e-?\d+)?", text):
            told[name] = written(float(text), language)
        else:
            told[name] = text
    return told


def sentence_of(rule: str, language: str) -> tuple[str, bool] | None:
    """(sentence in the active language, whether something is missing) of an English rule.

    None for a rule that no pattern knows.
    """
    for pattern, sentence, is_missing in _PATTERNS:
        found = pattern.fullmatch(rule)
        if found:
            return str(sentence) % _filled(found.groupdict(), language), is_missing
    return None


def fault_texts(
    faults: Iterable[Fault], *, document: Mapping[str, Any], text_language: str
) -> tuple[DraftFault, ...]:
    """The faults in words, in the order of the steps that mend them, each field told once."""
    language = (get_language() or "en")[:2]
    told: dict[tuple[str, str, str], DraftFault] = {}
    for fault in faults:
        at = field_at(fault.where, document=document, text_language=text_language)
        found = sentence_of(fault.rule, language)
        sentence, is_missing = found or (fault.rule, False)
        one = DraftFault(at, sentence, is_missing, english=found is None)
        # A place without a name has no country either: one sentence is enough.
        key = (at.step, at.field, "missing" if is_missing and at.field == "city" else sentence)
        told.setdefault(key, one)
    return tuple(told.values())
