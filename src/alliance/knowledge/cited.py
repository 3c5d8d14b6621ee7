"""Cases, and solutions with their verdicts and pooled effects, as they are cited."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.cases.citations import LICENCE
from alliance.cases.models import Solution
from alliance.cases.selectors.access import get_case_for, get_solution_for
from alliance.cases.selectors.localise import chosen_text
from alliance.core.audit import Actor
from alliance.core.citations import Citable, Kind
from alliance.core.errors import NotFound
from alliance.core.text import digest
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.selectors.verdicts import view_of
from alliance.knowledge.selectors.cases import cite_case
from alliance.network.api.common import page_address
from alliance.network.localise import local_name


def _case(actor: Actor, public_id: str, language: str) -> Citable:
    return cite_case(get_case_for(actor, public_id, "read"), language)


def _of(solution: Solution, language: str, title: str = "", **more: Any) -> Citable:
    """A part of the page of a solution: its name, with a `title` after it."""
    text = chosen_text(solution.texts.all(), language)
    name = text.text.name
    return Citable(
        **{
            "public_id": solution.public_id,
            "title": _("%(solution)s: %(what)s") % {"solution": name, "what": title}
            if title
            else name,
            "abstract": text.text.summary,
            "language": text.language,
            "publisher": settings.NETWORK_NAME,
            "url": page_address("knowledge:solution", language, solution.public_id),
            "at": solution.updated_at.date(),
            "licence": LICENCE,
            **more,
        }
    )


def _solution(actor: Actor, public_id: str, language: str) -> Citable:
    solution = get_solution_for(actor, public_id)
    publisher = solution.from_network or settings.NETWORK_NAME
    return _of(solution, language, publisher=publisher, licence=solution.licence)


def _main(solution: Solution) -> SolutionVerdict:
    rows = solution.verdicts.select_related("measure", "unit")
    verdict = rows.filter(is_main=True).first()
    if verdict is None:
        raise NotFound("verdict", solution.public_id)
    return verdict


def _verdict(actor: Actor, public_id: str, language: str) -> Citable:
    """The verdict of a solution for its main outcome; its digest is that of what it rests on."""
    solution = get_solution_for(actor, public_id)
    verdict = _main(solution)
    return _of(
        solution,
        language,
        view_of(verdict, language).headline,
        public_id=f"{solution.public_id}-verdict",
        at=verdict.since.date(),
        version=verdict.rule_version,
        digest=digest(verdict.cases),
    )


def _pool(actor: Actor, public_id: str, language: str) -> Citable:
    """The pooled effects of a solution on its main outcome; its digest is that of what counted."""
    solution = get_solution_for(actor, public_id)
    verdict = _main(solution)
    if verdict.measure is None or verdict.details.get("body") is None:
        raise NotFound("pooled effect", public_id)
    words = {
        "measure": local_name(verdict.measure, language),
        "n": verdict.details["body"]["k"],
    }
    return _of(
        solution,
        language,
        _("pooled effect on %(measure)s in %(n)s places") % words,
        public_id=f"{solution.public_id}-pool",
        url=page_address("knowledge:solution", language, solution.public_id)
        + "?analysts=1#effects",
        digest=digest([verdict.cases, verdict.details["body"]]),
    )


CITED = (
    Kind("case", gettext_lazy("case"), _case),
    Kind("solution", gettext_lazy("solution"), _solution, ris="ELEC", csl="webpage"),
    Kind("verdict", gettext_lazy("verdict"), _verdict),
    Kind("pool", gettext_lazy("pooled effect"), _pool, ris="DATA", csl="dataset"),
)
