from alliance.cases.models.cases import (
    Amount,
    CaseAmount,
    CaseClassification,
    CaseStudy,
    CaseText,
    CaseVersion,
    Effect,
    MergedCase,
    NullResult,
    Source,
)
from alliance.cases.models.kept_copies import (
    StoredCopy,
)
from alliance.cases.models.methods import (
    Method,
    MethodText,
)
from alliance.cases.models.solutions import (
    Dispute,
    Measure,
    NationalScheme,
    Solution,
    SolutionClassification,
    SolutionCost,
    SolutionText,
    Unit,
    WordsApart,
)
from alliance.cases.models.source_checks import (
    SourceCheck,
)
from alliance.cases.models.texts import (
    Classification,
)

__all__ = [
    "Amount",
    "CaseAmount",
    "CaseClassification",
    "CaseStudy",
    "CaseText",
    "CaseVersion",
    "Classification",
    "Dispute",
    "Effect",
    "Measure",
    "MergedCase",
    "Method",
    "MethodText",
    "NationalScheme",
    "NullResult",
    "Solution",
    "SolutionClassification",
    "SolutionCost",
    "SolutionText",
    "Source",
    "SourceCheck",
    "StoredCopy",
    "Unit",
    "WordsApart",
]
