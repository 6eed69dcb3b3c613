"""Filling a new generation: from the journal, or from the records of the live one under other rules."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import pairwise
from typing import Any

from domain.journal.database import Connection, Failure
from domain.journal.entry import BUCKETS
from domain.rules import Rules
from projections import tables
from projections.folding import PoisonEvent, after, foldable
from projections.generations import Generations, Made, Meta
from projections.rebuild.folders import Range, Ranges, Share, fold, refigure
from projections.rebuild.loading import Keeper, Loader
from projections.rebuild.workers import Work, run
from projections.records import FOLDS

_WORKERS = 2
_FEW = 20_000
"""Below so many events (or records) one process does the work: starting others would take longer."""
_FIGURED = ("relationship", "participant")
_A_TURN = 1_500_000
"""So many events at most are gathered at once by one worker."""

Progress = Callable[[int, int], None]
"""Called with how many events (or records, when only figures are made) are done, and of how many."""


def quietly(done: int, total: int) -> None:
    """Progress that nobody wants to see."""


class MissingEvents(Failure):
    """The journal does not have every position."""


class Builder:
    """Fills one new generation."""

    def __init__(
        self, generations: Generations, number: int, rules: Rules, workers: int | None, progress: Progress
    ) -> None:
        self._generations = generations
        self._journal = generations.journal
        self._number = number
        self._rules = rules
        self._workers = workers
        self._progress = progress

    def fold(self, until: int, *, accept: bool = False, whole: bool = True) -> None:
        """Fold the journal up to a position.

        `PoisonEvent` when an event cannot be folded, unless that is accepted: then its root is frozen. `MissingEvents`
        when the journal has gaps and must be whole.
        """
        workers = self._workers_for(until)
        turns = -(-until // (_A_TURN * workers)) or 1
        buckets = pairwise(BUCKETS * n // workers for n in range(workers + 1))
        shares = [Share(self._journal.database, until, some, turns, self._rules) for some in buckets]
        with (
            self._generations.connect(self._number) as views,
            _Counting(views, self._progress, until) as loader,
        ):
            self._do(fold, shares, loader)
            if whole:
                self._must_be_whole(loader.count, until)
            for root in loader.suspects:
                entries = foldable(self._journal.entries(root=root, until=until))[root]
                noun, image, poison = after(None, entries, self._rules)
                if poison and not accept:
                    raise PoisonEvent(poison)
                if image:
                    loader.add(noun, image)
                if poison:
                    loader.freeze(poison)
            loader.finish(self._meta(until))

    def refigure(self, live: int) -> None:
        """Take over the records of the live generation, and make figures of them."""
        self._generations.place.copy(live, self._number)
        with self._generations.connect(self._number) as views:
            position = Meta.read(views).position
            views.execute("DELETE FROM meta")
            records = _count(views, "relationship") + _count(views, "participant")
            workers = self._workers_for(records)
            shares = [
                Ranges(self._journal.database, self._number, ranges, self._rules)
                for ranges in zip(*(_ranges(views, noun, workers) for noun in _FIGURED), strict=True)
            ]
            with _Counting(views, self._progress, records) as loader:
                self._do(refigure, shares, loader)
                loader.finish(self._meta(position))

    def _workers_for(self, count: int) -> int:
        return self._workers or (1 if count < _FEW else _WORKERS)

    def _do(self, work: Work, shares: Sequence[Any], loader: Loader) -> None:
        keeper = None
        if self._journal.engine == "postgresql":
            keeper = Keeper(self._journal.database, self._number)
        if len(shares) > 1:
            run(work, shares, loader, keeper)
            return
        with keeper(loader) if keeper else nullcontext(loader) as receiver:
            work(shares[0], receiver)

    def _must_be_whole(self, folded: int, until: int) -> None:
        others = [number for number, (kind, _) in self._journal.kinds().items() if kind not in FOLDS]
        if others:
            with self._journal.connect() as journal:
                [(count,)] = journal.execute(
                    f"SELECT count(*) FROM events WHERE position <= ? AND kind IN ({', '.join(map(str, others))})",
                    (until,),
                )
            folded += count
        if folded != until:
            raise MissingEvents(
                f"the journal ends at position {until}, but has {folded} events; `journal check` says what is wrong"
            )

    def _meta(self, position: int) -> Meta:
        made = Made.by(self._rules)
        return Meta(
            generation=self._number,
            previous=self._generations.current(),
            journal=self._journal.id,
            epoch=self._journal.epoch,
            position=position,
            hash=self._journal.hash_at(position).hex(),
            folds=made.folds,
            figures=made.figures,
        )


class _Counting(Loader):
    """Says how far it is."""

    def __init__(self, views: Connection, progress: Progress, total: int) -> None:
        super().__init__(views)
        self._progress = progress
        self._total = total

    def done(self, count: int) -> None:
        super().done(count)
        self._progress(self.count, self._total)


def _ranges(views: Connection, noun: str, workers: int) -> list[Range]:
    """As many ranges of ids as there are workers, with as many records in each."""
    home, count = tables.HOMES[noun].name, _count(views, noun)
    bounds = [""]
    for n in range(1, workers):
        asked = f"SELECT id FROM {home} ORDER BY id LIMIT 1 OFFSET ?"
        bounds += [id for (id,) in views.execute(asked, (count * n // workers,))] or bounds[-1:]
    return [Range(noun, low, high) for low, high in zip(bounds, [*bounds[1:], None], strict=True)]


def _count(views: Connection, noun: str) -> int:
    [(count,)] = views.execute(f"SELECT count(*) FROM {tables.HOMES[noun].name}")
    return int(count)
