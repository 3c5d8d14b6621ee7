"""The filters of the list of methods, as they stand in its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.errors import Fault, InvalidData
from alliance.knowledge.enums import CostLevel, Iap2Level, Mode
from alliance.web.formatting import number

MAX_GROUP = 100_000_000

#: The name of each parameter as the form shows it.
FIELD_NAMES: dict[str, Promise] = {
    "group": gettext_lazy("Number of people"),
    "iap2": gettext_lazy("Level of influence (IAP2)"),
    "cost": gettext_lazy("Cost"),
    "mode": gettext_lazy("How people meet"),
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

    @property
    def is_set(self) -> bool:
        return self != MethodFilter()


_CHOICES: Mapping[str, Sequence[str]] = {
    "cost": CostLevel.values,
    "iap2": Iap2Level.values,
    "mode": (Mode.IN_PERSON.value, Mode.ONLINE.value),
}


def _group(given: Sequence[str], faults: list[Fault]) -> int | None:
    text = given[-1].strip() if given else ""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= MAX_GROUP):
        faults.append(
            Fault(
                "group",
                _("“%(value)s” is not a whole number of people from 1 to %(most)s")
                % {"value": text[:40], "most": number(MAX_GROUP)},
            )
        )
        return None
    return int(text)


def _codes(name: str, given: Sequence[str], faults: list[Fault]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(text for text in given if text))
    for text in wanted:
        if text not in _CHOICES[name]:
            faults.append(
                Fault(
                    name,
                    _("“%(value)s” is none of %(choices)s")
                    % {"value": text[:40], "choices": ", ".join(_CHOICES[name])},
                )
            )
    return wanted


def read_method_filter(query: Query) -> MethodFilter:
    """The filter of an address: `?group=30&cost=low&cost=medium&iap2=involve&mode=online`.

    Raises InvalidData naming each parameter and the rule it breaks.
    """
    faults: list[Fault] = []
    wanted = MethodFilter(
        group=_group(query.getlist("group"), faults),
        cost=_codes("cost", query.getlist("cost"), faults),
        iap2=_codes("iap2", query.getlist("iap2"), faults),
        mode=_codes("mode", query.getlist("mode"), faults),
    )
    if faults:
        raise InvalidData(faults)
    return wanted
