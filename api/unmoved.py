"""Which answers still hold: those about views that have not moved on. That can be told without asking the views."""

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from projections.moments import today

_MOST = 4096


class Holds(NamedTuple):
    """For how long an answer holds: while the views stand there and, where it was asked as of today, on that day."""

    generation: int
    position: int
    day: str = ""
    time_zone: str = ""


class Unmoved:
    """Remembers answers by their tags, and where the views stand."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: tuple[int, int] | None = None
        self._given: OrderedDict[tuple[str, str], Holds] = OrderedDict()

    def stand(self, at: tuple[int, int] | None) -> None:
        """The views stand at this generation and position, unless somebody saw more; nobody knows where with None."""
        with self._lock:
            if at is None or self._at is None or at[0] != self._at[0] or at[1] > self._at[1]:
                self._at = at

    def saw(self, generation: int, position: int) -> None:
        """Somebody saw the views there. They may be farther by now, but never again at an earlier position."""
        with self._lock:
            if self._at is not None and self._at[0] == generation and self._at[1] < position:
                self._at = generation, position

    def give(self, address: str, tag: str, holds: Holds) -> None:
        """This tag was given to an answer at this address."""
        with self._lock:
            self._given[address, tag] = holds
            if len(self._given) > _MOST:
                self._given.popitem(last=False)

    def holds(self, address: str, tag: str) -> bool:
        """Whether the answer that was given under this tag would be the same now; False also when that is not known."""
        given = self._given.get((address, tag))
        return (
            given is not None
            and (given.generation, given.position) == self._at
            and (not given.day or today(given.time_zone).isoformat() == given.day)
        )
