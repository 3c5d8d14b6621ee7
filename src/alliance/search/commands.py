"""Commands for the search index."""

from __future__ import annotations

import click


@click.group()
def search() -> None:
    """The search index: make it anew, or ask it from the command line."""
    import django

    django.setup()


@search.command("reindex")
def reindex() -> None:
    """Make the whole index anew, such as after a change of the glossary or a restored backup.

    Pages keep answering from the present index until the new one is complete.
    """
    from alliance.core import clock
    from alliance.search import services

    # How many there will be is not known before; how many there are is close.
    with click.progressbar(length=max(1, services.count_rows()), label="Documents") as bar:
        done = services.rebuild(at=clock.now(), progress=bar.update)
    click.echo(f"{done.records} records in the index, generation {done.generation}")


@search.command("query")
@click.argument("text")
@click.option(
    "--language", type=click.Choice(["en", "fr", "sv"]), default="en", help="The reader's language."
)
@click.option("--filter", "filters", multiple=True, metavar="KEY=CODE", help="As in an address.")
@click.option("--page", type=click.IntRange(1), default=1, help="Page of twenty hits.")
def query(text: str, language: str, filters: tuple[str, ...], page: int) -> None:
    """Search for TEXT and print the hits, one a line: outcome, evidence, kind, id, title."""
    from urllib.parse import urlencode

    from django.http import QueryDict

    from alliance.core import clock
    from alliance.search.query import FILTER_KEYS, FinderQuery
    from alliance.search.selectors import find_or_refuse

    pairs = [("q", text), ("page", str(page))]
    for item in filters:
        key, _equals, code = item.partition("=")
        pairs.append((key, code))
        if not code or key not in (*FILTER_KEYS, "year_from", "year_to", "sort"):
            raise click.BadParameter(
                f"{item!r} is not KEY=CODE with one of {', '.join(FILTER_KEYS)}, year_from, "
                "year_to, sort",
                param_hint="--filter",
            )
    params = QueryDict(urlencode(pairs))
    result = find_or_refuse(FinderQuery.from_params(params, language), today=clock.today())
    for notice in result.notices:
        click.echo(notice.message, err=True)
    click.echo(f"{result.total} hits, {result.n_full} with all words", err=True)
    for hit in result.hits:
        evidence = "-" if hit.evidence is None else str(hit.evidence)
        click.echo("\t".join([hit.outcome or "-", evidence, hit.kind, hit.public_id, hit.title]))
