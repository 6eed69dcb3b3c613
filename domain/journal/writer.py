"""The one who writes: takes wishes from any thread, serves whatever waits in one transaction, and only then answers."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from domain.journal.appending import Page
from domain.journal.database import Failure, NoRoom, Unreachable
from domain.journal.deciding import Desk
from domain.journal.request import Request
from domain.journal.wishes import Answer, Wish
from domain.refusals import Refused

BATCH = 512
"""The most wishes in one transaction."""

STATES = 20_000
"""How many states are kept at hand."""


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
        self._queue: SimpleQueue[Request | None] = SimpleQueue()
        self._starting = Lock()
        self._thread: Thread | None = None
        self._closed = False

    def submit(self, wish: Wish) -> Request:
        """Ask for this; the request gives the answer once it is on the disk, or raises what came in its way.

        That is `Refused` and its kinds when it may not be, `NoRoom` or another `Failure` when it could not be written.
        """
        request = Request(wish, self._secret)
        if self._thread is None:
            self._start()
        self._queue.put(request)
        if self._closed:
            self._turn_away()
        return request

    def ask(self, wish: Wish) -> Answer:
        """The same, and wait for the answer."""
        return self.submit(wish).result()

    def close(self) -> None:
        """Serve what waits, then stop."""
        with self._starting:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

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
                if (request := self._queue.get_nowait()) and request.claim():
                    self._fail([request], Unreachable("this journal was closed; open it again"))

    def _run(self) -> None:
        going = True
        while going:
            batch, going = self._gather()
            if batch:
                self._serve(batch)
        self._desk.close()

    def _gather(self) -> tuple[list[Request], bool]:
        """Whatever waits, up to a cap; and whether to go on afterwards."""
        batch: list[Request] = []
        request = self._queue.get()
        with suppress(Empty):
            while request is not None:
                if request.claim():
                    batch.append(request)
                if len(batch) == BATCH:
                    return batch, True
                request = self._queue.get_nowait()
        return batch, request is not None

    def _serve(self, batch: list[Request], *, again: bool = True) -> None:
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

    def _decide(self, request: Request) -> None:
        try:
            request.outcome = self._desk.decide(request.wish, request.fingerprint)
        except Refused as refused:
            request.outcome = refused

    def _mend(self, failure: Failure, page: Page | None, batch: list[Request], *, again: bool) -> None:
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

    def _part(self, batch: list[Request], problem: Exception) -> None:
        """Serve each by itself, so that one's problem is not the others'; or tell the one that has it."""
        if len(batch) == 1:
            self._fail(batch, problem)
        else:
            for request in batch:
                self._serve([request])

    def _fail(self, batch: list[Request], problem: Exception) -> None:
        for request in batch:
            request.outcome = problem
            request.answer()

    def _conclude(self, page: Page, batch: list[Request]) -> None:
        for request in batch:
            request.answer()
        self.watching(len(batch))
        if page.rows:
            self._on_commit()
