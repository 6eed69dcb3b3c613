"""A row of the roster: one mentoring relationship, as it was planned and staffed."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, NamedTuple
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints, ValidationError

from domain.facts import PERSONAL, Label, Part
from domain.participant.registering import participant_id

ROWS = UUID("7b0a4c1e-52f7-4d0e-8a55-0f6f6c2f9b1d")
"""The namespace of what rows name. It never changes: ids in the journal are made of it."""

COLUMNS = (
    "program",
    "term",
    "begins_on",
    "midterm_evaluation_on",
    "final_evaluation_on",
    "ends_on",
    "project",
    "title",
    "goal",
    "skills",
    "mentors",
    "mentee",
)
DATES = ("begins_on", "midterm_evaluation_on", "final_evaluation_on", "ends_on")
MAY_BE_EMPTY = ("skills",)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), PERSONAL]


class Fault(NamedTuple):
    """What is wrong with a row: in which column, as a code, and in words."""

    column: str
    code: str
    reason: str


class BadRow(ValueError):
    """A row that contradicts itself, or of which something is missing."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.reason for fault in faults))
        self.faults = faults


class Row(Part):
    """A row that agrees with itself. People are named by their references."""

    program: Label
    term: Label
    begins_on: date
    midterm_evaluation_on: date
    final_evaluation_on: date
    ends_on: date
    project: Label
    title: Text
    goal: Text
    skills: tuple[Label, ...] = ()
    mentors: Annotated[tuple[Label, ...], Field(min_length=1)]
    """The first one leads."""
    mentee: Label

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What makes it this row; the ids of its relationship and its goal follow from it."""
        return self.program, self.term, self.project, self.title, self.mentee

    @property
    def calendar(self) -> tuple[date, date, date, date]:
        return self.begins_on, self.midterm_evaluation_on, self.final_evaluation_on, self.ends_on

    @property
    def program_id(self) -> str:
        return _id("program", self.program)

    @property
    def relationship_id(self) -> str:
        return _id("relationship", *self.key)

    @property
    def goal_id(self) -> str:
        return _id("goal", *self.key)

    @property
    def mentor_ids(self) -> tuple[str, ...]:
        return tuple(participant_id(mentor) for mentor in self.mentors)

    @property
    def mentee_id(self) -> str:
        return participant_id(self.mentee)


def parse(cells: Mapping[str, str | None]) -> Row:
    """The row that these cells make, by column. `BadRow` with all that is wrong with it."""
    said = {column: (cells.get(column) or "").strip() for column in COLUMNS}
    faults = [
        Fault(column, "MISSING_VALUE", f"the column {column} is empty; say it")
        for column in COLUMNS
        if not said[column] and column not in MAY_BE_EMPTY
    ]
    days = {column: _day(said[column]) for column in DATES}
    faults += [
        Fault(column, "NOT_A_DATE", f"{said[column]} is not an ISO date; write it like 2025-03-31")
        for column, day in days.items()
        if day is None and said[column]
    ]
    mentors = tuple(said["mentors"].split())
    faults += [*_disorder(days), *_confusion(mentors, said["mentee"])]
    if faults:
        raise BadRow(sorted(faults, key=lambda fault: COLUMNS.index(fault.column)))
    try:
        return Row.model_validate({**said, **days, "mentors": mentors, "skills": _skills(said["skills"])})
    except ValidationError as error:
        raise BadRow(
            [
                Fault(str(fault["loc"][0]), "UNREADABLE", f"the column {fault['loc'][0]}: {fault['msg']}")
                for fault in error.errors(include_url=False)
            ]
        ) from None


def _id(*names: str) -> str:
    return str(uuid5(ROWS, json.dumps(names, ensure_ascii=False)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        return None


def _skills(text: str) -> tuple[str, ...]:
    """The skills between commas and semicolons, each once."""
    return tuple(dict.fromkeys(skill for part in re.split("[,;]", text) if (skill := part.strip())))


def _disorder(days: Mapping[str, date | None]) -> list[Fault]:
    """Days that do not follow one another."""
    faults = []
    for earlier, later in (
        ("begins_on", "midterm_evaluation_on"),
        ("midterm_evaluation_on", "final_evaluation_on"),
        ("begins_on", "ends_on"),
    ):
        first, second = days[earlier], days[later]
        if first is not None and second is not None and second < first:
            reason = f"{later} is {second}, before {earlier} on {first}"
            faults.append(Fault(later, "WRONG_ORDER", reason))
    return faults


def _confusion(mentors: tuple[str, ...], mentee: str) -> list[Fault]:
    """People in places that exclude each other."""
    faults = []
    if mentee in mentors:
        faults.append(Fault("mentee", "SELF_PAIRING", f"{mentee} is mentor and mentee of the same row"))
    faults += [
        Fault("mentors", "MENTOR_TWICE", f"the mentor {mentor} is named twice")
        for mentor in dict.fromkeys(mentors)
        if mentors.count(mentor) > 1
    ]
    return faults
