"""Composite indicators: from figures of cities to scores, ranks and how sure they are.

`build` makes the index, `simulate` its uncertainty; `sensitivity` tells which choice matters most.
Trends, peers and further scales stand in modules of their own. Arrays are float64, units by
indicators; NaN is missing.

Source of the method: OECD and JRC, Handbook on Constructing Composite Indicators (2008).
"""

from alliance.analysis.composite.framework import Framework, Node, framework_from
from alliance.analysis.composite.index import Composite, build, wanted_columns
from alliance.analysis.composite.method import Coverage, Method, method_from
from alliance.analysis.composite.tables import Table, parse_nodes, parse_table

__all__ = [
    "Composite",
    "Coverage",
    "Framework",
    "Method",
    "Node",
    "Table",
    "build",
    "framework_from",
    "method_from",
    "parse_nodes",
    "parse_table",
    "wanted_columns",
]
