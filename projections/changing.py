"""What a batch of events changes in the views: records, people and sums, written in a few statements."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import islice

import orjson

from domain.journal.database import Connection, Row
from domain.rules import Rules
from projections import tables
from projections.figures.totals import NOTHING, Totals
from projections.folding import Image
from projections.generations import BrokenViews

_AT_ONCE = 500
_TYPES = {"text": "text", "integer": "bigint"}


class Images:
    """Images by root. Those that were touched lately stay at hand, while nobody else moves the views."""

    def __init__(self, rules: Rules, most: int = 0) -> None:
        """As many stay at hand as have so many bytes of records."""
        self.rules = rules
        self._most = most
        self._bytes = 0
        self._by_root: OrderedDict[str, Image] = OrderedDict()
        self._at: tuple[int, int] | None = None

    def begin(self, generation: int, position: int, frozen: Iterable[str]) -> None:
        """A batch begins there: what is at hand is good if it was left there. Frozen roots are somebody's to mend."""
        if self._at != (generation, position):
            self._by_root.clear()
            self._bytes = 0
        self._at = None
        for root in frozen:
            self._take(root)

    def done(self, generation: int, position: int) -> None:
        """The batch is written, and left the views there."""
        self._at = generation, position

    def of(self, views: Connection, noun: str, roots: Iterable[str]) -> dict[str, Image]:
        """The images of these roots, as far as there are any; they are no longer at hand.

        `BrokenViews` when a record is not as it was written.
        """
        known = {root: image for root in roots if (image := self._take(root))}
        for root, body in bodies_of(views, noun, [root for root in roots if root not in known]).items():
            try:
                known[root] = Image.of(noun, orjson.loads(body), self.rules)
            except (LookupError, TypeError, ValueError, AttributeError):
                raise BrokenViews(
                    f"the record of {noun} {root} in the views is damaged; `journal rebuild` makes the views again"
                ) from None
        return known

    def remember(self, image: Image) -> None:
        """It may be asked for again."""
        self._take(image.root)
        self._by_root[image.root] = image
        self._bytes += len(image.body)
        while self._bytes > self._most:
            self._take(next(iter(self._by_root)))

    def _take(self, root: str) -> Image | None:
        image = self._by_root.pop(root, None)
        if image is not None:
            self._bytes -= len(image.body)
        return image


class Change:
    """What a batch changes in the views."""

    def __init__(self, rules: Rules) -> None:
        self._rows: dict[str, list[Row]] = {}
        self._people: dict[str, tuple[Row, ...]] = {}
        self._totals = Totals(rules)

    def replace(self, noun: str, before: Image | None, image: Image | None) -> None:
        """A root's image gives way to a new one."""
        self._totals.replace(before.contributed if before else NOTHING, image.contributed if image else NOTHING)
        if image is None:
            return
        self._rows.setdefault(noun, []).append(image.row)
        if before is None or before.people != image.people:
            self._people[image.root] = image.people

    def write(self, views: Connection) -> None:
        """In a few statements, inside the caller's transaction."""
        for noun, rows in self._rows.items():
            home = tables.HOMES[noun]
            columns = ", ".join(f"{name} = excluded.{name}" for name in home.names[home.key :])
            _insert(views, home, rows, f"ON CONFLICT (id) DO UPDATE SET {columns}")
        if self._people:
            _delete(views, tables.PEOPLE, ("root",), [(root,) for root in self._people])
            _insert(views, tables.PEOPLE, [row for rows in self._people.values() for row in rows])
        changed = list(self._totals.rows())
        key = tables.FIGURES.names[: tables.FIGURES.key]
        add = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET value = figures.value + excluded.value"
        _insert(views, tables.FIGURES, changed, add)
        _delete(views, tables.FIGURES, key, [row[:-1] for row in changed if row[-1] < 0], "AND value = 0")


def bodies_of(views: Connection, noun: str, roots: Iterable[str]) -> dict[str, str]:
    """The records of these roots as stored, by root; only of those that have one."""
    found: dict[str, str] = {}
    left = iter(roots)
    while some := tuple(islice(left, _AT_ONCE)):
        marks = ", ".join("?" * len(some))
        asked = f"SELECT id, record FROM {tables.HOMES[noun].name} WHERE id IN ({marks})"
        found.update((id, record) for id, record in views.execute(asked, some))
    return found


def _insert(views: Connection, table: tables.Table, rows: Sequence[Row], otherwise: str = "") -> None:
    """Insert these rows, or do otherwise."""
    into = f"INSERT INTO {table.name} ({', '.join(table.names)})"
    if views.engine == "sqlite":
        views.executemany(f"{into} VALUES ({', '.join('?' * len(table.names))}) {otherwise}", rows)
    elif rows:
        views.send(f"{into} {_rows(table, table.names)} {otherwise}", (_packed(rows),))


def _delete(views: Connection, table: tables.Table, key: Sequence[str], keys: Sequence[Row], also: str = "") -> None:
    """Delete the rows with these values in the columns `key`, where the condition holds also."""
    if views.engine == "sqlite":
        where = " AND ".join(f"{name} = ?" for name in key)
        views.executemany(f"DELETE FROM {table.name} WHERE {where} {also}", keys)
    elif keys:
        where = f"({', '.join(key)}) IN ({_rows(table, key)})"
        views.send(f"DELETE FROM {table.name} WHERE {where} {also}", (_packed(keys),))


def _rows(table: tables.Table, names: Sequence[str]) -> str:
    """PostgreSQL takes many rows quickest as one JSON array of arrays: a parameter for each value costs more."""
    types = dict(table.columns)
    values = (f"(r ->> {n})::{_TYPES[types[name]]}" for n, name in enumerate(names))
    return f"SELECT {', '.join(values)} FROM jsonb_array_elements(?::jsonb) r"


def _packed(rows: Sequence[Row]) -> str:
    return orjson.dumps(rows).decode()
