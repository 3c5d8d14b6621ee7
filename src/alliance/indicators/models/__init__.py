"""Tables of the indicators: meaning, figures, releases."""

from alliance.indicators.models.catalogue import (
    CityCode,
    Definition,
    DefinitionVersion,
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
)
from alliance.indicators.models.observations import (
    Observation,
    ObservationBatch,
    ObservationSource,
    Series,
)
from alliance.indicators.models.releases import Release, Score, ScoreChange
from alliance.indicators.models.targets import Sibling, Target
from alliance.indicators.models.uploads import FigureFile, PublisherReading, Recipe

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
    "Recipe",
    "Release",
    "Score",
    "ScoreChange",
    "Series",
    "Sibling",
    "Target",
]
