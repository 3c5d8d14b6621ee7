"""The web addresses cited in the public texts of pilots."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from alliance.knowledge.sources import Citing
from alliance.testbeds.models import Pilot, PilotNote, Protocol
from alliance.testbeds.rules import PUBLIC
from alliance.web.narrative import addresses_in


def _texts() -> Iterable[tuple[str, str, str, str]]:
    """Registered plans and public notes, with id, language and title of the pilot."""
    shown = {"pilot__state__in": [state.value for state in PUBLIC]}
    plans, notes = (
        model._default_manager.filter(**shown, **{f"{field}__contains": "://"})
        .order_by()
        .values_list("pilot__public_id", "pilot__language", "pilot__title", field)
        for model, field in ((Protocol, "document"), (PilotNote, "text"))
    )
    return plans.union(notes, all=True)


def addresses(among: Collection[str] | None = None) -> Iterable[str]:
    """The addresses in registered plans and public notes. One query."""
    for *_pilot, text in _texts():
        yield from addresses_in(text)


def citing(urls: Collection[str], teams: Collection[str] | None = None) -> Iterator[Citing]:
    """The pilots that cite these addresses; empty for teams, since registered texts cannot be
    changed and the page marks dead links. At most one query.
    """
    citations = {
        (url, public_id): {language: title}
        for public_id, language, title, text in (_texts() if teams is None else ())
        for url in addresses_in(text)
        if url in urls
    }
    for (url, public_id), titles in sorted(citations.items()):
        yield Citing(
            url=url,
            route="testbeds:pilot",
            args=(public_id,),
            titles=titles,
            copy_route="testbeds:pilot-copy",
        )


def texts_of(pilot: Pilot) -> list[str]:
    """The texts of a pilot that may cite addresses."""
    return [protocol.document for protocol in pilot.protocols.all()] + [
        note.text for note in pilot.notes.all()
    ]
