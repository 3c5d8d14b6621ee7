"""Commands about the installation as a whole."""

from __future__ import annotations

import sys
from pathlib import Path

import click

#: After this time the check for processes that use an installation is given up.
SECONDS_TO_LOOK = 30


@click.command()
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
def prepare(quiet: bool) -> None:
    """Bring translations, style sheets, database and starter network up to date.

    Does nothing if nothing has changed since the last time.
    """
    from alliance.config.prepare import prepare as run

    _finish_restore()
    run(report=(lambda text: None) if quiet else click.echo)


@click.command()
@click.option("--no-worker", is_flag=True, help="Run no worker for background jobs beside it.")
def serve(no_worker: bool) -> None:
    """Run the web server and a worker until Ctrl-C."""
    from alliance.config.serve import serve as run

    _warn_of_names()
    _finish_restore()
    run(with_worker=not no_worker)


@click.command()
def migrate() -> None:
    """Bring the tables of the database up to date."""
    from alliance.config.prepare import migrate as run

    _finish_restore()
    run()


def _finish_restore() -> None:
    """Finish an interrupted restore before this command does anything, and report it."""
    from alliance.config.backup import finish_restore

    done = finish_restore()
    if done is None:
        return
    if done.is_undone:
        click.echo(
            f"The restore of {done.source} was interrupted before it replaced anything: what was "
            "there stays. Restore again.",
            err=True,
        )
        return
    click.echo(f"The restore of {done.source} was interrupted; it is finished now.", err=True)
    _print_earlier_paths(done.earlier_paths, err=True)


def _print_earlier_paths(paths: tuple[Path, ...], *, err: bool = False) -> None:
    if paths:
        click.echo(f"What was there before lies in {' and '.join(map(str, paths))}", err=err)


def _warn_of_names() -> None:
    """Warn of variables that look like settings but are not: a typo has no effect."""
    from alliance.config import env

    for line in env.warnings_about_names():
        click.echo(f"Warning: {line}", err=True)


@click.group()
def assets() -> None:
    """Style sheets, scripts and translations."""


@assets.command("build")
def build_assets() -> None:
    """Compile the translations and collect static files under hashed names."""
    from alliance.config.prepare import collect_static
    from alliance.config.translations import compile_all

    click.echo(f"{compile_all()} catalogues compiled")
    click.echo(f"{collect_static()} files gathered")


@click.group()
def check() -> None:
    """Check the translations, the settings or the running installation for faults."""


@check.command("translations")
@click.option("--add-missing", is_flag=True, help="Add missing texts to the catalogues, empty.")
def check_translations(add_missing: bool) -> None:
    """Check that every text of the interface is complete in every language."""
    from alliance.config.translations import add_missing as add
    from alliance.config.translations import faults
    from alliance.core.errors import InvalidData

    if add_missing:
        click.echo(f"{add()} texts added")
    problems = faults()
    if problems:
        raise InvalidData(problems)
    click.echo("Translations are complete.")


@check.command("voice")
def check_voice() -> None:
    """Check that no text uses a refused word, and that discouraged patterns do not increase."""
    from alliance.config import voice

    for language, pattern, having, _bound, better in voice.counts():
        click.echo(f"{language}  {having:4} texts  {pattern}  ({better})")
    if faults := voice.faults() + voice.count_faults():
        raise click.ClickException("\n".join(faults))
    click.echo("The words of the interface are those agreed on.")


@check.command("settings")
def check_settings() -> None:
    """List every setting with its value and source; report unknown and wrong ones."""
    from alliance.config import env

    for setting in env.SETTINGS:
        origin = "given" if setting.is_set else "default"
        click.echo(f"{setting.variable}={setting.shown()}  ({origin})")
    faults = env.faults() + env.warnings_about_names()
    if faults:
        raise env.SettingError("\n".join(faults))


@check.command("health")
def check_health() -> None:
    """Check database, tables, jobs and disk; exit code 1 if something is wrong."""
    from alliance.config.health import health

    _warn_of_names()
    findings = health()
    for finding in findings:
        click.echo(f"{'ok   ' if finding.is_well else 'WRONG'} {finding.name}: {finding.text}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


class _Backup(click.Group):
    """Runs `write` if no other subcommand is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = {*self.commands, *self.get_help_option_names(ctx)}
        return super().parse_args(ctx, args if args and args[0] in named else ["write", *args])


@click.group(cls=_Backup)
def backup() -> None:
    """Backups of the database and all files; `alliance backup [FILE]` writes one."""


@backup.command("write")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--if-any", is_flag=True, help="Do nothing where there is no data yet.")
def backup_write(file: Path | None, if_any: bool) -> None:
    """Write an archive with the database and all files, and check it; it contains secrets."""
    from alliance.config import env
    from alliance.config.backup import has_data, write_backup

    _finish_restore()
    if if_any and not has_data():
        click.echo("No data yet: nothing to keep.")
        return
    path = write_backup(file)
    click.echo(f"{path} ({path.stat().st_size / 1e6:.1f} MB) holds {env.home()}")


@backup.command("verify")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
def backup_verify(file: Path | None) -> None:
    """Restore FILE, or the newest backup, into a scratch folder, and report if it is intact."""
    from alliance.config import env
    from alliance.config.backup import verify_backup
    from alliance.core import backups

    source = file or backups.newest(env.home())
    if source is None:
        raise click.ClickException(f"There is no backup in {env.home() / backups.FOLDER}")
    made_at, files = verify_backup(source)
    click.echo(f"{source} can be restored: {files} files, made {made_at:%Y-%m-%d %H:%M} UTC")


@check.command("stopped")
def check_stopped() -> None:
    """Check that no process of the platform runs on this home and database; exit code 1 otherwise,
    and if that cannot be determined in 30 seconds."""
    from contextlib import nullcontext

    from alliance.config import env, postgresql
    from alliance.core import instance_lock

    url = env.get("DATABASE_URL")
    try:
        with (
            instance_lock.within(SECONDS_TO_LOOK),
            instance_lock.alone(env.home()),
            postgresql.alone(url) if url else nullcontext(),
        ):
            click.echo("Nothing of the platform runs here.")
    except TimeoutError as error:
        raise click.ClickException(
            f"Folder and database did not answer in {SECONDS_TO_LOOK} seconds: something may run."
        ) from error


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Also where there is data; it is kept aside.")
def restore(file: Path, force: bool) -> None:
    """Restore an archive made by `alliance backup`, after checking it. Stop the server first."""
    from alliance.config import env
    from alliance.config.backup import restore_backup

    _finish_restore()
    done = restore_backup(file, force=force)
    click.echo(f"Restored to {env.home()}")
    _print_earlier_paths(done.earlier_paths)


@click.command()
@click.argument("target")
def move(target: str) -> None:
    """Copy the whole database to an empty one; all of it, or nothing. Stop the server first.

    TARGET is postgresql://…, or the path of a new SQLite file.
    """
    from contextlib import nullcontext
    from typing import cast

    import django
    from django.apps import apps

    django.setup()
    from alliance.config import env, postgresql
    from alliance.config.move import move as run
    from alliance.core import instance_lock
    from alliance.core.apps import CoreConfig

    # Only this process still shares the home folder.
    cast(CoreConfig, apps.get_app_config("core")).home_in_use.close()
    url = env.get("DATABASE_URL")
    with instance_lock.alone(env.home()), postgresql.alone(url) if url else nullcontext():
        moved = run(target)
    for table in moved:
        if table.rows:
            click.echo(f"{table.rows:>10,}  {table.digest[:16]}  {table.table}")
    click.echo(f"{sum(table.rows for table in moved):,} rows of {len(moved)} tables, all equal.")
    click.echo(
        "Now set ALLIANCE_DATABASE_URL to it, and start the server."
        if "://" in target
        else f"Now put it in place of {env.home() / 'alliance.sqlite3'}, take "
        "ALLIANCE_DATABASE_URL out of the settings, and start the server."
    )


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def django(arguments: tuple[str, ...]) -> None:
    """Run a management command of Django, such as `alliance django shell`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["alliance django", *arguments])
