"""The one who writes: takes wishes from any thread, has whatever waits served at once, and only then answers."""

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from domain.journal.database import Unreachable
from domain.journal.request import Request
from domain.journal.scribe import BATCH, Scribe
from domain.journal.wishes import Answer, Wish


class Writer:
    """A thread of its own for the scribe, which starts with the first wish."""

    def __init__(self, scribe: Scribe, *, on_commit: Callable[[], None]) -> None:
        self.watching: Callable[[int], None] = lambda wishes: None
        """Told how many wishes each transaction served."""
        self._scribe = scribe
        self._on_commit = on_commit
        self._queue: SimpleQueue[Request | None] = SimpleQueue()
        self._starting = Lock()
        self._thread: Thread | None = None
        self._closed = False

    def submit(self, wish: Wish) -> Request:
        """Ask for this; the request gives the answer once it is on the disk, or raises what came in its way.

        That is `Refused` and its kinds when it may not be, `NoRoom` or another `Failure` when it could not be written.
        """
        request = self._scribe.request(wish)
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
                self._scribe.committed = self._committed
                self._thread = Thread(target=self._run, name="journal writer", daemon=True)
                self._thread.start()

    def _turn_away(self) -> None:
        """Whoever asked after the end was told so; what came before it has been served."""
        if self._thread is not None:
            self._thread.join()
        with suppress(Empty):
            while True:
                if (request := self._queue.get_nowait()) and request.claim():
                    request.outcome = Unreachable("this journal was closed; open it again")
                    request.answer()

    def _run(self) -> None:
        going = True
        while going:
            batch, going = self._gather()
            if batch:
                self._scribe.serve(batch)
        self._scribe.close()

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

    def _committed(self, wishes: int, grew: bool) -> None:
        self.watching(wishes)
        if grew:
            self._on_commit()
