"""Generations: each is the whole set of views, in a place of its own; the journal points at the current one.

Unusable
 |- NoViews          there is no generation yet, or the current one is gone
 |- BrokenViews      the current generation is damaged
 |- OutdatedViews    it was made by other folds, figures or rules than ours
 |- RestoredJournal  it has seen another past than this journal's: somebody restored a copy
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from domain.journal.database import Connection, Engine, Failure, Unreachable
from domain.journal.journal import Journal
from projections import tables
from projections.doors import Door, Doors
from projections.meta import Meta, Opened
from projections.places import Claim, place_of, schema_name

_AGAIN = "`journal rebuild` makes the views again"
_TRIES = 5
_FITS_SECONDS = 1.0
"""How long we take it that a generation fits the journal, once we have looked."""


class Unusable(Exception):
    """The views cannot be used as they are; the message says what to do."""


class NoViews(Unusable):
    """There is no generation yet, or the current one is gone."""


class BrokenViews(Unusable):
    """The current generation is damaged."""


class OutdatedViews(Unusable):
    """The current generation was made by other folds, figures or rules than ours."""


class RestoredJournal(Unusable):
    """The current generation has seen another past than this journal's."""


class Generations:
    """The generations of one journal."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.place = place_of(journal.database)
        self._readers = Doors(self.place, readonly=True)
        self._writers = Doors(self.place, readonly=False)
        self._fits: tuple[int, int, float] | None = None
        """Which generation was last found to have seen this journal's past, up to which position, and when."""

    def keep_open(self, readers: int, writers: int) -> None:
        """Keep so many connections to the current generation open between uses; 0 and 0 closes them."""
        self._readers.keep(readers)
        self._writers.keep(writers)

    def current(self) -> int | None:
        """The number that the journal points at."""
        return number_of(self.journal.pointer())

    @contextmanager
    def reading(self) -> Iterator[tuple[Connection, Opened]]:
        """The current generation, in one snapshot. It stays the same for the block, whatever is swapped meanwhile."""
        door, opened = self._now(self._readers)
        with _using(self._readers, door):
            yield door.connection, opened

    @contextmanager
    def writing(self) -> Iterator[tuple[Connection, Opened]]:
        """The current generation, to write to, and how it was when this was asked for."""
        door, opened = self._now(self._writers)
        with _using(self._writers, door):
            door.connection.rollback()
            yield door.connection, opened

    @contextmanager
    def snapshot(self, number: int) -> Iterator[tuple[Connection, Opened]]:
        """One generation, in one snapshot."""
        door, opened = self._opened(self._readers, number)
        with _using(self._readers, door):
            yield door.connection, opened

    def connect(self, number: int) -> Connection:
        """A generation, to write to."""
        try:
            return self.place.connect(number)
        except LookupError:
            raise NoViews(f"generation {number} of the views is gone; {_AGAIN}") from None
        except Unreachable as failure:
            raise damaged(number, self.journal.engine, failure) from None

    def same_past(self, meta: Meta) -> None:
        """That a generation has seen this journal's past: `RestoredJournal` otherwise."""
        if self._fits is not None:
            number, position, at = self._fits
            if number == meta.generation and position <= meta.position and monotonic() < at + _FITS_SECONDS:
                return
        whose = (self.journal.id, self.journal.epoch)
        last = self.journal.position()
        if (meta.journal, meta.epoch) != whose:
            what = f"belong to another journal ({meta.journal}, epoch {meta.epoch})"
        elif meta.position > last:
            what = f"have seen position {meta.position}, the journal ends at {last}"
        elif self.journal.hash_at(meta.position).hex() != meta.hash:
            what = f"saw another entry at position {meta.position}"
        else:
            self._fits = meta.generation, meta.position, monotonic()
            return
        raise RestoredJournal(
            f"generation {meta.generation} of the views does not fit the journal: they {what}. "
            f"Was a copy restored? {_AGAIN} from the journal as it is now"
        )

    def start(self) -> Claim:
        """A new generation with its tables and nothing in them, claimed."""
        claim = self.place.claim(self.current() or 0)
        try:
            with self.place.connect(claim.number) as connection:
                if connection.engine == "sqlite":
                    connection.execute("PRAGMA journal_mode = OFF")
                create(connection)
        except BaseException:
            self.place.remove(claim.number)
            claim.release()
            raise
        return claim

    def point(self, expected: int | None, new: int) -> bool:
        """Make a generation the current one, if the expected one still is; whether it was."""
        was = schema_name(expected) if expected is not None else None
        return self.journal.point(was, schema_name(new))

    def tidy(self) -> list[str]:
        """Discard what nobody needs: all but the current generation, the one before it, and those being built.

        What was found and discarded, in sentences.
        """
        return [
            f"discarded generation {number} of the views: it is not in use, or was never finished"
            for number in self.place.numbers()
            if not self._needed(number) and self._discard(number)
        ]

    def _discard(self, number: int) -> bool:
        claim = self.place.hold(number)
        if claim is None:
            return False
        with claim:
            return not self._needed(number) and self.place.remove(number)

    def _needed(self, number: int) -> bool:
        """Whether it is the current generation or the one before; we say so too when that cannot be told."""
        current = self.current()
        if current is None:
            return False
        if number == current:
            return True
        try:
            with self.reading() as (_, (meta, *_)):
                return number in (meta.generation, meta.previous)
        except Unusable:
            return True

    def _now(self, doors: Doors) -> tuple[Door, Opened]:
        """A snapshot of the current generation, whatever is swapped while we look for it.

        Where a snapshot shows the journal's pointer, too, the generation that was the current one is asked first.
        """
        sees = self.place.sees_pointer
        number = doors.last if sees else None
        for _ in range(_TRIES):
            number = number or self.current()
            if number is None:
                raise NoViews(f"there are no views yet; {_AGAIN}")
            try:
                door, opened = self._opened(doors, number)
            except Unusable:
                if (now := self.current()) == number:
                    raise
                number = now
                continue
            if not sees or (now := number_of(opened.pointer)) == number:
                return door, opened
            door.connection.rollback()
            doors.give_back(door)
            number = now
        raise NoViews(f"the views are being replaced faster than they can be read; {_AGAIN}")

    def _opened(self, doors: Doors, number: int) -> tuple[Door, Opened]:
        """A snapshot of a generation. A door that was kept may be of no use any more: then a new one tells."""
        try:
            while True:
                door = doors.take(number)
                try:
                    return door, self._look(door)
                except (LookupError, Failure, ValueError):
                    door.connection.close()
                    if door.fresh:
                        raise
                except BaseException:
                    door.connection.close()
                    raise
        except LookupError:
            raise NoViews(f"generation {number} of the views is gone; {_AGAIN}") from None
        except (Failure, ValueError) as failure:
            raise damaged(number, self.journal.engine, failure) from None

    def _look(self, door: Door) -> Opened:
        opened = Opened.look(door.connection)
        if not self.place.holds(door.number):
            raise LookupError(door.number)
        return opened


@contextmanager
def _using(doors: Doors, door: Door) -> Iterator[None]:
    """The block uses this door; it is given back unless something is wrong with it."""
    good = True
    try:
        yield
    except (Failure, Unusable):
        good = False
        raise
    finally:
        door.connection.rollback()
        if good and not door.connection.in_transaction:
            doors.give_back(door)
        else:
            door.connection.close()


def create(connection: Connection) -> None:
    """The tables of a generation, without keys and indexes, which come last. Compressing records takes too long."""
    text, whole = ("TEXT", "INTEGER") if connection.engine == "sqlite" else ('text COLLATE "C"', "bigint")
    types = {"text": text, "integer": whole}
    for table in tables.TABLES:
        columns = ", ".join(f"{name} {types[type]}" for name, type in table.columns)
        clustered = _clustered(connection, table)
        end = f", PRIMARY KEY ({_key(table)})) WITHOUT ROWID" if clustered else ")"
        connection.execute(f"CREATE TABLE {table.name} ({columns}{end}")
        if connection.engine == "postgresql" and "record" in table.names:
            connection.execute(f"ALTER TABLE {table.name} ALTER record SET STORAGE EXTERNAL")
    connection.execute(f"CREATE TABLE frozen (root {text} PRIMARY KEY, noun {text}, position {whole}, reason {text})")
    connection.execute(
        f"""CREATE TABLE meta (generation {whole}, previous {whole}, journal {text}, epoch {whole}, position {whole},
                               hash {text}, folds {text}, figures {text})"""
    )


def index(connection: Connection) -> None:
    """The keys and indexes of all tables that have none yet."""
    for table in tables.TABLES:
        if not _clustered(connection, table):
            connection.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {table.name}_key ON {table.name} ({_key(table)})")
        for columns in table.indexes:
            name = "_".join((table.name, *columns))
            connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table.name} ({', '.join(columns)})")


def damaged(number: int, engine: Engine, failure: Exception) -> Exception:
    """What to raise when a generation cannot be read: `BrokenViews`, which a rebuild mends.

    On PostgreSQL the views are where the journal is: a database that cannot be reached says nothing of them.
    """
    if engine == "postgresql" and isinstance(failure, Unreachable):
        return failure
    return BrokenViews(f"generation {number} of the views is damaged ({failure}); {_AGAIN}")


def number_of(pointer: str | None) -> int | None:
    """The number of the generation that a pointer names."""
    return int(pointer[1:]) if pointer else None


def _clustered(connection: Connection, table: tables.Table) -> bool:
    """Whether the rows live in their key: small ones, that are nearly all key."""
    return connection.engine == "sqlite" and len(table.columns) - table.key <= 1


def _key(table: tables.Table) -> str:
    return ", ".join(table.names[: table.key])
