"""Verifies a release: its files by their digests, its scores by computing them again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import fields

from alliance.indicators.models import Release
from alliance.indicators.releases import history
from alliance.indicators.releases.computing import compute
from alliance.indicators.releases.freezing import MANIFEST, describe, folder_of, thaw
from alliance.indicators.releases.making import read_scores
from alliance.indicators.releases.meaning import VERSION
from alliance.indicators.releases.scores import NodeScore

#: The tolerance for scores: other processors add numbers in another order.
CLOSE = 1e-9


def faults_of(
    release: Release, *, report: Callable[[str], object] = lambda text: None
) -> list[str]:
    """Deviations from the release, a line each; empty if it is verified."""
    folder = folder_of(release.public_id)
    if not (folder / MANIFEST).exists():
        return [f"{folder}: the files are not there"]
    faults = list(_files(release))
    if faults:
        return faults
    frozen = thaw(folder)
    if frozen.meaning.method["version"] != VERSION:
        return [
            f"made by version {frozen.meaning.method['version']} of the steps; "
            f"this is version {VERSION}"
        ]
    computed = compute(frozen, report=report)
    faults = list(_differences(read_scores(release), computed.scores))
    report("panel")
    if not history.agrees(folder, history.panel_of(frozen, computed)):
        faults.append(f"{history.PANEL}: the panel computed anew has other numbers")
    return faults


def _files(release: Release) -> Iterator[str]:
    folder = folder_of(release.public_id)
    recorded = {entry["path"]: entry for entry in release.manifest.get("files", ())}
    present = {entry["path"]: entry for entry in describe(folder, {})}
    for name in sorted(recorded.keys() | present.keys()):
        if name not in present:
            yield f"{name}: is gone"
        elif name not in recorded:
            yield f"{name}: is no part of the release"
        elif recorded[name]["sha256"] != present[name]["sha256"]:
            yield f"{name}: has changed (sha256 {present[name]['sha256']})"


def _differences(stored: list[NodeScore], computed: list[NodeScore]) -> Iterator[str]:
    ours = {(row.node, row.city): row for row in stored}
    theirs = {(row.node, row.city): row for row in computed}
    for key in sorted(ours.keys() | theirs.keys()):
        where = "/".join(key)
        if key not in ours or key not in theirs:
            yield f"{where}: stands on one side only"
            continue
        for field in fields(NodeScore):
            left, right = getattr(ours[key], field.name), getattr(theirs[key], field.name)
            if not _same(left, right):
                yield f"{where}, {field.name}: stored {left}, computed {right}"


def _same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=CLOSE, abs_tol=CLOSE)
    return left == right
