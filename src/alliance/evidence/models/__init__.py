from alliance.evidence.models.method_results import (
    MethodResult,
)
from alliance.evidence.models.verdicts import (
    PanelVerdict,
    SolutionVerdict,
    VerdictChange,
)

__all__ = [
    "MethodResult",
    "PanelVerdict",
    "SolutionVerdict",
    "VerdictChange",
]
