"""The command that exports tables."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from alliance.core.progress import counting, progress
from alliance.opendata.names import FORMATS, TABLES

EVERYTHING = "everything"


@click.command("export")
@click.argument("table", type=click.Choice([*TABLES, EVERYTHING]))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: from the name of the file, else csv. Everything is always a ZIP archive.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write. Default: a name with the table and the day.",
)
@click.option(
    "--lang",
    type=click.Choice(["en", "fr", "sv"]),
    default="en",
    show_default=True,
    help="Language of what the file says of itself; the data hold all languages.",
)
def export(table: str, form: str | None, output: Path | None, lang: str) -> None:
    """Write a table, or all tables, to a file, as the downloads of the site do.

    The file replaces an existing one only when it is complete.
    """
    import django

    django.setup()
    from alliance.core import clock
    from alliance.opendata.write import chunks_of, count_rows, file_name

    form = _form(table, form, output)
    output = output or Path(file_name(table, form, clock.today()))
    if not output.parent.is_dir():
        raise click.BadParameter(f"there is no folder {output.parent}", param_hint="--output")
    bar = progress(count_rows(table), table)
    with bar, _whole_file(output) as file:
        counted = counting(bar)
        for chunk in chunks_of(table, form, lang, counted):
            file.write(chunk)
    click.echo(f"{output} ({output.stat().st_size / 1e3:,.0f} kB)")


def _form(table: str, form: str | None, output: Path | None) -> str:
    if table == EVERYTHING:
        if form:
            raise click.BadParameter("everything is always a ZIP archive", param_hint="--format")
        return "zip"
    ending = output.suffix.lstrip(".").lower() if output else ""
    return form or (ending if ending in FORMATS else "csv")


@contextmanager
def _whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that replaces the target only when it is complete, with the permissions of a new
    file."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
