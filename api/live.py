"""How far the views are: a thread that is told by whoever follows, and tells who waits."""

import logging
from asyncio import AbstractEventLoop, Future, get_running_loop, timeout
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Thread

from api.problems import Unforeseen
from domain.journal import micros
from projections.follower import At, Follow, Stuck, Went

AGAIN_SECONDS = 1.0
"""After so long what went wrong in an unforeseen way is tried again."""

_FIRST_SECONDS = 5.0
_log = logging.getLogger("journal.follower")


class Live:
    """Sees to it that the current views are kept up to date from `start` to `stop`."""

    def __init__(
        self,
        follow: Follow,
        visible: Callable[[float], None] = lambda seconds: None,
        stand: Callable[[tuple[int, int] | None], None] = lambda at: None,
    ) -> None:
        """`visible` is told, whenever the views moved on, how long ago the oldest of it was recorded.

        `stand` is told the generation and the position, whenever that was looked at: None while nobody knows.
        """
        self.position = 0
        """How far the views are, as far as is known here."""
        self.trouble = ""
        """Why they do not go on at the moment; empty while they do."""
        self._follow = follow
        self._visible = visible
        self._stand = stand
        self._stop = Event()
        self._thread: Thread | None = None
        self._loop: AbstractEventLoop | None = None
        self._known: Future[None] | None = None
        self._waiting: list[tuple[int, Future[None]]] = []

    async def start(self) -> None:
        """Follow from now on, in the event loop in which others will wait. Here we wait for the first that is told."""
        self._loop = get_running_loop()
        self._known = self._loop.create_future()
        told = (self._follow, self._stop, self._went, self._stuck)
        self._thread = Thread(target=lasting, args=told, name="journal follower", daemon=True)
        self._thread.start()
        with suppress(TimeoutError):
            async with timeout(_FIRST_SECONDS):
                await self._known

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

    def set_back(self, position: int) -> None:
        """The views were seen there, whatever we were told: PostgreSQL crashed, and they are followed up again."""
        self.position = min(self.position, position)

    def _went(self, at: At) -> None:
        self._stand((at.generation, at.position))
        moved = at.position > self.position > 0
        self.trouble = ""
        self.position = at.position
        if self._waiting or not moved:
            self._call(self._wake)
        if moved and at.since:
            self._visible((micros(datetime.now(UTC)) - at.since) / 1_000_000)

    def _stuck(self, problem: Exception) -> None:
        if str(problem) != self.trouble:
            self.trouble = str(problem)
            _log.warning("the views stand still: %s", problem)
        self._stand(None)
        self._call(self._wake)

    def _call(self, what: Callable[[], None]) -> None:
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop has ended, and with it everyone who waited
            self._loop.call_soon_threadsafe(what)

    def _wake(self) -> None:
        if self._known is not None and not self._known.done():
            self._known.set_result(None)
        for position, waiter in self._waiting:
            if position <= self.position and not waiter.done():
                waiter.set_result(None)


def lasting(follow: Follow, stop: Event, went: Went, stuck: Stuck) -> None:
    """Follow until told to stop: what nobody expects is told, too, and tried again.

    A thread that ends tells nobody, and the views would stand still unseen.
    """
    while not stop.is_set():
        try:
            follow(stop.is_set, went, stuck)
        except Exception as unexpected:
            stuck(Unforeseen.of(unexpected))
            stop.wait(AGAIN_SECONDS)
