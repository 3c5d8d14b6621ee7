"""Commands that fill an installation with things to try it out with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


@click.group()
def demo() -> None:
    """Things to try the platform out with; refused in production."""
    import django

    django.setup()


def _print_made(make: Callable[..., Any]) -> None:
    """Make a process, or several, and print the address of each in its language."""
    from alliance.core import clock
    from alliance.network.addresses import page_address

    made = make(at=clock.now())
    for process in made if isinstance(made, list) else [made]:
        click.echo(page_address("participation:take-part", process.language, process.public_id))


@demo.command("accounts")
def demo_accounts() -> None:
    """Make one person for each role, marked as demo, and print address and password of each.

    A second run makes nobody twice, and prints the same.
    """
    from alliance.config.demo_people import make_demo_people
    from alliance.core import clock

    for person in make_demo_people(at=clock.now()):
        click.echo(f"{person.email:32} {person.password}  {person.what}")


@demo.command("testbeds")
def demo_testbeds() -> None:
    """Make a made-up testbed and a made-up challenge, which say so, and print their addresses.

    Needs the demo accounts. A second run makes neither twice, while the challenge is not ended.
    """
    from alliance.config.demo_testbeds import make_demo_testbeds
    from alliance.core import clock
    from alliance.network.addresses import page_address

    testbed, challenge = make_demo_testbeds(at=clock.now())
    click.echo(page_address("testbeds:testbed", "en", testbed.public_id))
    click.echo(page_address("testbeds:challenge", "en", challenge.public_id))


@demo.command("dialogue")
def demo_dialogue() -> None:
    """Make a made-up dialogue with made-up votes, which says so, and print its address.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_dialogue import make_demo_dialogue

    _print_made(make_demo_dialogue)


@demo.command("campaign")
def demo_campaign() -> None:
    """Make a made-up campaign with made-up figures, which says so, and print its address.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_campaign import make_demo_campaign

    _print_made(make_demo_campaign)


@demo.command("research")
def demo_research() -> None:
    """Make a made-up question to universities with its answer, and print its address.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_people import make_demo_person
    from alliance.config.demo_research import RESEARCHER, make_demo_research
    from alliance.core import clock
    from alliance.network.addresses import page_address

    question = make_demo_research(at=clock.now())
    person = make_demo_person(RESEARCHER, "Rut Researcher", at=clock.now())
    click.echo(f"{person.email}  {person.password}  researcher")
    click.echo(page_address("research:question", "en", question.public_id))


@demo.command("survey")
def demo_survey() -> None:
    """Make a made-up survey on a map in French, which says so, and print its address.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_survey import make_demo_survey

    _print_made(make_demo_survey)


@demo.command("text")
def demo_text() -> None:
    """Make a made-up plan with made-up comments, which says so, and print its address.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_text import make_demo_text

    _print_made(make_demo_text)


@demo.command("equity")
def demo_equity() -> None:
    """Make a made-up city of 300 areas and the fairness check of a made-up parking charge, which
    say so, and print their addresses.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_equity import make_demo_check, make_demo_equity
    from alliance.core import clock
    from alliance.network.addresses import page_address

    made = make_demo_equity(at=clock.now())
    click.echo(page_address("equity:areas", "en", made.public_id))
    check = make_demo_check(made, at=clock.now())
    click.echo(page_address("equity:check", "en", check.public_id))


@demo.command("budget")
def demo_budget() -> None:
    """Make two made-up budgets, which say so, one counted and one to vote on; print the addresses.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_budget import make_demo_budgets

    _print_made(make_demo_budgets)


@demo.command("workshop")
def demo_workshop() -> None:
    """Make a made-up workshop with made-up participants, which says so, and print its address.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_workshop import make_demo_workshop
    from alliance.core import clock
    from alliance.network.addresses import page_address

    made = make_demo_workshop(at=clock.now())
    click.echo(page_address("workshops:workshop", "en", made.public_id))


@demo.command("group")
def demo_group() -> None:
    """Make a made-up topic group with made-up minutes, which says so, and print its address.

    Needs the demo accounts. A second run makes none twice.
    """
    from alliance.config.demo_group import make_demo_group
    from alliance.core import clock
    from alliance.network.addresses import page_address

    made = make_demo_group(at=clock.now())
    click.echo(page_address("groups:group", "en", made.public_id))
