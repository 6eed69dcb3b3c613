"""A rebuild that an administrator asks for over HTTP: in a process of its own, so that nobody here waits for it."""

import logging
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from typing import Any, Literal

from api.beside.child import ENDING_SECONDS
from domain.journal import Failure, Journal
from projections.folding import PoisonEvent
from projections.generations import Unusable
from projections.moments import rfc3339
from projections.rebuild import rebuild

_NICE = 10
"""How much sooner the server gets a processor than a rebuild that it started."""

_WORKERS = {"sqlite": None, "postgresql": 1}
"""How many processes it takes. PostgreSQL works for it in processes that are as eager as those that serve: so fewer."""

_log = logging.getLogger("journal.rebuild")


@dataclass(frozen=True, slots=True)
class Told:
    """How the last rebuild that was asked for here stands."""

    state: Literal["none", "running", "done", "failed"] = "none"
    began_at: str | None = None
    done: int = 0
    """How many events (or records, when only figures are made) are done, and of how many."""
    total: int = 0
    seconds: float | None = None
    generation: int | None = None
    position: int | None = None
    detail: str = ""
    """Why it failed."""


class Rebuilding:
    """One rebuild at a time."""

    def __init__(self, journal: Journal) -> None:
        self.told = Told()
        self._database = journal.database
        self._starting = Lock()
        self._running: tuple[BaseProcess, Thread] | None = None

    def begin(self, *, accept: bool) -> bool:
        """Start one, unless one is running; whether it was started."""
        with self._starting:
            if self.told.state == "running":
                return False
            context = get_context("spawn")
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_main, args=(self._database, accept, theirs), name="journal rebuild")
            try:
                process.start()
            except BaseException:
                ours.close()
                raise
            finally:
                theirs.close()
            self.told = Told("running", rfc3339(datetime.now(UTC)))
            self._running = process, Thread(target=self._listen, args=(process, ours), name="rebuild", daemon=True)
            self._running[1].start()
            return True

    def stop(self) -> None:
        """Break off what is running: the live views stay as they are."""
        with self._starting:
            if self._running is not None:
                process, thread = self._running
                process.terminate()
                thread.join(ENDING_SECONDS)
                process.kill()
                thread.join()

    def _listen(self, process: BaseProcess, pipe: Pipe) -> None:
        ending: dict[str, Any] = {"state": "failed", "detail": "it was broken off"}
        with pipe, suppress(EOFError):
            while True:
                said: dict[str, Any] = pipe.recv()
                if "state" in said:
                    ending = said
                else:
                    self.told = replace(self.told, **said)
        process.join()
        self.told = replace(self.told, **ending)
        level = logging.INFO if self.told.state == "done" else logging.WARNING
        _log.log(level, "a rebuild ended: %s", " ".join(filter(None, (self.told.state, self.told.detail))))


def _main(database: str, accept: bool, pipe: Pipe) -> None:
    """Rebuild, and say how far it is; when nobody listens any more, that ends it too."""
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        _rebuild(database, accept, pipe)


def _rebuild(database: str, accept: bool, pipe: Pipe) -> None:
    def say(done: int, total: int) -> None:
        pipe.send({"done": done, "total": total})

    try:
        with Journal.open(database) as journal:
            made = rebuild(journal, workers=_WORKERS[journal.engine], accept=accept, progress=say)
    except (Failure, Unusable, PoisonEvent) as problem:
        pipe.send({"state": "failed", "detail": str(problem)})
    else:
        pipe.send(
            {
                "state": "done",
                "done": made.events,
                "total": made.events,
                "seconds": round(made.seconds, 3),
                "generation": made.generation,
                "position": made.position,
            }
        )
