"""Where commands are decided before there is a journal: the states of streams, and what is written about them."""

from typing import Any

from domain.decider import Command, Fact, Stamp, State, States, Stream
from domain.journal.entry import Decided, drafted, moment
from domain.rules import Rules
from scripts.generate.chance import Chance

VIA = "generate"

Noted = tuple[Decided, bytes | None]
"""An event as it was decided, and the key of its personal text, if it has any."""

Written = tuple[Any, ...]
"""The fields of a `Draft` in their order: an event in plain values, which travel between processes."""


def plain(noted: Noted) -> Written:
    """What was noted, in plain values: for many at once, since a processor goes over the same steps faster."""
    return tuple(drafted(*noted))


class Desk:
    """Decides as the journal's writer does, and remembers the states in between."""

    def __init__(self, rules: Rules, chance: Chance) -> None:
        self._rules = rules
        self._chance = chance
        self._held: dict[str, tuple[State, int]] = {}
        self._roots: dict[str, list[Stream]] = {}
        self._initial: dict[type[State], tuple[State, int]] = {}
        self._states = States(self._load, self._members)

    def decide(
        self, command: Command, recorded_at: int, actor: str, role: str, on_behalf_of: str | None = None
    ) -> list[Noted]:
        """What follows from this wish at this moment. It is refused as it would be anywhere else."""
        stamp = Stamp(moment(recorded_at), actor, role, VIA, on_behalf_of, "live", self._rules)
        name = type(command).__name__
        return [self._note(fact, stamp, recorded_at, name) for fact in command.decide(self._states, stamp)]

    def copy(self, states: dict[str, tuple[State, int]]) -> None:
        """Take over what another desk knows."""
        self._held.update(states)

    @property
    def held(self) -> dict[str, tuple[State, int]]:
        return self._held

    def forget(self, root: str) -> None:
        """Nothing more will be asked about this stream, nor about those under it."""
        for stream in self._roots.pop(root, ()):
            self._held.pop(stream.id, None)
        self._held.pop(root, None)

    def _note(self, fact: Fact, stamp: Stamp, recorded_at: int, command: str) -> Noted:
        stream = fact.stream
        id = stream.id
        state, version = self._load(*stream)
        state, version = state.evolve(fact.event), version + 1
        self._held[id] = state, version
        root = state.root(id)
        if version == 1 and root != id:
            self._roots.setdefault(root, []).append(stream)
        key = self._chance.key() if fact.event.personal() else None
        return Decided(fact, root, version, stamp, recorded_at, command), key

    def _load(self, of: type[State], id: str) -> tuple[State, int]:
        return self._held.get(id) or self._start(of)

    def _start(self, of: type[State]) -> tuple[State, int]:
        if of not in self._initial:
            self._initial[of] = of(), 0
        return self._initial[of]

    def _members(self, of: type[State], root: str) -> tuple[str, ...]:
        return tuple(stream.id for stream in self._roots.get(root, ()) if stream.of is of)
