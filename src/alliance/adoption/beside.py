"""What adoptions say of the few cases that are results."""

from __future__ import annotations

from alliance.adoption.selectors.adoptions import checks_of_result
from alliance.knowledge.selectors.cases import BESIDE

BESIDE["fairness"] = checks_of_result
