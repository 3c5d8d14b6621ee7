"""The filters of the list of methods, as they stand in its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.cases.enums import CostLevel, Iap2Level, Mode, Topic
from alliance.core.errors import Fault, refuse
from alliance.network.text_checks import choice_faults
from alliance.web.formatting import colon, number

MAX_GROUP = 100_000_000

#: The name of each parameter as the form shows it.
FIELD_NAMES: dict[str, Promise] = {
    "topic": gettext_lazy("Topic"),
    "group": gettext_lazy("Number of people"),
    "iap2": gettext_lazy("Level of influence (IAP2)"),
    "cost": gettext_lazy("Cost"),
    "mode": gettext_lazy("Meeting format"),
}


class Query(Protocol):
    """The part of Django's QueryDict that is read here."""

    def getlist(self, key: str) -> Sequence[str]: ...


@dataclass(frozen=True)
class MethodFilter:
    """What to list: methods for `group` people, of any of these cost levels, and so on.

    None and an empty tuple mean that the filter is not set.
    """

    group: int | None = None
    cost: tuple[str, ...] = ()
    iap2: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether anything is filtered at all."""
        return self != MethodFilter()

    @property
    def query(self) -> str:
        """The filter as the query of an address, `?group=30&cost=low`; empty if none is set."""
        parameters: list[tuple[str, str]] = (
            [] if self.group is None else [("group", str(self.group))]
        )
        parameters += [(name, code) for name in _CHOICES for code in getattr(self, name)]
        return f"?{urlencode(parameters)}" if parameters else ""

    def with_only(self, name: str, codes: tuple[str, ...]) -> MethodFilter:
        """The filter with other codes for one of its parameters."""
        changes: dict[str, Any] = {name: codes}
        return replace(self, **changes)

    def chosen(self) -> list[tuple[str, str]]:
        """What is filtered, in words, each with the query that takes just that away."""
        filters = []
        if self.group is not None:
            words = _("%(number)s people") % {"number": number(self.group)}
            filters.append((words, replace(self, group=None).query))
        for name, choices in _CHOICES.items():
            codes: tuple[str, ...] = getattr(self, name)
            for code in codes:
                words = f"{FIELD_NAMES[name]}{colon()} {choices(code).label}"
                others = tuple(other for other in codes if other != code)
                filters.append((words, self.with_only(name, others).query))
        return filters


_CHOICES: Mapping[str, type[TextChoices]] = {
    "topic": Topic,
    "iap2": Iap2Level,
    "cost": CostLevel,
    "mode": Mode,
}


def _codes_of(name: str) -> tuple[str, ...]:
    """What a parameter may be. A method for both modes is found by either, so "both" is none."""
    return tuple(code for code in _CHOICES[name].values if code != Mode.BOTH)


def _group(values: Sequence[str], faults: list[Fault]) -> int | None:
    text = values[-1].strip() if values else ""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= MAX_GROUP):
        faults.append(Fault("group", "not-a-group", {"value": text, "most": MAX_GROUP}))
        return None
    return int(text)


def _codes(name: str, values: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(text for text in values if text))
    for text in wanted:
        if text not in _codes_of(name):
            faults += choice_faults(name, text, _codes_of(name))
    return wanted


def read_method_filter(query: Query) -> MethodFilter:
    """The filter of an address: `?group=30&cost=low&cost=medium&iap2=involve&mode=online`.

    Raises InvalidData naming each parameter and the rule it breaks.
    """
    faults: list[Fault] = []
    wanted = MethodFilter(
        group=_group(query.getlist("group"), faults),
        topic=_codes("topic", query.getlist("topic"), faults),
        cost=_codes("cost", query.getlist("cost"), faults),
        iap2=_codes("iap2", query.getlist("iap2"), faults),
        mode=_codes("mode", query.getlist("mode"), faults),
    )
    refuse(faults)
    return wanted
