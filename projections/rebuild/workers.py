"""Worker processes for a rebuild: started, listened to, and ended with us."""

import fcntl
import gc
import marshal
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from domain.journal.database import Failure, Row
from projections.rebuild.summing import Scopes

_WORKERS = 2
_FEW = 20_000
"""Below so many events (or records) one process does the work: starting others would take longer."""
_PIPE_BYTES = 1 << 20

Receiver = TypeVar("Receiver")
Work = Callable[[Any, Receiver], None]
Keeper = Callable[[Receiver], AbstractContextManager[Receiver]]


class WorkerLost(Failure):
    """A worker process ended before its work was done."""


class Sender:
    """What a worker hands over, through a pipe."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def rows(self, table: str, rows: list[Row]) -> None:
        self._send("rows", table, rows)

    def sums(self, scopes: Scopes, measure: str, packed: bytes) -> None:
        self._send("sums", scopes, measure, packed)

    def done(self, count: int) -> None:
        self._send("done", count)

    def poisoned(self, root: str) -> None:
        self._send("poisoned", root)

    def failed(self, error: Exception) -> None:
        """Why the work was not done."""
        try:
            pickled = pickle.dumps(error)
            pickle.loads(pickled)
        except Exception:
            pickled = pickle.dumps(Failure(f"{type(error).__name__}: {error}"))
        self._send("failed", pickled)

    def finished(self) -> None:
        """The work is done."""
        self._send("finished")

    def looking(self) -> None:
        self._send("looking")

    def _send(self, *message: Any) -> None:
        self._pipe.send_bytes(marshal.dumps(message))


def how_many(workers: int | None, count: int) -> int:
    """So many workers as were asked for; else as many as do that many events (or records) soonest."""
    return workers or (1 if count < _FEW else _WORKERS)


def share_out(
    work: Work[Receiver], shares: Sequence[Any], receiver: Receiver, keeper: Keeper[Receiver] | None = None
) -> None:
    """Do the shares as `run` does; when there is but one, in this process."""
    if len(shares) > 1:
        run(work, shares, receiver, keeper)
        return
    with keeper(receiver) if keeper else nullcontext(receiver) as one:
        work(shares[0], one)


def beside(work: Work[Receiver], share: Any, receiver: Receiver) -> None:
    """Do one share in a forked process, while we take what it hands over; here, if one would have to start afresh."""
    if _forks():
        run(work, [share], receiver)
    else:
        work(share, receiver)


def run(
    work: Work[Receiver], shares: Sequence[Any], receiver: Receiver, keeper: Keeper[Receiver] | None = None
) -> None:
    """Do the shares, each in a process of its own; what they hand over reaches the receiver here, in this thread.

    A `keeper` is entered in each process: it keeps what it can there, and passes the rest on. The first failure of a
    worker ends all of them and is raised here.
    """
    with _started(work, shares, keeper) as pipes:
        while pipes:
            for pipe in wait(pipes):
                assert isinstance(pipe, Pipe)
                try:
                    what, *content = marshal.loads(pipe.recv_bytes())
                except EOFError:
                    raise WorkerLost("a worker process ended before its work was done; was it killed?") from None
                if what == "failed":
                    raise pickle.loads(content[0])
                if what == "finished":
                    pipes.remove(pipe)
                else:
                    getattr(receiver, what)(*content)


@contextmanager
def _started(work: Work[Any], shares: Sequence[Any], keeper: Keeper[Any] | None) -> Iterator[list[Pipe]]:
    """The ends of pipes to as many processes at work, which end with the block."""
    forked = _forks()
    context: Any = get_context("fork" if forked else "spawn")
    pipes: list[Pipe] = []
    processes: list[BaseProcess] = []
    try:
        for share in shares:
            ours, theirs = context.Pipe(duplex=False)
            pipes.append(ours)
            _widen(theirs)
            arguments = (work, share, theirs, keeper, list(pipes) if forked else [])
            process = context.Process(target=_main, args=arguments, daemon=True)
            process.start()
            processes.append(process)
            theirs.close()
        yield list(pipes)
    except BaseException:
        for process in processes:
            process.terminate()
        raise
    finally:
        for process in processes:
            process.join()
            process.close()
        for pipe in pipes:
            pipe.close()


def _forks() -> bool:
    """Whether processes are forked, where that is safe (no other thread may hold a lock), or started afresh."""
    return threading.active_count() == 1 and "fork" in get_all_start_methods()


def _main(work: Work[Any], share: Any, pipe: Pipe, keeper: Keeper[Any] | None, not_ours: list[Pipe]) -> None:
    for end in not_ours:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    sender = Sender(pipe)
    with suppress(BrokenPipeError):
        try:
            with keeper(sender) if keeper else nullcontext(sender) as receiver:
                work(share, receiver)
        except Exception as error:  # it is raised where someone waits for us
            sender.failed(error)
        else:
            sender.finished()


def _widen(pipe: Pipe) -> None:
    """So that a worker need not wait for us at every parcel."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
