"""`alliance dialogue`: opinion groups in votes, from files. Needs no settings, no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from alliance.analysis.errors import MethodError
from alliance.config.command_options import FILE, FORM

# The whole file is in memory, several times over during the computation.
MAX_BYTES = 512 * 1024 * 1024


@click.group()
def dialogue() -> None:
    """Dialogues: where votes on statements agree, and where they differ."""


@dialogue.command("analyse")
@click.argument("votes", type=FILE)
@click.option("--comments", type=FILE, help="CSV of statements: comment-id, moderated.")
@click.option("--groups", type=FILE, help="CSV of groups to evaluate: voter-id, group.")
@click.option(
    "--resamples",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Half samples that measure how stable the groups are; 0 leaves it out.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Start of the random numbers of the half samples.")  # fmt: skip
@FORM
def analyse_command(
    votes: Path,
    comments: Path | None,
    groups: Path | None,
    resamples: int,
    seed: int,
    form: str,
) -> None:
    """Find opinion groups in VOTES.csv (timestamp, comment-id, voter-id, vote), and what
    distinguishes them, what everybody shares and what divides.

    A vote is 1 for agree, -1 for disagree, 0 for pass; a person's last vote on a statement counts.
    """
    from alliance.analysis import opinion

    try:
        listed = (
            opinion.comments_from_csv(_content(comments), name=comments.name) if comments else ()
        )
        known_groups = (
            opinion.groups_from_csv(_content(groups), name=groups.name) if groups else None
        )
        cast = opinion.votes_from_csv(_content(votes), comments=listed, name=votes.name)
        result = opinion.analyse(cast, groups=known_groups, resamples=resamples, seed=seed)
    except MethodError as error:
        raise click.ClickException(str(error)) from None
    report = opinion.report(result)
    if form == "json":
        click.echo(json.dumps(report, ensure_ascii=False, allow_nan=False))
    else:
        _print(report, {comment.id: comment.body for comment in listed})


def _content(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise MethodError("file-too-large", f"more than {MAX_BYTES // 2**20} MiB", path.name)
    return path.read_bytes()


def _print(report: dict[str, Any], bodies: dict[str, str]) -> None:
    for key in ("participants", "participants_grouped", "votes", "silhouette", "stability"):
        value = report[key]
        shown = "not known" if value is None else f"{value:.6g}" if key[0] == "s" else value
        click.echo(f"{key:<22} {shown}")
    click.echo(f"{'warnings':<22} {', '.join(report['warnings']) or 'none'}")
    for side in ("agree", "disagree"):
        click.echo(f"\nEverybody would {side}")
        for name in report["consensus"][side]:
            click.echo(_line(name, "", bodies))
    for group in report["groups"]:
        click.echo(f"\nGroup {group['id']}, {group['size']} people")
        for statement in group["representative"]:
            figures = (
                f"{statement['side']:<9} p {statement['p']:.2f}  ratio {statement['ratio']:.2f}"
            )
            click.echo(_line(statement["statement"], figures, bodies))
    click.echo(
        f"\n{'statement':<10} {'agree':>7} {'disagree':>8} {'pass':>7} {'seen':>7}"
        f" {'consensus':>9} {'extremity':>9} {'priority':>9}"
    )
    for statement in report["statements"]:
        informed = statement["group_informed_consensus"]
        shown = "not known" if informed is None else f"{informed:.3f}"
        click.echo(
            f"{statement['id']:<10} {statement['agree']:>7}"
            f" {statement['disagree']:>8} {statement['pass']:>7} {statement['seen']:>7} {shown:>9}"
            f" {statement['extremity']:>9.3f} {statement['priority']:>9.3f}"
        )


def _line(name: str, figures: str, bodies: dict[str, str]) -> str:
    return f"  {name:<6} {figures}{'  ' if figures else ''}{bodies.get(name, '')}".rstrip()
