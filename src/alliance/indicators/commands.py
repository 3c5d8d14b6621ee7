"""Commands for releases of the indicators."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from alliance.indicators.models import Release


@click.group()
def release() -> None:
    """Releases of the indicators: make, look at and verify them."""
    import django

    django.setup()


@release.command("make")
@click.option("--year", type=int, help="Year the scores are about. Default: the best covered one.")
@click.option("--as-of", help="Day or moment of knowledge, such as 2026-06-30. Default: now.")
@click.option("--name", default="", help="Name shown. Default: the year and the day.")
@click.option("--draws", default=1_000, show_default=True, help="Draws of the uncertainty.")
@click.option("--seed", default=1, show_default=True, help="Start of the random numbers.")
def make(year: int | None, as_of: str | None, name: str, draws: int, seed: int) -> None:
    """Freeze the data, compute the scores and publish them, here and now."""
    from alliance.core import audit, clock
    from alliance.indicators import services
    from alliance.indicators.as_of import moment_of

    now = clock.now()
    started = services.start_release(
        actor=audit.COMMAND_LINE,
        at=now,
        year=year,
        as_of=moment_of(as_of, now=now),
        name=name,
        draws=draws,
        seed=seed,
        by_worker=False,
    )
    made = services.make_release(started.public_id, at=now, report=_progress())
    _clear()
    click.echo(_line(made))


@release.command("list")
def list_releases() -> None:
    """Show all releases, the newest first."""
    from alliance.indicators.models import Release

    releases = list(Release.objects.all())
    for indicator_release in releases:
        click.echo(_line(indicator_release))
    if not releases:
        click.echo("No releases.")


@release.command("show")
@click.argument("public_id", metavar="ID")
def show(public_id: str) -> None:
    """Show one release: what it is made from, its files with their sums, and how cities stand."""
    from django.db.models import Count

    from alliance.indicators.releases.freezing import folder_of

    indicator_release = _get(public_id)
    click.echo(_line(indicator_release))
    if indicator_release.fault:
        click.echo(f"fault: {indicator_release.fault}")
    click.echo(
        f"as known on {indicator_release.as_of:%F %T} UTC, "
        f"draws {indicator_release.draws}, seed {indicator_release.seed}"
    )
    click.echo(f"folder {folder_of(public_id)}")
    for entry in indicator_release.manifest.get("files", ()):
        rows = "" if entry["rows"] is None else f"{entry['rows']} rows"
        click.echo(f"  {entry['sha256'][:16]}  {entry['bytes']:>9}  {entry['path']}  {rows}")
    counts = (
        indicator_release.scores.order_by().values_list("kind", "standing").annotate(n=Count("id"))
    )
    for kind, standing, n in sorted(counts):
        click.echo(f"  {kind:10} {standing:14} {n}")


@release.command("verify")
@click.argument("public_id", metavar="[ID]", required=False)
def verify(public_id: str | None) -> None:
    """Compare the files of a release (default: the newest) with their sums, compute its scores
    anew from them, and compare those with the tables. Exit code 1 where something differs.
    """
    from alliance.core.errors import NotFound
    from alliance.indicators.enums import ReleaseState
    from alliance.indicators.models import Release
    from alliance.indicators.releases.verifying import faults_of

    newest = Release.objects.filter(state=ReleaseState.DONE).first()
    indicator_release = _get(public_id) if public_id else newest
    if indicator_release is None:
        raise NotFound("release", "newest")
    faults = faults_of(indicator_release, report=_progress())
    _clear()
    for line in faults:
        click.echo(line, err=True)
    if faults:
        sys.exit(1)
    files = len(indicator_release.manifest["files"])
    click.echo(
        f"{indicator_release.public_id}: {files} files and "
        f"{indicator_release.scores.count()} scores are as recorded."
    )


def _get(public_id: str) -> Release:
    from alliance.core.errors import NotFound
    from alliance.indicators.models import Release

    indicator_release = Release.objects.filter(public_id=public_id).first()
    if indicator_release is None:
        raise NotFound("release", public_id)
    return indicator_release


def _line(indicator_release: Release) -> str:
    published: dt.datetime | None = indicator_release.published_at
    when = f"{published:%F %T}" if published else "-"
    columns = (
        indicator_release.public_id,
        f"{indicator_release.state:9}",
        indicator_release.year,
        when,
        indicator_release.name,
    )
    return "  ".join(map(str, columns))


def _progress() -> Callable[[str], object]:
    """A callback that shows the current step, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda text: None
    return lambda text: click.echo(f"\r\x1b[K{text}", nl=False, err=True)


def _clear() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
