"""Refiguring: the figures of the live generation made again from its records, in place and in one transaction.

A question sees the figures as they were, or as they are now, and never a mixture: its snapshot says which. The follower
goes on meanwhile. It waits for a moment twice: until all workers look at the same records; and at the end, while what
it wrote since is taken into account, and the new figures take the place of the old.
"""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import orjson

from domain.journal.database import Connection
from domain.journal.journal import Journal
from domain.rules import Rules
from projections import figures, tables
from projections.changing import bodies_of
from projections.figures.totals import NOTHING, Contributed, Totals
from projections.follower import frozen
from projections.generations import Generations
from projections.meta import Made, Meta
from projections.places import place_of
from projections.rebuild.building import Progress
from projections.rebuild.summing import MOST_TOTALS, Scopes, Sums, hand_over
from projections.rebuild.workers import how_many, share_out

_NOUNS = ("relationship", "participant")
"""Whose records contribute."""
_AT_ONCE = 100


class Range(NamedTuple):
    """Records of one noun: ids from `low` on and below `high` (None: to the last)."""

    noun: str
    low: str
    high: str | None


@dataclass(frozen=True, slots=True)
class Ranges:
    """Records of a generation to figure; with `judged`, only for what depends on the rules."""

    database: str
    generation: int
    ranges: Sequence[Range]
    rules: Rules
    judged: bool


class Receiver(Protocol):
    """Where a worker's results go."""

    def looking(self) -> None:
        """The worker has its snapshot: what is written from now on, it does not see."""

    def sums(self, scopes: Scopes, measure: str, packed: bytes) -> None:
        """What was added up of one measure in each of these scopes: marshalled values by code and day."""

    def done(self, count: int) -> None:
        """So many records more are done."""


def figure(share: Ranges, receiver: Receiver) -> None:
    """Add up what these records contribute."""
    totals = Totals(share.rules, judged=share.judged)
    with place_of(share.database).connect(share.generation, readonly=True) as views:
        views.begin()
        Meta.read(views)
        receiver.looking()
        for noun, low, high in share.ranges:
            asked, bounds = f"SELECT record FROM {tables.HOMES[noun].name} WHERE id >= ?", [low]
            if high is not None:
                asked, bounds = f"{asked} AND id < ?", [low, high]
            for rows in views.stream(asked, bounds, size=_AT_ONCE):
                for (body,) in rows:
                    totals.add(noun, orjson.loads(body))
                receiver.done(len(rows))
                if len(totals) > MOST_TOTALS:
                    hand_over(totals, receiver)
    hand_over(totals, receiver)


def refigure(generations: Generations, number: int, rules: Rules, workers: int | None, progress: Progress) -> bool:
    """Make the figures of a generation again under these rules; when only rules differ, only of what depends on them.

    False, and nothing is changed, when somebody else replaced or refigured it meanwhile.
    """
    with ExitStack() as stack:
        live = stack.enter_context(generations.connect(number))
        before = stack.enter_context(generations.place.connect(number, readonly=True))
        sums = stack.enter_context(closing(Sums()))
        was, ours = Meta.read(live).made, Made.by(rules)
        judged = was.differs_in_rules_only(ours)

        gathering = _Gathering(live, before, sums, progress)
        shares = [
            Ranges(generations.journal.database, number, ranges, rules, judged)
            for ranges in _shared(live, how_many(workers, gathering.total))
        ]
        gathering.start(len(shares))
        share_out(figure, shares, gathering)

        with live.transaction(write=True):
            meta = Meta.read(live, locking=True)
            if meta.made != was or generations.current() != number:
                return False
            roots = _touched(generations.journal, before, live, meta.position)
            hand_over(_moved(before, live, roots, Totals(rules, judged=judged)), sums)
            _replace(live, sums, figures.JUDGED if judged else ())
            live.execute("UPDATE meta SET figures = ?", (ours.figures,))
    return True


class _Gathering:
    """Takes what workers add up. The follower waits until all of them, and we, look at the same records."""

    def __init__(self, live: Connection, before: Connection, sums: Sums, progress: Progress) -> None:
        self.sums = sums.sums
        self.total = sum(_count(live, noun) for noun in _NOUNS)
        self._live = live
        self._before = before
        self._progress = progress
        self._count = 0
        self._blind = 0

    def start(self, workers: int) -> None:
        """Stop the follower, until so many workers are looking."""
        self._blind = workers
        self._live.begin(write=True)
        Meta.read(self._live, locking=True)

    def looking(self) -> None:
        self._blind -= 1
        if not self._blind:
            self._before.begin()
            Meta.read(self._before)
            self._live.rollback()

    def done(self, count: int) -> None:
        self._count += count
        if not self._blind:
            self._progress(min(self._count, self.total), self.total)


def _shared(views: Connection, workers: int) -> list[list[Range]]:
    """For each worker a range of the records of each noun, with as many records as the others have."""
    shares: list[list[Range]] = [[] for _ in range(workers)]
    for noun in _NOUNS:
        home, count = tables.HOMES[noun].name, _count(views, noun)
        bounds = [""]
        for n in range(1, workers):
            asked = f"SELECT id FROM {home} ORDER BY id LIMIT 1 OFFSET ?"
            bounds += [id for (id,) in views.execute(asked, (count * n // workers,))] or bounds[-1:]
        for share, low, high in zip(shares, bounds, [*bounds[1:], None], strict=True):
            share.append(Range(noun, low, high))
    return shares


def _touched(journal: Journal, before: Connection, live: Connection, until: int) -> set[str]:
    """The roots whose records may have changed since: they had events, or are not frozen where they were any more."""
    stuck = {(poison.root, poison.position) for poison in frozen(live)}
    healed = {poison.root for poison in frozen(before) if (poison.root, poison.position) not in stuck}
    with journal.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT root FROM events WHERE position > ? AND position <= ?",
            (Meta.read(before).position, until),
        )
    return healed | {root for (root,) in rows}


def _moved(before: Connection, live: Connection, roots: set[str], totals: Totals) -> Totals:
    """What the records of these roots contribute now, less what they contributed before, added to `totals`."""

    def contributed(noun: str, body: str | None) -> Contributed:
        if body is None:
            return NOTHING
        return Contributed.of(noun, orjson.loads(body), totals.rules, judged=totals.judged)

    for noun in _NOUNS:
        was, now = (bodies_of(views, noun, roots) for views in (before, live))
        for root in was.keys() | now.keys():
            totals.replace(contributed(noun, was.get(root)), contributed(noun, now.get(root)))
    return totals


def _replace(live: Connection, sums: Sums, measures: Sequence[str]) -> None:
    """Let these sums take the place of the figures there are; of some measures only, when these are named."""
    condition = f"WHERE measure IN ({', '.join('?' * len(measures))})" if measures else ""
    live.execute(f"DELETE FROM figures {condition}", measures)
    for rows in sums.merged():
        tables.copy(live, tables.FIGURES.name, rows)


def _count(views: Connection, noun: str) -> int:
    [(count,)] = views.execute(f"SELECT count(*) FROM {tables.HOMES[noun].name}")
    return int(count)
