"""How many commands a second: callers that wait for a durable answer, on many relationships or all on one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from time import perf_counter
from typing import Any
from uuid import uuid4

from domain.decider import Command
from domain.journal import Caller, Journal, Wish, connect
from domain.participant import RegisterParticipant, SetCapacity
from domain.relationship import HoldSession, Pair

_START = date(1900, 1, 1)
"""Early enough that every session has a day of its own."""
_MENTOR = str(uuid4())
_CALLER = Caller(_MENTOR, "mentor", "bench")


def commands(database: str, callers: int, each: int, hot: bool) -> dict[str, Any]:
    """`callers` threads record `each` sessions one after another: each on its own relationship, or all on the same."""
    with Journal.create(database) as journal:
        pairs = list(_paired(journal, 1 if hot else callers))
        ready = Barrier(callers + 1)

        def call(n: int) -> None:
            relationship = pairs[n % len(pairs)]
            days = [_START + timedelta(days=k * callers + n if hot else k) for k in range(each)]
            ready.wait()
            for day in days:
                journal.record(Wish(_session(relationship, day), _CALLER))

        before = journal.position()
        with ThreadPoolExecutor(callers) as pool:
            calls = [pool.submit(call, n) for n in range(callers)]
            ready.wait()
            began = perf_counter()
            for done in calls:
                done.result()
            seconds = perf_counter() - began
        assert journal.position() - before == callers * each
    return {"commands": callers * each, "seconds": seconds}


def commits(database: str, times: int) -> dict[str, Any]:
    """How long it takes to commit one small row durably, so many times: what the disk allows a single caller."""
    with connect(database, role="login", create=True) as connection:
        connection.execute("CREATE TABLE probe (n integer, text text)")
        began = perf_counter()
        for n in range(times):
            with connection.transaction(write=True):
                connection.execute("INSERT INTO probe VALUES (?, ?)", (n, "x" * 200))
        return {"commits": times, "seconds": perf_counter() - began}


def _session(relationship: str, day: date) -> Command:
    return HoldSession(
        relationship=relationship,
        session=str(uuid4()),
        held_on=day,
        minutes=60,
        mode="video",
        topics=("feedback",),
        summary="We looked at what went well.",
    )


def _paired(journal: Journal, relationships: int) -> Iterator[str]:
    def ask(command: Command) -> None:
        journal.record(Wish(command, _CALLER))

    ask(RegisterParticipant(id=_MENTOR))
    ask(SetCapacity(participant=_MENTOR, max=1000))
    for _ in range(relationships):
        mentee, relationship = str(uuid4()), str(uuid4())
        ask(RegisterParticipant(id=mentee))
        ask(Pair(id=relationship, mentor=_MENTOR, mentee=mentee, starts_on=_START))
        yield relationship
