"""Commands for the starter network."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def starter() -> None:
    """The network that ships: load it, or check the files of another one."""
    import django

    django.setup()


_folder = click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)


@starter.command("load")
@_folder
def load(folder: Path | None) -> None:
    """Load the starter network, or that in FOLDER: all or nothing, as often as you like.

    A second load changes nothing, and what people have edited stays as they left it.
    """
    from alliance.core import audit, clock
    from alliance.core.progress import progress
    from alliance.starter.load import check_folder, load_starter

    checked = check_folder(folder)
    with progress(len(checked[1].figures), "figures") as bar:
        report = load_starter(
            at=clock.now(), actor=audit.STARTER, counted=bar.update, checked=checked
        )
    click.echo(str(report))


@starter.command("check")
@_folder
def check(folder: Path | None) -> None:
    """Check the starter files against every rule without loading them."""
    from alliance.starter.load import check_starter

    check_starter(folder)
    click.echo("The starter files keep every rule.")


@starter.command("remove")
@click.option("--yes", is_flag=True, help="Remove it; without, only say what would go.")
def remove(yes: bool) -> None:
    """Take starter content away again; what people changed or use stays.

    Cases, methods, solutions, organisations and cities go that nobody has changed and nothing of
    people's points to. Figures with their indicators and cities stay, and so do topic groups.
    """
    from alliance.core import clock
    from alliance.starter.remove import remove_starter

    click.echo(str(remove_starter(at=clock.now(), keep=not yes)))
    if not yes:
        click.echo("Nothing was removed. Make a backup, then run this again with --yes.")
