"""The addresses that pilots cite in what everybody reads of them."""

from __future__ import annotations

from collections.abc import Iterable

from alliance.testbeds.models import Pilot, PilotNote, Protocol
from alliance.testbeds.rules import PUBLIC
from alliance.web.narrative import addresses_in


def addresses() -> Iterable[str]:
    """Those of registered plans, and of notes while a pilot ran."""
    shown = {"pilot__state__in": [one.value for one in PUBLIC]}
    for model, field in ((Protocol, "document"), (PilotNote, "text")):
        rows = model._default_manager.filter(**shown, **{f"{field}__contains": "://"})
        for text in rows.values_list(field, flat=True).iterator():
            yield from addresses_in(text)


def texts_of(pilot: Pilot) -> list[str]:
    """Those texts of one pilot, as its page shows them."""
    return [one.document for one in pilot.protocols.all()] + [one.text for one in pilot.notes.all()]
