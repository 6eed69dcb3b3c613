"""Programs: what is fixed in advance (roles, selection criteria, terms), and who runs them."""

from domain.program.coordinating import AssignCoordinator, ReleaseCoordinator
from domain.program.framing import DefineRole, SetSelectionCriterion, SetTerm
from domain.program.opening import DraftProgram, PublishProgram
from domain.program.state import Criterion, Draft, Program, Term

__all__ = [
    "AssignCoordinator",
    "Criterion",
    "DefineRole",
    "Draft",
    "DraftProgram",
    "Program",
    "PublishProgram",
    "ReleaseCoordinator",
    "SetSelectionCriterion",
    "SetTerm",
    "Term",
]
