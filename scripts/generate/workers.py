"""Shards at work in processes of their own, and their days put together again in the order of time."""

import gc
import marshal
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection

from domain.decider import State
from scripts.generate.desk import Written
from scripts.generate.plan import Plan
from scripts.generate.programs import Program
from scripts.generate.shard import RECORDED_AT, Shard
from scripts.generate.story import arrive

_STARTED_BEFORE = timedelta(days=30)
"""The first mentees turn up a few weeks before the first day of pairing."""

Known = dict[str, tuple[State, int]]


@contextmanager
def chunks(plan: Plan, programs: tuple[Program, ...], known: Known) -> Iterator[Iterator[list[Written]]]:
    """Everything that the shards of this plan write, day by day, in the order of time; while the block lasts.

    It does not depend on how many processes there are: no two shards share a person or a moment.
    """
    processes = min(plan.shards, processors())
    if processes == 1:
        yield _lived(plan, range(plan.shards), programs, known)
        return
    with ExitStack() as stack:
        pipes = [
            stack.enter_context(_worker(plan, range(n, plan.shards, processes), programs, known))
            for n in range(processes)
        ]
        yield (_in_order(marshal.loads(pipe.recv_bytes()) for pipe in pipes) for _ in _days(plan))


@contextmanager
def _worker(plan: Plan, shards: range, programs: tuple[Program, ...], known: Known) -> Iterator[Connection]:
    """A process that lives some shards: the end of a pipe from which their days are read."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, plan, shards, programs, known), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


def _work(pipe: Connection, plan: Plan, shards: range, programs: tuple[Program, ...], known: Known) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    with suppress(BrokenPipeError):
        for written in _lived(plan, shards, programs, known):
            pipe.send_bytes(marshal.dumps(written, 2))


def processors() -> int:
    """How many processes there may be."""
    return os.cpu_count() or 1


def _lived(plan: Plan, shards: range, programs: tuple[Program, ...], known: Known) -> Iterator[list[Written]]:
    """What some shards write, day by day."""
    lives = [_shard(plan, n, programs, known).live(_days(plan)) for n in shards]
    for parts in zip(*lives, strict=True):
        yield _in_order(parts)


def _shard(plan: Plan, number: int, programs: tuple[Program, ...], known: Known) -> Shard:
    shard = Shard(plan, number, programs, known)
    for pairing in plan.pairings(number, shard.chance):
        shard.on(pairing.on - timedelta(days=shard.chance.whole(2, 20)), arrive, shard, pairing)
    return shard


def _in_order(parts: Iterable[list[Written]]) -> list[Written]:
    """Several lists in one, by the time of recording; what one command wrote stays together, in its order."""
    return sorted((written for part in parts for written in part), key=RECORDED_AT)


def _days(plan: Plan) -> list[date]:
    """All days on which anything is written after the programs were framed, to the last one."""
    first = (plan.first - _STARTED_BEFORE).toordinal()
    return [date.fromordinal(day) for day in range(first, plan.until.toordinal() + 1)]
