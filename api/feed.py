"""The feed: everything that was recorded, in order, as pages or as a stream of server-sent events.

An event's `id:` is its position, so a client that comes back with `Last-Event-ID` goes on where it was. A stream keeps
nothing for its reader: what they have not taken is in the journal. It ends when they do not read, when their token
expires, and when the server stops.
"""

import asyncio
import logging
from asyncio import Future
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from itertools import chain
from typing import Any

import orjson
from pydantic import Field
from starlette.types import Receive, Send

from api import parameters
from api.answers import Headers, Reply, headers, json
from api.asking import reached
from api.identity import BadToken, Identity
from api.parameters import Page, Whole
from api.policy import Rights
from api.problems import RETRY_SECONDS, Problem, Unreadable, later
from api.route import Call
from api.service import Service
from api.tail import Told, told
from domain.journal import Failure

HEARTBEAT_SECONDS = 15.0
WRITE_SECONDS = 10.0
"""How long a reader may take for what is sent at once."""

MOST_LISTENERS = 64
MOST_BYTES = 256 * 1024
"""How much is sent at once, but for the last event of it."""

LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
    "description": "The last event that was taken: it goes on there, whatever `after` says.",
}

_READ_TEXT = ("safeguarding",)
_STREAM = b"text/event-stream"
_OWN: Headers = ((b"content-type", _STREAM), (b"x-accel-buffering", b"no"))
_HEADERS = [one for one in headers(Reply(200, b"", _OWN)) if one[0] != b"content-length"]
_LONGEST_ID = 15
_log = logging.getLogger("journal.feed")


class Events(Page):
    """Which part of the feed."""

    after: Whole = Field(default=0, description="What follows this position; `next` of the page before.")
    wait_for: Whole | None = Field(default=None, description="Taken as everywhere; the feed is never behind.")


class Full(Problem):
    status, code = HTTPStatus.SERVICE_UNAVAILABLE, "FULL"


async def events(call: Call, rights: Rights) -> "Reply | Stream":
    """Everything that was recorded, in order: a page, or with `Accept: text/event-stream` a stream without end."""
    identity = call.identity(rights)
    asked = parameters.read(Events, call.scope["query_string"])
    after = _resumed(call.headers.get(b"last-event-id"), asked.after)
    if not _wants_stream(call.headers.get(b"accept", b"")):
        return json(await call.service.ask(lambda: _page(call.service, identity, after, asked.limit)))
    await call.service.ask(lambda: reached(call.service.journal, after))
    if call.service.tail.listeners >= MOST_LISTENERS:
        raise Full("as many as can be served are listening already; ask later", headers=later(RETRY_SECONDS))
    return Stream(call, rights, identity, after)


def _wants_stream(accept: bytes) -> bool:
    return any(kind.partition(b";")[0].strip() == _STREAM for kind in accept.lower().split(b","))


def _resumed(last: bytes | None, after: int) -> int:
    if last is None:
        return after
    if not last.isdigit() or len(last) > _LONGEST_ID:
        raise Unreadable("Last-Event-ID is the position of the last event that was taken: a whole number")
    return int(last)


def _page(service: Service, identity: Identity, after: int, limit: int) -> dict[str, Any]:
    position = reached(service.journal, after)
    found = [told(entry) for entry in service.journal.entries(after=after, limit=limit)]
    items = [orjson.Fragment(line) for line in _lines(service, identity, found)]
    last = found[-1].position if found else position
    return {"position": position, "items": items, "next": last if last < position else None}


def _lines(service: Service, identity: Identity, found: Sequence[Told]) -> list[bytes]:
    """The entries as JSON; with `personal` for those who may read it."""
    if identity.role not in _READ_TEXT:
        return [one.line for one in found]
    texts = service.journal.personal([one.position for one in found if one.sealed])
    return [b'%b,"personal":%b}' % (one.line[:-1], orjson.dumps(texts.get(one.position, {}))) for one in found]


class Stream:
    """One client's stream."""

    def __init__(self, call: Call, rights: Rights, identity: Identity, after: int) -> None:
        self._call = call
        self._service = call.service
        self._rights = rights
        self._identity = identity
        self._position = after

    async def give(self, send: Send, *, head: bool = False) -> None:
        """Send until it ends."""
        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": _HEADERS})
        if head or await self._flow(send):
            await send({"type": "http.response.body", "body": b""})

    async def _flow(self, send: Send) -> bool:
        """Whether it came to a good end, so that the client hears of it."""

        async def say(what: bytes) -> None:
            async with asyncio.timeout(WRITE_SECONDS):
                await send({"type": "http.response.body", "body": what, "more_body": True})

        gone = asyncio.ensure_future(_gone(self._call.receive))
        try:
            with self._service.tail.listening():
                await say(b"retry: %d\n\n" % (RETRY_SECONDS * 1000))
                await self._listen(say, gone)
        except TimeoutError:
            _log.info("a reader of the feed was cut off at position %d: too slow", self._position)
        except BadToken:
            _log.info("a reader of the feed was sent away at position %d: their token has expired", self._position)
            return True
        except Failure as failure:
            _log.warning("a stream of the feed ended at position %d: %s", self._position, failure)
            return True
        else:
            return True
        finally:
            gone.cancel()
        return False

    async def _listen(self, say: Callable[[bytes], Awaitable[None]], gone: Future[None]) -> None:
        tail = self._service.tail
        while not tail.ended and not gone.done():
            self._call.identity(self._rights)
            news = tail.news()
            if found := await self._next():
                await say(await self._told(found))
                continue
            await asyncio.wait({news, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not news.done():
                await say(b": %d\n\n" % self._position)

    async def _next(self) -> Sequence[Told]:
        found = self._service.tail.after(self._position)
        if found is not None:
            return found
        return await self._service.tail.read(self._position)

    async def _told(self, found: Sequence[Told]) -> bytes:
        """As much of it as is sent at once; the position moves on."""
        sizes, some = 0, []
        for one in found:
            some.append(one)
            sizes += len(one.line)
            if sizes >= MOST_BYTES:
                break
        lines = await self._with_text(some)
        self._position = some[-1].position
        pairs = zip(some, lines, strict=True)
        return b"".join(chain.from_iterable((b"id: %d\ndata: " % one.position, line, b"\n\n") for one, line in pairs))

    async def _with_text(self, some: Sequence[Told]) -> list[bytes]:
        if self._identity.role not in _READ_TEXT:
            return [one.line for one in some]
        return await self._service.ask(lambda: _lines(self._service, self._identity, some))


async def _gone(receive: Receive) -> None:
    """Until the client went away."""
    while (await receive())["type"] != "http.disconnect":
        pass
