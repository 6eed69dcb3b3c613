"""The end of the journal, read once for everybody who listens to it."""

import logging
from asyncio import AbstractEventLoop, Future, get_running_loop
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from threading import Event, Thread
from typing import NamedTuple

import orjson

from domain.journal import Entry, Failure, Journal
from projections.history.exporting import exported

MOST_BYTES = 8 * 1024 * 1024
"""How much of the end is kept at hand. Who is further behind reads the journal itself."""

PAGE = 500
_LOOK_SECONDS = 0.25
_AGAIN_SECONDS = 1.0
_log = logging.getLogger("journal.feed")


class Told(NamedTuple):
    """One entry as JSON, without personal text; `sealed` when there is some."""

    position: int
    line: bytes
    sealed: bool


def told(entry: Entry) -> Told:
    """How the feed tells an entry."""
    return Told(entry.position, orjson.dumps(exported(entry)), bool(entry.commitment))


class Tail:
    """Reads what is new in a thread of its own, while somebody listens; all else happens in the event loop."""

    def __init__(self, journal: Journal) -> None:
        self.listeners = 0
        self.ended = False
        """Whether those who listen are to go."""
        self._journal = journal
        self._position: int | None = None
        self._kept: deque[Told] = deque()
        self._bytes = 0
        self._wanted = Event()
        self._stop = Event()
        self._thread: Thread | None = None
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="journal feed page")
        self._loop: AbstractEventLoop | None = None
        self._news: Future[None] | None = None

    def start(self) -> None:
        """Be ready, in the event loop in which others will listen."""
        self._loop = get_running_loop()
        self._thread = Thread(target=self._run, name="journal feed", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let everybody go who listens."""
        self.ended = True
        self._tell()

    def stop(self) -> None:
        """Read no more."""
        self.end()
        self._stop.set()
        self._wanted.set()
        self._reader.shutdown(cancel_futures=True)
        if self._thread is not None:
            self._thread.join()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Somebody listens for the block."""
        self.listeners += 1
        self._wanted.set()
        try:
            yield
        finally:
            self.listeners -= 1
            if not self.listeners:
                self._wanted.clear()
                self._forget(None)

    def news(self) -> "Future[None]":
        """Done as soon as there is more than there is now. Take it first, then look."""
        if self._news is None or self._news.done():
            self._news = get_running_loop().create_future()
            if self.ended:
                self._news.set_result(None)
        return self._news

    def after(self, position: int) -> Sequence[Told] | None:
        """What follows this position, as far as it was read, a page at most; None when the journal is to be asked."""
        if self._position is None or position < self._position - len(self._kept):
            return None
        skipped = position - (self._position - len(self._kept))
        return list(islice(self._kept, skipped, skipped + PAGE))

    async def read(self, position: int) -> Sequence[Told]:
        """The same from the journal itself: for who is far behind, one after another."""
        return await get_running_loop().run_in_executor(self._reader, self._page, position)

    def _page(self, position: int) -> list[Told]:
        return [told(entry) for entry in self._journal.entries(after=position, limit=PAGE)]

    def _run(self) -> None:
        while self._wanted.wait() and not self._stop.is_set():
            try:
                self._follow()
            except (Failure, ValueError) as problem:
                _log.warning("the feed stands still: %s", problem)
                self._stop.wait(_AGAIN_SECONDS)

    def _follow(self) -> None:
        """Read on from the present end, for as long as somebody listens."""
        position = self._journal.position()
        self._hand_over(position, [])
        while self._wanted.is_set() and not self._stop.is_set():
            if self._journal.wait_beyond(position, _LOOK_SECONDS) and (page := self._page(position)):
                self._hand_over(position, page)
                position = page[-1].position

    def _hand_over(self, after: int, page: list[Told]) -> None:
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop has ended, and with it everyone who listened
            self._loop.call_soon_threadsafe(self._take, after, page)

    def _take(self, after: int, page: list[Told]) -> None:
        if self._position != after:
            self._forget(after)
        for one in page:
            self._kept.append(one)
            self._bytes += len(one.line)
        while self._bytes > MOST_BYTES:
            self._bytes -= len(self._kept.popleft().line)
        if page:
            self._position = page[-1].position
        self._tell()

    def _forget(self, position: int | None) -> None:
        self._position, self._bytes = position, 0
        self._kept.clear()

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
