"""The extra [semantic]: records near in meaning, by sentence vectors computed on this machine.

Vectors come from `core.meaning`. They lie in one file in HOME/index, with the sum of the text each
was made from. They only ever add neighbours of a record; hits of a search come from words alone.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings

from alliance.core import meaning
from alliance.core.meaning import DIMENSIONS, NEAR, Vectors
from alliance.search.models import IndexedDocument

BATCH = 32
BATCHES_BETWEEN_WRITES = 10
#: Kinds with texts; the names of cities and organisations have no meaning to compare.
KINDS = ("case", "solution", "method")
#: Characters of a text that are read; the model takes 512 word pieces.
TEXT_LENGTH = 1_200


@dataclass(frozen=True)
class Embedded:
    """Vectors of documents: n × 384, of length 1.

    keys: "kind/public id/language". sums: of the texts they were made from.
    """

    keys: tuple[str, ...]
    sums: tuple[str, ...]
    vectors: Vectors

    @functools.cached_property
    def owners(self) -> dict[str, dict[str, list[int]]]:
        """Kind -> public id -> the places of its vectors."""
        places: dict[str, dict[str, list[int]]] = {}
        for place, key in enumerate(self.keys):
            kind, public_id, _language = key.split("/")
            places.setdefault(kind, {}).setdefault(public_id, []).append(place)
        return places


def _path() -> Path:
    return Path(settings.HOME) / "index" / "meaning.npz"


@functools.lru_cache(maxsize=1)
def _read(path: Path, changed_at: int) -> Embedded:
    with np.load(path, allow_pickle=False) as arrays:
        return Embedded(
            tuple(arrays["keys"].tolist()), tuple(arrays["sums"].tolist()), arrays["vectors"]
        )


def embedded() -> Embedded:
    """The vectors there are; none where the file is missing or cannot be read."""
    path = _path()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError):
        return Embedded((), (), np.zeros((0, DIMENSIONS), np.float32))


def _write(vectors: Mapping[tuple[str, str], Vectors]) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as handle:
        np.savez(
            handle,
            keys=np.array([key for key, _ in vectors], str),
            sums=np.array([checksum for _, checksum in vectors], str),
            vectors=np.array(list(vectors.values()), np.float32).reshape(-1, DIMENSIONS),
        )
    part.replace(path)


def embed_missing() -> int:
    """Compute the vectors of new and changed documents; how many. Needs the extra.

    What is done is kept every few hundred documents, so that a stopped worker loses little.
    """
    before = embedded()
    known = dict(zip(zip(before.keys, before.sums, strict=True), before.vectors, strict=True))
    texts: dict[tuple[str, str], str] = {}
    rows = IndexedDocument.objects.filter(deleted=False, kind__in=KINDS)
    for kind, public_id, language, shown in rows.values_list(
        "kind", "public_id", "language", "shown"
    ).iterator(chunk_size=500):
        text = f"{shown['title']}. {shown['summary']}"[:TEXT_LENGTH]
        sum_of_text = hashlib.sha256(text.encode()).hexdigest()[:16]
        texts[f"{kind}/{public_id}/{language}", sum_of_text] = text
    vectors = {key: known[key] for key in sorted(texts) if key in known}
    missing = [key for key in sorted(texts) if key not in known]
    for start in range(0, len(missing), BATCH):
        keys = missing[start : start + BATCH]
        vectors |= dict(zip(keys, meaning.embed([texts[key] for key in keys]), strict=True))
        if start // BATCH % BATCHES_BETWEEN_WRITES == BATCHES_BETWEEN_WRITES - 1:
            _write(vectors)
    if missing or len(vectors) != len(before.keys):
        _write(vectors)
    return len(missing)


def nearest(kind: str, public_id: str, limit: int) -> list[str]:
    """Ids of the records of the kind that are nearest in meaning, best first.

    The cosine of two records is the highest of any two of their languages. Empty where the record
    has no vector yet.
    """
    there = embedded()
    records = there.owners.get(kind, {})
    if public_id not in records:
        return []
    cosines = (there.vectors @ there.vectors[records[public_id]].T).max(axis=1)
    best = [
        (-float(cosines[places].max()), other)
        for other, places in records.items()
        if other != public_id
    ]
    near = sorted(pair for pair in best if -pair[0] >= NEAR)
    return [other for _, other in near[:limit]]
