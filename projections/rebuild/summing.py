"""What workers have added up, on its way: handed over piece by piece, and merged when all of it is there."""

import marshal
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Protocol

from domain.journal.database import Row
from projections.figures.totals import Totals

MOST_TOTALS = 150_000
"""So many different contributions are added up before they are handed over."""
_IN_MEMORY = 48_000_000

Scopes = tuple[str, ...]


class Summing(Protocol):
    """Where sums go."""

    def sums(self, scopes: Scopes, measure: str, packed: bytes) -> None:
        """What was added up of one measure in each of these scopes: marshalled values by code and day."""


def hand_over(totals: Totals, receiver: Summing) -> None:
    """Pass on what was added up, and start again from nothing."""
    for scopes, measure, sums in totals.groups():
        receiver.sums(scopes, measure, marshal.dumps(sums))
    totals.clear()


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
                yield [(scope, measure, code, day, sums[code, day]) for code, day in sorted(sums) if sums[code, day]]

    def _unpacked(self, start: int, length: int) -> dict[tuple[str, str], int]:
        self._file.seek(start)
        sums: dict[tuple[str, str], int] = marshal.loads(self._file.read(length))
        return sums
