"""What a server and its writer say to each other through a socket: pickled objects, each preceded by its length.

The server says where the journal is, on SQLite also in which file, and then lists of wishes, each with its number; an
empty one asks whether it can write. The writer says `Told`, or the `Failure` that keeps it from opening the journal.
Both are ours, and nobody else has an end of the socket.
"""

import pickle
from collections.abc import Iterator
from struct import Struct
from typing import Any, NamedTuple

from domain.journal import Answer

_LENGTH = Struct("!I")


class Told(NamedTuple):
    """Outcomes by the numbers of the wishes, of each transaction how many it served, and whether the journal grew."""

    outcomes: list[tuple[int, Answer | Exception]]
    transactions: list[int]
    grew: bool


def framed(what: Any) -> bytes:
    """The bytes that stand for this."""
    said = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(said)) + said


class Frames:
    """Puts together what came in pieces."""

    def __init__(self) -> None:
        self._read = bytearray()

    def of(self, piece: bytes) -> Iterator[Any]:
        """The objects that are whole with this piece."""
        read = self._read
        read += piece
        while len(read) >= (begin := _LENGTH.size) and len(read) >= (end := begin + _LENGTH.unpack_from(read)[0]):
            whole = bytes(memoryview(read)[begin:end])
            del read[:end]
            yield pickle.loads(whole)
