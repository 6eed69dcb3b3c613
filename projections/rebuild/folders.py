"""The share of a rebuild that one worker does: it gathers its roots' events, folds them, and hands rows over.

The database gathers all events of a root into one row, column by column. So a worker holds one root at a time, however
long the journal is, and decodes a root's history at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any, Protocol

import orjson

from domain.journal import kinds
from domain.journal.database import Connection, Row
from domain.journal.engines import connect
from domain.rules import Rules
from projections import tables
from projections.figures.totals import Totals
from projections.rebuild.summing import MOST_TOTALS, Scopes, hand_over
from projections.records import FOLDS, NOUNS

_POSITION = itemgetter(0)
_ROOTS_AT_ONCE = 100
_PARCEL_BYTES = 300_000
_SORT_MEMORY = "64MB"


@dataclass(frozen=True, slots=True)
class Share:
    """Buckets to fold from the journal, half-open, in so many turns."""

    database: str
    until: int
    buckets: tuple[int, int]
    turns: int
    rules: Rules


class Receiver(Protocol):
    """Where a worker's results go."""

    def rows(self, table: str, rows: list[Row]) -> None:
        """Rows of a view."""

    def sums(self, scopes: Scopes, measure: str, packed: bytes) -> None:
        """What was added up of one measure in each of these scopes: marshalled values by code and day."""

    def done(self, count: int) -> None:
        """So many events more are done."""

    def poisoned(self, root: str) -> None:
        """A root that could not be folded: the caller looks into it."""


def fold(share: Share, receiver: Receiver) -> None:
    """Fold every event of the share's buckets."""
    totals = Totals(share.rules)
    parcel = _Parcel(receiver)
    with connect(share.database, readonly=True) as journal:
        folds, nouns = _by_number(journal)
        for buckets in _turns(share):
            for gathered in _gathered(journal, share.until, buckets, list(folds)):
                for root, count, numbers, streams, days, sources, positions, facts in gathered:
                    try:
                        record: Any = None
                        order = orjson.loads(positions)
                        events = _split(numbers, streams, days, sources, orjson.loads(facts))
                        if order != sorted(order):
                            events = [event for _, event in sorted(zip(order, events, strict=True), key=_POSITION)]
                        for number, stream, on, source, said in events:
                            record = folds[number](record, said, stream, on, source)
                        record["position"] = max(order)
                        noun = nouns[number]
                        row, people = tables.row(noun, record), tables.people(noun, record)
                        totals.add(noun, record)
                    except MemoryError:
                        raise
                    except Exception:
                        receiver.poisoned(root)
                    else:
                        parcel.add(tables.HOMES[noun].name, row, people)
                    parcel.events += count
                if parcel.size > _PARCEL_BYTES:
                    parcel.send()
                if len(totals) > MOST_TOTALS:
                    hand_over(totals, receiver)
    parcel.send()
    hand_over(totals, receiver)


class _Parcel:
    """Rows on their way, many at a time."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._rows: dict[str, list[Row]] = {}
        self.size = 0
        self.events = 0

    def add(self, home: str, row: Row, people: Iterable[Row]) -> None:
        self._rows.setdefault(home, []).append(row)
        self._rows.setdefault(tables.PEOPLE.name, []).extend(people)
        self.size += len(row[-1])

    def send(self) -> None:
        for table, rows in self._rows.items():
            self._receiver.rows(table, rows)
        self._receiver.done(self.events)
        self._rows, self.size, self.events = {}, 0, 0


def _turns(share: Share) -> Iterator[tuple[int, int]]:
    low, high = share.buckets
    return pairwise(low + (high - low) * turn // share.turns for turn in range(share.turns + 1))


def _by_number(journal: Connection) -> tuple[dict[str, Callable[..., Any]], dict[str, str]]:
    """For each number in the column `kind` that folds declare: its fold, after the upcasts it needs; and its noun."""
    folds: dict[str, Callable[..., Any]] = {}
    nouns: dict[str, str] = {}
    for id, kind, schema in journal.execute("SELECT id, kind, schema FROM kinds"):
        number = str(id)
        if kind in FOLDS:
            newest = kinds.KINDS[kind].schema_version == schema
            folds[number] = FOLDS[kind] if newest else _upcasting(kind, schema)
            nouns[number] = NOUNS[kind]
    return folds, nouns


def _upcasting(kind: str, schema: int) -> Callable[..., Any]:
    def fold(record: Any, facts: dict[str, Any], stream: str, on: str, source: str) -> Any:
        return FOLDS[kind](record, kinds.upcast(kind, schema, facts), stream, on, source)

    return fold


def _split(numbers: str, streams: str, days: str, sources: str, facts: list[Any]) -> Iterable[tuple[Any, ...]]:
    """(number of the kind, stream, day, source, facts) of each event; ValueError when their counts differ."""
    return zip(numbers.split(","), streams.split(","), days.split(","), sources.split(","), facts, strict=True)


def _gathered(journal: Connection, until: int, buckets: tuple[int, int], numbers: Sequence[str]) -> Iterator[list[Row]]:
    """By root: how many events; kinds, streams, days and sources with commas between; positions and facts as JSON."""
    if journal.engine == "sqlite":
        table, joined, facts = (
            "events NOT INDEXED",
            "group_concat({})",
            "CAST('[' || group_concat(facts) || ']' AS BLOB)",
        )
    else:
        for setting in (
            f"work_mem = '{_SORT_MEMORY}'",
            "cursor_tuple_fraction = 1",
            "max_parallel_workers_per_gather = 0",
        ):
            journal.execute(f"SET {setting}")
        table, joined = "events", "string_agg({}::text, ',' ORDER BY position)"
        facts = r"'\x5b'::bytea || string_agg(facts, '\x2c' ORDER BY position) || '\x5d'::bytea"
    columns = ", ".join(joined.format(column) for column in ("kind", "stream", "occurred_on", "source"))
    asked = f"""SELECT root, count(*), {columns}, '[' || {joined.format("position")} || ']', {facts} FROM {table}
                 WHERE position <= ? AND bucket >= ? AND bucket < ? AND kind IN ({", ".join(numbers) or "NULL"})
                 GROUP BY root"""
    return journal.stream(asked, (until, *buckets), size=_ROOTS_AT_ONCE)
