"""Writes the files of a release: the same state of the data always gives the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from alliance.indicators.releases.meaning import FILES, Meaning, levels_of, meaning_at, meaning_in
from alliance.indicators.releases.reading import SCHEMA, read_figures
from alliance.network.bands import climate_zone, size_band
from alliance.network.models import City

FORMAT = 1
OBSERVATIONS = "observations"
CITIES = "cities.parquet"
MANIFEST = "manifest.json"
ORDER = (
    "peer_group", "indicator", "city", "definition", "boundary", "sex", "age", "income", "area",
    "period",
)  # fmt: skip
#: Fixed, because each of these options changes the bytes.
_PARQUET: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "version": "2.6",
    "data_page_version": "1.0",
    "use_dictionary": True,
    "write_statistics": True,
    "row_group_size": 262_144,
    "store_schema": False,
}
_LEVELS = ("peers_fine", "peers_size", "peers_country")
CITY_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("city", "name", "country", "size_band", "climate")]
    + [("population", pa.int64()), ("is_member", pa.bool_())]
    + [(name, pa.string()) for name in _LEVELS]
)


@dataclass(frozen=True)
class Frozen:
    """A release as stored in its files: figures and cities as Arrow tables, and their meaning."""

    figures: pa.Table
    cities: pa.Table
    meaning: Meaning
    manifest: dict[str, Any]

    @property
    def city_ids(self) -> list[str]:
        return list(self.cities["city"].to_pylist())

    def peer_levels(self) -> list[tuple[str, ...]]:
        """The groups of the cities in order, the finest grouping first."""
        return [tuple(self.cities[name].to_pylist()) for name in _LEVELS]


def folder_of(public_id: str) -> Path:
    """The folder of the files of a release, which web server and worker must share."""
    return Path(settings.HOME) / "releases" / public_id


def freeze(folder: Path, *, as_of: dt.datetime, year: int, draws: int, seed: int) -> dict[str, Any]:
    """Writes the data known at `as_of` and their meaning to an empty folder; returns the manifest.

    The manifest has path, sha256, bytes and rows of each file. How the figures were read is
    returned under "read_by", and is not part of the file.
    """
    figures, read_by = read_figures(as_of)
    cities = _cities(set(pc.unique(figures["city"]).to_pylist()))
    place = pc.index_in(figures["city"], value_set=cities["city"].combine_chunks())
    groups = cities["peers_fine"].take(place)
    figures = figures.add_column(0, "peer_group", groups)
    figures = figures.sort_by([(name, "ascending") for name in ORDER])

    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    for wanted in sorted(pc.unique(figures["year"]).to_pylist()):
        path = folder / OBSERVATIONS / f"year={wanted}" / "part-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = figures.filter(pc.equal(figures["year"], wanted))
        pq.write_table(part, path, **_PARQUET)
        rows[path.relative_to(folder).as_posix()] = part.num_rows
    pq.write_table(cities, folder / CITIES, **_PARQUET)
    rows[CITIES] = cities.num_rows
    meaning = meaning_at(as_of)
    for name in FILES:
        write_json(folder / f"{name}.json", getattr(meaning, name))
    manifest = {
        "format": FORMAT,
        "as_of": as_of.astimezone(dt.UTC).isoformat(),
        "year": year,
        "draws": draws,
        "seed": seed,
        "method_version": meaning.method["version"],
        "written_by": f"pyarrow {pa.__version__}",
        "figures": figures.num_rows,
        "cities": cities.num_rows,
        "definitions": len(meaning.definitions),
        "files": describe(folder, rows),
    }
    write_json(folder / MANIFEST, manifest)
    return manifest | {"read_by": read_by}


def write_table(table: pa.Table, path: Path) -> None:
    """Writes a Parquet file whose bytes depend only on the table."""
    pq.write_table(table, path, **_PARQUET)


def write_json(path: Path, content: Any) -> None:
    """Writes JSON that does not depend on the order of keys."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def describe(folder: Path, rows: dict[str, int]) -> list[dict[str, Any]]:
    """Path, sha256, bytes and rows of every file in a folder except the manifest, by path."""
    return [
        {
            "path": name,
            "sha256": digest_of(folder / name),
            "bytes": (folder / name).stat().st_size,
            "rows": rows.get(name),
        }
        for name in sorted(_names(folder))
        if name != MANIFEST
    ]


def digest_of(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def thaw(folder: Path) -> Frozen:
    """Reads the files of a release. Raises FileNotFoundError if they are missing."""
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    names = [entry["path"] for entry in manifest["files"] if _is_observations(entry["path"])]
    schema = pa.schema([("peer_group", pa.string()), *SCHEMA])
    parts = [pq.read_table(folder / name, partitioning=None).cast(schema) for name in names]
    figures = pa.concat_tables(parts) if parts else schema.empty_table()
    cities = pq.read_table(folder / CITIES).cast(CITY_SCHEMA)
    return Frozen(figures, cities, meaning_in(folder), manifest)


def _is_observations(name: str) -> bool:
    return name.startswith(f"{OBSERVATIONS}/")


def _names(folder: Path) -> Iterable[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _cities(with_figures: set[str]) -> pa.Table:
    """Members, and cities with a figure, by id."""
    rows = []
    for city in sorted(City.objects.all(), key=lambda city: city.public_id):
        if not (city.is_member or city.public_id in with_figures):
            continue
        band, zone = size_band(city), climate_zone(city)
        rows.append(
            {
                "city": city.public_id,
                "name": city.name,
                "country": city.country,
                "size_band": band.value if band else "",
                "climate": zone.value if zone else "",
                "population": city.population,
                "is_member": city.is_member,
                **dict(zip(_LEVELS, levels_of(city), strict=True)),
            }
        )
    return pa.Table.from_pylist(rows, schema=CITY_SCHEMA)
