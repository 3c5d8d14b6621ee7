"""Commands that take in cities, their codes, indicators and figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alliance.core.progress import counting, progress

if TYPE_CHECKING:
    from alliance.indicators.importing.report import Report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would happen.")
#: Options that say something of every row, as `importing.options.Options` names them.
IMPORT_OPTIONS = {
    "indicator": "Code of the indicator, where no column says it.",
    "definition": "Key of the definition, where an indicator has several.",
    "unit": "Unit of the values; they are converted into that of the definition.",
    "scheme": "Whose codes name the cities. Default: the ids of this platform.",
    "boundary": "The area that the figures are about.",
    "status": "SDMX status of rows that say none. Default: A, normal.",
    "source-title": "Where the figures come from.",
    "source-url": "Address of the source.",
    "licence": "Licence of the source.",
    "publisher": "Who published the figures.",
    "method-class": "Kind of source, such as survey: what does not fit a definition is refused.",
    "population": "Of whom or what the figures are.",
    "missing": "Words that stand for a missing figure, parted by commas, such as n/a,..",
    "decimal": "The decimal mark, where a comma could be either.",
    "flags": "What flags of the publisher mean, such as e=E,x=U.",
    "ignore": "Columns to leave out, parted by commas.",
    "edition": "Edition that replaces whole series: what it no longer has is missing from then on.",
}


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    for name, text in reversed(IMPORT_OPTIONS.items()):
        command = click.option(f"--{name}", default="", help=text)(command)
    return command


@click.command("observations")
@click.argument("files", nargs=-1, required=True, type=FILE)
@_import_options
@click.option("--city", default="", help="Id of the city, where no column says it.")
@click.option("--period", default="", help="Year or part of one, where no column says it.")
@click.option("--reason", default="", help="Why figures that are known are revised.")
@DRY_RUN
def import_observations(
    files: tuple[Path, ...], reason: str, dry_run: bool, **options_text: str
) -> None:
    """Take in figures: CSV, Excel workbook, JSON-stat, SDMX-CSV, SDMX-ML or an inventory.

    All files are taken in, or none where any cell breaks a rule. A second time changes nothing.
    """
    from dataclasses import replace
    from hashlib import sha256

    from alliance.core import audit, clock
    from alliance.core.errors import Fault, InvalidData
    from alliance.indicators.enums import BatchKind
    from alliance.indicators.importing.checking import Checked, check
    from alliance.indicators.importing.options import Options
    from alliance.indicators.importing.reading import read_path
    from alliance.indicators.importing.taking import look, take_over
    from alliance.indicators.services.catalogue import begun_definitions

    options = replace(Options.of_text(**options_text), named=True)
    options.check()
    actor, at = audit.COMMAND_LINE, clock.now()
    with begun_definitions(actor=actor, at=at, commit=not dry_run) as own:
        checked: list[tuple[Checked, str, str]] = []
        faults: list[Fault] = []
        with progress(len(files), "checked") as bar:
            for file in files:
                try:
                    checked_file = check(read_path(file), options, today=clock.today(), own=own)
                    checked.append((checked_file, file.name, sha256(file.read_bytes()).hexdigest()))
                except InvalidData as error:
                    faults += [
                        replace(fault, where=f"{file.name}: {fault.where}")
                        for fault in error.faults
                    ]
                bar.update(1)
        if faults:
            raise InvalidData(faults)
        if dry_run:
            for checked_file, name, _digest in checked:
                click.echo("\n".join(_lines(name, look(checked_file))))
            click.echo("(nothing was written)")
            return
        rows = sum(len(checked_file.figures) for checked_file, _name, _digest in checked)
        with progress(rows, "written") as bar:
            batches = take_over(
                checked,
                actor=actor,
                at=at,
                kind=BatchKind.COMMAND,
                reason=reason,
                counted=bar.update,
            )
    for (_file, name, _digest), batch in zip(checked, batches, strict=True):
        click.echo(
            f"{name}: {batch.added} new, {batch.revised} revised, {batch.unchanged} the same"
        )


def _lines(name: str, report: Report) -> list[str]:
    """A report for the terminal."""
    from alliance.indicators.messages import edition_text

    lines = [
        f"{name}: {report.format}, {report.layout}, "
        + ", ".join(f"{what} {value}" for what, value in report.notes),
        f"  {report.n_figures} figures of {report.n_cities} cities by {report.n_definitions} "
        f"definitions, {report.first_period} to {report.last_period}; "
        f"{report.n_missing} missing, {report.left_empty} empty cells left out",
        "  columns: " + ", ".join(f"{column} = {role}" for column, role in report.columns),
    ]
    if report.left_out:
        lines.append("  left out: " + ", ".join(report.left_out))
    for definition, unit in report.units_taken:
        lines.append(f"  {definition}: the file names no unit; taken in {unit}")
    for conversion in report.conversions:
        lines.append(
            f"  {conversion['definition']}: {conversion['given']} → {conversion['unit']}, "
            f"× {conversion['factor']:g}"
            + (f" + {conversion['offset']:g}" if conversion["offset"] else "")
        )
    if report.moved:
        lines.append(f"  edition {report.edition}: {edition_text(report.moved)}")
    lines.append(f"  {report.added} new, {report.revised} revised, {report.unchanged} the same")
    for change in report.revisions:
        lines.append(
            f"  {change.place}: {change.city}, {change.definition}, {change.period}: "
            f"{change.old} {change.old_status} → {change.new} {change.new_status}"
        )
    return lines


@click.command("from")
@click.argument("publisher")
@click.argument("dataset")
@click.option(
    "--city", "codes", multiple=True, help="The publisher's code of a city. Default: all."
)
@click.option("--filter", "filters", multiple=True, help="dimension=value,value; may be repeated.")
@click.option("--first-year", type=int, help="From this year on.")
@click.option("--last-year", type=int, help="Up to this year.")
@click.option("--address", default="", help="Another server of the same kind.")
@_import_options
@click.option("--reason", default="", help="Why figures that are known are revised.")
@DRY_RUN
def import_from(
    publisher: str,
    dataset: str,
    codes: tuple[str, ...],
    filters: tuple[str, ...],
    first_year: int | None,
    last_year: int | None,
    address: str,
    reason: str,
    dry_run: bool,
    **options_text: str,
) -> None:
    """Read figures from PUBLISHER: eurostat, kolada, pxweb, melodi, un-sdg, sdmx.

    DATASET is its name for the table, key figure, series or flow. Without --city all cities are
    asked for that have a code of the publisher here.
    """
    from alliance.core import audit, clock
    from alliance.core.errors import Fault, InvalidData
    from alliance.indicators.connectors import PUBLISHERS, Query
    from alliance.indicators.connectors.asked import checked_answer, filters_of, read_publisher
    from alliance.indicators.connectors.asking import PublisherSilent
    from alliance.indicators.enums import BatchKind
    from alliance.indicators.importing.options import Options
    from alliance.indicators.importing.taking import look, take_over
    from alliance.network.text_checks import choice_faults

    if faults := choice_faults("publisher", publisher, PUBLISHERS):
        raise InvalidData(faults)
    query = Query(dataset, codes, filters_of(filters), first_year, last_year, address)
    try:
        fetched, options = read_publisher(
            publisher,
            query,
            Options.of_text(**options_text),
            report=lambda text: click.echo(text, err=True),
        )
    except PublisherSilent as error:
        raise InvalidData([Fault(error.publisher, "said", {"text": error.rule})]) from error
    answer = checked_answer(fetched, options)
    if dry_run:
        click.echo("\n".join(_lines(answer[1], look(answer[0]))))
        click.echo("(nothing was written)")
        return
    batch = take_over(
        [answer],
        actor=audit.COMMAND_LINE,
        at=clock.now(),
        kind=BatchKind.CONNECTOR,
        reason=reason,
    )[0]
    click.echo(
        f"{answer[1]}: {batch.added} new, {batch.revised} revised, {batch.unchanged} the same"
    )


@click.command("recipes")
@click.argument("keys", nargs=-1)
def import_recipes(keys: tuple[str, ...]) -> None:
    """Ask the publishers of all definitions that have a recipe, or of those with these KEYS.

    Nothing is written: what is new or differs waits for the secretariat, under "Enter figures".
    """
    from alliance.core import audit, clock
    from alliance.indicators.connectors.asking import PublisherSilent
    from alliance.indicators.enums import ReadingState
    from alliance.indicators.services import readings

    made = readings.read_all(actor=audit.COMMAND_LINE, at=clock.now(), keys=keys)
    if not made:
        click.echo("no definition has a recipe")
    for row in made:
        key = row.recipe.definition.key if row.recipe else ""
        try:
            state = readings.run_reading(row.public_id, at=clock.now())
        except PublisherSilent as error:
            readings.mark_failed(row.public_id, error.rule)
            state = ReadingState.FAILED
        row.refresh_from_db()
        message = row.told
        if row.figure_file is not None:
            report = row.figure_file.report
            message = "; ".join(map(str, row.figure_file.fault_list)) or (
                f"{report['added']} new, {report['revised']} differ"
            )
        click.echo(f"{key}: {ReadingState(state).value}" + (f", {message}" if message else ""))


@click.command("cities")
@click.argument("file", type=FILE)
@DRY_RUN
def import_cities(file: Path, dry_run: bool) -> None:
    """Take in cities: a CSV file with city_id, name and country, and their national codes."""
    from alliance.indicators.services.catalogue_tables import take_cities

    _take(take_cities, file, dry_run, "cities")


@click.command("city-codes")
@click.argument("file", type=FILE)
@DRY_RUN
def import_city_codes(file: Path, dry_run: bool) -> None:
    """Take in what others call the cities: a CSV file with scheme, code and city_id."""
    from alliance.indicators.services.catalogue_tables import take_city_codes

    _take(take_city_codes, file, dry_run, "codes")


@click.command("indicators")
@click.argument("file", type=FILE)
@click.option(
    "--reason", default="", help="Why definitions that are here change; each gets a new version."
)
@DRY_RUN
def import_indicators(file: Path, reason: str, dry_run: bool) -> None:
    """Take in indicators, each with its definition, from a CSV file."""
    from functools import partial

    from alliance.indicators.services.catalogue_tables import take_indicators

    def warn(text: str) -> None:
        click.echo(f"warning: {text}", err=True)

    _take(partial(take_indicators, reason=reason, warn=warn), file, dry_run, "indicators")


def _take(run: Callable[..., Counter[str]], file: Path, dry_run: bool, label: str) -> None:
    from alliance.core import audit, clock

    def counted(rows: list[Any]) -> Iterator[Any]:
        with progress(len(rows), label) as bar:
            yield from counting(bar)(rows)

    counts = run(
        file, actor=audit.COMMAND_LINE, at=clock.now(), counted=counted, check_only=dry_run
    )
    click.echo(
        ", ".join(f"{number} {what}" for what, number in counts.items())
        + (" (nothing was written)" if dry_run else "")
    )
