"""Measures of a ranking against the judged queries, and the halves that keep tuning honest."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from alliance.cases.enums import Topic
from alliance.core.documents import Document
from alliance.core.ids import slug

JUDGEMENTS = Path(__file__).parent / "search_judgements.json"
#: Questions as they are spoken: those the method may be tuned on, and those that are only reported.
SPOKEN = JUDGEMENTS.with_name("search_spoken.json")
SPOKEN_APART = JUDGEMENTS.with_name("search_spoken_apart.json")
LANGUAGES = ("en", "fr", "sv")
RELEVANT = 2


@dataclass(frozen=True)
class JudgedQuery:
    id: str
    language: str
    text: str
    need: str
    grades: Mapping[str, int]


def judged_queries(path: Path = JUDGEMENTS) -> list[JudgedQuery]:
    """The queries of a file in its order, each with the judgements of its need."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return [
        JudgedQuery(
            query["id"],
            query["lang"],
            query["text"],
            query["need"],
            data["needs"][query["need"]]["judgements"],
        )
        for query in data["queries"]
    ]


def is_tuning_half(need: str) -> bool:
    """Whether the method may be tuned on this need; the other half is only reported."""
    return int(hashlib.sha256(need.encode()).hexdigest(), 16) % 2 == 0


def judged_key(kind: str, public_id: str, title: str) -> str:
    """The key that the judgements use for a record."""
    return f"city:{slug(title)}" if kind == "city" else f"{kind}:{public_id}"


def published() -> list[Document]:
    """All documents of the network in the database, whose rooms import Django's models."""
    from alliance.knowledge import documents as knowledge
    from alliance.network import documents as network

    return [
        one for room in (knowledge, network) for kind in room.KINDS for one in room.documents(kind)
    ]


def judged_keys(documents: Iterable[Document]) -> dict[tuple[str, str], str]:
    """Record -> its key, for the records that were judged.

    Organisations were not, nor were cities that stand in the network only as the place of a case,
    nor what came to the starter network after its first edition.
    """
    from alliance.starter.files import read_folder

    judged = set(json.loads(JUDGEMENTS.read_text(encoding="utf-8"))["judged"])
    cities = {row["id"] for row in read_folder(None).cities}
    return {
        (one.kind, one.public_id): judged_key(one.kind, one.public_id, one.title)
        for one in documents
        if one.language == "en"
        and one.kind != "organisation"
        and (one.kind != "city" or one.public_id in cities)
        and (one.kind not in ("case", "solution") or f"{one.kind}:{one.public_id}" in judged)
        and _is_of_first_methods(one)
    }


def _is_of_first_methods(one: Document) -> bool:
    """False for methods of the topics that had none when the judges read."""
    return one.kind != "method" or one.facets["topic"] == (Topic.ENGAGING_CITIZENS,)


def spoken_keys(documents: Iterable[Document]) -> dict[tuple[str, str], str]:
    """Record -> its key, for what the spoken questions were judged on: all that has been tried."""
    return {
        (one.kind, one.public_id): judged_key(one.kind, one.public_id, one.title)
        for one in documents
        if one.language == "en"
        and one.kind in ("case", "solution", "method")
        and _is_of_first_methods(one)
    }


def judged_search(
    index: Any, keys: Mapping[tuple[str, str], str] | None = None
) -> Callable[[str, str], list[str]]:
    """A function from text and language to the keys of judged records that the index finds.

    keys: those of the records that count, by default of `judged_keys`.
    """
    from alliance.search.matching import match, order, parse

    keys = judged_keys(published()) if keys is None else keys

    def search(text: str, language: str) -> list[str]:
        found = match(index, parse(text), language, today=0)
        ranked = order(index, np.flatnonzero(found.hits), found)
        identities = (index.identity(row) for row in ranked.tolist())
        return [keys[identity] for identity in identities if identity in keys]

    return search


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with gain 2^grade - 1 (Burges et al. 2005)."""

    def gain(given: Iterable[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(given))

    best = gain(sorted(grades.values(), reverse=True)[:depth])
    return gain(grades.get(key, 0) for key in ranking[:depth]) / best if best else math.nan


def recall(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 50) -> float:
    """Share of the relevant records (grade 2 or 3) among the first `depth`."""
    relevant = {key for key, grade in grades.items() if grade >= RELEVANT}
    return len(relevant & set(ranking[:depth])) / len(relevant) if relevant else math.nan


def success(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 5) -> float:
    """1 where one of the first `depth` has the best grade given, else 0."""
    return float(any(grades.get(key) == max(grades.values()) for key in ranking[:depth]))


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


@dataclass(frozen=True)
class Quality:
    """Means over queries, by language of query. `cases_*`: cases only."""

    n: dict[str, int]
    ndcg10: dict[str, float]
    success5: dict[str, float]
    recall50: dict[str, float]
    cases_ndcg10: dict[str, float]
    cases_recall50: dict[str, float]

    def __str__(self) -> str:
        lines = [f"{'':16}" + "".join(f"{language:>9}" for language in (*LANGUAGES, "all"))]
        for name in ("ndcg10", "success5", "recall50", "cases_ndcg10", "cases_recall50"):
            values = getattr(self, name)
            lines.append(
                f"{name:16}" + "".join(f"{values[key]:9.3f}" for key in (*LANGUAGES, "all"))
            )
        return "\n".join(lines)


def evaluate(
    search: Callable[[str, str], Sequence[str]], queries: Sequence[JudgedQuery]
) -> Quality:
    """Run `search(text, language)`, which gives keys best first, on the queries.

    Keys nobody judged must be left out of the rankings by the caller.
    """
    rows: list[tuple[str, float, float, float, float, float]] = []
    for query in queries:
        ranking = search(query.text, query.language)
        cases = [key for key in ranking if key.startswith("case:")]
        case_grades = {key: g for key, g in query.grades.items() if key.startswith("case:")}
        rows.append(
            (
                query.language,
                ndcg(ranking, query.grades),
                success(ranking, query.grades),
                recall(ranking, query.grades),
                ndcg(cases, case_grades),
                recall(cases, case_grades),
            )
        )
    means = [
        {
            key: _mean(row[column] for row in rows if key in (row[0], "all"))
            for key in (*LANGUAGES, "all")
        }
        for column in range(1, 6)
    ]
    counts = {key: sum(1 for row in rows if key in (row[0], "all")) for key in (*LANGUAGES, "all")}
    return Quality(counts, *means)
