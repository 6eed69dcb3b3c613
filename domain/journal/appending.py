"""How entries are written, for whoever holds the lock: the tip, the kinds, and the page of one transaction."""

from os import urandom
from typing import Any, NamedTuple

from domain.journal.database import Connection, Failure
from domain.journal.entry import START, Draft, bucket_of, canonical, chained, readable, sealed
from domain.journal.tables import COLUMNS, LOCK

CHANNEL = "journal_events"
"""Where PostgreSQL says that something was written."""

_LAST = "SELECT position, recorded_at, hash FROM events ORDER BY position DESC LIMIT 1"


class Tip(NamedTuple):
    """The last entry: what the next one follows."""

    position: int
    recorded_at: int
    hash: bytes


NOTHING = Tip(0, 0, START)


def lock(connection: Connection) -> None:
    """Start a transaction in which nobody else writes: what is read from now on is the end of the journal."""
    connection.begin(write=True)
    if connection.engine == "postgresql":
        connection.send("SELECT pg_advisory_xact_lock(?)", (LOCK,))


def tip(connection: Connection) -> Tip:
    """The last entry there is."""
    for row in connection.execute(_LAST):
        return Tip(*row)
    return NOTHING


def commit(connection: Connection) -> None:
    """End the transaction, and tell whoever listens."""
    if connection.engine == "postgresql":
        connection.send(f"NOTIFY {CHANNEL}")
    connection.commit()


class Kinds:
    """The table of kinds: which number stands for which kind in which shape."""

    def __init__(self) -> None:
        self.by_id: dict[int, tuple[str, int]] = {}
        self._ids: dict[tuple[str, int], int] = {}

    def load(self, connection: Connection) -> None:
        """Read the table as it is now."""
        rows = connection.execute("SELECT id, kind, schema FROM kinds")
        self.by_id = {id: (kind, schema) for id, kind, schema in rows}
        self._ids = {pair: id for id, pair in self.by_id.items()}

    def number(self, kind: str, schema: int) -> tuple[int, bool]:
        """The number of this kind in this shape, and whether it is new and has yet to be written."""
        pair = (kind, schema)
        if id := self._ids.get(pair):
            return id, False
        id = len(self.by_id) + 1
        self.by_id[id] = pair
        self._ids[pair] = id
        return id, True


class Page:
    """The entries that one transaction writes."""

    def __init__(self, tip: Tip, kinds: Kinds, *, text: bool) -> None:
        self.position, self.recorded_at, self.hash = tip
        self.rows: list[tuple[Any, ...]] = []
        self._personal: list[tuple[int, str, str]] = []
        self._new_kinds: list[tuple[int, str, int, int]] = []
        self._kinds = kinds
        self._text = text

    @property
    def tip(self) -> Tip:
        """The last entry once this page is written."""
        return Tip(self.position, self.recorded_at, self.hash)

    def add(self, draft: Draft, version: int) -> None:
        """One more entry, after the last one."""
        root, stream, kind, schema = draft[:4]
        said = draft[4:13]
        facts, personal, key, concerning = draft[13:]
        position = self.position + 1
        number, new = self._kinds.number(kind, schema)
        if new:
            self._new_kinds.append((number, kind, schema, position))
        commitment = b""
        if personal:
            envelope, commitment = sealed(personal, key or urandom(32))
            self._personal += [(position, subject, envelope) for subject in dict.fromkeys(concerning)]
        text = readable(facts)
        written = canonical(position, root, stream, version, kind, schema, said, text, commitment)
        hash = chained(self.hash, written)
        stored = text if self._text and text.encode() == facts else facts
        self.position, self.recorded_at, self.hash = position, draft.recorded_at, hash
        self.rows.append((position, root, stream, version, number, *said, stored, commitment, hash, bucket_of(root)))

    def write(self, connection: Connection) -> None:
        """Insert it all; the transaction is the caller's."""
        if self._new_kinds:
            connection.copy("kinds", ("id", "kind", "schema", "first_position"), self._new_kinds)
        if self.rows:
            connection.copy("events", COLUMNS, self.rows)
        if self._personal:
            connection.copy("personal", ("position", "subject", "envelope"), self._personal)

    def turn(self) -> None:
        """Go on with an empty page after this one, which was written."""
        self.rows, self._personal, self._new_kinds = [], [], []


def check_durable(connection: Connection) -> None:
    """That what is committed is on the disk: `Failure` otherwise."""
    if connection.engine == "sqlite":
        [(mode,)] = connection.execute("PRAGMA journal_mode")
        [(synchronous,)] = connection.execute("PRAGMA synchronous")
        if (mode, synchronous) != ("wal", 2):
            raise Failure(
                f"answers would not be durable: journal_mode is {mode} and synchronous is {synchronous}, "
                "but they must be wal and 2 (FULL); a network share will not do, and a copy made with VACUUM INTO "
                "is set right by `PRAGMA journal_mode = wal`"
            )
        return
    asked = "SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off'"
    if off := [name for (name,) in connection.execute(asked)]:
        raise Failure(f"answers would not be durable: {' and '.join(off)} is off on this server; switch it on")
