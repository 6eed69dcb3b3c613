"""The process that writes: it serves the wishes that a server tells it."""

from collections.abc import Iterator
from contextlib import closing, suppress
from socket import MSG_DONTWAIT, socket
from typing import Any

from api.beside.child import end_with_the_server
from api.beside.frames import Frames, Told, framed
from api.problems import Unforeseen
from api.settling import settle
from domain.journal import Answer, Failure, Journal, Request, Scribe, Wish
from domain.journal.database import moved
from domain.journal.scribe import BATCH
from domain.refusals import Refused

_PIECE = 1 << 20


class _Line:
    """Our end of the socket."""

    def __init__(self, line: socket) -> None:
        self._line = line
        self._frames = Frames()

    def asked(self) -> list[Any]:
        """What is asked, as soon as anything is, and all that is by then; nothing when no more can come."""
        asked: list[Any] = []
        with suppress(BlockingIOError):
            while piece := self._line.recv(_PIECE, MSG_DONTWAIT if asked else 0):
                asked += self._frames.of(piece)
        return asked

    def tell(self, told: Told | Failure) -> None:
        self._line.sendall(framed(told))


def main() -> None:
    """Serve the wishes that come through standard input, a socket, until no more can come."""
    end_with_the_server()
    with socket(fileno=0) as server, suppress(ConnectionError):  # a server that was killed hears no answer
        line = _Line(server)
        if not (told := line.asked()):
            return
        (database, file), *asked = told
        try:
            with Journal.open(database) as journal, closing(journal.scribe) as scribe:
                if journal.file != file:
                    raise moved(database)
                settle()
                line.tell(Told([], [], grew=False))
                while asked or (asked := line.asked()):
                    if [] in asked and _can_write(scribe):
                        line.tell(Told([], [], grew=False))
                    for answers in _served(scribe, [wish for wishes in asked for wish in wishes]):
                        line.tell(answers)
                    asked = []
        except Failure as failure:
            line.tell(failure)


def _can_write(scribe: Scribe) -> bool:
    with suppress(Failure):
        scribe.try_to_write()
        return True
    return False


def _served(scribe: Scribe, asked: list[tuple[int, Wish]]) -> Iterator[Told]:
    for begin in range(0, len(asked), BATCH):
        told = Told([], [], grew=False)
        requests: list[tuple[int, Request]] = []
        for number, wish in asked[begin : begin + BATCH]:
            try:
                requests.append((number, scribe.request(wish)))
            except Exception as unexpected:
                told.outcomes.append((number, Unforeseen.of(unexpected)))
        sizes: list[tuple[int, bool]] = []
        scribe.committed = lambda wishes, grew: sizes.append((wishes, grew))  # noqa: B023
        scribe.serve([request for _, request in requests])
        told.outcomes.extend((number, _sayable(request.outcome)) for number, request in requests)
        yield told._replace(transactions=[wishes for wishes, _ in sizes], grew=any(grew for _, grew in sizes))


def _sayable(outcome: Answer | Exception | None) -> Answer | Exception:
    """What can be told to another process: of what nobody foresaw, only what it was and where."""
    if isinstance(outcome, Answer | Refused | Failure | OverflowError):
        return outcome
    assert outcome is not None
    return Unforeseen.of(outcome)


if __name__ == "__main__":
    main()
