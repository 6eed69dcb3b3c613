"""Given what has happened, when somebody wishes something, then these facts follow: in memory, with plain values."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson
import pytest

from domain.decider import Command, Fact, Stamp, State, States, Stream
from domain.facts import Event
from domain.refusals import Refusal, Refused
from domain.rules import Rules

NOW = datetime(2025, 6, 30, 12, tzinfo=UTC)
TODAY = NOW.date()


class By(NamedTuple):
    """A wish, and who has it."""

    actor: str
    command: Command


class Memory(States):
    """States in a dict. It notes which streams are asked for."""

    def __init__(self) -> None:
        super().__init__(self._at, self._ids_under)
        self.at: dict[Stream, tuple[State, int]] = {}
        self.asked: set[Stream] = set()

    def write(self, facts: Iterable[Fact]) -> None:
        """Evolve, and see that the event gives the same state when it comes back from the journal.

        It may have been made without validating it again: then it must be what validation would have made of it.
        """
        for stream, event, _ in facts:
            twin = type(event)(**vars(event))
            assert (event, event.facts()) == (twin, twin.facts()), f"the values of {event.kind} are not certain"
            state, version = self.at.get(stream, (stream.of(), 0))
            after = state.evolve(event)
            assert after == state.evolve(stored(event)), f"the state remembers more of {event.kind} than its facts"
            self.at[stream] = after, version + 1

    def _at(self, of: type[State], id: str) -> tuple[State, int]:
        stream = Stream(of, id)
        self.asked.add(stream)
        return self.at.get(stream, (stream.of(), 0))

    def _ids_under(self, of: type[State], root: str) -> tuple[str, ...]:
        return tuple(
            stream.id for stream, (state, _) in self.at.items() if stream.of is of and state.root(stream.id) == root
        )


class Outcome:
    """What a wish came to."""

    def __init__(self, scene: "Scene", facts: list[Fact], refused: Refused | None) -> None:
        self.scene = scene
        self.facts = facts
        self._refused = refused

    def then(self, events: list[Event]) -> "Scene":
        """These events follow, in this order."""
        if self._refused is not None:
            raise self._refused
        assert [fact.event for fact in self.facts] == events
        return self.scene

    def then_facts(self, facts: list[tuple[Stream, Event]]) -> "Scene":
        """These events follow, each in its stream."""
        if self._refused is not None:
            raise self._refused
        assert [(fact.stream, fact.event) for fact in self.facts] == facts
        return self.scene

    def refused(self, code: Refusal, pointer: str = "") -> str:
        """It is refused with this code, because of this field; the sentence."""
        if self._refused is None:
            pytest.fail(f"not refused; these facts follow: {self.facts}")
        assert (self._refused.code, self._refused.pointer) == (code, pointer), self._refused
        return self._refused.sentence


class Scene:
    """What has happened so far."""

    def __init__(self) -> None:
        self.states = Memory()

    def when(
        self, command: Command, *, by: str = "operator", now: datetime = NOW, rules: Rules | None = None
    ) -> Outcome:
        """Decide this wish. A decision may only look at, and write to, the streams it said it concerns."""
        stamp = Stamp(now, by, "operator", "command line", rules=rules or Rules())
        concerned = set(command.concerns(self.states))
        self.states.asked.clear()
        try:
            facts = command.decide(self.states, stamp)
        except Refused as refused:
            return Outcome(self, [], refused)
        finally:
            assert self.states.asked <= concerned
        assert {fact.stream for fact in facts} <= concerned
        assert all(fact.concerning for fact in facts if fact.event.personal()), "whom does the personal text concern?"
        self.states.write(facts)
        return Outcome(self, facts, None)


def given(*history: Command | By | Fact) -> Scene:
    """After these wishes, which are all granted, and these facts."""
    scene = Scene()
    for each in history:
        if isinstance(each, Fact):
            scene.states.write([each])
            continue
        by, command = each if isinstance(each, By) else ("operator", each)
        outcome = scene.when(command, by=by)
        assert outcome.facts or outcome.then([]), command
    return scene


def stored(event: Event) -> Event:
    """The event as the journal gives it back: without personal text."""
    facts: dict[str, Any] = orjson.loads(event.facts())
    return type(event).recall(facts, event.day.isoformat())


def on(text: str) -> date:
    """A day, from its ISO text."""
    return date.fromisoformat(text)
