"""Doors to generations: connections kept open between two uses, because opening one takes longer than a question."""

from threading import Lock
from typing import NamedTuple

from domain.journal.database import Connection
from projections.places import Place


class Door(NamedTuple):
    """A connection to one generation. `fresh`: it was opened for this use."""

    number: int
    connection: Connection
    stamp: object
    """How the place looked when it was opened."""
    fresh: bool = True


class Doors:
    """Doors of one sort, to read or to write; as many stay open as `keep` says, and only to the last one asked for."""

    def __init__(self, place: Place, *, readonly: bool) -> None:
        self._place = place
        self._readonly = readonly
        self._lock = Lock()
        self._idle: list[Door] = []
        self._number: int | None = None
        self._most = 0

    @property
    def last(self) -> int | None:
        """The generation that was last asked for."""
        return self._number

    def keep(self, most: int) -> None:
        """Keep so many open from now on; 0 closes them."""
        with self._lock:
            self._most = most
            surplus, self._idle = self._idle[most:], self._idle[:most]
        _close(surplus)

    def take(self, number: int) -> Door:
        """A door to this generation. LookupError when it is not here; `Failure` when it cannot be opened.

        One that was kept is not used again when somebody else put another file there, or wrote over it.
        """
        stamp = self._place.stamp(number)
        with self._lock:
            if number != self._number:
                self._number = number
                stale, self._idle = self._idle, []
            else:
                stale = [door for door in self._idle if door.stamp != stamp]
                self._idle = [door for door in self._idle if door.stamp == stamp]
            door = self._idle.pop() if self._idle else None
        _close(stale)
        if door is not None:
            return door._replace(fresh=False)
        return Door(number, self._place.connect(number, readonly=self._readonly), stamp)

    def give_back(self, door: Door) -> None:
        """Let others use it; it is in no transaction."""
        with self._lock:
            keep = door.number == self._number and len(self._idle) < self._most
            if keep:
                self._idle.append(door)
        if not keep:
            door.connection.close()


def _close(doors: list[Door]) -> None:
    for door in doors:
        door.connection.close()
