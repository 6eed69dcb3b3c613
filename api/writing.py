"""Who serves the wishes of an application: the journal's own writer, a thread of this process, or another."""

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from domain.journal import Answer, Journal, Request, Unreachable, Wish

GIVEN_UP = "the server ends, and it is not known whether this was recorded; ask again"

Served = Callable[[int], None]
"""Told how many wishes each transaction served."""


class Writing(Protocol):
    """Used in the event loop that serves, from its beginning to its end."""

    trouble: str
    """Why no wish can be served at the moment; empty while they are."""

    async def start(self, served: Served) -> None:
        """Begin."""

    def record(self, wish: Wish) -> Future[Answer]:
        """Ask for this; the answer once it is on the disk, or what came in its way, as `Writer.submit` says."""

    def give_up(self) -> None:
        """Let nobody wait any longer: whoever still does is told to ask again, with their key."""

    async def stop(self) -> None:
        """End; what was asked by now is answered."""


class WriterHere:
    """The journal's own writer. It brings its answers into the event loop once for a batch, not for each."""

    def __init__(self, journal: Journal) -> None:
        self.trouble = ""
        self._writer = journal.writer
        self._loop: AbstractEventLoop | None = None
        self._waiting: set[Future[Answer]] = set()
        self._answered: deque[tuple[Request, Future[Answer]]] = deque()
        self._rung = False

    async def start(self, served: Served) -> None:
        self._loop = get_running_loop()
        self._writer.watching = served

    def record(self, wish: Wish) -> Future[Answer]:
        waiting: Future[Answer] = get_running_loop().create_future()
        self._waiting.add(waiting)
        waiting.add_done_callback(self._waiting.discard)
        self._writer.submit(wish).add_done_callback(lambda done: self._ring(done, waiting))
        return waiting

    def give_up(self) -> None:
        while self._waiting:
            waiting = self._waiting.pop()
            if not waiting.done():
                waiting.set_exception(Unreachable(GIVEN_UP))

    async def stop(self) -> None:
        """What was asked is answered by now; the writer ends with the journal, which is the caller's to close."""

    def _ring(self, done: Request, waiting: Future[Answer]) -> None:
        self._answered.append((done, waiting))
        if not self._rung:
            self._rung = True
            assert self._loop is not None
            with suppress(RuntimeError):  # the loop has ended, and with it everyone who waited
                self._loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        self._rung = False
        while self._answered:
            done, waiting = self._answered.popleft()
            if waiting.done():
                continue
            problem = done.exception()
            if problem is not None:
                waiting.set_exception(problem)
            else:
                waiting.set_result(done.result())
