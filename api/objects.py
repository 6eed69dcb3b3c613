"""What policy asks about things: read from the states that decide, for a wish, or from the views, for a question."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import orjson

from api.policy import Object
from domain.decider import Command, States
from domain.goal import Goal, ProposeGoal
from domain.goal.wish import GoalWish
from domain.participant import Participant, RegisterParticipant, SetCapacity
from domain.program import Program
from domain.program.wish import ProgramWish
from domain.relationship import LeaveCoMentor, Pair, Relationship
from domain.relationship.wish import RelationshipWish
from projections.records import Record
from projections.views import View

Times = dict[str, tuple[str, str | None]]
"""Of each co-mentor: from when to when (None: still) they belonged, the last time."""


# for a wish


def of_wish(command: Command, states: States) -> Object | None:
    """What this wish is about, as it is under the lock; None when it is about the organization."""
    match command:
        case LeaveCoMentor():
            return _relationship(states, command.relationship, "relationship", subject=command.mentor)
        case RelationshipWish():
            return _relationship(states, command.relationship, "relationship")
        case GoalWish():
            return _goal(states, command.goal)
        case ProposeGoal():
            return _relationship(states, command.relationship, "relationship")
        case ProgramWish():
            return _program(states, command.program)
        case Pair(program=str() as program):
            return _program(states, program)
        case RegisterParticipant():
            return _participant(states, command.id)
        case SetCapacity():
            return _participant(states, command.participant)
        case _:
            return None


def _relationship(
    states: States, id: str, noun: str, *, named: str | None = None, subject: str | None = None
) -> Object:
    relationship = states.find(Relationship, id)
    if not relationship.status:
        return Object(noun, named or id, exists=False)
    present = frozenset(relationship.people())
    former = frozenset(member.person for member in relationship.co_mentors) - present
    programs = {relationship.program: _coordinators(states, relationship.program)} if relationship.program else None
    return Object(noun, named or id, True, present, former, programs, subject=subject)


def _goal(states: States, id: str) -> Object:
    goal = states.find(Goal, id)
    if not goal.status:
        return Object("goal", id, exists=False)
    return _relationship(states, goal.relationship, "goal", named=id)


def _program(states: States, id: str) -> Object:
    program = states.find(Program, id)
    if not program.status:
        return Object("program", id, exists=False)
    return Object("program", id, programs={id: _coordinators(states, id)}, public=program.published)


def _participant(states: States, id: str) -> Object:
    return Object("participant", id, bool(states.find(Participant, id).status), frozenset((id,)))


def _coordinators(states: States, program: str) -> frozenset[str]:
    return frozenset(person for person, now in states.find(Program, program).coordinators.items() if now)


# for a question


class _Programs(Mapping[str, frozenset[str]]):
    """Programs, each with those who coordinate it: looked up only for a reader to whom it matters, a coordinator."""

    def __init__(self, look_up: Callable[[], dict[str, frozenset[str]]]) -> None:
        self._look_up = look_up

    @cached_property
    def _found(self) -> dict[str, frozenset[str]]:
        return self._look_up()

    def __getitem__(self, program: str) -> frozenset[str]:
        return self._found[program]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def relationship(view: View, id: str) -> tuple[Object, Record | None, Times]:
    """A relationship as the views show it, its record, and the times of its co-mentors."""
    record = _record(view, "relationships", id)
    if record is None:
        return Object("relationship", id, exists=False), None, {}
    times: Times = {person: (joined_on, left_on) for person, joined_on, left_on in record["co_mentors"]}
    there = {person for person, (_, left_on) in times.items() if left_on is None}
    present = frozenset({record["mentor"], record["mentee"], *there})
    its = record["program"]
    programs = _Programs(lambda: {its: coordinators(view, its)}) if its else None
    return Object("relationship", id, True, present, frozenset(times) - present, programs), record, times


def program(view: View, id: str) -> tuple[Object, Record | None]:
    """A program as the views show it, and its record."""
    record = _record(view, "programs", id)
    if record is None:
        return Object("program", id, exists=False), None
    public = record["state"] == "published"
    return Object("program", id, programs={id: _assigned(record)}, public=public), record


def participant(view: View, id: str) -> tuple[Object, Record | None]:
    """A participant as the views show them, and their record. They belong to the programs they were paired in."""
    record = _record(view, "participants", id)

    def theirs() -> dict[str, frozenset[str]]:
        rows = view.execute(
            """SELECT DISTINCT r.program FROM people p JOIN relationships r ON r.id = p.root
                WHERE p.person = ? AND r.program IS NOT NULL""",
            (id,),
        )
        return {program: coordinators(view, program) for (program,) in rows}

    return Object("participant", id, record is not None, frozenset((id,)), programs=_Programs(theirs)), record


def coordinators(view: View, program: str) -> frozenset[str]:
    """Who coordinates a program now."""
    record = _record(view, "programs", program)
    return _assigned(record) if record else frozenset()


def coordinated(view: View, person: str | None) -> set[str]:
    """The programs that someone coordinates now."""
    rows = view.execute("SELECT record FROM programs WHERE record LIKE ?", (f'%"{person}"%',))
    found: list[Record] = [orjson.loads(record) for (record,) in rows]
    return {record["id"] for record in found if person in _assigned(record)}


def _assigned(record: Record) -> frozenset[str]:
    return frozenset(person for person, _, released_on in record["coordinators"] if released_on is None)


def _record(view: View, table: str, id: str) -> dict[str, Any] | None:
    for (record,) in view.execute(f"SELECT record FROM {table} WHERE id = ?", (id,)):
        found: dict[str, Any] = orjson.loads(record)
        return found
    return None
