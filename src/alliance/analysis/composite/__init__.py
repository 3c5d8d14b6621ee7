"""Composite indicators: from figures of cities to scores and ranks with their uncertainty.

`build` makes the index, `simulate` its uncertainty. Other modules have the importance of each
choice (`sensitivity`), trends (`trend`) and standings among peers (`standing`). Arrays are float64,
units by indicators; NaN is missing.

Source of the method: OECD and JRC, Handbook on Constructing Composite Indicators (2008).
"""

from alliance.analysis.composite.framework import Framework, Node, framework_from
from alliance.analysis.composite.index import Composite, build, wanted_columns
from alliance.analysis.composite.method import Coverage, Method, method_from
from alliance.analysis.composite.scenarios import Factors
from alliance.analysis.composite.tables import Table, parse_nodes, parse_table
from alliance.analysis.composite.uncertainty import Uncertainty, simulate

__all__ = [
    "Composite",
    "Coverage",
    "Factors",
    "Framework",
    "Method",
    "Node",
    "Table",
    "Uncertainty",
    "build",
    "framework_from",
    "method_from",
    "parse_nodes",
    "parse_table",
    "simulate",
    "wanted_columns",
]
