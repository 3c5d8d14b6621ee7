"""The command for archives: the published network as a folder."""

from __future__ import annotations

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path
from types import FrameType

import click

from alliance.core.progress import progress


@click.group()
def archive() -> None:
    """The whole published network as a folder that opens without a server."""


@archive.command("build")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=lambda: os.cpu_count() or 1,
    help="How many pages are made at a time. Default: as many as there are processors.",
)
def build(folder: Path, processes: int) -> None:
    """Write everything that is public to FOLDER, replacing an archive there.

    The folder is replaced once the new one is complete.
    """
    signal.signal(signal.SIGTERM, _end)
    # Each page is requested once.
    os.environ["ALLIANCE_PAGE_CACHE_MB"] = "0"
    os.environ.setdefault("ALLIANCE_LOG_LEVEL", "ERROR")
    import django

    django.setup()
    from alliance.core import clock
    from alliance.opendata.archive.build import build as run
    from alliance.search import offline
    from alliance.search.store import store

    # Loaded once, before the processes are forked.
    store.current(at=clock.now())
    with progress(1, "pages") as bar:

        def show_progress(done: int, known: int) -> None:
            bar.length = known
            bar.update(done - bar.pos)

        built = run(
            folder,
            offline.addresses(),
            offline.script_files,
            processes=processes,
            progress=show_progress,
        )
    for address, status in built.faults:
        click.echo(f"{address} was answered with {status}", err=True)
    click.echo(f"{folder}: {built.pages:,} pages, {built.files:,} files")
    click.echo(f"Sum of SHA256SUMS: {built.digest}")
    if any(status >= 500 for _address, status in built.faults):
        sys.exit(1)


def _end(number: int, frame: FrameType | None) -> None:
    raise click.ClickException("The build was ended. What was there before stays.")


@archive.command("verify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--key", default="", help="The key of the network that it must come from.")
def verify(folder: Path, key: str) -> None:
    """List each file of an archive that is missing, has changed, or does not belong there.

    Prints the key that signed it; refuses an archive signed with another key than --key.
    """
    import django

    django.setup()
    from alliance.opendata.archive.verify import faults_of, signer, sums_of

    sums = sums_of(folder)
    signed_by = signer(folder, key)
    faults = list(faults_of(folder))
    for fault in faults:
        click.echo(str(fault))
    if faults:
        raise click.ClickException("This is not the archive that was made. Copy it again.")
    click.echo(f"{folder}: {len(sums):,} files are as they were written.")
    click.echo(f"Signed by {signed_by}")


@archive.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--key", required=True, help="The key of the network that it must come from.")
@click.option("--check", is_flag=True, help="Only say what would happen.")
def import_(folder: Path, key: str, check: bool) -> None:
    """Import the cases of an archive: all or none, after verifying every file of it.

    Their cities, measures and units must exist here; missing solutions are imported too. A second
    run changes nothing, and local changes stay.
    """
    import django

    django.setup()
    from alliance.core import clock
    from alliance.core.errors import refuse
    from alliance.opendata.archive.verify import FACTS, faults_of, signer
    from alliance.opendata.upstream_records import bring_solutions, licences_of
    from alliance.writing.commands import write
    from alliance.writing.imports import cases_of, rows_of_download

    signer(folder, key)
    refuse(list(faults_of(folder)))
    tables = folder / "data"
    rows = rows_of_download(tables / "cases.json")
    licences = licences_of(rows)
    network = str(json.loads((folder / FACTS).read_bytes())["network"])
    bring = partial(bring_solutions, tables=tables, network=network, at=clock.now())
    write(cases_of(rows), check=check, keep_ours=True, licences=licences, bring=bring)
