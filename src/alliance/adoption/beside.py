"""Additional data of adoptions for cases that are their results."""

from __future__ import annotations

from alliance.adoption.selectors.adoptions import checks_of_result
from alliance.knowledge.selectors.cases import BESIDE

BESIDE["fairness"] = checks_of_result
