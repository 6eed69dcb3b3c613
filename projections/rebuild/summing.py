"""What workers have added up, on its way: handed over piece by piece, and merged when all of it is there.

Sums travel by code and day in one text, with a character between that neither can hold: such keys are merged and sorted
in half the time that pairs take, and in the same order.
"""

import marshal
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Protocol

from domain.journal.database import Row
from projections.figures.totals import Totals
from projections.tables import FIGURES

MOST_TOTALS = 150_000
"""So many different contributions are added up before they are handed over."""
_IN_MEMORY = 48_000_000

_BETWEEN = "\0"

Scopes = tuple[str, ...]


class Summing(Protocol):
    """Where sums go."""

    def sums(self, scopes: Scopes, measure: str, packed: bytes) -> None:
        """What was added up of one measure in each of these scopes: marshalled values by code and day."""


def hand_over(totals: Totals, receiver: Summing) -> None:
    """Pass on what was added up, and start again from nothing."""
    for scopes, measure, sums in totals.groups():
        packed = marshal.dumps({f"{code}{_BETWEEN}{day}": value for (code, day), value in sums.items()})
        receiver.sums(scopes, measure, packed)
    totals.clear()


class Rowing(Protocol):
    """Where rows go."""

    def rows(self, table: str, rows: list[Row]) -> None:
        """Rows of a view."""


class Sums:
    """What was handed over, until all of it is there. Packed; on the disk when it is much."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it lasts as long as we do
        self._places: dict[str, dict[str, list[tuple[int, int]]]] = {}

    def close(self) -> None:
        """Forget it."""
        self._file.close()

    def sums(self, scopes: Scopes, measure: str, packed: bytes) -> None:
        """What was added up of one measure in each of these scopes: marshalled values by code and day."""
        place = self._file.tell(), len(packed)
        self._file.write(packed)
        for scope in scopes:
            self._places.setdefault(scope, {}).setdefault(measure, []).append(place)

    def merged(self) -> Iterator[list[Row]]:
        """The rows of the figures in the order of their key, measure by measure."""
        for scope, measures in sorted(self._places.items()):
            for measure, places in sorted(measures.items()):
                sums = self._unpacked(*places[0])
                for place in places[1:]:
                    for key, value in self._unpacked(*place).items():
                        sums[key] = sums.get(key, 0) + value
                yield [(scope, measure, *key.split(_BETWEEN), sums[key]) for key in sorted(sums) if sums[key]]

    def _unpacked(self, start: int, length: int) -> dict[str, int]:
        self._file.seek(start)
        sums: dict[str, int] = marshal.loads(self._file.read(length))
        return sums


def merge(sums: Sums, receiver: Rowing) -> None:
    """Pass on the rows of the figures."""
    for rows in sums.merged():
        receiver.rows(FIGURES.name, rows)
