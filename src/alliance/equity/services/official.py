"""Small areas with people and income from the files of SCB, IGN and Insee, by a recipe.

Files are read from a folder, or retrieved over the network. Of the whole country those areas are
imported whose code begins with the code of the city's municipality.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.core.archives import opened_archive
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData
from alliance.equity.models import AreaSet
from alliance.equity.services import areas, figures
from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.pxweb import ADDRESS
from alliance.indicators.importing.json_stat import read_json_stat
from alliance.indicators.models import CityCode
from alliance.network.models import Organisation

_RECIPES = Path(__file__).parent.parent / "recipes.json"
#: The names of the dimension of areas: those of PxWeb, then of Insee.
_AREA = ("region", "city", "iris")
#: How Insee and SCB mark a suppressed figure.
_HIDDEN = frozenset({"", "ns", "nd", "s", "..", "...", "x"})

#: A cell of a table: its dimensions by name, and the value as text.
Cell = tuple[Mapping[str, str], str]


@cache
def recipes() -> Mapping[str, Any]:
    """The recipes by the kind of areas, from the file in this folder."""
    by_kind: dict[str, Any] = json.loads(_RECIPES.read_text(encoding="utf-8"))
    return by_kind


def load_areas(
    kind: str,
    organisation: Organisation,
    *,
    folder: Path | None,
    asker: Asker,
    actor: Actor,
    at: dt.datetime,
    report: Callable[[str], object] = lambda text: None,
) -> AreaSet:
    """Import the areas of the team's city with their figures; existing ones are replaced.

    Only from `folder`, or from the publishers if it is None. A table that is missing in the folder
    is skipped and reported. All or nothing. Raises InvalidData, NotAllowed, PublisherSilent.
    """
    recipe = recipes()[kind]
    codes = CityCode.objects.filter(city=organisation.city, scheme=recipe["scheme"])
    communes = tuple(codes.order_by("code").values_list("code", flat=True))
    if not communes:
        raise InvalidData([Fault("city", "official-no-code", {"scheme": recipe["scheme"]})])
    about = areas.About(**recipe["about"])
    with transaction.atomic():
        made = AreaSet.objects.filter(
            city=organisation.city, name=about.name, year=about.year, ended_at=None
        ).first()
        if made is None:
            content = _content(recipe["areas"], folder, asker, communes)
            if content is None:
                files = ", ".join(recipe["areas"]["file"])
                raise InvalidData([Fault("file", "official-no-file", {"files": files})])
            made = areas.bring_areas(
                organisation, about, content, actor=actor, at=at, begins=communes
            )
        report(_("%(n)s areas") % {"n": made.areas.count()})
        wanted = list(made.areas.order_by("number").values_list("code", flat=True))
        for table in recipe["tables"]:
            ending = recipe.get("ending", "")
            content = _content(table, folder, asker, communes, [code + ending for code in wanted])
            if content is None:
                report(_("file missing from the folder: %(file)s") % {"file": table["file"][0]})
                continue
            about_figures = figures.About(
                year=table["year"],
                source=table["source"],
                licence=about.licence,
                url=about.url,
                **table["about"],
            )
            year = table["year"]
            plain = as_table(content, table["columns"], wanted, year=year, ending=ending)
            made = figures.bring_figures(made, about_figures, plain, actor=actor, at=at)
            report(f"{about_figures.source}: {', '.join(table['columns'])}")
    return made


def _content(
    of: Mapping[str, Any],
    folder: Path | None,
    asker: Asker,
    communes: Sequence[str],
    wanted: Sequence[str] = (),
) -> bytes | None:
    if folder is not None:
        for pattern in of["file"]:
            for path in sorted(folder.glob(pattern)):
                return path.read_bytes()
        return None
    if "dataset" in of:
        question = {"Region": list(wanted), **of["ask"]}
        query = [
            {"code": name, "selection": {"filter": "item", "values": values}}
            for name, values in question.items()
        ]
        asked = {"query": query, "response": {"format": "json-stat2"}}
        return asker.post(f"{ADDRESS}/{of['dataset']}", asked).body
    quoted = ",".join(f"%27{commune}%27" for commune in communes)
    return asker.get(of["address"].replace("{communes}", quoted), accept="*/*").body


def as_table(
    content: bytes,
    columns: Mapping[str, Mapping[str, Any]],
    wanted: Sequence[str],
    *,
    year: int,
    ending: str = "",
) -> bytes:
    """The figures of some areas from a publisher's file, as a table with one row for each area.

    A column is one of the file, or a sum of cells selected by their dimensions; if a part is
    missing, it is not known. If a file has areas of several years, codes of one year have an
    `ending`, and codes without it are of another year. Raises InvalidData if the file has nothing
    of a column.
    """
    values: dict[str, dict[str, list[str]]] = {name: {} for name in columns}
    for dimensions, value in _cells(content):
        area = next((dimensions[name] for name in _AREA if name in dimensions), "")
        period = dimensions.get("period", "")
        if period and str(year) not in period:
            continue
        for name, chosen in columns.items():
            if _is_chosen(dimensions, chosen):
                values[name].setdefault(area, []).append(value)
    if ending and any(area.endswith(ending) for by_area in values.values() for area in by_area):
        values = {
            name: {area.removesuffix(ending): of for area, of in by_area.items() if ending in area}
            for name, by_area in values.items()
        }
    faults = [
        Fault("file", "official-no-column", {"column": name})
        for name in columns
        if not values[name].keys() & set(wanted)
    ]
    if faults:
        raise InvalidData(faults)
    parts = {name: len(chosen.get("alder", ("all",))) for name, chosen in columns.items()}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["code", *columns])
    for code in wanted:
        writer.writerow(
            [code, *(_sum(values[name].get(code, []), parts[name]) for name in columns)]
        )
    return out.getvalue().encode()


def _sum(texts: Sequence[str], n_parts: int) -> str:
    if len(texts) != n_parts or any(text.strip().casefold() in _HIDDEN for text in texts):
        return ""
    numbers = [float(text.replace("\N{NO-BREAK SPACE}", "").replace(",", ".")) for text in texts]
    return f"{sum(numbers):.10g}"


def _is_chosen(dimensions: Mapping[str, str], chosen: Mapping[str, Any]) -> bool:
    return all(
        dimensions.get("contents") == value
        if name == "column"
        # A constant dimension of a file, such as both sexes, may be omitted in it.
        else name not in dimensions or any(_is_called(dimensions[name], option) for option in value)
        for name, value in chosen.items()
    )


def _is_called(label: str, name: str) -> bool:
    """Whether a label or code is `name`, or begins with it if `name` ends with a star."""
    return label.startswith(_plain(name[:-1])) if name.endswith("*") else label == _plain(name)


def _plain(text: str) -> str:
    """A label without accents, case and the unit of ages, for comparisons."""
    low = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(character for character in low if not unicodedata.combining(character))
    return bare.removesuffix(" ar").strip()


def _cells(content: bytes) -> Iterator[Cell]:
    if content.startswith(b"PK"):
        with opened_archive(content) as archive:
            names = [name for name in archive.namelist() if name.casefold().endswith(".csv")]
            names = [name for name in names if not Path(name).name.casefold().startswith("meta")]
            if len(names) != 1:
                raise InvalidData([Fault("file", "official-no-file", {"files": "*.csv"})])
            content = archive.read(names[0])
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        yield from _of_json_stat(content)
    else:
        yield from _of_csv(content)


def _of_json_stat(content: bytes) -> Iterator[Cell]:
    table = read_json_stat(content)
    names = [{"indicator": "contents"}.get(name, _plain(name)) for name in table.names]
    for row in range(len(table.rows)):
        cells = {name: column[row] for name, column in zip(names, table.columns, strict=True)}
        value = cells.pop("value")
        dimensions = {
            name: str(cell) if name in _AREA else _plain(str(cell)) for name, cell in cells.items()
        }
        yield dimensions, "" if value is None else str(value)


def _of_csv(content: bytes) -> Iterator[Cell]:
    """A table of PxWeb, with a column for each figure and year, or one of Insee."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The former encoding of PxWeb and Insee.
        text = content.decode("cp1252", "replace")
    head = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text), delimiter=";" if ";" in head else ",")
    names = next(rows, [])
    if names and not any(names[1:]):
        # A sheet of Insee saved as CSV has lines of metadata above its header.
        names = next((row for row in islice(rows, 12) if "IRIS" in row), names)
    is_insee = any(name.strip().casefold() == "iris" for name in names)
    for row in rows:
        cells = dict(zip(names, row, strict=False))
        if is_insee:
            area = next(value for name, value in cells.items() if name.strip().casefold() == "iris")
            for name, value in cells.items():
                yield {"iris": area, "contents": name.strip()}, value
        else:
            dimensions = {
                _plain(name): value for name, value in cells.items() if not name[-4:].isdigit()
            }
            dimensions = {
                name: value if name in _AREA else _plain(value)
                for name, value in dimensions.items()
            }
            for name, value in cells.items():
                if name[-4:].isdigit():
                    yield dimensions | {"contents": _plain(name[:-4]), "period": name[-4:]}, value
