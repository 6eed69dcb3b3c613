"""Roster rows and files that tests write themselves."""

from pathlib import Path

from domain.roster import Row, parse
from domain.roster.row import COLUMNS

CELLS = {
    "program": "Open Source",
    "term": "2025 Spring",
    "begins_on": "2025-03-03",
    "midterm_evaluation_on": "2025-04-15",
    "final_evaluation_on": "2025-05-27",
    "ends_on": "2025-05-30",
    "project": "Parser",
    "title": "Faster parsing",
    "goal": "Parse twice as fast.",
    "skills": "Rust, C; profiling",
    "mentors": "mentor-1 mentor-2",
    "mentee": "mentee-1",
}
HEADER = ",".join(COLUMNS)


def row(**cells: str) -> Row:
    return parse({**CELLS, **cells})


def line(**cells: str) -> str:
    """A line of a file, its values in quotes."""
    return ",".join(f'"{value}"' for value in {**CELLS, **cells}.values())


def file(folder: Path, *lines: str, header: str = HEADER, end: str = "\n") -> Path:
    path = folder / "roster.csv"
    path.write_bytes("".join(f"{text}{end}" for text in (header, *lines)).encode())
    return path
