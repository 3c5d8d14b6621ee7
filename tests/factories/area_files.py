"""Files of areas as their publishers send them. All areas are made up."""

from __future__ import annotations

import io
import sqlite3
import struct
import zipfile
from typing import Any

import numpy as np
import pyproj
import shapefile
import shapely


def moved(crs: int, features: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Any]]:
    """Properties and geometries of features in another system."""
    to = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    return [
        (
            one["properties"],
            shapely.transform(
                shapely.polygons(one["geometry"]["coordinates"][0]),
                lambda at: np.column_stack(to.transform(at[:, 0], at[:, 1])),
            ),
        )
        for one in features
    ]


def geopackage(crs: int, rows: list[tuple[dict[str, Any], Any]], *, layers: int = 1) -> bytes:
    """The parts of a GeoPackage that its standard asks for and readers need."""
    base = sqlite3.connect(":memory:")
    base.executescript(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT,"
        " organization_coordsys_id INTEGER);"
        "CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);"
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);"
    )
    base.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, 'EPSG', ?)", (crs, crs))
    for layer in range(layers):
        name = f'De"SO_{layer}'
        base.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", (name,))
        base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?)", (name, crs))
        quoted = name.replace('"', '""')
        base.execute(f'CREATE TABLE "{quoted}" (fid INTEGER, desokod TEXT, geom BLOB)')
        for number, (properties, shape) in enumerate(rows):
            bounds = shapely.bounds(shape)
            head = b"GP\x00\x03" + struct.pack("<i4d", crs, *bounds[[0, 2, 1, 3]])
            base.execute(
                f'INSERT INTO "{quoted}" VALUES (?, ?, ?)',
                (number, properties["deso"], head + shapely.to_wkb(shape)),
            )
    base.commit()
    return base.serialize()


def zipped_shapefile(crs: int, rows: list[tuple[dict[str, Any], Any]]) -> bytes:
    """As Insee and IGN send them: Lambert-93, codes and names in the table."""
    parts = {name: io.BytesIO() for name in ("shp", "shx", "dbf")}
    writer = shapefile.Writer(**parts, shapeType=shapefile.POLYGON, encoding="utf-8")
    writer.field("CODE_IRIS", "C", 9)
    writer.field("NOM_IRIS", "C", 40)
    for properties, shape in rows:
        writer.poly([shapely.get_coordinates(shapely.reverse(shape)).tolist()])
        writer.record(properties["deso"], "Hôtel de Ville")
    writer.close()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(f"iris/CONTOURS.{name}", part.getvalue())
        archive.writestr("iris/CONTOURS.prj", pyproj.CRS.from_epsg(crs).to_wkt("WKT1_ESRI"))
        archive.writestr("iris/CONTOURS.cpg", "UTF-8")
    return out.getvalue()
