"""The follower beside the server: a thread that keeps the views up to date, and tells who waits how far they are."""

import logging
from asyncio import AbstractEventLoop, Future, get_running_loop, timeout
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Thread
from time import monotonic

from api.problems import where
from domain.journal import Journal
from domain.journal.database import BUSY_SECONDS
from projections.follower import Follower
from projections.generations import Unusable

ALONE_SECONDS = BUSY_SECONDS
"""Behind for so long without a move, views are taken to have nobody who follows: a follower waits no longer itself."""

_AGAIN_SECONDS = 1.0
_log = logging.getLogger("journal.follower")


class Live:
    """Keeps the current views up to date from `start` to `stop`."""

    def __init__(
        self,
        journal: Journal,
        visible: Callable[[float], None] = lambda seconds: None,
        stand: Callable[[tuple[int, int] | None], None] = lambda at: None,
        *,
        looking: bool = False,
    ) -> None:
        """`visible` is told, whenever the views moved on, how long ago the oldest of it was recorded.

        `stand` is told at which generation and position they stand, whenever we have looked: None while nobody knows.
        With `looking`, another process keeps them up to date.
        """
        self.position = 0
        """How far the views are, as far as is known here."""
        self.trouble = ""
        """Why they do not go on at the moment; empty while they do."""
        self._journal = journal
        self._visible = visible
        self._stand = stand
        self._looking = looking
        self._follower = Follower(journal)
        self._moved = monotonic()
        self._stop = Event()
        self._thread: Thread | None = None
        self._loop: AbstractEventLoop | None = None
        self._waiting: list[tuple[int, Future[None]]] = []

    def start(self) -> None:
        """Follow from now on; called in the event loop in which others will wait."""
        self._loop = get_running_loop()
        self._thread = Thread(target=self._run, name="journal follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being written, and follow no more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    async def reached(self, position: int, seconds: float) -> bool:
        """Whether the views have reached this position, once they have or so many seconds have passed."""
        if self.position >= position:
            return True
        waiter = get_running_loop().create_future()
        waiting = (position, waiter)
        self._waiting.append(waiting)
        try:
            with suppress(TimeoutError):
                async with timeout(seconds):
                    if self.position < position:
                        await waiter
        finally:
            self._waiting.remove(waiting)
        return self.position >= position

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follower.follow(self._stop.is_set, self._went, self._stuck, looking=self._looking)
            except Exception as unexpected:  # a thread that ends tells nobody, and the views would stand still unseen
                self._stuck(RuntimeError(f"unexpected {type(unexpected).__name__}: {where(unexpected)}"))
                self._stop.wait(_AGAIN_SECONDS)

    def _went(self, position: int) -> None:
        if self._looking and self._nobody_follows(position):
            self._stuck(Unusable(f"nobody moves them on from position {position}; is `journal follow` running?"))
            return
        self._stand(self._follower.at)
        before, moved = self.position, position > self.position > 0
        self._tell(position)
        if moved:
            self._measure(before)

    def _nobody_follows(self, position: int) -> bool:
        if position != self.position or position >= self._journal.position():
            self._moved = monotonic()
        return monotonic() > self._moved + ALONE_SECONDS

    def _stuck(self, problem: Exception) -> None:
        if not self.trouble:
            _log.warning("the views stand still: %s", problem)
        self.trouble = str(problem)
        self._stand(None)

    def _tell(self, position: int) -> None:
        self.trouble = ""
        self.position = position
        if self._waiting and self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended, and with it everyone who waited
                self._loop.call_soon_threadsafe(self._wake)

    def _measure(self, before: int) -> None:
        for entry in self._journal.entries(after=before, limit=1):
            self._visible((datetime.now(UTC) - entry.recorded).total_seconds())

    def _wake(self) -> None:
        for position, waiter in self._waiting:
            if position <= self.position and not waiter.done():
                waiter.set_result(None)
