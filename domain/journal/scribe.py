"""Serves wishes: all that are given at once in one transaction, each decided after those before it."""

from collections.abc import Callable
from datetime import datetime

from domain.journal.appending import Page
from domain.journal.database import Failure, NoRoom, Unreachable
from domain.journal.deciding import Desk
from domain.journal.request import Request
from domain.journal.wishes import Wish
from domain.refusals import Refused

BATCH = 512
"""The most wishes in one transaction."""

STATES = 20_000
"""How many states are kept at hand."""


class Scribe:
    """Owns the only connection that writes. One thread at a time may have it serve."""

    def __init__(self, database: str, secret: bytes, clock: Callable[[], datetime], *, states: int = STATES) -> None:
        self.committed: Callable[[int, bool], None] = lambda wishes, grew: None
        """Told of each transaction how many wishes it served, and whether the journal grew by it."""
        self._desk = Desk(database, clock, states)
        self._secret = secret

    def request(self, wish: Wish) -> Request:
        """This wish, to be served."""
        return Request(wish, self._secret)

    def serve(self, batch: list[Request]) -> None:
        """Answer each of these requests (`BATCH` at most), once it is on the disk, or with what came in its way."""
        self._serve(batch)

    def try_to_write(self) -> None:
        """Find out whether there could be a transaction now: `Failure` when not."""
        self._desk.try_to_lock()

    def close(self) -> None:
        """Let go of the database. Who serves again has it again."""
        self._desk.close()

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
        self.committed(len(batch), bool(page.rows))
