"""Writing to the indicators: one function a step, each in one short transaction."""

from alliance.indicators.services.catalogue import (
    DefinitionRecord,
    save_group,
    save_indicator,
    save_version,
)
from alliance.indicators.services.recording import ObservationRecord, record_observations

__all__ = [
    "DefinitionRecord",
    "ObservationRecord",
    "record_observations",
    "save_group",
    "save_indicator",
    "save_version",
]
