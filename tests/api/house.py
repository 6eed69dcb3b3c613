"""A served journal for tests: two programs, people in and out of them, and a client that speaks for anyone."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import httpx
import uvloop

from api.application import app
from api.identity import Identity, Role, Tokens
from api.serving import HEADER_MILLISECONDS, serve
from api.writing import WriterHere, Writing
from domain.decider import Command
from domain.goal import AgreeGoal, ProposeGoal
from domain.journal import Answer, Caller, Journal, Wish
from domain.participant import RegisterParticipant
from domain.program import (
    AssignCoordinator,
    DefineRole,
    DraftProgram,
    PublishProgram,
    SetSelectionCriterion,
    SetTerm,
)
from domain.relationship import GiveFeedback, HoldSession, JoinCoMentor, LeaveCoMentor, Pair
from projections.follower import Follower
from projections.views import Views
from tests.support.deciding import on
from tests.support.scenes import named

Way = Callable[[Journal], Any]
"""Who follows: `Follower`, `Looker` or `FollowerBeside`."""

Pen = Callable[[Journal], Writing]
"""Who writes: `WriterHere` or `WriterBeside`."""

KEY = "a key for tests only, which is long enough"

MENTOR, MENTEE, CO_MENTOR, FORMER, STRANGER = map(named, ("mentor", "mentee", "co-mentor", "former", "stranger"))
COORDINATOR, OTHER_COORDINATOR = map(named, ("coordinator", "other coordinator"))
PROGRAM, OTHER_PROGRAM, DRAFT, OTHER_DRAFT = map(named, ("program", "other program", "draft", "other draft"))
RELATIONSHIP, FOREIGN, INFORMAL = map(named, ("relationship", "foreign", "informal"))
SESSION, FOREIGN_SESSION = map(named, ("session", "foreign session"))
FEEDBACK, FOREIGN_FEEDBACK = map(named, ("feedback", "foreign feedback"))
GOAL, FOREIGN_GOAL = map(named, ("goal", "foreign goal"))
OTHER_MENTOR, OTHER_MENTEE = map(named, ("other mentor", "other mentee"))
NOBODY = named("nobody")

OPERATOR = Caller("operator", "operator", "command line")


def program(id: str, name: str, coordinator: str) -> Iterator[Command]:
    yield DraftProgram(id=id, name=name, time_zone="Europe/Berlin")
    for role in ("mentor", "mentee"):
        yield DefineRole(program=id, role=role, expectations=("prepares",))
    yield SetSelectionCriterion(program=id, code="skills", weight=3)
    yield SetTerm(program=id, term="2025", begins_on=on("2025-01-01"), ends_on=on("2025-12-31"))
    yield AssignCoordinator(program=id, person=coordinator)
    yield PublishProgram(program=id)


def furnishings() -> Iterator[tuple[Command, str]]:
    """Commands, each with who wishes it."""
    everyone = (MENTOR, MENTEE, CO_MENTOR, FORMER, STRANGER, OTHER_MENTOR, OTHER_MENTEE)
    commands: list[Command] = [RegisterParticipant(id=id, profile=f"I am {id[:4]}") for id in everyone]
    commands += program(PROGRAM, "Spring", COORDINATOR)
    commands += program(OTHER_PROGRAM, "Autumn", OTHER_COORDINATOR)
    commands += [
        DraftProgram(id=DRAFT, name="Plan"),
        AssignCoordinator(program=DRAFT, person=COORDINATOR),
        DraftProgram(id=OTHER_DRAFT, name="Other plan"),
        AssignCoordinator(program=OTHER_DRAFT, person=OTHER_COORDINATOR),
    ]
    pairs = ((RELATIONSHIP, MENTOR, MENTEE, PROGRAM), (FOREIGN, OTHER_MENTOR, OTHER_MENTEE, OTHER_PROGRAM))
    for id, mentor, mentee, its in pairs:
        commands.append(Pair(id=id, mentor=mentor, mentee=mentee, program=its, term="2025", starts_on=on("2025-01-10")))
    commands += [
        Pair(id=INFORMAL, mentor=MENTEE, mentee=STRANGER, kind="informal", starts_on=on("2025-01-10")),
        JoinCoMentor(relationship=RELATIONSHIP, mentor=CO_MENTOR, joined_on=on("2025-02-01")),
        JoinCoMentor(relationship=RELATIONSHIP, mentor=FORMER, joined_on=on("2025-02-01")),
        HoldSession(relationship=RELATIONSHIP, session=named("early"), held_on=on("2025-01-20"), minutes=45),
        HoldSession(
            relationship=RELATIONSHIP,
            session=SESSION,
            held_on=on("2025-02-10"),
            minutes=60,
            summary="the summary of a session",
        ),
        LeaveCoMentor(relationship=RELATIONSHIP, mentor=FORMER, left_on=on("2025-03-01")),
        HoldSession(relationship=RELATIONSHIP, session=named("late"), held_on=on("2025-04-01"), minutes=45),
        HoldSession(relationship=FOREIGN, session=FOREIGN_SESSION, held_on=on("2025-02-10"), minutes=60),
        ProposeGoal(id=GOAL, relationship=RELATIONSHIP, title="the title of a goal", occurred_on=on("2025-02-15")),
        AgreeGoal(goal=GOAL, occurred_on=on("2025-02-16")),
        ProposeGoal(id=FOREIGN_GOAL, relationship=FOREIGN, occurred_on=on("2025-02-15")),
    ]
    yield from ((command, "operator") for command in commands)
    yield (
        GiveFeedback(
            relationship=RELATIONSHIP,
            feedback=FEEDBACK,
            to=MENTOR,
            ratings={"patience": 2},
            comment="the comment of a mentee",
            occurred_on=on("2025-02-20"),
        ),
        MENTEE,
    )
    yield (
        GiveFeedback(relationship=FOREIGN, feedback=FOREIGN_FEEDBACK, to=OTHER_MENTOR, ratings={"patience": 4}),
        OTHER_MENTEE,
    )


class House:
    """A journal with its server, and a client for it."""

    def __init__(self, journal: Journal, address: str) -> None:
        self.journal = journal
        self.address = address
        self.tokens = Tokens(KEY, journal.id)
        self.client = httpx.Client(base_url=address, timeout=30)

    def token(self, role: Role, person: str | None = None, programs: frozenset[str] | None = None) -> str:
        return self.tokens.sign(Identity(role, person, programs))[0]

    def bearer(self, role: Role, person: str | None = None, programs: frozenset[str] | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(role, person, programs)}"}

    def ask(
        self, path: str, who: dict[str, str], headers: dict[str, str] | None = None, /, **query: Any
    ) -> httpx.Response:
        """A question about everything that is recorded by now."""
        asked = {**query, "wait_for": self.journal.position()}
        return self.client.get(path, params=asked, headers={**who, **(headers or {})})

    def wish(
        self,
        method: str,
        path: str,
        who: dict[str, str],
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """A wish, with a key of its own where it needs one."""
        key = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        json = None if method == "DELETE" else body or {}
        return self.client.request(method, path, json=json, headers={**key, **who, **(headers or {})})

    def record(self, command: Command, actor: str = "operator") -> Answer:
        return self.journal.record(Wish(command, Caller(actor, "operator", "command line")))


@contextmanager
def house(
    database: str, *, header_milliseconds: int = HEADER_MILLISECONDS, way: Way = Follower, pen: Pen = WriterHere
) -> Iterator[House]:
    """A furnished journal, served until the block ends."""
    with Journal.create(database) as journal:
        for command, actor in furnishings():
            journal.record(Wish(command, Caller(actor, "operator", "command line")))
        views = Views(journal)
        views.make_ready()
        with served(journal, views, header_milliseconds, way=way, pen=pen) as address:
            built = House(journal, address)
            with built.client:
                yield built


@contextmanager
def served(
    journal: Journal,
    views: Views,
    header_milliseconds: int = HEADER_MILLISECONDS,
    *,
    way: Way = Follower,
    pen: Pen = WriterHere,
) -> Iterator[str]:
    """The address at which this journal is served until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    ready = Event()
    loop = uvloop.new_event_loop()
    until = asyncio.Event()

    application = app(journal, views, KEY, way(journal).follow, pen(journal))

    def run() -> None:
        serving = serve(
            application,
            "127.0.0.1",
            port,
            until=until,
            ready=ready.set,
            closing=application.closing,
            header_milliseconds=header_milliseconds,
        )
        loop.run_until_complete(serving)

    thread = Thread(target=run)
    thread.start()
    try:
        assert ready.wait(10), "the server did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(until.set)
        thread.join()
        loop.close()
