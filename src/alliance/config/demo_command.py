"""Commands that fill an installation with sample data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


@click.group()
def demo() -> None:
    """Sample data for trying out the platform; refused in production."""
    import django

    django.setup()


def _print_made(make: Callable[..., Any]) -> None:
    """Create a process, or several, and print the address of each in its language."""
    from alliance.core import clock
    from alliance.network.addresses import page_address

    made = make(at=clock.now())
    for process in made if isinstance(made, list) else [made]:
        click.echo(page_address("participation:take-part", process.language, process.public_id))


@demo.command("accounts")
def demo_accounts() -> None:
    """Create one person for each role, marked as demo, and print address and password of each.

    A second run creates nobody again, and prints the same.
    """
    from alliance.config.demo_people import make_demo_people
    from alliance.core import clock

    for person in make_demo_people(at=clock.now()):
        click.echo(f"{person.email:32} {person.password}  {person.what}")


@demo.command("testbeds")
def demo_testbeds() -> None:
    """Create a fictitious testbed and a fictitious challenge, labelled as such, and print their
    addresses.

    Needs the demo accounts. A second run creates neither again, while the challenge is open.
    """
    from alliance.config.demo_testbeds import make_demo_testbeds
    from alliance.core import clock
    from alliance.network.addresses import page_address

    testbed, challenge = make_demo_testbeds(at=clock.now())
    click.echo(page_address("testbeds:testbed", "en", testbed.public_id))
    click.echo(page_address("testbeds:challenge", "en", challenge.public_id))


@demo.command("dialogue")
def demo_dialogue() -> None:
    """Create a synthetic dialogue with votes, labelled as such, and print its address.

    Needs the demo accounts. A second run creates nothing.
    """
    from alliance.config.demo_dialogue import make_demo_dialogue

    _print_made(make_demo_dialogue)


@demo.command("campaign")
def demo_campaign() -> None:
    """Create a synthetic campaign with figures, labelled as such, and print its address.

    Needs the demo accounts. A second run creates nothing.
    """
    from alliance.config.demo_campaign import make_demo_campaign

    _print_made(make_demo_campaign)


@demo.command("research")
def demo_research() -> None:
    """Create a fictitious question to universities with its answer, and print its address.

    Needs the demo accounts. A second run creates nothing.
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
    """Create a synthetic survey on a map in French, labelled as such, and print its address.

    Needs the demo accounts. A second run creates nothing.
    """
    from alliance.config.demo_survey import make_demo_survey

    _print_made(make_demo_survey)


@demo.command("text")
def demo_text() -> None:
    """Create a fictitious plan with comments, labelled as such, and print its address.

    Needs the demo accounts. A second run creates nothing.
    """
    from alliance.config.demo_text import make_demo_text

    _print_made(make_demo_text)


@demo.command("equity")
def demo_equity() -> None:
    """Create a synthetic city of 300 areas and the fairness check of a fictitious parking charge,
    labelled as such, and print their addresses.

    Needs the demo accounts. A second run creates nothing.
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
    """Create two synthetic budgets, labelled as such, one counted and one open; print the
    addresses.

    Needs the demo accounts. A second run creates nothing.
    """
    from alliance.config.demo_budget import make_demo_budgets

    _print_made(make_demo_budgets)


@demo.command("workshop")
def demo_workshop() -> None:
    """Create a fictitious workshop with participants, labelled as such, and print its address.

    Needs the demo accounts. A second run creates nothing.
    """
    from alliance.config.demo_workshop import make_demo_workshop
    from alliance.core import clock
    from alliance.network.addresses import page_address

    made = make_demo_workshop(at=clock.now())
    click.echo(page_address("workshops:workshop", "en", made.public_id))


@demo.command("group")
def demo_group() -> None:
    """Create a fictitious topic group with minutes, labelled as such, and print its address.

    Needs the demo accounts. A second run creates nothing.
    """
    from alliance.config.demo_group import make_demo_group
    from alliance.core import clock
    from alliance.network.addresses import page_address

    made = make_demo_group(at=clock.now())
    click.echo(page_address("groups:group", "en", made.public_id))
