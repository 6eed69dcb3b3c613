"""Reading the journal: entries one by one, a scan as fast as the database gives it, and the text kept apart."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from domain.journal.database import Connection, Engine, Failure, Row
from domain.journal.entry import Entry, opened
from domain.journal.pool import Pool

_PAGE = 2_000
_RANGE = 20_000
_ASKED_AT_ONCE = 500
_KINDS = "SELECT id, kind, schema FROM kinds"
_OF_ROOTS = """ AND e.position IN (SELECT position FROM events WHERE stream IN ({marks})
                         UNION ALL SELECT position FROM events WHERE root IN ({marks}) AND root <> stream)"""
"""SQLite: where the entries of some roots are, by the index on streams and the one on the roots of others."""


class Gap(Failure):
    """A position is missing: somebody removed an entry."""


def facts_of(engine: Engine) -> str:
    """The column of facts as bytes."""
    return "CAST(e.facts AS BLOB)" if engine == "sqlite" else "e.facts"


_COLUMNS = """e.position, e.root, e.stream, e.version, e.kind, e.occurred_on, e.recorded_at, e.source,
                       e.actor, e.role, e.via, e.on_behalf_of, e.rules_version, e.command"""


class Numbers:
    """What the numbers of kinds mean. That never changes: it is asked only for one that was not met before."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kinds: dict[int, tuple[str, int]] = {}

    def entries(self, rows: Sequence[Row]) -> list[Entry]:
        """Rows of `_COLUMNS`, the facts, the commitment and the hash, as entries."""
        if not self._kinds.keys() >= {row[4] for row in rows}:
            self._kinds = {id: (kind, schema) for id, kind, schema in self._pool.ask(_KINDS)}
        kinds = self._kinds
        return [Entry._make((*row[:4], *kinds[row[4]], *row[5:])) for row in rows]


def entries(
    pool: Pool,
    numbers: Numbers,
    *,
    after: int,
    until: int,
    root: str | Collection[str] | None = None,
    actor: str | None = None,
    kinds: Collection[str] | None = None,
    limit: int | None = None,
    descending: bool = False,
) -> Iterator[Entry]:
    """The entries in (after, until] that meet all that is asked, page by page, each in a short read."""
    conditions, asked = _conditions(pool.engine, root, actor, kinds)
    left = limit
    while left is None or left > 0:
        size = _PAGE if left is None else min(left, _PAGE)
        low, high = after, until
        if not conditions:
            low, high = (max(after, until - size), until) if descending else (after, min(after + size, until))
        rows = pool.ask(
            f"""SELECT {_COLUMNS}, {facts_of(pool.engine)}, e.commitment, e.hash
                  FROM events e WHERE e.position > ? AND e.position <= ? {conditions}
                 ORDER BY e.position {"DESC" if descending else "ASC"} LIMIT ?""",
            (low, high, *asked, size),
        )
        if not conditions and len(rows) < high - low:
            raise Gap(f"the journal has a gap between {low} and {high}; `journal check` says where")
        yield from numbers.entries(rows)
        if len(rows) < size:
            return
        last: int = rows[-1][0]
        after, until = (after, last - 1) if descending else (last, until)
        left = None if left is None else left - len(rows)


def firsts(pool: Pool, numbers: Numbers, streams: Collection[str]) -> dict[str, Entry]:
    """The first entry of each of these streams, as far as anything was written there."""
    wanted = list(dict.fromkeys(streams))
    if not wanted:
        return {}
    rows = pool.ask(
        f"""SELECT {_COLUMNS}, {facts_of(pool.engine)}, e.commitment, e.hash
              FROM events e WHERE e.stream IN ({", ".join("?" * len(wanted))}) AND e.version <= 1
             ORDER BY e.version DESC""",
        wanted,
    )
    return {entry.stream: entry for entry in numbers.entries(rows)}


def scan(
    connection: Connection,
    numbers: Sequence[int],
    *,
    after: int,
    until: int,
    buckets: tuple[int, int] | None = None,
) -> Iterator[list[Row]]:
    """(root, number of the kind, occurred_on, source, position, facts as bytes) of these kinds, in lists, in order.

    By ranges of positions, each in a read of its own; `buckets` is half-open.
    """
    some = f"AND e.kind IN ({', '.join(map(str, numbers))})" if numbers else "AND 1 = 0"
    if buckets:
        some += f" AND e.bucket >= {buckets[0]:d} AND e.bucket < {buckets[1]:d}"
    asked = f"""SELECT e.root, e.kind, e.occurred_on, e.source, e.position, {facts_of(connection.engine)}
                  FROM events e WHERE e.position > ? AND e.position <= ? {some} ORDER BY e.position"""
    while after < until:
        last = min(after + _RANGE, until)
        yield connection.execute(asked, (after, last))
        after = last


def personal(pool: Pool, positions: Collection[int]) -> dict[int, dict[str, str]]:
    """The personal text of these entries, as far as there is any and it has not been erased."""
    found: dict[int, dict[str, str]] = {}
    wanted = list(dict.fromkeys(positions))
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        some = wanted[start : start + _ASKED_AT_ONCE]
        asked = f"SELECT position, envelope FROM personal WHERE position IN ({', '.join('?' * len(some))})"
        found |= {position: opened(envelope)[0] for position, envelope in pool.ask(asked, some)}
    return found


def _conditions(
    engine: Engine, root: str | Collection[str] | None, actor: str | None, kinds: Collection[str] | None
) -> tuple[str, list[Any]]:
    conditions = ""
    asked: list[Any] = []
    roots = [root] if isinstance(root, str) else root
    if roots is not None and engine == "sqlite":
        marks = ", ".join("?" * len(roots)) or "NULL"
        conditions += _OF_ROOTS.format(marks=marks)
        asked += [*roots, *roots]
    for column, wanted in (("e.root", roots), ("e.actor", actor and [actor]), ("kind", kinds)):
        if wanted is not None:
            among = f"{column} IN ({', '.join('?' * len(wanted)) or 'NULL'})"
            conditions += (
                f" AND e.kind IN (SELECT id FROM kinds WHERE {among})" if column == "kind" else f" AND {among}"
            )
            asked += wanted
    return conditions, asked
