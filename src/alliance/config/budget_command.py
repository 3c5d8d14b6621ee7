"""`alliance budget`: participatory budgets, from files. Needs no settings, no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from alliance.config.command_options import FILE, FORM

# The whole file is in memory, several times over during the computation.
MAX_BYTES = 512 * 1024 * 1024
#: How many faults of a file a count prints; `alliance budget check` lists all.
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

    reading = _read(election)
    if reading.election is None:
        raise click.ClickException(
            "\n".join(str(fault) for fault in reading.faults if fault.is_fatal)
        )
    declared: dict[str, Any] = {"min_votes": min_votes, "excluded": exclude}
    try:
        if rule == "greedy":
            if utility or completion != "none":
                raise click.UsageError("--utility and --completion go with equal-shares")
            outcome = budgeting.greedy(reading.election, unaffordable=unaffordable, **declared)
        else:
            own = "cost" if reading.election.vote_type == "approval" else "points"
            outcome = budgeting.equal_shares(
                reading.election, utility=utility or own, completion=completion, **declared
            )
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    report = outcome.as_data()
    noted = [f"{fault.code}:{fault.line}" for fault in reading.faults]
    report["warnings"] += noted[:MOST_NOTED]
    if len(noted) > MOST_NOTED:
        report["warnings"].append(f"more-faults:{len(noted) - MOST_NOTED}")
    if form == "json":
        click.echo(json.dumps(report, ensure_ascii=False, allow_nan=False))
    else:
        _print(report, {project.id: project.name for project in reading.election.projects})


@budget.command("check")
@click.argument("election", metavar="FILE.pb", type=FILE)
@FORM
def check_command(election: Path, form: str) -> None:
    """List the faults in FILE.pb (Pabulib), each with its line; exit code 1 if it cannot be
    counted."""
    reading = _read(election)
    if form == "json":
        rows = [
            {
                "line": fault.line,
                "column": fault.column,
                "code": fault.code,
                "message": fault.message,
                "fatal": fault.is_fatal,
            }
            for fault in reading.faults
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for fault in reading.faults:
            click.echo(str(fault))
        click.echo(f"{len(reading.faults)} faults" if reading.faults else "no faults")
    if reading.election is None:
        raise SystemExit(1)


def _read(path: Path) -> Any:
    from alliance.analysis import budgeting

    if path.stat().st_size > MAX_BYTES:
        raise click.ClickException(
            f"file-too-large: more than {MAX_BYTES // 2**20} MiB ({path.name})"
        )
    return budgeting.read(path.read_bytes())


def _print(report: dict[str, Any], names: dict[str, str]) -> None:
    click.echo(f"{report['rule']}: {report['cost']} of {report['budget']} spent")
    click.echo(f"\n{'chosen':<10} {'cost':>12} {'rho':>12}  name")
    for entry in report["rounds"]:
        rho = "" if entry["rho"] is None else f"{entry['rho']:.6g}"
        name = names[entry["project"]]
        click.echo(f"{entry['project']:<10} {entry['cost']:>12} {rho:>12}  {name}".rstrip())
    click.echo(f"\n{'not chosen':<10} {'missing':>12}  reason, name")
    for entry in report["losers"]:
        missing = entry.get("missing", "")
        line = f"{entry['id']:<10} {missing:>12}  {entry['reason']}  {names[entry['id']]}"
        click.echo(line.rstrip())
    for entry in report["ties"]:
        click.echo(f"equal: {', '.join(entry['between'])}; decided by {entry['by']}")
    click.echo(f"\nwarnings: {', '.join(report['warnings']) or 'none'}")
