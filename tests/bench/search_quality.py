"""How good the search is, beside plain full-text search over the same texts without a glossary.

python -m tests.bench.search_quality
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence

from alliance.core.documents import Document

COLUMNS = ("title", "names", "summary", "body")
#: Weights of the columns for bm25, as the fields of our index have.
WEIGHTS = (3.0, 2.5, 1.5, 0.5)


def plain_search(
    documents: Iterable[Document], keys: dict[tuple[str, str], str], joined_by: str
) -> Callable[[str, str], Sequence[str]]:
    """SQLite FTS5 with its Porter stemmer; the best language version stands for a record.

    joined_by: OR finds records with any of the words, AND those with all.
    """
    database = sqlite3.connect(":memory:")
    database.execute(
        f"CREATE VIRTUAL TABLE texts USING fts5({', '.join(COLUMNS)}, kind UNINDEXED, "
        "id UNINDEXED, tokenize='porter unicode61 remove_diacritics 2')"
    )
    for one in documents:
        names = " ".join(name for given in one.names.values() for name in given)
        database.execute(
            "INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)",
            (one.title, names, one.summary, one.body, one.kind, one.public_id),
        )
    weights = ", ".join(str(weight) for weight in WEIGHTS)

    def search(text: str, language: str) -> list[str]:
        words = re.findall(r"\w+", text)
        query = f" {joined_by} ".join(f'"{word}"' for word in words)
        rows = database.execute(
            f"SELECT kind, id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts, {weights})",
            (query,),
        )
        return [keys[row] for row in dict.fromkeys(rows) if row in keys]

    return search


def report() -> None:
    """Print the measures of our search and of plain full-text search, by half of the needs."""
    from alliance.search.index import Index
    from tests.factories.search import rows
    from tests.reference.search_evaluation import (
        SPOKEN,
        SPOKEN_APART,
        evaluate,
        is_tuning_half,
        judged_keys,
        judged_queries,
        judged_search,
        published,
        spoken_keys,
    )

    documents = published()
    keys = judged_keys(documents)
    queries = judged_queries()
    halves = {
        "all needs": queries,
        "the half tuned on": [one for one in queries if is_tuning_half(one.need)],
        "the half kept apart": [one for one in queries if not is_tuning_half(one.need)],
    }
    index = Index.of(rows(documents))
    spoken = judged_search(index, spoken_keys(documents))
    for half, path in (("tuned on", SPOKEN), ("kept apart", SPOKEN_APART)):
        chosen = judged_queries(path)
        print(f"\nspoken questions, {half}: {len(chosen)}\n{evaluate(spoken, chosen)}")
    searches = {
        "this search": judged_search(index),
        "FTS5, any word": plain_search(documents, keys, "OR"),
        "FTS5, all words": plain_search(documents, keys, "AND"),
    }
    for name, search in searches.items():
        for half, chosen in halves.items():
            print(f"\n{name}, {half}: {len(chosen)} queries\n{evaluate(search, chosen)}")


if __name__ == "__main__":
    from tests.bench.starter_database import fresh_database

    with fresh_database():
        report()
