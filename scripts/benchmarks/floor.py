"""The floor under a rebuild: reading the journal and decoding the kinds that folds declare, and nothing else."""

from itertools import pairwise
from multiprocessing import get_context
from typing import Any

import orjson

from domain.journal import Journal
from domain.journal.entry import BUCKETS
from projections.records import FOLDS


def scan(database: str, until: int, workers: int) -> int:
    """How many events were decoded, each worker taking its share of the buckets, as a rebuild does."""
    bounds = [BUCKETS * n // workers for n in range(workers + 1)]
    shares = [(database, until, buckets) for buckets in pairwise(bounds)]
    with get_context("fork").Pool(workers) as pool:
        return sum(pool.starmap(_decode, shares))


def _decode(database: str, until: int, buckets: tuple[int, int]) -> int:
    decoded: list[Any] = []
    count = 0
    with Journal.open(database) as journal, journal.connect() as connection:
        for rows in journal.scan(connection, after=0, until=until, kinds=list(FOLDS), buckets=buckets):
            decoded = [orjson.loads(row[5]) for row in rows]
            count += len(decoded)
    return count
