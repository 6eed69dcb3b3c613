"""What a batch of events changes in the views: records, people and sums, written in a few statements."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import islice

import orjson

from domain.journal.database import Connection, Row
from domain.rules import Rules
from projections import tables
from projections.figures.totals import Totals
from projections.folding import Image

_AT_ONCE = 500
_TYPES = {"text": "text", "integer": "bigint"}


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
