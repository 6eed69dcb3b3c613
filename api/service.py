"""What the routes work with: the journal and its views, tokens, and the threads in which they are asked."""

from asyncio import AbstractEventLoop, get_running_loop
from asyncio import Future as Awaited
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from api.identity import Tokens
from api.live import Live
from api.metrics import Metrics
from api.patience import Patience
from api.rebuilding import Rebuilding
from api.tail import Tail
from api.unmoved import Unmoved
from domain.journal import Answer, Journal, Request, Wish
from projections.follower import Follow
from projections.views import Views

_THREADS = 2
T = TypeVar("T")


class Service:
    """One journal, served."""

    def __init__(self, journal: Journal, views: Views, key: str, follow: Follow) -> None:
        self.journal = journal
        self.views = views
        self.tokens = Tokens(key, journal.id)
        self.metrics = Metrics()
        self.patience = Patience()
        self.unmoved = Unmoved()
        self.live = Live(journal, follow, self.metrics.visible, self.unmoved.stand)
        self.tail = Tail(journal)
        self.rebuilding = Rebuilding(journal)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="journal question")
        self._bell: _Bell | None = None

    async def start(self) -> None:
        """Begin, in the event loop that serves."""
        self._bell = _Bell(get_running_loop())
        self.journal.writer.watching = self.metrics.batch
        self.views.keep_open(_THREADS)
        self.tail.start()
        await self.live.start()

    def stop(self) -> None:
        """End: what was asked is answered. The journal is the caller's to close."""
        self.rebuilding.stop()
        self.tail.stop()
        self._threads.shutdown()
        self.views.keep_open(0)
        self.live.stop()

    async def record(self, wish: Wish) -> Answer:
        """Ask the writer, and let the event loop serve others meanwhile."""
        assert self._bell is not None
        command = type(wish.command).__name__
        try:
            answer = await self._bell.answer(self.journal.writer.submit(wish))
        except Exception as problem:
            self.metrics.refused(command, problem)
            raise
        self.metrics.answered(command, answer)
        return answer

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask this in a thread of its own."""
        return await get_running_loop().run_in_executor(self._threads, question)


class _Bell:
    """Brings answers from the writer's thread into the event loop: it is rung once for a batch, not for each."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._answered: deque[tuple[Request, Awaited[Answer]]] = deque()
        self._rung = False

    def answer(self, request: Request) -> Awaited[Answer]:
        waiting = self._loop.create_future()
        request.add_done_callback(lambda done: self._ring(done, waiting))
        return waiting

    def _ring(self, done: Request, waiting: Awaited[Answer]) -> None:
        self._answered.append((done, waiting))
        if not self._rung:
            self._rung = True
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
