"""The command that takes cases over from another installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alliance.core.progress import counting, progress

if TYPE_CHECKING:
    from alliance.writing.imports import Case


@click.command("cases")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what would happen.")
@click.option("--keep-ours", is_flag=True, help="Leave cases that somebody here has changed.")
def import_cases(file: Path, check: bool, keep_ours: bool) -> None:
    """Take over the cases of a JSON download of this or another installation.

    Their solutions, cities, measures and units must be here. A second time changes nothing.
    """
    from alliance.writing.imports import read_cases

    write(read_cases(file), check=check, keep_ours=keep_ours)


def write(cases: list[Case], *, check: bool, **how: Any) -> None:
    """Import cases as `import_cases` of `imports` does, and say what became of them."""
    from alliance.core import audit, clock
    from alliance.writing.imports import import_cases as run

    with progress(len(cases), "cases") as bar:
        done = run(
            cases,
            actor=audit.COMMAND_LINE,
            at=clock.now(),
            counted=counting(bar),
            check_only=check,
            **how,
        )
    click.echo(
        f"{done.created} new, {done.updated} changed, {done.unchanged} the same"
        + (f", {done.left_out} left out (their city is hidden)" if done.left_out else "")
        + (f", {len(done.ours)} kept as they are here" if done.ours else "")
        + (" (nothing was written)" if check else "")
    )
    if done.brought:
        click.echo(f"New solutions: {', '.join(done.brought)}")
    for public_id in done.ours:
        click.echo(f"{public_id} differs and stays as it is here")
