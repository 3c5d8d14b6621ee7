"""Tables of the knowledge base."""

from alliance.knowledge.models.cases import (
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
from alliance.knowledge.models.drafts import (
    Attachment,
    Draft,
    DraftRevision,
    Question,
    Review,
    ReviewComment,
    Submission,
)
from alliance.knowledge.models.imports import CaseFile
from alliance.knowledge.models.kept_copies import StoredCopy
from alliance.knowledge.models.method_results import MethodResult
from alliance.knowledge.models.methods import Method, MethodText
from alliance.knowledge.models.solutions import (
    Measure,
    PanelVerdict,
    Solution,
    SolutionClassification,
    SolutionCost,
    SolutionText,
    SolutionVerdict,
    Unit,
    VerdictChange,
    WordsApart,
)
from alliance.knowledge.models.source_checks import SourceCheck

__all__ = [
    "Attachment",
    "CaseAmount",
    "CaseClassification",
    "CaseFile",
    "CaseStudy",
    "CaseText",
    "CaseVersion",
    "Draft",
    "DraftRevision",
    "Effect",
    "Measure",
    "MergedCase",
    "Method",
    "MethodResult",
    "MethodText",
    "NullResult",
    "PanelVerdict",
    "Question",
    "Review",
    "ReviewComment",
    "Solution",
    "SolutionClassification",
    "SolutionCost",
    "SolutionText",
    "SolutionVerdict",
    "Source",
    "SourceCheck",
    "StoredCopy",
    "Submission",
    "Unit",
    "VerdictChange",
    "WordsApart",
]
