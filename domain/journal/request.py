"""A wish that was asked for: the writer serves it, and whoever holds it is told what came of it."""

from collections.abc import Callable
from concurrent.futures import CancelledError
from threading import Lock

from domain.journal.wishes import Answer, Wish, fingerprint


class Request:
    """What its holder may do is named and done as by a `concurrent.futures.Future`, at a quarter of the price.

    That has a condition for every future. Here one lock is held until the answer is there; for the rest it is enough
    that of all who pop from a list only one gets an item.
    """

    __slots__ = ("_calls", "_claim", "_done", "_told", "fingerprint", "outcome", "wish")

    def __init__(self, wish: Wish, secret: bytes) -> None:
        self.wish = wish
        self.fingerprint = b"" if wish.key is None else fingerprint(wish, secret)
        self.outcome: Answer | Exception | None = None
        self._claim = [None]
        self._calls: list[Callable[[Request], None]] = []
        self._done = False
        self._told = Lock()
        self._told.acquire()

    # for the writer

    def claim(self) -> bool:
        """Whether nobody has claimed it before: the writer, to serve it, or its holder, to take it back."""
        try:
            self._claim.pop()
        except IndexError:
            return False
        return True

    def answer(self) -> None:
        """Tell whoever waits of the outcome: the answer, or what came in its way. Once, by who claimed it."""
        self._done = True
        self._told.release()
        self._call()

    # for whoever asked

    def result(self) -> Answer:
        """The answer, once it is there; raises what came in its way, CancelledError when it was taken back."""
        if problem := self.exception():
            raise problem
        assert isinstance(self.outcome, Answer)
        return self.outcome

    def exception(self) -> Exception | None:
        """What came in the way of the answer, once that is known."""
        with self._told:
            return None if isinstance(self.outcome, Answer) else self.outcome

    def running(self) -> bool:
        """Whether it is being served."""
        return not self._claim and not self._done

    def done(self) -> bool:
        """Whether it was answered, or taken back."""
        return self._done

    def cancel(self) -> bool:
        """Take it back, if it is not being served yet; whether that was in time."""
        if not self.claim():
            return False
        self.outcome = CancelledError()
        self.answer()
        return True

    def add_done_callback(self, call: "Callable[[Request], None]") -> None:
        """Call this with the request once it is answered, in the writer's thread; at once when it is."""
        self._calls.append(call)
        if self._done:
            self._call()

    def _call(self) -> None:
        while self._calls:
            try:
                call = self._calls.pop()
            except IndexError:
                return
            call(self)
