"""Writing to the knowledge base: one function a step, each in one short transaction."""

from alliance.evidence.services.grading import regrade
from alliance.writing.services.cases import create_cases, save_case
from alliance.writing.services.merged import merge_case
from alliance.writing.services.methods import save_method
from alliance.writing.services.solutions import save_measure, save_solution, save_unit

__all__ = [
    "create_cases",
    "merge_case",
    "regrade",
    "save_case",
    "save_measure",
    "save_method",
    "save_solution",
    "save_unit",
]
