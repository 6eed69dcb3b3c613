"""Every kind of event there is, how older shapes of it become the newest, and whose events they are."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

import orjson

from domain.decider import State
from domain.facts import Event
from domain.goal import Goal
from domain.goal.events import GoalEvent
from domain.journal.database import Unreachable
from domain.participant import Participant
from domain.participant.events import ParticipantEvent
from domain.program import Program
from domain.program.events import ProgramEvent
from domain.relationship import Relationship
from domain.relationship.events import RelationshipEvent

_ROOMS: tuple[tuple[type[State], Any], ...] = (
    (Participant, ParticipantEvent),
    (Program, ProgramEvent),
    (Relationship, RelationshipEvent),
    (Goal, GoalEvent),
)

KINDS: dict[str, type[Event]] = {event.__name__: event for _, events in _ROOMS for event in get_args(events)}
"""The newest shape of every kind, by name."""

MEMBERS: dict[str, type[State]] = {event.__name__: state for state, events in _ROOMS for event in get_args(events)}
"""Whose events they are: the state that each kind evolves."""

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: dict[tuple[str, int], Upcast] = {}
"""(kind, schema) -> the same facts, one schema newer. One for each shape that was ever written and is no longer."""


def member_of(kind: str) -> type[State]:
    """The state that events of this kind belong to."""
    return MEMBERS[kind]


def newest(kind: str, schema: int, facts: bytes | str) -> dict[str, Any]:
    """The facts as plain values at the newest schema of their kind."""
    return upcast(kind, schema, orjson.loads(facts))


def upcast(kind: str, schema: int, values: dict[str, Any]) -> dict[str, Any]:
    """These facts, step by step, at the newest schema of their kind."""
    for older in range(schema, KINDS[kind].schema_version):
        values = UPCASTS[kind, older](values)
    return values


def recall(kind: str, schema: int, facts: bytes | str, occurred_on: str) -> Event:
    """The event again, from what was stored; without its personal text."""
    return KINDS[kind].recall(newest(kind, schema, facts), occurred_on)


def check(written: Mapping[int, tuple[str, int]]) -> None:
    """That everything ever written here can still be read: `Unreachable` otherwise."""
    for kind, schema in written.values():
        if kind not in KINDS:
            raise Unreachable(
                f"this journal holds events of the kind {kind}, which is unknown here; use a newer release"
            )
        if schema > KINDS[kind].schema_version:
            raise Unreachable(f"this journal holds {kind} in the newer shape {schema}; use a newer release")
        for older in range(schema, KINDS[kind].schema_version):
            if (kind, older) not in UPCASTS:
                raise Unreachable(f"nothing here upcasts {kind} from shape {older}; use a release that does")
