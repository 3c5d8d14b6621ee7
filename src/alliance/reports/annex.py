"""The data annex of a report: its records and figures as tables, byte for byte reproducible."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from alliance.core.text import canonical_json, csv_chunks
from alliance.knowledge.models import CaseStudy
from alliance.knowledge.selectors.localise import local_text
from alliance.reports.selectors.report_parts import Writer

#: Zip archives store a time for each file, which is always this one.
_TIME = (1980, 1, 1, 0, 0, 0)
_README = """Data annex of a report

{title}
{stand}, {version}
{address}

records.csv    every record that the report read, with its version and address
citations.csv  which records each place of the report rests on
{more}report.json    the report as it was built, in English
Tables are UTF-8 with commas. What is not known is an empty cell.
Licence: CC BY 4.0, unless a record says otherwise.
"""
_CASE = (
    "number", "id", "version", "digest", "title", "solution", "place", "country", "start_year",
    "end_year", "outcome", "reasons", "licence",
)  # fmt: skip
_SOLUTION = (
    "number", "id", "name", "verdict", "measure", "unit", "lowest", "highest", "places", "cases",
)  # fmt: skip
_WHAT = {
    "cases": "each case as it was on the day",
    "solutions": "each solution with its verdict and the range of its main measure",
    "figures": "figures of indicators with period, unit and source",
}


def annex(content: dict[str, Any], tables: dict[str, Any], writer: Writer) -> bytes:
    """The annex as a zip archive."""
    files: dict[str, bytes] = {
        "records.csv": _table(
            ("number", "kind", "id", "version", "title", "address"),
            (
                (
                    record.number,
                    record.kind,
                    record.record_id,
                    record.version,
                    record.title.value,
                    record.url,
                )
                for record in writer.reads.values()
            ),
        ),
        "citations.csv": _table(
            ("place", "number"),
            sorted(
                (int(place[1:]), record.number)
                for record in writer.reads.values()
                for place in record.places
            ),
        ),
        "report.json": canonical_json(content).encode(),
    }
    if tables.get("cases"):
        files["cases.csv"] = _table(_CASE, (_case(case, writer) for case in tables["cases"]))
    if tables.get("solutions"):
        files["solutions.csv"] = _table(
            _SOLUTION, (_solution(solution, writer) for solution in tables["solutions"])
        )
    if tables.get("figures"):
        head, *rows = tables["figures"]
        files["figures.csv"] = _table(head, rows)
    more = "".join(
        f"{name}.csv{' ' * (11 - len(name))}{description}\n"
        for name, description in _WHAT.items()
        if f"{name}.csv" in files
    )
    files["README.txt"] = _README.format(more=more, **content).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return b"".join(csv_chunks(columns, rows))


def _case(case: CaseStudy, writer: Writer) -> tuple[Any, ...]:
    version = case.version  # type: ignore[attr-defined]
    return (
        writer.case(case), case.public_id, version.number, version.digest,
        local_text(case, "title", "en").value, case.solution.public_id, case.place_name,
        case.country, case.start_year, case.end_year, case.outcome, list(case.reasons),
        case.licence,
    )  # fmt: skip


def _solution(row: Any, writer: Writer) -> tuple[Any, ...]:
    spread = row.spread
    ends = (
        (spread.chosen[0].value, spread.chosen[-1].value) if spread and spread.chosen else ("", "")
    )
    main = row.judged.verdicts[0] if row.judged.verdicts else None
    return (
        writer.revised(row.solution), row.solution.public_id, row.name.value,
        main.verdict if main else "", main.measure.name if main and main.measure else "",
        main.unit.name if main and main.unit else "", *ends,
        len(spread.chosen) if spread else "", len(row.cases),
    )  # fmt: skip
