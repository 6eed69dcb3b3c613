"""Filling a new generation in bulk: rows as they come, then the figures, then keys and indexes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from domain.journal.database import Connection, Row
from domain.rules import Rules
from projections import tables
from projections.figures.totals import NOTHING, Totals
from projections.folding import Image, Poison
from projections.generations import index
from projections.meta import Meta
from projections.places import place_of
from projections.rebuild.folders import Receiver
from projections.rebuild.summing import Scopes, Sums, hand_over, merge
from projections.rebuild.workers import beside

_INDEX_MEMORY = "96MB"


class Loader:
    """Takes what workers hand over, in a block, and makes a whole generation of it."""

    def __init__(self, views: Connection, rules: Rules) -> None:
        self.count = 0
        self.suspects: list[str] = []
        self._views = views
        self._rules = rules
        self._sqlite = views.engine == "sqlite"
        self._sums = Sums()

    def __enter__(self) -> Self:
        if self._sqlite:
            for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32000"):
                self._views.execute(f"PRAGMA {setting}")
            self._views.begin(write=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._sums.close()

    # what workers hand over

    def rows(self, table: str, rows: list[Row]) -> None:
        tables.copy(self._views, table, rows)

    def sums(self, scopes: Scopes, measure: str, packed: bytes) -> None:
        self._sums.sums(scopes, measure, packed)

    def done(self, count: int) -> None:
        self.count += count

    def poisoned(self, root: str) -> None:
        self.suspects.append(root)

    # what becomes of it

    def add(self, noun: str, image: Image) -> None:
        """Take one root's image that was made apart."""
        self.rows(tables.HOMES[noun].name, [image.row])
        self.rows(tables.PEOPLE.name, list(image.people))
        totals = Totals(self._rules)
        totals.replace(NOTHING, image.contributed)
        hand_over(totals, self)

    def freeze(self, poison: Poison) -> None:
        """Say that a root stands still."""
        self._views.execute("INSERT INTO frozen (root, noun, position, reason) VALUES (?, ?, ?, ?)", poison)

    def finish(self, meta: Meta, *, alone: bool) -> None:
        """Write the figures, make keys and indexes, say what this generation is, and see it onto the disk.

        Unless we shall do it `alone`, another process merges the sums while we write.
        """
        if not self._sqlite:
            self._views.execute(f"SET maintenance_work_mem = '{_INDEX_MEMORY}'")
            self._views.begin(write=True)
        if alone:
            merge(self._sums, self)
        else:
            beside(merge, self._sums, self)
        index(self._views)
        meta.write(self._views)
        self._views.commit()
        if self._sqlite:
            self._views.execute("PRAGMA journal_mode = WAL")
            _flush(self._views)
        else:
            self._views.execute(f"ANALYZE {', '.join(table.name for table in tables.TABLES)}")


@dataclass(frozen=True, slots=True)
class Keeper:
    """Lets a worker on PostgreSQL copy its rows by itself, in one transaction. (SQLite has but one writer.)"""

    database: str
    generation: int

    @contextmanager
    def __call__(self, others: Receiver) -> Iterator[Receiver]:
        with place_of(self.database).connect(self.generation) as views, views.transaction(write=True):
            yield _Copier(views, others)


class _Copier:
    """Keeps rows, and passes on the rest."""

    def __init__(self, views: Connection, others: Receiver) -> None:
        self.sums = others.sums
        self.done = others.done
        self.poisoned = others.poisoned
        self._views = views

    def rows(self, table: str, rows: list[Row]) -> None:
        tables.copy(self._views, table, rows)


def _flush(views: Connection) -> None:
    for _, name, file in views.execute("PRAGMA database_list"):
        if name == "main":
            for place in (Path(file), Path(file).parent):
                descriptor = os.open(place, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
