"""`alliance budget`: participatory budgets, from files. Needs no settings, no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from alliance.config.command_options import FILE, FORM

# The whole file is held in memory, several times over while it is worked on.
MAX_BYTES = 512 * 1024 * 1024
#: Faults of a file that a count repeats; `alliance budget check` lists all.
MOST_NOTED = 100


@click.group()
def budget() -> None:
    """Participatory budgets: count ballots, and check files of elections."""


@budget.command("count")
@click.argument("election", metavar="FILE.pb", type=FILE)
@click.option("--rule", type=click.Choice(["greedy", "equal-shares"]), required=True)
@click.option("--utility", type=click.Choice(["cost", "cardinality", "points"]),
              help="Equal shares: what a project is worth to who named it. By default its cost, "
                   "or the points where ballots give any.")  # fmt: skip
@click.option("--completion", type=click.Choice(["none", "add1", "add1u", "utilitarian"]),
              default="none", show_default=True,
              help="Equal shares: what is done with money that is left.")  # fmt: skip
@click.option("--unaffordable", type=click.Choice(["skip", "stop"]), default="skip",
              show_default=True,
              help="Greedy: what happens at a project that is too dear.")  # fmt: skip
@click.option("--min-votes", type=click.IntRange(min=0), default=0, show_default=True,
              help="Leave out projects that fewer ballots name.")  # fmt: skip
@click.option("--exclude", multiple=True, metavar="ID", help="Leave out this project.")
@FORM
def count_command(
    election: Path,
    rule: str,
    utility: str | None,
    completion: str,
    unaffordable: str,
    min_votes: int,
    exclude: tuple[str, ...],
    form: str,
) -> None:
    """Count the ballots of FILE.pb (Pabulib), with a reason for each winner and loser."""
    from alliance.analysis import budgeting
    from alliance.analysis.errors import MethodError

    found = _read(election)
    if found.election is None:
        raise click.ClickException("\n".join(str(one) for one in found.faults if one.is_fatal))
    declared: dict[str, Any] = {"min_votes": min_votes, "excluded": exclude}
    try:
        if rule == "greedy":
            if utility or completion != "none":
                raise click.UsageError("--utility and --completion go with equal-shares")
            outcome = budgeting.greedy(found.election, unaffordable=unaffordable, **declared)
        else:
            own = "cost" if found.election.vote_type == "approval" else "points"
            outcome = budgeting.equal_shares(
                found.election, utility=utility or own, completion=completion, **declared
            )
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    told = outcome.as_data()
    noted = [f"{one.code}:{one.line}" for one in found.faults]
    told["warnings"] += noted[:MOST_NOTED]
    if len(noted) > MOST_NOTED:
        told["warnings"].append(f"more-faults:{len(noted) - MOST_NOTED}")
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
    else:
        _print(told, {one.id: one.name for one in found.election.projects})


@budget.command("check")
@click.argument("election", metavar="FILE.pb", type=FILE)
@FORM
def check_command(election: Path, form: str) -> None:
    """List what is wrong in FILE.pb (Pabulib), each with its line; ends with 1 where it cannot be
    counted.
    """
    found = _read(election)
    if form == "json":
        rows = [
            {
                "line": one.line,
                "column": one.column,
                "code": one.code,
                "message": one.message,
                "fatal": one.is_fatal,
            }
            for one in found.faults
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for one in found.faults:
            click.echo(str(one))
        click.echo(f"{len(found.faults)} faults" if found.faults else "no faults")
    if found.election is None:
        raise SystemExit(1)


def _read(path: Path) -> Any:
    from alliance.analysis import budgeting

    if path.stat().st_size > MAX_BYTES:
        raise click.ClickException(
            f"file-too-large: more than {MAX_BYTES // 2**20} MiB ({path.name})"
        )
    return budgeting.read(path.read_bytes())


def _print(told: dict[str, Any], names: dict[str, str]) -> None:
    click.echo(f"{told['rule']}: {told['cost']} of {told['budget']} spent")
    click.echo(f"\n{'chosen':<10} {'cost':>12} {'rho':>12}  name")
    for one in told["rounds"]:
        rho = "" if one["rho"] is None else f"{one['rho']:.6g}"
        name = names[one["project"]]
        click.echo(f"{one['project']:<10} {one['cost']:>12} {rho:>12}  {name}".rstrip())
    click.echo(f"\n{'not chosen':<10} {'missing':>12}  reason, name")
    for one in told["losers"]:
        missing = one.get("missing", "")
        line = f"{one['id']:<10} {missing:>12}  {one['reason']}  {names[one['id']]}"
        click.echo(line.rstrip())
    for one in told["ties"]:
        click.echo(f"equal: {', '.join(one['between'])}; decided by {one['by']}")
    click.echo(f"\nwarnings: {', '.join(told['warnings']) or 'none'}")
