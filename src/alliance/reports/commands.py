"""The command that makes a brief without a server."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("kind", type=click.Choice(["case", "solution"]))
@click.argument("public_id", metavar="ID")
@click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "fr", "sv"]),
    default="en",
    show_default=True,
    help="Language of the page.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write; - for standard output. Default: ID-LANG.pdf in this folder.",
)
def brief(kind: str, public_id: str, language: str, output: Path | None) -> None:
    """Make the one-page brief of a published case or solution as PDF."""
    import django

    django.setup()
    from alliance.reports.services.briefs import compose

    edition, content = compose(None, kind, public_id, language)
    if output == Path("-"):
        sys.stdout.buffer.write(content)
        return
    path = output or Path(edition.file_name)
    path.write_bytes(content)
    click.echo(f"{path} ({len(content) / 1000:.0f} kB)")
