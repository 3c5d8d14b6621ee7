"""Elections in the open format of Pabulib: reading, checking with the line of every fault, writing.

A file has the sections META (``key;value``), PROJECTS and VOTES, with cells separated by
semicolons, quoted if they contain one. A byte order mark, additional columns and blank lines are
accepted. Source of the rules: pabulib.org/format and the list of its checker's reports.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import repeat
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from alliance.analysis.budgeting.election import VOTE_TYPES, Cap, Election, Project
from alliance.analysis.errors import MethodError

SECTIONS = ("META", "PROJECTS", "VOTES")
#: The required keys of META.
META = (
    "description", "country", "unit", "instance", "num_projects", "num_votes", "budget",
    "vote_type", "rule", "date_begin", "date_end",
)  # fmt: skip
#: Columns in the order of a complete file.
PROJECT_COLUMNS = ("project_id", "cost", "votes", "score", "name", "category", "selected")
VOTE_COLUMNS = ("voter_id", "vote", "points", "age", "sex", "voting_method", "district")
#: Optional keys of META and columns in the format.
OTHER_META = frozenset((
    "district", "subunit", "min_length", "max_length", "min_length_unit", "max_length_unit",
    "min_length_district", "max_length_district", "min_sum_cost", "max_sum_cost", "min_points",
    "max_points", "min_sum_points", "max_sum_points", "default_score", "min_project_cost",
    "max_project_cost", "min_project_score_threshold", "neighborhoods", "subdistricts",
    "categories", "edition", "language", "currency", "fully_funded", "experimental", "comment",
    "acknowledgments", "leftover_budget", "budget_per_category", "budget_per_neighborhood",
    "min_length_per_category", "max_length_per_category", "min_sum_cost_per_category",
    "max_sum_cost_per_category",
))  # fmt: skip
OTHER_COLUMNS = {
    "PROJECTS": frozenset((
        "beneficiaries", "target", "neighborhood", "subunit", "district", "description",
        "proposer", "public_id", "latitude", "longitude",
    )),
    "VOTES": frozenset((
        "neighborhood", "education", "topic_preference_transport", "topic_preference_culture",
        "topic_preference_nature", "district_preference", "time_taken_seconds", "format_easiness",
        "format_expressiveness", "format_rank",
    )),
}  # fmt: skip
#: Patterns of values that are not free text.
META_VALUES = {
    "language": re.compile(r"[a-z]{2}"),
    "currency": re.compile(r"[A-Z]{3}"),
    "experimental": re.compile("1"),
    "comment": re.compile(r"#1: .*", re.DOTALL),
}
PROJECT_VALUES = {
    "latitude": re.compile(r"(-?\d+(\.\d+)?)?"),
    "longitude": re.compile(r"(-?\d+(\.\d+)?)?"),
}
VOTE_VALUES = {
    "sex": re.compile("[MFO]?"),
    "voting_method": re.compile("(internet|paper)?"),
    "age": re.compile(r"(\d+(-\d+)?)?"),
}
_BLANK_AROUND = re.compile(r"(?:^|;)[ \t]|[ \t](?:;|$)")
#: The line of the section, and the line of its columns.
_VOTES = re.compile(r"^VOTES;*\n(\w[^\n\"]*)\n", re.MULTILINE)
_DATE = re.compile(r"\d{4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}")
#: Our own key of META for a cap on chosen projects, numbered from 1: ``projects 2 cost 900: 4,7``.
_CAP_KEY = re.compile(r"cap_\d+")
_CAP = re.compile(r"(?:projects (\d+))? ?(?:cost (\d+(?:\.\d+)?))?: ?(\S.*)")
_MOST_FAULTS = 1_000
#: The column of a fault whose message does not begin with it.
_COLUMNS = {
    "cost": ("no-cost", "costs-more-than-all"),
    "key": ("duplicate-key",),
    "points": ("points-differ", "bad-points", "points-outside", "sum-outside"),
    "project_id": ("duplicate-project",),
    "score": ("different-score",),
    "selected": ("budget-exceeded", "unused-budget", "rule-not-followed"),
    "value": (
        "missing-key", "bad-vote-type", "bad-date", "end-before-begin", "bad-cap",
        "fully-funded-wrong", "all-projects-fit",
    ),
    "vote": (
        "unknown-project", "repeated-project", "vote-too-long", "vote-too-short", "cost-outside",
    ),
    "voter_id": ("duplicate-voter",),
    "votes": ("different-votes",),
}  # fmt: skip
_COLUMN_OF = {code: column for column, codes in _COLUMNS.items() for code in codes}


@dataclass(frozen=True)
class FileFault:
    """A fault in a file: its line from 1, 0 for the whole file, a code and an English message.

    ``is_fatal``: the file cannot be counted until it is corrected.
    """

    line: int
    code: str
    message: str
    is_fatal: bool = False

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else ""
        place += f", column {self.column}" if place and self.column else ""
        return f"{place}: {self.code}: {self.message}".removeprefix(": ")

    @property
    def column(self) -> str:
        """The column of the fault, empty if the line or the message names it."""
        is_number = self.code in ("bad-number", "comma-in-number")
        return _COLUMN_OF.get(self.code, ("value", "cost")["cost of" in self.message] * is_number)


@dataclass(frozen=True)
class Read:
    """A file that was read: the election, None after a fatal fault, and all faults."""

    election: Election | None
    faults: tuple[FileFault, ...]
    #: Ids of voters in the order of the ballots.
    voters: tuple[str, ...] = ()
    #: The ids that the file lists as chosen, None without such a list.
    selected: frozenset[str] | None = None


class _Faults(list[FileFault]):
    def note(self, line: int, code: str, message: str, *, is_fatal: bool = False) -> None:
        if len(self) < _MOST_FAULTS or is_fatal:
            self.append(FileFault(line, code, message, is_fatal))


def read(content: bytes) -> Read:
    """Reads an election from a file, with all of its faults.

    Fatal codes: ``no-data``, ``not-utf-8``, ``bad-csv``, ``missing-section``, ``missing-column``,
    ``duplicate-column``, ``missing-key``, ``duplicate-key``, ``bad-number``, ``bad-vote-type``,
    ``ragged-row``, ``missing-value``, ``duplicate-project``, ``no-cost``, ``unknown-project``,
    ``repeated-project``, ``missing-points``, ``points-differ``, ``bad-points``, ``no-projects``,
    ``bad-cap``, ``duplicate-voter``. Other codes: ``empty-line``, ``blank-around``,
    ``comma-in-number``, ``unknown-field``, ``wrong-order-of-sections``,
    ``different-number-of-projects``, ``different-number-of-votes``, ``project-without-votes``,
    ``all-projects-fit``, ``end-before-begin``, ``vote-too-long``, ``vote-too-short``,
    ``points-outside``, ``sum-outside``, ``cost-outside``, ``different-votes``, ``different-score``,
    ``no-votes-or-scores``, ``costs-more-than-all``, ``budget-exceeded``, ``unused-budget``,
    ``fully-funded-wrong``, ``rule-not-followed``, ``wrong-order-of-columns``, ``bad-value``,
    ``bad-date``.
    """
    faults = _Faults()
    text = _text(content, faults)
    sections = _sections(text, faults) if text else {}
    if any(fault.is_fatal for fault in faults):
        return Read(None, tuple(faults))
    meta, meta_lines = _meta(sections["META"], faults)
    projects, stated = _projects(sections["PROJECTS"], meta, faults)
    voters, ballots = _votes(sections["VOTES"], meta, projects, faults)
    caps = _caps(meta, meta_lines, projects, faults)
    if any(fault.is_fatal for fault in faults) or ballots is None:
        return Read(None, tuple(sorted(faults, key=lambda fault: fault.line)))
    money = [
        meta["budget"],
        *(project.cost for project in projects),
        *(cost for _, cost, _ in caps),
    ]
    scale = _scale(money)
    election = Election(
        budget=int(Fraction(meta["budget"]) * scale),
        projects=tuple(
            Project(
                project.id, int(Fraction(project.cost) * scale), project.name, project.categories
            )
            for project in projects
        ),
        n_voters=len(voters),
        voter=ballots[0],
        project=ballots[1],
        points=ballots[2],
        vote_type=meta["vote_type"],
        scale=scale,
        caps=tuple(
            Cap(ids, int(n) if n else None, int(Fraction(cost) * scale) if cost else None)
            for n, cost, ids in caps
        ),
        meta=MappingProxyType(meta),
    )
    selected = _compare(election, stated, meta_lines, faults)
    return Read(
        election, tuple(sorted(faults, key=lambda fault: fault.line)), tuple(voters), selected
    )


@dataclass
class _Section:
    """A section by columns: the ``cells`` of each, and the ``lines`` on which its rows begin.

    In META a row has a key and the rest of the line; ragged rows of other sections are left out.
    """

    line: int
    columns: list[str] = field(default_factory=list)
    lines: Sequence[int] = ()
    cells: dict[str, list[str]] = field(default_factory=dict)
    n_rows: int = 0


@dataclass(frozen=True)
class _Priced:
    """A project as in the file; `cost` is the text of a number."""

    id: str
    cost: str
    name: str
    categories: tuple[str, ...]


def _text(content: bytes, faults: _Faults) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        faults.note(line, "not-utf-8", "save the file as UTF-8", is_fatal=True)
        return ""
    if not text.strip():
        faults.note(0, "no-data", "the file is empty", is_fatal=True)
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _sections(text: str, faults: _Faults) -> dict[str, _Section]:  # noqa: C901
    plain = _plain_votes(text)
    if plain:
        text = text[: plain.start]
    _blanks(text, faults)
    sections: dict[str, _Section] = {}
    rows: dict[str, list[tuple[int, list[str]]]] = {}
    name, before = "", 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            head = cells[0].strip() if cells else ""
            if not any(cell.strip() for cell in cells):
                faults.note(line, "empty-line", "the line is empty")
            elif head.upper() in SECTIONS and not any(cells[1:]):
                name = head.upper()
                if name in sections:
                    faults.note(line, "duplicate-section", f"{name} begins twice", is_fatal=True)
                sections[name], rows[name] = _Section(line), []
            elif not name:
                faults.note(line, "missing-section", "the file begins with META", is_fatal=True)
                return {}
            elif not sections[name].columns:
                sections[name].columns = [cell.strip().lower() for cell in cells]
                for one, n in Counter(sections[name].columns).items():
                    if n > 1:
                        faults.note(line, "duplicate-column", f"{one!r} twice", is_fatal=True)
            else:
                rows[name].append((line, cells))
    except csv.Error as error:
        faults.note(reader.line_num, "bad-csv", str(error), is_fatal=True)
        return {}
    needed = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"),
              "VOTES": ("voter_id", "vote")}  # fmt: skip
    for name in needed:
        section = sections.get(name)
        if section is None:
            faults.note(0, "missing-section", f"there is no section {name}", is_fatal=True)
            continue
        for column in needed[name]:
            if column not in section.columns:
                faults.note(
                    section.line, "missing-column", f"{name} has no {column!r}", is_fatal=True
                )
        if name == "VOTES" and plain:
            section.lines, section.n_rows = plain.lines, len(plain.lines)
            section.cells = dict(zip(section.columns, plain.columns, strict=False))
        else:
            _fill(section, name, rows[name], faults)
    for name, order in (("PROJECTS", PROJECT_COLUMNS), ("VOTES", VOTE_COLUMNS)):
        if name in sections:
            known = [column for column in sections[name].columns if column in order]
            if known != sorted(known, key=order.index):
                faults.note(
                    sections[name].line + 1, "wrong-order-of-columns", f"{name}: {', '.join(known)}"
                )
            for column in sections[name].columns:
                if column not in order and column not in OTHER_COLUMNS[name]:
                    faults.note(sections[name].line + 1, "unknown-field", f"{name}: {column!r}")
    if list(sections) != [name for name in SECTIONS if name in sections]:
        last = sections[list(sections)[-1]]
        faults.note(last.line, "wrong-order-of-sections", "META, PROJECTS, VOTES")
    return sections


def _fill(section: _Section, name: str, rows: list[tuple[int, list[str]]], faults: _Faults) -> None:
    """Converts the rows to columns."""
    section.n_rows = len(rows)
    columns, n = section.columns, len(section.columns)
    if name == "META":
        columns = ["key", "value"]
        rows = [(line, [cells[0], ";".join(cells[1:])]) for line, cells in rows]
    else:
        for line, cells in rows:
            if len(cells) != n:
                faults.note(line, "ragged-row", f"{len(cells)} cells, not {n}", is_fatal=True)
        rows = [(line, cells) for line, cells in rows if len(cells) == n]
    section.lines = [line for line, _ in rows]
    section.cells = {
        column: [cells[at].strip() for _, cells in rows] for at, column in enumerate(columns)
    }


class _Plain(NamedTuple):
    start: int
    lines: range
    columns: list[list[str]]


def _plain_votes(text: str) -> _Plain | None:
    """The start of the rows of VOTES in a text, and their cells by column, if the section is the
    last and has no quotes, blanks, or empty or ragged rows: most files are like this, and are split
    faster than by a CSV reader."""
    header = _VOTES.search(text)
    if header is None:
        return None
    body = text[header.end() :].removesuffix("\n")
    rows, n = body.split("\n"), header[1].count(";")
    if '"' in body or rows != body.split() or not n or any(row.count(";") != n for row in rows):
        return None
    cells = body.replace("\n", ";").split(";")
    columns = [cells[at :: n + 1] for at in range(n + 1)]
    if not {"", *SECTIONS}.isdisjoint(map(str.upper, columns[0])):
        return None
    first = text.count("\n", 0, header.end()) + 1
    return _Plain(header.end(), range(first, first + len(rows)), columns)


def _blanks(text: str, faults: _Faults) -> None:
    """Reports cells that begin or end with a blank outside of quotes."""
    for line, row in enumerate(text.split("\n"), 1):
        if '"' not in row and row.strip() and _BLANK_AROUND.search(row):
            faults.note(line, "blank-around", "a cell begins or ends with a blank")


def _values(section: _Section, allowed: Mapping[str, re.Pattern[str]], faults: _Faults) -> None:
    """Reports cells that do not match the pattern of their column."""
    for column, pattern in allowed.items():
        cells = section.cells.get(column, [])
        wrong = {cell for cell in set(cells) if not pattern.fullmatch(cell)}
        for line, cell in zip(section.lines, cells, strict=True) if wrong else ():
            if cell in wrong:
                faults.note(line, "bad-value", f"{column}: {cell!r}")


def _meta(section: _Section, faults: _Faults) -> tuple[dict[str, str], dict[str, int]]:  # noqa: C901
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, key, value in zip(section.lines, *section.cells.values(), strict=True):
        if key in meta:
            faults.note(line, "duplicate-key", f"{key!r} stands there twice", is_fatal=True)
        if not key:
            faults.note(line, "missing-value", "META has a value without a key")
        elif key not in META and key not in OTHER_META and not _CAP_KEY.fullmatch(key):
            faults.note(line, "unknown-field", f"META: {key!r}")
        if value and key in META_VALUES and not META_VALUES[key].fullmatch(value):
            faults.note(line, "bad-value", f"{key}: {value!r}")
        meta[key], lines[key] = value, line
    for key in META:
        if not meta.get(key):
            is_needed = key in ("budget", "vote_type")
            faults.note(
                lines.get(key, section.line), "missing-key", f"META has no {key!r}",
                is_fatal=is_needed,
            )  # fmt: skip
    for key in ("budget", "min_sum_cost", "max_sum_cost"):
        if meta.get(key):
            meta[key] = _number(meta[key], lines[key], key, faults)
    if "budget" in meta and meta["budget"] and Fraction(meta["budget"]) <= 0:
        faults.note(lines["budget"], "bad-number", "the budget is above 0", is_fatal=True)
    for key in WHOLE:
        if meta.get(key) and not re.fullmatch(r"-?\d+", meta[key]):
            faults.note(lines[key], "bad-number", f"{key}: {meta[key]!r} is no whole number")
            meta.pop(key)
    if meta.get("vote_type") == "choose-1":
        # A single project on a ballot: approval of one.
        meta |= {"vote_type": "approval", "max_length": "1"}
        lines.setdefault("max_length", lines["vote_type"])
    if meta.get("vote_type") and meta["vote_type"] not in VOTE_TYPES:
        faults.note(
            lines["vote_type"], "bad-vote-type",
            f"{meta['vote_type']!r} is none of {', '.join(VOTE_TYPES)}, choose-1", is_fatal=True,
        )  # fmt: skip
    for key in ("date_begin", "date_end"):
        if meta.get(key) and not _DATE.fullmatch(meta[key]):
            faults.note(lines[key], "bad-date", f"{key}: {meta[key]!r} is no day such as 9.9.2019")
    begin, end = (_day(meta.get(key, "")) for key in ("date_begin", "date_end"))
    if begin and end and end < begin[: len(end)]:
        faults.note(lines["date_end"], "end-before-begin", "the vote ends before it begins")
    return meta, lines


WHOLE = (
    "num_projects", "num_votes", "min_length", "max_length", "min_points", "max_points",
    "min_sum_points", "max_sum_points", "default_score", "min_project_cost", "max_project_cost",
    "min_project_score_threshold", "min_length_unit", "max_length_unit", "min_length_district",
    "max_length_district",
)  # fmt: skip


def _day(text: str) -> tuple[int, ...]:
    """Year, with month and day if given; empty for an invalid date."""
    if not _DATE.fullmatch(text):
        return ()
    parts = tuple(int(part) for part in re.split(r"[.-]", text))
    return parts[::-1] if "." in text else parts


def _number(text: str, line: int, what: str, faults: _Faults) -> str:
    """The text of a number for Fraction; 0 with a fault for an invalid number."""
    if re.fullmatch(r"\d+,\d+", text):
        faults.note(line, "comma-in-number", f"{what}: {text!r}; write a point")
        text = text.replace(",", ".")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return text
    faults.note(line, "bad-number", f"{what}: {text!r} is no number", is_fatal=True)
    return "0"


def _scale(numbers: Sequence[str]) -> int:
    decimals = max((len(text.partition(".")[2].rstrip("0")) for text in numbers), default=0)
    return int(10**decimals)


def _projects(
    section: _Section, meta: Mapping[str, str], faults: _Faults
) -> tuple[list[_Priced], dict[str, list[tuple[int, str]]]]:
    """The projects, and their stated values by column: line and text."""
    projects: list[_Priced] = []
    seen: set[str] = set()
    cells, nothing = section.cells, [""] * len(section.lines)
    for line, own, cost, name, kind in zip(
        section.lines, cells["project_id"], cells["cost"], cells.get("name", nothing),
        cells.get("category", nothing), strict=True,
    ):  # fmt: skip
        if not own:
            faults.note(line, "missing-value", "the project has no id", is_fatal=True)
            continue
        if own in seen:
            faults.note(line, "duplicate-project", f"{own!r} stands there twice", is_fatal=True)
        seen.add(own)
        if not cost or cost in ("0", "0.0"):
            faults.note(line, "no-cost", f"project {own!r} has no cost", is_fatal=True)
            cost = "0"
        else:
            cost = _number(cost, line, f"cost of {own!r}", faults)
        categories = tuple(category.strip() for category in kind.split(",") if category.strip())
        projects.append(_Priced(own, cost, name, categories))
    _values(section, PROJECT_VALUES, faults)
    if not section.n_rows:
        faults.note(section.line, "no-projects", "there is no project", is_fatal=True)
    stated: dict[str, list[tuple[int, str]]] = {
        column: list(zip(section.lines, cells[column], strict=True))
        for column in ("votes", "score", "selected")
        if column in cells
    }
    if "votes" not in stated and "score" not in stated:
        faults.note(section.line, "no-votes-or-scores", "PROJECTS has neither votes nor score")
    declared = meta.get("num_projects")
    if declared and int(declared) != section.n_rows:
        faults.note(
            section.line, "different-number-of-projects",
            f"META says {declared}, there are {section.n_rows}",
        )  # fmt: skip
    return projects, stated


def _caps(
    meta: Mapping[str, str],
    meta_lines: Mapping[str, int],
    projects: Sequence[_Priced],
    faults: _Faults,
) -> list[tuple[str, str, frozenset[str]]]:
    """The maximum number and cost of each cap, as texts, empty for none; and the ids."""
    caps = []
    known = {project.id for project in projects}
    for key in (name for name in meta if _CAP_KEY.fullmatch(name)):
        parts = _CAP.fullmatch(meta[key])
        ids = {part.strip() for part in parts[3].split(",")} if parts else set()
        if parts is None or not (parts[1] or parts[2]) or not ids <= known:
            faults.note(
                meta_lines[key], "bad-cap",
                f"{key}: {meta[key]!r} is not such as 'projects 1: 4,7' with ids of projects",
                is_fatal=True,
            )  # fmt: skip
        else:
            caps.append((parts[1] or "", parts[2] or "", frozenset(ids)))
    return caps


def _votes(
    section: _Section, meta: Mapping[str, str], projects: Sequence[_Priced], faults: _Faults
) -> tuple[list[str], tuple[np.ndarray, np.ndarray, np.ndarray] | None]:
    """Ids of voters; and voter, project and points of each entry, sorted by voter."""
    lines = section.lines
    declared = meta.get("num_votes")
    if declared and int(declared) != section.n_rows:
        faults.note(
            section.line, "different-number-of-votes",
            f"META says {declared}, there are {section.n_rows}",
        )  # fmt: skip
    voters, named = section.cells["voter_id"], section.cells["vote"]
    _same_voters(voters, lines, faults)
    _values(section, VOTE_VALUES, faults)
    lengths = np.array([text.count(",") + 1 if text else 0 for text in named], np.int64)
    cells = ",".join(text for text in named if text).split(",") if lengths.any() else []
    voter = np.repeat(np.arange(len(lines)), lengths)
    place_of = {candidate.id: at for at, candidate in enumerate(projects)}
    project = np.fromiter(map(place_of.get, cells, repeat(-1)), np.int64, len(cells))
    if (project < 0).any():
        for at in np.flatnonzero(project < 0):
            # A blank around an id is not part of it.
            known = place_of.get(cells[at].strip(), -1)
            project[at] = known
            if known < 0:
                faults.note(
                    lines[voter[at]], "unknown-project", f"no project {cells[at].strip()!r}",
                    is_fatal=True,
                )  # fmt: skip
    keys = voter * max(len(projects), 1) + project
    in_order = np.sort(keys)
    if (in_order[1:] == in_order[:-1]).any():
        _, first, n_same = np.unique(keys, return_index=True, return_counts=True)
        for at in first[n_same > 1]:
            if project[at] >= 0:
                faults.note(
                    lines[voter[at]], "repeated-project",
                    f"project {projects[project[at]].id!r} twice in one vote", is_fatal=True,
                )  # fmt: skip
    points = _points(section, meta, lengths, faults)
    _lengths(lengths, lines, meta, faults)
    if points is None:
        return voters, None
    _limits(voter, project, points, lines, meta, projects, faults)
    has_points = points > 0
    return voters, (voter[has_points], project[has_points], points[has_points])


def _same_voters(voters: Sequence[str], lines: Sequence[int], faults: _Faults) -> None:
    if len(set(voters)) < len(voters) or "" in voters:
        seen: dict[str, int] = {}
        for line, own in zip(lines, voters, strict=True):
            if not own:
                faults.note(line, "missing-value", "the voter has no id", is_fatal=True)
            elif own in seen:
                faults.note(
                    line, "duplicate-voter", f"{own!r} votes in line {seen[own]}, too",
                    is_fatal=True,
                )  # fmt: skip
            seen.setdefault(own, line)


def _points(
    section: _Section,
    meta: Mapping[str, str],
    lengths: np.ndarray,
    faults: _Faults,
) -> np.ndarray | None:
    """The points of each entry: 1, decreasing ranks, or points."""
    kind = meta.get("vote_type")
    n = int(lengths.sum())
    if kind == "ordinal":
        longest = max(int(meta.get("max_length") or 0), int(lengths.max(initial=0)))
        starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
        return longest - (np.arange(n) - starts)
    texts = section.cells.get("points")
    if kind == "approval" or kind not in VOTE_TYPES:
        return np.ones(n, np.int64)
    if texts is None:
        faults.note(
            section.line, "missing-points", f"VOTES of kind {kind} have points", is_fatal=True
        )
        return None
    counts = np.array([text.count(",") + 1 if text else 0 for text in texts], np.int64)
    for at in np.flatnonzero(counts != lengths).tolist():
        faults.note(
            section.lines[at], "points-differ", f"{lengths[at]} projects, {counts[at]} points",
            is_fatal=True,
        )  # fmt: skip
    if (counts != lengths).any():
        return None
    cells = ",".join(text for text in texts if text).split(",") if n else []
    try:
        points = np.array(cells, dtype=np.int64) if n else np.zeros(0, np.int64)
    except ValueError:
        points = None
    if points is None or (points < 0).any():
        who = np.repeat(np.arange(len(texts)), lengths)
        for n_cell, cell in enumerate(cells):
            if not re.fullmatch(r"\d+", cell.strip()):
                faults.note(
                    section.lines[who[n_cell]], "bad-points", f"{cell!r} is no whole number from 0",
                    is_fatal=True,
                )  # fmt: skip
        return None
    return points


def _lengths(
    lengths: np.ndarray, lines: Sequence[int], meta: Mapping[str, str], faults: _Faults
) -> None:
    for key, code, is_out in (
        ("max_length", "vote-too-long", np.greater),
        ("min_length", "vote-too-short", np.less),
    ):
        # Cities with several districts state it for each of them or for all.
        key = next(
            (name for name in (key, f"{key}_unit", f"{key}_district") if meta.get(name)), key
        )
        if meta.get(key):
            for at in np.flatnonzero(is_out(lengths, int(meta[key]))).tolist():
                faults.note(lines[at], code, f"{lengths[at]} projects; {key} is {meta[key]}")


def _limits(
    voter: np.ndarray,
    project: np.ndarray,
    points: np.ndarray,
    lines: Sequence[int],
    meta: Mapping[str, str],
    projects: Sequence[_Priced],
    faults: _Faults,
) -> None:
    """Compares points and cost of a ballot with the limits in META."""
    has_points = meta.get("vote_type") in ("cumulative", "scoring")
    sums = np.bincount(voter, points, minlength=len(lines)) if has_points else None
    costs = None
    if (meta.get("min_sum_cost") or meta.get("max_sum_cost")) and (project >= 0).all():
        each = np.array([float(candidate.cost) for candidate in projects])
        costs = np.bincount(voter, each[project], minlength=len(lines))
    for end, is_out in (("min", np.less), ("max", np.greater)):
        if has_points and meta.get(f"{end}_points"):
            for at in np.flatnonzero(is_out(points, int(meta[f"{end}_points"]))).tolist():
                faults.note(lines[voter[at]], "points-outside", f"{points[at]} points")
        for key, values, code in (("sum_points", sums, "sum-outside"),
                                  ("sum_cost", costs, "cost-outside")):  # fmt: skip
            if values is not None and meta.get(f"{end}_{key}"):
                for at in np.flatnonzero(is_out(values, float(meta[f"{end}_{key}"]))).tolist():
                    faults.note(lines[at], code, f"{values[at]:g} in all")


def _compare(  # noqa: C901
    election: Election,
    stated: Mapping[str, list[tuple[int, str]]],
    meta_lines: Mapping[str, int],
    faults: _Faults,
) -> frozenset[str] | None:
    """Compares the stated values of projects with those from votes and costs."""
    for column, counted in (("votes", election.votes), ("score", election.score)):
        for (line, text), project, n in zip(
            stated.get(column, ()), election.projects, counted, strict=False
        ):
            if text and text != str(int(n)):
                code = "different-votes" if column == "votes" else "different-score"
                faults.note(line, code, f"project {project.id!r}: {text} stated, {int(n)} counted")
    if election.meta.get("fully_funded", "1") != "1":
        line = meta_lines["fully_funded"]
        faults.note(line, "fully-funded-wrong", "fully_funded is 1 or left out")
    total = sum(project.cost for project in election.projects)
    if election.meta.get("fully_funded") == "1" and total > election.budget:
        faults.note(meta_lines["fully_funded"], "fully-funded-wrong", "not all projects fit")
    if total < election.budget and "fully_funded" not in election.meta:
        faults.note(meta_lines["budget"], "all-projects-fit", "the budget pays all projects")
    lines = next(iter(stated.values()), ())
    for (line, _), project, n in zip(lines, election.projects, election.votes, strict=False):
        if not n:
            faults.note(line, "project-without-votes", f"project {project.id!r}")
    rows = stated.get("selected")
    for at, project in enumerate(election.projects):
        if project.cost > election.budget:
            line = rows[at][0] if rows else 0
            faults.note(line, "costs-more-than-all", f"project {project.id!r} alone")
    if rows is None:
        return None
    for line, text in rows:
        if text not in ("0", "1", "2", "3", ""):
            faults.note(line, "bad-value", f"selected: {text!r} is none of 0, 1, 2, 3")
    chosen = [at for at, (_, text) in enumerate(rows) if text == "1"]
    spent = sum(election.projects[at].cost for at in chosen)
    if spent > election.budget:
        faults.note(
            rows[chosen[-1]][0], "budget-exceeded",
            f"the selected cost {election.amount(spent)} of {election.amount(election.budget)}",
        )  # fmt: skip
    for at, (line, text) in enumerate(rows):
        project = election.projects[at]
        if text == "0" and project.cost <= election.budget - spent and election.votes[at]:
            faults.note(line, "unused-budget", f"what is left could pay for project {project.id!r}")
    if election.meta.get("rule") == "greedy" and election.meta.get("unit") != "Poznań":
        _check_greedy(election, {election.projects[at].id for at in chosen}, rows, faults)
    return frozenset(election.projects[at].id for at in chosen)


def _check_greedy(
    election: Election, chosen: set[str], rows: Sequence[tuple[int, str]], faults: _Faults
) -> None:
    # Imported here, because the rules import neighbours of this module.
    from alliance.analysis.budgeting.greedy import greedy

    counted = set(greedy(election).winners)
    stopped = set(greedy(election, unaffordable="stop").winners)
    if chosen in (counted, stopped):
        return
    for (line, _), project in zip(rows, election.projects, strict=True):
        if (project.id in chosen) != (project.id in counted):
            word = "is not selected" if project.id in counted else "is selected"
            faults.note(
                line, "rule-not-followed", f"by greedy, project {project.id!r} {word} wrongly"
            )


def write(
    election: Election,
    meta: Mapping[str, str],
    *,
    voters: Sequence[str] | None = None,
    selected: frozenset[str] | None = None,
) -> Iterator[str]:
    """Writes the lines of a file from which `read` restores the same election.

    Args:
        meta: values of META other than counts, budget and kind of vote.
        voters: ids in the order of the ballots; by default their numbers from 1.
        selected: ids that were chosen; None to omit the column.

    Raises:
        MethodError: ``bad-value`` if the number of voter ids differs from that of the ballots.
    """
    if voters is not None and len(voters) != election.n_voters:
        raise MethodError("bad-value", "one id for each ballot", "voters")
    has_points = election.vote_type in ("cumulative", "scoring")
    own = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.n_voters),
        "budget": str(election.amount(election.budget)),
        "vote_type": election.vote_type,
    }
    other_meta = {
        key: value for key, value in meta.items() if key not in own and not _CAP_KEY.fullmatch(key)
    }
    entries = dict.fromkeys(META, "") | other_meta | own
    entries |= {f"cap_{n}": _cap_text(election, cap) for n, cap in enumerate(election.caps, 1)}
    yield _line("META")
    yield _line("key", "value")
    for key, value in entries.items():
        if value:
            yield _line(key, value)
    yield _line("PROJECTS")
    columns = ["project_id", "cost", "votes", "score", "name", "category", "selected"]
    if not has_points and election.vote_type != "ordinal":
        columns.remove("score")
    if selected is None:
        columns.remove("selected")
    yield _line(*columns)
    for at, project in enumerate(election.projects):
        cells = {
            "project_id": project.id,
            "cost": str(election.amount(project.cost)),
            "votes": str(int(election.votes[at])),
            "score": str(int(election.score[at])),
            "name": project.name,
            "category": ",".join(project.categories),
            "selected": str(int(selected is not None and project.id in selected)),
        }
        yield _line(*(cells[column] for column in columns))
    yield _line("VOTES")
    yield _line("voter_id", "vote", *(["points"] if has_points else []))
    ends = np.searchsorted(election.voter, np.arange(election.n_voters + 1))
    for at in range(election.n_voters):
        part = slice(ends[at], ends[at + 1])
        order = np.argsort(-election.points[part], kind="stable")
        ids = ",".join(election.projects[n].id for n in election.project[part][order])
        points = ",".join(str(int(n)) for n in election.points[part][order])
        name = voters[at] if voters is not None else str(at + 1)
        yield _line(name, ids, *([points] if has_points else []))


def _cap_text(election: Election, cap: Cap) -> str:
    parts = [] if cap.most_projects is None else [f"projects {cap.most_projects}"]
    if cap.most_cost is not None:
        parts.append(f"cost {election.amount(cap.most_cost)}")
    ids = [project.id for project in election.projects if project.id in cap.projects]
    return f"{' '.join(parts)}: {','.join(ids)}"


def _line(*cells: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\n").writerow(cells)
    return buffer.getvalue()
