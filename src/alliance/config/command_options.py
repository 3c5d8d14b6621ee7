"""Options that the commands on plain files share."""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LEVEL = click.FloatRange(0, 1, min_open=True, max_open=True)
FORM = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"], case_sensitive=False),
    default="table",
    show_default=True,
)
