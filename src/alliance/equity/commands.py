"""`alliance import areas`: small areas from the files of their publishers."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("areas")
@click.argument("kind", type=click.Choice(["deso", "iris"]))
@click.option("--team", required=True, help="The id of the municipality whose city it is.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the publishers’ files are; without it they are asked for over the network.",
)
def import_areas(kind: str, team: str, folder: Path | None) -> None:
    """Import the DeSO or IRIS areas of a city with people and income, by recipe."""
    from alliance.accounts.enums import NetworkRole
    from alliance.core import clock
    from alliance.core.audit import Actor
    from alliance.equity.services.official import load_areas
    from alliance.indicators.connectors.asking import Asker, PublisherSilent
    from alliance.network.models import Organisation

    organisation = Organisation.objects.filter(public_id=team, city__isnull=False).first()
    if organisation is None:
        raise click.BadParameter(f"no team of a city is called {team}", param_hint="--team")
    actor = Actor("command line", roles=frozenset({NetworkRole.SECRETARIAT}), is_system=True)
    asker = Asker("SCB" if kind == "deso" else "Insee", report=click.echo)
    try:
        load_areas(
            kind, organisation, folder=folder, asker=asker, actor=actor, at=clock.now(),
            report=click.echo,
        )  # fmt: skip
    except PublisherSilent as error:
        raise click.ClickException(str(error)) from error
