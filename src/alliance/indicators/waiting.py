"""Tasks in the indicators: responses of publishers that were read by recipe."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.files.uploads import UploadState
from alliance.core.waiting import Asked, Provider, Turn, Waiting
from alliance.indicators.models import PublisherReading
from alliance.network.localise import by_language


def _answers(asked: Asked) -> Iterator[Waiting]:
    """In one query, for the secretariat only."""
    if not asked.has_role(NetworkRole.SECRETARIAT):
        return
    rows = PublisherReading.objects.filter(figure_file__state=UploadState.READY)
    rows = rows.exclude(recipe=None).select_related("recipe__definition__indicator", "figure_file")
    for row in rows:
        assert row.recipe is not None and row.figure_file is not None
        yield Waiting(
            kind="figures-read",
            public_id=row.public_id,
            turn=Turn(role=NetworkRole.SECRETARIAT),
            since=row.at,
            route="entering:file",
            args=(row.figure_file.public_id,),
            titles=by_language(row.recipe.definition.indicator, "name"),
        )


PROVIDERS = (
    Provider(
        {"figures-read": _("Import figures from a publisher")},
        _answers,
        roles={"figures-read": NetworkRole.SECRETARIAT},
    ),
)
