"""The states of streams, kept at hand by the writer: loaded once, then evolved by what is written."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from domain.decider import State, States, Stream
from domain.journal.appending import Kinds
from domain.journal.database import Connection, Row
from domain.journal.kinds import check, member_of, recall

_STREAM = "SELECT version, kind, occurred_on, facts FROM events WHERE stream = ? ORDER BY version"
_MEMBERS_OF_ROOT = """SELECT stream, kind FROM events
                       WHERE root = ? AND root <> stream AND version = 1 ORDER BY position"""

Held = tuple[type[State] | None, tuple[State, int] | None]
"""Whose id this is, with its state and version; nobody's when nothing was written under it."""

_FREE: Held = (None, None)


class Memory:
    """States by stream id, the least recently used forgotten first; an id belongs to one kind of stream for good."""

    def __init__(self, connection: Callable[[], Connection], kinds: Kinds, limit: int) -> None:
        self.states = States(self.at, self._members)
        self._connection = connection
        self._kinds = kinds
        self._limit = limit
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._under: dict[tuple[type[State], str], tuple[str, ...]] = {}
        self._initial: dict[type[State], tuple[State, int]] = {}

    def at(self, of: type[State], id: str) -> tuple[State, int]:
        """The state and version of this stream; its initial state and 0 when there is none."""
        owner, at = self._held.get(id) or self._read(id)
        return at if owner is of and at is not None else self._start(of)

    def load(self, streams: Iterable[Stream]) -> None:
        """Have these at hand, and forget them last."""
        for _, id in streams:
            if id in self._held:
                self._held.move_to_end(id)
            else:
                self._read(id)

    def owner(self, id: str) -> type[State] | None:
        """Which kind of stream this id names, if any."""
        return (self._held.get(id) or self._read(id))[0]

    def put(self, stream: Stream, state: State, version: int, root: str) -> None:
        """This is so now."""
        of, id = stream
        self._held[id] = (of, (state, version))
        if version == 1:
            self._began(of, root, id)

    def follow(self, rows: Iterable[Row]) -> None:
        """Evolve what is held by what others wrote: (root, stream, version, kind, occurred_on, facts) in order."""
        for root, stream, version, number, occurred_on, facts in rows:
            kind, schema = self._kind(number)
            of = member_of(kind)
            if stream in self._held:
                state, before = self._held[stream][1] or self._start(of)
                if version > before:
                    event = recall(kind, schema, facts, occurred_on)
                    self._held[stream] = (of, (state.evolve(event), version))
            if version == 1:
                self._began(of, root, stream)

    def forget(self, ids: Iterable[str]) -> None:
        """Load these again when they are asked for."""
        self._under.clear()
        for id in ids:
            self._held.pop(id, None)

    def clear(self) -> None:
        """Forget everything."""
        self._under.clear()
        self._held.clear()

    def trim(self) -> None:
        """Keep to the limit; only between transactions, because what is not yet written cannot be loaded."""
        while len(self._held) > self._limit:
            self._held.popitem(last=False)
        if len(self._under) > self._limit:
            self._under.clear()

    def _read(self, id: str) -> Held:
        held = _FREE
        for version, number, occurred_on, facts in self._connection().execute(_STREAM, (id,)):
            kind, schema = self._kind(number)
            of = member_of(kind)
            state, _ = held[1] or self._start(of)
            held = (of, (state.evolve(recall(kind, schema, facts, occurred_on)), version))
        self._held[id] = held
        return held

    def _kind(self, number: int) -> tuple[str, int]:
        if number not in self._kinds.by_id:
            self._kinds.load(self._connection())
            check(self._kinds.by_id)
        return self._kinds.by_id[number]

    def _start(self, of: type[State]) -> tuple[State, int]:
        if of not in self._initial:
            self._initial[of] = (of(), 0)
        return self._initial[of]

    def _members(self, of: type[State], root: str) -> tuple[str, ...]:
        found = self._under.get((of, root))
        if found is None:
            rows: list[tuple[Any, ...]] = self._connection().execute(_MEMBERS_OF_ROOT, (root,))
            found = tuple(id for id, number in rows if member_of(self._kind(number)[0]) is of)
            self._under[of, root] = found
        return found

    def _began(self, of: type[State], root: str, id: str) -> None:
        found = self._under.get((of, root))
        if found is not None and id not in found:
            self._under[of, root] = (*found, id)
