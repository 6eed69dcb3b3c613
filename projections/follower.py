"""The follower: keeps a generation of views up to date, a batch of entries in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any, NamedTuple, Protocol

from domain.journal.database import BUSY_SECONDS, Connection, Failure, Row
from domain.journal.entry import Entry
from domain.journal.journal import Journal
from domain.rules import Rules
from projections.changing import Change, Images
from projections.folding import Poison, after, foldable
from projections.generations import Generations, OutdatedViews, Unusable
from projections.meta import Made, Meta
from projections.records import NOUNS

_BATCH = 2_000
_STEP = 10 * _BATCH
"""After so many events at the latest it says how far it is, and sees whether it is to end."""
_AT_HAND_BYTES = 8_000_000
"""Of records as they are stored; at hand they take several times as much."""
_LOOK_SECONDS = 0.25
"""So often we look whether anything is new, should nobody tell; and again when something was in the way."""
_BEHIND_SECONDS = 0.01
_MANY = 8
_PACE_SECONDS = 0.02
"""Where so many events came at once there are more to come: the next ones are gathered for so long, and share a
transaction. Who writes alone and waits for each to be seen is not kept waiting.
"""

ALONE_SECONDS = BUSY_SECONDS
"""Behind for so long without a move, views are taken to have nobody who follows: a follower waits no longer itself."""


class At(NamedTuple):
    """Where the current views stand."""

    generation: int
    position: int
    since: int = 0
    """When the oldest event was recorded (in microseconds) of those that brought them here; 0 where none did."""


class Reached(NamedTuple):
    """The position that a generation was brought to, and when the oldest event that did so was recorded, as in `At`."""

    position: int
    since: int = 0


Ended = Callable[[], bool]
Went = Callable[[At], None]
Stuck = Callable[[Exception], None]
Follow = Callable[[Ended, Went, Stuck], None]
"""Tells how far the views are, or what is in the way, until it `ended`: a follower does, and one who looks."""


@dataclass(frozen=True, slots=True)
class Retried:
    """The roots that are no longer frozen, and those that still are."""

    retried: list[str]
    frozen: list[Poison]


class Follower:
    """Keeps the current generation up to date. Two of them are harmless: they take turns."""

    def __init__(self, journal: Journal, rules: Rules | None = None) -> None:
        self.journal = journal
        self.rules = rules or Rules()
        self.generations = Generations(journal)
        self.at: At | None = None
        """The generation and position that it was last brought to."""
        self._ours = Made.by(self.rules)
        self._images = Images(self.rules, _AT_HAND_BYTES)

    def catch_up(self, until: int | None = None) -> int:
        """Bring the current generation to the journal's last position, or to `until`; the position reached.

        `Unusable` when it cannot be used; then nothing is written.
        """
        last = self.journal.position()
        target = last if until is None else min(until, last)
        since = 0
        while True:
            with self.generations.writing() as (views, (meta, *_)):
                self.generations.same_past(meta)
                self.must_be_ours(meta)
                reached = Reached(meta.position)
                if reached.position < target:
                    reached = advance(self.journal, views, self._images, target, self._is_wanted)
                    since = since or reached.since
            self.at = At(meta.generation, reached.position, since)
            if reached.position >= target:
                return reached.position

    def look(self) -> int:
        """The position that the current generation is at, without moving it. `Unusable` when it cannot be used."""
        with self.generations.reading() as (_, (meta, *_)):
            self.generations.same_past(meta)
            self.must_be_ours(meta)
        self.at = At(meta.generation, meta.position)
        return meta.position

    def follow(self, ended: Ended, went: Went = lambda at: None, stuck: Stuck | None = None) -> None:
        """Catch up whenever the journal grows, until it `ended`; after a swap, with the new generation.

        `went` is told how far it is, each time anew, and on the way where that is long. What comes in the way is told
        to `stuck` and tried again; raised where nobody is told.
        """

        def once() -> None:
            began, before = monotonic(), self.at
            position = self.catch_up(before.position + _STEP if before else 0)
            assert self.at is not None
            went(self.at)
            many = before is not None and position >= before.position + _MANY
            if self.journal.wait_beyond(position, _LOOK_SECONDS) and many:
                sleep(max(0.0, began + _PACE_SECONDS - monotonic()))

        self.generations.keep_open(1, 1)  # also because SQLite tidies a file up whenever nobody has it open any more
        try:
            _again_and_again(once, ended, stuck)
        finally:
            self.generations.keep_open(0, 0)

    def retry(self, root: str | None = None) -> Retried:
        """Fold what is frozen (or one root of it) from the journal again."""
        self.catch_up()
        retried = []
        with self.generations.writing() as (views, _), views.transaction(write=True):
            meta = Meta.read(views, locking=True)
            self.must_be_ours(meta)
            position = meta.position
            for poison in frozen(views):
                if root not in (None, poison.root):
                    continue
                entries = foldable(self.journal.entries(root=poison.root, until=position))[poison.root]
                noun, image, again = after(None, entries, self.rules)
                change = Change(self.rules)
                change.replace(noun, Images(self.rules).of(views, noun, [poison.root]).get(poison.root), image)
                change.write(views)
                views.execute("DELETE FROM frozen WHERE root = ?", (poison.root,))
                if again:
                    _freeze(views, again)
                else:
                    retried.append(poison.root)
            return Retried(retried, frozen(views))

    def must_be_ours(self, meta: Meta) -> None:
        """That views were made by our folds, figures and rules: `OutdatedViews` otherwise."""
        if reason := meta.made.against(self._ours):
            raise OutdatedViews(
                f"generation {meta.generation} of the views cannot be kept up to date: {reason}. "
                "`journal rebuild` makes the views again"
            )

    def _is_wanted(self, meta: Meta) -> bool:
        """Whether it is the current generation, and still made by our rules: both may change until we have the lock."""
        return meta.made == self._ours and self.generations.current() == meta.generation


class Looker:
    """Looks how far others bring the views."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._follower = Follower(journal)
        self._moved = monotonic()
        self._at: At | None = None

    def follow(self, ended: Ended, went: Went, stuck: Stuck) -> None:
        """Tell how far the views are until it `ended`; that nobody moves them on where nobody has for a while."""
        self._follower.generations.keep_open(1, 0)
        try:
            _again_and_again(lambda: self._look(went), ended, stuck)
        finally:
            self._follower.generations.keep_open(0, 0)

    def _since(self, before: int, position: int) -> int:
        moved = self._journal.entries(after=before, until=min(before + 1, position))
        return next((entry.recorded_at for entry in moved), 0)

    def _look(self, went: Went) -> None:
        position = self._follower.look()
        behind, before, self._at = position < self._journal.position(), self._at, self._follower.at
        assert self._at is not None
        if not behind or self._at != before:
            self._moved = monotonic()
        if monotonic() > self._moved + ALONE_SECONDS:
            raise Unusable(f"nobody moves them on from position {position}; is `journal follow` running?")
        went(self._at if before is None else self._at._replace(since=self._since(before.position, position)))
        if behind:
            sleep(_BEHIND_SECONDS)
        else:
            self._journal.wait_beyond(position, _LOOK_SECONDS)


def _again_and_again(once: Callable[[], None], ended: Ended, stuck: Stuck | None) -> None:
    while not ended():
        try:
            once()
        except (Failure, Unusable) as problem:
            if stuck is None:
                raise
            stuck(problem)
            sleep(_LOOK_SECONDS)


def advance(
    journal: Journal, views: Connection, images: Images, until: int, wanted: Callable[[Meta], bool] = lambda _: True
) -> Reached:
    """Bring the generation that `views` is open on to a position; how far it is then (farther when others did that).

    It stops where it is when the generation is not `wanted` any more, which is asked while nobody else can move it:
    one that was swapped out must not run ahead of the one that took its place, and one that was made by other rules
    since must not be given sums made by the old ones.
    """
    since = 0
    while True:
        with views.transaction(write=True):
            meta = Meta.read(views, locking=True)
            if meta.position >= until or not wanted(meta):
                return Reached(meta.position, since)
            entries = list(journal.entries(after=meta.position, until=min(until, meta.position + _BATCH)))
            if not entries:
                return Reached(meta.position, since)
            since = since or entries[0].recorded_at
            already = {poison.root for poison in frozen(views)}
            images.begin(meta.generation, meta.position, already)
            change = Change(images.rules)
            by_noun: dict[str, dict[str, list[Entry]]] = {}
            for root, some in foldable(entries).items():
                if root not in already:
                    by_noun.setdefault(NOUNS[some[0].kind], {})[root] = some
            for noun, by_root in by_noun.items():
                known = images.of(views, noun, by_root)
                for root, some in by_root.items():
                    before = known.get(root)
                    _, image, poison = after(before, some, images.rules)
                    change.replace(noun, before, image)
                    if poison:
                        _freeze(views, poison)
                    elif image:
                        images.remember(image)
            change.write(views)
            moved = views.execute(
                "UPDATE meta SET position = ?, hash = ? WHERE position = ? RETURNING position",
                (entries[-1].position, entries[-1].hash.hex(), meta.position),
            )
            assert moved, "another follower moved on while we held the lock"
        images.done(meta.generation, entries[-1].position)
        if entries[-1].position >= until:
            return Reached(entries[-1].position, since)


class Asks(Protocol):
    """Who gives rows: a connection to views, or one snapshot of them."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[Row]: ...


def frozen(views: Asks) -> list[Poison]:
    """The frozen roots, with the events that froze them."""
    rows = views.execute("SELECT root, noun, position, reason FROM frozen ORDER BY position")
    return [Poison(*row) for row in rows]


def _freeze(views: Connection, poison: Poison) -> None:
    views.execute("INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)", poison)
