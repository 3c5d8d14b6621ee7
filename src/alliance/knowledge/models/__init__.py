"""Tables of the knowledge base."""

from alliance.knowledge.models.cases import (
    CaseClassification,
    CaseStudy,
    CaseText,
    CaseVersion,
    Effect,
    Source,
)
from alliance.knowledge.models.methods import EngagementMethod, EngagementMethodText
from alliance.knowledge.models.solutions import (
    Measure,
    Solution,
    SolutionClassification,
    SolutionText,
    Unit,
)

__all__ = [
    "CaseClassification",
    "CaseStudy",
    "CaseText",
    "CaseVersion",
    "Effect",
    "EngagementMethod",
    "EngagementMethodText",
    "Measure",
    "Solution",
    "SolutionClassification",
    "SolutionText",
    "Source",
    "Unit",
]
