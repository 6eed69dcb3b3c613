"""One shard: its people live through the days in order, whatever the other shards do."""

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import count
from operator import itemgetter
from typing import Any

from domain.decider import Command, State
from domain.journal.entry import moment
from domain.rules import Rules
from scripts.generate.chance import Chance
from scripts.generate.desk import Desk, Noted, Written, plain
from scripts.generate.people import People
from scripts.generate.plan import Plan
from scripts.generate.programs import Program

RECORDED_AT = itemgetter(5)
"""When a written event was recorded, in UTC microseconds since 1970."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
_MORNING, _HOURS = 8 * _HOUR, 11 * _HOUR
"""Everyone writes between 8 and 19 o'clock, UTC: then it is the same day in all our programs."""
_PAUSE = 2_000_000
"""Microseconds between two commands of one sitting."""

Moment = tuple[int, int, Callable[..., None], tuple[Any, ...]]
"""When something happens, in UTC microseconds since 1970; a number that keeps moments apart; what, and to whom."""


class Shard:
    """Lets things happen in the order of time. Whatever is recorded in it has a time that no other shard uses."""

    def __init__(
        self,
        plan: Plan,
        number: int,
        programs: tuple[Program, ...],
        known: dict[str, tuple[State, int]],
    ) -> None:
        self.chance = Chance(plan.seed, "shard", number)
        self.people = People(plan.share(number), plan.years, number, plan.shards, self.chance)
        self.programs = programs
        self.desk = Desk(Rules(), self.chance)
        self.desk.copy(known)
        self.today = date.min
        self._number, self._shards = number, plan.shards
        self._now = 0
        self._days: defaultdict[int, list[Moment]] = defaultdict(list)
        """What is to happen on later days, by ordinal."""
        self._hours: list[Moment] = []
        """What is still to happen today."""
        self.closures = count()
        """Counts the ends of relationships."""
        self._counted = count().__next__
        self._noted: list[Noted] = []

    @property
    def now(self) -> datetime:
        return moment(self._now)

    def on(self, day: date, happens: Callable[..., None], *details: Any) -> None:
        """Let this happen at some hour of that day; an hour already past means at once."""
        self._at(day.toordinal(), happens, details)

    def after(self, days: float, happens: Callable[..., None], *details: Any) -> None:
        """Let this happen so many days from today."""
        self._at(self.today.toordinal() + int(days), happens, details)

    def do(self, command: Command, actor: str, role: str, on_behalf_of: str | None = None) -> None:
        """Decide this wish now, and write down what follows."""
        self._now += _PAUSE - self._now % self._shards + self._number
        self._noted += self.desk.decide(command, self._now, actor, role, on_behalf_of)

    def live(self, days: Iterable[date]) -> Iterator[list[Written]]:
        """What was written on each of these days, in order; they follow one another."""
        for day in days:
            self.today, ordinal = day, day.toordinal()
            self._hours = self._days.pop(ordinal, [])
            heapq.heapify(self._hours)
            while self._hours:
                at, _, happens, details = heapq.heappop(self._hours)
                self._now = max(self._now, at)
                happens(*details)
            cut = bisect_left(self._noted, (ordinal + 1 - _EPOCH_DAY) * _DAY, key=_noted_at)
            today, self._noted = self._noted[:cut], self._noted[cut:]
            yield list(map(plain, today))

    def _at(self, day: int, happens: Callable[..., None], details: tuple[Any, ...]) -> None:
        hour = _MORNING + int(self.chance.roll() * _HOURS)
        then = (day - _EPOCH_DAY) * _DAY + hour, self._counted(), happens, details
        if day > self.today.toordinal():
            self._days[day].append(then)
        else:
            heapq.heappush(self._hours, then)


def _noted_at(noted: Noted) -> int:
    return noted[0].recorded_at
