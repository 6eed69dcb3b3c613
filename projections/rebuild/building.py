"""Filling a new generation from the journal."""

from collections.abc import Callable
from itertools import pairwise

from domain.journal.database import Connection, Failure
from domain.journal.entry import BUCKETS
from domain.rules import Rules
from projections.folding import PoisonEvent, after, foldable
from projections.generations import Generations
from projections.meta import Made, Meta
from projections.rebuild.folders import Receiver, Share, fold
from projections.rebuild.loading import Keeper, Loader
from projections.rebuild.workers import how_many, share_out
from projections.records import FOLDS

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
        workers = how_many(self._workers, until)
        turns = -(-until // (_A_TURN * workers)) or 1
        buckets = pairwise(BUCKETS * n // workers for n in range(workers + 1))
        shares = [Share(self._journal.database, until, some, turns, self._rules) for some in buckets]
        with (
            self._generations.connect(self._number) as views,
            _Counting(views, self._rules, self._progress, until) as loader,
        ):
            receiver: Receiver = loader
            keeper = Keeper(self._journal.database, self._number) if self._journal.engine == "postgresql" else None
            share_out(fold, shares, receiver, keeper)
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
            loader.finish(self._meta(until), alone=workers == 1)

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

    def __init__(self, views: Connection, rules: Rules, progress: Progress, total: int) -> None:
        super().__init__(views, rules)
        self._progress = progress
        self._total = total

    def done(self, count: int) -> None:
        super().done(count)
        self._progress(self.count, self._total)
