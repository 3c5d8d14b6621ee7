"""The current edition of a brief, identified by a digest of everything printed on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings

from alliance import __version__
from alliance.core.audit import Actor
from alliance.core.citations import DIGEST_LENGTH
from alliance.core.prices import load_price_table
from alliance.core.text import digest
from alliance.knowledge.costs import target
from alliance.knowledge.models import CaseStudy, CaseText, CaseVersion, Effect, Solution
from alliance.knowledge.selectors.access import get_case_for, get_solution_for, visible_cases

TEMPLATE = Path(__file__).resolve().parent.parent / "typst" / "brief.typ"

CASE, SOLUTION = "case", "solution"
KINDS = (CASE, SOLUTION)


@dataclass(frozen=True)
class Edition:
    """A brief of a record in a language, for the current state of the records.

    `digest` is the SHA-256 of everything that the page is based on: the same digest means the same
    page. `at` is the time of its newest version.
    """

    kind: str
    public_id: str
    language: str
    digest: str
    at: dt.datetime

    @property
    def short_digest(self) -> str:
        """The first characters of the digest, as printed."""
        return self.digest[:DIGEST_LENGTH]

    @property
    def file_name(self) -> str:
        """The file name of a downloaded brief."""
        return f"{self.public_id}-{self.language}.pdf"


@cache
def template_version(language: str) -> str:
    """A digest of the layout: template, translations, typesetter."""
    catalogues = [
        Path(folder) / language / "LC_MESSAGES" / "django.mo" for folder in settings.LOCALE_PATHS
    ]
    return digest(
        [
            __version__,
            version("typst"),
            *(path.read_bytes().hex() for path in (TEMPLATE, *catalogues) if path.exists()),
        ]
    )


def record_for(actor: Actor | None, kind: str, public_id: str) -> CaseStudy | Solution:
    """The case or solution with this id, if the actor may read it. Raises NotFound."""
    if kind == CASE:
        return get_case_for(actor, public_id)
    if kind == SOLUTION:
        return get_solution_for(actor, public_id)
    raise ValueError(f"there are no briefs of the kind {kind!r}")


def edition_of(
    actor: Actor | None, kind: str, record: CaseStudy | Solution, language: str
) -> Edition:
    """The current edition of the brief of `record`, in five queries; a case needs its solution.

    The brief of a case names the other trials of its solution, and its grade counts them, so it is
    based on all cases of the solution, like the brief of the solution.
    """
    solution_id = record.solution_id if isinstance(record, CaseStudy) else record.pk
    cases = visible_cases(actor).filter(solution_id=solution_id).order_by("public_id")
    newest: dict[str, tuple[int, str]] = {}
    moments = []
    for public_id, number, state, at in (
        CaseVersion.objects.filter(case__in=cases)
        .order_by("number")
        .values_list("case__public_id", "number", "digest", "at")
    ):
        newest[public_id] = (number, state)
        moments.append(at)
    solution = record if isinstance(record, Solution) else record.solution
    rests_on: dict[str, Any] = {
        "kind": kind,
        "id": record.public_id,
        "language": language,
        "template": template_version(language),
        "settings": [settings.BASE_URL, settings.NETWORK_NAME, *target()],
        "prices": load_price_table().version,
        "versions": newest,
        "solution": [
            list(
                solution.texts.order_by("language").values_list(
                    "language", "status", "name", "summary", "how_it_works", "prerequisites"
                )
            ),
            [solution.kind, solution.origin],
            [solution.evidence_points, solution.evidence_lines, solution.evidence_rule_version],
        ],
        "cases": [
            list(row)
            for row in cases.values_list(
                "public_id",
                "origin",
                "evidence_points",
                "evidence_lines",
                "evidence_rule_version",
                "city__population",
                "city__population_year",
                "city__approximate_population",
                "city__koppen",
                "city__unverified_fields",
            )
        ],
        "texts": [
            list(row)
            for row in CaseText.objects.filter(case__in=cases)
            .order_by("case__public_id", "language")
            .values_list("case__public_id", "language", "revision", "source_revision")
        ],
        "vocabulary": [
            list(row)
            for row in Effect.objects.filter(case__in=cases)
            .order_by("measure__name", "unit__code")
            .values_list(
                "measure__name",
                f"measure__{_column('name', language)}",
                "unit__code",
                f"unit__{_column('name', language)}",
                f"unit__{_column('symbol', language)}",
            )
            .distinct()
        ],
    }
    return Edition(
        kind=kind,
        public_id=record.public_id,
        language=language,
        digest=digest(rests_on),
        at=max(moments, default=solution.updated_at),
    )


def _column(name: str, language: str) -> str:
    return f"{name}_{language}" if language in {"fr", "sv"} else name
