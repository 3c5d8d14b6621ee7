"""The console command `alliance`. Apps add their groups in their `commands.py`."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

import click

from alliance import __version__
from alliance.config.env import SettingError

# The module of each command. It is imported when its command is shown or run; it must import Django
# inside its functions, so that help and simple errors are fast.
COMMANDS = {
    "prepare": "alliance.config.commands:prepare",
    "serve": "alliance.config.commands:serve",
    "worker": "alliance.core.commands:worker",
    "migrate": "alliance.config.commands:migrate",
    "assets": "alliance.config.commands:assets",
    "starter": "alliance.starter.commands:starter",
    "import": "alliance.config.import_command:import_",
    "export": "alliance.opendata.commands:export",
    "archive": "alliance.config.archive_command:archive",
    "network": "alliance.config.network_command:network",
    "brief": "alliance.reports.commands:brief",
    "search": "alliance.search.commands:search",
    "tasks": "alliance.core.commands:tasks",
    "release": "alliance.indicators.commands:release",
    "index": "alliance.config.index_command:index",
    "evidence": "alliance.config.evidence_command:evidence",
    "pilot": "alliance.config.pilot_command:pilot",
    "equity": "alliance.config.equity_command:equity",
    "dialogue": "alliance.config.dialogue_command:dialogue",
    "budget": "alliance.config.budget_command:budget",
    "accounts": "alliance.accounts.commands:accounts",
    "demo": "alliance.config.demo_command:demo",
    "check": "alliance.config.commands:check",
    "backup": "alliance.config.commands:backup",
    "restore": "alliance.config.commands:restore",
    "move": "alliance.config.commands:move",
    "django": "alliance.config.commands:django",
}


class Rooms(click.Group):
    """Finds each command in the app it belongs to."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.command(cls=Rooms)
@click.version_option(__version__, prog_name="alliance")
def cli() -> None:
    """The Alliance platform: serve it, run its jobs, load and check content.

    Settings are environment variables; `alliance check settings` lists them.
    """


def main() -> None:
    """Run the command; errors that users can correct are printed in words, with exit code 1."""
    # Loaded objects are never garbage: collecting them again and again takes a fifth of the time
    # until a command starts.
    gc.set_threshold(20_000, 10, 10)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.config.settings")
    try:
        cli(prog_name="alliance")
    except SettingError as error:
        fault = str(error)
    except Exception as error:
        # Errors of Django and the apps are known only once they are loaded; loading them here would
        # cost time.
        if not _is_plain(error):
            raise
        fault = _sentence(error)
    click.echo(fault, err=True)
    sys.exit(1)


def _is_plain(error: Exception) -> bool:
    """Whether the message of an error is sufficient: bad data, a wrong setting, an absent database,
    a full disk."""
    import psycopg
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import OperationalError

    from alliance.core.errors import DISK_FULL, InvalidData, NotFound

    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return True
    plain = (ImproperlyConfigured, CommandError, OperationalError, InvalidData, NotFound)
    return isinstance(error, (*plain, psycopg.OperationalError))


def _sentence(error: Exception) -> str:
    """The message of an error; Django is set up because the apps have the messages of faults."""
    import django
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    from alliance.core.errors import InvalidData

    if isinstance(error, InvalidData) and not apps.ready:
        try:
            django.setup()
        except (ImproperlyConfigured, SettingError) as other:
            # If the setup fails, the reason is the same: another command has the home locked, or
            # the disk is full.
            return str(other)
    return str(error)


if __name__ == "__main__":
    main()
