"""Tables of the indicators: meaning, figures, releases."""

from alliance.indicators.models.catalogue import (
    Definition,
    DefinitionVersion,
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
)
from alliance.indicators.models.codes import CityCode
from alliance.indicators.models.observations import (
    Observation,
    ObservationBatch,
    ObservationSource,
    Series,
)
from alliance.indicators.models.readings import PublisherReading
from alliance.indicators.models.releases import Release, Score, ScoreChange
from alliance.indicators.models.uploads import FigureFile

__all__ = [
    "CityCode",
    "Definition",
    "DefinitionVersion",
    "FigureFile",
    "Indicator",
    "IndicatorGroup",
    "IndicatorMeasure",
    "Observation",
    "ObservationBatch",
    "ObservationSource",
    "PublisherReading",
    "Release",
    "Score",
    "ScoreChange",
    "Series",
]
