"""The one who writes: takes wishes from any thread, serves whatever waits in one transaction, and only then answers."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from domain.journal.appending import Page
from domain.journal.database import Failure, NoRoom, Unreachable
from domain.journal.deciding import Desk
from domain.journal.wishes import Answer, Wish, fingerprint
from domain.refusals import Refused

BATCH = 512
"""The most wishes in one transaction."""

STATES = 20_000
"""How many states are kept at hand."""


class _Request:
    """A wish that waits for its answer: someone holds a future, or sleeps until they are told."""

    __slots__ = ("fingerprint", "future", "outcome", "told", "wish")

    def __init__(self, wish: Wish, secret: bytes, future: "Future[Answer] | None") -> None:
        self.wish = wish
        self.fingerprint = b"" if wish.key is None else fingerprint(wish, secret)
        self.outcome: Answer | Exception | None = None
        self.future = future
        self.told = Lock()
        self.told.acquire()

    def stands(self) -> bool:
        """Whether the answer is still waited for; from now on it will be."""
        return self.future is None or self.future.set_running_or_notify_cancel()

    def answer(self) -> None:
        if self.future is None:
            self.told.release()
        elif isinstance(self.outcome, Answer):
            self.future.set_result(self.outcome)
        else:
            self.future.set_exception(self.outcome)


class Writer:
    """A thread of its own, which starts with the first wish and owns the only connection that writes."""

    def __init__(
        self,
        database: str,
        secret: bytes,
        clock: Callable[[], datetime],
        *,
        on_commit: Callable[[], None],
        states: int = STATES,
    ) -> None:
        self.watching: Callable[[int], None] = lambda wishes: None
        """Told how many wishes each transaction served."""
        self._desk = Desk(database, clock, states)
        self._secret = secret
        self._on_commit = on_commit
        self._queue: SimpleQueue[_Request | None] = SimpleQueue()
        self._starting = Lock()
        self._thread: Thread | None = None
        self._closed = False

    def submit(self, wish: Wish) -> "Future[Answer]":
        """Ask for this; the future gives the answer once it is on the disk, or raises what came in its way.

        That is `Refused` and its kinds when it may not be, `NoRoom` or another `Failure` when it could not be written.
        """
        future: Future[Answer] = Future()
        self._put(_Request(wish, self._secret, future))
        return future

    def ask(self, wish: Wish) -> Answer:
        """The same, and wait for the answer: half the price of a future."""
        request = _Request(wish, self._secret, None)
        self._put(request)
        request.told.acquire()
        if isinstance(request.outcome, Answer):
            return request.outcome
        assert request.outcome is not None
        raise request.outcome

    def close(self) -> None:
        """Serve what waits, then stop."""
        with self._starting:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

    def _put(self, request: _Request) -> None:
        if self._thread is None:
            self._start()
        self._queue.put(request)
        if self._closed:
            self._turn_away()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._closed:
                self._thread = Thread(target=self._run, name="journal writer", daemon=True)
                self._thread.start()

    def _turn_away(self) -> None:
        """Whoever asked after the end was told so; what came before it has been served."""
        if self._thread is not None:
            self._thread.join()
        with suppress(Empty):
            while True:
                if request := self._queue.get_nowait():
                    self._fail([request], Unreachable("this journal was closed; open it again"))

    def _run(self) -> None:
        going = True
        while going:
            batch, going = self._gather()
            if batch:
                self._serve(batch)
        self._desk.close()

    def _gather(self) -> tuple[list[_Request], bool]:
        """Whatever waits, up to a cap; and whether to go on afterwards."""
        batch: list[_Request] = []
        request = self._queue.get()
        with suppress(Empty):
            while request is not None:
                if request.stands():
                    batch.append(request)
                if len(batch) == BATCH:
                    return batch, True
                request = self._queue.get_nowait()
        return batch, request is not None

    def _serve(self, batch: list[_Request], *, again: bool = True) -> None:
        """One transaction for the batch; when the database fails, find out what became of it, and mend what can be."""
        page: Page | None = None
        try:
            self._desk.prepare(request.wish for request in batch)
            page = self._desk.open(
                (request.wish.caller.actor, request.wish.key) for request in batch if request.wish.key is not None
            )
            for request in batch:
                self._decide(request)
            self._desk.write(page)
        except Failure as failure:
            self._mend(failure, page, batch, again=again)
        except Exception as problem:
            self._desk.undo()
            self._part(batch, problem)
        else:
            self._conclude(page, batch)

    def _decide(self, request: _Request) -> None:
        try:
            request.outcome = self._desk.decide(request.wish, request.fingerprint)
        except Refused as refused:
            request.outcome = refused

    def _mend(self, failure: Failure, page: Page | None, batch: list[_Request], *, again: bool) -> None:
        lost = isinstance(failure, Unreachable)
        self._desk.undo(lost=lost)
        try:
            landed = page is not None and self._desk.landed(page)
        except Failure as unknown:
            self._fail(batch, unknown)
            return
        if page is not None and landed:
            self._conclude(page, batch)
        elif (lost and again) or (len(batch) == 1 and again and not isinstance(failure, NoRoom)):
            self._serve(batch, again=False)
        elif lost:
            self._fail(batch, failure)
        else:
            self._part(batch, failure)

    def _part(self, batch: list[_Request], problem: Exception) -> None:
        """Serve each by itself, so that one's problem is not the others'; or tell the one that has it."""
        if len(batch) == 1:
            self._fail(batch, problem)
        else:
            for request in batch:
                self._serve([request])

    def _fail(self, batch: list[_Request], problem: Exception) -> None:
        for request in batch:
            request.outcome = problem
            request.answer()

    def _conclude(self, page: Page, batch: list[_Request]) -> None:
        for request in batch:
            request.answer()
        self.watching(len(batch))
        if page.rows:
            self._on_commit()
