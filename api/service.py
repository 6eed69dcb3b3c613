"""What the routes work with: the journal and its views, tokens, and the threads in which they are asked."""

from asyncio import gather, get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from api.identity import Tokens
from api.live import Live
from api.metrics import Metrics
from api.patience import Patience
from api.rebuilding import Rebuilding
from api.tail import Tail
from api.unmoved import Unmoved
from api.writing import Writing
from domain.journal import Answer, Journal, Wish
from projections.follower import Follow
from projections.views import Views

PATIENT_SECONDS = 10.0
"""So long wishes may still take when the server ends; they take it where somebody else keeps the journal locked."""
_THREADS = 2
T = TypeVar("T")


class Service:
    """One journal, served."""

    def __init__(self, journal: Journal, views: Views, key: str, follow: Follow, writing: Writing) -> None:
        self.journal = journal
        self.views = views
        self.tokens = Tokens(key, journal.id)
        self.metrics = Metrics()
        self.patience = Patience()
        self.unmoved = Unmoved()
        self.live = Live(follow, self.metrics.visible, self.unmoved.stand)
        self.tail = Tail(journal)
        self.rebuilding = Rebuilding(journal)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="journal question")
        self.writing = writing

    async def start(self) -> None:
        """Begin, in the event loop that serves."""
        self.views.keep_open(_THREADS)
        self.tail.start()
        await gather(self.writing.start(self.metrics.batch), self.live.start())

    def end(self) -> None:
        """What is asked by now is still answered, but nobody is waited for without end."""
        self.tail.end()
        get_running_loop().call_later(PATIENT_SECONDS, self.writing.give_up)

    async def stop(self) -> None:
        """End: what was asked is answered. The journal is the caller's to close."""
        self.rebuilding.stop()
        self.tail.stop()
        self._threads.shutdown()
        self.views.keep_open(0)
        await self.writing.stop()
        self.live.stop()

    async def record(self, wish: Wish) -> Answer:
        """Ask the writer, and let the event loop serve others meanwhile."""
        command = type(wish.command).__name__
        try:
            answer = await self.writing.record(wish)
        except Exception as problem:
            self.metrics.refused(command, problem)
            raise
        self.metrics.answered(command, answer)
        return answer

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask this in a thread of its own."""
        return await get_running_loop().run_in_executor(self._threads, question)
