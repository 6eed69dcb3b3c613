"""A follower in a process of its own.

There is one interpreter to a process, and a thread that folds takes its time from those who answer. The two talk
through pipes: the follower is told of each growth of the journal by a byte, and tells in lines of JSON how far it is.
It ends when its pipe does, which is also how it hears that the server was killed.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from select import POLLIN, poll
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import IO, Any

import orjson

from api.beside.child import end_with_the_server, finished, started
from api.live import AGAIN_SECONDS, lasting
from api.settling import settle
from domain.journal import Failure, Journal
from domain.journal.database import BUSY_SECONDS
from projections.follower import At, Ended, Follower, Stuck, Went

_LOOK_SECONDS = 0.25
_SILENT_SECONDS = BUSY_SECONDS + 5
"""One that lives tells something sooner than this, also after waiting in vain for somebody else who writes."""
_PIECE = 1 << 16


class Told(Exception):
    """What the follower tells us is in its way."""


class FollowerBeside:
    """A follower of this journal, beside us."""

    def __init__(self, journal: Journal) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._journal = journal
        self._speaking = Lock()

    def follow(self, ended: Ended, went: Went, stuck: Stuck) -> None:
        """Have it follow until it `ended`, and pass on what it tells. It is started again whenever it is lost."""
        while not ended():
            with self._started() as process:
                for told in _heard(process, ended):
                    if problem := told.get("stuck"):
                        stuck(Told(problem))
                    else:
                        went(At(**told))
            if not ended():
                if process.returncode:  # without one, it has said why it ends
                    stuck(Told(f"the process that follows ended ({process.returncode}); it is started again"))
                sleep(AGAIN_SECONDS)

    @contextmanager
    def _started(self) -> Iterator["subprocess.Popen[bytes]"]:
        """The process; when the block ends, it has finished what it was writing, or was killed."""
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 0}
        with started("api.beside.follower", **pipes) as process:
            self.process = process
            assert process.stdin is not None
            try:
                self._say(process.stdin, orjson.dumps(self._journal.database) + b"\n")
                os.set_blocking(process.stdin.fileno(), False)
                self._journal.on_growth(partial(self._say, process.stdin, b"\n"))
                yield process
            finally:
                self._journal.on_growth(lambda: None)
                with self._speaking:
                    process.stdin.close()
                finished(process)

    def _say(self, pipe: IO[bytes], what: bytes) -> None:
        """Without waiting: who has a pipe full to read knows already, and who is lost is missed where we listen."""
        with self._speaking, suppress(OSError, ValueError):
            pipe.write(what)


def _heard(process: "subprocess.Popen[bytes]", ended: Ended) -> Iterator[dict[str, Any]]:
    """The newest of what it tells, or that it tells nothing, until it `ended` or was lost."""
    assert process.stdout is not None
    heard = monotonic()
    said, speaks = b"", poll()  # and not `select`, which takes no number from 1,024 on: a server has many connections
    speaks.register(process.stdout, POLLIN)
    while not ended():
        if not speaks.poll(_LOOK_SECONDS * 1000):
            if monotonic() > heard + _SILENT_SECONDS:
                yield {"stuck": f"{process.pid}, which follows, says nothing; if it is killed, another is started"}
            continue
        heard = monotonic()
        piece = os.read(process.stdout.fileno(), _PIECE)
        if not piece:
            return
        *lines, said = (said + piece).split(b"\n")
        if lines:
            yield orjson.loads(lines[-1])


def main() -> None:
    """Follow the journal that the first line names, until no more lines can come."""
    end_with_the_server()
    database, ended = orjson.loads(sys.stdin.buffer.readline()), Event()

    def tell(**what: object) -> None:
        try:
            sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            ended.set()

    def stuck(problem: Exception) -> None:
        tell(stuck=str(problem))

    try:
        with Journal.open(database) as journal:
            Thread(target=_listen, args=(journal, ended), daemon=True).start()
            settle()
            lasting(Follower(journal).follow, ended, lambda at: tell(**at._asdict()), stuck)
    except Failure as problem:
        stuck(problem)


def _listen(journal: Journal, ended: Event) -> None:
    while os.read(sys.stdin.fileno(), _PIECE):
        journal.ring()
    ended.set()
    journal.ring()


if __name__ == "__main__":
    main()
