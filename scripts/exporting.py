"""The journal as JSON lines: everything that its entries say, a page at a time."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice

import orjson

from domain.journal import Entry, Journal
from projections.history.exporting import exported

_PAGE = 2_000


def export_lines(journal: Journal, *, since: int = 0, personal: bool = False) -> None:
    """Write the entries after a position to standard output."""
    out = sys.stdout.buffer
    for page in _pages(journal.entries(after=since)):
        texts = journal.personal([entry.position for entry in page if entry.commitment]) if personal else {}
        for entry in page:
            line = exported(entry)
            if personal:
                line["personal"] = texts.get(entry.position, {})
            out.write(orjson.dumps(line) + b"\n")
    out.flush()


def _pages(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    its_entries = iter(entries)
    while page := list(islice(its_entries, _PAGE)):
        yield page
