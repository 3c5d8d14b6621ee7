"""The headlines of all solutions as a table, and what moved since an earlier one."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click
from django.utils.translation import override

from alliance.cases.enums import Verdict
from alliance.cases.models import Solution
from alliance.evidence.headline import Headline
from alliance.evidence.selectors.verdicts import verdicts_of

COLUMNS = ("solution", "verdict", "result", "places")
Row = Mapping[str, str]


def rows() -> Iterator[Row]:
    """The main verdict of each solution in English, by slug."""
    for solution in Solution.objects.order_by("public_id"):
        for view in verdicts_of(solution, "en")[:1]:
            values = (solution.public_id, view.code, view.result, _places(view.facts))
            yield dict(zip(COLUMNS, values, strict=True))


def _places(headline: Headline) -> str:
    """Where the main measure fell, rose and stayed, such as "6 fell, 1 no difference"."""
    main = headline.result
    if main is None:
        return ""
    if not headline.is_change:
        return f"{main.places} measured" if main.places else ""
    counts = ((main.fell, "fell"), (main.rose, "rose"), (main.unchanged, "no difference"))
    return ", ".join(f"{n} {word}" for n, word in counts if n)


def read_rows(path: Path) -> list[Row]:
    """The rows of an earlier table.

    Raises ClickException naming the file and the columns that it lacks.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t")
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise click.ClickException(f"{path.name}: columns missing: {', '.join(missing)}")
        return [{name: row[name] or "" for name in COLUMNS} for row in reader]


def as_markdown(before: Iterable[Row], after: Iterable[Row]) -> str:
    """Both tables in one: a line for each solution of either, "same" where nothing moved."""
    old, new = ({row["solution"]: row for row in table} for table in (before, after))
    lines = [
        "| Solution | Verdict before | Verdict now | Headline before | Headline now "
        "| Places before | Places now |",
        "|---|---|---|---|---|---|---|",
    ]
    with override("en"):
        for solution in sorted({*old, *new}):
            shown = [solution]
            for name in COLUMNS[1:]:
                was, now = (_cell(table.get(solution), name) for table in (old, new))
                shown += [was, "same" if was == now else now]
            lines.append(f"| {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def _cell(row: Row | None, name: str) -> str:
    text = row[name] if row else ""
    if name == "verdict" and text:
        text = str(Verdict(text).label)
    return text.replace("|", "\\|") or "–"
