"""Events say what they are made of: dated once, in words that are marked, told in a sentence."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from domain.facts import ACTOR, CODE, DAY, ID, LABEL, PERSONAL, Event, Marker, Personal
from domain.goal.events import GoalEvent
from domain.participant.events import ParticipantEvent
from domain.program.events import ProgramEvent
from domain.relationship.events import RelationshipEvent

EVENTS: tuple[type[Event], ...] = tuple(
    event for union in (ParticipantEvent, ProgramEvent, RelationshipEvent, GoalEvent) for event in get_args(union)
)
every_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)


def unmarked(hint: Any, marked: bool = False) -> list[str]:
    """The bare texts in a type: those of which nobody says whether they are a name, a code, or what a person wrote."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        texts = {ID, CODE, LABEL, ACTOR, PERSONAL}
        return unmarked(args[0], marked or any(isinstance(note, Marker) and note in texts for note in args[1:]))
    if origin is Literal or hint in (NoneType, Ellipsis):
        return []
    if origin in (Union, UnionType, tuple, dict):
        return [bare for arg in args for bare in unmarked(arg)]
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return [bare for inner in get_type_hints(hint, include_extras=True).values() for bare in unmarked(inner)]
    return ["str"] if hint is str and not marked else []


def fields(event: type[Event]) -> dict[str, Any]:
    return {
        name: hint for name, hint in get_type_hints(event, include_extras=True).items() if name in event.model_fields
    }


@every_event
def test_every_text_in_an_event_says_what_it_is(event: type[Event]) -> None:
    assert {name: bare for name, hint in fields(event).items() if (bare := unmarked(hint))} == {}


def test_a_bare_text_is_found_wherever_it_hides() -> None:
    class Note(BaseModel):
        text: str
        written: Personal

    assert unmarked(tuple[dict[str, int] | None, ...]) == ["str"]
    assert unmarked(Note) == ["str"]
    assert unmarked(Personal) == []


@every_event
def test_every_event_has_exactly_one_day(event: type[Event]) -> None:
    assert len([name for name, field in event.model_fields.items() if DAY in field.metadata]) == 1
    assert event.day_field in event.model_fields


@every_event
def test_every_event_is_told_in_a_sentence(event: type[Event]) -> None:
    assert event.__doc__
    assert event.__doc__.rstrip().endswith(".")


@every_event
def test_personal_text_stands_at_the_top_of_an_event_and_is_empty_by_default(event: type[Event]) -> None:
    for name, field in event.model_fields.items():
        nested = repr(field.annotation).count("PERSONAL")
        assert not nested, f"personal text inside {name} would be written among the facts"
    assert {event.model_fields[name].default for name in event.personal_fields} <= {""}


def test_no_two_events_share_a_name() -> None:
    assert len({event.__name__ for event in EVENTS}) == len(EVENTS)
