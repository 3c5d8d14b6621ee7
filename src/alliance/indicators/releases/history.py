"""The panel of a release, which has the scores of groups by year, computed by the engine.

Figures of all years are put on the scale of the release: with the definition, kind of area and
bounds of its scores. It has groups only, not single figures.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from alliance.core.files.leftovers import work_folder
from alliance.indicators.engine.engines import SCHEMA, compute_panel
from alliance.indicators.releases.choosing import Floats
from alliance.indicators.releases.computing import Computed
from alliance.indicators.releases.freezing import Frozen

PANEL = "panel.parquet"
#: All engines agree on these digits by a wide margin, so that the file has the same bytes.
DECIMALS = 6
_FIGURES = pa.schema(
    [
        ("city", pa.string()),
        ("peer", pa.string()),
        ("indicator", pa.string()),
        ("year", pa.int32()),
        ("value", pa.float64()),
    ]
)
_MEANING = pa.schema(
    [("indicator", pa.string()), ("pillar", pa.string())]
    + [(name, pa.float64()) for name in ("weight", "sign", "worst", "best")]
)


def panel_of(
    frozen: Frozen,
    computed: Computed,
    *,
    url: str = "",
    memory_mb: int = 0,
    staging: Path | None = None,
) -> pa.Table:
    """Score, percentile and slope of each city, group and year (`engine.expression.PANEL`),
    rounded.

    The input of the engine is in a folder in `staging` (None: the temporary folder) until it has
    finished. The nodes of a cluster must have access to it.
    """
    figures, meaning = panel_tables(frozen, computed)
    if not figures.num_rows:
        return SCHEMA.empty_table()
    with work_folder(staging, ".panel-") as folder:
        pq.write_table(figures, folder / "figures.parquet")
        pq.write_table(meaning, folder / "meaning.parquet")
        panel = compute_panel(
            folder / "figures.parquet",
            folder / "meaning.parquet",
            url=url,
            memory_mb=memory_mb,
            first_year=frozen.manifest["year"],
        )
    return _rounded(panel)


def agrees(folder: Path, panel: pa.Table) -> bool:
    """Whether the stored panel of a release has the numbers of `panel`."""
    stored = pq.read_table(folder / PANEL).cast(SCHEMA)
    keys = ["city", "pillar", "year", "n"]
    if not stored.select(keys).equals(panel.select(keys)):
        return False
    return all(
        np.allclose(
            _numbers(stored, name), _numbers(panel, name), atol=2 * 10**-DECIMALS, equal_nan=True
        )
        for name in ("score", "place", "slope")
    )


def panel_tables(frozen: Frozen, computed: Computed) -> tuple[pa.Table, pa.Table]:
    """The input of the engine: figures of all years by city and indicator, and their meaning."""
    parents = {node["code"]: node for node in frozen.meaning.framework}
    peers = dict(zip(frozen.city_ids, frozen.peer_levels()[0], strict=True))
    parts, rows = [], []
    for code, column in computed.columns.items():
        node = parents.get(code)
        framework = column.composite.framework
        if node is None or not node["parent"] or column.is_logged:
            continue
        is_log = bool(framework.log_scale[0])
        worst, best = (_bound(end[0], is_log) for end in (framework.worst, framework.best))
        sign = float(framework.sign[0])
        rows.append(
            {
                "indicator": code,
                "pillar": node["parent"],
                "weight": node["weight"],
                "sign": sign,
                "worst": None if worst is None else sign * worst,
                "best": None if best is None else sign * best,
            }
        )
        city, year = np.nonzero(~np.isnan(column.series.figures))
        names = np.array(column.cities, dtype=object)[city]
        years = column.series.years[year].astype(np.int32)
        values = column.series.figures[city, year]
        if is_log:
            positive = values > 0
            names, years, values = names[positive], years[positive], np.log(values[positive])
        own = np.array([peers[city] for city in names], dtype=object)
        parts.append(pa.table([names, own, [code] * names.size, years, values], schema=_FIGURES))
    figures = pa.concat_tables(parts) if parts else _FIGURES.empty_table()
    return figures, pa.Table.from_pylist(rows, schema=_MEANING)


def _bound(value: float, is_log: bool) -> float | None:
    if math.isnan(value):
        return None
    return math.log(value) if is_log else float(value)


def _rounded(panel: pa.Table) -> pa.Table:
    for name in ("score", "place", "slope"):
        # Adding 0 turns a negative zero into zero.
        numbers = np.round(_numbers(panel, name), DECIMALS) + 0.0
        place = panel.schema.get_field_index(name)
        panel = panel.set_column(place, name, pa.array(numbers, pa.float64(), from_pandas=True))
    return panel


def _numbers(panel: pa.Table, name: str) -> Floats:
    column = panel[name].to_numpy(zero_copy_only=False)
    return np.asarray(column, dtype=float)
