"""Shapes of areas from an uploaded file. Runs in a child of `contained`, without Django.

GeoJSON, GeoPackage and zipped shapefiles become geometries in degrees; a fault of a shape names its
area. Outlines are simplified along the borders that areas share, so that no gaps appear between
neighbours.
"""

from __future__ import annotations

import io
import json
import math
import sqlite3
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapefile
import shapely
from pyproj.exceptions import CRSError

from alliance.charts.projection import LambertAzimuthal
from alliance.core.files.rows import Limits, TooMuch

#: EPSG numbers: degrees, and the national grids of Sweden and France.
WGS84, SWEREF99_TM, LAMBERT_93 = 4326, 3006, 2154
SYSTEMS = (WGS84, SWEREF99_TM, LAMBERT_93)
#: The name of degrees in GeoJSON; the order of the coordinates is the same.
_CRS84 = "CRS84"
#: The width or height of drawings in units.
BOX = 1000
#: The maximum number of vertices of all outlines together, and the minimum of one area.
MOST_CORNERS, LEAST_CORNERS = 9_000, 6
#: Overlaps from this share of the smaller area on are refused, smaller ones get a remark.
OVERLAP = 0.01
#: Overlaps and gaps below this are rounding errors, in km².
SLIVER_KM2 = 0.0001
#: The maximum distance of an area from its city, in km.
FAR_KM = 300.0
#: How many faults of one kind are named.
_MOST_NAMED = 20
_DIGITS = 6
#: Columns with codes and names; those of the publishers' own files first.
CODES = ("desokod", "deso", "code_iris", "codeiris", "dcomiris", "code", "kod", "id")
NAMES = ("desonamn", "nom_iris", "nomiris", "name", "namn", "nom", "lib_iris")


#: Replaces a geometry that could not be read.
_BROKEN = shapely.Polygon([(0, 0), (1, 1), (0, 1), (1, 0)])

#: A code and the parameters of its message.
CodedMessage = tuple[str, Mapping[str, Any]]


class Refused(Exception):
    """A faulty file: one code with its parameters, or several."""

    def __init__(self, *faults: CodedMessage):
        super().__init__(faults)
        self.faults = faults


@dataclass
class Layer:
    """The content of a file: properties and geometries in its own coordinates, and their reference
    system."""

    properties: list[dict[str, Any]]
    shapes: Any
    crs: int | None


def read(
    content: bytes,
    *,
    limits: Limits,
    crs: int | None = None,
    code: str = "",
    name: str = "",
    city: Sequence[float] | None = None,
    begins: Sequence[str] = (),
) -> Iterator[list[Any]]:
    """The areas of a file as lists, preceded by one about the whole file.

    The first is `["set", crs, width, height, remarks]`, each further one `["area", code, name,
    shape, outline, latitude, longitude]`. A faulty file yields only `["faults", faults]`. Remarks
    and faults are lists of a code and its parameters as pairs.

    Args: crs: EPSG number, if the file does not state it. code, name: their columns; by default
    those that publishers use. city: latitude and longitude near which the areas must lie, in
    degrees. begins: prefixes of the codes of areas to read; empty for all.
    """
    try:
        yield from _areas(content, limits, crs, code, name, city, tuple(begins))
    except Refused as error:
        yield ["faults", [[fault, list(params.items())] for fault, params in error.faults]]


def _areas(
    content: bytes,
    limits: Limits,
    crs: int | None,
    code: str,
    name: str,
    city: Sequence[float] | None,
    begins: tuple[str, ...],
) -> Iterator[list[Any]]:
    layer = _layer(content)
    if not layer.properties:
        raise Refused(("areas-none", {}))
    if len(layer.properties) > limits.rows and not begins:
        raise TooMuch("rows", limits.rows)
    codes, names = _called(layer, code, name)
    if begins:
        taken = [at for at, area_code in enumerate(codes) if area_code.startswith(begins)]
        if not taken:
            raise Refused(("areas-none", {}))
        if len(taken) > limits.rows:
            raise TooMuch("rows", limits.rows)
        layer.shapes = layer.shapes[taken]
        codes, names = [codes[at] for at in taken], [names[at] for at in taken]
    system = _system(layer, crs)
    shapes = _polygons(layer.shapes, codes)
    degrees = _in_degrees(shapes, system, city)
    plane = _on_plane(degrees)
    remarks = [*_overlaps(plane, codes), *_gaps(plane, codes)]
    outlines, width, height = _outlines(plane)
    places = shapely.get_coordinates(shapely.point_on_surface(degrees))
    yield ["set", system, width, height, [[of, list(params.items())] for of, params in remarks]]
    texts = shapely.to_geojson(shapely.transform(degrees, lambda at: at.round(_DIGITS)))
    for at in sorted(range(len(codes)), key=codes.__getitem__):
        place = [round(float(coordinate), _DIGITS) for coordinate in places[at]]
        yield ["area", codes[at], names[at], texts[at], outlines[at], place[1], place[0]]


def _layer(content: bytes) -> Layer:
    if content.startswith(b"SQLite format 3\x00"):
        return _geopackage(content)
    if content.startswith(b"PK"):
        return _zipped_shapefile(content)
    return _geojson(content)


def _geojson(content: bytes) -> Layer:
    try:
        document = json.loads(content.decode("utf-8-sig"))
        features = document["features"]
        properties = [dict(feature.get("properties") or {}) for feature in features]
        shapes = [_of_geojson(feature.get("geometry")) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.ShapelyError):
        raise Refused(("shapes-unreadable", {})) from None
    crs_name = str((document.get("crs") or {}).get("properties", {}).get("name", ""))
    crs = _epsg(crs_name) if crs_name else None
    corners = shapely.get_coordinates([shape for shape in shapes if shape is not _BROKEN])
    if crs is None and (np.abs(corners) <= [180, 90]).all():
        crs = WGS84
    return Layer(properties, np.array(shapes, dtype=object), crs)


def _of_geojson(geometry: Any) -> Any:
    """A geometry; `_BROKEN` for rings that are not closed and invalid coordinates."""
    try:
        return None if geometry is None else shapely.from_geojson(json.dumps(geometry))
    except shapely.errors.ShapelyError:
        return _BROKEN


def _epsg(definition: str) -> int | None:
    """The EPSG number of a reference system from its name or definition; None if unknown."""
    if definition.endswith(_CRS84):
        return WGS84
    try:
        epsg = pyproj.CRS.from_user_input(definition).to_epsg(min_confidence=20)
    except CRSError:
        return None
    return int(epsg) if epsg else None


def _geopackage(content: bytes) -> Layer:
    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(content)
        base.execute("PRAGMA trusted_schema = OFF")
        layers = base.execute(
            "SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id"
            " FROM gpkg_geometry_columns g JOIN gpkg_contents c USING (table_name)"
            " JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE c.data_type = 'features'"
        ).fetchall()
        if len(layers) != 1:
            raise Refused(("shapes-layers", {"n": len(layers)}))
        table, column, organization, number = layers[0]
        rows = base.execute('SELECT * FROM "{}"'.format(str(table).replace('"', '""')))  # noqa: S608
        columns = [field[0] for field in rows.description]
        place = columns.index(column)
        properties, shapes = [], []
        for row in rows:
            properties.append(
                {name: value for name, value in zip(columns, row, strict=True) if name != column}
            )
            shapes.append(_of_geopackage(row[place]))
    except (sqlite3.Error, ValueError, struct.error, shapely.errors.ShapelyError):
        raise Refused(("shapes-unreadable", {})) from None
    finally:
        base.close()
    crs = int(number) if str(organization).upper() == "EPSG" else None
    return Layer(properties, np.array(shapes, dtype=object), crs)


def _of_geopackage(blob: bytes | None) -> Any:
    """The geometry of a GeoPackage's blob: a header with an envelope, then WKB."""
    if blob is None:
        return None
    if blob[:2] != b"GP":
        raise ValueError("no geometry of a GeoPackage")
    envelope = (blob[3] >> 1) & 7
    return shapely.from_wkb(blob[8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[envelope] :])


def _zipped_shapefile(content: bytes) -> Layer:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.namelist() if not part.startswith("__MACOSX")]
            layers = [part for part in parts if part.lower().endswith(".shp")]
            if len(layers) != 1:
                raise Refused(("shapes-layers", {"n": len(layers)}))
            stem = layers[0][:-4]
            files = {
                part[-3:].lower(): io.BytesIO(archive.read(part))
                for part in parts
                if part[:-4] == stem and part[-4] == "."
            }
        encoding = files["cpg"].read().decode("ascii", "ignore").strip() if "cpg" in files else ""
        reader = shapefile.Reader(
            shp=files["shp"],
            dbf=files["dbf"],
            encoding=encoding or "utf-8",
            encodingErrors="replace",
        )
        properties = [record.as_dict() for record in reader.records()]
        shapes = [
            None if shape.shapeType == shapefile.NULL else _of_geojson(shape.__geo_interface__)
            for shape in reader.shapes()
        ]
    except (
        zipfile.BadZipFile,
        KeyError,
        LookupError,
        struct.error,
        ValueError,
        shapefile.ShapefileException,
        shapely.errors.ShapelyError,
    ):
        raise Refused(("shapes-unreadable", {})) from None
    system = files["prj"].read().decode("utf-8", "ignore") if "prj" in files else ""
    return Layer(properties, np.array(shapes, dtype=object), _epsg(system) if system else None)


def _called(layer: Layer, code: str, name: str) -> tuple[list[str], list[str]]:
    """Codes and names of the areas, from the named columns or those that publishers use."""
    columns = list(layer.properties[0])
    if not columns:
        raise Refused(("shapes-no-columns", {}))
    by_low = {column.casefold(): column for column in columns}

    def column(asked: str, usual: Sequence[str]) -> str | None:
        if asked:
            return by_low.get(asked.strip().casefold())
        return next((by_low[candidate] for candidate in usual if candidate in by_low), None)

    key = column(code, CODES)
    if key is None:
        raise Refused(
            ("shapes-code-column", {"columns": [str(heading) for heading in columns[:30]]})
        )
    title = column(name, NAMES)
    codes = [
        "" if record.get(key) is None else str(record[key]).strip() for record in layer.properties
    ]
    missing = [at + 1 for at, area_code in enumerate(codes) if not 0 < len(area_code) <= 40]
    if missing:
        raise Refused(("shapes-no-code", {"rows": missing[:_MOST_NAMED], "column": key}))
    twice = sorted(code for code, n in Counter(codes).items() if n > 1)
    if twice:
        raise Refused(("shapes-code-twice", {"codes": twice[:_MOST_NAMED]}))
    names = [
        str(record.get(title) or "").strip()[:120] if title else "" for record in layer.properties
    ]
    return codes, names


def _system(layer: Layer, asked: int | None) -> int:
    """The reference system: as stated in the file, else as entered."""
    if layer.crs is None and asked is None:
        raise Refused(("shapes-no-system", {}))
    if layer.crs is not None and asked is not None and layer.crs != asked:
        raise Refused(("shapes-other-system", {"file": layer.crs, "asked": asked}))
    system = layer.crs if layer.crs is not None else asked
    assert system is not None
    if system not in SYSTEMS:
        raise Refused(("shapes-unknown-system", {"system": system}))
    return system


def _polygons(shapes: Any, codes: Sequence[str]) -> Any:
    """The shapes, if each is a valid polygon or multipolygon."""
    faults: list[CodedMessage] = [
        ("shape-unreadable", {"area": code})
        for code, shape in zip(codes, shapes, strict=True)
        if shape is _BROKEN
    ]
    kinds = shapely.get_type_id(shapes)
    for at in np.flatnonzero((shapes == None) | shapely.is_empty(shapes)):  # noqa: E711
        faults.append(("shape-none", {"area": codes[int(at)]}))
    for at in np.flatnonzero(~np.isin(kinds, (3, 6)) & ~shapely.is_missing(shapes)):
        faults.append(("shape-no-polygon", {"area": codes[int(at)]}))
    if not faults:
        shapes = shapely.force_2d(shapes)
        if not np.isfinite(shapely.get_coordinates(shapes)).all():
            bad = [not np.isfinite(shapely.get_coordinates(shape)).all() for shape in shapes]
            faults += [("shape-endless", {"area": codes[int(at)]}) for at in np.flatnonzero(bad)]
    if not faults:
        for at in np.flatnonzero(~shapely.is_valid(shapes)):
            # Such as “Self-intersection[20.2 63.8]”; the words are from GEOS.
            place = shapely.is_valid_reason(shapes[at]).partition("[")[2].rstrip("]")
            place = " ".join(f"{float(coordinate):.9g}" for coordinate in place.split())
            faults.append(("shape-not-valid", {"area": codes[int(at)], "place": place}))
    if faults:
        raise Refused(*faults[:_MOST_NAMED])
    return shapes


def _in_degrees(shapes: Any, system: int, city: Sequence[float] | None) -> Any:
    """The shapes in degrees; refused if they are far from the city, or mirrored."""

    def degrees(of: Any) -> Any:
        if system == WGS84:
            return of
        to = pyproj.Transformer.from_crs(system, WGS84, always_xy=True)
        return shapely.transform(of, lambda at: np.column_stack(to.transform(at[:, 0], at[:, 1])))

    in_degrees = degrees(shapes)
    away = _away(in_degrees, city)
    if away > FAR_KM:
        swapped = degrees(shapely.transform(shapes, lambda at: at[:, ::-1]))
        if _away(swapped, city) <= FAR_KM:
            raise Refused(("shapes-swapped", {}))
        raise Refused(("shapes-elsewhere", {"km": round(min(away, 20_000.0)), "system": system}))
    # Neighbours whose vertices differ in the last digit of a float would not touch.
    return shapely.transform(in_degrees, lambda at: at.round(_DIGITS + 1))


def _away(degrees: Any, city: Sequence[float] | None) -> float:
    """The distance of the centre of the shapes from the city, in km; infinite for no place on
    Earth."""
    corners = shapely.get_coordinates(degrees)
    if not np.isfinite(corners).all() or (np.abs(corners) > [180, 90]).any():
        return math.inf
    if city is None:
        return 0.0
    x, y = LambertAzimuthal(city[1], city[0])(*np.median(corners, axis=0))
    return float(np.hypot(x, y))


def _on_plane(degrees: Any) -> Any:
    """The shapes in km around their centre, in an equal-area projection."""
    middle = np.median(shapely.get_coordinates(degrees), axis=0)
    projection = LambertAzimuthal(float(middle[0]), float(middle[1]))
    return shapely.transform(degrees, lambda at: np.column_stack(projection(at[:, 0], at[:, 1])))


def _overlaps(plane: Any, codes: Sequence[str]) -> list[CodedMessage]:
    """Remarks on pairs with small overlaps. Raises Refused for larger ones."""
    tree = shapely.STRtree(plane)
    first, other = tree.query(plane, predicate="intersects")
    pairs = first < other
    first, other = first[pairs], other[pairs]
    shared = shapely.area(shapely.intersection(plane[first], plane[other]))
    least = np.minimum(shapely.area(plane[first]), shapely.area(plane[other]))
    large = shared > np.maximum(OVERLAP * least, SLIVER_KM2)
    if large.any():
        raise Refused(
            *(
                (
                    "shapes-overlap",
                    {
                        "one": codes[int(first[at])],
                        "other": codes[int(other[at])],
                        "share": max(1, round(100 * shared[at] / least[at])),
                    },
                )
                for at in np.flatnonzero(large)[:_MOST_NAMED]
            )
        )
    slivers = int((shared > SLIVER_KM2).sum())
    return [("shapes-slivers", {"n": slivers})] if slivers else []


def _gaps(plane: Any, codes: Sequence[str]) -> list[CodedMessage]:
    """Remarks on gaps between the areas, largest first."""
    whole = shapely.union_all(plane)
    rings = [
        shapely.polygons(ring)
        for part in shapely.get_parts(whole)
        for ring in shapely.get_rings(part)[1:]
    ]
    sizes = sorted(((float(shapely.area(ring)), ring) for ring in rings), key=lambda each: -each[0])
    remarks: list[CodedMessage] = []
    for size, hole in sizes[:_MOST_NAMED]:
        if size > SLIVER_KM2:
            around = [codes[int(at)] for at in np.flatnonzero(shapely.intersects(plane, hole))]
            remarks.append(("shapes-gap", {"km2": round(size, 3), "areas": around[:5]}))
    return remarks


def _outlines(plane: Any) -> tuple[list[str], int, int]:
    """Simplified shapes as SVG paths, and the width and height of their box."""
    left, bottom, right, top = shapely.total_bounds(plane)
    scale = BOX / max(right - left, top - bottom)
    drawn = shapely.transform(
        plane, lambda at: np.column_stack([(at[:, 0] - left) * scale, (top - at[:, 1]) * scale])
    )
    budget = max(MOST_CORNERS, LEAST_CORNERS * len(plane))
    tolerance = 0.8
    simple = shapely.coverage_simplify(drawn, tolerance)
    while shapely.get_num_coordinates(simple).sum() > budget and tolerance < 40:
        tolerance *= 1.5
        simple = shapely.coverage_simplify(drawn, tolerance)
    paths = [_path(shape) for shape in simple]
    return paths, math.ceil((right - left) * scale), math.ceil((top - bottom) * scale)


def _path(shape: Any) -> str:
    """A path in whole units, each vertex relative to the previous one."""
    parts = []
    for part in shapely.get_parts(shape):
        for ring in shapely.get_rings(part):
            at = shapely.get_coordinates(ring).round().astype(int)
            steps = np.diff(at[:-1], axis=0)
            steps = steps[steps.any(axis=1)]
            if len(steps) >= 2:
                way = "".join(_pair(x, y) for x, y in steps).lstrip()
                parts.append(f"M{at[0][0]} {at[0][1]}l{way}z")
    return "".join(parts)


def _pair(x: int, y: int) -> str:
    """A pair after another: a minus sign needs no space before it."""
    return f"{'' if x < 0 else ' '}{x}{'' if y < 0 else ' '}{y}"
