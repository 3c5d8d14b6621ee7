"""The models of this app."""

from alliance.equity.models.areas import (
    FIRST_YEAR,
    LAST_YEAR,
    Area,
    AreaSet,
    Column,
    Exposure,
    PastRelease,
    PopulationGroup,
    Sourced,
)
from alliance.equity.models.checks import (
    CheckLine,
    Claim,
    DistributionCheck,
    Mitigation,
    Testimony,
)

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "Area",
    "AreaSet",
    "CheckLine",
    "Claim",
    "Column",
    "DistributionCheck",
    "Exposure",
    "Mitigation",
    "PastRelease",
    "PopulationGroup",
    "Sourced",
    "Testimony",
]
