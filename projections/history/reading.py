"""Records folded again from the journal's own entries."""

from collections.abc import Iterator, Sequence

from domain.journal import Entry, Journal
from projections.records import NOUNS, Record, fold

UNFIT = (LookupError, StopIteration, TypeError, ValueError, AttributeError)
"""What is raised by an event that does not fit its record, or cannot be read."""

_PORTION = 50


class Folding:
    """Folds roots whose entries it is given, all and in order. One that does not fit stops its root there."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.nouns: dict[str, str] = {}
        self._stopped: set[str] = set()

    def follow(self, entry: Entry) -> bool:
        """Folds one entry; False when it does not fit, and the record stays at its last good one."""
        root = entry.root
        if root in self._stopped:
            return False
        try:
            self.records[root] = fold(
                self.records.get(root),
                entry.kind,
                entry.data(),
                entry.stream,
                entry.occurred_on,
                entry.source,
                entry.position,
            )
            self.nouns[root] = NOUNS[entry.kind]
        except UNFIT:
            self._stopped.add(root)
            return False
        return True


def records(journal: Journal, position: int, roots: Sequence[str]) -> Iterator[tuple[str, Record]]:
    """`(noun, record)` of each of these roots that had begun, as the journal knew it at a position."""
    for start in range(0, len(roots), _PORTION):
        folding = Folding()
        for entry in journal.entries(until=position, root=roots[start : start + _PORTION]):
            folding.follow(entry)
        for root, record in folding.records.items():
            yield folding.nouns[root], record
