"""The roster: relationships of a program as somebody else kept them, row by row, brought into the journal."""

from domain.roster.importing import Finding, ImportRow, compare, over_capacity
from domain.roster.reading import Bad, Numbered, read_roster
from domain.roster.row import BadRow, Fault, Row, parse

__all__ = [
    "Bad",
    "BadRow",
    "Fault",
    "Finding",
    "ImportRow",
    "Numbered",
    "Row",
    "compare",
    "over_capacity",
    "parse",
    "read_roster",
]
