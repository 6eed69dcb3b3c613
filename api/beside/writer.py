"""The server's side of a writer in a process of its own.

There is one interpreter to a process, and a thread that writes takes its time from those who answer. The two talk
through a socket: the wishes of one turn of the event loop go in one frame, the answers to a transaction come in one.

The process may be lost at any moment. What it had not answered by then is asked of the next one, where a key makes that
safe, and only once; everybody else is told to ask again.
"""

import asyncio
import logging
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import count
from socket import socket, socketpair
from time import monotonic
from typing import Any

from api.beside.child import ENDING_SECONDS, finished, started
from api.beside.frames import Frames, Told, framed
from api.live import AGAIN_SECONDS
from api.problems import Unforeseen
from api.writing import GIVEN_UP, Served
from domain.journal import Answer, Conflict, Failure, Journal, NoRoom, Unreachable, Wish
from domain.journal.database import BUSY_SECONDS

_FIRST_SECONDS = 5.0
"""So long a server waits for the first one before it serves."""
_LOOK_SECONDS = 1.0
_SILENT_SECONDS = 2 * BUSY_SECONDS + 5
"""One that lives answers sooner than this, also after waiting twice in vain for somebody else who writes."""
_CLOSED = "this journal was closed; open it again"
_LOST = "the process that writes was lost, and it is not known whether this was recorded; ask again"
_SILENT = "the process that writes says nothing, and it is not known whether this was recorded; ask again"
_log = logging.getLogger("journal.writer")


class Asked:
    """A wish that somebody waits for."""

    __slots__ = ("again", "answer", "at", "wish")

    def __init__(self, wish: Wish, answer: asyncio.Future[Answer]) -> None:
        self.wish = wish
        self.answer = answer
        self.at = monotonic()
        self.again = False
        """Whether it was asked of one that was lost."""

    def give(self, outcome: Answer | Exception) -> None:
        """Tell whoever waits, if they still do."""
        if self.answer.done():
            return
        if isinstance(outcome, Exception):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class WriterBeside:
    """A writer of this journal, beside us. It is started again whenever it is lost."""

    def __init__(self, journal: Journal) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.trouble = ""
        self._journal = journal
        self._served: Served = lambda wishes: None
        self._numbers = count()
        self._waiting: dict[int, Asked] = {}
        self._sent: dict[int, Asked] = {}
        self._line: asyncio.WriteTransport | None = None
        self._heard_at = 0.0
        self._known = asyncio.Event()
        self._ending = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self, served: Served) -> None:
        """Begin; we wait for the first one, which makes the first wishes wait less."""
        self._served = served
        self._keeping = asyncio.create_task(self._keep())
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_SECONDS):
                await self._known.wait()

    def record(self, wish: Wish) -> asyncio.Future[Answer]:
        """Ask for this."""
        loop = asyncio.get_running_loop()
        asked = Asked(wish, loop.create_future())
        if self._ending.is_set():
            asked.give(Unreachable(_CLOSED))
        else:
            if not self._waiting:
                loop.call_soon(self._send)
            self._waiting[next(self._numbers)] = asked
        return asked.answer

    def give_up(self) -> None:
        """Let nobody wait any longer for one that may be waiting itself."""
        for them in (self._waiting, self._sent):
            self._turn_away(them, Unreachable(GIVEN_UP))

    async def stop(self) -> None:
        """Have it finish, and let go of it. One that does not end by itself is killed."""
        self._ending.set()
        self._end()
        if self._keeping is None:
            return
        await asyncio.wait({self._keeping}, timeout=ENDING_SECONDS)
        if not self._keeping.done() and self.process is not None:
            self.process.kill()
        await self._keeping

    async def _keep(self) -> None:
        while not self._ending.is_set():
            began = monotonic()
            try:
                code = await self._one()
            except OSError as problem:
                self._say(f"no process that writes can be started ({problem}); it is tried again")
                self._turn_away(self._waiting, Unreachable(str(problem)))
            except Exception as unexpected:
                self._say(str(Unforeseen.of(unexpected)))
            else:
                if code and not self._ending.is_set():  # without one, it has said why it ends
                    self._say(f"the process that writes ended ({code}); it is started again")
            self._ask_again()
            with suppress(TimeoutError):
                async with asyncio.timeout(began + AGAIN_SECONDS - monotonic()):
                    await self._ending.wait()
        self._turn_away(self._waiting, Unreachable(_CLOSED))

    async def _one(self) -> int:
        """Start one and stay with it; its exit code, when it has ended."""
        ours, theirs = socketpair()
        with theirs, closing(ours):
            process = started("api.beside.scribe", stdin=theirs)
            self.process = process
            theirs.close()
            try:
                await self._stay(process, ours)
            finally:
                self._line = None
                ours.close()
                code = await asyncio.to_thread(finished, process)
        return code

    async def _stay(self, process: "subprocess.Popen[bytes]", ours: socket) -> None:
        loop = asyncio.get_running_loop()
        lost = loop.create_future()
        line, _ = await loop.create_unix_connection(lambda: _Line(self._hear, lost), sock=ours)
        try:
            line.write(framed((self._journal.database, self._journal.file)))
            self._line, self._heard_at = line, monotonic()
            self._send()
            if self._ending.is_set():
                self._end()
            while not lost.done():
                await asyncio.wait({lost}, timeout=_LOOK_SECONDS)
                self._miss(process)
                if self.trouble and not self._sent and not line.is_closing():
                    # who is not ready is asked nothing: it finds out by itself when it can again
                    line.write(framed([]))
        finally:
            line.close()

    def _send(self) -> None:
        """All that waits, in one frame; while there is no process, it goes on waiting."""
        line = self._line
        if not self._waiting or line is None or line.is_closing():
            return
        waiting, self._waiting = self._waiting, {}
        try:
            said = framed([(number, asked.wish) for number, asked in waiting.items()])
        except Exception as unexpected:
            self._turn_away(waiting, Unforeseen.of(unexpected))
            return
        self._sent |= waiting
        line.write(said)

    def _end(self) -> None:
        """No more wishes come; what was sent is answered."""
        self._send()
        if self._line is not None and not self._line.is_closing():
            self._line.write_eof()

    def _hear(self, told: Told | Failure) -> None:
        self._known.set()
        self._heard_at = monotonic()
        if isinstance(told, Failure):
            self._say(f"the process that writes cannot: {told}")
            self._turn_away(self._sent, told)
            return
        hindered = [outcome for _, outcome in told.outcomes if _hinders(outcome)]
        if not hindered:
            self.trouble = ""
        elif len(hindered) == len(told.outcomes):
            self._say(f"the process that writes cannot: {hindered[-1]}")
        for number, outcome in told.outcomes:
            if (asked := self._sent.pop(number, None)) is not None:
                asked.give(outcome)
        for wishes in told.transactions:
            self._served(wishes)
        if told.grew:
            self._journal.ring()

    def _miss(self, process: "subprocess.Popen[bytes]") -> None:
        """Let nobody wait without end for one that does not answer. It may be busy, so it is not for us to kill."""
        since = monotonic() - _SILENT_SECONDS
        if self._heard_at > since:
            return
        late = {number: asked for number, asked in self._sent.items() if asked.at <= since}
        if late:
            self._say(f"{process.pid}, which writes, says nothing; if it is killed, another is started")
        for number, asked in late.items():
            asked.give(Unreachable(_SILENT))
            del self._sent[number]

    def _ask_again(self) -> None:
        """What was sent to the one that was lost and may be asked of the next one."""
        sent, self._sent = self._sent, {}
        again = {}
        for number, asked in sent.items():
            if asked.again or asked.wish.key is None:
                asked.give(Unreachable(_LOST))
            else:
                asked.again = True
                again[number] = asked
        self._waiting = again | self._waiting

    def _turn_away(self, them: dict[int, Asked], problem: Exception) -> None:
        for asked in them.values():
            asked.give(problem)
        them.clear()

    def _say(self, sentence: str) -> None:
        """Say it in the log, once until it writes again."""
        if sentence != self.trouble:
            self.trouble = sentence
            _log.warning("%s", sentence)


def _hinders(outcome: Answer | Exception) -> bool:
    """Whether this would come in the way of any wish."""
    return isinstance(outcome, Failure) and not isinstance(outcome, Conflict | NoRoom)


class _Line(asyncio.Protocol):
    """Our end of the socket."""

    def __init__(self, hear: Callable[[Any], None], lost: asyncio.Future[None]) -> None:
        self._hear = hear
        self._lost = lost
        self._frames = Frames()

    def data_received(self, data: bytes) -> None:
        for told in self._frames.of(data):
            self._hear(told)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(None)
