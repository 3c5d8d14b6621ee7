"""The versions that stored rows and kept files are told apart by.

They are sums over the code and the word lists that make them, so that nobody has to remember to
raise a number: after an update, rows that another version has made are made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

#: What the rows of the index are made by: the rooms' documents, and their analysis.
ROW_SOURCES = (
    "analysis/effect_spread.py",
    "analysis/errors.py",
    "analysis/evidence/bias.py",
    "analysis/evidence/certainty.py",
    "analysis/evidence/checks.py",
    "analysis/evidence/heterogeneity.py",
    "analysis/evidence/linear.py",
    "analysis/evidence/nested_bodies.py",
    "analysis/evidence/outlook.py",
    "analysis/evidence/pooling.py",
    "analysis/evidence/prospects.py",
    "analysis/evidence/regression.py",
    "analysis/evidence/unweighted.py",
    "analysis/evidence/verdict.py",
    "analysis/place_agreement.py",
    "analysis/plain_mean.py",
    "analysis/prices.py",
    "core/documents.py",
    "core/money.py",
    "core/prices/__init__.py",
    "core/text.py",
    "groups/documents.py",
    "indicators/documents.py",
    "cases/costs.py",
    "knowledge/documents.py",
    "cases/effects.py",
    "evidence/headline.py",
    "evidence/line_facts.py",
    "cases/selectors/localise.py",
    "network/bands.py",
    "network/documents.py",
    "network/localise.py",
    "participation/documents.py",
    "reports/documents.py",
    "research/documents.py",
    "search/analysis.py",
    "search/compounds.py",
    "search/glossary.csv",
    "search/glossary.py",
    "search/labels.py",
    "search/stored.py",
    "search/tokens.py",
    "testbeds/documents.py",
    "web/formatting.py",
    "workshops/documents.py",
)
#: What the files in HOME/index are made by, besides the rows.
FILE_SOURCES = ("search/facet_columns.py", "search/segments.py")
# Stems, and names of countries.
_PACKAGES = ("snowballstemmer", "pycountry")


def sum_of(paths: Iterable[Path], lines: Iterable[str] = ()) -> str:
    """16 hex digits that change with the content of any of the files, or with a line."""
    whole = hashlib.sha256("\n".join(lines).encode())
    for path in paths:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


@cache
def row_version() -> str:
    """The version of the rows in the database."""
    packages = [f"{name} {metadata.version(name)}" for name in _PACKAGES]
    return sum_of((PACKAGE / name for name in ROW_SOURCES), packages)


@cache
def file_version() -> str:
    """The version of the files that processes keep between starts."""
    return sum_of((PACKAGE / name for name in FILE_SOURCES), [row_version()])
