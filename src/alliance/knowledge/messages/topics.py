"""What each of the network's topics is, and what the cities want from it, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.knowledge.enums import Topic


@dataclass(frozen=True)
class TopicText:
    """A topic in words. `wanted` are the results that the network's brochure names for it."""

    name: str | Promise
    lead: Promise
    wanted: tuple[Promise, ...]


_TEXTS: dict[str, tuple[Promise, tuple[Promise, ...]]] = {
    Topic.INNOVATION_GATEWAYS: (
        _(
            "How a city lets new solutions in and tries them out: living labs, test districts, "
            "procurement that asks for something new."
        ),
        (
            _("innovation gateways described"),
            _("case studies that were tested in cities"),
            _("a report of best practices"),
        ),
    ),
    Topic.EQUITY: (
        _("Who gains and who pays when a city becomes greener, and how to share both fairly."),
        (
            _("a concept of sustainability with people at its centre"),
            _("methods for justice that cities have tested"),
        ),
    ),
    Topic.INDICATORS: (
        _("How a city knows where it stands, and whether it is moving."),
        (
            _("one common set of indicators"),
            _("an answer to where cities lead and where they must do more"),
        ),
    ),
    Topic.ENGAGING_CITIZENS: (
        _("How residents are told, asked and given a say, and how their habits change."),
        (_("methods for engaging citizens, identified and evaluated"),),
    ),
}


def topic_text(code: str) -> TopicText:
    """The words of a topic. Raises KeyError for a code that is no topic."""
    lead, wanted = _TEXTS[code]
    return TopicText(Topic(code).label, lead, wanted)
