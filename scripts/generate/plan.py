"""What is to be made: how many relationships, of which sort, and on which days they begin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from scripts.generate.chance import Chance

Sort = Literal["structured", "informal", "flash"]

SHARES: tuple[tuple[Sort, float], ...] = (("structured", 0.6), ("informal", 0.3), ("flash", 0.1))
RUSH = 2 / 3
"""The share of a cohort program's pairings that fall into the first days of its terms."""
ROLLING = 0.25
"""The share of structured pairings in the program that is always on. So RUSH x (1 - ROLLING) x 0.6 = 30% of all."""

_SHARDS = 8
_ENOUGH = 1500


class Pairing(NamedTuple):
    """A relationship to be: on which day it begins, what sort it is, and whether its program has cohorts."""

    on: date
    sort: Sort
    cohort: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The arguments of a generated journal. Everything else follows from them."""

    relationships: int
    years: int
    until: date
    seed: int
    enough: int = _ENOUGH
    """Relationships from which on the work is shared out."""

    @property
    def first(self) -> date:
        """The first day on which anyone may be paired."""
        return self.until - timedelta(days=365 * self.years - 1)

    @property
    def shards(self) -> int:
        """Into how many parts the work falls, with people of their own. It does not depend on the machine."""
        return _SHARDS if self.relationships >= self.enough else 1

    def share(self, shard: int) -> int:
        """How many relationships this shard makes."""
        return self.relationships // self.shards + (shard < self.relationships % self.shards)

    def cohorts(self, first: date | None = None) -> list[date]:
        """The days on which terms of cohort programs begin: from the one under way on the first day to the last."""
        first = first or self.first
        starts = sorted(
            _first_monday(year, month) for year in range(first.year - 1, self.until.year + 1) for month in (2, 9)
        )
        before = max(day for day in starts if day <= first)
        return [day for day in starts if before <= day <= self.until]

    def pairings(self, shard: int, chance: Chance) -> list[Pairing]:
        """All of a shard's relationships, by the day on which they begin."""
        many = self.share(shard)
        rush = [
            day
            for start in self.cohorts()
            for day in (start + timedelta(days=n) for n in range(5))
            if self.first <= day <= self.until
        ]
        return sorted(self._pairing(sort, rush, chance) for sort in _sorts(many))

    def _pairing(self, sort: Sort, rush: list[date], chance: Chance) -> Pairing:
        cohort = sort == "structured" and chance.roll() >= ROLLING
        if cohort and rush and chance.roll() < RUSH:
            return Pairing(chance.of(rush), sort, cohort)
        day = self.first + timedelta(days=chance.whole(0, 365 * self.years - 1))
        return Pairing(max(self.first, day - timedelta(days=max(0, day.weekday() - 4))), sort, cohort)


def _sorts(many: int) -> Iterator[Sort]:
    """So many relationships, in the shares of their sorts to the last one."""
    limits = [(sort, round(many * sum(share for _, share in SHARES[: n + 1]))) for n, (sort, _) in enumerate(SHARES)]
    done = 0
    for sort, limit in limits:
        yield from [sort] * (limit - done)
        done = limit


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)
