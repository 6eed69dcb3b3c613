"""The follower: keeps a generation of views up to date, a batch of entries in one transaction."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from threading import Event

import orjson

from domain.journal.database import Connection, Row
from domain.journal.entry import Entry
from domain.journal.journal import Journal
from domain.rules import Rules
from projections import tables
from projections.figures.totals import Totals
from projections.folding import Image, Poison, after, foldable
from projections.generations import Generations, Made, Meta, OutdatedViews
from projections.records import NOUNS

_BATCH = 2_000
_AT_ONCE = 500
_AT_HAND_BYTES = 32_000_000
_LOOK_SECONDS = 1.0


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
        self.at: tuple[int, int] | None = None
        """The generation and position that it was last brought to."""
        self._ours = Made.by(self.rules)
        self._images = Images(self.rules, _AT_HAND_BYTES)

    def catch_up(self, until: int | None = None) -> int:
        """Bring the current generation to the journal's last position, or to `until`; the position reached.

        `Unusable` when it cannot be used; then nothing is written.
        """
        last = self.journal.position()
        target = last if until is None else min(until, last)
        while True:
            with self.generations.writing() as (views, meta):
                self.generations.same_past(meta)
                self.must_be_ours(meta)
                reached = meta.position
                if reached < target:
                    reached = advance(self.journal, views, self._images, target, self._is_wanted)
            self.at = meta.generation, reached
            if reached >= target:
                return reached

    def follow(self, stop: Event) -> None:
        """Catch up whenever the journal grows, until told to stop; after a swap, with the new generation."""
        while not stop.is_set():
            position = self.catch_up()
            self.journal.wait_beyond(position, _LOOK_SECONDS)

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
                change = Change(Images(self.rules))
                change.replace(noun, poison.root, bodies_of(views, noun, [poison.root]).get(poison.root), image)
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


class Images:
    """The images of roots that were touched lately, for the next time; those of others are worked out again."""

    def __init__(self, rules: Rules, most: int = 0) -> None:
        """As many are kept as have so many bytes of records."""
        self.rules = rules
        self._most = most
        self._bytes = 0
        self._by_root: OrderedDict[str, Image] = OrderedDict()

    def of(self, noun: str, root: str, body: str) -> Image:
        """The image of a root whose record is stored as `body`."""
        known = self._take(root)
        return known if known and known.row[-1] == body else Image.of(noun, orjson.loads(body), self.rules)

    def remember(self, image: Image) -> None:
        """It may be asked for again."""
        self._take(image.row[0])
        self._by_root[image.row[0]] = image
        self._bytes += len(image.row[-1])
        while self._bytes > self._most:
            self._take(next(iter(self._by_root)))

    def _take(self, root: str) -> Image | None:
        image = self._by_root.pop(root, None)
        if image is not None:
            self._bytes -= len(image.row[-1])
        return image


class Change:
    """What a batch changes in the views."""

    def __init__(self, images: Images) -> None:
        self._images = images
        self._rows: dict[str, list[Row]] = {}
        self._people: dict[str, tuple[Row, ...]] = {}
        self._totals = Totals(images.rules)

    def replace(self, noun: str, root: str, body: str | None, image: Image | None) -> None:
        """A root's record, `body` as stored, gives way to a new image."""
        before = None if body is None else self._images.of(noun, root, body)
        self._totals.replace(before.totals if before else None, image.totals if image else None)
        if image is None:
            return
        self._images.remember(image)
        self._rows.setdefault(noun, []).append(image.row)
        if before is None or before.people != image.people:
            self._people[root] = image.people

    def write(self, views: Connection) -> None:
        """In a few statements, inside the caller's transaction."""
        for noun, rows in self._rows.items():
            home = tables.HOMES[noun]
            columns = ", ".join(f"{name} = excluded.{name}" for name in home.names[home.key :])
            views.executemany(f"{_insert(home)} ON CONFLICT (id) DO UPDATE SET {columns}", rows)
        if self._people:
            views.executemany("DELETE FROM people WHERE root = ?", [(root,) for root in self._people])
            views.executemany(_insert(tables.PEOPLE), [row for rows in self._people.values() for row in rows])
        changed = list(self._totals.rows())
        if changed:
            views.executemany(
                f"""{_insert(tables.FIGURES)} ON CONFLICT (scope, measure, code, day)
                    DO UPDATE SET value = figures.value + excluded.value""",
                changed,
            )
            views.executemany(
                "DELETE FROM figures WHERE scope = ? AND measure = ? AND code = ? AND day = ? AND value = 0",
                [key[:4] for key in changed if key[4] < 0],
            )


def advance(
    journal: Journal, views: Connection, images: Images, until: int, wanted: Callable[[Meta], bool] = lambda _: True
) -> int:
    """Bring the generation that `views` is open on to a position; the position reached (farther when others did).

    It stops where it is when the generation is not `wanted` any more, which is asked while nobody else can move it:
    one that was swapped out must not run ahead of the one that took its place, and one that was made by other rules
    since must not be given sums made by the old ones.
    """
    while True:
        with views.transaction(write=True):
            meta = Meta.read(views, locking=True)
            if meta.position >= until or not wanted(meta):
                return meta.position
            entries = list(journal.entries(after=meta.position, until=min(until, meta.position + _BATCH)))
            if not entries:
                return meta.position
            already = {poison.root for poison in frozen(views)}
            change = Change(images)
            by_noun: dict[str, dict[str, list[Entry]]] = {}
            for root, some in foldable(entries).items():
                if root not in already:
                    by_noun.setdefault(NOUNS[some[0].kind], {})[root] = some
            for noun, by_root in by_noun.items():
                bodies = bodies_of(views, noun, by_root)
                for root, some in by_root.items():
                    body = bodies.get(root)
                    _, image, poison = after(body, some, images.rules)
                    change.replace(noun, root, body, image)
                    if poison:
                        _freeze(views, poison)
            change.write(views)
            moved = views.execute(
                "UPDATE meta SET position = ?, hash = ? WHERE position = ? RETURNING position",
                (entries[-1].position, entries[-1].hash.hex(), meta.position),
            )
            assert moved, "another follower moved on while we held the lock"
        if entries[-1].position >= until:
            return entries[-1].position


def frozen(views: Connection) -> list[Poison]:
    """The frozen roots, with the events that froze them."""
    rows = views.execute("SELECT root, noun, position, reason FROM frozen ORDER BY position")
    return [Poison(*row) for row in rows]


def _freeze(views: Connection, poison: Poison) -> None:
    views.execute("INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)", poison)


def bodies_of(views: Connection, noun: str, roots: Iterable[str]) -> dict[str, str]:
    """The records of these roots as stored, by root; only of those that have one."""
    found: dict[str, str] = {}
    for some in _chunks(roots):
        marks = ", ".join("?" * len(some))
        asked = f"SELECT id, record FROM {tables.HOMES[noun].name} WHERE id IN ({marks})"
        found.update((id, record) for id, record in views.execute(asked, some))
    return found


def _chunks(roots: Iterable[str]) -> Iterator[Sequence[str]]:
    left = iter(roots)
    while some := tuple(islice(left, _AT_ONCE)):
        yield some


def _insert(table: tables.Table) -> str:
    marks = ", ".join("?" * len(table.columns))
    return f"INSERT INTO {table.name} ({', '.join(table.names)}) VALUES ({marks})"
