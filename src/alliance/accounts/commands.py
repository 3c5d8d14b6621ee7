"""Commands about people."""

from __future__ import annotations

import click


@click.group()
def accounts() -> None:
    """Accounts of people."""
    import django

    django.setup()


@accounts.command("first-link")
def first_link() -> None:
    """Print a one-time link that creates the first account: secretariat and operator in one.

    Only while there is no secretariat. The link is valid for seven days.
    """
    from alliance.accounts.services import make_first_link
    from alliance.core import clock
    from alliance.core.errors import Fault, InvalidData, NotAllowed

    try:
        click.echo(make_first_link(at=clock.now()))
    except NotAllowed as refusal:
        raise InvalidData([Fault("first-link", "said", {"text": refusal.rule})]) from refusal


def announce_first_link() -> None:
    """Print at the start of a server how to create the first account, while there is no
    secretariat."""
    from alliance.accounts.models import User
    from alliance.accounts.selectors import has_secretariat
    from alliance.accounts.services import make_first_link
    from alliance.core import clock

    at = clock.now()
    if not has_secretariat(at):
        made_up = "so far only accounts of the demonstration"
        only = f" ({made_up})" if User.objects.filter(is_demo=True).exists() else ""
        click.echo(f"This network has no administrator yet{only}.")
        click.echo("Make the first account here, once:")
        click.echo(make_first_link(at=at))
