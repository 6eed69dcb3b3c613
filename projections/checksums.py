"""Checksums of views: over all columns of all rows, whatever their order, and equal on both engines for equal rows."""

from collections.abc import Iterable
from hashlib import blake2b

import orjson

from domain.journal.database import Connection, Row
from projections.tables import Table

_WRAP = 1 << 64


def digest(row: Row) -> int:
    """64 bits of one row: BLAKE2b of its columns as a JSON array."""
    return int.from_bytes(blake2b(orjson.dumps(row), digest_size=8).digest(), "big")


def combined(digests: Iterable[int]) -> str:
    """The checksum of the rows with these digests: their sum, 16 hexadecimal digits."""
    return f"{sum(digests) % _WRAP:016x}"


def of_table(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows a view has, and its checksum."""
    count = total = 0
    for rows in connection.stream(f"SELECT {', '.join(table.names)} FROM {table.name}"):
        count += len(rows)
        total += sum(map(digest, rows))
    return count, combined([total])
