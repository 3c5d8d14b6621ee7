"""Services that write indicators: a function for each step, in one short transaction."""

from alliance.indicators.recording.figures import ObservationRecord
from alliance.indicators.recording.recording import record_observations
from alliance.indicators.services.catalogue import (
    choose_common_set,
    create_indicator,
    restated,
    save_group,
    save_indicator,
    save_version,
)
from alliance.indicators.services.releases import make_release, start_release

__all__ = [
    "ObservationRecord",
    "choose_common_set",
    "create_indicator",
    "make_release",
    "record_observations",
    "restated",
    "save_group",
    "save_indicator",
    "save_version",
    "start_release",
]
