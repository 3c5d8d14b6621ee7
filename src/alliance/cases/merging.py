"""Two people changed one document: what both can have, and where they must choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_ABSENT = object()


@dataclass(frozen=True)
class Clash:
    """A field that both changed, to different values. `where` is its path in the document."""

    where: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """The merged document; where both changed a field it holds `mine`."""

    document: dict[str, Any]
    clashes: tuple[Clash, ...]
    # Paths taken over from theirs without a clash.
    taken: tuple[str, ...]


def merge(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> Merged:
    """Three-way merge of JSON documents: objects field by field, lists and values as a whole."""
    clashes: list[Clash] = []
    taken: list[str] = []
    merged = _merge(base, mine, theirs, "", clashes, taken)
    return Merged(merged, tuple(clashes), tuple(taken))


def _merge(
    base: dict[str, Any],
    mine: dict[str, Any],
    theirs: dict[str, Any],
    where: str,
    clashes: list[Clash],
    taken: list[str],
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in dict.fromkeys([*mine, *theirs]):
        path = f"{where}.{key}" if where else key
        was, my, their = (version.get(key, _ABSENT) for version in (base, mine, theirs))
        if isinstance(my, dict) and isinstance(their, dict):
            inner = was if isinstance(was, dict) else {}
            merged[key] = _merge(inner, my, their, path, clashes, taken)
        elif my == their or their == was:
            _set_if_present(merged, key, my)
        elif my == was:
            taken.append(path)
            _set_if_present(merged, key, their)
        else:
            clashes.append(Clash(path, *(None if v is _ABSENT else v for v in (was, my, their))))
            _set_if_present(merged, key, my if my is not _ABSENT else their)
    return merged


def _set_if_present(merged: dict[str, Any], key: str, value: Any) -> None:
    if value is not _ABSENT:
        merged[key] = value
