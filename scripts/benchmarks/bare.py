"""The bare route that a served command is measured against: it validates the same body, and commits one row of it.

No token, no policy, no rule, no event and no view; but the same server, the same model, and rows committed in groups by
one thread. `python -P -m scripts.benchmarks.bare PORT DATABASE`.
"""

import asyncio
import sys
from queue import Empty, SimpleQueue
from threading import Thread
from uuid import uuid4

from starlette.types import ASGIApp, Receive, Scope, Send

from api.serving import run
from domain.facts import Id
from domain.journal import connect
from domain.relationship import HoldSession

_GROUP = 512
_HEADERS = [(b"content-type", b"application/json")]


class Body(HoldSession):
    """What is sent, to be checked as it is for the real route; the address says the relationship."""

    relationship: Id = str(uuid4())


class Rows:
    """A table that one thread writes, a group of rows in one durable transaction."""

    def __init__(self, database: str) -> None:
        self._connection = connect(database, role="login", create=True)
        self._connection.execute("CREATE TABLE rows (position bigint PRIMARY KEY, body text)")
        self._queue: SimpleQueue[tuple[asyncio.Future[int], str]] = SimpleQueue()
        self._last = 0
        Thread(target=self._run, daemon=True).start()

    def add(self, body: str) -> "asyncio.Future[int]":
        """Its position, once it is on the disk."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._queue.put((future, body))
        return future

    def _run(self) -> None:
        while True:
            group = [self._queue.get()]
            try:
                while len(group) < _GROUP:
                    group.append(self._queue.get_nowait())
            except Empty:
                pass
            rows = [(self._last + n, body) for n, (_, body) in enumerate(group, 1)]
            with self._connection.transaction(write=True):
                self._connection.copy("rows", ("position", "body"), rows)
            self._last += len(group)
            answers = [(future, position) for (future, _), (position, _) in zip(group, rows, strict=True)]
            group[0][0].get_loop().call_soon_threadsafe(_give, answers)


def _give(answers: "list[tuple[asyncio.Future[int], int]]") -> None:
    for future, position in answers:
        future.set_result(position)


def bare(rows: Rows) -> ASGIApp:
    """The application."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for stage in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{stage}.complete"})
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        wish = Body.model_validate_json(body, strict=True)
        position = await rows.add(wish.model_dump_json())
        content = b'{"id":"%b","position":%d}' % (wish.session.encode(), position)
        length = (b"content-length", b"%d" % len(content))
        await send({"type": "http.response.start", "status": 201, "headers": [*_HEADERS, length]})
        await send({"type": "http.response.body", "body": content})

    return answer


if __name__ == "__main__":
    port, database = sys.argv[1:]
    run(bare(Rows(database)), "127.0.0.1", int(port), lambda: print("ready", flush=True))
